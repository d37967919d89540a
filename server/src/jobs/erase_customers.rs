//! Takes out what is stored of customers who are forgotten, step by step: batches of calls go in between, and a killed process loses one.

use serde_json::json;
use store::{
    audit::{self, Action, Actor, Event},
    erasure,
    jobs::JobOutcome,
};

use super::{JobEnd, JobError, Task};

pub(super) async fn run(task: Task) -> Result<JobEnd, JobError> {
    // Whether the database's log has nothing of before the last step.
    let mut is_log_empty = false;
    loop {
        let mut conn = task.db.write().await?;
        let step = erasure::advance(&mut conn, &task.scope, task.now()).await?;
        if let Some((key, counts)) = step.ended {
            let event = Event::of(Action::CustomerErased, key.to_string()).with(json!({
                "customers": counts.customers, "calls": counts.calls, "transcripts": counts.transcripts,
                "recordings": counts.recordings, "files": counts.files,
            }));
            audit::record(&mut conn, &task.scope, &Actor::system(), &event, task.now()).await?;
        }
        let is_done = step.is_over && is_log_empty;
        // Under the account's lock: what is asked for now finds no job, and adds one.
        if is_done && !task.finish(&mut conn, &JobOutcome::Done(String::new())).await? {
            return Ok(JobEnd::Said("lost"));
        }
        conn.commit().await?;
        // What stays for now is loose, and swept later.
        for object in &step.objects {
            task.context.recordings.delete(object).await;
        }
        if is_done {
            return Ok(JobEnd::Said("done"));
        }
        // Tried again later where somebody reads for so long: the log still has who is forgotten.
        is_log_empty = step.is_over && task.db.empty_log().await?;
        if step.is_over && !is_log_empty {
            let words = "the database's log could not be emptied: somebody reads what was before";
            return Err(std::io::Error::new(std::io::ErrorKind::ResourceBusy, words).into());
        }
    }
}
