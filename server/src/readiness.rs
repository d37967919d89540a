//! Whether all is there that the server needs: database, recordings, temporary folder.

use std::{
    error::Error,
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures::{
    FutureExt,
    future::{BoxFuture, WeakShared},
};
use store::{Outage, SerialDb, StoreError, accounts};
use tokio::time::timeout;

use crate::{
    failure::{Unwritable, chain, unwritable},
    recordings::{Recordings, check_room},
};

/// How long each part may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is wrong, each in words for whoever watches over the server.
pub type Wrong = Vec<&'static str>;

/// Looks at all parts, once for all who ask meanwhile: it writes, and whoever asks often shall not keep others from writing.
#[derive(Default)]
pub struct Readiness(Mutex<Option<WeakShared<BoxFuture<'static, Wrong>>>>);

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Readiness")
    }
}

impl Readiness {
    /// What is wrong; nothing where the server can work.
    pub async fn check(&self, db: SerialDb, recordings: &Recordings) -> Wrong {
        let looking = {
            let mut present = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            present.as_ref().and_then(WeakShared::upgrade).unwrap_or_else(|| {
                let looking = look(db, recordings.clone()).boxed().shared();
                *present = looking.downgrade();
                looking
            })
        };
        looking.await
    }
}

async fn look(mut db: SerialDb, recordings: Recordings) -> Wrong {
    let (database, storage, temporary) =
        tokio::join!(database(&mut db), storage(&recordings), timeout(PATIENCE, check_room(std::env::temp_dir())));
    let temporary = match temporary {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(said(&error, "the temporary folder", TEMPORARY)),
        Err(late) => Some(said(&late, "the temporary folder", TEMPORARY)),
    };
    [database, storage, temporary].into_iter().flatten().collect()
}

/// What is said of a part that does not answer, of one without room, and of one that may not be written to.
struct ReadinessWords {
    silent: &'static str,
    full: &'static str,
    refused: &'static str,
}

const TEMPORARY: ReadinessWords = ReadinessWords {
    silent: "the temporary folder does not answer",
    full: "the temporary folder has no room",
    refused: "the temporary folder cannot be written to",
};
const RECORDINGS: ReadinessWords = ReadinessWords {
    silent: "the store of recordings does not answer",
    full: "the store of recordings has no room",
    refused: "the store of recordings cannot be written to",
};

/// Logs why, and says what.
fn said(cause: &(dyn Error + 'static), part: &str, words: ReadinessWords) -> &'static str {
    tracing::error!(cause = chain(cause), "Not ready: {part}");
    match unwritable(cause) {
        Some(Unwritable::Full) => words.full,
        Some(Unwritable::Refused) => words.refused,
        None => words.silent,
    }
}

async fn database(db: &mut SerialDb) -> Option<&'static str> {
    let check = async {
        accounts::ping(&mut *db.read().await?).await?;
        db.check_writable(PATIENCE).await
    };
    // Time to read, and to find out why one cannot write.
    let (cause, outage) = match timeout(PATIENCE * 2, check).await {
        Ok(Ok(())) => return None,
        Ok(Err(error)) => (chain(&error), StoreError::outage(&error)),
        Err(late) => (late.to_string(), None),
    };
    tracing::error!(cause, "Not ready: the database");
    Some(match outage {
        Some(Outage::Full) => "the disk of the database has no room",
        Some(Outage::ReadOnly) => "the database cannot be written to",
        Some(Outage::Busy) => "the database is locked or too busy",
        _ => "the database does not answer",
    })
}

async fn storage(recordings: &Recordings) -> Option<&'static str> {
    match timeout(PATIENCE, recordings.check()).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(said(&error, "the store of recordings", RECORDINGS)),
        Err(late) => Some(said(&late, "the store of recordings", RECORDINGS)),
    }
}
