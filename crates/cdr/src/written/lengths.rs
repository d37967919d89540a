//! Lengths of time.

use domain::{search::fold_word, time::DAY_MS};
use serde::{Deserialize, Serialize};

use super::{
    plain::{Decimal, is_digits, is_nothing, plain_number},
    times::without_day_zero,
};
use crate::numbers::whole_number;

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
