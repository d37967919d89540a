//! Where recordings are kept: a folder, or a bucket of an S3-speaking store.

use std::{fmt, fs::File, io::Write, path::PathBuf, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt, stream::BoxStream};
use object_store::{
    ClientConfigKey, Error, GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig, WriteMultipart,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    local::LocalFileSystem,
    path::Path,
    prefix::PrefixStore,
};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tracing::Instrument;

use crate::{secrets, settings::RecordingsPlace};

/// S3 takes parts of at least 5 MiB; a smaller recording goes in one request.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// Parts on their way at once: bounds the memory of an upload.
const PARTS_AT_ONCE: usize = 2;

/// How long a bucket may stay silent, unless `AWS_READ_TIMEOUT` says otherwise: before it answers, which includes the sending of a
/// part, and between two pieces of what it sends.
const BUCKET_SILENCE: &str = "30s";
/// The client's own limit on a request as a whole, out of the way: a large recording takes as long as somebody listens.
const NO_LIMIT: &str = "7days";
/// A request that failed is sent again so often,
const RETRIES: usize = 3;
/// but not after this time: who waits for it is to be told.
const RETRIES_END: Duration = Duration::from_secs(20);

/// What must fit into a folder that is to take files, in bytes.
const ROOM: usize = 1024 * 1024;

/// The store of recordings.
#[derive(Clone)]
pub struct Recordings {
    objects: Arc<dyn ObjectStore>,
    /// Where they are, unless in a bucket.
    folder: Option<PathBuf>,
}

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

/// Why what comes in could not be stored.
#[derive(Debug, thiserror::Error)]
pub enum PutError<E> {
    /// It broke off, or must not go on.
    #[error("what is to be stored broke off")]
    Source(E),
    #[error(transparent)]
    Storage(#[from] StorageError),
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
        let mut place_on_disk = None;
        let objects: Arc<dyn ObjectStore> = match place {
            RecordingsPlace::Folder(folder) => {
                place_on_disk = Some(folder.clone());
                let wrong = |error: &dyn fmt::Display| {
                    format!("the recordings folder {} cannot be opened: {error}", folder.display())
                };
                std::fs::create_dir_all(folder).map_err(|error| wrong(&error))?;
                let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| wrong(&error))?;
                // What was answered survives a loss of power.
                Arc::new(store.with_fsync(true).with_automatic_cleanup(true))
            }
            RecordingsPlace::Bucket { bucket, prefix } => {
                let store = bucket_from_environment().with_bucket_name(bucket).build();
                let store = store.map_err(|error| format!("the recordings bucket {bucket} cannot be used: {error}"))?;
                if prefix.is_empty() { Arc::new(store) } else { Arc::new(PrefixStore::new(store, prefix.as_str())) }
            }
        };
        Ok(Self { objects, folder: place_on_disk })
    }

    /// Whether the store answers, and a folder has room.
    pub async fn check(&self) -> Result<(), StorageError> {
        match self.objects.head(&Path::from("ready")).await {
            Ok(_) | Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        if let Some(folder) = self.folder.clone() {
            let checked = check_room(folder).await;
            checked.map_err(|error| Error::Generic { store: "folder", source: Box::new(error) })?;
        }
        Ok(())
    }

    /// A new name of the account. Nobody can guess it, and it never comes again: an answer that is under way keeps sending the
    /// old recording while a new one comes in. Until the database refers to it, the object is to be noted as
    /// [loose](store::objects), so that it is found after a crash.
    pub fn new_name(account: i64) -> String {
        format!("{account}/{}", secrets::random_text::<18>())
    }

    /// Stores a file from its beginning under this name, in place of what had it.
    pub async fn put(&self, name: &str, file: File) -> Result<(), StorageError> {
        let path = Path::from(name);
        let mut file = tokio::fs::File::from_std(file);
        file.rewind().await?;
        let mut part = read_part(&mut file).await?;
        if part.len() < PART_BYTES {
            self.objects.put(&path, PutPayload::from_bytes(part)).await.map_err(StorageError::Store)?;
            return Ok(());
        }
        let begun = self.objects.put_multipart(&path).await.map_err(StorageError::Store)?;
        let mut upload = Upload(Some(WriteMultipart::new_with_chunk_size(begun, PART_BYTES)));
        while !part.is_empty() {
            upload.put(part).await.map_err(StorageError::Store)?;
            part = read_part(&mut file).await?;
        }
        upload.finish().await.map_err(StorageError::Store)
    }

    /// Stores what comes in under this name, as it comes; gives how many bytes there were. What breaks off is not kept.
    pub async fn put_stream<E>(
        &self,
        name: &str,
        mut stream: impl Stream<Item = Result<Bytes, E>> + Unpin + Send,
    ) -> Result<u64, PutError<E>> {
        let path = Path::from(name);
        let begun = self.objects.put_multipart(&path).await.map_err(StorageError::Store)?;
        let mut upload = Upload(Some(WriteMultipart::new_with_chunk_size(begun, PART_BYTES)));
        let mut bytes = 0;
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(PutError::Source)?;
            bytes += chunk.len() as u64;
            upload.put(chunk).await.map_err(StorageError::Store)?;
        }
        upload.finish().await.map_err(StorageError::Store)?;
        Ok(bytes)
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

    /// All bytes, as they come.
    pub async fn read_whole(&self, name: &str) -> Result<BoxStream<'static, Result<Bytes, Error>>, StorageError> {
        Ok(self.objects.get(&Path::from(name)).await?.into_stream())
    }

    /// Deletes a file that nothing refers to any more, and what a killed process had written of it. `false`: it could not be,
    /// which is logged; an orphan stays.
    pub async fn delete(&self, name: &str) -> bool {
        self.delete_unfinished(name).await;
        match self.objects.delete(&Path::from(name)).await {
            Ok(()) | Err(Error::NotFound { .. }) => true,
            Err(error) => {
                tracing::warn!(object = name, cause = %error, "A file that is no longer needed stays");
                false
            }
        }
    }
}

