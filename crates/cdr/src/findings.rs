//! What was worked out about a file whose records do not say it.

use std::fmt;

use crate::local_time::DateOrder;

/// Why a [`DateOrder`] was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderBasis {
    /// It was given with the file.
    Given,
    /// The year is written first, in four digits.
    Written,
    /// Only this order makes the dates agree with the epochs in the `uniqueid`s.
    Epochs,
    /// Only this order gives months up to 12.
    Values,
    /// Only in this order do the rows ascend or descend in time.
    Ascending,
    /// In this order the rows lie within far fewer days.
    Span,
    /// Nothing in the file tells.
    Default,
}

impl fmt::Display for OrderBasis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Given => "as given",
            Self::Written => "as written",
            Self::Epochs => "so they agree with the uniqueids",
            Self::Values => "else there are months above 12",
            Self::Ascending => "so the rows are in order of time",
            Self::Span => "so the rows lie close together",
            Self::Default => "an assumption: nothing in the file tells",
        })
    }
}

/// Where the time zone of a file's dates came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneBasis {
    /// It was given (`--timezone`).
    Given,
    /// It was worked out from the records.
    Records,
    /// The platform writes all its times in it.
    Platform,
    /// Nothing in the file tells: the account's zone.
    Account,
}

/// The time zone that a file's dates were read in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneReading {
    /// An IANA name, or offsets such as `UTC+01:00`.
    pub name: String,
    /// The offset of most rows from UTC in minutes, east positive; none where no row has a time.
    pub offset_minutes: Option<i32>,
    /// Whether it was given, found in the records, or taken for want of any.
    pub basis: ZoneBasis,
    /// How many rows agree with it, …
    pub agreeing: u64,
    /// … of those that could tell (their `uniqueid` holds the instant, their date the wall clock).
    pub of: u64,
}

/// What a format found out about a file while it read it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Findings {
    /// Which of the format's shapes it is, in a few words.
    pub(crate) shape: String,
    /// Rows read, header and empty lines not counted.
    pub(crate) rows: u64,
    /// Rows left out because they repeat an earlier one.
    pub(crate) duplicates: u64,
    /// Calls that are none to be stored: never dialled, or still going on.
    pub(crate) left_out: u64,
    /// See `Reading::joined`.
    pub(crate) joined: u64,
    /// See `Reading::further`.
    pub(crate) further: u64,
    /// How its dates were read, where that was a question.
    pub(crate) date_order: Option<(DateOrder, OrderBasis)>,
    /// The zone its dates were read in, where they did not say.
    pub(crate) zone: Option<ZoneReading>,
    /// What whoever imports it should know.
    pub(crate) warnings: Vec<String>,
    /// Words for results of which nobody knows what they mean, and in how many rows each stands; the most frequent first.
    pub(crate) unknown_words: Vec<(String, u64)>,
    /// Inbound calls of which nothing tells who called.
    pub(crate) without_caller: u64,
}

impl Findings {
    /// Of a file in which nothing has been read yet.
    pub(crate) fn new(shape: impl Into<String>) -> Self {
        Self { shape: shape.into(), ..Self::default() }
    }
}
