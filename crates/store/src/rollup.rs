//! Rollups: the small tables that reports read. Every change of calls passes through [`Deltas`], which is written in
//! key order (two writers cannot deadlock) in the transaction that writes the calls.

use std::collections::BTreeMap;

use domain::{CallClass, Day, histogram};
use roaring::RoaringBitmap;

use crate::{
    Scope, StoreError,
    bulk::{Column, add_sums, insert_rows},
    db::{Conn, execute, fetch_all},
    dialect::integers_of_json,
    sums::{Calls, Sums, grouped, key, sums},
    timeline::{CallRow, Flags},
    usage_rollup::{self, AllUsage, Usages},
};

key! {
    /// Of `rollup_hours`.
    HourKey {
        campaign_key: i64,
        day: i64,
        hour: i64,
        voicebot_key: i64,
        /// '' for the calls in progress.
        code: String,
    }
}

key! {
    /// Of `rollup_days`.
    DayKey { campaign_key: i64, day: i64, code: String }
}

key! {
    /// Of `rollup_week`.
    WeekKey {
        campaign_key: i64,
        /// 1 (Monday) to 7.
        weekday: i64,
        hour: i64,
        code: String,
    }
}

key! {
    /// Of `rollup_attempts`.
    AttemptKey { campaign_key: i64, day: i64, attempt: i64 }
}

key! {
    /// Of `rollup_talk`.
    TalkKey { campaign_key: i64, day: i64, bin: i64 }
}

sums! {
    /// Of calls: in an hour, on a day.
    HourSums { calls, talk_time, dial_time, ring_time, bot_messages, messages_known, blocks, cost, recorded }
}

sums! {
    /// Of finished calls, by the attempt that they were.
    AttemptSums { success, failed, error, newly_reached, blocks, cost }
}

sums! {
    /// Of a campaign: its customers, how far they came, and its calls.
    CampaignSums { contacts, dialled, reached, talked, goal, success, failed, error, in_progress, blocks, cost }
}

pub(crate) type Hours = BTreeMap<HourKey, HourSums>;
pub(crate) type Days = BTreeMap<DayKey, HourSums>;
pub(crate) type Week = BTreeMap<WeekKey, Calls>;
pub(crate) type Attempts = BTreeMap<AttemptKey, AttemptSums>;
pub(crate) type Talk = BTreeMap<TalkKey, Calls>;

impl HourSums {
    /// What one call adds.
    pub(crate) fn of(call: &CallRow) -> Self {
        let messages = call.bot_messages.filter(|_| call.class.is_some());
        Self {
            calls: 1,
            talk_time: call.talk_time,
            dial_time: call.dial_time,
            ring_time: call.ring_time,
            bot_messages: messages.unwrap_or(0),
            messages_known: i64::from(messages.is_some()),
            blocks: call.blocks,
            cost: call.cost,
            recorded: i64::from(call.recorded),
        }
    }
}

impl AttemptSums {
    /// What one finished call adds.
    fn of(call: &CallRow) -> Self {
        Self {
            success: call.counts_as(CallClass::Success),
            failed: call.counts_as(CallClass::Failed),
            error: call.counts_as(CallClass::Error),
            newly_reached: i64::from(call.newly_reached),
            blocks: call.blocks,
            cost: call.cost,
        }
    }
}

impl CampaignSums {
    /// What one call adds; a call in progress has no blocks and no cost yet.
    fn of(call: &CallRow) -> Self {
        if call.class.is_none() {
            return Self { in_progress: 1, ..Self::default() };
        }
        Self {
            success: call.counts_as(CallClass::Success),
            failed: call.counts_as(CallClass::Failed),
            error: call.counts_as(CallClass::Error),
            blocks: call.blocks,
            cost: call.cost,
            ..Self::default()
        }
    }

    /// What one customer adds. Goals count only where the customer was talked to for long: the funnel's last step is a
    /// subset of the one before.
    fn of_customer(flags: Flags) -> Self {
        let has = |flag| i64::from(flags.has(flag));
        Self {
            dialled: has(Flags::DIALLED),
            reached: has(Flags::REACHED),
            talked: has(Flags::TALKED),
            goal: has(Flags::TALKED.with(Flags::GOAL)),
            ..Self::default()
        }
    }
}

/// What is said of a customer on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DayMark {
    contact_no: u32,
    flags: Flags,
    /// Whether nothing else is true of the customer on that day.
    exactly: bool,
}

/// What is to be said of customers, by campaign and day.
pub(crate) type DayChanges = BTreeMap<(i64, i64), Vec<DayMark>>;

