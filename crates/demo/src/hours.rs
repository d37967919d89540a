//! The wall clock and the calling hours of the demo account.

use domain::{Day, Timestamp, time::DAY_MS};

/// Viet Nam has one time zone, seven hours ahead of UTC, without summer time since 1975.
const OFFSET_MS: i64 = 7 * HOUR_MS;

/// One hour.
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

/// Whether customers are called on this day: Monday to Saturday.
pub fn is_working(day: Day) -> bool {
    day.weekday() <= 6
}

/// The first working day on or after `day`.
pub fn working_day(day: Day) -> Day {
    if is_working(day) { day } else { day.plus(1) }
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
