//! What a campaign's customers are sorted and counted by, column by column: of a block of [`BLOCK`] numbers one row for each column,
//! a value for each number. A list in any order, by any filter, reads the columns that it needs, about as many bytes as there are
//! customers, and then the customers of one page.
//!
//! A customer is called again and again, and each call moves them in every order, so nothing is written where they were. Whoever changes
//! customers appends what they are now to `customer_changes`, in the same transaction: a row for each block that is touched. When
//! enough of a block is in there, it goes into the columns, which are written anew. That costs a customer less than 1 µs; an index
//! for each order, which a call moves the customer in, cost 7 to 40.
//!
//! What holds, at every moment and in every snapshot: a block that has a row in `customer_blocks` is exactly what `contacts` says of
//! its numbers, once its changes are put upon its columns in their order. A block without one is read from `contacts`. Only customers
//! of before there were columns are in such, and those of blocks that were wrong, until the job that indexes customers has come to
//! them.
//!
//! Not kept: who was reached, which may change with the meaning of a code; the bitmaps of days say so.

mod building;
pub(crate) mod packing;
mod reading;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub(crate) use building::{WrongColumns, put_right, wrong_blocks};
pub use building::{build, missing};
pub(crate) use packing::{ColumnTable, CustomerValues, KeptColumn};
pub(crate) use reading::{BLOCKS_AT_ONCE, read_blocks};

use self::packing::ColumnChanges;
use crate::{
    Conn, Scope, StoreError,
    bulk::{self, insert_rows},
    db::{execute, fetch_all},
    dialect::integers_of_json,
    timeline::TimelineStanding,
};

/// How many numbers are kept together.
pub(crate) const BLOCK: i64 = if cfg!(test) { 32 } else { 65_536 };
/// As many changes as this are kept beside the columns of a block, and one for so many of its customers.
const MOST_CHANGED: i64 = if cfg!(test) { 12 } else { 256 };
const OF_WHICH_ONE_CHANGED: i64 = 8;
/// Rows that the changes of a block have, before they are made one.
const MOST_CHANGES: i64 = if cfg!(test) { 3 } else { 16 };

/// A customer as they are now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ColumnEntry<'a> {
    pub(crate) campaign_key: i64,
    pub(crate) contact_no: i64,
    /// Whether they come to the list just now.
    pub(crate) is_new: bool,
    /// `None`: no longer on it.
    pub(crate) values: Option<CustomerValues<'a>>,
}

impl<'a> CustomerValues<'a> {
    /// Of where a customer stands.
    pub(crate) fn of(standing: &'a TimelineStanding) -> Self {
        let latest = &standing.latest;
        Self {
            latest_at: latest.latest_at,
            latest_day: latest.latest_day,
            talk_time: latest.latest_talk_time,
            calls: standing.calls,
            cost: standing.cost,
            code: &latest.latest_code,
            hangup_by: &latest.latest_hangup_by,
        }
    }
}

/// A campaign and a block of it.
type BlockKey = (i64, i64);

/// What a row of `customer_blocks` says.
#[derive(Debug, Clone, Copy, Default)]
struct ColumnBlock {
    numbers: i64,
    changes: i64,
    changed: i64,
}

/// Notes what customers are now. The caller has the account's lock, and writes the customers in the same transaction.
pub(crate) async fn note(conn: &mut Conn, scope: &Scope, entries: Vec<ColumnEntry<'_>>) -> Result<(), StoreError> {
    let mut by_block = BTreeMap::<BlockKey, Vec<ColumnEntry<'_>>>::new();
    for entry in entries {
        by_block.entry((entry.campaign_key, entry.contact_no / BLOCK)).or_default().push(entry);
    }
    if by_block.is_empty() {
        return Ok(());
    }
    let kept = kept_blocks(conn, scope, by_block.keys().copied()).await?;
    let (mut added, mut packed) = (Vec::new(), Vec::new());
    for (key, entries) in by_block {
        // Numbers are given in order: if the first of a block is new, all of it is.
        let is_new = || entries.iter().any(|entry| entry.is_new && entry.contact_no % BLOCK == 0);
        let kept = match kept.get(&key) {
            Some(kept) => *kept,
            None if is_new() => ColumnBlock::default(),
            None => continue,
        };
        let number = |entry: &ColumnEntry<'_>| entry.contact_no % BLOCK;
        let held = kept.changed + entries.len() as i64;
        if held > MOST_CHANGED + kept.numbers / OF_WHICH_ONE_CHANGED {
            let Some(mut table) = reading::kept_block(conn, scope, key).await? else {
                forget_block(conn, scope, key).await?;
                continue;
            };
            for entry in &entries {
                table.set(number(entry) as usize, entry.values);
            }
            write_block(conn, scope, key, &table).await?;
            continue;
        }
        let mut changes = ColumnChanges::default();
        let mut change_no = kept.changes;
        if change_no >= MOST_CHANGES {
            let Some(earlier) = reading::changes_of(conn, scope, key).await? else {
                forget_block(conn, scope, key).await?;
                continue;
            };
            delete_changes(conn, scope, key).await?;
            let mut latest = BTreeMap::new();
            for earlier in &earlier {
                latest.extend(earlier.rows());
            }
            latest.extend(entries.iter().map(|entry| (number(entry), entry.values)));
            for (number, values) in latest {
                changes.push(number, values);
            }
            change_no = 0;
        } else {
            for entry in &entries {
                changes.push(number(entry), entry.values);
            }
        }
        let held = if change_no == 0 { changes.len() as i64 } else { held };
        added.push((key, ColumnBlock { numbers: kept.numbers, changes: change_no + 1, changed: held }));
        packed.push(changes.pack());
    }
    let int = |value: fn(&(BlockKey, ColumnBlock)) -> i64| bulk::BulkColumn::Int(added.iter().map(value).collect());
    let columns = vec![
        ("account_id", bulk::BulkColumn::Int(vec![scope.account(); added.len()])),
        ("campaign_key", int(|row| row.0.0)),
        ("block", int(|row| row.0.1)),
        ("change_no", int(|row| row.1.changes - 1)),
        ("customers", bulk::BulkColumn::Bytes(packed)),
    ];
    insert_rows(conn, "customer_changes", columns, "").await?;
    write_kept(conn, scope, added).await
}

