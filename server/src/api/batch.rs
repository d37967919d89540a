//! Batches: a JSON array or one JSON object a line, perhaps packed. The body is received first, as it is; when it is the
//! batch's turn, it is unpacked and cut into records. What unpacks to gigabytes is refused at the limit, and a record that is
//! too large is never kept, let alone parsed.

use std::sync::Arc;

use async_compression::tokio::bufread::{GzipDecoder, ZstdDecoder};
use axum::{extract::Request, http::header};
use cdr::{ArrayCutter, ArrayFault};
use domain::{
    FieldError,
    limits::{
        BATCH_BYTES, BATCH_RECORDS, LIST_BYTES, OBJECT_BYTES, PARSED_BYTES, RECORD_BYTES, VALUE_BYTES,
        WAITING_BATCHES_OF_AN_ACCOUNT,
    },
};
use futures::Stream;
use serde::de::DeserializeOwned;
use store::{
    Scope,
    ingest::{self, BatchAnswer, CheckedRecords, PORTION_RECORDS, RecordError},
    result_words::ResultWords,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    task::JoinHandle,
};

use crate::{
    context::Context,
    turns::{Full, Turn},
    web::{
        json::{self, Unreadable},
        problem::Problem,
        received,
    },
};

/// Records are parsed and stored in chunks of so much text, and of [`PORTION_RECORDS`].
const CHUNK_BYTES: usize = 1024 * 1024;
/// The window of a zstd frame decides the memory to unpack it; 8 MiB is what its levels up to 19 use.
const ZSTD_WINDOW_LOG: u32 = 23;

/// A body that was read whole, as text: parsed records would take several times the memory, so they are parsed a chunk at
/// a time while they are stored.
#[derive(Debug, Default)]
pub struct Batch {
    chunks: Vec<Chunk>,
    records: usize,
    /// What is wrong with lines that are no JSON, and with records that are too large.
    refused: BatchAnswer,
}

/// Some records in their order: their bytes one after the other.
#[derive(Debug, Default)]
struct Chunk {
    bytes: Vec<u8>,
    /// The place in the batch and the end in `bytes` of each.
    ends: Vec<(usize, usize)>,
    /// What they take in memory once they are parsed, roughly.
    parsed_bytes: usize,
}

/// The records of a chunk, each with its place in the batch, and those that are not what they should be.
pub type Parsed<T> = (Vec<(usize, T)>, Vec<RecordError>);

impl Batch {
    /// Takes a record's text, none where it is too long; what is no JSON inside an array breaks the whole array, a line
    /// stands for itself.
    fn take(&mut self, bytes: Option<&[u8]>, shape: BatchShape) -> Result<(), Problem> {
        let index = self.records;
        if index == BATCH_RECORDS {
            return Err(Problem::too_large("a batch is at most 100,000 records; send it in parts"));
        }
        self.records += 1;
        let refuse = |reason: String| RecordError { index, id: None, field: "body".to_owned(), reason };
        let Some(bytes) = bytes else {
            self.refused.reject(refuse("is longer than 1 MiB, the most that a record may be".to_owned()));
            return Ok(());
        };
        if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(bytes) {
            if shape == BatchShape::Array {
                return Err(Problem::unreadable(format!("record {index} of the array is not JSON: {error}")));
            }
            self.refused.reject(refuse(format!("is not JSON: {error}")));
            return Ok(());
        }
        let parsed_bytes = parsed_bytes(bytes);
        if self.chunks.last().is_none_or(|chunk| !chunk.has_room(bytes.len(), parsed_bytes)) {
            if let Some(full) = self.chunks.last_mut() {
                full.bytes.shrink_to_fit();
            }
            self.chunks.push(Chunk { bytes: Vec::with_capacity(CHUNK_BYTES.max(bytes.len())), ..Chunk::default() });
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.bytes.extend_from_slice(bytes);
            chunk.ends.push((index, chunk.bytes.len()));
            chunk.parsed_bytes += parsed_bytes;
        }
        Ok(())
    }

    /// How many records could not even be read as such.
    pub fn refused(&self) -> u64 {
        self.refused.rejected
    }

    /// The answer to the whole batch: what became of its chunks, and what was refused before, in the order of the records.
    pub fn finish(self, mut answer: BatchAnswer) -> BatchAnswer {
        answer.add(self.refused);
        answer.finish();
        answer
    }

