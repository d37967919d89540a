//! The report of a campaign: every figure of the overview. The JSON is that of `GET …/report`.

use serde::{Deserialize, Serialize};

#[cfg(feature = "zones")]
use crate::time::Zone;
use crate::{
    CallClass, CampaignId, Code, CodeMeanings, Currency, DateRange, Day, HangupBy, Money, Month, Timestamp,
    cause::{CauseFilter, HangupFilter},
    forecast::{Forecast, ForecastBasis},
    outcome::is_answered,
    own_dimension::OwnDimensionResult,
};

pub use crate::rate::Rate;

/// Calls by class; `total = success + failed + error`. Calls in progress are counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CallCounts {
    /// Finished calls, redials included.
    pub total: u64,
    /// Connected and answered: every code but BS, NA and CU, whatever the account counts it as.
    pub answered: u64,
    /// Whose code counts as a success; the answered calls, unless the account changed a code.
    pub success: u64,
    /// Busy, no answer, and the codes that count so.
    pub failed: u64,
    /// Line fault, and the codes that count so.
    pub error: u64,
    /// Calls without a result code yet; in no other figure.
    pub in_progress: u64,
}

impl CallCounts {
    /// From the counts of result codes; the code '' counts the calls in progress.
    pub fn by_code<'a>(meanings: &CodeMeanings, counts: impl IntoIterator<Item = (&'a str, u64)>) -> Self {
        let mut sum = Self::default();
        for (code, calls) in counts {
            if code.is_empty() {
                sum.in_progress += calls;
                continue;
            }
            sum.add(meanings.class_of(code), is_answered(code), calls);
        }
        sum
    }

    /// Adds finished calls.
    pub fn add(&mut self, class: CallClass, is_answered: bool, calls: u64) {
        self.total += calls;
        self.answered += if is_answered { calls } else { 0 };
        match class {
            CallClass::Success => self.success += calls,
            CallClass::Failed => self.failed += calls,
            CallClass::Error => self.error += calls,
        }
    }

    /// The count of one class.
    pub fn of(&self, class: CallClass) -> u64 {
        match class {
            CallClass::Success => self.success,
            CallClass::Failed => self.failed,
            CallClass::Error => self.error,
        }
    }
}

/// Calls with one result code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CodeCount {
    /// As calls carry it in `result_code`.
    pub code: Code,
    /// Vietnamese label; the code itself where it is not defined.
    pub label_vi: String,
    /// English label; the code itself where it is not defined.
    pub label_en: String,
    /// What its calls count as.
    pub class: CallClass,
    /// Whether the account has defined it (the three system codes are).
    pub defined: bool,
    /// Finished calls with it.
    pub calls: u64,
}

/// Customers; `total = reached + tried + never_dialled`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CustomerCounts {
    /// On the list; in a date range, dialled in it.
    pub total: u64,
    /// With at least one success call.
    pub reached: u64,
    /// Dialled (a finished call), never reached.
    pub tried: u64,
    /// On the list without a finished call.
    pub never_dialled: u64,
}

/// The four rates of the overview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Rates {
    /// ASR: answered ÷ calls.
    pub answer_rate: Rate,
    /// NER: (calls − line faults, `CU`) ÷ calls.
    pub network_effectiveness: Rate,
    /// Customers reached ÷ customers.
    pub contact_rate: Rate,
    /// Calls whose code is a goal ÷ answered calls.
    pub goal_rate: Rate,
}

/// One bin of the talk-time histogram: `from ≤ t < to`, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TalkBin {
    /// Lower bound, included.
    pub from: i64,
    /// Upper bound, excluded; none in the last bin.
    pub to: Option<i64>,
    /// Answered calls in it.
    pub calls: u64,
}

