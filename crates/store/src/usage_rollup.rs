//! The rollups of usage: what voicebots did on a day, with which result codes, and for which campaigns on a day and in a
//! month. Whatever range is asked for, the rows that are read depend on days and names, not on calls.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Day, usage::Month};

use crate::{
    StoreError,
    bulk::add_sums,
    db::{Conn, execute, fetch_all},
    dialect::integers_of_json,
    rollup::{HourSums, Hours},
    sums::{Calls, Keyed, Sums, by_key, grouped, key, sums},
    timeline::CustomerCall,
};

key! {
    /// Key of the table `usage_campaign_days`.
    UsageKey { day: i64, campaign_key: i64, voicebot_key: i64 }
}

key! {
    /// Key of the table `usage_campaign_months`.
    UsageMonthKey {
        /// Year × 12 + month − 1.
        month: i64,
        campaign_key: i64,
        voicebot_key: i64,
    }
}

key! {
    /// Key of the table `usage_days`.
    UsageDayKey { day: i64, voicebot_key: i64 }
}

key! {
    /// Key of the table `usage_codes`.
    CodeKey {
        day: i64,
        voicebot_key: i64,
        /// '' for the calls in progress.
        code: String,
    }
}

key! {
    /// Key of the table `usage_months`.
    MonthKey {
        /// Year × 12 + month − 1.
        month: i64,
    }
}

key! {
    /// Key of the table `usage_account_codes`.
    AccountCodeKey {
        /// '' for the calls in progress.
        code: String,
    }
}

sums! {
    /// Of an account as a whole.
    MonthSums {
        calls,
        /// Calls in progress, which are in no other figure.
        open,
        talk_time,
        dial_time,
        blocks,
        cost,
    }
}

sums! {
    /// Of finished calls.
    UsageSums { calls, talk_time, dial_time, bot_messages, messages_known, blocks, cost }
}

sums! {
    /// What the list of the account's calls counts and sums.
    CodeSums { calls, talk_time, blocks, cost }
}

/// By day, campaign and voicebot.
pub(crate) type Usages = BTreeMap<UsageKey, UsageSums>;
pub(crate) type UsageMonths = BTreeMap<UsageMonthKey, UsageSums>;
pub(crate) type UsageByDay = BTreeMap<UsageDayKey, UsageSums>;
pub(crate) type Codes = BTreeMap<CodeKey, CodeSums>;
pub(crate) type Months = BTreeMap<MonthKey, MonthSums>;
pub(crate) type AccountCodes = BTreeMap<AccountCodeKey, Calls>;

impl From<HourSums> for UsageSums {
    fn from(sums: HourSums) -> Self {
        let HourSums {
            calls,
            talk_time,
            dial_time,
            ring_time: _,
            bot_messages,
            messages_known,
            blocks,
            cost,
            recorded: _,
        } = sums;
        Self { calls, talk_time, dial_time, bot_messages, messages_known, blocks, cost }
    }
}

impl From<HourSums> for CodeSums {
    fn from(sums: HourSums) -> Self {
        Self { calls: sums.calls, talk_time: sums.talk_time, blocks: sums.blocks, cost: sums.cost }
    }
}

/// Counts a call or takes it out again. Calls in progress are in no figure.
pub(crate) fn count(usages: &mut Usages, call: &CustomerCall, subtract: bool) {
    if call.class.is_none() {
        return;
    }
    let key = UsageKey { day: call.day, campaign_key: call.campaign_key, voicebot_key: call.voicebot_key };
    usages.entry(key).or_default().change(UsageSums::from(HourSums::of(call)), subtract);
}

fn by_voicebot(usages: &Usages) -> UsageByDay {
    grouped(usages, |key| UsageDayKey { day: key.day, voicebot_key: key.voicebot_key })
}

/// Months since the year 0, as [`Month`] counts.
fn month_of(day: i64) -> i64 {
    i64::from(Month::of(Day(day as i32)).0)
}

/// By month, of the whole account.
fn by_month_alone(usages: &Usages, codes: &Codes) -> Months {
    let mut months = Months::new();
    for (key, sums) in usages {
        let UsageSums { calls, talk_time, dial_time, blocks, cost, .. } = *sums;
        *months.entry(MonthKey { month: month_of(key.day) }).or_default() +=
            MonthSums { calls, open: 0, talk_time, dial_time, blocks, cost };
    }
    for (key, sums) in codes.iter().filter(|(key, _)| key.code.is_empty()) {
        months.entry(MonthKey { month: month_of(key.day) }).or_default().open += sums.calls;
    }
    months
}

