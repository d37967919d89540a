//! The database as one request has it: one connection, one snapshot.

use std::{
    any::Any,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use futures::future::BoxFuture;
use tokio::sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard};

use crate::{
    Conn, Db, SerialDb, StoreError,
    db::{BUSY, LAST_TRY, QUEUE},
};

/// The queue for read connections, fair between accounts.
pub trait ReadQueue: fmt::Debug + Send + Sync {
    /// Resolves with a permit, or with none where it did not come in time.
    fn acquire(&self) -> BoxFuture<'_, Option<ReadPermit>>;
}

/// A permit of a [`ReadQueue`]: it ends when it is dropped, with the connection.
pub type ReadPermit = Box<dyn Any + Send + Sync>;

/// What one request reads with. The snapshot begins with the first read (of who asks) and is the only one: what a page shows
/// cannot come from two states, and a request never waits for a second connection while it holds one, which would stop
/// the server as soon as as many requests come as there are connections.
#[derive(Debug)]
pub struct RequestDb {
    db: Db,
    line: Option<Box<dyn ReadQueue>>,
    snapshot: Arc<Mutex<Option<Conn>>>,
    is_over: AtomicBool,
    /// How long it may wait for the database in all: several waits of the longest each would come to a minute.
    patience: Duration,
    /// How long it has waited, in microseconds.
    waited: AtomicU64,
    /// Whether it has a connection now.
    is_held: Arc<AtomicBool>,
}

/// So many times its patience, a reader of a page waits for the others: a minute.
const TURNS: u32 = 6;

/// That a request has a connection: as long as the connection lives.
struct Held(Arc<AtomicBool>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.store(false, SeqCst);
    }
}

/// The snapshot of a request, while one of its readers has it.
pub type SnapshotGuard = OwnedMappedMutexGuard<Option<Conn>, Conn>;

/// Ends a request's use of the database when it is dropped: with the answer, or when the reader has left and the request is
/// dropped in the middle. What a page still does in tasks of its own finds it over, and holds no connection.
#[derive(Debug)]
pub struct RequestEnd(Arc<RequestDb>);

impl Drop for RequestEnd {
    fn drop(&mut self) {
        self.0.is_over.store(true, SeqCst);
        let snapshot = Arc::clone(&self.0.snapshot);
        if let Ok(mut snapshot) = self.0.snapshot.try_lock() {
            *snapshot = None;
        } else {
            // Somebody is reading: it ends after that.
            tokio::spawn(async move { *snapshot.lock().await = None });
        }
    }
}

impl RequestDb {
    /// Nothing is opened yet.
    pub fn new(db: Db) -> Self {
        Self::with_patience(db, BUSY)
    }

    fn with_patience(db: Db, patience: Duration) -> Self {
        let (snapshot, is_over, waited) = (Arc::default(), AtomicBool::new(false), AtomicU64::new(0));
        Self { db: db.for_requests(), line: None, snapshot, is_over, patience, waited, is_held: Arc::default() }
    }

    /// Whenever it begins to read, it waits here first: that is not of its patience, since it keeps nothing from anybody.
    #[must_use]
    pub fn in_line(self, line: Box<dyn ReadQueue>) -> Self {
        Self { line: Some(line), ..self }
    }

    /// What is left of its patience. One that has none left still gets what is there at once.
    fn left(&self) -> Duration {
        let waited = Duration::from_micros(self.waited.load(SeqCst));
        self.patience.saturating_sub(waited).max(LAST_TRY)
    }

    async fn waiting<T>(&self, begin: impl Future<Output = T>) -> T {
        let since = Instant::now();
        let outcome = begin.await;
        self.waited.fetch_add(since.elapsed().as_micros() as u64, SeqCst);
        outcome
    }

    /// Whoever has one connection and waited for another would stop the server as soon as as many did as there are connections: who asks
    /// for a second one is refused at once, whether there is one or not.
    fn hold(&self) -> Result<ReadPermit, StoreError> {
        if self.is_held.swap(true, SeqCst) {
            return Err(StoreError::SecondConnection);
        }
        Ok(Box::new(Held(Arc::clone(&self.is_held))))
    }

