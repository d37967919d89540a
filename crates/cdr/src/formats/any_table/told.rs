//! Which fields of its calls a table tells of, so that one with fewer columns takes nothing away of what another has told.

use std::collections::BTreeSet;

use crate::{
    mapping::{Bound, Field},
    own_fields::OwnFields,
};

/// Fields of a call, and the columns that tell them.
const TOLD: [(&str, Field); 11] = [
    ("voicebot", Field::Voicebot),
    ("contact.id", Field::ContactId),
    ("contact.phone", Field::Phone),
    ("contact.name", Field::Name),
    ("attempt", Field::Attempt),
    ("bot_messages", Field::BotMessages),
    ("hangup_by", Field::HangupBy),
    ("cause", Field::Cause),
    ("cost", Field::Cost),
    ("recording_url", Field::RecordingUrl),
    ("transcript", Field::Transcript),
];
/// Every row says how its call ended.
const ALWAYS: [&str; 3] = ["answered_at", "ended_at", "result_code"];
/// Attributes that hold what a field could not.
const UNREAD: [(&str, Field); 7] = [
    ("extension", Field::Phone),
    ("note", Field::Note),
    ("cost", Field::Cost),
    ("cost_currency", Field::Cost),
    ("recording", Field::RecordingUrl),
    ("hangup_by", Field::HangupBy),
    ("transcript", Field::Transcript),
];

/// By its columns; of JSON, whose objects leave out what they have not, the values that are there.
pub(super) fn told_by(bound: &Bound, names: &[String], is_json: bool, has_turns: bool) -> OwnFields {
    let has = |field: &Field| bound.place(*field).is_some();
    let of_columns = TOLD.iter().filter(|(_, field)| has(field)).map(|(name, _)| *name);
    let (mut columns, mut given): (BTreeSet<_>, BTreeSet<_>) = (ALWAYS.into(), BTreeSet::new());
    if is_json {
        given.extend(of_columns);
    } else {
        columns.extend(of_columns);
    }
    // Without one of its own the customer's id is the call's, where it has no number.
    if has(&Field::Phone) {
        given.insert("contact.id");
    }
    if has_turns {
        given.insert("transcript");
    }
    let unread = UNREAD.iter().filter(|(_, field)| has(field)).map(|(name, _)| (*name).to_owned());
    let kept = bound.places(Field::Attributes).iter().filter_map(|at| names.get(*at).cloned());
    let attributes = if is_json { BTreeSet::new() } else { kept.chain(unread).collect() };
    OwnFields::of_table(columns, given, attributes)
}
