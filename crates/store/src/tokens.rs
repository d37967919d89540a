//! API tokens. The store sees only the hash of a token's secret part.

use domain::{Country, Timestamp, TokenScope};

use crate::{
    Conn, Scope, StoreError,
    db::{execute, fetch_all, fetch_optional},
    put::{checked_name, invalid},
};

/// How often it is noted that a token was used, ms.
const USED_EVERY_MS: i64 = 60_000;

/// A token as it is listed: nothing that lets anybody in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its name, unique within the account.
    pub name: String,
    /// What it may do, without repetition and in the order of [`TokenScope::ALL`].
    pub scopes: Vec<TokenScope>,
    /// Whether it sees customers' numbers only by their ends.
    pub is_masked: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Option<Timestamp>,
}

/// A token to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Its name, unique within the account.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<TokenScope>,
    /// Whether it sees customers' numbers only by their ends.
    pub is_masked: bool,
}

/// A token that lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundToken {
    /// What its owner calls it, unique in the account.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<TokenScope>,
    /// Whether it sees customers' numbers only by their ends.
    pub is_masked: bool,
    /// The account's country, by which the numbers are read that the token sends.
    pub country: Country,
    /// Whether its use is worth being noted ([`used`]).
    pub is_use_unnoted: bool,
}

#[derive(Debug, sqlx_macros::FromRow)]
struct TokenRow {
    name: String,
    scopes: String,
    masked: bool,
    created_at: i64,
    used_at: Option<i64>,
}

#[derive(Debug, sqlx_macros::FromRow)]
struct FoundRow {
    name: String,
    scopes: String,
    masked: bool,
    used_at: Option<i64>,
    country: String,
}

fn read_scopes(json: &str) -> Result<Vec<TokenScope>, StoreError> {
    serde_json::from_str(json).map_err(|_| StoreError::Broken("scopes of a token".to_owned()))
}

/// Stores a token.
///
/// # Errors
/// Where the name is taken, or it may do nothing.
pub async fn add(
    conn: &mut Conn,
    scope: &Scope,
    token: &NewToken,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<(), StoreError> {
    let name = checked_name("name", &token.name)?;
    let scopes: Vec<TokenScope> = TokenScope::ALL.into_iter().filter(|one| token.scopes.contains(one)).collect();
    if scopes.is_empty() {
        return Err(invalid("scopes", "must name one of write, read, audio and manage"));
    }
    let added = execute!(
        conn,
        "INSERT INTO tokens (account_id, secret_hash, name, scopes, masked, created_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (account_id, name) DO NOTHING",
        scope.account(),
        hash.as_slice(),
        name.as_str(),
        serde_json::json!(scopes).to_string(),
        token.is_masked,
        now.0,
    )?;
    if added == 0 { Err(invalid("name", "belongs to another token")) } else { Ok(()) }
}

/// The token of an account with this hash.
pub async fn find(
    conn: &mut Conn,
    account: i64,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<FoundToken>, StoreError> {
    let row = fetch_optional!(
        conn,
        FoundRow,
        "SELECT t.name, t.scopes, t.masked, t.used_at, a.country
         FROM tokens t
         JOIN accounts a ON a.account_id = $1
         WHERE t.account_id = $1 AND t.secret_hash = $2",
        account,
        hash.as_slice(),
    )?;
    let Some(FoundRow { name, scopes, masked, used_at, country }) = row else { return Ok(None) };
    let country = Country::new(&country).map_err(|_| StoreError::Broken(format!("country of account {account}")))?;
    let is_use_unnoted = used_at.is_none_or(|at| now.0 - at >= USED_EVERY_MS);
    Ok(Some(FoundToken { name, scopes: read_scopes(&scopes)?, is_masked: masked, country, is_use_unnoted }))
}

/// Notes that a token was used.
pub async fn used(conn: &mut Conn, scope: &Scope, name: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE tokens SET used_at = $3 WHERE account_id = $1 AND name = $2",
        scope.account(),
        name,
        now.0 - now.0.rem_euclid(USED_EVERY_MS),
    )?;
    Ok(())
}

/// All tokens of the account, by name.
pub async fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Token>, StoreError> {
    let rows = fetch_all!(
        conn,
        TokenRow,
        "SELECT name, scopes, masked, created_at, used_at FROM tokens WHERE account_id = $1 ORDER BY name",
        scope.account(),
    )?;
    let read = |TokenRow { name, scopes, masked, created_at, used_at }: TokenRow| {
        let (created_at, used_at) = (Timestamp(created_at), used_at.map(Timestamp));
        Ok(Token { name, scopes: read_scopes(&scopes)?, is_masked: masked, created_at, used_at })
    };
    rows.into_iter().map(read).collect()
}

/// Takes a token back. `false`: no such token.
pub async fn delete(conn: &mut Conn, scope: &Scope, name: &str) -> Result<bool, StoreError> {
    // As it was made; what could not have been made is nobody's name.
    let Ok(name) = checked_name("name", name) else { return Ok(false) };
    let deleted =
        execute!(conn, "DELETE FROM tokens WHERE account_id = $1 AND name = $2", scope.account(), name.as_str())?;
    Ok(deleted > 0)
}