fn by_code_alone(codes: &Codes) -> AccountCodes {
    let calls: BTreeMap<&CodeKey, Calls> = codes.iter().map(|(key, sums)| (key, Calls { calls: sums.calls })).collect();
    grouped(&calls, |key| AccountCodeKey { code: key.code.clone() })
}

/// By month, campaign and voicebot.
fn by_month(usages: &Usages) -> UsageMonths {
    grouped(usages, |key| UsageMonthKey {
        month: month_of(key.day),
        campaign_key: key.campaign_key,
        voicebot_key: key.voicebot_key,
    })
}

/// By day, voicebot and code.
pub(crate) fn by_code(hours: &Hours) -> Codes {
    let mut codes = Codes::new();
    add_codes(&mut codes, hours);
    codes
}

/// Adds the hours of a campaign.
pub(crate) fn add_codes(codes: &mut Codes, hours: &Hours) {
    for (hour, sums) in hours {
        let key = CodeKey { day: hour.day, voicebot_key: hour.voicebot_key, code: hour.code.clone() };
        *codes.entry(key).or_default() += CodeSums::from(*sums);
    }
}

/// Adds to all tables, in key order.
pub(crate) async fn write(conn: &mut Conn, account: i64, usage: &AllUsage) -> Result<(), StoreError> {
    add_sums(conn, account, "usage_days", &usage.days).await?;
    add_sums(conn, account, "usage_codes", &usage.codes).await?;
    add_sums(conn, account, "usage_campaign_days", &usage.campaign_days).await?;
    add_sums(conn, account, "usage_campaign_months", &usage.campaign_months).await?;
    add_sums(conn, account, "usage_months", &usage.months).await?;
    add_sums(conn, account, "usage_account_codes", &usage.account_codes).await
}

/// Of the days and months of these rows, deletes the rows that came to nothing, which would name a voicebot or a campaign
/// that did nothing. Only where every sum has, as in [`crate::rollup::delete_empty`].
pub(crate) async fn delete_empty(conn: &mut Conn, account: i64, touched: &AllUsage) -> Result<(), StoreError> {
    let days: BTreeSet<i64> = touched.days.keys().map(|key| key.day).collect();
    let code_days: BTreeSet<i64> = touched.codes.keys().map(|key| key.day).collect();
    let campaign_days: BTreeSet<i64> = touched.campaign_days.keys().map(|key| key.day).collect();
    let months: BTreeSet<i64> = touched.campaign_months.keys().map(|key| key.month).collect();
    let all_months: BTreeSet<i64> = touched.months.keys().map(|key| key.month).collect();
    let (usage, code) = (UsageSums::nothing_left(), CodeSums::nothing_left());
    let month = MonthSums::nothing_left();
    for (table, column, touched, nothing_left) in [
        ("usage_days", "day", &days, &usage),
        ("usage_codes", "day", &code_days, &code),
        ("usage_campaign_days", "day", &campaign_days, &usage),
        ("usage_campaign_months", "month", &months, &usage),
        ("usage_months", "month", &all_months, &month),
    ] {
        let list = integers_of_json(conn, "$2");
        let sql = format!("DELETE FROM {table} WHERE account_id = $1 AND {column} IN ({list}) AND {nothing_left}");
        let touched = serde_json::json!(touched).to_string();
        execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), account, touched.as_str())?;
    }
    execute!(conn, "DELETE FROM usage_account_codes WHERE account_id = $1 AND calls = 0", account)?;
    Ok(())
}

/// All usage of an account, in each of its tables.
#[derive(Debug, Default)]
pub(crate) struct AllUsage {
    pub(crate) days: UsageByDay,
    pub(crate) codes: Codes,
    pub(crate) campaign_days: Usages,
    pub(crate) campaign_months: UsageMonths,
    pub(crate) months: Months,
    pub(crate) account_codes: AccountCodes,
}

impl AllUsage {
    /// What should be stored.
    pub(crate) fn of(campaign_days: Usages, codes: Codes) -> Self {
        Self {
            days: by_voicebot(&campaign_days),
            campaign_months: by_month(&campaign_days),
            months: by_month_alone(&campaign_days, &codes),
            account_codes: by_code_alone(&codes),
            codes,
            campaign_days,
        }
    }

