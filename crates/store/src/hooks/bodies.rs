//! What came in by webhooks: stored as it came before it is answered, and read by a job in the order in which it came.

use std::collections::BTreeMap;

use domain::{HookSource, Timestamp, time::DAY_MS};

use super::source_of;
use crate::{
    Conn, Scope, StoreError, accounts,
    bulk::{BulkColumn, insert_rows},
    db::{execute, fetch_all, fetch_one, fetch_optional},
    jobs::{self, ReadHooks},
};

/// How long what cannot be read is kept, ms: 7 days.
pub const UNREAD_KEPT_MS: i64 = 7 * DAY_MS;
/// How long it is kept that something came and was read, without its body, ms: a day.
pub const READ_KEPT_MS: i64 = DAY_MS;
/// How far apart the numbers of two milliseconds are.
pub const KEYS_PER_MS: i64 = 1 << 20;
/// No second job is added while one of this key waits or runs.
const ONCE: &str = "hooks";
/// The longest reason that is kept, in characters.
const REASON_CHARS: usize = 500;

/// A webhook that came.
#[derive(Debug)]
pub struct Arrived {
    /// Of the account whose key it was sent with.
    pub scope: Scope,
    /// The number of its address.
    pub hook: i64,
    /// Which system sent it.
    pub source: HookSource,
    /// Its number: grows with each that comes, and is at least the millisecond in which it came times [`KEYS_PER_MS`].
    pub key: i64,
    /// When the server took it, by its own clock.
    pub at: Timestamp,
    /// As it came.
    pub body: Vec<u8>,
}

/// Where a webhook stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BodyState {
    /// It has not been read yet.
    Waiting,
    /// It told of a call.
    Read,
    /// It told of no call.
    Passed,
    /// It could not be read, or no call could be made of what it told.
    Unread,
}

impl BodyState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Read, Self::Passed, Self::Unread];

    /// The word in addresses and the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Read => "read",
            Self::Passed => "passed",
            Self::Unread => "unread",
        }
    }

    /// The one whose [`Self::word`] this is; none for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// Stores webhooks of any accounts, and has them read. What is committed is not lost.
pub async fn keep(conn: &mut Conn, arrived: Vec<Arrived>) -> Result<(), StoreError> {
    let mut of_hooks = BTreeMap::<(i64, i64), (Scope, i64, Timestamp)>::new();
    let mut of_accounts = BTreeMap::<i64, (Scope, i64, Timestamp)>::new();
    for one in &arrived {
        let account = one.scope.account();
        let (_, count, at) = of_hooks.entry((account, one.hook)).or_insert((one.scope, 0, one.at));
        (*count, *at) = (*count + 1, one.at);
        of_accounts.entry(account).or_insert((one.scope, one.key, one.at));
    }
    let rows = arrived.len();
    let mut columns = vec![
        ("account_id", BulkColumn::Int(arrived.iter().map(|one| one.scope.account()).collect())),
        ("body_key", BulkColumn::Int(arrived.iter().map(|one| one.key).collect())),
        ("hook_key", BulkColumn::Int(arrived.iter().map(|one| one.hook).collect())),
        ("source", BulkColumn::Text(arrived.iter().map(|one| one.source.word().to_owned()).collect())),
        ("received_at", BulkColumn::Int(arrived.iter().map(|one| one.at.0).collect())),
        ("bytes", BulkColumn::Int(arrived.iter().map(|one| one.body.len() as i64).collect())),
        ("state", BulkColumn::Text(vec![BodyState::Waiting.word().to_owned(); rows])),
    ];
    columns.push(("body", BulkColumn::Bytes(arrived.into_iter().map(|one| one.body).collect())));
    insert_rows(conn, "hook_bodies", columns, "").await?;
    for ((_, hook), (scope, count, at)) in of_hooks {
        execute!(
            conn,
            "UPDATE hooks SET received = received + $3, received_at = $4 WHERE account_id = $1 AND hook_key = $2",
            scope.account(),
            hook,
            count,
            at.0,
        )?;
    }
    // In the order of the accounts, so that two processes do not wait for each other.
    for (scope, key, at) in of_accounts.into_values() {
        jobs::wake(conn, &scope, &ReadHooks {}, ONCE, -key, at).await?;
    }
    Ok(())
}

