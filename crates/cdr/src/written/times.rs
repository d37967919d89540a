//! Dates and times of day.

use std::borrow::Cow;

use super::plain::{is_digits, is_nothing, seen_text};
use crate::local_time::{When, is_compact_date};

/// A time as it is written: as [`When::parse`] reads it, or with the clock before the date, a month's name, Vietnamese
/// halves of the day (`SA`, `CH`), commas, as an epoch in milliseconds or microseconds, or as a spreadsheet's serial
/// number of the day.
pub(crate) fn when(text: &str) -> Option<When> {
    if let Some(time) = When::usual(text) {
        return Some(time);
    }
    let text = seen_text(text);
    let text = text.trim().trim_start_matches('\'');
    if is_nothing(text) {
        return Some(When::Never);
    }
    // `00:00:00`: midnight of no day.
    if text.contains(':') && text.bytes().all(|byte| matches!(byte, b'0' | b':')) {
        return Some(When::Never);
    }
    if let Some(ms) = text.strip_prefix("/Date(").and_then(|rest| rest.split([')', '+', '-']).next()) {
        return numbered(ms);
    }
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_number && text.bytes().filter(|byte| *byte == b'.').count() <= 1 {
        return numbered(text);
    }
    When::parse(text).or_else(|| match text.split_once(',') {
        // A serial number where the comma is the decimal point: no group of thousands has five digits before it.
        Some((days, fraction)) if days.len() == 5 && [days, fraction].into_iter().all(is_digits) => {
            numbered(&format!("{days}.{fraction}"))
        }
        _ => When::parse(&rearranged(text)?),
    })
}

/// Whether eight digits are a day of the years 2020 to 2039.
fn is_of_now(text: &str) -> bool {
    matches!(text.as_bytes(), [b'2', b'0', b'2' | b'3', ..]) && is_compact_date(text)
}

fn numbered(text: &str) -> Option<When> {
    let whole = text.split('.').next().unwrap_or_default();
    match whole.len() {
        5 => When::parse(&serial_date(text.parse().ok()?)?),
        // Of this century: a phone number has as many digits.
        10 if whole.starts_with('1') => When::parse(text),
        13 if whole.starts_with('1') => Some(When::Instant(whole.parse().ok()?)),
        16 if whole.starts_with('1') => Some(When::Instant(whole.parse::<i64>().ok()? / 1_000)),
        // Without marks twelve digits may be a phone number, and eight any: of years that calls are of now.
        8 if whole.len() == text.len() && is_of_now(whole) => When::parse(&format!("{whole} 0000")),
        12 if whole.len() == text.len() && is_of_now(&whole[..8]) => {
            When::parse(&format!("{} {}", &whole[..8], &whole[8..]))
        }
        14 => When::parse(text),
        1 if whole == "0" => Some(When::Never),
        _ => None,
    }
}

/// `2026-11-04 09:15:02` for the day's number since 1899-12-30, of the years 2000 to 2099; its fraction is the clock.
fn serial_date(days: f64) -> Option<String> {
    /// 1970-01-01.
    const EPOCH: f64 = 25_569.0;
    if !(36_526.0..73_051.0).contains(&days) {
        return None;
    }
    // A fraction of a day holds half a second less than it was typed with.
    let ms = ((days - EPOCH) * 86_400.0).round() as i64 * 1_000;
    Some(chrono::DateTime::from_timestamp_millis(ms)?.naive_utc().format("%Y-%m-%d %H:%M:%S").to_string())
}

/// The English names of weekdays, and a Vietnamese one that is shortened.
const WEEKDAYS: [&str; 8] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "cn"];

