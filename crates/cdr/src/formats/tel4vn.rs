//! TEL4VN: call detail records of its API (v1 and v3).
//!
//! Source: documents.tel4vn.com; see docs/FORMATS.md.

use std::borrow::Cow;

use domain::{FieldError, HangupBy};
use serde_json::Value;

use crate::{
    body::Body,
    ending::{CU, EndingWords, NA, NOT_DIALLED, OK, meaning},
    events::{Platform, keep},
    partial::Event,
    pruned::Names,
    times::Times,
};

pub(crate) static PLATFORM: Platform = Platform {
    prefix: "tel4vn",
    zone: None,
    marks: &[&["time_ringging"], &["time_started", "time_answered", "time_ended", "status"]],
    own: &["time_started", "time_ended", "time_ringging"],
    names: Names {
        read: &[
            "id",
            "parent_id",
            "call_id",
            "cause",
            "duration",
            "direction",
            "recording_url",
            "autocall_recording_url",
            "from_number",
            "to_number",
            "time_started",
            "time_answered",
            "time_ended",
            "time_ringging",
            "status",
            "billsec",
            "app",
            "press_key",
            "digits",
            "rate",
            "sip_hangup_disposition",
            "campaign_uuid",
            "campaign_name",
            "lead_uuid",
            "customer_fullname",
            "called_count",
            "note",
        ],
        whole: &["additional"],
    },
    columns: None,
    read,
};

const STATUSES: EndingWords = &[
    ("answered", OK),
    ("ivr", OK),
    ("cancel", NA),
    ("busy-line", CU),
    ("not-available", CU),
    // Blocked before it was dialled.
    ("phone-block", NOT_DIALLED),
    ("", NOT_DIALLED),
];

fn read<'a>(body: Body<'a>, times: &mut Times) -> Result<Vec<Event<'a>>, FieldError> {
    let Some(own) = body.first(&["id", "call_id"]) else { return Ok(Vec::new()) };
    let (call, leg) = match body.first(&["parent_id"]).filter(|parent| *parent != own) {
        Some(parent) => (parent, own),
        None => (own, Cow::default()),
    };
    let status = body.first(&["status"]).unwrap_or_default();
    let ending = meaning(STATUSES, &status);
    let dialed = times.at(body, "time_started")?.or(times.at(body, "time_ringging")?);
    let answered = times.at(body, "time_answered")?.filter(|_| ending == OK);
    let is_inbound = body.is("direction", "inbound");
    let disposition = body.first(&["sip_hangup_disposition"]).unwrap_or_default();
    let mut event = Event {
        call,
        leg,
        dialed_at: dialed,
        answered_at: answered,
        ended_at: times.at(body, "time_ended")?,
        talk: body.seconds("billsec")?.filter(|_| ending == OK && answered.is_none()),
        duration: body.seconds("duration")?,
        ending: Some(ending),
        campaign: body.first(&["campaign_uuid", "campaign_name"]),
        contact_id: body.first(&["lead_uuid"]),
        is_inbound: is_inbound.then_some(true),
        is_internal: (body.is("direction", "internal") || body.is("direction", "local")).then_some(true),
        phone: body.first(&[if is_inbound { "from_number" } else { "to_number" }]),
        name: body.first(&["customer_fullname", "additional.ten", "additional.name", "additional.fullname"]),
        hangup_by: match disposition.split('_').next() {
            Some("recv") => Some(HangupBy::Customer),
            Some("send") => Some(HangupBy::Bot),
            _ => None,
        },
        cause: body.first(&["cause"]).or_else(|| Some(status.clone()).filter(|status| !status.is_empty())),
        word: Some(("status", status)),
        recording_url: body.first(&["autocall_recording_url", "recording_url"]),
        ..Event::default()
    };
    // JSON in a text.
    if let Some(keys) = body.text("press_key").and_then(|text| serde_json::from_str::<Value>(&text).ok())
        && !is_empty(&keys)
    {
        event.keep("press_key", keys);
    }
    for name in ["digits", "rate", "app", "sip_hangup_disposition", "note", "additional"] {
        keep(&mut event, name, body.at(name));
    }
    // Of the customer's record at the time of the export, not of this call.
    keep(&mut event, "called_count", body.at("called_count"));
    Ok(vec![event])
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
