//! Usage of an account, read from its rollups alone: what is read depends on days, voicebots and campaigns, not on calls.

use std::collections::{BTreeMap, HashMap};

use domain::{
    CampaignId, DateRange, Day, Money, Timestamp, Usage, UsageQuery, VoicebotId,
    time::Zone,
    usage::{
        CampaignUsage, DAILY_TREND_DAYS, MONTHS_SHOWN, Month, MonthUsage, PreviousUsage, UsageFigures, UsagePoint,
        VoicebotUsage,
    },
};

use crate::{
    Scope, StoreError, accounts,
    db::{Conn, fetch_all, fetch_one},
    usage_rollup::UsageSums,
};

/// What is summed of each rollup.
const SUMS: &str = "CAST(SUM(calls) AS BIGINT), CAST(SUM(talk_time) AS BIGINT), CAST(SUM(dial_time) AS BIGINT),
    CAST(SUM(bot_messages) AS BIGINT), CAST(SUM(messages_known) AS BIGINT), CAST(SUM(blocks) AS BIGINT),
    CAST(SUM(cost) AS BIGINT)";

/// The key and the sums.
type Row = (i64, i64, i64, i64, i64, i64, i64, i64);
/// Two keys and the sums.
type TwoRow = (i64, i64, i64, i64, i64, i64, i64, i64, i64);

/// The first and the last day with a finished call; `None` where the account has none.
pub async fn days(conn: &mut Conn, scope: &Scope) -> Result<Option<DateRange>, StoreError> {
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
    let zone =
        Zone::new(&account.timezone).map_err(|_| StoreError::Broken(format!("time zone {}", account.timezone)))?;
    let today = zone.local(now).day();
    let latest = days(conn, scope).await?.map(|days| Month::of(days.to));
    let compared = query.days.resolve(today, latest);
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
        timezone: account.timezone,
        currency: account.currency,
        as_of: now,
        voicebot: query.voicebot.clone(),
        total: total(&by_days),
        previous: PreviousUsage { from: before.from, to: before.to, figures: total(&days_before) },
        voicebots: voicebots(bots, &by_bots, &bots_before, &by_campaigns, &by_months, months)?,
        by_campaign: campaigns(conn, scope, &by_campaigns, bot).await?,
        trend: if daily { trend_by_day(&by_days, range) } else { trend_by_month(&by_days, range) },
        previous_trend: if daily { trend_by_day(&days_before, before) } else { vec![] },
        by_month: months_of(&by_months, months),
    }))
}

fn figures(sums: UsageSums) -> UsageFigures {
    let [calls, talk_time, dial_time, bot_messages, messages_known, blocks, cost] = sums;
    UsageFigures {
        sessions: blocks,
        bot_messages: (messages_known > 0 || calls == 0).then_some(bot_messages),
        calls: calls as u64,
        dial_time,
        talk_time,
        cost: Money(cost),
    }
}

fn add(sum: &mut UsageSums, values: &UsageSums) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += value;
    }
}

fn total<K>(rows: &BTreeMap<K, UsageSums>) -> UsageFigures {
    let mut sum = UsageSums::default();
    for values in rows.values() {
        add(&mut sum, values);
    }
    figures(sum)
}

// As many as the sums.
#[expect(clippy::many_single_char_names, reason = "the columns of a row, in their order")]
fn keyed((key, n, t, d, m, k, b, c): Row) -> (i64, UsageSums) {
    (key, [n, t, d, m, k, b, c])
}

/// The sums of each day with calls, over all voicebots or one.
async fn by_day(
    conn: &mut Conn,
    scope: &Scope,
    range: DateRange,
    bot: Option<i64>,
) -> Result<BTreeMap<Day, UsageSums>, StoreError> {
    let only = if bot.is_some() { "AND voicebot_key = $4" } else { "AND $4 = 0" };
    let sql = format!(
        "SELECT day, {SUMS} FROM usage_days
         WHERE account_id = $1 AND day BETWEEN $2 AND $3 {only}
         GROUP BY day"
    );
    let sql = sqlx::AssertSqlSafe(sql.as_str());
    let (from, to) = bounds(range);
    let rows = fetch_all!(conn, Row, sql, scope.account(), from, to, bot.unwrap_or(0))?;
    Ok(rows.into_iter().map(keyed).map(|(day, sums)| (Day(day as i32), sums)).collect())
}

fn bounds(range: DateRange) -> (i64, i64) {
    (i64::from(range.from.0), i64::from(range.to.0))
}

async fn by_bot(conn: &mut Conn, scope: &Scope, range: DateRange) -> Result<HashMap<i64, UsageSums>, StoreError> {
    let sql = format!(
        "SELECT voicebot_key, {SUMS} FROM usage_days
         WHERE account_id = $1 AND day BETWEEN $2 AND $3
         GROUP BY voicebot_key"
    );
    let sql = sqlx::AssertSqlSafe(sql.as_str());
    let (from, to) = bounds(range);
    Ok(fetch_all!(conn, Row, sql, scope.account(), from, to)?.into_iter().map(keyed).collect())
}

