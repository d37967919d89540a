//! Blocks of customers are read in a snapshot, which holds nobody up, and written at once.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
};

use roaring::RoaringBitmap;

use super::{BLOCK, NEW, parts::parts};
use crate::{
    Conn, Db, Scope, StoreError, accounts,
    bulk::{BulkColumn, insert_rows},
    db::{execute, fetch_all, fetch_one, fetch_optional},
    live::{self, Change},
};

/// Customers that are numbered one after the other, of one campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexBlock {
    pub(super) campaign_key: i64,
    /// Which of them, counted from 0.
    pub(super) no: i64,
    /// The number after the last that is there.
    pub(super) to: i64,
}

impl IndexBlock {
    fn numbers(&self) -> Range<i64> {
        self.no * BLOCK..self.to
    }
}

/// How much is not indexed before it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexBehind {
    /// As many as are indexed, and some thousands at least: while more and more come, each is indexed twice.
    Much,
    /// More than a sixteenth of what is.
    Some,
}

#[derive(Debug, sqlx_macros::FromRow)]
struct BlockRow {
    campaign_key: i64,
    block: i64,
    filled_to: i64,
}

/// The blocks of the account that are to be indexed, in their order.
pub async fn behind(conn: &mut Conn, scope: &Scope, by: IndexBehind) -> Result<Vec<IndexBlock>, StoreError> {
    let campaigns = fetch_all!(
        conn,
        (i64, i64),
        "SELECT campaign_key, next_contact_no FROM campaigns
         WHERE account_id = $1 AND next_contact_no > 0
         ORDER BY campaign_key",
        scope.account(),
    )?;
    let blocks = fetch_all!(
        conn,
        BlockRow,
        "SELECT campaign_key, block, filled_to FROM search_blocks WHERE account_id = $1",
        scope.account(),
    )?;
    let filled: HashMap<(i64, i64), i64> =
        blocks.into_iter().map(|row| ((row.campaign_key, row.block), row.filled_to)).collect();
    let sql = format!(
        "SELECT campaign_key, contact_no / {BLOCK} AS block, COUNT(*) FROM search_changes
         WHERE account_id = $1
         GROUP BY campaign_key, contact_no / {BLOCK}"
    );
    let changes = fetch_all!(conn, (i64, i64, i64), sqlx::AssertSqlSafe(sql.as_str()), scope.account())?;
    let changes: HashMap<(i64, i64), i64> = changes.into_iter().map(|row| ((row.0, row.1), row.2)).collect();
    let mut behind = Vec::new();
    for (campaign_key, next) in campaigns {
        for block in 0..=(next - 1) / BLOCK {
            let (from, end) = (block * BLOCK, (block + 1) * BLOCK);
            let key = (campaign_key, block);
            let done = filled.get(&key).copied().unwrap_or(from);
            let to = next.min(end);
            let left = to - done + changes.get(&key).copied().unwrap_or(0);
            let is_behind = match by {
                IndexBehind::Much => left >= NEW.max(done - from) || (to == end && done < end),
                IndexBehind::Some => left > (done - from) / 16,
            };
            if left > 0 && is_behind {
                behind.push(IndexBlock { campaign_key, no: block, to });
            }
        }
    }
    Ok(behind)
}

/// What is searched of customers: of each the texts, in the order of their numbers.
pub(super) async fn parts_of(
    conn: &mut Conn,
    scope: &Scope,
    block: IndexBlock,
) -> Result<BTreeMap<i64, RoaringBitmap>, StoreError> {
    let Range { start, end } = block.numbers();
    let texts = fetch_all!(
        conn,
        (i64, String),
        "SELECT contact_no, search FROM contacts
         WHERE account_id = $1 AND campaign_key = $2 AND contact_no >= $3 AND contact_no < $4
         ORDER BY contact_no",
        scope.account(),
        block.campaign_key,
        start,
        end,
    )?;
    let dialled = fetch_all!(
        conn,
        (i64, String),
        "SELECT contact_no, phone FROM calls
         WHERE account_id = $1 AND campaign_key = $2 AND contact_no >= $3 AND contact_no < $4 AND phone IS NOT NULL",
        scope.account(),
        block.campaign_key,
        start,
        end,
    )?;
    let mut of_parts = HashMap::<i64, Vec<u32>>::new();
    let mut add = |contact_no: i64, text: &str| {
        let number = (contact_no - start) as u32;
        for part in parts(text) {
            let numbers = of_parts.entry(part).or_default();
            if numbers.last() != Some(&number) {
                numbers.push(number);
            }
        }
    };
    for (contact_no, text) in &texts {
        add(*contact_no, text);
    }
    for (contact_no, phone) in &dialled {
        // What the condition on a dialled number makes of it, on either engine.
        let plain: String = phone.chars().filter(|c| !" -.".contains(*c)).collect();
        for text in [phone.to_ascii_lowercase(), phone.to_lowercase(), plain.to_ascii_lowercase(), plain.to_lowercase()]
        {
            add(*contact_no, &text);
        }
    }
    let bitmap = |mut numbers: Vec<u32>| {
        numbers.sort_unstable();
        numbers.dedup();
        let mut bitmap: RoaringBitmap = numbers.into_iter().collect();
        bitmap.optimize();
        bitmap
    };
    Ok(of_parts.into_iter().map(|(part, numbers)| (part, bitmap(numbers))).collect())
}

