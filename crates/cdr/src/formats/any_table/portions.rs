//! Portions of rows, of which threads make records.

use domain::CallRecord;

use super::{
    noted::Notes,
    row::{MadeRow, RowReader},
    tally::RowTally,
};
use crate::{
    cells::Cells,
    source::{Direction, Skipped, checked},
};

/// Rows that one thread reads and another makes records of.
#[derive(Default)]
pub(super) struct RowPortion {
    /// Of the rows from here on, where it is another than before.
    pub(super) reader: Option<Box<RowReader>>,
    pub(super) entries: Vec<RowEntry>,
    /// Of the entries that are rows, in their order; those behind `used` are free.
    pub(super) cells: Vec<Cells>,
    pub(super) used: usize,
    pub(super) tally: RowTally,
}

/// A row, and what came of it.
#[expect(clippy::large_enum_variant, reason = "nearly all of them are the large one in the end")]
pub(super) enum RowEntry {
    /// Nothing yet: it begins on this line.
    Row(u64),
    Refused(Direction, Skipped),
    /// A call, with hashes of its id and of its row, by which repeated ones are found.
    Made {
        direction: Direction,
        line: u64,
        id: u64,
        row: u64,
        notes: Notes,
        record: Result<(u64, CallRecord), Skipped>,
    },
}

/// Makes records of the rows of a portion.
fn make_all(mut portion: RowPortion, reader: &mut RowReader) -> RowPortion {
    let mut cells = portion.cells.iter_mut();
    portion.entries.retain_mut(|entry| {
        let RowEntry::Row(line) = *entry else { return true };
        let Some(cells) = cells.next() else { return true };
        let row = cells.fingerprint() as u64;
        let made = reader.call(cells);
        let direction = reader.direction;
        *entry = match made {
            MadeRow::Call(record) => {
                let id = xxhash_rust::xxh3::xxh3_64(record.id.as_str().as_bytes());
                RowEntry::Made { direction, line, id, row, notes: reader.notes, record: checked(line, record) }
            }
            MadeRow::NoCall => {
                reader.tally.left_out += 1;
                return false;
            }
            MadeRow::Refused(error) => RowEntry::Refused(direction, Skipped::new(line, error.field, error.reason)),
        };
        true
    });
    portion.tally = std::mem::take(&mut reader.tally);
    portion
}

/// What one thread does with portions.
pub(super) fn worker() -> impl FnMut(RowPortion) -> RowPortion {
    let mut own: Option<Box<RowReader>> = None;
    move |mut portion: RowPortion| {
        own = portion.reader.take().or_else(|| own.take());
        match &mut own {
            Some(reader) => make_all(portion, reader),
            None => portion,
        }
    }
}
