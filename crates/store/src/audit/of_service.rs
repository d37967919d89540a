//! Who did what to the service itself: people marked as operators, and no longer, and copies of the database. It is of no account, so that these statements take no
//! scope; written and checked as the log of an account is.

use domain::Timestamp;

use super::{
    Actor, EntryRow, Event, FIRST_HASH,
    appending::{Log, append},
};
use crate::{
    Conn, StoreError,
    db::{fetch_all, fetch_optional},
};

/// Adds a row, in the caller's transaction.
pub async fn record(conn: &mut Conn, actor: &Actor, event: &Event, now: Timestamp) -> Result<(), StoreError> {
    append(conn, Log::OfService, actor, event, now).await
}

/// What is wrong with it; nothing where each row follows from the one before it. It has few rows.
pub async fn check(conn: &mut Conn) -> Result<Option<String>, StoreError> {
    let rows = fetch_all!(
        conn,
        EntryRow,
        "SELECT entry_no, at, actor_kind, actor, address, action, subject, CAST(NULL AS TEXT) AS customer, details, hash
         FROM service_entries
         ORDER BY entry_no",
    )?;
    let (mut before, mut last) = (FIRST_HASH.to_vec(), 0);
    if let Some(wrong) = EntryRow::follow(rows, &mut before, &mut last) {
        return Ok(Some(wrong));
    }
    let head = fetch_optional!(conn, (i64, Vec<u8>), "SELECT entry_no, hash FROM service_heads WHERE head_key = 0")?;
    let (noted, hash) = head.unwrap_or((0, FIRST_HASH.to_vec()));
    Ok(EntryRow::ends(noted, &hash, last, &before))
}
