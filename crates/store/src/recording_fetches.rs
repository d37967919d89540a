//! Recordings that are fetched from the addresses that calls name. One job of the account ([`FetchRecordings`]) works through what is
//! due: a batch of ten thousand calls notes ten thousand addresses in one statement, and not as many jobs.

use domain::{
    CallId, Timestamp,
    call::{RecordingFetchReason, RecordingFetchStatus},
    sight::LoggedId,
};

use crate::{
    Conn, Scope, StoreError, accounts,
    bulk::{BulkColumn, insert_rows},
    db::{execute, fetch_all, fetch_one, fetch_optional},
    dialect::integers_of_json,
    jobs::{self, FetchRecordings},
};

/// Keeps a second job of the account out.
const ONCE: &str = "fetch";

/// A recording to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueFetch {
    /// Where it stands among what is due.
    pub place: DuePlace,
    /// The call that it is a recording of.
    pub call: CallId,
    /// The address that the call was sent with.
    pub url: String,
    /// How often it was tried before.
    pub attempts: u32,
}

/// A place in the order of what is due, for the log and for what comes after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DuePlace {
    /// When it is due.
    pub due_at: Timestamp,
    /// The key of the call's row: those due at one instant follow by it.
    pub call_key: i64,
}

/// Where the fetching of a call's recording stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// Whether it is still to be fetched.
    pub status: RecordingFetchStatus,
    /// What the last try failed with.
    pub reason: Option<RecordingFetchReason>,
    /// When it is tried next.
    pub due_at: Option<Timestamp>,
}

/// Whether the account's recordings are fetched.
pub async fn is_enabled(conn: &mut Conn, scope: &Scope) -> Result<bool, StoreError> {
    let sql = "SELECT fetch_recordings FROM accounts WHERE account_id = $1";
    Ok(fetch_one!(conn, (bool,), sql, scope.account())?.0)
}

/// How many recordings an account waits for and has given up. Counted up to [`Backlog::MOST`] each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    /// Those that are still to be fetched.
    pub waiting: u64,
    /// Those that were given up, by the reason of the last try, most frequent first.
    pub failed: Vec<(Option<RecordingFetchReason>, u64)>,
}

impl Backlog {
    /// So many are counted: a page is not to cost more than that.
    pub const MOST: u64 = 10_000;

    /// How many were given up.
    pub fn given_up(&self) -> u64 {
        self.failed.iter().map(|(_, count)| count).sum()
    }
}

/// What the account waits for and has given up.
pub async fn backlog(conn: &mut Conn, scope: &Scope) -> Result<Backlog, StoreError> {
    let most = Backlog::MOST as i64;
    let (waiting,) = fetch_one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM (
           SELECT 1 AS one FROM recording_fetches WHERE account_id = $1 AND due_at IS NOT NULL LIMIT $2
         ) AS waiting",
        scope.account(),
        most,
    )?;
    let failed = fetch_all!(
        conn,
        (Option<String>, i64),
        "SELECT reason, COUNT(*) AS calls FROM (
           SELECT reason FROM recording_fetches WHERE account_id = $1 AND status = 'failed' LIMIT $2
         ) AS failed
         GROUP BY reason
         ORDER BY calls DESC, reason",
        scope.account(),
        most,
    )?;
    let read = |(reason, count): (Option<String>, i64)| {
        (reason.as_deref().and_then(RecordingFetchReason::from_word), count as u64)
    };
    Ok(Backlog { waiting: waiting as u64, failed: failed.into_iter().map(read).collect() })
}

/// Has the account's recordings fetched from now on, those of stored calls as well, or no longer. Gives how many are to be fetched.
pub async fn set_enabled(conn: &mut Conn, scope: &Scope, enabled: bool, now: Timestamp) -> Result<u64, StoreError> {
    execute!(conn, "UPDATE accounts SET fetch_recordings = $2 WHERE account_id = $1", scope.account(), enabled)?;
    if !enabled {
        execute!(conn, "DELETE FROM recording_fetches WHERE account_id = $1 AND status = 'waiting'", scope.account(),)?;
        return Ok(0);
    }
    let added = execute!(
        conn,
        "INSERT INTO recording_fetches (account_id, call_key, url, status, attempts, due_at, changed_at)
         SELECT account_id, call_key, recording_url, 'waiting', 0, $2, $2
         FROM calls
         WHERE account_id = $1 AND recording_url IS NOT NULL AND NOT recorded
         ON CONFLICT DO NOTHING",
        scope.account(),
        now.0,
    )?;
    begin(conn, scope, now).await?;
    Ok(added)
}

