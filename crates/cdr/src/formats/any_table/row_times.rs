//! When the call of a row was: instants, wall clocks in the file's zone or the row's own, and times of day.

use domain::{FieldError, time::DAY_MS};

use super::{
    instants::{RowTimes, after},
    noted::Noted,
    row::{RowReader, cell},
    zones::RowZone,
};
use crate::{
    cells::Cells,
    local_time::{Wall, When},
    mapping::Field,
    written::{is_nothing, length, time_of_day, when},
    zone_days::{Change, SKIPPED},
};

/// How long before midnight a call is dialled at most that is answered at midnight sharp, which otherwise stands for never.
const LAST_MINUTES_MS: i64 = 30 * 60_000;

/// An instant, and what the clocks of its row show then.
#[derive(Debug, Clone, Copy)]
struct RowInstant {
    ms: i64,
    wall: i64,
}

impl RowReader {
    /// Dial start, answer and end; none where it is not said when it was dialled. Times of day are of the day of the dial start, or of the
    /// one after it.
    pub(super) fn times(&mut self, cells: &Cells) -> Result<Option<RowTimes>, FieldError> {
        let zone = self.row_zone(cells)?;
        let Some(dialed) = self.time_in(cells, Field::DialedAt, &zone)? else { return Ok(None) };
        let zone = if zone.is_from_epoch() { self.fitting(zone, dialed) } else { zone };
        let dialed = match (zone.epoch(), zone.offset()) {
            (Some(epoch), None) => RowInstant { ms: epoch, wall: self.clock.local(epoch) },
            (_, Some(offset)) => RowInstant { ms: dialed.wall - offset, wall: dialed.wall },
            _ => dialed,
        };
        let mut further = |field: Field| {
            if let Some(of_day) = self.time_of_day(cells, field, dialed.wall) {
                let wall = after(dialed.wall, of_day);
                return Ok(Some(dialed.ms + (wall - dialed.wall)));
            }
            Ok(self.time_in(cells, field, &zone)?.map(|at| at.ms))
        };
        let (answered, ended) = (further(Field::AnsweredAt)?, further(Field::EndedAt)?);
        Ok(Some(RowTimes { dialed: dialed.ms, answered, ended }))
    }

    /// One time of a row in the file's zone.
    pub(super) fn time(&mut self, cells: &Cells, field: Field) -> Result<Option<i64>, FieldError> {
        Ok(self.time_in(cells, field, &RowZone::OfFile)?.map(|at| at.ms))
    }

    fn time_in(&mut self, cells: &Cells, field: Field, zone: &RowZone) -> Result<Option<RowInstant>, FieldError> {
        let text = self.bound.time_text(cells, field);
        let wrong = |reason: &str| FieldError::new(field.name(), format!("{reason}: \"{}\"", text.trim()));
        let wall = match when(&text) {
            None => return Err(wrong("is no time that can be read")),
            Some(When::Never) => return Ok(None),
            Some(When::Instant(ms)) => {
                let wall = zone.offset().map_or_else(|| self.clock.local(ms), |offset| ms + offset);
                return Ok(Some(RowInstant { ms, wall }));
            }
            Some(When::Wall(wall)) => wall,
        };
        let order = self.clock.order;
        let no_date = || wrong(&format!("is no date in the order {order}"));
        let ms = wall.millis(order).ok_or_else(no_date)?;
        let (at, change) = match zone {
            RowZone::Of(days) => (days.instant(ms).0.0, days.change(ms)),
            RowZone::OfFile => (self.clock.instant(wall, None).ok_or_else(no_date)?, self.clock.change(wall)),
            RowZone::Epoch { epoch, offset } => match offset {
                Some(offset) => (ms - offset, None),
                None => (self.clock.instant(wall, Some(*epoch)).ok_or_else(no_date)?, None),
            },
        };
        match change {
            Some(Change::Skipped) => return Err(wrong(SKIPPED)),
            Some(Change::Repeated) => self.note(Noted::Repeated),
            None => {}
        }
        Ok(Some(RowInstant { ms: at, wall: ms }))
    }

    /// The epoch of a row with the offset that it tells of the row's clocks; without one where the two do not fit.
    fn fitting(&mut self, zone: RowZone, dialed: RowInstant) -> RowZone {
        let fitted = zone.fitted_to(dialed.wall);
        if fitted.offset().is_none() {
            self.note(Noted::EpochHolds);
        }
        fitted
    }

    /// A time of day alone, after which midnight may have passed; none where the row has a date of its own for it.
    fn time_of_day(&self, cells: &Cells, field: Field, dialed_wall: i64) -> Option<(i64, bool)> {
        let places = self.bound.places(field);
        let day_of_dial = self.bound.place(Field::DialedAt);
        let text = match places {
            [clock] => cell(cells, *clock),
            [date, clock] if Some(*date) == day_of_dial => cell(cells, *clock),
            _ => return None,
        };
        let of_day = time_of_day(text)?;
        // `00:00:00` is what many write for never.
        let is_never = of_day.0 == 0 && dialed_wall.rem_euclid(DAY_MS) < DAY_MS - LAST_MINUTES_MS;
        (!is_never).then_some(of_day)
    }

    pub(super) fn length(&self, cells: &Cells, field: Field) -> Result<Option<i64>, FieldError> {
        let Some(text) = self.text(cells, field) else { return Ok(None) };
        let length = length(text, self.mapping.unit(field), self.mapping.decimal());
        length.map_err(|reason| FieldError::new(field.name(), format!("{reason}: \"{text}\"")))
    }

    /// The zone of a row's clocks, where one of its columns tells it.
    fn row_zone(&mut self, cells: &Cells) -> Result<RowZone, FieldError> {
        if let Some(text) = self.text(cells, Field::Epoch) {
            // Clocks in a zone that the column's name says tell it, too.
            let of_clocks = |wall: Wall| Some(self.epoch_zone.as_ref()?.instant(wall.millis(self.clock.order)?).0.0);
            match when(text) {
                Some(When::Instant(epoch)) => return Ok(RowZone::Epoch { epoch, offset: None }),
                Some(When::Never) => {}
                Some(When::Wall(wall)) if of_clocks(wall).is_some() => {
                    return Ok(RowZone::Epoch { epoch: of_clocks(wall).unwrap_or_default(), offset: None });
                }
                _ => {
                    let reason = format!("is no time that can be read: \"{text}\"");
                    return Err(FieldError::new(Field::Epoch.name(), reason));
                }
            }
        }
        let Some(at) = self.bound.place(Field::Zone) else { return Ok(RowZone::OfFile) };
        let text = cell(cells, at);
        if is_nothing(text) {
            return Ok(RowZone::OfFile);
        }
        self.zones
            .of(text)
            .ok_or_else(|| FieldError::new(Field::Zone.name(), format!("names no time zone that is known: \"{text}\"")))
    }
}
