//! Blocks as they are now: their columns with what has changed since, or what is stored of their customers.

use std::{collections::BTreeMap, ops::RangeInclusive};

use super::{
    BLOCK, BlockKey,
    packing::{ColumnChanges, ColumnTable, CustomerValues, KeptColumn},
};
use crate::{Conn, Scope, StoreError, db::fetch_all, dialect::integers_of_json, sql::Sql};

/// So many blocks are read by one statement: of 1,000,000 customers, some megabytes for each column.
pub(crate) const BLOCKS_AT_ONCE: i64 = 16;

/// What of a customer is kept, as it is stored.
#[derive(Debug, sqlx_macros::FromRow)]
pub(super) struct StoredRow {
    contact_no: i64,
    latest_at: i64,
    latest_day: i64,
    latest_talk_time: i64,
    calls: i64,
    cost: i64,
    latest_code: String,
    latest_hangup_by: String,
}

pub(super) fn values_of(row: &StoredRow) -> (i64, CustomerValues<'_>) {
    let values = CustomerValues {
        latest_at: row.latest_at,
        latest_day: row.latest_day,
        talk_time: row.latest_talk_time,
        calls: row.calls,
        cost: row.cost,
        code: &row.latest_code,
        hangup_by: &row.latest_hangup_by,
    };
    (row.contact_no, values)
}

/// What is stored of these customers of a campaign.
pub(super) async fn stored(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    numbers: &[i64],
) -> Result<Vec<StoredRow>, StoreError> {
    let sql = format!(
        "SELECT contact_no, latest_at, latest_day, latest_talk_time, calls, cost, latest_code, latest_hangup_by
         FROM contacts
         WHERE account_id = $1 AND campaign_key = $2 AND contact_no IN ({})",
        integers_of_json(conn, "$3"),
    );
    let list = serde_json::json!(numbers).to_string();
    fetch_all!(conn, StoredRow, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), campaign_key, list.as_str())
}

/// The statement that reads what is stored of a block.
pub(super) fn stored_block(scope: &Scope, (campaign_key, block): BlockKey) -> Sql {
    let mut sql = Sql::with(&[scope.account(), campaign_key]);
    sql.push(
        "SELECT contact_no, latest_at, latest_day, latest_talk_time, calls, cost, latest_code, latest_hangup_by
         FROM contacts
         WHERE account_id = $1 AND campaign_key = $2 AND contact_no >= ",
    );
    sql.int(block * BLOCK).push(" AND contact_no < ").int((block + 1) * BLOCK);
    sql
}

/// What is stored of a block, as a table.
pub(super) async fn table_of_stored(
    conn: &mut Conn,
    scope: &Scope,
    key: BlockKey,
    columns: &[KeptColumn],
) -> Result<ColumnTable, StoreError> {
    let rows: Vec<StoredRow> = stored_block(scope, key).fetch_all(conn).await?;
    let mut table = ColumnTable::with(columns);
    for row in &rows {
        let (contact_no, values) = values_of(row);
        table.set((contact_no % BLOCK) as usize, Some(values));
    }
    Ok(table)
}

/// The statement that reads columns of blocks.
pub(super) fn columns_of(
    scope: &Scope,
    campaign_key: i64,
    blocks: &RangeInclusive<i64>,
    columns: &[KeptColumn],
) -> Sql {
    let mut sql = Sql::with(&[scope.account(), campaign_key]);
    sql.push(
        "SELECT block, column_no, customers FROM customer_columns
         WHERE account_id = $1 AND campaign_key = $2 AND column_no IN ",
    );
    sql.ints(columns.iter().map(|column| column.no()));
    sql.push(" AND block BETWEEN ").int(*blocks.start()).push(" AND ").int(*blocks.end());
    sql
}

/// The statement that reads what has changed in blocks.
pub(super) fn changes_in(scope: &Scope, campaign_key: i64, blocks: &RangeInclusive<i64>) -> Sql {
    let mut sql = Sql::with(&[scope.account(), campaign_key]);
    sql.push(
        "SELECT block, customers FROM customer_changes WHERE account_id = $1 AND campaign_key = $2 AND block BETWEEN ",
    );
    sql.int(*blocks.start()).push(" AND ").int(*blocks.end()).push(" ORDER BY block, change_no");
    sql
}

