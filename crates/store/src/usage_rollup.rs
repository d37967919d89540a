//! The rollups of usage: what voicebots did on a day, with which result codes, and for which campaigns on a day and in a
//! month. Whatever range is asked for, the rows that are read depend on days and names, not on calls.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Day, usage::Month};

use crate::{
    StoreError,
    bulk::{Column, add_sums},
    db::{Conn, execute, fetch_all},
    dialect::integers_of_json,
    rollup::{HourKey, HourSums},
    timeline::CallRow,
};

/// Day, campaign, voicebot.
pub(crate) type UsageKey = (i64, i64, i64);
/// calls, `talk_time`, `dial_time`, `bot_messages`, `messages_known`, blocks, cost; of finished calls.
pub(crate) type UsageSums = [i64; 7];
/// By day, campaign and voicebot.
pub(crate) type Usages = BTreeMap<UsageKey, UsageSums>;

/// Day, voicebot, code; '' for the calls in progress.
pub(crate) type CodeKey = (i64, i64, String);
/// calls, `talk_time`, blocks, cost.
pub(crate) type CodeSums = [i64; 4];
/// What the list of the account's calls counts and sums.
pub(crate) type Codes = BTreeMap<CodeKey, CodeSums>;

const SUMS: [&str; 7] = ["calls", "talk_time", "dial_time", "bot_messages", "messages_known", "blocks", "cost"];

/// Counts a call (`sign` 1) or takes it out again (−1). Calls in progress are in no figure.
pub(crate) fn count(usages: &mut Usages, call: &CallRow, sign: i64) {
    if call.class.is_none() {
        return;
    }
    let values = [
        1,
        call.talk_time,
        call.dial_time,
        call.bot_messages.unwrap_or(0),
        i64::from(call.bot_messages.is_some()),
        call.blocks,
        call.cost,
    ];
    let sums = usages.entry((call.day, call.campaign_key, call.voicebot_key)).or_default();
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += sign * value;
    }
}

/// The same by other keys.
fn grouped<K: Ord>(usages: &Usages, key: impl Fn(&UsageKey) -> K) -> BTreeMap<K, UsageSums> {
    let mut groups = BTreeMap::<K, UsageSums>::new();
    for (of, values) in usages {
        for (sum, value) in groups.entry(key(of)).or_default().iter_mut().zip(values) {
            *sum += value;
        }
    }
    groups
}

/// By day and voicebot.
pub(crate) fn by_voicebot(usages: &Usages) -> BTreeMap<(i64, i64), UsageSums> {
    grouped(usages, |(day, _, voicebot)| (*day, *voicebot))
}

/// By month, campaign and voicebot.
fn by_month(usages: &Usages) -> Usages {
    grouped(usages, |(day, campaign, voicebot)| (i64::from(Month::of(Day(*day as i32)).0), *campaign, *voicebot))
}

/// By day, voicebot and code.
pub(crate) fn by_code(hours: &BTreeMap<HourKey, HourSums>) -> Codes {
    let mut codes = Codes::new();
    add_codes(&mut codes, hours);
    codes
}

/// Adds the hours of a campaign.
pub(crate) fn add_codes(codes: &mut Codes, hours: &BTreeMap<HourKey, HourSums>) {
    for ((_, day, _, voicebot, code), sums) in hours {
        let [calls, talk_time, .., blocks, cost] = *sums;
        let of_code = codes.entry((*day, *voicebot, code.clone())).or_default();
        for (sum, value) in of_code.iter_mut().zip([calls, talk_time, blocks, cost]) {
            *sum += value;
        }
    }
}

/// Adds to all tables, in key order.
pub(crate) async fn write(conn: &mut Conn, account: i64, usages: &Usages, codes: &Codes) -> Result<(), StoreError> {
    write_days(conn, account, &by_voicebot(usages)).await?;
    write_codes(conn, account, codes).await?;
    write_campaigns(conn, account, usages).await
}

