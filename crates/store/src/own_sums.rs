//! Sums of finished calls by the values of the account's own dimensions (`rollup_own`).
//!
//! What a call has no value of is in no row: it is the whole less the rows of the dimension. So an account without dimensions keeps
//! nothing, and rows sum to the whole while calls of before are still given their values.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    CodeMeanings, Money,
    own_dimension::{CallPlaces, OwnDimensionResult, OwnPlace, OwnSums},
    sight::Mask,
};

use crate::{
    Conn, Scope, StoreError,
    bulk::add_sums,
    db::{execute, fetch_all},
    own_dimensions::{self, OwnTexts, ToldDimensions},
    sums::{Keyed, Sums, by_key, key, sums},
    timeline::CustomerCall,
};

key! {
    /// Of `rollup_own`.
    OwnRowKey {
        campaign_key: i64,
        dimension_no: i64,
        day: i64,
        value_no: i64,
        code: String,
    }
}

sums! {
    /// Of finished calls of one value and code; and what a meaning that is prepared adds to them.
    OwnRowSums { calls, cost, newly_reached, next_newly_reached }
}

pub(crate) type OwnRows = BTreeMap<OwnRowKey, OwnRowSums>;

/// Counts a finished call, or takes it out, in each dimension in which it has a value.
pub(crate) fn count(rows: &mut OwnRows, call: &CustomerCall, sums: OwnRowSums, subtract: bool) {
    let (Some(stored), Some(code)) = (call.own_values.as_deref(), &call.result_code) else { return };
    if sums.is_zero() {
        return;
    }
    for (dimension, value) in CallPlaces::read(stored).iter() {
        let key = OwnRowKey {
            campaign_key: call.campaign_key,
            dimension_no: i64::from(dimension),
            day: call.day,
            value_no: i64::from(value),
            code: code.clone(),
        };
        rows.entry(key).or_default().change(sums, subtract);
    }
}

impl OwnRowSums {
    /// What one finished call adds.
    pub(crate) fn of(call: &CustomerCall) -> Self {
        Self { calls: 1, cost: call.cost, newly_reached: i64::from(call.newly_reached), next_newly_reached: 0 }
    }

    /// What a meaning that is prepared adds for one call.
    pub(crate) fn next_of(call: &CustomerCall) -> Self {
        let next = call.next_newly_reached.unwrap_or(call.newly_reached);
        Self { next_newly_reached: i64::from(next) - i64::from(call.newly_reached), ..Self::default() }
    }
}

/// Those of dimensions that are declared: what calls have of removed ones is in no sum.
pub(crate) fn of_declared(mut rows: OwnRows, told: &ToldDimensions) -> OwnRows {
    rows.retain(|key, sums| !sums.is_zero() && told.has(key.dimension_no as u32));
    rows
}

/// Adds to the sums, within a transaction that has locked the account.
pub(crate) async fn write(conn: &mut Conn, scope: &Scope, mut rows: OwnRows) -> Result<(), StoreError> {
    rows.retain(|_, sums| !sums.is_zero());
    if rows.is_empty() {
        return Ok(());
    }
    let rows = of_declared(rows, &ToldDimensions::load(conn, scope).await?);
    let fewer: BTreeSet<i64> =
        rows.iter().filter(|(_, sums)| sums.calls < 0).map(|(key, _)| key.campaign_key).collect();
    add_sums(conn, scope.account(), "rollup_own", &rows).await?;
    for campaign_key in fewer {
        delete_empty(conn, scope.account(), campaign_key).await?;
    }
    Ok(())
}

/// Deletes rows that came to nothing.
pub(crate) async fn delete_empty(conn: &mut Conn, account: i64, campaign_key: i64) -> Result<(), StoreError> {
    let sql = format!(
        "DELETE FROM rollup_own WHERE account_id = $1 AND campaign_key = $2 AND {}",
        OwnRowSums::nothing_left()
    );
    execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), account, campaign_key)?;
    Ok(())
}

