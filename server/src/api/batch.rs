//! Batches: a JSON array or one JSON object a line, perhaps packed. The body is unpacked and cut into records while it
//! arrives, so a 64 MiB batch is never in memory as text, and a small body that unpacks to gigabytes is refused early.

use std::{io, time::Duration};

use async_compression::tokio::bufread::{GzipDecoder, ZstdDecoder};
use axum::{body::Body, extract::Request, http::header};
use cdr::{ArrayCutter, ArrayFault};
use domain::FieldError;
use futures::{Stream, TryStreamExt};
use serde::de::DeserializeOwned;
use store::ingest::{self, BatchAnswer, CheckedRecords, RecordError};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    task::JoinHandle,
};
use tokio_util::io::StreamReader;

use crate::web::{
    json::{self, Unreadable},
    problem::Problem,
};

/// The largest body, unpacked.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// The most records.
pub const MAX_RECORDS: usize = 100_000;
/// Records are parsed and stored in chunks of so much text.
const CHUNK_BYTES: usize = 1024 * 1024;
/// How long nothing may come before the sender is given up.
const IDLE: Duration = Duration::from_secs(30);
/// The window of a zstd frame decides the memory to unpack it; 8 MiB is what its levels up to 19 use.
const ZSTD_WINDOW_LOG: u32 = 23;

/// A body that was read whole, as text: parsed records would take several times the memory, so they are parsed a chunk at
/// a time while they are stored.
#[derive(Debug, Default)]
pub struct Batch {
    chunks: Vec<Chunk>,
    records: usize,
    /// Lines that are no JSON.
    unreadable: Vec<RecordError>,
}

/// Some records in their order: their bytes one after the other.
#[derive(Debug, Default)]
struct Chunk {
    bytes: Vec<u8>,
    /// The place in the batch and the end in `bytes` of each.
    ends: Vec<(usize, usize)>,
}

/// The records of a chunk, each with its place in the batch, and those that are not what they should be.
pub type Parsed<T> = (Vec<(usize, T)>, Vec<RecordError>);

impl Batch {
    /// Takes a record's text; what is no JSON inside an array breaks the whole array, a line stands for itself.
    fn take(&mut self, bytes: &[u8], shape: Shape) -> Result<(), Problem> {
        let index = self.records;
        if index == MAX_RECORDS {
            return Err(Problem::too_large("a batch is at most 100,000 records; send it in parts"));
        }
        self.records += 1;
        if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(bytes) {
            if shape == Shape::Array {
                return Err(Problem::unreadable(format!("record {index} of the array is not JSON: {error}")));
            }
            let (field, reason) = ("body".to_owned(), format!("is not JSON: {error}"));
            self.unreadable.push(RecordError { index, id: None, field, reason });
            return Ok(());
        }
        if self.chunks.last().is_none_or(|chunk| chunk.bytes.len() + bytes.len() > CHUNK_BYTES) {
            self.chunks.push(Chunk { bytes: Vec::with_capacity(CHUNK_BYTES.max(bytes.len())), ends: Vec::new() });
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.bytes.extend_from_slice(bytes);
            chunk.ends.push((index, chunk.bytes.len()));
        }
        Ok(())
    }

    /// The answer to the whole batch: what became of its chunks, and the lines that are no JSON, in the order of the
    /// records.
    pub fn finish(self, mut answer: BatchAnswer) -> BatchAnswer {
        for error in self.unreadable {
            answer.reject(error);
        }
        answer.sort();
        answer
    }

    /// The batch's calls, chunk after chunk: while one is stored, the next is parsed and checked on another thread.
    pub fn checked(&mut self) -> impl Stream<Item = CheckedRecords> + Send + use<> {
        let mut chunks = std::mem::take(&mut self.chunks).into_iter();
        let first = chunks.next().map(Chunk::check);
        futures::stream::unfold((first, chunks), async |(current, mut chunks)| {
            let current = current?;
            let next = chunks.next().map(Chunk::check);
            match current.await {
                Ok(checked) => Some((checked, (next, chunks))),
                Err(ended) if ended.is_panic() => std::panic::resume_unwind(ended.into_panic()),
                // The program ends: so does this request.
                Err(_) => std::future::pending().await,
            }
        })
    }

    /// Parses chunk after chunk, and lets go of each.
    pub fn parsed<T: DeserializeOwned>(&mut self) -> impl Iterator<Item = Parsed<T>> {
        std::mem::take(&mut self.chunks).into_iter().map(Chunk::parse)
    }
}

