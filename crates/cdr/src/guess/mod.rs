//! Which column of a table is which field of a call, guessed by the names of the columns and by what the first rows
//! hold.
//!
//! What is not sure is left to a person: two columns of phone numbers without a name that tells whose they are, a table
//! without an instant, or one that says nothing of how calls ended.

mod columns;
mod names;

use std::fmt::{self, Write};

pub(crate) use columns::is_phone;
use columns::{Column, is_clock};
pub(crate) use names::is_sum;
use names::{Named, asks_for_answer, is_of_system, is_side, is_zone, named, yes_or_no, zone_in, zone_named};

use domain::outcome::NO_ANSWER;

use crate::{
    cells::Cells,
    ending::ANSWERED_CODE,
    local_time::{DateOrder, When},
    mapping::{Field, Mapping, Place, column_names},
    result_words::{Said, said},
    written::{Decimal, Unit, is_nothing, length, plain_number, when},
};

/// The most columns that are kept as attributes, below what a call may have.
const MOST_ATTRIBUTES: usize = 90;

/// Fields of a table with a header that must be known by the columns' names: the values alone look alike in many
/// tables.
const KNOWN_NAMES: usize = 2;

/// Seconds that no call of a voicebot takes: more than that in the middle of a column are milliseconds, or no seconds.
const LEAST_UNCLEAR_SECONDS: f64 = 4.0 * 3_600.0;
/// Parts of a day that calls take: 4 hours.
const MOST_DAYS: f64 = 4.0 / 24.0;
/// Fractions of more than that are hardly ever minutes.
const MOST_MINUTES: f64 = 30.0;

/// What a guess stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The column's name.
    Name,
    /// What its cells hold.
    Content,
    /// Both.
    NameAndContent,
}

/// How sure a guess is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// Name and content agree.
    Sure,
    /// Hardly anything else is possible.
    Likely,
    /// To be looked at by a person.
    Unsure,
}

/// Why a column was taken for a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The field.
    pub field: Field,
    /// The column's name, or the names of several.
    pub column: String,
    /// What it stands on.
    pub basis: Basis,
    /// How sure it is.
    pub certainty: Certainty,
    /// What was seen, in a few words.
    pub seen: String,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let basis = match self.basis {
            Basis::Name => "by its name",
            Basis::Content => "by what it holds",
            Basis::NameAndContent => "by its name and by what it holds",
        };
        let certainty = match self.certainty {
            Certainty::Sure => "sure",
            Certainty::Likely => "likely",
            Certainty::Unsure => "unsure, please check",
        };
        write!(f, "{basis} ({certainty})")?;
        if self.seen.is_empty() { Ok(()) } else { write!(f, ": {}", self.seen) }
    }
}

/// A mapping that was guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// The mapping, as far as it could be guessed.
    pub mapping: Mapping,
    /// Why each column is what it is taken for.
    pub reasons: Vec<Reason>,
    /// What a person has to say before calls can be made of the table; empty where nothing is missing.
    pub missing: Vec<String>,
}

impl Guess {
    /// The mapping file, with the reasons as comments.
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        for missing in &self.missing {
            let _ = writeln!(text, "# Missing: {missing}");
        }
        text.push_str(&self.mapping.to_toml_with(|field| {
            let reasons = self.reasons.iter().filter(|reason| reason.field == field);
            let said: Vec<String> = reasons.map(Reason::to_string).collect();
            (!said.is_empty()).then(|| said.join("; "))
        }));
        text
    }
}

