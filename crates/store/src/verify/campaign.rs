//! What the calls of one campaign say, compared with what is stored of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{CallClass, CampaignId, Timestamp, time::Zone};

use super::{FoundDifferences, Progress, RecountRules};
use crate::{
    Scope, StoreError,
    customer_columns::{self, WrongColumns},
    db::{Conn, fetch_all, fetch_one},
    endings::{Causes, EndingRowKey, EndingRows, EndingSums},
    own_dimensions::ToldDimensions,
    own_sums::{self, OwnRows},
    planned::{self, CampaignDayTimes, DayTimes},
    rollup::{
        AttemptKey, AttemptSums, AttemptTotals, CampaignKey, CampaignSums, ClassSums, DayCustomers, DayKey, Days,
        Deltas, HourKey, HourSums, Hours, NextAttempts, NextTotals, OpenCustomers, OpenKey, OpenSums, StandingSums,
        Talk, TalkKey, Week, WeekKey, by_day, by_week, customers_of_all_days,
    },
    search_index::{self, WrongBlock},
    sums::{Calls, Keyed, Sums, by_key, missing},
    timeline::{CALL_COLUMNS, CustomerCall, DayFlags, EndedCodes, FlagColumns, Flags, LatestCall, TimelineStanding},
    usage_rollup::Usages,
};

/// How many calls are read at once.
const PAGE: i64 = 10_000;

#[derive(Debug, Clone, sqlx_macros::FromRow)]
pub(super) struct RecountedCampaign {
    #[sqlx(rename = "campaign_key")]
    pub(super) key: i64,
    pub(super) id: String,
}

/// What is to be put right of a customer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct WrongCustomer {
    /// Days of which the bitmaps say something else than the calls.
    pub(super) days: BTreeSet<i64>,
    /// How many calls the customer has.
    pub(super) calls: usize,
}

/// What must be added to the rollups of a campaign for them to be what its calls say.
#[derive(Debug, Default)]
pub(super) struct MissingSums {
    pub(super) hours: Hours,
    pub(super) days: Days,
    pub(super) week: Week,
    pub(super) attempts: AttemptTotals,
    pub(super) talk: Talk,
    pub(super) endings: EndingRows,
    pub(super) times: CampaignDayTimes,
    pub(super) totals: CampaignSums,
    pub(super) open: OpenCustomers,
    pub(super) own: OwnRows,
    pub(super) next_attempts: NextAttempts,
    pub(super) next_totals: NextTotals,
}

/// What a recount of a campaign came to.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) found: Vec<super::TotalDifference>,
    /// Customers who have a wrong call, stand elsewhere, or are wrong in the bitmap of a day.
    pub(super) customers: BTreeMap<i64, WrongCustomer>,
    pub(super) sums: MissingSums,
    /// Blocks of the search's index that miss somebody.
    pub(super) blocks: Vec<WrongBlock>,
    /// Blocks of customers whose columns are not what is stored of them.
    pub(super) columns: Vec<WrongColumns>,
    pub(super) hours: Hours,
    pub(super) usages: Usages,
}

/// What the calls say.
#[derive(Default)]
struct Recount {
    deltas: Deltas,
    days: BTreeMap<i64, DayCustomers>,
    next_days: BTreeMap<i64, DayCustomers>,
    standings: HashMap<i64, TimelineStanding>,
    calls: HashMap<i64, usize>,
    wrong: BTreeSet<i64>,
}

/// A customer's number and where it stands.
#[derive(Debug, sqlx_macros::FromRow)]
pub(super) struct StandingRow {
    pub(super) contact_no: i64,
    last_dialed_at: Option<i64>,
    last_attempt: i64,
    calls: i64,
    cost: i64,
    #[sqlx(flatten)]
    latest: LatestCall,
    ended_codes: String,
    #[sqlx(flatten)]
    flags: FlagColumns,
    next_standing: Option<i64>,
}

