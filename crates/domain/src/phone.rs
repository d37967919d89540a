//! Phone numbers: kept as they came, compared by their digits.

/// The longest phone number accepted, in characters (extensions and spaces included).
pub const MAX_PHONE_CHARS: usize = 64;

/// Why a text is no phone number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Empty, or it holds a control character.
    #[error("is not a phone number")]
    NotPhone,
    /// Longer than [`MAX_PHONE_CHARS`].
    #[error("is longer than 64 characters")]
    TooLong,
}

/// Checks and trims a phone number. It keeps its own writing (`+84 901 234 567`, `0901234567`, SIP extensions);
/// letters are allowed because switches dial names (`1800-FLOWERS`, `s`), control characters are not.
pub fn parse(text: &str) -> Result<String, PhoneError> {
    let text = text.trim();
    if text.chars().count() > MAX_PHONE_CHARS {
        Err(PhoneError::TooLong)
    } else if text.is_empty() || text.chars().any(char::is_control) {
        Err(PhoneError::NotPhone)
    } else {
        Ok(text.to_owned())
    }
}

/// The form under which two spellings of one number meet: its digits, with Vietnam's `+84`/`0084`/`84` as `0`.
/// A name without digits (`s`, `conference`) is its own key in lower case.
pub fn matching_key(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return phone.trim().to_lowercase();
    }
    let national = digits.strip_prefix("0084").or_else(|| digits.strip_prefix("84").filter(|rest| rest.len() >= 9));
    national.map_or(digits.clone(), |rest| format!("0{}", rest.trim_start_matches('0')))
}

/// Masks the middle as `0912 ••• 207`: first four and last three digits stay. Numbers of fewer than nine
/// characters show only their last two.
pub fn masked(phone: &str) -> String {
    let local: String = phone.chars().filter(|c| !c.is_whitespace()).collect();
    let local = local.strip_prefix("+84").map_or(local.clone(), |rest| format!("0{rest}"));
    let chars: Vec<char> = local.chars().collect();
    let tail = |n: usize| chars[chars.len().saturating_sub(n)..].iter().collect::<String>();
    if chars.len() < 9 {
        format!("••• {}", tail(2))
    } else {
        format!("{} ••• {}", chars[..4].iter().collect::<String>(), tail(3))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_one_key_however_it_is_written() {
        for phone in ["+84901234567", "0084901234567", "84 901 234 567", "0901-234-567", "+84 (0)901234567"] {
            assert_eq!(matching_key(phone), "0901234567", "{phone}");
        }
        assert_eq!(matching_key("8412"), "8412");
        assert_eq!(matching_key("S"), "s");
    }

    #[test]
    fn a_masked_number_keeps_its_ends() {
        assert_eq!(masked("+84912345207"), "0912 ••• 207");
        assert_eq!(masked("0912345207"), "0912 ••• 207");
        assert_eq!(masked("12345"), "••• 45");
    }
}
