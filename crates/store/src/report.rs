//! A campaign's report, read from rollups alone: its cost does not grow with the number of calls.

use std::collections::{BTreeMap, HashMap};

use domain::{
    CallClass, CampaignState, Code, CodeMeanings, DateRange, Day, Money, Month, Plan, Rate, Report, ReportQuery,
    Timestamp,
    forecast::ForecastBasis,
    histogram,
    limits::RANGE_DAYS,
    outcome::{LINE_FAULT, is_answered},
    own_dimension::OwnSums,
    report::{
        AttemptResult, CallCounts, CodeCount, CustomerCounts, Funnel, HeatCell, Planned, Rates, TalkBin, TrendPoint,
    },
};

use crate::{
    Scope, StoreError, accounts, campaigns, chosen,
    db::{Conn, fetch_all, fetch_optional},
    endings, forecast, own_sums, planned, result_codes,
    rollup::{AttemptSums, DayCustomers, HourSums, customers_of_days},
    sums::mean,
};

/// The sums of a code on a day, or in an hour of it.
#[derive(Debug, sqlx_macros::FromRow)]
struct ReportCodeRow {
    day: i64,
    hour: i64,
    code: String,
    #[sqlx(flatten)]
    sums: HourSums,
}

/// A campaign and its customers.
#[derive(Debug, sqlx_macros::FromRow)]
struct CampaignRow {
    campaign_key: i64,
    contacts: i64,
    dialled: i64,
    reached: i64,
    talked: i64,
    goal: i64,
    cost: i64,
    state: String,
    plan: Option<String>,
}

/// What became of the calls that were the same attempt.
#[derive(Debug, sqlx_macros::FromRow)]
struct AttemptRow {
    attempt: i64,
    #[sqlx(flatten)]
    sums: AttemptSums,
}

/// The calls of a code in an hour of a weekday.
#[derive(Debug, sqlx_macros::FromRow)]
struct WeekRow {
    weekday: i64,
    hour: i64,
    code: String,
    calls: i64,
}

/// Reads every figure of a campaign's overview. `None`: no such campaign in this account.
pub async fn read(
    conn: &mut Conn,
    scope: &Scope,
    query: &ReportQuery,
    now: Timestamp,
) -> Result<Option<Report>, StoreError> {
    let account = accounts::lookup(conn, scope).await?;
    let zone = account.zone;
    let campaign = fetch_optional!(
        conn,
        CampaignRow,
        "SELECT campaign_key, contacts, dialled, reached, talked, goal, cost, state, plan
         FROM campaigns
         WHERE account_id = $1 AND id = $2",
        scope.account(),
        query.campaign.as_str(),
    )?;
    let Some(campaign) = campaign else { return Ok(None) };
    let campaign_key = campaign.campaign_key;
    if !chosen::sees(conn, scope, campaign_key).await? {
        return Ok(None);
    }
    let asked = query.period.resolve(zone.local(now).day());
    let (from, to) =
        asked.map_or((i64::from(i32::MIN), i64::from(i32::MAX)), |r| (i64::from(r.from.0), i64::from(r.to.0)));

    let days = fetch_all!(
        conn,
        ReportCodeRow,
        "SELECT day, CAST(0 AS BIGINT) AS hour, code, calls, talk_time, dial_time, ring_time, bot_messages,
                messages_known, blocks, cost, recorded
         FROM rollup_days
         WHERE account_id = $1 AND campaign_key = $2 AND day BETWEEN $3 AND $4",
        scope.account(),
        campaign_key,
        from,
        to,
    )?;
    let codes = result_codes::list(conn, scope).await?;
    let labels: HashMap<&str, &domain::ResultCode> = codes.iter().map(|code| (code.code.as_str(), code)).collect();
    let days_asked = asked.map(|_| (from, to));
    let funnel = funnel_of(conn, scope, &campaign, days_asked).await?;
    let customers = CustomerCounts {
        total: funnel.customers,
        reached: funnel.reached,
        tried: funnel.dialled - funnel.reached,
        never_dialled: funnel.customers - funnel.dialled,
    };
    let by_attempt = attempts(conn, scope, campaign_key, from, to).await?;
    let talk_time_histogram = talk_bins(conn, scope, campaign_key, from, to).await?;
    let endings = endings::of_days(conn, scope, campaign_key, from, to).await?;
    let plan = campaigns::stored_plan(campaign.plan.clone())?;
    let planned = planned_of(conn, scope, &campaign, plan.as_ref(), (from, to)).await?;
    let forecast_basis = forecast_of(conn, scope, &campaign, plan.as_ref()).await?;

    let meanings = CodeMeanings::of(&codes);
    let totals = ReportTotals::of(&days, &meanings);
    let counts = totals.calls;
    let range = asked.or(seen_days(&days));
    let whole = whole_of(&totals, &by_attempt);
    let own_dimensions = own_sums::of_days(conn, scope, (campaign_key, from, to), &meanings, whole).await?;
    let hours = match range.filter(|range| range.days() <= Report::HOURLY_DAYS) {
        Some(range) => of_hours(conn, scope, campaign_key, range).await?,
        None => Vec::new(),
    };
    let heatmap = heatmap(week(conn, scope, campaign_key, asked).await?, &meanings);
    Ok(Some(Report {
        campaign: query.campaign.clone(),
        from: range.map(|range| range.from),
        to: range.map(|range| range.to),
        timezone: account.zone.name().to_owned(),
        currency: account.currency,
        as_of: now,
        pricing_again: account.pricing_again,
        calls: counts,
        by_code: by_code(&days, &labels, &meanings),
        recorded: totals.recorded,
        customers,
        talk_time: totals.sums.talk_time,
        average_talk_time: mean(totals.sums.talk_time, counts.answered),
        dial_time: totals.sums.dial_time,
        ring_time_unanswered: totals.sums.ring_time,
        bot_messages: (totals.sums.messages_known > 0 || counts.total == 0).then_some(totals.sums.bot_messages),
        blocks: totals.sums.blocks,
        cost: Money(totals.sums.cost),
        cost_per_reached: mean(totals.sums.cost, customers.reached).map(Money),
        rates: Rates {
            answer_rate: Rate::new(counts.answered, counts.total),
            network_effectiveness: Rate::new(counts.total - totals.line_faults, counts.total),
            contact_rate: Rate::new(customers.reached, customers.total),
            goal_rate: Rate::new(totals.goals, counts.answered),
        },
        duration_classes: account.short_call.classes(&talk_time_histogram),
        talk_time_histogram,
        endings,
        own_dimensions,
        by_attempt,
        trend: range.map(|range| trend(&days, &hours, range, &meanings)).unwrap_or_default(),
        by_hour: range.map(|range| by_hour(&hours, range, &meanings)).unwrap_or_default(),
        heatmap,
        funnel,
        planned,
        forecast: forecast_basis.as_ref().map(|basis| basis.at(zone.local(now))),
        forecast_basis,
    }))
}

