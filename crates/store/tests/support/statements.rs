//! Every statement that a test runs names the account in each table that it touches: an equality with another table is not enough,
//! as a cluster that is distributed by account finds the shard by it (docs/DATABASE.md, "Rules for statements").

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::ControlFlow,
    sync::{LazyLock, Mutex},
};

use sqlparser::{
    ast::{
        BinaryOperator, Delete, Expr, FromTable, Insert, JoinConstraint, JoinOperator, ObjectName, Query, Select,
        Statement, TableFactor, TableObject, TableWithJoins, Update, UpdateTableFromKind, Value, Visit, Visitor,
    },
    dialect::{Dialect, PostgreSqlDialect, SQLiteDialect},
    parser::Parser,
};
use tracing::{Event, Metadata, Subscriber, field::Field, span};

/// What sqlx logs statements as.
const STATEMENTS: &str = "sqlx::query";

/// The statements that ran since the last look, whichever test ran them.
static RUN: LazyLock<Mutex<BTreeSet<String>>> = LazyLock::new(Mutex::default);

/// Keeps the text of each statement.
struct Recorder;

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == STATEMENTS
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = StatementText::default();
        event.record(&mut text);
        // A short one stands in its summary alone.
        let text = if text.statement.is_empty() { text.summary } else { text.statement };
        RUN.lock().unwrap().insert(text);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[derive(Default)]
struct StatementText {
    summary: String,
    statement: String,
}

impl tracing::field::Visit for StatementText {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.statement),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

/// Keeps the statements that run from now on. A test program whose log goes elsewhere keeps none.
pub(crate) fn record() {
    let _ = tracing::subscriber::set_global_default(Recorder);
}

/// Tables that are asked by a person's address or by what is of the service, whatever the account (docs/DATABASE.md, "Citus"), and those of
/// the engines.
const OF_NO_ACCOUNT: [&str; 19] = [
    "_sqlx_migrations",
    "accounts",
    "columns",
    "key_column_usage",
    "password_links",
    "people",
    "pg_attribute",
    "pg_class",
    "pg_constraint",
    "pg_index",
    // Each of its words begins with the account.
    "said_words",
    "service_entries",
    "service_heads",
    "sessions",
    "sqlite_master",
    "sso_identities",
    "sso_used",
    "table_constraints",
    "users",
];

/// How the statements begin that are of all accounts: the runner of jobs, and what operators see.
const OF_ALL_ACCOUNTS: [&str; 13] = [
    "SELECT account_id FROM jobs WHERE kind = $1 AND due_at <= $2",
    "SELECT account_id, COUNT(*) FROM invitations WHERE expires_at >",
    "SELECT account_id, CAST(SUM(calls) AS BIGINT) AS calls, CAST(SUM(open) AS BIGINT) AS open,",
    "SELECT account_id, CAST(SUM(records) AS BIGINT) AS records,",
    "SELECT account_id, calls, recording_bytes, people FROM quotas",
    "SELECT account_id, campaign_key, effective_from, price_first_block = 0 AND price_next_block = 0 AS is_free,",
    "SELECT account_id, kind, COUNT(*) FROM jobs WHERE status = 'failed'",
    "SELECT account_id, name, own_name, timezone, currency, language, country, short_call_seconds, EXISTS",
    "SELECT account_id, recording_bytes, received_at FROM account_totals",
    "SELECT account_id, entry_no, at, actor_kind, actor, address, action, subject, customer, details, hash FROM",
    "SELECT c.account_id, c.code FROM usage_account_codes c",
    "SELECT due_at FROM jobs WHERE kind = $1",
    "SELECT kind, status, COUNT(*) AS jobs, MIN(due_at) AS first_due_at FROM jobs",
];

/// Fails where a statement that ran does not name the account in each of its tables.
pub(crate) fn check() {
    let run = std::mem::take(&mut *RUN.lock().unwrap());
    let mut wrong = Vec::new();
    for text in run {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_read = text.starts_with("SELECT") || text.starts_with("WITH");
        // What writes without a parameter is a migration's, or the test's own.
        if text.starts_with("/* all accounts */")
            || text.starts_with("EXPLAIN")
            || !is_read && !text.contains(['$', '?'])
        {
            continue;
        }
        if OF_ALL_ACCOUNTS
            .iter()
            .any(|known| text.starts_with(known) || text.starts_with(&format!("SELECT * FROM ({known}")))
        {
            continue;
        }
        let lacking = tables_without_account(&text);
        let lacking: Vec<_> = lacking.iter().filter(|table| !OF_NO_ACCOUNT.contains(&table.as_str())).collect();
        if !lacking.is_empty() {
            wrong.push(format!("{lacking:?}: {text}"));
        }
    }
    assert!(wrong.is_empty(), "tables without their own `account_id = $1`:\n{}", wrong.join("\n"));
}

/// The tables of a statement whose rows are not those of one account by a condition, or a column, of their own. Empty of what is no
/// statement of tables, too.
pub(crate) fn tables_without_account(text: &str) -> BTreeSet<String> {
    let dialects: [&dyn Dialect; 2] = [&PostgreSqlDialect {}, &SQLiteDialect {}];
    let parsed = dialects.iter().find_map(|dialect| Parser::parse_sql(*dialect, text).ok());
    let Some(statements) = parsed else { return BTreeSet::new() };
    let mut accounts = Accounts::default();
    let _ = statements.visit(&mut accounts);
    accounts.lacking
}

#[derive(Default)]
struct Accounts {
    /// What `WITH` names is no table.
    named: BTreeSet<String>,
    lacking: BTreeSet<String>,
}