/// `thu`, `thurs.`, `thursday`; `t5` and `cn`.
fn is_weekday_name(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    let is_shortened = |name: &str| word.len() >= 3.min(name.len()) && name.starts_with(word);
    WEEKDAYS.iter().any(|name| is_shortened(name)) || matches!(word.as_bytes(), [b't', b'2'..=b'7'])
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Date, clock and offset in the order in which [`When::parse`] reads them; none where a word is neither.
fn rearranged(text: &str) -> Option<String> {
    if text.len() > 60 {
        return None;
    }
    let text = text.to_lowercase();
    // Browsers write the zone's name behind its offset: `GMT+0700 (Indochina Time)`.
    let text = if text.contains(" gmt+") { text.split(" (").next().unwrap_or_default() } else { &text };
    let text = text.replace(['(', ')', ','], " ");
    let text = text.replace("gmt+", "+").replace("utc+", "+").replace(" giờ ", "h").replace(" phút", "");
    // `Thứ 4 04/11/2026`: the weekday may be a number.
    let is_weekday = text.starts_with("thứ ") || text.starts_with("chủ nhật");
    let weekday = if is_weekday { 2 } else { 0 };
    let (mut date, mut clock, mut half, mut offset) = (None, None, "", String::new());
    let (mut month, mut day, mut year) = (None, None, None);
    let mut words = text.split_whitespace().skip(weekday);
    while let Some(word) = words.next() {
        let is_digits = word.bytes().all(|byte| byte.is_ascii_digit());
        let dashes = word.matches(['-', '/', '.']).count();
        match word {
            _ if is_weekday_name(word) => {}
            // `09:00 thứ ba 03/11/2026`, `09:00 ngày 03/11/2026`.
            "thứ" | "chủ" if clock.is_some() => drop(words.next()),
            "ngày" | "lúc" | "at" | "-" | "–" => {}
            // `2 tháng 3 năm 2026`.
            "năm" if month.is_some() => {}
            // `2 thg 3, 2026`.
            "thg" | "tháng" if month.is_none() => {
                month = Some(words.next()?.parse().ok().filter(|month| (1..=12).contains(month))?);
            }
            "am" | "sa" | "a.m." | "sáng" => half = " am",
            "pm" | "ch" | "p.m." | "chiều" => half = " pm",
            "trưa" | "tối" | "đêm" => half = word,
            // Vietnam's and Thailand's time, as some systems name it.
            "ict" if offset.is_empty() => "+07".clone_into(&mut offset),
            "z" | "utc" | "gmt" => "Z".clone_into(&mut offset),
            _ if word.starts_with('+') && offset.is_empty() => {
                let hours = word.trim_start_matches('+');
                offset = if hours.len() == 1 { format!("+0{hours}") } else { word.to_owned() };
            }
            _ if word.contains(':') && clock.is_none() => clock = Some(Cow::Borrowed(word)),
            _ if word.contains('h') && word.starts_with(|c: char| c.is_ascii_digit()) && clock.is_none() => {
                let (hours, minutes) = word.split_once('h')?;
                let minutes = minutes.trim_end_matches(['p', '\'', '′']);
                let minutes = if minutes.is_empty() { "00" } else { minutes };
                clock = Some(Cow::Owned(format!("{hours}:{minutes}")));
            }
            // `03-Nov-2026`
            _ if dashes == 2 && month.is_none() && word.contains(|c: char| c.is_ascii_alphabetic()) => {
                let mut parts = word.split(['-', '/', '.']);
                let (first, name, last) = (parts.next()?, parts.next()?, parts.next()?);
                month = Some(MONTHS.iter().position(|month| name.starts_with(month))? + 1);
                (day, year) = if first.len() == 4 { (Some(last), Some(first)) } else { (Some(first), Some(last)) };
            }
            _ if dashes == 2 && date.is_none() => date = Some(word.to_owned()),
            _ if is_digits && word.len() == 4 && year.is_none() => year = Some(word),
            _ if is_digits && word.len() <= 2 && day.is_none() => day = Some(word),
            _ => {
                let known = MONTHS.iter().position(|name| word.starts_with(name));
                month = Some(known.filter(|_| month.is_none())? + 1);
            }
        }
    }
    let half = half_of_day(half, clock.as_deref())?;
    let date = match (date, month, day, year) {
        (Some(date), None, None, None) => date,
        (None, Some(month), Some(day), Some(year)) if year.len() == 4 => format!("{year}-{month}-{day}"),
        (None, Some(month), Some(day), Some(year)) if year.len() == 2 => format!("20{year}-{month}-{day}"),
        _ => return None,
    };
    let clock = match clock {
        // Half a day and an offset are not read together.
        Some(clock) if !half.is_empty() && !offset.is_empty() => {
            let (hour, rest) = clock.split_once(':')?;
            let hour: u32 = hour.parse().ok().filter(|hour| (1..=12).contains(hour))?;
            Some(Cow::Owned(format!("{}:{rest}", hour % 12 + if half == " pm" { 12 } else { 0 })))
        }
        clock => clock.map(|clock| if offset.is_empty() { Cow::Owned(format!("{clock}{half}")) } else { clock }),
    };
    let clock = clock.map(|clock| format!(" {clock}{offset}"));
    Some(format!("{date}{}", clock.unwrap_or_default()))
}

/// The half of the day in which a clock is that has a Vietnamese word behind it; none where it may be on two days (`12:05 tối`), or on none.
fn half_of_day<'a>(word: &'a str, clock: Option<&str>) -> Option<&'a str> {
    let hour: Option<u32> = clock.and_then(|clock| clock.split(':').next()?.parse().ok());
    match (word, hour) {
        ("trưa", Some(10 | 11)) => Some(" am"),
        ("trưa", Some(12 | 1 | 2)) | ("tối", Some(1..=11)) | ("đêm", Some(8..=11)) => Some(" pm"),
        ("trưa" | "tối" | "đêm", Some(13..=23)) => Some(""),
        ("trưa" | "tối" | "đêm", _) => None,
        (half, _) => Some(half),
    }
}

