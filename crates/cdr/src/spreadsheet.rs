//! What spreadsheets make of numbers: `918287463433.0`, `9.18287463433E+11`.

/// `1.50428E+09`: a spreadsheet has rounded the number, many rows share it now.
pub(crate) fn is_rounded(text: &str) -> bool {
    text.split_once(['E', 'e']).is_some_and(|(number, exponent)| {
        number.contains('.') && number.parse::<f64>().is_ok() && exponent.parse::<i32>().is_ok()
    })
}

/// A number as it was dialled.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DialledNumber {
    pub(crate) number: String,
    /// A spreadsheet had written it as a number, which was undone.
    pub(crate) is_put_back: bool,
}

/// The number as it was dialled: a spreadsheet's `918287463433.0` and `9.18287463433E+11`, in which no digit is lost, are undone.
pub(crate) fn phone_number(dst: &str) -> Result<DialledNumber, &'static str> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let put_back = |number: String| Ok(DialledNumber { number, is_put_back: true });
    // Perhaps with the blanks that somebody has formatted it with.
    let whole = dst.strip_suffix(".0").or_else(|| dst.strip_suffix(".00"));
    if let Some(whole) = whole
        && whole.starts_with(|c: char| c.is_ascii_digit())
        && whole.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ')
    {
        return put_back(whole.replace(' ', ""));
    }
    if !is_rounded(dst) {
        return Ok(DialledNumber { number: dst.to_owned(), is_put_back: false });
    }
    let lost = "was rounded by a spreadsheet, its last digits are lost: export the file again with numbers as text";
    let (mantissa, exponent) = dst.split_once(['E', 'e']).ok_or(lost)?;
    let (whole, fraction) = mantissa.split_once('.').ok_or(lost)?;
    match exponent.parse::<usize>() {
        Ok(exponent) if exponent == fraction.len() && is_number(whole) && is_number(fraction) => {
            put_back(format!("{whole}{fraction}"))
        }
        _ => Err(lost),
    }
}

/// Whether a number is one that is put back.
pub(crate) fn is_put_back(dst: &str) -> bool {
    // Nearly none is, which is seen at once.
    (dst.ends_with(".0") || dst.ends_with(".00") || dst.contains(['E', 'e']))
        && phone_number(dst).is_ok_and(|number| number.is_put_back)
}

/// What to say about numbers that were put back, before how many.
pub(crate) const PUT_BACK: &str =
    "phone numbers that a spreadsheet has written as numbers (\".0\" or \"E+\"), put back as they were dialled";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_that_a_spreadsheet_made_a_number_is_undone_where_no_digit_is_lost() {
        let dialled = |number: &str, is_put_back| Ok(DialledNumber { number: number.to_owned(), is_put_back });
        for written in ["918287463433.0", "918287463433.00", "9.18287463433E+11", "918 287 463 433.0"] {
            assert_eq!(phone_number(written), dialled("918287463433", true), "{written}");
        }
        assert!(phone_number("9.18287E+11").is_err());
        for kept in ["+84901234567", "0901234567", "*60", "s", "apspoliveira", "1.0.0", "e.5", "84 901 234 567", ".0"] {
            assert_eq!(phone_number(kept), dialled(kept, false));
        }
    }

    #[test]
    fn a_number_with_an_exponent_was_rounded() {
        assert!(is_rounded("1.50428E+09") && !is_rounded("1504279981.1") && !is_rounded("E"));
    }
}
