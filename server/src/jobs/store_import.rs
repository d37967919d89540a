//! Stores the calls of a file that was brought in. Run again after a kill, it finds the calls that it has stored already.

use domain::import::ImportResult;
use store::{
    accounts,
    imports::{self, Import, ImportState, ImportStep},
    ingest::{BatchAnswer, IngestOptions},
    jobs::{JobOutcome, StoreImport},
    objects,
};

use super::{
    JobEnd, JobError, Task,
    import_steps::{Saying, StepError, asked, during, end, file_of},
};
use crate::{
    files::temporary_file,
    importing::{
        self, ImportError, checking, file_reading,
        named_file::NamedFile,
        refused,
        report::ImportReport,
        storing::{RecordCounts, Storing},
    },
    metrics::CallsBy,
};

const STATE: ImportState = ImportState::Storing;

pub(super) async fn run(task: Task) -> Result<JobEnd, JobError> {
    let StoreImport { import: key } = task.job.payload()?;
    let Some(import) = during(&task, key, STATE).await? else {
        return Ok(JobEnd::Say(JobOutcome::Done(String::new())));
    };
    let stored = store(&task, &import).await;
    end(&task, key, STATE, stored).await
}

async fn store(task: &Task, import: &Import) -> Result<ImportStep, StepError> {
    task.unbroken()?;
    let asked = asked(import)?;
    let scope = &task.scope;
    let account = accounts::lookup(&mut task.db.read().await?, scope).await?;
    let options = importing::options(&asked, &account)
        .map_err(|error| StepError::Refused(format!("{} {}", error.field, error.reason)))?;
    let mut options = importing::with_codes(options, &mut task.db.read().await?, scope).await?;
    options.latest = Some(task.now());
    let file = file_of(task, import).await?;
    let files = NamedFile::brought(file, import.whole_name())
        .map_err(|error| StepError::Refused(format!("cannot be read: {error}")))?;
    if options.mapping.is_none()
        && let Some(file) = files.first()
    {
        options.mapping = checking::mapping_of(&task.db, scope, file, &options).await?;
    }
    let ingest = IngestOptions { create_missing: asked.create, received_at: task.now(), import: Some(import.key) };
    let storing = Storing { db: &task.db, scope, options: &options, ingest };
    let mut report = ImportReport::new(Some(temporary_file()?));
    let mut saying = Saying { task, import: import.key, said: None };
    let mut stored = ImportResult::default();
    let (mut read, mut total) = (0, 0);
    for file in &files {
        let mut counts = RecordCounts::default();
        match storing.file(file, &mut counts, &mut report, &mut saying).await? {
            Ok(reading) => {
                read += 1;
                total += counts.stored();
                stored.rejected += counts.answer.rejected;
                stored.over_quota += counts.answer.over_quota;
                stored.warnings += counts.warnings;
                stored.campaigns.extend(counts.campaigns);
                stored.files.push(file_reading(&file.name, &reading));
            }
            Err(why) => stored.files.push(refused(&file.name, &why)),
        }
    }
    if read == 0 {
        return Err(ImportError::NothingKnown(files.len()).into());
    }
    stored.campaigns.sort();
    stored.campaigns.dedup();
    // What an earlier run of this job has stored counts as what it was then.
    let changes = imports::changes(&mut task.db.read().await?, scope, import.key).await?;
    (stored.accepted, stored.updated) = (changes.added, changes.updated);
    stored.unchanged = total.saturating_sub(changes.added + changes.updated);
    let ImportResult { accepted, updated, unchanged, rejected, .. } = stored;
    let became = BatchAnswer { accepted, updated, unchanged, rejected, ..BatchAnswer::default() };
    task.context.metrics.calls(CallsBy::Import, &became);
    stored.reasons = report.finish().map_err(ImportError::Report)?;
    let object = keep_report(task, import, report).await?;
    Ok(ImportStep::Stored(serde_json::to_string(&stored)?, object))
}

/// Puts the report into the object store, under a name that a second run writes over.
async fn keep_report(task: &Task, import: &Import, report: ImportReport) -> Result<String, StepError> {
    let object = format!("{}/import-{}-report", task.scope.account(), import.key);
    let mut conn = task.db.write().await?;
    objects::loosen(&mut conn, &task.scope, &object, task.now()).await?;
    conn.commit().await?;
    let file = report.into_file()?.map_or_else(temporary_file, Ok)?;
    task.context.recordings.put(&object, file).await?;
    Ok(object)
}
