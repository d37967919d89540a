//! Usage of an account: what its voicebots did in a month or a range, over all campaigns. The JSON is that of
//! `GET /api/v1/usage`. As with the call filter, [`UsageQuery::from_pairs`] and [`UsageQuery::to_pairs`] are the only
//! codec of its address.

use serde::{Deserialize, Serialize};

use crate::{
    CampaignId, Currency, DateRange, Day, FieldError, Money, Period, Timestamp, VoicebotId,
    against::{Against, AgainstParameters, same_weekdays},
    filter::{OtherPairs, period_of, period_pairs},
};

/// A range of more days than this has its trend by month.
pub const DAILY_TREND_DAYS: i32 = 92;
/// How many months stand beside each other.
pub const MONTHS_SHOWN: i32 = 12;

/// A calendar month: year × 12 + month − 1, so that they follow one another. In JSON and URLs `2026-11`.
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

    /// Of the calendar, such as 2026.
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
        // A day's reader knows the calendar and the years; a month is what stands before its first day.
        let first = (text.len() == 7).then(|| format!("{text}-01").parse().ok()).flatten();
        first.map(Self::of).ok_or("is not a month such as 2026-11, from 1970-01 to 2199-12")
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

/// Which days are asked for, and with which they are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UsageDays {
    /// The latest month that has calls, compared as [`Self::Month`].
    LatestMonth,
    /// A calendar month, compared with the month before: with as many of its days as have begun where it is not over.
    Month(Month),
    /// A range, compared with as many days right before it; [`Period::Whole`] is the latest month that has calls.
    Period(Period),
}

/// Days, and the days they are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// What is asked for.
    pub days: DateRange,
    /// What it is compared with.
    pub previous: DateRange,
}

impl UsageDays {
    /// Which days this means when today is `today` and the latest month with calls is `latest`.
    pub fn resolve(self, today: Day, latest: Option<Month>) -> Compared {
        let latest = latest.unwrap_or(Month::of(today));
        let (days, months) = match self {
            Self::LatestMonth => (latest.days(), None),
            Self::Month(asked) => (asked.days(), None),
            Self::Period(period) => {
                let days = period.resolve(today).unwrap_or_else(|| {
                    let days = latest.days();
                    DateRange { from: days.from, to: if days.contains(today) { today } else { days.to } }
                });
                let months = match period {
                    Period::ThisMonth => Some(1),
                    Period::ThisQuarter => Some(3),
                    Period::ThisYear => Some(12),
                    Period::Whole | Period::LastMonth | Period::Custom(_) => None,
                    // These are so many days, wherever in a month they begin.
                    Period::Today | Period::Yesterday | Period::Last7Days | Period::Last30Days => {
                        return Compared { days, previous: days.previous() };
                    }
                };
                (days, months)
            }
        };
        Compared { days, previous: previous(days, today, months) }
    }
}

/// What days are compared with: whole months, however they were asked for, with as many months before, and a month, quarter or year up
/// to today (of so many `months`, where that was said) with the same part of the one before. Others with as many days right before.
fn previous(days: DateRange, today: Day, months: Option<i32>) -> DateRange {
    let (first, last) = (Month::of(days.from), Month::of(days.to));
    let is_whole = days.to == last.days().to;
    if days.from != first.days().from || days.days() == 1 && months.is_none() || !(is_whole || days.to == today) {
        return days.previous();
    }
    let count = last.0 - first.0 + 1;
    let back = match months {
        Some(months) => months,
        None if is_whole || count == 1 => count,
        None if days.from == today.quarter_start() => 3,
        None if days.from == today.year_start() => 12,
        None => return days.previous(),
    };
    let from = first.plus(-back).days().from;
    if !days.contains(today) {
        return DateRange { from, to: last.plus(-back).days().to };
    }
    // What is not over would seem to fall behind a whole one.
    let same = Month::of(today).plus(-back).days();
    DateRange { from, to: same.to.min(same.from.plus(today.0 - today.month_start().0)) }
}