/// By campaign and voicebot, or by month and voicebot.
type ByTwo = BTreeMap<(i64, i64), UsageSums>;

fn voicebots(
    bots: Vec<(i64, String, String)>,
    now: &HashMap<i64, UsageSums>,
    before: &HashMap<i64, UsageSums>,
    by_campaign: &ByTwo,
    by_month: &ByTwo,
    months: [Month; 2],
) -> Result<Vec<VoicebotUsage>, StoreError> {
    let mut campaigns = HashMap::<i64, u64>::new();
    for (_, bot) in by_campaign.keys() {
        *campaigns.entry(*bot).or_default() += 1;
    }
    let of = |sums: &HashMap<i64, UsageSums>, key: i64| figures(sums.get(&key).copied().unwrap_or_default());
    let mut voicebots = Vec::with_capacity(bots.len());
    for (key, id, name) in bots {
        let sessions =
            |month: Month| by_month.get(&(i64::from(month.0), key)).map_or(0, |sums| figures(*sums).sessions);
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
    by_campaign: &ByTwo,
    bot: Option<i64>,
) -> Result<Vec<CampaignUsage>, StoreError> {
    let mut sums = BTreeMap::<i64, UsageSums>::new();
    for ((campaign, of), values) in by_campaign {
        if bot.is_none_or(|only| only == *of) {
            add(sums.entry(*campaign).or_default(), values);
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
    campaigns.sort_by(|a, b| {
        (b.figures.sessions, b.figures.calls, &a.name, &a.id).cmp(&(
            a.figures.sessions,
            a.figures.calls,
            &b.name,
            &b.id,
        ))
    });
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
async fn by_campaign(conn: &mut Conn, scope: &Scope, range: DateRange) -> Result<ByTwo, StoreError> {
    let (months, edges) = months_and_days(range);
    let months = months.map(|(first, last)| ("usage_campaign_months", "month", i64::from(first.0), i64::from(last.0)));
    let days = edges.into_iter().map(|edge| {
        let (from, to) = bounds(edge);
        ("usage_campaign_days", "day", from, to)
    });
    let mut sums = ByTwo::new();
    for (table, column, from, to) in months.into_iter().chain(days) {
        let sql = format!(
            "SELECT campaign_key, voicebot_key, {SUMS} FROM {table}
             WHERE account_id = $1 AND {column} BETWEEN $2 AND $3
             GROUP BY campaign_key, voicebot_key"
        );
        let sql = sqlx::AssertSqlSafe(sql.as_str());
        for (campaign, bot, n, t, d, m, k, b, c) in fetch_all!(conn, TwoRow, sql, scope.account(), from, to)? {
            add(sums.entry((campaign, bot)).or_default(), &[n, t, d, m, k, b, c]);
        }
    }
    Ok(sums)
}

fn trend_by_day(days: &BTreeMap<Day, UsageSums>, range: DateRange) -> Vec<UsagePoint> {
    let point =
        |day: Day| UsagePoint { at: day.to_string(), figures: figures(days.get(&day).copied().unwrap_or_default()) };
    range.iter().map(point).collect()
}

/// The sums of each month of the days that are there.
fn months_of_days(days: &BTreeMap<Day, UsageSums>) -> BTreeMap<Month, UsageSums> {
    let mut months = BTreeMap::<Month, UsageSums>::new();
    for (day, values) in days {
        add(months.entry(Month::of(*day)).or_default(), values);
    }
    months
}

fn trend_by_month(days: &BTreeMap<Day, UsageSums>, range: DateRange) -> Vec<UsagePoint> {
    let months = months_of_days(days);
    let (first, last) = (Month::of(range.from), Month::of(range.to));
    let point = |n| {
        let month = Month(n);
        let sums = months.get(&month).copied().unwrap_or_default();
        UsagePoint { at: month.to_string(), figures: figures(sums) }
    };
    (first.0..=last.0).map(point).collect()
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
) -> Result<ByTwo, StoreError> {
    let sql = format!(
        "SELECT month, voicebot_key, {SUMS} FROM usage_campaign_months
         WHERE account_id = $1 AND month BETWEEN $2 AND $3
         GROUP BY month, voicebot_key"
    );
    let sql = sqlx::AssertSqlSafe(sql.as_str());
    let rows = fetch_all!(conn, TwoRow, sql, scope.account(), i64::from(first.0), i64::from(last.0))?;
    let rows = rows.into_iter().filter(|row| bot.is_none_or(|only| only == row.1));
    Ok(rows.map(|(month, bot, n, t, d, m, k, b, c)| ((month, bot), [n, t, d, m, k, b, c])).collect())
}

fn months_of(by_month: &ByTwo, months: [Month; 2]) -> Vec<MonthUsage> {
    let of = |month: Month| {
        let mut sums = UsageSums::default();
        let of_month = by_month.range((i64::from(month.0), i64::MIN)..=(i64::from(month.0), i64::MAX));
        for (_, values) in of_month {
            add(&mut sums, values);
        }
        MonthUsage { month, figures: figures(sums) }
    };
    each(months).map(of).collect()
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
