//! What a batch would do, without doing it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{CallClass, Timestamp, usage::Month};

use super::{CheckedRecords, content_hash::Content, portion::known_calls};
use crate::{
    Conn, Scope, StoreError, accounts, db::fetch_all, dialect::texts_of_json, ingest::RecordError, meanings::Meanings,
};

/// What a batch would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchForesight {
    /// Calls that are new.
    pub new: u64,
    /// Calls that are known with other content.
    pub changed: u64,
    /// Calls that are known with the same content.
    pub unchanged: u64,
    /// Calls that are new to a month: those that are new, and those that are moved to it.
    pub by_month: BTreeMap<Month, u64>,
    /// Records that break a rule.
    pub rejected: u64,
    /// New and changed calls by class; those in progress come last.
    pub by_class: [u64; 4],
    /// Why records are rejected.
    pub errors: Vec<RecordError>,
    /// What is odd about the others.
    pub warnings: Vec<RecordError>,
    /// Campaigns that the account does not have.
    pub unknown_campaigns: BTreeSet<String>,
    /// Voicebots that the account does not have.
    pub unknown_voicebots: BTreeSet<String>,
}

/// Says what storing these records would do. Within a batch an id counts once for each record: which of them is the last, the
/// database will tell.
pub async fn foresee(
    conn: &mut Conn,
    scope: &Scope,
    mut records: CheckedRecords,
    received_at: Timestamp,
) -> Result<BatchForesight, StoreError> {
    records.reject_later_than(received_at);
    let CheckedRecords { ready, answer } = records;
    let mut foreseen = BatchForesight { rejected: answer.rejected, errors: answer.errors, ..BatchForesight::default() };
    let known = known_calls(conn, scope, ready.iter().map(|ready| ready.record.id.as_str())).await?;
    let campaigns: BTreeSet<&str> = ready.iter().map(|ready| ready.record.campaign.as_str()).collect();
    let voicebots: BTreeSet<&str> =
        ready.iter().filter_map(|ready| Some(ready.record.voicebot.as_ref()?.as_str())).collect();
    foreseen.unknown_campaigns = unknown(conn, scope, "campaigns", &campaigns).await?;
    foreseen.unknown_voicebots = unknown(conn, scope, "voicebots", &voicebots).await?;
    let meanings = Meanings::load(conn, scope).await?;
    let zone = accounts::lookup(conn, scope).await?.zone;
    let month_of = |at: Timestamp| Month::of(zone.local(at).day());
    let mut seen = HashMap::<&str, &[u8]>::new();
    for ready in &ready {
        let id = ready.record.id.as_str();
        let stored = known.get(id).map(|call| call.content_hash.as_slice());
        let before = seen.insert(id, ready.hash.bytes()).or(stored);
        match before.map(|before| ready.hash.compare(&ready.record, before)) {
            None => foreseen.new += 1,
            Some(Content::Other) => foreseen.changed += 1,
            Some(Content::Same | Content::SameByEarlierForm) => {
                foreseen.unchanged += 1;
                continue;
            }
        }
        let month = month_of(ready.record.dialed_at);
        let stored_in = known.get(id).map(|call| month_of(Timestamp(call.dialed_at)));
        if stored_in != Some(month) {
            *foreseen.by_month.entry(month).or_default() += 1;
        }
        let code = ready.record.result_code.as_ref();
        let class = code.map_or(CallClass::ALL.len(), |code| meanings.now().class_of(code.as_str()).index());
        foreseen.by_class[class] += 1;
        let warnings = ready.checked.warnings.iter();
        foreseen.warnings.extend(warnings.map(|warning| RecordError::new(ready.index, Some(id), warning)));
    }
    Ok(foreseen)
}

/// Which of these ids a table does not have.
async fn unknown(
    conn: &mut Conn,
    scope: &Scope,
    table: &str,
    ids: &BTreeSet<&str>,
) -> Result<BTreeSet<String>, StoreError> {
    let sql = format!("SELECT id FROM {table} WHERE account_id = $1 AND id IN ({})", texts_of_json(conn, "$2"));
    let list = serde_json::json!(ids).to_string();
    let rows = fetch_all!(conn, (String,), sqlx::AssertSqlSafe(sql.as_str()), scope.account(), list.as_str())?;
    let there: BTreeSet<String> = rows.into_iter().map(|row| row.0).collect();
    Ok(ids.iter().filter(|id| !there.contains(**id)).map(|id| (*id).to_owned()).collect())
}
