//! The reader that is the same for every format: options in, records and skipped rows out.

use std::{
    io::{self, Read},
    thread,
};

use domain::{CallRecord, CampaignId, Code, Currency, Timestamp, import::OtherCalls, time::Zone};

use crate::{
    calls,
    formats::{Format, UnknownFormat, check_readable, detect, looks, open_mapped},
    guess::Guess,
    lanes::Sharing,
    mapping::Mapping,
    own_fields::OwnFields,
    partial::PartialCall,
    reading::Reading,
    source::{Campaigns, Direction, Failure, Given, OtherCounts, Skipped, Source, ToldCall, ToldLeg, checked},
    spellings::Spellings,
    unpacked::unpacked,
};

/// How a file is to be read.
#[derive(Debug, Clone)]
pub struct Options {
    /// The format; none: found by the first bytes.
    pub format: Option<Format>,
    /// The campaign of every call, whatever the file says; none: what the file says.
    pub campaign: Option<CampaignId>,
    /// What is done with calls that are none to a customer.
    pub others: OtherCalls,
    /// The zone of times that carry none; it overrides what the records tell.
    pub timezone: Option<Zone>,
    /// The zone of times that carry none where neither `timezone` nor the records tell.
    pub account_zone: Zone,
    /// When the file is read: no call lies after it, which helps to tell the order of day, month and year.
    pub latest: Option<Timestamp>,
    /// The account's currency: a cost in another one is kept as an attribute; none: every cost that a platform gives is.
    pub currency: Option<Currency>,
    /// Which column of a table is which field; it makes [`Format::Table`] of a file whose format is not given.
    pub mapping: Option<Mapping>,
    /// The account's result codes: a code of the file that differs from one of them by case and blanks alone is that one.
    pub codes: Vec<Code>,
    /// The account's own spellings of codes, for the words of tables: each the word, and the code that it stands for.
    pub spellings: Vec<(Code, Code)>,
    /// Rows whose calls are not whole are kept in about so many bytes of memory; what is more goes into a temporary file.
    pub memory: usize,
    /// Threads that make records of rows beside the one that reads the file; with one or none the latter does all. The records are the
    /// same, in the same order.
    pub threads: usize,
    /// Rows that a thread is given at once.
    pub portion: usize,
}

/// The most threads that are started by themselves: the one that reads keeps no more busy.
const MOST_THREADS: usize = 4;
/// See [`Options::portion`].
const PORTION: usize = 512;

/// See [`Options::memory`].
const MEMORY: usize = 48 * 1024 * 1024;

impl Options {
    /// Everything found out from the file; times of unknown zone are the account's.
    pub fn new(account_zone: Zone) -> Self {
        Self {
            format: None,
            campaign: None,
            others: OtherCalls::default(),
            timezone: None,
            account_zone,
            latest: None,
            currency: None,
            mapping: None,
            codes: Vec::new(),
            spellings: Vec::new(),
            memory: MEMORY,
            threads: thread::available_parallelism().map_or(1, |threads| threads.get().min(MOST_THREADS)),
            portion: PORTION,
        }
    }

    pub(crate) fn given(&self) -> Given {
        let Self { campaign, others, timezone, account_zone, currency, memory, threads, portion, spellings, .. } = self;
        let (campaigns, currency) = (Campaigns::new(campaign.clone(), others), currency.clone());
        let sharing = Sharing { threads: *threads, rows: *portion };
        Given {
            campaigns,
            timezone: *timezone,
            account_zone: *account_zone,
            latest: self.latest,
            currency,
            spellings: spellings.clone(),
            memory: *memory,
            sharing,
        }
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

impl ReadError {
    fn of(format: Format, failure: Failure) -> Self {
        match failure {
            Failure::Shape(reason) => Self::Shape { format, reason },
            Failure::Io(error) => Self::Io(error),
        }
    }
}

/// The records of a file with the line each begins on, and the rows that were skipped.
///
/// The iterator ends early where reading fails: [`Records::finish`] says so.
pub struct Records<'a> {
    format: Format,
    source: Box<dyn Source + Send + 'a>,
    spellings: Spellings,
    calls: u64,
    skipped: u64,
    others: OtherCalls,
    counts: OtherCounts,
}

impl<'a> Records<'a> {
    fn new(format: Format, source: Box<dyn Source + Send + 'a>, options: &Options) -> Self {
        let others = options.others.clone();
        let spellings = Spellings::new(&options.codes);
        Self { format, source, spellings, calls: 0, skipped: 0, others, counts: OtherCounts::default() }
    }