/// Notes what customers, by campaign and number, are now by what is stored of them.
pub(crate) async fn note_stored(
    conn: &mut Conn,
    scope: &Scope,
    customers: impl IntoIterator<Item = (i64, i64)>,
) -> Result<(), StoreError> {
    let mut by_campaign = BTreeMap::<i64, Vec<i64>>::new();
    for (campaign_key, contact_no) in customers {
        by_campaign.entry(campaign_key).or_default().push(contact_no);
    }
    for (campaign_key, numbers) in by_campaign {
        let rows = reading::stored(conn, scope, campaign_key, &numbers).await?;
        let entry = |row| {
            let (contact_no, values) = reading::values_of(row);
            ColumnEntry { campaign_key, contact_no, is_new: false, values: Some(values) }
        };
        note(conn, scope, rows.iter().map(entry).collect()).await?;
    }
    Ok(())
}

async fn kept_blocks(
    conn: &mut Conn,
    scope: &Scope,
    keys: impl Iterator<Item = BlockKey>,
) -> Result<BTreeMap<BlockKey, ColumnBlock>, StoreError> {
    let mut by_campaign = BTreeMap::<i64, Vec<i64>>::new();
    for (campaign_key, block) in keys {
        by_campaign.entry(campaign_key).or_default().push(block);
    }
    let mut kept = BTreeMap::new();
    for (campaign_key, blocks) in by_campaign {
        let sql = format!(
            "SELECT block, numbers, changes, changed FROM customer_blocks
             WHERE account_id = $1 AND campaign_key = $2 AND block IN ({})",
            integers_of_json(conn, "$3"),
        );
        let list = serde_json::json!(blocks).to_string();
        let sql = sqlx::AssertSqlSafe(sql.as_str());
        for (block, numbers, changes, changed) in
            fetch_all!(conn, (i64, i64, i64, i64), sql, scope.account(), campaign_key, list.as_str())?
        {
            kept.insert((campaign_key, block), ColumnBlock { numbers, changes, changed });
        }
    }
    Ok(kept)
}

async fn write_kept(conn: &mut Conn, scope: &Scope, rows: Vec<(BlockKey, ColumnBlock)>) -> Result<(), StoreError> {
    let int = |value: fn(&(BlockKey, ColumnBlock)) -> i64| bulk::BulkColumn::Int(rows.iter().map(value).collect());
    let columns = vec![
        ("account_id", bulk::BulkColumn::Int(vec![scope.account(); rows.len()])),
        ("campaign_key", int(|row| row.0.0)),
        ("block", int(|row| row.0.1)),
        ("numbers", int(|row| row.1.numbers)),
        ("changes", int(|row| row.1.changes)),
        ("changed", int(|row| row.1.changed)),
    ];
    let conflict = "ON CONFLICT (account_id, campaign_key, block) DO UPDATE
                    SET numbers = excluded.numbers, changes = excluded.changes, changed = excluded.changed";
    insert_rows(conn, "customer_blocks", columns, conflict).await
}

/// Takes a block out that cannot be read. Lists read its customers, until the job comes to it.
async fn forget_block(conn: &mut Conn, scope: &Scope, (campaign_key, block): BlockKey) -> Result<(), StoreError> {
    for table in ["customer_blocks", "customer_columns", "customer_changes"] {
        let sql = format!("DELETE FROM {table} WHERE account_id = $1 AND campaign_key = $2 AND block = $3");
        execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), campaign_key, block)?;
    }
    Ok(())
}

/// Writes the columns of a block; there are no changes beside them then.
async fn write_block(conn: &mut Conn, scope: &Scope, key: BlockKey, table: &ColumnTable) -> Result<(), StoreError> {
    delete_changes(conn, scope, key).await?;
    let rows = KeptColumn::ALL.len();
    let columns = vec![
        ("account_id", bulk::BulkColumn::Int(vec![scope.account(); rows])),
        ("campaign_key", bulk::BulkColumn::Int(vec![key.0; rows])),
        ("column_no", bulk::BulkColumn::Int(KeptColumn::ALL.map(KeptColumn::no).to_vec())),
        ("block", bulk::BulkColumn::Int(vec![key.1; rows])),
        ("customers", bulk::BulkColumn::Bytes(Vec::from(KeptColumn::ALL.map(|column| table.pack(column))))),
    ];
    let conflict =
        "ON CONFLICT (account_id, campaign_key, column_no, block) DO UPDATE SET customers = excluded.customers";
    insert_rows(conn, "customer_columns", columns, conflict).await?;
    let kept = ColumnBlock { numbers: table.rows() as i64, changes: 0, changed: 0 };
    write_kept(conn, scope, vec![(key, kept)]).await
}

async fn delete_changes(conn: &mut Conn, scope: &Scope, (campaign_key, block): BlockKey) -> Result<(), StoreError> {
    execute!(
        conn,
        "DELETE FROM customer_changes WHERE account_id = $1 AND campaign_key = $2 AND block = $3",
        scope.account(),
        campaign_key,
        block,
    )?;
    Ok(())
}
