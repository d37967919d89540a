//! Exports: files that people asked for, made by a job ([`jobs::BuildExport`], [`jobs::BuildLargeExport`]) and kept in the
//! object store for a while. Any process that has the database and the object store serves them.

use domain::{Role, Timestamp, limits::SMALL_FILE_CALLS};

use crate::{
    Conn, Scope, StoreError,
    db::{execute, fetch_all, fetch_optional},
    jobs,
};

/// How long a file is kept after it was made, ms.
pub const KEPT_MS: i64 = 60 * 60 * 1_000;
/// Exports that an account may have waiting or running at once.
const MOST_UNFINISHED: i64 = 12;

/// Where an export stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportState {
    /// Others are before it.
    Waiting,
    /// It is being made: per cent, 0 to 99.
    Running(u8),
    /// Its file is in the object store.
    Ready(ExportFile),
    /// It was given up; what to quote to the operator.
    Failed(String),
}

/// The workbook of an export, in the object store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportFile {
    /// Its name in the object store.
    pub object: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// JSON: what was written.
    pub written: String,
    /// When it was made.
    pub made_at: Timestamp,
}

/// A workbook that somebody asked for, and what has become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Its name in addresses, which nobody can guess.
    pub key: String,
    /// The user who asked; none for a program.
    pub user: Option<i64>,
    /// The role as which they asked: the file holds what it may see.
    pub role: Role,
    /// JSON: what was asked for.
    pub query: String,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// How many calls it has, as far as is known.
    pub calls: u64,
    /// Where it stood when it was read.
    pub state: ExportState,
}

#[derive(Debug, sqlx_macros::FromRow)]
struct StoredExport {
    export_key: String,
    user_key: Option<i64>,
    role: String,
    query: String,
    asked_at: i64,
    status: String,
    calls: i64,
    percent: i64,
    ended_at: Option<i64>,
    object: Option<String>,
    bytes: Option<i64>,
    written: Option<String>,
    reference: Option<String>,
}

impl TryFrom<StoredExport> for Export {
    type Error = StoreError;

    fn try_from(stored: StoredExport) -> Result<Self, StoreError> {
        let broken = |what: &str| StoreError::Broken(format!("{what} of an export"));
        let state = match stored.status.as_str() {
            "waiting" => ExportState::Waiting,
            "running" => ExportState::Running(stored.percent.clamp(0, 99) as u8),
            "ready" => ExportState::Ready(ExportFile {
                object: stored.object.ok_or_else(|| broken("file"))?,
                bytes: stored.bytes.ok_or_else(|| broken("size"))? as u64,
                written: stored.written.unwrap_or_default(),
                made_at: Timestamp(stored.ended_at.ok_or_else(|| broken("end"))?),
            }),
            "failed" => ExportState::Failed(stored.reference.unwrap_or_default()),
            _ => return Err(broken("status")),
        };
        Ok(Self {
            key: stored.export_key,
            user: stored.user_key,
            role: Role::from_word(&stored.role).ok_or_else(|| broken("role"))?,
            query: stored.query,
            asked_at: Timestamp(stored.asked_at),
            calls: stored.calls as u64,
            state,
        })
    }
}

/// What an export is made of.
#[derive(Debug, Clone, Copy)]
pub struct NewExport<'a> {
    /// Its name in addresses, which nobody can guess.
    pub key: &'a str,
    /// JSON: what is asked for.
    pub query: &'a str,
    /// How many calls it has now.
    pub calls: u64,
}

/// Adds an export of the scope's user, and the job that makes it. Where the same user in the same role has one of the same
/// query that waits or runs, there is no second one. `None`: the account has too many that are not finished.
pub async fn add(
    conn: &mut Conn,
    scope: &Scope,
    new: &NewExport<'_>,
    now: Timestamp,
) -> Result<Option<Export>, StoreError> {
    let same = fetch_optional!(
        conn,
        (String,),
        "SELECT export_key FROM exports
         WHERE account_id = $1 AND user_key = $2 AND role = $3 AND query = $4 AND status IN ('waiting', 'running')
         LIMIT 1",
        scope.account(),
        scope.user(),
        scope.role().word(),
        new.query,
    )?;
    if let Some((key,)) = same {
        return lookup(conn, scope, &key).await;
    }
    let unfinished = fetch_optional!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM exports WHERE account_id = $1 AND status IN ('waiting', 'running')",
        scope.account(),
    )?;
    if unfinished.is_some_and(|(count,)| count >= MOST_UNFINISHED) {
        return Ok(None);
    }
    execute!(
        conn,
        "INSERT INTO exports (account_id, export_key, user_key, role, query, asked_at, status, calls, percent)
         VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, 0)",
        scope.account(),
        new.key,
        scope.user(),
        scope.role().word(),
        new.query,
        now.0,
        new.calls as i64,
    )?;
    let export = new.key.to_owned();
    if new.calls <= SMALL_FILE_CALLS {
        jobs::enqueue(conn, scope, &jobs::BuildExport { export }, Some(new.key), now, now).await?;
    } else {
        jobs::enqueue(conn, scope, &jobs::BuildLargeExport { export }, Some(new.key), now, now).await?;
    }
    lookup(conn, scope, new.key).await
}

