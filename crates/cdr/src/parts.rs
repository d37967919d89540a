//! A call whose rows stand in several files, as when a log was rotated between them: what was read of it before and
//! what is read now become one record, in whatever order the files come.

use std::collections::BTreeSet;

use domain::CallRecord;
use serde_json::Value;

use crate::numbers::is_phone;

/// The attribute that tells the rows of a call apart: a short hash of each.
const LEGS: &str = "legs";
/// The attribute that counts them.
pub(crate) const ROWS: &str = "rows";
/// The attribute with what the customer's leg itself called, where another row knew the number.
pub(crate) const DST: &str = "dst";
/// Rows of one call that are told apart; calls have a few.
const KEPT: usize = 500;

/// The attribute of rows with these hashes.
pub(crate) fn legs_of(fingerprints: impl Iterator<Item = u128>) -> (String, Value) {
    let mut legs: Vec<u32> = fingerprints.map(|fingerprint| fingerprint as u32).collect();
    legs.sort_unstable();
    legs.dedup();
    (LEGS.to_owned(), legs.into_iter().take(KEPT).map(|leg| Value::from(format!("{leg:08x}"))).collect())
}

fn written(legs: BTreeSet<String>) -> Value {
    legs.into_iter().take(KEPT).map(Value::from).collect()
}

fn legs(record: &CallRecord) -> BTreeSet<String> {
    let legs = record.attributes.as_ref().and_then(|attributes| attributes.get(LEGS)).and_then(Value::as_array);
    legs.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// What is to be stored of a call of which this is stored and that was read; nothing where no row is new. `standing`
/// says how well a record knows the customer's leg, as among the rows of one file: the greater one tells how the call
/// ended.
pub(crate) fn with_stored<S: Ord>(
    stored: &CallRecord,
    read: CallRecord,
    standing: impl Fn(&CallRecord) -> S,
) -> Option<CallRecord> {
    let (before, now) = (legs(stored), legs(&read));
    if now.is_superset(&before) {
        return Some(read);
    }
    if now.is_subset(&before) {
        return None;
    }
    let campaign = read.campaign.clone();
    let (better, other) = if standing(stored) > standing(&read) { (stored.clone(), &read) } else { (read, stored) };
    let mut joined = CallRecord { campaign, dialed_at: better.dialed_at.min(other.dialed_at), ..better };
    if joined.answered_at.is_none() {
        joined.ended_at = joined.ended_at.max(other.ended_at);
    }
    let has_phone = |record: &CallRecord| record.contact.phone.as_deref().is_some_and(is_phone);
    if !has_phone(&joined) && has_phone(other) {
        let dst = std::mem::replace(&mut joined.contact.phone, other.contact.phone.clone());
        joined.attributes.get_or_insert_default().insert(DST.to_owned(), dst.into());
    }
    joined.contact.name = joined.contact.name.or_else(|| other.contact.name.clone());
    joined.recording_url = joined.recording_url.or_else(|| other.recording_url.clone());
    let attributes = joined.attributes.get_or_insert_default();
    for (name, value) in other.attributes.iter().flatten().filter(|(name, _)| *name != DST) {
        attributes.entry(name.clone()).or_insert_with(|| value.clone());
    }
    let all: BTreeSet<String> = before.union(&now).cloned().collect();
    attributes.insert(ROWS.to_owned(), all.len().into());
    attributes.insert(LEGS.to_owned(), written(all));
    Some(joined)
}

/// What a record of a call has talked to: whether it is a phone number, how long (milliseconds), and the earlier one
/// first.
pub(crate) fn talked(record: &CallRecord) -> impl Ord + use<> {
    let dst = record.attributes.as_ref().and_then(|attributes| attributes.get(DST)).and_then(Value::as_str);
    let phone = dst.or(record.contact.phone.as_deref()).unwrap_or_default().to_owned();
    let talk = record.ended_at.zip(record.answered_at).map_or(0, |(end, answer)| end.0 - answer.0);
    (is_phone(&phone), talk, std::cmp::Reverse((record.dialed_at, phone)))
}
