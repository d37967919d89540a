//! The first start: who begins with nothing makes the first operator by a link that the server printed when it began. Its key is random
//! for each start, kept as a hash in the memory of the process that printed it, and opens nothing once there is anybody at all.

use std::sync::{
    OnceLock,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use store::{Conn, Db, StoreError, people};

use crate::{
    secrets::{self, NO_PREFIX},
    settings::BaseUrl,
};

/// The first start of a process; without a key unless it began with an empty database.
#[derive(Debug, Default)]
pub struct FirstStart {
    hash: OnceLock<[u8; 32]>,
    /// The first operator exists, so the key no longer opens anything.
    is_over: AtomicBool,
}

impl FirstStart {
    /// Makes the key where there is nobody yet. Gives the address of the page, to be printed once and kept nowhere.
    pub async fn offer(&self, db: &Db, base_url: &BaseUrl) -> Result<Option<String>, StoreError> {
        if people::is_any(&mut db.read().await?).await? {
            return Ok(None);
        }
        let secret = secrets::make(NO_PREFIX, 0);
        if self.hash.set(secret.hash).is_err() {
            return Ok(None);
        }
        Ok(Some(format!("{base_url}/first-start?key={}", secret.text)))
    }

    /// Whether this is the key. The hashes are compared: how long it takes tells nothing of it.
    pub fn is_key(&self, text: &str) -> bool {
        let asked = secrets::read(NO_PREFIX, text).map(|(_, hash)| hash);
        asked.is_some() && asked.as_ref() == self.hash.get()
    }

    /// Whether the process began with nobody, and there is nobody still.
    pub async fn is_waiting(&self, conn: &mut Conn) -> Result<bool, StoreError> {
        if self.hash.get().is_none() || self.is_over.load(Relaxed) {
            return Ok(false);
        }
        let is_over = people::is_any(conn).await?;
        self.is_over.store(is_over, Relaxed);
        Ok(!is_over)
    }
}
