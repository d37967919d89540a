//! Phone numbers: kept as they came, compared by their digits.

use std::{borrow::Cow, ops::Range};

use crate::limits::PHONE_CHARS;

/// Why a text is no phone number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Empty, or it holds a control character.
    #[error("is not a phone number")]
    NotPhone,
    /// A spreadsheet has made a number of it: its last digits, or its leading zero or `+`, are lost.
    #[error("was made a number by a spreadsheet, digits are lost: send it as text")]
    Rounded,
    /// Longer than [`PHONE_CHARS`].
    #[error("is longer than 64 characters")]
    TooLong,
}

/// Checks and trims a phone number. It keeps its own writing (`+84 901 234 567`, `0901234567`, SIP extensions);
/// letters are allowed because switches dial names (`1800-FLOWERS`, `s`), control characters are not.
pub fn parse(text: &str) -> Result<String, PhoneError> {
    check(text).map(str::to_owned)
}

/// As [`parse`], without a copy.
pub fn check(text: &str) -> Result<&str, PhoneError> {
    let text = text.trim();
    if text.len() > PHONE_CHARS && text.chars().count() > PHONE_CHARS {
        Err(PhoneError::TooLong)
    } else if text.is_empty() || text.chars().any(char::is_control) {
        Err(PhoneError::NotPhone)
    } else if is_spreadsheet_number(text) {
        Err(PhoneError::Rounded)
    } else {
        Ok(text)
    }
}

/// `8.49012E+10` or `918287463433.0`.
fn is_spreadsheet_number(text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let has_point = |text: &str| text.split_once(['.', ',']).is_some_and(|(a, b)| is_number(a) && is_number(b));
    match text.split_once(['E', 'e']) {
        Some((mantissa, exponent)) => {
            (has_point(mantissa) || is_number(mantissa)) && exponent.strip_prefix('+').is_some_and(is_number)
        }
        None => text.split_once(['.', ',']).is_some_and(|(whole, rest)| {
            whole.len() >= 7 && is_number(whole) && !rest.is_empty() && rest.bytes().all(|byte| byte == b'0')
        }),
    }
}

/// The form under which two spellings of one number meet: its digits, with Vietnam's `+84`/`0084`/`84` as `0`. A mobile number
/// of Vietnam whose `0` a spreadsheet took gets it back. Digits may be those of an East Asian keyboard (`０`).
/// A name without digits (`s`, `conference`) is its own key in lower case.
pub fn matching_key(phone: &str) -> String {
    let digits: String = phone.chars().filter_map(digit).collect();
    if digits.is_empty() {
        return phone.trim().to_lowercase();
    }
    let national = digits.strip_prefix("0084").or_else(|| digits.strip_prefix("84").filter(|rest| rest.len() >= 9));
    match national {
        Some(rest) => format!("0{}", rest.trim_start_matches('0')),
        None if is_mobile_without_zero(&digits) && !phone.contains('+') => format!("0{digits}"),
        None => digits,
    }
}

/// The digit, also of full width.
fn digit(c: char) -> Option<char> {
    match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
        _ => c.is_ascii_digit().then_some(c),
    }
}

/// Mobile numbers of Vietnam have nine digits behind the 0, of which the first is one of these
/// (numbering plan of the Ministry of Information and Communications, 22/2014/TT-BTTTT, and the change of prefixes of 2018).
fn is_mobile_without_zero(digits: &str) -> bool {
    digits.len() == 9 && digits.starts_with(['3', '5', '7', '8', '9'])
}

/// What stands for digits that may not be seen.
pub(crate) const HIDDEN: &str = "•••";

/// Masks the middle as `0912 ••• 207`: first four and last three digits stay. Numbers of fewer than nine
/// characters show only their last two.
pub(crate) fn masked(phone: &str) -> String {
    let local: String = phone.chars().filter(|c| !c.is_whitespace()).collect();
    let local = local.strip_prefix("+84").map_or(local.clone(), |rest| format!("0{rest}"));
    let chars: Vec<char> = local.chars().collect();
    let tail = |n: usize| chars[chars.len().saturating_sub(n)..].iter().collect::<String>();
    if chars.len() < 9 {
        format!("{HIDDEN} {}", tail(2))
    } else {
        format!("{} {HIDDEN} {}", chars[..4].iter().collect::<String>(), tail(3))
    }
}

