//! Loose objects: files in the object store that nothing refers to, since they are about to be stored, or about to be deleted. A
//! process may be killed between the store and the database, which no transaction spans; what it left is found here by name,
//! and deleted when it has been loose for so long that nobody can be at work on it.

use domain::Timestamp;

use crate::{
    Conn, Scope, StoreError,
    db::{execute, fetch_all},
};

/// How long an object is loose before it is deleted, ms: a day.
pub const LOOSE_MS: i64 = 24 * 60 * 60 * 1_000;
/// How many loose objects are listed at once.
pub const LISTED: usize = 100;

/// Notes that nothing refers to an object. Said before it is stored, and committed: what is not noted cannot be found again.
pub async fn loosen(conn: &mut Conn, scope: &Scope, object: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO loose_objects (account_id, object, since) VALUES ($1, $2, $3)
         ON CONFLICT (account_id, object) DO UPDATE SET since = excluded.since",
        scope.account(),
        object,
        now.0,
    )?;
    Ok(())
}

/// Notes that something refers to an object, or that it is gone.
pub async fn refer(conn: &mut Conn, scope: &Scope, object: &str) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM loose_objects WHERE account_id = $1 AND object = $2", scope.account(), object,)?;
    Ok(())
}

/// Objects that have been loose since before this instant, at most [`LISTED`], behind the name `after`.
pub async fn loose_before(
    conn: &mut Conn,
    scope: &Scope,
    before: Timestamp,
    after: &str,
) -> Result<Vec<String>, StoreError> {
    let rows = fetch_all!(
        conn,
        (String,),
        "SELECT object FROM loose_objects
         WHERE account_id = $1 AND object > $2 AND since < $3
         ORDER BY object
         LIMIT $4",
        scope.account(),
        after,
        before.0,
        LISTED as i64,
    )?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