/// A date cell and the cell with its time of day as one text.
pub(crate) fn joined(date: &str, clock: &str) -> String {
    let date = date.trim();
    let serial = (date.len() == 5 && is_digits(date)).then(|| date.parse().ok().and_then(serial_date)).flatten();
    let date = serial.as_deref().unwrap_or(date);
    // A spreadsheet gives a date midnight.
    let midnight = || ["00:00:00", "0:00:00", "12:00:00 AM"].iter().find_map(|zero| date.strip_suffix(zero));
    let date = date_alone(date).or_else(midnight).unwrap_or(date);
    let clock = without_day_zero(clock.trim());
    let typed = day_fraction(clock).or_else(|| compact_clock(clock));
    format!("{} {}", date.trim_end_matches(['T', ' ']), typed.as_deref().unwrap_or(clock))
}

/// The date of a cell that has midnight behind it, as spreadsheets, databases and programs give it to a date without a time of day; none
/// where it has another time of day, or none.
pub(crate) fn date_alone(text: &str) -> Option<&str> {
    const MIDNIGHTS: [&str; 6] = ["00:00:00", "0:00:00", "00:00", "0:00", "12:00:00 AM", "12:00 AM"];
    let (date, clock) = text.trim().split_once([' ', 'T'])?;
    // `00:00:00.000Z`: the date is the one that is written, whatever the zone.
    let clock =
        ["Z", "+00:00", "+00", "+07:00", "+0700"].iter().find_map(|zone| clock.strip_suffix(zone)).unwrap_or(clock);
    let clock = match clock.split_once('.') {
        Some((clock, fraction)) if fraction.bytes().all(|byte| byte == b'0') => clock,
        _ => clock,
    };
    let is_date = date.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b'.'));
    (is_date && MIDNIGHTS.contains(&clock.trim())).then_some(date)
}

/// A time of day without the day that databases and spreadsheets write before one that has none: `1899-12-30 09:15:02`.
pub(crate) fn without_day_zero(text: &str) -> &str {
    const DAYS: [&str; 9] = [
        "1899-12-30",
        "1899-12-31",
        "1900-01-00",
        "1900-01-01",
        "1904-01-01",
        "0001-01-01",
        "30/12/1899",
        "12/30/1899",
        "00/01/1900",
    ];
    let rest = DAYS.iter().find_map(|day| text.strip_prefix(day)?.strip_prefix([' ', 'T']));
    let Some(clock) = rest else { return text };
    let clock = clock.trim_end_matches('Z');
    clock.strip_suffix(".000").unwrap_or(clock)
}

