//! Which column of a table is which field of a call, guessed by the names of the columns and by what the first rows
//! hold.
//!
//! What is not sure is left to a person: two columns of phone numbers without a name that tells whose they are, a table
//! without an instant, or one that says nothing of how calls ended.

mod by_content;
mod by_name;
mod clocks;
mod columns;
mod direction;
mod draft;
mod name_lists;
mod name_parts;
mod names;
mod prices;
mod sides;
mod units;
mod units_row;
mod zone_names;
mod zone_values;
mod zone_words;
mod zones;

pub(crate) use columns::is_phone;
use columns::{Column, is_clock};
pub(crate) use direction::{Directions, is_called};
use draft::Draft;
pub use draft::{Basis, Certainty, Guess, Reason};
use name_parts::names_one_of_several;
pub(crate) use name_parts::{counts_rows, is_sum};
pub use names::is_yes_or_no;
use names::{NameSays, is_of_system, named, yes_or_no};
pub(crate) use names::{names_a_cause, names_a_line_cause};
use units::instant;
pub(crate) use units_row::is_row_of_units;
use zone_names::unknown_zone_in;
pub(crate) use zone_names::zone_in;
pub(crate) use zone_values::zone_said;
use zones::is_offset;

use crate::{
    cells::Cells,
    local_time::When,
    mapping::{Field, Mapping, column_names},
    result_words::{WordSays, word_says},
    written::{Decimal, is_nothing, when},
};

/// The most columns that are kept as attributes, below what a call may have.
const MOST_ATTRIBUTES: usize = 90;

/// Fields of a table with a header that must be known by the columns' names: the values alone look alike in many
/// tables.
const KNOWN_NAMES: usize = 2;

/// Guesses by a header's names, if there is one, the units in a row of their own under it, and the rows after it.
pub(crate) fn guess(header: Option<&[String]>, units: Option<&Cells>, rows: &[&Cells]) -> Guess {
    let width = rows.iter().map(|row| row.len()).max().unwrap_or(0);
    let names = match header {
        Some(names) => names.to_vec(),
        None => column_names(std::iter::repeat_n("", width)),
    };
    let mapping = Mapping { header: header.is_some(), ..Mapping::default() };
    let mut draft = Draft {
        columns: (0..names.len()).map(|at| Column::of(rows, at)).collect(),
        named: (0..names.len()).map(|at| header.and_then(|_| named(as_written(&names, at)))).collect(),
        taken: vec![false; names.len()],
        names,
        rows,
        guess: Guess { mapping, ..Guess::default() },
    };
    if let Some(units) = units {
        draft.take_units_of_row(units);
    }
    draft.tell_clocks();
    draft.take_named();
    draft.take_causes();
    draft.take_answers();
    draft.take_times();
    draft.tell_local_from_utc();
    draft.leave_out_other_zones();
    draft.take_epoch();
    draft.take_contents();
    draft.leave_out_billed();
    draft.take_talk_by_parts_of_names();
    draft.tell_talk_from_total();
    draft.take_length_of_recording();
    draft.tell_units();
    draft.take_zone();
    draft.take_attributes();
    draft.say_what_is_missing();
    draft.guess
}

