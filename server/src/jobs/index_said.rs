//! Puts what was said in calls that were stored before into the index of its search, step by step: batches of calls go in between, and a
//! killed process loses one.

use store::{jobs::JobOutcome, said_index};

use super::{JobEnd, JobError, Task};

pub(super) async fn run(task: Task) -> Result<JobEnd, JobError> {
    let mut calls = 0;
    loop {
        let mut conn = task.db.write().await?;
        let step = said_index::advance(&mut conn, &task.scope).await?;
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
