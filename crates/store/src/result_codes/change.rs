//! How a code's meaning is changed: step by step, each a transaction of a bounded size, with figures that are right after every
//! one of them, and with one switch for the whole account.
//!
//! - **Preparing**: what will be true is written beside what is true, where it is something else: of calls
//!   (`next_newly_reached`), customers (`next_standing`), their days (`next_reached` …), and as differences of sums
//!   (`next_totals`, `next_attempts`). Customers are taken in the order of their campaign and number; the change knows how far
//!   that is. Ingest keeps whoever is behind in both meanings, and all others in the one that is in force. Nobody reads it.
//! - **The switch**: the sums are added, the days replaced and the definition written, in one transaction whose size depends on
//!   campaigns, days and attempts, not on calls. All else that tells classes apart does it by the code when it is read.
//! - **Settling**: what stands beside calls and customers holds from the switch on ([`Meanings::is_settling`]) and is moved into
//!   its place.
//!
//! One change of an account is worked on at a time; others wait.

use std::collections::{BTreeMap, BTreeSet};

use domain::CallClass;

use crate::{
    Conn, Scope, StoreError, accounts,
    db::{execute, fetch_all, fetch_optional},
    dialect::{integers_of_json, plan_lookups, texts_of_json},
    ingest::stored_calls,
    meanings::{Meanings, Phase, class},
    rollup::Deltas,
    timeline::{Flags, TimelineStanding, walk},
};

/// How much one step does, and so how long others may wait for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// About how many calls it looks at.
    pub(super) calls: i64,
    /// How many calls, and how many customers, it moves when it settles.
    pub(super) moved: i64,
}

/// Those of every day.
const BOUNDS: Bounds = Bounds { calls: 4_000, moved: 2_000 };

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeStep {
    /// About how many calls and customers it looked at.
    pub rows: u64,
    /// Whether nothing is left to do.
    pub is_over: bool,
}

/// A change that is not over.
#[derive(Debug, Clone)]
pub(super) struct OpenChange {
    pub(super) key: i64,
    pub(super) code: String,
    pub(super) counts_as: CallClass,
    pub(super) is_goal: bool,
    pub(super) phase: Phase,
    /// The last customer who is known in both meanings.
    upto: (i64, i64),
}

#[derive(Debug, sqlx_macros::FromRow)]
struct ChangeRow {
    change_key: i64,
    code: String,
    counts_as: String,
    is_goal: bool,
    phase: String,
    campaign_key: i64,
    contact_no: i64,
}

impl ChangeRow {
    fn read(self) -> Result<OpenChange, StoreError> {
        let phase = Phase::from_word(&self.phase);
        Ok(OpenChange {
            key: self.change_key,
            counts_as: class(&self.counts_as)?,
            code: self.code,
            is_goal: self.is_goal,
            phase: phase.ok_or_else(|| StoreError::Broken("phase of a code's change".to_owned()))?,
            upto: (self.campaign_key, self.contact_no),
        })
    }
}

/// The changes of an account that are not over, in their order.
pub(super) async fn all(conn: &mut Conn, scope: &Scope) -> Result<Vec<OpenChange>, StoreError> {
    let rows = fetch_all!(
        conn,
        ChangeRow,
        "SELECT change_key, code, counts_as, is_goal, phase, campaign_key, contact_no FROM code_changes
         WHERE account_id = $1
         ORDER BY change_key",
        scope.account(),
    )?;
    rows.into_iter().map(ChangeRow::read).collect()
}

/// Adds a change, which waits until its turn comes.
pub(super) async fn add(
    conn: &mut Conn,
    scope: &Scope,
    code: &str,
    counts_as: CallClass,
    is_goal: bool,
) -> Result<(), StoreError> {
    let (key, _) = accounts::take_keys(conn, scope, 1).await?;
    // Before the first customer of the first campaign, whose keys begin at 1.
    execute!(
        conn,
        "INSERT INTO code_changes (account_id, change_key, code, counts_as, is_goal, phase, campaign_key, contact_no)
         VALUES ($1, $2, $3, $4, $5, 'waiting', 0, $6)",
        scope.account(),
        key,
        code,
        counts_as.word(),
        is_goal,
        i64::MAX,
    )?;
    Ok(())
}

/// Takes back a change that waits.
pub(super) async fn withdraw(conn: &mut Conn, scope: &Scope, code: &str) -> Result<(), StoreError> {
    execute!(
        conn,
        "DELETE FROM code_changes WHERE account_id = $1 AND code = $2 AND phase = 'waiting'",
        scope.account(),
        code,
    )?;
    Ok(())
}

/// Does the next step of the account's changes within the caller's transaction, which holds the account's lock from here on.
pub async fn advance(conn: &mut Conn, scope: &Scope) -> Result<ChangeStep, StoreError> {
    advance_by(conn, scope, BOUNDS).await
}

