//! Dates and times as files write them: mostly without a zone, in three orders of day, month and year.

use std::fmt;

use chrono::NaiveDate;
use domain::time::DAY_MS;
use serde::{Deserialize, Serialize};

use crate::packed::Packed;

const QUARTER_MS: u32 = 15 * 60_000;

/// The order of day, month and year in a file's dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DateOrder {
    /// `2026-11-04`.
    #[serde(rename = "ymd")]
    YearMonthDay,
    /// `4/11/2026`.
    #[serde(rename = "dmy")]
    DayMonthYear,
    /// `11/4/2026`.
    #[serde(rename = "mdy")]
    MonthDayYear,
}

impl DateOrder {
    /// All orders, the one that cannot be mistaken first.
    pub const ALL: [Self; 3] = [Self::YearMonthDay, Self::DayMonthYear, Self::MonthDayYear];
}

impl fmt::Display for DateOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::YearMonthDay => "Y-M-D",
            Self::DayMonthYear => "D/M/Y",
            Self::MonthDayYear => "M/D/Y",
        })
    }
}

/// A time cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// Empty, or one of the zero dates that mean "never".
    Never,
    /// A wall clock of unknown zone.
    Wall(Wall),
    /// An instant: the cell says its offset, or is an epoch. Milliseconds since 1970.
    Instant(i64),
}

impl Packed<'_> for When {
    fn pack(&self, into: &mut Vec<u8>) {
        match self {
            Self::Never => into.push(0),
            Self::Wall(wall) => {
                into.push(1);
                wall.pack(into);
            }
            Self::Instant(at) => {
                into.push(2);
                at.pack(into);
            }
        }
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        Some(match u8::unpack(from)? {
            0 => Self::Never,
            1 => Self::Wall(Wall::unpack(from)?),
            _ => Self::Instant(i64::unpack(from)?),
        })
    }
}

/// A wall-clock time whose day, month and year may be in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Wall {
    parts: [u16; 3],
    digits: [u8; 3],
    millis_of_day: u32,
    /// Whether seconds are written; many spreadsheets leave them out.
    pub(crate) has_seconds: bool,
}

impl When {
    /// Reads `2026-11-04 09:15:02`, as most files write it; none where it is something else.
    pub(crate) fn usual(text: &str) -> Option<Self> {
        Wall::usual(text.as_bytes()).filter(|wall| wall.millis(DateOrder::YearMonthDay).is_some()).map(Self::Wall)
    }

    /// Reads a cell; none where it is no time in any order.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Some(Self::Never);
        }
        if let Some(wall) = Wall::usual(text.as_bytes()) {
            return wall.millis(DateOrder::YearMonthDay).map(|_| Self::Wall(wall));
        }
        if let Some(ms) = epoch_seconds(text).or_else(|| epoch_of_fractions(text)) {
            return Some(Self::Instant(ms));
        }
        if let Some(spread) = spread(text) {
            return Self::parse(&spread);
        }
        let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
        let (parts, digits) = date_parts(date)?;
        let ClockTime { millis_of_day, has_seconds, offset_minutes } = ClockTime::parse(time.trim())?;
        let wall = Wall { parts, digits, millis_of_day, has_seconds };
        // 0000-00-00, 1000-01-01 and 1970-01-01 (whatever the zone made of epoch 0) stand for "never".
        if parts == [0, 0, 0] || (digits[0] == 4 && parts[0] <= 1970) || (digits[2] == 4 && parts[2] <= 1970) {
            return Some(Self::Never);
        }
        if DateOrder::ALL.into_iter().all(|order| wall.millis(order).is_none()) {
            return None;
        }
        match offset_minutes {
            Some(minutes) => Some(Self::Instant(wall.millis(DateOrder::YearMonthDay)? - i64::from(minutes) * 60_000)),
            None => Some(Self::Wall(wall)),
        }
    }
}

