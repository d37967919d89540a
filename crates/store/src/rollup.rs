//! Rollups: the small tables that reports read. Every change of calls passes through [`Deltas`], which is written in
//! key order (two writers cannot deadlock) in the transaction that writes the calls.

use std::collections::BTreeMap;

use domain::{Day, histogram};
use roaring::RoaringBitmap;

use crate::{
    Scope, StoreError,
    bulk::{Column, add_sums, insert_rows},
    db::{Conn, execute, fetch_all},
    dialect::integers_of_json,
    timeline::{CallRow, Flags},
    usage_rollup::{self, Usages},
};

/// Campaign, day, hour, voicebot, code.
pub(crate) type HourKey = (i64, i64, i64, i64, String);
/// Campaign, day, code.
pub(crate) type DayKey = (i64, i64, String);
/// Campaign, weekday, hour, code.
pub(crate) type WeekKey = (i64, i64, i64, String);
/// Campaign, day, attempt.
pub(crate) type AttemptKey = (i64, i64, i64);
/// Campaign, day, bin.
pub(crate) type TalkKey = (i64, i64, i64);

/// calls, `talk_time`, `dial_time`, `ring_time`, `bot_messages`, `messages_known`, blocks, cost.
pub(crate) type HourSums = [i64; 8];
/// Their columns.
const HOUR_SUMS: [&str; 8] =
    ["calls", "talk_time", "dial_time", "ring_time", "bot_messages", "messages_known", "blocks", "cost"];
/// success, failed, error, `newly_reached`, blocks, cost.
pub(crate) type AttemptSums = [i64; 6];
/// contacts, dialled, reached, talked, goal, success, failed, error, `in_progress`, blocks, cost.
pub(crate) type CampaignSums = [i64; 11];

/// Of each campaign and day: customers, and what is to be said of them.
pub(crate) type DayChanges = BTreeMap<(i64, i64), Vec<(u32, Flags, bool)>>;

/// What a change of calls does to the rollups.
#[derive(Debug, Default)]
pub(crate) struct Deltas {
    pub(crate) hours: BTreeMap<HourKey, HourSums>,
    pub(crate) attempts: BTreeMap<AttemptKey, AttemptSums>,
    pub(crate) talk: BTreeMap<TalkKey, i64>,
    pub(crate) campaigns: BTreeMap<i64, CampaignSums>,
    /// For each campaign and day: customers whose flags are to be added to (`false`) or set exactly (`true`).
    pub(crate) days: DayChanges,
    /// By day, campaign and voicebot.
    pub(crate) usages: Usages,
    /// Whether something was taken away, so that rows may have come to nothing.
    subtracted: bool,
}

fn add<const N: usize>(sums: &mut [i64; N], sign: i64, values: [i64; N]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += sign * value;
    }
}

/// The rollup by day, without hours and voicebots.
pub(crate) fn by_day(hours: &BTreeMap<HourKey, HourSums>) -> BTreeMap<DayKey, HourSums> {
    let mut days = BTreeMap::<DayKey, HourSums>::new();
    for ((campaign_key, day, _, _, code), sums) in hours {
        add(days.entry((*campaign_key, *day, code.clone())).or_default(), 1, *sums);
    }
    days
}

/// The rollup by weekday and hour: calls.
pub(crate) fn by_week(hours: &BTreeMap<HourKey, HourSums>) -> BTreeMap<WeekKey, i64> {
    let mut week = BTreeMap::<WeekKey, i64>::new();
    for ((campaign_key, day, hour, _, code), sums) in hours {
        let weekday = i64::from(Day(*day as i32).weekday());
        *week.entry((*campaign_key, weekday, *hour, code.clone())).or_default() += sums[0];
    }
    week
}

/// Whether a customer has talked for long and met the goal: the funnel's last step is a subset of the one before.
fn goal_step(flags: Flags) -> bool {
    flags.has(Flags::TALKED) && flags.has(Flags::GOAL)
}

impl Deltas {
    /// Counts a call.
    pub(crate) fn add_call(&mut self, call: &CallRow) {
        self.count(call, 1);
    }

    /// Takes a call out again, as it was stored.
    pub(crate) fn subtract_call(&mut self, call: &CallRow) {
        self.subtracted = true;
        self.count(call, -1);
    }

