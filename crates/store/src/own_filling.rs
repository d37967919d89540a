//! Stored calls are given their values of the account's own dimensions: those of before a dimension was declared by a job, step by step,
//! the newest first; those of a customer whose attributes change, and those that lose theirs, in the transaction that changes them. And
//! whether every call has the values that its attributes say.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{attributes::Attributes, own_dimension::CallPlaces};

use crate::{
    Conn, Db, Scope, StoreError, accounts,
    db::{execute, fetch_all, fetch_one, fetch_optional},
    dialect::{integers_of_json, texts_of_json},
    live::{self, Change},
    meanings::Meanings,
    own_dimensions::ToldDimensions,
    rollup::Deltas,
    timeline::{CALL_COLUMNS, CustomerCall},
};

/// Calls that a step looks at, and that are compared at once.
const CALLS: i64 = 500;
/// Calls whose attributes are in memory at once, each with up to 64 KiB.
const ATTRIBUTES_AT_ONCE: usize = 100;

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnFillStep {
    /// Calls that it looked at.
    pub calls: u64,
    /// Whether all calls have their values.
    pub is_over: bool,
}

/// Gives the next calls their values, within the caller's transaction, which holds the account's lock from here on.
pub async fn advance(conn: &mut Conn, scope: &Scope) -> Result<OwnFillStep, StoreError> {
    let (_, revision) = accounts::take_keys(conn, scope, 0).await?;
    let Some(place) = filled_from(conn, scope).await? else { return Ok(OwnFillStep { calls: 0, is_over: true }) };
    let calls = next_calls(conn, scope, place).await?;
    let count = calls.len() as u64;
    let change = Change { account: scope.account(), revision };
    let Some(last) = calls.last().map(|call| (call.dialed_at, call.call_key)) else {
        execute!(conn, "DELETE FROM own_fills WHERE account_id = $1", scope.account())?;
        // Pages say that it is under way, until now.
        live::publish(conn, change).await?;
        return Ok(OwnFillStep { calls: 0, is_over: true });
    };
    give(conn, scope, calls).await?;
    execute!(
        conn,
        "UPDATE own_fills SET dialed_at = $2, call_key = $3, calls = calls + $4 WHERE account_id = $1",
        scope.account(),
        last.0,
        last.1,
        count.cast_signed(),
    )?;
    live::publish(conn, change).await?;
    Ok(OwnFillStep { calls: count, is_over: false })
}

/// The call that the job came to last; those before it may lack values. None: all have them.
async fn filled_from(conn: &mut Conn, scope: &Scope) -> Result<Option<(i64, i64)>, StoreError> {
    fetch_optional!(
        conn,
        (i64, i64),
        "SELECT dialed_at, call_key FROM own_fills WHERE account_id = $1",
        scope.account(),
    )
}

/// Calls behind a place, the newest first.
async fn next_calls(conn: &mut Conn, scope: &Scope, place: (i64, i64)) -> Result<Vec<CustomerCall>, StoreError> {
    let sql = format!(
        "SELECT {CALL_COLUMNS} FROM calls
         WHERE account_id = $1 AND (dialed_at, call_key) < ($2, $3)
         ORDER BY dialed_at DESC, call_key DESC
         LIMIT $4"
    );
    fetch_all!(conn, CustomerCall, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), place.0, place.1, CALLS)
}

/// Gives the calls of customers whose attributes have changed their values, within a transaction that has locked the account.
pub(crate) async fn give_customers(
    conn: &mut Conn,
    scope: &Scope,
    customers: &BTreeSet<(i64, i64)>,
) -> Result<(), StoreError> {
    if customers.is_empty() || ToldDimensions::load(conn, scope).await?.is_empty() {
        return Ok(());
    }
    let calls = crate::ingest::stored_calls(conn, scope, customers).await?;
    give(conn, scope, calls.into_values().flatten().collect()).await
}

