//! Rollups: the small tables that reports read. Every change of calls passes through [`Deltas`], which is written in
//! key order (two writers cannot deadlock) in the transaction that writes the calls.

mod day_customers;

use std::collections::BTreeMap;

use domain::{CallClass, CodeMeanings, Day, histogram};

pub(crate) use self::day_customers::{DayChanges, DayCustomers, customers_of_all_days, customers_of_days};
use self::day_customers::{DayMark, write_days};
use crate::{
    Scope, StoreError,
    bulk::add_sums,
    db::{Conn, execute},
    endings::{self, EndingKey, EndingSums, EndingTotals},
    meanings::CountingRules,
    own_sums::{self, OwnRowSums, OwnRows},
    planned::{self, CampaignDayTimes},
    sums::{Calls, Sums, grouped, key, sums},
    timeline::{CustomerCall, DayFlags, Flags, TimelineStanding},
    usage_rollup::{self, AllUsage, Usages},
};

key! {
    /// Key of the table `rollup_hours`.
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
    /// Key of the table `rollup_days`.
    DayKey { campaign_key: i64, day: i64, code: String }
}

key! {
    /// Key of the table `rollup_week`.
    WeekKey {
        campaign_key: i64,
        /// 1 (Monday) to 7.
        weekday: i64,
        hour: i64,
        code: String,
    }
}

key! {
    /// Key of the table `rollup_attempts`.
    AttemptKey { campaign_key: i64, day: i64, attempt: i64 }
}

key! {
    /// Key of the table `rollup_talk`.
    TalkKey { campaign_key: i64, day: i64, bin: i64 }
}

sums! {
    /// Of calls: in an hour, on a day.
    HourSums { calls, talk_time, dial_time, ring_time, bot_messages, messages_known, blocks, cost, recorded }
}

sums! {
    /// Of finished calls, by the attempt that they were.
    AttemptSums { answered, success, failed, error, newly_reached, blocks, cost }
}

sums! {
    /// Of finished calls, what of [`AttemptSums`] follows from the meaning of codes.
    ClassSums { success, failed, error, newly_reached }
}

sums! {
    /// Of a campaign: its customers, how far they came, and its calls by how the line ended.
    CampaignSums { contacts, dialled, reached, talked, goal, answered, failed, error, in_progress, blocks, cost }
}

sums! {
    /// Of a campaign's customers, what of [`CampaignSums`] follows from the meaning of codes.
    StandingSums { reached, talked, goal }
}

key! {
    /// Key of the table `next_totals`.
    CampaignKey { campaign_key: i64 }
}

key! {
    /// Of `rollup_open`: by how many finished calls a customer has had.
    OpenKey { campaign_key: i64, calls: i64 }
}

sums! {
    /// Customers who were called and are not reached yet; and what a meaning that is prepared adds to them.
    OpenSums { customers, next_customers }
}

pub(crate) type Hours = BTreeMap<HourKey, HourSums>;
pub(crate) type Days = BTreeMap<DayKey, HourSums>;
pub(crate) type Week = BTreeMap<WeekKey, Calls>;
pub(crate) type AttemptTotals = BTreeMap<AttemptKey, AttemptSums>;
pub(crate) type Talk = BTreeMap<TalkKey, Calls>;
pub(crate) type OpenCustomers = BTreeMap<OpenKey, OpenSums>;
/// What a meaning that is prepared adds to [`AttemptTotals`].
pub(crate) type NextAttempts = BTreeMap<AttemptKey, ClassSums>;
/// What a meaning that is prepared adds to the totals of campaigns.
pub(crate) type NextTotals = BTreeMap<CampaignKey, StandingSums>;