async fn write_codes(conn: &mut Conn, account: i64, codes: &Codes) -> Result<(), StoreError> {
    let keys = vec![
        ("day", Column::Int(codes.keys().map(|(day, ..)| *day).collect())),
        ("voicebot_key", Column::Int(codes.keys().map(|(_, voicebot, _)| *voicebot).collect())),
        ("code", Column::Text(codes.keys().map(|(.., code)| code.clone()).collect())),
    ];
    add_sums(conn, account, "usage_codes", keys, ["calls", "talk_time", "blocks", "cost"], codes.values()).await
}

async fn write_days(conn: &mut Conn, account: i64, days: &BTreeMap<(i64, i64), UsageSums>) -> Result<(), StoreError> {
    let keys = vec![
        ("day", Column::Int(days.keys().map(|(day, _)| *day).collect())),
        ("voicebot_key", Column::Int(days.keys().map(|(_, voicebot)| *voicebot).collect())),
    ];
    add_sums(conn, account, "usage_days", keys, SUMS, days.values()).await
}

async fn write_campaigns(conn: &mut Conn, account: i64, usages: &Usages) -> Result<(), StoreError> {
    let months = by_month(usages);
    for (table, first, rows) in [("usage_campaign_days", "day", usages), ("usage_campaign_months", "month", &months)] {
        let int = |part: fn(&UsageKey) -> i64| Column::Int(rows.keys().map(part).collect());
        let keys =
            vec![(first, int(|key| key.0)), ("campaign_key", int(|key| key.1)), ("voicebot_key", int(|key| key.2))];
        add_sums(conn, account, table, keys, SUMS, rows.values()).await?;
    }
    Ok(())
}

/// Rows of these days and months that came to nothing would name a voicebot or a campaign that did nothing.
pub(crate) async fn delete_empty(
    conn: &mut Conn,
    account: i64,
    usages: &Usages,
    codes: &Codes,
) -> Result<(), StoreError> {
    let days: BTreeSet<i64> = usages.keys().map(|(day, ..)| *day).collect();
    let code_days: BTreeSet<i64> = codes.keys().map(|(day, ..)| *day).collect();
    let months: BTreeSet<i64> = by_month(usages).into_keys().map(|(month, ..)| month).collect();
    for (table, column, touched) in [
        ("usage_days", "day", &days),
        ("usage_codes", "day", &code_days),
        ("usage_campaign_days", "day", &days),
        ("usage_campaign_months", "month", &months),
    ] {
        let list = integers_of_json(conn, "$2");
        let sql = format!("DELETE FROM {table} WHERE account_id = $1 AND {column} IN ({list}) AND calls = 0");
        let touched = serde_json::json!(touched).to_string();
        execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), account, touched.as_str())?;
    }
    Ok(())
}

type DayRow = (i64, i64, i64, i64, i64, i64, i64, i64, i64);
type CampaignRow = (i64, i64, i64, i64, i64, i64, i64, i64, i64, i64);

/// What is stored by day and voicebot, by day, campaign and voicebot, and by month, campaign and voicebot.
pub(crate) async fn stored(
    conn: &mut Conn,
    account: i64,
) -> Result<(BTreeMap<(i64, i64), UsageSums>, Usages, Usages), StoreError> {
    let days = fetch_all!(
        conn,
        DayRow,
        "SELECT day, voicebot_key, calls, talk_time, dial_time, bot_messages, messages_known, blocks, cost
         FROM usage_days
         WHERE account_id = $1",
        account,
    )?;
    let campaign_days = fetch_all!(
        conn,
        CampaignRow,
        "SELECT day, campaign_key, voicebot_key, calls, talk_time, dial_time, bot_messages, messages_known, blocks, cost
         FROM usage_campaign_days
         WHERE account_id = $1",
        account,
    )?;
    let campaign_months = fetch_all!(
        conn,
        CampaignRow,
        "SELECT month, campaign_key, voicebot_key, calls, talk_time, dial_time, bot_messages, messages_known, blocks,
                cost
         FROM usage_campaign_months
         WHERE account_id = $1",
        account,
    )?;
    let days = days.into_iter().map(|(day, bot, n, t, d, m, k, b, c)| ((day, bot), [n, t, d, m, k, b, c]));
    let by_campaign = |rows: Vec<CampaignRow>| {
        rows.into_iter()
            .map(|(at, campaign, bot, n, t, d, m, k, b, c)| ((at, campaign, bot), [n, t, d, m, k, b, c]))
            .collect()
    };
    Ok((days.collect(), by_campaign(campaign_days), by_campaign(campaign_months)))
}

