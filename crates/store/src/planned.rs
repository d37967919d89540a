//! What a campaign was set to do, beside what happened. A plan may be changed at any time, and figures follow at once: so nothing
//! that is kept depends on one. Of each day it is kept how many calls began in each minute, and how many redials came after which
//! code, for the how many-th time, after how many minutes; any plan can be held against that.

use std::{collections::BTreeMap, fmt::Write as _};

use domain::{
    Day, Plan, Rate,
    plan::{MAX_PAUSE_MINUTES, MAX_TIMES, Verdict},
    report::{BeyondRule, OutsidePlan, Planned, ToGo},
};

use crate::{
    Scope, StoreError,
    bulk::{BulkColumn, insert_rows},
    db::{Conn, execute, fetch_all},
    dialect::integers_of_json,
    timeline::CustomerCall,
};

/// A redial: after a call that ended with a code, of which it was the nth of the customer, so many whole minutes later.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RedialKey {
    pub(crate) code: String,
    /// No more than one beyond [`MAX_TIMES`].
    pub(crate) nth: i64,
    /// No more than [`MAX_PAUSE_MINUTES`].
    pub(crate) pause: i64,
}

impl RedialKey {
    /// That of a finished call; none of a first call, and of one after a call of which nobody knows how it ended.
    fn of(call: &CustomerCall) -> Option<Self> {
        let pause = (call.redial_pause / MINUTE_MS).min(i64::from(MAX_PAUSE_MINUTES));
        let nth = call.redial_nth.min(i64::from(MAX_TIMES) + 1);
        call.redial_code.clone().map(|code| Self { code, nth, pause })
    }
}

const MINUTE_MS: i64 = 60_000;

/// Finished calls of a campaign's day, by what plans speak of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct DayTimes {
    /// By the local minute in which dialling began.
    pub(crate) minutes: BTreeMap<i64, i64>,
    pub(crate) redials: BTreeMap<RedialKey, i64>,
}

/// Call times of each campaign and day.
pub(crate) type CampaignDayTimes = BTreeMap<(i64, i64), DayTimes>;

impl DayTimes {
    /// Counts a finished call, or takes it out.
    pub(crate) fn count(&mut self, call: &CustomerCall, subtract: bool) {
        let by = if subtract { -1 } else { 1 };
        *self.minutes.entry(call.minute).or_default() += by;
        if let Some(redial) = RedialKey::of(call) {
            *self.redials.entry(redial).or_default() += by;
        }
    }

    fn add(&mut self, other: &Self, times: i64) {
        for (minute, calls) in &other.minutes {
            *self.minutes.entry(*minute).or_default() += times * calls;
        }
        for (redial, calls) in &other.redials {
            *self.redials.entry(redial.clone()).or_default() += times * calls;
        }
        self.minutes.retain(|_, calls| *calls != 0);
        self.redials.retain(|_, calls| *calls != 0);
    }

    fn is_empty(&self) -> bool {
        self.minutes.is_empty() && self.redials.is_empty()
    }

    /// How much there is, for people.
    pub(crate) fn text(&self) -> String {
        format!("minutes {:?} redials {:?}", self.minutes, self.redials)
    }

    /// `510:3,511:4`; each redial's code and number of times on a line, `2|30:17,31:4|NA`.
    fn stored(&self) -> (String, String) {
        let pair = |out: &mut String, key: i64, calls: i64| {
            let comma = if out.is_empty() || out.ends_with('|') { "" } else { "," };
            // Writing to a string cannot fail.
            let _ = write!(out, "{comma}{key}:{calls}");
        };
        let mut minutes = String::new();
        for (minute, calls) in &self.minutes {
            pair(&mut minutes, *minute, *calls);
        }
        let mut lines = BTreeMap::<(&str, i64), String>::new();
        for (RedialKey { code, nth, pause }, calls) in &self.redials {
            let line = lines.entry((code.as_str(), *nth)).or_insert_with(|| format!("{nth}|"));
            pair(line, *pause, *calls);
        }
        let lines: Vec<String> = lines.into_iter().map(|((code, _), line)| format!("{line}|{code}")).collect();
        (minutes, lines.join("\n"))
    }

    /// Reads [`Self::stored`].
    fn read(minutes: &str, redials: &str) -> Option<Self> {
        fn pairs(text: &str) -> impl Iterator<Item = Option<(i64, i64)>> {
            text.split(',').filter(|pair| !pair.is_empty()).map(|pair| {
                let (key, calls) = pair.split_once(':')?;
                Some((key.parse().ok()?, calls.parse().ok()?))
            })
        }
        let mut day = Self { minutes: pairs(minutes).collect::<Option<_>>()?, redials: BTreeMap::new() };
        for line in redials.split('\n').filter(|line| !line.is_empty()) {
            let mut parts = line.splitn(3, '|');
            let (nth, pauses, code) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
            for pair in pairs(pauses) {
                let (pause, calls) = pair?;
                day.redials.insert(RedialKey { code: code.to_owned(), nth, pause }, calls);
            }
        }
        Some(day)
    }
}

