//! Phone numbers: kept as they came, compared by their digits.

use crate::{Country, digits, limits::PHONE_CHARS, text::digit};

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

/// The form under which two spellings of one number meet, as they are dialled in a country: of its own numbers the digits with a 0
/// before them, where one is dialled there (`0901234567`), of others the digits with the code of the country (`14155552671`). What is
/// no such number (an extension, `1800-FLOWERS`) has its digits for a key, a name without digits (`s`, `conference`) itself in lower case.
///
/// Vietnam's keys are those that its accounts have stored ever since, by rules of their own: a number of another country that is dialled
/// as `001…` is not that with `+1…`.
pub fn matching_key(phone: &str, country: Country) -> String {
    if country == Country::VIETNAM {
        return vietnamese_key(phone);
    }
    #[cfg(feature = "numbering")]
    if let Some(key) = crate::numbering::key(phone, country) {
        return key;
    }
    plain_key(phone)
}

/// What was typed of the beginning of a number, in the form of [`matching_key`] as far as it can be told.
pub fn beginning_key(typed: &str, country: Country) -> String {
    if country == Country::VIETNAM {
        // The beginning has too few digits to know the country by.
        return match typed.strip_prefix("+84") {
            Some(national) => {
                vietnamese_key(&format!("0{}", national.trim_start_matches([' ', '0', '(', ')', '-', '.'])))
            }
            None => vietnamese_key(typed),
        };
    }
    #[cfg(feature = "numbering")]
    if let Some(key) = crate::numbering::key(typed, country).or_else(|| crate::numbering::beginning(typed, country)) {
        return key;
    }
    plain_key(typed)
}

/// How a number with this key may have been written, without anything between its digits; the key itself comes first.
pub fn spellings(key: &str, country: Country) -> Vec<String> {
    #[cfg(feature = "numbering")]
    if country != Country::VIETNAM {
        return crate::numbering::spellings(key, country);
    }
    let abroad = if country == Country::VIETNAM { key.strip_prefix('0') } else { None };
    let abroad = abroad.into_iter().flat_map(|rest| ["+84", "84", "0084"].map(|code| format!("{code}{rest}")));
    std::iter::once(key.to_owned()).chain(abroad).collect()
}

fn plain_key(phone: &str) -> String {
    let digits: String = phone.chars().filter_map(digit).collect();
    if digits.is_empty() { phone.trim().to_lowercase() } else { digits }
}

