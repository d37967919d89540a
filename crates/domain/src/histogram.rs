//! The talk-time histogram: 26 bins (docs/METRICS.md, "Figures"), and the four classes of calls that they make up.

use crate::report::TalkBin;

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

/// From how long on an answered call is no short one: a setting of the account. A multiple of the bins' 5 s, so that they tell it,
/// and less than the 15 s at which the third class begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ShortCall {
    /// 5 s.
    #[default]
    Five,
    /// 10 s.
    Ten,
}

impl ShortCall {
    /// All limits that can be set.
    pub const ALL: [Self; 2] = [Self::Five, Self::Ten];

    /// How long a short call is at most: a talk under so many seconds.
    pub const fn seconds(self) -> u8 {
        match self {
            Self::Five => 5,
            Self::Ten => 10,
        }
    }

    /// Of [`Self::seconds`].
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|limit| i64::from(limit.seconds()) == seconds)
    }

    /// The bounds of the four classes in milliseconds, `from ≤ t < to`: short calls, up to 15 s, up to 30 s, longer.
    pub fn bounds(self) -> [(i64, Option<i64>); 4] {
        let short = i64::from(self.seconds()) * 1_000;
        [(0, Some(short)), (short, Some(15_000)), (15_000, Some(30_000)), (30_000, None)]
    }

    /// The calls of each class. Each bin lies in one of them, so they sum to what the bins do.
    pub fn classes(self, bins: &[TalkBin]) -> Vec<TalkBin> {
        let of_class = |(from, to): (i64, Option<i64>)| {
            let inside = bins.iter().filter(|bin| from <= bin.from && to.is_none_or(|to| bin.from < to));
            TalkBin { from, to, calls: inside.map(|bin| bin.calls).sum() }
        };
        self.bounds().map(of_class).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bin_lies_in_one_class() {
        for limit in ShortCall::ALL {
            let bins: Vec<TalkBin> =
                (0..BINS).map(|n| TalkBin { from: bounds(n).0, to: bounds(n).1, calls: 1 << n }).collect();
            let classes = limit.classes(&bins);
            let sum = |range: std::ops::Range<usize>| range.map(|n| 1_u64 << n).sum::<u64>();
            let short = usize::from(limit.seconds() / 5);
            let wanted = [sum(0..short), sum(short..3), sum(3..6), sum(6..BINS)];
            assert_eq!(classes.iter().map(|class| class.calls).collect::<Vec<_>>(), wanted);
            // No bin reaches over the end of a class.
            let ends = limit.bounds().map(|(from, _)| from);
            assert!(ends.iter().all(|end| bins.iter().any(|bin| bin.from == *end)), "{ends:?}");
            assert_eq!(ShortCall::from_seconds(i64::from(limit.seconds())), Some(limit));
        }
        assert_eq!(ShortCall::from_seconds(7), None);
    }

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
