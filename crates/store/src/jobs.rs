//! Work that is done later, tried again, and done once: a row that is written in the transaction that decides on it.
//!
//! A job is *waiting* until it is due, *running* under a lease, and *done* or *failed* in the end. `due_at` is when a waiting
//! job may run; of a running one it is when its lease ends: a job whose process was killed is due again by itself. A lease
//! is named by a random text, and only who holds it may say what became of the job.
//!
//! Payloads ([`Payload`]) are serde structs with a kind, so that any layer can enqueue; what is done with them stands in the
//! server, one file for each.

mod payload;

use std::collections::BTreeMap;

use domain::{FieldError, Timestamp};

pub use self::payload::{
    BuildExport, BuildLargeExport, ChangeCodes, CheckImport, EraseCustomers, FetchRecordings, IndexCustomers, MadeLink,
    Payload, PriceAgain, ReadHooks, SendMail, SendNotice, StoreImport, TidyAccount, UndoImport, VerifyAccount,
};

use crate::{
    Conn, Scope, StoreError, accounts,
    db::{execute, fetch_all, fetch_optional},
    exports,
    imports::{self, ImportState},
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

    /// Reads the word.
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
    /// Whose it is.
    pub account: i64,
    /// Its number.
    pub key: i64,
    /// The [`Payload::KIND`] of its payload.
    pub kind: String,
    /// JSON.
    payload: String,
    /// This try's number, from 1.
    pub attempt: u32,
    /// When it was enqueued.
    pub queued_at: Timestamp,
    /// Names the claim.
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

/// What became of a job that was to be tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retried {
    /// There is no such job.
    NoSuch,
    /// It is running or done, or another try would find nothing to do ([`Job::may_retry`]); then the caller commits nothing.
    NothingToDo,
    /// It runs now; its kind.
    Again(String),
}

/// Has an account's failed job, or one that waits for its next try, run now; of an export or an import that was given up with it, the
/// row is open again.
pub async fn retry(conn: &mut Conn, scope: &Scope, key: i64, now: Timestamp) -> Result<Retried, StoreError> {
    let found = fetch_optional!(
        conn,
        (String, String, Option<String>),
        "SELECT status, kind, once_key FROM jobs WHERE account_id = $1 AND job_key = $2",
        scope.account(),
        key,
    )?;
    let Some((status, kind, once)) = found else { return Ok(Retried::NoSuch) };
    let status = JobStatus::from_word(&status);
    if !matches!(status, Some(JobStatus::Failed | JobStatus::Waiting)) {
        return Ok(Retried::NothingToDo);
    }
    let again = execute!(
        conn,
        "UPDATE jobs SET status = 'waiting', due_at = $3, attempts = 0, queued_at = $3
         WHERE account_id = $1 AND job_key = $2 AND status IN ('failed', 'waiting')
           AND NOT EXISTS (SELECT 1 FROM jobs other
                           WHERE other.account_id = $1 AND other.kind = jobs.kind AND other.once_key = jobs.once_key
                             AND other.due_at IS NOT NULL AND other.job_key <> $2)",
        scope.account(),
        key,
        now.0,
    )?;
    if again == 0 || (status == Some(JobStatus::Failed) && !reopen(conn, scope, &kind, once.as_deref()).await?) {
        return Ok(Retried::NothingToDo);
    }
    live::wake_jobs(conn).await?;
    Ok(Retried::Again(kind))
}

/// Opens again what was given up with a job of this kind. `false`: it is not there any more, or went another way.
async fn reopen(conn: &mut Conn, scope: &Scope, kind: &str, once: Option<&str>) -> Result<bool, StoreError> {
    let of = once.unwrap_or_default();
    let step = match kind {
        BuildExport::KIND | BuildLargeExport::KIND => return exports::reopen(conn, scope, of).await,
        CheckImport::KIND => ImportState::Checking,
        StoreImport::KIND => ImportState::Storing,
        UndoImport::KIND => ImportState::Undoing,
        _ => return Ok(true),
    };
    let Ok(import) = of.parse() else { return Ok(false) };
    imports::reopen(conn, scope, import, step).await
}

/// The last words of jobs of a kind that were given up, by their keys, the latest of each: of those that nothing came after.
pub async fn failures<P: Payload>(conn: &mut Conn, scope: &Scope) -> Result<BTreeMap<String, String>, StoreError> {
    let rows = fetch_all!(
        conn,
        (String, String, Option<String>),
        "SELECT once_key, status, last_words FROM jobs
         WHERE account_id = $1 AND kind = $2 AND once_key IS NOT NULL
         ORDER BY job_key",
        scope.account(),
        P::KIND,
    )?;
    let mut failed = BTreeMap::new();
    for (once, status, words) in rows {
        if status == JobStatus::Failed.word() {
            failed.insert(once, words.unwrap_or_default());
        } else {
            failed.remove(&once);
        }
    }
    Ok(failed)
}

