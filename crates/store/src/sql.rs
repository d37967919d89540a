//! A statement that is put together: its text comes from the program alone, every value is a parameter.

use std::sync::LazyLock;

use domain::{Country, digits, hidden_numbers, phone, search};
use sqlx::{AssertSqlSafe, FromRow, postgres::PgRow, sqlite::SqliteRow};

use crate::{Conn, Scope, StoreError, db::Tx, dialect};

#[derive(Debug, Clone)]
enum Bind {
    Int(i64),
    Text(String),
}

/// A statement in the making.
#[derive(Debug, Clone)]
pub(crate) struct Sql {
    text: String,
    binds: Vec<Bind>,
}

/// A row that both engines can read.
pub(crate) trait EngineRow: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin> EngineRow for R {}

impl Sql {
    /// Begins a statement whose `$1`, `$2` … in the texts pushed later are these numbers.
    pub(crate) fn with(parameters: &[i64]) -> Self {
        Self { text: String::new(), binds: parameters.iter().map(|&n| Bind::Int(n)).collect() }
    }

    /// Appends text of the program. It is `'static`, so that nothing a person typed can become SQL.
    pub(crate) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    fn bind(&mut self, value: Bind) -> &mut Self {
        self.binds.push(value);
        self.text.push('$');
        self.text.push_str(&self.binds.len().to_string());
        self
    }

    /// Appends a number as a parameter.
    pub(crate) fn int(&mut self, value: i64) -> &mut Self {
        self.bind(Bind::Int(value))
    }

    /// Appends a text as a parameter.
    pub(crate) fn text(&mut self, value: impl Into<String>) -> &mut Self {
        self.bind(Bind::Text(value.into()))
    }

    /// Appends the condition that a column holds this, in capitals or not. SQLite knows the capitals of ASCII alone, so what was typed
    /// is looked for as it is, too.
    pub(crate) fn holds(&mut self, column: &'static str, part: &str) -> &mut Self {
        self.push("(LOWER(").push(column).push(") LIKE ").text(holding(&part.to_lowercase())).push(" ESCAPE '\\'");
        self.push(" OR ").push(column).push(" LIKE ").text(holding(part)).push(" ESCAPE '\\')")
    }

    /// Appends `(n, …)`, for `IN`. The list must not be empty.
    pub(crate) fn ints(&mut self, values: impl IntoIterator<Item = i64>) -> &mut Self {
        self.list(values.into_iter().map(Bind::Int))
    }

    /// As [`Self::ints`], for texts.
    pub(crate) fn texts<T: Into<String>>(&mut self, values: impl IntoIterator<Item = T>) -> &mut Self {
        self.list(values.into_iter().map(|text| Bind::Text(text.into())))
    }

    fn list(&mut self, values: impl Iterator<Item = Bind>) -> &mut Self {
        for (n, value) in values.enumerate() {
            self.text.push_str(if n == 0 { "(" } else { ", " });
            self.bind(value);
        }
        self.text.push(')');
        self
    }

    /// Runs it, and counts it to what the request costs.
    pub(crate) async fn fetch_all<R: EngineRow>(self, conn: &mut Conn) -> Result<Vec<R>, StoreError> {
        macro_rules! run {
            ($tx:expr) => {{
                let mut query = sqlx::query_as::<_, R>(AssertSqlSafe(self.text));
                for bind in self.binds {
                    query = match bind {
                        Bind::Int(n) => query.bind(n),
                        Bind::Text(text) => query.bind(text),
                    };
                }
                query.fetch_all(&mut **$tx).await
            }};
        }
        let answer = match &mut conn.tx {
            Tx::Sqlite(tx) => run!(tx),
            Tx::Postgres(tx) => run!(tx),
        };
        conn.cost.statement(answer.as_ref().map_or(0, Vec::len));
        conn.noted(answer.map_err(StoreError::from))
    }

    /// Runs what joins customers with their calls, planned by the keys alone ([`dialect::plan_for_any`]): by what it knows of an
    /// account that is new or small beside others, PostgreSQL would compare each customer with each call.
    pub(crate) async fn fetch_all_by_keys<R: EngineRow>(self, conn: &mut Conn) -> Result<Vec<R>, StoreError> {
        dialect::plan_for_any(conn, true).await?;
        let rows = self.fetch_all(conn).await?;
        dialect::plan_for_any(conn, false).await?;
        Ok(rows)
    }

    /// Runs it, for exactly one row.
    pub(crate) async fn fetch_one<R: EngineRow>(self, conn: &mut Conn) -> Result<R, StoreError> {
        self.fetch_all(conn).await?.pop().ok_or(StoreError::Statement(sqlx::Error::RowNotFound))
    }

