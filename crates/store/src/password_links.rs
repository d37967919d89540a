//! One-time links to set a password. The store sees only the hash of a link's secret part.

use domain::Timestamp;

use crate::{
    Conn, Scope, StoreError, User,
    db::{execute, fetch_optional},
    users,
};

/// Stores a link for a user of the account. `is_mailed`: it goes to the person's address alone, so that who uses it reads their mail.
pub async fn add(
    conn: &mut Conn,
    scope: &Scope,
    user_key: i64,
    hash: &[u8; 32],
    expires_at: Timestamp,
    is_mailed: bool,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO password_links (account_id, secret_hash, user_key, expires_at, mailed) VALUES ($1, $2, $3, $4, $5)",
        scope.account(),
        hash.as_slice(),
        user_key,
        expires_at.0,
        is_mailed,
    )?;
    Ok(())
}

/// Has a link hold until then that still holds now. `false`: it was used, or is over.
pub async fn extend(
    conn: &mut Conn,
    scope: &Scope,
    hash: &[u8; 32],
    until: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let extended = execute!(
        conn,
        "UPDATE password_links SET expires_at = $3 WHERE account_id = $1 AND secret_hash = $2 AND expires_at > $4",
        scope.account(),
        hash.as_slice(),
        until.0,
        now.0,
    )?;
    Ok(extended > 0)
}

/// Takes a link back. `false`: it is gone already, as one that was used.
pub async fn remove(conn: &mut Conn, scope: &Scope, hash: &[u8; 32]) -> Result<bool, StoreError> {
    let removed = execute!(
        conn,
        "DELETE FROM password_links WHERE account_id = $1 AND secret_hash = $2",
        scope.account(),
        hash.as_slice(),
    )?;
    Ok(removed > 0)
}

/// Until when the latest link of a user holds that was mailed and not used.
pub async fn latest(conn: &mut Conn, scope: &Scope, user_key: i64) -> Result<Option<Timestamp>, StoreError> {
    let row = fetch_optional!(
        conn,
        (Option<i64>,),
        "SELECT MAX(expires_at) FROM password_links WHERE account_id = $1 AND user_key = $2 AND mailed",
        scope.account(),
        user_key,
    )?;
    Ok(row.and_then(|row| row.0).map(Timestamp))
}

/// A link that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Whose password it sets.
    pub user: User,
    /// Whether it was mailed to them.
    pub is_mailed: bool,
}

/// Whose password a link sets; `None` where it is unknown, used or over.
pub async fn find(conn: &mut Conn, account: i64, hash: &[u8; 32], now: Timestamp) -> Result<Option<Link>, StoreError> {
    let row = fetch_optional!(
        conn,
        (i64, bool),
        "SELECT user_key, mailed FROM password_links
         WHERE account_id = $1 AND secret_hash = $2 AND expires_at > $3",
        account,
        hash.as_slice(),
        now.0,
    )?;
    read(conn, account, row).await
}

/// As [`find`], and uses the link up: of two that take it at once, one gets the user.
pub async fn take(conn: &mut Conn, account: i64, hash: &[u8; 32], now: Timestamp) -> Result<Option<Link>, StoreError> {
    let row = fetch_optional!(
        conn,
        (i64, bool),
        "DELETE FROM password_links
         WHERE account_id = $1 AND secret_hash = $2 AND expires_at > $3
         RETURNING user_key, mailed",
        account,
        hash.as_slice(),
        now.0,
    )?;
    read(conn, account, row).await
}

async fn read(conn: &mut Conn, account: i64, row: Option<(i64, bool)>) -> Result<Option<Link>, StoreError> {
    let Some((user_key, is_mailed)) = row else { return Ok(None) };
    #[expect(clippy::disallowed_methods, reason = "the link names its account")]
    let scope = Scope::system(account);
    let user = users::lookup(conn, &scope, user_key).await?;
    Ok(user.map(|user| Link { user, is_mailed }))
}

/// Forgets the links that are over, of all accounts.
pub async fn delete_expired(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<u64, StoreError> {
    execute!(conn, "DELETE FROM password_links WHERE account_id = $1 AND expires_at <= $2", scope.account(), now.0)
}
