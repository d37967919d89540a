//! Phone numbers and extensions in what switches write.

use std::borrow::Cow;

use domain::search::fold_word;

/// A number of up to nine digits and nothing else, as most lengths are.
pub(crate) fn whole_number(text: &str) -> Option<i64> {
    let is_number = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.bytes().fold(0, |number, byte| number * 10 + i64::from(byte - b'0')))
}

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

/// What to say about calls with a withheld number, before how many.
pub(crate) const WITHHELD: &str = "calls with a withheld number: each is a customer of its own";

/// Whether a word stands in the place of a number that its caller does not show; Twilio writes some of them as the digits of their
/// letters.
pub(crate) fn is_withheld(number: &str) -> bool {
    const WORDS: [&str; 20] = [
        "anonymous",
        "withheld",
        "withheldnumber",
        "private",
        "privatenumber",
        "privatecaller",
        "restricted",
        "unavailable",
        "unknown",
        "unknowncaller",
        "unknownnumber",
        "blocked",
        "hidden",
        "hiddennumber",
        "nocallerid",
        "callerunknown",
        "soan",
        "anso",
        "giauso",
        "khonghienso",
    ];
    // ANONYMOUS, RESTRICTED, UNAVAILABLE.
    const DIGITS: [&str; 3] = ["266696687", "7378742833", "86282452253"];
    let plain = number.trim().trim_start_matches('+');
    // Nearly all are numbers.
    match plain.as_bytes().first() {
        Some(b'0'..=b'9') => DIGITS.contains(&plain),
        Some(_) => WORDS.contains(&fold_word(plain).as_str()),
        None => false,
    }
}

/// The number in what is written around it: `sip:0901234567@host`, `0901234567@trunk`, `%2B84…`, `'0901…`,
/// `6500(1000)`.
pub(crate) fn bare(text: &str) -> Cow<'_, str> {
    let text = text.trim().trim_start_matches('\'');
    // `Hoa <0901234567>`: the number of a name.
    if let Some((name, number)) = text.strip_suffix('>').and_then(|text| text.split_once('<'))
        && !name.contains(|c: char| c.is_ascii_digit())
        && number.contains(|c: char| c.is_ascii_digit())
        && !number.contains('<')
    {
        return bare(number);
    }
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

/// A number and the extension that is written behind it: `0901234567 x12`, `0901234567,,12`, `02438221000/12`, `0901234567 (máy lẻ 12)`;
/// none where there is none.
pub(crate) fn split_extension(text: &str) -> Option<(&str, &str)> {
    const DIGITS: usize = 5;
    const LEAST: usize = 9;
    const WORDS: [&str; 9] = ["x", "ext", "exten", "extension", "mayle", "somayle", "le", "nhanh", "maynhanh"];
    let text = text.trim();
    let whole = text.strip_suffix(')').unwrap_or(text);
    let start = whole.len() - whole.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (before, extension) = whole.split_at(start);
    if !(1..=DIGITS).contains(&extension.len()) {
        return None;
    }
    let is_between = |c: char| c.is_alphabetic() || " .:=,;/#(-".contains(c);
    let number = before.trim_end_matches(is_between);
    let (between, word) = (&before[number.len()..], fold_word(&before[number.len()..]));
    let is_number = number.chars().all(|c| c.is_ascii_digit() || " +-.()".contains(c))
        && number.bytes().filter(u8::is_ascii_digit).count() >= LEAST;
    let is_whole = || number.starts_with(['0', '+', '(']) || number.starts_with("84");
    let is_marked = match word.as_str() {
        "" => between.contains([',', ';', '/', '#']) && is_whole(),
        word => WORDS.contains(&word),
    };
    (is_number && is_marked && (1..=DIGITS).contains(&extension.len()))
        .then_some((number.trim_end_matches([' ', '-']), extension))
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
        for text in ["Hoa <0901234567>", "\"Hoa\" <sip:0901234567@host>", "<0901234567>"] {
            assert_eq!(bare(text), "0901234567", "{text}");
        }
    }

    #[test]
    fn an_extension_behind_a_number_is_no_part_of_it() {
        for text in [
            "0901234567 x12",
            "0901234567x12",
            "0901234567,,12",
            "0901234567 ext. 12",
            "0901234567/12",
            "0901234567#12",
            "0901234567 (máy lẻ 12)",
            "0901234567 - nhánh 12",
        ] {
            assert_eq!(split_extension(text), Some(("0901234567", "12")), "{text}");
        }
        for none in [
            "0901234567",
            "(028) 1234 5678",
            "12/03/2026",
            "0901234567/0901234568",
            "20260001234/12",
            "0901234567 12",
            "x12",
            "",
        ] {
            assert_eq!(split_extension(none), None, "{none}");
        }
    }

    #[test]
    fn a_withheld_number_is_known_by_its_word() {
        for word in ["Anonymous", "anonymous", "Private Number", "RESTRICTED", "Số ẩn", "+266696687", "no-caller-id"]
        {
            assert!(is_withheld(word), "{word}");
        }
        for number in ["0901234567", "", "s", "hotline", "266696688", "+"] {
            assert!(!is_withheld(number), "{number}");
        }
    }
}
