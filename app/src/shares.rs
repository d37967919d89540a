//! Measures of bars, and of changes.

/// How much `now` is more or less than `before`, in thousandths of it, rounded half away from zero. `before` is not 0.
pub fn change(now: i64, before: i64) -> i64 {
    let (change, before) = (i128::from(now) - i128::from(before), i128::from(before));
    let magnitude = (change.abs() * 2_000 + before.abs()) / (2 * before.abs());
    (magnitude * change.signum()) as i64
}

/// `part ÷ whole` in percent with one decimal and a point, for a measure in a style.
pub fn tenths(part: u64, whole: u64) -> String {
    let permille = domain::Rate::new(part, whole.max(1)).permille().unwrap_or(0);
    format!("{}.{}", permille / 10, permille % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_rounded_half_away_from_zero() {
        assert_eq!(change(125, 100), 250);
        assert_eq!(change(0, 3), -1_000);
        assert_eq!(change(2_001, 2_000), 1);
        assert_eq!(change(1_999, 2_000), -1);
        assert_eq!(change(5, 5), 0);
    }

    #[test]
    fn a_measure_has_a_point_in_every_language() {
        assert_eq!(tenths(1_179, 3_360), "35.1");
        assert_eq!(tenths(0, 0), "0.0");
    }
}
