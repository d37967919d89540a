//! What imported files have told of calls of which none of them tells all, kept as what webhooks say of calls: with the next file it
//! makes the call whole. It goes with its import, and with whatever may hold a customer who is to be forgotten.

use std::collections::BTreeMap;

use domain::Timestamp;

use crate::{
    Conn, Scope, StoreError,
    db::execute,
    hooks::{
        self,
        calls::{KnownLeg, legs_of, put_of},
    },
};

/// Under which the legs of a format are kept; no system of webhooks is called so.
fn source_of(format: &str) -> String {
    format!("file:{format}")
}

fn agent_of(import: i64) -> String {
    format!("import {import}")
}

/// What is known of the legs of these calls of a format, by call.
pub async fn legs(
    conn: &mut Conn,
    scope: &Scope,
    format: &str,
    calls: &[&str],
) -> Result<BTreeMap<String, Vec<KnownLeg>>, StoreError> {
    legs_of(conn, scope, &source_of(format), calls).await
}

/// Keeps what is known of legs, each of which is named once, whatever agent they name. The account is locked until the end of the
/// transaction.
pub async fn put(
    conn: &mut Conn,
    scope: &Scope,
    format: &str,
    legs: Vec<KnownLeg>,
    (import, now): (Option<i64>, Timestamp),
) -> Result<(), StoreError> {
    hooks::lock(conn, scope).await?;
    let agent = import.map(agent_of).unwrap_or_default();
    let legs = legs.into_iter().map(|leg| KnownLeg { agent: agent.clone(), ..leg }).collect();
    put_of(conn, scope, &source_of(format), legs, now).await
}

/// Forgets what an import has told.
pub(super) async fn forget(conn: &mut Conn, scope: &Scope, import: i64) -> Result<(), StoreError> {
    execute!(
        conn,
        "DELETE FROM hook_calls WHERE account_id = $1 AND source LIKE 'file:%' AND agent = $2",
        scope.account(),
        agent_of(import).as_str(),
    )?;
    Ok(())
}

/// Forgets what all imports have told.
pub(crate) async fn forget_all(conn: &mut Conn, scope: &Scope) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM hook_calls WHERE account_id = $1 AND source LIKE 'file:%'", scope.account())?;
    Ok(())
}