    /// The batch's calls, chunk after chunk, with the codes that the account's words stand for: while one is stored, the next is
    /// parsed and checked on another thread.
    pub fn checked(&mut self, words: ResultWords) -> impl Stream<Item = CheckedRecords> + Send + use<> {
        let words = Arc::new(words);
        let mut chunks = std::mem::take(&mut self.chunks).into_iter();
        let first = chunks.next().map(|chunk| chunk.check(Arc::clone(&words)));
        futures::stream::unfold((first, chunks, words), async |(current, mut chunks, words)| {
            let current = current?;
            let next = chunks.next().map(|chunk| chunk.check(Arc::clone(&words)));
            match current.await {
                Ok(checked) => Some((checked, (next, chunks, words))),
                Err(ended) if ended.is_panic() => std::panic::resume_unwind(ended.into_panic()),
                // The program ends: so does this request.
                Err(_) => std::future::pending().await,
            }
        })
    }

    /// Parses chunk after chunk, and lets go of each.
    pub fn parsed<T: DeserializeOwned>(&mut self) -> impl Iterator<Item = Parsed<T>> + use<T> {
        std::mem::take(&mut self.chunks).into_iter().map(Chunk::parse)
    }
}

/// What a record takes in memory once it is parsed, roughly: a list of empty objects takes a hundred times its text.
fn parsed_bytes(text: &[u8]) -> usize {
    let bytes = |byte: &u8| match byte {
        b'{' => OBJECT_BYTES,
        b'[' => LIST_BYTES,
        b',' => VALUE_BYTES,
        _ => 1,
    };
    text.iter().map(bytes).sum()
}

impl Chunk {
    fn has_room(&self, bytes: usize, parsed_bytes: usize) -> bool {
        self.bytes.len() + bytes <= CHUNK_BYTES
            && self.ends.len() < PORTION_RECORDS
            && self.parsed_bytes + parsed_bytes <= PARSED_BYTES
    }

    fn check(self, words: Arc<ResultWords>) -> JoinHandle<CheckedRecords> {
        tokio::task::spawn_blocking(move || {
            let (records, unreadable) = self.parse();
            let mut checked = ingest::check(records, &words);
            for error in unreadable {
                checked.reject(error);
            }
            checked
        })
    }

    fn parse<T: DeserializeOwned>(self) -> Parsed<T> {
        let (mut records, mut unreadable) = (Vec::with_capacity(self.ends.len()), Vec::new());
        let mut begin = 0;
        for (index, end) in self.ends {
            let bytes = &self.bytes[begin..end];
            begin = end;
            match json::parse(bytes) {
                Ok(record) => records.push((index, record)),
                Err(Unreadable::Field(FieldError { field, reason })) => {
                    unreadable.push(RecordError { index, id: json::id_of(bytes), field, reason });
                }
                Err(Unreadable::NotJson(reason)) => {
                    let (field, reason) = ("body".to_owned(), format!("is not JSON: {reason}"));
                    unreadable.push(RecordError { index, id: None, field, reason });
                }
            }
        }
        (records, unreadable)
    }
}

/// Receives a batch, and reads it when it is its turn, which lasts until it is dropped. While its sender is slow, it takes
/// nothing that others wait for.
pub async fn read(context: &Context, scope: &Scope, request: Request) -> Result<(Batch, Turn), Problem> {
    let headers = request.headers();
    let shape = match json::media_type(headers).as_deref() {
        Some("application/json") => BatchShape::Array,
        Some("application/x-ndjson" | "application/ndjson" | "application/jsonl") => BatchShape::Lines,
        _ => {
            return Err(Problem::unsupported(
                "send a JSON array as application/json, or one JSON object a line as application/x-ndjson",
            ));
        }
    };
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > BATCH_BYTES) {
        return Err(too_many_bytes());
    }
    let encoding =
        headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?").to_ascii_lowercase());
    let packing = BatchPacking::of(encoding.as_deref())?;
    let account = scope.account();
    let waiting = context.waiting_batches.try_take(account).map_err(|full| match full {
        Full::OfAccount => Problem::too_many(format!(
            "this account sends {WAITING_BATCHES_OF_AN_ACCOUNT} batches already; wait for an answer to one of them"
        )),
        Full::All => {
            Problem::unavailable("too many batches come in now; nothing was stored, send it again in a moment")
        }
    })?;
    let received = received::receive(request.into_body(), BATCH_BYTES, too_many_bytes).await?;
    let turn = context.batches.take(account).await.map_err(|error| Problem::internal(&error))?;
    drop(waiting);
    let batch = cut(packing.reader(received.into_reader().await?), shape).await?;
    Ok((batch, turn))
}

