//! What a call's content is, for telling `unchanged` from `updated` when it is sent again: a hash of a form of the record
//! that is written down here, so that neither a new field nor another version of a library changes it.
//!
//! A [`ContentHash`] is stored as 17 bytes: the version of the form, then XXH3-128 of the form, big-endian.
//!
//! # The form, version 1
//!
//! For each field of [`CallRecord`] that is present, in the order of the tags: its tag (one byte, see [`tag`]), the length of
//! its value in bytes (eight bytes), its value. A field that is absent writes nothing: **a new optional field takes the next
//! free tag, and changes the hash of no record that does without it.** A tag is never used for anything else. What is
//! present and empty is written, with the length 0: a transcript without lines says that the bot said nothing, no
//! transcript says that nobody knows.
//!
//! Numbers are big-endian. Values are:
//! - texts: UTF-8, as they were sent;
//! - integers, instants (ms) and money (millionths): eight bytes, signed;
//! - `transcript`: of each line its length (eight bytes) and its fields, written as those of the record are;
//! - `attributes`: a JSON object as below.
//!
//! JSON is written canonically, after the manner of RFC 8785, but in binary, since no text of a number is left to agree on:
//! - `null`, `false`, `true`: `n`, `f`, `t`;
//! - an integer of 64 bits, signed or not: `i` and sixteen bytes, signed;
//! - any other number: `d` and its eight bytes of IEEE 754. `1` and `1.0` are not the same: they are stored and shown as
//!   they were sent;
//! - a text: `s`, its length in bytes (eight bytes), UTF-8;
//! - an array: `a`, its length (eight bytes), its values in their order;
//! - an object: `o`, its length (eight bytes), its keys, written as texts, and values, in the order of the keys' bytes.
//!
//! # The form before
//!
//! Hashes of 16 bytes are of the record's JSON ([`FirstForm`]). A call that has one is compared in that form, and gets a
//! hash of this form when it is sent again.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use domain::{CallRecord, ContactRef, Speaker, TranscriptLine};
use serde::Serialize;
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_128;

/// The form that new hashes are of.
const VERSION: u8 = 1;
/// How long a hash without a version is.
const FIRST_LENGTH: usize = 16;

/// The tags of a record's fields. Append only.
mod tag {
    pub(super) const ID: u8 = 1;
    pub(super) const CAMPAIGN: u8 = 2;
    pub(super) const VOICEBOT: u8 = 3;
    pub(super) const CONTACT_ID: u8 = 4;
    pub(super) const CONTACT_PHONE: u8 = 5;
    pub(super) const CONTACT_NAME: u8 = 6;
    pub(super) const ATTEMPT: u8 = 7;
    pub(super) const DIALED_AT: u8 = 8;
    pub(super) const ANSWERED_AT: u8 = 9;
    pub(super) const ENDED_AT: u8 = 10;
    pub(super) const RESULT_CODE: u8 = 11;
    pub(super) const BOT_MESSAGES: u8 = 12;
    pub(super) const HANGUP_BY: u8 = 13;
    pub(super) const CAUSE: u8 = 14;
    pub(super) const BLOCKS: u8 = 15;
    pub(super) const COST: u8 = 16;
    pub(super) const RECORDING_URL: u8 = 17;
    pub(super) const TRANSCRIPT: u8 = 18;
    pub(super) const ATTRIBUTES: u8 = 19;
}

/// The tags of the fields of a transcript's line. Append only.
mod line_tag {
    pub(super) const AT: u8 = 1;
    pub(super) const SPEAKER: u8 = 2;
    pub(super) const TEXT: u8 = 3;
}

/// The hash of a record, of the newest form, with its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ContentHash(Vec<u8>);

/// How a record compares with the call that is stored under its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// The same content.
    Same,
    /// The same content, by a hash of an earlier form.
    SameByEarlierForm,
    /// Other content.
    Other,
}

impl ContentHash {
    pub(super) fn of(record: &CallRecord) -> Self {
        let mut bytes = Vec::with_capacity(1 + FIRST_LENGTH);
        bytes.push(VERSION);
        bytes.extend_from_slice(&xxh3_128(&canonical(record)).to_be_bytes());
        Self(bytes)
    }

