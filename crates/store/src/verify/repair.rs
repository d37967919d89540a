//! Puts right what a recount found, while calls come in.
//!
//! Counting takes a while, so it is done in a read snapshot, which holds nobody up: readers wait for no writer and no
//! writer for them, on either engine. What is written afterwards must fit the database as it is by then, not as it was.
//! Trying again until nobody has written meanwhile would never end in a campaign that is being called; holding the lock
//! while it is counted is what this is meant to avoid. Instead the two kinds of what is wrong are put right in ways that do
//! not mind what came in between:
//!
//! - **Customers** (their calls' derived columns, where they stand, their bits in the bitmaps of days) are worked out anew
//!   from all their calls within the writing transaction, a few customers at a time, as ingest does it for a call that
//!   arrives out of order. This is exact whenever it is done.
//! - **Sums** are corrected by what they were wrong by in the snapshot, added to what they are now. Ingest adds to a sum
//!   what its calls add, and takes away what they added, whatever the sum is: a sum that is wrong stays wrong by the same
//!   amount. So the correction is exact, too, as long as the calls' own columns were right in the snapshot, for which the
//!   customers come first, and as long as nobody else has corrected the same sums since, which `accounts.repairs` tells:
//!   every transaction that corrects sums counts it up, and writes nothing where it is not what the snapshot saw. Then
//!   the step is counted again; it was overtaken by a repair, so that repairs as a whole go forward.
//!
//! Each writing transaction changes about [`ROWS`] rows, or one customer's. What is kept of blocks of 65,536 customers (the index of
//! searches, the columns of lists) is read in snapshots, too, and written in such portions: until the last of them searches and lists
//! read the customers themselves, or what they read before. Only columns that cannot be read at all are written at once, eight rows; and
//! where the account is changed whenever that is tried, their customers are read under its lock.

use std::collections::{BTreeMap, BTreeSet};

use domain::CampaignId;

use super::{
    FoundDifferences, Progress, RecountRules, Storage, TotalDifference,
    campaign::{MissingSums, RecountedCampaign, StandingRow, WrongCustomer, derive},
};
use crate::{
    Db, Scope, StoreError, account_totals, accounts,
    bulk::add_sums,
    customer_columns,
    db::{Conn, execute, fetch_all, fetch_one},
    dialect::integers_of_json,
    ingest::stored_calls,
    live::{self, Change},
    own_filling, own_sums,
    planned::{self, CampaignDayTimes},
    rollup::{self, Deltas},
    said_index, search_index,
    sums::{Keyed, RollupKey, Sums, by_key, missing},
    timeline::{CustomerCall, DayFlags, Flags, TimelineStanding, walk},
    usage_rollup::{self, AllUsage, CodeKey, CodeSums, Codes, UsageKey, UsageSums, Usages},
};

/// About how many rows a transaction changes.
pub(super) const ROWS: usize = 500;
/// How often the customers of a campaign are put right in one step. Once is enough; what is wrong again and again is made
/// so by another program.
const ROUNDS: usize = 5;

