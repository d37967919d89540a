//! What can go wrong in the store.

use sqlx::postgres::{PgDatabaseError, PgSeverity};

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
        /// What the driver of the database says.
        source: sqlx::Error,
    },
    /// SQLite's file is on a file system of another machine, where it would be damaged sooner or later.
    #[error(
        "the database {address} is on {system}, where SQLite's locks do not hold: put it on a disk of this machine, or use PostgreSQL"
    )]
    NetworkFileSystem {
        /// The address, without its password.
        address: String,
        /// What the file system is called.
        system: &'static str,
    },
    /// The schema cannot be brought up to date.
    #[error("the database cannot be migrated: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A statement failed.
    #[error("a database statement failed: {0}")]
    Statement(#[from] sqlx::Error),
    /// The file of an embedded database may not be written to; what its engine says of it is the same as of a full disk.
    #[error("the file of the database may not be written to: {0}")]
    FileReadOnly(sqlx::Error),
    /// A stored value breaks the store's own rules.
    #[error("stored data is broken: {0}")]
    Broken(String),
    /// A value given by the caller breaks a rule that only the store can check.
    #[error("{} {}", .0.field, .0.reason)]
    Invalid(domain::FieldError),
    /// The account has used up what its quota lets it: which quota, and its bound.
    #[error("the quota of {} is used up: {} at most", .0.word(), .1)]
    OverQuota(crate::quota::Quota, i64),
    /// Who asks sees chosen campaigns alone, and this counts others in.
    #[error("the whole account is not for who sees chosen campaigns alone")]
    Hidden,
    /// The request for which something was to be read is over: answered, or its reader has left.
    #[error("the request is over")]
    RequestOver,
    /// A request asked for a second connection while it had one: a fault of the program, which is refused in place of what it would come to
    /// under load, where all wait for each other.
    #[error("a request asked for a second connection while it had one")]
    SecondConnection,
    /// A page's cursor was not made by this list.
    #[error("the cursor was not made by this list")]
    Cursor,
}

/// Why the database cannot do its part now, though nobody made a mistake: it passes by itself, or the operator ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// Somebody else held it for too long, or no connection came free in time.
    Busy,
    /// It cannot be reached, was shut down, or its disk cannot be read.
    Gone,
    /// It may be read only.
    ReadOnly,
    /// Its disk has no room left.
    Full,
}

impl StoreError {
    /// Whether the database, not the request or the program, is the reason. What was begun is rolled back then; only of a commit
    /// on a connection that was lost can nobody say whether it happened.
    pub fn outage(&self) -> Option<Outage> {
        if matches!(self, Self::FileReadOnly(_)) {
            return Some(Outage::ReadOnly);
        }
        let (Self::Statement(error) | Self::Open { source: error, .. }) = self else { return None };
        match error {
            sqlx::Error::PoolTimedOut => Some(Outage::Busy),
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Some(Outage::Gone)
            }
            // What sqlx makes of a connection that is closed before its first byte.
            sqlx::Error::Protocol(words) if words.contains("SSLRequest") => Some(Outage::Gone),
            sqlx::Error::Database(error) => {
                let known = error.code().and_then(|code| outage_of_code(&code));
                known.or_else(|| outage_of_postgres(error.try_downcast_ref()?))
            }
            _ => None,
        }
    }
}

/// What no code tells. The server ends a session that it cannot go on with, or cannot begin, by an error of its own severity, whatever is
/// the reason: files that it cannot make on a full disk (`XX000`), a role or a database that is gone.
fn outage_of_postgres(error: &PgDatabaseError) -> Option<Outage> {
    let says = [Some(error.message()), error.detail(), error.hint()];
    // As strerror says it where nobody has chosen other messages.
    if says.into_iter().flatten().any(|text| text.contains("No space left on device")) {
        return Some(Outage::Full);
    }
    matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic).then_some(Outage::Gone)
}

/// By an SQLSTATE of PostgreSQL, which has five characters, or an extended result code of SQLite, a number of at most four digits
/// whose lowest byte is the result code.
fn outage_of_code(code: &str) -> Option<Outage> {
    if code.len() == 5 {
        return match code {
            // disk_full.
            "53100" => Some(Outage::Full),
            // read_only_sql_transaction: a standby.
            "25006" => Some(Outage::ReadOnly),
            // Serialization failure, deadlock, lock not available, a statement that took too long; out of memory, connections or a configured limit.
            "40001" | "40P01" | "55P03" | "57014" | "53000" | "53200" | "53300" | "53400" => Some(Outage::Busy),
            // Shut down, crashed, starting; an error of its disk.
            "57P01" | "57P02" | "57P03" | "58030" => Some(Outage::Gone),
            code if code.starts_with("08") => Some(Outage::Gone),
            _ => None,
        };
    }
    let code: u32 = code.parse().ok()?;
    match (code & 0xff, code) {
        // SQLITE_FULL; SQLITE_IOERR_WRITE is what a quota and a limit on files give, SQLITE_IOERR_SHMSIZE a disk without room for
        // the index of the log.
        (13, _) | (_, 778 | 4_874) => Some(Outage::Full),
        // SQLITE_BUSY, SQLITE_LOCKED.
        (5 | 6, _) => Some(Outage::Busy),
        // SQLITE_READONLY.
        (8, _) => Some(Outage::ReadOnly),
        // SQLITE_IOERR, SQLITE_CANTOPEN.
        (10 | 14, _) => Some(Outage::Gone),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_database_cannot_help_is_told_from_what_the_program_did_wrong() {
        let expected = [
            ("13", Some(Outage::Full)),
            ("778", Some(Outage::Full)),
            ("4874", Some(Outage::Full)),
            ("53100", Some(Outage::Full)),
            ("5", Some(Outage::Busy)),
            ("517", Some(Outage::Busy)),
            ("53300", Some(Outage::Busy)),
            ("55P03", Some(Outage::Busy)),
            ("57014", Some(Outage::Busy)),
            ("8", Some(Outage::ReadOnly)),
            ("1032", Some(Outage::ReadOnly)),
            ("25006", Some(Outage::ReadOnly)),
            ("266", Some(Outage::Gone)),
            ("14", Some(Outage::Gone)),
            ("57P01", Some(Outage::Gone)),
            ("08006", Some(Outage::Gone)),
            // SQLITE_ERROR, SQLITE_CORRUPT, a broken constraint; insufficient_privilege, whose lowest byte is that of SQLITE_BUSY.
            ("1", None),
            ("11", None),
            ("2067", None),
            ("23505", None),
            ("42501", None),
        ];
        for (code, outage) in expected {
            assert_eq!(outage_of_code(code), outage, "{code}");
        }
    }
}
