//! Wall clocks as instants of one zone, whose offset is looked up once a day and not once a row.

use std::cell::Cell;

use domain::{
    Timestamp,
    time::{DAY_MS, Zone},
};

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
