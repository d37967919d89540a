//! Times that mostly say their zone: RFC 3339 or integer milliseconds.

use std::borrow::Cow;

use chrono::DateTime;
use domain::{FieldError, Timestamp, time::Zone};

use crate::{
    body::Body,
    findings::{ZoneBasis, ZoneReading},
    local_time::{DateOrder, When, offset_name, rfc3339},
    node::Node,
    source::Given,
    written::when,
    zone_days::{Change, REPEATED, SKIPPED, ZoneDays},
};

const NO_TIME: &str = "is no time that can be read";

/// A number of digits alone, perhaps with a fraction; none where the text is something else.
fn epoch(text: &str) -> Option<Result<Option<i64>, &'static str>> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let number: i64 = whole.parse().unwrap_or(i64::MAX);
    Some(match whole.len() {
        _ if number == 0 => Ok(None),
        9 | 10 => {
            let ms = fraction
                .bytes()
                .chain(std::iter::repeat(b'0'))
                .take(3)
                .fold(0, |ms, byte| ms * 10 + i64::from(byte - b'0'));
            since_2000(number * 1_000 + ms)
        }
        13 => since_2000(number),
        16 => since_2000(number / 1_000),
        _ => Err("has neither the digits of seconds since 1970 nor those of milliseconds or microseconds"),
    })
}

/// `17:02:00 UTC 2019-10-18` with its date in front; other texts as they are.
fn turned(text: &str) -> Cow<'_, str> {
    match text.split_once(' ').and_then(|(time, rest)| Some((time, rest.rsplit_once(' ')?))) {
        Some((time, (zone, date))) if time.contains(':') && date.contains('-') => {
            Cow::Owned(format!("{date} {time} {zone}"))
        }
        _ => Cow::Borrowed(text),
    }
}

fn since_2000(at: i64) -> Result<Option<i64>, &'static str> {
    if at < 946_684_800_000 { Err("lies before the year 2000") } else { Ok(Some(at)) }
}

/// How many times had no zone, and the offset of the last one.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Zoneless {
    count: u64,
    offset_minutes: Option<i32>,
    /// Those that a change of the clocks repeats.
    repeated: u64,
}

/// Reads times one by one; one without a zone is a wall clock in the zone that was given, else the account's.
#[derive(Clone)]
pub(crate) struct Times {
    zone: ZoneDays,
    basis: ZoneBasis,
    zoneless: Zoneless,
}

impl Times {
    pub(crate) fn new(given: &Given) -> Self {
        let basis = if given.timezone.is_some() { ZoneBasis::Given } else { ZoneBasis::Account };
        Self { zone: ZoneDays::new(given.zone()), basis, zoneless: Zoneless::default() }
    }

    /// Times of a platform that writes all of them in one zone.
    pub(crate) fn of_platform(zone: Zone) -> Self {
        Self { zone: ZoneDays::new(zone), basis: ZoneBasis::Platform, zoneless: Zoneless::default() }
    }

    /// Counts times that others have read after these.
    pub(crate) fn count(&mut self, further: Zoneless) {
        self.zoneless.count += further.count;
        self.zoneless.repeated += further.repeated;
        self.zoneless.offset_minutes = further.offset_minutes.or(self.zoneless.offset_minutes);
    }

    /// Those that were read since the last time.
    pub(crate) fn take_zoneless(&mut self) -> Zoneless {
        std::mem::take(&mut self.zoneless)
    }

