//! What a campaign was set to do, as its sender or its manager says it.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Code, Day, FieldError};

/// The most windows of a day.
pub const MAX_WINDOWS: usize = 10;
/// The most rules of redialling.
pub const MAX_REDIALS: usize = 50;
/// The most calls at once.
pub const MAX_CALLS_AT_ONCE: u32 = 100_000;
/// The longest that a call may be planned to last, in seconds.
pub const MAX_CALL_SECONDS: u32 = 24 * 60 * 60;
/// The most redials of a customer by one rule.
pub const MAX_TIMES: u32 = 100;
/// The longest pause before a redial, in minutes: 30 days.
pub const MAX_PAUSE_MINUTES: u32 = 30 * 24 * 60;

const MINUTES_OF_A_DAY: u16 = 24 * 60;

/// A minute of a local day, 0 to 1,440; as text `08:30`, the end of a day `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MinuteOfDay(u16);

impl MinuteOfDay {
    /// Minutes from the beginning of the day.
    pub fn minutes(self) -> u16 {
        self.0
    }
}

impl FromStr for MinuteOfDay {
    type Err = &'static str;

    /// Reads `08:30` and `8:30`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "is no time of a day such as 08:30";
        let (hours, minutes) = text.split_once(':').ok_or(WRONG)?;
        let number = |digits: &str, lengths: &[usize]| {
            let is_number = lengths.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| digits.parse::<u16>().ok()).flatten().ok_or(WRONG)
        };
        let (hours, minutes) = (number(hours, &[1, 2])?, number(minutes, &[2])?);
        let all = hours * 60 + minutes;
        if minutes < 60 && all <= MINUTES_OF_A_DAY { Ok(Self(all)) } else { Err(WRONG) }
    }
}

impl fmt::Display for MinuteOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for MinuteOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MinuteOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// Hours of each day in which calls are made, in the account's zone: from a minute on, up to another that is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Window {
    /// The first minute.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "08:00"))]
    pub from: MinuteOfDay,
    /// The minute after the last one.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "11:30"))]
    pub to: MinuteOfDay,
}

/// How often a customer is called again whose call ended with a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Redial {
    /// How the call ended: BS (busy), NA (no answer), CU (not connected), or any other code.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "NA"))]
    pub code: Code,
    /// How many times at most, 1 to 100.
    pub times: u32,
    /// How long after the call, in minutes, 0 to 43,200.
    pub pause_minutes: u32,
}

/// What a campaign was set to do. What nobody has said is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Plan {
    /// The first local day on which calls are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_day: Option<Day>,
    /// The last local day on which calls are made, included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_day: Option<Day>,
    /// The hours of each day, in their order and apart from each other; none: at any time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<Window>,
    /// How many calls are made at once, 1 to 100,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls_at_once: Option<u32>,
    /// After how many seconds a call is ended, 1 to 86,400.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_call_seconds: Option<u32>,
    /// Who is called again; one rule for a code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub redials: Vec<Redial>,
}

/// What the rules of a plan say of a redial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is within its rule.
    Kept,
    /// Nobody is called again after a call that ended so.
    NoRule,
    /// There were as many as there may be already.
    TooOften,
    /// It came before the pause was over.
    TooEarly,
}

impl Plan {
    /// Whether it says on which days, or at which hours, calls are made.
    pub fn names_times(&self) -> bool {
        self.first_day.is_some() || self.last_day.is_some() || !self.windows.is_empty()
    }

    /// Whether calls are made on a local day.
    pub fn has_day(&self, day: Day) -> bool {
        self.first_day.is_none_or(|first| first <= day) && self.last_day.is_none_or(|last| day <= last)
    }

    /// Whether calls are made in a minute of a day.
    pub fn has_minute(&self, minute: u16) -> bool {
        let is_within = |window: &Window| window.from.minutes() <= minute && minute < window.to.minutes();
        self.windows.is_empty() || self.windows.iter().any(is_within)
    }

    /// What its rules say of a redial after a call that ended with a code, of which it was the nth of the customer, so many whole
    /// minutes after its end. What is wrong in several ways is the first of them in the order of [`Verdict`].
    pub fn verdict(&self, code: &str, nth: i64, pause_minutes: i64) -> Verdict {
        match self.redials.iter().find(|rule| rule.code.as_str() == code) {
            None => Verdict::NoRule,
            Some(rule) if nth > i64::from(rule.times) => Verdict::TooOften,
            Some(rule) if pause_minutes < i64::from(rule.pause_minutes) => Verdict::TooEarly,
            Some(_) => Verdict::Kept,
        }
    }

