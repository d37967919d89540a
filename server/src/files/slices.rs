//! How a long list is read while it is sent: slice after slice, each in a snapshot of its own and when it is its account's turn.
//! Between two slices, and while its receiver takes nothing, it holds no connection and no turn; and however many lists are
//! sent, pages find connections free.

use std::sync::Arc;

use store::{ConnGuard, SerialDb, StoreError};

use crate::turns::{Turn, Turns};

/// Reads the slices of one list.
pub struct Slices {
    db: SerialDb,
    turns: Arc<Turns>,
    account: i64,
}

/// What one slice is read with: while it is there, the list cannot begin another. The connection is let go before the turn.
pub struct Slice<'a> {
    pub conn: ConnGuard<'a>,
    _turn: Turn,
}

impl Slices {
    /// Of an account, which takes its turns among these.
    pub fn new(db: SerialDb, turns: Arc<Turns>, account: i64) -> Self {
        Self { db, turns, account }
    }

    /// Waits for the account's turn, and begins a snapshot.
    pub async fn next(&mut self) -> Result<Slice<'_>, StoreError> {
        let turn = self.turns.take(self.account).await.map_err(|_| StoreError::RequestOver)?;
        Ok(Slice { conn: self.db.read().await?, _turn: turn })
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use store::Db;

    use super::*;

    #[tokio::test]
    async fn who_waits_for_a_turn_holds_no_connection() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap();
        let in_use = || db.pools().iter().map(|pool| pool.open - pool.idle).sum::<u32>();
        let turns = Arc::new(Turns::new(2, 1));
        let of = |account| Slices::new(SerialDb::from(&db), Arc::clone(&turns), account);
        let mut lists: Vec<_> = (0..100).map(|_| of(1)).collect();
        let (first, others_of_it) = lists.split_at_mut(1);
        let read = first[0].next().await.unwrap();
        let mut waiting: Vec<_> = others_of_it.iter_mut().map(|list| Box::pin(list.next())).collect();
        assert!(waiting.iter_mut().all(|slice| slice.now_or_never().is_none()));
        let mut other = of(2);
        let others = other.next().await.unwrap();
        assert_eq!(in_use(), 2);
        drop((read, others));
        for slice in waiting {
            slice.await.unwrap();
        }
    }
}
