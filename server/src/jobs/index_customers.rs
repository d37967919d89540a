//! Indexes the customers of an account for its searches, a block of them at a time; batches of calls go in between.

use store::{
    jobs::{IndexCustomers, JobOutcome},
    search_index::{self, Behind},
};

use super::{Ended, JobError, Task};

pub(super) async fn run(task: Task) -> Result<Ended, JobError> {
    let IndexCustomers { rest } = task.job.payload()?;
    let by = if rest { Behind::Some } else { Behind::Much };
    let mut customers = 0;
    loop {
        let behind = search_index::behind(&mut task.db.read().await?, &task.scope, by).await?;
        if behind.is_empty() {
            break;
        }
        for block in behind {
            customers += search_index::index(&task.db, &task.scope, block).await?;
        }
    }
    Ok(Ended::Say(JobOutcome::Done(format!("customers={customers}"))))
}
