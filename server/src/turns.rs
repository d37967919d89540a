//! Turns of what only few may do at once, shared by account: an account that asks for many waits for its own, and takes
//! one place in the queue of all.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    sync::{AcquireError, OwnedSemaphorePermit, Semaphore},
    time::{Duration, Instant, timeout_at},
};

/// How many accounts are known before those without a turn are forgotten.
const REMEMBERED: usize = 1_024;

/// Turns of one kind of work.
#[derive(Debug)]
pub struct Turns {
    all: Arc<Semaphore>,
    limit: usize,
    of_an_account: usize,
    accounts: Mutex<HashMap<i64, Arc<Semaphore>>>,
}

/// A turn, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    _all: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
}

/// Why there is no turn now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// The account has as many as it may have.
    OfAccount,
    /// All are taken.
    All,
}

impl Turns {
    /// So many turns in all, and so many of them for one account.
    pub fn new(all: usize, of_an_account: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), limit: all, of_an_account, accounts: Mutex::default() }
    }

    /// How many turns there are, and how many of them nobody has.
    pub fn state(&self) -> (usize, usize) {
        (self.limit, self.all.available_permits())
    }

    fn own(&self, account: i64) -> Arc<Semaphore> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.len() >= REMEMBERED {
            // Who has a turn or waits for one holds the account's semaphore, too.
            accounts.retain(|_, own| Arc::strong_count(own) > 1);
        }
        Arc::clone(accounts.entry(account).or_insert_with(|| Arc::new(Semaphore::new(self.of_an_account))))
    }

    /// Waits for a turn: first among those of the account, then, as one of a few of it, among all.
    ///
    /// # Errors
    /// Never: turns do not end.
    pub async fn take(&self, account: i64) -> Result<Turn, AcquireError> {
        let own = self.own(account).acquire_owned().await?;
        let all = Arc::clone(&self.all).acquire_owned().await?;
        Ok(Turn { _all: all, _own: own })
    }

    /// As [`Self::take`], for no longer than this.
    ///
    /// # Errors
    /// Says whose turns are all taken.
    pub async fn take_within(&self, account: i64, patience: Duration) -> Result<Turn, Full> {
        let until = Instant::now() + patience;
        let own = timeout_at(until, self.own(account).acquire_owned()).await;
        let own = own.ok().and_then(Result::ok).ok_or(Full::OfAccount)?;
        let all = timeout_at(until, Arc::clone(&self.all).acquire_owned()).await;
        let all = all.ok().and_then(Result::ok).ok_or(Full::All)?;
        Ok(Turn { _all: all, _own: own })
    }

    /// A turn, if there is one now.
    ///
    /// # Errors
    /// Says whose turns are all taken.
    pub fn try_take(&self, account: i64) -> Result<Turn, Full> {
        let own = self.own(account).try_acquire_owned().map_err(|_| Full::OfAccount)?;
        let all = Arc::clone(&self.all).try_acquire_owned().map_err(|_| Full::All)?;
        Ok(Turn { _all: all, _own: own })
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn an_account_that_asks_for_many_leaves_turns_to_the_others() {
        let turns = Turns::new(4, 2);
        let first = [turns.take(1), turns.take(1)].map(|turn| turn.now_or_never().unwrap().unwrap());
        // The queue of account 1 is long; each of those that wait does so for its own account.
        let mut waiting: Vec<_> = (0..100).map(|_| Box::pin(turns.take(1))).collect();
        assert!(waiting.iter_mut().all(|turn| turn.now_or_never().is_none()));
        let second = turns.take(2).now_or_never().unwrap().unwrap();
        assert_eq!(turns.try_take(1).unwrap_err(), Full::OfAccount);
        let third = turns.take(3).now_or_never().unwrap().unwrap();
        assert_eq!(turns.try_take(4).unwrap_err(), Full::All);
        drop((first, second, third));
        assert!(turns.try_take(4).is_ok());
        // Of those that waited, as many as one account may have.
        let taken: Vec<_> = waiting.iter_mut().filter_map(futures::FutureExt::now_or_never).collect();
        assert_eq!(taken.len(), 2);
    }

    #[tokio::test]
    async fn who_waits_gets_the_turn_that_comes_free_and_is_told_whose_did_not() {
        let turns = Turns::new(2, 1);
        let (first, second) = (turns.try_take(1).unwrap(), turns.try_take(2).unwrap());
        assert_eq!(turns.take_within(1, Duration::ZERO).await.unwrap_err(), Full::OfAccount);
        assert_eq!(turns.take_within(3, Duration::ZERO).await.unwrap_err(), Full::All);
        let (turn, ()) = tokio::join!(turns.take_within(1, Duration::from_mins(1)), async { drop(first) });
        assert!(turn.is_ok(), "{turn:?}");
        drop(second);
    }

    #[test]
    fn accounts_without_a_turn_are_forgotten() {
        let turns = Turns::new(4, 2);
        let kept = turns.try_take(0).unwrap();
        for account in 1..5_000 {
            turns.try_take(account).unwrap();
        }
        assert!(turns.accounts.lock().unwrap().len() <= REMEMBERED);
        let another = turns.try_take(0).unwrap();
        assert_eq!(turns.try_take(0).unwrap_err(), Full::OfAccount, "who has turns is not forgotten");
        drop((kept, another));
    }
}
