//! Columns that tell the zone of the clocks in their rows: its name, its offset, or the dial start as an epoch.

use domain::time::{DAY_MS, Zone};

use super::{
    draft::{Basis, Certainty, Draft},
    name_parts::names_a_change,
    names::NameSays,
    zone_names::{is_zone, zone_in},
    zone_values::{is_unclear, zone_said},
};
use crate::{
    cells::Cells,
    local_time::{DateOrder, When},
    mapping::Field,
    written::{is_nothing, joined, when},
};

const QUARTER_MS: i64 = 15 * 60_000;
const MOST_OFFSET_MS: i64 = 14 * 3_600_000;
/// How far a dial start may be off its epoch.
const ROUNDING_MS: i64 = 60_000;

/// Whether the clocks of two zones may be so far from each other, in milliseconds.
pub(super) fn is_offset(ms: i64) -> bool {
    ms % QUARTER_MS == 0 && ms.abs() <= MOST_OFFSET_MS
}

impl Draft<'_> {
    /// Where the dial start stands in clocks of a zone that its name says and in others beside it, and the answer or the end in the others
    /// alone, the others are read as times and the former tells their zone.
    pub(super) fn tell_local_from_utc(&mut self) {
        let Some(&[dial]) = self.places(Field::DialedAt).as_deref() else { return };
        let is_local = |at: &usize| zone_in(&self.names[*at]).is_none();
        let further = [Field::AnsweredAt, Field::EndedAt].into_iter().filter_map(|field| self.places(field));
        let has_local = further.flatten().any(|at| is_local(&at));
        if is_local(&dial) || !has_local {
            return;
        }
        let others = self.free_named(NameSays::Field(Field::DialedAt));
        let twin = others.into_iter().filter(is_local).find(|at| self.off_epoch(&[*at], dial, true).is_some());
        let Some(twin) = twin else { return };
        self.guess.reasons.retain(|reason| reason.field != Field::DialedAt);
        self.guess.mapping.zone = None;
        self.taken[dial] = false;
        let seen = self.count_seen(twin, "instants");
        self.take(Field::DialedAt, &[twin], Basis::NameAndContent, Certainty::Sure, seen);
    }

    /// Takes a column of epochs, of instants with an offset, or of clocks whose name says their zone, that tells the same dial start as
    /// another one with clocks does.
    pub(super) fn take_epoch(&mut self) {
        let Some(dial) = self.places(Field::DialedAt) else { return };
        if dial.iter().any(|at| zone_in(&self.names[*at]).is_some()) {
            return;
        }
        let is_epoch = |text: &str| {
            text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
                && matches!(when(text), Some(When::Instant(_)))
        };
        let has_zone = |at: usize| zone_in(&self.names[at]).is_some();
        let is_start = |at: usize| match self.named[at].map(|(says, _)| says) {
            Some(NameSays::Field(Field::DialedAt)) => true,
            // When a record was made or changed is another instant.
            Some(NameSays::Time) => has_zone(at) && !names_a_change(&self.names[at]),
            _ => false,
        };
        let is_one = |at: usize, text: &str| match when(text) {
            Some(When::Instant(_)) => is_start(at),
            Some(When::Wall(_)) => has_zone(at) && is_start(at),
            _ => false,
        };
        let holds = |at: usize, is: &dyn Fn(&str) -> bool| {
            let filled = self.rows.iter().filter(|row| !is_nothing(row.get(at))).count();
            let count = self.rows.iter().filter(|row| is(row.get(at))).count();
            filled > 0 && count * 10 >= filled * 9
        };
        let free = self.free(|column| column.instants > 0).into_iter();
        // Whether all rows have to fit: what is no epoch may be the instant of something else that is mostly at about the same time.
        let kinds = free.filter_map(|at| {
            let is_epochs = holds(at, &is_epoch);
            (is_epochs || holds(at, &|text| is_one(at, text))).then_some((at, !is_epochs))
        });
        // Of the end's epoch and the dial start's, the one that fits best.
        let best = kinds.filter_map(|(at, is_strict)| Some((self.off_epoch(&dial, at, is_strict)?, at))).min();
        if let Some((_, at)) = best {
            let seen = "the dial start as an instant, which tells the zone of the clocks beside it".to_owned();
            self.take(Field::Epoch, &[at], Basis::Content, Certainty::Sure, seen);
        }
    }

    /// How far clocks are off epochs on average, whatever their zone, in milliseconds; none where they do not go together: in nearly all
    /// rows, or in all of them where that `is_strict`.
    fn off_epoch(&self, dial: &[usize], at: usize, is_strict: bool) -> Option<i64> {
        let zone = zone_in(&self.names[at]).and_then(|name| Zone::new(&name).ok());
        let off = |order: DateOrder| {
            let (mut rows, mut fitting, mut sum) = (0, 0, 0);
            for row in self.rows {
                let epoch = match (when(row.get(at)), zone) {
                    (Some(When::Instant(epoch)), _) => Some(epoch),
                    (Some(When::Wall(wall)), Some(zone)) => wall.millis(order).map(|wall| zone.instant(wall).0),
                    _ => continue,
                };
                let Some(When::Wall(wall)) = dial_time(dial, row) else { continue };
                rows += 1;
                let (Some(wall), Some(epoch)) = (wall.millis(order), epoch) else { continue };
                let offset = (wall - epoch + QUARTER_MS / 2).div_euclid(QUARTER_MS) * QUARTER_MS;
                let off = (wall - epoch - offset).abs();
                let fits = offset.abs() <= MOST_OFFSET_MS && off < ROUNDING_MS;
                fitting += i64::from(fits);
                sum += if fits { off } else { DAY_MS };
            }
            let fits = if is_strict { fitting == rows } else { fitting * 10 >= rows * 9 };
            (rows > 0 && fits).then(|| sum / rows)
        };
        DateOrder::ALL.into_iter().filter_map(off).min()
    }

    /// Takes a column that names the zone of its row, or its offset. Where it is the same in all rows, it is also the zone of the file.
    pub(super) fn take_zone(&mut self) {
        let is_zones = |at: &usize| {
            let mut cells = self.rows.iter().map(|row| row.get(*at)).filter(|cell| !is_nothing(cell)).peekable();
            is_zone(&self.names[*at]) && cells.peek().is_some() && {
                let count = |(known, abbreviations, all), cell| {
                    let (is_known, is_one) = (zone_said(cell).is_some(), is_unclear(cell));
                    (known + usize::from(is_known), abbreviations + usize::from(is_one), all + 1)
                };
                let (known, abbreviations, all): (usize, usize, usize) = cells.fold((0, 0, 0), count);
                // Rows whose zone is not known are rejected, which is better than clocks of another one.
                known * 2 >= all || abbreviations == all
            }
        };
        if self.guess.mapping.zone.is_some() || self.has(Field::Epoch) {
            return;
        }
        let Some(at) = self.free(|column| column.filled > 0).into_iter().find(is_zones) else { return };
        let said = self.rows.iter().map(|row| row.get(at)).find(|cell| !is_nothing(cell));
        if self.columns[at].distinct == 1 {
            self.guess.mapping.zone = said.and_then(zone_said);
        }
        self.take(Field::Zone, &[at], Basis::NameAndContent, Certainty::Sure, self.count_seen(at, "time zones"));
    }
}

/// The dial start of a row, in these columns.
fn dial_time(places: &[usize], row: &Cells) -> Option<When> {
    match places {
        [at] => when(row.get(*at)),
        [date, clock, ..] => when(&joined(row.get(*date), row.get(*clock))),
        [] => None,
    }
}
