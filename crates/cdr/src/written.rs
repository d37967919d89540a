//! Times, lengths and numbers as people and spreadsheets write them.

use std::borrow::Cow;

use domain::{Currency, search::fold_word, text::is_unseen, time::DAY_MS};
use serde::{Deserialize, Serialize};

use crate::{
    local_time::{When, is_compact_date},
    numbers::whole_number,
};

/// What stands in a cell instead of nothing.
const NOTHING: [&str; 9] = ["", "-", "--", "–", "—", "n/a", "null", "none", "nan"];

/// Whether a cell says nothing.
pub(crate) fn is_nothing(text: &str) -> bool {
    let text = text.trim();
    // `--:--:--`, as tables show a time that never came.
    let is_blank =
        |text: &str| text.len() > 2 && text.bytes().all(|byte| matches!(byte, b'-' | b':' | b'.' | b'/' | b' '));
    (text.len() <= 4 && NOTHING.iter().any(|nothing| text.eq_ignore_ascii_case(nothing)))
        || is_blank(text)
        || is_error_cell(text)
}

/// Whether a cell is what a spreadsheet shows in place of a value that it could not work out.
pub(crate) fn is_error_cell(text: &str) -> bool {
    const ERRORS: [&str; 14] = [
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#NAME?",
        "#DIV/0!",
        "#NULL!",
        "#NUM!",
        "#ERROR!",
        "#SPILL!",
        "#CALC!",
        "#BUSY!",
        "#FIELD!",
        "#GETTING_DATA",
        "#BLOCKED!",
    ];
    text.starts_with('#') && ERRORS.iter().any(|error| text.trim_end().eq_ignore_ascii_case(error))
}

/// A text without the `'` that keeps a spreadsheet from reading it as a formula or a number.
pub(crate) fn unguarded(text: &str) -> &str {
    // `="0901234567"`, by which some exports keep a spreadsheet from making a number of it.
    if let Some(formula) = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'))
        && !formula.contains('"')
    {
        return formula;
    }
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\'', '0']) => rest,
        _ => text,
    }
}

/// A text without characters that nobody sees, its blanks plain ones: of the web and of phones many have others.
pub(crate) fn seen_text(text: &str) -> Cow<'_, str> {
    let is_other_blank = |c: char| c != ' ' && c.is_whitespace() && !c.is_ascii();
    if text.is_ascii() || !text.chars().any(|c| is_unseen(c) || is_other_blank(c)) {
        return Cow::Borrowed(text);
    }
    let seen = text.chars().filter(|c| !is_unseen(*c));
    Cow::Owned(seen.map(|c| if is_other_blank(c) { ' ' } else { c }).collect())
}

/// The character before the fraction of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decimal {
    /// `1,234.5`.
    #[serde(rename = ".")]
    Point,
    /// `1.234,5`.
    #[serde(rename = ",")]
    Comma,
}

/// The unit of lengths of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Seconds.
    #[serde(rename = "s")]
    Seconds,
    /// Milliseconds.
    #[serde(rename = "ms")]
    Milliseconds,
    /// Minutes.
    #[serde(rename = "min")]
    Minutes,
    /// Hours.
    #[serde(rename = "h")]
    Hours,
    /// Days, as a spreadsheet keeps a time that nobody has formatted.
    #[serde(rename = "d")]
    Days,
    /// `1:20` is a minute and 20 seconds.
    #[serde(rename = "mm:ss")]
    MinutesSeconds,
    /// `1:20` is an hour and 20 minutes.
    #[serde(rename = "h:mm")]
    HoursMinutes,
    /// `0:01:20`; `1:20` is a minute and 20 seconds.
    #[serde(rename = "h:mm:ss")]
    HoursMinutesSeconds,
}

