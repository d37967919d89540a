//! Wall clocks as instants of one zone, whose offset is looked up once a day and not once a row.

use std::cell::Cell;

use domain::{
    Timestamp,
    time::{DAY_MS, Zone},
};

/// What a change of the clocks makes of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// It came twice; the first is taken.
    Repeated,
    /// It never came.
    Skipped,
}

/// Why a time is refused.
pub(crate) const SKIPPED: &str =
    "does not exist in the time zone: the clocks were put forward over it; is the zone right?";

/// What to say of times that came twice, before their number.
pub(crate) const REPEATED: &str =
    "times in the hour that a change of the clocks repeats, taken for the first of the two";

/// A zone, and its offset on the day that was asked for last.
#[derive(Debug, Clone)]
pub(crate) struct ZoneDays {
    zone: Zone,
    /// The day (since 1970) and its offset in milliseconds, if that is the same all day and on the days beside it.
    last: Cell<Option<(i64, Option<i64>)>>,
}

impl ZoneDays {
    pub(crate) fn new(zone: Zone) -> Self {
        Self { zone, last: Cell::new(None) }
    }

    pub(crate) fn zone(&self) -> Zone {
        self.zone
    }

    /// Whether clocks were changed so that a wall clock is two instants, or none.
    pub(crate) fn change(&self, wall_ms: i64) -> Option<Change> {
        let (at, _) = self.instant(wall_ms);
        if let Some((day, Some(_))) = self.last.get()
            && day == wall_ms.div_euclid(DAY_MS)
        {
            return None;
        }
        if self.zone.local(at).wall_ms != wall_ms {
            return Some(Change::Skipped);
        }
        let later = self.zone.local(Timestamp(at.0 + 2 * DAY_MS)).offset_minutes;
        let other = Timestamp(wall_ms - i64::from(later) * 60_000);
        (other != at && self.zone.local(other).wall_ms == wall_ms).then_some(Change::Repeated)
    }

    /// As [`Zone::instant`], with the offset from UTC in minutes that holds then.
    pub(crate) fn instant(&self, wall_ms: i64) -> (Timestamp, i32) {
        let day = wall_ms.div_euclid(DAY_MS);
        let offset = match self.last.get() {
            Some((known, offset)) if known == day => offset,
            _ => {
                let of = |day: i64| self.zone.local(Timestamp(day * DAY_MS)).wall_ms - day * DAY_MS;
                // The day of any zone lies between these.
                let offset = Some(of(day - 1)).filter(|offset| *offset == of(day + 2));
                self.last.set(Some((day, offset)));
                offset
            }
        };
        if let Some(offset) = offset {
            return (Timestamp(wall_ms - offset), (offset / 60_000) as i32);
        }
        let at = self.zone.instant(wall_ms);
        (at, self.zone.local(at).offset_minutes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_that_comes_twice_and_one_that_never_comes_are_told() {
        let berlin = ZoneDays::new(Zone::new("Europe/Berlin").unwrap());
        let change = |text: &str| {
            let wall = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
            berlin.change(wall.and_utc().timestamp_millis())
        };
        for (text, expected) in [
            ("2026-10-25 01:59", None),
            ("2026-10-25 02:00", Some(Change::Repeated)),
            ("2026-10-25 02:59", Some(Change::Repeated)),
            ("2026-10-25 03:00", None),
            ("2026-03-29 01:59", None),
            ("2026-03-29 02:00", Some(Change::Skipped)),
            ("2026-03-29 02:59", Some(Change::Skipped)),
            ("2026-03-29 03:00", None),
            ("2026-07-01 02:30", None),
        ] {
            assert_eq!(change(text), expected, "{text}");
        }
    }

    #[test]
    fn every_hour_of_a_year_is_the_instant_that_the_zone_says() {
        // Changes by an hour, by half an hour, a minute after midnight, over the date line, and none.
        for name in [
            "Europe/Berlin",
            "Australia/Lord_Howe",
            "America/St_Johns",
            "Pacific/Apia",
            "Asia/Ho_Chi_Minh",
            "Africa/Casablanca",
        ] {
            let zone = Zone::new(name).unwrap();
            let days = ZoneDays::new(zone);
            // 2010-06-01 to 2012-06-01, forwards and backwards.
            let hours: Vec<i64> = (0..731 * 48).map(|half| 1_275_350_400_000 + half * 1_800_000).collect();
            for wall in hours.iter().chain(hours.iter().rev()) {
                let at = zone.instant(*wall);
                assert_eq!(days.instant(*wall), (at, zone.local(at).offset_minutes), "{name} {wall}");
            }
        }
    }
}
