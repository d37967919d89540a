//! Phone numbers and extensions in what switches write.

use std::borrow::Cow;

/// Seven digits or more: an outside number, as against an extension or a step of the dialplan (`s`, `t`, `*60`).
pub(crate) fn is_phone(number: &str) -> bool {
    number.chars().filter(char::is_ascii_digit).count() >= 7
}

/// Two to six digits.
pub(crate) fn is_extension(number: &str) -> bool {
    (2..=6).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it is neither a number nor an extension: a word of the dialplan, a feature code, a channel.
pub(crate) fn is_no_number(number: &str) -> bool {
    !number.bytes().any(|byte| byte.is_ascii_digit())
        || number.chars().any(|c| !c.is_ascii_digit() && !"+-.() ".contains(c))
}

/// The number in what is written around it: `sip:0901234567@host`, `0901234567@trunk`, `%2B84…`, `'0901…`,
/// `6500(1000)`.
pub(crate) fn bare(text: &str) -> Cow<'_, str> {
    let text = text.trim().trim_start_matches('\'');
    let scheme = ["sip:", "sips:", "tel:"].into_iter().find_map(|scheme| text.strip_prefix(scheme));
    let number = scheme.unwrap_or(text);
    let number = number.split(['@', ';', '<']).next().unwrap_or_default().trim();
    let number = match number.split_once('(') {
        // `(028) 1234 5678` begins with its area code, and `1(650)555-1234` has it in between.
        Some((before, after))
            if after.ends_with(')') && !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            before
        }
        _ => number,
    };
    if number.contains("%2") {
        Cow::Owned(number.replace("%2B", "+").replace("%2b", "+").replace("%20", " "))
    } else {
        Cow::Borrowed(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_in_what_switches_write_around_it() {
        for text in
            ["sip:0901234567@host;user=phone", "0901234567@trunk", "'0901234567", "0901234567(100)", " tel:0901234567 "]
        {
            assert_eq!(bare(text), "0901234567", "{text}");
        }
        assert_eq!(bare("%2B84901234567"), "+84901234567");
        for whole in ["(028) 1234 5678", "1(650)555-1234", "+84901234567"] {
            assert_eq!(bare(whole), whole);
        }
        assert_eq!(bare("&playback(x.wav)"), "&playback(x.wav)");
    }
}
