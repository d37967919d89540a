//! Who watches running campaigns: one subscription to the database's changes for all viewers, and at most two events a second
//! for each account.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::limits::STREAMS_OF_A_SESSION;
use store::{Change, Db};
use tokio::sync::{
    broadcast::{self, error::RecvError},
    watch,
};

/// The pause between two events of an account. With the second that a page waits between two readings (`web/elements.js`) a change is
/// shown within two.
const PAUSE: Duration = Duration::from_millis(500);

/// Who follows which account's changes, and how many streams each session has open.
pub struct LiveRegistry {
    /// The latest revision of each account that somebody watches or watched.
    accounts: Mutex<HashMap<i64, watch::Sender<i64>>>,
    ended: broadcast::Sender<EndedStreams>,
    /// How many streams each session has open.
    streams: Mutex<HashMap<[u8; 32], usize>>,
}

/// Which streams end before their time.
#[derive(Debug, Clone, Copy)]
pub enum EndedStreams {
    Session([u8; 32]),
    User {
        account: i64,
        /// The user's number in it.
        user: i64,
    },
    All,
}

impl Default for LiveRegistry {
    /// Nobody watches.
    fn default() -> Self {
        Self { accounts: Mutex::default(), ended: broadcast::channel(256).0, streams: Mutex::default() }
    }
}

impl LiveRegistry {
    /// Ends the streams of a session that was signed out.
    pub fn end_session(&self, hash: [u8; 32]) {
        let _ = self.ended.send(EndedStreams::Session(hash));
    }

    /// Ends the streams of a user whose sessions are over.
    pub fn end_sessions_of(&self, account: i64, user: i64) {
        let _ = self.ended.send(EndedStreams::User { account, user });
    }

    /// Ends all streams: the server stops.
    pub fn end_all(&self) {
        let _ = self.ended.send(EndedStreams::All);
    }

    /// Counts one more stream of a session; not where it has as many as it may have.
    pub fn begin_stream(&self, session: [u8; 32]) -> bool {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let count = streams.entry(session).or_default();
        let is_one_more = *count < STREAMS_OF_A_SESSION;
        *count += usize::from(is_one_more);
        is_one_more
    }

    /// Counts one stream less.
    pub fn end_stream(&self, session: [u8; 32]) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = streams.get_mut(&session) {
            *count -= 1;
            if *count == 0 {
                streams.remove(&session);
            }
        }
    }

    /// The revisions of an account from now on.
    pub fn watch(&self, account: i64) -> watch::Receiver<i64> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.entry(account).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    /// Who must end, from now on.
    pub fn ended(&self) -> broadcast::Receiver<EndedStreams> {
        self.ended.subscribe()
    }

    fn publish(&self, change: Change) {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = accounts.get(&change.account) {
            if sender.receiver_count() == 0 {
                accounts.remove(&change.account);
            } else {
                sender.send_if_modified(|known| {
                    let newer = change.revision > *known;
                    *known = (*known).max(change.revision);
                    newer
                });
            }
        }
    }

    /// Wakes every viewer: nobody knows what was missed.
    fn wake_all(&self) {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in accounts.values() {
            sender.send_modify(|_| {});
        }
    }
}

/// Passes the database's changes on until the database is closed. The first change after a pause is passed at once,
/// what follows within the pause is one change.
pub async fn pass_on(db: Db, live: Arc<LiveRegistry>) {
    let mut changes = db.changes();
    loop {
        let mut latest: HashMap<i64, i64> = HashMap::new();
        let mut next = changes.recv().await;
        let mut missed = false;
        loop {
            match next {
                Ok(change) => {
                    let revision = latest.entry(change.account).or_insert(change.revision);
                    *revision = (*revision).max(change.revision);
                }
                Err(RecvError::Lagged(_)) => missed = true,
                Err(RecvError::Closed) => return,
            }
            match changes.try_recv() {
                Ok(change) => next = Ok(change),
                Err(broadcast::error::TryRecvError::Lagged(n)) => next = Err(RecvError::Lagged(n)),
                Err(_) => break,
            }
        }
        for (account, revision) in latest {
            live.publish(Change { account, revision });
        }
        if missed {
            live.wake_all();
        }
        tokio::time::sleep(PAUSE).await;
    }
}