/// Results of the k-th attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AttemptResult {
    /// The attempt number, from 1.
    pub attempt: u32,
    /// Finished calls.
    pub calls: u64,
    /// Answered calls.
    pub answered: u64,
    /// Success calls.
    pub success: u64,
    /// Failed calls.
    pub failed: u64,
    /// Error calls.
    pub error: u64,
    /// Customers whose first success call of the campaign it was.
    pub newly_reached: u64,
    /// Blocks charged, of finished calls.
    pub blocks: i64,
    /// Σ cost, in micro-units of the report's currency.
    pub cost: Money,
}

/// Calls that one side ended for one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Ending {
    /// Who hung up; `null`: nobody said.
    pub hangup_by: Option<HangupBy>,
    /// The cause as it was sent: of Q.850, of SIP, or the platform's own; `null`: nobody said, or `is_other`.
    pub cause: Option<String>,
    /// Whether these are the calls of all causes that are not told apart: beyond the account's first 200, or that hold what
    /// may be a number of a customer.
    pub is_other: bool,
    /// Finished calls.
    pub calls: u64,
    /// Answered calls among them.
    pub answered: u64,
    /// Σ talk time of these, ms.
    pub talk_time: i64,
    /// `talk_time ÷ answered`, rounded half up to the millisecond.
    pub average_talk_time: Option<i64>,
}

impl Ending {
    /// The filter by who hung up that lets these calls through.
    pub fn by(&self) -> HangupFilter {
        HangupFilter::of(self.hangup_by)
    }

    /// The filter by the cause that lets them through.
    pub fn cause(&self) -> CauseFilter {
        match &self.cause {
            Some(cause) => CauseFilter::Is(cause.clone()),
            None if self.is_other => CauseFilter::Other,
            None => CauseFilter::Unknown,
        }
    }
}

/// What happened beside what the campaign was set to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Planned {
    /// Calls outside the planned days and hours; `null` where the plan names neither.
    pub outside: Option<OutsidePlan>,
    /// Redials beyond the rules; `null` where the plan has none.
    pub beyond: Option<BeyondRule>,
    /// How long it goes on; `null` of a completed campaign. Of the whole campaign, whatever the days of the report.
    pub to_go: Option<ToGo>,
}

/// Calls whose dialling began on a day, or in a minute of a day, in which none was planned; in the account's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OutsidePlan {
    /// These calls, of all finished calls.
    pub calls: Rate,
    /// Of them before the first day, or after the last.
    pub other_days: u64,
    /// Of them on a planned day in no window.
    pub other_hours: u64,
}

/// Redials that no rule allows: finished calls to a customer whose call before it is over, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BeyondRule {
    /// These redials, of all redials. Each is in the first of the three that it belongs to.
    pub redials: Rate,
    /// After a code that has no rule.
    pub no_rule: u64,
    /// After as many calls with the code as there may be redials.
    pub too_often: u64,
    /// Before the pause was over, counted from the end of the call before.
    pub too_early: u64,
}

/// How long it takes until everybody on the list was called once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ToGo {
    /// Customers without a finished call.
    pub customers: u64,
    /// First attempts on the last days with any, up to seven.
    pub first_calls: u64,
    /// How many days these are.
    pub days: u64,
    /// `customers × days ÷ first_calls`, rounded up: days of calling at this speed; `null` before the first call.
    pub days_to_go: Option<u64>,
}

impl ToGo {
    /// How many days are left where `first_calls` first attempts were made on `days` days.
    pub fn at_speed(customers: u64, first_calls: u64, days: u64) -> Self {
        let product = u128::from(customers) * u128::from(days);
        let days_to_go = match (customers, first_calls) {
            (0, _) => Some(0),
            (_, 0) => None,
            _ => u64::try_from(product.div_ceil(u128::from(first_calls))).ok(),
        };
        Self { customers, first_calls, days, days_to_go }
    }
}