/// A time of day alone, in milliseconds since midnight, and whether it has seconds: `9:15`, `09:15:02 SA`, `8h05`, `0.385`,
/// `1899-12-30 09:15:02`. None where it is something else, or more than that.
pub(crate) fn time_of_day(text: &str) -> Option<(i64, bool)> {
    let text = seen_text(text);
    let text = without_day_zero(text.trim().trim_start_matches('\''));
    let typed = day_fraction(text).or_else(|| compact_clock(text));
    let text = typed.as_deref().unwrap_or(text);
    if text.len() > 20 || !text.starts_with(|c: char| c.is_ascii_digit()) || !text.contains([':', 'h']) {
        return None;
    }
    match when(&format!("2000-01-03 {text}"))? {
        When::Wall(wall) => Some((i64::from(wall.of_day()), wall.has_seconds)),
        _ => None,
    }
}

/// `08:00:05` for `080005`, and for `80005`, of which a spreadsheet took the first 0; `0800` has no seconds.
pub(crate) fn compact_clock(text: &str) -> Option<String> {
    if !is_digits(text) || !(4..=6).contains(&text.len()) {
        return None;
    }
    let full = if text.len() == 4 { format!("{text}00") } else { format!("{text:0>6}") };
    let parts = [&full[..2], &full[2..4], &full[4..]];
    let fits = parts.iter().zip([24, 60, 60]).all(|(part, most)| part.parse::<u32>().is_ok_and(|part| part < most));
    fits.then(|| parts.join(":"))
}

