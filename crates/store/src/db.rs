//! The database: one of two engines behind one interface.
//!
//! A [`Conn`] is always inside a transaction: a reader sees one snapshot, so the figures of one report agree with
//! each other; a writer commits everything or nothing.

mod opening;

pub use self::opening::FoundDatabase;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, PgPool, Postgres, SqlSafeStr, Sqlite, SqlitePool, Transaction, pool::PoolConnection};

use crate::{
    StoreError,
    cost::Cost,
    live::{Change, ChangeChannel, Listening},
    readiness::Shortage,
    request::ReadPermit,
};

/// How long a connection, or the lock of a writer in another process, is waited for; and how long a request waits in all.
pub(crate) const BUSY: Duration = Duration::from_secs(10);
/// How long batches and jobs on SQLite wait for the writers of this process, whose batches may be large.
pub(crate) const QUEUE: Duration = Duration::from_mins(1);
/// How long a statement of a request may take on PostgreSQL, locks that it waits for not counted.
const STATEMENT: Duration = Duration::from_secs(20);
/// How long the lock is waited for by who has waited for a connection as long as it may.
pub(crate) const LAST_TRY: Duration = Duration::from_millis(100);

/// Connections of a pool unless the operator says otherwise.
const CONNECTIONS: u32 = 10;

/// How a database is opened.
#[derive(Debug, Clone, Copy)]
pub struct DbOptions {
    /// Connections at most: on PostgreSQL all of them, on SQLite those that read beside the one that writes. At least 2.
    pub connections: u32,
}

impl Default for DbOptions {
    fn default() -> Self {
        Self { connections: CONNECTIONS }
    }
}

/// A database of Ringside. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    pub(crate) pools: Pools,
    pub(crate) changes: Arc<ChangeChannel>,
    pub(crate) listening: Arc<Listening>,
    pub(crate) cost: Arc<Cost>,
    pub(crate) shortage: Arc<Shortage>,
    pub(crate) patience: DatabasePatience,
}

/// How long the database may keep those waiting who work with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DatabasePatience {
    /// For a connection to read with.
    read: Duration,
    /// For a connection to write with, and the lock.
    write: Duration,
    /// For the end of a statement, locks not counted; only PostgreSQL ends it then. None: as long as it takes.
    statement: Option<Duration>,
}

impl DatabasePatience {
    /// For jobs and commands.
    const OF_WORK: Self = Self { read: BUSY, write: QUEUE, statement: None };
    /// For requests.
    const OF_REQUESTS: Self = Self { read: BUSY, write: BUSY, statement: Some(STATEMENT) };
}

/// How many connections are open, and how many of them nobody uses now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolState {
    /// Which pool: `all` on PostgreSQL, `readers` and `writer` on SQLite.
    pub name: &'static str,
    /// Connections that may be open.
    pub limit: u32,
    /// Connections that are open.
    pub open: u32,
    /// Of them, those that nobody uses.
    pub idle: u32,
}

#[derive(Clone, Debug)]
pub(crate) enum Pools {
    /// One writer, since SQLite has one; and readers that never wait for it (WAL).
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
        /// Begins and ends of the writer's transactions.
        transactions: Arc<Transactions>,
    },
    Postgres(PgPool),
}

/// A connection inside a transaction. Its [`commit`](Conn::commit) announces what it changed.
#[derive(Debug)]
pub struct Conn {
    pub(crate) tx: Tx,
    /// Whether the database is in this process or behind a socket of this machine.
    pub(crate) is_local: bool,
    pub(crate) cost: Arc<Cost>,
    shortage: Arc<Shortage>,
    changes: Arc<ChangeChannel>,
    changed: Option<Change>,
    wakes_jobs: bool,
    writing: Option<OpenWriter>,
    /// The place in its account's queue, which is free for others once the connection is dropped.
    pub(crate) turn: Option<ReadPermit>,
}

/// Counts begins and ends of the transactions of an embedded database's writer, and who waits for it.
#[derive(Debug, Default)]
pub(crate) struct Transactions {
    borders: AtomicU64,
    waiting: AtomicU64,
}

