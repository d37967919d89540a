//! Own records as JSON: one object a line or over several, one after the other, or an array of them.
//!
//! What the HTTP API answers with is one such file: a call, or a page of them within an object. Its fields that follow from others are
//! passed over, and what it leaves out stays as it is stored.

use std::io::{Cursor, Read};

use domain::{CallRecord, CampaignId, Code, ContactRef, FieldError, result_text::sent_code};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{
    findings::Findings,
    objects::{Objects, TextKind, is_too_much, not_json},
    own_fields::{OwnFields, unmasked},
    source::{Failure, Given, HEAD_BYTES, Input, Opened, Skipped, Source, checked_but_result},
    times::Times,
    wrapped::{JsonPages, array_in},
};

/// Fields of the API's answers that follow from the others.
const DERIVED: [&str; 6] = ["class", "talk_time", "dial_time", "currency", "priced_by", "recording"];

/// A JSON text that names a field which only Ringside's calls have.
pub(crate) fn recognises(head: &[u8]) -> bool {
    let Some(first) = head.iter().find(|byte| !byte.is_ascii_whitespace()) else { return false };
    let names = |name: &str| head.windows(name.len()).any(|bytes| bytes == name.as_bytes());
    // A voicebot platform's call also has an id and a transcript; none has `dialed_at`.
    // Of other tables that call it so, the customer stands in the record itself, and no name in it is ours.
    let is_own = || ["contact", "result_code", "campaign"].iter().any(|name| names(&format!("\"{name}\"")));
    matches!(first, b'{' | b'[') && names("\"dialed_at\"") && (is_own() || !names("\"phone\""))
}

/// Opens a JSON file.
pub(crate) fn open<'a>(mut input: Input<'a>, given: &Given) -> Opened<'a> {
    let mut head = Vec::new();
    input.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    let names = |name: &str| head.windows(name.len()).any(|bytes| bytes == name.as_bytes());
    let is_answer = names("\"talk_time\"") && names("\"priced_by\"");
    let array = if is_answer { array_in(&head) } else { None };
    let input: Input<'a> = Box::new(Cursor::new(head).chain(input));
    let input = match array {
        Some(_) => Box::new(JsonPages::new(input)),
        None => input,
    };
    Ok(Box::new(JsonCalls::new(input, given, is_answer)))
}

/// The records of a JSON file.
struct JsonCalls<R: Read> {
    objects: Objects<R>,
    text: Vec<u8>,
    campaign: Option<CampaignId>,
    times: Times,
    /// It is what the API answers with.
    is_answer: bool,
    rows: u64,
    failure: Option<Failure>,
    ended: bool,
}

impl<R: Read> JsonCalls<R> {
    fn new(input: R, given: &Given, is_answer: bool) -> Self {
        Self {
            objects: Objects::new(input),
            text: Vec::new(),
            campaign: given.campaigns.all.clone(),
            times: Times::new(given),
            is_answer,
            rows: 0,
            failure: None,
            ended: false,
        }
    }

    fn record(&mut self) -> Result<CallRecord, FieldError> {
        let mut record = match serde_json::from_slice::<CallRecord>(&self.text) {
            Ok(record) => record,
            Err(error) => self.record_by_field(&error)?,
        };
        if let Some(campaign) = &self.campaign {
            record.campaign = campaign.clone();
        }
        if self.is_answer { unmasked(record) } else { Ok(record) }
    }

