//! Texts in the one form in which letters and their accents are one character (NFC), whoever wrote them.

use memchr::memchr2;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Whether a mark that belongs to the letter before it may be in a text: one of U+0300 to U+036F.
pub(crate) fn has_marks(text: &str) -> bool {
    !text.is_ascii() && memchr2(0xcc, 0xcd, text.as_bytes()).is_some()
}

/// A text in this form; none where it is in it.
pub(crate) fn composed(text: &str) -> Option<String> {
    (has_marks(text) && !is_nfc(text)).then(|| text.nfc().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_and_its_accents_are_one_character() {
        assert_eq!(composed("Đo\u{302}\u{300}ng y\u{301}").as_deref(), Some("Đồng ý"));
        assert_eq!((composed("Đồng ý"), composed("agreed"), composed("")), (None, None, None));
    }
}