/// A webhook to read.
#[derive(Debug)]
pub struct WaitingBody {
    /// Its number, unique within the account.
    pub key: i64,
    /// The number of its address.
    pub hook: i64,
    /// Which system sent it.
    pub source: HookSource,
    /// As it came.
    pub body: Vec<u8>,
}

/// The first webhooks that wait, at most so many and, but for the first, so many bytes.
pub async fn waiting(
    conn: &mut Conn,
    scope: &Scope,
    limit: usize,
    most_bytes: usize,
) -> Result<Vec<WaitingBody>, StoreError> {
    let sizes = fetch_all!(
        conn,
        (i64, i64),
        "SELECT body_key, bytes FROM hook_bodies WHERE account_id = $1 AND state = 'waiting' ORDER BY body_key LIMIT $2",
        scope.account(),
        limit as i64,
    )?;
    let mut total = 0;
    let last = sizes.iter().enumerate().take_while(|(nth, (_, bytes))| {
        total += *bytes as usize;
        *nth == 0 || total <= most_bytes
    });
    let Some((_, (last, _))) = last.last() else { return Ok(Vec::new()) };
    let rows = fetch_all!(
        conn,
        (i64, i64, String, Option<Vec<u8>>),
        "SELECT body_key, hook_key, source, body FROM hook_bodies
         WHERE account_id = $1 AND state = 'waiting' AND body_key <= $2
         ORDER BY body_key",
        scope.account(),
        *last,
    )?;
    let read = |(key, hook, source, body): (i64, i64, String, Option<Vec<u8>>)| {
        Ok(WaitingBody { key, hook, source: source_of(&source)?, body: body.unwrap_or_default() })
    };
    rows.into_iter().map(read).collect()
}

/// Says that a webhook was read; its body goes.
pub async fn mark_read(conn: &mut Conn, scope: &Scope, key: i64, call: Option<&str>) -> Result<(), StoreError> {
    let state = if call.is_some() { BodyState::Read } else { BodyState::Passed };
    execute!(
        conn,
        "UPDATE hook_bodies SET state = $3, call = $4, reason = NULL, body = NULL WHERE account_id = $1 AND body_key = $2",
        scope.account(),
        key,
        state.word(),
        call,
    )?;
    Ok(())
}

/// Says that a webhook could not be read, and why; its body stays.
pub async fn mark_unread(
    conn: &mut Conn,
    scope: &Scope,
    key: i64,
    call: Option<&str>,
    reason: &str,
) -> Result<(), StoreError> {
    let reason: String = reason.chars().filter(|c| *c != '\0').take(REASON_CHARS).collect();
    execute!(
        conn,
        "UPDATE hook_bodies SET state = 'unread', call = $3, reason = $4 WHERE account_id = $1 AND body_key = $2",
        scope.account(),
        key,
        call,
        reason.as_str(),
    )?;
    Ok(())
}

/// Says that what earlier webhooks told of a call is in it now.
pub async fn mark_call_read(conn: &mut Conn, scope: &Scope, source: HookSource, call: &str) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE hook_bodies SET state = 'read', reason = NULL, body = NULL
         WHERE account_id = $1 AND source = $2 AND call = $3 AND state = 'unread'",
        scope.account(),
        source.word(),
        call,
    )?;
    Ok(())
}

/// Has what could not be read be read again, of one address or of all. Gives how many.
pub async fn read_again(conn: &mut Conn, scope: &Scope, hook: Option<i64>, now: Timestamp) -> Result<u64, StoreError> {
    let again = execute!(
        conn,
        "UPDATE hook_bodies SET state = 'waiting'
         WHERE account_id = $1 AND state = 'unread' AND ($2 = -1 OR hook_key = $2)",
        scope.account(),
        hook.unwrap_or(-1),
    )?;
    if again > 0 {
        wake(conn, scope, now).await?;
    }
    Ok(again)
}

