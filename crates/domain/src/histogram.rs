//! The talk-time histogram: 26 bins (reports.md §3).

/// How many bins there are.
pub const BINS: usize = 26;
const FINE: i64 = 5_000;
const FINE_END: i64 = 120_000;
const LONG: i64 = 300_000;

/// The bin of a talk time in milliseconds: 24 bins of 5 s below 2 min, then 2–5 min, then longer.
pub fn bin(talk_time: i64) -> usize {
    match talk_time {
        t if t < FINE_END => (t.max(0) / FINE) as usize,
        t if t < LONG => 24,
        _ => 25,
    }
}

/// `from ≤ t < to` of a bin in milliseconds; the last has no upper bound.
pub fn bounds(bin: usize) -> (i64, Option<i64>) {
    match bin {
        24 => (FINE_END, Some(LONG)),
        25.. => (LONG, None),
        bin => (bin as i64 * FINE, Some((bin as i64 + 1) * FINE)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_talk_time_lies_within_its_bin() {
        for t in [0, 1, 4_999, 5_000, 31_000, 119_999, 120_000, 299_999, 300_000, 86_400_000] {
            let (from, to) = bounds(bin(t));
            assert!(from <= t && to.is_none_or(|to| t < to), "{t}");
        }
        assert_eq!(bin(119_999), 23);
        assert_eq!(bounds(25), (300_000, None));
    }
}
