//! The few places where the two engines need different SQL, each with its reason.

use sqlx::AssertSqlSafe;

use crate::{
    StoreError,
    db::{Conn, Tx},
};

/// Which of the two it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub(crate) fn of(conn: &Conn) -> Self {
        match conn.tx {
            Tx::Sqlite(_) => Self::Sqlite,
            Tx::Postgres(_) => Self::Postgres,
        }
    }

    /// What stands before the parameter of a subselect (column `value`) of the elements of a JSON array, themselves JSON.
    pub(crate) fn rows_of_json(self) -> &'static str {
        match self {
            Self::Sqlite => "(SELECT value FROM json_each(",
            Self::Postgres => "(SELECT value FROM json_array_elements(",
        }
    }

    /// The end of that subselect.
    pub(crate) fn end_of_rows_of_json(self) -> &'static str {
        match self {
            Self::Sqlite => ")) j",
            Self::Postgres => "::json)) j",
        }
    }
}

/// The size of the database in bytes: each engine counts its own pages.
pub(crate) fn database_bytes(conn: &Conn) -> &'static str {
    match conn.tx {
        Tx::Sqlite(_) => "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        Tx::Postgres(_) => "SELECT pg_database_size(current_database())",
    }
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

/// A select of the entries of the JSON object bound to `parameter`, whose values are texts: columns `key` and `value`.
pub(crate) fn entries_of_json(conn: &Conn, parameter: &str) -> String {
    match conn.tx {
        Tx::Sqlite(_) => format!("SELECT key, value FROM json_each({parameter})"),
        Tx::Postgres(_) => format!("SELECT key, value FROM json_each_text({parameter}::json)"),
    }
}

/// The bytes that a text of hexadecimal digits means.
pub(crate) fn bytes_of_hex(conn: &Conn, text: &str) -> String {
    match conn.tx {
        Tx::Sqlite(_) => format!("unhex({text})"),
        Tx::Postgres(_) => format!("decode({text}, 'hex')"),
    }
}

/// Has PostgreSQL plan the statements that follow for any account and campaign, or again for the one that is asked about.
///
/// It counts a table anew when a fiftieth of it has changed, a minute later at most. Until then it takes an account that has come
/// since for empty, and joins all of its calls with all that is looked for: of 20,000 calls beside another account's million, the
/// latest calls of fifty customers took more than ten seconds. SQLite plans by its indexes alone.
pub(crate) async fn plan_for_any(conn: &mut Conn, any: bool) -> Result<(), StoreError> {
    if let Tx::Postgres(tx) = &mut conn.tx {
        let setting = if any { "force_generic_plan" } else { "auto" };
        sqlx::query(AssertSqlSafe(format!("SET LOCAL plan_cache_mode = {setting}"))).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Has PostgreSQL go through an index by bitmaps, or as it likes: with a limit it takes reading a whole table for quick, since it believes that
/// what is looked for comes soon. Words that few say come late, or not at all.
pub(crate) async fn plan_by_bitmaps(conn: &mut Conn, only: bool) -> Result<(), StoreError> {
    if let Tx::Postgres(tx) = &mut conn.tx {
        let others = if only { "off" } else { "on" };
        let settings = format!("SET LOCAL enable_seqscan = {others}; SET LOCAL enable_indexscan = {others}");
        sqlx::raw_sql(AssertSqlSafe(settings)).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Has PostgreSQL plan the look-ups of a batch, in this transaction, for tables as they are.
///
/// It counts the tables if they have grown to twice what it knows of: it does so by itself about a minute after a change,
/// but an import fills an empty database faster than that, and its look-ups were planned for tables of one row. And it
/// plans for any campaign, not for the one that is asked about: of a new campaign it knows nothing, takes it for empty,
/// and compares every customer of it with every id that is looked for. Both were seconds instead of milliseconds. SQLite
/// is told once and for all by its migration.
pub(crate) async fn plan_lookups(conn: &mut Conn) -> Result<(), StoreError> {
    plan_for_any(conn, true).await?;
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
        if grown.is_empty() {
            return Ok(());
        }
        // A tenth of the usual sample: enough to tell thousands of rows from one, and the server looks closer by itself.
        sqlx::query("SET LOCAL default_statistics_target = 10").execute(&mut **tx).await?;
        for (table,) in grown {
            sqlx::query(AssertSqlSafe(format!("ANALYZE {table}"))).execute(&mut **tx).await?;
        }
        sqlx::query("SET LOCAL default_statistics_target = DEFAULT").execute(&mut **tx).await?;
    }
    Ok(())
}

/// Keeps others from adding people until the end of the transaction. SQLite has one writer anyway.
pub(crate) async fn lock_people(conn: &mut Conn) -> Result<(), StoreError> {
    if let Tx::Postgres(tx) = &mut conn.tx {
        sqlx::query("LOCK TABLE people IN SHARE ROW EXCLUSIVE MODE").execute(&mut **tx).await?;
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