/// What a change of calls does to the rollups.
#[derive(Debug, Default)]
pub(crate) struct Deltas {
    pub(crate) hours: Hours,
    pub(crate) attempts: Attempts,
    pub(crate) talk: Talk,
    pub(crate) campaigns: BTreeMap<i64, CampaignSums>,
    /// The campaigns' next contact numbers, where some were given.
    next_contact_nos: BTreeMap<i64, i64>,
    pub(crate) days: DayChanges,
    /// By day, campaign and voicebot.
    pub(crate) usages: Usages,
    /// Whether something was taken away, so that rows may have come to nothing.
    subtracted: bool,
}

/// The rollup by day, without hours and voicebots.
pub(crate) fn by_day(hours: &Hours) -> Days {
    grouped(hours, |key| DayKey { campaign_key: key.campaign_key, day: key.day, code: key.code.clone() })
}

/// The rollup by weekday and hour.
pub(crate) fn by_week(hours: &Hours) -> Week {
    let calls: BTreeMap<&HourKey, Calls> = hours.iter().map(|(key, sums)| (key, Calls { calls: sums.calls })).collect();
    grouped(&calls, |key| WeekKey {
        campaign_key: key.campaign_key,
        weekday: i64::from(Day(key.day as i32).weekday()),
        hour: key.hour,
        code: key.code.clone(),
    })
}

impl Deltas {
    /// Counts a call.
    pub(crate) fn add_call(&mut self, call: &CallRow) {
        self.count(call, false);
    }

    /// Takes a call out again, as it was stored.
    pub(crate) fn subtract_call(&mut self, call: &CallRow) {
        self.subtracted = true;
        self.count(call, true);
    }

    fn count(&mut self, call: &CallRow, subtract: bool) {
        usage_rollup::count(&mut self.usages, call, subtract);
        let (campaign_key, day) = (call.campaign_key, call.day);
        let hour = HourKey {
            campaign_key,
            day,
            hour: call.hour,
            voicebot_key: call.voicebot_key,
            code: call.result_code.clone().unwrap_or_default(),
        };
        self.hours.entry(hour).or_default().change(HourSums::of(call), subtract);
        self.campaigns.entry(campaign_key).or_default().change(CampaignSums::of(call), subtract);
        if call.class.is_none() {
            return;
        }
        let attempt = AttemptKey { campaign_key, day, attempt: call.attempt };
        self.attempts.entry(attempt).or_default().change(AttemptSums::of(call), subtract);
        if call.is_success() {
            let talk = TalkKey { campaign_key, day, bin: histogram::bin(call.talk_time) as i64 };
            self.talk.entry(talk).or_default().change(Calls { calls: 1 }, subtract);
        }
    }

    /// Notes the number that a campaign's next customer gets.
    pub(crate) fn set_next_contact_no(&mut self, campaign_key: i64, next: i64) {
        self.next_contact_nos.insert(campaign_key, next);
    }

    /// Counts customers that came to a campaign's list, or left it.
    pub(crate) fn add_contacts(&mut self, campaign_key: i64, contacts: i64) {
        self.campaigns.entry(campaign_key).or_default().contacts += contacts;
    }

    /// Counts the change of what is true of a customer over the campaign.
    pub(crate) fn change_flags(&mut self, campaign_key: i64, old: Flags, new: Flags) {
        let campaign = self.campaigns.entry(campaign_key).or_default();
        *campaign += CampaignSums::of_customer(new);
        *campaign -= CampaignSums::of_customer(old);
    }

    /// Adds to what is true of a customer on a day.
    pub(crate) fn add_day_flags(&mut self, campaign_key: i64, day: i64, contact_no: i64, flags: Flags) {
        let mark = DayMark { contact_no: contact_no as u32, flags, exactly: false };
        self.days.entry((campaign_key, day)).or_default().push(mark);
    }

    /// Sets exactly what is true of a customer on a day.
    pub(crate) fn set_day_flags(&mut self, campaign_key: i64, day: i64, contact_no: i64, flags: Flags) {
        let mark = DayMark { contact_no: contact_no as u32, flags, exactly: true };
        self.days.entry((campaign_key, day)).or_default().push(mark);
    }

    /// Writes everything.
    pub(crate) async fn write(mut self, conn: &mut Conn, scope: &Scope) -> Result<(), StoreError> {
        let account = scope.account();
        let usage = AllUsage::of(std::mem::take(&mut self.usages), usage_rollup::by_code(&self.hours));
        usage_rollup::write(conn, account, &usage).await?;
        if self.subtracted {
            usage_rollup::delete_empty(conn, account, &usage).await?;
        }
        self.write_of_campaigns(conn, account).await
    }

