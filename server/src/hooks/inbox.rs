//! Webhooks on their way into the database: those that come together are committed together, since what a commit costs (a write
//! to the disk that is waited for) does not grow with what is in it. Each is answered when it is stored.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering::SeqCst},
    },
};

use domain::{
    HookSource, Timestamp,
    limits::{HOOK_BYTES, HOOKS_PER_COMMIT, WAITING_HOOK_BYTES, WAITING_HOOKS},
};
use store::{
    Cost, CostFigures, Scope, SerialDb, StoreError,
    hooks::{
        self,
        bodies::{self, Arrived, KEYS_PER_MS},
    },
};
use tokio::sync::oneshot;
use tracing::Instrument;

use super::signatures::Refusal;
use crate::secrets;

/// Bytes of bodies in one transaction; the first may have more.
const COMMIT_BYTES: usize = 4 * HOOK_BYTES as usize;

/// Webhooks that wait to be stored.
#[derive(Debug, Default)]
pub struct Inbox {
    waiting: Arc<Mutex<WaitingBodies>>,
    last_key: AtomicI64,
    /// What storing them asked of the database: it is of no request, since those of many are stored together.
    cost: Arc<Cost>,
    /// The part of `cost` that metrics have counted already.
    counted: Mutex<CostFigures>,
}

#[derive(Debug, Default)]
struct WaitingBodies {
    entries: VecDeque<(QueuedBody, oneshot::Sender<StoredResult>)>,
    bytes: usize,
    /// Whether the storing task runs.
    is_stored: bool,
}

impl WaitingBodies {
    /// Whether one more may wait.
    fn has_room(&self, bytes: usize) -> bool {
        self.entries.len() < WAITING_HOOKS && self.bytes + bytes <= WAITING_HOOK_BYTES
    }
}

type StoredResult = Result<(), Arc<StoreError>>;

#[derive(Debug)]
enum QueuedBody {
    Arrived(Arrived),
    Refused(Scope, i64, Refusal, Timestamp),
}

impl QueuedBody {
    fn bytes(&self) -> usize {
        match self {
            Self::Arrived(arrived) => arrived.body.len(),
            Self::Refused(..) => 0,
        }
    }
}

/// Why a webhook was not stored.
#[derive(Debug)]
pub enum NotKept {
    /// Too many wait.
    Full,
    /// The database did not take it.
    Failed(Arc<StoreError>),
    /// The server is shutting down.
    Over,
}

impl Inbox {
    /// Stores a webhook, and returns when it is on the disk. Who leaves meanwhile has it stored nevertheless.
    pub async fn keep(
        &self,
        db: SerialDb,
        scope: Scope,
        (hook, source): (i64, HookSource),
        body: Vec<u8>,
        at: Timestamp,
    ) -> Result<(), NotKept> {
        let arrived = Arrived { scope, hook, source, key: self.next_key(at), at, body };
        self.put(db, QueuedBody::Arrived(arrived)).await
    }

    /// Counts a webhook that was refused.
    pub async fn refuse(
        &self,
        db: SerialDb,
        scope: Scope,
        hook: i64,
        refusal: Refusal,
        at: Timestamp,
    ) -> Result<(), NotKept> {
        self.put(db, QueuedBody::Refused(scope, hook, refusal, at)).await
    }

    /// What storing webhooks asked of the database since this was asked before.
    pub fn asked(&self) -> CostFigures {
        let mut counted = lock(&self.counted);
        let (all, before) = (self.cost.figures(), *counted);
        *counted = all;
        all.since(before)
    }

    /// A number that is greater than those before it in this process, and in others of earlier milliseconds. Of two processes in
    /// one millisecond, 20 random bits keep the numbers apart.
    fn next_key(&self, at: Timestamp) -> i64 {
        let random = i64::from(u32::from_le_bytes(secrets::random())) % KEYS_PER_MS;
        let new = at.0 * KEYS_PER_MS + random;
        let last = self.last_key.fetch_update(SeqCst, SeqCst, |last| Some(new.max(last + 1)));
        new.max(last.unwrap_or_default() + 1)
    }

    async fn put(&self, db: SerialDb, entry: QueuedBody) -> Result<(), NotKept> {
        let (sender, stored) = oneshot::channel();
        {
            let mut waiting = lock(&self.waiting);
            if !waiting.has_room(entry.bytes()) {
                return Err(NotKept::Full);
            }
            waiting.bytes += entry.bytes();
            waiting.entries.push_back((entry, sender));
            if !std::mem::replace(&mut waiting.is_stored, true) {
                let task = InboxTask { waiting: Arc::clone(&self.waiting), has_ended: false };
                // Of no request: it goes on with the webhooks of others.
                let span = tracing::info_span!(parent: None, "hooks");
                tokio::spawn(task.run(db.counting(&self.cost)).instrument(span));
            }
        }
        match stored.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(NotKept::Failed(error)),
            Err(_) => Err(NotKept::Over),
        }
    }
}

