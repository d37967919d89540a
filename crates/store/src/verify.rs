//! Recounts every stored total from the calls and compares: the proof that reports may read rollups.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{Account, CallClass, Timestamp, time::Zone};

use crate::{
    Scope, StoreError, accounts,
    db::{Conn, execute, fetch_all},
    ingest::goals,
    rollup::{CampaignSums, DayCustomers, Deltas, by_day, by_week, customers_of_days, replace_days},
    timeline::{CALL_COLUMNS, CallRow, Flags, Standing},
    usage_rollup::{self, Codes, Usages},
};

/// A stored total that is not what the calls say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The account's name.
    pub account: String,
    /// The campaign's id.
    pub campaign: String,
    /// Which total, such as `rollup_hours day 20781 hour 9 code DY`.
    pub what: String,
    /// What is stored.
    pub stored: String,
    /// What the calls say.
    pub recounted: String,
}

/// How many calls are read at once.
const PAGE: i64 = 10_000;

/// Recounts the campaigns of an account in the caller's transaction; with `repair` (a writing transaction) what differs
/// is corrected. `progress` is told the number of calls read since it was last told.
pub async fn recount(
    conn: &mut Conn,
    scope: &Scope,
    repair: bool,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Vec<Difference>, StoreError> {
    let account = accounts::lookup(conn, scope).await?;
    let zone =
        Zone::new(&account.timezone).map_err(|_| StoreError::Broken(format!("time zone {}", account.timezone)))?;
    if repair {
        // Nobody else may change the account's calls until the repair is committed.
        accounts::take_keys(conn, scope, 0).await?;
    }
    let goals = goals(conn, scope).await?;
    let campaigns = fetch_all!(
        conn,
        (i64, String),
        "SELECT campaign_key, id FROM campaigns WHERE account_id = $1 ORDER BY campaign_key",
        scope.account(),
    )?;
    let mut differences = Vec::new();
    let (mut usages, mut codes) = (Usages::new(), Codes::new());
    for (key, id) in campaigns {
        let mut recount = Recount { scope, account: &account, zone, goals: &goals, key, id: &id, found: Vec::new() };
        let mut counted = recount.count(conn, progress).await?;
        // Voicebots call for several campaigns: usage is compared, and repaired, for the account as a whole.
        usages.append(&mut counted.deltas.usages);
        usage_rollup::add_codes(&mut codes, &counted.deltas.hours);
        recount.compare(conn, &counted).await?;
        if repair && !recount.found.is_empty() {
            recount.repair(conn, counted).await?;
        }
        differences.append(&mut recount.found);
    }
    let found = compare_usage(conn, scope, &account.name, &usages, &codes).await?;
    if repair && !found.is_empty() {
        usage_rollup::replace(conn, scope.account(), &usages, &codes).await?;
    }
    differences.extend(found);
    Ok(differences)
}

async fn compare_usage(
    conn: &mut Conn,
    scope: &Scope,
    account: &str,
    usages: &Usages,
    codes: &Codes,
) -> Result<Vec<Difference>, StoreError> {
    let (days, campaign_days, campaign_months) = usage_rollup::stored(conn, scope.account()).await?;
    let (real_days, real_campaign_days, real_campaign_months) = usage_rollup::recounted(usages);
    let mut found = differing(account, "usage_days", &days, &real_days);
    let stored_codes = usage_rollup::stored_codes(conn, scope.account()).await?;
    found.extend(differing(account, "usage_codes", &stored_codes, codes));
    found.extend(differing(account, "usage_campaign_days", &campaign_days, &real_campaign_days));
    found.extend(differing(account, "usage_campaign_months", &campaign_months, &real_campaign_months));
    Ok(found)
}

fn differing<K: Ord + std::fmt::Debug, S: PartialEq + std::fmt::Debug>(
    account: &str,
    table: &str,
    stored: &BTreeMap<K, S>,
    recounted: &BTreeMap<K, S>,
) -> Vec<Difference> {
    let keys: std::collections::BTreeSet<&K> = stored.keys().chain(recounted.keys()).collect();
    let show = |sums: Option<&S>| sums.map_or_else(|| "–".to_owned(), |sums| format!("{sums:?}"));
    keys.into_iter()
        .filter(|key| stored.get(key) != recounted.get(key))
        .map(|key| Difference {
            account: account.to_owned(),
            campaign: "–".to_owned(),
            what: format!("{table} {key:?}"),
            stored: show(stored.get(key)),
            recounted: show(recounted.get(key)),
        })
        .collect()
}

/// What the calls of one campaign say.
struct Counted {
    deltas: Deltas,
    days: BTreeMap<i64, DayCustomers>,
    standings: HashMap<i64, Standing>,
    /// Calls whose own derived columns are wrong, as they should be.
    wrong: Vec<CallRow>,
}

struct Recount<'a> {
    scope: &'a Scope,
    account: &'a Account,
    zone: Zone,
    goals: &'a HashSet<String>,
    key: i64,
    id: &'a str,
    found: Vec<Difference>,
}