    /// Writes what is kept by campaign, without the usage of the account.
    async fn write_of_campaigns(self, conn: &mut Conn, account: i64) -> Result<(), StoreError> {
        add_sums(conn, account, "rollup_days", &by_day(&self.hours)).await?;
        add_sums(conn, account, "rollup_week", &by_week(&self.hours)).await?;
        add_sums(conn, account, "rollup_hours", &self.hours).await?;
        add_sums(conn, account, "rollup_attempts", &self.attempts).await?;
        add_sums(conn, account, "rollup_talk", &self.talk).await?;
        write_days(conn, account, self.days).await?;
        for (campaign_key, sums) in &self.campaigns {
            let next = self.next_contact_nos.get(campaign_key).copied();
            add_to_campaign(conn, account, *campaign_key, sums, next).await?;
        }
        if self.subtracted {
            for campaign_key in self.campaigns.into_keys() {
                delete_empty(conn, account, campaign_key).await?;
            }
        }
        Ok(())
    }
}

/// Adds to the totals of a campaign, and stores its next contact number where there is a new one.
pub(crate) async fn add_to_campaign(
    conn: &mut Conn,
    account: i64,
    campaign_key: i64,
    sums: &CampaignSums,
    next_contact_no: Option<i64>,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE campaigns
         SET contacts = contacts + $3, dialled = dialled + $4, reached = reached + $5, talked = talked + $6,
             goal = goal + $7, success = success + $8, failed = failed + $9, error = error + $10,
             in_progress = in_progress + $11, blocks = blocks + $12, cost = cost + $13,
             next_contact_no = COALESCE($14, next_contact_no)
         WHERE account_id = $1 AND campaign_key = $2",
        account,
        campaign_key,
        sums.contacts,
        sums.dialled,
        sums.reached,
        sums.talked,
        sums.goal,
        sums.success,
        sums.failed,
        sums.error,
        sums.in_progress,
        sums.blocks,
        sums.cost,
        next_contact_no,
    )?;
    Ok(())
}

/// Counts that a stored call has a recording now, or has none any more.
pub(crate) async fn count_recording(
    conn: &mut Conn,
    scope: &Scope,
    of: HourKey,
    recorded: bool,
) -> Result<(), StoreError> {
    let mut sums = HourSums::default();
    sums.change(HourSums { recorded: 1, ..HourSums::default() }, !recorded);
    let hours = Hours::from([(of, sums)]);
    add_sums(conn, scope.account(), "rollup_days", &by_day(&hours)).await?;
    add_sums(conn, scope.account(), "rollup_hours", &hours).await
}

/// Rows that came to nothing would make a campaign seem to begin on a day without calls. Only where every sum has: a row
/// that is wrong must stay wrong by the same amount until it is put right (`verify`).
pub(crate) async fn delete_empty(conn: &mut Conn, account: i64, campaign_key: i64) -> Result<(), StoreError> {
    for (table, nothing_left) in [
        ("rollup_hours", HourSums::nothing_left()),
        ("rollup_days", HourSums::nothing_left()),
        ("rollup_week", Calls::nothing_left()),
        ("rollup_attempts", AttemptSums::nothing_left()),
        ("rollup_talk", Calls::nothing_left()),
    ] {
        let sql = format!("DELETE FROM {table} WHERE account_id = $1 AND campaign_key = $2 AND {nothing_left}");
        execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), account, campaign_key)?;
    }
    Ok(())
}

/// The customers of a campaign's day: whom it dialled, reached, talked to for over 30 s, met the goal with.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct DayCustomers {
    pub(crate) dialled: RoaringBitmap,
    pub(crate) reached: RoaringBitmap,
    pub(crate) talked: RoaringBitmap,
    pub(crate) goal: RoaringBitmap,
}

impl DayCustomers {
    fn bitmaps(&self) -> [&RoaringBitmap; 4] {
        [&self.dialled, &self.reached, &self.talked, &self.goal]
    }

    fn flagged(&mut self) -> [(Flags, &mut RoaringBitmap); 4] {
        [
            (Flags::DIALLED, &mut self.dialled),
            (Flags::REACHED, &mut self.reached),
            (Flags::TALKED, &mut self.talked),
            (Flags::GOAL, &mut self.goal),
        ]
    }

    /// Adds what is true of a customer.
    pub(crate) fn add(&mut self, contact_no: i64, flags: Flags) {
        self.apply(DayMark { contact_no: contact_no as u32, flags, exactly: false });
    }

    fn apply(&mut self, mark: DayMark) {
        for (flag, bitmap) in self.flagged() {
            if mark.flags.has(flag) {
                bitmap.insert(mark.contact_no);
            } else if mark.exactly {
                bitmap.remove(mark.contact_no);
            }
        }
    }