/// What is asked of the usage: page, API and files all ask by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageQuery {
    /// The local days that are counted.
    pub days: UsageDays,
    /// One voicebot; none: all.
    pub voicebot: Option<VoicebotId>,
    /// Which days they are compared with.
    pub against: Against,
}

impl UsageQuery {
    /// The days that this means when today is `today` and the latest month with calls is `latest`, and those they are compared with.
    pub fn resolve(&self, today: Day, latest: Option<Month>) -> Compared {
        let compared = self.days.resolve(today, latest);
        let days = compared.days;
        let begun = DateRange { from: days.from, to: days.to.min(today).max(days.from) };
        let previous = match self.against {
            Against::Previous => return compared,
            Against::SameWeekdays => same_weekdays(begun),
            Against::Days(days) => days,
        };
        Compared { days, previous }
    }

    /// Reads the parameters of a URL (`month`, or `from` and `to`, or `period`; `voicebot`; `against`, or `against_from` and
    /// `against_to`); empty ones count as absent, `otherwise` are the days where none are given.
    ///
    /// # Errors
    /// Names the parameter that cannot be read, contradicts another, or asks for more days than [`period_of`] allows.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
        otherwise: UsageDays,
    ) -> Result<(Self, OtherPairs<'a>), FieldError> {
        let (mut month, mut preset, mut from, mut to, mut voicebot) = (None, None, None, None, None);
        let mut against = AgainstParameters::default();
        let mut others = Vec::new();
        for (name, value) in pairs {
            let wrong = |reason: &str| FieldError::new(name, reason);
            match name {
                _ if value.is_empty() => {}
                _ if against.take(name, value)? => {}
                "month" => month = Some(value.parse::<Month>().map_err(wrong)?),
                "from" => from = Some(day_or_month(value, |days| days.from).map_err(wrong)?),
                "to" => to = Some(day_or_month(value, |days| days.to).map_err(wrong)?),
                "period" => {
                    let known = Period::from_word(value).filter(|period| *period != Period::Whole);
                    preset = Some(known.ok_or_else(|| wrong("is not a known period"))?);
                }
                "voicebot" => voicebot = Some(VoicebotId::new(value).map_err(|error| wrong(&error.to_string()))?),
                _ => others.push((name, value)),
            }
        }
        if month.is_some() && (from.is_some() || to.is_some() || preset.is_some()) {
            return Err(FieldError::new("month", "cannot be given together with other days"));
        }
        let period = period_of(preset, from, to)?;
        let days = match (month, period) {
            (None, Period::Whole) => otherwise,
            (Some(month), _) => UsageDays::Month(month),
            (None, period) => UsageDays::Period(period),
        };
        Ok((Self { days, voicebot, against: against.read()?.unwrap_or_default() }, others))
    }

    /// The parameters of this query's URL; the days of no parameter are left out.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = match self.days {
            UsageDays::LatestMonth => vec![],
            UsageDays::Month(month) => vec![("month", month.to_string())],
            UsageDays::Period(period) => period_pairs(period),
        };
        pairs.extend(self.voicebot.as_ref().map(|id| ("voicebot", id.to_string())));
        if self.against != Against::default() {
            pairs.extend(self.against.to_pairs());
        }
        pairs
    }
}

/// A day, or the end of a month that `end` names.
fn day_or_month(text: &str, end: fn(DateRange) -> Day) -> Result<Day, &'static str> {
    text.parse::<Month>().map_or_else(|_| Day::typed(text), |month| Ok(end(month.days())))
}

/// The figures of usage; sums over finished calls. Durations in ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UsageFigures {
    /// Blocks charged, of finished calls.
    pub sessions: i64,
    /// Replies of the bot, over the calls where they are known; `null` where they are known of none but there are calls.
    pub bot_messages: Option<i64>,
    /// Finished calls, redials included.
    pub calls: u64,
    /// Σ (answer − dial start) of success calls.
    pub dial_time: i64,
    /// Σ talk time of success calls.
    pub talk_time: i64,
    /// Σ cost of these calls, in micro-units of the account's currency.
    pub cost: Money,
}