/// What is stored by day, voicebot and code.
pub(crate) async fn stored_codes(conn: &mut Conn, account: i64) -> Result<Codes, StoreError> {
    let rows = fetch_all!(
        conn,
        (i64, i64, String, i64, i64, i64, i64),
        "SELECT day, voicebot_key, code, calls, talk_time, blocks, cost FROM usage_codes WHERE account_id = $1",
        account,
    )?;
    Ok(rows.into_iter().map(|(day, bot, code, n, t, b, c)| ((day, bot, code), [n, t, b, c])).collect())
}

/// What should be stored, in the shape of [`stored`].
pub(crate) fn recounted(usages: &Usages) -> (BTreeMap<(i64, i64), UsageSums>, Usages, Usages) {
    (by_voicebot(usages), usages.clone(), by_month(usages))
}

/// Stores these in place of all that the account has.
pub(crate) async fn replace(conn: &mut Conn, account: i64, usages: &Usages, codes: &Codes) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM usage_days WHERE account_id = $1",
        "DELETE FROM usage_codes WHERE account_id = $1",
        "DELETE FROM usage_campaign_days WHERE account_id = $1",
        "DELETE FROM usage_campaign_months WHERE account_id = $1",
    ] {
        execute!(conn, sql, account)?;
    }
    write(conn, account, usages, codes).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        support::{both_engines, call, send, shop},
        verify,
    };

    both_engines! {
        async fn a_wrong_total_is_found_and_put_right(db) {
            let scope = shop(&db, "wrong").await;
            send(&db, &scope, vec![call("c-1").talked(31_000), call("c-2"), call("c-3").of("camp-1")]).await;
            let mut conn = db.write().await.unwrap();
            for sql in [
                "UPDATE usage_days SET blocks = blocks + 1 WHERE account_id = $1",
                "DELETE FROM usage_campaign_days WHERE account_id = $1",
                "UPDATE usage_campaign_months SET calls = 0 WHERE account_id = $1",
                "UPDATE usage_codes SET cost = cost + 1 WHERE account_id = $1 AND code = 'DY'",
            ] {
                execute!(conn, sql, scope.account()).unwrap();
            }
            let found = verify::recount(&mut conn, &scope, true, &mut |_| {}).await.unwrap();
            assert_eq!(found.len(), 6, "a voicebot's day, a code of it, a day and a month of two campaigns: {found:?}");
            assert_eq!(verify::recount(&mut conn, &scope, false, &mut |_| {}).await.unwrap(), []);
        }

        async fn the_migration_fills_what_an_older_version_stored(db) {
            let scope = shop(&db, "older").await;
            let day = 86_400_000;
            let calls = (0..40).map(|n| call(&format!("c-{n}")).talked(n * 2_000).later(-n * 3 * day));
            send(&db, &scope, calls.chain([call("c-live").in_progress()]).collect()).await;
            let migrations = if db.is_sqlite() {
                [include_str!("../migrations/sqlite/0003_usage.sql"), include_str!("../migrations/sqlite/0012_account_calls.sql")]
            } else {
                [include_str!("../migrations/postgres/0003_usage.sql"), include_str!("../migrations/postgres/0012_account_calls.sql")]
            };
            let mut conn = db.write().await.unwrap();
            replace(&mut conn, scope.account(), &Usages::new(), &Codes::new()).await.unwrap();
            let filling = migrations.map(|migration| migration.split_once("-- What is stored already.").unwrap().1);
            let statements = filling.iter().flat_map(|filling| filling.split_inclusive(';'));
            let statements: Vec<&str> = statements.filter_map(|one| one.find("INSERT INTO usage").map(|at| &one[at..])).collect();
            assert_eq!(statements.len(), 4);
            for sql in statements {
                execute!(conn, sqlx::AssertSqlSafe(sql)).unwrap();
            }
            assert_eq!(verify::recount(&mut conn, &scope, false, &mut |_| {}).await.unwrap(), []);
        }
    }
}
