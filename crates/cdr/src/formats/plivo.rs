//! Plivo: calls and recordings of its API, and the bodies of its callbacks.
//!
//! Source: plivo/plivo-python and the hang-up causes of its documentation; see docs/FORMATS.md.

use std::borrow::Cow;

use domain::{FieldError, HangupBy};

use crate::{
    assumed::Assumed,
    body::Body,
    ending::{ASK, BS, CU, Ending, EndingWords, NA, NOT_DIALLED, OK, OK_OR_CU, OK_OR_NA, ONGOING, meaning},
    events::{Platform, keep},
    partial::Event,
    pruned::Names,
    times::Times,
};

pub(crate) static PLATFORM: Platform = Platform {
    prefix: "plivo",
    zone: None,
    marks: &[
        &["call_uuid", "call_direction"],
        &["call_uuid", "initiation_time"],
        &["call_uuid", "recording_id"],
        &["CallUUID", "CallStatus"],
    ],
    own: &["call_uuid", "CallUUID"],
    names: Names {
        read: &[
            "call_uuid",
            "parent_call_uuid",
            "call_direction",
            "from_number",
            "to_number",
            "initiation_time",
            "answer_time",
            "end_time",
            "call_duration",
            "bill_duration",
            "call_state",
            "call_status",
            "hangup_cause_code",
            "hangup_cause_name",
            "hangup_source",
            "total_amount",
            "recording_url",
            "recording_id",
            "CallUUID",
            "ParentCallUUID",
            "Direction",
            "From",
            "To",
            "CallStatus",
            "StartTime",
            "AnswerTime",
            "EndTime",
            "Duration",
            "BillDuration",
            "HangupCauseCode",
            "HangupCauseName",
            "HangupCause",
            "HangupSource",
            "TotalCost",
            "Machine",
            "RecordUrl",
            "campaign",
        ],
        whole: &[],
    },
    columns: None,
    read,
};

const STATUSES: EndingWords = &[
    ("completed", OK),
    // `call_state` of the list of calls.
    ("answer", OK),
    ("cancel", NA),
    ("canceled", NA),
    ("queued", ONGOING),
    ("ringing", ONGOING),
    ("in-progress", ONGOING),
    ("early-media", ONGOING),
    ("answered", ONGOING),
];

const CAUSES: EndingWords = &[
    ("4*", OK_OR_NA),
    ("1000", NOT_DIALLED),
    ("1010", CU),
    ("1020", CU),
    ("20*", CU),
    ("3000", NA),
    ("3010", BS),
    ("3020", BS),
    ("3120", NA),
    ("3*", OK_OR_CU),
    ("5*", OK_OR_CU),
    ("6*", OK_OR_CU),
    ("7*", OK_OR_CU),
    ("8*", OK_OR_CU),
    ("9*", OK_OR_CU),
];

/// How far the duration may be from what the instants say.
const ROUNDING_MS: i64 = 2_000;

fn read<'a>(body: Body<'a>, times: &mut Times) -> Result<Vec<Event<'a>>, FieldError> {
    let Some(own) = body.first(&["call_uuid", "CallUUID"]) else { return Ok(Vec::new()) };
    let (call, leg) = match body.first(&["parent_call_uuid", "ParentCallUUID"]).filter(|parent| *parent != own) {
        Some(parent) => (parent, own),
        None => (own, Cow::default()),
    };
    if body.has("recording_url") || body.has("RecordUrl") {
        let recording_url = body.first(&["recording_url", "RecordUrl"]);
        return Ok(vec![Event { call, leg, recording_url, ..Event::default() }]);
    }
    let mut at = |names: [&str; 2]| {
        names.into_iter().map(|name| times.at(body, name)).find(|at| *at != Ok(None)).unwrap_or(Ok(None))
    };
    let dialed = at(["initiation_time", "StartTime"])?;
    let answered = at(["answer_time", "AnswerTime"])?;
    let ended = at(["end_time", "EndTime"])?;
    let talk = body.seconds("bill_duration")?.or(body.seconds("BillDuration")?).or(body.seconds("call_duration")?);
    let status = body.first(&["call_state", "call_status", "CallStatus"]);
    let cause = body.first(&["hangup_cause_code", "HangupCauseCode"]);
    let (ending, field, word) = match (&status, &cause) {
        (Some(status), _) => (meaning(STATUSES, status), "call_state", status.clone()),
        (None, Some(cause)) => (meaning(CAUSES, cause), "hangup_cause_code", cause.clone()),
        // Older answers of the API have neither.
        (None, None) if ended.is_some() => (OK_OR_NA, "call_state", Cow::default()),
        (None, None) => (ONGOING, "call_state", Cow::default()),
    };
    let is_inbound = body.is("call_direction", "inbound") || body.is("Direction", "inbound");
    let mut event = Event {
        call,
        leg,
        order: ended.or(answered).or(dialed).unwrap_or_default(),
        at: ended,
        dialed_at: dialed,
        answered_at: answered,
        ended_at: ended,
        talk: talk.filter(|_| ending == OK && answered.is_none()),
        ending: Some(ending),
        is_machine: body.is_true("Machine"),
        campaign: body.first(&["campaign"]),
        is_inbound: is_inbound.then_some(true),
        phone: if is_inbound { body.first(&["from_number", "From"]) } else { body.first(&["to_number", "To"]) },
        hangup_by: body.first(&["hangup_source", "HangupSource"]).and_then(|side| match side.to_lowercase().as_str() {
            "caller" => Some(if is_inbound { HangupBy::Customer } else { HangupBy::Bot }),
            "callee" => Some(if is_inbound { HangupBy::Bot } else { HangupBy::Customer }),
            "unknown" => None,
            _ => Some(HangupBy::System),
        }),
        cause: body
            .first(&["hangup_cause_name", "HangupCauseName", "HangupCause"])
            .or(cause)
            .or_else(|| Some(word.clone()).filter(|word| !word.is_empty())),
        word: Some((field, word)),
        // The account is billed in US dollars or rupees; which of them the call does not say.
        cost: body.first(&["total_amount", "TotalCost"]).map(|amount| (amount, Cow::default())),
        ..Event::default()
    };
    let counted = answered.zip(ended).map(|(answer, end)| end - answer);
    if counted.zip(talk).is_some_and(|(counted, talk)| (counted - talk).abs() > ROUNDING_MS) {
        event.assumed.push(Assumed::Contradiction);
    }
    if status.is_none() && answered.is_none() && matches!(ending, Ending::IfAnswered(_)) {
        event.assumed.push(Assumed::NoAnswerSeen);
    }
    if ending == ASK {
        event.cost = None;
    }
    keep(&mut event, "hangup_cause_code", body.at("hangup_cause_code"));
    Ok(vec![event])
}