impl StandingRow {
    pub(super) fn standing(&self) -> TimelineStanding {
        let next = self.next_standing.map(Flags::of_bits);
        let (last_dialed_at, last_attempt) = (self.last_dialed_at, self.last_attempt);
        let (calls, cost, latest) = (self.calls, self.cost, self.latest.clone());
        let ended = EndedCodes::read(&self.ended_codes);
        TimelineStanding { last_dialed_at, last_attempt, calls, cost, latest, ended, flags: self.flags.into(), next }
    }
}

/// Sets the columns of a call that follow from what was sent. Price is not among them: a call keeps it.
pub(super) fn derive(call: &mut CustomerCall, zone: Zone) {
    let local = zone.local(Timestamp(call.dialed_at));
    call.day = i64::from(local.day().0);
    call.hour = i64::from(local.hour());
    call.minute = i64::from(local.minute_of_day());
    call.class = call.result_code.as_deref().map(|code| CallClass::unless_changed(code).index() as i64);
    let ended = call.ended_at.unwrap_or(call.dialed_at);
    (call.talk_time, call.dial_time, call.ring_time) = match (call.class, call.answered_at) {
        (Some(0), Some(answered)) => (ended - answered, answered - call.dialed_at, 0),
        (Some(1 | 2), _) => (0, 0, ended - call.dialed_at),
        _ => (0, 0, 0),
    };
}

/// The derived columns of a call, for the list of differences.
fn derived(call: &CustomerCall) -> String {
    format!(
        "attempt {} newly_reached {} (next {:?}) day {} hour {} minute {} class {:?} talk {} dial {} ring {} redial {:?} {} {}",
        call.attempt,
        call.newly_reached,
        call.next_newly_reached,
        call.day,
        call.hour,
        call.minute,
        call.class,
        call.talk_time,
        call.dial_time,
        call.ring_time,
        call.redial_code,
        call.redial_nth,
        call.redial_pause,
    )
}

impl RecountedCampaign {
    pub(super) async fn all(conn: &mut Conn, scope: &Scope) -> Result<Vec<Self>, StoreError> {
        fetch_all!(
            conn,
            Self,
            "SELECT campaign_key, id FROM campaigns WHERE account_id = $1 ORDER BY campaign_key",
            scope.account(),
        )
    }

    pub(super) async fn find(conn: &mut Conn, scope: &Scope, id: &CampaignId) -> Result<Option<Self>, StoreError> {
        let key = crate::campaigns::key(conn, scope, id).await?;
        Ok(key.map(|key| Self { key, id: id.to_string() }))
    }