/// What the rows of each own dimension sum to.
fn whole_of(totals: &ReportTotals, by_attempt: &[AttemptResult]) -> OwnSums {
    OwnSums {
        calls: totals.calls.total,
        answered: totals.calls.answered,
        line_faults: totals.line_faults,
        success: totals.calls.success,
        goals: totals.goals,
        cost: Money(totals.sums.cost),
        newly_reached: by_attempt.iter().map(|attempt| attempt.newly_reached).sum(),
    }
}

/// The customers of these days, or of the whole campaign.
async fn funnel_of(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignRow,
    days: Option<(i64, i64)>,
) -> Result<Funnel, StoreError> {
    let Some((from, to)) = days else {
        return Ok(Funnel {
            customers: campaign.contacts as u64,
            dialled: campaign.dialled as u64,
            reached: campaign.reached as u64,
            talked_30s: campaign.talked as u64,
            goal: campaign.goal as u64,
        });
    };
    let mut all = DayCustomers::default();
    for (_, day) in customers_of_days(conn, scope, campaign.campaign_key, from, to).await? {
        all.unite(&day);
    }
    Ok(distinct(&all))
}

/// What happened in these days beside the campaign's plan, where it has one.
async fn planned_of(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignRow,
    plan: Option<&Plan>,
    (from, to): (i64, i64),
) -> Result<Option<Planned>, StoreError> {
    let Some(plan) = plan else { return Ok(None) };
    let of = planned::CampaignBasis {
        key: campaign.campaign_key,
        plan,
        goes_on: campaign.state != CampaignState::Completed.word(),
        never_dialled: (campaign.contacts - campaign.dialled) as u64,
    };
    planned::read(conn, scope, &of, from, to).await.map(Some)
}

/// What a forecast of the campaign follows from, while it runs.
async fn forecast_of(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignRow,
    plan: Option<&Plan>,
) -> Result<Option<ForecastBasis>, StoreError> {
    if campaign.state != CampaignState::Running.word() {
        return Ok(None);
    }
    let of = forecast::ForecastInput {
        campaign_key: campaign.campaign_key,
        plan,
        never_dialled: (campaign.contacts - campaign.dialled) as u64,
        reached: campaign.reached as u64,
        cost: Money(campaign.cost),
    };
    forecast::read(conn, scope, &of).await.map(Some)
}