/// A number as a plain decimal (`-1234.5`); none where it is none in this way of writing. Blanks and separators of
/// thousands are left out.
pub(crate) fn plain_number(text: &str, decimal: Decimal) -> Option<String> {
    let (point, group) = match decimal {
        Decimal::Point => ('.', ','),
        Decimal::Comma => (',', '.'),
    };
    let text: String = text.trim().trim_start_matches('\'').chars().filter(|c| !c.is_whitespace()).collect();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once(point).unwrap_or((digits, ""));
    let mut groups = whole.split(group);
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next().filter(|first| !first.is_empty() && is_digits(first))?;
    let mut plain = format!("{sign}{first}");
    for group in groups {
        if group.len() != 3 || first.len() > 3 || !is_digits(group) {
            return None;
        }
        plain.push_str(group);
    }
    if !is_digits(fraction) || (fraction.is_empty() && digits.contains(point)) {
        return None;
    }
    if !fraction.is_empty() {
        plain.push('.');
        plain.push_str(fraction);
    }
    Some(plain)
}

/// What stands beside amounts for their currency.
const CURRENCIES: [(&str, &str); 24] = [
    ("VND", "vnd"),
    ("VND", "vnđ"),
    ("VND", "đ"),
    ("VND", "₫"),
    ("VND", "đồng"),
    ("VND", "dong"),
    ("USD", "usd"),
    ("USD", "us$"),
    ("USD", "$"),
    ("EUR", "eur"),
    ("EUR", "€"),
    ("GBP", "gbp"),
    ("GBP", "£"),
    ("SGD", "sgd"),
    ("THB", "thb"),
    ("INR", "inr"),
    ("INR", "₹"),
    ("JPY", "jpy"),
    ("KRW", "krw"),
    ("IDR", "idr"),
    ("PHP", "php"),
    ("MYR", "myr"),
    ("CNY", "cny"),
    ("AUD", "aud"),
];

fn currency_of(word: &str) -> Option<Currency> {
    let word = word.trim_matches(['.', ' ']).to_lowercase();
    let code = CURRENCIES.iter().find(|(_, known)| *known == word)?.0;
    Currency::new(code).ok()
}

/// The number of an amount and the currency that is written before or after it, if one is; none where something else is.
pub(crate) fn amount(text: &str) -> Option<(Cow<'_, str>, Option<Currency>)> {
    let text = text.trim().trim_start_matches('\'');
    let is_digit = |c: char| c.is_ascii_digit();
    let (first, last) = (text.find(is_digit)?, text.rfind(is_digit)?);
    let (before, number, after) = (&text[..first], &text[first..=last], &text[last + 1..]);
    let is_negative = before.contains(['-', '−']);
    let before = before.trim_matches(['-', '−', '+', ' ', '\u{a0}']);
    let currency = match (before, after.trim()) {
        ("", "") => None,
        (word, "") | ("", word) => Some(currency_of(word)?),
        (word, other) => Some(currency_of(word).filter(|currency| currency_of(other).as_ref() == Some(currency))?),
    };
    let number = if is_negative { Cow::Owned(format!("-{number}")) } else { Cow::Borrowed(number) };
    Some((number, currency))
}

/// A column's name without the currency at its end (`Cost (VND)`, `Cước gọi (đ)`, `price_usd`), and that currency.
pub(crate) fn named_currency(name: &str) -> Option<(&str, Currency)> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '₫' | '$' | '€' | '£' | '₹');
    let name = name.trim_end_matches(|c: char| !is_part(c));
    let start = name.char_indices().rev().take_while(|(_, c)| is_part(*c)).last()?.0;
    let currency = currency_of(&name[start..])?;
    let rest = name[..start].trim_end_matches(|c: char| !c.is_alphanumeric());
    (!rest.is_empty()).then_some((rest, currency))
}

/// Whether a number is written with points between its thousands, and nothing else: `1.200`, `1.234.567`.
pub(crate) fn has_grouping_points(number: &str) -> bool {
    number.contains('.') && !number.contains(',') && plain_number(number, Decimal::Comma).is_some()
}