impl Packed<'_> for Wall {
    fn pack(&self, into: &mut Vec<u8>) {
        self.parts.iter().for_each(|part| part.pack(into));
        into.extend_from_slice(&self.digits);
        self.millis_of_day.pack(into);
        self.has_seconds.pack(into);
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        let mut part = || u16::unpack(from);
        let parts = [part()?, part()?, part()?];
        let mut digit = || u8::unpack(from);
        let digits = [digit()?, digit()?, digit()?];
        Some(Self { parts, digits, millis_of_day: u32::unpack(from)?, has_seconds: bool::unpack(from)? })
    }
}

impl Wall {
    /// The beginning of the quarter of an hour that it lies in, and how far it lies behind that (milliseconds).
    pub(crate) fn quarter(self) -> (Self, i64) {
        let within = self.millis_of_day % QUARTER_MS;
        (Self { millis_of_day: self.millis_of_day - within, has_seconds: true, ..self }, i64::from(within))
    }

    /// A number that grows with its day, without counting days; none where there is no such date in this order.
    pub(crate) fn day_place(self, order: DateOrder) -> Option<u32> {
        let [a, b, c] = self.parts.map(u32::from);
        if !self.is_ambiguous() {
            return Some((a * 16 + b) * 32 + c);
        }
        Some((self.millis(order)? / DAY_MS) as u32)
    }

    /// Whether the order of day and month has to be found out: the year is not written first in four digits.
    pub(crate) fn is_ambiguous(self) -> bool {
        self.digits[0] != 4
    }

    /// Milliseconds since the midnight before it.
    pub(crate) fn of_day(self) -> u32 {
        self.millis_of_day
    }

    /// Whether its day, month and year have two digits at most.
    pub(crate) fn has_short_parts(self) -> bool {
        self.digits[0] == 2 && self.digits.iter().all(|digits| *digits <= 2)
    }

    /// The day of a date whose year is written first.
    pub(crate) fn day_of_year_first(self) -> u16 {
        self.parts[2]
    }

    /// The first two numbers of an ambiguous date.
    pub(crate) fn first_two(self) -> (u16, u16) {
        (self.parts[0], self.parts[1])
    }

    /// `2026-11-04 16:33:01`, as most files write it.
    fn usual(text: &[u8]) -> Option<Self> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b' ' | b'T', h1, h2, b':', i1, i2, b':', s1, s2] = text
        else {
            return None;
        };
        let numbers =
            [y1, y2, y3, y4, m1, m2, d1, d2, h1, h2, i1, i2, s1, s2].map(|byte| u16::from(byte.wrapping_sub(b'0')));
        if numbers.iter().any(|number| *number > 9) {
            return None;
        }
        let [y1, y2, y3, y4, m1, m2, d1, d2, h1, h2, i1, i2, s1, s2] = numbers;
        let year = y1 * 1_000 + y2 * 100 + y3 * 10 + y4;
        let clock = [h1 * 10 + h2, i1 * 10 + i2, s1 * 10 + s2];
        let fits = year > 1970 && clock[0] < 24 && clock[1] < 60 && clock[2] < 60;
        let [hour, minute, second] = clock.map(u32::from);
        let millis_of_day = ((hour * 60 + minute) * 60 + second) * 1_000;
        let parts = [year, m1 * 10 + m2, d1 * 10 + d2];
        fits.then_some(Self { parts, digits: [4, 2, 2], millis_of_day, has_seconds: true })
    }

    /// Milliseconds since 1970-01-01T00:00 of the wall clock; none where there is no such date in this order.
    /// A year written first in four digits is that, whatever the order of the file's other dates.
    pub(crate) fn millis(self, order: DateOrder) -> Option<i64> {
        let [a, b, c] = self.parts;
        let year_at = |at: usize| match self.digits[at] {
            4 => Some(i32::from(self.parts[at])),
            // Asterisk exists since 1999.
            2 if self.parts[at] < 70 => Some(2000 + i32::from(self.parts[at])),
            2 => Some(1900 + i32::from(self.parts[at])),
            _ => None,
        };
        let (year, month, day) = match order {
            _ if self.digits[0] == 4 => (year_at(0)?, b, c),
            DateOrder::YearMonthDay => (year_at(0)?, b, c),
            DateOrder::DayMonthYear => (year_at(2)?, b, a),
            DateOrder::MonthDayYear => (year_at(2)?, a, b),
        };
        if !(1971..=2199).contains(&year) {
            return None;
        }
        let date = NaiveDate::from_ymd_opt(year, u32::from(month), u32::from(day))?;
        Some(i64::from(date.to_epoch_days()) * DAY_MS + i64::from(self.millis_of_day))
    }
}