/// Indexes a block, with what was changed in it; gives how many numbers it has. 0: somebody else has done so meanwhile.
pub async fn index(db: &Db, scope: &Scope, block: IndexBlock) -> Result<u64, StoreError> {
    // From here on whoever changes one of these customers notes it. The account is locked: nobody is about to commit without.
    let mut conn = db.write().await?;
    accounts::lock(&mut conn, scope).await?;
    execute!(
        conn,
        "INSERT INTO search_blocks (account_id, campaign_key, block, begun_to, filled_to, revision) VALUES ($1, $2, $3, $4, $5, 0)
         ON CONFLICT (account_id, campaign_key, block) DO UPDATE SET begun_to = excluded.begun_to
         WHERE search_blocks.begun_to < excluded.begun_to",
        scope.account(),
        block.campaign_key,
        block.no,
        block.to,
        block.numbers().start,
    )?;
    conn.commit().await?;

    let mut conn = db.read().await?;
    let (revision,) = fetch_one!(conn, (i64,), "SELECT revision FROM accounts WHERE account_id = $1", scope.account())?;
    let of_parts = parts_of(&mut conn, scope, block).await?;
    drop(conn);

    let mut conn = db.write().await?;
    accounts::lock(&mut conn, scope).await?;
    let found = fetch_optional!(
        conn,
        (i64, i64),
        "SELECT begun_to, revision FROM search_blocks WHERE account_id = $1 AND campaign_key = $2 AND block = $3",
        scope.account(),
        block.campaign_key,
        block.no,
    )?;
    // Gone meanwhile, or indexed by another process up to another number, or as of later.
    if found.is_none_or(|(begun_to, indexed)| begun_to != block.to || indexed > revision) {
        return Ok(0);
    }
    delete_parts(&mut conn, scope, block.campaign_key, block.no).await?;
    write_parts(&mut conn, scope, block, of_parts).await?;
    fill(&mut conn, scope, block, revision).await?;
    conn.commit().await?;
    let Range { start, end } = block.numbers();
    Ok((end - start).cast_unsigned())
}

/// Parts that one transaction writes or deletes, where a block is put right while calls come in.
const PARTS_AT_ONCE: usize = 500;

/// Indexes a block anew in transactions of few rows each, so that batches of calls go in between. Until the last of them whoever is in the
/// block is read by searches one by one; what is changed meanwhile is noted. `written` is told of each transaction. Whoever begins to index
/// the same block later takes it over: then this one ends without having done it.
///
/// # Errors
/// Where the database fails. What was written by then is of no block that is filled, and is deleted by who indexes it.
pub(crate) async fn index_in_portions(
    db: &Db,
    scope: &Scope,
    block: IndexBlock,
    written: &mut (dyn FnMut(u64) + Send),
) -> Result<(), StoreError> {
    let start = block.numbers().start;
    let mut conn = db.write().await?;
    // Its own revision: who reads a snapshot of before does not write the block, and by it this one knows the block again.
    let (_, own) = accounts::take_keys(&mut conn, scope, 0).await?;
    let taken = execute!(
        conn,
        "UPDATE search_blocks SET filled_to = $4, revision = $5 WHERE account_id = $1 AND campaign_key = $2 AND block = $3",
        scope.account(),
        block.campaign_key,
        block.no,
        start,
        own,
    )?;
    live::publish(&mut conn, Change { account: scope.account(), revision: own }).await?;
    conn.commit().await?;
    written(taken);
    loop {
        let Some(mut conn) = still_own(db, scope, block, own).await? else { return Ok(()) };
        let deleted = delete_some(&mut conn, scope, block).await?;
        conn.commit().await?;
        if deleted == 0 {
            break;
        }
        written(deleted);
    }
    let mut conn = db.read().await?;
    let revision = accounts::revision(&mut conn, scope).await?;
    let mut of_parts = parts_of(&mut conn, scope, block).await?;
    drop(conn);
    while let Some((&last, _)) = of_parts.iter().nth(PARTS_AT_ONCE.min(of_parts.len()).saturating_sub(1)) {
        let rest = of_parts.split_off(&(last + 1));
        let portion = std::mem::replace(&mut of_parts, rest);
        let Some(mut conn) = still_own(db, scope, block, own).await? else { return Ok(()) };
        let rows = portion.len() as u64;
        write_parts(&mut conn, scope, block, portion).await?;
        conn.commit().await?;
        written(rows);
    }
    let Some(mut conn) = still_own(db, scope, block, own).await? else { return Ok(()) };
    fill(&mut conn, scope, block, revision).await?;
    conn.commit().await?;
    written(1);
    Ok(())
}