impl Recount<'_> {
    fn differ(&mut self, what: String, stored: impl ToString, recounted: impl ToString) {
        self.found.push(Difference {
            account: self.account.name.clone(),
            campaign: self.id.to_owned(),
            what,
            stored: stored.to_string(),
            recounted: recounted.to_string(),
        });
    }

    /// Reads all calls in the order of their key, which is the order of each customer's attempts.
    async fn count(&mut self, conn: &mut Conn, progress: &mut (dyn FnMut(u64) + Send)) -> Result<Counted, StoreError> {
        let mut counted =
            Counted { deltas: Deltas::default(), days: BTreeMap::new(), standings: HashMap::new(), wrong: Vec::new() };
        let mut last = (i64::MIN, i64::MIN);
        let sql = format!(
            "SELECT {CALL_COLUMNS} FROM calls
             WHERE account_id = $1 AND campaign_key = $2 AND (dialed_at, call_key) > ($3, $4)
             ORDER BY dialed_at, call_key
             LIMIT $5"
        );
        loop {
            let sql = sqlx::AssertSqlSafe(sql.as_str());
            let calls = fetch_all!(conn, CallRow, sql, self.scope.account(), self.key, last.0, last.1, PAGE)?;
            let Some(newest) = calls.last() else { break };
            last = newest.order();
            progress(calls.len() as u64);
            for stored in calls {
                let mut call = stored.clone();
                self.derive(&mut call);
                counted.standings.entry(call.contact_no).or_default().take(&mut call, self.goals);
                if call != stored {
                    self.differ(format!("calls {}", call.id), derived(&stored), derived(&call));
                    counted.wrong.push(call.clone());
                }
                let day = counted.days.entry(call.day).or_default();
                day.apply(call.contact_no as u32, call.flags(self.goals), false);
                counted.deltas.add_call(&call);
            }
        }
        Ok(counted)
    }

    /// Sets the columns that follow from what was sent. Price is not among them: a call keeps it.
    fn derive(&self, call: &mut CallRow) {
        let local = self.zone.local(Timestamp(call.dialed_at));
        call.day = i64::from(local.day().0);
        call.hour = i64::from(local.hour());
        call.class = call.result_code.as_deref().map(|code| CallClass::of(code).index() as i64);
        let ended = call.ended_at.unwrap_or(call.dialed_at);
        (call.talk_time, call.dial_time, call.ring_time) = match (call.class, call.answered_at) {
            (Some(0), Some(answered)) => (ended - answered, answered - call.dialed_at, 0),
            (Some(1 | 2), _) => (0, 0, ended - call.dialed_at),
            _ => (0, 0, 0),
        };
    }

    async fn compare(&mut self, conn: &mut Conn, counted: &Counted) -> Result<(), StoreError> {
        self.compare_hours(conn, counted).await?;
        self.compare_days_and_week(conn, counted).await?;
        self.compare_attempts(conn, counted).await?;
        self.compare_talk(conn, counted).await?;
        let stored = customers_of_days(conn, self.scope, self.key, i64::MIN, i64::MAX).await?;
        let stored: BTreeMap<i64, DayCustomers> = stored.into_iter().collect();
        let counted_days = counted.days.iter().filter(|(_, day)| !day.is_empty());
        let counted_days: BTreeMap<i64, DayCustomers> = counted_days.map(|(day, c)| (*day, c.clone())).collect();
        let sizes = |day: &DayCustomers| format!("{:?}", day.0.each_ref().map(roaring::RoaringBitmap::len));
        self.compare_maps("customer_days day", &stored, &counted_days, ToString::to_string, sizes);
        let contacts = self.compare_contacts(conn, counted).await?;
        self.compare_totals(conn, counted, &contacts).await
    }

    /// Compares two maps key by key; a missing key is shown as `–`.
    fn compare_maps<K: Ord, V: PartialEq>(
        &mut self,
        what: &str,
        stored: &BTreeMap<K, V>,
        recounted: &BTreeMap<K, V>,
        key_text: impl Fn(&K) -> String,
        text: impl Fn(&V) -> String,
    ) {
        let keys: std::collections::BTreeSet<&K> = stored.keys().chain(recounted.keys()).collect();
        for key in keys {
            let (a, b) = (stored.get(key), recounted.get(key));
            if a != b {
                let show = |value: Option<&V>| value.map_or_else(|| "–".to_owned(), &text);
                self.differ(format!("{what} {}", key_text(key)), show(a), show(b));
            }
        }
    }

    async fn compare_hours(&mut self, conn: &mut Conn, counted: &Counted) -> Result<(), StoreError> {
        type Row = (i64, i64, i64, String, i64, i64, i64, i64, i64, i64, i64, i64);
        let rows = fetch_all!(
            conn,
            Row,
            "SELECT day, hour, voicebot_key, code, calls, talk_time, dial_time, ring_time, bot_messages,
                    messages_known, blocks, cost
             FROM rollup_hours
             WHERE account_id = $1 AND campaign_key = $2",
            self.scope.account(),
            self.key,
        )?;
        let stored = rows.into_iter().map(|(day, hour, bot, code, c, t, d, r, m, k, b, p)| {
            ((self.key, day, hour, bot, code), [c, t, d, r, m, k, b, p])
        });
        let stored = stored.collect();
        let key = |(_, day, hour, bot, code): &(i64, i64, i64, i64, String)| {
            format!("day {} hour {hour} voicebot {bot} code {code}", domain::Day(*day as i32))
        };
        self.compare_maps("rollup_hours", &stored, &counted.deltas.hours, key, |sums| format!("{sums:?}"));
        Ok(())
    }

    async fn compare_days_and_week(&mut self, conn: &mut Conn, counted: &Counted) -> Result<(), StoreError> {
        type Row = (i64, String, i64, i64, i64, i64, i64, i64, i64, i64);
        let days = fetch_all!(
            conn,
            Row,
            "SELECT day, code, calls, talk_time, dial_time, ring_time, bot_messages, messages_known, blocks, cost
             FROM rollup_days
             WHERE account_id = $1 AND campaign_key = $2",
            self.scope.account(),
            self.key,
        )?;
        let stored = days
            .into_iter()
            .map(|(day, code, c, t, d, r, m, k, b, p)| ((self.key, day, code), [c, t, d, r, m, k, b, p]));
        let stored = stored.collect();
        let key = |(_, day, code): &(i64, i64, String)| format!("day {} code {code}", domain::Day(*day as i32));
        self.compare_maps("rollup_days", &stored, &by_day(&counted.deltas.hours), key, |sums| format!("{sums:?}"));

        let week = fetch_all!(
            conn,
            (i64, i64, String, i64),
            "SELECT weekday, hour, code, calls FROM rollup_week WHERE account_id = $1 AND campaign_key = $2",
            self.scope.account(),
            self.key,
        )?;
        let stored = week.into_iter().map(|(weekday, hour, code, calls)| ((self.key, weekday, hour, code), calls));
        let stored = stored.collect();
        let key = |(_, weekday, hour, code): &(i64, i64, i64, String)| format!("{weekday} hour {hour} code {code}");
        self.compare_maps("rollup_week weekday", &stored, &by_week(&counted.deltas.hours), key, ToString::to_string);
        Ok(())
    }

    async fn compare_attempts(&mut self, conn: &mut Conn, counted: &Counted) -> Result<(), StoreError> {
        let rows = fetch_all!(
            conn,
            (i64, i64, i64, i64, i64, i64, i64, i64),
            "SELECT day, attempt, success, failed, error, newly_reached, blocks, cost
             FROM rollup_attempts
             WHERE account_id = $1 AND campaign_key = $2",
            self.scope.account(),
            self.key,
        )?;
        let stored =
            rows.into_iter().map(|(day, k, s, f, e, n, b, c)| ((self.key, day, k), [s, f, e, n, b, c])).collect();
        let key = |(_, day, k): &(i64, i64, i64)| format!("day {} attempt {k}", domain::Day(*day as i32));
        self.compare_maps("rollup_attempts", &stored, &counted.deltas.attempts, key, |sums| format!("{sums:?}"));
        Ok(())
    }

    async fn compare_talk(&mut self, conn: &mut Conn, counted: &Counted) -> Result<(), StoreError> {
        let rows = fetch_all!(
            conn,
            (i64, i64, i64),
            "SELECT day, bin, calls FROM rollup_talk WHERE account_id = $1 AND campaign_key = $2",
            self.scope.account(),
            self.key,
        )?;
        let stored = rows.into_iter().map(|(day, bin, calls)| ((self.key, day, bin), calls)).collect();
        let key = |(_, day, bin): &(i64, i64, i64)| format!("day {} bin {bin}", domain::Day(*day as i32));
        self.compare_maps("rollup_talk", &stored, &counted.deltas.talk, key, ToString::to_string);
        Ok(())
    }

    /// Compares every customer's standing; returns what is true over the campaign, by contact number.
    async fn compare_contacts(&mut self, conn: &mut Conn, counted: &Counted) -> Result<Vec<Flags>, StoreError> {
        let rows = fetch_all!(
            conn,
            (i64, Option<i64>, i64, bool, bool, bool, bool),
            "SELECT contact_no, last_dialed_at, last_attempt, dialled, reached, talked, goal
             FROM contacts
             WHERE account_id = $1 AND campaign_key = $2
             ORDER BY contact_no",
            self.scope.account(),
            self.key,
        )?;
        let mut flags = Vec::with_capacity(rows.len());
        for (contact_no, last_dialed_at, last_attempt, d, r, t, g) in rows {
            let stored = Standing { last_dialed_at, last_attempt, flags: Flags::of([d, r, t, g]) };
            let recounted = counted.standings.get(&contact_no).cloned().unwrap_or_default();
            if stored != recounted {
                self.differ(format!("contacts {contact_no}"), format!("{stored:?}"), format!("{recounted:?}"));
            }
            flags.push(recounted.flags);
        }
        Ok(flags)
    }

    async fn compare_totals(
        &mut self,
        conn: &mut Conn,
        counted: &Counted,
        contacts: &[Flags],
    ) -> Result<(), StoreError> {
        let rows = fetch_all!(
            conn,
            (i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64),
            "SELECT contacts, dialled, reached, talked, goal, success, failed, error, in_progress, blocks, cost
             FROM campaigns
             WHERE account_id = $1 AND campaign_key = $2",
            self.scope.account(),
            self.key,
        )?;
        for (c, d, r, t, g, s, f, e, p, b, m) in rows {
            let stored: CampaignSums = [c, d, r, t, g, s, f, e, p, b, m];
            let recounted = self.totals(counted, contacts);
            if stored != recounted {
                self.differ("campaigns totals".to_owned(), format!("{stored:?}"), format!("{recounted:?}"));
            }
        }
        Ok(())
    }

    fn totals(&self, counted: &Counted, contacts: &[Flags]) -> CampaignSums {
        let mut deltas = Deltas::default();
        deltas.add_contacts(self.key, contacts.len() as i64);
        for flags in contacts {
            deltas.change_flags(self.key, Flags::default(), *flags);
        }
        let mut sums = deltas.campaigns.remove(&self.key).unwrap_or_default();
        let calls = counted.deltas.campaigns.get(&self.key).copied().unwrap_or_default();
        for (sum, calls) in sums.iter_mut().zip(calls) {
            *sum += calls;
        }
        sums
    }

    /// Writes what was recounted in place of what is stored.
    async fn repair(&mut self, conn: &mut Conn, counted: Counted) -> Result<(), StoreError> {
        let (account, key) = (self.scope.account(), self.key);
        for sql in [
            "DELETE FROM rollup_hours WHERE account_id = $1 AND campaign_key = $2",
            "DELETE FROM rollup_days WHERE account_id = $1 AND campaign_key = $2",
            "DELETE FROM rollup_week WHERE account_id = $1 AND campaign_key = $2",
            "DELETE FROM rollup_attempts WHERE account_id = $1 AND campaign_key = $2",
            "DELETE FROM rollup_talk WHERE account_id = $1 AND campaign_key = $2",
            "DELETE FROM customer_days WHERE account_id = $1 AND campaign_key = $2",
            "UPDATE campaigns
             SET contacts = 0, dialled = 0, reached = 0, talked = 0, goal = 0, success = 0, failed = 0, error = 0,
                 in_progress = 0, blocks = 0, cost = 0
             WHERE account_id = $1 AND campaign_key = $2",
        ] {
            execute!(conn, sql, account, key)?;
        }
        for call in &counted.wrong {
            execute!(
                conn,
                "UPDATE calls
                 SET attempt = $3, newly_reached = $4, day = $5, hour = $6, class = $7, talk_time = $8, dial_time = $9,
                     ring_time = $10
                 WHERE account_id = $1 AND id = $2",
                account,
                call.id.as_str(),
                call.attempt,
                call.newly_reached,
                call.day,
                call.hour,
                call.class,
                call.talk_time,
                call.dial_time,
                call.ring_time,
            )?;
        }
        let numbers = fetch_all!(
            conn,
            (i64,),
            "SELECT contact_no FROM contacts WHERE account_id = $1 AND campaign_key = $2 ORDER BY contact_no",
            account,
            key,
        )?;
        let mut contacts = Vec::with_capacity(numbers.len());
        for (contact_no,) in numbers {
            let standing = counted.standings.get(&contact_no).cloned().unwrap_or_default();
            let has = |flag| standing.flags.has(flag);
            execute!(
                conn,
                "UPDATE contacts
                 SET last_dialed_at = $4, last_attempt = $5, dialled = $6, reached = $7, talked = $8, goal = $9
                 WHERE account_id = $1 AND campaign_key = $2 AND contact_no = $3",
                account,
                key,
                contact_no,
                standing.last_dialed_at,
                standing.last_attempt,
                has(Flags::DIALLED),
                has(Flags::REACHED),
                has(Flags::TALKED),
                has(Flags::GOAL),
            )?;
            contacts.push(standing.flags);
        }
        let totals = self.totals(&counted, &contacts);
        let mut deltas = counted.deltas;
        deltas.campaigns = BTreeMap::from([(key, totals)]);
        deltas.write_of_campaigns(conn, account).await?;
        replace_days(conn, account, &BTreeMap::from([(key, counted.days)])).await
    }
}

