//! Any other table: CSV and its like, XLSX, flat JSON, whose columns are told apart by a mapping or guessed.
//!
//! It comes last: a table has whom a call was for, when it was, and how it ended, and is of no system that is known.
//! Rows stand alone and are streamed; where day and month cannot be told apart, they are kept until one tells.

mod cause_names;
mod costs;
mod filling;
mod first_rows;
mod instants;
mod look;
mod no_call;
mod noted;
mod outcome;
mod own;
mod own_row;
mod portions;
mod reader;
mod row;
mod row_customer;
mod row_details;
mod row_result;
mod row_times;
mod said;
mod tally;
mod told;
mod turns;
mod zones;

use std::io::Cursor;

use domain::{CallClass, Code, ResultCode, time::Zone};

use self::{look::Looked, outcome::UNDEFINED_CODE, reader::TableCalls};
use crate::{
    ending,
    guess::Guess,
    mapping::{Mapping, fingerprint},
    source::{Failure, Given, Input, Opened, Source},
    workbook::looks_like_workbook,
};

/// A table in whose first rows all is found that a call needs. Of a workbook its first bytes tell nothing more.
pub(crate) fn recognises(head: &[u8]) -> bool {
    if looks_like_workbook(head) {
        return true;
    }
    // The last line may be cut.
    let whole = head.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(head, |end| &head[..=end]);
    let looked = Looked::at(Box::new(Cursor::new(whole)), Zone::HO_CHI_MINH, None);
    looked.is_ok_and(|looked| looked.missing.is_empty())
}

/// Whether a table that begins so has more columns than any may have.
pub(crate) fn is_too_wide(head: &[u8]) -> bool {
    Looked::is_too_wide(head)
}

/// The columns of a table that begins so, and what has to be said of it before calls can be made of it; none where nothing of it is known.
pub(crate) fn missing_of(head: &[u8]) -> Option<(String, String)> {
    let whole = head.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(head, |end| &head[..=end]);
    Looked::missing_of(whole, Zone::HO_CHI_MINH)
}

/// Opens a table whose columns are guessed.
pub(crate) fn open<'a>(input: Input<'a>, given: &Given) -> Opened<'a> {
    open_mapped(input, given, None)
}

/// Opens a table by a mapping, or guesses one.
pub(crate) fn open_mapped<'a>(input: Input<'a>, given: &Given, mapping: Option<&Mapping>) -> Opened<'a> {
    let looked = Looked::at(input, given.account_zone, mapping)?;
    if !looked.missing.is_empty() {
        return Err(Failure::Shape(looked.refusal()));
    }
    Ok(Box::new(TableCalls::new(looked, given)?))
}

/// What a table looks like before calls are made of it.
pub(crate) struct Looks<'a> {
    /// The names of its columns.
    pub(crate) columns: Vec<String>,
    /// Under which a mapping of it is found again.
    pub(crate) fingerprint: String,
    /// The guess, or nothing where a mapping was given.
    pub(crate) guess: Option<Guess>,
    /// Its calls; none where something is missing.
    pub(crate) calls: Option<Box<dyn Source + Send + 'a>>,
    /// What is missing.
    pub(crate) missing: Vec<String>,
}

/// Looks at a table.
pub(crate) fn looks<'a>(input: Input<'a>, given: &Given, mapping: Option<&Mapping>) -> Result<Looks<'a>, Failure> {
    let looked = Looked::at(input, given.account_zone, mapping)?;
    let (columns, guess, missing) = (looked.names.clone(), looked.guess.clone(), looked.missing.clone());
    let calls: Option<Box<dyn Source + Send + 'a>> =
        if missing.is_empty() { Some(Box::new(TableCalls::new(looked, given)?)) } else { None };
    Ok(Looks { fingerprint: fingerprint(&columns), columns, guess, calls, missing })
}

/// Codes that are given to calls whose table has no word for them; see `Format::own_codes`.
pub(crate) fn own_codes() -> Vec<ResultCode> {
    let undefined = Code::new(UNDEFINED_CODE).ok().map(|code| {
        let (label_vi, label_en) = ("Chưa xác định".to_owned(), "Not defined".to_owned());
        ResultCode { code, label_vi, label_en, color: None, is_goal: false, counts_as: CallClass::Success }
    });
    ending::own_codes().into_iter().chain(undefined).collect()
}
