//! A statement that is put together: its text comes from the program alone, every value is a parameter.

use domain::{phone, search};
use sqlx::{AssertSqlSafe, FromRow, postgres::PgRow, sqlite::SqliteRow};

use crate::{Conn, StoreError, db::Tx};

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

    /// Runs it.
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
        Ok(answer?)
    }

    /// Runs it, for exactly one row.
    pub(crate) async fn fetch_one<R: EngineRow>(self, conn: &mut Conn) -> Result<R, StoreError> {
        self.fetch_all(conn).await?.pop().ok_or(StoreError::Statement(sqlx::Error::RowNotFound))
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

/// What a person typed into a search field, as `LIKE` patterns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Search {
    /// For texts folded by [`search::fold`].
    pub(crate) folded: String,
    /// For numbers in the form of [`phone::matching_key`]; only where a number was typed.
    pub(crate) number: Option<String>,
}

impl Search {
    pub(crate) fn of(typed: &str) -> Self {
        // A NUL, which PostgreSQL has no text for, is in no name.
        let typed = typed.replace('\0', " ");
        let typed = typed.trim();
        let is_number = typed.chars().any(|c| c.is_ascii_digit())
            && typed.chars().all(|c| c.is_ascii_digit() || " +-.()".contains(c));
        // The beginning of a number has too few digits for `matching_key` to know the country by.
        let number = match typed.strip_prefix("+84") {
            Some(national) => phone::matching_key(&format!("0{}", national.trim_start_matches([' ', '0']))),
            None => phone::matching_key(typed),
        };
        Self { folded: holding(&search::fold(typed)), number: is_number.then(|| holding(&number)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_means_what_was_typed() {
        assert_eq!(Search::of("Hạnh 90%").folded, "%hanh 90\\%%");
        assert_eq!(Search::of("a_b\\c").folded, "%a\\_b\\\\c%");
        assert_eq!(Search::of("Lan 2").number, None);
        for typed in ["+84 901 234", "0901-234", "+840901234"] {
            assert_eq!(Search::of(typed).number.as_deref(), Some("%0901234%"), "{typed}");
        }
    }
}