    /// The format it is read as.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Which fields of calls the file tells of, where it is of Ringside's own: what it says nothing of stays as it is stored. None of
    /// other formats.
    pub fn own_fields(&self) -> Option<OwnFields> {
        self.source.own_fields()
    }

    /// What was told since the last time of calls of which the file does not tell all, whatever became of them: with what other files tell
    /// of them [`Format::call_of_told`] makes them whole.
    pub fn take_told(&mut self) -> Vec<ToldCall> {
        self.source.take_told()
    }

    /// What is known about the file so far.
    pub fn reading(&self) -> Reading {
        let Self { format, calls, skipped, ref others, counts, .. } = *self;
        let findings = self.source.findings();
        let without_caller = findings.without_caller;
        Reading::new(format, findings, calls, skipped).with_others(others, counts, without_caller)
    }

    /// What was found out about the file, whose counts are complete after the last record.
    ///
    /// # Errors
    /// Why it could not be read to its end.
    pub fn finish(mut self) -> Result<Reading, ReadError> {
        match self.source.failure() {
            Some(failure) => Err(ReadError::of(self.format, failure)),
            None => Ok(self.reading()),
        }
    }
}

impl Iterator for Records<'_> {
    type Item = Result<(u64, CallRecord), Skipped>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut item = self.source.next()?;
            let direction = self.source.direction();
            // What is wrong with a call that is to be left out concerns nobody.
            let is_left_out = direction != Direction::Outbound && self.others == OtherCalls::LeaveOut;
            if is_left_out || item.is_ok() {
                self.counts.add(direction);
            }
            if is_left_out {
                continue;
            }
            match &mut item {
                Ok((_, record)) => {
                    self.calls += 1;
                    if let Some(code) = record.result_code.as_ref().and_then(|code| self.spellings.other(code)) {
                        record.result_code = Some(code);
                    }
                }
                Err(_) => self.skipped += 1,
            }
            return Some(item);
        }
    }
}

/// Calls that several files tell of, each a part.
impl Format {
    /// Whether its calls are told of by events, which may stand in several files.
    pub fn has_events(self) -> bool {
        self.platform().is_some()
    }

    /// What is told of the legs of a call here and there, each leg once.
    pub fn told_together(kept: &[ToldLeg], further: &[ToldLeg]) -> Vec<ToldLeg> {
        let mut legs: Vec<ToldLeg> = kept.to_vec();
        for leg in further {
            match legs.iter_mut().find(|known| known.leg == leg.leg) {
                Some(known) => {
                    let joined = partial(known).zip(partial(leg)).and_then(|(mut known, further)| {
                        known.merge(further);
                        serde_json::to_string(&known).ok()
                    });
                    known.said = joined.unwrap_or_else(|| leg.said.clone());
                }
                None => legs.push(leg.clone()),
            }
        }
        legs
    }

    /// The record of a call by all that was told of its legs; none while nobody has said how it ended, or where it is to be left out.
    ///
    /// # Errors
    /// Where it ended, and what is known is not enough for a record.
    pub fn call_of_told(
        self,
        legs: &[ToldLeg],
        line: u64,
        options: &Options,
    ) -> Option<Result<(u64, CallRecord), Skipped>> {
        let legs: Vec<PartialCall> = legs.iter().filter_map(partial).collect();
        if !legs.iter().any(PartialCall::says_an_end) {
            return None;
        }
        let direction = Direction::of_legs(legs.iter().map(PartialCall::direction));
        if direction != Direction::Outbound && options.others == OtherCalls::LeaveOut {
            return None;
        }
        let campaigns = Campaigns::new(options.campaign.clone(), &options.others);
        let record = match self.call_of(legs, campaigns.of(direction), options.currency.as_ref()) {
            Ok(record) => checked(line, record?),
            Err(error) => Err(Skipped::new(line, error.field, error.reason)),
        };
        Some(record.map(|(line, mut record)| {
            let mut spellings = Spellings::new(&options.codes);
            if let Some(code) = record.result_code.as_ref().and_then(|code| spellings.other(code)) {
                record.result_code = Some(code);
            }
            (line, record)
        }))
    }