pub(super) async fn advance_by(conn: &mut Conn, scope: &Scope, bounds: Bounds) -> Result<ChangeStep, StoreError> {
    accounts::lock(conn, scope).await?;
    let changes = all(conn, scope).await?;
    let Some(change) = changes.iter().find(|change| change.phase != Phase::Waiting).or(changes.first()) else {
        return Ok(ChangeStep { rows: 0, is_over: true });
    };
    let rows = match change.phase {
        Phase::Waiting => {
            set_phase(conn, scope, change, Phase::Preparing).await?;
            prepare(conn, scope, change, bounds.calls).await?
        }
        Phase::Preparing => prepare(conn, scope, change, bounds.calls).await?,
        Phase::Settling => {
            let moved = settle(conn, scope, bounds.moved).await?;
            if moved == 0 {
                execute!(
                    conn,
                    "DELETE FROM code_changes WHERE account_id = $1 AND change_key = $2",
                    scope.account(),
                    change.key,
                )?;
                return Ok(ChangeStep { rows: 0, is_over: changes.len() == 1 });
            }
            moved
        }
    };
    Ok(ChangeStep { rows, is_over: false })
}

async fn set_phase(conn: &mut Conn, scope: &Scope, change: &OpenChange, phase: Phase) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE code_changes SET phase = $3 WHERE account_id = $1 AND change_key = $2",
        scope.account(),
        change.key,
        phase.word(),
    )?;
    Ok(())
}

/// Makes the next customers known in both meanings; with the last of them, switches.
async fn prepare(conn: &mut Conn, scope: &Scope, change: &OpenChange, most: i64) -> Result<u64, StoreError> {
    plan_lookups(conn).await?;
    let meanings = Meanings::load(conn, scope).await?;
    let mut deltas = Deltas::default();
    let (mut upto, mut rows) = (change.upto, 0);
    while rows < most {
        if upto.1 == i64::MAX {
            let Some(campaign_key) = next_campaign(conn, scope, upto.0, &change.code).await? else {
                deltas.write(conn, scope).await?;
                switch(conn, scope, change).await?;
                return Ok(i64::cast_unsigned(rows));
            };
            upto = (campaign_key, -1);
        }
        let (last, calls) = window(conn, scope, upto, most - rows).await?;
        rows += calls;
        prepare_customers(conn, scope, change, &meanings, upto, last, &mut deltas).await?;
        upto.1 = last;
    }
    deltas.write(conn, scope).await?;
    execute!(
        conn,
        "UPDATE code_changes SET campaign_key = $3, contact_no = $4 WHERE account_id = $1 AND change_key = $2",
        scope.account(),
        change.key,
        upto.0,
        upto.1,
    )?;
    Ok(i64::cast_unsigned(rows))
}

/// The next campaign that has calls of the code.
async fn next_campaign(conn: &mut Conn, scope: &Scope, after: i64, code: &str) -> Result<Option<i64>, StoreError> {
    let row = fetch_optional!(
        conn,
        (Option<i64>,),
        "SELECT MIN(campaign_key) FROM rollup_days WHERE account_id = $1 AND campaign_key > $2 AND code = $3",
        scope.account(),
        after,
        code,
    )?;
    Ok(row.and_then(|row| row.0))
}

/// The last of the customers after `upto` who together have about so many calls; and how many these are at least.
async fn window(conn: &mut Conn, scope: &Scope, upto: (i64, i64), most: i64) -> Result<(i64, i64), StoreError> {
    let row = fetch_optional!(
        conn,
        (i64,),
        "SELECT contact_no FROM calls
         WHERE account_id = $1 AND campaign_key = $2 AND contact_no > $3
         ORDER BY contact_no
         LIMIT 1 OFFSET $4",
        scope.account(),
        upto.0,
        upto.1,
        most,
    )?;
    Ok(match row {
        Some((contact_no,)) => (contact_no, most + 1),
        // Those who come on the list later are kept in both meanings from their first call on. A campaign costs something, too.
        None => (i64::MAX, 50),
    })
}

async fn prepare_customers(
    conn: &mut Conn,
    scope: &Scope,
    change: &OpenChange,
    meanings: &Meanings,
    (campaign_key, after): (i64, i64),
    last: i64,
    deltas: &mut Deltas,
) -> Result<(), StoreError> {
    let customers = fetch_all!(
        conn,
        (i64, i64),
        "SELECT DISTINCT campaign_key, contact_no FROM calls
         WHERE account_id = $1 AND campaign_key = $2 AND contact_no > $3 AND contact_no <= $4 AND result_code = $5",
        scope.account(),
        campaign_key,
        after,
        last,
        change.code.as_str(),
    )?;
    let customers: BTreeSet<(i64, i64)> = customers.into_iter().collect();
    if customers.is_empty() {
        return Ok(());
    }
    let rules = crate::meanings::CountingRules { now: meanings.now(), next: meanings.next() };
    let mut calls_that_differ = Vec::new();
    let mut standings = BTreeMap::<i64, Vec<i64>>::new();
    for ((_, contact_no), mut calls) in stored_calls(conn, scope, &customers).await? {
        let (standing, days) = walk(&mut calls, rules);
        for (day, flags) in days {
            if flags.now != flags.next {
                deltas.set_day_flags(campaign_key, day, contact_no, flags);
            }
        }
        for call in calls {
            deltas.prepare_call(&call, rules);
            if call.next_newly_reached.is_some() {
                calls_that_differ.push(call.id);
            }
        }
        deltas.change_standing(campaign_key, &TimelineStanding { next: None, ..standing.clone() }, &standing);
        if let Some(next) = standing.next {
            standings.entry(next.bits()).or_default().push(contact_no);
        }
    }
    if !calls_that_differ.is_empty() {
        let sql = format!(
            "UPDATE calls SET next_newly_reached = NOT newly_reached WHERE account_id = $1 AND id IN ({})",
            texts_of_json(conn, "$2"),
        );
        let ids = serde_json::json!(calls_that_differ).to_string();
        execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), ids.as_str())?;
    }
    for (next, numbers) in standings {
        let sql = format!(
            "UPDATE contacts SET next_standing = $4
             WHERE account_id = $1 AND campaign_key = $2 AND contact_no IN ({})",
            integers_of_json(conn, "$3"),
        );
        let numbers = serde_json::json!(numbers).to_string();
        let sql = sqlx::AssertSqlSafe(sql.as_str());
        execute!(conn, sql, scope.account(), campaign_key, numbers.as_str(), next)?;
    }
    Ok(())
}

