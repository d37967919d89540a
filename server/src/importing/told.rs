//! Calls whose events stand in several files: what each file tells of them is kept, so that one call comes of all, whatever comes
//! first.

use std::collections::{BTreeMap, HashMap, HashSet};

use cdr::{Format, Options, Skipped, ToldCall, ToldLeg};
use domain::{CallRecord, hook::HOOK_ID_CHARS};
use store::{
    Db, Scope, StoreError,
    hooks::calls::KnownLeg,
    imports::told,
    ingest::{self, IngestOptions, PORTION_RECORDS},
};

use super::Portion;

/// A portion of a file whose calls are told of by events, with what other files have told of its calls.
pub(super) async fn with_others(
    db: &Db,
    scope: &Scope,
    options: &Options,
    ingest: IngestOptions,
    mut portion: Portion,
) -> Result<Portion, StoreError> {
    let format = portion.format;
    let mut told = std::mem::take(&mut portion.told);
    told.retain(|told| is_kept(&told.call) && told.legs.iter().all(|leg| is_kept(&leg.leg)));
    if !format.has_events() {
        return Ok(portion);
    }
    let id_of = |call: &str| format!("{format}:{call}");
    let named: HashSet<String> = told.iter().map(|told| told.call.clone()).collect();
    let read = portion.records.iter().filter_map(|(_, record)| record.id.as_str().split_once(':'));
    let calls: Vec<String> = named.iter().cloned().chain(read.map(|(_, call)| call.to_owned())).collect();
    let mut kept = BTreeMap::<String, Vec<ToldLeg>>::new();
    let mut conn = db.read().await?;
    for some in calls.chunks(PORTION_RECORDS) {
        let some: Vec<&str> = some.iter().map(String::as_str).collect();
        for (call, legs) in told::legs(&mut conn, scope, format.name(), &some).await? {
            kept.insert(call, legs.into_iter().map(|KnownLeg { leg, said, .. }| ToldLeg { leg, said }).collect());
        }
    }
    drop(conn);
    if told.is_empty() && kept.is_empty() {
        return Ok(portion);
    }
    let mut joining = Joining::new(format, options, portion);
    for (at, (_, record)) in joining.portion.records.iter_mut().enumerate() {
        let call = record.id.as_str().split_once(':').map_or("", |(_, call)| call);
        if let Some(legs) = kept.get(call).filter(|_| !named.contains(call)) {
            *record = format.with_told(record.clone(), legs);
        }
        joining.places.insert(record.id.to_string(), at);
    }
    let (mut changed, mut open) = (Vec::new(), Vec::new());
    for told in told {
        let legs = Format::told_together(kept.get(&told.call).map_or(&[], Vec::as_slice), &told.legs);
        let of_call = |ToldLeg { leg, said }: &ToldLeg| KnownLeg {
            call: told.call.clone(),
            leg: leg.clone(),
            agent: String::new(),
            said: said.clone(),
        };
        changed.extend(legs.iter().map(of_call));
        kept.insert(told.call.clone(), legs.clone());
        if !joining.add(&told, &legs) {
            open.push((told, legs));
        }
    }
    let mut conn = db.write().await?;
    // Each leg is named once.
    let last: BTreeMap<(String, String), KnownLeg> =
        changed.into_iter().map(|leg| ((leg.call.clone(), leg.leg.clone()), leg)).collect();
    told::put(&mut conn, scope, format.name(), last.into_values().collect(), (ingest.import, ingest.received_at))
        .await?;
    for some in open.chunks(PORTION_RECORDS) {
        let ids: Vec<String> = some.iter().map(|(told, _)| id_of(&told.call)).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let stored = ingest::stored_records(&mut conn, scope, &ids).await?;
        let stored: HashMap<&str, &CallRecord> = stored.iter().map(|(id, record)| (id.as_str(), record)).collect();
        for (told, legs) in some {
            // Nobody but what is stored says how it ended.
            if let Some(stored) = stored.get(id_of(&told.call).as_str()) {
                joining.put(told, format.with_told((*stored).clone(), legs));
            }
        }
    }
    conn.commit().await?;
    Ok(joining.portion)
}

/// Whether an id can be kept, as those of webhooks.
fn is_kept(id: &str) -> bool {
    !id.contains(char::is_control) && id.chars().count() <= HOOK_ID_CHARS
}

/// A portion while calls are made whole.
struct Joining<'a> {
    format: Format,
    options: &'a Options,
    portion: Portion,
    /// Where the record of a call is.
    places: HashMap<String, usize>,
}

impl<'a> Joining<'a> {
    fn new(format: Format, options: &'a Options, portion: Portion) -> Self {
        Self { format, options, portion, places: HashMap::new() }
    }

    /// Adds a call by all that was told of its legs; `false`: nobody has said how it ended.
    fn add(&mut self, told: &ToldCall, legs: &[ToldLeg]) -> bool {
        match self.format.call_of_told(legs, told.line, self.options) {
            Some(Ok((_, record))) => self.put(told, record),
            // What was said of the part is said.
            Some(Err(skipped)) if told.skipped.is_none() => self.portion.skipped.push(skipped),
            Some(Err(_)) => {}
            None => return false,
        }
        true
    }

    /// Puts the record of a call in the place of what the file alone made of it.
    fn put(&mut self, told: &ToldCall, record: CallRecord) {
        if let Some(skipped) = &told.skipped
            && let Some(at) = self.portion.skipped.iter().position(|other: &Skipped| other == skipped)
        {
            self.portion.skipped.remove(at);
        }
        if let Some(at) = self.places.get(record.id.as_str()) {
            self.portion.records[*at].1 = record;
        } else {
            self.places.insert(record.id.to_string(), self.portion.records.len());
            self.portion.records.push((told.line, record));
        }
    }
}