/// What was brought into another store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CopiedObjects {
    pub objects: u64,
    pub bytes: u64,
    /// Of them, those that were there already.
    pub were_there: u64,
}

impl Recordings {
    /// Brings every object into another store; one that is there in the same length stays. `told` gets the length of each.
    pub async fn copy_to(
        &self,
        to: &Self,
        told: &mut (dyn FnMut(u64) + Send),
    ) -> Result<CopiedObjects, PutError<Error>> {
        let mut copied = CopiedObjects::default();
        let mut all = self.objects.list(None);
        while let Some(object) = all.next().await {
            let object = object.map_err(StorageError::Store)?;
            let is_there = match to.objects.head(&object.location).await {
                Ok(there) => there.size == object.size,
                Err(Error::NotFound { .. }) => false,
                Err(error) => return Err(StorageError::Store(error).into()),
            };
            if is_there {
                copied.were_there += 1;
            } else {
                let name = object.location.as_ref();
                to.put_stream(name, self.read_whole(name).await?).await?;
            }
            copied.objects += 1;
            copied.bytes += object.size;
            told(object.size);
        }
        Ok(copied)
    }
}

impl Recordings {
    /// In a folder a file has another name until it is whole: its own, `#`, and the first number that was free.
    async fn delete_unfinished(&self, name: &str) {
        let Some(folder) = &self.folder else { return };
        let mut number = 1;
        while tokio::fs::remove_file(folder.join(format!("{name}#{number}"))).await.is_ok() {
            number += 1;
        }
    }
}

/// The client of a bucket, by the usual variables. A request ends when nothing comes any more, and not after a time.
fn bucket_from_environment() -> AmazonS3Builder {
    let retry = RetryConfig { max_retries: RETRIES, retry_timeout: RETRIES_END, ..RetryConfig::default() };
    let mut bucket = AmazonS3Builder::from_env().with_retry(retry);
    let silence = AmazonS3ConfigKey::Client(ClientConfigKey::ReadTimeout);
    if bucket.get_config_value(&silence).is_none() {
        bucket = bucket.with_config(silence, BUCKET_SILENCE);
    }
    bucket.with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), NO_LIMIT)
}

