//! The zones that the names of columns and their cells say.

use std::borrow::Cow;

use domain::search::fold_word;

/// Zones that a time's name may end with; the longer ones come first.
pub(super) const ZONES: &[(&str, &str)] =
    &[("gmt7", "Asia/Ho_Chi_Minh"), ("utc7", "Asia/Ho_Chi_Minh"), ("gmt", "UTC"), ("utc", "UTC")];

/// The zone that stands in a name, such as `Start time (UTC)`.
pub(crate) fn zone_in(name: &str) -> Option<String> {
    let key = fold_word(name);
    let by_key = || ZONES.iter().find(|(end, _)| key.ends_with(end)).map(|(_, zone)| (*zone).to_owned());
    zone_at_end(name).map(|(_, zone)| zone).or_else(by_key)
}

/// Abbreviations that mean a zone in several parts of the world, or one that is not known here.
const UNCLEAR: [&str; 14] =
    ["ist", "bst", "cst", "ast", "sst", "gst", "amt", "pkt", "npt", "mmt", "acst", "awst", "aedt", "nzdt"];

/// The zone in brackets behind a time's name that is none that is known, or means several: `Start (IST)`, `Start (CST)`.
pub(crate) fn unknown_zone_in(name: &str) -> Option<&str> {
    let (_, zone) = name.trim().strip_suffix([')', ']'])?.rsplit_once(['(', '['])?;
    is_unclear(zone).then_some(zone)
}

/// Whether a cell is such an abbreviation.
pub(super) fn is_unclear(cell: &str) -> bool {
    UNCLEAR.iter().any(|known| cell.trim().eq_ignore_ascii_case(known))
}

/// A name without the zone at its end, and that zone: `Start (GMT+9)`, `Start [UTC+09:00]`, `Start (Asia/Tokyo)`, `Start UTC+9`.
pub(super) fn zone_at_end(name: &str) -> Option<(&str, String)> {
    let name = name.trim();
    let (rest, zone) = match name.strip_suffix([')', ']']) {
        Some(inner) => inner.rsplit_once(['(', '['])?,
        None => name.rsplit_once([' ', '_'])?,
    };
    // A number alone may be anything: `Start (7)`.
    let says = zone.contains(['+', '-', '−', '/'])
        || matches!(zone.trim().to_ascii_lowercase().as_str(), "utc" | "gmt")
        || abbreviated(zone).is_some();
    Some((rest, zone_named(zone).filter(|_| says)?))
}

/// Whether a column's name says that it holds the zone of the others.
pub(crate) fn is_zone(name: &str) -> bool {
    const PARTS: [&str; 5] = ["timezone", "utcoffset", "gmtoffset", "tzoffset", "muigio"];
    let key = fold_word(name);
    // Where a customer lives says nothing of the clocks.
    let is_customers = ["customer", "lead", "contact", "client", "khach"].iter().any(|whose| key.contains(whose));
    matches!(key.as_str(), "tz" | "zone" | "zoneoffset" | "utc" | "gmt")
        || (!is_customers && PARTS.iter().any(|part| key.contains(part)))
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
pub(crate) fn zone_named(text: &str) -> Option<String> {
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
fn abbreviated(text: &str) -> Option<&'static str> {
    const ZONES: [(&str, &str); 23] = [
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_by_names_of_columns_and_by_offsets() {
        let zones = ["Start Time (UTC)", "Ngày gọi (GMT+7)", "Ngày gọi"].map(zone_in);
        assert_eq!(zones.map(Option::unwrap_or_default), ["UTC", "Asia/Ho_Chi_Minh", ""]);
        for (name, zone) in [("Start (EST)", "EST"), ("Start (PDT)", "Etc/GMT+7"), ("Start [CEST]", "Etc/GMT-2")] {
            assert_eq!(zone_in(name).as_deref(), Some(zone), "{name}");
        }
        let unknown = ["Start (IST)", "Start (BST)", "Start (UTC)", "Cost (VND)", "Start"].map(unknown_zone_in);
        assert_eq!(unknown, [Some("IST"), Some("BST"), None, None, None]);
        for (text, zone) in [
            ("GMT+9", "Asia/Tokyo"),
            ("+09:00", "Asia/Tokyo"),
            ("UTC-3", "Etc/GMT+3"),
            ("gmt+0530", "Asia/Kolkata"),
            ("UTC+14", "Etc/GMT-14"),
        ] {
            assert_eq!(zone_named(text).as_deref(), Some(zone), "{text}");
        }
        assert_eq!(
            (zone_named("Hanoi"), zone_named("UTC+99"), zone_in("Start (7)"), zone_in("talk - time")),
            (None, None, None, None)
        );
    }
}
