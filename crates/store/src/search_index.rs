//! An index of what the search field looks through: which customers have which three characters in a row (a *part*).
//!
//! A search for `hanh` can only find who has `han` and `anh`. Who has both is asked once more by the very condition of the
//! search, so what is found is what reading every customer would find: the index may name too many, and never misses one.
//!
//! A campaign's customers are numbered in the order in which they came, and no number is given again. [`BLOCK`] of them
//! are indexed at once, when they are there: for each part one roaring bitmap of numbers. So a batch of calls pays nothing
//! for it. What holds instead, at every moment and in every snapshot:
//!
//! - who is numbered below `filled_to` of their block is in the index as they were when it was read, or is noted in
//!   `search_changes`, in the transaction that changed what is searched of them;
//! - all others are read, as everybody was before there was an index.
//!
//! Calls that were dialled to another number than the list has are found by it, too: such numbers are indexed with the
//! customer. Every row has its account in its key: a search reads nothing of other accounts.
//!
//! Refused: FTS5's trigrams and the GIN index of `pg_trgm`, written with each customer. Measured with 200,000 and more new customers
//! in batches: FTS5 (without positions) takes 3.3 µs and 38 bytes of each, an eighth of what a batch takes for a call; GIN 8 µs and 78
//! bytes, a quarter. `pg_trgm` is an extension that not every operator may install, and FTS5 has the customers of all
//! accounts in one list.

mod building;
mod checking;
mod finding;
mod parts;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use domain::Timestamp;

pub(crate) use building::index_in_portions;
pub use building::{IndexBehind, IndexBlock, behind, index};
pub(crate) use checking::{WrongBlock, wrong_blocks};
pub(crate) use finding::{FoundCustomers, JOINED, SearchMatches, find};

use crate::{
    Conn, Scope, StoreError,
    db::execute,
    dialect::integers_of_json,
    jobs::{self, IndexCustomers},
};

/// How many numbers of customers are indexed together: those that a container of a roaring bitmap holds.
pub(crate) const BLOCK: i64 = 65_536;
/// As many new customers of a campaign are worth the job at once; fewer wait for the hourly look.
const NEW: i64 = 4_096;

/// Notes customers, by campaign and number, of whom something else is searched now, or who are about to leave their list. The
/// transaction must have the next revision of the account.
pub(crate) async fn note_changed(
    conn: &mut Conn,
    scope: &Scope,
    customers: BTreeSet<(i64, i64)>,
) -> Result<(), StoreError> {
    let mut by_campaign = BTreeMap::<i64, Vec<i64>>::new();
    for (campaign_key, contact_no) in customers {
        by_campaign.entry(campaign_key).or_default().push(contact_no);
    }
    for (campaign_key, numbers) in by_campaign {
        let sql = format!(
            "INSERT INTO search_changes (account_id, campaign_key, contact_no, revision)
             SELECT k.account_id, k.campaign_key, k.contact_no, a.revision
             FROM contacts k
             JOIN search_blocks b ON b.account_id = $1 AND b.campaign_key = k.campaign_key
                  AND b.block = k.contact_no / {BLOCK}
             JOIN accounts a ON a.account_id = $1
             WHERE k.account_id = $1 AND k.campaign_key = $2 AND k.contact_no IN ({}) AND k.contact_no < b.begun_to
             ON CONFLICT (account_id, campaign_key, contact_no) DO UPDATE SET revision = excluded.revision",
            integers_of_json(conn, "$3"),
        );
        let list = serde_json::json!(numbers).to_string();
        execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), campaign_key, list.as_str())?;
    }
    Ok(())
}

/// Takes the block of a customer out of the index: parts of what they were called, and dialled by, stay in it until it is indexed again,
/// which [`enqueue`] has done.
pub(crate) async fn forget_customer(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    contact_no: i64,
) -> Result<(), StoreError> {
    checking::forget_block(conn, scope, campaign_key, contact_no / BLOCK).await
}

/// Takes out what is left of campaigns that an import had made, and that are no more; their blocks of columns, too.
pub(crate) async fn forget_campaigns_of(conn: &mut Conn, scope: &Scope, import: i64) -> Result<(), StoreError> {
    let of_columns = ["customer_blocks", "customer_columns", "customer_changes"];
    for table in ["search_parts", "search_blocks", "search_changes"].into_iter().chain(of_columns) {
        let sql = format!(
            "DELETE FROM {table}
             WHERE account_id = $1
               AND campaign_key IN (SELECT i.campaign_key FROM import_campaigns i WHERE i.account_id = $1 AND i.import_key = $2)
               AND NOT EXISTS (SELECT 1 FROM campaigns c WHERE c.account_id = $1 AND c.campaign_key = {table}.campaign_key)"
        );
        execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), import)?;
    }
    Ok(())
}

/// Whether so many customers have come to a campaign's list with these that they are worth indexing at once.
pub(crate) fn is_worth_indexing(new: impl Iterator<Item = i64>) -> bool {
    new.into_iter().any(|contact_no| contact_no % NEW == NEW - 1)
}

/// Has the customers of the account indexed who are not yet. The account's revision is another one then.
pub async fn enqueue(conn: &mut Conn, scope: &Scope, rest: bool, now: Timestamp) -> Result<(), StoreError> {
    jobs::enqueue(conn, scope, &IndexCustomers { rest }, Some("index"), now, now).await.map(drop)
}
