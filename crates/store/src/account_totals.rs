//! What is kept of an account as a whole, beside its usage: how much of recordings, when something came in last, and how many
//! records were not taken in.

use domain::{Timestamp, usage::Month};

use crate::{
    Conn, Scope, StoreError, accounts,
    db::{execute, fetch_optional},
};

/// The bytes of the account's recordings, as sent and as browsers play them.
pub(crate) async fn recording_bytes(conn: &mut Conn, scope: &Scope) -> Result<i64, StoreError> {
    let row = fetch_optional!(
        conn,
        (i64,),
        "SELECT recording_bytes FROM account_totals WHERE account_id = $1",
        scope.account(),
    )?;
    Ok(row.map_or(0, |row| row.0))
}

/// Counts bytes of recordings in, or out where they are negative. The caller has locked the account.
pub(crate) async fn add_recording_bytes(conn: &mut Conn, account: i64, bytes: i64) -> Result<(), StoreError> {
    if bytes == 0 {
        return Ok(());
    }
    execute!(
        conn,
        "INSERT INTO account_totals (account_id, recording_bytes) VALUES ($1, $2)
         ON CONFLICT (account_id) DO UPDATE
         SET recording_bytes = account_totals.recording_bytes + excluded.recording_bytes",
        account,
        bytes,
    )?;
    Ok(())
}

/// Notes that a new or changed call came in.
pub(crate) async fn received(conn: &mut Conn, scope: &Scope, at: Timestamp) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO account_totals (account_id, recording_bytes, received_at) VALUES ($1, 0, $2)
         ON CONFLICT (account_id) DO UPDATE SET received_at = excluded.received_at",
        scope.account(),
        at.0,
    )?;
    Ok(())
}

/// Counts records that were not taken in; of them, `over_quota` beyond the quota of calls.
pub async fn refused(
    conn: &mut Conn,
    scope: &Scope,
    at: Timestamp,
    records: u64,
    over_quota: u64,
) -> Result<(), StoreError> {
    if records == 0 {
        return Ok(());
    }
    let zone = accounts::lookup(conn, scope).await?.zone;
    execute!(
        conn,
        "INSERT INTO refused_months (account_id, month, records, over_quota) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id, month) DO UPDATE
         SET records = refused_months.records + excluded.records,
             over_quota = refused_months.over_quota + excluded.over_quota",
        scope.account(),
        i64::from(Month::of(zone.local(at).day()).0),
        records as i64,
        over_quota as i64,
    )?;
    Ok(())
}
