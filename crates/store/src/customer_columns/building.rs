//! Blocks of customers who were there before there were columns, and whether those that are kept are right.

use std::collections::{BTreeMap, BTreeSet};

use super::{BLOCK, BlockKey, ColumnEntry, ColumnTable, CustomerValues, KeptColumn, note, reading, write_block};
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WrongColumns {
    pub(crate) block: i64,
    /// Which of its customers are wrong, by their numbers in the campaign.
    pub(crate) numbers: Vec<i64>,
    /// Whether its columns can be read at all; if not, lists read its customers.
    is_readable: bool,
}

/// Customers that one transaction notes.
const AT_ONCE: usize = 500;
/// How often a block is read beside those who write, before it is read under the account's lock.
const TRIES: usize = 5;

/// Puts a block right while calls come in, in transactions of few rows each; `written` is told of each. Where columns can be read, what
/// is wrong is noted beside them, as whoever changes customers does it.
pub(crate) async fn put_right(
    db: &Db,
    scope: &Scope,
    campaign_key: i64,
    wrong: WrongColumns,
    written: &mut (dyn FnMut(u64) + Send),
) -> Result<(), StoreError> {
    let key = (campaign_key, wrong.block);
    if !wrong.is_readable {
        if !build_beside(db, scope, key).await? {
            build(db, scope, key).await?;
        }
        written(KeptColumn::ALL.len() as u64);
        return Ok(());
    }
    for numbers in wrong.numbers.chunks(AT_ONCE) {
        let mut conn = db.write().await?;
        accounts::lock(&mut conn, scope).await?;
        let rows = reading::stored(&mut conn, scope, campaign_key, numbers).await?;
        let stored: BTreeMap<i64, CustomerValues<'_>> = rows.iter().map(reading::values_of).collect();
        let entry = |&contact_no: &i64| {
            let values = stored.get(&contact_no).copied();
            ColumnEntry { campaign_key, contact_no, is_new: false, values }
        };
        note(&mut conn, scope, numbers.iter().map(entry).collect()).await?;
        conn.commit().await?;
        written(numbers.len() as u64);
    }
    Ok(())
}

/// As [`build`], where nobody changes the account between the reading of its customers and the writing: the reading takes longest, and
/// holds nobody up so. `false`: it was changed each time.
async fn build_beside(db: &Db, scope: &Scope, key: (i64, i64)) -> Result<bool, StoreError> {
    for _ in 0..TRIES {
        let mut conn = db.read().await?;
        let revision = accounts::revision(&mut conn, scope).await?;
        let table = reading::table_of_stored(&mut conn, scope, key, &KeptColumn::ALL).await?;
        drop(conn);
        let mut conn = db.write().await?;
        accounts::lock(&mut conn, scope).await?;
        if accounts::revision(&mut conn, scope).await? == revision {
            write_block(&mut conn, scope, key, &table).await?;
            conn.commit().await?;
            return Ok(true);
        }
    }
    Ok(false)
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
        let kept = reading::kept_block(conn, scope, key).await?;
        let is_readable = kept.is_some();
        let kept = kept.unwrap_or_default();
        let rows = expected.rows().max(kept.rows());
        let wrong_rows = (0..rows).filter(|row| of(&expected, *row) != of(&kept, *row));
        let numbers: Vec<i64> = wrong_rows.map(|row| block * BLOCK + row as i64).collect();
        if !numbers.is_empty() {
            wrong.push(WrongColumns { block, numbers, is_readable });
        }
    }
    Ok(wrong)
}

fn of(table: &ColumnTable, row: usize) -> Option<CustomerValues<'_>> {
    if row < table.rows() { table.get(row) } else { None }
}
