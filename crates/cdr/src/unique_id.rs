//! What a `uniqueid` of Asterisk tells: when its channel was made.

/// `1504279981.1`, `pbx-hanoi-1504279981.1` or MikoPBX's `mikopbx-1504279981.1_X7a`: the epoch in a `uniqueid`, in
/// milliseconds.
pub(crate) fn epoch_of(unique_id: &str) -> Option<i64> {
    let number = unique_id.rsplit('-').next()?;
    let (seconds, count) = number.split_once('.')?;
    let count = count.split('_').next()?;
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !(9..=10).contains(&seconds.len()) || !all_digits(seconds) || !all_digits(count) {
        return None;
    }
    Some(seconds.parse::<i64>().ok()? * 1_000)
}

/// Whether a `uniqueid` is what a spreadsheet leaves of one: `1504279981`, the second in which its channel was made, and no more. Asterisk
/// writes none without a fraction.
pub(crate) fn has_lost_fraction(unique_id: &str) -> bool {
    whole_epoch(unique_id).is_some()
}

/// The epoch of a `uniqueid` that has lost its fraction, in milliseconds.
pub(crate) fn whole_epoch(unique_id: &str) -> Option<i64> {
    let is_one =
        unique_id.len() == 10 && unique_id.starts_with('1') && unique_id.bytes().all(|byte| byte.is_ascii_digit());
    if is_one { Some(unique_id.parse::<i64>().ok()? * 1_000) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uniqueid_begins_with_an_epoch_perhaps_after_the_switchs_name() {
        assert_eq!(epoch_of("1504279981.1"), Some(1_504_279_981_000));
        assert_eq!(epoch_of("pbx-hanoi-1504279981.17"), Some(1_504_279_981_000));
        assert_eq!(epoch_of("mikopbx-1504279981.17_gh4X"), Some(1_504_279_981_000));
        for text in ["", "_", "105", "1504279981", "1504279981.", ".5", "+84901234567", "1.50428E+09", "é.1"] {
            assert_eq!(epoch_of(text), None, "{text:?}");
        }
    }
}
