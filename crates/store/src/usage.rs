//! Usage of an account, read from its rollups alone: what is read depends on days, voicebots and campaigns, not on calls.

use std::collections::{BTreeMap, HashMap};

use domain::{
    CampaignId, DateRange, Day, Money, Timestamp, Usage, UsageQuery, VoicebotId,
    usage::{
        CampaignUsage, DAILY_TREND_DAYS, MONTHS_SHOWN, Month, MonthUsage, PreviousUsage, RangeMonth, UsageFigures,
        UsagePoint, VoicebotUsage,
    },
};

use crate::{
    Scope, StoreError, accounts, chosen,
    db::{Conn, fetch_all, fetch_one},
    sums::{Keyed, by_key, grouped},
    usage_rollup::UsageSums,
};

/// What is summed of each rollup: the columns of [`UsageSums`].
const SUMS: &str = "CAST(SUM(calls) AS BIGINT) AS calls, CAST(SUM(talk_time) AS BIGINT) AS talk_time,
    CAST(SUM(dial_time) AS BIGINT) AS dial_time, CAST(SUM(bot_messages) AS BIGINT) AS bot_messages,
    CAST(SUM(messages_known) AS BIGINT) AS messages_known, CAST(SUM(blocks) AS BIGINT) AS blocks,
    CAST(SUM(cost) AS BIGINT) AS cost";

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, sqlx_macros::FromRow)]
struct OfDay {
    day: i64,
}

#[derive(Debug, PartialEq, Eq, Hash, sqlx_macros::FromRow)]
struct OfVoicebot {
    voicebot_key: i64,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, sqlx_macros::FromRow)]
struct OfCampaign {
    campaign_key: i64,
    voicebot_key: i64,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, sqlx_macros::FromRow)]
struct OfMonth {
    month: i64,
    voicebot_key: i64,
}

type ByDay = BTreeMap<Day, UsageSums>;
type ByVoicebot = HashMap<i64, UsageSums>;
type ByCampaign = BTreeMap<OfCampaign, UsageSums>;
type ByMonth = BTreeMap<OfMonth, UsageSums>;

/// The first and the last day with a finished call; `None` where the account has none.
pub async fn days(conn: &mut Conn, scope: &Scope) -> Result<Option<DateRange>, StoreError> {
    chosen::whole_account(scope)?;
    let (first, last) = fetch_one!(
        conn,
        (Option<i64>, Option<i64>),
        "SELECT (SELECT MIN(day) FROM usage_days WHERE account_id = $1),
                (SELECT MAX(day) FROM usage_days WHERE account_id = $1)",
        scope.account(),
    )?;
    Ok(first.zip(last).map(|(from, to)| DateRange { from: Day(from as i32), to: Day(to as i32) }))
}

/// Reads every figure. `None`: no such voicebot in this account.
pub async fn read(
    conn: &mut Conn,
    scope: &Scope,
    query: &UsageQuery,
    now: Timestamp,
) -> Result<Option<Usage>, StoreError> {
    chosen::whole_account(scope)?;
    let account = accounts::lookup(conn, scope).await?;
    let bots = fetch_all!(
        conn,
        (i64, String, String),
        "SELECT voicebot_key, id, name FROM voicebots WHERE account_id = $1",
        scope.account(),
    )?;
    let bot = match &query.voicebot {
        None => None,
        Some(id) => match bots.iter().find(|(_, known, _)| known == id.as_str()) {
            Some((key, ..)) => Some(*key),
            None => return Ok(None),
        },
    };
    let zone = account.zone;
    let today = zone.local(now).day();
    // A call that is dated ahead of the clock makes no month of the future the latest.
    let latest = days(conn, scope).await?.map(|days| Month::of(days.to.min(today)));
    let compared = query.resolve(today, latest);
    let (range, before) = (compared.days, compared.previous);
    let daily = range.days() <= DAILY_TREND_DAYS;

    let by_days = by_day(conn, scope, range, bot).await?;
    let days_before = by_day(conn, scope, before, bot).await?;
    let by_campaigns = by_campaign(conn, scope, range).await?;
    let months = months_beside(Month::of(range.to), Month::of(today));
    let by_months = by_month(conn, scope, months, bot).await?;
    let by_bots = by_bot(conn, scope, range).await?;
    let bots_before = by_bot(conn, scope, before).await?;
    let bots = bots.into_iter().filter(|(key, ..)| bot.is_none_or(|only| only == *key)).collect();
    Ok(Some(Usage {
        from: range.from,
        to: range.to,
        timezone: account.zone.name().to_owned(),
        currency: account.currency,
        as_of: now,
        pricing_again: account.pricing_again,
        voicebot: query.voicebot.clone(),
        total: total(&by_days),
        previous: PreviousUsage { from: before.from, to: before.to, figures: total(&days_before) },
        voicebots: voicebots(bots, &by_bots, &bots_before, &by_campaigns, &by_months, months)?,
        by_campaign: campaigns(conn, scope, &by_campaigns, bot).await?,
        trend: if daily { trend_by_day(&by_days, range) } else { trend_by_month(&by_days, range) },
        previous_trend: if daily && before.days() <= DAILY_TREND_DAYS {
            trend_by_day(&days_before, before)
        } else {
            vec![]
        },
        months: months_in(&by_days, range),
        by_month: months_of(&by_months, months),
    }))
}

