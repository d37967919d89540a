//! One-time links to set a password. The store sees only the hash of a link's secret part.

use domain::Timestamp;

use crate::{
    Conn, Scope, StoreError, User,
    db::{execute, fetch_optional},
    users,
};

/// Stores a link for a user of the account.
pub async fn add(
    conn: &mut Conn,
    scope: &Scope,
    user_key: i64,
    hash: &[u8; 32],
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO password_links (account_id, secret_hash, user_key, expires_at) VALUES ($1, $2, $3, $4)",
        scope.account(),
        hash.as_slice(),
        user_key,
        expires_at.0,
    )?;
    Ok(())
}

/// Whose password a link sets; `None` where it is unknown, used or over.
pub async fn find(conn: &mut Conn, account: i64, hash: &[u8; 32], now: Timestamp) -> Result<Option<User>, StoreError> {
    let row = fetch_optional!(
        conn,
        users::StoredUser,
        "SELECT u.account_id, u.user_key, u.email, u.name, u.role, u.password_hash
         FROM password_links l
         JOIN users u ON u.account_id = l.account_id AND u.user_key = l.user_key
         WHERE l.account_id = $1 AND l.secret_hash = $2 AND l.expires_at > $3",
        account,
        hash.as_slice(),
        now.0,
    )?;
    row.map(users::read).transpose()
}

/// As [`find`], and uses the link up: of two that take it at once, one gets the user.
pub async fn take(conn: &mut Conn, account: i64, hash: &[u8; 32], now: Timestamp) -> Result<Option<User>, StoreError> {
    let row = fetch_optional!(
        conn,
        (i64,),
        "DELETE FROM password_links
         WHERE account_id = $1 AND secret_hash = $2 AND expires_at > $3
         RETURNING user_key",
        account,
        hash.as_slice(),
        now.0,
    )?;
    match row {
        Some((user_key,)) => {
            #[expect(clippy::disallowed_methods, reason = "the link names its account")]
            let scope = Scope::system(account);
            users::lookup(conn, &scope, user_key).await
        }
        None => Ok(None),
    }
}

/// Forgets the links that are over, of all accounts.
pub async fn delete_expired(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<u64, StoreError> {
    execute!(conn, "DELETE FROM password_links WHERE account_id = $1 AND expires_at <= $2", scope.account(), now.0)
}
