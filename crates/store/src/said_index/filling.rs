//! Calls that were stored before there was an index are put into it, the newest first, step by step: a step is a transaction, and a
//! process that is killed loses one.

use super::{words::SaidPlace, writing::put_stored};
use crate::{
    Conn, Scope, StoreError, accounts,
    db::{execute, fetch_all, fetch_one, fetch_optional},
};

/// Calls that a step looks at.
const CALLS: i64 = 500;

/// How far the index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaidFill {
    /// Calls that were looked at.
    pub done: u64,
    /// How many there are, those that have come since among them.
    pub of: u64,
}

impl SaidFill {
    /// Per cent, whole ones, below 100.
    pub fn percent(self) -> u64 {
        (self.done.saturating_mul(100) / self.of.max(1)).min(99)
    }
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FillStep {
    /// Calls that it looked at.
    pub calls: u64,
    /// Whether all calls are in the index.
    pub is_over: bool,
}

/// How far the index of an account is that has not all calls yet; `None`: it has.
pub async fn progress(conn: &mut Conn, scope: &Scope) -> Result<Option<SaidFill>, StoreError> {
    let fill = fetch_optional!(conn, (i64,), "SELECT calls FROM said_fills WHERE account_id = $1", scope.account(),)?;
    let Some((done,)) = fill else { return Ok(None) };
    let (of,) = fetch_one!(
        conn,
        (i64,),
        "SELECT CAST(COALESCE(SUM(calls), 0) AS BIGINT) FROM usage_account_codes WHERE account_id = $1",
        scope.account(),
    )?;
    Ok(Some(SaidFill { done: done.cast_unsigned(), of: of.max(done).cast_unsigned() }))
}

/// Has all stored calls gone through by whoever calls [`advance`]: of an account whose calls came with a copy. Where that was begun it
/// goes on.
pub async fn begin(conn: &mut Conn, scope: &Scope) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO said_fills (account_id, dialed_at, call_key, calls) VALUES ($1, $2, 0, 0)
         ON CONFLICT (account_id) DO NOTHING",
        scope.account(),
        i64::MAX,
    )?;
    Ok(())
}

/// Looks at the next calls, within the caller's transaction, which holds the account's lock from here on.
pub async fn advance(conn: &mut Conn, scope: &Scope) -> Result<FillStep, StoreError> {
    accounts::lock(conn, scope).await?;
    let fill = fetch_optional!(
        conn,
        (i64, i64),
        "SELECT dialed_at, call_key FROM said_fills WHERE account_id = $1",
        scope.account(),
    )?;
    let Some(place) = fill else { return Ok(FillStep { calls: 0, is_over: true }) };
    let calls = next_calls(conn, scope, place).await?;
    let count = calls.len() as u64;
    let Some(last) = calls.last().map(|call| (call.place.dialed_at, call.place.call_key)) else {
        execute!(conn, "DELETE FROM said_fills WHERE account_id = $1", scope.account())?;
        return Ok(FillStep { calls: 0, is_over: true });
    };
    let missing: Vec<SaidPlace> =
        calls.into_iter().filter(|call| call.has_details && !call.is_indexed).map(|call| call.place).collect();
    put_stored(conn, scope, &missing).await?;
    execute!(
        conn,
        "UPDATE said_fills SET dialed_at = $2, call_key = $3, calls = calls + $4 WHERE account_id = $1",
        scope.account(),
        last.0,
        last.1,
        count.cast_signed(),
    )?;
    Ok(FillStep { calls: count, is_over: false })
}

#[derive(Debug, sqlx_macros::FromRow)]
pub(super) struct StoredCall {
    #[sqlx(flatten)]
    pub(super) place: SaidPlace,
    pub(super) has_details: bool,
    pub(super) is_indexed: bool,
}

/// Calls behind a place, the newest first.
async fn next_calls(conn: &mut Conn, scope: &Scope, place: (i64, i64)) -> Result<Vec<StoredCall>, StoreError> {
    fetch_all!(
        conn,
        StoredCall,
        "SELECT c.call_key, c.campaign_key, c.dialed_at, c.day * 24 + c.hour AS hour, c.has_details,
                s.call_key IS NOT NULL AS is_indexed
         FROM (SELECT call_key, campaign_key, dialed_at, day, hour, has_details FROM calls
               WHERE account_id = $1 AND (dialed_at, call_key) < ($2, $3)
               ORDER BY dialed_at DESC, call_key DESC
               LIMIT $4) c
         LEFT JOIN said_calls s ON s.account_id = $1 AND s.call_key = c.call_key
         ORDER BY c.dialed_at DESC, c.call_key DESC",
        scope.account(),
        place.0,
        place.1,
        CALLS,
    )
}
