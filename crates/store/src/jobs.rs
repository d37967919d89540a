//! Work that is done later, tried again, and done once: a row that is written in the transaction that decides on it.
//!
//! A job is *waiting* until it is due, *running* under a lease, and *done* or *failed* in the end. `due_at` is when a waiting
//! job may run; of a running one it is when its lease ends: a job whose process was killed is due again by itself. A lease
//! is named by a random text, and only who holds it may say what became of the job.
//!
//! Payloads ([`Payload`]) are serde structs with a kind, so that any layer can enqueue; what is done with them stands in the
//! server, one file for each.

mod listing;
mod payload;
mod retrying;

use domain::Timestamp;

pub use self::{
    listing::{Job, JobCount, JobPage, JobPlace, counts, failures, list},
    payload::{
        BuildExport, BuildLargeExport, ChangeCodes, CheckImport, EraseCustomers, FetchRecordings, FillDimensions,
        IndexCustomers, IndexSaid, MadeLink, Payload, PriceAgain, ReadHooks, SendMail, SendNotice, StoreImport,
        TidyAccount, UndoImport, VerifyAccount,
    },
    retrying::{Retried, retry},
};
use crate::{
    Conn, Scope, StoreError, accounts,
    db::{execute, fetch_all, fetch_optional},
    live,
};

/// How long what became of a job is kept, ms: 30 days.
pub const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// The longest last words, in characters.
const MAX_WORDS: usize = 500;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JobStatus {
    /// It runs when it is due, for the first time or again.
    Waiting,
    /// A process has it.
    Running,
    /// It is over, and what was asked is done.
    Done,
    /// It was given up.
    Failed,
}

impl JobStatus {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Running, Self::Done, Self::Failed];

    /// The word in JSON and the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// The one whose [`Self::word`] this is; none for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// Writes a job into the caller's transaction; whoever runs jobs is woken by its commit.
///
/// `due`: not before. `once`: while a job of this kind and key is waiting or running, no second one is added. `false`: there
/// was one.
pub async fn enqueue<P: Payload>(
    conn: &mut Conn,
    scope: &Scope,
    payload: &P,
    once: Option<&str>,
    due: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let payload = to_json(payload)?;
    let (key, _) = accounts::take_keys(conn, scope, 1).await?;
    let added = execute!(
        conn,
        "INSERT INTO jobs (account_id, job_key, kind, payload, once_key, status, queued_at, due_at, attempts)
         VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7, 0)
         ON CONFLICT DO NOTHING",
        scope.account(),
        key,
        P::KIND,
        payload.as_str(),
        once,
        now.0,
        due.0,
    )?;
    live::wake_jobs(conn).await?;
    Ok(added > 0)
}

/// As [`enqueue`] with a key, for what a job reads that was changed now: one that waits will read it, and one that is running may have read
/// what was there before, so that another is added behind it.
pub async fn enqueue_after<P: Payload>(
    conn: &mut Conn,
    scope: &Scope,
    payload: &P,
    once: &str,
    due: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    /// Runs of one thing that overlap: each takes as long as a mail server does.
    const MOST: usize = 8;
    for n in 0..MOST {
        let key = if n == 0 { once.to_owned() } else { format!("{once} {n}") };
        if enqueue(conn, scope, payload, Some(&key), due, now).await? {
            return Ok(());
        }
        // Locked until the end of the transaction: it is not claimed before what was changed is there.
        let waiting = execute!(
            conn,
            "UPDATE jobs SET due_at = due_at
             WHERE account_id = $1 AND kind = $2 AND once_key = $3 AND status = 'waiting' AND due_at IS NOT NULL",
            scope.account(),
            P::KIND,
            key.as_str(),
        )?;
        if waiting > 0 {
            return Ok(());
        }
    }
    Ok(())
}

/// Has a job of this kind and key that waits begin then, unless it begins earlier.
pub(crate) async fn hasten<P: Payload>(
    conn: &mut Conn,
    scope: &Scope,
    once: &str,
    due: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE jobs SET due_at = $4
         WHERE account_id = $1 AND kind = $2 AND once_key = $3 AND status = 'waiting' AND due_at > $4",
        scope.account(),
        P::KIND,
        once,
        due.0,
    )?;
    live::wake_jobs(conn).await
}

/// As [`enqueue`] for now with a key for `once`, for what comes many times a second: it leaves the account's row alone, for which
/// batches wait. `key` numbers the job if one is added: below 0 and used by nobody else.
///
/// A job that is there is locked until the end of the transaction. So one that ends by [`remove`] either sees what this
/// transaction wrote, or is gone before, and another is added.
pub async fn wake<P: Payload>(
    conn: &mut Conn,
    scope: &Scope,
    payload: &P,
    once: &str,
    key: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let payload = to_json(payload)?;
    execute!(
        conn,
        "INSERT INTO jobs (account_id, job_key, kind, payload, once_key, status, queued_at, due_at, attempts)
         VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6, 0)
         ON CONFLICT (account_id, kind, once_key) WHERE due_at IS NOT NULL AND once_key IS NOT NULL
         DO UPDATE SET due_at = jobs.due_at",
        scope.account(),
        key,
        P::KIND,
        payload.as_str(),
        once,
        now.0,
    )?;
    live::wake_jobs(conn).await
}