/// A row of `rollup_planned`.
#[derive(Debug, sqlx_macros::FromRow)]
struct DayRow {
    day: i64,
    minutes: String,
    redials: String,
}

impl DayRow {
    fn read(self) -> Result<(i64, DayTimes), StoreError> {
        let times = DayTimes::read(&self.minutes, &self.redials);
        let times = times.ok_or_else(|| StoreError::Broken(format!("rollup_planned of day {}", self.day)))?;
        Ok((self.day, times))
    }
}

/// What is stored of a campaign on the days of `from ≤ day ≤ to`.
pub(crate) async fn of_days(
    conn: &mut Conn,
    account: i64,
    campaign_key: i64,
    from: i64,
    to: i64,
) -> Result<Vec<(i64, DayTimes)>, StoreError> {
    let rows = fetch_all!(
        conn,
        DayRow,
        "SELECT day, minutes, redials FROM rollup_planned
         WHERE account_id = $1 AND campaign_key = $2 AND day BETWEEN $3 AND $4",
        account,
        campaign_key,
        from,
        to,
    )?;
    rows.into_iter().map(DayRow::read).collect()
}

/// What is stored of every day of a campaign, for `verify` to compare with its calls.
pub(crate) async fn stored(conn: &mut Conn, account: i64, campaign_key: i64) -> Result<CampaignDayTimes, StoreError> {
    let days = of_days(conn, account, campaign_key, i64::from(i32::MIN), i64::from(i32::MAX)).await?;
    Ok(days.into_iter().map(|(day, times)| ((campaign_key, day), times)).collect())
}

/// What must be added to `stored` for it to be `wanted`.
pub(crate) fn missing(stored: &CampaignDayTimes, wanted: &CampaignDayTimes) -> CampaignDayTimes {
    let mut missing = wanted.clone();
    for (key, times) in stored {
        missing.entry(*key).or_default().add(times, -1);
    }
    missing.retain(|_, times| !times.is_empty());
    missing
}

/// Adds changes to what is stored, within a transaction that has locked the account.
pub(crate) async fn write(conn: &mut Conn, account: i64, mut changes: CampaignDayTimes) -> Result<(), StoreError> {
    // What was taken out and counted again the same.
    changes.retain(|_, times| {
        times.add(&DayTimes::default(), 1);
        !times.is_empty()
    });
    let mut days_of = BTreeMap::<i64, Vec<i64>>::new();
    for (campaign_key, day) in changes.keys() {
        days_of.entry(*campaign_key).or_default().push(*day);
    }
    for (campaign_key, days) in &days_of {
        let list = serde_json::json!(days).to_string();
        let wanted = integers_of_json(conn, "$3");
        let sql = format!(
            "SELECT day, minutes, redials FROM rollup_planned
             WHERE account_id = $1 AND campaign_key = $2 AND day IN ({wanted})"
        );
        let sql = sqlx::AssertSqlSafe(sql.as_str());
        for row in fetch_all!(conn, DayRow, sql, account, *campaign_key, list.as_str())? {
            let (day, stored) = row.read()?;
            if let Some(times) = changes.get_mut(&(*campaign_key, day)) {
                times.add(&stored, 1);
            }
        }
        let empty: Vec<i64> = days.iter().copied().filter(|day| changes[&(*campaign_key, *day)].is_empty()).collect();
        if !empty.is_empty() {
            let sql = format!(
                "DELETE FROM rollup_planned WHERE account_id = $1 AND campaign_key = $2 AND day IN ({})",
                integers_of_json(conn, "$3"),
            );
            let list = serde_json::json!(empty).to_string();
            execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), account, *campaign_key, list.as_str())?;
        }
    }
    changes.retain(|_, times| !times.is_empty());
    let (minutes, redials) = changes.values().map(DayTimes::stored).unzip();
    let columns = vec![
        ("account_id", BulkColumn::Int(vec![account; changes.len()])),
        ("campaign_key", BulkColumn::Int(changes.keys().map(|(campaign_key, _)| *campaign_key).collect())),
        ("day", BulkColumn::Int(changes.keys().map(|(_, day)| *day).collect())),
        ("minutes", BulkColumn::Text(minutes)),
        ("redials", BulkColumn::Text(redials)),
    ];
    let conflict = " ON CONFLICT (account_id, campaign_key, day) DO UPDATE
         SET minutes = excluded.minutes, redials = excluded.redials";
    insert_rows(conn, "rollup_planned", columns, conflict).await
}

