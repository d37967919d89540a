//! What was found out about a file while it was read.

use std::fmt;

use crate::Format;

/// The order of day, month and year in a file's dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// `2026-11-04`.
    YearMonthDay,
    /// `4/11/2026`.
    DayMonthYear,
    /// `11/4/2026`.
    MonthDayYear,
}

impl DateOrder {
    /// All orders.
    pub const ALL: [Self; 3] = [Self::YearMonthDay, Self::DayMonthYear, Self::MonthDayYear];
}

impl fmt::Display for DateOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::YearMonthDay => "Y-M-D",
            Self::DayMonthYear => "D/M/Y",
            Self::MonthDayYear => "M/D/Y",
        })
    }
}

/// Why a [`DateOrder`] was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderBasis {
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
    /// Where it came from.
    pub basis: ZoneBasis,
    /// How many rows agree with it, …
    pub agreeing: u64,
    /// … of those that could tell (their `uniqueid` holds the instant, their date the wall clock).
    pub of: u64,
}

/// What was found out about a file. The counts are complete once the last record was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Its format.
    pub format: Format,
    /// Which of the format's shapes it is, in a few words.
    pub shape: String,
    /// Rows read, header and empty lines not counted.
    pub rows: u64,
    /// Records given out.
    pub calls: u64,
    /// Rows (or calls of several rows) skipped.
    pub skipped: u64,
    /// Rows left out because they repeat an earlier one.
    pub duplicates: u64,
    /// How its dates were read, where that was a question.
    pub date_order: Option<(DateOrder, OrderBasis)>,
    /// The zone its dates were read in, where they did not say.
    pub zone: Option<ZoneReading>,
    /// What whoever imports it should know.
    pub warnings: Vec<String>,
}

impl Reading {
    pub(crate) fn new(format: Format, shape: impl Into<String>) -> Self {
        Self {
            format,
            shape: shape.into(),
            rows: 0,
            calls: 0,
            skipped: 0,
            duplicates: 0,
            date_order: None,
            zone: None,
            warnings: Vec::new(),
        }
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
        if let Some((order, basis)) = self.date_order {
            write!(f, "; dates read as {order} ({basis})")?;
        }
        if let Some(zone) = &self.zone {
            let basis = match zone.basis {
                ZoneBasis::Given => " (given)",
                ZoneBasis::Records => " (from the records)",
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

/// `UTC+05:45`; `UTC` for no offset.
pub(crate) fn offset_name(minutes: i32) -> String {
    let (sign, size) = (if minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
    if minutes == 0 { "UTC".to_owned() } else { format!("UTC{sign}{:02}:{:02}", size / 60, size % 60) }
}
