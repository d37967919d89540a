//! Users: who signs in.

use domain::{Role, Timestamp, email};

use crate::{
    Conn, Scope, StoreError, accounts,
    db::{execute, fetch_all, fetch_optional},
    put::{checked_name, invalid},
};

/// Somebody who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its number within the account.
    pub key: i64,
    /// Lower case; unique over all accounts.
    pub email: String,
    /// How it is addressed.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Its account.
    pub account: i64,
    /// Argon2; none until the first password was set.
    pub password_hash: Option<String>,
}

/// A user to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Signs in with it.
    pub email: String,
    /// How it is addressed.
    pub name: String,
    /// What it may do.
    pub role: Role,
}

#[derive(Debug, sqlx_macros::FromRow)]
pub(crate) struct StoredUser {
    account_id: i64,
    user_key: i64,
    email: String,
    name: String,
    role: String,
    password_hash: Option<String>,
}

pub(crate) fn read(stored: StoredUser) -> Result<User, StoreError> {
    let StoredUser { account_id, user_key, email, name, role, password_hash } = stored;
    let role = Role::from_word(&role).ok_or_else(|| StoreError::Broken(format!("role of user {user_key}")))?;
    Ok(User { key: user_key, email, name, role, account: account_id, password_hash })
}

/// Adds a user, who has no password yet.
pub async fn add(conn: &mut Conn, scope: &Scope, user: &NewUser, now: Timestamp) -> Result<User, StoreError> {
    let email = email::parse(&user.email).map_err(|reason| invalid("email", reason))?.to_lowercase();
    let name = checked_name("name", &user.name)?;
    let (key, _) = accounts::take_keys(conn, scope, 1).await?;
    let row = fetch_optional!(
        conn,
        StoredUser,
        "INSERT INTO users (account_id, user_key, email, name, role, password_hash, created_at)
         VALUES ($1, $2, $3, $4, $5, NULL, $6)
         ON CONFLICT (email) DO NOTHING
         RETURNING account_id, user_key, email, name, role, password_hash",
        scope.account(),
        key,
        email.as_str(),
        name.as_str(),
        user.role.word(),
        now.0,
    )?;
    read(row.ok_or_else(|| invalid("email", "belongs to another user"))?)
}

/// The user with an address, whatever its account: for signing in.
pub async fn find_by_email(conn: &mut Conn, email: &str) -> Result<Option<User>, StoreError> {
    // What is no address is nobody's; it may hold what the database cannot read.
    let Ok(email) = email::parse(email) else { return Ok(None) };
    let row = fetch_optional!(
        conn,
        StoredUser,
        "SELECT account_id, user_key, email, name, role, password_hash FROM users WHERE email = $1",
        email.to_lowercase(),
    )?;
    row.map(read).transpose()
}

/// One user.
pub async fn lookup(conn: &mut Conn, scope: &Scope, user_key: i64) -> Result<Option<User>, StoreError> {
    let row = fetch_optional!(
        conn,
        StoredUser,
        "SELECT account_id, user_key, email, name, role, password_hash FROM users
         WHERE account_id = $1 AND user_key = $2",
        scope.account(),
        user_key,
    )?;
    row.map(read).transpose()
}

/// All users of the account, by address.
pub async fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<User>, StoreError> {
    let rows = fetch_all!(
        conn,
        StoredUser,
        "SELECT account_id, user_key, email, name, role, password_hash FROM users
         WHERE account_id = $1
         ORDER BY email",
        scope.account(),
    )?;
    rows.into_iter().map(read).collect()
}

/// Sets a user's password, and ends its sessions and links: whoever knew the old one is out. `false`: no such user.
pub async fn set_password(conn: &mut Conn, scope: &Scope, user_key: i64, hash: &str) -> Result<bool, StoreError> {
    let account = scope.account();
    let found = execute!(
        conn,
        "UPDATE users SET password_hash = $3 WHERE account_id = $1 AND user_key = $2",
        account,
        user_key,
        hash,
    )?;
    execute!(conn, "DELETE FROM sessions WHERE account_id = $1 AND user_key = $2", account, user_key)?;
    execute!(conn, "DELETE FROM password_links WHERE account_id = $1 AND user_key = $2", account, user_key)?;
    Ok(found > 0)
}

/// Takes a user's access away. `false`: no such user.
pub async fn delete(conn: &mut Conn, scope: &Scope, user_key: i64) -> Result<bool, StoreError> {
    let account = scope.account();
    execute!(conn, "DELETE FROM sessions WHERE account_id = $1 AND user_key = $2", account, user_key)?;
    execute!(conn, "DELETE FROM password_links WHERE account_id = $1 AND user_key = $2", account, user_key)?;
    let deleted = execute!(conn, "DELETE FROM users WHERE account_id = $1 AND user_key = $2", account, user_key)?;
    Ok(deleted > 0)
}