/// Has the job run that reads webhooks and makes their calls.
pub(super) async fn wake(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<(), StoreError> {
    let (key, _) = accounts::take_keys(conn, scope, 1).await?;
    jobs::wake(conn, scope, &ReadHooks {}, ONCE, -key, now).await
}

/// Whether something waits to be read, or a call to be made again.
pub async fn has_work(conn: &mut Conn, scope: &Scope) -> Result<bool, StoreError> {
    let waiting = fetch_optional!(
        conn,
        (i64,),
        "SELECT body_key FROM hook_bodies WHERE account_id = $1 AND state = 'waiting' LIMIT 1",
        scope.account(),
    )?;
    if waiting.is_some() {
        return Ok(true);
    }
    let due = fetch_optional!(
        conn,
        (String,),
        "SELECT call FROM hook_calls WHERE account_id = $1 AND is_due LIMIT 1",
        scope.account(),
    )?;
    Ok(due.is_some())
}

/// Whether anything could not be read.
pub async fn has_unread(conn: &mut Conn, scope: &Scope) -> Result<bool, StoreError> {
    let unread = fetch_optional!(
        conn,
        (i64,),
        "SELECT body_key FROM hook_bodies WHERE account_id = $1 AND state = 'unread' LIMIT 1",
        scope.account(),
    )?;
    Ok(unread.is_some())
}

/// A webhook as owners see it in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookDelivery {
    /// Its number, unique within the account.
    pub key: i64,
    /// The number of its address.
    pub hook: i64,
    /// Which system sent it.
    pub source: HookSource,
    /// When the server took it, by its own clock.
    pub received_at: Timestamp,
    /// How long its body is.
    pub bytes: u64,
    /// Where it stands.
    pub state: BodyState,
    /// Why it could not be read.
    pub reason: Option<String>,
    /// The system's id of the call.
    pub call: Option<String>,
}

#[derive(sqlx_macros::FromRow)]
struct DeliveredBody {
    body_key: i64,
    hook_key: i64,
    source: String,
    received_at: i64,
    bytes: i64,
    state: String,
    reason: Option<String>,
    call: Option<String>,
}

impl DeliveredBody {
    fn read(self) -> Result<WebhookDelivery, StoreError> {
        let state = BodyState::from_word(&self.state);
        Ok(WebhookDelivery {
            key: self.body_key,
            hook: self.hook_key,
            source: source_of(&self.source)?,
            received_at: Timestamp(self.received_at),
            bytes: self.bytes as u64,
            state: state.ok_or_else(|| StoreError::Broken(format!("state {} of a webhook", self.state)))?,
            reason: self.reason,
            call: self.call,
        })
    }
}

/// The last webhooks that came, the latest first.
pub async fn last(conn: &mut Conn, scope: &Scope, limit: u32) -> Result<Vec<WebhookDelivery>, StoreError> {
    let rows = fetch_all!(
        conn,
        DeliveredBody,
        "SELECT body_key, hook_key, source, received_at, bytes, state, reason, call
         FROM hook_bodies
         WHERE account_id = $1
         ORDER BY body_key DESC
         LIMIT $2",
        scope.account(),
        i64::from(limit),
    )?;
    rows.into_iter().map(DeliveredBody::read).collect()
}

/// The last webhooks that could not be read, the latest first, and how many there are.
pub async fn unread(conn: &mut Conn, scope: &Scope, limit: u32) -> Result<(Vec<WebhookDelivery>, u64), StoreError> {
    let rows = fetch_all!(
        conn,
        DeliveredBody,
        "SELECT body_key, hook_key, source, received_at, bytes, state, reason, call
         FROM hook_bodies
         WHERE account_id = $1 AND state = 'unread'
         ORDER BY body_key DESC
         LIMIT $2",
        scope.account(),
        i64::from(limit),
    )?;
    let (count,) = fetch_one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM hook_bodies WHERE account_id = $1 AND state = 'unread'",
        scope.account(),
    )?;
    let rows = rows.into_iter().map(DeliveredBody::read).collect::<Result<_, _>>()?;
    Ok((rows, count as u64))
}

/// Deletes webhooks that were kept long enough; gives how many. What waits stays.
pub(super) async fn delete_old(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<u64, StoreError> {
    // By their numbers they are found without a look at the others.
    let before = (now.0 - READ_KEPT_MS).saturating_add(1).saturating_mul(KEYS_PER_MS);
    execute!(
        conn,
        "DELETE FROM hook_bodies
         WHERE account_id = $1 AND body_key < $4
           AND ((state IN ('read', 'passed') AND received_at < $2) OR (state = 'unread' AND received_at < $3))",
        scope.account(),
        now.0 - READ_KEPT_MS,
        now.0 - UNREAD_KEPT_MS,
        before,
    )
}