/// Takes a claimed job away, whose end is of no interest to anybody. `false`: the lease was over, and another process has it.
/// What a later statement of the transaction reads was written before the job was gone; see [`wake`].
pub async fn remove(conn: &mut Conn, scope: &Scope, job: &ClaimedJob) -> Result<bool, StoreError> {
    let removed = execute!(
        conn,
        "DELETE FROM jobs WHERE account_id = $1 AND job_key = $2 AND lease = $3",
        scope.account(),
        job.key,
        job.lease.as_str(),
    )?;
    Ok(removed > 0)
}

fn to_json<P: Payload>(payload: &P) -> Result<String, StoreError> {
    serde_json::to_string(payload).map_err(|error| StoreError::Broken(format!("payload of {}: {error}", P::KIND)))
}

/// The accounts that have jobs of a kind to run now, those that have waited longest first: for the runner, which works for
/// all accounts and takes turns among them.
pub async fn due_accounts(conn: &mut Conn, kind: &str, now: Timestamp, limit: u32) -> Result<Vec<i64>, StoreError> {
    let rows = fetch_all!(
        conn,
        (i64,),
        "SELECT account_id FROM jobs
         WHERE kind = $1 AND due_at <= $2
         GROUP BY account_id
         ORDER BY MIN(due_at), account_id
         LIMIT $3",
        kind,
        now.0,
        i64::from(limit),
    )?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// When the next job of a kind is due, a running one by the end of its lease; `None`: nothing is left to do.
pub async fn next_due(conn: &mut Conn, kind: &str) -> Result<Option<Timestamp>, StoreError> {
    let row = fetch_optional!(
        conn,
        (i64,),
        "SELECT due_at FROM jobs WHERE kind = $1 AND due_at IS NOT NULL ORDER BY due_at LIMIT 1",
        kind,
    )?;
    Ok(row.map(|row| Timestamp(row.0)))
}

/// A job that was claimed: its process has it until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedJob {
    /// The number of the account that it works for.
    pub account: i64,
    /// Its number, unique within the account.
    pub key: i64,
    /// The [`Payload::KIND`] of its payload.
    pub kind: String,
    /// The payload as it is stored, as JSON.
    payload: String,
    /// This try's number, from 1.
    pub attempt: u32,
    /// When it was enqueued.
    pub queued_at: Timestamp,
    /// Whether nobody has said what became of the try before: its lease ended, as it does where its process was killed.
    pub is_broken_off: bool,
    /// A random word of this claim: another claim of the job has another.
    pub lease: String,
}

impl ClaimedJob {
    /// What it needs to know.
    ///
    /// # Errors
    /// [`StoreError::Broken`] where another version of the program wrote what this one cannot read.
    pub fn payload<P: Payload>(&self) -> Result<P, StoreError> {
        serde_json::from_str(&self.payload)
            .map_err(|error| StoreError::Broken(format!("payload of job {} ({}): {error}", self.key, self.kind)))
    }
}

/// How jobs are claimed.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// Jobs of this [`Payload::KIND`] alone.
    pub kind: &'a str,
    /// Names the claim; new for each.
    pub lease: &'a str,
    /// What is due by then is claimed.
    pub now: Timestamp,
    /// When the lease ends unless it is extended.
    pub until: Timestamp,
    /// How many at most.
    pub limit: u32,
    /// Jobs that this process runs now, so that none is begun twice here: where the lease of one is over, it is held anew.
    pub held: &'a [&'a ClaimedJob],
}

#[derive(Debug, sqlx_macros::FromRow)]
struct DueJob {
    job_key: i64,
    status: String,
    payload: String,
    attempts: i64,
    queued_at: i64,
}