fn distinct(customers: &DayCustomers) -> Funnel {
    let DayCustomers { dialled, reached, talked, goal } = customers;
    Funnel {
        customers: dialled.len(),
        dialled: dialled.len(),
        reached: reached.len(),
        talked_30s: talked.len(),
        goal: talked.intersection_len(goal),
    }
}

/// Whether a rollup row is of finished calls.
fn is_finished(row: &ReportCodeRow) -> bool {
    !row.code.is_empty()
}

/// Of all finished calls; those in progress are only counted.
#[derive(Debug, Default)]
struct ReportTotals {
    calls: CallCounts,
    sums: HourSums,
    /// Of the answered calls.
    recorded: u64,
    /// Calls that ended with CU.
    line_faults: u64,
    /// Calls whose code is a goal.
    goals: u64,
}

impl ReportTotals {
    fn of(rows: &[ReportCodeRow], meanings: &CodeMeanings) -> Self {
        let mut totals = Self::default();
        for row in rows {
            let calls = row.sums.calls as u64;
            if !is_finished(row) {
                totals.calls.in_progress += calls;
                continue;
            }
            let answered = is_answered(&row.code);
            totals.calls.add(meanings.class_of(&row.code), answered, calls);
            totals.line_faults += if row.code == LINE_FAULT { calls } else { 0 };
            totals.goals += if meanings.is_goal(&row.code) { calls } else { 0 };
            totals.recorded += if answered { row.sums.recorded as u64 } else { 0 };
            totals.sums += row.sums;
        }
        totals
    }
}

/// The first and the last day with a finished call.
fn seen_days(hours: &[ReportCodeRow]) -> Option<DateRange> {
    let days = || hours.iter().filter(|row| is_finished(row) && row.sums.calls > 0).map(|row| Day(row.day as i32));
    Some(DateRange { from: days().min()?, to: days().max()? })
}

fn by_code(
    hours: &[ReportCodeRow],
    labels: &HashMap<&str, &domain::ResultCode>,
    meanings: &CodeMeanings,
) -> Vec<CodeCount> {
    let mut counts = BTreeMap::<&str, u64>::new();
    for row in hours.iter().filter(|row| is_finished(row)) {
        *counts.entry(row.code.as_str()).or_default() += row.sums.calls as u64;
    }
    let mut codes: Vec<CodeCount> = counts
        .into_iter()
        .filter(|(_, calls)| *calls > 0)
        .filter_map(|(text, calls)| {
            let label = labels.get(text);
            Some(CodeCount {
                // A stored code kept the rules when it came in.
                code: Code::new(text).ok()?,
                label_vi: label.map_or_else(|| text.to_owned(), |code| code.label_vi.clone()),
                label_en: label.map_or_else(|| text.to_owned(), |code| code.label_en.clone()),
                class: meanings.class_of(text),
                defined: label.is_some(),
                calls,
            })
        })
        .collect();
    codes.sort_by(|a, b| {
        (a.class, std::cmp::Reverse(a.calls), &a.code).cmp(&(b.class, std::cmp::Reverse(b.calls), &b.code))
    });
    codes
}

/// What a point of a trend counts.
enum TrendGrain {
    /// Each of these hours of a day.
    Hours(std::ops::Range<i64>),
    Day,
    Month,
    Year,
}

impl TrendGrain {
    /// That of the trend of a range: never more points than one can tell apart. Only a campaign as a whole can have more
    /// years than a range may have.
    fn of(range: DateRange) -> Self {
        let days = range.days();
        if days <= Report::TREND_BY_HOUR_DAYS {
            Self::Hours(0..24)
        } else if days <= Report::TREND_BY_DAY_DAYS {
            Self::Day
        } else if days <= RANGE_DAYS {
            Self::Month
        } else {
            Self::Year
        }
    }

    /// [`TrendPoint::at`] of the point that an hour of a day is in.
    fn at(&self, day: Day, hour: i64) -> String {
        match self {
            Self::Hours(_) => format!("{day}T{hour:02}"),
            Self::Day => day.to_string(),
            Self::Month => Month::of(day).to_string(),
            Self::Year => format!("{:04}", Month::of(day).year()),
        }
    }
}

