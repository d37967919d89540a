//! What a mail server has accepted is never sent again by this process: it is remembered until the database has taken the
//! word, however long that takes. Only where the process dies in between does nobody know; then the mail is sent again, with
//! the same Message-ID (docs/ARCHITECTURE.md, "How a mail goes out").

use std::time::Duration;

use store::{
    jobs,
    outbox::{self, MailOutcome},
};
use tokio::task::JoinError;
use tracing::Instrument;

use super::{JobEnd, Task};
use crate::failure::chain;

/// The pauses between tries to say that a mail was accepted.
const FIRST_MARK_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_MARK_PAUSE: Duration = Duration::from_secs(10);

/// A mail of the outbox: its mailing, and its number in it.
pub(super) type OfOutbox = (i64, i64);

/// What the mail server said of the mail of this job in an earlier run, where that is not stored yet.
pub(super) fn before(task: &Task) -> Option<String> {
    task.context.mail.accepted(key(task))
}

/// Remembers and stores that the mail of this job was accepted, together with the job's end. In a task of its own: the word
/// counts even where this run is stopped.
pub(super) async fn store(task: &Task, mail: Option<OfOutbox>, words: String) -> Result<JobEnd, JoinError> {
    task.context.mail.remember(key(task), words.clone());
    let task = task.clone();
    tokio::spawn(async move { mark(&task, mail, words).await }.in_current_span()).await
}

fn key(task: &Task) -> (i64, i64) {
    (task.scope.account(), task.job.key)
}

/// Says that a mail was accepted, again and again until the database has taken it: an accepted mail that is not marked would
/// be sent twice.
async fn mark(task: &Task, mail: Option<OfOutbox>, words: String) -> JobEnd {
    let mut pause = FIRST_MARK_PAUSE;
    loop {
        let marked = async {
            let mut conn = task.db.write().await?;
            if let Some((mailing, no)) = mail {
                let sent = MailOutcome::Sent(words.clone());
                outbox::mark(&mut conn, &task.scope, mailing, no, &sent, task.now()).await?;
            }
            // It was sent, whoever has the job by now.
            jobs::end(&mut conn, &task.scope, task.job.key, &words, task.now()).await?;
            conn.commit().await
        };
        let Err(error) = marked.await else { break };
        let cause = chain(&error);
        tracing::warn!(cause, "A mail was accepted, but that could not be stored yet; it is tried again");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_MARK_PAUSE);
    }
    task.context.mail.forget(key(task));
    JobEnd::Said("done")
}
