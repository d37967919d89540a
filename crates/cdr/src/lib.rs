//! Call-record files: bytes in, [`domain::CallRecord`]s and skipped rows out; no database, no clock.
//!
//! [`read`] finds the format by the first bytes (or takes the one in [`Options`]) and gives an iterator of records;
//! each has kept the rules of [`domain::CallRecord::check`]. What the file did not say and was worked out from its
//! records (time zone, order of day and month) is in the [`Reading`], to be shown to whoever imports it.
//!
//! One module per format: [`Format`] lists them. `docs/recipes/add-an-import-format.md` says how to add one.

#![warn(missing_docs)]

mod asterisk;
mod format;
mod lines;
mod local_time;
mod reading;
mod records;
mod ringside;

pub use format::{Format, UnknownFormat, detect};
pub use reading::{DateOrder, OrderBasis, Reading, ZoneBasis, ZoneReading};
pub use records::{Options, ReadError, Records, Skipped, read};