/// An export of the scope's user in the scope's role; those of others are not there.
pub async fn lookup(conn: &mut Conn, scope: &Scope, key: &str) -> Result<Option<Export>, StoreError> {
    let export = find(conn, scope, key).await?;
    Ok(export.filter(|export| export.user == scope.user() && export.role == scope.role()))
}

/// Takes a user's exports away, since what the user may see was changed: the files hold what they might see before. They go with
/// others that are old.
pub(crate) async fn disown(conn: &mut Conn, scope: &Scope, user_key: i64) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE exports SET user_key = NULL WHERE account_id = $1 AND user_key = $2",
        scope.account(),
        user_key,
    )?;
    Ok(())
}

/// An export of the account, whoever asked for it: for the job that makes it.
pub async fn find(conn: &mut Conn, scope: &Scope, key: &str) -> Result<Option<Export>, StoreError> {
    let row = fetch_optional!(
        conn,
        StoredExport,
        "SELECT export_key, user_key, role, query, asked_at, status, calls, percent, ended_at, object, bytes, written,
                reference
         FROM exports
         WHERE account_id = $1 AND export_key = $2",
        scope.account(),
        key,
    )?;
    row.map(Export::try_from).transpose()
}

/// Says how far an export has come, 0 to 99 per cent.
pub async fn progress(conn: &mut Conn, scope: &Scope, key: &str, calls: u64, percent: u8) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE exports SET status = 'running', calls = $3, percent = $4
         WHERE account_id = $1 AND export_key = $2 AND status IN ('waiting', 'running')",
        scope.account(),
        key,
        calls as i64,
        i64::from(percent.min(99)),
    )?;
    Ok(())
}

/// Keeps the file of an export. `false`: there is one already, or the export was deleted; the file is not needed.
pub async fn finish(conn: &mut Conn, scope: &Scope, key: &str, file: &ExportFile) -> Result<bool, StoreError> {
    let kept = execute!(
        conn,
        "UPDATE exports SET status = 'ready', object = $3, bytes = $4, written = $5, ended_at = $6
         WHERE account_id = $1 AND export_key = $2 AND status IN ('waiting', 'running')",
        scope.account(),
        key,
        file.object.as_str(),
        file.bytes as i64,
        file.written.as_str(),
        file.made_at.0,
    )?;
    Ok(kept > 0)
}

/// Gives an export up; `reference` finds the cause in the log.
pub async fn fail(
    conn: &mut Conn,
    scope: &Scope,
    key: &str,
    reference: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE exports SET status = 'failed', reference = $3, ended_at = $4
         WHERE account_id = $1 AND export_key = $2 AND status IN ('waiting', 'running')",
        scope.account(),
        key,
        reference,
        now.0,
    )?;
    Ok(())
}

/// Opens an export again that was given up. `false`: there is no such one any more, or who asked is gone.
pub(crate) async fn reopen(conn: &mut Conn, scope: &Scope, key: &str) -> Result<bool, StoreError> {
    let reopened = execute!(
        conn,
        "UPDATE exports SET status = 'waiting', percent = 0, reference = NULL, ended_at = NULL
         WHERE account_id = $1 AND export_key = $2 AND status <> 'ready' AND user_key IS NOT NULL",
        scope.account(),
        key,
    )?;
    Ok(reopened > 0)
}

/// An export that ended long ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldExport {
    /// The random part of its address.
    pub key: String,
    /// Its file in the object store, where it has one.
    pub object: Option<String>,
}

/// The account's exports that ended before this instant, at most 100.
pub async fn ended_before(conn: &mut Conn, scope: &Scope, before: Timestamp) -> Result<Vec<OldExport>, StoreError> {
    let rows = fetch_all!(
        conn,
        (String, Option<String>),
        "SELECT export_key, object FROM exports WHERE account_id = $1 AND ended_at < $2 ORDER BY asked_at LIMIT 100",
        scope.account(),
        before.0,
    )?;
    Ok(rows.into_iter().map(|(key, object)| OldExport { key, object }).collect())
}

/// Forgets an export; its file is the caller's to delete, before.
pub async fn delete(conn: &mut Conn, scope: &Scope, key: &str) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM exports WHERE account_id = $1 AND export_key = $2", scope.account(), key)?;
    Ok(())
}