impl Draft<'_> {
    /// Columns with a word for a result as their name, in which nothing but a mark stands.
    fn marked_results(&self) -> Vec<&str> {
        let is_mark = |at: usize| {
            let mut cells = self.rows.iter().map(|row| row.get(at).trim()).filter(|cell| !is_nothing(cell)).peekable();
            cells.peek().is_some() && cells.all(|cell| yes_or_no(cell) == Some(true))
        };
        let is_word = |name: &str| {
            matches!(
                word_says(name),
                WordSays::Unanswered(_) | WordSays::Failed(_) | WordSays::Answered(_) | WordSays::Doubtful(_)
            )
        };
        let marked = |(at, name): &(usize, &String)| {
            is_word(name) && self.columns[*at].filled < self.columns[*at].rows && is_mark(*at)
        };
        self.names.iter().enumerate().filter(marked).map(|(_, name)| name.as_str()).collect()
    }

    fn take_attributes(&mut self) {
        let mut at = self.free(|column| column.filled > 0);
        at.truncate(MOST_ATTRIBUTES);
        if !at.is_empty() {
            let seen = "columns of nothing that is known, kept as they are".to_owned();
            self.take(Field::Attributes, &at, Basis::Content, Certainty::Sure, seen);
        }
        let marked = self.marked_results();
        if marked.len() > 1 {
            let missing = format!("one column with the result: {} are a column for each", marked.join(", "));
            self.guess.missing.push(missing);
        }
        let numbers = [Field::Total, Field::Talk, Field::Ringing, Field::Cost];
        let has_commas = |field: &Field| {
            let place = self.guess.mapping.columns.get(field).and_then(|place| place.columns.first());
            let at = place.and_then(|name| self.names.iter().position(|known| known == name));
            at.is_some_and(|at| self.columns[at].commas > 0)
        };
        if numbers.iter().any(has_commas) {
            self.guess.mapping.decimal = Some(Decimal::Comma);
        }
    }

    /// The dial start is said to be in a zone that nobody knows.
    fn unknown_zone(&self) -> Option<String> {
        let unknown = |at: usize| Some((at, unknown_zone_in(&self.names[at])?));
        let (at, zone) = self.places(Field::DialedAt)?.into_iter().find_map(unknown)?;
        Some(format!("the zone of the column \"{}\": {zone} is not known, or means several", self.names[at]))
    }

    /// Two columns of the same name hold different instants: a row is of two calls, or two tables stand side by side.
    fn times_of_two_calls(&self) -> Option<String> {
        let is_time = |at: &usize| {
            let says = self.named[*at].map(|(says, _)| says);
            matches!(says, Some(NameSays::Time | NameSays::Field(Field::DialedAt))) && self.columns[*at].instants > 0
        };
        let times: Vec<usize> = (0..self.names.len()).filter(is_time).collect();
        let differ = |first: usize, second: usize| {
            let off = |row: &&Cells| Some(instant(row.get(first))? - instant(row.get(second))?);
            let off: Vec<i64> = self.rows.iter().filter_map(off).collect();
            let has_zone = |at: usize| self.rows.iter().any(|row| matches!(when(row.get(at)), Some(When::Instant(_))));
            // One instant in two ways of writing, of which one says its zone.
            let is_one = off.iter().all(|ms| *ms == off[0]) && off.first().is_some_and(|ms| is_offset(*ms));
            off.iter().any(|ms| *ms != 0) && !(is_one && has_zone(first) != has_zone(second))
        };
        let (first, second) = times.iter().enumerate().find_map(|(n, second)| {
            let name = as_written(&self.names, *second);
            let first = times[..n].iter().find(|first| self.names[**first] == name && name != self.names[*second])?;
            differ(*first, *second).then_some((*first, *second))
        })?;
        let (first, second) = (&self.names[first], &self.names[second]);
        Some(format!("one call in each row: \"{first}\" and \"{second}\" are the times of two"))
    }

    /// Columns under the numbers of attempts hold a result each: a row is of several calls.
    fn results_of_several_calls(&self) -> Option<String> {
        let is_one = |at: &usize| {
            let column = &self.columns[*at];
            names_one_of_several(&self.names[*at]) && column.filled > 0 && column.is_mostly(column.words)
        };
        let mut several = (0..self.names.len()).filter(is_one).map(|at| &self.names[at]);
        let (first, second) = (several.next()?, several.next()?);
        Some(format!("one call in each row: \"{first}\" and \"{second}\" are the results of two"))
    }

    fn say_what_is_missing(&mut self) {
        let is_ambiguous = !self.guess.missing.is_empty();
        let mut missing = Vec::new();
        if self.names.iter().any(|name| is_of_system(name)) {
            missing.push("its columns are a switch's or a dialler's, whose rows need a format of their own".to_owned());
        }
        // What a voicebot wrote of its sessions has their words at least.
        let is_named = |reason: &Reason| reason.field == Field::Id && reason.basis != Basis::Content;
        let is_session =
            self.guess.reasons.iter().any(is_named) && (self.has(Field::Transcript) || self.has(Field::RecordingUrl));
        if !self.has(Field::Phone) && !self.has(Field::ContactId) && !is_session && !is_ambiguous {
            missing.push("a column that tells whom the call was for: phone, contact_id".to_owned());
        }
        if !self.has(Field::DialedAt) {
            missing.push("a column that tells when: dialed_at".to_owned());
        }
        let main = [
            Field::Id,
            Field::Phone,
            Field::ContactId,
            Field::Name,
            Field::DialedAt,
            Field::AnsweredAt,
            Field::EndedAt,
        ];
        let main = main.into_iter().chain([Field::Total, Field::Talk, Field::Result]);
        let is_known =
            |field: Field| self.guess.reasons.iter().any(|it| it.field == field && it.basis != Basis::Content);
        if self.guess.mapping.header && main.filter(|field| is_known(*field)).count() < KNOWN_NAMES {
            missing.push("names of columns that are known: check the guess, and give it as a mapping".to_owned());
        }
        missing.extend(self.unknown_zone());
        missing.extend(self.times_of_two_calls());
        missing.extend(self.results_of_several_calls());
        if !self.guess.mapping.tells_answers() {
            let fields = "result, talk, answered_at, transcript";
            missing.push(format!("a column that tells whether somebody answered: {fields}"));
        }
        self.guess.missing.extend(missing);
    }
}

/// A column's name without the number that tells it from an earlier one of the same name: `Time (5)` as names are told apart here, `Time.1`
/// as pandas writes it.
fn as_written(names: &[String], at: usize) -> &str {
    let name = &names[at];
    if let Some(name) = name.strip_suffix(&format!(" ({})", at + 1)) {
        return name;
    }
    match name.rsplit_once('.') {
        Some((first, nth)) if nth.parse::<u8>().is_ok() && names[..at].iter().any(|known| known == first) => first,
        _ => name,
    }
}

/// Whether a row is a header by its names: it has no values, and most of its cells are names that are known.
pub(crate) fn names_columns(row: &Cells) -> bool {
    // Most rows are values, which is quicker to see.
    if !may_be_header(row) {
        return false;
    }
    let filled = row.iter().filter(|cell| !cell.is_empty());
    let (known, count) =
        filled.fold((0, 0), |(known, count), cell| (known + usize::from(named(cell).is_some()), count + 1));
    known > 2 && known * 2 > count
}

/// Whether a row has the names of columns and no values.
pub(crate) fn may_be_header(row: &Cells) -> bool {
    let filled: Vec<&str> = row.iter().filter(|cell| !cell.is_empty()).collect();
    let is_value = |cell: &&&str| {
        let has_digit = cell.bytes().any(|byte| byte.is_ascii_digit());
        has_digit && (columns::is_phone(cell) || is_clock(cell) || when(cell).is_some() || cell.parse::<f64>().is_ok())
    };
    let is_name = |cell: &&str| cell.chars().count() <= 60;
    filled.len() > 1 && filled.iter().all(is_name) && !filled.iter().any(|cell| is_value(&cell))
}
