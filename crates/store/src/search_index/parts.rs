//! Three characters in a row, as a number.

use std::ops::RangeInclusive;

/// Bits of a character.
const BITS: u32 = 21;
/// The largest that these bits hold.
const ANY: i64 = (1 << BITS) - 1;
/// Of a long text no more parts than this are looked up: they leave few others.
const MOST: usize = 8;

fn part(first: i64, second: i64, third: i64) -> i64 {
    first << (2 * BITS) | second << BITS | third
}

/// The parts of a text, one from each of its characters on; behind its end there is 0, so that its last two are found, too.
pub(super) fn parts(text: &str) -> impl Iterator<Item = i64> {
    let mut chars = text.chars().map(|c| i64::from(u32::from(c)));
    let (mut second, mut third) = (chars.next(), chars.next());
    std::iter::from_fn(move || {
        let first = second?;
        (second, third) = (third, chars.next());
        Some(part(first, second.unwrap_or(0), third.unwrap_or(0)))
    })
}

/// What a text that holds another has of parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PartsWanted {
    /// Every one of these parts.
    All(Vec<i64>),
    /// One of these at least.
    OneOf(RangeInclusive<i64>),
}

/// What texts have that hold this one; `None`: they need have nothing.
pub(super) fn wanted(held: &str) -> Option<PartsWanted> {
    let chars: Vec<i64> = held.chars().map(|c| i64::from(u32::from(c))).collect();
    match chars[..] {
        [] => None,
        [first] => Some(PartsWanted::OneOf(part(first, 0, 0)..=part(first, ANY, ANY))),
        [first, second] => Some(PartsWanted::OneOf(part(first, second, 0)..=part(first, second, ANY))),
        _ => {
            let mut all: Vec<i64> = chars.windows(3).map(|three| part(three[0], three[1], three[2])).collect();
            all.sort_unstable();
            all.dedup();
            if all.len() > MOST {
                all = (0..MOST).map(|n| all[n * all.len() / MOST]).collect();
            }
            Some(PartsWanted::All(all))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_has_a_part_from_each_of_its_characters_on() {
        let three = |text: &str| {
            let mut chars = text.chars().map(|c| i64::from(u32::from(c)));
            let mut next = || chars.next().unwrap_or(0);
            part(next(), next(), next())
        };
        assert_eq!(parts("hạnh").collect::<Vec<_>>(), ["hạn", "ạnh", "nh", "h"].map(three));
        assert_eq!(parts("").count(), 0);
        assert_eq!(wanted("hạnh"), Some(PartsWanted::All(vec![three("hạn"), three("ạnh")])));
        assert_eq!(wanted(""), None);
        assert!(three("\u{10ffff}\u{10ffff}\u{10ffff}") > 0);
    }

    proptest! {
        #[test]
        fn a_text_has_what_is_wanted_of_those_that_hold_a_piece_of_it(text in "\\PC{1,30}", from in 0_usize..30, len in 1_usize..30) {
            let piece: String = text.chars().skip(from).take(len).collect();
            let has: Vec<i64> = parts(&text).collect();
            match wanted(&piece) {
                None => prop_assert!(piece.is_empty()),
                Some(PartsWanted::All(all)) => prop_assert!(all.iter().all(|part| has.contains(part))),
                Some(PartsWanted::OneOf(range)) => prop_assert!(has.iter().any(|part| range.contains(part))),
            }
        }
    }
}
