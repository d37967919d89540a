//! A share of a whole that carries both.

use serde::{Deserialize, Serialize};

/// A rate that carries its denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Rate {
    /// What was counted.
    pub numerator: u64,
    /// Of how many.
    pub denominator: u64,
}

impl Rate {
    /// Of two counts; over 0 it is undefined and shown as a dash.
    pub fn new(numerator: u64, denominator: u64) -> Self {
        Self { numerator, denominator }
    }

    /// In thousandths, rounded half up; `None` where the denominator is 0.
    pub fn permille(self) -> Option<u64> {
        let (n, d) = (u128::from(self.numerator), u128::from(self.denominator));
        (d > 0).then(|| ((n * 2_000 + d) / (2 * d)) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_rounded_half_up_and_undefined_over_nothing() {
        assert_eq!(Rate::new(0, 0).permille(), None);
        assert_eq!(Rate::new(1, 2_000).permille(), Some(1));
        assert_eq!(Rate::new(3_989, 9_070).permille(), Some(440));
        assert_eq!(Rate::new(u64::MAX, u64::MAX).permille(), Some(1_000));
    }
}
