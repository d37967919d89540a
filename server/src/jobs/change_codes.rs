//! Puts changed meanings of result codes into force, step by step: batches of calls go in between, reports are right after every
//! step, and a killed process loses one.

use store::{jobs::JobOutcome, result_codes::change};

use super::{JobEnd, JobError, Task};

pub(super) async fn run(task: Task) -> Result<JobEnd, JobError> {
    let mut rows = 0;
    loop {
        let mut conn = task.db.write().await?;
        let step = change::advance(&mut conn, &task.scope).await?;
        rows += step.rows;
        if step.is_over {
            // Under the account's lock: a change that comes now finds no job, and adds one.
            if !task.finish(&mut conn, &JobOutcome::Done(format!("calls={rows}"))).await? {
                return Ok(JobEnd::Said("lost"));
            }
            conn.commit().await?;
            return Ok(JobEnd::Said("done"));
        }
        conn.commit().await?;
    }
}
