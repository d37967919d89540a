//! What can go wrong in the store.

/// An error of the store. Its text is for the log; a person sees a plain sentence and a reference instead.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database's address is neither `sqlite://…` nor `postgres://…`.
    #[error("{0} is no database address; write sqlite://FILE or postgres://…")]
    Address(String),
    /// The file or server cannot be opened; the text names it.
    #[error("the database {address} cannot be opened: {source}")]
    Open {
        /// The address without its password.
        address: String,
        /// Why.
        source: sqlx::Error,
    },
    /// The schema cannot be brought up to date.
    #[error("the database cannot be migrated: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A statement failed.
    #[error("a database statement failed: {0}")]
    Statement(#[from] sqlx::Error),
    /// A stored value breaks the store's own rules.
    #[error("stored data is broken: {0}")]
    Broken(String),
    /// A value given by the caller breaks a rule that only the store can check.
    #[error("{} {}", .0.field, .0.reason)]
    Invalid(domain::FieldError),
    /// The request for which something was to be read is over: answered, or its reader has left.
    #[error("the request is over")]
    RequestOver,
    /// A page's cursor was not made by this list.
    #[error("the cursor was not made by this list")]
    Cursor,
}

impl StoreError {
    /// Whether the database was too busy or briefly unreachable, so that trying again may help.
    pub fn is_busy(&self) -> bool {
        match self {
            Self::Statement(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)) => true,
            Self::Statement(sqlx::Error::Database(error)) => {
                // SQLite 5 = SQLITE_BUSY, 6 = SQLITE_LOCKED; PostgreSQL 40001, 40P01, 55P03, 57P03.
                matches!(error.code().as_deref(), Some("5" | "6" | "517" | "40001" | "40P01" | "55P03" | "57P03"))
            }
            _ => false,
        }
    }

    /// Whether the disk or the database is full, or the file read-only.
    pub fn is_unwritable(&self) -> bool {
        match self {
            // SQLite 8 = SQLITE_READONLY, 10 = SQLITE_IOERR, 13 = SQLITE_FULL; PostgreSQL 53100 disk_full, 25006 read only.
            Self::Statement(sqlx::Error::Database(error)) => error.code().is_some_and(|code| {
                matches!(code.as_ref(), "53100" | "25006")
                    || code.parse::<u32>().is_ok_and(|n| matches!(n & 0xff, 8 | 10 | 13))
            }),
            _ => false,
        }
    }
}