fn lock<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Stores what waits until nothing does.
struct InboxTask {
    waiting: Arc<Mutex<WaitingBodies>>,
    has_ended: bool,
}

impl Drop for InboxTask {
    /// Where it panicked, those who wait are told, and the next webhook begins another.
    fn drop(&mut self) {
        if !self.has_ended {
            *lock(&self.waiting) = WaitingBodies::default();
        }
    }
}

impl InboxTask {
    async fn run(mut self, mut db: SerialDb) {
        while let Some((entries, senders)) = self.take() {
            let stored = store(&mut db, entries).await.map_err(Arc::new);
            for sender in senders {
                // Who has left is not told.
                let _ = sender.send(stored.clone());
            }
        }
    }

    /// What is stored next, in the order in which it came. None: nothing waits, and whoever comes begins another task.
    fn take(&mut self) -> Option<(Vec<QueuedBody>, Vec<oneshot::Sender<StoredResult>>)> {
        let mut waiting = lock(&self.waiting);
        let mut bytes = 0;
        let fits = |(entry, _): &&(QueuedBody, _)| {
            bytes += entry.bytes();
            bytes <= COMMIT_BYTES
        };
        let count = waiting.entries.iter().take(HOOKS_PER_COMMIT).take_while(fits).count();
        let batch: (Vec<QueuedBody>, Vec<_>) = waiting.entries.drain(..count).unzip();
        waiting.bytes -= batch.0.iter().map(QueuedBody::bytes).sum::<usize>();
        waiting.is_stored = count > 0;
        drop(waiting);
        self.has_ended = count == 0;
        (count > 0).then_some(batch)
    }
}

/// Stores them in one transaction.
async fn store(db: &mut SerialDb, entries: Vec<QueuedBody>) -> Result<(), StoreError> {
    let (mut arrived, mut refused) = (Vec::new(), BTreeMap::<(i64, i64), (Scope, u64, Refusal, Timestamp)>::new());
    for entry in entries {
        match entry {
            QueuedBody::Arrived(one) => arrived.push(one),
            QueuedBody::Refused(scope, hook, why, at) => {
                let known = refused.entry((scope.account(), hook)).or_insert((scope, 0, why, at));
                *known = (scope, known.1 + 1, why, at);
            }
        }
    }
    let mut conn = db.write().await?;
    if !arrived.is_empty() {
        bodies::keep(&mut conn, arrived).await?;
    }
    for ((_, hook), (scope, count, why, at)) in refused {
        hooks::count_refused(&mut conn, &scope, hook, count, why.word(), at).await?;
    }
    conn.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn webhooks_that_wait_have_a_number_and_a_size() {
        let refused = |scope| QueuedBody::Refused(scope, 1, Refusal::Missing, Timestamp(0));
        #[expect(clippy::disallowed_methods, reason = "no account is asked for")]
        let scope = Scope::of_token(1);
        let mut task = InboxTask { waiting: Arc::default(), has_ended: false };
        {
            let mut waiting = lock(&task.waiting);
            for _ in 1..WAITING_HOOKS {
                waiting.entries.push_back((refused(scope), oneshot::channel().0));
            }
            assert!(waiting.has_room(WAITING_HOOK_BYTES) && !waiting.has_room(WAITING_HOOK_BYTES + 1));
            waiting.entries.push_back((refused(scope), oneshot::channel().0));
            assert!(!waiting.has_room(0));
        }
        // So many of them are stored together.
        assert_eq!(task.take().unwrap().0.len(), HOOKS_PER_COMMIT);
        assert!(lock(&task.waiting).has_room(0));
    }

    #[test]
    fn numbers_grow_also_while_the_clock_stands_or_goes_back() {
        let inbox = Inbox::default();
        let at = Timestamp(1_795_334_400_000);
        let keys: Vec<i64> = [0, 0, 0, 5, -60_000, 5].map(|ms| inbox.next_key(Timestamp(at.0 + ms))).to_vec();
        assert!(keys.is_sorted_by(|a, b| a < b), "{keys:?}");
        assert_eq!(keys[3] / KEYS_PER_MS, at.0 + 5);
    }
}