fn trend(
    days: &[ReportCodeRow],
    hours: &[ReportCodeRow],
    range: DateRange,
    meanings: &CodeMeanings,
) -> Vec<TrendPoint> {
    match TrendGrain::of(range) {
        grain @ TrendGrain::Hours(_) => points(hours, range, &grain, meanings),
        grain => points(days, range, &grain, meanings),
    }
}

/// The hours of a range, those before and after all calls of any day left out; `hours` are none where it is too long.
fn by_hour(hours: &[ReportCodeRow], range: DateRange, meanings: &CodeMeanings) -> Vec<TrendPoint> {
    let called = || hours.iter().filter(|row| is_finished(row) && row.sums.calls > 0).map(|row| row.hour);
    let (Some(first), Some(last)) = (called().min(), called().max()) else { return Vec::new() };
    points(hours, range, &TrendGrain::Hours(first..last + 1), meanings)
}

/// The points of a range in their order, those without calls as well.
fn points(rows: &[ReportCodeRow], range: DateRange, grain: &TrendGrain, meanings: &CodeMeanings) -> Vec<TrendPoint> {
    let of_day = if let TrendGrain::Hours(hours) = grain { hours.clone() } else { 0..1 };
    // Years have four digits: in the order of their names, points are in the order of time.
    let mut points = BTreeMap::<String, TrendPoint>::new();
    for day in range.iter() {
        for hour in of_day.clone() {
            let at = grain.at(day, hour);
            let empty = TrendPoint {
                at: at.clone(),
                calls: 0,
                answered: 0,
                success: 0,
                failed: 0,
                error: 0,
                talk_time: 0,
                blocks: 0,
                cost: Money::ZERO,
            };
            points.insert(at, empty);
        }
    }
    for row in rows.iter().filter(|row| is_finished(row)) {
        let Some(point) = points.get_mut(&grain.at(Day(row.day as i32), row.hour)) else { continue };
        let calls = row.sums.calls as u64;
        point.calls += calls;
        point.answered += if is_answered(&row.code) { calls } else { 0 };
        match meanings.class_of(&row.code) {
            CallClass::Success => point.success += calls,
            CallClass::Failed => point.failed += calls,
            CallClass::Error => point.error += calls,
        }
        point.talk_time += row.sums.talk_time;
        point.blocks += row.sums.blocks;
        point.cost += Money(row.sums.cost);
    }
    points.into_values().collect()
}

/// Each hour of each day of a range.
async fn of_hours(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    range: DateRange,
) -> Result<Vec<ReportCodeRow>, StoreError> {
    fetch_all!(
        conn,
        ReportCodeRow,
        "SELECT day, hour, code, calls, talk_time, dial_time, ring_time, bot_messages, messages_known, blocks, cost,
                recorded
         FROM rollup_hours
         WHERE account_id = $1 AND campaign_key = $2 AND day BETWEEN $3 AND $4",
        scope.account(),
        campaign_key,
        i64::from(range.from.0),
        i64::from(range.to.0),
    )
}

/// The calls of the whole campaign, or of a range, by weekday and hour.
async fn week(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    range: Option<DateRange>,
) -> Result<Vec<WeekRow>, StoreError> {
    let Some(range) = range else {
        return fetch_all!(
            conn,
            WeekRow,
            "SELECT weekday, hour, code, calls FROM rollup_week WHERE account_id = $1 AND campaign_key = $2",
            scope.account(),
            campaign_key,
        );
    };
    // Day 0 was a Thursday; days before it are none.
    fetch_all!(
        conn,
        WeekRow,
        "SELECT (day + 3) % 7 + 1 AS weekday, hour, code, CAST(SUM(calls) AS BIGINT) AS calls
         FROM rollup_hours
         WHERE account_id = $1 AND campaign_key = $2 AND day BETWEEN $3 AND $4
         GROUP BY 1, 2, 3",
        scope.account(),
        campaign_key,
        i64::from(range.from.0),
        i64::from(range.to.0),
    )
}

fn heatmap(week: Vec<WeekRow>, meanings: &CodeMeanings) -> Vec<HeatCell> {
    let mut cells = BTreeMap::<(u8, u8), CallCounts>::new();
    for row in week.into_iter().filter(|row| !row.code.is_empty()) {
        let cell = cells.entry((row.weekday as u8, row.hour as u8)).or_default();
        cell.add(meanings.class_of(&row.code), is_answered(&row.code), row.calls as u64);
    }
    let cells = cells.into_iter().filter(|(_, cell)| cell.total > 0);
    let cell = |((weekday, hour), CallCounts { total: calls, answered, success, .. })| HeatCell {
        weekday,
        hour,
        calls,
        answered,
        success,
    };
    cells.map(cell).collect()
}

