//! What a forecast of a running campaign follows from, read from rollups alone: some ten days of attempts and hours, and how many
//! customers are not reached yet.

use std::collections::BTreeMap;

use domain::{
    Day, Money, Plan,
    forecast::{ActiveDay, AttemptSum, ForecastBasis},
};

use crate::{
    Scope, StoreError,
    db::{Conn, fetch_all, fetch_one},
};

/// What of a campaign is known already.
pub(crate) struct ForecastInput<'a> {
    pub(crate) campaign_key: i64,
    pub(crate) plan: Option<&'a Plan>,
    /// Customers without a finished call.
    pub(crate) never_dialled: u64,
    pub(crate) reached: u64,
    pub(crate) cost: Money,
}

/// The calls of a day that were the same attempt.
#[derive(Debug, sqlx_macros::FromRow)]
struct DayAttemptRow {
    day: i64,
    attempt: i64,
    calls: i64,
    newly_reached: i64,
    cost: i64,
}

/// Reads it; five statements at most, whose rows do not grow with calls or customers.
pub(crate) async fn read(conn: &mut Conn, scope: &Scope, of: &ForecastInput<'_>) -> Result<ForecastBasis, StoreError> {
    let (account, campaign_key) = (scope.account(), of.campaign_key);
    let open = fetch_all!(
        conn,
        (i64, i64),
        "SELECT calls, customers FROM rollup_open WHERE account_id = $1 AND campaign_key = $2 AND customers > 0",
        account,
        campaign_key,
    )?;
    let mut open: BTreeMap<u32, u64> =
        open.into_iter().map(|(calls, customers)| (calls as u32, customers.cast_unsigned())).collect();
    if of.never_dialled > 0 {
        open.insert(0, of.never_dialled);
    }
    let active = fetch_all!(
        conn,
        (i64,),
        "SELECT DISTINCT day FROM rollup_attempts
         WHERE account_id = $1 AND campaign_key = $2 AND success + failed + error > 0
         ORDER BY day DESC
         LIMIT $3",
        account,
        campaign_key,
        ForecastBasis::DAYS as i64,
    )?;
    let days = match (active.last(), active.first()) {
        (Some((first,)), Some((last,))) => of_days(conn, account, campaign_key, *first, *last).await?,
        _ => Vec::new(),
    };
    let attempts = match of.plan.and_then(Plan::most_attempts) {
        Some(planned) => planned,
        None => seen_attempts(conn, account, campaign_key).await?,
    };
    Ok(ForecastBasis { open, attempts, reached: of.reached, cost: of.cost, days })
}

async fn of_days(
    conn: &mut Conn,
    account: i64,
    campaign_key: i64,
    first: i64,
    last: i64,
) -> Result<Vec<ActiveDay>, StoreError> {
    let attempts = fetch_all!(
        conn,
        DayAttemptRow,
        "SELECT day, attempt, success + failed + error AS calls, newly_reached, cost FROM rollup_attempts
         WHERE account_id = $1 AND campaign_key = $2 AND day BETWEEN $3 AND $4 AND success + failed + error > 0",
        account,
        campaign_key,
        first,
        last,
    )?;
    let hours = fetch_all!(
        conn,
        (i64, i64, i64),
        "SELECT day, hour, CAST(SUM(calls) AS BIGINT) FROM rollup_hours
         WHERE account_id = $1 AND campaign_key = $2 AND day BETWEEN $3 AND $4 AND code <> ''
         GROUP BY day, hour",
        account,
        campaign_key,
        first,
        last,
    )?;
    let mut days = BTreeMap::<i64, ActiveDay>::new();
    for DayAttemptRow { day, attempt, calls, newly_reached, cost } in attempts {
        let empty = || ActiveDay { day: Day(day as i32), attempts: BTreeMap::new(), hours: [0; 24] };
        let sum = AttemptSum {
            calls: calls.cast_unsigned(),
            newly_reached: newly_reached.cast_unsigned(),
            cost: Money(cost),
        };
        days.entry(day).or_insert_with(empty).attempts.insert(attempt as u32, sum);
    }
    for (day, hour, calls) in hours {
        if let Some(of_hour) = days.get_mut(&day).and_then(|day| day.hours.get_mut(hour as usize)) {
            *of_hour = calls.cast_unsigned();
        }
    }
    Ok(days.into_values().collect())
}

/// The highest attempt number of a finished call.
async fn seen_attempts(conn: &mut Conn, account: i64, campaign_key: i64) -> Result<u32, StoreError> {
    let (highest,) = fetch_one!(
        conn,
        (Option<i64>,),
        "SELECT MAX(attempt) FROM rollup_attempts
         WHERE account_id = $1 AND campaign_key = $2 AND success + failed + error > 0",
        account,
        campaign_key,
    )?;
    Ok(u32::try_from(highest.unwrap_or(0)).unwrap_or(u32::MAX))
}
