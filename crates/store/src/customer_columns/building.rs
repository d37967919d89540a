//! Blocks of customers who were there before there were columns, and whether those that are kept are right.

use std::collections::BTreeSet;

use super::{BLOCK, BlockKey, ColumnTable, CustomerValues, KeptColumn, reading, write_block};
use crate::{Conn, Db, Scope, StoreError, accounts, db::fetch_all};

/// The blocks of the account, as campaign and number, that have customers and are not kept.
pub async fn missing(conn: &mut Conn, scope: &Scope) -> Result<Vec<(i64, i64)>, StoreError> {
    let campaigns = fetch_all!(
        conn,
        (i64, i64),
        "SELECT campaign_key, next_contact_no FROM campaigns WHERE account_id = $1 AND next_contact_no > 0
         ORDER BY campaign_key",
        scope.account(),
    )?;
    let sql = "SELECT campaign_key, block FROM customer_blocks WHERE account_id = $1";
    let kept = fetch_all!(conn, BlockKey, sql, scope.account())?;
    let kept: BTreeSet<BlockKey> = kept.into_iter().collect();
    let blocks = campaigns
        .into_iter()
        .flat_map(|(campaign_key, next)| (0..=(next - 1) / BLOCK).map(move |block| (campaign_key, block)));
    Ok(blocks.filter(|key| !kept.contains(key)).collect())
}

/// Writes the columns of a block by what is stored of its customers, in a transaction of its own; gives how many numbers it has.
/// Nobody changes customers of the account meanwhile.
pub async fn build(db: &Db, scope: &Scope, key: (i64, i64)) -> Result<u64, StoreError> {
    let mut conn = db.write().await?;
    accounts::lock(&mut conn, scope).await?;
    // It may have been removed, as a whole, by the import that made it.
    let (campaign_key, _) = key;
    let sql = "SELECT campaign_key FROM campaigns WHERE account_id = $1 AND campaign_key = $2";
    if fetch_all!(conn, (i64,), sql, scope.account(), campaign_key)?.is_empty() {
        return Ok(0);
    }
    let table = reading::table_of_stored(&mut conn, scope, key, &KeptColumn::ALL).await?;
    write_block(&mut conn, scope, key, &table).await?;
    conn.commit().await?;
    Ok(table.rows() as u64)
}

/// A block that does not say what is stored of its customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrongColumns {
    pub(crate) block: i64,
    /// How many of its numbers are wrong.
    pub(crate) numbers: u64,
}

/// The blocks of a campaign that are wrong, within the caller's snapshot.
pub(crate) async fn wrong_blocks(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
) -> Result<Vec<WrongColumns>, StoreError> {
    let sql = "SELECT block FROM customer_blocks WHERE account_id = $1 AND campaign_key = $2 ORDER BY block";
    let mut wrong = Vec::new();
    for (block,) in fetch_all!(conn, (i64,), sql, scope.account(), campaign_key)? {
        let key = (campaign_key, block);
        let expected = reading::table_of_stored(conn, scope, key, &KeptColumn::ALL).await?;
        // What cannot be read says nothing.
        let kept = reading::kept_block(conn, scope, key).await?.unwrap_or_default();
        let rows = expected.rows().max(kept.rows());
        let numbers = (0..rows).filter(|row| of(&expected, *row) != of(&kept, *row)).count() as u64;
        if numbers > 0 {
            wrong.push(WrongColumns { block, numbers });
        }
    }
    Ok(wrong)
}

fn of(table: &ColumnTable, row: usize) -> Option<CustomerValues<'_>> {
    if row < table.rows() { table.get(row) } else { None }
}