impl Default for UsageFigures {
    /// No calls: nothing is unknown of them.
    fn default() -> Self {
        Self { sessions: 0, bot_messages: Some(0), calls: 0, dial_time: 0, talk_time: 0, cost: Money::ZERO }
    }
}

/// The period before, for comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PreviousUsage {
    /// First day.
    pub from: Day,
    /// Last day, included.
    pub to: Day,
    /// What was used in those days.
    #[serde(flatten)]
    pub figures: UsageFigures,
}

/// What one voicebot did. One without calls is there with zeros.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct VoicebotUsage {
    /// The sender's id.
    pub id: VoicebotId,
    /// What people call it.
    pub name: String,
    /// Campaigns that it made finished calls for in these days.
    pub campaigns: u64,
    /// What it did in these days.
    #[serde(flatten)]
    pub figures: UsageFigures,
    /// Those of the period before.
    pub previous: UsageFigures,
    /// Its sessions in each month of `by_month`.
    pub sessions_by_month: Vec<i64>,
}

/// What was done for one campaign; campaigns without calls in these days are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CampaignUsage {
    /// The sender's id.
    pub id: CampaignId,
    /// What people call it.
    pub name: String,
    /// What was done for it in these days.
    #[serde(flatten)]
    pub figures: UsageFigures,
}

/// A day (`2026-11-01`) or, in long ranges, a month (`2026-11`, of it only the days in the range). Empty ones are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UsagePoint {
    /// The day or month.
    pub at: String,
    /// What was used on that day, or on the days of that month.
    #[serde(flatten)]
    pub figures: UsageFigures,
}

/// A month of a range: of the first and the last only the days in the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RangeMonth {
    /// A calendar month of the account's zone.
    pub month: Month,
    /// Its first day in the range.
    pub from: Day,
    /// Its last day in the range.
    pub to: Day,
    /// The figures of these days.
    #[serde(flatten)]
    pub figures: UsageFigures,
}

impl RangeMonth {
    /// Whether the range has all of the month's days.
    pub fn is_whole(&self) -> bool {
        self.month.days() == DateRange { from: self.from, to: self.to }
    }
}

impl From<MonthUsage> for RangeMonth {
    fn from(MonthUsage { month, figures }: MonthUsage) -> Self {
        let DateRange { from, to } = month.days();
        Self { month, from, to, figures }
    }
}

/// A whole calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MonthUsage {
    /// A calendar month of the account's zone.
    pub month: Month,
    /// What was used on all of its days.
    #[serde(flatten)]
    pub figures: UsageFigures,
}

/// Every figure of usage. `total` is the sum of the voicebots, of the campaigns, of the trend and of the months.
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
    /// Whether stored calls of the account are being priced again: blocks and costs go on changing until that is done.
    pub pricing_again: bool,
    /// The one voicebot that was asked for; none: all.
    pub voicebot: Option<VoicebotId>,
    /// Over all of it.
    pub total: UsageFigures,
    /// The month before, or as many days.
    pub previous: PreviousUsage,
    /// Most sessions first, then by name; all of the account, or the one that was asked for.
    pub voicebots: Vec<VoicebotUsage>,
    /// Most sessions first, then by name.
    pub by_campaign: Vec<CampaignUsage>,
    /// By day up to 92 days, else by month.
    pub trend: Vec<UsagePoint>,
    /// The trend of the period before, by day; empty where the trend is by month.
    pub previous_trend: Vec<UsagePoint>,
    /// Every month of the range, the earliest first; sums to `total`.
    pub months: Vec<RangeMonth>,
    /// Twelve whole months: up to this one, or up to the one of `to` where that is not among them.
    pub by_month: Vec<MonthUsage>,
}