/// Gives calls their values after what they said was taken away, within a transaction that has locked the account. Values that no
/// finished call has any more are forgotten: they may tell who a customer was. Their places are not given again.
pub(crate) async fn take_away(conn: &mut Conn, scope: &Scope, ids: &[&str]) -> Result<(), StoreError> {
    if ids.is_empty() || ToldDimensions::load(conn, scope).await?.is_empty() {
        return Ok(());
    }
    let calls = by_ids(conn, scope, ids).await?;
    let had: BTreeSet<(u32, u32)> = calls
        .iter()
        .filter_map(|call| call.own_values.as_deref())
        .flat_map(|stored| CallPlaces::read(stored).iter().collect::<Vec<_>>())
        .collect();
    give(conn, scope, calls).await?;
    forget(conn, scope, had).await
}

/// As [`take_away`], of a customer whose attributes were taken away.
pub(crate) async fn take_away_customer(conn: &mut Conn, scope: &Scope, customer: (i64, i64)) -> Result<(), StoreError> {
    if ToldDimensions::load(conn, scope).await?.is_empty() {
        return Ok(());
    }
    let calls = crate::ingest::stored_calls(conn, scope, &BTreeSet::from([customer])).await?;
    let calls: Vec<CustomerCall> = calls.into_values().flatten().collect();
    let ids: Vec<&str> = calls.iter().map(|call| call.id.as_str()).collect();
    take_away(conn, scope, &ids).await
}

async fn forget(conn: &mut Conn, scope: &Scope, values: BTreeSet<(u32, u32)>) -> Result<(), StoreError> {
    for (dimension, value) in values {
        let (dimension, value) = (i64::from(dimension), i64::from(value));
        let (rows,) = fetch_one!(
            conn,
            (i64,),
            "SELECT COUNT(*) FROM rollup_own WHERE account_id = $1 AND dimension_no = $2 AND value_no = $3",
            scope.account(),
            dimension,
            value,
        )?;
        if rows == 0 {
            execute!(
                conn,
                "DELETE FROM own_values WHERE account_id = $1 AND dimension_no = $2 AND value_no = $3",
                scope.account(),
                dimension,
                value,
            )?;
        }
    }
    Ok(())
}

async fn by_ids(conn: &mut Conn, scope: &Scope, ids: &[&str]) -> Result<Vec<CustomerCall>, StoreError> {
    let texts = texts_of_json(conn, "$2");
    let sql = format!("SELECT {CALL_COLUMNS} FROM calls WHERE account_id = $1 AND id IN ({texts})");
    let list = serde_json::json!(ids).to_string();
    fetch_all!(conn, CustomerCall, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), list.as_str())
}

/// Gives stored calls the values that their attributes say, and moves the sums.
async fn give(conn: &mut Conn, scope: &Scope, calls: Vec<CustomerCall>) -> Result<(), StoreError> {
    let mut told = ToldDimensions::load(conn, scope).await?;
    let meanings = Meanings::load(conn, scope).await?;
    let mut deltas = Deltas::default();
    // Many calls have the same values: few statements change many calls.
    let mut by_text = BTreeMap::<Option<String>, Vec<String>>::new();
    for some in calls.chunks(ATTRIBUTES_AT_ONCE) {
        let places = places_of(conn, scope, some, &mut told).await?;
        for (call, places) in some.iter().zip(places) {
            let text = places.stored();
            if text == call.own_values {
                continue;
            }
            by_text.entry(text.clone()).or_default().push(call.id.clone());
            let mut before = call.clone();
            if meanings.is_settling() {
                before.settle();
            }
            let after = CustomerCall { own_values: text, ..before.clone() };
            deltas.move_own(&before, &after, meanings.rules((call.campaign_key, call.contact_no)));
        }
    }
    told.keep_new(conn, scope).await?;
    let texts = texts_of_json(conn, "$3");
    let sql = format!("UPDATE calls SET own_values = $2 WHERE account_id = $1 AND id IN ({texts})");
    for (text, ids) in by_text {
        let ids = serde_json::json!(ids).to_string();
        execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), text, ids.as_str())?;
    }
    deltas.write(conn, scope).await
}