/// A transaction that writes, under the account's lock, where nobody else has begun to index the block since.
async fn still_own(db: &Db, scope: &Scope, block: IndexBlock, own: i64) -> Result<Option<Conn>, StoreError> {
    let mut conn = db.write().await?;
    accounts::lock(&mut conn, scope).await?;
    let found = fetch_optional!(
        conn,
        (i64, i64),
        "SELECT filled_to, revision FROM search_blocks WHERE account_id = $1 AND campaign_key = $2 AND block = $3",
        scope.account(),
        block.campaign_key,
        block.no,
    )?;
    Ok((found == Some((block.numbers().start, own))).then_some(conn))
}

/// Deletes some parts of a block; gives how many.
async fn delete_some(conn: &mut Conn, scope: &Scope, block: IndexBlock) -> Result<u64, StoreError> {
    let (last,) = fetch_one!(
        conn,
        (Option<i64>,),
        "SELECT MAX(first_ones.part) FROM
             (SELECT part FROM search_parts WHERE account_id = $1 AND campaign_key = $2 AND block = $3 ORDER BY part LIMIT $4) first_ones",
        scope.account(),
        block.campaign_key,
        block.no,
        PARTS_AT_ONCE as i64,
    )?;
    let Some(last) = last else { return Ok(0) };
    execute!(
        conn,
        "DELETE FROM search_parts WHERE account_id = $1 AND campaign_key = $2 AND block = $3 AND part <= $4",
        scope.account(),
        block.campaign_key,
        block.no,
        last,
    )
}

/// Says that the parts of a block are those of its customers as of a revision. The caller has the account's lock.
async fn fill(conn: &mut Conn, scope: &Scope, block: IndexBlock, revision: i64) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE search_blocks SET filled_to = $4, revision = $5
         WHERE account_id = $1 AND campaign_key = $2 AND block = $3",
        scope.account(),
        block.campaign_key,
        block.no,
        block.to,
        revision,
    )?;
    // What was changed after the snapshot is not in what was read from it.
    let Range { start, end } = block.numbers();
    execute!(
        conn,
        "DELETE FROM search_changes
         WHERE account_id = $1 AND campaign_key = $2 AND contact_no >= $3 AND contact_no < $4 AND revision <= $5",
        scope.account(),
        block.campaign_key,
        start,
        end,
        revision,
    )?;
    Ok(())
}

pub(super) async fn delete_parts(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    block: i64,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "DELETE FROM search_parts WHERE account_id = $1 AND campaign_key = $2 AND block = $3",
        scope.account(),
        campaign_key,
        block,
    )?;
    Ok(())
}

async fn write_parts(
    conn: &mut Conn,
    scope: &Scope,
    block: IndexBlock,
    of_parts: BTreeMap<i64, RoaringBitmap>,
) -> Result<(), StoreError> {
    let rows = of_parts.len();
    let (mut numbers, mut customers) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    for (part, bitmap) in of_parts {
        let mut bytes = Vec::with_capacity(bitmap.serialized_size());
        bitmap.serialize_into(&mut bytes).map_err(|error| StoreError::Broken(format!("a bitmap: {error}")))?;
        numbers.push(part);
        customers.push(bytes);
    }
    let columns = vec![
        ("account_id", BulkColumn::Int(vec![scope.account(); rows])),
        ("campaign_key", BulkColumn::Int(vec![block.campaign_key; rows])),
        ("block", BulkColumn::Int(vec![block.no; rows])),
        ("part", BulkColumn::Int(numbers)),
        ("customers", BulkColumn::Bytes(customers)),
    ];
    insert_rows(conn, "search_parts", columns, "").await
}