    /// Compares `record`, of which this is the hash, with a stored hash of any form.
    pub(super) fn compare(&self, record: &CallRecord, stored: &[u8]) -> Content {
        if self.0 == stored {
            Content::Same
        } else if stored.len() == FIRST_LENGTH && FirstForm::hash(record) == stored {
            Content::SameByEarlierForm
        } else {
            Content::Other
        }
    }

    /// As it is stored.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The same in hexadecimal digits.
    pub(super) fn hex(&self) -> String {
        let mut digits = String::with_capacity(2 * self.0.len());
        for byte in &self.0 {
            for nibble in [byte >> 4, byte & 0xf] {
                digits.extend(char::from_digit(u32::from(nibble), 16));
            }
        }
        digits
    }
}

/// The form, version 1.
fn canonical(record: &CallRecord) -> Vec<u8> {
    // Named one by one, so that a field that is added must be given a tag.
    let CallRecord {
        id,
        campaign,
        voicebot,
        contact: ContactRef { id: contact_id, phone, name },
        attempt,
        dialed_at,
        answered_at,
        ended_at,
        result_code,
        bot_messages,
        hangup_by,
        cause,
        blocks,
        cost,
        recording_url,
        transcript,
        attributes,
    } = record;
    let mut form = CanonicalForm(Vec::with_capacity(512));
    form.text(tag::ID, Some(id.as_str()));
    form.text(tag::CAMPAIGN, Some(campaign.as_str()));
    form.text(tag::VOICEBOT, voicebot.as_ref().map(domain::VoicebotId::as_str));
    form.text(tag::CONTACT_ID, contact_id.as_ref().map(domain::ContactId::as_str));
    form.text(tag::CONTACT_PHONE, phone.as_deref());
    form.text(tag::CONTACT_NAME, name.as_deref());
    form.integer(tag::ATTEMPT, attempt.map(i64::from));
    form.integer(tag::DIALED_AT, Some(dialed_at.0));
    form.integer(tag::ANSWERED_AT, answered_at.map(|at| at.0));
    form.integer(tag::ENDED_AT, ended_at.map(|at| at.0));
    form.text(tag::RESULT_CODE, result_code.as_ref().map(domain::Code::as_str));
    form.integer(tag::BOT_MESSAGES, bot_messages.map(i64::from));
    form.text(tag::HANGUP_BY, hangup_by.map(domain::HangupBy::word));
    form.text(tag::CAUSE, cause.as_deref());
    form.integer(tag::BLOCKS, *blocks);
    form.integer(tag::COST, cost.map(|cost| cost.0));
    form.text(tag::RECORDING_URL, recording_url.as_deref());
    form.field(tag::TRANSCRIPT, transcript.as_ref().map(|lines| transcript_value(lines)).as_deref());
    form.field(tag::ATTRIBUTES, attributes.as_ref().map(attributes_value).as_deref());
    form.0
}

/// Fields, each with its tag and its length.
struct CanonicalForm(Vec<u8>);

impl CanonicalForm {
    fn field(&mut self, tag: u8, value: Option<&[u8]>) {
        if let Some(value) = value {
            self.0.push(tag);
            push_length(&mut self.0, value.len());
            self.0.extend_from_slice(value);
        }
    }

    fn text(&mut self, tag: u8, value: Option<&str>) {
        self.field(tag, value.map(str::as_bytes));
    }

    fn integer(&mut self, tag: u8, value: Option<i64>) {
        self.field(tag, value.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
    }
}

fn push_length(bytes: &mut Vec<u8>, length: usize) {
    bytes.extend_from_slice(&(length as u64).to_be_bytes());
}

fn speaker_word(speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::Bot => "bot",
        Speaker::Customer => "customer",
    }
}

fn transcript_value(lines: &[TranscriptLine]) -> Vec<u8> {
    let mut value = Vec::with_capacity(lines.len() * 64);
    for TranscriptLine { at, speaker, text } in lines {
        let mut line = CanonicalForm(Vec::with_capacity(64 + text.len()));
        line.integer(line_tag::AT, Some(*at));
        line.text(line_tag::SPEAKER, Some(speaker_word(*speaker)));
        line.text(line_tag::TEXT, Some(text));
        push_length(&mut value, line.0.len());
        value.extend_from_slice(&line.0);
    }
    value
}

fn attributes_value(attributes: &BTreeMap<String, Value>) -> Vec<u8> {
    let mut value = Vec::with_capacity(64);
    push_object(&mut value, attributes.iter());
    value
}

