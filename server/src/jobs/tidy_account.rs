//! Deletes what an account no longer needs, and what a killed process left in the object store. It comes back every hour.

use domain::Timestamp;
use store::{
    exports, hooks, imports,
    jobs::{self, JobOutcome},
    objects, operators, outbox, password_links,
    search_index::{self, IndexBehind},
    sessions,
};

use super::{JobEnd, JobError, Task, build_export};
use crate::mail::LINK_LASTS_MS;

const HOUR_MS: i64 = 60 * 60 * 1_000;

pub(super) async fn run(task: Task) -> Result<JobEnd, JobError> {
    let (scope, now) = (&task.scope, task.now());
    let mut conn = task.db.write().await?;
    let sessions = sessions::delete_expired(&mut conn, scope, now).await?;
    operators::leave_over(&mut conn, scope, now).await?;
    let links = password_links::delete_expired(&mut conn, scope, now).await?;
    let jobs = jobs::delete_old(&mut conn, scope, Timestamp(now.0 - jobs::KEPT_MS)).await?;
    let bodies = hooks::tidy(&mut conn, scope, now).await?;
    if !search_index::behind(&mut conn, scope, IndexBehind::Some).await?.is_empty() {
        search_index::enqueue(&mut conn, scope, true, now).await?;
    }
    conn.commit().await?;
    let files = delete_exports(&task, now).await? + delete_workbooks(&task, now).await?;
    let imports = let_imports_go(&task, now).await?;
    let loose = delete_loose(&task, now).await?;
    let words = format!(
        "sessions={sessions} links={links} files={files} jobs={jobs} imports={imports} loose={loose} hooks={bodies}"
    );
    Ok(JobEnd::Say(JobOutcome::Again(Timestamp(now.0 + HOUR_MS), words)))
}

/// A file goes before its row: if it stays, or the process ends in between, the row still names it.
async fn delete_exports(task: &Task, now: Timestamp) -> Result<usize, JobError> {
    let before = Timestamp(now.0 - exports::KEPT_MS);
    let old = exports::ended_before(&mut task.db.read().await?, &task.scope, before).await?;
    let mut deleted = 0;
    for export in old {
        // One that was given up may have left a file, too.
        let left = || build_export::object_name(task, &export.key);
        if !task.context.recordings.delete(&export.object.clone().unwrap_or_else(left)).await {
            continue;
        }
        let mut conn = task.db.write().await?;
        exports::delete(&mut conn, &task.scope, &export.key).await?;
        conn.commit().await?;
        deleted += 1;
    }
    Ok(deleted)
}

/// Their files and reports are loose from then on, and go a day later.
async fn let_imports_go(task: &Task, now: Timestamp) -> Result<u64, JobError> {
    let (checked, ended) = (Timestamp(now.0 - imports::CHECKED_MS), Timestamp(now.0 - imports::KEPT_MS));
    let mut conn = task.db.write().await?;
    let gone = imports::let_go(&mut conn, &task.scope, checked, ended, now).await?;
    conn.commit().await?;
    Ok(gone)
}

/// Objects to which nothing has referred for a day: recordings that were replaced, and those whose process was killed before the
/// database had them.
async fn delete_loose(task: &Task, now: Timestamp) -> Result<usize, JobError> {
    let before = Timestamp(now.0 - objects::LOOSE_MS);
    let (mut deleted, mut after) = (0, String::new());
    loop {
        let loose = objects::loose_before(&mut task.db.read().await?, &task.scope, before, &after).await?;
        let mut gone = Vec::new();
        for object in &loose {
            if task.context.recordings.delete(object).await {
                gone.push(object);
            }
        }
        let mut conn = task.db.write().await?;
        for object in &gone {
            objects::refer(&mut conn, &task.scope, object).await?;
        }
        conn.commit().await?;
        deleted += gone.len();
        match loose.into_iter().nth(objects::LISTED - 1) {
            Some(last) => after = last,
            None => return Ok(deleted),
        }
    }
}

/// The workbooks of mails whose links are over. Their mails are long sent, or given up.
async fn delete_workbooks(task: &Task, now: Timestamp) -> Result<usize, JobError> {
    let before = Timestamp(now.0 - LINK_LASTS_MS);
    let old = outbox::workbooks_before(&mut task.db.read().await?, &task.scope, before).await?;
    let mut deleted = 0;
    for kept in old {
        if !task.context.recordings.delete(&kept.object).await {
            continue;
        }
        let mut conn = task.db.write().await?;
        outbox::forget_workbook(&mut conn, &task.scope, kept.mailing).await?;
        conn.commit().await?;
        deleted += 1;
    }
    Ok(deleted)
}
