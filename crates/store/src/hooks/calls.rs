//! What the webhooks of a call have said so far, kept so that a later one adds to it, whatever comes first.

use std::collections::BTreeMap;

use domain::{HookSource, Timestamp, time::DAY_MS};

use crate::{
    Conn, Scope, StoreError,
    bulk::{BulkColumn, insert_rows},
    db::{execute, fetch_all},
    dialect::texts_of_json,
};

/// How long it is kept after the last webhook of the call, ms: 30 days.
pub const KEPT_MS: i64 = 30 * DAY_MS;

/// What is known of one leg of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLeg {
    /// The system's id of the call.
    pub call: String,
    /// The id of the leg; empty where a call has one alone.
    pub leg: String,
    /// The agent; empty where nothing names one.
    pub agent: String,
    /// JSON, which the reader of the system's format makes and reads.
    pub said: String,
}

#[derive(sqlx_macros::FromRow)]
struct StoredLeg {
    call: String,
    leg: String,
    agent: String,
    said: String,
}

/// What is known of these calls, by call.
pub async fn legs(
    conn: &mut Conn,
    scope: &Scope,
    source: HookSource,
    calls: &[&str],
) -> Result<BTreeMap<String, Vec<KnownLeg>>, StoreError> {
    legs_of(conn, scope, source.word(), calls).await
}

/// As [`legs`], of what is told of calls by something else.
pub(crate) async fn legs_of(
    conn: &mut Conn,
    scope: &Scope,
    source: &str,
    calls: &[&str],
) -> Result<BTreeMap<String, Vec<KnownLeg>>, StoreError> {
    let statement = format!(
        "SELECT call, leg, agent, said FROM hook_calls
         WHERE account_id = $1 AND source = $2 AND call IN ({})
         ORDER BY call, leg",
        texts_of_json(conn, "$3"),
    );
    let list = serde_json::json!(calls).to_string();
    let statement = sqlx::AssertSqlSafe(statement.as_str());
    let rows = fetch_all!(conn, StoredLeg, statement, scope.account(), source, list.as_str())?;
    let mut found = BTreeMap::<String, Vec<KnownLeg>>::new();
    for StoredLeg { call, leg, agent, said } in rows {
        found.entry(call.clone()).or_default().push(KnownLeg { call, leg, agent, said });
    }
    Ok(found)
}

/// Keeps what is known of legs, each of which is named once.
pub async fn put(
    conn: &mut Conn,
    scope: &Scope,
    source: HookSource,
    legs: Vec<KnownLeg>,
    now: Timestamp,
) -> Result<(), StoreError> {
    put_of(conn, scope, source.word(), legs, now).await
}

/// As [`put`], of what is told of calls by something else.
pub(crate) async fn put_of(
    conn: &mut Conn,
    scope: &Scope,
    source: &str,
    legs: Vec<KnownLeg>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = legs.len();
    let texts = |of: fn(&KnownLeg) -> &String| BulkColumn::Text(legs.iter().map(|leg| of(leg).clone()).collect());
    let columns = vec![
        ("account_id", BulkColumn::Int(vec![scope.account(); rows])),
        ("source", BulkColumn::Text(vec![source.to_owned(); rows])),
        ("call", texts(|leg| &leg.call)),
        ("leg", texts(|leg| &leg.leg)),
        ("agent", texts(|leg| &leg.agent)),
        ("said", texts(|leg| &leg.said)),
        ("changed_at", BulkColumn::Int(vec![now.0; rows])),
        ("is_due", BulkColumn::Bool(vec![false; rows])),
    ];
    let conflict = "ON CONFLICT (account_id, source, call, leg) DO UPDATE
                    SET agent = excluded.agent, said = excluded.said, changed_at = excluded.changed_at";
    insert_rows(conn, "hook_calls", columns, conflict).await
}

/// Calls that are to be made again, at most so many.
pub async fn due(conn: &mut Conn, scope: &Scope, limit: usize) -> Result<Vec<(HookSource, String)>, StoreError> {
    let rows = fetch_all!(
        conn,
        (String, String),
        "SELECT DISTINCT source, call FROM hook_calls WHERE account_id = $1 AND is_due ORDER BY source, call LIMIT $2",
        scope.account(),
        limit as i64,
    )?;
    rows.into_iter().map(|(source, call)| Ok((super::source_of(&source)?, call))).collect()
}

/// Says that a call was made again.
pub async fn mark_made(conn: &mut Conn, scope: &Scope, source: HookSource, call: &str) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE hook_calls SET is_due = FALSE WHERE account_id = $1 AND source = $2 AND call = $3 AND is_due",
        scope.account(),
        source.word(),
        call,
    )?;
    Ok(())
}

/// Says whether a call was left out because it is none to a customer.
pub async fn mark_left_out(
    conn: &mut Conn,
    scope: &Scope,
    source: HookSource,
    call: &str,
    is_left_out: bool,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE hook_calls SET is_left_out = $4 WHERE account_id = $1 AND source = $2 AND call = $3 AND leg = (
             SELECT MIN(leg) FROM hook_calls c WHERE c.account_id = $1 AND c.source = $2 AND c.call = $3)",
        scope.account(),
        source.word(),
        call,
        is_left_out,
    )?;
    Ok(())
}

/// Forgets what is known of calls that nothing was said of for long.
pub(super) async fn delete_old(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        conn,
        "DELETE FROM hook_calls WHERE account_id = $1 AND changed_at < $2",
        scope.account(),
        now.0 - KEPT_MS,
    )?;
    Ok(())
}