/// The derived columns of a call, for the list of differences.
fn derived(call: &CallRow) -> String {
    format!(
        "attempt {} newly_reached {} day {} hour {} class {:?} talk {} dial {} ring {}",
        call.attempt,
        call.newly_reached,
        call.day,
        call.hour,
        call.class,
        call.talk_time,
        call.dial_time,
        call.ring_time
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::{both_engines, call, send, shop};

    both_engines! {
        async fn a_wrong_total_of_any_rollup_is_found_and_put_right(db) {
            let scope = shop(&db, "wrong").await;
            send(&db, &scope, vec![call("c-1").talked(31_000), call("c-2")]).await;
            for table in ["rollup_hours", "rollup_days", "rollup_week", "rollup_talk"] {
                for damage in [format!("UPDATE {table} SET calls = calls + 1 WHERE account_id = $1"), format!("DELETE FROM {table} WHERE account_id = $1")] {
                    let mut conn = db.write().await.unwrap();
                    execute!(conn, sqlx::AssertSqlSafe(damage.as_str()), scope.account()).unwrap();
                    let found = recount(&mut conn, &scope, true, &mut |_| {}).await.unwrap();
                    assert!(!found.is_empty() && found.iter().all(|one| one.what.starts_with(table)), "{damage}: {found:?}");
                    assert_eq!(recount(&mut conn, &scope, false, &mut |_| {}).await.unwrap(), [], "{damage}");
                }
            }
        }

        async fn the_migration_fills_what_an_older_version_stored(db) {
            let scope = shop(&db, "older").await;
            let calls = (0..40).map(|n| call(&format!("c-{n}")).talked(n * 2_000).later(-n * 31 * 3_600_000));
            send(&db, &scope, calls.chain([call("c-live").in_progress()]).collect()).await;
            let migration = if db.is_sqlite() {
                include_str!("../migrations/sqlite/0011_report.sql")
            } else {
                include_str!("../migrations/postgres/0011_report.sql")
            };
            let mut conn = db.write().await.unwrap();
            for table in ["rollup_days", "rollup_week"] {
                let sql = format!("DELETE FROM {table} WHERE account_id = $1");
                execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account()).unwrap();
            }
            let filling = migration.split_once("-- What is stored already.").unwrap().1;
            let statements: Vec<&str> = filling.split_inclusive(';').filter_map(|one| one.find("INSERT").map(|at| &one[at..])).collect();
            assert_eq!(statements.len(), 2);
            for sql in statements {
                execute!(conn, sqlx::AssertSqlSafe(sql)).unwrap();
            }
            assert_eq!(recount(&mut conn, &scope, false, &mut |_| {}).await.unwrap(), []);
        }
    }
}
