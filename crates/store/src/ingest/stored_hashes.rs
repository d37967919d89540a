//! The hashes of stored calls, by which a call that is sent again is known as `unchanged`, where they are written without the
//! calls.

use std::collections::{BTreeMap, HashMap};

use super::content_hash::ContentHash;
use crate::{
    Scope, StoreError,
    db::{Conn, execute},
    dialect::{bytes_of_hex, entries_of_json},
};

/// Gives stored calls hashes of the newest form. Their content is the same, so nothing else changes, and nobody is told.
pub(super) async fn write_hashes(
    conn: &mut Conn,
    scope: &Scope,
    hashes: &HashMap<String, ContentHash>,
) -> Result<(), StoreError> {
    let hashes = hashes.iter().map(|(id, hash)| (id.as_str(), hash.hex())).collect();
    set_hashes(conn, scope, &hashes).await
}

/// Gives stored calls other hashes, by their ids: of what was sent before, which is as it was again.
pub(crate) async fn set_hashes(
    conn: &mut Conn,
    scope: &Scope,
    hashes: &BTreeMap<&str, String>,
) -> Result<(), StoreError> {
    if hashes.is_empty() {
        return Ok(());
    }
    let hashes = serde_json::json!(hashes).to_string();
    let sql = format!(
        "UPDATE calls SET content_hash = {} FROM ({}) hashes
         WHERE calls.account_id = $1 AND calls.id = hashes.key",
        bytes_of_hex(conn, "hashes.value"),
        entries_of_json(conn, "$2"),
    );
    execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), hashes.as_str())?;
    Ok(())
}