/// Where these calls stand by what is stored of them and their customers.
async fn places_of(
    conn: &mut Conn,
    scope: &Scope,
    calls: &[CustomerCall],
    told: &mut ToldDimensions,
) -> Result<Vec<CallPlaces>, StoreError> {
    let keys: Vec<i64> = calls.iter().filter(|call| call.has_details).map(|call| call.call_key).collect();
    let of_calls: HashMap<i64, Attributes> = if keys.is_empty() {
        HashMap::new()
    } else {
        let sql = format!(
            "SELECT call_key, attributes FROM call_details
             WHERE account_id = $1 AND call_key IN ({}) AND attributes IS NOT NULL",
            integers_of_json(conn, "$2"),
        );
        let list = serde_json::json!(keys).to_string();
        let rows = fetch_all!(conn, (i64, String), sqlx::AssertSqlSafe(sql.as_str()), scope.account(), list.as_str())?;
        rows.into_iter().map(|(key, text)| Ok((key, read(&text)?))).collect::<Result<_, StoreError>>()?
    };
    let mut customers = BTreeMap::<i64, BTreeSet<i64>>::new();
    for call in calls {
        customers.entry(call.campaign_key).or_default().insert(call.contact_no);
    }
    let mut of_customers = HashMap::<(i64, i64), Attributes>::new();
    for (campaign_key, numbers) in customers {
        let sql = format!(
            "SELECT contact_no, attributes FROM contacts
             WHERE account_id = $1 AND campaign_key = $2 AND contact_no IN ({}) AND attributes IS NOT NULL",
            integers_of_json(conn, "$3"),
        );
        let list = serde_json::json!(numbers).to_string();
        let sql = sqlx::AssertSqlSafe(sql.as_str());
        for (number, text) in fetch_all!(conn, (i64, String), sql, scope.account(), campaign_key, list.as_str())? {
            of_customers.insert((campaign_key, number), read(&text)?);
        }
    }
    let place = |call: &CustomerCall| {
        told.place(of_calls.get(&call.call_key), of_customers.get(&(call.campaign_key, call.contact_no)))
    };
    Ok(calls.iter().map(place).collect())
}

fn read(text: &str) -> Result<Attributes, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Broken("attributes".to_owned()))
}

/// Ids of calls that have other values than their attributes say, within the caller's snapshot. Those that the job has not come to have
/// them or not.
pub(crate) async fn wrong(conn: &mut Conn, scope: &Scope) -> Result<Vec<String>, StoreError> {
    let mut told = ToldDimensions::load(conn, scope).await?;
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let filled = filled_from(conn, scope).await?;
    let mut wrong = Vec::new();
    let mut place = (i64::MAX, i64::MAX);
    loop {
        let calls = next_calls(conn, scope, place).await?;
        let Some(last) = calls.last() else { return Ok(wrong) };
        place = (last.dialed_at, last.call_key);
        for some in calls.chunks(ATTRIBUTES_AT_ONCE) {
            let places = places_of(conn, scope, some, &mut told).await?;
            for (call, expected) in some.iter().zip(places) {
                let is_due = filled.is_none_or(|filled| (call.dialed_at, call.call_key) >= filled);
                if is_due && told.declared(call.own_values.as_deref()) != expected {
                    wrong.push(call.id.clone());
                }
            }
        }
    }
}

/// Gives these calls their values, as they are by then, in transactions of few calls each; `written` is told of each.
pub(crate) async fn put_right(
    db: &Db,
    scope: &Scope,
    ids: &[String],
    written: &mut (dyn FnMut(u64) + Send),
) -> Result<(), StoreError> {
    for some in ids.chunks(CALLS as usize) {
        let mut conn = db.write().await?;
        let (_, revision) = accounts::take_keys(&mut conn, scope, 0).await?;
        let some: Vec<&str> = some.iter().map(String::as_str).collect();
        let calls = by_ids(&mut conn, scope, &some).await?;
        give(&mut conn, scope, calls).await?;
        live::publish(&mut conn, Change { account: scope.account(), revision }).await?;
        conn.commit().await?;
        written(some.len() as u64);
    }
    Ok(())
}