/// `2026-11-04T09:15:02Z`, `2026-11-04T09:15:02.120+07:00`: milliseconds since 1970, rounded down. None for the rarer ways in
/// which RFC 3339 allows to write an instant, and where it is none.
pub(crate) fn rfc3339(text: &[u8]) -> Option<i64> {
    let (wall, rest) = text.split_at_checked(19)?;
    let digits =
        if rest.first() == Some(&b'.') { rest[1..].iter().take_while(|byte| byte.is_ascii_digit()).count() } else { 0 };
    let (fraction, offset) = match digits {
        0 if rest.first() == Some(&b'.') => return None,
        0 => ("", rest),
        1..=9 => (std::str::from_utf8(&rest[1..=digits]).ok()?, &rest[digits + 1..]),
        _ => return None,
    };
    let minutes = match offset {
        b"Z" => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let [h1, h2, m1, m2] = [h1, h2, m1, m2].map(|byte| i64::from(byte.wrapping_sub(b'0')));
            let fits = h1 <= 2 && h2 <= 9 && h1 * 10 + h2 < 24 && m1 <= 5 && m2 <= 9;
            let minutes = (h1 * 10 + h2) * 60 + m1 * 10 + m2;
            fits.then_some(if *sign == b'-' { -minutes } else { minutes })?
        }
        _ => return None,
    };
    let wall = Wall::usual(wall).filter(|_| wall[10] == b'T')?.millis(DateOrder::YearMonthDay)?;
    Some(wall + i64::from(millis(fraction)) - minutes * 60_000)
}

/// `1690325492` or `1690325492.123456`: seconds since 1970, of this century.
fn epoch_seconds(text: &str) -> Option<i64> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !(9..=10).contains(&seconds.len()) || !all_digits(seconds) || !all_digits(fraction) || fraction.len() > 9 {
        return None;
    }
    Some(seconds.parse::<i64>().ok()? * 1_000 + i64::from(millis(fraction)))
}

/// `1690325492123` or `1690325492123456`: milliseconds or microseconds since 1970, of this century.
fn epoch_of_fractions(text: &str) -> Option<i64> {
    let number: i64 = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())??;
    match text.len() {
        13 => Some(number),
        16 => Some(number / 1_000),
        _ => None,
    }
    .filter(|ms| *ms >= 946_684_800_000)
}

/// `2026-03-02 08:00:00` for `20260302080000`, `20260302T080000Z`, `20260302 0800`: what stands without marks has them then. None for what is
/// written in another way, and for numbers of as many digits that are no time.
fn spread(text: &str) -> Option<String> {
    let (date, rest) = text.split_at_checked(8)?;
    let clock = rest.strip_prefix([' ', 'T', 't', '_', '-']).unwrap_or(rest);
    let is_apart = clock.len() < rest.len();
    if !is_compact_date(date) {
        return None;
    }
    if is_apart && clock.contains(':') {
        return Some(format!("{}-{}-{} {clock}", &date[..4], &date[4..6], &date[6..]));
    }
    let digits = clock.bytes().take_while(u8::is_ascii_digit).count();
    let (clock, rest) = clock.split_at(digits);
    // Without a mark between them twelve digits may be a phone number.
    if !(digits == 6 || (digits == 4 && is_apart)) {
        return None;
    }
    let clock: Vec<&str> = (0..digits).step_by(2).map(|at| &clock[at..at + 2]).collect();
    Some(format!("{}-{}-{} {}{rest}", &date[..4], &date[4..6], &date[6..], clock.join(":")))
}

