//! Zones as people and programs write them: `Asia/Tokyo`, `GMT+9`, `+09:00`, `JST`.

use std::borrow::Cow;

use domain::search::fold_word;

/// Abbreviations that mean a zone in several parts of the world, or one that is not known here.
const UNCLEAR: [&str; 16] = [
    "ist", "bst", "cst", "ast", "sst", "gst", "amt", "pkt", "npt", "mmt", "acst", "awst", "aedt", "nzdt", "cat", "wat",
];

/// Whether a cell is such an abbreviation.
pub(super) fn is_unclear(cell: &str) -> bool {
    UNCLEAR.iter().any(|known| cell.trim().eq_ignore_ascii_case(known))
}

/// A zone that is written as one, and is no number alone, which may be anything: `Start (7)`.
pub(super) fn written_zone(text: &str) -> Option<String> {
    let says = text.contains(['+', '-', '−', '/'])
        || matches!(text.trim().to_ascii_lowercase().as_str(), "utc" | "gmt")
        || abbreviated(text).is_some();
    zone_named(text).filter(|_| says)
}

/// The IANA name of the zone that a cell names, which may be a number of hours, minutes or seconds east of UTC; none where it is none that
/// is known.
pub(crate) fn zone_said(text: &str) -> Option<String> {
    let by_number = || {
        let number = text.trim().parse::<f64>().ok()?;
        let minutes = match number.abs() {
            ..=14.0 => number * 60.0,
            ..=840.0 => number,
            _ => number / 60.0,
        };
        let is_one = minutes.fract() == 0.0 && minutes.abs() <= 840.0;
        zone_of_offset(if is_one { minutes as i32 } else { return None }).map(Cow::into_owned)
    };
    zone_named(text).or_else(by_number)
}

/// The IANA name of a zone as it is written; none where it is none that is known.
pub(super) fn zone_named(text: &str) -> Option<String> {
    let text = text.trim();
    let known = match fold_word(text).as_str() {
        "utc" | "gmt" | "z" | "0000" => Cow::Borrowed("UTC"),
        "07" | "0700" | "7" if !text.contains(['-', '−']) => Cow::Borrowed("Asia/Ho_Chi_Minh"),
        _ => abbreviated(text)
            .map(Cow::Borrowed)
            .or_else(|| offset_in(text).and_then(zone_of_offset))
            .unwrap_or(Cow::Borrowed(text)),
    };
    domain::time::Zone::new(&known).ok().map(|zone| zone.name().to_owned())
}

/// Zones by their abbreviations, where these mean one zone alone to people of this part of the world.
pub(super) fn abbreviated(text: &str) -> Option<&'static str> {
    const ZONES: [(&str, &str); 31] = [
        ("ict", "Asia/Ho_Chi_Minh"),
        ("jst", "Asia/Tokyo"),
        ("kst", "Asia/Seoul"),
        ("sgt", "Asia/Singapore"),
        ("hkt", "Asia/Hong_Kong"),
        ("pht", "Asia/Manila"),
        ("wib", "Asia/Jakarta"),
        ("myt", "Asia/Kuala_Lumpur"),
        ("bkk", "Asia/Bangkok"),
        // Half a year's clocks, whose offset is in the word itself.
        ("est", "EST"),
        ("edt", "Etc/GMT+4"),
        ("cdt", "Etc/GMT+5"),
        ("mst", "MST"),
        ("mdt", "Etc/GMT+6"),
        ("pst", "Etc/GMT+8"),
        ("pdt", "Etc/GMT+7"),
        ("cet", "Etc/GMT-1"),
        ("cest", "Etc/GMT-2"),
        ("eet", "Etc/GMT-2"),
        ("eest", "Etc/GMT-3"),
        ("msk", "Etc/GMT-3"),
        ("aest", "Etc/GMT-10"),
        ("nzst", "Etc/GMT-12"),
        ("wita", "Asia/Makassar"),
        ("wit", "Asia/Jayapura"),
        ("eat", "Africa/Nairobi"),
        ("sast", "Africa/Johannesburg"),
        ("akst", "Etc/GMT+9"),
        ("akdt", "Etc/GMT+8"),
        ("hst", "Pacific/Honolulu"),
        ("wast", "Etc/GMT-2"),
    ];
    ZONES.iter().find(|(known, _)| text.trim().eq_ignore_ascii_case(known)).map(|(_, zone)| *zone)
}

/// The minutes east of UTC in `GMT+9`, `UTC+09:00`, `GMT-0330`, `+09:00`, `UTC9`.
fn offset_in(text: &str) -> Option<i32> {
    let lower = text.to_ascii_lowercase();
    let named = ["utc", "gmt"].iter().find_map(|name| lower.strip_prefix(name));
    let offset = named.unwrap_or(&lower).trim();
    let (sign, digits) = match offset.chars().next()? {
        '+' => (1, &offset[1..]),
        '-' => (-1, &offset[1..]),
        '−' => (-1, &offset['−'.len_utf8()..]),
        _ if named.is_some() => (1, offset),
        _ => return None,
    };
    let digits = digits.trim();
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() >= 3 && digits.is_char_boundary(digits.len() - 2) => digits.split_at(digits.len() - 2),
        None => (digits, "0"),
    };
    let number = |text: &str| {
        text.parse::<i32>().ok().filter(|_| text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// A zone that has had this offset all year for as long as there are calls, by a name that people know where there is one.
fn zone_of_offset(minutes: i32) -> Option<Cow<'static, str>> {
    const NAMES: [(i32, &str); 14] = [
        (0, "UTC"),
        (210, "Asia/Tehran"),
        (240, "Asia/Dubai"),
        (270, "Asia/Kabul"),
        (300, "Asia/Karachi"),
        (330, "Asia/Kolkata"),
        (345, "Asia/Kathmandu"),
        (360, "Asia/Dhaka"),
        (390, "Asia/Yangon"),
        (420, "Asia/Ho_Chi_Minh"),
        (480, "Asia/Singapore"),
        (540, "Asia/Tokyo"),
        (570, "Australia/Darwin"),
        (600, "Australia/Brisbane"),
    ];
    if let Some((_, name)) = NAMES.iter().find(|(known, _)| *known == minutes) {
        return Some(Cow::Borrowed(name));
    }
    // The signs of these names are turned round.
    let sign = if minutes > 0 { '-' } else { '+' };
    (minutes % 60 == 0).then(|| Cow::Owned(format!("Etc/GMT{sign}{}", minutes.abs() / 60)))
}
