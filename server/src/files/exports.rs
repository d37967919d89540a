//! Exports that are made while the person who asked goes on: what is asked, how far it is, and the file until it expires.
//!
//! They belong to this process: files lie in its temporary folder and are gone with it. Whoever asks again begins anew.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering::Relaxed},
};

use domain::{Role, Timestamp};
use store::{Db, Scope};
use tempfile::TempPath;
use tokio::sync::{Semaphore, watch};

use super::call_list::{self, Asked, FileError, Progress, Written};
use crate::{
    http::problem::{chain, new_reference},
    secrets,
};

/// Workbooks made at once: each keeps a core and a reader of the database busy.
const AT_ONCE: usize = 2;
/// How long a finished file is kept, ms.
pub const KEPT_MS: i64 = 60 * 60 * 1_000;
/// Exports kept for one account; the oldest finished one makes room.
const MOST_OF_ACCOUNT: usize = 12;
/// What a call comes to in a packed file; only for showing how far packing is.
const PACKED_BYTES_PER_CALL: u64 = 150;
/// How much of the work is done, in per cent, when all calls are read and written.
const READ_PERCENT: u64 = 70;

/// All exports of this process.
pub struct Exports {
    jobs: Mutex<HashMap<String, Arc<Export>>>,
    turns: Semaphore,
}

/// One export.
pub struct Export {
    /// Its secret name in addresses.
    pub key: String,
    /// What was asked.
    pub asked: Asked,
    /// When it was asked for.
    pub asked_at: Timestamp,
    owner: Owner,
    progress: Arc<Progress>,
    state: Mutex<State>,
    ended: watch::Sender<bool>,
}

/// Whose export it is. The role is part of it: a file holds what that role may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Owner {
    account: i64,
    user: Option<i64>,
    role: Role,
}

impl Owner {
    fn of(scope: &Scope) -> Self {
        Self { account: scope.account(), user: scope.user(), role: scope.role() }
    }
}

enum State {
    Waiting,
    Running,
    Ready { written: Written, file: TempPath, at: Timestamp },
    Failed { reference: String, at: Timestamp },
}

/// How an export stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Others are before it.
    Waiting,
    /// It is being made: per cent, 0 to 99.
    Running(u64),
    /// Its file is there until this instant.
    Ready(Written, Timestamp),
    /// It failed; what to quote.
    Failed(String),
}

/// Why no export could be begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

impl Default for Exports {
    /// None yet.
    fn default() -> Self {
        Self { jobs: Mutex::default(), turns: Semaphore::new(AT_ONCE) }
    }
}

impl Export {
    /// How it stands.
    pub fn standing(&self) -> Standing {
        match &*self.state.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Waiting => Standing::Waiting,
            State::Running => Standing::Running(self.percent()),
            State::Ready { written, at, .. } => Standing::Ready(*written, Timestamp(at.0 + KEPT_MS)),
            State::Failed { reference, .. } => Standing::Failed(reference.clone()),
        }
    }

    /// Calls that it will have; 0 before they are counted.
    pub fn calls(&self) -> u64 {
        self.progress.total.load(Relaxed)
    }

    /// Where its file lies, once it is there.
    pub fn file(&self) -> Option<PathBuf> {
        match &*self.state.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Ready { file, .. } => Some(file.to_path_buf()),
            _ => None,
        }
    }

    /// Resolves when it is ready or has failed.
    pub async fn ended(&self) {
        // The sender is here: it cannot be gone.
        let _ = self.ended.subscribe().wait_for(|ended| *ended).await;
    }

    fn percent(&self) -> u64 {
        let progress = &self.progress;
        let total = progress.total.load(Relaxed).max(1);
        if !progress.packing.load(Relaxed) {
            return progress.written.load(Relaxed).min(total) * READ_PERCENT / total;
        }
        let expected = total * PACKED_BYTES_PER_CALL;
        let packed = progress.packed.load(Relaxed).min(expected);
        (READ_PERCENT + packed * (100 - READ_PERCENT) / expected).min(99)
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// When it ended; none while it goes on.
    fn ended_at(&self) -> Option<Timestamp> {
        match &*self.state.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Waiting | State::Running => None,
            State::Ready { at, .. } | State::Failed { at, .. } => Some(*at),
        }
    }
}