/// Puts what was prepared into force, in every report of the account at once.
async fn switch(conn: &mut Conn, scope: &Scope, change: &OpenChange) -> Result<(), StoreError> {
    let account = scope.account();
    execute!(
        conn,
        "UPDATE campaigns
         SET reached = campaigns.reached + n.reached, talked = campaigns.talked + n.talked, goal = campaigns.goal + n.goal
         FROM next_totals n
         WHERE campaigns.account_id = $1 AND n.account_id = $1 AND n.campaign_key = campaigns.campaign_key",
        account,
    )?;
    execute!(
        conn,
        "UPDATE rollup_attempts
         SET success = rollup_attempts.success + n.success, failed = rollup_attempts.failed + n.failed,
             error = rollup_attempts.error + n.error, newly_reached = rollup_attempts.newly_reached + n.newly_reached
         FROM next_attempts n
         WHERE rollup_attempts.account_id = $1 AND n.account_id = $1 AND n.campaign_key = rollup_attempts.campaign_key
               AND n.day = rollup_attempts.day AND n.attempt = rollup_attempts.attempt",
        account,
    )?;
    execute!(
        conn,
        "UPDATE rollup_open SET customers = customers + next_customers, next_customers = 0
         WHERE account_id = $1 AND next_customers <> 0",
        account,
    )?;
    execute!(
        conn,
        "UPDATE rollup_own SET newly_reached = newly_reached + next_newly_reached, next_newly_reached = 0
         WHERE account_id = $1 AND next_newly_reached <> 0",
        account,
    )?;
    execute!(conn, "DELETE FROM next_totals WHERE account_id = $1", account)?;
    execute!(conn, "DELETE FROM next_attempts WHERE account_id = $1", account)?;
    execute!(
        conn,
        "UPDATE customer_days
         SET reached = next_reached, talked = next_talked, goal = next_goal,
             next_reached = NULL, next_talked = NULL, next_goal = NULL
         WHERE account_id = $1 AND next_reached IS NOT NULL",
        account,
    )?;
    execute!(
        conn,
        "UPDATE result_codes SET counts_as = $3, is_goal = $4 WHERE account_id = $1 AND code = $2",
        account,
        change.code.as_str(),
        change.counts_as.word(),
        change.is_goal,
    )?;
    // What a repair has counted before is of yesterday.
    execute!(conn, "UPDATE accounts SET repairs = repairs + 1 WHERE account_id = $1", account)?;
    set_phase(conn, scope, change, Phase::Settling).await?;
    accounts::changed(conn, scope).await
}

/// Moves some of what stands beside calls and customers into its place; returns how many rows.
async fn settle(conn: &mut Conn, scope: &Scope, most: i64) -> Result<u64, StoreError> {
    let calls = execute!(
        conn,
        "UPDATE calls SET newly_reached = next_newly_reached, next_newly_reached = NULL
         WHERE account_id = $1 AND id IN (
             SELECT n.id FROM calls n WHERE n.account_id = $1 AND n.next_newly_reached IS NOT NULL LIMIT $2)",
        scope.account(),
        most,
    )?;
    let (reached, talked, goal) = (Flags::REACHED.bits(), Flags::TALKED.bits(), Flags::GOAL.bits());
    let customers = execute!(
        conn,
        "UPDATE contacts
         SET reached = (next_standing & $3) <> 0, talked = (next_standing & $4) <> 0, goal = (next_standing & $5) <> 0,
             next_standing = NULL
         WHERE account_id = $1 AND (campaign_key, contact_no) IN (
             SELECT n.campaign_key, n.contact_no FROM contacts n
             WHERE n.account_id = $1 AND n.next_standing IS NOT NULL LIMIT $2)",
        scope.account(),
        most,
        reached,
        talked,
        goal,
    )?;
    Ok(calls + customers)
}