/// Whether a text is, by its form, a phone number of Vietnam.
pub(crate) fn is_national(text: &str) -> bool {
    let is_number = text.chars().all(|c| c.is_ascii_digit() || " +-.()".contains(c));
    let key = matching_key(text);
    is_number && (10..=11).contains(&key.len()) && key.starts_with('0') && !key[1..].starts_with(['0', '1'])
}

/// As many digits in a row tell a number: one mask leaves fewer in a row, and few other texts have them by chance.
const TELLING: usize = 6;
/// Characters between two digits of one number at most, as in `(0912) 345`.
const MOST_BETWEEN: usize = 3;

/// A text without the places that have [`TELLING`] digits in a row of one of these numbers (in the form of
/// [`matching_key`]), however they are grouped. Shorter numbers are found in no text: they would be found in all.
pub(crate) fn without_numbers<'a>(text: &'a str, numbers: &[String]) -> Cow<'a, str> {
    // The digits of each run and where they stand.
    let mut runs: Vec<(String, Vec<usize>)> = Vec::new();
    let mut between = None;
    for (at, c) in text.char_indices() {
        if c.is_ascii_digit() {
            match runs.last_mut().filter(|_| between.is_some_and(|between| between <= MOST_BETWEEN)) {
                Some((digits, places)) => {
                    digits.push(c);
                    places.push(at);
                }
                None => runs.push((c.to_string(), vec![at])),
            }
            between = Some(0);
        } else {
            between = between.filter(|_| !c.is_alphabetic()).map(|between| between + 1);
        }
    }
    let mut hidden: Vec<Range<usize>> = Vec::new();
    for (digits, places) in &runs {
        for from in 0..(digits.len() + 1).saturating_sub(TELLING) {
            let to = from + TELLING;
            if numbers.iter().any(|number| number.contains(&digits[from..to])) {
                let (from, to) = (places[from], places[to - 1] + 1);
                match hidden.last_mut().filter(|last| from <= last.end) {
                    Some(last) => last.end = to,
                    None => hidden.push(from..to),
                }
            }
        }
    }
    if hidden.is_empty() {
        return text.into();
    }
    let mut shown = text.to_owned();
    for place in hidden.into_iter().rev() {
        shown.replace_range(place, HIDDEN);
    }
    shown.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_one_key_however_it_is_written() {
        for phone in [
            "+84901234567",
            "0084901234567",
            "84 901 234 567",
            "0901-234-567",
            "+84 (0)901234567",
            "901234567",
            "０９０１２３４５６７",
        ] {
            assert_eq!(matching_key(phone), "0901234567", "{phone}");
        }
        for (other, key) in
            [("8412", "8412"), ("+901234567", "901234567"), ("2838229999", "2838229999"), ("101", "101")]
        {
            assert_eq!(matching_key(other), key);
        }
        assert_eq!(matching_key("S"), "s");
    }

    #[test]
    fn a_masked_number_keeps_its_ends() {
        assert_eq!(masked("+84912345207"), "0912 ••• 207");
        assert_eq!(masked("0912345207"), "0912 ••• 207");
        assert_eq!(masked("12345"), "••• 45");
    }

    #[test]
    fn a_number_is_taken_out_of_a_text_however_it_is_grouped() {
        let numbers = [matching_key("+84912345207")];
        for (text, hidden) in [
            ("Anh Hùng 0912 345 207", "Anh Hùng •••"),
            ("https://pbx/2026/11/04/84912345207-1.wav", "https://pbx/2026/11/04/84•••-1.wav"),
            ("(0912)-345-207 hay 345207", "(••• hay •••"),
            ("KH345207", "KH•••"),
        ] {
            assert_eq!(without_numbers(text, &numbers), hidden);
        }
        for text in ["20261104", "0912 3", "34520 và 7", "", "kh-1"] {
            assert_eq!(without_numbers(text, &numbers), text);
        }
        assert_eq!(without_numbers("101", &["101".to_owned()]), "101");
    }

    #[test]
    fn a_number_of_vietnam_is_known_by_its_form() {
        for number in ["0912345207", "+84 912 345 207", "84912345207", "02838229999"] {
            assert!(is_national(number), "{number}");
        }
        for other in ["0000012345", "12345", "kh-0912345207", "2026110400", ""] {
            assert!(!is_national(other), "{other}");
        }
    }
}
