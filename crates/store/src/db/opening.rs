//! Opening a database: its address, the options of its connections, its schema.

use std::{fs::File, path::Path, str::FromStr, sync::Arc, time::Duration};

use domain::{Timestamp, limits::PAGE_ROWS};
use sqlx::{
    ConnectOptions, Connection,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{BUSY, Pools, QUEUE};
use crate::{StoreError, network_file_system, readiness::Shortage};

/// SQLite's page cache for each connection, in KiB: bounds the memory, whatever the size of the file.
const CACHE_KIB: i64 = 4_096;
/// Rows that a connection reads ahead of whoever asked for them: a page, and the one more that says whether another follows.
const ROWS_AHEAD: usize = PAGE_ROWS as usize + 1;

/// The schema of each engine, step by step.
static OF_SQLITE: Migrator = sqlx_macros::migrate!("migrations/sqlite");
static OF_POSTGRES: Migrator = sqlx_macros::migrate!("migrations/postgres");

/// What is at an address, as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundDatabase {
    /// What it is, with its version, such as `PostgreSQL 17.2`.
    pub engine: String,
    /// The last step of the schema that was taken; none where there are no tables.
    pub schema: Option<i64>,
    /// The last step that this program knows.
    pub newest: i64,
    /// What the clock of its machine says, where that is another one's.
    pub clock: Option<Timestamp>,
}

/// The steps of the schema that were taken.
const TAKEN: &str = "SELECT MAX(version) FROM _sqlx_migrations WHERE success";

fn newest(schema: &Migrator) -> i64 {
    schema.iter().map(|step| step.version).max().unwrap_or_default()
}

/// Looks at a database without changing it. `None`: there is no such file.
pub(super) async fn look(address: &str) -> Result<Option<FoundDatabase>, StoreError> {
    let opening = |source| StoreError::Open { address: without_password(address), source };
    if let Some(file) = address.strip_prefix("sqlite:") {
        let file = file.trim_start_matches("//");
        if !Path::new(file.split('?').next().unwrap_or(file)).exists() {
            return Ok(None);
        }
        let options = SqliteConnectOptions::from_str(&format!("sqlite://{file}")).map_err(opening)?;
        let mut conn = options.read_only(true).busy_timeout(BUSY).connect().await.map_err(opening)?;
        let (version,): (String,) = sqlx::query_as("SELECT sqlite_version()").fetch_one(&mut conn).await?;
        let table = "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'";
        let (tables,): (i64,) = sqlx::query_as(table).fetch_one(&mut conn).await?;
        let schema =
            if tables > 0 { sqlx::query_as::<_, (Option<i64>,)>(TAKEN).fetch_one(&mut conn).await?.0 } else { None };
        conn.close().await?;
        let engine = format!("SQLite {version}");
        return Ok(Some(FoundDatabase { engine, schema, newest: newest(&OF_SQLITE), clock: None }));
    }
    let options = PgConnectOptions::from_str(address).map_err(opening)?.application_name("ringside");
    let mut conn = options.connect().await.map_err(opening)?;
    let said = "SELECT current_setting('server_version'), to_regclass('_sqlx_migrations') IS NOT NULL,
                       CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
    let (version, has_tables, now): (String, bool, i64) = sqlx::query_as(said).fetch_one(&mut conn).await?;
    let schema =
        if has_tables { sqlx::query_as::<_, (Option<i64>,)>(TAKEN).fetch_one(&mut conn).await?.0 } else { None };
    conn.close().await?;
    let (engine, clock) = (format!("PostgreSQL {version}"), Some(Timestamp(now)));
    Ok(Some(FoundDatabase { engine, schema, newest: newest(&OF_POSTGRES), clock }))
}

/// Opens the database in a file, which is made where it is not there, and brings its schema up to date.
pub(super) async fn sqlite(
    address: &str,
    file: &str,
    connections: u32,
    shortage: &Arc<Shortage>,
) -> Result<Pools, StoreError> {
    let opening = |source| StoreError::Open { address: address.to_owned(), source };
    let path = file.split('?').next().unwrap_or(file);
    let folder = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder).map_err(|error| opening(sqlx::Error::Io(error)))?;
    }
    if let Some(system) = network_file_system::of(folder.unwrap_or(Path::new("."))) {
        return Err(StoreError::NetworkFileSystem { address: address.to_owned(), system });
    }
    let _turn = turn_to_open(folder.unwrap_or(Path::new("."))).await;
    let options = SqliteConnectOptions::from_str(&format!("sqlite://{file}"))
        .map_err(opening)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: what was answered survives a loss of power, not only a crash of the process.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .pragma("cache_size", format!("-{CACHE_KIB}"))
        .pragma("temp_store", "memory")
        // What is deleted, or replaced, is overwritten with zeros: a customer who is forgotten is in no byte of the file.
        .pragma("secure_delete", "on")
        // A page of rows comes over from the thread of its connection in one go: each time that thread has to wait for room,
        // two threads are woken.
        .row_buffer_size(ROWS_AHEAD);
    let shortage = Arc::clone(shortage);
    let writer = sqlite_pool(1, QUEUE, move || shortage.takes_connection())
        .connect_with(options.clone())
        .await
        .map_err(opening)?;
    OF_SQLITE.run(&writer).await?;
    let readers =
        sqlite_pool(connections, BUSY, || false).connect_with(options.read_only(true)).await.map_err(opening)?;
    Ok(Pools::Sqlite { writer, readers, transactions: Arc::default() })
}

