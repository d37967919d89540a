//! The database as one request has it: one connection, one snapshot.

use std::sync::Arc;
use tokio::sync::{Mutex, MutexGuard, OwnedMappedMutexGuard, OwnedMutexGuard};

use crate::{Conn, Db, StoreError};

/// What one request reads with. The snapshot begins with the first read (of who asks) and is the only one: what a page shows
/// cannot come from two states, and a request never waits for a second connection while it holds one, which would stop
/// the server as soon as as many requests come as there are connections.
#[derive(Debug)]
pub struct RequestDb {
    db: Db,
    snapshot: Arc<Mutex<Option<Conn>>>,
}

/// The snapshot of a request, while one of its readers has it.
pub type SnapshotGuard = OwnedMappedMutexGuard<Option<Conn>, Conn>;

impl RequestDb {
    /// Nothing is opened yet.
    pub fn new(db: Db) -> Self {
        Self { db, snapshot: Arc::default() }
    }

    /// The request's snapshot. Readers of one request that run at once (the resources of a page) take turns.
    pub async fn read(&self) -> Result<SnapshotGuard, StoreError> {
        let mut guard = Arc::clone(&self.snapshot).lock_owned().await;
        if guard.is_none() {
            *guard = Some(self.db.read().await?);
        }
        OwnedMutexGuard::try_map(guard, Option::as_mut)
            .map_err(|_| StoreError::Broken("the snapshot of a request is gone".to_owned()))
    }

    /// The snapshot for one reader alone, who decides when it ends.
    pub async fn take(&self) -> Result<Conn, StoreError> {
        match self.snapshot.lock().await.take() {
            Some(conn) => Ok(conn),
            None => self.db.read().await,
        }
    }

    /// Begins a transaction that writes, after the snapshot was let go.
    pub async fn write(&self) -> Result<Conn, StoreError> {
        self.release().await;
        self.db.write().await
    }

    /// Lets the snapshot go: what follows takes long and reads nothing, or reads the present state.
    pub async fn release(&self) {
        let mut guard: MutexGuard<'_, Option<Conn>> = self.snapshot.lock().await;
        *guard = None;
    }

    /// The database itself, for work that outlives the request or is done in slices with a snapshot each.
    pub async fn into_db(&self) -> Db {
        self.release().await;
        self.db.clone()
    }
}
