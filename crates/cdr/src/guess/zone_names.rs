//! The zones that the names of columns say.

use domain::search::fold_word;

use super::{
    zone_values::{abbreviated, is_unclear, written_zone},
    zone_words::{ZoneSaid, american, zone_in_words, zone_of_city},
};

/// Zones that a time's name may end with; the longer ones come first.
pub(super) const ZONES: &[(&str, &str)] =
    &[("gmt7", "Asia/Ho_Chi_Minh"), ("utc7", "Asia/Ho_Chi_Minh"), ("gmt", "UTC"), ("utc", "UTC")];

/// The zone that stands in a name, such as `Start time (UTC)`, `UTC start time`, `Start (Tokyo time)`.
pub(crate) fn zone_in(name: &str) -> Option<String> {
    let key = fold_word(name);
    let by_key = || ZONES.iter().find(|(end, _)| key.ends_with(end)).map(|(_, zone)| (*zone).to_owned());
    match named_zone(name) {
        Some(NamedZone { zone: ZoneSaid::Known(zone), .. }) => Some(zone),
        Some(_) => None,
        None => by_key(),
    }
}

/// The zone of a time's name that is none that is known, or means several: `Start (IST)`, `Start Time CST`, `Giờ gọi (giờ Mỹ)`.
pub(crate) fn unknown_zone_in(name: &str) -> Option<String> {
    named_zone(name).filter(|named| named.zone == ZoneSaid::Unclear).map(|named| named.written)
}

/// A zone in a name.
pub(super) struct NamedZone {
    /// The name without it.
    pub(super) rest: String,
    /// As it is written there.
    written: String,
    pub(super) zone: ZoneSaid,
}

/// The zone in a name: at its end (`Start (GMT+9)`, `Start [UTC+09:00]`, `Start (Asia/Tokyo)`, `Start UTC+9`, `Start Time ET`), at its
/// beginning (`UTC start time`), or as a word in it (`start_utc_time`).
pub(super) fn named_zone(name: &str) -> Option<NamedZone> {
    let name = name.trim();
    let found = |rest: &str, written: &str, zone: ZoneSaid| NamedZone {
        rest: rest.trim_matches([' ', '_', '-']).to_owned(),
        written: written.trim().to_owned(),
        zone,
    };
    if let Some((rest, inner)) = name.strip_suffix([')', ']']).and_then(|inner| inner.rsplit_once(['(', '['])) {
        let zone =
            written_zone(inner).map(ZoneSaid::Known).or_else(|| zone_in_words(inner)).or_else(|| zone_of_city(inner));
        let zone = zone.or_else(|| american(inner.trim()).map(|zone| ZoneSaid::Known(zone.to_owned())));
        let zone = zone.or_else(|| is_unclear(inner).then_some(ZoneSaid::Unclear));
        return zone.map(|zone| found(rest, inner, zone));
    }
    if let Some((rest, last)) = name.rsplit_once([' ', '_'])
        && let Some(zone) = written_zone(last)
    {
        return Some(found(rest, last, ZoneSaid::Known(zone)));
    }
    let is_utc = |word: &str| matches!(word.to_ascii_lowercase().as_str(), "utc" | "gmt");
    let words: Vec<&str> = name.split([' ', '_', '.', '-']).filter(|word| !word.is_empty()).collect();
    if words.len() > 1 && words.iter().any(|word| is_utc(word)) {
        let rest: Vec<&str> = words.iter().copied().filter(|word| !is_utc(word)).collect();
        return Some(found(&rest.join(" "), "UTC", ZoneSaid::Known("UTC".to_owned())));
    }
    // `Start Eastern Time`, `Thời gian gọi giờ Nhật`.
    for count in (2..=3).filter(|count| *count < words.len() && !name.contains(['-', '+'])) {
        let (rest, last) = words.split_at(words.len() - count);
        if let Some(zone) = zone_in_words(&last.join(" ")) {
            return Some(found(&rest.join(" "), &last.join(" "), zone));
        }
    }
    let (first, last) = (*words.first()?, *words.last()?);
    let is_capital = |word: &str| word.bytes().all(|byte| byte.is_ascii_uppercase());
    if words.len() > 1 && name.is_ascii() && is_capital(last) && !is_capital(first) {
        let rest = words[..words.len() - 1].join(" ");
        if let Some(zone) = american(last) {
            return Some(found(&rest, last, ZoneSaid::Known(zone.to_owned())));
        }
        if is_unclear(last) {
            return Some(found(&rest, last, ZoneSaid::Unclear));
        }
    }
    if words.len() > 1 && is_capital(first) && first.len() > 2 {
        let rest = words[1..].join(" ");
        if let Some(zone) = abbreviated(first) {
            return Some(found(&rest, first, ZoneSaid::Known(zone.to_owned())));
        }
    }
    None
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

#[cfg(test)]
mod tests {
    use super::{super::zone_values::zone_named, *};

    #[test]
    fn zones_are_known_by_names_of_columns_and_by_offsets() {
        let zones = ["Start Time (UTC)", "Ngày gọi (GMT+7)", "Ngày gọi"].map(zone_in);
        assert_eq!(zones.map(Option::unwrap_or_default), ["UTC", "Asia/Ho_Chi_Minh", ""]);
        for (name, zone) in [("Start (EST)", "EST"), ("Start (PDT)", "Etc/GMT+7"), ("Start [CEST]", "Etc/GMT-2")] {
            assert_eq!(zone_in(name).as_deref(), Some(zone), "{name}");
        }
        for (name, zone) in [
            ("Start Time ET", "America/New_York"),
            ("Start (PT)", "America/Los_Angeles"),
            ("Start (Eastern Time)", "America/New_York"),
            ("Start Pacific Time", "America/Los_Angeles"),
            ("UTC start time", "UTC"),
            ("start_utc_time", "UTC"),
            ("EST start time", "EST"),
            ("Thời gian gọi (múi giờ 0)", "UTC"),
            ("Thời gian gọi giờ Việt Nam", "Asia/Ho_Chi_Minh"),
            ("Start (WITA)", "Asia/Makassar"),
        ] {
            assert_eq!(zone_in(name).as_deref(), Some(zone), "{name}");
        }
        for name in
            ["Start (7)", "Ngày CT", "Start (TEST)", "Thời gian bắt đầu", "Start time", "Start (local time)", "Giờ PT"]
        {
            assert_eq!(zone_in(name), None, "{name}");
        }
        let unknown = ["Start (IST)", "Start (BST)", "Start Time CST", "Giờ gọi (giờ Mỹ)"].map(unknown_zone_in);
        assert_eq!(unknown.map(Option::unwrap_or_default), ["IST", "BST", "CST", "giờ Mỹ"]);
        assert!(
            ["Start (UTC)", "Cost (VND)", "Start", "Start (LAST)"].iter().all(|name| unknown_zone_in(name).is_none())
        );
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
