//! Jobs as they are shown: to the account's owner and the operator, and as figures for monitoring.

use std::{collections::BTreeMap, fmt, str::FromStr};

use domain::{FieldError, Timestamp};

use super::{JobStatus, payload::Payload};
use crate::{Conn, Scope, StoreError, db::fetch_all};

/// A job as its account's owner and the operator see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The number of the account that it works for.
    pub account: i64,
    /// Its number, unique within the account.
    pub key: i64,
    /// [`Payload::KIND`](super::Payload::KIND) of what it does.
    pub kind: String,
    /// Where it stood when it was read.
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
    pub next: Option<JobPlace>,
}

/// Where a job stands in a list: by when it was enqueued, then by its key, which does not grow for all kinds ([`wake`](super::wake)).
/// Its text, for addresses, is `QUEUED_AT.KEY`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobPlace {
    queued_at: Timestamp,
    key: i64,
}

impl JobPlace {
    /// Before all jobs.
    const FIRST: Self = Self { queued_at: Timestamp::MAX, key: i64::MAX };
}

impl fmt::Display for JobPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.queued_at.0, self.key)
    }
}

impl FromStr for JobPlace {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (queued_at, key) = text.split_once('.').ok_or(())?;
        Ok(Self { queued_at: Timestamp(queued_at.parse().map_err(drop)?), key: key.parse().map_err(drop)? })
    }
}

/// Jobs of the account, the latest first; `before` is the last page's [`JobPage::next`].
pub async fn list(
    conn: &mut Conn,
    scope: &Scope,
    status: Option<JobStatus>,
    before: Option<JobPlace>,
    limit: u32,
) -> Result<JobPage, StoreError> {
    if limit == 0 {
        return Err(StoreError::Invalid(FieldError::new("limit", "must be 1 or more")));
    }
    let before = before.unwrap_or(JobPlace::FIRST);
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
         WHERE account_id = $1 AND (queued_at, job_key) < ($2, $3) AND ($4 = '' OR status = $4)
         ORDER BY queued_at DESC, job_key DESC
         LIMIT $5",
        scope.account(),
        before.queued_at.0,
        before.key,
        status.map_or("", JobStatus::word),
        i64::from(limit) + 1,
    )?;
    let mut jobs = rows.into_iter().map(Job::try_from).collect::<Result<Vec<_>, _>>()?;
    let more = jobs.len() > limit as usize;
    jobs.truncate(limit as usize);
    let next = jobs.last().filter(|_| more).map(|job| JobPlace { queued_at: job.queued_at, key: job.key });
    Ok(JobPage { jobs, next })
}

/// How many jobs of a kind stand where, over all accounts: figures for monitoring.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct JobCount {
    /// [`Payload::KIND`](super::Payload::KIND) of what they do.
    pub kind: String,
    /// The word of their [`JobStatus`].
    pub status: String,
    /// How many, over all accounts.
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
