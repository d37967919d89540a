//! Whether something could be stored now.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

use rustix::io::Errno;
use tokio::time::timeout;

use crate::{
    Db, Outage, StoreError,
    db::{Pools, begin_immediate},
};

/// What is written on SQLite: six megabytes, more than its page cache holds, so that two of them go to the log before they are
/// rolled back. A disk that is nearly full is found by somebody whose data it is not.
const FILL: &str = "CREATE TABLE readiness (filling BLOB); INSERT INTO readiness VALUES (zeroblob(6291456))";
/// What is written on PostgreSQL: it changes no row, and is refused where none may be changed.
const TOUCH: &str = "UPDATE accounts SET name = name WHERE false";
/// What is written besides after something was refused for want of room: six megabytes that are not packed, in a table that is
/// gone with the transaction. Not always: each time it goes to that server's log.
const FILL_POSTGRES: &str = "CREATE TABLE readiness (filling TEXT);
    ALTER TABLE readiness ALTER COLUMN filling SET STORAGE EXTERNAL;
    INSERT INTO readiness VALUES (repeat('x', 6291456))";

/// Whether something was refused for want of room, and none was found since.
#[derive(Debug, Default)]
pub(crate) struct Shortage {
    is_known: AtomicBool,
    /// Whether something was refused since it may not be written, and no connection was made anew since.
    was_read_only: AtomicBool,
    /// The file of an embedded database.
    file: Option<PathBuf>,
}

/// The code of SQLite for a write that failed: what it was, only the system tells.
const WRITE_FAILED: &str = "778";

impl Shortage {
    /// Of a database in this file.
    pub(crate) fn of_file(file: &Path) -> Self {
        Self { file: Some(file.to_owned()), ..Self::default() }
    }

    /// Whether a connection that writes is to be made anew: SQLite opens a file only to read it where it may not be written to, and
    /// goes on so for as long as the connection lasts.
    pub(crate) fn takes_connection(&self) -> bool {
        self.was_read_only.swap(false, Relaxed)
    }

    /// An error of the file, told apart from a disk without room where the file may not be written to.
    fn told_apart(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::Statement(error)
                if error
                    .as_database_error()
                    .and_then(sqlx::error::DatabaseError::code)
                    .is_some_and(|code| code == WRITE_FAILED)
                    && self.is_read_only() =>
            {
                StoreError::FileReadOnly(error)
            }
            error => error,
        }
    }

    /// Whether the file of the database or that of its log may not be written to: looked at by their rights. Whoever opened and closed
    /// them would take the engine's locks away.
    fn is_read_only(&self) -> bool {
        let Some(file) = &self.file else { return false };
        let mut log = file.clone().into_os_string();
        log.push("-wal");
        let refused = |file: &Path| {
            let may = rustix::fs::access(file, rustix::fs::Access::WRITE_OK);
            matches!(may, Err(Errno::ROFS | Errno::PERM | Errno::ACCESS))
        };
        refused(file) || refused(Path::new(&log))
    }

    /// Remembers an outcome that tells of it.
    pub(crate) fn noted<T>(&self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        let outcome = outcome.map_err(|error| self.told_apart(error));
        match outcome.as_ref().err().and_then(StoreError::outage) {
            Some(Outage::Full) => self.is_known.store(true, Relaxed),
            Some(Outage::ReadOnly) => self.was_read_only.store(true, Relaxed),
            _ => {}
        }
        outcome
    }
}

