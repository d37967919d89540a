//! API tokens. The store sees only the hash of a token's secret part.

use domain::{Country, Timestamp};

use crate::{
    Conn, Scope, StoreError,
    db::{execute, fetch_all, fetch_optional},
    put::{checked_name, invalid},
};

/// A token as it is listed: nothing that lets anybody in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its name, unique within the account.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Stores a token.
pub async fn add(
    conn: &mut Conn,
    scope: &Scope,
    name: &str,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<(), StoreError> {
    let name = checked_name("name", name)?;
    let added = execute!(
        conn,
        "INSERT INTO tokens (account_id, secret_hash, name, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id, name) DO NOTHING",
        scope.account(),
        hash.as_slice(),
        name.as_str(),
        now.0,
    )?;
    if added == 0 { Err(invalid("name", "belongs to another token")) } else { Ok(()) }
}

/// The country of the account, where it has this token.
pub async fn find(conn: &mut Conn, account: i64, hash: &[u8; 32]) -> Result<Option<Country>, StoreError> {
    let row = fetch_optional!(
        conn,
        (String,),
        "SELECT country FROM accounts
         WHERE account_id = $1
           AND EXISTS (SELECT 1 FROM tokens WHERE tokens.account_id = $1 AND tokens.secret_hash = $2)",
        account,
        hash.as_slice(),
    )?;
    let country = row.map(|(country,)| Country::new(&country)).transpose();
    country.map_err(|_| StoreError::Broken(format!("country of account {account}")))
}

/// All tokens of the account, by name.
pub async fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Token>, StoreError> {
    let rows = fetch_all!(
        conn,
        (String, i64),
        "SELECT name, created_at FROM tokens WHERE account_id = $1 ORDER BY name",
        scope.account(),
    )?;
    Ok(rows.into_iter().map(|(name, at)| Token { name, created_at: Timestamp(at) }).collect())
}

/// Takes a token back. `false`: no such token.
pub async fn delete(conn: &mut Conn, scope: &Scope, name: &str) -> Result<bool, StoreError> {
    let deleted =
        execute!(conn, "DELETE FROM tokens WHERE account_id = $1 AND name = $2", scope.account(), name.trim())?;
    Ok(deleted > 0)
}