/// A length of time in milliseconds, nothing for a cell that says nothing; an error where it is none, is negative or
/// longer than a day. `1:20`, `0:01:20`, `1m 20s` and `1 phút 20 giây` say their units, bare numbers are of `unit`,
/// else seconds.
pub(crate) fn length(text: &str, unit: Option<Unit>, decimal: Decimal) -> Result<Option<i64>, &'static str> {
    const NO_LENGTH: &str = "is no length of time";
    let text = without_day_zero(text.trim().trim_start_matches('\''));
    // By -1 some programs say that there was none.
    if is_nothing(text) || matches!(text, "-1" | "-1.0") {
        return Ok(None);
    }
    if matches!(unit, None | Some(Unit::Seconds))
        && let Some(seconds) = whole_number(text)
        && seconds * 1_000 <= DAY_MS
    {
        return Ok(Some(seconds * 1_000));
    }
    let ms = if text.contains(':') {
        clock_length(text, unit)
    } else if let Some(number) = plain_number(text, decimal).and_then(|plain| plain.parse::<f64>().ok()) {
        let unit_ms = match unit {
            None | Some(Unit::Seconds | Unit::MinutesSeconds | Unit::HoursMinutes | Unit::HoursMinutesSeconds) => 1e3,
            Some(Unit::Milliseconds) => 1.0,
            Some(Unit::Minutes) => 6e4,
            Some(Unit::Hours) => 3_600e3,
            Some(Unit::Days) => 86_400e3,
        };
        Some(number * unit_ms)
    } else {
        iso_length(text).or_else(|| marked_length(text)).or_else(|| spelled_length(text, decimal))
    };
    match ms {
        None => Err(NO_LENGTH),
        Some(ms) if (0.0..=DAY_MS as f64).contains(&ms) => Ok(Some(ms.round() as i64)),
        Some(_) => Err("is no length of a call: it is negative or more than a day"),
    }
}

/// `1:20`, `0:01:20.5`; `12:01:20 AM`, which a spreadsheet makes of a length.
fn clock_length(text: &str, unit: Option<Unit>) -> Option<f64> {
    let lower = text.to_ascii_lowercase();
    let (text, is_morning) = match lower.strip_suffix("am") {
        Some(text) => (text.trim(), true),
        None => (lower.as_str(), false),
    };
    let number = |text: &str| {
        let text = text.trim().replace(',', ".");
        let is_number = text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains(['e', 'n', 'i']);
        text.parse::<f64>().ok().filter(|_| is_number)
    };
    let parts: Vec<f64> = text.split(':').map(number).collect::<Option<_>>()?;
    let is_part = |part: f64| part < 60.0;
    let seconds = match parts[..] {
        [h, m] if unit == Some(Unit::HoursMinutes) && is_part(m) => (h * 60.0 + m) * 60.0,
        [m, s] if is_part(s) => m * 60.0 + s,
        [h, m, s] if is_part(m) && is_part(s) => {
            let h = if is_morning && (12.0..13.0).contains(&h) { 0.0 } else { h };
            (h * 60.0 + m) * 60.0 + s
        }
        _ => return None,
    };
    Some(seconds * 1e3)
}

/// `PT1M5S`, `P0DT00H01M05.5S` (ISO 8601), in milliseconds.
fn iso_length(text: &str) -> Option<f64> {
    let (days, time) = text.strip_prefix(['P', 'p'])?.split_once(['T', 't'])?;
    let number = |part: &str| {
        let is_number = part.starts_with(|c: char| c.is_ascii_digit())
            && part.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
        if is_number { part.replace(',', ".").parse::<f64>().ok() } else { None }
    };
    let mut sum = match days {
        "" => 0.0,
        days => number(days.strip_suffix(['D', 'd'])?)? * 86_400e3,
    };
    let mut rest = time;
    for (unit, unit_ms) in [('H', 3_600e3), ('M', 60e3), ('S', 1e3)] {
        if let Some((part, after)) = rest.split_once([unit, unit.to_ascii_lowercase()]) {
            sum += number(part)? * unit_ms;
            rest = after;
        }
    }
    (!time.is_empty() && rest.is_empty()).then_some(sum)
}

