//! Mappings: which column of a table is which field of a call, kept by the account under a name, and found again by the
//! header of the next file.

use domain::{Timestamp, limits::MAPPINGS};

use crate::{
    Conn, Put, Scope, StoreError,
    db::{execute, fetch_all, fetch_one, fetch_optional},
    put::{checked_name, invalid},
};

/// How a table of calls is read, kept under a name for the next file of the same header.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct SavedMapping {
    /// The account's name for it.
    pub name: String,
    /// The fingerprint of the header that it was made for.
    pub fingerprint: String,
    /// The mapping, as TOML.
    pub mapping: String,
}

/// All mappings of the account by name.
pub async fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<SavedMapping>, StoreError> {
    fetch_all!(
        conn,
        SavedMapping,
        "SELECT name, fingerprint, mapping FROM mappings WHERE account_id = $1 ORDER BY name",
        scope.account(),
    )
}

/// The mapping that is kept under this name.
pub async fn lookup(conn: &mut Conn, scope: &Scope, name: &str) -> Result<Option<SavedMapping>, StoreError> {
    fetch_optional!(
        conn,
        SavedMapping,
        "SELECT name, fingerprint, mapping FROM mappings WHERE account_id = $1 AND name = $2",
        scope.account(),
        name,
    )
}

/// The mapping that was saved last for tables with this header.
pub async fn find(conn: &mut Conn, scope: &Scope, fingerprint: &str) -> Result<Option<SavedMapping>, StoreError> {
    fetch_optional!(
        conn,
        SavedMapping,
        "SELECT name, fingerprint, mapping FROM mappings
         WHERE account_id = $1 AND fingerprint = $2
         ORDER BY saved_at DESC, name LIMIT 1",
        scope.account(),
        fingerprint,
    )
}

/// Keeps a mapping under its name, in place of what had it.
///
/// # Errors
/// Where the account has too many already, or the name is too long.
pub async fn put(conn: &mut Conn, scope: &Scope, saved: &SavedMapping, now: Timestamp) -> Result<Put, StoreError> {
    let name = checked_name("name", &saved.name)?;
    let before = lookup(conn, scope, &name).await?;
    let same = |before: &SavedMapping| before.mapping == saved.mapping && before.fingerprint == saved.fingerprint;
    if before.as_ref().is_some_and(same) {
        return Ok(Put::Unchanged);
    }
    let (kept,) = fetch_one!(conn, (i64,), "SELECT COUNT(*) FROM mappings WHERE account_id = $1", scope.account())?;
    if before.is_none() && kept >= MAPPINGS as i64 {
        return Err(invalid("name", &format!("is one more than the {MAPPINGS} mappings that an account may have")));
    }
    execute!(
        conn,
        "INSERT INTO mappings (account_id, name, fingerprint, mapping, saved_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account_id, name) DO UPDATE
         SET fingerprint = excluded.fingerprint, mapping = excluded.mapping, saved_at = excluded.saved_at",
        scope.account(),
        name.as_str(),
        saved.fingerprint.as_str(),
        saved.mapping.as_str(),
        now.0,
    )?;
    Ok(if before.is_some() { Put::Updated } else { Put::Created })
}

/// Forgets a mapping. `false`: there is none of this name.
pub async fn delete(conn: &mut Conn, scope: &Scope, name: &str) -> Result<bool, StoreError> {
    let deleted = execute!(conn, "DELETE FROM mappings WHERE account_id = $1 AND name = $2", scope.account(), name)?;
    Ok(deleted > 0)
}
