//! Prices stored calls again, step by step: batches of calls go in between, figures add up after every step, and a killed process
//! loses one.

use store::{jobs::JobOutcome, repricing};

use super::{JobEnd, JobError, Task};

pub(super) async fn run(task: Task) -> Result<JobEnd, JobError> {
    let mut calls = 0;
    loop {
        let mut conn = task.db.write().await?;
        let step = repricing::advance(&mut conn, &task.scope).await?;
        calls += step.calls;
        if step.is_over {
            // Under the account's lock: what is asked for now finds no job, and adds one.
            if !task.finish(&mut conn, &JobOutcome::Done(format!("calls={calls}"))).await? {
                return Ok(JobEnd::Said("lost"));
            }
            conn.commit().await?;
            return Ok(JobEnd::Said("done"));
        }
        conn.commit().await?;
    }
}
