//! What a request or a job asks of the database.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// Counts statements, rows and waiting of all transactions that were begun with it ([`crate::Db::counting`]).
#[derive(Debug, Default)]
pub struct Cost {
    connections: AtomicU64,
    statements: AtomicU64,
    rows: AtomicU64,
    waited_us: AtomicU64,
}

impl Cost {
    pub(crate) fn statement(&self, rows: usize) {
        self.statements.fetch_add(1, Relaxed);
        self.rows.fetch_add(rows as u64, Relaxed);
    }

    pub(crate) fn waited(&self, time: Duration) {
        self.connections.fetch_add(1, Relaxed);
        self.waited_us.fetch_add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX), Relaxed);
    }

    /// All of it, so far.
    pub fn figures(&self) -> CostFigures {
        CostFigures {
            connections: self.connections.load(Relaxed),
            statements: self.statements(),
            rows: self.rows(),
            waited: self.time_waited(),
        }
    }

    /// Statements that were run.
    pub fn statements(&self) -> u64 {
        self.statements.load(Relaxed)
    }

    /// Rows that were read.
    pub fn rows(&self) -> u64 {
        self.rows.load(Relaxed)
    }

    /// How long connections were waited for, all waits added up.
    pub fn time_waited(&self) -> Duration {
        Duration::from_micros(self.waited_us.load(Relaxed))
    }
}

/// What was asked of the database up to some moment, or from one to another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CostFigures {
    /// Transactions that were begun, each on a connection of the pool.
    pub connections: u64,
    /// Statements that were run.
    pub statements: u64,
    /// Rows that were read.
    pub rows: u64,
    /// How long connections were waited for, all waits added up.
    pub waited: Duration,
}

impl CostFigures {
    /// What came since then.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            connections: self.connections - before.connections,
            statements: self.statements - before.statements,
            rows: self.rows - before.rows,
            waited: self.waited.saturating_sub(before.waited),
        }
    }
}
