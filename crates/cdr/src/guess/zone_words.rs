//! Zones that the names of columns say in words: `Start (Eastern time)`, `Thời gian gọi (giờ Việt Nam)`, `Start Time ET`.

use domain::{search::fold_word, time::Zone};

use super::zone_values::zone_said;

/// Places, in the form of [`fold_word`], and the zone whose clocks are shown by their time.
const PLACES: [(&str, &str); 58] = [
    ("eastern", "America/New_York"),
    ("useastern", "America/New_York"),
    ("central", "America/Chicago"),
    ("uscentral", "America/Chicago"),
    ("mountain", "America/Denver"),
    ("pacific", "America/Los_Angeles"),
    ("uspacific", "America/Los_Angeles"),
    ("vietnam", "Asia/Ho_Chi_Minh"),
    ("vn", "Asia/Ho_Chi_Minh"),
    ("hanoi", "Asia/Ho_Chi_Minh"),
    ("saigon", "Asia/Ho_Chi_Minh"),
    ("hcm", "Asia/Ho_Chi_Minh"),
    ("tphcm", "Asia/Ho_Chi_Minh"),
    ("hochiminh", "Asia/Ho_Chi_Minh"),
    ("hochiminhcity", "Asia/Ho_Chi_Minh"),
    ("dongduong", "Asia/Ho_Chi_Minh"),
    ("indochina", "Asia/Ho_Chi_Minh"),
    ("nhat", "Asia/Tokyo"),
    ("nhatban", "Asia/Tokyo"),
    ("japan", "Asia/Tokyo"),
    ("thailand", "Asia/Bangkok"),
    ("thailan", "Asia/Bangkok"),
    ("thai", "Asia/Bangkok"),
    ("sing", "Asia/Singapore"),
    ("malaysia", "Asia/Kuala_Lumpur"),
    ("philippines", "Asia/Manila"),
    ("philippine", "Asia/Manila"),
    ("korea", "Asia/Seoul"),
    ("han", "Asia/Seoul"),
    ("hanquoc", "Asia/Seoul"),
    ("china", "Asia/Shanghai"),
    ("beijing", "Asia/Shanghai"),
    ("trungquoc", "Asia/Shanghai"),
    ("backinh", "Asia/Shanghai"),
    ("taiwan", "Asia/Taipei"),
    ("dailoan", "Asia/Taipei"),
    ("hongkong", "Asia/Hong_Kong"),
    ("india", "Asia/Kolkata"),
    ("ando", "Asia/Kolkata"),
    ("mumbai", "Asia/Kolkata"),
    ("delhi", "Asia/Kolkata"),
    ("uk", "Europe/London"),
    ("britain", "Europe/London"),
    ("anh", "Europe/London"),
    ("france", "Europe/Paris"),
    ("phap", "Europe/Paris"),
    ("germany", "Europe/Berlin"),
    ("duc", "Europe/Berlin"),
    ("uae", "Asia/Dubai"),
    ("gulf", "Asia/Dubai"),
    ("quocte", "UTC"),
    ("universal", "UTC"),
    ("coordinateduniversal", "UTC"),
    ("greenwich", "UTC"),
    ("greenwichmean", "UTC"),
    ("zulu", "UTC"),
    ("utc", "UTC"),
    ("gmt", "UTC"),
];

/// Places with several zones.
const WIDE: [&str; 13] =
    ["my", "hoaky", "us", "usa", "america", "canada", "uc", "australia", "nga", "russia", "europe", "chauau", "mexico"];

/// What words in a name say of the zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ZoneSaid {
    /// This zone, by its IANA name.
    Known(String),
    /// A place with several zones.
    Unclear,
}

/// The zone that words such as `Tokyo time`, `Eastern Standard Time`, `giờ Việt Nam` and `múi giờ 7` say; none where they are no such words.
pub(super) fn zone_in_words(text: &str) -> Option<ZoneSaid> {
    const AROUND: [&str; 9] = ["time", "standard", "daylight", "summer", "gio", "mui", "theo", "zone", "timezone"];
    let folded: Vec<String> = text.split(|c: char| !c.is_alphanumeric()).map(fold_word).collect();
    if !folded.iter().any(|word| matches!(word.as_str(), "time" | "gio" | "timezone")) {
        return None;
    }
    // `múi giờ -5`: the sign is no part of a word.
    let after =
        text.rsplit_once(char::is_whitespace).map(|(_, last)| last).filter(|_| folded.iter().any(|word| word == "mui"));
    if let Some(zone) = after.and_then(zone_said) {
        return Some(ZoneSaid::Known(zone));
    }
    let place: String = folded.iter().filter(|word| !AROUND.contains(&word.as_str())).map(String::as_str).collect();
    if WIDE.contains(&place.as_str()) {
        return Some(ZoneSaid::Unclear);
    }
    PLACES.iter().find(|(known, _)| *known == place).map(|(_, zone)| ZoneSaid::Known((*zone).to_owned()))
}

/// The zone that has its name from a city: `Tokyo time`. Words that mean something else as well (`Call Center time`) are none.
pub(super) fn zone_of_city(text: &str) -> Option<ZoneSaid> {
    const OTHERS: [&str; 3] = ["center", "wake", "midway"];
    let city = fold_word(text.trim().strip_suffix("ime")?.trim_end_matches(['t', 'T']));
    let is_of_it = |name: &&str| name.rsplit_once('/').is_some_and(|(_, last)| fold_word(last) == city);
    let is_city = city.len() > 3 && !OTHERS.contains(&city.as_str());
    is_city.then(|| Zone::names().find(is_of_it)).flatten().map(|name| ZoneSaid::Known(name.to_owned()))
}

/// The zones of the United States as their two letters behind an English name say them.
pub(super) fn american(word: &str) -> Option<&'static str> {
    Some(match word {
        "ET" => "America/New_York",
        "CT" => "America/Chicago",
        "MT" => "America/Denver",
        "PT" => "America/Los_Angeles",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_known_by_its_place() {
        let known = |zone: &str| Some(ZoneSaid::Known(zone.to_owned()));
        for (text, zone) in [
            ("Eastern Time", known("America/New_York")),
            ("Pacific Standard Time", known("America/Los_Angeles")),
            ("Japan time", known("Asia/Tokyo")),
            ("giờ Việt Nam", known("Asia/Ho_Chi_Minh")),
            ("theo giờ Hà Nội", known("Asia/Ho_Chi_Minh")),
            ("múi giờ 0", known("UTC")),
            ("múi giờ +9", known("Asia/Tokyo")),
            ("giờ quốc tế", known("UTC")),
            ("giờ Mỹ", Some(ZoneSaid::Unclear)),
            ("local time", None),
            ("giờ bắt đầu", None),
            ("Tokyo", None),
            ("start time", None),
        ] {
            assert_eq!(zone_in_words(text), zone, "{text}");
        }
        assert_eq!(zone_of_city("Tokyo time"), known("Asia/Tokyo"));
        assert_eq!(
            (zone_of_city("Call Center time"), zone_of_city("Center time"), zone_of_city("Tokyo")),
            (None, None, None)
        );
    }
}
