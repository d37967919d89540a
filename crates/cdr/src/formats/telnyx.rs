//! Telnyx Voice API: the events of its webhooks, also among the lines of a log.
//!
//! Source: developers.telnyx.com and a real call of five events; see docs/FORMATS.md. TeXML speaks Twilio's language.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::FieldError;
use serde_json::Value;

use crate::{
    body::Body,
    ending::{BS, CU, EndingWords, NA, OK, OK_OR_CU, OK_OR_NA, ONGOING, by_cause, meaning},
    events::{Platform, keep},
    node::Node,
    partial::Event,
    pruned::Names,
    times::Times,
};

pub(crate) static PLATFORM: Platform = Platform {
    prefix: "telnyx",
    zone: None,
    marks: &[&["event_type", "call_session_id"], &["event_type", "call_leg_id"]],
    own: &["event_type"],
    names: Names {
        read: &[
            "event_type",
            "occurred_at",
            "call_session_id",
            "call_leg_id",
            "client_state",
            "direction",
            "from",
            "to",
            "start_time",
            "end_time",
            "hangup_cause",
            "hangup_source",
            "sip_hangup_cause",
            "result",
            "recording_urls",
            "public_recording_urls",
            "mp3",
            "wav",
            "total_cost",
            "currency",
        ],
        whole: &[],
    },
    columns: None,
    read,
};

const CAUSES: EndingWords = &[
    ("normal-clearing", OK_OR_NA),
    ("originator-cancel", NA),
    ("not-found", OK_OR_CU),
    ("unspecified", OK_OR_CU),
    ("time-limit", OK),
];

fn read<'a>(body: Body<'a>, times: &mut Times) -> Result<Vec<Event<'a>>, FieldError> {
    let said = body.within("payload");
    let Some(call) = said.first(&["call_session_id", "call_leg_id"]) else { return Ok(Vec::new()) };
    let leg = said.first(&["call_leg_id"]).filter(|leg| *leg != call).unwrap_or_default();
    let at = times.at(body, "occurred_at")?;
    let mut event = Event { call, leg, at, order: at.unwrap_or_default(), ..Event::default() };
    event.dialed_at = times.at(said, "start_time")?;
    match body.first(&["event_type"]).unwrap_or_default().as_ref() {
        "call.initiated" => {
            event.ending = Some(ONGOING);
            event.dialed_at = event.dialed_at.or(at);
        }
        "call.answered" => {
            event.ending = Some(ONGOING);
            event.answered_at = at;
        }
        "call.hangup" => hangup(&mut event, said, times)?,
        kind if kind.starts_with("call.machine") => {
            event.ending = Some(ONGOING);
            event.is_machine =
                said.first(&["result"]).is_some_and(|by| by.starts_with("machine") || by.starts_with("fax"));
        }
        "call.recording.saved" => {
            event.recording_url = said.first(&[
                "recording_urls.mp3",
                "recording_urls.wav",
                "public_recording_urls.mp3",
                "public_recording_urls.wav",
            ]);
        }
        "call.cost" => {
            let currency = said.first(&["currency"]).unwrap_or_default();
            event.cost = said.first(&["total_cost"]).map(|amount| (amount, currency));
        }
        _ => return Ok(Vec::new()),
    }
    if let Some(state) =
        said.text("client_state").and_then(|text| String::from_utf8(STANDARD.decode(text.as_bytes()).ok()?).ok())
    {
        let value = Node::parse(&state);
        let named = value.as_ref().and_then(|value| Body(value).first(&["campaign", "campaign_id"]));
        let named = named.map(Cow::into_owned);
        event.campaign =
            named.or_else(|| Some(state.clone()).filter(|state| !state.contains([' ', '{']))).map(Cow::from);
        if !state.trim().is_empty() {
            event.keep("client_state", Value::from(state));
        }
    }
    // Of an incoming call only the first event says which way it goes.
    event.is_inbound = said.text("direction").map(|direction| direction.starts_with("in"));
    (event.caller, event.callee) = (said.first(&["from"]), said.first(&["to"]));
    event.is_ended_by_caller = match said.text("hangup_source").as_deref() {
        Some("caller") => Some(true),
        Some("callee") => Some(false),
        _ => None,
    };
    Ok(vec![event])
}

fn hangup<'a>(event: &mut Event<'a>, said: Body<'a>, times: &mut Times) -> Result<(), FieldError> {
    let cause = said.first(&["hangup_cause"]).unwrap_or_default();
    let sip = said.first(&["sip_hangup_cause"]);
    event.ending = Some(if cause == "call_rejected" {
        if by_cause(sip.as_deref(), "", false) == BS { BS } else { CU }
    } else {
        meaning(CAUSES, &cause)
    });
    event.ended_at = times.at(said, "end_time")?.or(event.at);
    event.cause = Some(cause.clone());
    event.word = Some(("hangup_cause", cause));
    keep(event, "sip_status", said.at("sip_hangup_cause"));
    Ok(())
}
