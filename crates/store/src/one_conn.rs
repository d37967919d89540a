//! One connection at a time, as a matter of types: what is asked for a connection is borrowed while it lives.

use std::{
    marker::PhantomData,
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use crate::{Conn, Cost, Db, PoolState, StoreError};

/// A connection that keeps what it was asked of borrowed: whoever has it cannot ask there for another one, and neither can a function
/// that they call.
#[derive(Debug)]
pub struct ConnGuard<'a> {
    conn: Conn,
    from: PhantomData<&'a mut ()>,
}

impl<'a> ConnGuard<'a> {
    /// Borrows `from` for as long as the connection lives.
    pub fn new<T: ?Sized>(_from: &'a mut T, conn: Conn) -> Self {
        Self { conn, from: PhantomData }
    }

    /// As [`Conn::commit`].
    ///
    /// # Errors
    /// Where the database does not take it.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.conn.commit().await
    }
}

impl Deref for ConnGuard<'_> {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for ConnGuard<'_> {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

/// The database for work that goes on after its request, or in steps with a snapshot each. It cannot be cloned, and each connection
/// borrows it: so a second one cannot be waited for while the first is held, which would stop the server as soon as as many did so as
/// there are connections.
#[derive(Debug)]
pub struct SerialDb(Db);

impl From<Db> for SerialDb {
    fn from(db: Db) -> Self {
        Self(db)
    }
}

impl From<&Db> for SerialDb {
    fn from(db: &Db) -> Self {
        Self(db.clone())
    }
}

impl SerialDb {
    /// As [`Db::read`].
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn read(&mut self) -> Result<ConnGuard<'_>, StoreError> {
        let conn = self.0.read().await?;
        Ok(ConnGuard::new(self, conn))
    }

    /// As [`Db::write`].
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write(&mut self) -> Result<ConnGuard<'_>, StoreError> {
        let conn = self.0.write().await?;
        Ok(ConnGuard::new(self, conn))
    }

    /// As [`Db::check_writable`].
    ///
    /// # Errors
    /// As [`Db::check_writable`].
    pub async fn check_writable(&mut self, patience: Duration) -> Result<(), StoreError> {
        self.0.check_writable(patience).await
    }

    /// As [`Db::pools`].
    pub fn pools(&self) -> Vec<PoolState> {
        self.0.pools()
    }

    /// For work that is of no request any more: what it costs is counted in `cost`.
    #[must_use]
    pub fn counting(self, cost: &Arc<Cost>) -> Self {
        Self(self.0.for_requests().counting(cost))
    }

    /// One snapshot after the other.
    #[must_use]
    pub fn snapshots(self) -> Snapshots {
        Snapshots { db: self, conn: None }
    }
}

/// One snapshot after the other: when the next begins, the one before has been let go.
#[derive(Debug)]
pub struct Snapshots {
    db: SerialDb,
    conn: Option<Conn>,
}

impl Snapshots {
    /// The present snapshot; the first one begins here.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn present(&mut self) -> Result<&mut Conn, StoreError> {
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => self.db.0.read().await?,
        };
        Ok(self.conn.insert(conn))
    }

    /// Lets the present one go: the next read begins another.
    pub fn end(&mut self) {
        self.conn = None;
    }
}