fn too_many_bytes() -> Problem {
    Problem::too_large("a batch is at most 64 MiB, unpacked; send it in parts")
}

/// How a body is packed.
#[derive(Debug, Clone, Copy)]
enum BatchPacking {
    Plain,
    Gzip,
    Zstd,
}

impl BatchPacking {
    fn of(encoding: Option<&str>) -> Result<Self, Problem> {
        match encoding {
            None | Some("identity") => Ok(Self::Plain),
            Some("gzip" | "x-gzip") => Ok(Self::Gzip),
            Some("zstd") => Ok(Self::Zstd),
            Some(_) => {
                Err(Problem::unsupported("a batch may be packed as Content-Encoding gzip or zstd, nothing else"))
            }
        }
    }

    fn reader(self, packed: Box<dyn AsyncRead + Send + Unpin>) -> Box<dyn AsyncRead + Send + Unpin> {
        let packed = tokio::io::BufReader::new(packed);
        match self {
            Self::Plain => Box::new(packed),
            Self::Gzip => {
                let mut decoder = GzipDecoder::new(packed);
                decoder.multiple_members(true);
                Box::new(decoder)
            }
            Self::Zstd => {
                let window = async_compression::zstd::DParameter::window_log_max(ZSTD_WINDOW_LOG);
                let mut decoder = ZstdDecoder::with_params(packed, &[window]);
                decoder.multiple_members(true);
                Box::new(decoder)
            }
        }
    }
}

async fn cut(mut reader: Box<dyn AsyncRead + Send + Unpin>, shape: BatchShape) -> Result<Batch, Problem> {
    let mut cutter = Cutter::new(shape);
    let mut batch = Batch::default();
    let mut each = |bytes: Option<&[u8]>| batch.take(bytes, shape);
    let mut buffer = vec![0; 64 * 1024];
    let mut total = 0;
    loop {
        let read = reader.read(&mut buffer).await.map_err(|_| Problem::unreadable("the body cannot be unpacked"))?;
        if read == 0 {
            break;
        }
        total += read as u64;
        if total > BATCH_BYTES {
            return Err(too_many_bytes());
        }
        cutter.feed(&buffer[..read], &mut each)?;
        // What is in memory never waits by itself; others have work, too.
        tokio::task::yield_now().await;
    }
    cutter.finish(&mut each)?;
    Ok(batch)
}

/// How records follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BatchShape {
    Array,
    Lines,
}

/// Cuts a stream of bytes into records without parsing them.
struct Cutter {
    shape: BatchShape,
    array: ArrayCutter,
    /// The begin of a line whose end has not come yet.
    pending: Vec<u8>,
    /// More of that line came than a record may have.
    is_cut: bool,
    started: bool,
}

const BOM: &[u8] = b"\xef\xbb\xbf";

impl Cutter {
    fn new(shape: BatchShape) -> Self {
        Self { shape, array: ArrayCutter::new(RECORD_BYTES), pending: Vec::new(), is_cut: false, started: false }
    }

