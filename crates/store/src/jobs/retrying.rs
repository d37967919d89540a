//! A job that somebody asks to run now: one that was given up, or waits for its next try.

use domain::Timestamp;

use super::{
    JobStatus,
    payload::{BuildExport, BuildLargeExport, CheckImport, Payload, StoreImport, UndoImport},
};
use crate::{
    Conn, Scope, StoreError,
    db::{execute, fetch_optional},
    exports,
    imports::{self, ImportState},
    live,
};

/// What became of a job that was to be tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retried {
    /// There is no such job.
    NoSuch,
    /// It is running or done, or another try would find nothing to do ([`Job::may_retry`](super::Job::may_retry)); then the caller commits nothing.
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
