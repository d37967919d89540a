//! ElevenLabs: the webhooks `post_call_transcription` and `call_initiation_failure`, and the conversations of its API.
//!
//! Source: elevenlabs/elevenlabs-docs; see docs/FORMATS.md.

use domain::FieldError;

use crate::{
    body::Body,
    dialogue::{Dialogue, seconds},
    ending::{ASK, CU, Ending, EndingWords, NA, OK, ONGOING, by_cause, meaning},
    events::{Platform, keep_all},
    partial::Event,
    pruned::Names,
    times::Times,
};

pub(crate) static PLATFORM: Platform = Platform {
    prefix: "elevenlabs",
    zone: None,
    marks: &[&["conversation_id", "agent_id"]],
    own: &["conversation_id", "event_timestamp"],
    names: Names {
        read: &[
            "type",
            "event_timestamp",
            "conversation_id",
            "agent_id",
            "agent_name",
            "status",
            "has_audio",
            "transcript",
            "role",
            "time_in_call_secs",
            "metadata",
            "start_time_unix_secs",
            "accepted_time_unix_secs",
            "call_duration_secs",
            "cost",
            "cost_fiat",
            "amount",
            "currency",
            "termination_reason",
            "phone_call",
            "direction",
            "external_number",
            "batch_call",
            "batch_call_id",
            "batch_call_recipient_id",
            "analysis",
            "call_successful",
            "transcript_summary",
            "failure_reason",
            "conversation_initiation_client_data",
            "to_number",
            "To",
            "CallStatus",
            "SipResponseCode",
            "sip_status_code",
            "error_reason",
        ],
        whole: &["data_collection_results", "dynamic_variables"],
    },
    columns: None,
    read,
};

/// What the carrier said, where the failure is `unknown`.
const CARRIER: EndingWords = &[("canceled", NA)];
const STATUSES: EndingWords =
    &[("done", OK), ("initiated", ONGOING), ("in-progress", ONGOING), ("processing", ONGOING)];

const TURNS: Dialogue = Dialogue { role: "role", bot: &["agent"], customer: &["user"], text: "message" };

fn read<'a>(body: Body<'a>, times: &mut Times) -> Result<Vec<Event<'a>>, FieldError> {
    let talk = body.within("data");
    let Some(id) = talk.first(&["conversation_id"]) else { return Ok(Vec::new()) };
    let at = times.at(body, "event_timestamp")?;
    let mut event = Event {
        call: id,
        at,
        order: at.unwrap_or_default(),
        voicebot: talk.first(&["agent_id"]),
        campaign: talk.first(&["metadata.batch_call.batch_call_id"]),
        contact_id: talk.first(&["metadata.batch_call.batch_call_recipient_id"]),
        phone: talk.first(&["metadata.phone_call.external_number", "metadata.body.To", "metadata.body.to_number"]),
        is_inbound: talk.is("metadata.phone_call.direction", "inbound").then_some(true),
        ..Event::default()
    };
    match body.first(&["type"]).as_deref() {
        Some("call_initiation_failure") => failure(&mut event, talk),
        Some("post_call_audio") => event.keep("recording", "sent as audio, not kept"),
        _ => conversation(&mut event, talk, times)?,
    }
    Ok(vec![event])
}

/// Where whoever has the account's key gets the recording ("Get conversation audio" of its API reference): no event names it.
fn audio_of(call: &str) -> String {
    format!("https://api.elevenlabs.io/v1/convai/conversations/{call}/audio")
}

fn failure<'a>(event: &mut Event<'a>, talk: Body<'a>) {
    let reason = talk.first(&["failure_reason"]).unwrap_or_default();
    let carrier = talk.within("metadata.body");
    let known = |ending: &Ending| *ending != ASK;
    let word = |path: &str| carrier.first(&[path]);
    let by_sip = |path: &str| word(path).map(|sip| by_cause(Some(&sip), "", false)).filter(known);
    // They may contradict: `busy` with 487.
    let by_carrier = || word("CallStatus").map(|word| meaning(CARRIER, &word)).filter(known);
    let ending = Some(meaning(&[], &reason))
        .filter(known)
        .or_else(by_carrier)
        .or_else(|| by_sip("SipResponseCode"))
        .or_else(|| by_sip("sip_status_code"))
        .unwrap_or(if reason == "unknown" { CU } else { ASK });
    event.ending = Some(ending);
    event.cause = Some(reason.clone()).filter(|reason| !reason.is_empty());
    event.word = Some(("failure_reason", reason));
    keep_all(
        event,
        carrier,
        &[("sip_status", "SipResponseCode"), ("sip_status", "sip_status_code"), ("error", "error_reason")],
    );
}

fn conversation<'a>(event: &mut Event<'a>, talk: Body<'a>, times: &mut Times) -> Result<(), FieldError> {
    let started = times.at(talk, "metadata.start_time_unix_secs")?;
    let length = talk.seconds("metadata.call_duration_secs")?;
    let status = talk.first(&["status"]).unwrap_or("done".into());
    event.ending = Some(meaning(STATUSES, &status));
    event.word = Some(("status", status));
    event.dialed_at = started;
    event.answered_at = times.at(talk, "metadata.accepted_time_unix_secs")?.or(started);
    event.ended_at = started.zip(length).map(|(start, length)| start + length);
    if event.phone.is_none() && !talk.has("metadata.phone_call") {
        event.without_number();
    }
    if talk.is_true("has_audio") {
        event.recording_url = Some(audio_of(&event.call).into());
    }
    event.transcript = TURNS.lines(talk.at("transcript"), |turn| seconds(turn, "time_in_call_secs"));
    event.cause = talk.first(&["metadata.termination_reason"]);
    event.cost = match talk.first(&["metadata.cost_fiat.amount", "metadata.cost_fiat"]) {
        Some(amount) => Some((amount, talk.first(&["metadata.cost_fiat.currency"]).unwrap_or_default())),
        None => talk.first(&["metadata.cost"]).map(|amount| (amount, "credits".into())),
    };
    keep_all(
        event,
        talk,
        &[
            ("voicebot_name", "agent_name"),
            ("success", "analysis.call_successful"),
            ("summary", "analysis.transcript_summary"),
            ("data", "analysis.data_collection_results"),
            ("variables", "conversation_initiation_client_data.dynamic_variables"),
        ],
    );
    Ok(())
}