/// Tries what was given up anew, of one call or of all. Gives how many.
pub async fn again(conn: &mut Conn, scope: &Scope, call: Option<&CallId>, now: Timestamp) -> Result<u64, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE recording_fetches SET status = 'waiting', attempts = 0, due_at = $2, changed_at = $2
         WHERE account_id = $1 AND status = 'failed'
           AND ($3 IS NULL OR call_key = (SELECT call_key FROM calls WHERE account_id = $1 AND id = $3))",
        scope.account(),
        now.0,
        call.map(CallId::as_str),
    )?;
    if changed > 0 {
        begin(conn, scope, now).await?;
    }
    Ok(changed)
}

/// Tries anew at once what servers did not give out for want of a credential.
pub(crate) async fn again_with_credentials(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<(), StoreError> {
    let changed = execute!(
        conn,
        "UPDATE recording_fetches SET status = 'waiting', attempts = 0, due_at = $2, changed_at = $2
         WHERE account_id = $1 AND status <> 'stored' AND reason IN ('401', '403', 'credential')",
        scope.account(),
        now.0,
    )?;
    if changed > 0 {
        begin(conn, scope, now).await?;
    }
    Ok(())
}

/// Notes the addresses of calls without a recording: what is known is left as it is, unless its address is another one.
pub(crate) async fn want(
    conn: &mut Conn,
    scope: &Scope,
    calls: Vec<(i64, String)>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let n = calls.len();
    let (keys, urls) = calls.into_iter().unzip();
    let columns = vec![
        ("account_id", BulkColumn::Int(vec![scope.account(); n])),
        ("call_key", BulkColumn::Int(keys)),
        ("url", BulkColumn::Text(urls)),
        ("status", BulkColumn::Text(vec![RecordingFetchStatus::Waiting.word().to_owned(); n])),
        ("attempts", BulkColumn::Int(vec![0; n])),
        ("due_at", BulkColumn::Int(vec![now.0; n])),
        ("changed_at", BulkColumn::Int(vec![now.0; n])),
    ];
    let otherwise = "ON CONFLICT (account_id, call_key) DO UPDATE
         SET url = excluded.url, status = excluded.status, reason = NULL, attempts = 0, due_at = excluded.due_at,
             changed_at = excluded.changed_at
         WHERE recording_fetches.url <> excluded.url";
    insert_rows(conn, "recording_fetches", columns, otherwise).await
}

/// Enqueues the account's job, or has it begin earlier.
pub(crate) async fn begin(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<(), StoreError> {
    if !jobs::enqueue(conn, scope, &FetchRecordings {}, Some(ONCE), now, now).await? {
        jobs::hasten::<FetchRecordings>(conn, scope, ONCE, now).await?;
    }
    Ok(())
}

#[derive(Debug, sqlx_macros::FromRow)]
struct DueRow {
    call_key: i64,
    due_at: i64,
    id: String,
    url: String,
    attempts: i64,
}

/// What is due, the earliest first; after a place, where one is given.
pub async fn due(
    conn: &mut Conn,
    scope: &Scope,
    now: Timestamp,
    after: Option<DuePlace>,
    limit: u32,
) -> Result<Vec<DueFetch>, StoreError> {
    let after = after.unwrap_or(DuePlace { due_at: Timestamp(i64::MIN), call_key: i64::MIN });
    let rows = fetch_all!(
        conn,
        DueRow,
        "SELECT f.call_key, f.due_at, c.id, f.url, f.attempts
         FROM recording_fetches f
         JOIN calls c ON c.account_id = $1 AND c.call_key = f.call_key
         WHERE f.account_id = $1 AND f.due_at <= $2 AND (f.due_at, f.call_key) > ($3, $4)
         ORDER BY f.due_at, f.call_key
         LIMIT $5",
        scope.account(),
        now.0,
        after.due_at.0,
        after.call_key,
        i64::from(limit),
    )?;
    let fetch = |row: DueRow| {
        let call = CallId::new(&row.id).map_err(|error| StoreError::Broken(error.to_string()))?;
        let place = DuePlace { due_at: Timestamp(row.due_at), call_key: row.call_key };
        Ok(DueFetch { place, call, url: row.url, attempts: row.attempts as u32 })
    };
    rows.into_iter().map(fetch).collect()
}

/// When the next one is due. It locks the account: calls that come in after it enqueue a job of their own.
pub async fn next_due(conn: &mut Conn, scope: &Scope) -> Result<Option<Timestamp>, StoreError> {
    accounts::take_keys(conn, scope, 0).await?;
    let row = fetch_optional!(
        conn,
        (i64,),
        "SELECT due_at FROM recording_fetches WHERE account_id = $1 AND due_at IS NOT NULL ORDER BY due_at LIMIT 1",
        scope.account(),
    )?;
    Ok(row.map(|row| Timestamp(row.0)))
}

/// Notes that a try failed; `next`: when it is tried again, `None`: it is given up. An address that changed meanwhile is left alone.
pub async fn failed(
    conn: &mut Conn,
    scope: &Scope,
    fetch: &DueFetch,
    reason: RecordingFetchReason,
    next: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let status = if next.is_some() { RecordingFetchStatus::Waiting } else { RecordingFetchStatus::Failed };
    execute!(
        conn,
        "UPDATE recording_fetches SET status = $3, reason = $4, attempts = attempts + 1, due_at = $5, changed_at = $6
         WHERE account_id = $1 AND url = $7
           AND call_key = (SELECT call_key FROM calls WHERE account_id = $1 AND id = $2)",
        scope.account(),
        fetch.call.as_str(),
        status.word(),
        reason.word().as_str(),
        next.map(|at| at.0),
        now.0,
        fetch.url.as_str(),
    )?;
    Ok(())
}

/// Whether the recording of a call is still to be fetched from this address.
pub(crate) async fn is_wanted(conn: &mut Conn, scope: &Scope, call: &CallId, url: &str) -> Result<bool, StoreError> {
    let row = fetch_optional!(
        conn,
        (i64,),
        "SELECT f.call_key
         FROM calls c
         JOIN recording_fetches f ON f.account_id = $1 AND f.call_key = c.call_key
         WHERE c.account_id = $1 AND c.id = $2 AND f.url = $3 AND f.status <> 'stored'",
        scope.account(),
        call.as_str(),
        url,
    )?;
    Ok(row.is_some())
}

/// Forgets the addresses of calls that name none any more; what was stored stays.
pub(crate) async fn forget(conn: &mut Conn, scope: &Scope, calls: &[i64]) -> Result<(), StoreError> {
    let sql = format!(
        "DELETE FROM recording_fetches WHERE account_id = $1 AND status <> 'stored' AND call_key IN ({})",
        integers_of_json(conn, "$2"),
    );
    let calls = serde_json::json!(calls).to_string();
    execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), calls.as_str())?;
    Ok(())
}

