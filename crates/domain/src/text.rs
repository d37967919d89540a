//! Texts that others wrote, made fit to stand among ours: on one line, and with nothing in them that nobody sees.

use std::{borrow::Cow, fmt::Write};

/// Whether a character is not seen and yet changes what is: it turns the direction of the text around it, or stands without
/// width between letters, so that two names look alike. The joiners (U+200C, U+200D) are not among them: Persian, the
/// languages of India and many emoji need them.
pub fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

/// A text in which whatever is not seen is, by its number: what a log shows must not read as something else.
///
/// ```
/// assert_eq!(domain::text::with_unseen_shown("a\u{202e}b"), "a[U+202E]b");
/// ```
pub fn with_unseen_shown(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unseen) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_unseen(c) {
            // Into memory, which cannot fail.
            let _ = write!(shown, "[U+{:04X}]", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    shown.into()
}

/// Whether a character ends a line, or is an order to a terminal.
fn is_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// The digit in ASCII that a character is, also one of full width.
pub(crate) fn digit(c: char) -> Option<char> {
    match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
        _ => c.is_ascii_digit().then_some(c),
    }
}

/// A name on one line: without characters that nobody sees, a blank in the place of line ends and control characters, no
/// blanks around it. It may be empty.
///
/// ```
/// assert_eq!(domain::text::one_line(" Tết\u{202e} 2027\r\nBcc: x@y.vn "), "Tết 2027 Bcc: x@y.vn");
/// ```
pub fn one_line(text: &str) -> String {
    if !text.chars().any(|c| is_unseen(c) || is_break(c)) {
        return text.trim().to_owned();
    }
    let seen: String = text.chars().filter(|c| !is_unseen(*c)).collect();
    let parts = seen.split(is_break).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ").trim().to_owned()
}

/// What every system takes for the name of a file, and no program for anything else: on one line, `_` in the place of what
/// separates folders, is reserved somewhere, or begins an encoded word of a mail's header.
///
/// ```
/// assert_eq!(domain::text::file_name("../tet\u{202e}?.xlsx"), ".._tet_.xlsx");
/// ```
pub fn file_name(text: &str) -> String {
    one_line(text).replace(['/', '\\', ':', '*', '?', '"', '<', '>', '|'], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_dropped_and_what_is_needed_stays() {
        assert_eq!(one_line("\u{202e}tan\u{200b}\u{2066}g\u{feff}"), "tang");
        assert_eq!(one_line("\u{200b}\u{2060}"), "");
        for whole in ["Chăm sóc khách hàng", "می\u{200c}خواهم", "👩\u{200d}💻", "عربي 12", "=1+1 <b>"]
        {
            assert_eq!(one_line(whole), whole);
        }
    }

    #[test]
    fn what_ends_a_line_becomes_a_blank() {
        assert_eq!(one_line("a\r\nb\u{2028}c\u{2029}\u{85}d\0e\u{1b}[31m"), "a b c d e [31m");
    }

    #[test]
    fn a_file_name_leads_to_no_folder_and_is_no_encoded_word() {
        assert_eq!(file_name("../../etc\\x"), ".._.._etc_x");
        assert_eq!(file_name("=?utf-8?q?a?=.xlsx"), "=_utf-8_q_a_=.xlsx");
    }
}