impl Db {
    /// Begins a transaction that writes, writes, and rolls back: it leaves everything as it is.
    ///
    /// It finds a disk without room for a large batch: on SQLite always; on PostgreSQL, whose own monitoring tells before, once
    /// something was refused for want of it, until there is room again.
    ///
    /// # Errors
    /// What keeps everybody from writing now, after about `patience` at the latest. That this process has been writing all the
    /// while is none.
    pub async fn check_writable(&self, patience: Duration) -> Result<(), StoreError> {
        let since = Instant::now();
        match &self.pools {
            Pools::Sqlite { writer, transactions, .. } => {
                let before = transactions.count();
                let conn = match timeout(patience, writer.acquire()).await {
                    Ok(conn) => conn?,
                    // Others have the connection. They write, or they wait for a lock, too.
                    Err(_) if transactions.count() % 2 == 1 || transactions.count() != before => return Ok(()),
                    Err(_) => return Err(sqlx::Error::PoolTimedOut.into()),
                };
                let fill = async {
                    let mut tx = begin_immediate(conn, patience.saturating_sub(since.elapsed())).await?;
                    sqlx::raw_sql(FILL).execute(&mut *tx).await?;
                    Ok::<_, StoreError>(tx.rollback().await?)
                };
                self.shortage.noted(fill.await)?;
            }
            Pools::Postgres(pool) => {
                let touch = async {
                    let mut tx = pool.begin().await?;
                    sqlx::raw_sql(TOUCH).execute(&mut *tx).await?;
                    if self.shortage.is_known.load(Relaxed) {
                        let filled = sqlx::raw_sql(FILL_POSTGRES).execute(&mut *tx).await.map_err(StoreError::from);
                        match filled {
                            Err(error) if error.outage().is_some() => return Err(error),
                            // Somebody who may make no tables cannot find out, and is not kept from working by that.
                            _ => self.shortage.is_known.store(false, Relaxed),
                        }
                    }
                    Ok(tx.rollback().await?)
                };
                let touched = timeout(patience, touch).await.map_err(|_| sqlx::Error::PoolTimedOut)?;
                self.shortage.noted(touched)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sqlx::{Connection, SqliteConnection};

    use crate::{
        Db, Outage, StoreError, accounts,
        db::{Pools, execute},
        live,
        support::{both_engines, on_sqlite, shop},
    };

    const LONG: Duration = Duration::from_mins(1);

    async fn accounts_stored(db: &Db) -> usize {
        live::revisions(&mut db.read().await.unwrap()).await.unwrap().len()
    }

    fn outage<T>(outcome: Result<T, StoreError>) -> Option<Outage> {
        outcome.map(drop).expect_err("it cannot be written to").outage()
    }

    /// Lets the file grow no more: what a full disk looks like to SQLite. It holds for the connection that has it.
    async fn fill(db: &Db) {
        let Pools::Sqlite { writer, .. } = &db.pools else { panic!("not SQLite") };
        let mut conn = writer.acquire().await.unwrap();
        sqlx::raw_sql("PRAGMA max_page_count = 1").execute(&mut *conn).await.unwrap();
        conn.return_to_pool().await;
    }

    /// Stores an account, and then one for which there is no room, in one transaction.
    async fn store_much(db: &Db) -> Result<(), StoreError> {
        let mut conn = db.write().await?;
        let add = |key: i64, name: &str| {
            format!(
                "INSERT INTO accounts (account_id, name, timezone, currency, language, next_key, revision, created_at)
                 VALUES ({key}, {name}, 'UTC', 'VND', 'vi', 1, 1, 1)"
            )
        };
        for sql in [add(98, "'small'"), add(99, "zeroblob(6291456)")] {
            execute!(conn, sqlx::AssertSqlSafe(sql.as_str()))?;
        }
        conn.commit().await
    }

    both_engines! {
        async fn a_database_that_can_be_written_to_is_left_as_it_is(db) {
            let scope = shop(&db, "a").await;
            let before = accounts::revision(&mut db.read().await.unwrap(), &scope).await.unwrap();
            db.check_writable(LONG).await.unwrap();
            db.check_writable(LONG).await.unwrap();
            assert_eq!(accounts::revision(&mut db.read().await.unwrap(), &scope).await.unwrap(), before);
        }
    }

    #[tokio::test]
    async fn a_disk_that_was_full_can_be_written_to_again() {
        on_sqlite(async |db| {
            shop(&db, "a").await;
            fill(&db).await;
            assert_eq!(outage(db.check_writable(LONG).await), Some(Outage::Full));
            fill(&db).await;
            assert_eq!(outage(store_much(&db).await), Some(Outage::Full));
            assert_eq!(accounts_stored(&db).await, 1, "nothing of it is stored");
            // Without a restart, and without another failure.
            shop(&db, "b").await;
            db.check_writable(LONG).await.unwrap();
            assert_eq!(accounts_stored(&db).await, 2);
        })
        .await;
    }

    #[tokio::test]
    async fn a_lock_of_another_process_is_told_from_a_transaction_of_this_one() {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/test.db", folder.path().display());
        let db = Db::open(&address).await.unwrap();
        let mut other = SqliteConnection::connect(&address).await.unwrap();
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
        assert_eq!(outage(db.check_writable(Duration::from_millis(100)).await), Some(Outage::Busy));
        let waiting = tokio::spawn({
            let db = db.clone();
            async move { db.write().await.map(drop) }
        });
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
        waiting.await.unwrap().unwrap();
        let ours = db.write().await.unwrap();
        db.check_writable(Duration::ZERO).await.unwrap();
        drop(ours);
        db.check_writable(LONG).await.unwrap();
        db.close().await;
    }
}