    async fn begin_read(&self) -> Result<Conn, StoreError> {
        // Before the line, where others of the account may be waited for.
        let held = self.hold()?;
        let turn = match &self.line {
            Some(line) => Some(line.acquire().await.ok_or(sqlx::Error::PoolTimedOut)?),
            None => None,
        };
        let mut conn = self.waiting(Box::pin(self.db.read_within(self.left()))).await?;
        conn.turn = Some(Box::new((held, turn)));
        Ok(conn)
    }

    async fn begin_write(&self, begin: impl Future<Output = Result<Conn, StoreError>>) -> Result<Conn, StoreError> {
        self.release().await;
        let held = self.hold()?;
        let mut conn = begin.await?;
        conn.turn = Some(held);
        Ok(conn)
    }

    /// Whoever holds this ends the request's use of the database by dropping it.
    #[must_use]
    pub fn ends_with(self: &Arc<Self>) -> RequestEnd {
        RequestEnd(Arc::clone(self))
    }

    /// The request's snapshot. Readers of one request that run at once (the resources of a page) take turns.
    ///
    /// # Errors
    /// [`StoreError::RequestOver`] where the answer is made, or its reader has left; [`StoreError::SecondConnection`] after a minute, as
    /// whoever has it longer than that waits for it themselves.
    pub async fn read(&self) -> Result<SnapshotGuard, StoreError> {
        // Another reader of the page holds it for as long as it reads. One that asked again while it has it would wait for itself.
        let locking = Arc::clone(&self.snapshot).lock_owned();
        let locked = tokio::time::timeout(TURNS * self.patience, locking).await;
        let mut guard = locked.map_err(|_| StoreError::SecondConnection)?;
        if self.is_over.load(SeqCst) {
            *guard = None;
            return Err(StoreError::RequestOver);
        }
        if guard.is_none() {
            *guard = Some(self.begin_read().await?);
        }
        OwnedMutexGuard::try_map(guard, Option::as_mut).map_err(|_| StoreError::RequestOver)
    }

    /// The snapshot for one reader alone, who decides when it ends.
    ///
    /// # Errors
    /// [`StoreError::SecondConnection`] where one has it still, or writes.
    pub async fn take(&self) -> Result<Conn, StoreError> {
        let taken = self.snapshot.lock().await.take();
        match taken {
            Some(conn) => Ok(conn),
            None => self.begin_read().await,
        }
    }

    /// Begins a transaction that writes, after the snapshot was let go.
    ///
    /// # Errors
    /// [`StoreError::SecondConnection`] where the request still has the one that it [took](Self::take) or writes with.
    pub async fn write(&self) -> Result<Conn, StoreError> {
        self.begin_write(self.waiting(Box::pin(self.db.write_within(self.left())))).await
    }

    /// As [`Self::write`], in the line of those who write much: a batch waits for the ones before it as long as these take.
    pub async fn write_in_line(&self) -> Result<Conn, StoreError> {
        self.begin_write(self.db.write_within(QUEUE)).await
    }

    /// Lets the snapshot go: what follows takes long and reads nothing, or reads the present state.
    pub async fn release(&self) {
        *self.snapshot.lock().await = None;
    }

    /// The database for work that outlives the request or is done in slices with a snapshot each, one connection at a time. The request's
    /// snapshot is let go first.
    ///
    /// # Errors
    /// [`StoreError::SecondConnection`] where the request still has a connection that it [took](Self::take) or writes with.
    pub async fn serial(&self) -> Result<SerialDb, StoreError> {
        self.release().await;
        if self.is_held.load(SeqCst) {
            return Err(StoreError::SecondConnection);
        }
        Ok(SerialDb::from(&self.db))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        accounts,
        support::{both_engines, call, send, shop},
    };

    fn in_use(db: &Db) -> u32 {
        db.pools().iter().map(|pool| pool.open - pool.idle).sum()
    }

