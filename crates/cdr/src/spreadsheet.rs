//! What spreadsheets make of numbers: `918287463433.0`, `9.18287463433E+11`.

/// `1.50428E+09`: a spreadsheet has rounded the number, many rows share it now.
pub(crate) fn is_rounded(text: &str) -> bool {
    text.split_once(['E', 'e']).is_some_and(|(number, exponent)| {
        number.contains('.') && number.parse::<f64>().is_ok() && exponent.parse::<i32>().is_ok()
    })
}

/// The number as it was dialled: a spreadsheet's `918287463433.0` and `9.18287463433E+11` are undone.
pub(crate) fn phone_number(dst: &str) -> Result<String, &'static str> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(whole) = dst.strip_suffix(".0").filter(|whole| is_number(whole)) {
        return Ok(whole.to_owned());
    }
    if !is_rounded(dst) {
        return Ok(dst.to_owned());
    }
    let lost = "was rounded by a spreadsheet, its last digits are lost: export the file again with numbers as text";
    let (mantissa, exponent) = dst.split_once(['E', 'e']).ok_or(lost)?;
    let (whole, fraction) = mantissa.split_once('.').ok_or(lost)?;
    match exponent.parse::<usize>() {
        Ok(exponent) if exponent == fraction.len() && is_number(whole) && is_number(fraction) => {
            Ok(format!("{whole}{fraction}"))
        }
        _ => Err(lost),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_that_a_spreadsheet_made_a_number_is_undone_where_no_digit_is_lost() {
        assert_eq!(phone_number("918287463433.0").as_deref(), Ok("918287463433"));
        assert_eq!(phone_number("9.18287463433E+11").as_deref(), Ok("918287463433"));
        assert!(phone_number("9.18287E+11").is_err());
        for kept in ["+84901234567", "0901234567", "*60", "s", "apspoliveira", "1.0.0", "e.5"] {
            assert_eq!(phone_number(kept).as_deref(), Ok(kept));
        }
    }

    #[test]
    fn a_number_with_an_exponent_was_rounded() {
        assert!(is_rounded("1.50428E+09") && !is_rounded("1504279981.1") && !is_rounded("E"));
    }
}