    /// The most calls of a customer that its rules allow: one, and all the redials after each code; none where it has no rules.
    pub fn most_attempts(&self) -> Option<u32> {
        let redials = self.redials.iter().map(|rule| rule.times).fold(0, u32::saturating_add);
        (!self.redials.is_empty()).then(|| redials.saturating_add(1))
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Checks it.
    ///
    /// # Errors
    /// Names the field that breaks a rule, such as `redials[1].times`.
    pub fn check(&self) -> Result<(), FieldError> {
        if self.first_day.zip(self.last_day).is_some_and(|(first, last)| last < first) {
            return Err(FieldError::new("last_day", "is before the first day"));
        }
        let within = |field: &str, number: Option<u32>, max: u32| match number {
            Some(number) if !(1..=max).contains(&number) => {
                Err(FieldError::new(field, format!("must be from 1 to {max}")))
            }
            _ => Ok(()),
        };
        within("calls_at_once", self.calls_at_once, MAX_CALLS_AT_ONCE)?;
        within("longest_call_seconds", self.longest_call_seconds, MAX_CALL_SECONDS)?;
        if self.windows.len() > MAX_WINDOWS {
            return Err(FieldError::new("windows", format!("are more than {MAX_WINDOWS}")));
        }
        let mut over = None;
        for (n, window) in self.windows.iter().enumerate() {
            let field = || format!("windows[{n}]");
            if window.to <= window.from {
                return Err(FieldError::new(field(), "ends before it begins"));
            }
            if over.is_some_and(|over| window.from < over) {
                return Err(FieldError::new(field(), "begins before the one before it ends"));
            }
            over = Some(window.to);
        }
        if self.redials.len() > MAX_REDIALS {
            return Err(FieldError::new("redials", format!("are more than {MAX_REDIALS}")));
        }
        let mut codes = BTreeSet::new();
        for (n, redial) in self.redials.iter().enumerate() {
            within(&format!("redials[{n}].times"), Some(redial.times), MAX_TIMES)?;
            if redial.pause_minutes > MAX_PAUSE_MINUTES {
                let field = format!("redials[{n}].pause_minutes");
                return Err(FieldError::new(field, format!("must be from 0 to {MAX_PAUSE_MINUTES}")));
            }
            if !codes.insert(&redial.code) {
                return Err(FieldError::new(format!("redials[{n}].code"), "has a rule already"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Plan, String> {
        let plan: Plan = serde_json::from_str(json).map_err(|error| error.to_string())?;
        plan.check().map(|()| plan).map_err(|error| error.field)
    }

    #[test]
    fn a_plan_is_read_as_it_is_written() {
        let json = r#"{"first_day":"2026-11-01","last_day":"2026-11-30","windows":[{"from":"08:00","to":"11:30"},{"from":"13:30","to":"24:00"}],"calls_at_once":5,"longest_call_seconds":300,"redials":[{"code":"NA","times":3,"pause_minutes":30}]}"#;
        assert_eq!(serde_json::to_string(&read(json).unwrap()).unwrap(), json);
        assert!(read("{}").unwrap().is_empty());
        assert_eq!(serde_json::to_string(&Plan::default()).unwrap(), "{}");
    }

    #[test]
    fn what_breaks_a_rule_is_named() {
        for (json, field) in [
            (r#"{"first_day":"2026-11-02","last_day":"2026-11-01"}"#, "last_day"),
            (r#"{"calls_at_once":0}"#, "calls_at_once"),
            (r#"{"longest_call_seconds":86401}"#, "longest_call_seconds"),
            (r#"{"windows":[{"from":"09:00","to":"09:00"}]}"#, "windows[0]"),
            (r#"{"windows":[{"from":"08:00","to":"10:00"},{"from":"09:59","to":"11:00"}]}"#, "windows[1]"),
            (r#"{"redials":[{"code":"NA","times":101,"pause_minutes":1}]}"#, "redials[0].times"),
            (r#"{"redials":[{"code":"NA","times":1,"pause_minutes":43201}]}"#, "redials[0].pause_minutes"),
            (
                r#"{"redials":[{"code":"NA","times":1,"pause_minutes":1},{"code":"NA","times":2,"pause_minutes":1}]}"#,
                "redials[1].code",
            ),
        ] {
            assert_eq!(read(json).unwrap_err(), field, "{json}");
        }
        for json in [
            r#"{"windows":[{"from":"8","to":"9:00"}]}"#,
            r#"{"windows":[{"from":"08:60","to":"24:01"}]}"#,
            r#"{"days":1}"#,
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }

    #[test]
    fn what_happened_is_held_against_it() {
        let plan = read(
            r#"{"first_day":"2026-11-02","last_day":"2026-11-03","windows":[{"from":"08:30","to":"11:00"},{"from":"23:00","to":"24:00"}],
                "redials":[{"code":"NA","times":2,"pause_minutes":30}]}"#,
        )
        .unwrap();
        let day = |text: &str| plan.has_day(text.parse().unwrap());
        assert_eq!(["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04"].map(day), [false, true, true, false]);
        assert_eq!(
            [509, 510, 659, 660, 1_379, 1_380, 1_439].map(|minute| plan.has_minute(minute)),
            [false, true, true, false, false, true, true]
        );
        assert_eq!(plan.verdict("NA", 1, 30), Verdict::Kept);
        assert_eq!(plan.verdict("NA", 2, 29), Verdict::TooEarly);
        assert_eq!(plan.verdict("NA", 3, 29), Verdict::TooOften);
        assert_eq!(plan.verdict("DY", 1, 10_000), Verdict::NoRule);
        let nothing = Plan::default();
        assert!(!nothing.names_times() && nothing.has_minute(0) && nothing.has_day(Day(0)));
    }

    #[test]
    fn minutes_are_of_a_day() {
        for (text, minutes) in [("00:00", 0), ("8:05", 485), ("23:59", 1439), ("24:00", 1440)] {
            assert_eq!(text.parse::<MinuteOfDay>().unwrap().minutes(), minutes);
        }
        for text in ["", "8", "24:01", "08:6", "+8:00", "99999:00", "08:00:00", "٠٨:٠٠"] {
            assert!(text.parse::<MinuteOfDay>().is_err(), "{text}");
        }
    }
}