/// Guesses by a header's names, if there is one, and the rows after it.
pub(crate) fn guess(header: Option<&[String]>, rows: &[&Cells]) -> Guess {
    let width = rows.iter().map(|row| row.len()).max().unwrap_or(0);
    let names = match header {
        Some(names) => names.to_vec(),
        None => column_names(std::iter::repeat_n("", width)),
    };
    let mapping = Mapping { header: header.is_some(), ..Mapping::default() };
    let mut draft = Draft {
        columns: (0..names.len()).map(|at| Column::of(rows, at)).collect(),
        named: names.iter().enumerate().map(|(at, name)| header.and_then(|_| named(as_written(name, at)))).collect(),
        taken: vec![false; names.len()],
        names,
        rows,
        guess: Guess { mapping, reasons: Vec::new(), missing: Vec::new() },
    };
    draft.take_named();
    draft.take_causes();
    draft.take_answers();
    draft.take_times();
    draft.take_contents();
    draft.tell_talk_from_total();
    draft.tell_units();
    draft.take_zone();
    draft.take_attributes();
    draft.say_what_is_missing();
    draft.guess
}

struct Draft<'a> {
    names: Vec<String>,
    named: Vec<Option<(Named, Option<Unit>)>>,
    columns: Vec<Column>,
    taken: Vec<bool>,
    rows: &'a [&'a Cells],
    guess: Guess,
}

/// Whether a column holds what a field has.
type Holds = fn(&Column) -> bool;

/// The fields that a name alone may tell, in the order in which they take their columns.
const BY_NAME: [Field; 17] = [
    Field::Phone,
    Field::Id,
    Field::Campaign,
    Field::Voicebot,
    Field::ContactId,
    Field::Name,
    Field::Attempt,
    Field::Total,
    Field::Talk,
    Field::Ringing,
    Field::Result,
    Field::HangupBy,
    Field::Cause,
    Field::Cost,
    Field::RecordingUrl,
    Field::Transcript,
    Field::Note,
];