    /// All rollups of usage of the account as they stand, for `verify` to compare with its calls.
    pub(crate) async fn stored(conn: &mut Conn, account: i64) -> Result<Self, StoreError> {
        let days = fetch_all!(
            conn,
            Keyed<UsageDayKey, UsageSums>,
            "SELECT day, voicebot_key, calls, talk_time, dial_time, bot_messages, messages_known, blocks, cost
             FROM usage_days
             WHERE account_id = $1",
            account,
        )?;
        let codes = fetch_all!(
            conn,
            Keyed<CodeKey, CodeSums>,
            "SELECT day, voicebot_key, code, calls, talk_time, blocks, cost FROM usage_codes WHERE account_id = $1",
            account,
        )?;
        let campaign_days = fetch_all!(
            conn,
            Keyed<UsageKey, UsageSums>,
            "SELECT day, campaign_key, voicebot_key, calls, talk_time, dial_time, bot_messages, messages_known, blocks,
                    cost
             FROM usage_campaign_days
             WHERE account_id = $1",
            account,
        )?;
        let campaign_months = fetch_all!(
            conn,
            Keyed<UsageMonthKey, UsageSums>,
            "SELECT month, campaign_key, voicebot_key, calls, talk_time, dial_time, bot_messages, messages_known,
                    blocks, cost
             FROM usage_campaign_months
             WHERE account_id = $1",
            account,
        )?;
        let months = fetch_all!(
            conn,
            Keyed<MonthKey, MonthSums>,
            "SELECT month, calls, open, talk_time, dial_time, blocks, cost FROM usage_months WHERE account_id = $1",
            account,
        )?;
        let account_codes = fetch_all!(
            conn,
            Keyed<AccountCodeKey, Calls>,
            "SELECT code, calls FROM usage_account_codes WHERE account_id = $1",
            account,
        )?;
        Ok(Self {
            days: by_key(days),
            codes: by_key(codes),
            campaign_days: by_key(campaign_days),
            campaign_months: by_key(campaign_months),
            months: by_key(months),
            account_codes: by_key(account_codes),
        })
    }
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
                "UPDATE usage_months SET open = open + 1 WHERE account_id = $1",
                "DELETE FROM usage_account_codes WHERE account_id = $1 AND code = 'DY'",
            ] {
                execute!(conn, sql, scope.account()).unwrap();
            }
            conn.commit().await.unwrap();
            let found = verify::step(&db, &scope, &verify::RecountStep::Usage, true, &mut |_| {}).await.unwrap();
            assert_eq!(found.len(), 8, "a voicebot's day, a code of it, a day and a month of two campaigns, a month, a code: {found:?}");
            let mut conn = db.read().await.unwrap();
            assert_eq!(verify::recount(&mut conn, &scope, &mut |_| {}).await.unwrap(), []);
        }

        async fn the_migration_fills_what_an_older_version_stored(db) {
            let scope = shop(&db, "older").await;
            let day = 86_400_000;
            let calls = (0..40).map(|n| call(&format!("c-{n}")).talked(n * 2_000).later(-n * 3 * day));
            send(&db, &scope, calls.chain([call("c-live").in_progress()]).collect()).await;
            let migrations = if db.is_sqlite() {
                [include_str!("../migrations/sqlite/0003_usage.sql"), include_str!("../migrations/sqlite/0012_account_calls.sql"), include_str!("../migrations/sqlite/0033_operators.sql")]
            } else {
                [include_str!("../migrations/postgres/0003_usage.sql"), include_str!("../migrations/postgres/0012_account_calls.sql"), include_str!("../migrations/postgres/0033_operators.sql")]
            };
            let mut conn = db.write().await.unwrap();
            for table in ["usage_days", "usage_codes", "usage_campaign_days", "usage_campaign_months", "usage_months", "usage_account_codes"] {
                let sql = format!("DELETE FROM {table} WHERE account_id = $1");
                execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account()).unwrap();
            }
            let filling = migrations.map(|migration| migration.split_once("-- What is stored already.").unwrap().1);
            let statements = filling.iter().flat_map(|filling| filling.split_inclusive(';'));
            let statements: Vec<&str> = statements.filter_map(|one| one.find("INSERT INTO usage").map(|at| &one[at..])).collect();
            assert_eq!(statements.len(), 6);
            for sql in statements {
                execute!(conn, sqlx::AssertSqlSafe(sql)).unwrap();
            }
            assert_eq!(verify::recount(&mut conn, &scope, &mut |_| {}).await.unwrap(), []);
        }
    }
}