    both_engines! {
        async fn a_request_reads_one_snapshot_whatever_is_stored_meanwhile(db) {
            let scope = shop(&db, "a").await;
            let request = RequestDb::new(db.clone());
            let before = accounts::revision(&mut request.read().await.unwrap(), &scope).await.unwrap();
            send(&db, &scope, vec![call("c-1").talked(31_000)]).await;
            assert_eq!(accounts::revision(&mut request.read().await.unwrap(), &scope).await.unwrap(), before);
            let mut taken = request.take().await.unwrap();
            assert_eq!(accounts::revision(&mut taken, &scope).await.unwrap(), before);
            drop(taken);
            assert!(accounts::revision(&mut request.read().await.unwrap(), &scope).await.unwrap() > before);
        }

        async fn a_request_has_one_connection_whoever_asks_for_another(db) {
            let request = RequestDb::new(db.clone());
            let is_second = |outcome: Result<Conn, StoreError>| matches!(outcome, Err(StoreError::SecondConnection));
            let taken = request.take().await.unwrap();
            assert!(is_second(request.take().await) && is_second(request.write().await));
            assert!(matches!(request.read().await, Err(StoreError::SecondConnection)));
            assert!(matches!(request.serial().await, Err(StoreError::SecondConnection)));
            drop(taken);
            let writing = request.write().await.unwrap();
            assert!(is_second(request.take().await) && is_second(request.write_in_line().await));
            writing.commit().await.unwrap();
            // What the readers of a page share is one.
            drop(request.read().await.unwrap());
            drop(request.read().await.unwrap());
            drop(request.take().await.unwrap());
            // What goes on step by step begins without it.
            drop(request.read().await.unwrap());
            let mut serial = request.serial().await.unwrap();
            drop(serial.read().await.unwrap());
            serial.write().await.unwrap();
        }

        async fn who_reads_twice_at_once_is_told_and_does_not_wait_for_ever(db) {
            let request = RequestDb::with_patience(db.clone(), Duration::from_millis(5));
            let reading = request.read().await.unwrap();
            assert!(matches!(request.read().await, Err(StoreError::SecondConnection)));
            drop(reading);
            drop(request.read().await.unwrap());
        }

        async fn who_waits_for_a_lock_too_long_is_told(db) {
            let scope = shop(&db, "a").await;
            let take = async |conn: &mut Conn| accounts::take_keys(conn, &scope, 0).await;
            let mut holder = db.write().await.unwrap();
            take(&mut holder).await.unwrap();
            let request = RequestDb::with_patience(db.clone(), Duration::from_millis(50));
            let waits = async { take(&mut request.write().await?).await };
            let error = waits.await.unwrap_err();
            assert_eq!(error.outage(), Some(crate::Outage::Busy), "{error}");
            holder.commit().await.unwrap();
            take(&mut db.write().await.unwrap()).await.unwrap();
        }

        async fn what_a_request_has_waited_for_one_thing_it_does_not_wait_for_the_next(db) {
            let request = RequestDb::with_patience(db.clone(), Duration::from_millis(50));
            // Every connection is taken.
            let limits = db.pools();
            let mut held = Vec::new();
            for _ in 0..limits[0].limit {
                held.push(db.read().await.unwrap());
            }
            for _ in 0..3 {
                let error = request.read().await.unwrap_err();
                assert_eq!(error.outage(), Some(crate::Outage::Busy), "{error}");
                assert_eq!(request.left(), LAST_TRY);
            }
            drop(held);
            while in_use(&db) > 0 {
                tokio::task::yield_now().await;
            }
        }

        async fn a_request_that_is_dropped_in_the_middle_keeps_no_connection(db) {
            let scope = shop(&db, "a").await;
            let request = Arc::new(RequestDb::new(db.clone()));
            let end = request.ends_with();
            // A task of the page goes on when its reader has left, and keeps the request alive.
            let mut reading = request.read().await.unwrap();
            drop(end);
            accounts::revision(&mut reading, &scope).await.unwrap();
            drop(reading);
            assert!(matches!(request.read().await, Err(StoreError::RequestOver)));
            // A connection goes back to its pool in a task.
            while in_use(&db) > 0 {
                tokio::task::yield_now().await;
            }
        }
    }
}