impl Transactions {
    /// How many begins and ends there were: odd while there is a transaction, as opposed to waiting for somebody else's.
    pub(crate) fn count(&self) -> u64 {
        self.borders.load(SeqCst)
    }
}

/// Somebody who waits for the writer, until it is dropped.
struct WaitingWriter<'a>(&'a Transactions);

impl<'a> WaitingWriter<'a> {
    fn begun(transactions: &'a Transactions) -> Self {
        transactions.waiting.fetch_add(1, SeqCst);
        Self(transactions)
    }
}

impl Drop for WaitingWriter<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, SeqCst);
    }
}

/// Counts the begin, and the end when it is dropped.
#[derive(Debug)]
struct OpenWriter(Arc<Transactions>);

impl OpenWriter {
    fn begun(transactions: &Arc<Transactions>) -> Self {
        transactions.borders.fetch_add(1, SeqCst);
        Self(Arc::clone(transactions))
    }
}

impl Drop for OpenWriter {
    fn drop(&mut self) {
        self.0.borders.fetch_add(1, SeqCst);
    }
}

#[derive(Debug)]
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Opens the database at `address` (`sqlite://FILE`, created if it is not there, or `postgres://…`) and brings its
    /// schema up to date.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        Self::open_with(address, DbOptions::default()).await
    }

    /// As [`Self::open`], with the pool and its patience as the operator has set them; fewer than two connections count as two.
    pub async fn open_with(address: &str, options: DbOptions) -> Result<Self, StoreError> {
        let connections = options.connections.max(2);
        let mut shortage = Arc::<Shortage>::default();
        let pools = if let Some(file) = address.strip_prefix("sqlite:") {
            let file = file.trim_start_matches("//");
            shortage = Arc::new(Shortage::of_file(Path::new(file.split('?').next().unwrap_or(file))));
            opening::sqlite(address, file, connections, &shortage).await?
        } else if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            opening::postgres(address, connections).await?
        } else {
            return Err(StoreError::Address(opening::without_password(address)));
        };
        let patience = DatabasePatience::OF_WORK;
        Ok(Self { pools, changes: Arc::default(), listening: Arc::default(), cost: Arc::default(), shortage, patience })
    }

    /// What is at an address, found without changing it or its schema. `None`: there is no such file yet.
    ///
    /// # Errors
    /// Where it cannot be reached or read, or asks for another password.
    pub async fn look(address: &str) -> Result<Option<FoundDatabase>, StoreError> {
        opening::look(address).await
    }

    /// The same database, whose transactions add what they cost to `cost`.
    #[must_use]
    pub fn counting(&self, cost: &Arc<Cost>) -> Self {
        Self { cost: Arc::clone(cost), ..self.clone() }
    }

    /// The same database for those who wait for an answer: it keeps them waiting for 10 s at most, for a connection and for
    /// the locks of others, and on PostgreSQL no statement of theirs runs on for ever.
    #[must_use]
    pub fn for_requests(&self) -> Self {
        Self { patience: DatabasePatience::OF_REQUESTS, ..self.clone() }
    }

    /// Begins a read-only transaction that sees one snapshot.
    ///
    /// # Errors
    /// Where no connection comes free in time it is an [outage](StoreError::outage), [`Busy`](crate::Outage::Busy).
    pub async fn read(&self) -> Result<Conn, StoreError> {
        self.read_within(self.patience.read).await
    }

    /// As [`Self::read`], for who can wait so long.
    pub async fn read_within(&self, patience: Duration) -> Result<Conn, StoreError> {
        let since = Instant::now();
        let tx = self.pools.begin_read(patience, self.patience.statement).await;
        self.cost.waited(since.elapsed());
        Ok(self.conn(tx?, None))
    }

    /// Begins a transaction that writes. What is not committed is rolled back.
    ///
    /// # Errors
    /// As [`Self::read`]; of the locks of others, too, on PostgreSQL when the statement comes that needs them.
    pub async fn write(&self) -> Result<Conn, StoreError> {
        self.write_within(self.patience.write).await
    }

    /// As [`Self::write`], for who can wait so long.
    pub async fn write_within(&self, patience: Duration) -> Result<Conn, StoreError> {
        let since = Instant::now();
        let tx = self.pools.begin_write(patience, self.patience.statement).await;
        self.cost.waited(since.elapsed());
        let tx = self.shortage.noted(tx.map_err(StoreError::from))?;
        let writing = match &self.pools {
            Pools::Sqlite { transactions, .. } => Some(OpenWriter::begun(transactions)),
            Pools::Postgres(_) => None,
        };
        Ok(self.conn(tx, writing))
    }

    fn conn(&self, tx: Tx, writing: Option<OpenWriter>) -> Conn {
        Conn {
            tx,
            is_local: self.pools.is_local(),
            cost: Arc::clone(&self.cost),
            shortage: Arc::clone(&self.shortage),
            changes: Arc::clone(&self.changes),
            changed: None,
            wakes_jobs: false,
            writing,
            turn: None,
        }
    }

    /// The pools as they are now, for monitoring.
    pub fn pools(&self) -> Vec<PoolState> {
        fn state<D: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<D>) -> PoolState {
            let limit = pool.options().get_max_connections();
            PoolState { name, limit, open: pool.size(), idle: u32::try_from(pool.num_idle()).unwrap_or(u32::MAX) }
        }
        match &self.pools {
            Pools::Sqlite { writer, readers, .. } => vec![state("readers", readers), state("writer", writer)],
            Pools::Postgres(pool) => vec![state("all", pool)],
        }
    }

    /// Whether the database is embedded in a file.
    pub fn is_sqlite(&self) -> bool {
        matches!(self.pools, Pools::Sqlite { .. })
    }

    /// Writes a consistent copy of an embedded database to a new file, while it is in use.
    ///
    /// # Errors
    /// On PostgreSQL (which has `pg_dump`), and where the file exists or cannot be written.
    pub async fn backup(&self, file: &Path) -> Result<(), StoreError> {
        let named = file.display().to_string();
        let invalid = |reason: &str| StoreError::Invalid(domain::FieldError::new(named.as_str(), reason));
        let Pools::Sqlite { readers, .. } = &self.pools else {
            return Err(invalid("cannot be written: the database is PostgreSQL; use pg_dump"));
        };
        if file.exists() {
            return Err(invalid("exists already"));
        }
        let path = file.to_str().ok_or_else(|| invalid("is not valid UTF-8"))?;
        sqlx::query("VACUUM INTO $1").bind(path).execute(readers).await?;
        Ok(())
    }

    /// Empties the log (WAL) of an embedded database into its file, so that pages of before a deletion are nowhere: the log keeps each
    /// until it is written over. Gives whether that is done; it is not where somebody reads an earlier state for so long that the wait
    /// for them ends. PostgreSQL takes what is deleted out by its own vacuum, and nothing is done.
    ///
    /// # Errors
    /// Where the writing connection does not come free in time, or the disk fails.
    pub async fn empty_log(&self) -> Result<bool, StoreError> {
        let Pools::Sqlite { writer, .. } = &self.pools else { return Ok(true) };
        let mut conn = writer.acquire().await?;
        let patience = format!("PRAGMA busy_timeout = {}", self.patience.write.as_millis());
        sqlx::raw_sql(AssertSqlSafe(patience)).execute(&mut *conn).await?;
        let (is_busy, _, _): (i64, i64, i64) =
            sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *conn).await?;
        Ok(is_busy == 0)
    }

    /// Closes all connections, so that SQLite writes its log back into the file.
    pub async fn close(&self) {
        self.listening.stop();
        match &self.pools {
            Pools::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

impl Pools {
    async fn begin_read(&self, patience: Duration, statement: Option<Duration>) -> Result<Tx, sqlx::Error> {
        match self {
            Self::Sqlite { readers, .. } => in_time(patience, readers.begin()).await.map(Tx::Sqlite),
            Self::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                in_time(patience, begin_postgres(pool, begin, None, statement)).await
            }
        }
    }

    async fn begin_write(&self, patience: Duration, statement: Option<Duration>) -> Result<Tx, sqlx::Error> {
        match self {
            Self::Sqlite { writer, transactions, .. } => {
                let since = Instant::now();
                let _waiting = WaitingWriter::begun(transactions);
                let conn = in_time(patience, writer.acquire()).await?;
                // The time that the connection was waited for counts: when somebody else has the lock, everybody waits that long
                // together, and not one after the other.
                let left = patience.min(BUSY).saturating_sub(since.elapsed()).max(LAST_TRY);
                begin_immediate(conn, left).await.map(Tx::Sqlite)
            }
            Self::Postgres(pool) => {
                let locks = statement.map(|_| patience);
                in_time(patience, begin_postgres(pool, "BEGIN", locks, statement)).await
            }
        }
    }

    fn is_local(&self) -> bool {
        match self {
            Self::Sqlite { .. } => true,
            Self::Postgres(pool) => pool.connect_options().get_socket().is_some(),
        }
    }
}

impl Conn {
    /// Whether others of this process wait for this transaction to end: SQLite has one writer. On PostgreSQL nobody waits but for the
    /// rows that they change, too.
    pub fn keeps_others_waiting(&self) -> bool {
        self.writing.as_ref().is_some_and(|writing| writing.0.waiting.load(SeqCst) > 0)
    }

    /// Makes what was written durable, and tells the live pages of this process of it.
    pub async fn commit(self) -> Result<(), StoreError> {
        let committed = match self.tx {
            Tx::Sqlite(tx) => tx.commit().await,
            Tx::Postgres(tx) => tx.commit().await,
        };
        self.shortage.noted(committed.map_err(StoreError::from))?;
        if let Some(change) = self.changed {
            self.changes.announce(change);
        }
        if self.wakes_jobs {
            self.changes.wake_jobs();
        }
        Ok(())
    }

    /// Remembers what readiness has to look for.
    pub(crate) fn noted<T>(&self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        self.shortage.noted(outcome)
    }

    /// Remembers that jobs were enqueued: whoever runs them is woken by the commit.
    pub(crate) fn note_jobs(&mut self) {
        self.wakes_jobs = true;
    }

    /// Remembers what to announce after the commit. A transaction changes one account; the last revision counts.
    pub(crate) fn note(&mut self, change: Change) {
        self.changed = Some(change);
    }
}

/// What does not come in time, the pool could not give in time.
fn in_time<T>(
    patience: Duration,
    begin: impl Future<Output = Result<T, sqlx::Error>> + Send,
) -> impl Future<Output = Result<T, sqlx::Error>> + Send {
    // What begins is large, and whatever waits for it would be as large.
    let begin = Box::pin(begin);
    async move { tokio::time::timeout(patience, begin).await.unwrap_or(Err(sqlx::Error::PoolTimedOut)) }
}

/// Begins a transaction that waits so long for each lock, and whose statements may take so long besides. It is said with the
/// `BEGIN`, in one message: what a pooler in front of the server keeps of a connection, another transaction would have, too.
async fn begin_postgres(
    pool: &PgPool,
    begin: &str,
    locks: Option<Duration>,
    statement: Option<Duration>,
) -> Result<Tx, sqlx::Error> {
    let mut begin = begin.to_owned();
    if let Some(locks) = locks {
        begin = format!("{begin}; SET LOCAL lock_timeout = {}", locks.as_millis().max(1));
    }
    if let Some(statement) = statement {
        let longest = statement + locks.unwrap_or_default();
        begin = format!("{begin}; SET LOCAL statement_timeout = {}", longest.as_millis().max(1));
    }
    let conn = pool.acquire().await?;
    // In a task of its own, for who asked may be gone before the answer comes: then sqlx (0.9) takes the connection for one without
    // a transaction and gives it to somebody else, who would read the old snapshot and could write nothing. The task waits for the
    // answer, and what it began is rolled back.
    let task = tokio::spawn(Transaction::begin(conn, Some(AssertSqlSafe(begin).into_sql_str())));
    match task.await {
        Ok(result) => result.map(Tx::Postgres),
        Err(ended) if ended.is_panic() => std::panic::resume_unwind(ended.into_panic()),
        // The program ends.
        Err(_) => Err(sqlx::Error::WorkerCrashed),
    }
}

/// Begins a transaction that writes; waits so long for the lock, which another process may have.
pub(crate) async fn begin_immediate(
    conn: PoolConnection<Sqlite>,
    patience: Duration,
) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
    // IMMEDIATE: a transaction that only later finds out that it must write could not wait for the lock.
    let begin = format!("PRAGMA busy_timeout = {}; BEGIN IMMEDIATE", patience.as_millis());
    Transaction::begin(conn, Some(AssertSqlSafe(begin).into_sql_str())).await
}

