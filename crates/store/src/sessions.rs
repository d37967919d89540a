//! Sessions of signed-in users. The store sees only the hash of a cookie's secret part.

use domain::{Account, Timestamp};

use crate::{
    Conn, Scope, StoreError, User, accounts,
    db::{execute, fetch_optional},
    users,
};

/// Begins a session of a user of the account.
pub async fn add(
    conn: &mut Conn,
    scope: &Scope,
    user_key: i64,
    hash: &[u8; 32],
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO sessions (account_id, secret_hash, user_key, expires_at) VALUES ($1, $2, $3, $4)",
        scope.account(),
        hash.as_slice(),
        user_key,
        expires_at.0,
    )?;
    Ok(())
}

/// Whose session it is; `None` where it is unknown or over.
pub async fn find(
    conn: &mut Conn,
    account: i64,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<(User, Account)>, StoreError> {
    let row = fetch_optional!(
        conn,
        users::StoredUser,
        "SELECT u.account_id, u.user_key, u.email, u.name, u.role, u.password_hash
         FROM sessions s
         JOIN users u ON u.account_id = $1 AND u.user_key = s.user_key
         WHERE s.account_id = $1 AND s.secret_hash = $2 AND s.expires_at > $3",
        account,
        hash.as_slice(),
        now.0,
    )?;
    let Some(row) = row else { return Ok(None) };
    #[expect(clippy::disallowed_methods, reason = "the session names its account")]
    let scope = Scope::system(account);
    let account = accounts::lookup(conn, &scope).await?;
    Ok(Some((users::read(row)?, account)))
}

/// When a session ends; `None` where it is unknown. Tells whether it is worth an [`extend`].
pub async fn expiry(conn: &mut Conn, account: i64, hash: &[u8; 32]) -> Result<Option<Timestamp>, StoreError> {
    let row = fetch_optional!(
        conn,
        (i64,),
        "SELECT expires_at FROM sessions WHERE account_id = $1 AND secret_hash = $2",
        account,
        hash.as_slice(),
    )?;
    Ok(row.map(|row| Timestamp(row.0)))
}

/// Lets a session go on.
pub async fn extend(conn: &mut Conn, account: i64, hash: &[u8; 32], expires_at: Timestamp) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE sessions SET expires_at = $3 WHERE account_id = $1 AND secret_hash = $2",
        account,
        hash.as_slice(),
        expires_at.0,
    )?;
    Ok(())
}

/// Ends a session.
pub async fn delete(conn: &mut Conn, account: i64, hash: &[u8; 32]) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM sessions WHERE account_id = $1 AND secret_hash = $2", account, hash.as_slice(),)?;
    Ok(())
}

/// Forgets the account's sessions that are over.
pub async fn delete_expired(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<u64, StoreError> {
    execute!(conn, "DELETE FROM sessions WHERE account_id = $1 AND expires_at <= $2", scope.account(), now.0)
}
