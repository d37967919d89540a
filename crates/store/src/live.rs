//! Who changed what: lets live pages follow new calls without asking the database for each viewer.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use sqlx::{PgPool, SqlitePool, postgres::PgListener};
use tokio::{
    sync::{Notify, broadcast},
    task::AbortHandle,
};

use crate::{
    Conn, Db, StoreError,
    db::{Pools, fetch_all},
    dialect,
};

/// How often an embedded database is asked whether another process has written to it.
const POLL: Duration = Duration::from_secs(1);
/// The pause before a lost connection is tried again.
const RETRY: Duration = Duration::from_secs(2);

/// What the log says once nothing that another process changes is missed.
const FOLLOWING: &str = "Other processes' changes are followed";

/// Something that a report shows has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Change {
    /// Whose figures have changed.
    pub account: i64,
    /// The account's revision after the change.
    pub revision: i64,
}

/// The channel of changes, and what was said on it: a change that comes back from the database is not said twice.
#[derive(Debug)]
pub(crate) struct ChangeChannel {
    sender: broadcast::Sender<Change>,
    latest: Mutex<HashMap<i64, i64>>,
    jobs: Notify,
}

impl Default for ChangeChannel {
    fn default() -> Self {
        Self { sender: broadcast::channel(1_024).0, latest: Mutex::default(), jobs: Notify::new() }
    }
}

impl ChangeChannel {
    fn latest(&self) -> MutexGuard<'_, HashMap<i64, i64>> {
        // The map is whole at every moment: a panic elsewhere does not spoil it.
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn wake_jobs(&self) {
        self.jobs.notify_one();
    }

    pub(crate) fn announce(&self, change: Change) {
        let mut latest = self.latest();
        let known = latest.entry(change.account).or_insert(i64::MIN);
        if change.revision > *known {
            *known = change.revision;
            // Nobody listening is no error.
            let _ = self.sender.send(change);
        }
    }
}

/// What is said on the channel of the database when jobs were enqueued.
const JOBS: &str = "jobs";

/// Wakes whoever runs jobs when this transaction commits: in this process, and in others on the same database server.
pub(crate) async fn wake_jobs(conn: &mut Conn) -> Result<(), StoreError> {
    conn.note_jobs();
    dialect::notify(conn, JOBS.to_owned()).await
}

/// Announces a change when its transaction commits: here, and to other processes on the same database server.
pub(crate) async fn publish(conn: &mut Conn, change: Change) -> Result<(), StoreError> {
    conn.note(change);
    dialect::notify(conn, format!("{}:{}", change.account, change.revision)).await
}

fn read_payload(payload: &str) -> Option<Change> {
    let (account, revision) = payload.split_once(':')?;
    Some(Change { account: account.parse().ok()?, revision: revision.parse().ok()? })
}

impl Db {
    /// Tells this process's live pages of a change. [`Conn::commit`] does so by itself; saying it twice does nothing.
    pub fn announce(&self, change: Change) {
        self.changes.announce(change);
    }

    /// The changes from now on. A receiver that lags gets `Lagged` and should read anew.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.sender.subscribe()
    }

    /// Resolves when jobs were enqueued since the last call, here or (while [`Self::listen`] does) by another process.
    pub async fn jobs_enqueued(&self) {
        self.changes.jobs.notified().await;
    }

    /// Follows, in a task of its own, the changes that other processes make (another server, an import) and announces
    /// them here. It comes back from lost connections by itself and ends with the last clone of this [`Db`].
    pub fn listen(&self) {
        self.listening.0.get_or_init(|| {
            // Not of what keeps the follower: it would keep itself alive.
            let db = Self { listening: Arc::default(), ..self.clone() };
            tokio::spawn(Follower { db }.run()).abort_handle()
        });
    }
}

/// The task of [`Db::listen`]; it must not outlive the database.
#[derive(Debug, Default)]
pub(crate) struct Listening(OnceLock<AbortHandle>);

