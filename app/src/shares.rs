//! Measures of bars.

/// `part ÷ whole` in percent with one decimal and a point, for a measure in a style.
pub fn tenths(part: u64, whole: u64) -> String {
    let permille = domain::Rate::new(part, whole.max(1)).permille().unwrap_or(0);
    format!("{}.{}", permille / 10, permille % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_has_a_point_in_every_language() {
        assert_eq!(tenths(1_179, 3_360), "35.1");
        assert_eq!(tenths(0, 0), "0.0");
    }
}
