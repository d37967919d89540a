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
/// The attribute that tells whose leg the record is of, where that is known.
pub(crate) const SIDE: &str = "leg";
/// In [`SIDE`]: the customer's, which decides; so does a call's of which another leg is known to be the customer's.
pub(crate) const CUSTOMER: &str = "customer";
/// What is true of the leg alone that decides.
const OF_ONE_LEG: [&str; 8] =
    [DST, SIDE, "src", "clid", "lastapp", "sip_hangup_disposition", "sip_term_status", "caller_id_name"];
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

/// How well a record knows how its call ended.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PartRank<S> {
    /// Whose leg it tells of: the greater one decides, whatever became of the other.
    pub(crate) whose: u8,
    /// What tells of legs that are the same side's, as among the rows of one file.
    pub(crate) among_equals: S,
}

/// Which rows tell when a call was dialled, and when one ended that nobody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimesOf {
    AllRows,
    /// Those of the side that decides.
    DecidingRows,
}

/// Whether rows that were read are new.
pub(crate) enum News {
    /// All that is stored was read again, and perhaps more.
    Whole,
    None,
    Part,
}

/// What is new of what was read.
pub(crate) fn news(stored: &CallRecord, read: &CallRecord) -> News {
    let (before, now) = (legs(stored), legs(read));
    if now.is_superset(&before) {
        News::Whole
    } else if now.is_subset(&before) {
        News::None
    } else {
        News::Part
    }
}

/// What is to be stored of a call of which this is stored and that was read; nothing where no row is new. `standing`
/// says how well the first record knows how the call ended where the second one is known, too: the greater one tells it.
pub(crate) fn with_stored<S: Ord>(
    stored: &CallRecord,
    read: CallRecord,
    times: TimesOf,
    standing: impl Fn(&CallRecord, &CallRecord) -> PartRank<S>,
) -> Option<CallRecord> {
    match news(stored, &read) {
        News::Whole => Some(read),
        News::None => None,
        News::Part => Some(joined(stored, read, times, standing)),
    }
}

/// One record of two with rows of one call.
pub(crate) fn joined<S: Ord>(
    stored: &CallRecord,
    read: CallRecord,
    times: TimesOf,
    standing: impl Fn(&CallRecord, &CallRecord) -> PartRank<S>,
) -> CallRecord {
    let (before, now) = (legs(stored), legs(&read));
    let sides = [side(stored), side(&read)].map(str::to_owned);
    let (of_stored, of_read) = (standing(stored, &read), standing(&read, stored));
    let is_one_side = of_stored.whose == of_read.whose;
    let read_campaign = is_one_side.then(|| read.campaign.clone());
    let (mut joined, other) = if of_stored > of_read { (stored.clone(), &read) } else { (read, stored) };
    joined.campaign = read_campaign.unwrap_or(joined.campaign);
    if is_one_side || times == TimesOf::AllRows {
        joined.dialed_at = joined.dialed_at.min(other.dialed_at);
        if joined.answered_at.is_none() {
            joined.ended_at = joined.ended_at.max(other.ended_at);
        }
    }
    let has_phone = |record: &CallRecord| record.contact.phone.as_deref().is_some_and(is_phone);
    if !has_phone(&joined) && has_phone(other) {
        let dst = std::mem::replace(&mut joined.contact.phone, other.contact.phone.clone());
        joined.attributes.get_or_insert_default().insert(DST.to_owned(), dst.into());
    }
    joined.contact.name = joined.contact.name.or_else(|| other.contact.name.clone());
    // What switches do not know, and somebody else has added.
    joined.voicebot = joined.voicebot.or_else(|| other.voicebot.clone().filter(|_| joined.campaign == other.campaign));
    joined.attempt = joined.attempt.or(other.attempt);
    joined.bot_messages = joined.bot_messages.or(other.bot_messages);
    joined.transcript = joined.transcript.or_else(|| other.transcript.clone());
    joined.recording_url = joined.recording_url.or_else(|| other.recording_url.clone());
    let attributes = joined.attributes.get_or_insert_default();
    for (name, value) in other.attributes.iter().flatten().filter(|(name, _)| !OF_ONE_LEG.contains(&name.as_str())) {
        attributes.entry(name.clone()).or_insert_with(|| value.clone());
    }
    if sides.iter().any(|side| side == CUSTOMER) {
        attributes.insert(SIDE.to_owned(), CUSTOMER.into());
    }
    let all: BTreeSet<String> = before.union(&now).cloned().collect();
    attributes.insert(ROWS.to_owned(), all.len().into());
    attributes.insert(LEGS.to_owned(), written(all));
    joined
}

/// A text among the attributes of a record; empty where there is none.
pub(crate) fn attribute<'a>(record: &'a CallRecord, name: &str) -> &'a str {
    record.attributes.as_ref().and_then(|attributes| attributes.get(name)).and_then(Value::as_str).unwrap_or_default()
}

/// Whose leg a record tells of, as far as that is known.
pub(crate) fn side(record: &CallRecord) -> &str {
    attribute(record, SIDE)
}

/// What a record of a call has talked to: whether it is a phone number, how long (milliseconds), and the earlier one
/// first.
pub(crate) fn talked(record: &CallRecord) -> impl Ord + use<> {
    let phone = called(record).to_owned();
    let talk = record.ended_at.zip(record.answered_at).map_or(0, |(end, answer)| end.0 - answer.0);
    (is_phone(&phone), talk, std::cmp::Reverse((record.dialed_at, phone)))
}

/// The number that the leg called which a record tells of.
pub(crate) fn called(record: &CallRecord) -> &str {
    match attribute(record, DST) {
        "" => record.contact.phone.as_deref().unwrap_or_default(),
        dst => dst,
    }
}
