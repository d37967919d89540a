//! The two schemas are one: the same tables, columns and keys, each key beginning with the account.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Conn,
    db::Tx,
    support::{on_postgres, on_sqlite},
};

/// The words of what was said: on SQLite tables of FTS5, on PostgreSQL a column of `said_calls` (`store::said_index`).
const WORDS_OF_SQLITE: &str = "said_words";
const WORDS_OF_POSTGRES: (&str, &str) = ("said_calls", "words");

/// Of each table: its columns with their types, which may be null, and the columns of its primary key in order.
type Schema = BTreeMap<String, (BTreeSet<(String, String, bool)>, Vec<String>)>;

async fn sqlite_schema(conn: &mut Conn) -> Schema {
    let Tx::Sqlite(tx) = &mut conn.tx else { panic!("not SQLite") };
    let rows: Vec<(String, String, String, bool, i64)> = sqlx::query_as(
        "SELECT m.name, c.name, LOWER(c.type), c.\"notnull\" = 0, c.pk
         FROM sqlite_master m, pragma_table_info(m.name) c
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> '_sqlx_migrations'
         ORDER BY c.pk",
    )
    .fetch_all(&mut **tx)
    .await
    .unwrap();
    let mut schema = Schema::new();
    for (table, column, kind, nullable, key) in rows {
        if table.starts_with(WORDS_OF_SQLITE) {
            continue;
        }
        let (columns, primary) = schema.entry(table).or_default();
        columns.insert((column.clone(), kind.replace("blob", "bytea"), nullable));
        if key > 0 {
            primary.push(column);
        }
    }
    schema
}

async fn postgres_schema(conn: &mut Conn) -> Schema {
    let Tx::Postgres(tx) = &mut conn.tx else { panic!("not PostgreSQL") };
    let columns: Vec<(String, String, String, bool)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES'
         FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut **tx)
    .await
    .unwrap();
    let keys: Vec<(String, String)> = sqlx::query_as(
        "SELECT t.table_name::text, k.column_name::text
         FROM information_schema.table_constraints t
         JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name)
         WHERE t.constraint_type = 'PRIMARY KEY' AND t.table_schema = 'public' AND t.table_name <> '_sqlx_migrations'
         ORDER BY t.table_name, k.ordinal_position",
    )
    .fetch_all(&mut **tx)
    .await
    .unwrap();
    let mut schema = Schema::new();
    for (table, column, kind, nullable) in columns {
        if (table.as_str(), column.as_str()) == WORDS_OF_POSTGRES {
            continue;
        }
        schema.entry(table).or_default().0.insert((column, kind, nullable));
    }
    for (table, column) in keys {
        schema.entry(table).or_default().1.push(column);
    }
    schema
}

#[tokio::test]
async fn both_engines_have_the_same_tables_columns_and_keys() {
    on_sqlite(async |sqlite| {
        on_postgres(async |postgres| {
            let embedded = sqlite_schema(&mut sqlite.read().await.unwrap()).await;
            let served = postgres_schema(&mut postgres.read().await.unwrap()).await;
            let tables = |schema: &Schema| schema.keys().cloned().collect::<Vec<_>>();
            assert_eq!(tables(&embedded), tables(&served), "write every migration for both engines");
            for (table, description) in &embedded {
                assert_eq!(description, &served[table], "{table} differs between the engines");
            }
        })
        .await;
    })
    .await;
}

const DATABASE: &str = include_str!("../../../docs/DATABASE.md");

/// What stands between backticks in a text.
fn named(text: &str) -> BTreeSet<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_table_is_described_and_what_is_described_is_there() {
    on_sqlite(async |db| {
        let schema = sqlite_schema(&mut db.read().await.unwrap()).await;
        let (_, tables) = DATABASE.split_once("## Tables").unwrap();
        let (tables, _) = tables.split_once("\n## ").unwrap();
        let rows = tables.lines().filter(|line| line.starts_with("| `"));
        let described: BTreeSet<String> = rows.flat_map(|row| named(row.split('|').nth(1).unwrap())).collect();
        assert_eq!(described, schema.keys().cloned().collect(), "the first column of the table in docs/DATABASE.md");
        // On Citus, what has no account in its key cannot be told apart by it.
        let (_, citus) = DATABASE.split_once("## Citus").unwrap();
        let (citus, _) = citus.split_once("\n## ").unwrap();
        let (_, references) = citus.split_once("reference tables").unwrap();
        let references: BTreeSet<String> = named(references).into_iter().filter(|name| name != "account_id").collect();
        for table in &references {
            assert!(schema.contains_key(table), "docs/DATABASE.md, \"Citus\", names {table}");
        }
        for table in OF_THE_DIRECTORY {
            assert!(references.contains(table), "docs/DATABASE.md, \"Citus\", lacks {table}");
        }
    })
    .await;
}