/// A recording of the call was stored, whoever brought it: nothing is left to fetch.
pub(crate) async fn settle(conn: &mut Conn, scope: &Scope, call_key: i64, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE recording_fetches SET status = 'stored', reason = NULL, due_at = NULL, changed_at = $3
         WHERE account_id = $1 AND call_key = $2",
        scope.account(),
        call_key,
        now.0,
    )?;
    Ok(())
}

/// Where the fetching of a call's recording stands; `None`: it is not fetched.
pub async fn lookup(conn: &mut Conn, scope: &Scope, call: &CallId) -> Result<Option<Fetch>, StoreError> {
    let row = fetch_optional!(
        conn,
        (String, Option<String>, Option<i64>),
        "SELECT f.status, f.reason, f.due_at
         FROM calls c
         JOIN recording_fetches f ON f.account_id = $1 AND f.call_key = c.call_key
         WHERE c.account_id = $1 AND c.id = $2",
        scope.account(),
        call.as_str(),
    )?;
    let Some((status, reason, due_at)) = row else { return Ok(None) };
    let status = RecordingFetchStatus::from_word(&status)
        .ok_or_else(|| StoreError::Broken(format!("recording_fetches.status of call {}", LoggedId(call.as_str()))))?;
    let reason = reason.as_deref().and_then(RecordingFetchReason::from_word);
    Ok(Some(Fetch { status, reason, due_at: due_at.map(Timestamp) }))
}