/// Whether a folder takes a file of a megabyte. Nobody sees the file: it has no name.
pub async fn check_room(folder: PathBuf) -> std::io::Result<()> {
    let write = move || {
        let mut file = tempfile::tempfile_in(folder)?;
        file.write_all(&vec![0; ROOM])?;
        file.flush()
    };
    tokio::task::spawn_blocking(write).await?
}

/// An upload in parts. One that does not come to its end is aborted, also when nobody waits for it any more: its parts would be
/// paid for until somebody finds them.
struct Upload(Option<WriteMultipart>);

impl Upload {
    async fn put(&mut self, part: Bytes) -> Result<(), Error> {
        if let Some(write) = &mut self.0 {
            write.wait_for_capacity(PARTS_AT_ONCE).await?;
            write.put(part);
        }
        Ok(())
    }

    async fn finish(mut self) -> Result<(), Error> {
        if let Some(write) = &mut self.0 {
            write.wait_for_capacity(1).await?;
        }
        let Some(write) = self.0.take() else { return Ok(()) };
        // From here on it aborts itself if it fails; and it comes to its end, also where nobody waits for it any more: half
        // finished, nobody could tell whether there is something to abort or an object. That one is known as a loose one.
        let finishing = tokio::spawn(write.finish()).await;
        finishing.map_err(|error| Error::JoinError { source: error })?.map(|_| ())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Some(write) = self.0.take() {
            let aborting = async move {
                if let Err(cause) = write.abort().await {
                    tracing::warn!(%cause, "An upload that failed could not be cleaned up");
                }
            };
            tokio::spawn(aborting.in_current_span());
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

    #[test]
    fn a_bucket_may_be_silent_for_a_while_and_a_request_take_as_long_as_it_takes() {
        let bucket = bucket_from_environment();
        let of = |key: ClientConfigKey| bucket.get_config_value(&AmazonS3ConfigKey::Client(key));
        assert_eq!(of(ClientConfigKey::ReadTimeout).as_deref(), Some(BUCKET_SILENCE));
        assert_eq!(of(ClientConfigKey::Timeout).as_deref(), Some(NO_LIMIT));
    }

    #[tokio::test]
    async fn what_a_killed_process_left_of_a_file_goes_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let recordings = Recordings::open(&RecordingsPlace::Folder(folder.path().to_owned())).unwrap();
        std::fs::create_dir(folder.path().join("7")).unwrap();
        for left in ["7/one#1", "7/one#2", "7/other#1"] {
            std::fs::write(folder.path().join(left), "half a file").unwrap();
        }
        let name = Recordings::new_name(7);
        assert!(name.starts_with("7/") && name != Recordings::new_name(7));
        assert!(recordings.delete("7/one").await && recordings.delete(&name).await);
        let left: Vec<_> =
            std::fs::read_dir(folder.path().join("7")).unwrap().map(|of| of.unwrap().file_name()).collect();
        assert_eq!(left, ["other#1"]);
    }

    #[tokio::test]
    async fn a_recording_comes_back_byte_for_byte_and_in_parts() {
        let folder = tempfile::tempdir().unwrap();
        let recordings = Recordings::open(&RecordingsPlace::Folder(folder.path().join("deep/recordings"))).unwrap();
        recordings.check().await.unwrap();
        // More than two parts, not a whole number of them.
        for bytes in [0_usize, 1, 1000, PART_BYTES, 2 * PART_BYTES + 17] {
            let content: Vec<u8> = (0..bytes).map(|n| (n % 251) as u8).collect();
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&content).unwrap();
            let name = Recordings::new_name(7);
            recordings.put(&name, file).await.unwrap();
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