/// What has changed in a block, in its order; `None`: it cannot be read.
pub(super) async fn changes_of(
    conn: &mut Conn,
    scope: &Scope,
    (campaign_key, block): BlockKey,
) -> Result<Option<Vec<ColumnChanges>>, StoreError> {
    let rows: Vec<(i64, Vec<u8>)> = changes_in(scope, campaign_key, &(block..=block)).fetch_all(conn).await?;
    Ok(rows
        .into_iter()
        .map(|(_, bytes)| ColumnChanges::unpack(&bytes, &KeptColumn::ALL))
        .collect::<Result<_, _>>()
        .ok())
}

/// What the rows of a block say.
#[derive(Debug, Default)]
struct ColumnRows {
    /// By the number of the column.
    columns: Vec<(i64, Vec<u8>)>,
    changes: Vec<Vec<u8>>,
}

impl ColumnRows {
    /// The rows of the blocks that are kept.
    async fn read(
        conn: &mut Conn,
        scope: &Scope,
        campaign_key: i64,
        blocks: &RangeInclusive<i64>,
        columns: &[KeptColumn],
    ) -> Result<BTreeMap<i64, Self>, StoreError> {
        let kept = fetch_all!(
            conn,
            (i64,),
            "SELECT block FROM customer_blocks WHERE account_id = $1 AND campaign_key = $2 AND block BETWEEN $3 AND $4",
            scope.account(),
            campaign_key,
            *blocks.start(),
            *blocks.end(),
        )?;
        let mut by_block: BTreeMap<i64, Self> = kept.into_iter().map(|(block,)| (block, Self::default())).collect();
        if by_block.is_empty() {
            return Ok(by_block);
        }
        let rows: Vec<(i64, i64, Vec<u8>)> = columns_of(scope, campaign_key, blocks, columns).fetch_all(conn).await?;
        for (block, column_no, bytes) in rows {
            if let Some(rows) = by_block.get_mut(&block) {
                rows.columns.push((column_no, bytes));
            }
        }
        let rows: Vec<(i64, Vec<u8>)> = changes_in(scope, campaign_key, blocks).fetch_all(conn).await?;
        for (block, bytes) in rows {
            if let Some(rows) = by_block.get_mut(&block) {
                rows.changes.push(bytes);
            }
        }
        Ok(by_block)
    }

    fn table(&self, columns: &[KeptColumn]) -> Result<ColumnTable, StoreError> {
        let mut table = ColumnTable::with(columns);
        for (column_no, bytes) in &self.columns {
            if let Some(column) = KeptColumn::of_no(*column_no) {
                table.unpack(column, bytes)?;
            }
        }
        table.check()?;
        for bytes in &self.changes {
            table.apply(&ColumnChanges::unpack(bytes, columns)?);
        }
        Ok(table)
    }
}

/// Columns of blocks of a campaign, within the caller's snapshot. A row of a table is a number of its block. What is not kept, or
/// cannot be read, is told by the customers.
pub(crate) async fn read_blocks(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    blocks: RangeInclusive<i64>,
    columns: &[KeptColumn],
) -> Result<BTreeMap<i64, ColumnTable>, StoreError> {
    let rows = ColumnRows::read(conn, scope, campaign_key, &blocks, columns).await?;
    let mut tables = BTreeMap::new();
    for block in blocks {
        let kept = rows.get(&block).map(|rows| rows.table(columns));
        if let Some(Err(error)) = &kept {
            tracing::warn!(campaign_key, block, %error, "a block of customers cannot be read: ringside verify --repair");
        }
        let table = match kept {
            Some(Ok(table)) => table,
            _ => table_of_stored(conn, scope, (campaign_key, block), columns).await?,
        };
        tables.insert(block, table);
    }
    Ok(tables)
}

/// All of a block that is kept, or begins to be; `None`: it cannot be read.
pub(super) async fn kept_block(
    conn: &mut Conn,
    scope: &Scope,
    (campaign_key, block): BlockKey,
) -> Result<Option<ColumnTable>, StoreError> {
    let mut rows = ColumnRows::read(conn, scope, campaign_key, &(block..=block), &KeptColumn::ALL).await?;
    Ok(rows.remove(&block).unwrap_or_default().table(&KeptColumn::ALL).ok())
}
