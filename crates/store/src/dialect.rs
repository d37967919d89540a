//! The few places where the two engines need different SQL, each with its reason.

use sqlx::{AssertSqlSafe, Postgres, QueryBuilder, Sqlite};

use crate::{
    StoreError,
    db::{Conn, Tx},
};

/// One column of a bulk insert: its values for all rows.
#[derive(Debug)]
pub(crate) enum Column {
    Int(Vec<i64>),
    OptInt(Vec<Option<i64>>),
    Text(Vec<String>),
    OptText(Vec<Option<String>>),
    Bool(Vec<bool>),
    Bytes(Vec<Vec<u8>>),
}

impl Column {
    fn len(&self) -> usize {
        match self {
            Self::Int(v) => v.len(),
            Self::OptInt(v) => v.len(),
            Self::Text(v) => v.len(),
            Self::OptText(v) => v.len(),
            Self::Bool(v) => v.len(),
            Self::Bytes(v) => v.len(),
        }
    }

    fn postgres_array(&self) -> &'static str {
        match self {
            Self::Int(_) | Self::OptInt(_) => "BIGINT[]",
            Self::Text(_) | Self::OptText(_) => "TEXT[]",
            Self::Bool(_) => "BOOLEAN[]",
            Self::Bytes(_) => "BYTEA[]",
        }
    }
}

/// SQLite's limit on parameters of one statement is 32,766; far fewer are as fast and keep the statement small.
const SQLITE_PARAMETERS: usize = 4_000;

/// Inserts many rows: `INSERT INTO table (columns) VALUES … conflict`, where `conflict` is empty or an
/// `ON CONFLICT …` clause.
///
/// SQLite takes rows of parameters; PostgreSQL takes one array for each column and unnests them, which parses and
/// plans once, whatever the number of rows.
pub(crate) async fn insert_rows(
    conn: &mut Conn,
    table: &str,
    columns: Vec<(&'static str, Column)>,
    conflict: &str,
) -> Result<(), StoreError> {
    let rows = columns.first().map_or(0, |(_, column)| column.len());
    debug_assert!(columns.iter().all(|(_, column)| column.len() == rows), "columns of {table} differ in length");
    if rows == 0 {
        return Ok(());
    }
    let names = columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    match &mut conn.tx {
        Tx::Sqlite(tx) => {
            let per_statement = (SQLITE_PARAMETERS / columns.len()).max(1);
            for first in (0..rows).step_by(per_statement) {
                let last = (first + per_statement).min(rows);
                let mut query = QueryBuilder::<Sqlite>::new(format!("INSERT INTO {table} ({names}) "));
                query.push_values(first..last, |mut row, n| {
                    for (_, column) in &columns {
                        match column {
                            Column::Int(v) => row.push_bind(v[n]),
                            Column::OptInt(v) => row.push_bind(v[n]),
                            Column::Text(v) => row.push_bind(v[n].clone()),
                            Column::OptText(v) => row.push_bind(v[n].clone()),
                            Column::Bool(v) => row.push_bind(v[n]),
                            Column::Bytes(v) => row.push_bind(v[n].clone()),
                        };
                    }
                });
                query.push(conflict);
                // A statement of a full length is used again and kept prepared; the last one is not.
                query.build().persistent(last - first == per_statement).execute(&mut **tx).await?;
            }
        }
        Tx::Postgres(tx) => {
            let arrays =
                columns.iter().enumerate().map(|(n, (_, column))| format!("${}::{}", n + 1, column.postgres_array()));
            let arrays = arrays.collect::<Vec<_>>().join(", ");
            let sql = format!("INSERT INTO {table} ({names}) SELECT * FROM UNNEST({arrays}) {conflict}");
            let mut query = sqlx::query::<Postgres>(AssertSqlSafe(sql));
            for (_, column) in columns {
                query = match column {
                    Column::Int(v) => query.bind(v),
                    Column::OptInt(v) => query.bind(v),
                    Column::Text(v) => query.bind(v),
                    Column::OptText(v) => query.bind(v),
                    Column::Bool(v) => query.bind(v),
                    Column::Bytes(v) => query.bind(v),
                };
            }
            query.execute(&mut **tx).await?;
        }
    }
    Ok(())
}

/// A subselect that yields the texts of the JSON array bound to `parameter` (such as `$2`): `id IN (…)` for a list of
/// any length in one parameter.
pub(crate) fn texts_of_json(conn: &Conn, parameter: &str) -> String {
    match conn.tx {
        Tx::Sqlite(_) => format!("SELECT value FROM json_each({parameter})"),
        Tx::Postgres(_) => format!("SELECT json_array_elements_text({parameter}::json)"),
    }
}

/// As [`texts_of_json`], for integers.
pub(crate) fn integers_of_json(conn: &Conn, parameter: &str) -> String {
    match conn.tx {
        Tx::Sqlite(_) => format!("SELECT value FROM json_each({parameter})"),
        Tx::Postgres(_) => format!("SELECT CAST(json_array_elements_text({parameter}::json) AS BIGINT)"),
    }
}

/// Has PostgreSQL count the tables that a batch is looked up in, if they have grown to twice what it knows of.
///
/// The server counts by itself about a minute after a change; an import fills an empty database faster than that, and
/// its look-ups were planned for tables of one row: minutes instead of milliseconds. SQLite is told once and for all by
/// its migration.
pub(crate) async fn refresh_statistics(conn: &mut Conn) -> Result<(), StoreError> {
    if let Tx::Postgres(tx) = &mut conn.tx {
        let grown: Vec<(String,)> = sqlx::query_as(
            "SELECT oid::regclass::text FROM pg_class
             WHERE oid IN ('calls'::regclass, 'contacts'::regclass)
               AND pg_relation_size(oid) > 2 * GREATEST(relpages, 8) * 8192::bigint
             -- Two imports at once lock the tables in the same order.
             ORDER BY relname",
        )
        .fetch_all(&mut **tx)
        .await?;
        for (table,) in grown {
            sqlx::query(AssertSqlSafe(format!("ANALYZE {table}"))).execute(&mut **tx).await?;
        }
    }
    Ok(())
}

/// The channel on which server processes tell each other of changes.
pub(crate) const CHANNEL: &str = "ringside_changes";

/// Tells other server processes of a change when this transaction commits. SQLite has no such channel: there a process
/// notices that the file was written to.
pub(crate) async fn notify(conn: &mut Conn, payload: String) -> Result<(), StoreError> {
    if let Tx::Postgres(tx) = &mut conn.tx {
        sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(payload).execute(&mut **tx).await?;
    }
    Ok(())
}