async fn attempts(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    from: i64,
    to: i64,
) -> Result<Vec<AttemptResult>, StoreError> {
    let rows = fetch_all!(
        conn,
        AttemptRow,
        "SELECT attempt, CAST(SUM(answered) AS BIGINT) AS answered, CAST(SUM(success) AS BIGINT) AS success, CAST(SUM(failed) AS BIGINT) AS failed,
                CAST(SUM(error) AS BIGINT) AS error, CAST(SUM(newly_reached) AS BIGINT) AS newly_reached,
                CAST(SUM(blocks) AS BIGINT) AS blocks, CAST(SUM(cost) AS BIGINT) AS cost
         FROM rollup_attempts
         WHERE account_id = $1 AND campaign_key = $2 AND day BETWEEN $3 AND $4
         GROUP BY attempt
         ORDER BY attempt",
        scope.account(),
        campaign_key,
        from,
        to,
    )?;
    let results = rows.into_iter().map(|AttemptRow { attempt, sums }| AttemptResult {
        attempt: attempt as u32,
        calls: (sums.success + sums.failed + sums.error) as u64,
        answered: sums.answered as u64,
        success: sums.success as u64,
        failed: sums.failed as u64,
        error: sums.error as u64,
        newly_reached: sums.newly_reached as u64,
        blocks: sums.blocks,
        cost: Money(sums.cost),
    });
    Ok(results.filter(|result| result.calls > 0).collect())
}

async fn talk_bins(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    from: i64,
    to: i64,
) -> Result<Vec<TalkBin>, StoreError> {
    let rows = fetch_all!(
        conn,
        (i64, i64),
        "SELECT bin, CAST(SUM(calls) AS BIGINT)
         FROM rollup_talk
         WHERE account_id = $1 AND campaign_key = $2 AND day BETWEEN $3 AND $4
         GROUP BY bin",
        scope.account(),
        campaign_key,
        from,
        to,
    )?;
    let counts: HashMap<i64, i64> = rows.into_iter().collect();
    let bins = (0..histogram::BINS).map(|bin| {
        let (from, to) = histogram::bounds(bin);
        TalkBin { from, to, calls: counts.get(&(bin as i64)).copied().unwrap_or(0) as u64 }
    });
    Ok(bins.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_is_rounded_half_up_and_undefined_over_nothing() {
        assert_eq!(mean(5, 2), Some(3));
        assert_eq!(mean(4, 3), Some(1));
        assert_eq!(mean(0, 0), None);
    }

    #[test]
    fn a_trend_has_never_more_points_than_one_can_tell_apart() {
        let trend_of = |from: &str, to: &str| {
            let range = DateRange::new(from.parse().unwrap(), to.parse().unwrap()).unwrap();
            let calls = |day: Day| ReportCodeRow {
                day: i64::from(day.0),
                hour: 9,
                code: "DY".to_owned(),
                sums: HourSums { calls: 1, ..HourSums::default() },
            };
            let rows: Vec<ReportCodeRow> = range.iter().map(calls).collect();
            let points = trend(&rows, &rows, range, &CodeMeanings::default());
            assert_eq!(points.iter().map(|point| point.calls).sum::<u64>(), range.days() as u64, "{range:?}");
            // Each counts what it says it does.
            for point in &points {
                let days = point.days().unwrap();
                let counted = range.iter().filter(|day| days.contains(*day)).count() as u64;
                assert!(point.calls == counted || point.at.len() > 10, "{point:?}");
            }
            let ends = [&points[0], &points[points.len() - 1]].map(|point| point.at.clone());
            (points.len(), ends)
        };
        let found = |count: usize, ends: [&str; 2]| (count, ends.map(str::to_owned));
        assert_eq!(trend_of("2026-11-01", "2026-11-02"), found(48, ["2026-11-01T00", "2026-11-02T23"]));
        assert_eq!(trend_of("2026-11-01", "2026-11-03"), found(3, ["2026-11-01", "2026-11-03"]));
        assert_eq!(trend_of("2025-10-01", "2026-11-04"), found(400, ["2025-10-01", "2026-11-04"]));
        assert_eq!(trend_of("2025-10-01", "2026-11-05"), found(14, ["2025-10", "2026-11"]));
        assert_eq!(trend_of("2016-01-01", "2025-12-31"), found(120, ["2016-01", "2025-12"]));
        assert_eq!(trend_of("1970-01-01", "2199-12-31"), found(230, ["1970", "2199"]));
    }
}
