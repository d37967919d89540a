//! Makes the file of an export and puts it into the object store, where any process finds it.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use futures::FutureExt;
use store::{
    Scope, StoreError, accounts,
    exports::{self, Export, ExportFile, ExportState},
    jobs::{BuildExport, BuildLargeExport, JobOutcome},
    users,
};

use super::{BrokenOff, JobEnd, JobError, Task};
use crate::{
    failure::{chain, new_reference},
    files::{
        call_list::{self, FileError, FinishedWorkbook, WorkbookProgress, WorkbookQuery},
        temporary_file,
    },
    recordings::StorageError,
};

/// How often it is said how far an export is.
const SAID_EVERY: Duration = Duration::from_secs(1);
/// What a call comes to in a packed file; only for showing how far packing is.
const PACKED_BYTES_PER_CALL: u64 = 150;
/// How much of the work is done, in per cent, when all calls are read and written.
const READ_PERCENT: u64 = 70;

/// Why a file could not be made.
#[derive(Debug, thiserror::Error)]
enum BuildError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the file cannot be made")]
    File(#[from] FileError),
    #[error("the file cannot be put into the object store")]
    Storage(#[from] StorageError),
    #[error("the disk")]
    Disk(#[from] std::io::Error),
    #[error("what was asked cannot be read")]
    Query(#[from] serde_json::Error),
    #[error(transparent)]
    BrokenOff(#[from] BrokenOff),
    #[error("the campaign is not there")]
    Gone,
    #[error("the program has a fault; it is said before this")]
    Panicked,
}

pub(super) async fn run(task: Task) -> Result<JobEnd, JobError> {
    let BuildExport { export } = task.job.payload()?;
    make_or_give_up(task, export).await
}

pub(super) async fn run_large(task: Task) -> Result<JobEnd, JobError> {
    let BuildLargeExport { export } = task.job.payload()?;
    make_or_give_up(task, export).await
}

async fn make_or_give_up(task: Task, key: String) -> Result<JobEnd, JobError> {
    let made = AssertUnwindSafe(make(&task, &key)).catch_unwind().await;
    match made.unwrap_or(Err(BuildError::Panicked)) {
        Ok(ended) => Ok(ended),
        Err(error) if task.next_try().is_some() => Err(error.into()),
        Err(error) => {
            let (reference, cause) = (new_reference(), chain(&error));
            tracing::error!(reference, cause, "An export failed and is given up");
            match give_up(&task, &key, reference).await {
                Ok(()) => Ok(JobEnd::Said("failed")),
                // Given up without its export, the job would leave it unfinished for ever: it is due again when its lease ends.
                Err(error) => {
                    tracing::warn!(cause = chain(&error), "That an export is given up could not be stored");
                    Ok(JobEnd::Said("lost"))
                }
            }
        }
    }
}

async fn give_up(task: &Task, key: &str, reference: String) -> Result<(), StoreError> {
    let mut conn = task.db.write().await?;
    exports::fail(&mut conn, &task.scope, key, &reference, task.now()).await?;
    if task.finish(&mut conn, &JobOutcome::Failed(reference)).await? {
        conn.commit().await?;
    }
    Ok(())
}

async fn make(task: &Task, key: &str) -> Result<JobEnd, BuildError> {
    task.unbroken()?;
    let export = exports::find(&mut task.db.read().await?, &task.scope, key).await?;
    let unfinished = |export: &Export| matches!(export.state, ExportState::Waiting | ExportState::Running(_));
    let Some(export) = export.filter(unfinished) else {
        return Ok(JobEnd::Say(JobOutcome::Done(String::new())));
    };
    let file = build(task, &export).await?;
    Ok(finish(task, &export, &file).await?)
}

/// The name of an export's file in the object store: a second run writes over what a killed one left.
pub(super) fn object_name(task: &Task, key: &str) -> String {
    format!("{}/export-{key}", task.scope.account())
}

/// Makes the file as the one who asked may see it.
async fn build(task: &Task, export: &Export) -> Result<ExportFile, BuildError> {
    let (user, account) = {
        let mut conn = task.db.read().await?;
        let user = match export.user {
            Some(key) => users::lookup(&mut conn, &task.scope, key).await?,
            None => None,
        };
        (user, accounts::lookup(&mut conn, &task.scope).await?)
    };
    // Who is no user any more gets nothing more.
    let user = user.ok_or(BuildError::Gone)?;
    #[expect(clippy::disallowed_methods, reason = "the export was asked for by this user, in this role")]
    let reader = Scope::of_user(account.id, user.key, export.role).in_country(account.country).limited(user.is_limited);
    let query: WorkbookQuery = serde_json::from_str(&export.query)?;
    let file = temporary_file()?;
    let progress = Arc::<WorkbookProgress>::default();
    let written = tokio::select! {
        written = call_list::write(&task.db, &reader, &query, task.now(), &file, &progress) => written?,
        error = say_progress(task, export, &progress) => return Err(error.into()),
    };
    let written: FinishedWorkbook = written.ok_or(BuildError::Gone)?;
    let object = object_name(task, &export.key);
    task.context.recordings.put(&object, file).await?;
    let made_at = task.now();
    Ok(ExportFile { object, bytes: written.bytes, written: serde_json::to_string(&written)?, made_at })
}

/// Never resolves but by an error.
async fn say_progress(task: &Task, export: &Export, progress: &WorkbookProgress) -> StoreError {
    let mut said = None;
    loop {
        // Until they are counted anew, they are as many as were asked for.
        let calls = Some(progress.total.load(Relaxed)).filter(|calls| *calls > 0).unwrap_or(export.calls);
        let now = (calls, percent(progress));
        if said != Some(now) {
            said = Some(now);
            let stored = async {
                let mut conn = task.db.write().await?;
                exports::progress(&mut conn, &task.scope, &export.key, now.0, now.1).await?;
                conn.commit().await
            };
            if let Err(error) = stored.await {
                if error.outage().is_none() {
                    return error;
                }
                said = None;
            }
        }
        tokio::time::sleep(SAID_EVERY).await;
    }
}

fn percent(progress: &WorkbookProgress) -> u8 {
    let total = progress.total.load(Relaxed).max(1);
    let percent = if progress.packing.load(Relaxed) {
        let expected = total * PACKED_BYTES_PER_CALL;
        let packed = progress.packed.load(Relaxed).min(expected);
        READ_PERCENT + packed * (100 - READ_PERCENT) / expected
    } else {
        progress.written.load(Relaxed).min(total) * READ_PERCENT / total
    };
    percent.min(99) as u8
}

async fn finish(task: &Task, export: &Export, file: &ExportFile) -> Result<JobEnd, StoreError> {
    let mut conn = task.db.write().await?;
    let kept = exports::finish(&mut conn, &task.scope, &export.key, file).await?;
    if !kept {
        // Another process may have finished it: then the name is that of its file.
        let is_gone = exports::find(&mut conn, &task.scope, &export.key).await?.is_none();
        drop(conn);
        if is_gone {
            task.context.recordings.delete(&file.object).await;
        }
        return Ok(JobEnd::Say(JobOutcome::Done(String::new())));
    }
    let calls = serde_json::from_str::<FinishedWorkbook>(&file.written).map_or(0, |written| written.calls);
    let words = format!("calls={calls} bytes={}", file.bytes);
    // Whoever else has the job by now finds the export finished.
    task.finish(&mut conn, &JobOutcome::Done(words)).await?;
    conn.commit().await?;
    Ok(JobEnd::Said("done"))
}
