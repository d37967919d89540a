//! Fetches the recordings of an account that are due, a few at once, and comes back for those that are tried again. What became of each
//! is noted by itself: a job that is killed goes on with what is still due.

use domain::{Timestamp, call::RecordingFetchReason as Reason, sight::LoggedId};
use futures::{StreamExt, TryStreamExt};
use store::{
    jobs::JobOutcome,
    recording_credentials,
    recording_fetches::{self, DueFetch},
};

use super::{Ended, JobError, MINUTE_MS, Task};
use crate::recordings::{
    fetching::{Credentials, FetchError, fetch},
    keeping::KeepError,
};

/// Accounts that are worked for at once.
pub(super) const AT_ONCE: usize = 4;
/// Recordings of one account that are fetched at once.
const FETCHES: usize = 4;
/// How many are looked up at once.
const LOOKED_UP: u32 = 100;
/// When a recording is tried again: vendors say that a call has one before it is there.
const PAUSES_MIN: [i64; 5] = [1, 5, 15, 60, 6 * 60];

pub(super) async fn run(task: Task) -> Result<Ended, JobError> {
    loop {
        let now = task.now();
        let (due, stored) = {
            let mut conn = task.db.read().await?;
            let due = recording_fetches::due(&mut conn, &task.scope, now, LOOKED_UP).await?;
            if due.is_empty() {
                break;
            }
            (due, recording_credentials::list(&mut conn, &task.scope).await?)
        };
        let credentials = Credentials::open(&task.context.sealer, task.scope.account(), stored);
        let one = |fetch| one(&task, &credentials, fetch);
        let fetches = futures::stream::iter(due).map(one).buffer_unordered(FETCHES);
        fetches.try_collect::<()>().await?;
    }
    let mut conn = task.db.write().await?;
    let outcome = match recording_fetches::next_due(&mut conn, &task.scope).await? {
        Some(at) => JobOutcome::Again(at, String::new()),
        None => JobOutcome::Done(String::new()),
    };
    if !task.finish(&mut conn, &outcome).await? {
        return Ok(Ended::Said("lost"));
    }
    conn.commit().await?;
    Ok(Ended::Said("done"))
}

/// Fetches one. An error is one of this machine, not of the recording: all wait until it is over.
async fn one(task: &Task, credentials: &Credentials, due: DueFetch) -> Result<(), JobError> {
    let reason = match fetch(&due.url, &task.context.settings.private_networks, credentials).await {
        Ok(sent) => match task.context.keeper(&task.db).keep_fetched(&task.scope, &due.call, sent, &due.url).await {
            // That it is stored is noted with it; one that is no longer wanted from there is noted where its call was stored.
            Ok(_) | Err(KeepError::NoCall) => return Ok(()),
            Err(KeepError::NotAudio(reason)) if reason.is_nothing_yet() => Reason::NotYet,
            Err(KeepError::NotAudio(_)) => Reason::NotAudio,
            Err(error) => return Err(error.into()),
        },
        Err(FetchError::Failed(reason)) => reason,
        Err(FetchError::Spool(error)) => return Err(error.into()),
    };
    let now = task.now();
    let pause = PAUSES_MIN.get(due.attempts as usize).filter(|_| reason.may_pass());
    let next = pause.map(|minutes| Timestamp(now.0 + minutes * MINUTE_MS));
    tracing::info!(call = %LoggedId(due.call.as_str()), attempt = due.attempts + 1, ?reason, "A recording was not fetched");
    let mut conn = task.db.write().await?;
    recording_fetches::failed(&mut conn, &task.scope, &due, reason, next, now).await?;
    conn.commit().await?;
    Ok(())
}
