//! Where recordings are kept: a folder, or a bucket of an S3-speaking store.

use std::{fmt, path::Path as FilePath, sync::Arc};

use bytes::{Bytes, BytesMut};
use domain::Call;
use futures::{StreamExt, stream::BoxStream};
use object_store::{
    Error, GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart, aws::AmazonS3Builder,
    local::LocalFileSystem, path::Path, prefix::PrefixStore,
};
use tokio::{
    io::AsyncReadExt,
    sync::{Mutex, MutexGuard},
};

use crate::{secrets, settings::RecordingsPlace};

/// S3 takes parts of at least 5 MiB; a smaller recording goes in one request.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// Parts on their way at once: bounds the memory of an upload.
const PARTS_AT_ONCE: usize = 2;

/// The store of recordings.
#[derive(Clone)]
pub struct Recordings {
    objects: Arc<dyn ObjectStore>,
    maker: Option<Maker>,
    making: Arc<Mutex<()>>,
}

/// Makes the audio of a call whose recording was announced.
pub type Maker = fn(&Call) -> Vec<u8>;

impl fmt::Debug for Recordings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recordings({})", self.objects)
    }
}

/// Why a recording could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database knows it, the store does not have it.
    #[error("the recording is not in the store")]
    Gone,
    /// Anything else.
    #[error("the store of recordings failed")]
    Store(#[source] Error),
    /// The spooled file cannot be read.
    #[error("the spooled recording cannot be read")]
    Spool(#[from] std::io::Error),
}

impl From<Error> for StorageError {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound { .. } => Self::Gone,
            error => Self::Store(error),
        }
    }
}

impl Recordings {
    /// Opens the store; a folder is made if it is not there.
    pub fn open(place: &RecordingsPlace) -> Result<Self, String> {
        let objects: Arc<dyn ObjectStore> = match place {
            RecordingsPlace::Folder(folder) => {
                let wrong = |error: &dyn fmt::Display| {
                    format!("the recordings folder {} cannot be opened: {error}", folder.display())
                };
                std::fs::create_dir_all(folder).map_err(|error| wrong(&error))?;
                let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| wrong(&error))?;
                // What was answered survives a loss of power.
                Arc::new(store.with_fsync(true).with_automatic_cleanup(true))
            }
            RecordingsPlace::Bucket { bucket, prefix } => {
                let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build();
                let store = store.map_err(|error| format!("the recordings bucket {bucket} cannot be used: {error}"))?;
                if prefix.is_empty() { Arc::new(store) } else { Arc::new(PrefixStore::new(store, prefix.as_str())) }
            }
        };
        Ok(Self { objects, maker: None, making: Arc::default() })
    }

    /// Makes announced recordings by this function; without one they are not found.
    #[must_use]
    pub fn made_by(self, maker: Maker) -> Self {
        Self { maker: Some(maker), ..self }
    }

    /// What makes announced recordings, for one of them at a time: while the guard lives, others wait.
    pub async fn maker(&self) -> Option<(Maker, MutexGuard<'_, ()>)> {
        Some((self.maker?, self.making.lock().await))
    }

    /// Whether the store answers.
    pub async fn check(&self) -> Result<(), StorageError> {
        match self.objects.head(&Path::from("ready")).await {
            Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Stores a file under a new name of the account and gives the name. Nobody can guess it, and it never comes
    /// again: an answer that is under way keeps sending the old recording while a new one comes in.
    pub async fn put(&self, account: i64, file: &FilePath) -> Result<String, StorageError> {
        let name = format!("{account}/{}", secrets::random_text::<18>());
        let path = Path::from(name.as_str());
        let mut file = tokio::fs::File::open(file).await?;
        let mut part = read_part(&mut file).await?;
        if part.len() < PART_BYTES {
            self.objects.put(&path, PutPayload::from_bytes(part)).await?;
            return Ok(name);
        }
        let upload = self.objects.put_multipart(&path).await?;
        let mut write = WriteMultipart::new_with_chunk_size(upload, PART_BYTES);
        while !part.is_empty() {
            let written = match write.wait_for_capacity(PARTS_AT_ONCE).await {
                Ok(()) => {
                    write.put(part);
                    read_part(&mut file).await.map_err(StorageError::from)
                }
                Err(error) => Err(error.into()),
            };
            part = match written {
                Ok(part) => part,
                Err(error) => {
                    // The parts that came so far would be paid for until somebody finds them.
                    if let Err(abort) = write.abort().await {
                        tracing::warn!(cause = %abort, "An upload that failed could not be cleaned up");
                    }
                    return Err(error);
                }
            };
        }
        write.finish().await?;
        Ok(name)
    }

    /// The bytes from `begin` to before `end`, as they come.
    pub async fn read(
        &self,
        name: &str,
        begin: u64,
        end: u64,
    ) -> Result<BoxStream<'static, Result<Bytes, Error>>, StorageError> {
        if begin == end {
            return Ok(futures::stream::empty().boxed());
        }
        let options = GetOptions { range: Some(GetRange::Bounded(begin..end)), ..GetOptions::default() };
        Ok(self.objects.get_opts(&Path::from(name), options).await?.into_stream())
    }

    /// Deletes a file that nothing refers to any more. `false`: it could not be, which is logged; an orphan stays.
    pub async fn delete(&self, name: &str) -> bool {
        if name.is_empty() {
            // It was announced and never made.
            return true;
        }
        match self.objects.delete(&Path::from(name)).await {
            Ok(()) | Err(Error::NotFound { .. }) => true,
            Err(error) => {
                tracing::warn!(object = name, cause = %error, "A file that is no longer needed stays");
                false
            }
        }
    }
}

async fn read_part(file: &mut tokio::fs::File) -> Result<Bytes, std::io::Error> {
    let mut part = BytesMut::with_capacity(PART_BYTES);
    while part.len() < PART_BYTES && file.read_buf(&mut part).await? > 0 {}
    Ok(part.freeze())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use futures::TryStreamExt;

    use super::*;

    #[tokio::test]
    async fn a_recording_comes_back_byte_for_byte_and_in_parts() {
        let folder = tempfile::tempdir().unwrap();
        let recordings = Recordings::open(&RecordingsPlace::Folder(folder.path().join("deep/recordings"))).unwrap();
        recordings.check().await.unwrap();
        // More than two parts, not a whole number of them.
        for bytes in [0_usize, 1, 1000, PART_BYTES, 2 * PART_BYTES + 17] {
            let content: Vec<u8> = (0..bytes).map(|n| (n % 251) as u8).collect();
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(&content).unwrap();
            let name = recordings.put(7, file.path()).await.unwrap();
            assert!(name.starts_with("7/"));
            let whole: Vec<Bytes> = recordings.read(&name, 0, bytes as u64).await.unwrap().try_collect().await.unwrap();
            assert_eq!(whole.concat(), content);
            if bytes > 10 {
                let part: Vec<Bytes> = recordings.read(&name, 3, 9).await.unwrap().try_collect().await.unwrap();
                assert_eq!(part.concat(), content[3..9]);
            }
            recordings.delete(&name).await;
            recordings.delete(&name).await;
            if bytes > 0 {
                assert!(matches!(recordings.read(&name, 0, 1).await.err(), Some(StorageError::Gone)));
            }
        }
    }
}