/// One hour, day, month or year of the trend. Empty ones are there with zeros.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TrendPoint {
    /// `2026-11-04`; `2026-11-04T09` where the range is two days or less, `2026-11` where it is more than 400 days, `2026`
    /// where it is more than ten years.
    pub at: String,
    /// Finished calls.
    pub calls: u64,
    /// Answered calls.
    pub answered: u64,
    /// Success calls.
    pub success: u64,
    /// Failed calls.
    pub failed: u64,
    /// Error calls.
    pub error: u64,
    /// Σ talk time of answered calls, ms.
    pub talk_time: i64,
    /// Blocks charged, of finished calls.
    pub blocks: i64,
    /// Σ cost, in micro-units of the report's currency.
    pub cost: Money,
}

/// One cell of the heatmap; cells without calls are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HeatCell {
    /// 1 (Monday) to 7.
    pub weekday: u8,
    /// Local hour, 0 to 23.
    pub hour: u8,
    /// Finished calls.
    pub calls: u64,
    /// Answered calls.
    pub answered: u64,
    /// Success calls.
    pub success: u64,
}

/// Distinct customers; each step is a subset of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Funnel {
    /// On the list; in a date range, dialled in it.
    pub customers: u64,
    /// With a finished call.
    pub dialled: u64,
    /// With a success call.
    pub reached: u64,
    /// With a success call of more than 30,000 ms.
    pub talked_30s: u64,
    /// With a success call of more than 30,000 ms, and a call whose code is a goal.
    pub goal: u64,
}

/// Every figure of a campaign's overview. Durations in ms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Report {
    /// Whose figures they are.
    pub campaign: CampaignId,
    /// First local day: that of the range, else of the first call; none where there is neither.
    pub from: Option<Day>,
    /// Last local day, included; as `from`.
    pub to: Option<Day>,
    /// IANA name of the account's zone.
    pub timezone: String,
    /// Currency of the cost.
    pub currency: Currency,
    /// When the figures were read.
    pub as_of: Timestamp,
    /// Whether stored calls of the account are being priced again: blocks and costs go on changing until that is done.
    #[serde(default)]
    pub pricing_again: bool,
    /// Calls by class.
    pub calls: CallCounts,
    /// Every code with calls; by class, then calls descending, then code. Sums to `calls.total`.
    pub by_code: Vec<CodeCount>,
    /// Answered calls with a stored recording; of `calls.answered`.
    pub recorded: u64,
    /// Each once: those on the list, in a date range those dialled in it.
    pub customers: CustomerCounts,
    /// Σ talk time of answered calls.
    pub talk_time: i64,
    /// `talk_time ÷ answered`, rounded half up to the millisecond.
    pub average_talk_time: Option<i64>,
    /// Σ (answer − dial start) of answered calls.
    pub dial_time: i64,
    /// Σ (end − dial start) of the other finished calls.
    pub ring_time_unanswered: i64,
    /// Σ bot messages of the calls where they are known; `null` where they are known of none but there are calls.
    pub bot_messages: Option<i64>,
    /// Σ blocks of each call.
    pub blocks: i64,
    /// Σ cost of each call.
    pub cost: Money,
    /// `cost ÷ reached`, rounded half up to the micro-unit.
    pub cost_per_reached: Option<Money>,
    /// Quotients of the counts above, exact.
    pub rates: Rates,
    /// 26 bins; sums to `calls.answered`.
    pub talk_time_histogram: Vec<TalkBin>,
    /// The same in four classes: short calls (the account says up to how long), up to 15 s, up to 30 s, longer; sums to
    /// `calls.answered`.
    #[serde(default)]
    pub duration_classes: Vec<TalkBin>,
    /// Who hung up and why, the most calls first; sums to `calls.total`.
    #[serde(default)]
    pub endings: Vec<Ending>,
    /// By the account's own dimensions, in the order in which they were declared; each sums to `calls.total`.
    #[serde(default)]
    pub own_dimensions: Vec<OwnDimensionResult>,
    /// By attempt number, ascending; sums to `calls.total`.
    pub by_attempt: Vec<AttemptResult>,
    /// By hour, day, month or year, as the range is long; sums to `calls.total`. Of the first and last month or year only
    /// the days of the range.
    pub trend: Vec<TrendPoint>,
    /// Each hour of each day between the earliest and the latest hour that was called in, for the page's trend; empty where
    /// the range has more than [`Report::HOURLY_DAYS`] days. Sums to `calls.total`.
    #[serde(skip)]
    pub by_hour: Vec<TrendPoint>,
    /// By weekday and hour; sums to `calls.total`.
    pub heatmap: Vec<HeatCell>,
    /// From the customers who were called to those who met the goal.
    pub funnel: Funnel,
    /// What was planned beside it; `null` where nobody has said a plan.
    #[serde(default)]
    pub planned: Option<Planned>,
    /// How it goes on; `null` unless it runs. Of the whole campaign, whatever the days of the report.
    #[serde(default)]
    pub forecast: Option<Forecast>,
    /// What the forecast follows from, at whatever hour it is asked for.
    #[serde(skip)]
    pub forecast_basis: Option<ForecastBasis>,
}