    /// How PostgreSQL runs it by [`Self::fetch_all_by_keys`], for the tests.
    #[cfg(test)]
    pub(crate) async fn explain_by_keys(self, conn: &mut Conn) -> String {
        dialect::plan_for_any(conn, true).await.unwrap();
        let (kinds, values): (Vec<_>, Vec<_>) = self
            .binds
            .iter()
            .map(|bind| match bind {
                Bind::Int(n) => ("BIGINT", n.to_string()),
                Bind::Text(text) => ("TEXT", format!("'{}'", text.replace('\'', "''"))),
            })
            .unzip();
        let Tx::Postgres(tx) = &mut conn.tx else { panic!("not PostgreSQL") };
        let prepare = format!("PREPARE planned ({}) AS {}", kinds.join(", "), self.text);
        sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut **tx).await.unwrap();
        let explain = format!("EXPLAIN EXECUTE planned ({})", values.join(", "));
        let steps: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(explain)).fetch_all(&mut **tx).await.unwrap();
        sqlx::raw_sql("DEALLOCATE planned").execute(&mut **tx).await.unwrap();
        dialect::plan_for_any(conn, false).await.unwrap();
        steps.into_iter().map(|step| step.0 + "\n").collect()
    }

    /// How the engine would run it, for the tests of the indexes.
    #[cfg(test)]
    pub(crate) async fn explain(mut self, conn: &mut Conn) -> String {
        if matches!(conn.tx, Tx::Sqlite(_)) {
            self.text.insert_str(0, "EXPLAIN QUERY PLAN ");
            let steps: Vec<(i64, i64, i64, String)> = self.fetch_all(conn).await.unwrap();
            steps.into_iter().map(|step| step.3 + "\n").collect()
        } else {
            self.text.insert_str(0, "EXPLAIN ");
            let steps: Vec<(String,)> = self.fetch_all(conn).await.unwrap();
            steps.into_iter().map(|step| step.0 + "\n").collect()
        }
    }
}

/// A `LIKE … ESCAPE '\'` pattern for texts that hold `part`, whatever characters it has.
fn holding(part: &str) -> String {
    let mut pattern = String::with_capacity(part.len() + 2);
    pattern.push('%');
    for c in part.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Digits in what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Typed {
    /// None: no hidden digit can be found by it.
    None,
    /// ASCII digits alone.
    Ascii,
    /// Those of other scripts, or what looks like a digit. A name is not compared with them: nobody but a number has them.
    Others,
}

impl Typed {
    fn of(typed: &str) -> Self {
        if typed.chars().any(|c| !c.is_ascii() && (c.is_numeric() || digits::ascii_digit(c).is_some())) {
            Self::Others
        } else if typed.contains(|c: char| c.is_ascii_digit()) {
            Self::Ascii
        } else {
            Self::None
        }
    }
}

/// That a name has fewer digits than tell a number: however they are separated, none of it is hidden. Whoever may not see numbers finds
/// by digits no other name, or the hidden ones could be found one after the other.
static FEW_DIGITS: LazyLock<String> = LazyLock::new(|| {
    let without =
        (0..10).fold("COALESCE(name, '')".to_owned(), |text, digit| format!("REPLACE({text}, '{digit}', '')"));
    format!("LENGTH(COALESCE(name, '')) - LENGTH({without}) < {}", hidden_numbers::TELLING)
});

/// What was typed into the search field of calls or customers, and what it may be compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Search {
    /// A part of a name or of a number.
    Part {
        /// A pattern for texts folded by [`search::fold`].
        folded: String,
        /// A pattern for numbers in the form of [`phone::matching_key`]; only where a number was typed.
        number: Option<String>,
        /// Trigrams that a match must contain: see [`Search::held`].
        held: Vec<String>,
    },
    /// For a reader who may not see numbers: a part of a name, or a whole number. A part of one would tell hidden digits.
    Masked {
        /// A pattern for folded names.
        folded: String,
        /// Which digits were typed: by them a name that may have a number in it is not found.
        digits: Typed,
        /// A number in the form of [`phone::matching_key`].
        number: Option<String>,
        /// The country by which it is read.
        country: Country,
        /// Trigrams that a match must contain: see [`Search::held`].
        held: Vec<String>,
    },
}

/// The pattern for folded texts that hold what was typed. A NUL, which PostgreSQL has no text for, is in no name.
pub(crate) fn holding_folded(typed: &str) -> String {
    holding(&search::fold(&typed.replace('\0', " ")))
}

/// The folded name in `contacts.search`, which ends with the folded phone and its key. A phone is never longer folded.
const NAME: &str = "SUBSTR(search, 1,
    CASE WHEN LENGTH(search) > LENGTH(COALESCE(phone, '')) + LENGTH(COALESCE(phone_key, '')) + 2
         THEN LENGTH(search) - LENGTH(COALESCE(phone, '')) - LENGTH(COALESCE(phone_key, '')) - 2 ELSE 0 END)";

