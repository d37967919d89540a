//! Stores a recording: what was sent, and what browsers play in its place.

use std::{fs::File, io};

use audio::{NotAudio, Playable, Raw, allowance::Allowance};
use domain::{CallId, call::Recording};
use store::{
    Scope, SerialDb, StoreError, objects,
    recordings::{self, PlayableObject, StoredRecording},
};

use super::{
    Recordings, StorageError,
    probing::{ProbeError, probe},
};
use crate::{clock::Clock, turns::Turns};

/// What storing takes.
pub struct Keeper<'a> {
    pub db: SerialDb,
    pub recordings: &'a Recordings,
    /// Turns of reading through.
    pub probes: &'a Turns,
    pub clock: &'a Clock,
}

/// A recording as it came.
pub struct UploadedRecording {
    /// A file, read from its beginning.
    pub file: File,
    pub bytes: u64,
    /// What its sender says it is, should it have no header.
    pub raw: Option<Raw>,
}

/// A recording that was stored.
pub struct KeptRecording {
    /// As the API shows it.
    pub recording: Recording,
    /// Whether the call had one before.
    pub is_replacement: bool,
}

/// Why a recording was not stored.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// It is none, or none that can be played.
    #[error(transparent)]
    NotAudio(#[from] NotAudio),
    /// There is no such call; or its recording is no longer to be fetched from where this one is from.
    #[error("there is no such call")]
    NoCall,
    /// The object store, or a file.
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The program has a fault, or ends.
    #[error("the reading of a recording ended")]
    Ended(#[source] io::Error),
}

impl From<ProbeError> for KeepError {
    fn from(error: ProbeError) -> Self {
        match error {
            ProbeError::NotAudio(reason) => Self::NotAudio(reason),
            ProbeError::Io(error) => Self::Storage(StorageError::Spool(error)),
            ProbeError::Ended(error) => Self::Ended(error),
        }
    }
}

impl Keeper<'_> {
    /// Reads a recording through and stores it.
    pub async fn keep(
        &mut self,
        scope: &Scope,
        call: &CallId,
        sent: UploadedRecording,
    ) -> Result<KeptRecording, KeepError> {
        self.keep_from(scope, call, sent, None).await
    }

    /// As [`Self::keep`], of one that was fetched: unless the call was sent again meanwhile with another address, or none.
    pub async fn keep_fetched(
        &mut self,
        scope: &Scope,
        call: &CallId,
        sent: UploadedRecording,
        url: &str,
    ) -> Result<KeptRecording, KeepError> {
        self.keep_from(scope, call, sent, Some(url)).await
    }

    async fn keep_from(
        &mut self,
        scope: &Scope,
        call: &CallId,
        sent: UploadedRecording,
        url: Option<&str>,
    ) -> Result<KeptRecording, KeepError> {
        let UploadedRecording { file, bytes, raw } = sent;
        let account = scope.account();
        let source = file.try_clone().map_err(StorageError::Spool)?;
        let probed = probe(self.probes, account, source, raw, Allowance::default()).await?;
        let name = |_: &Playable| Recordings::new_name(account);
        let (object, playable_object) = (Recordings::new_name(account), probed.playable.as_ref().map(name));
        let recording = StoredRecording {
            playable: playable_object
                .zip(probed.playable.as_ref())
                .map(|(object, playable)| PlayableObject { object, bytes: playable.bytes }),
            object,
            content_type: probed.content_type.to_owned(),
            bytes,
            duration: probed.duration,
            peaks: probed.peaks,
            stored_at: (self.clock)(),
        };
        // Whatever becomes of this process, what it stores is found again.
        let mut conn = self.db.write().await?;
        for object in recording.objects() {
            objects::loosen(&mut conn, scope, &object, (self.clock)()).await?;
        }
        conn.commit().await?;
        let files = std::iter::once(file).chain(probed.playable.map(|playable| playable.file));
        for (object, file) in recording.objects().iter().zip(files) {
            self.recordings.put(object, file).await?;
        }
        let noted = async {
            let mut conn = self.db.write().await?;
            let replaced = match url {
                Some(url) => recordings::put_fetched(&mut conn, scope, call, url, &recording).await?,
                None => recordings::put(&mut conn, scope, call, &recording).await?,
            };
            conn.commit().await?;
            replaced.ok_or(KeepError::NoCall)
        };
        let noted = noted.await;
        // Nothing refers to the objects unless the database does.
        let of_nobody = recording.objects();
        for object in noted.as_ref().unwrap_or(&of_nobody) {
            self.recordings.delete(object).await;
        }
        let is_replacement = !noted?.is_empty();
        let StoredRecording { content_type, duration, .. } = recording;
        Ok(KeptRecording { recording: Recording { content_type, bytes, duration }, is_replacement })
    }
}
