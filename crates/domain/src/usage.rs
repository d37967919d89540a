//! Usage of an account: what its voicebots did in a month or a range, over all campaigns. The JSON is that of
//! `GET /api/v1/usage`.

use serde::{Deserialize, Serialize};

use crate::{CampaignId, Currency, DateRange, Day, Money, Timestamp, VoicebotId};

/// A range of more days than this has its trend by month.
pub const DAILY_TREND_DAYS: i32 = 92;
/// How many months stand beside each other.
pub const MONTHS_SHOWN: usize = 12;

/// A calendar month: months since year 0, so that they follow one another. In JSON and URLs `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = String, example = "2026-11"))]
pub struct Month(pub i32);

impl Month {
    /// The month that a day is in.
    pub fn of(day: Day) -> Self {
        use chrono::Datelike;
        let date = day.date();
        Self(date.year() * 12 + date.month0() as i32)
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// 1 to 12.
    pub fn number(self) -> u32 {
        self.0.rem_euclid(12) as u32 + 1
    }

    /// Its first and last day.
    pub fn days(self) -> DateRange {
        let first = |month: Self| {
            let date = chrono::NaiveDate::from_ymd_opt(month.year(), month.number(), 1);
            Day::from_date(date.unwrap_or_default())
        };
        DateRange { from: first(self), to: first(self.plus(1)).plus(-1) }
    }

    /// This month plus `months` (negative: before).
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self(self.0.saturating_add(months))
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.number())
    }
}

impl std::str::FromStr for Month {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let reason = "is not a month such as 2026-11";
        let well_formed = text.len() == 7
            && text.bytes().enumerate().all(|(n, byte)| if n == 4 { byte == b'-' } else { byte.is_ascii_digit() });
        if !well_formed {
            return Err(reason);
        }
        let first: Day =
            format!("{text}-01").parse().map_err(|why: &str| if why.contains("outside") { why } else { reason })?;
        Ok(Self::of(first))
    }
}

impl Serialize for Month {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Which days are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UsageSpan {
    /// A calendar month, compared with the one before.
    Month(Month),
    /// A range, compared with the days of the same number before it.
    Range(DateRange),
}

impl UsageSpan {
    /// The days.
    pub fn days(self) -> DateRange {
        match self {
            Self::Month(month) => month.days(),
            Self::Range(range) => range,
        }
    }

    /// The days it is compared with.
    pub fn previous(self) -> DateRange {
        match self {
            Self::Month(month) => month.plus(-1).days(),
            Self::Range(range) => range.previous(),
        }
    }
}

/// What is asked of the usage: page, API and files all ask by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageQuery {
    /// Which days.
    pub span: UsageSpan,
    /// One voicebot; none: all.
    pub voicebot: Option<VoicebotId>,
}

/// The figures of usage; sums over finished calls. Durations in ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UsageFigures {
    /// Blocks used.
    pub sessions: i64,
    /// Replies of the bot, over the calls where they are known; `null` where they are known of none but there are calls.
    pub bot_messages: Option<i64>,
    /// Finished calls, redials included.
    pub calls: u64,
    /// Σ (answer − dial start) of success calls.
    pub dial_time: i64,
    /// Σ talk time of success calls.
    pub talk_time: i64,
    /// Cost.
    pub cost: Money,
}

/// The period before, for comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PreviousUsage {
    /// First day.
    pub from: Day,
    /// Last day, included.
    pub to: Day,
    /// Its figures.
    #[serde(flatten)]
    pub figures: UsageFigures,
}

/// What one voicebot did. One without calls is there with zeros.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct VoicebotUsage {
    /// The sender's id.
    pub id: VoicebotId,
    /// Its name.
    pub name: String,
    /// Campaigns it made calls for in these days.
    pub campaigns: u64,
    /// Its figures.
    #[serde(flatten)]
    pub figures: UsageFigures,
    /// Those of the period before.
    pub previous: UsageFigures,
}

/// What was done for one campaign; campaigns without calls in these days are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CampaignUsage {
    /// The sender's id.
    pub id: CampaignId,
    /// Its name.
    pub name: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: UsageFigures,
}

/// A day (`2026-11-01`) or, in long ranges, a month (`2026-11`, of it only the days in the range). Empty ones are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UsagePoint {
    /// The day or month.
    pub at: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: UsageFigures,
}

/// A whole calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MonthUsage {
    /// The month.
    pub month: Month,
    /// Its figures.
    #[serde(flatten)]
    pub figures: UsageFigures,
}

/// Every figure of usage. `total` is the sum of the voicebots, of the campaigns and of the trend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Usage {
    /// First day.
    pub from: Day,
    /// Last day, included.
    pub to: Day,
    /// IANA name of the account's zone.
    pub timezone: String,
    /// Currency of the cost.
    pub currency: Currency,
    /// When the figures were read.
    pub as_of: Timestamp,
    /// The one voicebot that was asked for; none: all.
    pub voicebot: Option<VoicebotId>,
    /// Over all of it.
    pub total: UsageFigures,
    /// The period before: the month before, or as many days.
    pub previous: PreviousUsage,
    /// Most sessions first, then by name; all of the account, or the one that was asked for.
    pub voicebots: Vec<VoicebotUsage>,
    /// Most sessions first, then by name.
    pub campaigns: Vec<CampaignUsage>,
    /// By day up to 92 days, else by month.
    pub trend: Vec<UsagePoint>,
    /// The trend of the period before, by day; empty where the trend is by month.
    pub previous_trend: Vec<UsagePoint>,
    /// The twelve whole months up to the one of `to`.
    pub by_month: Vec<MonthUsage>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_follow_one_another() {
        let month: Month = "2026-12".parse().unwrap();
        assert_eq!(month.plus(1).to_string(), "2027-01");
        assert_eq!(month.plus(-12).to_string(), "2025-12");
        let days = |month: &str| {
            let days = month.parse::<Month>().unwrap().days();
            format!("{}…{}", days.from, days.to)
        };
        assert_eq!(days("2026-12"), "2026-12-01…2026-12-31");
        assert_eq!(days("2028-02"), "2028-02-01…2028-02-29");
        for wrong in ["2026-13", "2026-00", "2026-1", "11-2026", "2026-11-01", "9999-01", "+026-01", ""] {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_month_is_compared_with_the_one_before_and_a_range_with_as_many_days() {
        let previous = |span: UsageSpan| format!("{}…{}", span.previous().from, span.previous().to);
        assert_eq!(previous(UsageSpan::Month("2026-03".parse().unwrap())), "2026-02-01…2026-02-28");
        let range = DateRange::new("2026-11-01".parse().unwrap(), "2026-11-20".parse().unwrap()).unwrap();
        assert_eq!(previous(UsageSpan::Range(range)), "2026-10-12…2026-10-31");
    }
}