/// Runs one SQL text on either engine: `fetch_all!(conn, Shape, sql, bind, …)` → `Result<Vec<Shape>, StoreError>`.
macro_rules! fetch_all {
    ($conn:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {{
        let answer = match &mut $conn.tx {
            $crate::db::Tx::Sqlite(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **tx).await,
            $crate::db::Tx::Postgres(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **tx).await,
        };
        $conn.cost.statement(answer.as_ref().map_or(0, Vec::len));
        $conn.noted(answer.map_err($crate::StoreError::from))
    }};
}

/// As [`fetch_all!`], for at most one row.
macro_rules! fetch_optional {
    ($conn:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {{
        let answer = match &mut $conn.tx {
            $crate::db::Tx::Sqlite(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **tx).await,
            $crate::db::Tx::Postgres(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **tx).await,
        };
        $conn.cost.statement(answer.as_ref().map_or(0, |row| usize::from(row.is_some())));
        $conn.noted(answer.map_err($crate::StoreError::from))
    }};
}

/// As [`fetch_all!`], for exactly one row.
macro_rules! fetch_one {
    ($conn:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {{
        let answer = match &mut $conn.tx {
            $crate::db::Tx::Sqlite(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_one(&mut **tx).await,
            $crate::db::Tx::Postgres(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_one(&mut **tx).await,
        };
        $conn.cost.statement(usize::from(answer.is_ok()));
        $conn.noted(answer.map_err($crate::StoreError::from))
    }};
}

/// As [`fetch_all!`], for a statement that returns no rows; the result counts the rows it changed.
macro_rules! execute {
    ($conn:expr, $sql:expr $(, $bind:expr)* $(,)?) => {{
        let answer = match &mut $conn.tx {
            $crate::db::Tx::Sqlite(tx) => {
                sqlx::query($sql)$(.bind($bind))*.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
            $crate::db::Tx::Postgres(tx) => {
                sqlx::query($sql)$(.bind($bind))*.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
        };
        $conn.cost.statement(0);
        $conn.noted(answer.map_err($crate::StoreError::from))
    }};
}

pub(crate) use {execute, fetch_all, fetch_one, fetch_optional};

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn several_may_open_a_new_database_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/deep/new.db", folder.path().display());
        let opened = futures::future::join_all((0..8).map(|_| Db::open(&address))).await;
        for db in opened {
            let db = db.unwrap();
            db.write().await.unwrap();
            db.close().await;
        }
    }

    #[tokio::test]
    async fn postgres_ends_a_statement_of_a_request_that_takes_too_long() {
        crate::support::on_postgres(async |db| {
            let statement = Some(Duration::from_millis(50));
            let hasty = Db { patience: DatabasePatience { statement, ..DatabasePatience::OF_REQUESTS }, ..db.clone() };
            for conn in [hasty.read().await, hasty.write_within(Duration::from_millis(50)).await] {
                let mut conn = conn.unwrap();
                let error = execute!(conn, "SELECT pg_sleep(600)").unwrap_err();
                assert_eq!(error.outage(), Some(crate::Outage::Busy), "{error}");
            }
            // The next who gets the connection has time.
            let mut conn = db.write().await.unwrap();
            execute!(conn, "SELECT pg_sleep(0.2)").unwrap();
        })
        .await;
    }
}
