//! Bounds of rates in words.

use domain::{format, interval::Interval};

use crate::{Text, text::messages};

messages! {
    compared_between(low, high) = "{low} – {high}", "{low} – {high}";
}

/// Thousandths, from millionths, rounded half away from zero.
pub fn permille(millionths: i32) -> (bool, u64) {
    (millionths < 0, u64::from(millionths.unsigned_abs() + 500) / 1_000)
}

/// `31,2% – 34,8%`.
pub fn bounds(interval: Interval, text: Text) -> String {
    let percent = |bound: i32| format::percent(permille(bound).1, text.language());
    text.compared_between(&percent(interval.low), &percent(interval.high))
}

#[cfg(test)]
mod tests {
    use domain::Language;

    use super::*;

    #[test]
    fn bounds_have_one_decimal() {
        let interval = Interval { low: 312_449, high: 1_000_000 };
        assert_eq!(bounds(interval, Text(Language::Vi)), "31,2% – 100,0%");
    }
}
