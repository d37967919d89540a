//! Stored calls are priced again from an instant on, by the tariffs that are set now: a deliberate act, since calls keep their price
//! otherwise.
//!
//! It goes step by step, each a transaction of a bounded size that changes calls and rollups together: figures add up after every one
//! of them, and show the new price of the calls that were reached. Calls that come in meanwhile are priced by the tariffs of now.
//! A call whose sender gave blocks or cost keeps both.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use domain::{CampaignId, FieldError, Money, Tariff, Timestamp};
use sqlx::AssertSqlSafe;

use crate::{
    Conn, Scope, StoreError, accounts, campaigns, customer_columns,
    db::{execute, fetch_all, fetch_optional},
    dialect::{integers_of_json, texts_of_json},
    ingest::cost_room::CostRoom,
    jobs,
    live::{self, Change},
    meanings::Meanings,
    pricing::Prices,
    rollup::Deltas,
    timeline::{CALL_COLUMNS, CustomerCall},
};

/// How many calls a step looks at, and so how long others may wait for it.
const CALLS: i64 = 2_000;
/// How many a reading of what would change looks at in one statement.
const READ_AT_ONCE: i64 = 20_000;
/// Of several that are asked for, one job works on all.
const JOB: &str = "repricing";

/// What pricing again changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Difference {
    /// Answered calls from the instant on.
    pub calls: u64,
    /// Of them, those that get other blocks or another cost.
    pub changed: u64,
    /// Of them, those whose sender gave blocks or cost, which stay.
    pub given: u64,
    /// Blocks of all of them before and after.
    pub blocks: (i64, i64),
    /// Their cost before and after.
    pub cost: (Money, Money),
}

/// What of a call its price follows from.
#[derive(Debug, sqlx_macros::FromRow)]
struct PricedRow {
    campaign_key: i64,
    dialed_at: i64,
    call_key: i64,
    class: Option<i64>,
    talk_time: i64,
    blocks: i64,
    cost: i64,
    price_given: bool,
}

/// Whose calls: of one campaign, or of the account (0).
async fn key_of(conn: &mut Conn, scope: &Scope, campaign: Option<&CampaignId>) -> Result<Option<i64>, StoreError> {
    match campaign {
        None => Ok(Some(0)),
        Some(campaign) => campaigns::key(conn, scope, campaign).await,
    }
}

/// Says what it would change to set `tariff` (of the campaign, or of the account) and to price the stored calls again from its
/// instant on. `None`: no such campaign. It reads every call from that instant on.
pub async fn foresee(
    conn: &mut Conn,
    scope: &Scope,
    campaign: Option<&CampaignId>,
    tariff: &Tariff,
) -> Result<Option<Difference>, StoreError> {
    let Some(campaign_key) = key_of(conn, scope, campaign).await? else { return Ok(None) };
    let prices = Prices::load(conn, scope).await?.with(campaign_key, tariff.clone());
    let mut difference = Difference::default();
    let mut after = (tariff.effective_from.0, 0);
    loop {
        let rows = fetch_priced(conn, scope, campaign_key, after).await?;
        let Some(last) = rows.last() else { return Ok(Some(difference)) };
        after = (last.dialed_at, last.call_key);
        for row in rows.iter().filter(|row| row.class == Some(0)) {
            let before = (row.blocks, Money(row.cost));
            let then = if row.price_given {
                difference.given += 1;
                before
            } else {
                prices.of_talk(row.campaign_key, Timestamp(row.dialed_at), row.talk_time)
            };
            difference.calls += 1;
            difference.changed += u64::from(then != before);
            difference.blocks = (difference.blocks.0 + before.0, difference.blocks.1 + then.0);
            difference.cost = (difference.cost.0 + before.1, difference.cost.1 + then.1);
        }
    }
}

