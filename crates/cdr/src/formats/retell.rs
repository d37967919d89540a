//! Retell: the events of its webhook (`call_started`, `call_ended`, `call_analyzed`) and the calls of its API.
//!
//! Source: `retell-python-sdk` (`types/phone_call_response.py`) and a real body; see docs/FORMATS.md.

use domain::{FieldError, HangupBy};

use crate::{
    body::Body,
    dialogue::{Dialogue, seconds},
    ending::{ASK, BS, CU, EndingWords, MACHINE, NA, OK, OK_OR_CU, ONGOING, meaning},
    events::{Platform, keep_all},
    partial::Event,
    pruned::Names,
    times::Times,
};

pub(crate) static PLATFORM: Platform = Platform {
    prefix: "retell",
    zone: None,
    marks: &[&["call_id", "disconnection_reason"], &["call_id", "agent_id", "call_status"]],
    own: &["call_id", "call"],
    names: Names {
        read: &[
            "call",
            "call_id",
            "call_type",
            "call_status",
            "event_timestamp",
            "agent_id",
            "agent_name",
            "agent_version",
            "batch_call_id",
            "from_number",
            "to_number",
            "direction",
            "start_timestamp",
            "end_timestamp",
            "duration_ms",
            "disconnection_reason",
            "transcript_object",
            "role",
            "content",
            "words",
            "start",
            "recording_url",
            "recording_multi_channel_url",
            "call_cost",
            "combined_cost",
            "call_analysis",
            "call_summary",
            "in_voicemail",
            "user_sentiment",
            "call_successful",
            "retell_llm_dynamic_variables",
            "customer_name",
        ],
        whole: &["metadata", "custom_analysis_data"],
    },
    columns: None,
    read,
};

const REASONS: EndingWords = &[
    ("user-hangup", OK),
    ("agent-hangup", OK),
    ("call-transfer", OK),
    ("transfer-bridged", OK),
    ("transfer-cancelled", OK),
    ("inactivity", OK),
    ("max-duration-reached", OK),
    ("manual-stopped", OK),
    ("call-take-over", OK),
    ("voicemail-reached", MACHINE),
    ("ivr-reached", MACHINE),
    ("dial-busy", BS),
    ("user-declined", BS),
    ("dial-no-answer", NA),
    ("error-user-not-joined", NA),
    ("registered-call-timeout", NA),
    ("invalid-destination", CU),
    ("telephony-provider-permission-denied", CU),
    ("telephony-provider-unavailable", CU),
    ("sip-routing-error", CU),
    ("marked-as-spam", CU),
    ("concurrency-limit-reached", CU),
    ("no-concurrency-fallback", CU),
    ("no-valid-payment", CU),
    // It ends calls that are going on as well as such that never began.
    ("scam-detected", OK_OR_CU),
    ("error-*", OK_OR_CU),
];

/// Of a call that has no reason.
const STATUSES: EndingWords = &[("registered", ONGOING), ("ongoing", ONGOING)];

const TURNS: Dialogue = Dialogue { role: "role", bot: &["agent"], customer: &["user"], text: "content" };

fn read<'a>(body: Body<'a>, times: &mut Times) -> Result<Vec<Event<'a>>, FieldError> {
    let call = body.within("call");
    let Some(id) = call.first(&["call_id"]) else { return Ok(Vec::new()) };
    let started = times.at(call, "start_timestamp")?;
    let ended = times.at(call, "end_timestamp")?;
    let at = times.at(body, "event_timestamp")?;
    let reason = call.first(&["disconnection_reason"]);
    let status = call.first(&["call_status"]);
    let (ending, word) = match (&reason, &status) {
        (Some(reason), _) => (meaning(REASONS, reason), Some(("disconnection_reason", reason.clone()))),
        (None, Some(status)) => (meaning(STATUSES, status), Some(("call_status", status.clone()))),
        (None, None) => (ASK, Some(("disconnection_reason", "".into()))),
    };
    let is_inbound = call.is("direction", "inbound");
    let mut event = Event {
        call: id,
        at,
        order: at.or(ended).unwrap_or_default(),
        answered_at: started,
        ended_at: ended,
        talk: call.span("duration_ms", 1.0)?.filter(|_| started.is_some()),
        ending: Some(ending),
        word,
        is_machine: call.is_true("call_analysis.in_voicemail"),
        campaign: call.first(&["metadata.campaign", "metadata.campaign_id", "batch_call_id"]),
        voicebot: call.first(&["agent_id", "agent_name"]),
        is_inbound: is_inbound.then_some(true),
        phone: call.first(&[if is_inbound { "from_number" } else { "to_number" }]),
        name: call.first(&["retell_llm_dynamic_variables.customer_name"]),
        hangup_by: reason.as_deref().map(hangup_by),
        cause: reason,
        cost: call.number("call_cost.combined_cost")?.map(|cents| ((cents / 100.0).to_string().into(), "USD".into())),
        recording_url: call.first(&["recording_url"]),
        transcript: TURNS
            .lines(call.at("transcript_object"), |turn| seconds(Body(turn.at("words")?.list()?.first()?), "start")),
        ..Event::default()
    };
    if event.phone.is_none() && call.is("call_type", "web_call") {
        event.without_number();
    }
    keep_all(
        &mut event,
        call,
        &[
            ("voicebot_name", "agent_name"),
            ("voicebot_version", "agent_version"),
            ("recording_stereo", "recording_multi_channel_url"),
            ("summary", "call_analysis.call_summary"),
            ("sentiment", "call_analysis.user_sentiment"),
            ("success", "call_analysis.call_successful"),
            ("data", "call_analysis.custom_analysis_data"),
            ("metadata", "metadata"),
        ],
    );
    Ok(vec![event])
}

fn hangup_by(reason: &str) -> HangupBy {
    match reason {
        "user_hangup" | "user_declined" => HangupBy::Customer,
        "agent_hangup" | "voicemail_reached" | "ivr_reached" => HangupBy::Bot,
        _ if reason.starts_with("transfer_") || reason == "call_transfer" => HangupBy::Bot,
        _ => HangupBy::System,
    }
}