/// `1'05"`, `1′05″`, `0'45''`, `45"`: minutes and seconds by their marks, in milliseconds.
fn marked_length(text: &str) -> Option<f64> {
    let text = text.replace(['′', '’'], "'").replace(['″', '”'], "\"").replace("''", "\"").replace(' ', "");
    let (minutes, seconds) = match text.split_once('\'') {
        Some((minutes, "")) => (minutes, ""),
        Some((minutes, seconds)) => (minutes, seconds.strip_suffix('"').unwrap_or(seconds)),
        None => ("0", text.strip_suffix('"').filter(|seconds| !seconds.is_empty())?),
    };
    let seconds = if seconds.is_empty() { "0" } else { seconds };
    let [minutes, seconds] = [minutes, seconds].map(|part| part.parse::<u32>().ok().filter(|_| is_digits(part)));
    let (minutes, seconds) = (minutes?, seconds?);
    (seconds < 60 || minutes == 0).then_some((f64::from(minutes) * 60.0 + f64::from(seconds)) * 1e3)
}

/// Units as they are spelled, and their milliseconds.
const UNITS: [(f64, &[&str]); 4] = [
    (3_600e3, &["h", "hr", "hrs", "hour", "hours", "gio", "tieng"]),
    (60e3, &["m", "min", "mins", "minute", "minutes", "p", "ph", "phut"]),
    (1e3, &["s", "sec", "secs", "second", "seconds", "giay"]),
    (1.0, &["ms", "msec", "millisecond", "milliseconds"]),
];

