//! Columns that tell the zone of the clocks in their rows: its name, its offset, or the dial start as an epoch.

use domain::time::DAY_MS;

use super::{
    draft::{Basis, Certainty, Draft},
    zone_names::{is_unclear, is_zone, zone_said},
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

impl Draft<'_> {
    /// Takes a column of epochs that tells the same dial start as another one with clocks does.
    pub(super) fn take_epoch(&mut self) {
        let Some(dial) = self.places(Field::DialedAt) else { return };
        let is_epoch = |text: &str| {
            text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
                && matches!(when(text), Some(When::Instant(_)))
        };
        let holds_epochs = |at: &usize| {
            let filled = self.rows.iter().filter(|row| !is_nothing(row.get(*at))).count();
            let count = self.rows.iter().filter(|row| is_epoch(row.get(*at))).count();
            filled > 0 && count * 10 >= filled * 9
        };
        let epochs: Vec<usize> = self.free(|column| column.instants > 0).into_iter().filter(holds_epochs).collect();
        // Of the end's epoch and the dial start's, the one that fits best.
        let best = epochs.into_iter().filter_map(|at| Some((self.off_epoch(&dial, at)?, at))).min();
        if let Some((_, at)) = best {
            let seen = "the dial start as an instant, which tells the zone of the clocks beside it".to_owned();
            self.take(Field::Epoch, &[at], Basis::Content, Certainty::Sure, seen);
        }
    }

    /// How far clocks are off epochs on average, whatever their zone, in milliseconds; none where they do not go together.
    fn off_epoch(&self, dial: &[usize], at: usize) -> Option<i64> {
        let off = |order: DateOrder| {
            let (mut rows, mut fitting, mut sum) = (0, 0, 0);
            for row in self.rows {
                let (Some(When::Instant(epoch)), Some(When::Wall(wall))) = (when(row.get(at)), dial_time(dial, row))
                else {
                    continue;
                };
                rows += 1;
                let Some(wall) = wall.millis(order) else { continue };
                let offset = (wall - epoch + QUARTER_MS / 2).div_euclid(QUARTER_MS) * QUARTER_MS;
                let off = (wall - epoch - offset).abs();
                let fits = offset.abs() <= MOST_OFFSET_MS && off < ROUNDING_MS;
                fitting += i64::from(fits);
                sum += if fits { off } else { DAY_MS };
            }
            (rows > 0 && fitting * 10 >= rows * 9).then(|| sum / rows)
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