fn figures(sums: UsageSums) -> UsageFigures {
    UsageFigures {
        sessions: sums.blocks,
        bot_messages: (sums.messages_known > 0 || sums.calls == 0).then_some(sums.bot_messages),
        calls: sums.calls as u64,
        dial_time: sums.dial_time,
        talk_time: sums.talk_time,
        cost: Money(sums.cost),
    }
}

fn total(rows: &ByDay) -> UsageFigures {
    let mut sum = UsageSums::default();
    for values in rows.values() {
        sum += *values;
    }
    figures(sum)
}

/// The sums of each day with calls, over all voicebots or one.
async fn by_day(conn: &mut Conn, scope: &Scope, range: DateRange, bot: Option<i64>) -> Result<ByDay, StoreError> {
    let only = if bot.is_some() { "AND voicebot_key = $4" } else { "AND $4 = 0" };
    let sql = format!(
        "SELECT day, {SUMS} FROM usage_days
         WHERE account_id = $1 AND day BETWEEN $2 AND $3 {only}
         GROUP BY day"
    );
    let sql = sqlx::AssertSqlSafe(sql.as_str());
    let (from, to) = bounds(range);
    let rows = fetch_all!(conn, Keyed<OfDay, UsageSums>, sql, scope.account(), from, to, bot.unwrap_or(0))?;
    Ok(rows.into_iter().map(|row| (Day(row.key.day as i32), row.sums)).collect())
}

fn bounds(range: DateRange) -> (i64, i64) {
    (i64::from(range.from.0), i64::from(range.to.0))
}

async fn by_bot(conn: &mut Conn, scope: &Scope, range: DateRange) -> Result<ByVoicebot, StoreError> {
    let sql = format!(
        "SELECT voicebot_key, {SUMS} FROM usage_days
         WHERE account_id = $1 AND day BETWEEN $2 AND $3
         GROUP BY voicebot_key"
    );
    let sql = sqlx::AssertSqlSafe(sql.as_str());
    let (from, to) = bounds(range);
    let rows = fetch_all!(conn, Keyed<OfVoicebot, UsageSums>, sql, scope.account(), from, to)?;
    Ok(rows.into_iter().map(|row| (row.key.voicebot_key, row.sums)).collect())
}

