//! What is said about a file that was read.

use std::fmt;

use domain::import::OtherCalls;

use crate::{
    findings::{Findings, OrderBasis, ZoneBasis, ZoneReading},
    formats::Format,
    local_time::DateOrder,
    source::OtherCounts,
};

/// What was found out about a file. The counts are complete once the last record was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The format that was found, or that [`crate::Options`] forced.
    pub format: Format,
    /// Which of the format's shapes it is, in a few words.
    pub shape: String,
    /// Rows read, header and empty lines not counted.
    pub rows: u64,
    /// Records given out, each a call.
    pub calls: u64,
    /// Rows (or calls of several rows) skipped.
    pub skipped: u64,
    /// Rows left out because they repeat an earlier one.
    pub duplicates: u64,
    /// Calls left out that are none to be stored, such as those never dialled or still going on; no fault.
    pub left_out: u64,
    /// Rows, and bodies beside the first of a row, that are in none of the counts above: they add to a call that another row
    /// tells of, say nothing of a call, or hold what was said in one.
    pub joined: u64,
    /// Bodies in rows that hold several, each row's first not counted: rows and these are as many as calls, skipped, repeated,
    /// left out and joined ones.
    pub further: u64,
    /// Calls that came in, whatever was done with them.
    pub inbound: u64,
    /// Calls between two of our own, whatever was done with them.
    pub internal: u64,
    /// Calls from one of our own to a mailbox of our own, whatever was done with them.
    pub voicemail: u64,
    /// What [`crate::Options::others`] had done with inbound, internal and voicemail calls.
    pub others: OtherCalls,
    /// How its dates were read, where that was a question.
    pub date_order: Option<(DateOrder, OrderBasis)>,
    /// The zone its dates were read in, where they did not say.
    pub zone: Option<ZoneReading>,
    /// What whoever imports it should know, in English; `app::reasons` puts it into the reader's language.
    pub warnings: Vec<String>,
    /// Words for results of which nobody knows what they mean, and in how many rows, which were rejected, each stands; the most frequent
    /// first.
    pub unknown_words: Vec<(String, u64)>,
}

impl Reading {
    pub(crate) fn new(format: Format, findings: Findings, calls: u64, skipped: u64) -> Self {
        let Findings {
            shape,
            rows,
            duplicates,
            left_out,
            joined,
            further,
            date_order,
            zone,
            warnings,
            unknown_words,
            ..
        } = findings;
        let (others, inbound, internal, voicemail) = (OtherCalls::default(), 0, 0, 0);
        Self {
            format,
            shape,
            rows,
            calls,
            skipped,
            duplicates,
            left_out,
            joined,
            further,
            inbound,
            internal,
            voicemail,
            others,
            date_order,
            zone,
            warnings,
            unknown_words,
        }
    }

    /// With what was done with calls that are none to a customer, how many there were, and of how many of those that came in nothing tells
    /// who called.
    pub(crate) fn with_others(mut self, others: &OtherCalls, counts: OtherCounts, without_caller: u64) -> Self {
        let OtherCounts { inbound, internal, voicemail } = counts;
        let of_caller = inbound.saturating_sub(without_caller);
        if of_caller > 0 || (inbound > 0 && *others != OtherCalls::Import) {
            self.warnings.push(match others {
                OtherCalls::Import => {
                    format!("inbound calls, of which the caller is taken for the customer: {of_caller}")
                }
                OtherCalls::LeaveOut => format!("inbound calls, left out as asked: {inbound}"),
                OtherCalls::Campaign(id) => format!("inbound calls, put into the campaign {id}: {inbound}"),
            });
        }
        if internal > 0 {
            self.warnings.push(match others {
                OtherCalls::Import => format!("internal calls, imported as the others: {internal}"),
                OtherCalls::LeaveOut => format!("internal calls, left out as asked: {internal}"),
                OtherCalls::Campaign(id) => format!("internal calls, put into the campaign {id}: {internal}"),
            });
        }
        if voicemail > 0 {
            self.warnings.push(match others {
                OtherCalls::Import => format!("calls to mailboxes of your own, imported as the others: {voicemail}"),
                OtherCalls::LeaveOut => format!("calls to mailboxes of your own, left out as asked: {voicemail}"),
                OtherCalls::Campaign(id) => {
                    format!("calls to mailboxes of your own, put into the campaign {id}: {voicemail}")
                }
            });
        }
        Self { others: others.clone(), inbound, internal, voicemail, ..self }
    }
}

/// One line: `asterisk (…): 856 rows are 856 calls; dates read as D/M/Y (…), zone UTC+01:00, 856 of 856 rows agree`.
impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {} rows are {} calls", self.format, self.shape, self.rows, self.calls)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        if self.duplicates > 0 {
            write!(f, ", {} repeated rows left out", self.duplicates)?;
        }
        if self.left_out > 0 {
            write!(f, ", {} calls left out (never dialled or still going on)", self.left_out)?;
        }
        let Self { inbound, internal, voicemail, .. } = self;
        if inbound + internal + voicemail > 0 {
            let said = format!("{inbound} inbound, {internal} internal and {voicemail} voicemail calls");
            match &self.others {
                OtherCalls::Import => {}
                OtherCalls::LeaveOut => write!(f, ", {said} left out")?,
                OtherCalls::Campaign(id) => write!(f, ", {said} put into {id}")?,
            }
        }
        if let Some((order, basis)) = self.date_order {
            write!(f, "; dates read as {order} ({basis})")?;
        }
        if let Some(zone) = &self.zone {
            let basis = match zone.basis {
                ZoneBasis::Given => " (given)",
                ZoneBasis::Records => " (from the records)",
                ZoneBasis::Platform => " (the platform's)",
                ZoneBasis::Account => " (the account's: nothing in the file tells)",
            };
            write!(f, "; zone {}{basis}", zone.name)?;
            if zone.of > 0 {
                write!(f, ", {} of {} rows agree", zone.agreeing, zone.of)?;
            }
        }
        Ok(())
    }
}