/// The sums of a campaign as they are stored.
pub(crate) async fn stored(conn: &mut Conn, account: i64, campaign_key: i64) -> Result<OwnRows, StoreError> {
    let rows = fetch_all!(
        conn,
        Keyed<OwnRowKey, OwnRowSums>,
        "SELECT campaign_key, dimension_no, day, value_no, code, calls, cost, newly_reached, next_newly_reached
         FROM rollup_own
         WHERE account_id = $1 AND campaign_key = $2",
        account,
        campaign_key,
    )?;
    Ok(by_key(rows))
}

/// A row by value and code.
#[derive(Debug, sqlx_macros::FromRow)]
struct OwnCodeRow {
    dimension_no: i64,
    value_no: i64,
    code: String,
    calls: i64,
    cost: i64,
    newly_reached: i64,
}

/// The calls of a campaign on the days of `from ≤ day ≤ to` by dimension and place; `whole` is what each dimension sums to.
pub(crate) async fn by_place(
    conn: &mut Conn,
    scope: &Scope,
    (campaign_key, from, to): (i64, i64, i64),
    meanings: &CodeMeanings,
    whole: OwnSums,
) -> Result<BTreeMap<u32, BTreeMap<OwnPlace, OwnSums>>, StoreError> {
    let rows = fetch_all!(
        conn,
        OwnCodeRow,
        "SELECT r.dimension_no, r.value_no, r.code, CAST(SUM(r.calls) AS BIGINT) AS calls,
                CAST(SUM(r.cost) AS BIGINT) AS cost, CAST(SUM(r.newly_reached) AS BIGINT) AS newly_reached
         FROM rollup_own r
         WHERE r.account_id = $1 AND r.campaign_key = $2 AND r.day BETWEEN $3 AND $4
         GROUP BY r.dimension_no, r.value_no, r.code",
        scope.account(),
        campaign_key,
        from,
        to,
    )?;
    let mut dimensions = BTreeMap::<u32, BTreeMap<OwnPlace, OwnSums>>::new();
    for row in rows {
        let count = |sum: i64| sum.max(0).cast_unsigned();
        let sums = OwnSums::of_code(&row.code, meanings, count(row.calls), Money(row.cost), count(row.newly_reached));
        let place = OwnPlace::of_number(row.value_no as u32);
        dimensions.entry(row.dimension_no as u32).or_default().entry(place).or_default().add(sums);
    }
    for places in dimensions.values_mut() {
        let rest = places.values().fold(whole, |rest, sums| rest.without(*sums));
        if rest != OwnSums::default() {
            places.insert(OwnPlace::None, rest);
        }
    }
    Ok(dimensions)
}

/// The calls of a campaign on these days by each of the account's dimensions, as the scope's reader may see them.
pub(crate) async fn of_days(
    conn: &mut Conn,
    scope: &Scope,
    days: (i64, i64, i64),
    meanings: &CodeMeanings,
    whole: OwnSums,
) -> Result<Vec<OwnDimensionResult>, StoreError> {
    let declared = own_dimensions::list(conn, scope).await?;
    if declared.is_empty() {
        return Ok(Vec::new());
    }
    let texts = OwnTexts::load(conn, scope).await?;
    let filled_percent = own_dimensions::filled_percent(conn, scope).await?;
    let mut places = by_place(conn, scope, days, meanings, whole).await?;
    let mask = Mask::new(scope.sight(), []);
    let results = declared.into_iter().map(|dimension| {
        let alone = || BTreeMap::from([(OwnPlace::None, whole)]);
        let of = places.remove(&dimension.number).unwrap_or_else(alone);
        let mut of: Vec<(OwnPlace, OwnSums)> = of.into_iter().filter(|(_, sums)| *sums != OwnSums::default()).collect();
        // Values by their calls, then the others, then those without one.
        of.sort_by_key(|(place, sums)| match place {
            OwnPlace::Told(number) => (0, std::cmp::Reverse(sums.calls), *number),
            OwnPlace::Other => (1, std::cmp::Reverse(0), 0),
            OwnPlace::None => (2, std::cmp::Reverse(0), 0),
        });
        let values = of.into_iter().map(|(place, sums)| {
            let text = place.number().and_then(|number| texts.shown(dimension.number, number, &mask));
            sums.result(place, text.map(String::from))
        });
        OwnDimensionResult { values: values.collect(), dimension, filled_percent }
    });
    Ok(results.collect())
}