impl Chunk {
    fn check(self) -> JoinHandle<CheckedRecords> {
        tokio::task::spawn_blocking(move || {
            let (records, unreadable) = self.parse();
            let mut checked = ingest::check(records);
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

/// Reads a batch.
pub async fn read(request: Request) -> Result<Batch, Problem> {
    let headers = request.headers();
    let shape = match json::media_type(headers).as_deref() {
        Some("application/json") => Shape::Array,
        Some("application/x-ndjson" | "application/ndjson" | "application/jsonl") => Shape::Lines,
        _ => {
            return Err(Problem::unsupported(
                "send a JSON array as application/json, or one JSON object a line as application/x-ndjson",
            ));
        }
    };
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > MAX_BYTES) {
        return Err(too_many_bytes());
    }
    let encoding =
        headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?").to_ascii_lowercase());
    let reader = unpacked(encoding.as_deref(), request.into_body())?;
    cut(reader, shape).await
}

fn too_many_bytes() -> Problem {
    Problem::too_large("a batch is at most 64 MiB, unpacked; send it in parts")
}

fn unpacked(encoding: Option<&str>, body: Body) -> Result<Box<dyn AsyncRead + Send + Unpin>, Problem> {
    let bytes = StreamReader::new(body.into_data_stream().map_err(io::Error::other));
    // Packed bytes that unpack to nothing (empty gzip members) are bounded, too.
    let packed = tokio::io::BufReader::new(bytes.take(MAX_BYTES + 1024 * 1024));
    Ok(match encoding {
        None | Some("identity") => Box::new(packed),
        Some("gzip" | "x-gzip") => {
            let mut decoder = GzipDecoder::new(packed);
            decoder.multiple_members(true);
            Box::new(decoder)
        }
        Some("zstd") => {
            let window = async_compression::zstd::DParameter::window_log_max(ZSTD_WINDOW_LOG);
            let mut decoder = ZstdDecoder::with_params(packed, &[window]);
            decoder.multiple_members(true);
            Box::new(decoder)
        }
        Some(_) => {
            return Err(Problem::unsupported("a batch may be packed as Content-Encoding gzip or zstd, nothing else"));
        }
    })
}

async fn cut(mut reader: Box<dyn AsyncRead + Send + Unpin>, shape: Shape) -> Result<Batch, Problem> {
    let mut cutter = Cutter::new(shape);
    let mut batch = Batch::default();
    let mut each = |bytes: &[u8]| batch.take(bytes, shape);
    let mut buffer = vec![0; 64 * 1024];
    let mut total = 0;
    loop {
        let read = match tokio::time::timeout(IDLE, reader.read(&mut buffer)).await {
            Err(_) => return Err(Problem::too_slow()),
            Ok(Err(_)) => return Err(Problem::unreadable("the body broke off or cannot be unpacked")),
            Ok(Ok(read)) => read,
        };
        if read == 0 {
            break;
        }
        total += read as u64;
        if total > MAX_BYTES {
            return Err(too_many_bytes());
        }
        cutter.feed(&buffer[..read], &mut each)?;
    }
    cutter.finish(&mut each)?;
    Ok(batch)
}

/// How records follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Array,
    Lines,
}

/// Cuts a stream of bytes into records without parsing them.
struct Cutter {
    shape: Shape,
    array: ArrayCutter,
    /// The begin of a line whose end has not come yet.
    pending: Vec<u8>,
    started: bool,
}

const BOM: &[u8] = b"\xef\xbb\xbf";

impl Cutter {
    fn new(shape: Shape) -> Self {
        // What is too large is refused as a whole.
        Self { shape, array: ArrayCutter::new(usize::MAX), pending: Vec::new(), started: false }
    }

    fn feed(&mut self, mut chunk: &[u8], each: &mut impl FnMut(&[u8]) -> Result<(), Problem>) -> Result<(), Problem> {
        if !self.started {
            self.started = true;
            chunk = chunk.strip_prefix(BOM).unwrap_or(chunk);
        }
        match self.shape {
            Shape::Lines => self.feed_lines(chunk, each),
            Shape::Array => self.feed_array(chunk, each),
        }
    }

    fn feed_lines(&mut self, chunk: &[u8], each: &mut impl FnMut(&[u8]) -> Result<(), Problem>) -> Result<(), Problem> {
        let mut rest = chunk;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.pending.extend_from_slice(&rest[..end]);
            self.line(each)?;
            rest = &rest[end + 1..];
        }
        self.pending.extend_from_slice(rest);
        Ok(())
    }

    fn line(&mut self, each: &mut impl FnMut(&[u8]) -> Result<(), Problem>) -> Result<(), Problem> {
        let line = self.pending.trim_ascii();
        if !line.is_empty() {
            each(line)?;
        }
        self.pending.clear();
        Ok(())
    }

    fn feed_array(
        &mut self,
        mut chunk: &[u8],
        each: &mut impl FnMut(&[u8]) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        while let Some(record) = self.array.next_element(&mut chunk).map_err(not_array)? {
            each(record.text)?;
        }
        Ok(())
    }

    fn finish(mut self, each: &mut impl FnMut(&[u8]) -> Result<(), Problem>) -> Result<(), Problem> {
        match self.shape {
            Shape::Lines => self.line(each),
            Shape::Array => self.array.finish().map_err(not_array),
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
    fn cut_up(shape: Shape, text: &str) -> Result<Vec<String>, String> {
        let mut results = Vec::new();
        for size in 1..=text.len().max(1) {
            let mut records = Vec::new();
            let mut each = |bytes: &[u8]| {
                records.push(String::from_utf8(bytes.to_vec()).unwrap().trim().to_owned());
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
            cut_up(Shape::Array, array).unwrap(),
            [r#"{"a":"],[\"}{"}"#, r#"{"b":[1,{"c":[]}]}"#, "3", r#""x\\""#]
        );
        assert_eq!(cut_up(Shape::Array, "[]").unwrap(), Vec::<String>::new());
        assert_eq!(cut_up(Shape::Lines, "{\"a\":1}\r\n\n{\"b\":2}").unwrap(), [r#"{"a":1}"#, r#"{"b":2}"#]);
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
            let error = cut_up(Shape::Array, text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
