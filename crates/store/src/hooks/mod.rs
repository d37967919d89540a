//! Webhooks: the addresses that other systems send to, what came ([`bodies`]), what is known of its calls ([`calls`]), and what
//! those systems' agents stand for ([`agents`]).
//!
//! Secrets come here hashed or encrypted; the store reads none of them.

pub mod agents;
pub mod bodies;
pub mod calls;

use domain::{HookSource, Timestamp, limits::HOOKS};

use crate::{
    Conn, Scope, StoreError, accounts,
    db::{execute, fetch_all, fetch_one, fetch_optional},
    put::{checked_name, invalid},
};

/// An address for webhooks, as its owner asks for it.
#[derive(Debug)]
pub struct NewHook<'a> {
    /// Which system sends to it.
    pub source: HookSource,
    /// What its owner calls it.
    pub name: &'a str,
    /// The hash of its key.
    pub hash: &'a [u8; 32],
    /// Its key, encrypted.
    pub sealed_key: &'a [u8],
    /// What its webhooks are signed with, encrypted; none: they are not.
    pub sealed_secret: Option<&'a [u8]>,
}

/// An address as owners see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Its number, unique within the account.
    pub key: i64,
    /// Which system sends to it.
    pub source: HookSource,
    /// What its owner calls it.
    pub name: String,
    /// Its key, encrypted.
    pub sealed_key: Vec<u8>,
    /// What its webhooks are signed with, encrypted.
    pub sealed_secret: Option<Vec<u8>>,
    /// The mapping of `generic`, TOML.
    pub mapping: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Webhooks that were taken since it was made, over all time.
    pub received: u64,
    /// When the last one did.
    pub received_at: Option<Timestamp>,
    /// Webhooks that were refused, because their signature was wrong.
    pub refused: u64,
    /// When the last one was.
    pub refused_at: Option<Timestamp>,
    /// What was wrong with it.
    pub refused_why: Option<String>,
}

#[derive(sqlx_macros::FromRow)]
struct StoredHook {
    hook_key: i64,
    source: String,
    name: String,
    sealed_key: Vec<u8>,
    sealed_secret: Option<Vec<u8>>,
    mapping: Option<String>,
    created_at: i64,
    received: i64,
    received_at: Option<i64>,
    refused: i64,
    refused_at: Option<i64>,
    refused_why: Option<String>,
}

fn source_of(word: &str) -> Result<HookSource, StoreError> {
    HookSource::from_word(word).ok_or_else(|| StoreError::Broken(format!("source {word} of a webhook")))
}

impl StoredHook {
    fn read(self) -> Result<Hook, StoreError> {
        Ok(Hook {
            key: self.hook_key,
            source: source_of(&self.source)?,
            name: self.name,
            sealed_key: self.sealed_key,
            sealed_secret: self.sealed_secret,
            mapping: self.mapping,
            created_at: Timestamp(self.created_at),
            received: self.received as u64,
            received_at: self.received_at.map(Timestamp),
            refused: self.refused as u64,
            refused_at: self.refused_at.map(Timestamp),
            refused_why: self.refused_why,
        })
    }
}

/// Adds an address; gives its number.
///
/// # Errors
/// [`StoreError::Invalid`] for a name that is none, and where the account has [`HOOKS`] already.
pub async fn add(conn: &mut Conn, scope: &Scope, hook: &NewHook<'_>, now: Timestamp) -> Result<i64, StoreError> {
    let name = checked_name("name", hook.name)?;
    let (key, _) = accounts::take_keys(conn, scope, 1).await?;
    let (count,) = fetch_one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM hooks WHERE account_id = $1 AND revoked_at IS NULL",
        scope.account(),
    )?;
    if count >= HOOKS as i64 {
        return Err(invalid("name", "cannot be added: there are 100 addresses already"));
    }
    execute!(
        conn,
        "INSERT INTO hooks (account_id, hook_key, source, name, secret_hash, sealed_key, sealed_secret, created_at, received,
                            refused)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0)",
        scope.account(),
        key,
        hook.source.word(),
        name.as_str(),
        hook.hash.as_slice(),
        hook.sealed_key,
        hook.sealed_secret,
        now.0,
    )?;
    Ok(key)
}

/// What is needed of an address to take a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundHook {
    /// Its number, unique within the account.
    pub key: i64,
    /// Which system sends to it.
    pub source: HookSource,
    /// What its webhooks are signed with, encrypted.
    pub sealed_secret: Option<Vec<u8>>,
}