/// Days of calling whose speed is taken for that of the days to come.
const SPEED_DAYS: i64 = 7;

/// A day of the speed.
#[derive(Debug, sqlx_macros::FromRow)]
struct FirstCalls {
    calls: i64,
}

/// What of a campaign the figures need beside its calls.
pub(crate) struct CampaignBasis<'a> {
    pub(crate) key: i64,
    pub(crate) plan: &'a Plan,
    /// Whether more calls are to come.
    pub(crate) goes_on: bool,
    /// Customers without a finished call.
    pub(crate) never_dialled: u64,
}

/// What happened beside the plan, of the finished calls on the days of `from ≤ day ≤ to`; the days to go are of the campaign
/// whatever the days.
pub(crate) async fn read(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignBasis<'_>,
    from: i64,
    to: i64,
) -> Result<Planned, StoreError> {
    let (account, plan) = (scope.account(), campaign.plan);
    let mut planned = Planned { outside: None, beyond: None, to_go: None };
    if plan.names_times() || !plan.redials.is_empty() {
        let days = of_days(conn, account, campaign.key, from, to).await?;
        planned.outside = plan.names_times().then(|| outside(plan, &days));
        planned.beyond = (!plan.redials.is_empty()).then(|| beyond(plan, &days));
    }
    if campaign.goes_on {
        planned.to_go = Some(to_go(conn, account, campaign).await?);
    }
    Ok(planned)
}

fn outside(plan: &Plan, days: &[(i64, DayTimes)]) -> OutsidePlan {
    let (mut all, mut other_days, mut other_hours) = (0, 0, 0);
    for (day, times) in days {
        let is_day = plan.has_day(Day(*day as i32));
        for (minute, calls) in &times.minutes {
            let calls = *calls as u64;
            all += calls;
            if !is_day {
                other_days += calls;
            } else if !plan.has_minute(*minute as u16) {
                other_hours += calls;
            }
        }
    }
    OutsidePlan { calls: Rate::new(other_days + other_hours, all), other_days, other_hours }
}

fn beyond(plan: &Plan, days: &[(i64, DayTimes)]) -> BeyondRule {
    let mut beyond = BeyondRule { redials: Rate::new(0, 0), no_rule: 0, too_often: 0, too_early: 0 };
    for (RedialKey { code, nth, pause }, calls) in days.iter().flat_map(|(_, times)| &times.redials) {
        let calls = *calls as u64;
        beyond.redials.denominator += calls;
        match plan.verdict(code, *nth, *pause) {
            Verdict::Kept => continue,
            Verdict::NoRule => beyond.no_rule += calls,
            Verdict::TooOften => beyond.too_often += calls,
            Verdict::TooEarly => beyond.too_early += calls,
        }
        beyond.redials.numerator += calls;
    }
    beyond
}

async fn to_go(conn: &mut Conn, account: i64, campaign: &CampaignBasis<'_>) -> Result<ToGo, StoreError> {
    let days = fetch_all!(
        conn,
        FirstCalls,
        "SELECT success + failed + error AS calls FROM rollup_attempts
         WHERE account_id = $1 AND campaign_key = $2 AND attempt = 1 AND success + failed + error > 0
         ORDER BY day DESC
         LIMIT $3",
        account,
        campaign.key,
        SPEED_DAYS,
    )?;
    let first_calls: u64 = days.iter().map(|day| day.calls as u64).sum();
    Ok(ToGo::at_speed(campaign.never_dialled, first_calls, days.len() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_survives_being_stored() {
        let redial = |code: &str, nth, pause| RedialKey { code: code.to_owned(), nth, pause };
        let day = DayTimes {
            minutes: BTreeMap::from([(0, 2), (510, 1), (1_439, 30)]),
            redials: BTreeMap::from([
                (redial("NA", 1, 30), 4),
                (redial("NA", 1, 31), 1),
                (redial("NA", 2, 0), 1),
                (redial("a|b:c,d", 101, 43_200), 7),
            ]),
        };
        let (minutes, redials) = day.stored();
        assert_eq!(minutes, "0:2,510:1,1439:30");
        assert_eq!(redials, "1|30:4,31:1|NA\n2|0:1|NA\n101|43200:7|a|b:c,d");
        assert_eq!(DayTimes::read(&minutes, &redials), Some(day.clone()));
        assert_eq!(DayTimes::read("", ""), Some(DayTimes::default()));
        assert_eq!(DayTimes::read("x", ""), None);
        let mut nothing = day.clone();
        nothing.add(&day, -1);
        assert!(nothing.is_empty());
    }
}