    /// Compares, within the caller's transaction, which must see one snapshot.
    pub(super) async fn check(
        &self,
        conn: &mut Conn,
        scope: &Scope,
        rules: &RecountRules,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Checked, StoreError> {
        let mut findings = FoundDifferences::new(&rules.account.name, &self.id);
        let counted = self.count(conn, scope, rules, &mut findings, progress).await?;
        let mut wrong: BTreeMap<i64, WrongCustomer> =
            counted.wrong.iter().map(|contact_no| (*contact_no, WrongCustomer::default())).collect();
        self.compare_days(conn, scope, &counted, &mut findings, &mut wrong).await?;
        let of_customers = self.compare_contacts(conn, scope, rules, &counted, &mut findings, &mut wrong).await?;
        let sums = self.compare_sums(conn, scope, &counted, of_customers, &mut findings).await?;
        for (contact_no, customer) in &mut wrong {
            customer.calls = counted.calls.get(contact_no).copied().unwrap_or(0);
        }
        let blocks = search_index::wrong_blocks(conn, scope, self.key).await?;
        for WrongBlock { block, stored, recounted, .. } in &blocks {
            findings.differ(format!("search_parts block {block}"), stored.to_string(), recounted.to_string());
        }
        let columns = customer_columns::wrong_blocks(conn, scope, self.key).await?;
        for WrongColumns { block, numbers, .. } in &columns {
            findings.differ(
                format!("customer_columns block {block}"),
                format!("{} wrong", numbers.len()),
                "0 wrong".to_owned(),
            );
        }
        let Deltas { hours, usages, .. } = counted.deltas;
        Ok(Checked { found: findings.found, customers: wrong, sums, blocks, columns, hours, usages })
    }

    /// Reads all calls in the order of their key, which is the order of each customer's attempts.
    async fn count(
        &self,
        conn: &mut Conn,
        scope: &Scope,
        rules: &RecountRules,
        findings: &mut FoundDifferences,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Recount, StoreError> {
        let mut counted = Recount::default();
        let mut last = (i64::MIN, i64::MIN);
        let sql = format!(
            "SELECT {CALL_COLUMNS} FROM calls
             WHERE account_id = $1 AND campaign_key = $2 AND (dialed_at, call_key) > ($3, $4)
             ORDER BY dialed_at, call_key
             LIMIT $5"
        );
        loop {
            let sql = sqlx::AssertSqlSafe(sql.as_str());
            let calls = fetch_all!(conn, CustomerCall, sql, scope.account(), self.key, last.0, last.1, PAGE)?;
            let Some(newest) = calls.last() else { break };
            last = newest.order();
            progress(Progress::Read(calls.len() as u64));
            for mut stored in calls {
                if rules.meanings.is_settling() {
                    stored.settle();
                }
                let mut call = stored.clone();
                derive(&mut call, rules.zone);
                let by = rules.meanings.rules((self.key, call.contact_no));
                counted.standings.entry(call.contact_no).or_default().take(&mut call, by);
                *counted.calls.entry(call.contact_no).or_default() += 1;
                if call != stored {
                    findings.differ(format!("calls {}", call.id), derived(&stored), derived(&call));
                    counted.wrong.insert(call.contact_no);
                }
                let flags = DayFlags::of(&call, by);
                counted.days.entry(call.day).or_default().add(call.contact_no, flags.now);
                counted.next_days.entry(call.day).or_default().add(call.contact_no, flags.next);
                counted.deltas.add_call(&call, by);
            }
        }
        Ok(counted)
    }

    async fn compare_days(
        &self,
        conn: &mut Conn,
        scope: &Scope,
        counted: &Recount,
        findings: &mut FoundDifferences,
        wrong: &mut BTreeMap<i64, WrongCustomer>,
    ) -> Result<(), StoreError> {
        let (mut stored, mut stored_next) = (BTreeMap::new(), BTreeMap::new());
        for (day, customers) in customers_of_all_days(conn, scope, self.key).await? {
            stored_next.insert(day, customers.next().clone());
            stored.insert(day, customers.now);
        }
        let day_text = |day: &i64| format!("day {}", domain::Day(*day as i32));
        let both = [("customer_days", stored, &counted.days), ("customer_days next", stored_next, &counted.next_days)];
        for (table, mut stored, days) in both {
            // A day on which nobody was dialled needs no row, and may have one.
            stored.retain(|_, customers: &mut DayCustomers| !customers.is_empty());
            let mut days = days.clone();
            days.retain(|_, customers| !customers.is_empty());
            findings.compare(table, &stored, &days, day_text, DayCustomers::text);
            let nobody = DayCustomers::default();
            for day in stored.keys().chain(days.keys()).collect::<BTreeSet<_>>() {
                let differing = stored.get(day).unwrap_or(&nobody).differing(days.get(day).unwrap_or(&nobody));
                for contact_no in differing {
                    wrong.entry(i64::from(contact_no)).or_default().days.insert(*day);
                }
            }
        }
        Ok(())
    }

    /// Compares where each customer stands; returns what the customers add to the campaign's totals.
    async fn compare_contacts(
        &self,
        conn: &mut Conn,
        scope: &Scope,
        rules: &RecountRules,
        counted: &Recount,
        findings: &mut FoundDifferences,
        wrong: &mut BTreeMap<i64, WrongCustomer>,
    ) -> Result<Deltas, StoreError> {
        let rows = fetch_all!(
            conn,
            StandingRow,
            "SELECT contact_no, last_dialed_at, last_attempt, calls, cost, latest_at, latest_key, latest_day, latest_code,
                    latest_talk_time, latest_hangup_by, latest_ended_at, ended_codes, dialled, reached, talked, goal,
                    next_standing
             FROM contacts
             WHERE account_id = $1 AND campaign_key = $2
             ORDER BY contact_no",
            scope.account(),
            self.key,
        )?;
        let mut flags = Deltas::default();
        flags.add_contacts(self.key, rows.len() as i64);
        for row in rows {
            let mut stored = row.standing();
            if rules.meanings.is_settling() {
                stored.settle();
            }
            let recounted = counted.standings.get(&row.contact_no).cloned().unwrap_or_default();
            if stored != recounted {
                let what = format!("contacts {}", row.contact_no);
                findings.differ(what, format!("{stored:?}"), format!("{recounted:?}"));
                wrong.entry(row.contact_no).or_default();
            }
            flags.change_standing(self.key, &TimelineStanding::default(), &recounted);
        }
        Ok(flags)
    }

    async fn compare_sums(
        &self,
        conn: &mut Conn,
        scope: &Scope,
        counted: &Recount,
        mut of_customers: Deltas,
        findings: &mut FoundDifferences,
    ) -> Result<MissingSums, StoreError> {
        let deltas = &counted.deltas;
        let (days, week) = (by_day(&deltas.hours), by_week(&deltas.hours));
        let stored = StoredSums::load(conn, scope, self.key).await?;
        findings.compare_sums("rollup_hours", &stored.hours, &deltas.hours);
        findings.compare_sums("rollup_days", &stored.days, &days);
        findings.compare_sums("rollup_week", &stored.week, &week);
        findings.compare_sums("rollup_attempts", &stored.attempts, &deltas.attempts);
        findings.compare_sums("rollup_talk", &stored.talk, &deltas.talk);
        let endings = Causes::load(conn, scope.account()).await?.rows(&deltas.endings);
        findings.compare_sums("rollup_endings", &stored.endings, &endings);
        let stored_times = planned::stored(conn, scope.account(), self.key).await?;
        let times = planned::missing(&CampaignDayTimes::new(), &deltas.times);
        let day_text = |(_, day): &(i64, i64)| format!("day {}", domain::Day(*day as i32));
        findings.compare("rollup_planned", &stored_times, &times, day_text, DayTimes::text);
        // What adds nothing needs no row, and may have one.
        let mut open = std::mem::take(&mut of_customers.open);
        open.retain(|_, sums| !sums.is_zero());
        findings.compare_sums("rollup_open", &stored.open, &open);
        let stored_own = own_sums::stored(conn, scope.account(), self.key).await?;
        let own = own_sums::of_declared(deltas.own.clone(), &ToldDimensions::load(conn, scope).await?);
        findings.compare_sums("rollup_own", &stored_own, &own);
        let (mut next_attempts, mut next_totals) = (deltas.next_attempts.clone(), of_customers.next_totals);
        next_attempts.retain(|_, sums| !sums.is_zero());
        next_totals.retain(|_, sums| !sums.is_zero());
        findings.compare_sums("next_attempts", &stored.next_attempts, &next_attempts);
        findings.compare_sums("next_totals", &stored.next_totals, &next_totals);
        let mut totals = of_customers.campaigns.remove(&self.key).unwrap_or_default();
        totals += deltas.campaigns.get(&self.key).copied().unwrap_or_default();
        if stored.totals != totals {
            findings.differ("campaigns totals".to_owned(), stored.totals.text(), totals.text());
        }
        let mut missing_totals = totals;
        missing_totals -= stored.totals;
        Ok(MissingSums {
            hours: missing(&stored.hours, &deltas.hours),
            days: missing(&stored.days, &days),
            week: missing(&stored.week, &week),
            attempts: missing(&stored.attempts, &deltas.attempts),
            talk: missing(&stored.talk, &deltas.talk),
            endings: missing(&stored.endings, &endings),
            times: planned::missing(&stored_times, &times),
            totals: missing_totals,
            open: missing(&stored.open, &open),
            own: missing(&stored_own, &own),
            next_attempts: missing(&stored.next_attempts, &next_attempts),
            next_totals: missing(&stored.next_totals, &next_totals),
        })
    }
}

/// The rollups of a campaign as they are stored.
struct StoredSums {
    hours: Hours,
    days: Days,
    week: Week,
    attempts: AttemptTotals,
    talk: Talk,
    endings: EndingRows,
    totals: CampaignSums,
    open: OpenCustomers,
    next_attempts: NextAttempts,
    next_totals: NextTotals,
}

impl StoredSums {
    async fn load(conn: &mut Conn, scope: &Scope, campaign_key: i64) -> Result<Self, StoreError> {
        let account = scope.account();
        let hours = fetch_all!(
            conn,
            Keyed<HourKey, HourSums>,
            "SELECT campaign_key, day, hour, voicebot_key, code, calls, talk_time, dial_time, ring_time, bot_messages,
                    messages_known, blocks, cost, recorded
             FROM rollup_hours
             WHERE account_id = $1 AND campaign_key = $2",
            account,
            campaign_key,
        )?;
        let days = fetch_all!(
            conn,
            Keyed<DayKey, HourSums>,
            "SELECT campaign_key, day, code, calls, talk_time, dial_time, ring_time, bot_messages, messages_known,
                    blocks, cost, recorded
             FROM rollup_days
             WHERE account_id = $1 AND campaign_key = $2",
            account,
            campaign_key,
        )?;
        let week = fetch_all!(
            conn,
            Keyed<WeekKey, Calls>,
            "SELECT campaign_key, weekday, hour, code, calls FROM rollup_week
             WHERE account_id = $1 AND campaign_key = $2",
            account,
            campaign_key,
        )?;
        let attempts = fetch_all!(
            conn,
            Keyed<AttemptKey, AttemptSums>,
            "SELECT campaign_key, day, attempt, answered, success, failed, error, newly_reached, blocks, cost
             FROM rollup_attempts
             WHERE account_id = $1 AND campaign_key = $2",
            account,
            campaign_key,
        )?;
        let talk = fetch_all!(
            conn,
            Keyed<TalkKey, Calls>,
            "SELECT campaign_key, day, bin, calls FROM rollup_talk WHERE account_id = $1 AND campaign_key = $2",
            account,
            campaign_key,
        )?;
        let endings = fetch_all!(
            conn,
            Keyed<EndingRowKey, EndingSums>,
            "SELECT campaign_key, day, hangup_by, cause_key, calls, answered, talk_time FROM rollup_endings
             WHERE account_id = $1 AND campaign_key = $2",
            account,
            campaign_key,
        )?;
        let totals = fetch_one!(
            conn,
            CampaignSums,
            "SELECT contacts, dialled, reached, talked, goal, answered, failed, error, in_progress, blocks, cost
             FROM campaigns
             WHERE account_id = $1 AND campaign_key = $2",
            account,
            campaign_key,
        )?;
        let open = fetch_all!(
            conn,
            Keyed<OpenKey, OpenSums>,
            "SELECT campaign_key, calls, customers, next_customers FROM rollup_open
             WHERE account_id = $1 AND campaign_key = $2",
            account,
            campaign_key,
        )?;
        let next_attempts = fetch_all!(
            conn,
            Keyed<AttemptKey, ClassSums>,
            "SELECT campaign_key, day, attempt, success, failed, error, newly_reached FROM next_attempts
             WHERE account_id = $1 AND campaign_key = $2",
            account,
            campaign_key,
        )?;
        let next_totals = fetch_all!(
            conn,
            Keyed<CampaignKey, StandingSums>,
            "SELECT campaign_key, reached, talked, goal FROM next_totals WHERE account_id = $1 AND campaign_key = $2",
            account,
            campaign_key,
        )?;
        Ok(Self {
            next_attempts: by_key(next_attempts.into_iter().filter(|row| !row.sums.is_zero())),
            next_totals: by_key(next_totals.into_iter().filter(|row| !row.sums.is_zero())),
            open: by_key(open.into_iter().filter(|row| !row.sums.is_zero())),
            hours: by_key(hours),
            days: by_key(days),
            week: by_key(week),
            attempts: by_key(attempts),
            talk: by_key(talk),
            endings: by_key(endings),
            totals,
        })
    }
}
