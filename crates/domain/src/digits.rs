//! Digits of all scripts: what one reads as a number is one, whether it was typed on a keyboard of Europe, India or Arabia.

use std::borrow::Cow;

/// Digits that follow each other: the first, what it is worth, and how many there are. Those of Unicode 16 that have the value of
/// a digit: of scripts (full width, Arabic-Indic, Devanagari, …), of mathematics, raised, lowered, and in circles and brackets.
#[rustfmt::skip]
const DIGITS: [(char, u8, u8); 97] = [
    ('\u{b2}', 2, 2), ('\u{b9}', 1, 1), ('\u{660}', 0, 10), ('\u{6f0}', 0, 10), ('\u{7c0}', 0, 10),
    ('\u{966}', 0, 10), ('\u{9e6}', 0, 10), ('\u{a66}', 0, 10), ('\u{ae6}', 0, 10), ('\u{b66}', 0, 10),
    ('\u{be6}', 0, 10), ('\u{c66}', 0, 10), ('\u{ce6}', 0, 10), ('\u{d66}', 0, 10), ('\u{de6}', 0, 10),
    ('\u{e50}', 0, 10), ('\u{ed0}', 0, 10), ('\u{f20}', 0, 10), ('\u{1040}', 0, 10), ('\u{1090}', 0, 10),
    ('\u{1369}', 1, 9), ('\u{17e0}', 0, 10), ('\u{1810}', 0, 10), ('\u{1946}', 0, 10), ('\u{19d0}', 0, 10),
    ('\u{19da}', 1, 1), ('\u{1a80}', 0, 10), ('\u{1a90}', 0, 10), ('\u{1b50}', 0, 10), ('\u{1bb0}', 0, 10),
    ('\u{1c40}', 0, 10), ('\u{1c50}', 0, 10), ('\u{2070}', 0, 1), ('\u{2074}', 4, 6), ('\u{2080}', 0, 10),
    ('\u{2460}', 1, 9), ('\u{2474}', 1, 9), ('\u{2488}', 1, 9), ('\u{24ea}', 0, 1), ('\u{24f5}', 1, 9),
    ('\u{24ff}', 0, 1), ('\u{2776}', 1, 9), ('\u{2780}', 1, 9), ('\u{278a}', 1, 9), ('\u{a620}', 0, 10),
    ('\u{a8d0}', 0, 10), ('\u{a900}', 0, 10), ('\u{a9d0}', 0, 10), ('\u{a9f0}', 0, 10), ('\u{aa50}', 0, 10),
    ('\u{abf0}', 0, 10), ('\u{ff10}', 0, 10), ('\u{104a0}', 0, 10), ('\u{10a40}', 1, 4), ('\u{10d30}', 0, 10),
    ('\u{10d40}', 0, 10), ('\u{10e60}', 1, 9), ('\u{11052}', 1, 9), ('\u{11066}', 0, 10), ('\u{110f0}', 0, 10),
    ('\u{11136}', 0, 10), ('\u{111d0}', 0, 10), ('\u{112f0}', 0, 10), ('\u{11450}', 0, 10), ('\u{114d0}', 0, 10),
    ('\u{11650}', 0, 10), ('\u{116c0}', 0, 10), ('\u{116d0}', 0, 10), ('\u{116da}', 0, 10), ('\u{11730}', 0, 10),
    ('\u{118e0}', 0, 10), ('\u{11950}', 0, 10), ('\u{11bf0}', 0, 10), ('\u{11c50}', 0, 10), ('\u{11d50}', 0, 10),
    ('\u{11da0}', 0, 10), ('\u{11de0}', 0, 10), ('\u{11f50}', 0, 10), ('\u{16130}', 0, 10), ('\u{16a60}', 0, 10),
    ('\u{16ac0}', 0, 10), ('\u{16b50}', 0, 10), ('\u{16d70}', 0, 10), ('\u{1ccf0}', 0, 10), ('\u{1d7ce}', 0, 10),
    ('\u{1d7d8}', 0, 10), ('\u{1d7e2}', 0, 10), ('\u{1d7ec}', 0, 10), ('\u{1d7f6}', 0, 10), ('\u{1e140}', 0, 10),
    ('\u{1e2f0}', 0, 10), ('\u{1e4f0}', 0, 10), ('\u{1e5f1}', 0, 10), ('\u{1e950}', 0, 10), ('\u{1f100}', 0, 1),
    ('\u{1f101}', 0, 10), ('\u{1fbf0}', 0, 10),
];

/// The ASCII digit that a digit of any script is read as.
///
/// ```
/// assert_eq!(domain::digits::ascii_digit('\u{667}'), Some('7'));
/// assert_eq!(domain::digits::ascii_digit('x'), None);
/// ```
pub fn ascii_digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    let after = DIGITS.partition_point(|(first, ..)| *first <= c);
    let (first, value, count) = DIGITS[after.checked_sub(1)?];
    let from_first = u32::from(c) - u32::from(first);
    if from_first < u32::from(count) { char::from_digit(u32::from(value) + from_first, 10) } else { None }
}

/// A text with ASCII digits in the place of those of other scripts.
pub fn with_ascii_digits(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    text.chars().map(|c| ascii_digit(c).unwrap_or(c)).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_all_scripts_have_their_value() {
        for digits in [
            "0123456789",
            "０１２３４５６７８９",
            "٠١٢٣٤٥٦٧٨٩",
            "۰۱۲۳۴۵۶۷۸۹",
            "०१२३४५६७८९",
            "๐๑๒๓๔๕๖๗๘๙",
            "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
            "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿",
            "⁰¹²³⁴⁵⁶⁷⁸⁹",
            "₀₁₂₃₄₅₆₇₈₉",
            "⓪①②③④⑤⑥⑦⑧⑨",
        ] {
            assert_eq!(with_ascii_digits(digits), "0123456789");
        }
        assert_eq!(with_ascii_digits("Hạnh a½x –٪"), "Hạnh a½x –٪");
    }

    #[test]
    fn the_table_is_in_order() {
        for pair in DIGITS.windows(2) {
            assert!(u32::from(pair[0].0) + u32::from(pair[0].2) <= u32::from(pair[1].0), "{pair:?}");
        }
        assert!(DIGITS.iter().all(|(_, value, count)| value + count <= 10));
    }
}
