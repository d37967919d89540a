//! The wall clock, the calling hours and the days of rest of the demo account.

use chrono::{Datelike, NaiveDate};
use domain::{Day, Timestamp, time::DAY_MS};

/// Viet Nam has one time zone, seven hours ahead of UTC, without summer time since 1975.
const OFFSET_MS: i64 = 7 * HOUR_MS;

pub const HOUR_MS: i64 = 3_600_000;
/// The first hour in which customers are called.
pub const OPENING: i64 = 8;
/// The hour at which calling ends.
pub const CLOSING: i64 = 20;

/// The local day and the milliseconds since its midnight.
pub fn local(at: Timestamp) -> (Day, i64) {
    let wall = at.0 + OFFSET_MS;
    (Day(wall.div_euclid(DAY_MS) as i32), wall.rem_euclid(DAY_MS))
}

/// The local hour, 0 to 23.
pub fn hour(at: Timestamp) -> usize {
    (local(at).1 / HOUR_MS) as usize
}

/// The instant `ms` after the local midnight that begins `day`.
pub fn instant(day: Day, ms: i64) -> Timestamp {
    Timestamp(i64::from(day.0) * DAY_MS + ms - OFFSET_MS)
}

/// The first day of Tết in each year from [`FIRST_TET_YEAR`] on, as month and day: a new moon by Viet
/// Nam's clock, in 2030 a day before China's.
const TET: [(u32, u32); 17] = [
    (2, 10),
    (1, 29),
    (2, 17),
    (2, 6),
    (1, 26),
    (2, 13),
    (2, 2),
    (1, 23),
    (2, 11),
    (1, 31),
    (2, 19),
    (2, 8),
    (1, 28),
    (2, 15),
    (2, 4),
    (1, 24),
    (2, 12),
];
const FIRST_TET_YEAR: i32 = 2024;

/// Whether the country rests for Tết: the eve and the first five days. In years without an entry nobody rests.
fn is_tet(day: Day) -> bool {
    let year = day.date().year();
    let entry = usize::try_from(year - FIRST_TET_YEAR).ok().and_then(|n| TET.get(n));
    let first = entry.and_then(|(month, date)| NaiveDate::from_ymd_opt(year, *month, *date)).map(Day::from_date);
    first.is_some_and(|first| (-1..5).contains(&(day.0 - first.0)))
}

/// Whether customers are called on this day: Monday to Saturday, but not at Tết.
pub fn is_working(day: Day) -> bool {
    day.weekday() <= 6 && !is_tet(day)
}

/// The first working day on or after `day`.
pub fn working_day(mut day: Day) -> Day {
    while !is_working(day) {
        day = day.plus(1);
    }
    day
}

/// The `count`-th working day before `day`.
pub fn working_days_before(mut day: Day, count: u32) -> Day {
    for _ in 0..count {
        day = day.plus(-1);
        while !is_working(day) {
            day = day.plus(-1);
        }
    }
    day
}

/// Whether customers are called at this instant.
pub fn is_calling_time(at: Timestamp) -> bool {
    let (day, ms) = local(at);
    is_working(day) && (OPENING * HOUR_MS..CLOSING * HOUR_MS).contains(&ms)
}

/// This instant if customers are called then, else the next opening.
pub fn next_calling_time(at: Timestamp) -> Timestamp {
    if is_calling_time(at) {
        return at;
    }
    let (day, ms) = local(at);
    let day = if ms < OPENING * HOUR_MS { day } else { day.plus(1) };
    instant(working_day(day), OPENING * HOUR_MS)
}

/// The instant that lies `ms` of calling time before `at`; at least one working hour before a closing.
pub fn calling_time_before(at: Timestamp, mut ms: i64) -> Timestamp {
    let mut at = at;
    loop {
        let (day, clock) = local(at);
        let open = if is_working(day) { (clock.min(CLOSING * HOUR_MS) - OPENING * HOUR_MS).max(0) } else { 0 };
        if ms <= open {
            return instant(day, OPENING * HOUR_MS + open - ms);
        }
        ms -= open;
        at = Timestamp(instant(day, 0).0 - 1);
    }
}

/// The hour from which on a demo that is started outside of the calling hours shows its last afternoon: five hours of calls
/// are left to watch, and the running campaign began on the same morning.
const AFTERNOON: i64 = 15;

/// The instant at which a demo that is started at `now` has something to watch: `now`, where customers are called then and
/// for one hour more, else the afternoon of the last working day.
pub fn lively_present(now: Timestamp) -> Timestamp {
    if is_calling_time(now) && is_calling_time(Timestamp(now.0 + HOUR_MS)) {
        return now;
    }
    let (day, ms) = local(now);
    let is_over = is_working(day) && ms >= AFTERNOON * HOUR_MS;
    instant(if is_over { day } else { working_days_before(day, 1) }, AFTERNOON * HOUR_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_demo_without_calls_to_watch_begins_in_the_last_afternoon() {
        for (now, present) in [
            ("2026-11-23T15:10:00+07:00", "2026-11-23T15:10:00+07:00"),
            ("2026-11-23T08:00:00+07:00", "2026-11-23T08:00:00+07:00"),
            // In the evening the same day, at night and on a Sunday the day before.
            ("2026-11-23T19:30:00+07:00", "2026-11-23T15:00:00+07:00"),
            ("2026-11-24T00:00:00+07:00", "2026-11-23T15:00:00+07:00"),
            ("2026-11-24T07:59:59+07:00", "2026-11-23T15:00:00+07:00"),
            ("2026-11-22T16:00:00+07:00", "2026-11-21T15:00:00+07:00"),
            ("2026-11-23T05:00:00+07:00", "2026-11-21T15:00:00+07:00"),
            // The fourth day of Tết: nobody has been called since the day before its eve.
            ("2027-02-09T10:00:00+07:00", "2027-02-04T15:00:00+07:00"),
        ] {
            assert_eq!(lively_present(at(now)), at(present), "{now}");
        }
    }

    #[test]
    fn sundays_and_tet_are_days_of_rest() {
        let day = |text: &str| local(at(&format!("{text}T12:00:00+07:00"))).0;
        assert_eq!(working_day(day("2027-02-05")), day("2027-02-11"));
        assert_eq!(working_days_before(day("2027-02-11"), 1), day("2027-02-04"));
        assert_eq!(working_days_before(day("2026-11-23"), 2), day("2026-11-20"));
        assert_eq!(next_calling_time(at("2026-11-21T20:00:00+07:00")), at("2026-11-23T08:00:00+07:00"));
    }
}