/// Whether eight digits are a day of this century: `20260302`.
pub(crate) fn is_compact_date(text: &str) -> bool {
    let number = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u32>().ok());
    let is_digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let day = || NaiveDate::from_ymd_opt(number(0, 4)? as i32, number(4, 6)?, number(6, 8)?);
    is_digits && text.starts_with("20") && day().is_some()
}

/// The first three digits after the point.
fn millis(fraction: &str) -> u32 {
    fraction.bytes().chain(std::iter::repeat(b'0')).take(3).fold(0, |sum, byte| sum * 10 + u32::from(byte - b'0'))
}

fn number(text: &str, longest: usize) -> Option<u16> {
    let fits = (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

fn date_parts(date: &str) -> Option<([u16; 3], [u8; 3])> {
    let mut pieces = date.split(['-', '/', '.']);
    let pieces = [pieces.next()?, pieces.next()?, pieces.next().filter(|_| pieces.next().is_none())?];
    let mut parts = [0; 3];
    let mut digits = [0; 3];
    for (at, piece) in pieces.into_iter().enumerate() {
        parts[at] = number(piece, 4)?;
        digits[at] = piece.len() as u8;
    }
    Some((parts, digits))
}

struct ClockTime {
    millis_of_day: u32,
    has_seconds: bool,
    offset_minutes: Option<i32>,
}

impl ClockTime {
    /// `16:33`, `16:33:01.5`, `16:33:01,5`, `4:33:01 PM`, `16:33:01+03`, `16:33:01Z`, or nothing for midnight.
    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self { millis_of_day: 0, has_seconds: false, offset_minutes: None });
        }
        let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | ',')).unwrap_or(text.len());
        let (time, rest) = text.split_at(end);
        let mut pieces = time.split(':');
        let mut hour = u32::from(number(pieces.next()?, 2)?);
        let minute = u32::from(number(pieces.next()?, 2)?);
        let seconds = pieces.next();
        let (second, fraction) = seconds.map_or(("0", ""), |text| text.split_once(['.', ',']).unwrap_or((text, "")));
        let second = u32::from(number(second, 2)?);
        if pieces.next().is_some() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut offset_minutes = None;
        match rest.trim() {
            "" => {}
            "Z" | "z" | "UTC" | "GMT" => offset_minutes = Some(0),
            half if half.eq_ignore_ascii_case("am") && (1..=12).contains(&hour) => hour %= 12,
            // `14:05 PM` says it twice.
            half if half.eq_ignore_ascii_case("pm") && (1..=23).contains(&hour) => hour = hour % 12 + 12,
            offset => offset_minutes = Some(offset_of(offset)?),
        }
        // The end of a day (ISO 8601).
        let is_end = hour == 24 && minute == 0 && second == 0 && rest.trim().is_empty() && millis(fraction) == 0;
        if (hour > 23 && !is_end) || minute > 59 || second > 59 {
            return None;
        }
        let millis_of_day = ((hour * 60 + minute) * 60 + second) * 1_000 + millis(fraction);
        Some(Self { millis_of_day, has_seconds: seconds.is_some(), offset_minutes })
    }
}

/// `+03`, `+0300`, `+05:45`, `-08`.
fn offset_of(text: &str) -> Option<i32> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits, "0"),
        4 => digits.split_at_checked(2)?,
        _ => digits.split_once(':')?,
    };
    let (hours, minutes) = (i32::from(number(hours, 2)?), i32::from(number(minutes, 2)?));
    if hours <= 14 && minutes <= 59 { Some(sign * (hours * 60 + minutes)) } else { None }
}