fn push_object<'a>(bytes: &mut Vec<u8>, entries: impl ExactSizeIterator<Item = (&'a String, &'a Value)>) {
    // Not left to the map: which order a JSON object has is a choice of the program's features.
    let mut entries: Vec<(&String, &Value)> = entries.collect();
    entries.sort_by_key(|(key, _)| *key);
    bytes.push(b'o');
    push_length(bytes, entries.len());
    for (key, value) in entries {
        push_text(bytes, key);
        push_json(bytes, value);
    }
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(b's');
    push_length(bytes, text.len());
    bytes.extend_from_slice(text.as_bytes());
}

fn push_json(bytes: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => bytes.push(b'n'),
        Value::Bool(false) => bytes.push(b'f'),
        Value::Bool(true) => bytes.push(b't'),
        Value::Number(number) => {
            let integer = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
            if let Some(integer) = integer {
                bytes.push(b'i');
                bytes.extend_from_slice(&integer.to_be_bytes());
            } else {
                bytes.push(b'd');
                bytes.extend_from_slice(&number.as_f64().unwrap_or(f64::NAN).to_be_bytes());
            }
        }
        Value::String(text) => push_text(bytes, text),
        Value::Array(values) => {
            bytes.push(b'a');
            push_length(bytes, values.len());
            for value in values {
                push_json(bytes, value);
            }
        }
        Value::Object(map) => push_object(bytes, map.iter()),
    }
}

/// The record's JSON as it was when hashes had no version. Never to be changed.
#[derive(Serialize)]
struct FirstForm<'a> {
    id: &'a str,
    campaign: &'a str,
    voicebot: Option<&'a str>,
    contact: FirstContact<'a>,
    attempt: Option<u32>,
    dialed_at: String,
    answered_at: Option<String>,
    ended_at: Option<String>,
    result_code: Option<&'a str>,
    bot_messages: Option<u32>,
    hangup_by: Option<&'a str>,
    cause: Option<&'a str>,
    blocks: Option<i64>,
    cost: Option<String>,
    recording_url: Option<&'a str>,
    transcript: Option<Vec<FirstLine<'a>>>,
    attributes: Option<&'a BTreeMap<String, Value>>,
}

#[derive(Serialize)]
struct FirstContact<'a> {
    id: Option<&'a str>,
    phone: Option<&'a str>,
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct FirstLine<'a> {
    at: i64,
    speaker: &'a str,
    text: &'a str,
}

impl<'a> FirstLine<'a> {
    fn of(line: &'a TranscriptLine) -> Self {
        Self { at: line.at, speaker: speaker_word(line.speaker), text: &line.text }
    }
}

impl FirstForm<'_> {
    /// XXH3-128 of the form. A record with a field that the form does not have differs from every call of that time; until
    /// there is such a field, every record has the form.
    fn hash(record: &CallRecord) -> [u8; FIRST_LENGTH] {
        let contact = &record.contact;
        let form = FirstForm {
            id: record.id.as_str(),
            campaign: record.campaign.as_str(),
            voicebot: record.voicebot.as_ref().map(domain::VoicebotId::as_str),
            contact: FirstContact {
                id: contact.id.as_ref().map(domain::ContactId::as_str),
                phone: contact.phone.as_deref(),
                name: contact.name.as_deref(),
            },
            attempt: record.attempt,
            dialed_at: record.dialed_at.to_rfc3339(),
            answered_at: record.answered_at.map(domain::Timestamp::to_rfc3339),
            ended_at: record.ended_at.map(domain::Timestamp::to_rfc3339),
            result_code: record.result_code.as_ref().map(domain::Code::as_str),
            bot_messages: record.bot_messages,
            hangup_by: record.hangup_by.map(domain::HangupBy::word),
            cause: record.cause.as_deref(),
            blocks: record.blocks,
            cost: record.cost.map(|cost| cost.to_string()),
            recording_url: record.recording_url.as_deref(),
            transcript: record.transcript.as_ref().map(|lines| lines.iter().map(FirstLine::of).collect()),
            attributes: record.attributes.as_ref(),
        };
        // Texts, numbers and maps with text keys: there is always a JSON of them.
        xxh3_128(&serde_json::to_vec(&form).unwrap_or_default()).to_be_bytes()
    }
}
