//! People: who signs in. What they may do in an account is theirs as its users ([`crate::users`]).
//!
//! They are found by their address, whatever the account: these statements, and those that follow a person through all
//! accounts, are the directory's and take no scope.

use domain::{Timestamp, email};

use crate::{
    Conn, StoreError,
    db::{execute, fetch_optional},
    dialect,
    put::{checked_name, invalid},
};

/// Somebody who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPerson {
    /// Lower case; nobody else has it.
    pub email: String,
    /// How they are addressed.
    pub name: String,
    /// Argon2; none until the first password was set.
    pub password_hash: Option<String>,
    /// Whether a link that was mailed to the address was used: whoever set the password reads its mail.
    pub is_confirmed: bool,
}

#[derive(Debug, sqlx_macros::FromRow)]
struct PersonRow {
    email: String,
    name: String,
    password_hash: Option<String>,
    confirmed_at: Option<i64>,
}

/// An address as it is kept.
///
/// # Errors
/// Where it is none.
pub fn address(text: &str) -> Result<String, StoreError> {
    let wrong = |reason| invalid("email", reason);
    let lower = email::parse(text).map_err(wrong)?.to_lowercase();
    // A letter may become several, and no letter of an address any more.
    email::parse(&lower).map_err(wrong)
}

/// The person with an address.
pub async fn find(conn: &mut Conn, email: &str) -> Result<Option<StoredPerson>, StoreError> {
    // What is no address is nobody's; it may hold what the database cannot read.
    let Ok(email) = address(email) else { return Ok(None) };
    let row = fetch_optional!(
        conn,
        PersonRow,
        "SELECT email, name, password_hash, confirmed_at FROM people WHERE email = $1",
        email.as_str(),
    )?;
    Ok(row.map(|PersonRow { email, name, password_hash, confirmed_at }| StoredPerson {
        email,
        name,
        password_hash,
        is_confirmed: confirmed_at.is_some(),
    }))
}

/// Adds a person, who has no password yet; who is there already stays as they are. `true`: they are new.
pub async fn add(conn: &mut Conn, email: &str, name: &str, now: Timestamp) -> Result<bool, StoreError> {
    let (email, name) = (address(email)?, checked_name("name", name)?);
    let added = execute!(
        conn,
        "INSERT INTO people (email, name, password_hash, confirmed_at, created_at) VALUES ($1, $2, NULL, NULL, $3)
         ON CONFLICT (email) DO NOTHING",
        email.as_str(),
        name.as_str(),
        now.0,
    )?;
    Ok(added > 0)
}

/// Says how a person is addressed. `false`: there is no such person.
pub async fn set_name(conn: &mut Conn, email: &str, name: &str) -> Result<bool, StoreError> {
    let name = checked_name("name", name)?;
    Ok(execute!(conn, "UPDATE people SET name = $2 WHERE email = $1", address(email)?.as_str(), name.as_str())? > 0)
}

/// Sets a person's password, and ends their sessions and links in all accounts: whoever knew the old one is out. `false`: there
/// is no such person.
pub async fn set_password(conn: &mut Conn, email: &str, hash: &str) -> Result<bool, StoreError> {
    let email = address(email)?;
    let found = execute!(conn, "UPDATE people SET password_hash = $2 WHERE email = $1", email.as_str(), hash)?;
    end_sessions(conn, &email, None).await?;
    end_links(conn, &email).await?;
    Ok(found > 0)
}

async fn end_links(conn: &mut Conn, email: &str) -> Result<(), StoreError> {
    execute!(
        conn,
        "DELETE FROM password_links
         WHERE EXISTS (SELECT 1 FROM users
                       WHERE users.account_id = password_links.account_id
                         AND users.user_key = password_links.user_key AND users.email = $1)",
        email,
    )?;
    Ok(())
}

/// Ends the links to set a person's password that were not mailed to them.
pub(crate) async fn end_passed_on_links(conn: &mut Conn, email: &str) -> Result<(), StoreError> {
    execute!(
        conn,
        "DELETE FROM password_links
         WHERE NOT mailed
           AND EXISTS (SELECT 1 FROM users
                       WHERE users.account_id = password_links.account_id
                         AND users.user_key = password_links.user_key AND users.email = $1)",
        email,
    )?;
    Ok(())
}

/// Takes a person's password away, and ends their sessions and links in all accounts.
pub async fn drop_password(conn: &mut Conn, email: &str) -> Result<(), StoreError> {
    execute!(conn, "UPDATE people SET password_hash = NULL WHERE email = $1", email)?;
    end_sessions(conn, email, None).await?;
    end_links(conn, email).await
}

/// Notes that the password was set by who may not read the person's mail.
pub async fn unconfirm(conn: &mut Conn, email: &str) -> Result<(), StoreError> {
    execute!(conn, "UPDATE people SET confirmed_at = NULL WHERE email = $1", email)?;
    Ok(())
}

/// Notes that somebody used a link that was mailed to the address.
pub async fn confirm(conn: &mut Conn, email: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(conn, "UPDATE people SET confirmed_at = $2 WHERE email = $1", email, now.0)?;
    Ok(())
}

/// Ends a person's sessions in all accounts, but for `kept` (account and hash of its secret). Returns how many.
pub async fn end_sessions(conn: &mut Conn, email: &str, kept: Option<(i64, &[u8; 32])>) -> Result<u64, StoreError> {
    let (account, hash) = kept.map_or((0, [].as_slice()), |(account, hash)| (account, hash.as_slice()));
    execute!(
        conn,
        "DELETE FROM sessions
         WHERE NOT (account_id = $2 AND secret_hash = $3)
           AND EXISTS (SELECT 1 FROM users
                       WHERE users.account_id = sessions.account_id AND users.user_key = sessions.user_key
                         AND users.email = $1)",
        email,
        account,
        hash,
    )
}

/// Whether there is anybody at all.
pub async fn is_any(conn: &mut Conn) -> Result<bool, StoreError> {
    Ok(fetch_optional!(conn, (String,), "SELECT email FROM people LIMIT 1")?.is_some())
}

/// Keeps others from adding people until the end of the transaction: who finds that there is nobody is the first.
pub async fn lock(conn: &mut Conn) -> Result<(), StoreError> {
    dialect::lock_people(conn).await
}

/// Forgets a person who belongs to no account any more; operators stay.
pub(crate) async fn forget_stray(conn: &mut Conn, email: &str) -> Result<(), StoreError> {
    execute!(
        conn,
        "DELETE FROM people
         WHERE email = $1 AND operator_since IS NULL AND NOT EXISTS (SELECT 1 FROM users WHERE users.email = $1)",
        email,
    )?;
    execute!(
        conn,
        "DELETE FROM sso_identities WHERE email = $1 AND NOT EXISTS (SELECT 1 FROM users WHERE users.email = $1)",
        email,
    )?;
    Ok(())
}
