//! Rows that are no calls: totals, titles, notes and signatures.

use super::row::{RowReader, cell};
use crate::{
    cells::{Cells, is_ruler},
    guess::{is_phone, is_sum},
    local_time::When,
    mapping::Field,
    written::{is_nothing, when},
};

/// What a row is that is no call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoCall {
    /// A total or an average of other rows.
    Sum,
    /// A title, a note or a signature.
    Aside,
}

impl NoCall {
    /// What to say about it, before the number of rows.
    pub(super) fn said(self) -> &'static str {
        match self {
            Self::Sum => "rows that are totals or averages of others, left out",
            Self::Aside => "rows that are titles, notes or signatures and no calls, left out",
        }
    }
}

impl RowReader {
    /// Whether a row has neither a number nor a time, and begins with a word for a sum or has hardly a cell: totals below the rows,
    /// titles and signatures. A row that is cut off is none.
    pub(super) fn no_call(&self, cells: &Cells, is_padded: bool) -> Option<NoCall> {
        if self.is_sum_of_a_day(cells) {
            return Some(NoCall::Sum);
        }
        let time = self.bound.place(Field::DialedAt).map_or("", |at| cell(cells, at));
        // Nearly every row, without reading its time.
        if time.len() > 7 && time.bytes().take(12).filter(u8::is_ascii_digit).count() > 4 {
            return None;
        }
        if cells.len() == 1 && self.names.len() > 1 && is_ruler(cells.get(0)) {
            return Some(NoCall::Aside);
        }
        let time = self.bound.time_text(cells, Field::DialedAt);
        let has_time = matches!(when(&time), Some(When::Wall(_) | When::Instant(_)));
        if has_time || self.text(cells, Field::Phone).is_some_and(is_phone) {
            return None;
        }
        let filled = || cells.iter().filter(|cell| !is_nothing(cell));
        if filled().any(is_sum) {
            return Some(NoCall::Sum);
        }
        let is_words = |cell: &str| cell.contains(char::is_alphabetic) && !is_phone(cell) && cell.chars().count() > 2;
        let is_aside = is_padded && self.names.len() > 3 && filled().count() <= 2 && filled().all(is_words);
        let has_place = [Field::Phone, Field::Id, Field::Result].iter().any(|field| self.text(cells, *field).is_some());
        (is_aside && !(has_place && filled().count() > 1)).then_some(NoCall::Aside)
    }

    /// Whether a row is a total that names its day: a word for a sum stands in the place of whom the call was for, or the row has nobody and
    /// begins with one.
    fn is_sum_of_a_day(&self, cells: &Cells) -> bool {
        let who = [Field::Phone, Field::ContactId].map(|field| self.text(cells, field));
        // Nearly every row has a number.
        let is_somebody = |text: &str| {
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            digits > 6 && (digits == text.len() || !text.contains(char::is_alphabetic) || text.ends_with('>'))
        };
        if who.iter().flatten().any(|text| is_somebody(text)) {
            return false;
        }
        if who.iter().flatten().any(|text| is_sum(text)) {
            return true;
        }
        // A name may be such a word: Công.
        let name = self.bound.place(Field::Name);
        let first = (0..cells.len()).find(|at| !is_nothing(cells.get(*at)));
        // What stands in the place of a number is how many there are.
        let is_count = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        who.iter().flatten().all(|text| is_count(text))
            && first.is_some_and(|at| Some(at) != name && is_sum(cell(cells, at)))
    }
}