    /// The instant of a wall clock without a zone.
    fn zoneless(&mut self, wall_ms: i64) -> Result<Timestamp, &'static str> {
        let change = self.zone.change(wall_ms);
        if change == Some(Change::Skipped) {
            return Err(SKIPPED);
        }
        let (at, offset) = self.zone.instant(wall_ms);
        let repeated = u64::from(change == Some(Change::Repeated));
        self.count(Zoneless { count: 1, offset_minutes: Some(offset), repeated });
        Ok(at)
    }

    pub(crate) fn parse(&mut self, text: &str) -> Result<Timestamp, &'static str> {
        self.parse_in_order(text, None)
    }

    /// As [`Self::parse`], for a file whose dates without the year in front are in this order, where one is known.
    pub(crate) fn parse_in_order(&mut self, text: &str, order: Option<DateOrder>) -> Result<Timestamp, &'static str> {
        let text = text.trim();
        if let Some(at) = rfc3339(text.as_bytes()) {
            return Ok(Timestamp(at));
        }
        match text.parse::<Timestamp>() {
            Ok(at) => Ok(at),
            Err(reason) => match (text.parse::<i64>(), When::parse(text).or_else(|| when(text))) {
                // Fourteen digits are a date and a clock: as milliseconds they lie in the year 2600.
                (Ok(ms), _) if text.len() != 14 => Ok(Timestamp(ms)),
                (_, Some(When::Instant(ms))) => Ok(Timestamp(ms)),
                (_, Some(When::Wall(wall))) if !wall.is_ambiguous() || order.is_some() => {
                    self.zoneless(wall.millis(order.unwrap_or(DateOrder::YearMonthDay)).ok_or(reason)?)
                }
                _ => Err(reason),
            },
        }
    }

    /// The instant that a value of JSON tells: a number whose unit its digits say (9 or 10: seconds, 13: milliseconds, 16:
    /// microseconds), or a text of it; ISO 8601; RFC 2822. None where it is null, empty, 0 or another way to say never.
    /// Dates that do not begin with the year are read in `order`.
    pub(crate) fn instant(&mut self, value: &Node<'_>, order: DateOrder) -> Result<Option<i64>, &'static str> {
        let text = match value {
            Node::Null => return Ok(None),
            Node::Text(text) => Cow::Borrowed(text.trim()),
            Node::Number(number) => Cow::Owned(number.to_string()),
            _ => return Err(NO_TIME),
        };
        if let Some(at) = epoch(&text) {
            return at;
        }
        if let Some(at) = rfc3339(text.as_bytes()) {
            return since_2000(at);
        }
        // `Fri, 18 Oct 2019 17:02:00 +0000` begins with a letter as no other does; some shorten the weekday less.
        let is_worded = text.starts_with(|c: char| c.is_ascii_alphabetic());
        if is_worded && let Ok(at) = DateTime::parse_from_rfc2822(&text) {
            return since_2000(at.timestamp_millis());
        }
        if let Ok(at) = text.parse::<Timestamp>() {
            return since_2000(at.0);
        }
        let read = if is_worded { when(&text) } else { When::parse(&turned(&text)) };
        match read {
            Some(When::Never) if is_worded => Err(NO_TIME),
            Some(When::Never) => Ok(None),
            Some(When::Instant(at)) => since_2000(at),
            Some(When::Wall(wall)) => {
                let at = self.zoneless(wall.millis(order).ok_or(NO_TIME)?)?;
                since_2000(at.0)
            }
            None => Err(NO_TIME),
        }
    }

    /// The instant at a path of a body; none where it is missing or says never.
    pub(crate) fn at(&mut self, body: Body<'_>, path: &str) -> Result<Option<i64>, FieldError> {
        self.at_in_order(body, path, DateOrder::YearMonthDay)
    }

    /// As [`Self::at`], for dates whose order of day and month the platform's documentation tells.
    pub(crate) fn at_in_order(
        &mut self,
        body: Body<'_>,
        path: &str,
        order: DateOrder,
    ) -> Result<Option<i64>, FieldError> {
        let Some(value) = body.at(path) else { return Ok(None) };
        self.instant(value, order).map_err(|reason| FieldError::new(path, format!("{reason}: {value}")))
    }

    /// What to say about times without a zone, if there were any.
    pub(crate) fn reading(&self) -> (Option<ZoneReading>, Vec<String>) {
        let Zoneless { count, offset_minutes, repeated } = self.zoneless;
        if count == 0 {
            return (None, Vec::new());
        }
        let zone = ZoneReading {
            name: self.zone.zone().name().to_owned(),
            offset_minutes,
            basis: self.basis,
            agreeing: 0,
            of: 0,
        };
        let offset = offset_minutes.map(offset_name).unwrap_or_default();
        let said = format!("times without a zone, read in {} ({offset}): {count}", self.zone.zone().name());
        let of_change = (repeated > 0).then(|| format!("{REPEATED}: {repeated}"));
        (Some(zone), [said].into_iter().chain(of_change).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{lanes::Sharing, source::Campaigns};

    #[test]
    fn an_instant_of_json_says_its_unit_by_its_digits_and_its_zone_by_itself() {
        let given = Given {
            campaigns: Campaigns::default(),
            timezone: None,
            account_zone: Zone::HO_CHI_MINH,
            latest: None,
            currency: None,
            spellings: Vec::new(),
            memory: 0,
            sharing: Sharing { threads: 1, rows: 1 },
        };
        let mut times = Times::new(&given);
        let mut at = |value: Value| times.instant(&Node::parse(&value.to_string()).unwrap(), DateOrder::MonthDayYear);
        for same in [
            Value::from(1_571_418_120),
            Value::from(1_571_418_120_000_i64),
            Value::from(1_571_418_120_000_000_i64),
            Value::from("1571418120000.00000"),
            Value::from("Fri, 18 Oct 2019 17:02:00 +0000"),
            Value::from("Fri., 18 Oct 2019 17:02:00 +0000"),
            Value::from("Frid, 18 Oct 2019 17:02:00 GMT"),
            Value::from("Friday, 18 October 2019 17:02:00 GMT"),
            Value::from("2019-10-18T17:02:00Z"),
            Value::from("2019-10-18 22:32:00+05:30"),
            Value::from("2019-10-19 00:02:00"),
            Value::from("10/19/2019 00:02:00"),
        ] {
            assert_eq!(at(same.clone()), Ok(Some(1_571_418_120_000)), "{same}");
        }
        for never in
            [Value::Null, Value::from(""), Value::from(0), Value::from("0"), Value::from("0000-00-00 00:00:00")]
        {
            assert_eq!(at(never.clone()), Ok(None), "{never}");
        }
        for wrong in ["17471288665", "Thu, 20 Jul 1989 18:30:43 +0000", "yesterday", "857088000"] {
            assert!(at(Value::from(wrong)).is_err(), "{wrong}");
        }
        assert_eq!(times.zoneless.count, 2);
    }
}
