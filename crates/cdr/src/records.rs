//! The reader that is the same for every format: options in, records and skipped rows out.

use std::io::{self, Cursor, Read};

use domain::{CallRecord, CampaignId, time::Zone};

use crate::{Format, Reading, UnknownFormat, asterisk, detect, format::HEAD_BYTES, ringside};

/// How a file is to be read.
#[derive(Debug, Clone)]
pub struct Options {
    /// The format; none: found by the first bytes.
    pub format: Option<Format>,
    /// The campaign of every call, whatever the file says; none: what the file says.
    pub campaign: Option<CampaignId>,
    /// The zone of times that carry none; it overrides what the records tell.
    pub timezone: Option<Zone>,
    /// The zone of times that carry none where neither `timezone` nor the records tell.
    pub account_zone: Zone,
}

impl Options {
    /// Everything found out from the file; times of unknown zone are the account's.
    pub fn new(account_zone: Zone) -> Self {
        Self { format: None, campaign: None, timezone: None, account_zone }
    }

    /// The zone of a time whose record tells nothing about it.
    pub(crate) fn zone(&self) -> Zone {
        self.timezone.unwrap_or(self.account_zone)
    }
}

/// A row that is no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The line it begins on, from 1.
    pub line: u64,
    /// The field or column at fault; empty where it is the row as a whole.
    pub field: String,
    /// Why, as a phrase that follows the field's name.
    pub reason: String,
}

impl Skipped {
    pub(crate) fn new(line: u64, field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { line, field: field.into(), reason: reason.into() }
    }
}

/// Why a file cannot be read at all, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Its format is not known.
    #[error(transparent)]
    Unknown(#[from] UnknownFormat),
    /// Its columns cannot be what the format needs.
    #[error("not readable as {format}: {reason}")]
    Shape {
        /// The format it was read as.
        format: Format,
        /// What is wrong.
        reason: String,
    },
    /// Reading the bytes failed.
    #[error("reading failed: {0}")]
    Io(#[from] io::Error),
}

/// What one format gives: records one after the other, then the reading and perhaps the failure that ended it.
pub(crate) trait Source: Iterator<Item = Result<(u64, CallRecord), Skipped>> {
    /// What was found out so far; `calls` and `skipped` are counted by [`Records`].
    fn reading(&self) -> Reading;

    /// The failure that ended the records early.
    fn failure(&mut self) -> Option<ReadError>;
}

/// The records of a file with the line each begins on, and the rows that were skipped.
///
/// The iterator ends early where reading fails: [`Records::finish`] says so.
pub struct Records<'a> {
    source: Box<dyn Source + Send + 'a>,
    calls: u64,
    skipped: u64,
}

impl Records<'_> {
    /// What is known about the file so far.
    pub fn reading(&self) -> Reading {
        Reading { calls: self.calls, skipped: self.skipped, ..self.source.reading() }
    }

    /// What was found out about the file, or why it could not be read to its end.
    pub fn finish(mut self) -> Result<Reading, ReadError> {
        self.source.failure().map_or_else(|| Ok(self.reading()), Err)
    }
}

impl Iterator for Records<'_> {
    type Item = Result<(u64, CallRecord), Skipped>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.source.next()?;
        match item {
            Ok(_) => self.calls += 1,
            Err(_) => self.skipped += 1,
        }
        Some(item)
    }
}

/// Reads a file. Ringside's own formats are streamed in bounded memory; Asterisk's rows are all read before the first
/// record comes, because rows of one call need not be neighbours.
pub fn read<'a>(mut input: impl Read + Send + 'a, options: &Options) -> Result<Records<'a>, ReadError> {
    let mut head = Vec::new();
    input.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    let format = match options.format {
        Some(format) => format,
        None => detect(&head)?,
    };
    let bom = head.len() - crate::format::without_bom(&head).len();
    let mut start = Cursor::new(head);
    start.set_position(bom as u64);
    let input = start.chain(input);
    let source: Box<dyn Source + Send + 'a> = match format {
        Format::Ndjson => Box::new(ringside::json::Calls::new(input, options)),
        Format::Csv => Box::new(ringside::csv::Calls::new(input, options)?),
        Format::Asterisk => Box::new(asterisk::Calls::new(input, options)?),
    };
    Ok(Records { source, calls: 0, skipped: 0 })
}

/// Gives a record out if it keeps the rules; names every broken one if it does not.
pub(crate) fn checked(line: u64, record: CallRecord) -> Result<(u64, CallRecord), Skipped> {
    match record.check() {
        Ok(_) => Ok((line, record)),
        Err(errors) => {
            let field = errors.first().map(|error| error.field.clone()).unwrap_or_default();
            let reasons: Vec<String> = errors
                .iter()
                .enumerate()
                .map(
                    |(n, error)| {
                        if n == 0 { error.reason.clone() } else { format!("{} {}", error.field, error.reason) }
                    },
                )
                .collect();
            Err(Skipped::new(line, field, reasons.join("; ")))
        }
    }
}