/// `09:15:02` for `0.38543981`, as a spreadsheet keeps a time of day that nobody has formatted.
pub(crate) fn day_fraction(text: &str) -> Option<String> {
    let digits = text.strip_prefix("0.").or_else(|| text.strip_prefix("0,"))?;
    if !is_digits(digits) {
        return None;
    }
    let seconds = (format!("0.{digits}").parse::<f64>().ok()? * 86_400.0).round() as u32 % 86_400;
    Some(format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local_time::DateOrder;

    fn wall(text: &str) -> Option<String> {
        let When::Wall(wall) = when(text)? else { return None };
        let at = chrono::DateTime::from_timestamp_millis(wall.millis(DateOrder::DayMonthYear)?)?;
        Some(at.naive_utc().to_string())
    }

    #[test]
    fn a_time_may_be_written_in_many_ways() {
        for text in [
            "2026-11-04 09:15:02",
            "04/11/2026 09:15:02",
            "4-11-2026 9:15:02",
            "09:15:02 04/11/2026",
            "04/11/2026, 9:15:02 AM",
            "4/11/2026 9:15:02 SA",
            "Thứ 4, 04/11/2026 09:15:02",
            "Chủ nhật, 04/11/2026 09:15:02",
            "Thứ Tư 04/11/2026 09:15:02",
            "T4 04/11/2026 09:15:02",
            "CN, 04/11/2026 9:15:02",
            "Wednes, 04/11/2026 9:15:02",
            "Thurs, 04 Nov 2026 09:15:02",
            "4 thg 11, 2026 09:15:02",
            "4 tháng 11 2026 9:15:02 SA",
            "Tues. Nov 4, 2026 9:15:02 AM",
            "Wednesday, November 4, 2026 9:15:02 AM",
            "Nov 4, 2026 9:15:02 am",
            "04 November 2026 09:15:02",
            "2026-11-04T09:15:02.000",
            "'04/11/2026 09:15:02",
            "46330.38543981",
            "46330,38543981",
            "04/11/2026\u{a0}9:15:02\u{202f}AM",
            "\u{200b}04/11/2026 09:15:02",
            "9:15:02 Sáng 04/11/2026",
            "09:15:02 - 04/11/2026",
            "2026-11-04T09:15:02,000",
            "09:15:02 Thứ Tư, 04/11/2026",
            "09:15:02 ngày 04/11/2026",
            "ngày 4 tháng 11 năm 2026 09:15:02",
            "4-Nov-26 09:15:02",
        ] {
            assert_eq!(wall(text).as_deref(), Some("2026-11-04 09:15:02"), "{text}");
        }
        for text in ["9h15 04/11/2026", "9h15 ngày 04/11/2026", "9 giờ 15 ngày 04/11/2026", "9h15' ngày 4/11/2026"]
        {
            assert_eq!(wall(text).as_deref(), Some("2026-11-04 09:15:00"), "{text}");
        }
        assert_eq!(wall("4/11/2026 2:05 CH").as_deref(), Some("2026-11-04 14:05:00"));
        for (text, clock) in
            [("12:05 trưa", "12:05"), ("11:30 trưa", "11:30"), ("1:05 trưa", "13:05"), ("10:15 đêm", "22:15")]
        {
            assert_eq!(wall(&format!("04/11/2026 {text}")), Some(format!("2026-11-04 {clock}:00")), "{text}");
        }
        // Of the day before or of the day after?
        assert_eq!((wall("04/11/2026 12:05 tối"), wall("04/11/2026 1:05 đêm")), (None, None));
        assert_eq!(wall("46330").as_deref(), Some("2026-11-04 00:00:00"));
        assert_eq!(wall(&joined("2026-11-04 00:00:00", "9:15")).as_deref(), Some("2026-11-04 09:15:00"));
        for (date, clock) in [("46330", "0,38543981"), ("46330", "0.38543981"), ("04/11/2026", "9:15:02 SA")] {
            assert_eq!(wall(&joined(date, clock)).as_deref(), Some("2026-11-04 09:15:02"), "{date} {clock}");
        }
        for (date, clock) in [
            ("2026-11-04T00:00:00", "09:15:02"),
            ("2026-11-04T00:00:00.000Z", "9:15:02 AM"),
            ("2026-11-04 00:00:00", "1899-12-30 09:15:02"),
            ("2026-11-04", "1899-12-30T09:15:02.000Z"),
            ("4/11/2026 0:00", "091502"),
        ] {
            assert_eq!(wall(&joined(date, clock)).as_deref(), Some("2026-11-04 09:15:02"), "{date} {clock}");
        }
        for (text, expected) in [
            ("09:15:02", Some((33_302_000, true))),
            ("9:15", Some((33_300_000, false))),
            ("9:15:02 CH", Some((76_502_000, true))),
            ("8h05", Some((29_100_000, false))),
            ("1899-12-30 09:15:02", Some((33_302_000, true))),
            ("0.38543981", Some((33_302_000, true))),
            ("00:00:00", Some((0, true))),
            ("02/03/2026 09:00", None),
            ("25:00", None),
            ("12", None),
            ("1m 20s", None),
            ("", None),
        ] {
            assert_eq!(time_of_day(text), expected, "{text}");
        }
        assert_eq!(wall("2026-11-04 24:00:00").as_deref(), Some("2026-11-05 00:00:00"));
        assert_eq!(wall("04/11/2026 2:05 chiều").as_deref(), Some("2026-11-04 14:05:00"));
        for (text, ms) in [
            ("1793758502", 1_793_758_502_000),
            ("1793758502000", 1_793_758_502_000),
            ("1793758502000000", 1_793_758_502_000),
            ("2026-11-04 09:15:02 GMT+7", 1_793_758_502_000),
            ("Nov 4, 2026 9:15:02 AM GMT+7", 1_793_758_502_000),
            ("Nov 4, 2026, 9:15:02 AM GMT+07:00", 1_793_758_502_000),
            ("Wed, 4 Nov 2026 02:15:02 GMT", 1_793_758_502_000),
            ("2026-11-04 09:15:02 ICT", 1_793_758_502_000),
            ("/Date(1793758502000)/", 1_793_758_502_000),
            ("/Date(1793758502000+0700)/", 1_793_758_502_000),
            ("Wed Nov 04 2026 09:15:02 GMT+0700 (Indochina Time)", 1_793_758_502_000),
            ("04 Oct 2019 17:02:00 +07", 1_570_183_320_000),
            ("Fri, 04 Oct 2019 10:02:00 +0000", 1_570_183_320_000),
        ] {
            assert_eq!(when(text), Some(When::Instant(ms)), "{text}");
        }
        assert_eq!((when("-"), when(""), when("0")), (Some(When::Never), Some(When::Never), Some(When::Never)));
        for text in ["0901234567", "901234567", "12345", "soon", "09:15", "may", "4 2026", "99999.5", "1.2.3.4"] {
            assert_eq!(when(text), None, "{text}");
        }
    }
}