    fn feed(
        &mut self,
        mut chunk: &[u8],
        each: &mut impl FnMut(Option<&[u8]>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        if !self.started {
            self.started = true;
            chunk = chunk.strip_prefix(BOM).unwrap_or(chunk);
        }
        match self.shape {
            BatchShape::Lines => self.feed_lines(chunk, each),
            BatchShape::Array => self.feed_array(chunk, each),
        }
    }

    fn feed_lines(
        &mut self,
        chunk: &[u8],
        each: &mut impl FnMut(Option<&[u8]>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let mut rest = chunk;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.keep(&rest[..end]);
            self.line(each)?;
            rest = &rest[end + 1..];
        }
        self.keep(rest);
        Ok(())
    }

    fn keep(&mut self, bytes: &[u8]) {
        // With the CR of the line's end.
        let room = RECORD_BYTES + 1 - self.pending.len();
        self.is_cut |= bytes.len() > room;
        self.pending.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn line(&mut self, each: &mut impl FnMut(Option<&[u8]>) -> Result<(), Problem>) -> Result<(), Problem> {
        let line = self.pending.trim_ascii();
        let is_whole = !std::mem::take(&mut self.is_cut) && line.len() <= RECORD_BYTES;
        if !line.is_empty() {
            each(is_whole.then_some(line))?;
        }
        self.pending.clear();
        Ok(())
    }

    fn feed_array(
        &mut self,
        mut chunk: &[u8],
        each: &mut impl FnMut(Option<&[u8]>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        while let Some(record) = self.array.next_element(&mut chunk).map_err(not_array)? {
            each((!record.is_cut).then_some(record.text))?;
        }
        Ok(())
    }

    fn finish(mut self, each: &mut impl FnMut(Option<&[u8]>) -> Result<(), Problem>) -> Result<(), Problem> {
        match self.shape {
            BatchShape::Lines => self.line(each),
            BatchShape::Array => self.array.finish().map_err(not_array),
        }
    }
}

fn not_array(fault: ArrayFault) -> Problem {
    match fault {
        ArrayFault::Empty => Problem::unreadable("the body is empty; send a JSON array"),
        ArrayFault::NoArray(b'{') => Problem::unreadable(
            "the body is not a JSON array: it begins with {; send single objects as application/x-ndjson",
        ),
        fault => Problem::unreadable(format!("the body is not a JSON array: {fault}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts a text that arrives in pieces of every size.
    fn cut_up(shape: BatchShape, text: &str) -> Result<Vec<String>, String> {
        let mut results = Vec::new();
        for size in 1..=text.len().max(1) {
            let mut records = Vec::new();
            let mut each = |bytes: Option<&[u8]>| {
                records.push(String::from_utf8(bytes.unwrap_or(b"too long").to_vec()).unwrap().trim().to_owned());
                Ok(())
            };
            let mut cutter = Cutter::new(shape);
            let fed = text.as_bytes().chunks(size).try_for_each(|chunk| cutter.feed(chunk, &mut each));
            let result = fed.and_then(|()| cutter.finish(&mut each)).map_err(|problem| problem.detail().to_owned());
            results.push(result.map(|()| records));
        }
        assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "{text}: {results:?}");
        results.remove(0)
    }

    #[test]
    fn records_are_cut_wherever_the_pieces_end() {
        let array = r#" [ {"a":"],[\"}{"} , {"b":[1,{"c":[]}]},3 , "x\\" ] "#;
        assert_eq!(
            cut_up(BatchShape::Array, array).unwrap(),
            [r#"{"a":"],[\"}{"}"#, r#"{"b":[1,{"c":[]}]}"#, "3", r#""x\\""#]
        );
        assert_eq!(cut_up(BatchShape::Array, "[]").unwrap(), Vec::<String>::new());
        assert_eq!(cut_up(BatchShape::Lines, "{\"a\":1}\r\n\n{\"b\":2}").unwrap(), [r#"{"a":1}"#, r#"{"b":2}"#]);
    }

    #[test]
    fn a_record_is_cut_off_one_byte_beyond_its_limit() {
        let (at, over) = ("9".repeat(RECORD_BYTES), "9".repeat(RECORD_BYTES + 1));
        for (shape, text) in [
            (BatchShape::Array, format!("[1,{at},{over},2]")),
            (BatchShape::Lines, format!("1\r\n{at}\r\n{over}\r\n2\r\n")),
        ] {
            let mut lengths = Vec::new();
            let mut each = |bytes: Option<&[u8]>| {
                lengths.push(bytes.map(<[u8]>::len));
                Ok(())
            };
            let mut cutter = Cutter::new(shape);
            text.as_bytes().chunks(10_000).try_for_each(|chunk| cutter.feed(chunk, &mut each)).unwrap();
            cutter.finish(&mut each).unwrap();
            assert_eq!(lengths, [Some(1), Some(RECORD_BYTES), None, Some(1)], "{shape:?}");
        }
    }

    #[test]
    fn records_that_grow_when_they_are_parsed_are_parsed_in_small_parts() {
        let attack = format!("{{\"attributes\":{{\"k\":[{}{{}}]}}}}", "{},".repeat(10_000));
        let mut batch = Batch::default();
        for _ in 0..100 {
            batch.take(Some(attack.as_bytes()), BatchShape::Array).unwrap();
        }
        assert!(batch.chunks.iter().all(|chunk| chunk.ends.len() == 1), "each would take 5 MB");
    }

    #[test]
    fn a_broken_array_is_refused_whole() {
        for (text, said) in [
            ("", "empty"),
            ("{}", "x-ndjson"),
            ("x", "begin with ["),
            ("[1,]", "comma"),
            ("[1", "ends before"),
            ("[", "ends before"),
            ("[1]x", "follows"),
            ("[{\"a\":\"]\"", "ends before"),
        ] {
            let error = cut_up(BatchShape::Array, text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
