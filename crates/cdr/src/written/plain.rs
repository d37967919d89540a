//! Numbers, and cells that say nothing.

use std::borrow::Cow;

use domain::{search::fold_word, text::is_unseen};
use serde::{Deserialize, Serialize};

/// What stands in a cell instead of nothing.
const NOTHING: [&str; 9] = ["", "-", "--", "–", "—", "n/a", "null", "none", "nan"];

/// Whether a cell says nothing.
pub(crate) fn is_nothing(text: &str) -> bool {
    let text = text.trim();
    // `--:--:--`, as tables show a time that never came.
    let is_blank =
        |text: &str| text.len() > 2 && text.bytes().all(|byte| matches!(byte, b'-' | b':' | b'.' | b'/' | b' '));
    (text.len() <= 4 && NOTHING.iter().any(|nothing| text.eq_ignore_ascii_case(nothing)))
        || is_blank(text)
        || is_error_cell(text)
}

/// Whether a cell is what a spreadsheet shows in place of a value that it could not work out.
pub(crate) fn is_error_cell(text: &str) -> bool {
    const ERRORS: [&str; 14] = [
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#NAME?",
        "#DIV/0!",
        "#NULL!",
        "#NUM!",
        "#ERROR!",
        "#SPILL!",
        "#CALC!",
        "#BUSY!",
        "#FIELD!",
        "#GETTING_DATA",
        "#BLOCKED!",
    ];
    text.starts_with('#') && ERRORS.iter().any(|error| text.trim_end().eq_ignore_ascii_case(error))
}

/// A text without the `'` that keeps a spreadsheet from reading it as a formula or a number.
pub(crate) fn unguarded(text: &str) -> &str {
    // `="0901234567"`, by which some exports keep a spreadsheet from making a number of it.
    if let Some(formula) = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'))
        && !formula.contains('"')
    {
        return formula;
    }
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\'', '0']) => rest,
        _ => text,
    }
}

/// A text without characters that nobody sees, its blanks plain ones: of the web and of phones many have others.
pub(crate) fn seen_text(text: &str) -> Cow<'_, str> {
    let is_other_blank = |c: char| c != ' ' && c.is_whitespace() && !c.is_ascii();
    if text.is_ascii() || !text.chars().any(|c| is_unseen(c) || is_other_blank(c)) {
        return Cow::Borrowed(text);
    }
    let seen = text.chars().filter(|c| !is_unseen(*c));
    Cow::Owned(seen.map(|c| if is_other_blank(c) { ' ' } else { c }).collect())
}

pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Which of several something is: `2`, `2.0`, `2/3`, `2nd`, `Lần 2`, `Lần thứ 2`, `Attempt 2`, `#2`.
pub(crate) fn ordinal(text: &str) -> Option<u32> {
    const BEFORE: [&str; 7] = ["lanthu", "lan", "attempt", "try", "call", "goilan", "thu"];
    const AFTER: [&str; 5] = ["st", "nd", "rd", "th", "lan"];
    let text = text.trim();
    let whole = text.strip_suffix(".0").unwrap_or(text);
    if let Ok(number) = whole.parse() {
        return Some(number);
    }
    // Of so many.
    let (text, of) = text.split_once('/').map_or((text, None), |(text, of)| (text, Some(of)));
    if text.contains(['-', '.', ',']) || of.is_some_and(|of| of.trim().parse::<u32>().is_err()) {
        return None;
    }
    let key = fold_word(text.trim_start_matches('#'));
    let number = BEFORE.iter().find_map(|word| key.strip_prefix(word)).unwrap_or(&key);
    let number = AFTER.iter().find_map(|word| number.strip_suffix(word)).unwrap_or(number);
    number.parse().ok().filter(|_| number.len() < 4)
}

/// The character before the fraction of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decimal {
    /// `1,234.5`.
    #[serde(rename = ".")]
    Point,
    /// `1.234,5`.
    #[serde(rename = ",")]
    Comma,
}

/// A number as a plain decimal (`-1234.5`); none where it is none in this way of writing. Blanks and separators of
/// thousands are left out.
pub(crate) fn plain_number(text: &str, decimal: Decimal) -> Option<String> {
    let (point, group) = match decimal {
        Decimal::Point => ('.', ','),
        Decimal::Comma => (',', '.'),
    };
    let text: String = text.trim().trim_start_matches('\'').chars().filter(|c| !c.is_whitespace()).collect();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once(point).unwrap_or((digits, ""));
    let mut groups = whole.split(group);
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next().filter(|first| !first.is_empty() && is_digits(first))?;
    let mut plain = format!("{sign}{first}");
    for group in groups {
        // No thousands begin with a zero: `0,125` is an eighth.
        if group.len() != 3 || first.len() > 3 || first.starts_with('0') || !is_digits(group) {
            return None;
        }
        plain.push_str(group);
    }
    if !is_digits(fraction) || (fraction.is_empty() && digits.contains(point)) {
        return None;
    }
    if !fraction.is_empty() {
        plain.push('.');
        plain.push_str(fraction);
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinal_may_have_a_word_beside_it() {
        for text in ["2", "2.0", "2/3", "2nd", "Lần 2", "lần thứ 2", "Attempt 2", "#2", "Gọi lần 2"] {
            assert_eq!(ordinal(text), Some(2), "{text}");
        }
        for text in ["", "Lần", "2/3/2026", "2a", "hai", "0901234567x", "-2", "2.5"] {
            assert_eq!(ordinal(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_is_read_in_one_way_of_writing() {
        assert_eq!(plain_number("1 234,50", Decimal::Comma).as_deref(), Some("1234.50"));
        assert_eq!(plain_number("1.234.567", Decimal::Comma).as_deref(), Some("1234567"));
        assert_eq!(plain_number("-12,345.6", Decimal::Point).as_deref(), Some("-12345.6"));
        assert_eq!(plain_number("0,125", Decimal::Comma).as_deref(), Some("0.125"));
        for wrong in ["1,23", "0,125", "012,345", "1234,567", ",5", "5.", "", "-", "1.2.3", "x"] {
            assert_eq!(plain_number(wrong, Decimal::Point), None, "{wrong}");
        }
    }
}
