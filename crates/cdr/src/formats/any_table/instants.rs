//! When the call of a row was.

use domain::time::DAY_MS;

/// A call that passes midnight is no longer than this.
const MOST_OVER_MIDNIGHT_MS: i64 = DAY_MS / 2;

/// What a row says of when its call was, in milliseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowTimes {
    pub(super) dialed: i64,
    pub(super) answered: Option<i64>,
    pub(super) ended: Option<i64>,
}

/// A time of day after the dial start, as the same clocks show it: where it would lie before it, midnight has passed.
pub(super) fn after(dialed: i64, (of_day, has_seconds): (i64, bool)) -> i64 {
    let at = dialed - dialed.rem_euclid(DAY_MS) + of_day;
    let before = dialed - at;
    match before {
        ..=0 => at,
        // Whole minutes of one column beside seconds of another.
        1..60_000 if !has_seconds => dialed,
        _ if DAY_MS - before <= MOST_OVER_MIDNIGHT_MS => at + DAY_MS,
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_passes_midnight_forward() {
        let clock = |hour: i64, minute: i64, second: i64| ((hour * 60 + minute) * 60 + second) * 1_000;
        let day = 20_514 * DAY_MS;
        for (dialed, of_day, expected) in [
            (clock(9, 0, 0), (clock(9, 0, 5), true), clock(9, 0, 5)),
            (clock(23, 59, 50), (clock(0, 0, 15), true), DAY_MS + clock(0, 0, 15)),
            (clock(23, 59, 50), (clock(23, 59, 55), true), clock(23, 59, 55)),
            (clock(9, 0, 30), (clock(9, 0, 0), false), clock(9, 0, 30)),
            // It is a fault of the row and no call of a day.
            (clock(9, 0, 30), (clock(9, 0, 0), true), clock(9, 0, 0)),
        ] {
            assert_eq!(after(day + dialed, of_day), day + expected);
        }
    }
}