/// Vietnam's `+84`/`0084`/`84` is `0`. A mobile number whose `0` a spreadsheet took gets it back. Digits may be those of an East Asian
/// keyboard (`０`).
fn vietnamese_key(phone: &str) -> String {
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

/// Mobile numbers of Vietnam have nine digits behind the 0, of which the first is one of these
/// (numbering plan of the Ministry of Information and Communications, 22/2014/TT-BTTTT, and the change of prefixes of 2018).
fn is_mobile_without_zero(digits: &str) -> bool {
    digits.len() == 9 && digits.starts_with(['3', '5', '7', '8', '9'])
}

/// What stands for digits that may not be seen.
pub(crate) const HIDDEN: &str = "•••";

/// Masks the middle as `0912 ••• 207`: first four and last three digits stay, of a number of the country as it is written there, and
/// three at least are hidden. Numbers of fewer than nine characters show only their last two.
pub(crate) fn masked(phone: &str, country: Country) -> String {
    let local: String = digits::with_ascii_digits(phone).chars().filter(|c| !c.is_whitespace()).collect();
    // One that was stored without its 0 shows no more of itself than others.
    let local = if country == Country::VIETNAM && is_national(&local, country) {
        vietnamese_key(&local)
    } else {
        national(&local, country).unwrap_or(local)
    };
    let chars: Vec<char> = local.chars().collect();
    let tail = |n: usize| chars[chars.len().saturating_sub(n)..].iter().collect::<String>();
    if chars.len() < 9 {
        format!("{HIDDEN} {}", tail(2))
    } else {
        let first = chars.len().saturating_sub(2 * 3).min(4);
        format!("{} {HIDDEN} {}", chars[..first].iter().collect::<String>(), tail(3))
    }
}

fn national(phone: &str, country: Country) -> Option<String> {
    if country == Country::VIETNAM {
        return phone.strip_prefix("+84").map(|rest| format!("0{rest}"));
    }
    #[cfg(feature = "numbering")]
    return crate::numbering::national(phone, country);
    #[cfg(not(feature = "numbering"))]
    None
}

/// Whether a text is, by its form, a phone number of the country.
pub(crate) fn is_national(text: &str, country: Country) -> bool {
    let text = &*digits::with_ascii_digits(text);
    let is_number = text.chars().all(|c| c.is_ascii_digit() || " +-.()".contains(c));
    if country != Country::VIETNAM {
        return is_number && national(text, country).is_some();
    }
    let key = vietnamese_key(text);
    is_number && (10..=11).contains(&key.len()) && key.starts_with('0') && !key[1..].starts_with(['0', '1'])
}

#[cfg(test)]
mod tests {
    use super::*;

    const VN: Country = Country::VIETNAM;

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
            assert_eq!(matching_key(phone, VN), "0901234567", "{phone}");
        }
        for (other, key) in
            [("8412", "8412"), ("+901234567", "901234567"), ("2838229999", "2838229999"), ("101", "101")]
        {
            assert_eq!(matching_key(other, VN), key);
        }
        assert_eq!(matching_key("S", VN), "s");
    }

    #[test]
    fn a_masked_number_keeps_its_ends() {
        assert_eq!(masked("+84912345207", VN), "0912 ••• 207");
        assert_eq!(masked("0912345207", VN), "0912 ••• 207");
        assert_eq!(masked("912345207", VN), "0912 ••• 207");
        assert_eq!(masked("84912345207", VN), "0912 ••• 207");
        assert_eq!(masked("12345", VN), "••• 45");
        // Without its 0, and one of another country with nine digits.
        assert_eq!(masked("901000009", VN), "0901 ••• 009");
        assert_eq!(masked("123456789", VN), "123 ••• 789");
    }

    #[test]
    fn a_number_of_vietnam_is_known_by_its_form() {
        for number in ["0912345207", "+84 912 345 207", "84912345207", "02838229999"] {
            assert!(is_national(number, VN), "{number}");
        }
        for other in ["0000012345", "12345", "kh-0912345207", "2026110400", ""] {
            assert!(!is_national(other, VN), "{other}");
        }
    }

    /// Numbers of a country, each in all spellings; and the form in which they are shown there.
    #[cfg(feature = "numbering")]
    const NUMBERS: [(&str, &str, &[&str]); 7] = [
        (
            "VN",
            "0987654321",
            &["0987654321", "+84987654321", "84987654321", "0084 987 654 321", "+84 (0)987-654-321", "987654321"],
        ),
        (
            "US",
            "4155552671",
            &[
                "4155552671",
                "+14155552671",
                "14155552671",
                "001 415 555 2671",
                "011 1 415 555 2671",
                "+1 (415) 555-2671",
                "(415) 555.2671",
            ],
        ),
        (
            "IN",
            "09876543210",
            &["09876543210", "+919876543210", "919876543210", "0091 98765 43210", "+91 (0)98765-43210", "9876543210"],
        ),
        // It begins with the digits of the country's code.
        ("IN", "09198765432", &["09198765432", "+919198765432", "919198765432", "0091 91987 65432", "9198765432"]),
        (
            "PH",
            "09171234567",
            &["09171234567", "+639171234567", "639171234567", "0063 917 123 4567", "+63 (0)917-123-4567", "9171234567"],
        ),
        (
            "SG",
            "81234567",
            &["81234567", "+6581234567", "6581234567", "0065 8123 4567", "001 65 8123 4567", "+65 8123-4567"],
        ),
        (
            "GB",
            "07400123456",
            &["07400123456", "+447400123456", "447400123456", "0044 7400 123456", "+44 (0)7400-123456", "7400123456"],
        ),
    ];

    #[cfg(feature = "numbering")]
    #[test]
    fn a_number_is_one_customer_however_it_is_written_in_its_country() {
        for (country, national, spelled) in NUMBERS {
            let country = Country::new(country).unwrap();
            let keys: std::collections::BTreeSet<String> =
                spelled.iter().map(|phone| matching_key(phone, country)).collect();
            assert_eq!(keys.len(), 1, "{country}: {keys:?}");
            let key = keys.first().unwrap();
            assert_eq!(matching_key(key, country), *key, "{country}");
            assert_eq!(
                super::national(&format!("+{}", abroad(spelled)), country).as_deref(),
                Some(national),
                "{country}"
            );
            let written = spellings(key, country);
            for phone in spelled {
                let plain: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
                let is_usual =
                    !phone.contains("(0)") && !["011", "001 65", "001 415"].iter().any(|it| phone.starts_with(it));
                assert!(
                    written.contains(&plain) || !is_usual || country == VN,
                    "{country}: {plain} is none of {written:?}"
                );
            }
        }
    }

    /// The digits behind the `+`.
    #[cfg(feature = "numbering")]
    fn abroad(spelled: &[&str]) -> String {
        let phone = spelled.iter().find(|phone| phone.starts_with('+') && !phone.contains("(0)")).unwrap();
        phone.chars().filter(char::is_ascii_digit).collect()
    }

    #[cfg(feature = "numbering")]
    #[test]
    fn extensions_and_names_are_what_is_dialled() {
        for country in ["VN", "US", "IN", "PH", "SG", "GB"] {
            let country = Country::new(country).unwrap();
            for (phone, key) in
                [("101", "101"), ("s", "s"), ("S", "s"), ("*97", "97"), ("1800-FLOWERS", "1800"), ("", "")]
            {
                assert_eq!(matching_key(phone, country), key, "{country}");
            }
        }
        for text in ["8.49E+10", "918287463433.0"] {
            assert_eq!(parse(text), Err(PhoneError::Rounded));
        }
    }

    #[cfg(feature = "numbering")]
    #[test]
    fn numbers_of_other_countries_are_others() {
        let [vn, us, sg, india] = ["VN", "US", "SG", "IN"].map(|country| Country::new(country).unwrap());
        assert_eq!(matching_key("+84987654321", us), "84987654321");
        assert_eq!(matching_key("+14155552671", vn), "14155552671");
        // Eight digits in Singapore, ten with its code: an Indian number of ten digits has a 0.
        assert_eq!(matching_key("+6581234567", india), "6581234567");
        assert_eq!(matching_key("6581234567", sg), "6581234567");
        assert_ne!(matching_key("06581234567", india), "6581234567");
        assert_eq!(masked("+14155552671", us), "4155 ••• 671");
        assert_eq!(masked("+14155552671", vn), "+141 ••• 671");
        assert_eq!(masked("+91 98765 43210", india), "0987 ••• 210");
        assert!(is_national("4155552671", us) && !is_national("kh-4155552671", us) && !is_national("12345", us));
    }

    #[cfg(feature = "numbering")]
    #[test]
    fn what_is_typed_of_a_number_begins_as_its_key() {
        for (country, typed, key) in [
            ("VN", "+84 901 234", "0901234"),
            ("IN", "+91 98765", "098765"),
            ("IN", "98765", "98765"),
            ("US", "+1 415", "1415"),
            ("US", "415555", "415555"),
            ("SG", "+65 81", "6581"),
            ("GB", "+44 (0)74", "074"),
        ] {
            assert_eq!(beginning_key(typed, Country::new(country).unwrap()), key, "{country} {typed}");
        }
    }

    #[test]
    fn a_country_has_two_letters() {
        assert_eq!(Country::new(" vn ").unwrap().as_str(), "VN");
        for wrong in ["", "V", "VNM", "84", "V1", "Ớ"] {
            assert!(Country::new(wrong).is_err(), "{wrong}");
        }
        #[cfg(feature = "numbering")]
        assert!(Country::new("XX").is_err());
    }
}
