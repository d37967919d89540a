//! Whether the index has everybody whom it must have.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use super::{
    BLOCK, IndexBlock,
    building::{delete_parts, parts_of},
};
use crate::{
    Conn, Scope, StoreError,
    db::{execute, fetch_all},
};

/// A block of the index that misses customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrongBlock {
    pub(crate) campaign_key: i64,
    pub(crate) block: i64,
    filled_to: i64,
    /// How many places it has that it must have.
    pub(crate) stored: u64,
    /// How many it must have.
    pub(crate) recounted: u64,
}

impl WrongBlock {
    /// What is to be indexed again.
    pub(crate) fn to_index(self) -> IndexBlock {
        IndexBlock { campaign_key: self.campaign_key, no: self.block, to: self.filled_to }
    }
}

/// The blocks of a campaign whose parts are not those of its customers, within the caller's snapshot. That somebody is named who has a
/// part no more, is no mistake: a search asks them.
pub(crate) async fn wrong_blocks(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
) -> Result<Vec<WrongBlock>, StoreError> {
    let blocks = fetch_all!(
        conn,
        (i64, i64),
        "SELECT block, filled_to FROM search_blocks WHERE account_id = $1 AND campaign_key = $2 ORDER BY block",
        scope.account(),
        campaign_key,
    )?;
    let changed = fetch_all!(
        conn,
        (i64,),
        "SELECT contact_no FROM search_changes WHERE account_id = $1 AND campaign_key = $2",
        scope.account(),
        campaign_key,
    )?;
    let mut wrong = Vec::new();
    for (block, filled_to) in blocks {
        let noted: RoaringBitmap =
            changed.iter().filter(|row| row.0 / BLOCK == block).map(|row| (row.0 % BLOCK) as u32).collect();
        let expected = parts_of(conn, scope, IndexBlock { campaign_key, no: block, to: filled_to }).await?;
        let mut stored = stored_parts(conn, scope, campaign_key, block).await?;
        let (mut recounted, mut had) = (0, 0);
        for (part, customers) in expected {
            let must = customers - &noted;
            recounted += must.len();
            had += stored.remove(&part).map_or(0, |stored| must.intersection_len(&stored));
        }
        if had != recounted {
            wrong.push(WrongBlock { campaign_key, block, filled_to, stored: had, recounted });
        }
    }
    Ok(wrong)
}

async fn stored_parts(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    block: i64,
) -> Result<BTreeMap<i64, RoaringBitmap>, StoreError> {
    let rows = fetch_all!(
        conn,
        (i64, Vec<u8>),
        "SELECT part, customers FROM search_parts WHERE account_id = $1 AND campaign_key = $2 AND block = $3",
        scope.account(),
        campaign_key,
        block,
    )?;
    // What cannot be read names nobody.
    let read = |bytes: Vec<u8>| RoaringBitmap::deserialize_from(bytes.as_slice()).unwrap_or_default();
    Ok(rows.into_iter().map(|(part, bytes)| (part, read(bytes))).collect())
}

/// Takes a block out of the index: whoever is in it is read by searches until it is indexed again. What changes is noted on.
pub(super) async fn forget_block(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    block: i64,
) -> Result<(), StoreError> {
    delete_parts(conn, scope, campaign_key, block).await?;
    execute!(
        conn,
        "UPDATE search_blocks SET filled_to = $4 WHERE account_id = $1 AND campaign_key = $2 AND block = $3",
        scope.account(),
        campaign_key,
        block,
        block * BLOCK,
    )?;
    Ok(())
}
