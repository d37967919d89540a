//! Stringee and StringeeX: the events of a call's webhook, and the call logs of their APIs.
//!
//! Source: developer.stringee.com (call events, call log); see docs/FORMATS.md.

use std::borrow::Cow;

use domain::{FieldError, HangupBy};

use crate::{
    body::Body,
    ending::{ASK, CU, Ending, EndingWords, NA, OK, OK_OR_NA, ONGOING, by_cause, meaning},
    events::Platform,
    node::Node,
    partial::Event,
    pruned::Names,
    times::Times,
};

pub(crate) static PLATFORM: Platform = Platform {
    prefix: "stringee",
    zone: None,
    marks: &[
        &["call_id", "call_status", "timestamp_ms"],
        &["endCallCause"],
        &["answer_time", "stop_time", "from_number"],
    ],
    own: &["call_id", "stop_time", "endCallCause"],
    names: Names {
        read: &[
            "call_id",
            "id",
            "call_status",
            "timestamp_ms",
            "from",
            "to",
            "number",
            "type",
            "endCallCause",
            "endedBy",
            "duration",
            "answerDuration",
            "clientCustomData",
            "from_number",
            "to_number",
            "start_time",
            "answer_time",
            "stop_time",
            "created",
            "amount",
            "status",
            "direction",
            "recorded",
            "record_url",
            "recording_url",
        ],
        whole: &[],
    },
    columns: None,
    read,
};

const CAUSES: EndingWords = &[("user-end-call", OK_OR_NA), ("max-connect-time", OK), ("can-not-make-call", CU)];
/// Of StringeeX: connected, missed, ended in the menu, in the survey.
const STATUSES: EndingWords = &[("1", OK), ("2", NA), ("3", OK), ("4", OK)];

fn read<'a>(body: Body<'a>, times: &mut Times) -> Result<Vec<Event<'a>>, FieldError> {
    let Some(call) = body.first(&["call_id", "id"]) else { return Ok(Vec::new()) };
    let is_logged = body.has("stop_time") || !body.has("call_status");
    let event = if is_logged { logged(call, body, times)? } else { happened(call, body, times)? };
    Ok(vec![event])
}

fn happened<'a>(call: Cow<'a, str>, body: Body<'a>, times: &mut Times) -> Result<Event<'a>, FieldError> {
    let at = times.at(body, "timestamp_ms")?;
    let state = body.first(&["call_status"]).unwrap_or_default();
    let is_at = |states: &[&str]| at.filter(|_| states.contains(&state.as_ref()));
    let is_end = state == "ended";
    let cause = body.first(&["endCallCause"]);
    let ending = match (&cause, is_end) {
        (_, false) => ONGOING,
        (Some(cause), true) => match meaning(CAUSES, cause) {
            Ending::Unknown => by_cause(Some(cause), "", false),
            known => known,
        },
        (None, true) => ASK,
    };
    let is_internal = body.is("from.type", "internal") && body.is("to.type", "internal");
    let is_outbound = body.is("to.type", "external") || !body.is("from.type", "external");
    let custom = body.first(&["clientCustomData"]);
    let campaign = custom.and_then(|text| match Node::parse(&text) {
        Some(value) if value.is_object() => {
            Body(&value).first(&["campaign", "campaign_id", "campaignId"]).map(|name| Cow::Owned(name.into_owned()))
        }
        _ => Some(text),
    });
    Ok(Event {
        call,
        at,
        order: at.unwrap_or_default(),
        dialed_at: is_at(&["created", "started"]),
        answered_at: is_at(&["answered"]),
        ended_at: at.filter(|_| is_end),
        talk: body.seconds("answerDuration")?,
        duration: body.seconds("duration")?.filter(|_| is_end),
        ending: Some(ending),
        campaign,
        is_inbound: (!is_outbound).then_some(true),
        is_internal: is_internal.then_some(true),
        phone: body.first(&[if is_outbound { "to.number" } else { "from.number" }]),
        hangup_by: match body.text("endedBy").as_deref() {
            Some("EXTERNAL") => Some(HangupBy::Customer),
            Some("INTERNAL") => Some(HangupBy::Bot),
            _ => None,
        },
        word: is_end.then(|| ("endCallCause", cause.clone().unwrap_or_default())),
        cause,
        ..Event::default()
    })
}

fn logged<'a>(call: Cow<'a, str>, body: Body<'a>, times: &mut Times) -> Result<Event<'a>, FieldError> {
    let status = body.first(&["status"]);
    let (started, answered) = (times.at(body, "start_time")?, times.at(body, "answer_time")?);
    let ended = times.at(body, "stop_time")?;
    let is_inbound = body.is("direction", "1");
    let ending = match &status {
        Some(status) => meaning(STATUSES, status),
        None if ended.is_some() => OK_OR_NA,
        None => ONGOING,
    };
    Ok(Event {
        call,
        order: ended.unwrap_or_default(),
        dialed_at: started.or(times.at(body, "created")?),
        answered_at: answered,
        ended_at: ended,
        ending: Some(ending),
        word: status.clone().map(|status| ("status", status)),
        is_inbound: is_inbound.then_some(true),
        is_internal: body.is("direction", "2").then_some(true),
        phone: body.first(&[if is_inbound { "from_number" } else { "to_number" }]),
        cost: body.first(&["amount"]).map(|amount| (amount, "VND".into())),
        recording_url: body.first(&["record_url", "recording_url"]),
        cause: status,
        ..Event::default()
    })
}