    /// Adds another day's customers.
    pub(crate) fn unite(&mut self, other: &Self) {
        for ((_, bitmap), other) in self.flagged().into_iter().zip(other.bitmaps()) {
            *bitmap |= other;
        }
    }

    /// The customers of whom not the same is said.
    pub(crate) fn differing(&self, other: &Self) -> RoaringBitmap {
        let differing = self.bitmaps().into_iter().zip(other.bitmaps()).map(|(one, other)| one ^ other);
        differing.fold(RoaringBitmap::new(), |all, bitmap| all | bitmap)
    }

    /// Whether nobody was dialled.
    pub(crate) fn is_empty(&self) -> bool {
        self.bitmaps().into_iter().all(RoaringBitmap::is_empty)
    }

    /// How many are in each step.
    pub(crate) fn text(&self) -> String {
        let Self { dialled, reached, talked, goal } = self;
        format!("dialled {} reached {} talked {} goal {}", dialled.len(), reached.len(), talked.len(), goal.len())
    }
}

/// A row of `customer_days`.
#[derive(Debug, sqlx_macros::FromRow)]
struct CustomerDayRow {
    day: i64,
    dialled: Vec<u8>,
    reached: Vec<u8>,
    talked: Vec<u8>,
    goal: Vec<u8>,
}

impl CustomerDayRow {
    fn read(self) -> Result<(i64, DayCustomers), StoreError> {
        let bitmap = |bytes: &[u8]| {
            RoaringBitmap::deserialize_from(bytes)
                .map_err(|error| StoreError::Broken(format!("customer_days of day {}: {error}", self.day)))
        };
        let customers = DayCustomers {
            dialled: bitmap(&self.dialled)?,
            reached: bitmap(&self.reached)?,
            talked: bitmap(&self.talked)?,
            goal: bitmap(&self.goal)?,
        };
        Ok((self.day, customers))
    }
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
        CustomerDayRow,
        "SELECT day, dialled, reached, talked, goal FROM customer_days
         WHERE account_id = $1 AND campaign_key = $2 AND day BETWEEN $3 AND $4",
        scope.account(),
        campaign_key,
        from,
        to,
    )?;
    rows.into_iter().map(CustomerDayRow::read).collect()
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
        let sql = sqlx::AssertSqlSafe(sql.as_str());
        for row in fetch_all!(conn, CustomerDayRow, sql, account, *campaign_key, wanted.as_str())? {
            let (day, customers) = row.read()?;
            days.insert(day, customers);
        }
    }
    for ((campaign_key, day), marks) in changes {
        let Some(bitmaps) = by_campaign.get_mut(&campaign_key).and_then(|days| days.get_mut(&day)) else { continue };
        for mark in marks {
            bitmaps.apply(mark);
        }
    }
    replace_days(conn, account, &by_campaign).await
}

/// Stores the bitmaps of days; a day without customers has no row.
async fn replace_days(
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
            rows.push((*campaign_key, *day, customers));
        }
    }
    let bitmaps = |bitmap: fn(&DayCustomers) -> &RoaringBitmap| {
        let bytes = rows.iter().map(|(.., customers)| compact(bitmap(customers))).collect::<Result<_, _>>()?;
        Ok::<_, StoreError>(Column::Bytes(bytes))
    };
    let columns = vec![
        ("account_id", Column::Int(vec![account; rows.len()])),
        ("campaign_key", Column::Int(rows.iter().map(|(campaign_key, ..)| *campaign_key).collect())),
        ("day", Column::Int(rows.iter().map(|(_, day, _)| *day).collect())),
        ("dialled", bitmaps(|customers| &customers.dialled)?),
        ("reached", bitmaps(|customers| &customers.reached)?),
        ("talked", bitmaps(|customers| &customers.talked)?),
        ("goal", bitmaps(|customers| &customers.goal)?),
    ];
    let conflict = " ON CONFLICT (account_id, campaign_key, day) DO UPDATE
         SET dialled = excluded.dialled, reached = excluded.reached, talked = excluded.talked, goal = excluded.goal";
    insert_rows(conn, "customer_days", columns, conflict).await
}

/// A bitmap as it is stored.
fn compact(bitmap: &RoaringBitmap) -> Result<Vec<u8>, StoreError> {
    let mut bitmap = bitmap.clone();
    bitmap.optimize();
    let mut bytes = Vec::with_capacity(bitmap.serialized_size());
    bitmap.serialize_into(&mut bytes).map_err(|error| StoreError::Broken(error.to_string()))?;
    Ok(bytes)
}