/// Connections of which each is in no transaction when somebody gets it.
///
/// Where a disk is full, and after some other errors, SQLite rolls back by itself. The ROLLBACK or COMMIT that follows fails, and
/// sqlx goes on counting the transaction: every later `BEGIN` on that connection would be refused, for ever. Such a connection is
/// closed, and another takes its place; so is one that is asked for while `is_useless`.
fn sqlite_pool(
    connections: u32,
    patience: Duration,
    is_useless: impl Fn() -> bool + Send + Sync + 'static,
) -> SqlitePoolOptions {
    let pool = SqlitePoolOptions::new().max_connections(connections).acquire_timeout(patience);
    // The pool has pinged the connection by now: what was sent to it before, a ROLLBACK too, has been done.
    pool.before_acquire(move |conn, _| {
        let is_useless = is_useless();
        Box::pin(async move { Ok(!is_useless && !conn.is_in_transaction()) })
    })
}

/// Processes that open a database of this folder take turns: of several that make the file and its tables at once, all but one
/// would fail. Where the system cannot lock a folder, they do not wait.
async fn turn_to_open(folder: &Path) -> Option<File> {
    let folder = File::open(folder).ok()?;
    let locking = tokio::task::spawn_blocking(move || folder.lock().map(|()| folder));
    locking.await.ok()?.ok()
}

/// Connects to a server, and brings the schema up to date.
pub(super) async fn postgres(address: &str, connections: u32) -> Result<Pools, StoreError> {
    let opening = |source| StoreError::Open { address: without_password(address), source };
    let options = PgConnectOptions::from_str(address).map_err(opening)?.application_name("ringside");
    if parameters(address).any(|name| !name.starts_with("options") && !PARAMETERS.contains(&name)) {
        tracing::warn!("The database's address has a parameter that is not known and not used");
    }
    let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(BUSY).connect_with(options).await;
    let pool = pool.map_err(opening)?;
    OF_POSTGRES.run(&pool).await?;
    Ok(Pools::Postgres(pool))
}

/// Parameters of an address that are known, besides `options`; the first ones may be shown.
const PARAMETERS: [&str; 17] = [
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "sslmode",
    "ssl-mode",
    "application_name",
    "statement-cache-capacity",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "password",
];
const SHOWN_PARAMETERS: &[&str] = PARAMETERS.split_at(9).0;

/// The names of an address's parameters.
fn parameters(address: &str) -> impl Iterator<Item = &str> {
    let parameters = address.split_once('?').map_or("", |(_, parameters)| parameters);
    parameters.split('&').filter_map(|parameter| parameter.split('=').next()).filter(|name| !name.is_empty())
}

/// An address as it may be shown: without the password, which may stand before the host or among the parameters.
pub(super) fn without_password(address: &str) -> String {
    let (place, parameters) = address.split_once('?').map_or((address, None), |(place, rest)| (place, Some(rest)));
    if !place.contains('@') && parameters.is_some_and(|parameters| parameters.contains('@')) {
        // Perhaps a question mark in a password.
        return address.split_inclusive("://").next().map_or_else(String::new, |scheme| format!("{scheme}…"));
    }
    let mut shown = match (place.find("://"), place.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 < at => {
            let user = place[scheme + 3..at].split(':').next().unwrap_or_default();
            format!("{}{user}{}", &place[..scheme + 3], &place[at..])
        }
        _ => place.to_owned(),
    };
    if let Some(parameters) = parameters {
        // Those that are known to be no secret: a password may have been given a name that is not known, or be written in
        // percents.
        let is_shown =
            |parameter: &&str| parameter.split_once('=').is_some_and(|(name, _)| SHOWN_PARAMETERS.contains(&name));
        let parameters: Vec<_> = parameters.split('&').filter(is_shown).collect();
        if !parameters.is_empty() {
            shown = format!("{shown}?{}", parameters.join("&"));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        assert_eq!(without_password("postgres://ring:s3c:ret@db.example/x"), "postgres://ring@db.example/x");
        assert_eq!(without_password("sqlite://data/ringside.db"), "sqlite://data/ringside.db");
        assert_eq!(
            without_password("postgres://ring@db/x?host=/run/pg&password=s3c@ret&sslmode=require"),
            "postgres://ring@db/x?host=/run/pg&sslmode=require"
        );
        assert_eq!(without_password("postgres://db/x?user=ring&password=s3cret"), "postgres://db/x?user=ring");
        for secret in
            ["password=s3cret", "passwd=s3cret", "p%61ssword=s3cret", "Password=s3cret", "s3cret", "password=a&s3cret"]
        {
            assert_eq!(without_password(&format!("postgres://db/x?{secret}")), "postgres://db/x");
        }
        assert_eq!(without_password("postgres://ring:s3?ret@db/x"), "postgres://…");
    }
}
