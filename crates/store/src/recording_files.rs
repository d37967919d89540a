//! Which calls files of recordings are of: by what their names say.

use std::collections::HashSet;

use domain::{CallId, Timestamp, phone};

use crate::{Conn, Scope, StoreError, accounts, db::fetch_all, dialect::texts_of_json};

/// How long before its recording begins a call was dialled at most, ms: it rings, and waits for somebody who takes it.
const BEFORE_MS: i64 = 10 * 60 * 1_000;
/// How much the clocks of a switch and of what recorded may differ, ms.
const CLOCKS_MS: i64 = 60 * 1_000;

/// Those of these ids that are calls of the account.
pub async fn known_ids(conn: &mut Conn, scope: &Scope, ids: &[&str]) -> Result<HashSet<CallId>, StoreError> {
    let statement = format!("SELECT id FROM calls WHERE account_id = $1 AND id IN ({})", texts_of_json(conn, "$2"));
    let list = serde_json::json!(ids).to_string();
    let rows = fetch_all!(conn, (String,), sqlx::AssertSqlSafe(statement.as_str()), scope.account(), list.as_str())?;
    rows.into_iter().map(|(id,)| call_id(&id)).collect()
}

fn call_id(id: &str) -> Result<CallId, StoreError> {
    CallId::new(id).map_err(|error| StoreError::Broken(error.to_string()))
}

/// A call that a recording may be of.
#[derive(Debug, sqlx_macros::FromRow)]
struct Candidate {
    id: String,
    phone: Option<String>,
    dialed_at: i64,
    ended_at: Option<i64>,
}

/// The calls to this number during which a recording may have begun at this instant, the nearest dialled first.
pub async fn of_phone_around(
    conn: &mut Conn,
    scope: &Scope,
    number: &str,
    begun_at: Timestamp,
) -> Result<Vec<CallId>, StoreError> {
    let rows = fetch_all!(
        conn,
        Candidate,
        "SELECT calls.id, COALESCE(calls.phone, contacts.phone) AS phone, calls.dialed_at, calls.ended_at
         FROM calls
         JOIN contacts ON contacts.account_id = $1 AND contacts.campaign_key = calls.campaign_key
                      AND contacts.contact_no = calls.contact_no
         WHERE calls.account_id = $1 AND calls.dialed_at BETWEEN $2 AND $3
         ORDER BY calls.dialed_at, calls.call_key",
        scope.account(),
        begun_at.0 - BEFORE_MS,
        begun_at.0 + CLOCKS_MS,
    )?;
    let country = accounts::country(conn, scope).await?;
    let key = phone::matching_key(number, country);
    let is_it = |call: &Candidate| {
        let is_over = call.ended_at.is_some_and(|ended_at| ended_at + CLOCKS_MS < begun_at.0);
        !is_over && call.phone.as_deref().is_some_and(|phone| phone::matching_key(phone, country) == key)
    };
    let mut found: Vec<Candidate> = rows.into_iter().filter(is_it).collect();
    found.sort_by_key(|call| (call.dialed_at - begun_at.0).abs());
    found.into_iter().map(|call| call_id(&call.id)).collect()
}
