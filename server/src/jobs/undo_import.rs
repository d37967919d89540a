//! Takes back what an import did, some calls at a time: calls come in meanwhile, and a killed process loses one step.

use store::{
    imports::{self, Import, ImportState, ImportStep},
    jobs::{JobOutcome, UndoImport},
};

use super::{
    JobEnd, JobError, Task,
    import_steps::{Saying, StepError, during, end},
};

const STATE: ImportState = ImportState::Undoing;
/// Calls of one transaction.
const CALLS: u32 = 2_000;

pub(super) async fn run(task: Task) -> Result<JobEnd, JobError> {
    let UndoImport { import: key } = task.job.payload()?;
    let Some(import) = during(&task, key, STATE).await? else {
        return Ok(JobEnd::Say(JobOutcome::Done(String::new())));
    };
    let undone = undo(&task, &import).await;
    end(&task, key, STATE, undone).await
}

async fn undo(task: &Task, import: &Import) -> Result<ImportStep, StepError> {
    task.unbroken()?;
    let changes = imports::changes(&mut task.db.read().await?, &task.scope, import.key).await?;
    let all = changes.added + changes.updated;
    let mut saying = Saying { task, import: import.key, said: None };
    let mut done = 0;
    loop {
        let mut conn = task.db.write().await?;
        let step = imports::undo_step(&mut conn, &task.scope, import.key, CALLS, task.now()).await?;
        conn.commit().await?;
        for object in &step.objects {
            task.context.recordings.delete(object).await;
        }
        done += step.undone + step.left;
        if step.is_last() {
            return Ok(ImportStep::Undone);
        }
        saying.percent(done * 100 / all.max(1)).await?;
    }
}
