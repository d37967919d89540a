//! A row of units under the header of a table: `,,,(phút),(đ)`.

use super::{
    draft::Draft,
    names::{NameSays, unit_alone},
};
use crate::cells::Cells;

/// Characters of a unit, and of what else stands in such a row.
const MOST_CHARS: usize = 30;

/// Whether nothing but units and the like stands in a row, and a unit of lengths among them.
pub(crate) fn is_row_of_units(row: &Cells) -> bool {
    let filled = || row.iter().map(str::trim).filter(|cell| !cell.is_empty());
    let is_word = |cell: &str| cell.chars().count() <= MOST_CHARS && !cell.bytes().any(|byte| byte.is_ascii_digit());
    filled().all(is_word) && filled().any(|cell| unit_alone(cell).is_some())
}

impl Draft<'_> {
    /// Gives lengths whose names have no unit the one that stands under them.
    pub(super) fn take_units_of_row(&mut self, units: &Cells) {
        for (at, named) in self.named.iter_mut().enumerate() {
            if let Some((NameSays::Field(field), unit @ None)) = named
                && field.is_length()
            {
                *unit = unit_alone(units.get(at));
            }
        }
    }
}
