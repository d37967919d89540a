//! Which part of a recording a request asks for (RFC 9110 §14).

use axum::http::{HeaderMap, header};

/// What to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentRange {
    /// All of it: 200.
    Whole,
    /// From the first to before the second: 206.
    Bytes(u64, u64),
    /// Nothing of it lies within: 416.
    Outside,
}

/// Reads `Range` and `If-Range` for a recording of this size and entity tag.
///
/// A range that cannot be read, of another unit, or of several parts is ignored, as the RFC allows: the whole is sent.
/// So it is where `If-Range` names another state of the recording, or a date (only tags are strong here).
pub fn part(headers: &HeaderMap, bytes: u64, etag: &str) -> SentRange {
    let Some(range) = headers.get(header::RANGE).and_then(|range| range.to_str().ok()) else { return SentRange::Whole };
    if let Some(condition) = headers.get(header::IF_RANGE)
        && condition.as_bytes() != etag.as_bytes()
    {
        return SentRange::Whole;
    }
    let Some((unit, set)) = range.split_once('=') else { return SentRange::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") || set.contains(',') {
        return SentRange::Whole;
    }
    let Some((first, last)) = set.trim().split_once('-') else { return SentRange::Whole };
    match (number(first), number(last)) {
        (Some(Some(first)), Some(None)) if first < bytes => SentRange::Bytes(first, bytes),
        (Some(Some(first)), Some(Some(last))) if first <= last && first < bytes => {
            SentRange::Bytes(first, last.saturating_add(1).min(bytes))
        }
        (Some(Some(first)), Some(Some(last))) if last < first => SentRange::Whole,
        (Some(None), Some(Some(suffix))) if suffix > 0 && bytes > 0 => {
            SentRange::Bytes(bytes.saturating_sub(suffix), bytes)
        }
        (Some(Some(_)), Some(_)) | (Some(None), Some(Some(_))) => SentRange::Outside,
        _ => SentRange::Whole,
    }
}

/// `Some(None)` for an empty text, `None` for what is no number. More digits than fit count as very large.
#[expect(clippy::option_option, reason = "absent and wrong are two answers")]
fn number(text: &str) -> Option<Option<u64>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| Some(text.parse().unwrap_or(u64::MAX)))
}

/// Whether `If-None-Match` names this state.
pub fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.trim_start_matches("W/") == etag
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(range: &str, bytes: u64) -> SentRange {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_str(range).unwrap());
        part(&headers, bytes, "\"t\"")
    }

    #[test]
    fn a_range_is_a_part_or_ignored_or_outside() {
        for (range, expected) in [
            ("bytes=0-0", SentRange::Bytes(0, 1)),
            ("bytes=0-99", SentRange::Bytes(0, 100)),
            ("bytes=0-100", SentRange::Bytes(0, 100)),
            ("bytes=99-", SentRange::Bytes(99, 100)),
            ("bytes=-1", SentRange::Bytes(99, 100)),
            ("bytes=-1000", SentRange::Bytes(0, 100)),
            ("Bytes = 5 - 6", SentRange::Bytes(5, 7)),
            ("bytes=5-99999999999999999999999", SentRange::Bytes(5, 100)),
            ("bytes=100-", SentRange::Outside),
            ("bytes=100-200", SentRange::Outside),
            ("bytes=99999999999999999999999-", SentRange::Outside),
            ("bytes=-0", SentRange::Outside),
            ("bytes=6-5", SentRange::Whole),
            ("bytes=-", SentRange::Whole),
            ("bytes=a-b", SentRange::Whole),
            ("bytes=0-1,3-4", SentRange::Whole),
            ("items=0-1", SentRange::Whole),
            ("bytes", SentRange::Whole),
        ] {
            assert_eq!(of(range, 100), expected, "{range}");
        }
        assert_eq!(of("bytes=0-", 0), SentRange::Outside);
        assert_eq!(of("bytes=-5", 0), SentRange::Outside);
    }

    #[test]
    fn a_condition_that_fails_sends_the_whole() {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static("bytes=0-1"));
        for (condition, expected) in [
            ("\"t\"", SentRange::Bytes(0, 2)),
            ("\"u\"", SentRange::Whole),
            ("W/\"t\"", SentRange::Whole),
            ("Sun, 22 Nov 2026 08:00:00 GMT", SentRange::Whole),
        ] {
            headers.insert(header::IF_RANGE, HeaderValue::from_static(condition));
            assert_eq!(part(&headers, 100, "\"t\""), expected, "{condition}");
        }
    }

    #[test]
    fn a_known_state_is_recognised() {
        for (value, known) in
            [("\"t\"", true), ("W/\"t\"", true), ("\"a\", \"t\"", true), ("*", true), ("\"a\"", false)]
        {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static(value));
            assert_eq!(is_known(&headers, "\"t\""), known, "{value}");
        }
    }
}
