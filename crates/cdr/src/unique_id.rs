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