    fn count(&mut self, call: &CallRow, sign: i64) {
        usage_rollup::count(&mut self.usages, call, sign);
        let code = call.result_code.clone().unwrap_or_default();
        let hour = (call.campaign_key, call.day, call.hour, call.voicebot_key, code);
        let known = i64::from(call.class.is_some() && call.bot_messages.is_some());
        let messages = if known == 1 { call.bot_messages.unwrap_or(0) } else { 0 };
        let sums = self.hours.entry(hour).or_default();
        add(sums, sign, [1, call.talk_time, call.dial_time, call.ring_time, messages, known, call.blocks, call.cost]);

        let campaign = self.campaigns.entry(call.campaign_key).or_default();
        let Some(class) = call.class else {
            campaign[8] += sign;
            return;
        };
        campaign[5 + class as usize] += sign;
        campaign[9] += sign * call.blocks;
        campaign[10] += sign * call.cost;

        let mut by_class = [0; 3];
        by_class[class as usize] = 1;
        let [success, failed, error] = by_class;
        let attempt = self.attempts.entry((call.campaign_key, call.day, call.attempt)).or_default();
        add(attempt, sign, [success, failed, error, i64::from(call.newly_reached), call.blocks, call.cost]);
        if call.is_success() {
            let bin = histogram::bin(call.talk_time) as i64;
            *self.talk.entry((call.campaign_key, call.day, bin)).or_default() += sign;
        }
    }

    /// Counts customers that were added to a campaign's list.
    pub(crate) fn add_contacts(&mut self, campaign_key: i64, contacts: i64) {
        self.campaigns.entry(campaign_key).or_default()[0] += contacts;
    }

    /// Counts the change of what is true of a customer over the campaign.
    pub(crate) fn change_flags(&mut self, campaign_key: i64, old: Flags, new: Flags) {
        let campaign = self.campaigns.entry(campaign_key).or_default();
        let steps = |flags: Flags| {
            let has = |flag| i64::from(flags.has(flag));
            [has(Flags::DIALLED), has(Flags::REACHED), has(Flags::TALKED), i64::from(goal_step(flags))]
        };
        for ((sum, new), old) in campaign[1..5].iter_mut().zip(steps(new)).zip(steps(old)) {
            *sum += new - old;
        }
    }

    /// Adds to what is true of a customer on a day.
    pub(crate) fn add_day_flags(&mut self, campaign_key: i64, day: i64, contact_no: i64, flags: Flags) {
        self.days.entry((campaign_key, day)).or_default().push((contact_no as u32, flags, false));
    }

    /// Sets exactly what is true of a customer on a day.
    pub(crate) fn set_day_flags(&mut self, campaign_key: i64, day: i64, contact_no: i64, flags: Flags) {
        self.days.entry((campaign_key, day)).or_default().push((contact_no as u32, flags, true));
    }

    /// Writes everything.
    pub(crate) async fn write(mut self, conn: &mut Conn, scope: &Scope) -> Result<(), StoreError> {
        let account = scope.account();
        let (usages, codes) = (std::mem::take(&mut self.usages), usage_rollup::by_code(&self.hours));
        usage_rollup::write(conn, account, &usages, &codes).await?;
        if self.subtracted {
            usage_rollup::delete_empty(conn, account, &usages, &codes).await?;
        }
        self.write_of_campaigns(conn, account).await
    }

    /// Writes what is kept by campaign, without the usage of the account.
    pub(crate) async fn write_of_campaigns(self, conn: &mut Conn, account: i64) -> Result<(), StoreError> {
        let campaigns: Vec<i64> = self.campaigns.keys().copied().collect();
        write_by_day(conn, account, &by_day(&self.hours)).await?;
        write_by_week(conn, account, &by_week(&self.hours)).await?;
        write_hours(conn, account, &self.hours).await?;
        write_attempts(conn, account, &self.attempts).await?;
        write_talk(conn, account, &self.talk).await?;
        write_days(conn, account, self.days).await?;
        for (campaign_key, s) in self.campaigns {
            execute!(
                conn,
                "UPDATE campaigns
                 SET contacts = contacts + $3, dialled = dialled + $4, reached = reached + $5, talked = talked + $6,
                     goal = goal + $7, success = success + $8, failed = failed + $9, error = error + $10,
                     in_progress = in_progress + $11, blocks = blocks + $12, cost = cost + $13
                 WHERE account_id = $1 AND campaign_key = $2",
                account,
                campaign_key,
                s[0],
                s[1],
                s[2],
                s[3],
                s[4],
                s[5],
                s[6],
                s[7],
                s[8],
                s[9],
                s[10],
            )?;
        }
        if self.subtracted {
            for campaign_key in campaigns {
                delete_empty(conn, account, campaign_key).await?;
            }
        }
        Ok(())
    }
}