impl Usage {
    /// The local days that were counted, both ends included.
    pub fn days(&self) -> DateRange {
        DateRange { from: self.from, to: self.to }
    }

    /// The days it is compared with.
    pub fn previous_days(&self) -> DateRange {
        DateRange { from: self.previous.from, to: self.previous.to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: UsageDays = UsageDays::LatestMonth;

    fn read(pairs: &[(&'static str, &'static str)]) -> Result<UsageQuery, FieldError> {
        UsageQuery::from_pairs(pairs.iter().copied(), ALL).map(|(query, _)| query)
    }

    fn resolved(days: UsageDays) -> String {
        let compared = days.resolve("2026-11-20".parse().unwrap(), Some("2026-11".parse().unwrap()));
        format!("{}…{} {}…{}", compared.days.from, compared.days.to, compared.previous.from, compared.previous.to)
    }

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
        for wrong in ["2026-13", "2026-00", "2026-1", "11-2026", "2026-11-01", "9999-01", "+026-01", "", "2026-é"] {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn days_are_compared_with_the_same_weekdays_or_with_any_others() {
        let compared = |pairs: &[(&'static str, &'static str)]| {
            let query = read(pairs).unwrap();
            let again = query.to_pairs();
            assert_eq!(
                read(&again.iter().map(|(name, value)| (*name, value.clone().leak() as &str)).collect::<Vec<_>>()),
                Ok(query.clone())
            );
            let compared = query.resolve("2026-11-20".parse().unwrap(), Some("2026-11".parse().unwrap()));
            assert_eq!(
                compared.days,
                query.days.resolve("2026-11-20".parse().unwrap(), Some("2026-11".parse().unwrap())).days
            );
            format!("{}…{}", compared.previous.from, compared.previous.to)
        };
        // Twenty days have begun: three weeks earlier.
        assert_eq!(compared(&[("month", "2026-11"), ("against", "weekdays")]), "2026-10-11…2026-10-30");
        assert_eq!(
            compared(&[("from", "2026-11-02"), ("to", "2026-11-08"), ("against", "weekdays")]),
            "2026-10-26…2026-11-01"
        );
        assert_eq!(
            compared(&[("from", "2026-11-02"), ("to", "2026-11-09"), ("against", "weekdays")]),
            "2026-10-19…2026-10-26"
        );
        assert_eq!(
            compared(&[("month", "2026-11"), ("against_from", "2025-11-01"), ("against_to", "2025-11-30")]),
            "2025-11-01…2025-11-30"
        );
        assert_eq!(compared(&[("month", "2026-10"), ("against", "previous")]), "2026-09-01…2026-09-30");
        for (pairs, field) in [
            (vec![("against", "x")], "against"),
            (vec![("against_from", "2026-11-01")], "against_to"),
            (vec![("against_to", "2026-11-01")], "against_from"),
            (vec![("against_from", "2026-11-02"), ("against_to", "2026-11-01")], "against_to"),
            (vec![("against", "weekdays"), ("against_from", "2026-11-01"), ("against_to", "2026-11-02")], "against"),
        ] {
            assert_eq!(read(&pairs).unwrap_err().field, field, "{pairs:?}");
        }
    }

    #[test]
    fn a_month_is_compared_with_the_one_before_and_a_range_with_as_many_days() {
        let month = |text: &str| UsageDays::Month(text.parse().unwrap());
        assert_eq!(resolved(month("2026-03")), "2026-03-01…2026-03-31 2026-02-01…2026-02-28");
        // The twentieth is today: twenty days are compared with twenty.
        assert_eq!(resolved(month("2026-11")), "2026-11-01…2026-11-30 2026-10-01…2026-10-20");
        assert_eq!(resolved(UsageDays::LatestMonth), resolved(month("2026-11")));
        let this_month = "2026-11-01…2026-11-20 2026-10-01…2026-10-20";
        assert_eq!(resolved(UsageDays::Period(Period::ThisMonth)), this_month);
        assert_eq!(resolved(UsageDays::Period(Period::Whole)), this_month);
        let custom = |from: &str, to: &str| {
            let days = DateRange { from: from.parse().unwrap(), to: to.parse().unwrap() };
            resolved(UsageDays::Period(Period::Custom(days)))
        };
        // The same days are compared with the same ones, however they were asked for.
        assert_eq!(custom("2026-11-01", "2026-11-20"), this_month);
        assert_eq!(custom("2026-11-01", "2026-11-30"), resolved(month("2026-11")));
        assert_eq!(custom("2026-10-01", "2026-10-31"), resolved(month("2026-10")));
        assert_eq!(resolved(UsageDays::Period(Period::LastMonth)), resolved(month("2026-10")));
        assert_eq!(custom("2026-02-01", "2026-03-31"), "2026-02-01…2026-03-31 2025-12-01…2026-01-31");
        assert_eq!(custom("2026-11-03", "2026-11-20"), "2026-11-03…2026-11-20 2026-10-16…2026-11-02");
        assert_eq!(custom("2026-10-01", "2026-10-20"), "2026-10-01…2026-10-20 2026-09-11…2026-09-30");
        let of = |period: Period, today: &str| {
            let compared = UsageDays::Period(period).resolve(today.parse().unwrap(), None);
            format!("{}…{}", compared.previous.from, compared.previous.to)
        };
        assert_eq!(of(Period::ThisQuarter, "2026-11-20"), "2026-07-01…2026-08-20");
        assert_eq!(of(Period::ThisYear, "2028-02-29"), "2027-01-01…2027-02-28");
        assert_eq!(of(Period::ThisYear, "2026-01-31"), "2025-01-01…2025-01-31");
        assert_eq!(of(Period::ThisMonth, "2028-03-31"), "2028-02-01…2028-02-29");
        assert_eq!(of(Period::Last7Days, "2026-11-07"), "2026-10-25…2026-10-31");
        assert_eq!(of(Period::Today, "2026-11-01"), "2026-10-31…2026-10-31");
        assert_eq!(of(Period::ThisMonth, "2026-11-01"), "2026-10-01…2026-10-01");
    }

    #[test]
    fn a_query_survives_its_url() {
        for pairs in [
            vec![],
            vec![("month", "2026-11")],
            vec![("from", "2026-11-01"), ("to", "2026-11-20"), ("voicebot", "bot & 1")],
            vec![("period", "last-30-days")],
        ] {
            let query = read(&pairs).unwrap();
            assert_eq!(query.to_pairs(), pairs.iter().map(|(n, v)| (*n, (*v).to_owned())).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_range_may_be_said_in_months() {
        let days = |from: &'static str, to: &'static str| read(&[("from", from), ("to", to)]).unwrap();
        assert_eq!(days("2026-02", "2026-11"), days("2026-02-01", "2026-11-30"));
        assert_eq!(days("2026-02", "2026-02"), days("2026-02-01", "2026-02-28"));
        assert_eq!(read(&[("from", "2026-11"), ("to", "2026-02")]).unwrap_err().field, "to");
    }

    #[test]
    fn a_wrong_parameter_is_named() {
        let named = |pairs: &[(&'static str, &'static str)]| read(pairs).unwrap_err().field;
        assert_eq!(named(&[("month", "2026-13")]), "month");
        assert_eq!(named(&[("month", "2026-11"), ("from", "2026-11-01")]), "month");
        assert_eq!(named(&[("from", "2026-11-02"), ("to", "2026-11-01")]), "to");
        assert_eq!(named(&[("from", "1990-01-01"), ("to", "2089-12-31")]), "to");
        assert_eq!(named(&[("period", "whole")]), "period");
        assert_eq!(named(&[("voicebot", " ")]), "voicebot");
        assert_eq!(named(&[("from", "2026-13")]), "from");
    }
}
