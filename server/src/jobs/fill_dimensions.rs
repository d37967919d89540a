//! Gives calls that were stored before a dimension was declared their values, step by step: batches of calls go in between, and a killed
//! process loses one.

use store::{jobs::JobOutcome, own_filling};

use super::{JobEnd, JobError, Task};

pub(super) async fn run(task: Task) -> Result<JobEnd, JobError> {
    let mut calls = 0;
    loop {
        let mut conn = task.db.write().await?;
        let step = own_filling::advance(&mut conn, &task.scope).await?;
        calls += step.calls;
        if step.is_over {
            if !task.finish(&mut conn, &JobOutcome::Done(format!("calls={calls}"))).await? {
                return Ok(JobEnd::Said("lost"));
            }
            conn.commit().await?;
            return Ok(JobEnd::Said("done"));
        }
        conn.commit().await?;
    }
}
