//! What the cells of columns tell, where their names do not.

use domain::{search::fold_word, time::DAY_MS};

use crate::{cells::Cells, mapping::Field};

use super::{
    columns::{Column, RESULT_WORDS},
    draft::{Basis, Certainty, Draft},
    name_parts::{
        is_about_the_answer, is_about_the_end, is_our_own, may_be_a_call, names_a_change, names_an_extension,
        names_sound, names_time_of_call,
    },
    names::{NameSays, is_side},
    units::instant,
    zone_names::zone_in,
};

/// How long after its dial start a call is answered and ends at most, in seconds.
const MOST_AFTER_S: i64 = 4 * 3_600;

/// Whether a column holds what a field has.
type Holds = fn(&Column) -> bool;

impl Draft<'_> {
    pub(super) fn take_times(&mut self) {
        let is_instant = |draft: &Self, at: &usize| draft.columns[*at].holds_instants(50);
        // Of several for one time, the one whose name says its zone.
        let by_zone = |draft: &Self, is: NameSays| {
            let mut named = draft.free_named(is);
            named.sort_by_key(|at| zone_in(&draft.names[*at]).is_none());
            named
        };
        for field in [Field::AnsweredAt, Field::EndedAt] {
            let named = by_zone(self, NameSays::Field(field));
            let answers_never = |at: &usize| field == Field::AnsweredAt && self.columns[*at].is_never();
            if let Some(at) = named.into_iter().find(|at| is_instant(self, at) || answers_never(at)) {
                self.take(field, &[at], Basis::NameAndContent, Certainty::Sure, self.count_seen(at, "instants"));
            }
        }
        let dial = by_zone(self, NameSays::Field(Field::DialedAt));
        let other = by_zone(self, NameSays::Time);
        let named: Vec<usize> = dial.iter().chain(&other).copied().collect();
        let dates = |draft: &Self, among: &[usize]| {
            among.iter().copied().find(|at| draft.columns[*at].is_mostly(draft.columns[*at].dates))
        };
        let clocks = |draft: &Self, among: &[usize]| among.iter().copied().find(|at| draft.columns[*at].holds_clocks());
        // The day on which a campaign began is in every row.
        let instants: Vec<usize> = dial.iter().copied().filter(|at| is_instant(self, at)).collect();
        let is_constant = |at: &usize| self.columns[*at].distinct == 1 && self.columns[*at].filled > 2;
        let varies = instants.iter().any(|at| !is_constant(at));
        if let Some(at) = dial.iter().copied().find(|at| is_instant(self, at) && !(varies && is_constant(at))) {
            self.take(Field::DialedAt, &[at], Basis::NameAndContent, Certainty::Sure, self.count_seen(at, "instants"));
        } else if let (Some(date), Some(clock)) = (dates(self, &named), clocks(self, &named)) {
            let seen = "a date, and a time of day".to_owned();
            self.take(Field::DialedAt, &[date, clock], Basis::NameAndContent, Certainty::Sure, seen);
        } else if let Some(at) = self.time_of_call(&other) {
            let seen = self.count_seen(at, "instants");
            self.take(Field::DialedAt, &[at], Basis::NameAndContent, Certainty::Unsure, seen);
        } else if let Some(at) =
            other.iter().copied().find(|at| is_instant(self, at) && !self.is_of_other_days(*at, &dial))
        {
            let is_one = other.len() == 1 && !(names_a_change(&self.names[at]) && self.has_other_instants(at));
            let certainty = if is_one { Certainty::Likely } else { Certainty::Unsure };
            self.take(Field::DialedAt, &[at], Basis::NameAndContent, certainty, self.count_seen(at, "instants"));
        } else if let Some(date) = dates(self, &named) {
            let is_unread = |at: &&usize| {
                let column = &self.columns[**at];
                let other = column.dates + column.numbers + column.lengths + column.instants;
                **at != date && !column.is_half(other) && self.looks_like_clocks(**at)
            };
            if let Some(clock) = named.iter().find(is_unread) {
                let missing =
                    format!("the time of day: what stands under \"{}\" is none that is known", self.names[*clock]);
                self.guess.missing.push(missing);
            }
            let seen = "dates without a time of day: every call is at midnight".to_owned();
            self.take(Field::DialedAt, &[date], Basis::NameAndContent, Certainty::Unsure, seen);
        } else {
            self.take_unnamed_times();
        }
        self.take_further_times();
    }

    /// Leaves an answer or an end out whose clocks are of another zone than those of the dial start, as only one of their names says one, and
    /// says so.
    pub(super) fn leave_out_other_zones(&mut self) {
        let Some(&[dial]) = self.places(Field::DialedAt).as_deref() else { return };
        for field in [Field::AnsweredAt, Field::EndedAt] {
            let Some(&[at]) = self.places(field).as_deref() else { continue };
            let zones = [dial, at].map(|at| zone_in(&self.names[at]));
            let is_call = (0..=MOST_AFTER_S).contains(&mean_after(self.rows, dial, at));
            if zones[0] == zones[1] || is_call || !self.columns[at].holds_instants(50) {
                continue;
            }
            self.guess.mapping.columns.remove(&field);
            self.guess.reasons.retain(|reason| reason.field != field);
            self.taken[at] = false;
            self.named[at] = None;
            let (name, start) = (&self.names[at], &self.names[dial]);
            self.guess.left.push(format!(
                "the column \"{name}\" was not taken: its clocks are of another zone than those of \"{start}\""
            ));
        }
    }

    /// Instants under a name with the call in it that is not known as it stands (`Ngày gọi gần nhất`), where the known ones (`among`) tell when a
    /// record was made or changed.
    fn time_of_call(&self, among: &[usize]) -> Option<usize> {
        let mut instants = among.iter().filter(|at| self.columns[**at].holds_instants(50)).peekable();
        if instants.peek().is_none() || !instants.all(|at| names_a_change(&self.names[*at])) {
            return None;
        }
        let free = self.free(|column| column.holds_instants(50)).into_iter();
        free.filter(|at| self.named[*at].is_none()).find(|at| names_time_of_call(&self.names[*at]))
    }

    fn has_other_instants(&self, at: usize) -> bool {
        self.free(|column| column.holds_instants(50)).into_iter().any(|other| other != at)
    }

    /// Whether a column holds instants of other days than those on which the calls were, which stand in one of `days`.
    fn is_of_other_days(&self, at: usize, days: &[usize]) -> bool {
        let Some(day) = days.iter().find(|at| self.columns[**at].is_mostly(self.columns[**at].dates)) else {
            return false;
        };
        let of = |text: &str| instant(text).map(|ms| ms.div_euclid(DAY_MS));
        let pairs = self.rows.iter().filter_map(|row| Some((of(row.get(*day))?, of(row.get(at))?)));
        let (same, all) = pairs.fold((0, 0), |(same, all), (day, at)| (same + usize::from(day == at), all + 1));
        same * 2 < all
    }

    /// Whether most cells of a column begin with a digit or name a part of the day, as a time of day does: the step of a script does not.
    fn looks_like_clocks(&self, at: usize) -> bool {
        const PARTS: [&str; 16] = [
            "sang",
            "trua",
            "chieu",
            "toi",
            "dem",
            "buoisang",
            "buoitrua",
            "buoichieu",
            "buoitoi",
            "morning",
            "noon",
            "afternoon",
            "evening",
            "night",
            "am",
            "pm",
        ];
        let is_one =
            |text: &str| text.starts_with(|c: char| c.is_ascii_digit()) || PARTS.contains(&fold_word(text).as_str());
        let count = self.rows.iter().filter(|row| is_one(row.get(at).trim())).count();
        count > 0 && self.columns[at].is_half(count)
    }

    /// Instants after the dial start under names that are not known, but have a word for the answer or the end in them.
    fn take_further_times(&mut self) {
        let Some(&[dial]) = self.places(Field::DialedAt).as_deref() else { return };
        for field in [Field::EndedAt, Field::AnsweredAt] {
            let is_about = if field == Field::EndedAt { is_about_the_end } else { is_about_the_answer };
            if self.has(field) {
                continue;
            }
            let is_after = |at: &usize| {
                self.named[*at].is_none()
                    && is_about(&self.names[*at])
                    && (0..=MOST_AFTER_S).contains(&mean_after(self.rows, dial, *at))
            };
            let free = self.free(|column| column.holds_instants(80));
            if let Some(at) = free.into_iter().find(is_after) {
                let seen = self.count_seen(at, "instants");
                self.take(field, &[at], Basis::NameAndContent, Certainty::Likely, seen);
            }
        }
    }

    /// Instants under names that say nothing: the first of a row is the dial start, the last the end, one between them
    /// the answer.
    fn take_unnamed_times(&mut self) {
        let mut at = self.free(|column| column.holds_instants(80));
        // The dial start is in every row.
        let whole = |draft: &Self, at: usize| {
            let column = &draft.columns[at];
            column.filled - column.nevers == column.rows
        };
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

    pub(super) fn take_contents(&mut self) {
        if !self.has(Field::Phone) {
            let phones = self.free(|column| column.is_mostly(column.phones));
            let has_sides = phones.iter().any(|at| is_side(&self.names[*at]));
            // Beside our own extensions the one outside number is the customer's, whoever called.
            let is_extension = |at: usize| {
                names_an_extension(&self.names[at]) && self.columns[at].filled > 0 && self.columns[at].phones == 0
            };
            let has_own_side = (0..self.names.len()).any(is_extension);
            match phones[..] {
                [at] if !has_sides || (has_own_side && !is_our_own(&self.names[at])) => {
                    let seen = self.count_seen(at, "phone numbers");
                    self.take(Field::Phone, &[at], Basis::Content, Certainty::Likely, seen);
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
                column.is_mostly(column.words) && column.distinct <= RESULT_WORDS
            }),
            (Field::Transcript, "what was said, by whom", Certainty::Likely, |column| column.is_half(column.dialogues)),
            (Field::RecordingUrl, "addresses of recordings", Certainty::Likely, |column| {
                column.is_half(column.recordings)
            }),
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
            // A contract or an account has one of its own as well, and is there again in the next file.
            let may_be = |at: &usize| field != Field::Id || may_be_a_call(&self.names[*at]);
            let free = self.free(holds).into_iter().find(may_be);
            // Under a name for sound any address is one of a recording.
            let is_sound = |at: &usize| field == Field::RecordingUrl && names_sound(&self.names[*at]);
            let named = || self.free(|column| column.is_mostly(column.urls)).into_iter().find(is_sound);
            if let Some(at) = free.or_else(named) {
                self.take(field, &[at], Basis::Content, certainty, self.count_seen(at, seen));
            }
        }
        // What is empty in the first rows may be filled further below.
        let empty = self.free_named(NameSays::Field(Field::RecordingUrl));
        if let Some(at) = empty.first().copied().filter(|_| !self.has(Field::RecordingUrl)) {
            self.take(Field::RecordingUrl, &[at], Basis::Name, Certainty::Unsure, self.count_seen(at, "addresses"));
        }
    }
}

/// How long a column's instants come after another's on average, in seconds.
fn mean_after(rows: &[&Cells], base: usize, at: usize) -> i64 {
    let after: Vec<i64> =
        rows.iter().filter_map(|row| Some((instant(row.get(at))? - instant(row.get(base))?) / 1_000)).collect();
    if after.is_empty() { i64::MAX } else { after.iter().sum::<i64>() / after.len() as i64 }
}