async fn fetch_priced(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    after: (i64, i64),
) -> Result<Vec<PricedRow>, StoreError> {
    let of_campaign = if campaign_key == 0 { "" } else { "AND campaign_key = $5" };
    let sql = format!(
        "SELECT campaign_key, dialed_at, call_key, class, talk_time, blocks, cost, price_given
         FROM calls
         WHERE account_id = $1 AND (dialed_at, call_key) > ($2, $3) {of_campaign}
         ORDER BY dialed_at, call_key
         LIMIT $4"
    );
    let sql = AssertSqlSafe(sql.as_str());
    if campaign_key == 0 {
        fetch_all!(conn, PricedRow, sql, scope.account(), after.0, after.1, READ_AT_ONCE)
    } else {
        fetch_all!(conn, PricedRow, sql, scope.account(), after.0, after.1, READ_AT_ONCE, campaign_key)
    }
}

/// Has the stored calls priced again from an instant on, of the campaign or of the account. `false`: no such campaign.
pub async fn begin(
    conn: &mut Conn,
    scope: &Scope,
    campaign: Option<&CampaignId>,
    from: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(campaign_key) = key_of(conn, scope, campaign).await? else { return Ok(false) };
    let (key, revision) = accounts::take_keys(conn, scope, 1).await?;
    execute!(
        conn,
        "INSERT INTO repricings (account_id, repricing_key, campaign_key, dialed_at, call_key, calls)
         VALUES ($1, $2, $3, $4, 0, 0)",
        scope.account(),
        key,
        campaign_key,
        from.0,
    )?;
    jobs::enqueue(conn, scope, &jobs::PriceAgain {}, Some(JOB), now, now).await?;
    live::publish(conn, Change { account: scope.account(), revision }).await?;
    Ok(true)
}

