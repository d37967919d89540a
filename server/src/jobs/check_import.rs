//! Looks at a file that was brought in: what it is, and what storing its calls would do.

use store::{
    accounts,
    imports::{Import, ImportState, ImportStep},
    jobs::{CheckImport, JobOutcome},
};

use super::{
    JobEnd, JobError, Task,
    import_steps::{Saying, StepError, asked, during, end, file_of, left},
};
use crate::importing::{self, checking::Checking, report::ImportReport};

const STATE: ImportState = ImportState::Checking;

pub(super) async fn run(task: Task) -> Result<JobEnd, JobError> {
    let CheckImport { import: key } = task.job.payload()?;
    let Some(import) = during(&task, key, STATE).await? else {
        return Ok(JobEnd::Say(JobOutcome::Done(String::new())));
    };
    let found = tokio::select! {
        found = look(&task, &import) => found,
        () = left(&task, key, STATE) => return Ok(JobEnd::Say(JobOutcome::Done("dropped".to_owned()))),
    };
    end(&task, key, STATE, found).await
}

async fn look(task: &Task, import: &Import) -> Result<ImportStep, StepError> {
    task.unbroken()?;
    let asked = asked(import)?;
    let account = accounts::lookup(&mut task.db.read().await?, &task.scope).await?;
    let options = importing::options(&asked, &account);
    let options = options.map_err(|error| StepError::Refused(format!("{} {}", error.field, error.reason)))?;
    let mut options = importing::with_codes(options, &mut task.db.read().await?, &task.scope).await?;
    options.latest = Some(task.now());
    let file = file_of(task, import).await?;
    let checking = Checking {
        db: &task.db,
        scope: &task.scope,
        options: &options,
        mapping_name: asked.mapping_name.as_deref(),
        received_at: task.now(),
    };
    let mut saying = Saying { task, import: import.key, said: None };
    let found = checking.look(file, import.whole_name(), &mut ImportReport::new(None), &mut saying).await?;
    Ok(ImportStep::Found(serde_json::to_string(&found)?))
}