/// `UTC+05:45`; `UTC` for no offset.
pub(crate) fn offset_name(minutes: i32) -> String {
    let (sign, size) = (if minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
    if minutes == 0 { "UTC".to_owned() } else { format!("UTC{sign}{:02}:{:02}", size / 60, size % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(text: &str, order: DateOrder) -> Option<String> {
        let When::Wall(wall) = When::parse(text)? else { return None };
        let at = chrono::DateTime::from_timestamp_millis(wall.millis(order)?)?;
        Some(at.naive_utc().to_string())
    }

    #[test]
    fn a_date_is_read_in_the_order_that_was_found() {
        use DateOrder::{DayMonthYear, MonthDayYear, YearMonthDay};
        for order in [DayMonthYear, MonthDayYear, YearMonthDay] {
            assert_eq!(wall("2026-11-04 09:15:02", order).as_deref(), Some("2026-11-04 09:15:02"));
        }
        assert_eq!(wall("1/9/2017 16:33:01", DayMonthYear).as_deref(), Some("2017-09-01 16:33:01"));
        assert_eq!(wall("1/9/2017 16:33:01", MonthDayYear).as_deref(), Some("2017-01-09 16:33:01"));
        assert_eq!(wall("24/08/17 09:32", DayMonthYear).as_deref(), Some("2017-08-24 09:32:00"));
        assert_eq!(wall("24/08/17 09:32", YearMonthDay).as_deref(), Some("2024-08-17 09:32:00"));
        assert_eq!(wall("24/08/17 09:32", MonthDayYear), None);
        assert_eq!(wall("9/1/2017 4:33:01 pm", MonthDayYear).as_deref(), Some("2017-09-01 16:33:01"));
        assert_eq!(wall("9/1/2017 12:05 AM", MonthDayYear).as_deref(), Some("2017-09-01 00:05:00"));
    }

    #[test]
    fn zero_dates_mean_never() {
        for text in
            ["", " ", "0000-00-00 00:00:00", "1000-01-01 00:00:00", "1970-01-01 01:00:00", "1969-12-31 19:00:00"]
        {
            assert_eq!(When::parse(text), Some(When::Never), "{text:?}");
        }
    }

    #[test]
    fn an_offset_or_an_epoch_makes_an_instant() {
        let at = Some(When::Instant(1_690_325_492_000));
        for text in [
            "1690325492",
            "1690325492.0",
            "2023-07-25 22:51:32Z",
            "2023-07-26 01:51:32+03",
            "2023-07-25T19:06:32 -03:45",
        ] {
            assert_eq!(When::parse(text), at, "{text:?}");
        }
        for text in ["1690325492.1234", "1690325492123", "1690325492123999"] {
            assert_eq!(When::parse(text), Some(When::Instant(1_690_325_492_123)));
        }
    }

    #[test]
    fn an_instant_is_read_as_chrono_reads_it() {
        let instants = [
            "2026-11-04T09:15:02Z",
            "2026-11-04T09:15:02+07:00",
            "2026-11-04T09:15:02.1-03:30",
            "2026-11-04T09:15:02.123456789+00:00",
            "2000-02-29T23:59:59.999-14:00",
        ];
        for text in instants {
            let expected = chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis();
            assert_eq!(rfc3339(text.as_bytes()), Some(expected), "{text}");
            // Whatever is changed in it, what is read is read in the same way.
            for at in 0..text.len() {
                for byte in *b"019:-+.Z T" {
                    let mut changed = text.as_bytes().to_vec();
                    changed[at] = byte;
                    let expected = chrono::DateTime::parse_from_rfc3339(std::str::from_utf8(&changed).unwrap());
                    if let Some(ms) = rfc3339(&changed) {
                        assert_eq!(expected.map(|at| at.timestamp_millis()), Ok(ms), "{changed:?}");
                    }
                }
            }
        }
        for text in ["", "2026-11-04T09:15:02", "2026-11-04T09:15:02.Z", "2026-02-30T09:15:02Z", "2026-11-04T09:15:60Z"]
        {
            assert_eq!(rfc3339(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_not_read_as_one() {
        for text in [
            "abc",
            "2026-13-45 10:00",
            "32/13/2017 1:00",
            "2026-11-04 25:00",
            "2026-11-04 10",
            "1-2",
            "/ /",
            "12:30",
            "84901234567",
            "0849012345678",
            "é/1/2",
            "2026-11-04 10:00 é",
        ] {
            assert_eq!(When::parse(text), None, "{text:?}");
        }
    }
}