impl Search {
    /// What a reader of this sight may find.
    pub(crate) fn of(typed: &str, scope: &Scope) -> Self {
        let country = scope.country();
        let folded = holding_folded(typed);
        let mut held = vec![search::fold(&typed.replace('\0', " "))];
        let typed = typed.replace('\0', " ");
        let typed = typed.trim();
        let digits = Typed::of(typed);
        let typed = &*digits::with_ascii_digits(typed);
        let has_digits = typed.chars().any(|c| c.is_ascii_digit());
        let is_number = has_digits && typed.chars().all(|c| c.is_ascii_digit() || " +-.()".contains(c));
        if scope.sight().is_masked() {
            let number = (is_number || !has_digits).then(|| phone::matching_key(typed, country));
            held.extend(number.iter().flat_map(|number| phone::spellings(number, country)));
            return Self::Masked { folded, digits, number, country, held };
        }
        let number = is_number.then(|| phone::beginning_key(typed, country));
        held.extend(number.clone());
        Self::Part { folded, number: number.as_deref().map(holding), held }
    }

    /// Texts of which one is held by what is searched (`contacts.search`, or the number of a call without blanks, points and
    /// dashes, or as it is) of whatever is found.
    pub(crate) fn held(&self) -> &[String] {
        match self {
            Self::Part { held, .. } | Self::Masked { held, .. } => held,
        }
    }

    /// Appends the condition on `contacts`.
    pub(crate) fn push_on_contacts(&self, sql: &mut Sql) {
        match self {
            Self::Part { folded, number, .. } => {
                sql.push("(search LIKE ").text(folded).push(" ESCAPE '\\'");
                if let Some(number) = number {
                    sql.push(" OR phone_key LIKE ").text(number).push(" ESCAPE '\\'");
                }
            }
            Self::Masked { folded, digits, number, .. } => {
                sql.push("(").push(NAME).push(" LIKE ").text(folded).push(" ESCAPE '\\'");
                match digits {
                    Typed::None => {}
                    Typed::Ascii => {
                        sql.push(" AND ").push(&FEW_DIGITS);
                    }
                    Typed::Others => {
                        sql.push(" AND 1 = 0");
                    }
                }
                if let Some(number) = number {
                    sql.push(" OR phone_key = ").text(number);
                }
            }
        }
        sql.push(")");
    }

    /// Appends the condition on the number of a call, `calls.phone`.
    pub(crate) fn push_on_dialled(&self, sql: &mut Sql) {
        const PLAIN: &str = "REPLACE(REPLACE(REPLACE(phone, ' ', ''), '-', ''), '.', '')";
        match self {
            Self::Part { folded, number, .. } => {
                sql.push("LOWER(phone) LIKE ").text(folded).push(" ESCAPE '\\'");
                if let Some(number) = number {
                    sql.push(" OR ").push(PLAIN).push(" LIKE ").text(number).push(" ESCAPE '\\'");
                }
            }
            Self::Masked { number: Some(number), country, .. } => {
                sql.push("LOWER(").push(PLAIN).push(") IN ").texts(phone::spellings(number, *country));
            }
            Self::Masked { number: None, .. } => drop(sql.push("1 = 0")),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::Role;

    use super::*;

    fn reader(role: Role) -> Scope {
        #[expect(clippy::disallowed_methods, reason = "nobody's scope")]
        Scope::of_user(1, 1, role)
    }

    #[test]
    fn a_search_means_what_was_typed() {
        assert_eq!(holding_folded("Hạnh 90%"), "%hanh 90\\%%");
        assert_eq!(holding_folded("a_b\\c"), "%a\\_b\\\\c%");
        let number = |typed: &str| match Search::of(typed, &reader(Role::Manager)) {
            Search::Part { number, .. } | Search::Masked { number, .. } => number,
        };
        assert_eq!(number("Lan 2"), None);
        for typed in ["+84 901 234", "0901-234", "+840901234"] {
            assert_eq!(number(typed).as_deref(), Some("%0901234%"), "{typed}");
        }
    }

    #[test]
    fn who_may_not_see_numbers_searches_by_a_whole_one() {
        let number = |typed: &str| match Search::of(typed, &reader(Role::Viewer)) {
            Search::Masked { number, .. } => number,
            Search::Part { .. } => panic!("a part of a number may be searched for"),
        };
        assert_eq!(number("+84 901 234 567").as_deref(), Some("0901234567"));
        assert_eq!(number("1234").as_deref(), Some("1234"));
        assert_eq!(number("Lan 2"), None);
    }
}