/// Rows that came to nothing would make a campaign seem to begin on a day without calls.
async fn delete_empty(conn: &mut Conn, account: i64, campaign_key: i64) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM rollup_hours WHERE account_id = $1 AND campaign_key = $2 AND calls = 0",
        "DELETE FROM rollup_days WHERE account_id = $1 AND campaign_key = $2 AND calls = 0",
        "DELETE FROM rollup_week WHERE account_id = $1 AND campaign_key = $2 AND calls = 0",
        "DELETE FROM rollup_attempts
         WHERE account_id = $1 AND campaign_key = $2 AND success + failed + error = 0",
        "DELETE FROM rollup_talk WHERE account_id = $1 AND campaign_key = $2 AND calls = 0",
    ] {
        execute!(conn, sql, account, campaign_key)?;
    }
    Ok(())
}

async fn write_hours(conn: &mut Conn, account: i64, hours: &BTreeMap<HourKey, HourSums>) -> Result<(), StoreError> {
    let int = |part: fn(&HourKey) -> i64| Column::Int(hours.keys().map(part).collect());
    let keys = vec![
        ("campaign_key", int(|key| key.0)),
        ("day", int(|key| key.1)),
        ("hour", int(|key| key.2)),
        ("voicebot_key", int(|key| key.3)),
        ("code", Column::Text(hours.keys().map(|key| key.4.clone()).collect())),
    ];
    add_sums(conn, account, "rollup_hours", keys, HOUR_SUMS, hours.values()).await
}

async fn write_by_day(conn: &mut Conn, account: i64, days: &BTreeMap<DayKey, HourSums>) -> Result<(), StoreError> {
    let int = |part: fn(&DayKey) -> i64| Column::Int(days.keys().map(part).collect());
    let keys = vec![
        ("campaign_key", int(|key| key.0)),
        ("day", int(|key| key.1)),
        ("code", Column::Text(days.keys().map(|key| key.2.clone()).collect())),
    ];
    add_sums(conn, account, "rollup_days", keys, HOUR_SUMS, days.values()).await
}

async fn write_by_week(conn: &mut Conn, account: i64, week: &BTreeMap<WeekKey, i64>) -> Result<(), StoreError> {
    let int = |part: fn(&WeekKey) -> i64| Column::Int(week.keys().map(part).collect());
    let keys = vec![
        ("campaign_key", int(|key| key.0)),
        ("weekday", int(|key| key.1)),
        ("hour", int(|key| key.2)),
        ("code", Column::Text(week.keys().map(|key| key.3.clone()).collect())),
    ];
    add_sums(conn, account, "rollup_week", keys, ["calls"], week.values().map(std::array::from_ref)).await
}

async fn write_attempts(
    conn: &mut Conn,
    account: i64,
    attempts: &BTreeMap<AttemptKey, AttemptSums>,
) -> Result<(), StoreError> {
    let int = |part: fn(&AttemptKey) -> i64| Column::Int(attempts.keys().map(part).collect());
    let keys = vec![("campaign_key", int(|key| key.0)), ("day", int(|key| key.1)), ("attempt", int(|key| key.2))];
    let names = ["success", "failed", "error", "newly_reached", "blocks", "cost"];
    add_sums(conn, account, "rollup_attempts", keys, names, attempts.values()).await
}

async fn write_talk(conn: &mut Conn, account: i64, talk: &BTreeMap<TalkKey, i64>) -> Result<(), StoreError> {
    let int = |part: fn(&TalkKey) -> i64| Column::Int(talk.keys().map(part).collect());
    let keys = vec![("campaign_key", int(|key| key.0)), ("day", int(|key| key.1)), ("bin", int(|key| key.2))];
    add_sums(conn, account, "rollup_talk", keys, ["calls"], talk.values().map(std::array::from_ref)).await
}

/// The four bitmaps of a campaign's day, in the order of [`Flags::ALL`].
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct DayCustomers(pub(crate) [RoaringBitmap; 4]);

impl DayCustomers {
    /// Adds what is true of a customer, or sets exactly that.
    pub(crate) fn apply(&mut self, contact_no: u32, flags: Flags, exactly: bool) {
        for (bitmap, flag) in self.0.iter_mut().zip(Flags::ALL) {
            if flags.has(flag) {
                bitmap.insert(contact_no);
            } else if exactly {
                bitmap.remove(contact_no);
            }
        }
    }

    /// Adds another day's customers.
    pub(crate) fn unite(&mut self, other: &Self) {
        for (bitmap, other) in self.0.iter_mut().zip(&other.0) {
            *bitmap |= other;
        }
    }