/// Claims jobs of an account that are due. Two processes never hold the same one: the later one's update finds that it is
/// no longer due.
pub async fn claim(conn: &mut Conn, scope: &Scope, claim: &Claim<'_>) -> Result<Vec<ClaimedJob>, StoreError> {
    let due = fetch_all!(
        conn,
        DueJob,
        "SELECT job_key, status, payload, attempts, queued_at FROM jobs
         WHERE account_id = $1 AND kind = $2 AND due_at <= $3
         ORDER BY due_at, job_key
         LIMIT $4",
        scope.account(),
        claim.kind,
        claim.now.0,
        // Some of them may be another process's a moment later: looking at more than are wanted, all find work.
        i64::from(claim.limit) * 4 + claim.held.len() as i64,
    )?;
    let mut claimed = Vec::new();
    for job in due {
        if claimed.len() == claim.limit as usize {
            break;
        }
        let is_held = |held: &&&ClaimedJob| held.account == scope.account() && held.key == job.job_key;
        // One that waits has ended here, and is claimed like any other.
        if job.status == JobStatus::Running.word()
            && let Some(held) = claim.held.iter().find(is_held)
        {
            execute!(
                conn,
                "UPDATE jobs SET due_at = $4, lease = $5
                 WHERE account_id = $1 AND job_key = $2 AND due_at <= $3 AND status = 'running'",
                scope.account(),
                job.job_key,
                claim.now.0,
                claim.until.0,
                held.lease.as_str(),
            )?;
            continue;
        }
        let won = execute!(
            conn,
            "UPDATE jobs SET status = 'running', due_at = $4, lease = $5, attempts = attempts + 1, started_at = $3
             WHERE account_id = $1 AND job_key = $2 AND due_at <= $3",
            scope.account(),
            job.job_key,
            claim.now.0,
            claim.until.0,
            claim.lease,
        )?;
        if won > 0 {
            claimed.push(ClaimedJob {
                account: scope.account(),
                key: job.job_key,
                kind: claim.kind.to_owned(),
                payload: job.payload,
                attempt: (job.attempts + 1) as u32,
                queued_at: Timestamp(job.queued_at),
                is_broken_off: job.status == JobStatus::Running.word(),
                lease: claim.lease.to_owned(),
            });
        }
    }
    Ok(claimed)
}

/// Holds a claimed job longer. `false`: the lease was over, and another process has it.
pub async fn extend(conn: &mut Conn, scope: &Scope, job: &ClaimedJob, until: Timestamp) -> Result<bool, StoreError> {
    let held = execute!(
        conn,
        "UPDATE jobs SET due_at = $4 WHERE account_id = $1 AND job_key = $2 AND lease = $3",
        scope.account(),
        job.key,
        job.lease.as_str(),
        until.0,
    )?;
    Ok(held > 0)
}

/// Keeps how far a claimed job has come, for whoever runs it after a crash. `false`: the lease was over.
pub async fn save<P: Payload>(
    conn: &mut Conn,
    scope: &Scope,
    job: &ClaimedJob,
    payload: &P,
) -> Result<bool, StoreError> {
    let payload = to_json(payload)?;
    let held = execute!(
        conn,
        "UPDATE jobs SET payload = $4 WHERE account_id = $1 AND job_key = $2 AND lease = $3",
        scope.account(),
        job.key,
        job.lease.as_str(),
        payload.as_str(),
    )?;
    Ok(held > 0)
}

/// What became of one run of a job; the texts are its last words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobOutcome {
    /// It is done for good.
    Done(String),
    /// It is done for now, and comes back then: its tries are counted anew.
    Again(Timestamp, String),
    /// It is tried again then.
    Retry(Timestamp, String),
    /// It is given up.
    Failed(String),
}

/// Says what became of a claimed job. `false`: the lease was over, and another process has it.
pub async fn finish(
    conn: &mut Conn,
    scope: &Scope,
    job: &ClaimedJob,
    outcome: &JobOutcome,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (status, due, words) = match outcome {
        JobOutcome::Done(words) => (JobStatus::Done, None, words),
        JobOutcome::Again(at, words) | JobOutcome::Retry(at, words) => (JobStatus::Waiting, Some(at.0), words),
        JobOutcome::Failed(words) => (JobStatus::Failed, None, words),
    };
    let words: String = words.chars().take(MAX_WORDS).collect();
    let marked = execute!(
        conn,
        "UPDATE jobs SET status = $4, due_at = $5, finished_at = $6, last_words = $7, lease = NULL,
                attempts = CASE WHEN $8 = 1 THEN 0 ELSE attempts END
         WHERE account_id = $1 AND job_key = $2 AND lease = $3",
        scope.account(),
        job.key,
        job.lease.as_str(),
        status.word(),
        due,
        now.0,
        words.as_str(),
        i64::from(matches!(outcome, JobOutcome::Again(..))),
    )?;
    // Whoever runs jobs may sleep for longer than until then.
    live::wake_jobs(conn).await?;
    Ok(marked > 0)
}

/// Says that what a job is for was done, whoever has it by now: it is not to be done again.
pub async fn end(conn: &mut Conn, scope: &Scope, key: i64, words: &str, now: Timestamp) -> Result<(), StoreError> {
    let words: String = words.chars().take(MAX_WORDS).collect();
    execute!(
        conn,
        "UPDATE jobs SET status = 'done', due_at = NULL, finished_at = $3, last_words = $4, lease = NULL
         WHERE account_id = $1 AND job_key = $2 AND status <> 'done'",
        scope.account(),
        key,
        now.0,
        words.as_str(),
    )?;
    live::wake_jobs(conn).await
}

/// Forgets the account's jobs that ended before this instant; gives how many.
pub async fn delete_old(conn: &mut Conn, scope: &Scope, before: Timestamp) -> Result<u64, StoreError> {
    execute!(
        conn,
        "DELETE FROM jobs WHERE account_id = $1 AND due_at IS NULL AND finished_at < $2",
        scope.account(),
        before.0,
    )
}
