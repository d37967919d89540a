//! Instants, local days and hours, date ranges and their presets (docs/METRICS.md, "Time"; docs/API.md has the presets).

use std::{fmt, str::FromStr};

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Milliseconds in one day of 24 hours; also the longest call accepted.
pub const DAY_MS: i64 = 86_400_000;
/// Milliseconds of an hour.
pub const HOUR_MS: i64 = 3_600_000;
/// No zone sets its clock forward or back by more than this, ms.
pub const CLOCK_CHANGE_MS: i64 = 3 * HOUR_MS;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
///
/// In JSON it is written as RFC 3339 in UTC with milliseconds and read as RFC 3339 with any offset or as an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = String, format = DateTime, example = "2026-11-04T09:15:02.120+07:00"))]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The earliest accepted instant, 1970-01-01.
    pub const MIN: Self = Self(0);
    /// The latest accepted instant, 2200-01-01: later ones are a wrong unit.
    pub const MAX: Self = Self(7_258_118_400_000);

    /// RFC 3339 in UTC with milliseconds.
    pub fn to_rfc3339(self) -> String {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

impl FromStr for Timestamp {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let instant = DateTime::parse_from_rfc3339(text)
            .map_err(|_| "is not an instant such as \"2026-11-04T09:15:02.120+07:00\"")?;
        Ok(Self(instant.timestamp_millis()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Timestamp;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 instant with offset or integer milliseconds")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse().map_err(E::custom)
            }
            fn visit_i64<E: de::Error>(self, ms: i64) -> Result<Timestamp, E> {
                Ok(Timestamp(ms))
            }
            fn visit_u64<E: de::Error>(self, ms: u64) -> Result<Timestamp, E> {
                i64::try_from(ms).map(Timestamp).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// A local calendar day: days since 1970-01-01. In JSON and URLs `2026-11-04`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = String, format = Date))]
pub struct Day(pub i32);

impl Day {
    /// The day of a calendar date.
    pub fn from_date(date: NaiveDate) -> Self {
        Self(date.to_epoch_days())
    }

    /// The same day in the proleptic Gregorian calendar.
    pub fn date(self) -> NaiveDate {
        NaiveDate::from_epoch_days(self.0).unwrap_or_default()
    }

    /// 1 (Monday) to 7 (Sunday).
    pub fn weekday(self) -> u8 {
        self.date().weekday().number_from_monday() as u8
    }

    /// The first day of this day's month.
    #[must_use]
    pub fn month_start(self) -> Self {
        Self::from_date(self.date().with_day(1).unwrap_or_default())
    }

    /// The first day of this day's quarter: January, April, July or October.
    #[must_use]
    pub fn quarter_start(self) -> Self {
        let first = self.month_start().date();
        Self::from_date(first.with_month0(first.month0() / 3 * 3).unwrap_or(first))
    }

    /// The first day of this day's year.
    #[must_use]
    pub fn year_start(self) -> Self {
        Self::from_date(self.date().with_ordinal(1).unwrap_or_default())
    }

    /// The first day of the month after this day's.
    #[must_use]
    pub fn next_month_start(self) -> Self {
        let start = self.month_start().date();
        Self::from_date(start.checked_add_months(chrono::Months::new(1)).unwrap_or(start))
    }

    /// This day plus `days` (negative: before).
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date();
        write!(f, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
    }
}

impl Day {
    /// Reads a day as a person types it into a field, `4/11/2026` (day, month, year), or as [`Self::from_str`] does.
    pub fn typed(text: &str) -> Result<Self, &'static str> {
        let mut parts = text.trim().split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(day), Some(month), Some(year), None) => format!("{year}-{month:0>2}-{day:0>2}").parse(),
            _ => text.parse(),
        }
    }
}

impl FromStr for Day {
    type Err = &'static str;
    // By hand: chrono's parser would also take `2026-1-4` and `+2026-01-04`, but a URL has one spelling; and the browser
    // would carry that parser for ten digits.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let reason = "is not a date such as 2026-11-04";
        let well_formed = text.len() == 10
            && text
                .bytes()
                .enumerate()
                .all(|(n, byte)| if n == 4 || n == 7 { byte == b'-' } else { byte.is_ascii_digit() });
        if !well_formed {
            return Err(reason);
        }
        let number = |from: usize, to: usize| text[from..to].parse::<u32>().unwrap_or(0);
        let date = NaiveDate::from_ymd_opt(number(0, 4) as i32, number(5, 7), number(8, 10)).ok_or(reason)?;
        if !(1970..=2199).contains(&date.year()) {
            return Err("lies outside the years 1970 to 2199");
        }
        Ok(Self::from_date(date))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Two local days, both included; `from ≤ to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DateRange {
    /// The first day.
    pub from: Day,
    /// The last day, included.
    pub to: Day,
}

impl DateRange {
    /// Fails where the range ends before it begins.
    pub fn new(from: Day, to: Day) -> Result<Self, &'static str> {
        if from <= to { Ok(Self { from, to }) } else { Err("the range ends before it begins") }
    }

    /// Number of days, at least 1.
    pub fn days(self) -> i32 {
        self.to.0 - self.from.0 + 1
    }

    /// Every day in order.
    pub fn iter(self) -> impl Iterator<Item = Day> {
        (self.from.0..=self.to.0).map(Day)
    }

    /// The range of the same length that ends the day before this one begins.
    #[must_use]
    pub fn previous(self) -> Self {
        Self { from: self.from.plus(-self.days()), to: self.from.plus(-1) }
    }

    /// Whether the day lies in it.
    pub fn contains(self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }
}

/// What was asked for, before it is known which days that means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    /// The whole campaign, the default of a campaign's report.
    #[default]
    Whole,
    /// Today in the account's zone.
    Today,
    /// The day before.
    Yesterday,
    /// The last 7 days, today included.
    Last7Days,
    /// The last 30 days, today included.
    Last30Days,
    /// The calendar month that today is in, up to today.
    ThisMonth,
    /// The calendar month before.
    LastMonth,
    /// The calendar quarter that today is in, up to today.
    ThisQuarter,
    /// The calendar year that today is in, up to today.
    ThisYear,
    /// Two days that somebody chose.
    Custom(DateRange),
}

impl Period {
    /// The presets in the order of the picker.
    pub const PRESETS: [Self; 9] = [
        Self::Today,
        Self::Yesterday,
        Self::Last7Days,
        Self::Last30Days,
        Self::ThisMonth,
        Self::LastMonth,
        Self::ThisQuarter,
        Self::ThisYear,
        Self::Whole,
    ];

    /// The word in URLs (`period=last-7-days`); none for a custom range, which is `from` and `to`.
    pub fn word(self) -> Option<&'static str> {
        Some(match self {
            Self::Whole => "whole",
            Self::Today => "today",
            Self::Yesterday => "yesterday",
            Self::Last7Days => "last-7-days",
            Self::Last30Days => "last-30-days",
            Self::ThisMonth => "this-month",
            Self::LastMonth => "last-month",
            Self::ThisQuarter => "this-quarter",
            Self::ThisYear => "this-year",
            Self::Custom(_) => return None,
        })
    }

    /// Reads the word of a preset.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::PRESETS.into_iter().find(|preset| preset.word() == Some(word))
    }

    /// Which days this means when today is `today`; `None` for the whole campaign.
    pub fn resolve(self, today: Day) -> Option<DateRange> {
        let range = |from, to| Some(DateRange { from, to });
        match self {
            Self::Whole => None,
            Self::Today => range(today, today),
            Self::Yesterday => range(today.plus(-1), today.plus(-1)),
            Self::Last7Days => range(today.plus(-6), today),
            Self::Last30Days => range(today.plus(-29), today),
            Self::ThisMonth => range(today.month_start(), today),
            Self::LastMonth => {
                let last = today.month_start().plus(-1);
                range(last.month_start(), last)
            }
            Self::ThisQuarter => range(today.quarter_start(), today),
            Self::ThisYear => range(today.year_start(), today),
            Self::Custom(chosen) => Some(chosen),
        }
    }
}

/// A local wall-clock time with its offset, made on the server so that the browser needs no zone tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LocalTime {
    /// Milliseconds since 1970-01-01T00:00 of the local wall clock.
    pub wall_ms: i64,
    /// Offset from UTC in minutes, east positive.
    pub offset_minutes: i32,
}

impl LocalTime {
    /// The day on the calendar of the zone that it was made with.
    pub fn day(self) -> Day {
        Day(self.wall_ms.div_euclid(DAY_MS) as i32)
    }

    /// The local hour, 0 to 23.
    pub fn hour(self) -> u8 {
        (self.wall_ms.rem_euclid(DAY_MS) / 3_600_000) as u8
    }

    /// The local minute of the day, 0 to 1,439.
    pub fn minute_of_day(self) -> u16 {
        (self.wall_ms.rem_euclid(DAY_MS) / 60_000) as u16
    }

    /// RFC 3339 with seconds and offset: `2026-11-04T09:15:02+07:00`.
    pub fn to_rfc3339(self) -> String {
        let wall = DateTime::from_timestamp_millis(self.wall_ms).unwrap_or_default();
        let sign = if self.offset_minutes < 0 { '-' } else { '+' };
        let minutes = self.offset_minutes.unsigned_abs();
        format!("{}{sign}{:02}:{:02}", wall.format("%Y-%m-%dT%H:%M:%S"), minutes / 60, minutes % 60)
    }
}

/// An account's time zone, by its IANA name.
#[cfg(feature = "zones")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(chrono_tz::Tz);

#[cfg(feature = "zones")]
impl Zone {
    /// Looks a zone up by its IANA name (`Asia/Ho_Chi_Minh`), in capitals or not, with blanks or without.
    pub fn new(name: &str) -> Result<Self, &'static str> {
        let none = "is not a time zone such as Asia/Ho_Chi_Minh";
        if let Ok(zone) = name.parse() {
            return Ok(Self(zone));
        }
        let name = name.trim().replace(' ', "_");
        let found = chrono_tz::TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(&name));
        found.map(|zone| Self(*zone)).ok_or(none)
    }

    /// The names of all zones.
    pub fn names() -> impl Iterator<Item = &'static str> {
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
    }

    /// Vietnam's.
    pub const HO_CHI_MINH: Self = Self(chrono_tz::Asia::Ho_Chi_Minh);

    /// The IANA name, such as `Asia/Ho_Chi_Minh`.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The wall clock in this zone at an instant.
    pub fn local(self, at: Timestamp) -> LocalTime {
        use chrono::{Offset, TimeZone};
        let utc = DateTime::from_timestamp_millis(at.0).unwrap_or_default().naive_utc();
        let seconds = self.0.offset_from_utc_datetime(&utc).fix().local_minus_utc();
        LocalTime { wall_ms: at.0 + i64::from(seconds) * 1_000, offset_minutes: seconds / 60 }
    }

    /// The instant of a wall-clock time in milliseconds; the earlier of two where the clock is set back,
    /// the moment of the change where it is set forward and the time does not exist.
    pub fn instant(self, wall_ms: i64) -> Timestamp {
        use chrono::TimeZone;
        let naive = DateTime::from_timestamp_millis(wall_ms).unwrap_or_default().naive_utc();
        if let Some(at) = self.0.from_local_datetime(&naive).earliest() {
            return Timestamp(at.timestamp_millis());
        }
        // In a gap: the offset that held before it gives an instant just after the change.
        let before = self.local(Timestamp(wall_ms - DAY_MS));
        Timestamp(wall_ms - i64::from(before.offset_minutes) * 60_000)
    }

    /// Instants between which every moment of some local hours lies: the first is included, the second is not. Hours are counted
    /// from 1970-01-01 00:00 (day × 24 + hour), `first` and `last` are both included. Where a clock changes nearby, other
    /// moments lie between them too: an hour that comes twice has the beginning of another one within it.
    pub fn instants_of_hours(self, first: i64, last: i64) -> (Timestamp, Timestamp) {
        let (from, to) = (self.instant(first * HOUR_MS), self.instant((last + 1) * HOUR_MS));
        let (before, after) = (Timestamp(from.0 - CLOCK_CHANGE_MS), Timestamp(to.0 + CLOCK_CHANGE_MS));
        if self.local(before).offset_minutes == self.local(after).offset_minutes { (from, to) } else { (before, after) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "zones")]
    #[test]
    fn a_zone_is_known_however_its_name_is_written() {
        for name in ["Asia/Ho_Chi_Minh", "asia/ho_chi_minh", " ASIA/HO CHI MINH"] {
            assert_eq!(Zone::new(name).map(Zone::name), Ok("Asia/Ho_Chi_Minh"), "{name}");
        }
        assert!(Zone::new("Asia/HoChiMinh").is_err());
        assert!(Zone::names().all(|name| Zone::new(name).map(Zone::name) == Ok(name)));
    }

    #[test]
    fn ranges_and_presets_are_local_days_both_included() {
        let today: Day = "2026-11-22".parse().unwrap();
        let days = |period: Period| period.resolve(today).map(|r| format!("{}…{}", r.from, r.to));
        assert_eq!(days(Period::Last7Days).as_deref(), Some("2026-11-16…2026-11-22"));
        assert_eq!(days(Period::LastMonth).as_deref(), Some("2026-10-01…2026-10-31"));
        assert_eq!(days(Period::ThisMonth).as_deref(), Some("2026-11-01…2026-11-22"));
        assert_eq!(days(Period::ThisQuarter).as_deref(), Some("2026-10-01…2026-11-22"));
        assert_eq!(days(Period::ThisYear).as_deref(), Some("2026-01-01…2026-11-22"));
        let quarter = |day: &str| day.parse::<Day>().unwrap().quarter_start().to_string();
        assert_eq!((quarter("2028-02-29"), quarter("2026-06-30")), ("2028-01-01".to_owned(), "2026-04-01".to_owned()));
        assert_eq!(days(Period::Whole), None);
        for preset in Period::PRESETS {
            assert_eq!(Period::from_word(preset.word().unwrap()), Some(preset));
        }
        assert!(DateRange::new(today, today.plus(-1)).is_err());
        for text in ["2026-02-30", "2026-1-4", "+2026-01-04", "2026/01/04", "2026-01-0４", "20260104"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
        assert!("9999-01-01".parse::<Day>().is_err());
    }

    #[cfg(feature = "zones")]
    #[test]
    fn days_of_23_and_25_hours_and_a_45_minute_zone() {
        let kathmandu = Zone::new("Asia/Kathmandu").unwrap();
        let at: Timestamp = "2026-11-04T18:15:00Z".parse().unwrap();
        assert_eq!(kathmandu.local(at).to_rfc3339(), "2026-11-05T00:00:00+05:45");
        let new_york = Zone::new("America/New_York").unwrap();
        let hours = |from: &str, to: &str| {
            let wall = |day: &str| i64::from(day.parse::<Day>().unwrap().0) * DAY_MS;
            (new_york.instant(wall(to)).0 - new_york.instant(wall(from)).0) / 3_600_000
        };
        assert_eq!(hours("2026-03-08", "2026-03-09"), 23);
        assert_eq!(hours("2026-11-01", "2026-11-02"), 25);
        assert!(Zone::new("Mars/Olympus").is_err());
    }

    #[cfg(feature = "zones")]
    #[test]
    fn every_moment_lies_between_the_instants_of_its_hour() {
        for (name, around) in [
            ("Asia/Ho_Chi_Minh", "2026-11-22T00:00:00Z"),
            ("America/New_York", "2026-11-01T06:00:00Z"),
            ("America/New_York", "2026-03-08T07:00:00Z"),
            ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
            ("Asia/Kathmandu", "1985-12-31T18:30:00Z"),
        ] {
            let (zone, around) = (Zone::new(name).unwrap(), around.parse::<Timestamp>().unwrap());
            for minutes in -300..300 {
                let at = Timestamp(around.0 + minutes * 60_000);
                let local = zone.local(at);
                let hour = i64::from(local.day().0) * 24 + i64::from(local.hour());
                let (from, to) = zone.instants_of_hours(hour, hour);
                assert!(from <= at && at < to, "{at} in {name}");
            }
        }
        let day = i64::from("2026-11-22".parse::<Day>().unwrap().0);
        let (from, to) = Zone::HO_CHI_MINH.instants_of_hours(day * 24 + 7, day * 24 + 8);
        assert_eq!((from.to_string(), to.0 - from.0), ("2026-11-22T00:00:00.000Z".to_owned(), 2 * HOUR_MS));
    }

    #[test]
    fn an_instant_is_read_with_its_offset() {
        assert_eq!("2026-11-04T09:15:02.120+07:00".parse(), Ok(Timestamp(1_793_758_502_120)));
        assert_eq!(Timestamp(1_793_758_502_120).to_string(), "2026-11-04T02:15:02.120Z");
        assert!("2026-11-04T09:15:02".parse::<Timestamp>().is_err());
    }
}
