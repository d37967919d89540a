//! Turns of requests that read. An account's have half of the database's connections at once: whatever its readers ask for, the
//! other half, and the processor that goes with it, is left to others.
//!
//! Who asks is known only after it was read. What a request carries (the cookie of a session, a token) has turns of its own until it
//! was found to be true once: nobody takes an account's turns by naming it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::{FutureExt, future::BoxFuture};
use store::{ReadPermit, ReadQueue};
use tokio::sync::Semaphore;

use crate::turns::Turns;

/// How long a request waits for those of its account that came before it. It holds nothing meanwhile but its connection to the
/// browser.
const PATIENCE: Duration = Duration::from_secs(30);
/// Cookies and tokens that are remembered; then all are forgotten, and found to be true again.
const REMEMBERED: usize = 10_000;

/// What a request carries, by a part of its hash. That two have the same would only let them wait for each other.
type ReaderKey = u64;

fn credential(hash: &[u8; 32]) -> ReaderKey {
    hash.first_chunk().map_or(0, |part| ReaderKey::from_be_bytes(*part))
}

/// The turns of all accounts.
#[derive(Debug)]
pub struct ReadingTurns {
    turns: Turns,
    accounts: Mutex<HashMap<ReaderKey, i64>>,
}

impl ReadingTurns {
    /// For a database with so many connections.
    pub fn new(connections: u32) -> Self {
        let of_an_account = (connections / 2).max(1) as usize;
        Self { turns: Turns::new(Semaphore::MAX_PERMITS, of_an_account), accounts: Mutex::default() }
    }

    /// The secret with this hash is one of the account.
    pub fn found(&self, hash: &[u8; 32], account: i64) {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.len() >= REMEMBERED {
            accounts.clear();
        }
        accounts.insert(credential(hash), account);
    }

    /// Where a request with this secret waits.
    pub fn line(self: &Arc<Self>, hash: &[u8; 32]) -> Box<dyn ReadQueue> {
        let credential = credential(hash);
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        // Numbers of accounts are not negative.
        let unknown = -1 - i64::try_from(credential >> 1).unwrap_or_default();
        let who = accounts.get(&credential).copied().unwrap_or(unknown);
        Box::new(ReadingLine { turns: Arc::clone(self), who })
    }
}

#[derive(Debug)]
struct ReadingLine {
    turns: Arc<ReadingTurns>,
    who: i64,
}

impl ReadQueue for ReadingLine {
    fn acquire(&self) -> BoxFuture<'_, Option<ReadPermit>> {
        let turn = self.turns.turns.take_within(self.who, PATIENCE);
        async { turn.await.ok().map(|turn| Box::new(turn) as ReadPermit) }.boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_account_has_half_and_nobody_takes_its_turns_by_its_number() {
        let turns = Arc::new(ReadingTurns::new(4));
        let hash = |n: u8| [n; 32];
        for session in [1, 2, 3] {
            turns.found(&hash(session), 7);
        }
        turns.found(&hash(4), 8);
        let taken = |session: u8| turns.line(&hash(session)).acquire().now_or_never();
        let (first, second) = (taken(1), taken(2));
        assert!(first.is_some() && second.is_some());
        // Sessions of one account wait for each other; those of another, and those that nobody knows, do not.
        assert!(taken(3).is_none());
        assert!(taken(4).is_some());
        let (_guess, _another, third) = (taken(5), taken(5), taken(5));
        assert!(third.is_none());
        assert!(taken(6).is_some());
        drop(first);
        assert!(taken(3).is_some());
    }
}