    /// Reads field by field what was refused as a whole: to name the field at fault, and because a time without a
    /// zone or a campaign left to `--campaign` is allowed in files.
    fn record_by_field(&mut self, error: &serde_json::Error) -> Result<CallRecord, FieldError> {
        // As a whole the record was given up at its first fault, before it took memory; its parts would be kept.
        if is_too_much(&self.text) {
            let message = error.to_string();
            return Err(FieldError::new("", message.split(" at line ").next().unwrap_or_default()));
        }
        let value: Value = serde_json::from_slice(&self.text).map_err(|e| FieldError::new("", not_json(&e)))?;
        let Value::Object(mut map) = value else { return Err(FieldError::new("", "is not a JSON object")) };
        if self.is_answer {
            let priced_by_tariff = map.get("priced_by").is_some_and(|priced_by| priced_by == "tariff");
            // What the tariff gave is computed again; what a sender gave is his.
            let priced = if priced_by_tariff { ["blocks", "cost"].as_slice() } else { &[] };
            map.retain(|name, _| !DERIVED.contains(&name.as_str()) && !priced.contains(&name.as_str()));
        }
        let message = error.to_string();
        if let Some(name) = message.strip_prefix("duplicate field `").and_then(|rest| rest.split('`').next()) {
            return Err(FieldError::new(name, "is there twice"));
        }
        let contact = match map.remove("contact") {
            Some(Value::Object(mut map)) => {
                let contact = ContactRef {
                    id: take(&mut map, "contact.", "id")?,
                    phone: take(&mut map, "contact.", "phone")?,
                    name: take(&mut map, "contact.", "name")?,
                };
                refuse_rest(&map, "contact.")?;
                contact
            }
            None => return Err(FieldError::new("contact", "is missing")),
            Some(_) => return Err(FieldError::new("contact", "is not an object with a phone or an id")),
        };
        let campaign: Option<CampaignId> = take(&mut map, "", "campaign")?;
        let campaign = self.campaign.clone().or(campaign).ok_or_else(|| FieldError::new("campaign", "is missing"))?;
        for name in ["dialed_at", "answered_at", "ended_at"] {
            if let Some(Value::String(text)) = map.get(name) {
                let at = self.times.parse(text).map_err(|reason| FieldError::new(name, reason))?;
                map.insert(name.to_owned(), Value::from(at.0));
            }
        }
        let map = &mut map;
        let record = CallRecord {
            id: required(map, "id")?,
            campaign,
            voicebot: take(map, "", "voicebot")?,
            contact,
            attempt: take(map, "", "attempt")?,
            dialed_at: required(map, "dialed_at")?,
            answered_at: take(map, "", "answered_at")?,
            ended_at: take(map, "", "ended_at")?,
            result_code: sent_result(take(map, "", "result_code")?)?,
            bot_messages: take(map, "", "bot_messages")?,
            hangup_by: take(map, "", "hangup_by")?,
            cause: take(map, "", "cause")?,
            blocks: take(map, "", "blocks")?,
            cost: take(map, "", "cost")?,
            recording_url: take(map, "", "recording_url")?,
            transcript: take(map, "", "transcript")?,
            attributes: take(map, "", "attributes")?,
        };
        refuse_rest(map, "")?;
        Ok(record)
    }
}

fn take<T: DeserializeOwned>(map: &mut Map<String, Value>, prefix: &str, name: &str) -> Result<Option<T>, FieldError> {
    match map.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match serde_json::from_value(value) {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(FieldError::new(format!("{prefix}{name}"), error.to_string())),
        },
    }
}

fn sent_result(sent: Option<String>) -> Result<Option<Code>, FieldError> {
    sent.map(|sent| sent_code(&sent).map_err(|error| FieldError::new("result_code", error.to_string()))).transpose()
}

fn required<T: DeserializeOwned>(map: &mut Map<String, Value>, name: &str) -> Result<T, FieldError> {
    take(map, "", name)?.ok_or_else(|| FieldError::new(name, "is missing"))
}

fn refuse_rest(map: &Map<String, Value>, prefix: &str) -> Result<(), FieldError> {
    match map.keys().next() {
        Some(name) => Err(FieldError::new(format!("{prefix}{name}"), "is not a field of a call")),
        None => Ok(()),
    }
}

impl<R: Read> Iterator for JsonCalls<R> {
    type Item = Result<(u64, CallRecord), Skipped>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let found = match self.objects.next_text(&mut self.text) {
            Ok(Some(found)) => found,
            Ok(None) => {
                self.ended = true;
                return None;
            }
            Err(error) => {
                self.ended = true;
                self.failure = Some(error.into());
                return None;
            }
        };
        self.rows += u64::from(!matches!(found.what, TextKind::End(_)));
        Some(match found.what {
            TextKind::Json | TextKind::Text => match self.record() {
                Ok(record) => checked_but_result(found.line, record),
                Err(error) => Err(Skipped::new(found.line, error.field, error.reason)),
            },
            TextKind::Broken(reason) | TextKind::End(reason) => Err(Skipped::new(found.line, "", reason)),
        })
    }
}

impl<R: Read> Source for JsonCalls<R> {
    fn findings(&self) -> Findings {
        let (zone, warning) = self.times.reading();
        let warnings = warning.into_iter().collect();
        Findings { rows: self.rows, zone, warnings, ..Findings::new(self.objects.shape()) }
    }

    fn own_fields(&self) -> Option<OwnFields> {
        self.is_answer.then(OwnFields::of_given)
    }

    fn failure(&mut self) -> Option<Failure> {
        self.failure.take()
    }
}