fn voicebots(
    bots: Vec<(i64, String, String)>,
    now: &ByVoicebot,
    before: &ByVoicebot,
    by_campaign: &ByCampaign,
    by_month: &ByMonth,
    months: [Month; 2],
) -> Result<Vec<VoicebotUsage>, StoreError> {
    let mut campaigns = HashMap::<i64, u64>::new();
    for key in by_campaign.keys() {
        *campaigns.entry(key.voicebot_key).or_default() += 1;
    }
    let of = |sums: &ByVoicebot, key: i64| figures(sums.get(&key).copied().unwrap_or_default());
    let mut voicebots = Vec::with_capacity(bots.len());
    for (key, id, name) in bots {
        let sessions = |month: Month| {
            let of_month = OfMonth { month: i64::from(month.0), voicebot_key: key };
            by_month.get(&of_month).map_or(0, |sums| figures(*sums).sessions)
        };
        voicebots.push(VoicebotUsage {
            id: VoicebotId::new(id).map_err(|_| StoreError::Broken("id of a voicebot".to_owned()))?,
            name,
            campaigns: campaigns.get(&key).copied().unwrap_or(0),
            figures: of(now, key),
            previous: of(before, key),
            sessions_by_month: each(months).map(sessions).collect(),
        });
    }
    voicebots.sort_by(|a, b| {
        (b.figures.sessions, b.figures.calls, &a.name, &a.id).cmp(&(
            a.figures.sessions,
            a.figures.calls,
            &b.name,
            &b.id,
        ))
    });
    Ok(voicebots)
}

async fn campaigns(
    conn: &mut Conn,
    scope: &Scope,
    by_campaign: &ByCampaign,
    bot: Option<i64>,
) -> Result<Vec<CampaignUsage>, StoreError> {
    let mut sums = BTreeMap::<i64, UsageSums>::new();
    for (key, values) in by_campaign {
        if bot.is_none_or(|only| only == key.voicebot_key) {
            *sums.entry(key.campaign_key).or_default() += *values;
        }
    }
    let names = fetch_all!(
        conn,
        (i64, String, String),
        "SELECT campaign_key, id, name FROM campaigns WHERE account_id = $1",
        scope.account(),
    )?;
    let mut campaigns = Vec::with_capacity(sums.len());
    for (key, id, name) in names {
        let Some(sums) = sums.get(&key) else { continue };
        let id = CampaignId::new(id).map_err(|_| StoreError::Broken("id of a campaign".to_owned()))?;
        campaigns.push(CampaignUsage { id, name, figures: figures(*sums) });
    }
    let figures = |one: &CampaignUsage| (one.figures.cost, one.figures.sessions, one.figures.calls);
    campaigns.sort_by(|a, b| (figures(b), &a.name, &a.id).cmp(&(figures(a), &b.name, &b.id)));
    Ok(campaigns)
}

/// A range as its whole months, if it has any, and the days before and after them.
fn months_and_days(range: DateRange) -> (Option<(Month, Month)>, Vec<DateRange>) {
    let first = Month::of(range.from.plus(-1)).plus(1);
    let last = Month::of(range.to.plus(1)).plus(-1);
    if first > last {
        return (None, vec![range]);
    }
    let (begin, end) = (first.days().from, last.days().to);
    let mut edges = Vec::new();
    if range.from < begin {
        edges.push(DateRange { from: range.from, to: begin.plus(-1) });
    }
    if end < range.to {
        edges.push(DateRange { from: end.plus(1), to: range.to });
    }
    (Some((first, last)), edges)
}

/// By campaign and voicebot.
async fn by_campaign(conn: &mut Conn, scope: &Scope, range: DateRange) -> Result<ByCampaign, StoreError> {
    let (months, edges) = months_and_days(range);
    let months = months.map(|(first, last)| ("usage_campaign_months", "month", i64::from(first.0), i64::from(last.0)));
    let days = edges.into_iter().map(|edge| {
        let (from, to) = bounds(edge);
        ("usage_campaign_days", "day", from, to)
    });
    let mut sums = ByCampaign::new();
    for (table, column, from, to) in months.into_iter().chain(days) {
        let sql = format!(
            "SELECT campaign_key, voicebot_key, {SUMS} FROM {table}
             WHERE account_id = $1 AND {column} BETWEEN $2 AND $3
             GROUP BY campaign_key, voicebot_key"
        );
        let sql = sqlx::AssertSqlSafe(sql.as_str());
        for row in fetch_all!(conn, Keyed<OfCampaign, UsageSums>, sql, scope.account(), from, to)? {
            *sums.entry(row.key).or_default() += row.sums;
        }
    }
    Ok(sums)
}

fn trend_by_day(days: &ByDay, range: DateRange) -> Vec<UsagePoint> {
    let point =
        |day: Day| UsagePoint { at: day.to_string(), figures: figures(days.get(&day).copied().unwrap_or_default()) };
    range.iter().map(point).collect()
}

