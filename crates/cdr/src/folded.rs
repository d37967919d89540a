//! Words as people type them, in the form in which their spellings meet.

use unicode_normalization::UnicodeNormalization;

/// Letters and digits alone, in lower case and without accents: `Số điện thoại`, `SO DIEN THOAI` and `so_dien_thoai`
/// are one.
pub(crate) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    }
    // Taken apart, an accent is a character of its own, and neither letter nor digit.
    let letters = text.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    letters.map(|c| if c == 'đ' { 'd' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_meet() {
        for text in ["Số điện thoại", "SỐ ĐIỆN THOẠI", "so_dien_thoai", "So Dien-Thoai:", "Số điê\u{323}n thoa\u{323}i"]
        {
            assert_eq!(folded(text), "sodienthoai", "{text}");
        }
        assert_eq!(folded("Thời lượng (giây)"), "thoiluonggiay");
        assert_eq!(folded(" – "), "");
    }
}
