//! Times, lengths, amounts and numbers as people and spreadsheets write them.

mod amounts;
mod lengths;
mod plain;
mod times;

pub(crate) use self::{
    amounts::{amount, has_grouping_points, named_currency},
    lengths::length,
    plain::{is_error_cell, is_nothing, ordinal, plain_number, seen_text, unguarded},
    times::{compact_clock, date_alone, day_fraction, joined, time_of_day, when, without_day_zero},
};
pub use self::{lengths::Unit, plain::Decimal};