impl Draft<'_> {
    fn has(&self, field: Field) -> bool {
        self.guess.mapping.columns.contains_key(&field)
    }

    fn take(&mut self, field: Field, at: &[usize], basis: Basis, certainty: Certainty, seen: String) {
        let columns: Vec<String> = at.iter().map(|at| self.names[*at].clone()).collect();
        let unit = at.first().and_then(|at| self.named[*at]).and_then(|(_, unit)| unit).filter(|_| field.is_length());
        for at in at {
            self.taken[*at] = true;
        }
        let zone = at.first().and_then(|at| zone_in(&self.names[*at])).filter(|_| field == Field::DialedAt);
        self.guess.mapping.zone = zone.map(str::to_owned).or(self.guess.mapping.zone.take());
        self.guess.reasons.push(Reason { field, column: columns.join(", "), basis, certainty, seen });
        self.guess.mapping.columns.insert(field, Place { columns, unit });
    }

    /// The columns that are free and have a name for this.
    fn free_named(&self, is: Named) -> Vec<usize> {
        (0..self.names.len())
            .filter(|at| !self.taken[*at] && self.named[*at].is_some_and(|(named, _)| named == is))
            .collect()
    }

    fn free(&self, is: impl Fn(&Column) -> bool) -> Vec<usize> {
        (0..self.names.len()).filter(|at| !self.taken[*at] && is(&self.columns[*at])).collect()
    }

    fn take_named(&mut self) {
        for field in BY_NAME {
            let mut at = self.free_named(Named::Field(field));
            at.retain(|at| is_plausible(field, &self.columns[*at]));
            if field == Field::Result {
                // A status beside a result tells of the calls that have none.
                at.truncate(3);
            }
            let others: Vec<&str> = at.iter().skip(1).map(|at| self.names[*at].as_str()).collect();
            let others = others.join(", ");
            if field != Field::Result {
                at.truncate(1);
            }
            let Some(first) = at.first().map(|at| &self.columns[*at]) else { continue };
            let (is_seen, mut seen) = seen(field, first);
            let (basis, certainty) = match (is_seen, first.filled) {
                (Some(true), _) => (Basis::NameAndContent, Certainty::Sure),
                (None, 1..) => (Basis::Name, Certainty::Likely),
                _ => (Basis::Name, Certainty::Unsure),
            };
            let is_doubtful = !others.is_empty() && matches!(field, Field::Phone | Field::Id);
            if is_doubtful {
                seen = format!("{seen}; also possible: {others}");
            }
            self.take(field, &at, basis, if is_doubtful { Certainty::Unsure } else { certainty }, seen);
        }
        // `Thời gian nghe máy` may be an instant or a length.
        let lengths = self.free_named(Named::Field(Field::AnsweredAt));
        let length = lengths.into_iter().find(|at| {
            let column = &self.columns[*at];
            column.is_mostly(column.numbers + column.lengths) && !column.is_half(column.instants)
        });
        if let Some(at) = length.filter(|_| !self.has(Field::Talk)) {
            let seen = "it holds lengths of time, no instants".to_owned();
            self.take(Field::Talk, &[at], Basis::NameAndContent, Certainty::Likely, seen);
        }
    }

    /// Takes causes for results where nothing else is one: some platforms have no other word for how a call ended.
    fn take_causes(&mut self) {
        if self.has(Field::Result) {
            return;
        }
        let cause = self.guess.mapping.columns.get(&Field::Cause).and_then(|place| place.columns.first());
        let Some(at) = cause.and_then(|name| self.names.iter().position(|known| known == name)) else { return };
        if !self.columns[at].is_half(self.columns[at].words) {
            return;
        }
        self.guess.mapping.columns.remove(&Field::Cause);
        self.guess.reasons.retain(|reason| reason.field != Field::Cause);
        let seen = self.count_seen(at, "words that say whether somebody answered");
        self.take(Field::Result, &[at], Basis::NameAndContent, Certainty::Likely, seen);
    }

    /// Takes a column whose name asks whether somebody answered, and in which nothing but yes and no stands, for a result, and gives its
    /// words their meanings.
    fn take_answers(&mut self) {
        const RESULTS: usize = 3;
        let rows = self.rows;
        let asking = (0..self.names.len()).filter(|at| asks_for_answer(&self.names[*at]));
        let mut answers = asking.filter_map(|at| {
            let cells = rows.iter().map(|row| row.get(at).trim()).filter(|cell| !is_nothing(cell));
            let answers: Vec<(&str, bool)> = cells.map(|cell| Some((cell, yes_or_no(cell)?))).collect::<Option<_>>()?;
            (!answers.is_empty()).then_some((at, answers))
        });
        let Some((at, answers)) = answers.next() else { return };
        for (word, is_answered) in answers {
            let code = if is_answered { ANSWERED_CODE } else { NO_ANSWER };
            self.guess.mapping.results.insert(word.to_owned(), code.to_owned());
        }
        if self.taken[at] {
            return;
        }
        let known =
            self.guess.mapping.columns.get(&Field::Result).map(|place| place.columns.clone()).unwrap_or_default();
        let mut columns: Vec<usize> = (0..self.names.len()).filter(|at| known.contains(&self.names[*at])).collect();
        columns.truncate(RESULTS - 1);
        columns.push(at);
        self.guess.reasons.retain(|reason| reason.field != Field::Result);
        let seen = format!("yes and no under \"{}\"", self.names[at]);
        self.take(Field::Result, &columns, Basis::NameAndContent, Certainty::Likely, seen);
    }

    fn take_times(&mut self) {
        let is_instant = |draft: &Self, at: &usize| {
            let column = &draft.columns[*at];
            column.filled > 0 && column.is_half(column.instants)
        };
        for field in [Field::AnsweredAt, Field::EndedAt] {
            let named = self.free_named(Named::Field(field));
            if let Some(at) = named.into_iter().find(|at| is_instant(self, at)) {
                self.take(field, &[at], Basis::NameAndContent, Certainty::Sure, self.count_seen(at, "instants"));
            }
        }
        let dial = self.free_named(Named::Field(Field::DialedAt));
        let other = self.free_named(Named::Time);
        let named: Vec<usize> = dial.iter().chain(&other).copied().collect();
        let dates = |draft: &Self, among: &[usize]| {
            among.iter().copied().find(|at| draft.columns[*at].is_mostly(draft.columns[*at].dates))
        };
        let clocks = |draft: &Self, among: &[usize]| {
            let is_clock = |column: &Column| column.is_mostly(column.clocks + column.day_fractions);
            among.iter().copied().find(|at| is_clock(&draft.columns[*at]))
        };
        if let Some(at) = dial.iter().copied().find(|at| is_instant(self, at)) {
            self.take(Field::DialedAt, &[at], Basis::NameAndContent, Certainty::Sure, self.count_seen(at, "instants"));
        } else if let (Some(date), Some(clock)) = (dates(self, &named), clocks(self, &named)) {
            let seen = "a date, and a time of day".to_owned();
            self.take(Field::DialedAt, &[date, clock], Basis::NameAndContent, Certainty::Sure, seen);
        } else if let Some(at) = other.iter().copied().find(|at| is_instant(self, at)) {
            let certainty = if other.len() == 1 { Certainty::Likely } else { Certainty::Unsure };
            self.take(Field::DialedAt, &[at], Basis::NameAndContent, certainty, self.count_seen(at, "instants"));
        } else if let Some(date) = dates(self, &named) {
            let seen = "dates without a time of day: every call is at midnight".to_owned();
            self.take(Field::DialedAt, &[date], Basis::NameAndContent, Certainty::Unsure, seen);
        } else {
            self.take_unnamed_times();
        }
    }

    /// Instants under names that say nothing: the first of a row is the dial start, the last the end, one between them
    /// the answer.
    fn take_unnamed_times(&mut self) {
        let mut at = self.free(|column| column.is_mostly(column.instants));
        // The dial start is in every row.
        let whole = |draft: &Self, at: usize| draft.columns[at].filled == draft.columns[at].rows;
        if at.is_empty() {
            let dates = self.free(|column| column.is_mostly(column.dates)).first().copied();
            let clocks = self.free(|column| column.is_mostly(column.clocks)).first().copied();
            if let (Some(date), Some(clock)) = (dates, clocks) {
                let seen = "a date, and a time of day".to_owned();
                self.take(Field::DialedAt, &[date, clock], Basis::Content, Certainty::Unsure, seen);
            }
            return;
        }
        let (rows, base) = (self.rows, at[0]);
        at.sort_by_cached_key(|at| mean_after(rows, base, *at));
        let Some(dial) = at.iter().copied().find(|at| whole(self, *at)) else { return };
        at.retain(|at| *at != dial);
        let certainty = if at.is_empty() { Certainty::Likely } else { Certainty::Unsure };
        self.take(Field::DialedAt, &[dial], Basis::Content, certainty, self.count_seen(dial, "instants"));
        at.retain(|at| mean_after(rows, dial, *at) >= 0);
        if !self.has(Field::EndedAt)
            && let Some(end) = at.pop()
        {
            let seen = "instants, the last of each row".to_owned();
            self.take(Field::EndedAt, &[end], Basis::Content, Certainty::Unsure, seen);
        }
        if !self.has(Field::AnsweredAt)
            && let Some(answer) = at.pop()
        {
            let seen = "instants between the dial start and the end".to_owned();
            self.take(Field::AnsweredAt, &[answer], Basis::Content, Certainty::Unsure, seen);
        }
    }

    fn take_contents(&mut self) {
        if !self.has(Field::Phone) {
            let phones = self.free(|column| column.is_mostly(column.phones));
            let has_sides = phones.iter().any(|at| is_side(&self.names[*at]));
            match phones[..] {
                [at] if !has_sides => {
                    self.take(
                        Field::Phone,
                        &[at],
                        Basis::Content,
                        Certainty::Likely,
                        self.count_seen(at, "phone numbers"),
                    );
                }
                [] => {}
                _ => {
                    let names: Vec<&str> = phones.iter().map(|at| self.names[*at].as_str()).collect();
                    let missing = format!("which number is the customer's: phone (one of {})", names.join(", "));
                    self.guess.missing.push(missing);
                }
            }
        }
        let kinds: [(Field, &str, Certainty, Holds); 5] = [
            (Field::Result, "words that say whether somebody answered", Certainty::Likely, |column| {
                column.is_mostly(column.words) && column.distinct <= 20
            }),
            (Field::Transcript, "what was said, by whom", Certainty::Likely, |column| column.is_half(column.dialogues)),
            (Field::RecordingUrl, "addresses", Certainty::Likely, |column| column.is_mostly(column.urls)),
            (Field::Id, "a value of its own in each row", Certainty::Likely, |column| {
                column.is_mostly(column.tokens) && column.is_unique() && column.phones == 0 && column.instants == 0
            }),
            (Field::Total, "lengths of time", Certainty::Unsure, |column| column.is_mostly(column.lengths)),
        ];
        for (field, seen, certainty, holds) in kinds {
            let has_length = field == Field::Total && self.has(Field::Talk);
            if self.has(field) || has_length {
                continue;
            }
            if let Some(at) = self.free(holds).first().copied() {
                self.take(field, &[at], Basis::Content, certainty, self.count_seen(at, seen));
            }
        }
    }

    /// A length that is 0 wherever nobody answered is the talk: ringing would count in a total.
    fn tell_talk_from_total(&mut self) {
        let place = |field: Field| {
            let name = self.guess.mapping.columns.get(&field)?.columns.first()?;
            self.names.iter().position(|known| known == name)
        };
        let (Some(total), Some(result)) = (place(Field::Total), place(Field::Result)) else { return };
        if self.has(Field::Talk) {
            return;
        }
        let unit = self.guess.mapping.unit(Field::Total);
        let (mut empty, mut rang, mut talked) = (0, 0, 0);
        for row in self.rows {
            let ms = length(row.get(total), unit, Decimal::Point).ok().flatten().unwrap_or(0);
            match (said(row.get(result)), ms) {
                (Said::Unanswered(_) | Said::Doubtful(_), 0) => empty += 1,
                (Said::Unanswered(_), _) => rang += 1,
                (_, 1..) => talked += 1,
                _ => {}
            }
        }
        if empty > 0 && rang == 0 && talked > 0 {
            let seen =
                format!("it is 0 in each of the {empty} rows that say that nobody answered, so ringing is not in it");
            self.guess.mapping.columns.remove(&Field::Total);
            self.guess.reasons.retain(|reason| reason.field != Field::Total);
            self.take(Field::Talk, &[total], Basis::NameAndContent, Certainty::Likely, seen);
        }
    }

    /// Numbers of which nobody says whether they are seconds: what they can be, as far as they and the rows' instants tell.
    /// Where they cannot be seconds, and may be more than one other unit, a person has to say.
    fn tell_units(&mut self) {
        for field in [Field::Total, Field::Talk, Field::Ringing] {
            let place = self.guess.mapping.columns.get(&field).filter(|place| place.unit.is_none());
            let Some(name) = place.and_then(|place| place.columns.first()).cloned() else { continue };
            let Some(at) = self.names.iter().position(|known| *known == name) else { continue };
            let column = &self.columns[at];
            if self.are_hours_for_minutes(at) {
                let why = "its lengths are hours and no seconds: a spreadsheet may have taken minutes for hours";
                self.guess.missing.push(format!("the unit of the column \"{name}\": {why}"));
                continue;
            }
            let Some(median) = column.median().filter(|_| column.lengths == 0) else { continue };
            let unit = if self.agrees_in(at, field, 1.0) && median > LEAST_UNCLEAR_SECONDS {
                Some((Unit::Milliseconds, "milliseconds, as the instants of the rows say"))
            } else if column.fine > 0 && column.largest < MOST_DAYS {
                Some((Unit::Days, "parts of a day, as a spreadsheet keeps lengths"))
            } else {
                None
            };
            if let Some((unit, seen)) = unit {
                self.guess.mapping.columns.insert(field, Place { columns: vec![name.clone()], unit: Some(unit) });
                self.guess.reasons.retain(|reason| reason.field != field);
                let (basis, certainty, seen) = (Basis::NameAndContent, Certainty::Unsure, seen.to_owned());
                self.guess.reasons.push(Reason { field, column: name, basis, certainty, seen });
                continue;
            }
            let why = if median > LEAST_UNCLEAR_SECONDS {
                "as seconds its numbers are hours"
            } else if column.fine * 2 > column.sizes.len() && column.largest < MOST_MINUTES {
                "its fractions may be those of minutes"
            } else if self.are_whole_minutes(at) {
                "its numbers are the minutes between the instants of the rows, rounded up"
            } else {
                continue;
            };
            self.guess.missing.push(format!("the unit of the column \"{name}\": {why}"));
        }
    }

    /// The zone of all times, where a column says the same one in every row.
    fn take_zone(&mut self) {
        if self.guess.mapping.zone.is_some() {
            return;
        }
        let Some(at) = self.free(|column| column.distinct == 1).into_iter().find(|at| is_zone(&self.names[*at])) else {
            return;
        };
        let said = self.rows.iter().map(|row| row.get(at)).find(|cell| !is_nothing(cell));
        self.guess.mapping.zone = said.and_then(zone_named);
    }

    /// How long each row's call took by its instants, with the number in a column; of rows that have both.
    fn spans(&self, at: usize) -> Vec<(f64, f64)> {
        let place = |field: Field| {
            let place = self.guess.mapping.columns.get(&field).filter(|place| place.columns.len() == 1)?;
            self.names.iter().position(|known| *known == place.columns[0])
        };
        let (Some(start), Some(end)) = (place(Field::DialedAt), place(Field::EndedAt)) else { return Vec::new() };
        let span = |row: &&&Cells| {
            let ms = instant(row.get(end))? - instant(row.get(start))?;
            let number = plain_number(row.get(at), Decimal::Point)?.parse::<f64>().ok()?;
            (ms >= 0 && number > 0.0).then_some((number, ms as f64))
        };
        self.rows.iter().filter_map(|row| span(&row)).collect()
    }

    /// Whether lengths of a unit that has so many milliseconds fit between the instants of most rows, and seconds do not.
    fn agrees_in(&self, at: usize, field: Field, unit_ms: f64) -> bool {
        const ROUNDING_MS: f64 = 2_000.0;
        let spans = self.spans(at);
        let fits = |unit_ms: f64| {
            let fits = |(number, ms): &&(f64, f64)| match field {
                Field::Total => (number * unit_ms - ms).abs() <= ROUNDING_MS,
                _ => number * unit_ms <= ms + ROUNDING_MS,
            };
            spans.iter().filter(fits).count() * 10
        };
        !spans.is_empty() && fits(unit_ms) >= spans.len() * 9 && fits(1_000.0) < spans.len() * 5
    }

    /// Whether lengths such as `01:05:00` are such as `1:05` becomes in a spreadsheet: most are hours, and none has seconds.
    fn are_hours_for_minutes(&self, at: usize) -> bool {
        const HOUR_MS: i64 = 3_600_000;
        let of_row = |row: &&Cells| length(row.get(at), None, Decimal::Point).ok().flatten().filter(|ms| *ms > 0);
        let is_clock = |row: &&&Cells| row.get(at).matches(':').count() == 2;
        let lengths: Vec<i64> = self.rows.iter().filter(is_clock).filter_map(of_row).collect();
        let long = lengths.iter().filter(|ms| **ms >= HOUR_MS).count();
        lengths.len() > 2 && long * 2 > lengths.len() && lengths.iter().all(|ms| ms % 60_000 == 0)
    }

    /// Whether its numbers are how many minutes the calls took, begun ones as whole ones.
    fn are_whole_minutes(&self, at: usize) -> bool {
        const MINUTE_MS: f64 = 60_000.0;
        let spans = self.spans(at);
        let is_rounded = |(number, ms): &&(f64, f64)| {
            number.fract() == 0.0 && [0.0, 1.0].contains(&((ms / MINUTE_MS).ceil() - number))
        };
        let has_long = spans.iter().any(|(_, ms)| *ms > 2.0 * MINUTE_MS);
        has_long && spans.len() > 2 && spans.iter().filter(is_rounded).count() * 10 >= spans.len() * 9
    }

    /// Columns with a word for a result as their name, in which nothing but a mark stands.
    fn marked_results(&self) -> Vec<&str> {
        let is_mark = |at: usize| {
            let mut cells = self.rows.iter().map(|row| row.get(at).trim()).filter(|cell| !is_nothing(cell)).peekable();
            cells.peek().is_some() && cells.all(|cell| yes_or_no(cell) == Some(true))
        };
        let is_word = |name: &str| matches!(said(name), Said::Unanswered(_) | Said::Answered(_) | Said::Doubtful(_));
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
        if !self.guess.mapping.tells_answers() {
            let fields = "result, talk, answered_at, transcript";
            missing.push(format!("a column that tells whether somebody answered: {fields}"));
        }
        self.guess.missing.extend(missing);
    }

    fn count_seen(&self, at: usize, what: &str) -> String {
        format!("{what} in {} of {} cells", self.columns[at].filled, self.columns[at].rows)
    }
}