/// How many calls were looked at by what is not over; `None`: nothing is under way.
pub async fn under_way(conn: &mut Conn, scope: &Scope) -> Result<Option<u64>, StoreError> {
    let row = fetch_optional!(
        conn,
        (Option<i64>,),
        "SELECT CAST(SUM(calls) AS BIGINT) FROM repricings WHERE account_id = $1",
        scope.account(),
    )?;
    Ok(row.and_then(|row| row.0).map(i64::cast_unsigned))
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepricingStep {
    /// Calls that it looked at.
    pub calls: u64,
    /// Whether nothing is left to do.
    pub is_over: bool,
}

/// Prices the next calls within the caller's transaction, which holds the account's lock from here on.
pub async fn advance(conn: &mut Conn, scope: &Scope) -> Result<RepricingStep, StoreError> {
    advance_by(conn, scope, CALLS).await
}

async fn advance_by(conn: &mut Conn, scope: &Scope, most: i64) -> Result<RepricingStep, StoreError> {
    let (_, revision) = accounts::take_keys(conn, scope, 0).await?;
    let first = fetch_optional!(
        conn,
        (i64, i64, i64, i64),
        "SELECT repricing_key, campaign_key, dialed_at, call_key FROM repricings
         WHERE account_id = $1
         ORDER BY repricing_key
         LIMIT 1",
        scope.account(),
    )?;
    let Some((key, campaign_key, dialed_at, call_key)) = first else {
        return Ok(RepricingStep { calls: 0, is_over: true });
    };
    let calls = fetch_calls(conn, scope, campaign_key, (dialed_at, call_key), most).await?;
    let Some(last) = calls.last() else {
        execute!(conn, "DELETE FROM repricings WHERE account_id = $1 AND repricing_key = $2", scope.account(), key,)?;
        // Pages say that it is under way, until now.
        live::publish(conn, Change { account: scope.account(), revision }).await?;
        // The next look finds the next one, or nothing.
        return Ok(RepricingStep { calls: 0, is_over: false });
    };
    execute!(
        conn,
        "UPDATE repricings SET dialed_at = $3, call_key = $4, calls = calls + $5
         WHERE account_id = $1 AND repricing_key = $2",
        scope.account(),
        key,
        last.dialed_at,
        last.call_key,
        calls.len() as i64,
    )?;
    let looked_at = calls.len() as u64;
    if price(conn, scope, calls).await? {
        live::publish(conn, Change { account: scope.account(), revision }).await?;
    }
    Ok(RepricingStep { calls: looked_at, is_over: false })
}

async fn fetch_calls(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    after: (i64, i64),
    most: i64,
) -> Result<Vec<CustomerCall>, StoreError> {
    let of_campaign = if campaign_key == 0 { "" } else { "AND campaign_key = $5" };
    let sql = format!(
        "SELECT {CALL_COLUMNS} FROM calls
         WHERE account_id = $1 AND (dialed_at, call_key) > ($2, $3) {of_campaign}
         ORDER BY dialed_at, call_key
         LIMIT $4"
    );
    let sql = AssertSqlSafe(sql.as_str());
    if campaign_key == 0 {
        fetch_all!(conn, CustomerCall, sql, scope.account(), after.0, after.1, most)
    } else {
        fetch_all!(conn, CustomerCall, sql, scope.account(), after.0, after.1, most, campaign_key)
    }
}

/// Gives calls the price of now, and the rollups the difference. `false`: they had it.
async fn price(conn: &mut Conn, scope: &Scope, calls: Vec<CustomerCall>) -> Result<bool, StoreError> {
    let prices = Prices::load(conn, scope).await?;
    let meanings = Meanings::load(conn, scope).await?;
    let (mut deltas, mut costs) = (Deltas::default(), CostRoom::default());
    costs.prepare(conn, scope).await?;
    // Talks of one length cost the same: few statements change many calls.
    let mut by_price = BTreeMap::<(i64, i64), Vec<String>>::new();
    let mut by_customer = BTreeMap::<(i64, i64), i64>::new();
    for before in calls.into_iter().filter(|call| call.is_answered() && !call.price_given) {
        let (blocks, cost) = prices.of_talk(before.campaign_key, Timestamp(before.dialed_at), before.talk_time);
        if (blocks, cost.0) == (before.blocks, before.cost) {
            continue;
        }
        if !costs.take(cost - Money(before.cost)) {
            let reason = "would bring the costs of the account's calls beyond 9000000000000";
            return Err(StoreError::Invalid(FieldError::new("tariff", reason)));
        }
        by_price.entry((blocks, cost.0)).or_default().push(before.id.clone());
        *by_customer.entry((before.campaign_key, before.contact_no)).or_default() += cost.0 - before.cost;
        let after = CustomerCall { blocks, cost: cost.0, ..before.clone() };
        deltas.replace_call(&before, &after, meanings.rules((before.campaign_key, before.contact_no)));
    }
    if by_price.is_empty() {
        return Ok(false);
    }
    let texts = texts_of_json(conn, "$4");
    let sql = format!("UPDATE calls SET blocks = $2, cost = $3 WHERE account_id = $1 AND id IN ({texts})");
    for ((blocks, cost), ids) in &by_price {
        let ids = serde_json::json!(ids).to_string();
        execute!(conn, AssertSqlSafe(sql.as_str()), scope.account(), *blocks, *cost, ids.as_str())?;
    }
    add_to_customers(conn, scope, by_customer).await?;
    deltas.write(conn, scope).await?;
    Ok(true)
}

/// Adds to what customers cost so far, by campaign and number.
async fn add_to_customers(
    conn: &mut Conn,
    scope: &Scope,
    by_customer: BTreeMap<(i64, i64), i64>,
) -> Result<(), StoreError> {
    let mut by_change = BTreeMap::<(i64, i64), Vec<i64>>::new();
    let changed: Vec<(i64, i64)> =
        by_customer.iter().filter(|(_, change)| **change != 0).map(|(customer, _)| *customer).collect();
    for ((campaign_key, contact_no), change) in by_customer.into_iter().filter(|(_, change)| *change != 0) {
        by_change.entry((campaign_key, change)).or_default().push(contact_no);
    }
    let numbers = integers_of_json(conn, "$4");
    let sql = format!(
        "UPDATE contacts SET cost = cost + $3
         WHERE account_id = $1 AND campaign_key = $2 AND contact_no IN ({numbers})"
    );
    for ((campaign_key, change), numbers) in by_change {
        let numbers = serde_json::json!(numbers).to_string();
        execute!(conn, AssertSqlSafe(sql.as_str()), scope.account(), campaign_key, change, numbers.as_str())?;
    }
    customer_columns::note_stored(conn, scope, changed).await
}