/// Compares a campaign, and with `repair` puts it right; returns what differed at first.
pub(super) async fn campaign(
    db: &Db,
    scope: &Scope,
    id: &CampaignId,
    repair: bool,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Vec<TotalDifference>, StoreError> {
    let mut found = None;
    let mut rounds = 0;
    while rounds < ROUNDS {
        let mut conn = db.read().await?;
        let Some(campaign) = RecountedCampaign::find(&mut conn, scope, id).await? else { return Ok(Vec::new()) };
        let repairs = repairs(&mut conn, scope).await?;
        let rules = RecountRules::load(&mut conn, scope).await?;
        let mut silent = |_| {};
        // Whoever shows the progress is told of each call once.
        let reading: &mut (dyn FnMut(Progress) + Send) = if found.is_none() { &mut *progress } else { &mut silent };
        let checked = campaign.check(&mut conn, scope, &rules, reading).await?;
        drop(conn);
        let is_right = checked.found.is_empty();
        found.get_or_insert(checked.found);
        if is_right || !repair {
            return Ok(found.unwrap_or_default());
        }
        if !checked.blocks.is_empty() {
            for block in &checked.blocks {
                let mut written = |rows| progress(Progress::Written(rows));
                search_index::index_in_portions(db, scope, block.to_index(), &mut written).await?;
            }
            rounds += 1;
        } else if checked.customers.is_empty() && !checked.columns.is_empty() {
            for wrong in checked.columns {
                let mut written = |rows| progress(Progress::Written(rows));
                customer_columns::put_right(db, scope, campaign.key, wrong, &mut written).await?;
            }
            rounds += 1;
        } else if checked.customers.is_empty() {
            let corrections = Corrections::of(&campaign, checked.sums);
            if correct(db, scope, repairs, corrections, progress).await? {
                return Ok(found.unwrap_or_default());
            }
        } else {
            for portion in portions(checked.customers) {
                let rows = work_out(db, scope, &campaign, &portion).await?;
                progress(Progress::Written(rows));
            }
            rounds += 1;
        }
    }
    Err(StoreError::Broken(format!("calls of campaign {id}: they are made wrong as fast as they are put right")))
}

/// As [`campaign`], for the usage of the account.
pub(super) async fn usage(
    db: &Db,
    scope: &Scope,
    repair: bool,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Vec<TotalDifference>, StoreError> {
    let mut found = None;
    loop {
        let mut conn = db.read().await?;
        let repairs = repairs(&mut conn, scope).await?;
        let account = accounts::lookup(&mut conn, scope).await?;
        let stored = AllUsage::stored(&mut conn, scope.account()).await?;
        let recounted = of_hours(&mut conn, scope).await?;
        let storage = Storage::read(&mut conn, scope).await?;
        drop(conn);
        let mut findings = FoundDifferences::new(&account.name, "–");
        findings.compare_usage(&stored, &recounted);
        findings.compare_storage(storage);
        let is_right = findings.found.is_empty();
        found.get_or_insert(findings.found);
        if is_right || !repair {
            return Ok(found.unwrap_or_default());
        }
        let corrections = Corrections {
            usage: Some(AllUsage {
                days: missing(&stored.days, &recounted.days),
                codes: missing(&stored.codes, &recounted.codes),
                campaign_days: missing(&stored.campaign_days, &recounted.campaign_days),
                campaign_months: missing(&stored.campaign_months, &recounted.campaign_months),
                months: missing(&stored.months, &recounted.months),
                account_codes: missing(&stored.account_codes, &recounted.account_codes),
            }),
            campaign: None,
            recording_bytes: storage.missing(),
        };
        if correct(db, scope, repairs, corrections, progress).await? {
            return Ok(found.unwrap_or_default());
        }
    }
}

/// As [`campaign`], for what the search of what was said has of a campaign's calls, or, without one, of calls that are no more.
pub(super) async fn said(
    db: &Db,
    scope: &Scope,
    of: Option<&CampaignId>,
    repair: bool,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Vec<TotalDifference>, StoreError> {
    let mut found = None;
    for _ in 0..ROUNDS {
        let mut conn = db.read().await?;
        let account = accounts::lookup(&mut conn, scope).await?;
        let wrong = match of {
            None => said_index::gone(&mut conn, scope).await?,
            Some(id) => {
                let Some(campaign) = RecountedCampaign::find(&mut conn, scope, id).await? else {
                    return Ok(Vec::new());
                };
                said_index::wrong(&mut conn, scope, campaign.key).await?
            }
        };
        drop(conn);
        let mut findings = FoundDifferences::new(&account.name, of.map_or("–", CampaignId::as_str));
        findings.compare_said(&wrong);
        found.get_or_insert(findings.found);
        if wrong.is_right() || !repair {
            return Ok(found.unwrap_or_default());
        }
        let mut written = |rows| progress(Progress::Written(rows));
        said_index::put_right(db, scope, &wrong, &mut written).await?;
    }
    Err(StoreError::Broken("what was said in calls: it is made wrong as fast as it is put right".to_owned()))
}

/// As [`campaign`], for the values of the account's own dimensions that its calls have.
pub(super) async fn own(
    db: &Db,
    scope: &Scope,
    repair: bool,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Vec<TotalDifference>, StoreError> {
    let mut found = None;
    for _ in 0..ROUNDS {
        let mut conn = db.read().await?;
        let account = accounts::lookup(&mut conn, scope).await?;
        let wrong = own_filling::wrong(&mut conn, scope).await?;
        drop(conn);
        let mut findings = FoundDifferences::new(&account.name, "–");
        findings.compare_own(&wrong);
        found.get_or_insert(findings.found);
        if wrong.is_empty() || !repair {
            return Ok(found.unwrap_or_default());
        }
        let mut written = |rows| progress(Progress::Written(rows));
        own_filling::put_right(db, scope, &wrong, &mut written).await?;
    }
    Err(StoreError::Broken("values of calls: they are made wrong as fast as they are put right".to_owned()))
}

/// What usage is by the hours of the campaigns.
async fn of_hours(conn: &mut Conn, scope: &Scope) -> Result<AllUsage, StoreError> {
    let usages = fetch_all!(
        conn,
        Keyed<UsageKey, UsageSums>,
        "SELECT day, campaign_key, voicebot_key, CAST(SUM(calls) AS BIGINT) AS calls,
                CAST(SUM(talk_time) AS BIGINT) AS talk_time, CAST(SUM(dial_time) AS BIGINT) AS dial_time,
                CAST(SUM(bot_messages) AS BIGINT) AS bot_messages,
                CAST(SUM(messages_known) AS BIGINT) AS messages_known, CAST(SUM(blocks) AS BIGINT) AS blocks,
                CAST(SUM(cost) AS BIGINT) AS cost
         FROM rollup_hours
         WHERE account_id = $1 AND code <> ''
         GROUP BY day, campaign_key, voicebot_key",
        scope.account(),
    )?;
    let codes = fetch_all!(
        conn,
        Keyed<CodeKey, CodeSums>,
        "SELECT day, voicebot_key, code, CAST(SUM(calls) AS BIGINT) AS calls,
                CAST(SUM(talk_time) AS BIGINT) AS talk_time, CAST(SUM(blocks) AS BIGINT) AS blocks,
                CAST(SUM(cost) AS BIGINT) AS cost
         FROM rollup_hours
         WHERE account_id = $1
         GROUP BY day, voicebot_key, code",
        scope.account(),
    )?;
    let (usages, codes): (Usages, Codes) = (by_key(usages), by_key(codes));
    Ok(AllUsage::of(usages, codes))
}

/// How often sums of the account were corrected.
async fn repairs(conn: &mut Conn, scope: &Scope) -> Result<i64, StoreError> {
    let (repairs,) = fetch_one!(conn, (i64,), "SELECT repairs FROM accounts WHERE account_id = $1", scope.account())?;
    Ok(repairs)
}

/// Counts a correction; `false` where there was another since `repairs` was read.
async fn count_repair(conn: &mut Conn, scope: &Scope, repairs: i64) -> Result<bool, StoreError> {
    let counted = execute!(
        conn,
        "UPDATE accounts SET repairs = repairs + 1 WHERE account_id = $1 AND repairs = $2",
        scope.account(),
        repairs,
    )?;
    Ok(counted == 1)
}

/// What is to be added to sums.
pub(super) struct Corrections {
    campaign: Option<(i64, MissingSums)>,
    usage: Option<AllUsage>,
    recording_bytes: i64,
}

/// Takes rows out of `rows`, as many as are left of `most`.
fn take<K: RollupKey, S: Sums>(rows: &mut BTreeMap<K, S>, most: &mut usize) -> BTreeMap<K, S> {
    let mut taken = BTreeMap::new();
    while *most > 0
        && let Some((key, sums)) = rows.pop_first()
    {
        taken.insert(key, sums);
        *most -= 1;
    }
    taken
}

/// As [`take`], of the days of plans.
fn take_days(days: &mut CampaignDayTimes, most: &mut usize) -> CampaignDayTimes {
    let mut taken = CampaignDayTimes::new();
    while *most > 0
        && let Some((key, times)) = days.pop_first()
    {
        taken.insert(key, times);
        *most -= 1;
    }
    taken
}

impl Corrections {
    pub(super) fn of(campaign: &RecountedCampaign, sums: MissingSums) -> Self {
        Self { campaign: Some((campaign.key, sums)), usage: None, recording_bytes: 0 }
    }

    /// Adds up to [`ROWS`] rows; returns how many. With the last, what came to nothing is deleted.
    async fn write_some(&mut self, conn: &mut Conn, account: i64) -> Result<usize, StoreError> {
        let mut left = ROWS;
        if let Some((campaign_key, sums)) = &mut self.campaign {
            add_sums(conn, account, "rollup_days", &take(&mut sums.days, &mut left)).await?;
            add_sums(conn, account, "rollup_week", &take(&mut sums.week, &mut left)).await?;
            add_sums(conn, account, "rollup_hours", &take(&mut sums.hours, &mut left)).await?;
            add_sums(conn, account, "rollup_attempts", &take(&mut sums.attempts, &mut left)).await?;
            add_sums(conn, account, "rollup_talk", &take(&mut sums.talk, &mut left)).await?;
            add_sums(conn, account, "rollup_endings", &take(&mut sums.endings, &mut left)).await?;
            planned::write(conn, account, take_days(&mut sums.times, &mut left)).await?;
            add_sums(conn, account, "rollup_open", &take(&mut sums.open, &mut left)).await?;
            add_sums(conn, account, "rollup_own", &take(&mut sums.own, &mut left)).await?;
            add_sums(conn, account, "next_attempts", &take(&mut sums.next_attempts, &mut left)).await?;
            add_sums(conn, account, "next_totals", &take(&mut sums.next_totals, &mut left)).await?;
            if left > 0 {
                let totals = std::mem::take(&mut sums.totals);
                rollup::add_to_campaign(conn, account, *campaign_key, &totals, None).await?;
                rollup::delete_empty(conn, account, *campaign_key).await?;
                own_sums::delete_empty(conn, account, *campaign_key).await?;
                left -= 1;
            }
        }
        if let Some(usage) = &mut self.usage {
            let days = take(&mut usage.days, &mut left);
            let codes = take(&mut usage.codes, &mut left);
            let campaign_days = take(&mut usage.campaign_days, &mut left);
            let campaign_months = take(&mut usage.campaign_months, &mut left);
            let months = take(&mut usage.months, &mut left);
            let account_codes = take(&mut usage.account_codes, &mut left);
            let some = AllUsage { days, codes, campaign_days, campaign_months, months, account_codes };
            usage_rollup::write(conn, account, &some).await?;
            usage_rollup::delete_empty(conn, account, &some).await?;
        }
        account_totals::add_recording_bytes(conn, account, std::mem::take(&mut self.recording_bytes)).await?;
        Ok(ROWS - left)
    }
}

/// Adds corrections, portion by portion. `false`: another repair came in between, and they may be of yesterday.
pub(super) async fn correct(
    db: &Db,
    scope: &Scope,
    mut repairs: i64,
    mut corrections: Corrections,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<bool, StoreError> {
    loop {
        let mut conn = db.write().await?;
        let (_, revision) = accounts::take_keys(&mut conn, scope, 0).await?;
        if !count_repair(&mut conn, scope, repairs).await? {
            return Ok(false);
        }
        repairs += 1;
        let rows = corrections.write_some(&mut conn, scope.account()).await?;
        live::publish(&mut conn, Change { account: scope.account(), revision }).await?;
        conn.commit().await?;
        progress(Progress::Written(rows as u64));
        if rows < ROWS {
            return Ok(true);
        }
    }
}

/// Customers whose rows are about [`ROWS`] together.
fn portions(customers: BTreeMap<i64, WrongCustomer>) -> Vec<BTreeMap<i64, WrongCustomer>> {
    let mut portions = Vec::<BTreeMap<i64, WrongCustomer>>::new();
    let mut rows = ROWS;
    for (contact_no, customer) in customers {
        let own = 1 + customer.calls;
        if rows + own > ROWS {
            portions.push(BTreeMap::new());
            rows = 0;
        }
        rows += own;
        if let Some(portion) = portions.last_mut() {
            portion.insert(contact_no, customer);
        }
    }
    portions
}

/// Works customers of a campaign out anew from all their calls, in a transaction of its own; returns how many rows of calls
/// and customers it changed.
async fn work_out(
    db: &Db,
    scope: &Scope,
    campaign: &RecountedCampaign,
    customers: &BTreeMap<i64, WrongCustomer>,
) -> Result<u64, StoreError> {
    let mut conn = db.write().await?;
    let (_, revision) = accounts::take_keys(&mut conn, scope, 0).await?;
    let rules = RecountRules::load(&mut conn, scope).await?;
    let keys: BTreeSet<(i64, i64)> = customers.keys().map(|contact_no| (campaign.key, *contact_no)).collect();
    let mut calls = stored_calls(&mut conn, scope, &keys).await?;
    let mut standings = stored_standings(&mut conn, scope, campaign.key, customers).await?;
    let mut deltas = Deltas::default();
    let mut changed = 0;
    let mut moved = Vec::new();
    for (contact_no, customer) in customers {
        let before = calls.remove(&(campaign.key, *contact_no)).unwrap_or_default();
        let before: BTreeMap<i64, CustomerCall> = before.into_iter().map(|call| (call.call_key, call)).collect();
        let mut after: Vec<CustomerCall> = before.values().cloned().collect();
        for call in &mut after {
            derive(call, rules.zone);
        }
        let by = rules.meanings.rules((campaign.key, *contact_no));
        let (standing, days_after) = walk(&mut after, by);
        let days = customer.days.iter().copied().chain(before.values().map(|call| call.day));
        let mut days: BTreeMap<i64, DayFlags> = days.map(|day| (day, DayFlags::default())).collect();
        days.extend(days_after);
        for (day, flags) in days {
            deltas.set_day_flags(campaign.key, day, *contact_no, flags);
        }
        for call in after.iter().filter(|call| before.get(&call.call_key) != Some(call)) {
            if let Some(stored) = before.get(&call.call_key) {
                let mut stored = stored.clone();
                if rules.meanings.is_settling() {
                    stored.settle();
                }
                deltas.subtract_call(&stored, by);
            }
            deltas.add_call(call, by);
            update_call(&mut conn, scope, call).await?;
            changed += 1;
        }
        if let Some(stored) = standings.remove(contact_no).filter(|stored| *stored != standing) {
            let mut before = stored;
            if rules.meanings.is_settling() {
                before.settle();
            }
            deltas.change_standing(campaign.key, &before, &standing);
            update_contact(&mut conn, scope, campaign.key, *contact_no, &standing).await?;
            moved.push((campaign.key, *contact_no));
            changed += 1;
        }
    }
    deltas.write(&mut conn, scope).await?;
    customer_columns::note_stored(&mut conn, scope, moved).await?;
    live::publish(&mut conn, Change { account: scope.account(), revision }).await?;
    conn.commit().await?;
    Ok(changed)
}

async fn stored_standings(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    customers: &BTreeMap<i64, WrongCustomer>,
) -> Result<BTreeMap<i64, TimelineStanding>, StoreError> {
    let sql = format!(
        "SELECT contact_no, last_dialed_at, last_attempt, calls, cost, latest_at, latest_key, latest_day, latest_code,
                latest_talk_time, latest_hangup_by, latest_ended_at, ended_codes, dialled, reached, talked, goal,
                next_standing
         FROM contacts
         WHERE account_id = $1 AND campaign_key = $2 AND contact_no IN ({})",
        integers_of_json(conn, "$3"),
    );
    let numbers = serde_json::json!(customers.keys().collect::<Vec<_>>()).to_string();
    let sql = sqlx::AssertSqlSafe(sql.as_str());
    let rows = fetch_all!(conn, StandingRow, sql, scope.account(), campaign_key, numbers.as_str())?;
    Ok(rows.into_iter().map(|row| (row.contact_no, row.standing())).collect())
}

async fn update_call(conn: &mut Conn, scope: &Scope, call: &CustomerCall) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE calls
         SET attempt = $3, newly_reached = $4, day = $5, hour = $6, class = $7, talk_time = $8, dial_time = $9,
             ring_time = $10, next_newly_reached = $11, minute = $12, redial_code = $13, redial_nth = $14,
             redial_pause = $15
         WHERE account_id = $1 AND id = $2",
        scope.account(),
        call.id.as_str(),
        call.attempt,
        call.newly_reached,
        call.day,
        call.hour,
        call.class,
        call.talk_time,
        call.dial_time,
        call.ring_time,
        call.next_newly_reached,
        call.minute,
        call.redial_code.as_deref(),
        call.redial_nth,
        call.redial_pause,
    )?;
    Ok(())
}

async fn update_contact(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    contact_no: i64,
    standing: &TimelineStanding,
) -> Result<(), StoreError> {
    let has = |flag| standing.flags.has(flag);
    let latest = &standing.latest;
    execute!(
        conn,
        "UPDATE contacts
         SET last_dialed_at = $4, last_attempt = $5, dialled = $6, reached = $7, talked = $8, goal = $9,
             next_standing = $10, calls = $11, cost = $12, latest_at = $13, latest_key = $14, latest_day = $15,
             latest_code = $16, latest_talk_time = $17, latest_hangup_by = $18, latest_ended_at = $19, ended_codes = $20
         WHERE account_id = $1 AND campaign_key = $2 AND contact_no = $3",
        scope.account(),
        campaign_key,
        contact_no,
        standing.last_dialed_at,
        standing.last_attempt,
        has(Flags::DIALLED),
        has(Flags::REACHED),
        has(Flags::TALKED),
        has(Flags::GOAL),
        standing.next.map(Flags::bits),
        standing.calls,
        standing.cost,
        latest.latest_at,
        latest.latest_key,
        latest.latest_day,
        latest.latest_code.as_str(),
        latest.latest_talk_time,
        latest.latest_hangup_by.as_str(),
        latest.latest_ended_at,
        standing.ended.stored(),
    )?;
    Ok(())
}