impl Accounts {
    /// Looks at the tables of a part of a statement and at what has to be true of their rows.
    fn look<'a>(&mut self, tables: impl IntoIterator<Item = &'a TableWithJoins>, selection: Option<&Expr>) {
        // By the name that stands before a column: the table's own, and whether it is of the account.
        let mut found = BTreeMap::new();
        let mut conditions = Vec::new();
        conditions.extend(selection);
        for table in tables {
            found.extend(alias_of(&table.relation));
            for join in &table.joins {
                found.extend(alias_of(&join.relation));
                if let JoinOperator::Join(on)
                | JoinOperator::Inner(on)
                | JoinOperator::Left(on)
                | JoinOperator::LeftOuter(on) = &join.join_operator
                    && let JoinConstraint::On(on) = on
                {
                    conditions.push(on);
                }
            }
        }
        let mut of_account = BTreeSet::new();
        let alone = (found.len() == 1).then(|| found.keys().next().cloned()).flatten();
        while let Some(condition) = conditions.pop() {
            match condition {
                Expr::Nested(inside) => conditions.push(inside),
                Expr::BinaryOp { left, op: BinaryOperator::And, right } => conditions.extend([&**left, &**right]),
                Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => {
                    for (column, value) in [(left, right), (right, left)] {
                        if is_parameter(value) {
                            of_account.extend(account_column(column, alone.as_deref()));
                        }
                    }
                }
                _ => {}
            }
        }
        let lacking =
            found.into_iter().filter(|(alias, table)| !of_account.contains(alias) && !self.named.contains(table));
        self.lacking.extend(lacking.map(|(_, table)| table));
    }
}

/// The name before the columns of a table, and its own name; none of what is no table.
fn alias_of(factor: &TableFactor) -> Option<(String, String)> {
    let TableFactor::Table { name, alias, args: None, .. } = factor else { return None };
    let name = last(name);
    let alias = alias.as_ref().map_or_else(|| name.clone(), |alias| alias.name.value.clone());
    Some((alias, name))
}

fn last(name: &ObjectName) -> String {
    name.0.last().and_then(|part| part.as_ident()).map(|ident| ident.value.clone()).unwrap_or_default()
}

fn is_parameter(value: &Expr) -> bool {
    match value {
        Expr::Value(value) => matches!(value.value, Value::Placeholder(_)),
        Expr::Cast { expr, .. } | Expr::Nested(expr) => is_parameter(expr),
        _ => false,
    }
}

/// The name before a column, where it is that of the account; `alone` of one that stands without a name.
fn account_column(column: &Expr, alone: Option<&str>) -> Option<String> {
    match column {
        Expr::Identifier(name) if name.value == "account_id" => alone.map(str::to_owned),
        Expr::CompoundIdentifier(names) => {
            let [.., table, name] = names.as_slice() else { return None };
            (name.value == "account_id").then(|| table.value.clone())
        }
        _ => None,
    }
}

impl Visitor for Accounts {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let with = query.with.iter().flat_map(|with| &with.cte_tables);
        self.named.extend(with.map(|named| named.alias.name.value.clone()));
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        self.look(&select.from, select.selection.as_ref());
        ControlFlow::Continue(())
    }

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        match statement {
            Statement::Insert(Insert { table: TableObject::TableName(table), columns, .. })
                if !columns.iter().any(|column| last(column) == "account_id") =>
            {
                self.lacking.insert(last(table));
            }
            Statement::Update(Update { table, from, selection, .. }) => {
                let from = match from {
                    Some(UpdateTableFromKind::BeforeSet(from) | UpdateTableFromKind::AfterSet(from)) => from.as_slice(),
                    None => &[],
                };
                self.look(std::iter::once(table).chain(from), selection.as_ref());
            }
            Statement::Delete(Delete {
                from: FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from),
                using,
                selection,
                ..
            }) => self.look(from.iter().chain(using.iter().flatten()), selection.as_ref()),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

#[test]
fn a_table_that_does_not_name_the_account_is_found() {
    let lacking = |text: &str| tables_without_account(text).into_iter().collect::<Vec<_>>();
    assert_eq!(lacking("SELECT 1 FROM calls WHERE account_id = $1 AND id = $2"), [""; 0]);
    assert_eq!(lacking("SELECT 1 FROM calls WHERE id = $2"), ["calls"]);
    assert_eq!(lacking("SELECT 1 FROM calls WHERE account_id = $1 OR id = $2"), ["calls"]);
    let joined = "SELECT 1 FROM calls c JOIN contacts k ON k.account_id = c.account_id WHERE c.account_id = $1";
    assert_eq!(lacking(joined), ["contacts"]);
    let joined =
        "SELECT 1 FROM calls c LEFT JOIN contacts k ON k.account_id = $1 AND k.id = c.id WHERE c.account_id = $1";
    assert_eq!(lacking(joined), [""; 0]);
    let inside =
        "SELECT 1 FROM calls WHERE account_id = $1 AND NOT EXISTS (SELECT 1 FROM result_codes r WHERE r.code = $2)";
    assert_eq!(lacking(inside), ["result_codes"]);
    assert_eq!(lacking("WITH n AS (SELECT 1 FROM calls WHERE account_id = $1) SELECT 1 FROM n"), [""; 0]);
    assert_eq!(lacking("DELETE FROM calls WHERE call_key = $1"), ["calls"]);
    assert_eq!(lacking("UPDATE calls SET cost = 0 WHERE call_key = $1"), ["calls"]);
    assert_eq!(lacking("INSERT INTO calls (id) VALUES ($1)"), ["calls"]);
    assert_eq!(lacking("INSERT INTO calls (account_id, id) VALUES ($1, $2)"), [""; 0]);
}
