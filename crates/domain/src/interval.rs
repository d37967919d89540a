//! How sure a rate is: 95 % intervals of rates and of their differences.
//!
//! E. B. Wilson, "Probable inference, the law of succession, and statistical inference" (1927): the score interval of a rate.
//! R. G. Newcombe, "Interval estimation for the difference between independent proportions" (1998), method 10: that of a
//! difference, made of the two score intervals.

use serde::{Deserialize, Serialize};

use crate::rate::Rate;

/// The two-sided 95 % quantile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;
/// Of one: what bounds are rounded to.
const MILLIONTHS: f64 = 1_000_000.0;

/// Bounds of a rate, or of a difference of rates, in millionths of one: 0.312 is 312,000. Each is rounded to the nearest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Interval {
    /// The lower bound.
    pub low: i32,
    /// The upper bound, not below `low`.
    pub high: i32,
}

/// A rate less another one, in millionths of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RateDifference {
    /// The first rate less the second, rounded to the nearest.
    pub difference: i32,
    /// Its 95 % interval (Newcombe).
    pub interval: Interval,
    /// Whether the interval leaves out 0; where it does not, the counts are too small to tell the rates apart.
    pub is_conclusive: bool,
}

/// The bounds of a rate as shares of one.
fn score(rate: Rate) -> Option<(f64, f64, f64)> {
    if rate.denominator == 0 {
        return None;
    }
    let (k, n) = (rate.numerator as f64, rate.denominator as f64);
    let share = k / n;
    let z2 = Z * Z;
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).max(0.0).sqrt() / (1.0 + z2 / n);
    // At none and at all the bound is exact; floating point would miss it by a hair.
    let low = if rate.numerator == 0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if rate.numerator >= rate.denominator { 1.0 } else { (middle + half).min(1.0) };
    Some((share, low, high))
}

fn millionths(share: f64) -> i32 {
    (share * MILLIONTHS).round() as i32
}

impl Rate {
    /// Its 95 % score interval (Wilson); none over a denominator of 0.
    pub fn interval(self) -> Option<Interval> {
        let (_, low, high) = score(self)?;
        Some(Interval { low: millionths(low), high: millionths(high) })
    }

    /// This rate less `other`, with the 95 % interval of the difference (Newcombe); none where either has a denominator of 0.
    pub fn less(self, other: Self) -> Option<RateDifference> {
        let (share, low, high) = score(self)?;
        let (of_other, low_of_other, high_of_other) = score(other)?;
        let difference = share - of_other;
        let below = (share - low).hypot(high_of_other - of_other);
        let above = (high - share).hypot(of_other - low_of_other);
        let (low, high) = (difference - below, difference + above);
        let interval = Interval { low: millionths(low), high: millionths(high) };
        Some(RateDifference { difference: millionths(difference), interval, is_conclusive: low > 0.0 || high < 0.0 })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn interval(numerator: u64, denominator: u64) -> (i32, i32) {
        let Interval { low, high } = Rate::new(numerator, denominator).interval().unwrap();
        (low, high)
    }

    /// Newcombe's paper on single proportions, table I, method 3, to its four decimals.
    #[test]
    fn score_intervals_are_those_of_the_literature() {
        for (numerator, denominator, low, high) in
            [(81, 263, 2_553, 3_662), (15, 148, 624, 1_605), (0, 20, 0, 1_611), (1, 29, 61, 1_718)]
        {
            let found = interval(numerator, denominator);
            assert_eq!(((found.0 + 50) / 100, (found.1 + 50) / 100), (low, high), "{numerator} of {denominator}");
        }
        assert_eq!(interval(29, 29).1, 1_000_000);
        assert_eq!(Rate::new(0, 0).interval(), None);
    }

    /// Newcombe's paper on differences, table II, method 10, to its four decimals.
    #[test]
    fn intervals_of_differences_are_those_of_the_literature() {
        for (a, b, low, high) in [
            ((56, 70), (48, 80), 524, 3_339),
            ((9, 10), (3, 10), 1_705, 8_090),
            ((10, 10), (0, 20), 6_791, 10_000),
            ((5, 56), (0, 29), -381, 1_926),
        ] {
            let found = Rate::new(a.0, a.1).less(Rate::new(b.0, b.1)).unwrap();
            let four = |millionths: i32| (f64::from(millionths) / 100.0).round() as i32;
            assert_eq!((four(found.interval.low), four(found.interval.high)), (low, high), "{a:?} less {b:?}");
            assert_eq!(found.is_conclusive, low > 0 || high < 0);
        }
        assert_eq!(Rate::new(1, 2).less(Rate::new(0, 0)), None);
    }

    proptest! {
        #[test]
        fn a_rate_lies_within_its_interval_and_a_difference_in_its_own(
            n in 1u64..5_000_000, k in 0u64..5_000_000, m in 1u64..5_000_000, l in 0u64..5_000_000,
        ) {
            let (a, b) = (Rate::new(k % (n + 1), n), Rate::new(l % (m + 1), m));
            let share = millionths(a.numerator as f64 / a.denominator as f64);
            let Interval { low, high } = a.interval().unwrap();
            prop_assert!(0 <= low && low <= share && share <= high && high <= 1_000_000);
            let forth = a.less(b).unwrap();
            prop_assert!(forth.interval.low <= forth.difference && forth.difference <= forth.interval.high);
            let back = b.less(a).unwrap();
            prop_assert_eq!(forth.difference, -back.difference);
            prop_assert_eq!((forth.interval.low, forth.interval.high), (-back.interval.high, -back.interval.low));
            prop_assert_eq!(forth.is_conclusive, back.is_conclusive);
        }
    }
}