    /// A record, stored or read, with what was told of its call besides.
    pub fn with_told(self, record: CallRecord, legs: &[ToldLeg]) -> CallRecord {
        calls::with_told(record, legs.iter().filter_map(partial).collect())
    }
}

fn partial(leg: &ToldLeg) -> Option<PartialCall> {
    serde_json::from_str(&leg.said).ok()
}

/// The format of a file, compressed by gzip or zstd or not, by its first bytes.
///
/// # Errors
/// Where it is not known, or the file cannot be read.
pub fn format_of<'a>(input: impl Read + Send + 'a) -> Result<Format, ReadError> {
    let (head, _) = unpacked(Box::new(input))?;
    Ok(detect(&head)?)
}

/// Reads a file, compressed by gzip or zstd or not. A format whose records stand alone is streamed in bounded memory; one whose calls have several rows, or
/// whose zone is worked out from them, reads all rows before the first record comes.
///
/// # Errors
/// Where its format is not known or not the one that was forced, or the first bytes cannot be read; what comes later, [`Records::finish`] says.
pub fn read<'a>(input: impl Read + Send + 'a, options: &Options) -> Result<Records<'a>, ReadError> {
    let (head, input) = unpacked(Box::new(input))?;
    check_readable(&head)?;
    let format = match (options.format, &options.mapping) {
        (Some(format), _) => format,
        (None, Some(_)) => Format::Table,
        (None, None) => detect(&head)?,
    };
    let opened = match &options.mapping {
        Some(mapping) if format == Format::Table => open_mapped(input, &options.given(), Some(mapping)),
        _ => format.open(input, &options.given()),
    };
    let source = opened.map_err(|failure| ReadError::of(format, failure))?;
    Ok(Records::new(format, source, options))
}

/// How the first rows of a table would be stored, and by which mapping.
pub struct Sample {
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Under which a mapping of a table with these columns is found again; see [`crate::fingerprint`].
    pub fingerprint: String,
    /// The guess; none where a mapping was given.
    pub guess: Option<Guess>,
    /// What a person has to say before calls can be made of it; empty where nothing is missing.
    pub missing: Vec<String>,
    /// The first rows, each as it would be stored or why it would not be.
    pub rows: Vec<Result<(u64, CallRecord), Skipped>>,
    /// What was found out by these rows; none where something is missing.
    pub reading: Option<Reading>,
}

/// Looks at a table and reads its first rows, whatever other format it may be of. Where the columns cannot be told apart, it
/// says what is missing.
///
/// # Errors
/// Where the file cannot be read, or is no table.
pub fn sample<'a>(input: impl Read + Send + 'a, rows: usize, options: &Options) -> Result<Sample, ReadError> {
    let failed = |failure| ReadError::of(Format::Table, failure);
    let (head, input) = unpacked(Box::new(input))?;
    check_readable(&head)?;
    // What is found out is said of these rows, and of none that was read ahead.
    let given = Given { sharing: Sharing { threads: 1, rows: 1 }, ..options.given() };
    let looks = looks(input, &given, options.mapping.as_ref()).map_err(failed)?;
    let (mut first, mut reading) = (Vec::new(), None);
    if let Some(source) = looks.calls {
        let mut records = Records::new(Format::Table, source, options);
        first.extend(records.by_ref().take(rows));
        reading = Some(records.reading());
        if let Some(failure) = records.source.failure() {
            return Err(failed(failure));
        }
    }
    let (columns, fingerprint, guess, missing) = (looks.columns, looks.fingerprint, looks.guess, looks.missing);
    Ok(Sample { columns, fingerprint, guess, missing, rows: first, reading })
}