/// The address of an account whose key has this hash.
pub async fn find(conn: &mut Conn, account: i64, hash: &[u8; 32]) -> Result<Option<FoundHook>, StoreError> {
    let row = fetch_optional!(
        conn,
        (i64, String, Option<Vec<u8>>),
        "SELECT hook_key, source, sealed_secret FROM hooks
         WHERE account_id = $1 AND secret_hash = $2 AND revoked_at IS NULL",
        account,
        hash.as_slice(),
    )?;
    row.map(|(key, source, sealed_secret)| Ok(FoundHook { key, source: source_of(&source)?, sealed_secret }))
        .transpose()
}

/// The account's addresses, the first one first.
pub async fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Hook>, StoreError> {
    let rows = fetch_all!(
        conn,
        StoredHook,
        "SELECT hook_key, source, name, sealed_key, sealed_secret, mapping, created_at, received, received_at, refused,
                refused_at, refused_why
         FROM hooks
         WHERE account_id = $1 AND revoked_at IS NULL
         ORDER BY hook_key",
        scope.account(),
    )?;
    rows.into_iter().map(StoredHook::read).collect()
}

/// One of the account's addresses.
pub async fn lookup(conn: &mut Conn, scope: &Scope, key: i64) -> Result<Option<Hook>, StoreError> {
    let row = fetch_optional!(
        conn,
        StoredHook,
        "SELECT hook_key, source, name, sealed_key, sealed_secret, mapping, created_at, received, received_at, refused,
                refused_at, refused_why
         FROM hooks
         WHERE account_id = $1 AND hook_key = $2 AND revoked_at IS NULL",
        scope.account(),
        key,
    )?;
    row.map(StoredHook::read).transpose()
}

/// The mappings of the account's addresses, of those that were revoked, too, by their numbers.
pub async fn mappings(conn: &mut Conn, scope: &Scope) -> Result<Vec<(i64, String)>, StoreError> {
    fetch_all!(
        conn,
        (i64, String),
        "SELECT hook_key, mapping FROM hooks WHERE account_id = $1 AND mapping IS NOT NULL",
        scope.account(),
    )
}

/// Sets what webhooks are signed with; none: they are not. `false`: there is no such address.
pub async fn set_secret(
    conn: &mut Conn,
    scope: &Scope,
    key: i64,
    sealed_secret: Option<&[u8]>,
) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE hooks SET sealed_secret = $3 WHERE account_id = $1 AND hook_key = $2 AND revoked_at IS NULL",
        scope.account(),
        key,
        sealed_secret,
    )?;
    Ok(changed > 0)
}

/// Sets the mapping of an address of `generic`. `false`: there is no such address.
pub async fn set_mapping(conn: &mut Conn, scope: &Scope, key: i64, mapping: &str) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE hooks SET mapping = $3
         WHERE account_id = $1 AND hook_key = $2 AND source = 'generic' AND revoked_at IS NULL",
        scope.account(),
        key,
        mapping,
    )?;
    Ok(changed > 0)
}

/// Takes an address back: nothing more is taken that is sent to it; what came is read. `false`: there is no such address.
pub async fn revoke(conn: &mut Conn, scope: &Scope, key: i64, now: Timestamp) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE hooks SET revoked_at = $3 WHERE account_id = $1 AND hook_key = $2 AND revoked_at IS NULL",
        scope.account(),
        key,
        now.0,
    )?;
    Ok(changed > 0)
}

/// Counts webhooks to an address that were refused, and keeps why the last one was.
pub async fn count_refused(
    conn: &mut Conn,
    scope: &Scope,
    key: i64,
    count: u64,
    why: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE hooks SET refused = refused + $3, refused_at = $4, refused_why = $5
         WHERE account_id = $1 AND hook_key = $2",
        scope.account(),
        key,
        count as i64,
        now.0,
        why,
    )?;
    Ok(())
}

/// Locks the account until the end of the transaction, as storing its calls does: who reads its webhooks does so first, so that
/// nobody waits for a row of theirs who has that lock.
pub async fn lock(conn: &mut Conn, scope: &Scope) -> Result<(), StoreError> {
    accounts::take_keys(conn, scope, 0).await.map(drop)
}

/// Deletes what is kept of webhooks only for a while: see [`bodies::UNREAD_KEPT_MS`], [`bodies::READ_KEPT_MS`] and
/// [`calls::KEPT_MS`]. Gives how many bodies.
pub async fn tidy(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<u64, StoreError> {
    let deleted = bodies::delete_old(conn, scope, now).await?;
    calls::delete_old(conn, scope, now).await?;
    execute!(
        conn,
        "DELETE FROM hooks WHERE account_id = $1 AND revoked_at < $2",
        scope.account(),
        now.0 - bodies::UNREAD_KEPT_MS,
    )?;
    Ok(deleted)
}