/// The sums of each month of the days that are there.
fn months_of_days(days: &ByDay) -> BTreeMap<Month, UsageSums> {
    let mut months = BTreeMap::<Month, UsageSums>::new();
    for (day, values) in days {
        *months.entry(Month::of(*day)).or_default() += *values;
    }
    months
}

fn trend_by_month(days: &ByDay, range: DateRange) -> Vec<UsagePoint> {
    let point = |one: RangeMonth| UsagePoint { at: one.month.to_string(), figures: one.figures };
    months_in(days, range).into_iter().map(point).collect()
}

fn months_in(days: &ByDay, range: DateRange) -> Vec<RangeMonth> {
    let months = months_of_days(days);
    let (first, last) = (Month::of(range.from), Month::of(range.to));
    let of = |n| {
        let month = Month(n);
        let whole = month.days();
        let sums = months.get(&month).copied().unwrap_or_default();
        RangeMonth { month, from: whole.from.max(range.from), to: whole.to.min(range.to), figures: figures(sums) }
    };
    (first.0..=last.0).map(of).collect()
}

/// The first and the last of the twelve months that stand beside each other: up to this month, or up to the month that
/// was asked for where it is not among them.
fn months_beside(asked: Month, this: Month) -> [Month; 2] {
    let last = if (this.plus(1 - MONTHS_SHOWN)..=this).contains(&asked) { this } else { asked };
    [last.plus(1 - MONTHS_SHOWN), last]
}

fn each([first, last]: [Month; 2]) -> impl Iterator<Item = Month> {
    (first.0..=last.0).map(Month)
}

/// By month and voicebot.
async fn by_month(
    conn: &mut Conn,
    scope: &Scope,
    [first, last]: [Month; 2],
    bot: Option<i64>,
) -> Result<ByMonth, StoreError> {
    let sql = format!(
        "SELECT month, voicebot_key, {SUMS} FROM usage_campaign_months
         WHERE account_id = $1 AND month BETWEEN $2 AND $3
         GROUP BY month, voicebot_key"
    );
    let sql = sqlx::AssertSqlSafe(sql.as_str());
    let (first, last) = (i64::from(first.0), i64::from(last.0));
    let rows = fetch_all!(conn, Keyed<OfMonth, UsageSums>, sql, scope.account(), first, last)?;
    Ok(by_key(rows.into_iter().filter(|row| bot.is_none_or(|only| only == row.key.voicebot_key))))
}

fn months_of(by_month: &ByMonth, months: [Month; 2]) -> Vec<MonthUsage> {
    let sums = grouped(by_month, |key| key.month);
    let of = |month: Month| sums.get(&i64::from(month.0)).copied().unwrap_or_default();
    each(months).map(|month| MonthUsage { month, figures: figures(of(month)) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_its_whole_months_and_the_days_around_them() {
        let cut = |from: &str, to: &str| {
            let range = DateRange { from: from.parse().unwrap(), to: to.parse().unwrap() };
            let (months, edges) = months_and_days(range);
            let months = months.map(|(first, last)| format!("{first}…{last}"));
            let edges: Vec<String> = edges.into_iter().map(|edge| format!("{}…{}", edge.from, edge.to)).collect();
            (months.unwrap_or_default(), edges.join(" "))
        };
        let both = |months: &str, edges: &str| (months.to_owned(), edges.to_owned());
        assert_eq!(cut("2026-01-01", "2026-12-31"), both("2026-01…2026-12", ""));
        assert_eq!(cut("2026-01-02", "2026-03-31"), both("2026-02…2026-03", "2026-01-02…2026-01-31"));
        assert_eq!(
            cut("2026-01-31", "2026-03-01"),
            both("2026-02…2026-02", "2026-01-31…2026-01-31 2026-03-01…2026-03-01")
        );
        assert_eq!(cut("2026-01-02", "2026-02-27"), both("", "2026-01-02…2026-02-27"));
        assert_eq!(cut("2026-02-01", "2026-02-28"), both("2026-02…2026-02", ""));
        assert_eq!(cut("2026-02-10", "2026-02-10"), both("", "2026-02-10…2026-02-10"));
    }
}
