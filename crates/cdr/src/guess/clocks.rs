//! Which columns hold times of day that belong to a day in another column, and no lengths, which look the same.

use domain::time::DAY_MS;

use super::{
    draft::Draft,
    name_parts::{is_about_the_answer, is_about_the_end},
    names::NameSays,
};
use crate::{
    local_time::When,
    mapping::Field,
    written::{time_of_day, when},
};

/// How long after its dial start a call is answered and ends at most.
const MOST_AFTER_MS: i64 = 4 * 3_600_000;
/// How far a time of day without seconds may lie before a dial start with them.
const ROUNDING_MS: i64 = 60_000;
/// Lengths that hardly any call has.
const LONG_MS: i64 = 3_600_000;

/// What a column of times of day is, as against the dial starts of its rows.
#[derive(Debug, Clone, Copy)]
struct Following {
    at: usize,
    rows: usize,
    /// Read as lengths, most are over an hour.
    is_long: bool,
    /// None lies before the dial start of the same day.
    is_after: bool,
    /// How long it comes after it on average.
    mean_ms: i64,
}

impl Draft<'_> {
    /// Tells times of day that go with the dial start of their row from lengths: they come after it by what calls take, in nearly every
    /// row, also over midnight.
    pub(super) fn tell_clocks(&mut self) {
        let named = |says: NameSays| self.free_named(says);
        let dial = named(NameSays::Field(Field::DialedAt));
        let other = named(NameSays::Time);
        let is_instant = |at: &&usize| self.columns[**at].holds_instants(50);
        let is_clock = |at: &&usize| self.columns[**at].holds_clocks();
        let first = |among: &[usize], is: &dyn Fn(&&usize) -> bool| among.iter().find(|at| is(at)).copied();
        let base = first(&dial, &is_instant)
            .or_else(|| first(&dial, &is_clock))
            .or_else(|| first(&other, &is_instant))
            .or_else(|| first(&other, &is_clock))
            .or_else(|| self.only_instants());
        let base = base.or_else(|| {
            let clock = self.first_clock()?;
            if self.guess.mapping.header {
                self.named[clock] = Some((NameSays::Field(Field::DialedAt), None));
            }
            Some(clock)
        });
        let Some(base) = base else { return };
        let following = (0..self.names.len()).filter(|at| *at != base).filter_map(|at| self.following(base, at));
        let following: Vec<Following> = following.collect();
        let mut open = Vec::new();
        let mut claimed = Vec::new();
        for column in following {
            let at = column.at;
            match self.named[at].map(|(says, _)| says) {
                Some(NameSays::Field(Field::EndedAt)) => {
                    claimed.push(Field::EndedAt);
                    self.columns[at].become_instants();
                }
                Some(NameSays::Field(Field::AnsweredAt)) if column.is_long || (column.rows > 1 && column.is_after) => {
                    claimed.push(Field::AnsweredAt);
                    self.columns[at].become_instants();
                }
                Some(NameSays::Field(field)) if field.is_length() && column.is_long && column.rows > 1 => {
                    let missing = format!(
                        "what the column \"{}\" is: its cells are times of day after the dial start, and no lengths",
                        self.names[at]
                    );
                    self.guess.missing.push(missing);
                }
                Some(NameSays::Field(field)) if field.is_length() => {}
                _ if column.is_long => open.push(column),
                _ => {}
            }
        }
        // Under other names the words in them tell, and without names their order.
        open.sort_by_key(|column| column.mean_ms);
        let has_header = self.guess.mapping.header;
        let count = open.len();
        for (nth, column) in open.into_iter().enumerate() {
            let name = &self.names[column.at];
            let field = match (has_header, nth + 1 == count) {
                (true, _) if is_about_the_end(name) => Some(Field::EndedAt),
                (true, _) if is_about_the_answer(name) => Some(Field::AnsweredAt),
                (false, true) if count > 1 => Some(Field::EndedAt),
                (false, false) if nth == 0 => Some(Field::AnsweredAt),
                _ => None,
            };
            match field.filter(|field| !claimed.contains(field)) {
                Some(field) => {
                    claimed.push(field);
                    self.named[column.at] = Some((NameSays::Field(field), None));
                    self.columns[column.at].become_instants();
                }
                None => self.columns[column.at].become_nothing(),
            }
        }
    }

    /// The column of instants where there is one alone, whatever it is called.
    fn only_instants(&self) -> Option<usize> {
        let is_whole =
            |at: &usize| self.columns[*at].holds_instants(80) && self.columns[*at].filled == self.columns[*at].rows;
        let mut instants = (0..self.names.len()).filter(is_whole);
        instants.next().filter(|_| instants.next().is_none())
    }

    /// The column of times of day beside a date that is in every row and that all others come after, whatever it is called.
    fn first_clock(&self) -> Option<usize> {
        if !self.columns.iter().any(|column| column.is_mostly(column.dates)) {
            return None;
        }
        let is_clock = |at: &usize| {
            let column = &self.columns[*at];
            let is_length = matches!(self.named[*at], Some((NameSays::Field(field), _)) if field.is_length());
            column.is_mostly(column.clocks) && !is_length
        };
        let clocks: Vec<usize> = (0..self.names.len()).filter(is_clock).collect();
        let is_first = |base: &usize| {
            let mut others = clocks.iter().filter(|at| *at != base).peekable();
            let is_whole = self.columns[*base].filled == self.columns[*base].rows;
            is_whole
                && others.peek().is_some()
                && others.all(|at| self.following(*base, *at).is_some_and(|other| other.is_long))
        };
        clocks.iter().copied().find(|at| is_first(at))
    }

    /// How a column of times of day goes with another of dial starts; none where it does not.
    fn following(&self, base: usize, at: usize) -> Option<Following> {
        let column = &self.columns[at];
        // What is a number may be one of anything, unless its name says that it is a time.
        let says = self.named[at].map(|(says, _)| says);
        let is_time = matches!(says, Some(NameSays::Field(Field::AnsweredAt | Field::EndedAt)));
        if !(column.is_mostly(column.clocks) || is_time && column.holds_clocks()) {
            return None;
        }
        let (mut rows, mut fitting, mut before, mut sum) = (0, 0, 0, 0);
        // Of rows that midnight cannot have come after, and of those that it can.
        let (mut far, mut far_long, mut late_long) = (0, 0, 0);
        for row in self.rows {
            let (Some(dialed), Some((of_day, _))) = (clock_of(row.get(base)), time_of_day(row.get(at))) else {
                continue;
            };
            // Midnight is what many write for never.
            if of_day == 0 {
                continue;
            }
            let after = (of_day - dialed + ROUNDING_MS).rem_euclid(DAY_MS) - ROUNDING_MS;
            rows += 1;
            fitting += usize::from(after <= MOST_AFTER_MS);
            let is_long = usize::from(of_day > LONG_MS);
            if dialed + MOST_AFTER_MS < DAY_MS {
                (far, far_long) = (far + 1, far_long + is_long);
            } else {
                late_long += is_long;
            }
            before += usize::from(of_day < dialed);
            sum += after;
        }
        let is_following = rows > 0 && fitting * 10 >= rows * 9;
        let mean_ms = sum / i64::try_from(rows.max(1)).unwrap_or(1);
        let is_long = if far > 0 { far_long * 2 > far } else { late_long > 0 };
        is_following.then_some(Following { at, rows, is_long, is_after: before == 0, mean_ms })
    }
}

/// The time of day of a dial start, alone or behind its date.
fn clock_of(text: &str) -> Option<i64> {
    if let Some((of_day, _)) = time_of_day(text) {
        return Some(of_day);
    }
    match when(text)? {
        When::Wall(wall) => Some(i64::from(wall.of_day())),
        // As the clock of its own offset showed it.
        When::Instant(_) => {
            let (_, clock) = text.split_once(['T', ' '])?;
            let end = clock.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.')).unwrap_or(clock.len());
            time_of_day(&clock[..end]).map(|(of_day, _)| of_day)
        }
        When::Never => None,
    }
}
