//! What the jobs of imports share: the file, how far they are, and how they are given up.

use std::{fs::File, time::Duration};

use domain::import::{Done, ImportOptions};
use store::{
    StoreError,
    imports::{self, Import, ImportState, ImportStep},
    jobs::JobOutcome,
};
use tokio::time::Instant;

use super::{BrokenOff, JobEnd, JobError, Task};
use crate::{
    failure::{chain, new_reference},
    importing::{
        ImportError, fetch,
        storing::{FileProgress, Listener},
    },
    recordings::StorageError,
};

/// How often it is said how far a step is.
const SAID_EVERY: Duration = Duration::from_secs(1);

/// Why a step cannot be done now.
#[derive(Debug, thiserror::Error)]
pub(super) enum StepError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error("the object store")]
    Storage(#[from] StorageError),
    #[error("how the file is read, or what was found, cannot be kept as JSON")]
    Json(#[from] serde_json::Error),
    #[error("the disk")]
    Disk(#[from] std::io::Error),
    #[error(transparent)]
    BrokenOff(#[from] BrokenOff),
    /// It is the file's fault, and no other try would help.
    #[error("{0}")]
    Refused(String),
}

/// The import that a job is for, where it still is in this state.
pub(super) async fn during(task: &Task, key: i64, state: ImportState) -> Result<Option<Import>, StoreError> {
    let import = imports::lookup(&mut task.db.read().await?, &task.scope, key).await?;
    Ok(import.filter(|import| import.state == state))
}

/// Resolves once the import is no longer in this state: somebody dropped it, and its place is free for others.
pub(super) async fn left(task: &Task, key: i64, state: ImportState) {
    loop {
        tokio::time::sleep(SAID_EVERY).await;
        // A database that does not answer now is asked again; the step itself finds out what is wrong with it.
        if let Ok(None) = during(task, key, state).await {
            return;
        }
    }
}

/// How the file is read.
pub(super) fn asked(import: &Import) -> Result<ImportOptions, StepError> {
    Ok(serde_json::from_str(&import.options)?)
}

/// The file, without a name in the temporary folder.
pub(super) async fn file_of(task: &Task, import: &Import) -> Result<File, StepError> {
    let object = import.object.as_deref().ok_or_else(|| StepError::Refused("the file is gone".to_owned()))?;
    Ok(fetch(&task.context.recordings, object, import.bytes).await?)
}

/// Ends a step as it came out: in the transaction that says what it came to, or, where it is to be given up, why.
pub(super) async fn end(
    task: &Task,
    key: i64,
    state: ImportState,
    step: Result<ImportStep, StepError>,
) -> Result<JobEnd, JobError> {
    let refused = |why: String| (ImportStep::Failed(why), JobOutcome::Done("refused".to_owned()));
    let (step, outcome) = match step {
        Ok(step) => (step, JobOutcome::Done(String::new())),
        Err(StepError::Refused(why)) => refused(why),
        Err(StepError::Import(ImportError::Unreadable(name, why))) => refused(format!("{name}: {why}")),
        Err(StepError::Import(error @ ImportError::NothingKnown(_))) => refused(error.to_string()),
        Err(error) if task.next_try().is_some() => return Err(error.into()),
        Err(error) => {
            let (reference, cause) = (new_reference(), chain(&error));
            tracing::error!(reference, cause, "An import failed and is given up");
            (ImportStep::Failed(reference.clone()), JobOutcome::Failed(reference))
        }
    };
    let word = if matches!(step, ImportStep::Failed(_)) { "failed" } else { "done" };
    let mut conn = task.db.write().await?;
    imports::finish(&mut conn, &task.scope, key, state, &step, task.now()).await?;
    if task.finish(&mut conn, &outcome).await? {
        conn.commit().await?;
    }
    Ok(JobEnd::Said(word))
}

/// Says once a second how far a step is.
pub(super) struct Saying<'a> {
    pub(super) task: &'a Task,
    pub(super) import: i64,
    pub(super) said: Option<Instant>,
}

impl Saying<'_> {
    /// Says it, if nothing was said within the last second.
    pub(super) async fn percent(&mut self, percent: u64) -> Result<(), StoreError> {
        if self.said.is_some_and(|said| said.elapsed() < SAID_EVERY) {
            return Ok(());
        }
        self.said = Some(Instant::now());
        let mut conn = self.task.db.write().await?;
        imports::progress(&mut conn, &self.task.scope, self.import, percent.min(99) as u8).await?;
        conn.commit().await
    }
}

impl Listener for Saying<'_> {
    fn said(&mut self, _: &str, _: Done) {}

    async fn progress(
        &mut self,
        FileProgress { bytes: (read, total), done, rows }: FileProgress,
    ) -> Result<(), StoreError> {
        let share = |part: u64, whole: u64| part.min(whole) * 100 / whole.max(1);
        let read = total.map_or(50, |total| share(read, total));
        // The calls of some formats come only when all is read.
        self.percent(if read >= 100 { share(done, rows) } else { read }).await
    }
}
