//! Calls are taken out again, as if they had never been sent.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domain::Timestamp;

use super::{
    Corrected,
    portion::{BatchPortion, ContactCorrections, delete_calls, known_calls},
    vocabulary::Vocabulary,
};
use crate::{
    Scope, StoreError, accounts, call_notes,
    db::Conn,
    dialect::plan_lookups,
    live::{self, Change},
    recordings,
    rollup::Deltas,
};

/// Removes calls with their details and recordings within the caller's transaction. Customers who were on a list only because
/// of them leave it. Gives the objects of their recordings, which are [loose](crate::objects) from then on.
pub(crate) async fn remove(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[&str],
    now: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let (_, revision) = accounts::take_keys(conn, scope, 0).await?;
    plan_lookups(conn).await?;
    let known = known_calls(conn, scope, ids.iter().copied()).await?;
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let vocabulary = Vocabulary::load(conn, scope).await?;
    let anew: BTreeSet<(i64, i64)> = known.values().map(|call| (call.campaign_key, call.contact_no)).collect();
    let mut directory = vocabulary.directory();
    directory.load_numbers(conn, scope, &anew).await?;
    let mut deltas = Deltas::default();
    let keys: Vec<i64> = known.values().map(|call| call.call_key).collect();
    let ids: HashSet<String> = known.keys().cloned().collect();
    let objects = recordings::delete_of_calls(conn, scope, &keys, now).await?;
    call_notes::forget(conn, scope, &keys).await?;
    let mut portion = BatchPortion {
        scope,
        vocabulary: &vocabulary,
        known,
        directory,
        deltas: &mut deltas,
        corrections: ContactCorrections { how: Corrected::Leaves, ..ContactCorrections::default() },
    };
    portion.work_out(conn, &anew, BTreeMap::new(), &ids).await?;
    delete_calls(conn, scope, portion.known.values()).await?;
    portion.write(conn, Vec::new(), &[]).await?;
    deltas.write(conn, scope).await?;
    live::publish(conn, Change { account: scope.account(), revision }).await?;
    Ok(objects)
}

/// Gives customers the names that they had, by campaign and number.
pub(crate) async fn rename_back(
    conn: &mut Conn,
    scope: &Scope,
    names: BTreeMap<(i64, i64), Option<String>>,
) -> Result<(), StoreError> {
    let (_, revision) = accounts::take_keys(conn, scope, 0).await?;
    plan_lookups(conn).await?;
    let vocabulary = Vocabulary::load(conn, scope).await?;
    let mut directory = vocabulary.directory();
    directory.load_numbers(conn, scope, &names.keys().copied().collect()).await?;
    for ((campaign_key, contact_no), name) in names {
        if let Some(at) = directory.at(campaign_key, contact_no) {
            let customer = &mut directory.customers[at];
            customer.name = name;
            (customer.changed, customer.renamed) = (true, true);
        }
    }
    let mut deltas = Deltas::default();
    directory.write(conn, scope, &mut deltas).await?;
    deltas.write(conn, scope).await?;
    live::publish(conn, Change { account: scope.account(), revision }).await
}