/// Whether what a column holds may be a field at all.
fn is_plausible(field: Field, column: &Column) -> bool {
    let is_empty = column.filled == 0;
    match field {
        // Numbers that count the rows are the same in the next file.
        Field::Id => column.is_unique() && !column.is_counted,
        Field::Phone => column.is_half(column.phones),
        Field::Name => is_empty || !column.is_half(column.numbers) && !column.is_mostly(column.texts),
        Field::ContactId => !is_empty && !column.is_counted && !column.is_half(column.texts),
        Field::Attempt => is_empty || column.is_mostly(column.numbers) && column.largest <= 1_000.0,
        Field::Total | Field::Talk | Field::Ringing => is_empty || column.is_half(column.numbers + column.lengths),
        Field::Cost => is_empty || column.is_half(column.numbers + column.amounts),
        Field::Result => !column.is_half(column.instants + column.phones + column.urls),
        Field::Campaign | Field::Voicebot => !column.is_half(column.texts),
        _ => true,
    }
}

/// Whether the content agrees with the field, where content can tell, and what was seen.
fn seen(field: Field, column: &Column) -> (Option<bool>, String) {
    let count = |count: usize, what: &str| {
        (Some(column.is_mostly(count)), format!("{what} in {count} of {} cells", column.filled))
    };
    match field {
        Field::Phone => count(column.phones, "phone numbers"),
        Field::Id => count(column.filled, "a value of its own"),
        Field::Total | Field::Talk | Field::Ringing => count(column.numbers + column.lengths, "lengths of time"),
        Field::Result if column.texts > 0 => {
            let said = "texts that are no words for a result, kept as notes,";
            (None, count(column.texts, said).1)
        }
        Field::Result => count(column.words, "words whose meaning is known"),
        Field::RecordingUrl => count(column.urls, "addresses"),
        Field::Transcript => count(column.dialogues, "what was said, by whom,"),
        Field::Cost => count(column.numbers + column.amounts, "numbers"),
        Field::Attempt => count(column.numbers, "numbers"),
        _ => (None, String::new()),
    }
}

/// How long a column's instants come after another's on average, in seconds.
fn mean_after(rows: &[&Cells], base: usize, at: usize) -> i64 {
    let after: Vec<i64> =
        rows.iter().filter_map(|row| Some((instant(row.get(at))? - instant(row.get(base))?) / 1_000)).collect();
    if after.is_empty() { i64::MAX } else { after.iter().sum::<i64>() / after.len() as i64 }
}

/// The instant of a cell in the first order that it has a date in.
fn instant(text: &str) -> Option<i64> {
    match when(text)? {
        When::Instant(ms) => Some(ms),
        When::Wall(wall) => {
            let orders = [DateOrder::DayMonthYear, DateOrder::MonthDayYear, DateOrder::YearMonthDay];
            orders.into_iter().find_map(|order| wall.millis(order))
        }
        When::Never => None,
    }
}

/// A column's name without the number that tells it from an earlier one of the same name.
fn as_written(name: &str, at: usize) -> &str {
    name.strip_suffix(&format!(" ({})", at + 1)).unwrap_or(name)
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