impl HourSums {
    /// What one call adds.
    pub(crate) fn of(call: &CustomerCall) -> Self {
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

impl ClassSums {
    /// What one finished call adds by a meaning of its code.
    fn of(call: &CustomerCall, meanings: &CodeMeanings, newly_reached: bool) -> Self {
        let class = call.class_by(meanings);
        let is = |wanted| i64::from(class == Some(wanted));
        Self {
            success: is(CallClass::Success),
            failed: is(CallClass::Failed),
            error: is(CallClass::Error),
            newly_reached: i64::from(newly_reached),
        }
    }
}

impl AttemptSums {
    /// What one finished call adds.
    fn of(call: &CustomerCall, meanings: &CodeMeanings) -> Self {
        let ClassSums { success, failed, error, newly_reached } = ClassSums::of(call, meanings, call.newly_reached);
        let answered = i64::from(call.is_answered());
        Self { answered, success, failed, error, newly_reached, blocks: call.blocks, cost: call.cost }
    }
}

impl CampaignSums {
    /// What one call adds; a call in progress has no blocks and no cost yet.
    fn of(call: &CustomerCall) -> Self {
        let is = |class: CallClass| i64::from(call.class == Some(class.index() as i64));
        if call.class.is_none() {
            return Self { in_progress: 1, ..Self::default() };
        }
        Self {
            answered: is(CallClass::Success),
            failed: is(CallClass::Failed),
            error: is(CallClass::Error),
            blocks: call.blocks,
            cost: call.cost,
            ..Self::default()
        }
    }

    /// What one customer adds.
    fn of_customer(flags: Flags) -> Self {
        let StandingSums { reached, talked, goal } = StandingSums::of(flags);
        Self { dialled: i64::from(flags.has(Flags::DIALLED)), reached, talked, goal, ..Self::default() }
    }
}

impl StandingSums {
    /// What one customer adds. Goals count only where the customer was talked to for long: the funnel's last step is a
    /// subset of the one before.
    fn of(flags: Flags) -> Self {
        let has = |flag| i64::from(flags.has(flag));
        Self { reached: has(Flags::REACHED), talked: has(Flags::TALKED), goal: has(Flags::TALKED.with(Flags::GOAL)) }
    }
}

/// What a change of calls does to the rollups.
#[derive(Debug, Default)]
pub(crate) struct Deltas {
    pub(crate) hours: Hours,
    pub(crate) attempts: AttemptTotals,
    pub(crate) talk: Talk,
    pub(crate) endings: EndingTotals,
    /// Calls by minute of the day and by redial, which plans are compared with.
    pub(crate) times: CampaignDayTimes,
    pub(crate) campaigns: BTreeMap<i64, CampaignSums>,
    /// The campaigns' next contact numbers, where some were given.
    next_contact_nos: BTreeMap<i64, i64>,
    pub(crate) days: DayChanges,
    /// Customers who are not reached yet.
    pub(crate) open: OpenCustomers,
    /// By the values of the account's own dimensions.
    pub(crate) own: OwnRows,
    /// By day, campaign and voicebot.
    pub(crate) usages: Usages,
    /// Differences by the meaning that a code change prepares.
    pub(crate) next_attempts: NextAttempts,
    pub(crate) next_totals: NextTotals,
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
    /// Counts a call as its code counts now, and as it will once a change of codes that is under way is in force.
    pub(crate) fn add_call(&mut self, call: &CustomerCall, rules: CountingRules<'_>) {
        self.count(call, rules, false);
        self.count_next(call, rules, false);
    }

    /// Takes a call out again, as it was stored.
    pub(crate) fn subtract_call(&mut self, call: &CustomerCall, rules: CountingRules<'_>) {
        self.subtracted = true;
        self.count(call, rules, true);
        self.count_next(call, rules, true);
    }

    /// Counts a call that stays the same call, with other blocks and another cost. What a meaning that is prepared says of it stays.
    pub(crate) fn replace_call(&mut self, before: &CustomerCall, after: &CustomerCall, rules: CountingRules<'_>) {
        self.count(before, rules, true);
        self.count(after, rules, false);
    }

    /// Counts a call that stays the same call, with other values of the account's own dimensions.
    pub(crate) fn move_own(&mut self, before: &CustomerCall, after: &CustomerCall, rules: CountingRules<'_>) {
        // Whoever shows the campaign is told.
        self.campaigns.entry(after.campaign_key).or_default();
        for (call, subtract) in [(before, true), (after, false)] {
            own_sums::count(&mut self.own, call, OwnRowSums::of(call), subtract);
            if rules.next.is_some() {
                own_sums::count(&mut self.own, call, OwnRowSums::next_of(call), subtract);
            }
        }
    }

    /// Counts what a meaning that is prepared says otherwise of a call that is counted already.
    pub(crate) fn prepare_call(&mut self, call: &CustomerCall, rules: CountingRules<'_>) {
        self.count_next(call, rules, false);
    }

    fn count_next(&mut self, call: &CustomerCall, rules: CountingRules<'_>, subtract: bool) {
        let Some(next) = rules.next.filter(|_| call.class.is_some()) else { return };
        let mut by_next = ClassSums::of(call, next, call.next_newly_reached.unwrap_or(call.newly_reached));
        by_next -= ClassSums::of(call, rules.now, call.newly_reached);
        own_sums::count(&mut self.own, call, OwnRowSums::next_of(call), subtract);
        if !by_next.is_zero() {
            let key = AttemptKey { campaign_key: call.campaign_key, day: call.day, attempt: call.attempt };
            self.next_attempts.entry(key).or_default().change(by_next, subtract);
        }
    }

    fn count(&mut self, call: &CustomerCall, rules: CountingRules<'_>, subtract: bool) {
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
        self.attempts.entry(attempt).or_default().change(AttemptSums::of(call, rules.now), subtract);
        self.times.entry((campaign_key, day)).or_default().count(call, subtract);
        own_sums::count(&mut self.own, call, OwnRowSums::of(call), subtract);
        self.endings.entry(EndingKey::of(call)).or_default().change(EndingSums::of(call), subtract);
        if call.is_answered() {
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

    /// Counts the change of where a customer stands in the campaign.
    pub(crate) fn change_standing(&mut self, campaign_key: i64, old: &TimelineStanding, new: &TimelineStanding) {
        if old.flags != new.flags {
            let campaign = self.campaigns.entry(campaign_key).or_default();
            *campaign += CampaignSums::of_customer(new.flags);
            *campaign -= CampaignSums::of_customer(old.flags);
        }
        if old.next.is_some() || new.next.is_some() {
            let totals = self.next_totals.entry(CampaignKey { campaign_key }).or_default();
            *totals += StandingSums::of(new.next());
            *totals -= StandingSums::of(new.flags);
            *totals -= StandingSums::of(old.next());
            *totals += StandingSums::of(old.flags);
        }
        self.count_open(campaign_key, old, true);
        self.count_open(campaign_key, new, false);
    }

    /// Counts a customer who was called and is not reached yet, or takes them out.
    fn count_open(&mut self, campaign_key: i64, standing: &TimelineStanding, subtract: bool) {
        if standing.calls == 0 {
            return;
        }
        let is_open = |flags: Flags| i64::from(!flags.has(Flags::REACHED));
        let customers = is_open(standing.flags);
        let sums = OpenSums { customers, next_customers: is_open(standing.next()) - customers };
        if !sums.is_zero() {
            let key = OpenKey { campaign_key, calls: standing.calls };
            self.open.entry(key).or_default().change(sums, subtract);
        }
    }

    /// Adds to what is true of a customer on a day.
    pub(crate) fn add_day_flags(&mut self, campaign_key: i64, day: i64, contact_no: i64, flags: DayFlags) {
        let marks = self.days.entry((campaign_key, day)).or_default();
        marks.push(DayMark { contact_no: contact_no as u32, flags, exactly: false });
    }

    /// Sets exactly what is true of a customer on a day.
    pub(crate) fn set_day_flags(&mut self, campaign_key: i64, day: i64, contact_no: i64, flags: DayFlags) {
        let marks = self.days.entry((campaign_key, day)).or_default();
        marks.push(DayMark { contact_no: contact_no as u32, flags, exactly: true });
    }

    /// Writes what was summed up to the rollups, in one statement for each table.
    pub(crate) async fn write(mut self, conn: &mut Conn, scope: &Scope) -> Result<(), StoreError> {
        let account = scope.account();
        let usage = AllUsage::of(std::mem::take(&mut self.usages), usage_rollup::by_code(&self.hours));
        usage_rollup::write(conn, account, &usage).await?;
        if self.subtracted {
            usage_rollup::delete_empty(conn, account, &usage).await?;
        }
        own_sums::write(conn, scope, std::mem::take(&mut self.own)).await?;
        self.write_of_campaigns(conn, account).await
    }

    /// Writes what is kept by campaign, without the usage of the account.
    async fn write_of_campaigns(mut self, conn: &mut Conn, account: i64) -> Result<(), StoreError> {
        add_sums(conn, account, "rollup_days", &by_day(&self.hours)).await?;
        add_sums(conn, account, "rollup_week", &by_week(&self.hours)).await?;
        add_sums(conn, account, "rollup_hours", &self.hours).await?;
        add_sums(conn, account, "rollup_attempts", &self.attempts).await?;
        add_sums(conn, account, "rollup_talk", &self.talk).await?;
        let endings = endings::rows_of(conn, account, self.endings).await?;
        add_sums(conn, account, "rollup_endings", &endings).await?;
        planned::write(conn, account, self.times).await?;
        self.open.retain(|_, sums| !sums.is_zero());
        add_sums(conn, account, "rollup_open", &self.open).await?;
        add_sums(conn, account, "next_attempts", &self.next_attempts).await?;
        add_sums(conn, account, "next_totals", &self.next_totals).await?;
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
             goal = goal + $7, answered = answered + $8, failed = failed + $9, error = error + $10,
             in_progress = in_progress + $11, blocks = blocks + $12, cost = cost + $13,
             next_contact_no = COALESCE($14, next_contact_no), changes = changes + 1
         WHERE account_id = $1 AND campaign_key = $2",
        account,
        campaign_key,
        sums.contacts,
        sums.dialled,
        sums.reached,
        sums.talked,
        sums.goal,
        sums.answered,
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
    add_to_campaign(conn, scope.account(), of.campaign_key, &CampaignSums::default(), None).await?;
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
        ("rollup_endings", EndingSums::nothing_left()),
        ("rollup_open", OpenSums::nothing_left()),
    ] {
        let sql = format!("DELETE FROM {table} WHERE account_id = $1 AND campaign_key = $2 AND {nothing_left}");
        execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), account, campaign_key)?;
    }
    Ok(())
}
