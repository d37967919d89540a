//! Bringing in files of calls: read on a thread of their own, looked at or stored portion by portion. `ringside import` and the
//! jobs of imports that come over HTTP both do it by this.

mod archive;
pub mod checking;
pub mod named_file;
mod own;
pub mod report;
pub mod storing;
mod told;

use std::{
    fs::File,
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

use cdr::{Format, Mapping, Options, OrderBasis, OwnFields, ReadError, Reading, Skipped, ToldCall, ZoneBasis};
use domain::{
    Account, CallRecord, FieldError, attributes,
    import::{FileReading, ImportOptions, SHOWN_WORDS, UnknownWord},
    time::Zone,
};
use futures::StreamExt;
use store::{Conn, Scope, StoreError, result_codes, result_words::ResultWords};
use tokio::{io::AsyncWriteExt, sync::mpsc, task::JoinHandle};

use self::named_file::NamedFile;
use crate::recordings::{Recordings, StorageError};

/// How a file is read by what is asked of an import. The error says which of it cannot be.
///
/// The account's result codes are not among it: [`with_codes`] reads them, where a file is read.
pub fn options(asked: &ImportOptions, account: &Account) -> Result<Options, FieldError> {
    let wrong = |field: &str, reason: &str| FieldError::new(field, reason);
    let format = match &asked.format {
        Some(name) => Some(Format::from_name(name).ok_or_else(|| wrong("format", "is not the name of a format"))?),
        None => None,
    };
    let timezone = match &asked.timezone {
        Some(name) => Some(Zone::new(name).map_err(|_| wrong("timezone", "is not the name of a time zone"))?),
        None => None,
    };
    let mapping = asked.mapping.as_deref().map(Mapping::from_toml).transpose();
    let mapping = mapping.map_err(|error| wrong("mapping", &error.to_string()))?;
    if mapping.is_some() && format.is_some_and(|format| format != Format::Table) {
        return Err(wrong("mapping", "is for tables: the columns of this format are known"));
    }
    Ok(Options {
        format,
        campaign: asked.campaign.clone(),
        others: asked.inbound.clone(),
        timezone,
        currency: Some(account.currency.clone()),
        mapping,
        ..Options::new(account.zone)
    })
}

/// With the account's result codes and its own spellings of them: a code of a file that differs by case alone is the account's, and a word
/// of a table means what the account has said of it.
pub async fn with_codes(options: Options, conn: &mut Conn, scope: &Scope) -> Result<Options, StoreError> {
    let codes = result_codes::list(conn, scope).await?.into_iter().map(|known| known.code).collect();
    let spellings = ResultWords::read(conn, scope).await?.into_spellings();
    Ok(Options { codes, spellings, ..options })
}

/// A file of the object store in the temporary folder, where archives and workbooks can be read from anywhere in them.
///
/// It has no name there, so that it is gone with the process, however that ends.
pub async fn fetch(recordings: &Recordings, object: &str, bytes: u64) -> Result<File, StorageError> {
    let mut writer = tokio::fs::File::from_std(tempfile::tempfile()?);
    let mut stream = recordings.read(object, 0, bytes).await?;
    while let Some(chunk) = stream.next().await {
        writer.write_all(&chunk?).await?;
    }
    writer.flush().await?;
    Ok(writer.into_std().await)
}

/// Bytes of a file, or of what is kept of its calls besides their fields, after which a portion ends before: parsed they take several
/// times as much, and up to three portions are in memory.
const PORTION_BYTES: u64 = 4 * 1024 * 1024;
/// Calls of one transaction: large enough to be quick, small enough that others get their turn.
const PORTION: usize = 10_000;

/// Why files could not be brought in.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be read: its name, and why.
    #[error("{0}: {1}")]
    Unreadable(String, #[source] ReadError),
    /// No file that was found in a folder or an archive is one of call records.
    #[error("none of {0} files in it is of a format that is known")]
    NothingKnown(usize),
    #[error("the database")]
    Store(#[from] store::StoreError),
    /// The report cannot be written.
    #[error("the report cannot be written")]
    Report(#[source] io::Error),
    /// The thread that reads has ended by itself: its panic is in the log.
    #[error("the program has a fault; it is said before this")]
    Panicked,
}

/// Some records of a file, in their order.
#[derive(Debug)]
pub struct Portion {
    /// The format that the file is read as.
    pub format: Format,
    /// Which fields of calls the file tells of, where it is of Ringside's own.
    pub own_fields: Option<Arc<OwnFields>>,
    /// Records, each with the line that it begins on.
    pub records: Vec<(u64, CallRecord)>,
    /// Rows that are no calls as they are.
    pub skipped: Vec<Skipped>,
    /// Calls of which the file does not tell all.
    pub told: Vec<ToldCall>,
    /// Bytes of the file that were read so far.
    pub bytes: u64,
    /// Rows that were read so far.
    pub rows: u64,
}

/// A file that is being read on a thread of its own.
pub struct Portions {
    receiver: mpsc::Receiver<Portion>,
    reading: JoinHandle<Result<Reading, ReadError>>,
    /// The file's size, where it is known.
    pub total: Option<u64>,
    wanted: StillWanted,
}

/// Has the thread that reads stop once nobody wants what it reads: some formats read all rows before their first call.
struct StillWanted(Arc<AtomicBool>);

impl StillWanted {
    fn new() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }

    /// What the thread that reads the file needs of it.
    fn reader(&self) -> WantedInput {
        WantedInput(Arc::clone(&self.0))
    }
}

/// Makes inputs that fail once nobody wants what is read.
struct WantedInput(Arc<AtomicBool>);

impl WantedInput {
    fn of<R>(&self, input: R) -> WhileWanted<R> {
        WhileWanted { input, is_wanted: Arc::clone(&self.0) }
    }
}

impl Drop for StillWanted {
    fn drop(&mut self) {
        self.0.store(false, Relaxed);
    }
}

impl Portions {
    /// Begins to read a file. One in an archive is unpacked first, on another thread: that takes a while.
    pub async fn of(file: &NamedFile, options: &Options) -> Result<Self, ImportError> {
        let unreadable = |error| ImportError::Unreadable(file.name.clone(), ReadError::Io(error));
        let opened = file.clone();
        let opened = tokio::task::spawn_blocking(move || opened.open()).await.map_err(|_| ImportError::Panicked)?;
        let (input, total) = opened.map_err(unreadable)?;
        let (sender, receiver) = mpsc::channel(1);
        let options = options.clone();
        let wanted = StillWanted::new();
        let input = wanted.reader().of(input);
        let reading = tokio::task::spawn_blocking(move || read(input, &options, &sender));
        Ok(Self { receiver, reading, total, wanted })
    }

    /// The next records; none at the end, also where reading has failed.
    pub async fn next(&mut self) -> Option<Portion> {
        self.receiver.recv().await
    }

    /// What the file is, or why it could not be read to its end.
    pub async fn finish(self) -> Result<Result<Reading, ReadError>, ImportError> {
        let Self { receiver, reading, wanted, .. } = self;
        drop(receiver);
        let read = reading.await.map_err(|_| ImportError::Panicked);
        drop(wanted);
        read
    }
}

fn read(input: impl Read + Send, options: &Options, sender: &mpsc::Sender<Portion>) -> Result<Reading, ReadError> {
    let bytes = Arc::new(AtomicU64::new(0));
    let mut records = cdr::read(CountingReader { input, read: Arc::clone(&bytes) }, options)?;
    let format = records.format();
    let own_fields = records.own_fields().map(Arc::new);
    let empty = || Portion {
        format,
        own_fields: own_fields.clone(),
        records: Vec::new(),
        skipped: Vec::new(),
        told: Vec::new(),
        bytes: 0,
        rows: 0,
    };
    let mut portion = empty();
    let (mut begun, mut kept) = (0, 0);
    loop {
        let record = records.next();
        let is_last = record.is_none();
        match record {
            Some(Ok(record)) => {
                kept += bytes_kept(&record.1);
                portion.records.push(record);
            }
            Some(Err(skipped)) => portion.skipped.push(skipped),
            None => {}
        }
        let count = portion.records.len() + portion.skipped.len();
        let is_large = count > 0 && (bytes.load(Relaxed) - begun).max(kept) >= PORTION_BYTES;
        if is_last || is_large || count == PORTION {
            (begun, kept) = (bytes.load(Relaxed), 0);
            portion.told = records.take_told();
            (portion.bytes, portion.rows) = (bytes.load(Relaxed), records.reading().rows);
            // Nobody waits for the rest any more.
            if sender.blocking_send(std::mem::replace(&mut portion, empty())).is_err() || is_last {
                return records.finish();
            }
        }
    }
}

/// Bytes of what was said in a call, and of what else its row or object had. Those of rows that were read before their turn are no
/// bytes of the file any more.
fn bytes_kept(record: &CallRecord) -> u64 {
    let said = record.transcript.iter().flatten().map(|line| line.text.len());
    (said.sum::<usize>() + record.attributes.as_ref().map_or(0, attributes::bytes)) as u64
}

/// Counts what was read.
struct CountingReader<R> {
    input: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.read.fetch_add(read as u64, Relaxed);
        Ok(read)
    }
}

/// Fails once nobody wants what is read.
struct WhileWanted<R> {
    input: R,
    is_wanted: Arc<AtomicBool>,
}

impl<R: Read> Read for WhileWanted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_wanted.load(Relaxed) {
            self.input.read(buffer)
        } else {
            Err(io::Error::other("nobody wants it any more"))
        }
    }
}