    /// Whether nobody was dialled.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(RoaringBitmap::is_empty)
    }
}

/// day, dialled, reached, talked, goal.
type DayRow = (i64, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>);

fn read_day(row: DayRow) -> Result<(i64, DayCustomers), StoreError> {
    let (day, dialled, reached, talked, goal) = row;
    let mut customers = DayCustomers::default();
    for (bitmap, bytes) in customers.0.iter_mut().zip([dialled, reached, talked, goal]) {
        *bitmap = RoaringBitmap::deserialize_from(bytes.as_slice())
            .map_err(|error| StoreError::Broken(format!("customer_days of day {day}: {error}")))?;
    }
    Ok((day, customers))
}

/// The customers of a campaign on each day of `from ≤ day ≤ to`.
pub(crate) async fn customers_of_days(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    from: i64,
    to: i64,
) -> Result<Vec<(i64, DayCustomers)>, StoreError> {
    let rows = fetch_all!(
        conn,
        DayRow,
        "SELECT day, dialled, reached, talked, goal FROM customer_days
         WHERE account_id = $1 AND campaign_key = $2 AND day BETWEEN $3 AND $4",
        scope.account(),
        campaign_key,
        from,
        to,
    )?;
    rows.into_iter().map(read_day).collect()
}

async fn write_days(conn: &mut Conn, account: i64, changes: DayChanges) -> Result<(), StoreError> {
    let mut by_campaign = BTreeMap::<i64, BTreeMap<i64, DayCustomers>>::new();
    for &(campaign_key, day) in changes.keys() {
        by_campaign.entry(campaign_key).or_default().insert(day, DayCustomers::default());
    }
    for (campaign_key, days) in &mut by_campaign {
        let wanted = serde_json::json!(days.keys().collect::<Vec<_>>()).to_string();
        let sql = format!(
            "SELECT day, dialled, reached, talked, goal FROM customer_days
             WHERE account_id = $1 AND campaign_key = $2 AND day IN ({})",
            integers_of_json(conn, "$3"),
        );
        for row in fetch_all!(conn, DayRow, sqlx::AssertSqlSafe(sql.as_str()), account, *campaign_key, wanted.as_str())?
        {
            let (day, customers) = read_day(row)?;
            days.insert(day, customers);
        }
    }
    for ((campaign_key, day), customers) in changes {
        let Some(bitmaps) = by_campaign.get_mut(&campaign_key).and_then(|days| days.get_mut(&day)) else { continue };
        for (contact_no, flags, exactly) in customers {
            bitmaps.apply(contact_no, flags, exactly);
        }
    }
    replace_days(conn, account, &by_campaign).await
}

/// Stores the bitmaps of days; a day without customers has no row.
pub(crate) async fn replace_days(
    conn: &mut Conn,
    account: i64,
    by_campaign: &BTreeMap<i64, BTreeMap<i64, DayCustomers>>,
) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for (campaign_key, days) in by_campaign {
        for (day, customers) in days {
            if customers.is_empty() {
                execute!(
                    conn,
                    "DELETE FROM customer_days WHERE account_id = $1 AND campaign_key = $2 AND day = $3",
                    account,
                    *campaign_key,
                    *day,
                )?;
                continue;
            }
            let mut bytes = Vec::with_capacity(4);
            for bitmap in &customers.0 {
                let mut compact = bitmap.clone();
                compact.optimize();
                let mut buffer = Vec::with_capacity(compact.serialized_size());
                compact.serialize_into(&mut buffer).map_err(|error| StoreError::Broken(error.to_string()))?;
                bytes.push(buffer);
            }
            rows.push(((*campaign_key, *day), bytes));
        }
    }
    let int = |part: fn(&(i64, i64)) -> i64| Column::Int(rows.iter().map(|(key, _)| part(key)).collect());
    let bytes = |n: usize| Column::Bytes(rows.iter().map(|(_, bitmaps)| bitmaps[n].clone()).collect());
    let columns = vec![
        ("account_id", Column::Int(vec![account; rows.len()])),
        ("campaign_key", int(|key| key.0)),
        ("day", int(|key| key.1)),
        ("dialled", bytes(0)),
        ("reached", bytes(1)),
        ("talked", bytes(2)),
        ("goal", bytes(3)),
    ];
    let conflict = " ON CONFLICT (account_id, campaign_key, day) DO UPDATE
         SET dialled = excluded.dialled, reached = excluded.reached, talked = excluded.talked, goal = excluded.goal";
    insert_rows(conn, "customer_days", columns, conflict).await
}
