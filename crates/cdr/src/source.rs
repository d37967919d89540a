//! What a format's reader is given, and what it gives out.

use std::io::{self, Read};

use domain::{
    CallRecord, CampaignId, Code, Currency, FieldError, Timestamp, VoicebotId, import::OtherCalls, time::Zone,
};

use crate::{
    composed::composed,
    findings::Findings,
    lanes::Sharing,
    own_fields::OwnFields,
    packed::{packed, packed_words},
    spellings::system_code_spelled,
};

/// How many bytes of a file are looked at to find its format.
pub(crate) const HEAD_BYTES: usize = 64 * 1024;

/// The bytes of a file, without a byte-order mark.
pub(crate) type Input<'a> = Box<dyn Read + Send + 'a>;

/// What was given with a file, whatever its format.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) campaigns: Campaigns,
    /// The zone of times that carry none; it overrides what the records tell.
    pub(crate) timezone: Option<Zone>,
    /// The zone of times that carry none where neither `timezone` nor the records tell.
    pub(crate) account_zone: Zone,
    /// When the file is read, where that is known: no call lies after it.
    pub(crate) latest: Option<Timestamp>,
    /// The account's currency, if it was given.
    pub(crate) currency: Option<Currency>,
    /// The account's own spellings of result codes.
    pub(crate) spellings: Vec<(Code, Code)>,
    /// Bytes of rows that are kept in memory, about; more are in temporary files.
    pub(crate) memory: usize,
    pub(crate) sharing: Sharing,
}

impl Given {
    /// The zone of a time whose record tells nothing about it.
    pub(crate) fn zone(&self) -> Zone {
        self.timezone.unwrap_or(self.account_zone)
    }
}

/// The campaigns that were given with a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Campaigns {
    /// Of every call, whatever the file says; none: what the file says.
    pub(crate) all: Option<CampaignId>,
    /// Of calls that are none to a customer, where they have one of their own.
    pub(crate) others: Option<CampaignId>,
}

impl Campaigns {
    pub(crate) fn new(all: Option<CampaignId>, others: &OtherCalls) -> Self {
        let others = match others {
            OtherCalls::Campaign(id) => Some(id.clone()),
            OtherCalls::Import | OtherCalls::LeaveOut => None,
        };
        Self { all, others }
    }

    /// The campaign of a call that goes this way, if one was given.
    pub(crate) fn of(&self, direction: Direction) -> Option<&CampaignId> {
        let own = self.others.as_ref().filter(|_| direction != Direction::Outbound);
        own.or(self.all.as_ref())
    }
}

/// Which way a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// To a customer; also what nothing tells.
    #[default]
    Outbound,
    /// From a customer.
    Inbound,
    /// Between two of our own.
    Internal,
    /// From one of our own to a mailbox of our own.
    Voicemail,
}

packed_words!(Direction: Outbound, Inbound, Internal, Voicemail);

impl Direction {
    /// Of a call by its legs; one that came in may have been put through to one of our own.
    pub fn of_legs(legs: impl Iterator<Item = Self>) -> Self {
        legs.fold(Self::Outbound, |call, leg| match (call, leg) {
            (Self::Inbound, _) | (_, Self::Inbound) => Self::Inbound,
            (Self::Voicemail, _) | (_, Self::Voicemail) => Self::Voicemail,
            (Self::Internal, _) | (_, Self::Internal) => Self::Internal,
            _ => Self::Outbound,
        })
    }
}

/// How many calls go each way that are none to a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct OtherCounts {
    pub(crate) inbound: u64,
    pub(crate) internal: u64,
    pub(crate) voicemail: u64,
}

impl OtherCounts {
    pub(crate) fn add(&mut self, direction: Direction) {
        match direction {
            Direction::Outbound => {}
            Direction::Inbound => self.inbound += 1,
            Direction::Internal => self.internal += 1,
            Direction::Voicemail => self.voicemail += 1,
        }
    }
}