impl Exports {
    /// Begins an export, or joins the same person's same one that is still being made.
    pub fn begin(
        self: &Arc<Self>,
        db: &Db,
        clock: &crate::clock::Clock,
        scope: &Scope,
        asked: Asked,
        calls: u64,
    ) -> Result<Arc<Export>, TooMany> {
        let now = clock();
        let owner = Owner::of(scope);
        let export = {
            let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            forget_expired(&mut jobs, now);
            let same = |job: &&Arc<Export>| job.owner == owner && job.asked == asked && job.ended_at().is_none();
            if let Some(same) = jobs.values().find(same) {
                return Ok(Arc::clone(same));
            }
            make_room(&mut jobs, owner.account)?;
            let progress = Progress::default();
            progress.total.store(calls, Relaxed);
            let export = Arc::new(Export {
                key: secrets::random_text::<16>(),
                asked,
                asked_at: now,
                owner,
                progress: Arc::new(progress),
                state: Mutex::new(State::Waiting),
                ended: watch::channel(false).0,
            });
            jobs.insert(export.key.clone(), Arc::clone(&export));
            export
        };
        let (exports, db, clock, scope) = (Arc::clone(self), db.clone(), Arc::clone(clock), *scope);
        let made = Arc::clone(&export);
        tokio::spawn(async move {
            let outcome = exports.make(&db, &scope, &made, now).await;
            let at = clock();
            made.set(match outcome {
                Ok((written, file)) => State::Ready { written, file, at },
                Err(error) => {
                    let (reference, account) = (new_reference(), scope.account());
                    tracing::error!(reference, account, cause = chain(&error), "An export failed");
                    State::Failed { reference, at }
                }
            });
            made.ended.send_replace(true);
        });
        Ok(export)
    }

    async fn make(
        &self,
        db: &Db,
        scope: &Scope,
        export: &Export,
        now: Timestamp,
    ) -> Result<(Written, TempPath), FileError> {
        let _turn = self.turns.acquire().await.map_err(|_| FileError::Ended)?;
        export.set(State::Running);
        let file = temporary_file()?;
        let written = call_list::write(db, scope, &export.asked, now, &file, &export.progress).await?;
        // It was there when the export was begun, and nothing deletes a campaign.
        written.map(|written| (written, file)).ok_or(FileError::Ended)
    }

    /// Makes a workbook at once, when it is its turn. `None`: no such campaign.
    pub async fn at_once(
        &self,
        db: &Db,
        scope: &Scope,
        asked: &Asked,
        now: Timestamp,
    ) -> Result<Option<TempPath>, FileError> {
        let _turn = self.turns.acquire().await.map_err(|_| FileError::Ended)?;
        let file = temporary_file()?;
        let written = call_list::write(db, scope, asked, now, &file, &Arc::default()).await?;
        Ok(written.map(|_| file))
    }

    /// An export of this person; those of others, of other accounts and of another role are not there.
    pub fn lookup(&self, scope: &Scope, key: &str, now: Timestamp) -> Option<Arc<Export>> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        forget_expired(&mut jobs, now);
        jobs.get(key).filter(|export| export.owner == Owner::of(scope)).cloned()
    }

    /// Deletes files that are too old.
    pub fn tidy(&self, now: Timestamp) {
        forget_expired(&mut self.jobs.lock().unwrap_or_else(PoisonError::into_inner), now);
    }
}

fn temporary_file() -> std::io::Result<TempPath> {
    Ok(tempfile::Builder::new().prefix("ringside-").suffix(".xlsx").tempfile()?.into_temp_path())
}

/// The files go with their entries.
fn forget_expired(jobs: &mut HashMap<String, Arc<Export>>, now: Timestamp) {
    jobs.retain(|_, export| export.ended_at().is_none_or(|at| now.0 - at.0 < KEPT_MS));
}

fn make_room(jobs: &mut HashMap<String, Arc<Export>>, account: i64) -> Result<(), TooMany> {
    let of_account = || jobs.values().filter(|export| export.owner.account == account);
    if of_account().count() < MOST_OF_ACCOUNT {
        return Ok(());
    }
    let oldest = of_account().filter_map(|export| Some((export.ended_at()?, export.key.clone()))).min();
    let (_, key) = oldest.ok_or(TooMany)?;
    jobs.remove(&key);
    Ok(())
}
