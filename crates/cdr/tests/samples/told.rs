//! What a file came to, and what must hold of it whatever is in the file.

use cdr::{Format, Options, ReadError, Reading};
use domain::{CampaignId, time::Zone};

/// So little memory that some rows are in temporary files.
const LITTLE: usize = 4_000;
/// What is said of a file as a whole, beside its rows: that its array or its object is cut off, and that it holds no row.
const OF_THE_FILE: u64 = 2;

/// All that is told of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    /// Line and JSON of each record.
    pub records: Vec<(u64, String)>,
    /// Line, field and reason of what was skipped.
    pub skipped: Vec<(u64, String, String)>,
    pub reading: Reading,
}

/// How a file is read.
#[derive(Debug, Clone, Copy)]
pub struct How {
    /// Bytes of rows whose calls are not whole; more of them go into temporary files.
    pub memory: usize,
    /// Threads that make records of three rows at a time; with one the thread that reads makes those of all rows.
    pub threads: usize,
}

/// By one thread, in memory.
pub const ALONE: How = How { memory: usize::MAX, threads: 1 };

/// Reads a file.
pub fn read(bytes: &[u8], format: Option<Format>, how: How) -> Result<Told, ReadError> {
    let (campaign, How { memory, threads }) = (CampaignId::new("tet").ok(), how);
    let mut options = Options { format, campaign, memory, threads, ..Options::new(Zone::HO_CHI_MINH) };
    if threads > 1 {
        options.portion = 3;
    }
    let mut read = cdr::read(bytes, &options)?;
    let (mut records, mut skipped) = (Vec::new(), Vec::new());
    while let Some(item) = read.next() {
        match item {
            Ok((line, record)) => {
                assert_eq!(record.faults(), [], "what is given out keeps the rules");
                // What the result of an own record means is for its account to say.
                if !matches!(read.format(), Format::Ndjson | Format::Csv) {
                    record.check().expect("what is given out keeps the rules");
                }
                records.push((line, serde_json::to_string(&record).expect("a record is JSON")));
            }
            Err(row) => skipped.push((row.line, row.field, row.reason)),
        }
    }
    Ok(Told { records, skipped, reading: read.finish()? })
}

/// Reads bytes as a format, and checks what must hold: every row is accounted for, and where rows are kept and who reads them changes nothing.
pub fn check(bytes: &[u8], format: Format) -> Result<(), String> {
    let (told, again) =
        match (read(bytes, Some(format), ALONE), read(bytes, Some(format), How { memory: LITTLE, threads: 3 })) {
            (Ok(told), Ok(again)) => (told, again),
            (Err(error), Err(again)) if error.to_string() == again.to_string() => return Ok(()),
            (told, again) => {
                return Err(format!("by several threads, with temporary files {again:?}, by one, without {told:?}"));
            }
        };
    if told != again {
        return Err(format!("by several threads, with temporary files {again:?}, by one, without {told:?}"));
    }
    let Reading { rows, calls, skipped, duplicates, left_out, joined, further, ref warnings, .. } = told.reading;
    if (calls, skipped) != (told.records.len() as u64, told.skipped.len() as u64) {
        return Err(format!("{calls} calls and {skipped} skipped rows are counted: {told:?}"));
    }
    let lines = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64 + 1;
    let read = told.records.iter().map(|(line, _)| line).chain(told.skipped.iter().map(|(line, ..)| line));
    if let Some(line) = read.into_iter().find(|line| **line > lines) {
        return Err(format!("a row is said to begin on line {line} of {lines}"));
    }
    let accounted = calls + skipped + duplicates + left_out;
    if rows > 0 && accounted == 0 && warnings.is_empty() {
        return Err(format!("of {rows} rows nothing is said: {told:?}"));
    }
    let expected = rows + further;
    if !(expected..=expected + OF_THE_FILE).contains(&(accounted + joined)) {
        return Err(format!(
            "{rows} rows and {further} bodies are {accounted} calls and others, and {joined} joined: {told:?}"
        ));
    }
    Ok(())
}