/// Tables that are asked by a person's address (0029) or by what a provider calls them (0032), whatever the account, and what was done to
/// the service (0049).
const OF_THE_DIRECTORY: [&str; 5] = ["people", "service_entries", "service_heads", "sso_identities", "sso_used"];

/// Columns of texts and bytes that others make as long as they like.
const LONG: [&str; 12] = [
    "customers",
    "transcript",
    "peaks",
    "dialled",
    "reached",
    "talked",
    "goal",
    "letter",
    "body",
    "said",
    "minutes",
    "redials",
];

#[tokio::test]
async fn rows_that_may_be_long_are_found_without_reading_others() {
    on_sqlite(async |db| {
        let mut conn = db.read().await.unwrap();
        let Tx::Sqlite(tx) = &mut conn.tx else { panic!("not SQLite") };
        let columns: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT m.name, c.name, c.type
             FROM sqlite_master m, pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.sql LIKE '%WITHOUT ROWID'",
        )
        .fetch_all(&mut **tx)
        .await
        .unwrap();
        assert!(columns.len() > 100, "the schema was read");
        let is_long = |column: &str, kind: &str| LONG.contains(&column) && matches!(kind, "TEXT" | "BLOB");
        let long = columns.iter().filter(|(_, column, kind)| is_long(column, kind));
        let tables: Vec<&str> = long.map(|(table, ..)| table.as_str()).collect();
        // An account has few mailings, and finds them by an index.
        assert_eq!(tables, ["mailings"], "in a table WITHOUT ROWID each comparison reads the whole row (0016)");
    })
    .await;
}

#[tokio::test]
async fn every_key_begins_with_the_account_and_refers_to_it() {
    on_postgres(async |db| {
        let mut conn = db.read().await.unwrap();
        let schema = postgres_schema(&mut conn).await;
        assert!(schema.len() > 10, "the schema was read");
        for (table, (_, key)) in schema.iter().filter(|(table, _)| !OF_THE_DIRECTORY.contains(&table.as_str())) {
            assert_eq!(key.first().map(String::as_str), Some("account_id"), "{table}: begin its key with account_id");
        }
        let Tx::Postgres(tx) = &mut conn.tx else { panic!("not PostgreSQL") };
        let referring: Vec<(String,)> = sqlx::query_as(
            "SELECT DISTINCT conrelid::regclass::text
             FROM pg_constraint
             WHERE contype = 'f' AND confrelid = 'accounts'::regclass",
        )
        .fetch_all(&mut **tx)
        .await
        .unwrap();
        let referring: BTreeSet<String> = referring.into_iter().map(|row| row.0).collect();
        let of_accounts = |table: &String| table != "accounts" && !OF_THE_DIRECTORY.contains(&table.as_str());
        let tables: BTreeSet<String> = schema.into_keys().filter(of_accounts).collect();
        // Rows that come by the thousand are not asked one by one for an account that their batch has locked (0013).
        let by_the_thousand = |table: &String| {
            [
                "calls",
                "call_details",
                "contacts",
                "customer_days",
                "import_calls",
                "import_names",
                "search_parts",
                "search_changes",
                "customer_columns",
                "customer_changes",
                "said_calls",
            ]
            .contains(&table.as_str())
                || table.starts_with("rollup_")
                || table.starts_with("usage_")
        };
        let singly: BTreeSet<String> = tables.iter().filter(|table| !by_the_thousand(table)).cloned().collect();
        assert_eq!(singly, referring, "a table's account_id refers to accounts");
        // Every further index begins with the account too, but for the address that a user signs in with and what the runner of jobs asks.
        let indexes: Vec<(String, String)> = sqlx::query_as(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid, 1, true)
             FROM pg_index
             WHERE indrelid::regclass::text = ANY($1)",
        )
        .bind(tables.into_iter().collect::<Vec<_>>())
        .fetch_all(&mut **tx)
        .await
        .unwrap();
        let mut others: Vec<&str> =
            indexes.iter().filter(|(_, first)| first != "account_id").map(|(name, _)| name.as_str()).collect();
        others.sort_unstable();
        // The runner of jobs works for all accounts; who comes from a provider is found before an account is known.
        assert_eq!(
            others,
            [
                "audit_entries_of_operators",
                "jobs_due",
                "jobs_not_done",
                // Each of its words begins with the account.
                "said_calls_words",
                "sessions_sso",
                "sso_groups_name",
                "users_email"
            ]
        );
    })
    .await;
}