/// `1h 2m 3s`, `45 giây`; what follows in brackets says the same again.
fn spelled_length(text: &str, decimal: Decimal) -> Option<f64> {
    let mut rest = text.split('(').next().unwrap_or_default().trim();
    let (mut sum, mut any) = (0.0, false);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ','))?;
        let written = &rest[..end];
        // `1,5 phút`: a comma or point before one digit or two parts no thousands.
        let other = if decimal == Decimal::Point { Decimal::Comma } else { Decimal::Point };
        let has_fraction = written.rsplit_once([',', '.']).is_some_and(|(_, fraction)| fraction.len() < 3);
        let plain = plain_number(written, decimal).or_else(|| plain_number(written, other).filter(|_| has_fraction));
        let number: f64 = plain?.parse().ok()?;
        rest = rest[end..].trim_start();
        let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let unit = fold_word(&rest[..end]);
        let (unit_ms, _) = UNITS.iter().find(|(_, names)| names.contains(&unit.as_str()))?;
        sum += number * unit_ms;
        any = true;
        rest = rest[end..].trim_start_matches(['.', ',', ' ']);
    }
    any.then_some(sum)
}

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

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
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
            "pm" | "ch" | "p.m." | "chiều" | "tối" => half = " pm",
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

    #[test]
    fn a_length_says_its_unit_or_has_the_one_given() {
        let ms = |text: &str, unit| length(text, unit, Decimal::Point).unwrap();
        for text in ["80", "80s", "1:20", "01:20", "0:01:20", "00:01:20.000", "1m 20s", "1m20s", "80s (1m 20s)"] {
            assert_eq!(ms(text, None), Some(80_000), "{text}");
        }
        for text in ["1 phút 20 giây", "80 giây", "1p20s", "80 sec", "12:01:20 AM", "'80"] {
            assert_eq!(ms(text, None), Some(80_000), "{text}");
        }
        assert_eq!(ms("80000", Some(Unit::Milliseconds)), Some(80_000));
        assert_eq!(ms("1.5", Some(Unit::Minutes)), Some(90_000));
        assert_eq!(ms("0.00092592592", Some(Unit::Days)), Some(80_000));
        assert_eq!(ms("1:20", Some(Unit::HoursMinutes)), Some(4_800_000));
        assert_eq!(ms("1h 2m 3s", None), Some(3_723_000));
        assert_eq!(ms("1,234.5", None), Some(1_234_500));
        assert_eq!(
            (ms("1,5 phút", None), ms("1.5 phút", None), ms("0,25h", None)),
            (Some(90_000), Some(90_000), Some(900_000))
        );
        assert_eq!(length("1.5 phút", None, Decimal::Comma), Ok(Some(90_000)));
        assert_eq!(length("1.234,5", None, Decimal::Comma), Ok(Some(1_234_500)));
        assert_eq!((ms("", None), ms("-", None), ms("N/A", None), ms("0", None)), (None, None, None, Some(0)));
        for text in ["PT1M20S", "PT80S", "P0DT0H1M20S", "1'20\"", "1′20″", "1' 20''", "80\"", "1899-12-30 00:01:20"]
        {
            assert_eq!(ms(text, None), Some(80_000), "{text}");
        }
        assert_eq!(
            (ms("0.5", Some(Unit::Hours)), ms("-1", None), ms("2'", None)),
            (Some(1_800_000), None, Some(120_000))
        );
        for text in [
            "PT", "P1D", "PT1X", "1'75\"", "\"", "-5", "25:00:00", "abc", "1:75", "1:2:3:4", "5 x", "1,2", "s", "1e3",
            "inf", "nan:1", "..", ":",
        ] {
            assert!(length(text, None, Decimal::Point).is_err(), "{text}");
        }
    }

    #[test]
    fn a_number_is_read_in_one_way_of_writing() {
        assert_eq!(plain_number("1 234,50", Decimal::Comma).as_deref(), Some("1234.50"));
        assert_eq!(plain_number("1.234.567", Decimal::Comma).as_deref(), Some("1234567"));
        assert_eq!(plain_number("-12,345.6", Decimal::Point).as_deref(), Some("-12345.6"));
        for wrong in ["1,23", "1234,567", ",5", "5.", "", "-", "1.2.3", "x"] {
            assert_eq!(plain_number(wrong, Decimal::Point), None, "{wrong}");
        }
    }

    #[test]
    fn an_amount_may_have_its_currency_beside_it() {
        let read = |text: &str| {
            amount(text).map(|(number, currency)| (number.into_owned(), currency.map(|currency| currency.to_string())))
        };
        let said = |number: &str, currency: &str| {
            Some((number.to_owned(), (!currency.is_empty()).then(|| currency.to_owned())))
        };
        for (text, expected) in [
            ("1.200,5 đ", said("1.200,5", "VND")),
            ("1,200VNĐ", said("1,200", "VND")),
            ("-$0.0130", said("-0.0130", "USD")),
            ("$ -0.5", said("-0.5", "USD")),
            ("$5 USD", said("5", "USD")),
            ("320.5", said("320.5", "")),
            ("5 đ USD", None),
            ("5 phút", None),
            ("free", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        let named = |name| named_currency(name).map(|(rest, currency)| (rest, currency.to_string()));
        for (name, rest) in
            [("Cost (VND)", "Cost"), ("Cước gọi (đ)", "Cước gọi"), ("phí VNĐ", "phí"), ("price ₫", "price")]
        {
            assert_eq!(named(name), Some((rest, "VND".to_owned())), "{name}");
        }
        assert_eq!((named("price_usd"), named("cost"), named("VND")), (Some(("price", "USD".to_owned())), None, None));
        let grouped = ["1.200", "1.234.567", "12.5", "1200", "1.200,5"].map(has_grouping_points);
        assert_eq!(grouped, [true, true, false, false, false]);
    }

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