/// What one format gives: records one after the other, each with the line it begins on, then what was found out about
/// the file and perhaps the failure that ended it.
pub(crate) trait Source: Iterator<Item = Result<(u64, CallRecord), Skipped>> {
    /// What was found out so far.
    fn findings(&self) -> Findings;

    /// Which way the call goes that was given out last, or would have been.
    fn direction(&self) -> Direction {
        Direction::Outbound
    }

    /// Which fields of calls it tells of; none where its records are the whole of a call, or rows of one.
    fn own_fields(&self) -> Option<OwnFields> {
        None
    }

    /// What was told since the last time of calls of which the file does not tell all.
    fn take_told(&mut self) -> Vec<ToldCall> {
        Vec::new()
    }

    /// The failure that ended the records early; none for formats that read all bytes before the first record.
    fn failure(&mut self) -> Option<Failure> {
        None
    }
}

/// A format's reader at the start of a file.
pub(crate) type Opened<'a> = Result<Box<dyn Source + Send + 'a>, Failure>;

/// Why a file cannot be read at all, or not to its end.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Its columns cannot be what the format needs, for this reason.
    Shape(String),
    /// Reading the bytes failed.
    Io(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A call of which a file does not tell all, or not for certain: another file may have the rest of its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldCall {
    /// The line on which the first of its events begins, from 1.
    pub line: u64,
    /// The platform's id of the call.
    pub call: String,
    /// What is told of its legs.
    pub legs: Vec<ToldLeg>,
    /// As what it was given out, where it was refused for what is missing.
    pub skipped: Option<Skipped>,
}

/// What is told of a leg of a call, so that it can be kept until more is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldLeg {
    /// The platform's id of the leg; empty where a call has one alone.
    pub leg: String,
    /// JSON, which the reader makes and reads.
    pub said: String,
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

packed!(Skipped { line, field, reason });

impl Skipped {
    pub(crate) fn new(line: u64, field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { line, field: field.into(), reason: reason.into() }
    }
}

/// Gives a record out if it keeps the rules; names every broken one if it does not. A system code is in capitals, however it was
/// written.
pub(crate) fn checked(line: u64, record: CallRecord) -> Result<(u64, CallRecord), Skipped> {
    let record = in_capitals(record);
    match record.check() {
        Ok(_) => Ok((line, record)),
        Err(errors) => Err(skipped(line, &errors)),
    }
}

/// As [`checked`], of own records: what their result means is for whoever stores them to say, who knows the account's words.
pub(crate) fn checked_but_result(line: u64, record: CallRecord) -> Result<(u64, CallRecord), Skipped> {
    let record = in_capitals(record);
    let errors = record.faults();
    if errors.is_empty() { Ok((line, record)) } else { Err(skipped(line, &errors)) }
}

/// System codes in capitals, and names in the one form of those in which their letters can be written: a file of a Mac has accents apart.
fn in_capitals(mut record: CallRecord) -> CallRecord {
    if let Some(code) = record.result_code.as_ref().and_then(|code| Code::new(composed(code.as_str())?).ok()) {
        record.result_code = Some(code);
    }
    if let Some(campaign) = composed(record.campaign.as_str()).and_then(|id| CampaignId::new(id).ok()) {
        record.campaign = campaign;
    }
    let voicebot = record.voicebot.as_ref().and_then(|id| VoicebotId::new(composed(id.as_str())?).ok());
    record.voicebot = voicebot.or(record.voicebot);
    let system = record.result_code.as_ref().and_then(|code| system_code_spelled(code.as_str()));
    if let Some(code) = system.and_then(|code| Code::new(code).ok()) {
        record.result_code = Some(code);
    }
    record
}

/// The first field at fault, and all that is wrong.
fn skipped(line: u64, errors: &[FieldError]) -> Skipped {
    let field = errors.first().map(|error| error.field.clone()).unwrap_or_default();
    let said = |(n, error): (usize, &FieldError)| match n {
        0 => error.reason.clone(),
        _ => format!("{} {}", error.field, error.reason),
    };
    let reasons: Vec<String> = errors.iter().enumerate().map(said).collect();
    Skipped::new(line, field, reasons.join("; "))
}