/// A job as its account's owner and the operator see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Whose it is.
    pub account: i64,
    /// Its number.
    pub key: i64,
    /// What it does.
    pub kind: String,
    /// Where it stands.
    pub status: JobStatus,
    /// When it was enqueued.
    pub queued_at: Timestamp,
    /// When a waiting job runs.
    pub due_at: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: u32,
    /// When its last try began.
    pub started_at: Option<Timestamp>,
    /// When its last try ended.
    pub finished_at: Option<Timestamp>,
    /// What its last try said.
    pub last_words: Option<String>,
    /// Whether it can be asked to run now: it failed, or has failed before and waits; and what it is for can be done still.
    pub may_retry: bool,
}

#[derive(Debug, sqlx_macros::FromRow)]
struct StoredJob {
    account_id: i64,
    job_key: i64,
    kind: String,
    status: String,
    queued_at: i64,
    due_at: Option<i64>,
    attempts: i64,
    started_at: Option<i64>,
    finished_at: Option<i64>,
    last_words: Option<String>,
    is_open: bool,
}

impl TryFrom<StoredJob> for Job {
    type Error = StoreError;

    fn try_from(stored: StoredJob) -> Result<Self, StoreError> {
        let status = JobStatus::from_word(&stored.status);
        let status = status.ok_or_else(|| StoreError::Broken(format!("status of job {}", stored.job_key)))?;
        let may_retry = match status {
            JobStatus::Failed => stored.is_open,
            JobStatus::Waiting => stored.attempts > 0,
            JobStatus::Running | JobStatus::Done => false,
        };
        Ok(Self {
            may_retry,
            account: stored.account_id,
            key: stored.job_key,
            kind: stored.kind,
            status,
            queued_at: Timestamp(stored.queued_at),
            due_at: stored.due_at.filter(|_| status == JobStatus::Waiting).map(Timestamp),
            attempts: stored.attempts as u32,
            started_at: stored.started_at.map(Timestamp),
            finished_at: stored.finished_at.map(Timestamp),
            last_words: stored.last_words,
        })
    }
}

/// A page of an account's jobs, the latest enqueued first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobPage {
    /// At most as many as were asked for.
    pub jobs: Vec<Job>,
    /// The `before` of the next page.
    pub next: Option<i64>,
}

/// Jobs of the account, the latest first; `before` is the last page's [`JobPage::next`].
pub async fn list(
    conn: &mut Conn,
    scope: &Scope,
    status: Option<JobStatus>,
    before: Option<i64>,
    limit: u32,
) -> Result<JobPage, StoreError> {
    if limit == 0 {
        return Err(StoreError::Invalid(FieldError::new("limit", "must be 1 or more")));
    }
    let rows = fetch_all!(
        conn,
        StoredJob,
        "SELECT account_id, job_key, kind, status, queued_at, due_at, attempts, started_at, finished_at, last_words,
                CASE WHEN kind IN ('build_export', 'build_large_export')
                     THEN EXISTS (SELECT 1 FROM exports e
                                  WHERE e.account_id = $1 AND e.export_key = jobs.once_key AND e.status <> 'ready'
                                    AND e.user_key IS NOT NULL)
                     WHEN kind IN ('check_import', 'store_import', 'undo_import')
                     THEN EXISTS (SELECT 1 FROM imports i
                                  WHERE i.account_id = $1 AND CAST(i.import_key AS TEXT) = jobs.once_key
                                    AND i.status IN ('failed', CASE jobs.kind WHEN 'check_import' THEN 'checking'
                                                     WHEN 'store_import' THEN 'storing' ELSE 'undoing' END)
                                    AND (i.object IS NOT NULL OR jobs.kind = 'undo_import'))
                     ELSE TRUE END AS is_open
         FROM jobs
         WHERE account_id = $1 AND job_key < $2 AND ($3 = '' OR status = $3)
         ORDER BY job_key DESC
         LIMIT $4",
        scope.account(),
        before.unwrap_or(i64::MAX),
        status.map_or("", JobStatus::word),
        i64::from(limit) + 1,
    )?;
    let mut jobs = rows.into_iter().map(Job::try_from).collect::<Result<Vec<_>, _>>()?;
    let more = jobs.len() > limit as usize;
    jobs.truncate(limit as usize);
    let next = jobs.last().filter(|_| more).map(|job| job.key);
    Ok(JobPage { jobs, next })
}

/// How many jobs of a kind stand where, over all accounts: figures for monitoring.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct JobCount {
    /// What they do.
    pub kind: String,
    /// The word of their [`JobStatus`].
    pub status: String,
    /// How many.
    pub jobs: i64,
    /// When the first of them is or was due, ms.
    pub first_due_at: Option<i64>,
}

/// Counts jobs that are not done, over all accounts.
pub async fn counts(conn: &mut Conn) -> Result<Vec<JobCount>, StoreError> {
    fetch_all!(
        conn,
        JobCount,
        "SELECT kind, status, COUNT(*) AS jobs, MIN(due_at) AS first_due_at FROM jobs
         WHERE status <> 'done'
         GROUP BY kind, status
         ORDER BY kind, status",
    )
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