impl Listening {
    pub(crate) fn stop(&self) {
        if let Some(task) = self.0.get() {
            task.abort();
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Looks out for other processes' changes.
struct Follower {
    db: Db,
}

impl Follower {
    async fn run(self) {
        loop {
            let lost = match &self.db.pools {
                Pools::Sqlite { readers, .. } => self.poll(readers).await,
                Pools::Postgres(pool) => self.listen_on(pool).await,
            };
            if let Err(error) = lost {
                tracing::warn!(%error, "Lost sight of other processes' changes; trying again");
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn announce_all(&self) -> Result<(), StoreError> {
        let mut conn = self.db.read().await?;
        for change in revisions(&mut conn).await? {
            self.db.changes.announce(change);
        }
        // Jobs may have come with the changes, or without any.
        self.db.changes.wake_jobs();
        Ok(())
    }

    /// `data_version` of a connection grows when another one commits, and costs no read of the tables.
    async fn poll(&self, readers: &SqlitePool) -> Result<(), StoreError> {
        // Taken out of the pool: it is held for good, and the pages need the others.
        let mut watcher = readers.acquire().await?.detach();
        let mut seen = None;
        loop {
            let version: i64 = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut watcher).await?;
            if seen != Some(version) {
                self.announce_all().await?;
                if seen.is_none() {
                    tracing::debug!("{FOLLOWING}");
                }
                seen = Some(version);
            }
            tokio::time::sleep(POLL).await;
        }
    }

    async fn listen_on(&self, pool: &PgPool) -> Result<(), StoreError> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(dialect::CHANNEL).await?;
        // What changed before the listening began.
        self.announce_all().await?;
        tracing::debug!("{FOLLOWING}");
        loop {
            match listener.try_recv().await? {
                Some(notification) => {
                    if notification.payload() == JOBS {
                        self.db.changes.wake_jobs();
                    } else if let Some(change) = read_payload(notification.payload()) {
                        self.db.changes.announce(change);
                    }
                }
                // The connection was lost and is there again; nobody knows what was said meanwhile.
                None => self.announce_all().await?,
            }
        }
    }
}

/// The revision of every account.
pub(crate) async fn revisions(conn: &mut Conn) -> Result<Vec<Change>, StoreError> {
    let rows = fetch_all!(conn, (i64, i64), "SELECT account_id, revision FROM accounts")?;
    Ok(rows.into_iter().map(|(account, revision)| Change { account, revision }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        accounts,
        support::{both_engines, call, send, shop},
    };

    both_engines! {
        async fn a_commit_is_announced_and_a_rollback_is_not(db) {
            let scope = shop(&db, "a").await;
            let mut changes = db.changes();
            let mut conn = db.write().await.unwrap();
            accounts::changed(&mut conn, &scope).await.unwrap();
            drop(conn);
            assert!(changes.try_recv().is_err(), "what was rolled back did not happen");

            let mut conn = db.write().await.unwrap();
            accounts::changed(&mut conn, &scope).await.unwrap();
            conn.commit().await.unwrap();
            let change = changes.try_recv().unwrap();
            assert_eq!(change.account, scope.account());
            let mut conn = db.read().await.unwrap();
            assert_eq!(change.revision, accounts::revision(&mut conn, &scope).await.unwrap());
            db.announce(change);
            assert!(changes.try_recv().is_err(), "it is not said twice");
        }

        async fn what_another_process_stores_is_announced_here(db) {
            let scope = shop(&db, "a").await;
            // The same database, as another process has it: nothing but the database between them.
            let here = Db { changes: Arc::default(), listening: Arc::default(), ..db.clone() };
            let mut changes = here.changes();
            here.listen();
            let first = changes.recv().await.unwrap();
            assert_eq!(first.account, scope.account(), "what was there when the listening began");
            send(&db, &scope, vec![call("c-1").talked(31_000)]).await;
            let next = changes.recv().await.unwrap();
            assert!(next.account == scope.account() && next.revision > first.revision);

            // The task ends with the database: nothing keeps the channel open.
            drop(here);
            while changes.recv().await.is_ok() {}
        }
    }

    #[test]
    fn a_payload_is_an_account_and_a_revision() {
        assert_eq!(read_payload("7:42"), Some(Change { account: 7, revision: 42 }));
        assert_eq!(read_payload("7"), None);
        assert_eq!(read_payload("a:b"), None);
    }
}
