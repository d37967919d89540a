//! The form in which texts are searched: a person who types without marks finds a name that has them.

/// Lower case, without the marks of Vietnamese (and of most European) letters; `đ` becomes `d`. Texts with precomposed
/// letters and with combining marks come out the same. Runs of blanks become one.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(folded_letters));
    }
    folded
}

/// Letters and digits of [`fold`] alone: `Số điện thoại`, `SO DIEN THOAI` and `so_dien_thoai` are one.
pub fn fold_word(text: &str) -> String {
    if text.is_ascii() {
        return text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    }
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What [`fold`] makes of a character.
pub(crate) fn folded_letters(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().filter(|c| !is_combining(*c)).map(unmarked)
}

/// Combining diacritical marks, U+0300 to U+036F: the second half of a decomposed letter.
pub(crate) fn is_combining(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn unmarked(c: char) -> char {
    match c {
        'à' | 'á' | 'ả' | 'ã' | 'ạ' | 'ă' | 'ằ' | 'ắ' | 'ẳ' | 'ẵ' | 'ặ' | 'â' | 'ầ' | 'ấ' | 'ẩ' | 'ẫ' | 'ậ' | 'ä'
        | 'å' | 'ā' | 'ą' => 'a',
        'è' | 'é' | 'ẻ' | 'ẽ' | 'ẹ' | 'ê' | 'ề' | 'ế' | 'ể' | 'ễ' | 'ệ' | 'ë' | 'ē' | 'ę' | 'ě' => {
            'e'
        }
        'ì' | 'í' | 'ỉ' | 'ĩ' | 'ị' | 'î' | 'ï' | 'ī' | 'ı' => 'i',
        'ò' | 'ó' | 'ỏ' | 'õ' | 'ọ' | 'ô' | 'ồ' | 'ố' | 'ổ' | 'ỗ' | 'ộ' | 'ơ' | 'ờ' | 'ớ' | 'ở' | 'ỡ' | 'ợ' | 'ö'
        | 'ø' | 'ō' | 'ő' => 'o',
        'ù' | 'ú' | 'ủ' | 'ũ' | 'ụ' | 'ư' | 'ừ' | 'ứ' | 'ử' | 'ữ' | 'ự' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => {
            'u'
        }
        'ỳ' | 'ý' | 'ỷ' | 'ỹ' | 'ỵ' | 'ÿ' => 'y',
        'đ' | 'ď' => 'd',
        'ç' | 'ć' | 'č' => 'c',
        'ğ' => 'g',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ř' => 'r',
        'ś' | 'š' | 'ş' => 's',
        'ť' | 'ţ' => 't',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marks_and_case_do_not_matter() {
        assert_eq!(fold("Nguyễn Thị  Hồng Đào "), "nguyen thi hong dao");
        assert_eq!(fold("ĐẶNG THỊ MỸ LỆ"), "dang thi my le");
        // The same name with combining marks, as a Mac writes file names.
        assert_eq!(fold("Nguye\u{302}\u{303}n Thi\u{323}"), "nguyen thi");
        assert_eq!(fold("100%_\\"), "100%_\\");
    }

    #[test]
    fn spellings_of_one_word_meet() {
        for text in ["Số điện thoại", "SỐ ĐIỆN THOẠI", "so_dien_thoai", "So Dien-Thoai:", "Số điê\u{323}n thoa\u{323}i"]
        {
            assert_eq!(fold_word(text), "sodienthoai", "{text}");
        }
        assert_eq!(fold_word("Thời lượng (giây)"), "thoiluonggiay");
        assert_eq!(fold_word(" – "), "");
    }

    proptest! {
        /// A part of a name, typed in any case, is a part of the folded name.
        #[test]
        fn a_folded_text_stays_as_it_is(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
