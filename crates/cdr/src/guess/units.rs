//! Which unit lengths are in, whether they have the ringing in them, and which zone times are in.

use domain::outcome::NO_ANSWER;

use crate::{
    cells::Cells,
    ending::ANSWERED_CODE,
    local_time::{DateOrder, When},
    mapping::{Field, Place},
    result_words::{WordSays, word_says},
    written::{Decimal, Unit, length, plain_number, when},
};

use super::{
    columns::Column,
    draft::{Basis, Certainty, Draft, Reason},
    name_parts::{is_about_talk, is_billed, names_length_of_recording},
    names::unit_in,
};

/// Seconds that no call of a voicebot takes: more than that in the middle of a column are milliseconds, or no seconds.
const LEAST_UNCLEAR_SECONDS: f64 = 3_600.0;
/// How far whole seconds of one column are off those of another.
const ROUNDING_MS: i64 = 2_000;
/// Parts of a day that calls take: 4 hours.
const MOST_DAYS: f64 = 4.0 / 24.0;
/// Fractions of more than that are hardly ever minutes.
const MOST_MINUTES: f64 = 30.0;

impl Draft<'_> {
    /// A length that is billed and longer than the whole call was rounded up, and is no talk.
    pub(super) fn leave_out_billed(&mut self) {
        let Some(talk) = self.places(Field::Talk).and_then(|places| places.first().copied()) else { return };
        if self.is_billed_for_more(talk) {
            self.guess.mapping.columns.remove(&Field::Talk);
            self.guess.reasons.retain(|reason| reason.field != Field::Talk);
            self.taken[talk] = false;
            self.named[talk] = None;
        }
    }

    /// Whether a column is billed, and in some row for longer than the whole call lasted.
    fn is_billed_for_more(&self, at: usize) -> bool {
        let total = self.places(Field::Total).and_then(|places| places.first().copied());
        let Some(total) = total.filter(|_| is_billed(&self.names[at])) else { return false };
        let total_unit = self.guess.mapping.unit(Field::Total);
        self.rows.iter().any(|row| {
            let (whole, billed) =
                (length_of(row.get(total), total_unit), length_of(row.get(at), unit_in(&self.names[at])));
            whole > 0 && billed > whole + ROUNDING_MS
        })
    }

    /// A length that is 0 wherever nobody answered is the talk: ringing would count in a total.
    pub(super) fn tell_talk_from_total(&mut self) {
        let (Some(total), Some(results)) = (self.places(Field::Total), self.places(Field::Result)) else { return };
        let Some(total) = total.first().copied() else { return };
        if self.has(Field::Talk) {
            return;
        }
        let unit = self.guess.mapping.unit(Field::Total);
        let (mut empty, mut rang, mut talked) = (0, 0, 0);
        for row in self.rows {
            let ms = length_of(row.get(total), unit);
            match (self.says(row, &results), ms) {
                (WordSays::Unanswered(_) | WordSays::Failed(_) | WordSays::Doubtful(_), 0) => empty += 1,
                (WordSays::Unanswered(_) | WordSays::Failed(_), _) => rang += 1,
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

    /// Where no other column tells how long the calls were, the length of their recordings is the talk.
    pub(super) fn take_length_of_recording(&mut self) {
        if [Field::Total, Field::Talk, Field::EndedAt].iter().any(|field| self.has(*field)) {
            return;
        }
        let is_length = |column: &Column| column.is_mostly(column.numbers + column.lengths) && column.largest > 0.0;
        let free = self.free(is_length).into_iter();
        let named: Vec<usize> = free.filter(|at| names_length_of_recording(&self.names[*at])).collect();
        if let Some(at) = named.first().copied() {
            let seen = "the length of the recordings: no other column tells how long the calls were".to_owned();
            self.take(Field::Talk, &[at], Basis::NameAndContent, Certainty::Unsure, seen);
            if let Some(place) = self.guess.mapping.columns.get_mut(&Field::Talk) {
                place.unit = place.unit.or(unit_in(&self.names[at]));
            }
        }
    }

    /// What a row says of how its call ended, by the first of its results that says that nobody answered, or else anything. Under a name that
    /// asks for it, yes and no are known.
    fn says(&self, row: &Cells, results: &[usize]) -> WordSays {
        let one = |result: &usize| {
            let given = self.guess.mapping.results.get(row.get(*result).trim());
            match given.map(String::as_str) {
                Some(NO_ANSWER) => WordSays::Unanswered(NO_ANSWER),
                Some(_) => WordSays::Answered(ANSWERED_CODE),
                None => word_says(row.get(*result)),
            }
        };
        let said: Vec<WordSays> = results.iter().map(one).filter(|said| *said != WordSays::Nothing).collect();
        let is_unanswered = |said: &&WordSays| matches!(said, WordSays::Unanswered(_) | WordSays::Failed(_));
        said.iter().find(is_unanswered).or(said.first()).cloned().unwrap_or(WordSays::Nothing)
    }

    /// A column of lengths whose name tells of talk, in words that are not known as they stand there: where it is 0 in all rows that say
    /// that nobody answered, and in no other, it is the talk.
    pub(super) fn take_talk_by_parts_of_names(&mut self) {
        let Some(results) = self.places(Field::Result) else { return };
        if self.has(Field::Talk) {
            return;
        }
        let is_talk = |at: &usize| {
            let column = &self.columns[*at];
            let unit = unit_in(&self.names[*at]);
            if !is_about_talk(&self.names[*at])
                || self.is_billed_for_more(*at)
                || !column.is_mostly(column.numbers + column.lengths)
                || column.instants > 0
            {
                return false;
            }
            let (mut unanswered, mut answered) = (0, 0);
            for row in self.rows {
                match (self.says(row, &results), length_of(row.get(*at), unit)) {
                    (WordSays::Unanswered(_) | WordSays::Failed(_), 0) => unanswered += 1,
                    (WordSays::Answered(_) | WordSays::Conversation | WordSays::Word, 1..) => answered += 1,
                    (WordSays::Unanswered(_) | WordSays::Failed(_), _) => return false,
                    _ => {}
                }
            }
            unanswered > 0 && answered > 0
        };
        if let Some(at) = self.free(|_| true).into_iter().find(is_talk) {
            let seen = "its name tells of talk, and it is 0 in all rows that say that nobody answered".to_owned();
            self.take(Field::Talk, &[at], Basis::NameAndContent, Certainty::Unsure, seen);
            if let Some(place) = self.guess.mapping.columns.get_mut(&Field::Talk) {
                place.unit = place.unit.or(unit_in(&self.names[at]));
            }
        }
    }

    /// Of columns for one length in several units: the finer one goes first where they hold the same length, and a person has to say where
    /// each holds a part of it (1 minute and 5 seconds).
    pub(super) fn tell_parts_of_lengths(&mut self, at: &mut Vec<usize>) {
        let unit_ms = |at: usize| match self.named[at].and_then(|(_, unit)| unit) {
            Some(Unit::Hours) => Some(3_600_000),
            Some(Unit::Minutes) => Some(60_000),
            Some(Unit::Seconds) => Some(1_000),
            _ => None,
        };
        let mut units: Vec<(i64, usize)> = at.iter().filter_map(|at| Some((unit_ms(*at)?, *at))).collect();
        units.sort_unstable();
        units.dedup_by_key(|(unit, _)| *unit);
        let (Some(&(fine_ms, fine)), Some(&(coarse_ms, coarse))) = (units.first(), units.get(1)) else { return };
        let number = |row: &Cells, at: usize| plain_number(row.get(at), Decimal::Point)?.parse::<f64>().ok();
        let lengths: Vec<(f64, f64)> = self
            .rows
            .iter()
            .filter_map(|row| Some((number(row, fine)? * fine_ms as f64, number(row, coarse)? * coarse_ms as f64)))
            .filter(|(fine, coarse)| *fine > 0.0 || *coarse > 0.0)
            .collect();
        let step = coarse_ms as f64;
        let all = |fits: &dyn Fn(f64, f64) -> bool| lengths.iter().all(|(fine, coarse)| fits(*fine, *coarse));
        // Rounded up, down, to the nearest, or with a fraction.
        let is_same = all(&|fine, coarse| coarse - step < fine && fine <= coarse)
            || all(&|fine, coarse| coarse <= fine && fine < coarse + step)
            || all(&|fine, coarse| (fine - coarse).abs() <= step / 2.0);
        // 1 and 5 may be a begun minute and its 5 seconds, or a minute and 5 seconds more.
        let may_be_parts = all(&|fine, coarse| fine < step && coarse <= step);
        let is_billed = units.iter().any(|(_, at)| is_billed(&self.names[*at]));
        let object = |at: usize| self.names[at].rsplit_once('.').map(|(object, _)| object);
        let is_object = object(fine).is_some() && object(fine) == object(coarse);
        if is_same && (is_billed || !may_be_parts) && !is_object {
            at.retain(|at| *at != fine);
            at.insert(0, fine);
        } else if is_object || all(&|fine, _| fine < step) {
            let names: Vec<&str> = units.iter().rev().map(|(_, at)| self.names[*at].as_str()).collect();
            self.guess.missing.push(format!("one column with the length: {} are its parts", names.join(", ")));
        }
    }

    /// Numbers of which nobody says whether they are seconds: what they can be, as far as they and the rows' instants tell.
    /// Where they cannot be seconds, and may be more than one other unit, a person has to say.
    pub(super) fn tell_units(&mut self) {
        for field in [Field::Total, Field::Talk, Field::Ringing] {
            let is_open = |unit: Option<Unit>| matches!(unit, None | Some(Unit::MinutesSeconds));
            let place = self.guess.mapping.columns.get(&field).filter(|place| is_open(place.unit));
            let has_unit = place.is_some_and(|place| place.unit.is_some());
            let Some(name) = place.and_then(|place| place.columns.first()).cloned() else { continue };
            let Some(at) = self.names.iter().position(|known| *known == name) else { continue };
            let column = &self.columns[at];
            if self.are_hours_for_minutes(at) {
                let why = "its lengths are hours and no seconds: a spreadsheet may have taken minutes for hours";
                self.guess.missing.push(format!("the unit of the column \"{name}\": {why}"));
                continue;
            }
            let Some(median) = column.median().filter(|_| column.lengths == 0 && !has_unit) else { continue };
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
}

/// A length in milliseconds, whichever sign is before its fraction; 0 where it is none.
fn length_of(text: &str, unit: Option<Unit>) -> i64 {
    let read = |decimal| length(text, unit, decimal).ok();
    read(Decimal::Point).or_else(|| read(Decimal::Comma)).flatten().unwrap_or(0)
}

/// The instant of a cell in the first order that it has a date in.
pub(super) fn instant(text: &str) -> Option<i64> {
    match when(text)? {
        When::Instant(ms) => Some(ms),
        When::Wall(wall) => {
            let orders = [DateOrder::DayMonthYear, DateOrder::MonthDayYear, DateOrder::YearMonthDay];
            orders.into_iter().find_map(|order| wall.millis(order))
        }
        When::Never => None,
    }
}
