//! A row that is added to a log: of an account, or of the service itself. Both are written by one statement, and follow one another by
//! the hashes in the same way.

use domain::Timestamp;

use super::{Actor, EntryRow, Event};
use crate::{
    Conn, StoreError,
    bulk::{BulkColumn, insert_rows},
    db::{execute, fetch_optional},
};

/// Whose log.
#[derive(Debug, Clone, Copy)]
pub(super) enum Log {
    /// Of the account of this number.
    OfAccount(i64),
    /// Of the service, which belongs to no account and tells of no customer.
    OfService,
}

impl Log {
    /// Its table, that of the last rows, and the column and value by which its last row is found there.
    fn tables(self) -> (&'static str, &'static str, &'static str, i64) {
        match self {
            Self::OfAccount(account) => ("audit_entries", "audit_heads", "account_id", account),
            Self::OfService => ("service_entries", "service_heads", "head_key", 0),
        }
    }
}

/// Adds a row behind the last one. The last row of the log must be noted; it is locked until the end of the transaction, so that rows
/// follow one another.
pub(super) async fn append(
    conn: &mut Conn,
    log: Log,
    actor: &Actor,
    event: &Event,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (entries, heads, whose, value) = log.tables();
    let sql = format!("UPDATE {heads} SET entry_no = entry_no + 1 WHERE {whose} = $1 RETURNING entry_no, hash");
    let head = fetch_optional!(conn, (i64, Vec<u8>), sqlx::AssertSqlSafe(sql.as_str()), value)?;
    let (entry_no, before) = head.ok_or_else(|| StoreError::Broken(format!("{entries} has no head")))?;
    let row = EntryRow::after(&before, entry_no, actor, event, now);
    let hash = row.hash.clone();
    let mut columns = match log {
        Log::OfAccount(account) => {
            vec![("account_id", BulkColumn::Int(vec![account])), ("customer", BulkColumn::OptText(vec![row.customer]))]
        }
        Log::OfService => Vec::new(),
    };
    columns.extend([
        ("entry_no", BulkColumn::Int(vec![row.entry_no])),
        ("at", BulkColumn::Int(vec![row.at])),
        ("actor_kind", BulkColumn::Text(vec![row.actor_kind])),
        ("actor", BulkColumn::Text(vec![row.actor])),
        ("address", BulkColumn::Text(vec![row.address])),
        ("action", BulkColumn::Text(vec![row.action])),
        ("subject", BulkColumn::Text(vec![row.subject])),
        ("details", BulkColumn::Text(vec![row.details])),
        ("hash", BulkColumn::Bytes(vec![row.hash])),
    ]);
    insert_rows(conn, entries, columns, "").await?;
    let sql = format!("UPDATE {heads} SET hash = $2 WHERE {whose} = $1");
    execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), value, hash.as_slice())?;
    Ok(())
}