impl TrendPoint {
    /// The days that it counts, where the range does not begin or end among them; one day for an hour.
    pub fn days(&self) -> Option<DateRange> {
        match self.at.len() {
            4 => {
                let month = |number: &str| format!("{}-{number}", self.at).parse::<Month>().ok();
                Some(DateRange { from: month("01")?.days().from, to: month("12")?.days().to })
            }
            7 => self.at.parse::<Month>().ok().map(Month::days),
            _ => {
                let day = self.at.get(..10)?.parse().ok()?;
                Some(DateRange { from: day, to: day })
            }
        }
    }

    /// Hours added up to days; days stay as they are.
    pub fn by_day(points: &[Self]) -> Vec<Self> {
        Self::added_up(points, 10)
    }

    /// Points of the same first `length` characters of [`Self::at`] added up: 10 for days, 7 for months, 4 for years.
    pub fn added_up(points: &[Self], length: usize) -> Vec<Self> {
        let mut sums: Vec<Self> = Vec::new();
        for point in points {
            let at = point.at.get(..length).unwrap_or(&point.at);
            match sums.last_mut().filter(|sum| sum.at == at) {
                Some(sum) => {
                    sum.calls += point.calls;
                    sum.answered += point.answered;
                    sum.success += point.success;
                    sum.failed += point.failed;
                    sum.error += point.error;
                    sum.talk_time += point.talk_time;
                    sum.blocks += point.blocks;
                    sum.cost += point.cost;
                }
                None => sums.push(Self { at: at.to_owned(), ..point.clone() }),
            }
        }
        sums
    }
}

impl Report {
    /// The most days of a range whose trend is by hour.
    pub const TREND_BY_HOUR_DAYS: i32 = 2;
    /// The most days of a range whose trend is by day: 13 months.
    pub const TREND_BY_DAY_DAYS: i32 = 400;
    /// The most days whose hours are told apart: a column of more hours than these would be a hair.
    pub const HOURLY_DAYS: i32 = 14;

    /// The same report read at another moment: only the forecast depends on it.
    #[cfg(feature = "zones")]
    #[must_use]
    pub fn at(self, now: Timestamp, zone: Zone) -> Self {
        let hour = |at| (zone.local(at).day(), zone.local(at).hour());
        if hour(self.as_of) == hour(now) {
            return Self { as_of: now, ..self };
        }
        let forecast = self.forecast_basis.as_ref().map(|basis| basis.at(zone.local(now)));
        Self { as_of: now, forecast, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_to_go_are_rounded_up_and_unknown_before_the_first_call() {
        let days = |customers, first_calls, days| ToGo::at_speed(customers, first_calls, days).days_to_go;
        assert_eq!(days(100, 100, 1), Some(1));
        assert_eq!(days(101, 100, 1), Some(2));
        assert_eq!(days(1, 1_000, 7), Some(1));
        assert_eq!(days(0, 0, 0), Some(0));
        assert_eq!(days(5, 0, 0), None);
        assert_eq!(days(u64::MAX, 1, 7), None, "not in any time that can be said");
    }
}
