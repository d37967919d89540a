//! Indexes the customers of an account for its searches, a block of them at a time; batches of calls go in between.

use store::{
    customer_columns,
    jobs::{self, IndexCustomers},
    search_index::{self, IndexBehind},
};

use super::{JobEnd, JobError, Task};

pub(super) async fn run(task: Task) -> Result<JobEnd, JobError> {
    let IndexCustomers { rest } = task.job.payload()?;
    let by = if rest { IndexBehind::Some } else { IndexBehind::Much };
    loop {
        let behind = search_index::behind(&mut task.db.read().await?, &task.scope, by).await?;
        let mut indexed = 0;
        for block in customer_columns::missing(&mut task.db.read().await?, &task.scope).await? {
            indexed += customer_columns::build(&task.db, &task.scope, block).await?;
        }
        for block in behind {
            indexed += search_index::index(&task.db, &task.scope, block).await?;
        }
        if indexed > 0 {
            continue;
        }
        let mut conn = task.db.write().await?;
        if !jobs::remove(&mut conn, &task.scope, &task.job).await? {
            return Ok(JobEnd::Said("lost"));
        }
        // Whoever comes from now on finds no job, and adds one; who came in between, and what another process is about to index, are
        // left to the hourly look.
        conn.commit().await?;
        return Ok(JobEnd::Said("done"));
    }
}