/// Whether a file that was found in a folder or an archive is passed over: it is none of call records, or another table than
/// the mapping's.
pub fn is_passed_over(file: &NamedFile, error: &ReadError) -> bool {
    file.was_found && matches!(error, ReadError::Unknown(_) | ReadError::Shape { format: Format::Table, .. })
}

/// What was found out about a file.
pub fn file_reading(name: &str, reading: &Reading) -> FileReading {
    FileReading {
        name: name.to_owned(),
        format: Some(reading.format.name().to_owned()),
        shape: reading.shape.clone(),
        rows: reading.rows,
        calls: reading.calls,
        skipped: reading.skipped,
        duplicates: reading.duplicates,
        left_out: reading.left_out,
        inbound: reading.inbound,
        internal: reading.internal,
        voicemail: reading.voicemail,
        zone: reading.zone.as_ref().map(|zone| zone.name.clone()),
        zone_is_assumed: reading.zone.as_ref().is_some_and(|zone| zone.basis == ZoneBasis::Account),
        date_order: reading.date_order.map(|(order, _)| order.to_string()),
        order_is_assumed: reading.date_order.is_some_and(|(_, basis)| basis == OrderBasis::Default),
        warnings: reading.warnings.clone(),
        refused: None,
        unknown_words: unknown_words(reading),
    }
}

fn unknown_words(reading: &Reading) -> Vec<UnknownWord> {
    let first = reading.unknown_words.iter().take(SHOWN_WORDS);
    first.map(|(word, rows)| UnknownWord { word: word.clone(), rows: *rows }).collect()
}

/// A file of which nothing was read.
pub fn refused(name: &str, why: &str) -> FileReading {
    FileReading { name: name.to_owned(), refused: Some(why.to_owned()), ..FileReading::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_stops_once_nobody_wants_it() {
        let wanted = StillWanted::new();
        let mut input = wanted.reader().of(io::repeat(b'a'));
        let mut some = [0; 4];
        assert_eq!(input.read(&mut some).unwrap(), 4);
        drop(wanted);
        assert!(input.read(&mut some).is_err());
    }
}
