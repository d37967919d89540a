//! Vapi: the messages of its server URL (`end-of-call-report`, `status-update`) and the calls of its API.
//!
//! Source: VapiAI/docs and the `endedReason`s of server-sdk-python; see docs/FORMATS.md for what becomes what.

use domain::{FieldError, HangupBy};

use crate::{
    assumed::Assumed,
    body::Body,
    dialogue::{Dialogue, seconds},
    ended_reasons::of_json,
    ending::{CU, Ending, OK, OK_OR_CU, ONGOING},
    events::{Platform, keep},
    partial::Event,
    pruned::Names,
    times::Times,
};

pub(crate) static PLATFORM: Platform = Platform {
    prefix: "vapi",
    zone: None,
    // A long talk comes before the reason, the type before both.
    marks: &[
        &["end-of-call-report"],
        &["endedReason"],
        &["orgId", "assistantId"],
        &["orgId", "assistant", "status-update"],
    ],
    own: &["endedReason", "call", "assistantId", "startedAt"],
    names: Names {
        read: &[
            "type",
            "timestamp",
            "status",
            "call",
            "id",
            "orgId",
            "createdAt",
            "startedAt",
            "endedAt",
            "endedReason",
            "customer",
            "number",
            "name",
            "externalId",
            "assistant",
            "assistantId",
            "campaignId",
            "cost",
            "recordingUrl",
            "stereoRecordingUrl",
            "artifact",
            "recording",
            "mono",
            "combinedUrl",
            "stereoUrl",
            "messages",
            "role",
            "message",
            "secondsFromStart",
            "analysis",
            "summary",
            "successEvaluation",
        ],
        whole: &["structuredData", "metadata"],
    },
    columns: None,
    read,
};

const TURNS: Dialogue =
    Dialogue { role: "role", bot: &["bot", "assistant"], customer: &["user", "customer"], text: "message" };

/// How long a call may ring: a call that was created earlier was scheduled or queued.
const LONGEST_RING_MS: i64 = 180_000;

fn read<'a>(body: Body<'a>, times: &mut Times) -> Result<Vec<Event<'a>>, FieldError> {
    let call = body.within("call");
    let Some(id) = call.first(&["id"]) else { return Ok(Vec::new()) };
    let both = |path: &str| [body, call].into_iter().find(|of| of.has(path)).unwrap_or(body);
    let reason = both("endedReason").first(&["endedReason"]);
    let started = times.at(both("startedAt"), "startedAt")?;
    let ended = times.at(both("endedAt"), "endedAt")?;
    let created = times.at(call, "createdAt")?;
    let messages = [body, call].iter().find_map(|of| of.at("artifact.messages").or_else(|| of.at("messages")));
    let transcript = TURNS.lines(messages, |turn| seconds(turn, "secondsFromStart"));
    // A status update comes before the report, and knows neither the instants nor what was said.
    let is_report = ended.is_some() || body.is("type", "end-of-call-report");
    let (said, is_known) = reason.as_deref().map_or((ONGOING, true), of_json);
    let ending = match said {
        OK | OK_OR_CU if !is_report => ONGOING,
        OK | OK_OR_CU if started.is_none() || transcript.is_none() => CU,
        OK_OR_CU => OK,
        ending => ending,
    };
    let is_connected = matches!(ending, Ending::Answered | Ending::Machine);
    let near = |created: i64| (0..=LONGEST_RING_MS).contains(&(started.or(ended).unwrap_or(created) - created));
    let mut event = Event {
        call: id,
        at: times.at(body, "timestamp")?.or(ended),
        dialed_at: created.filter(|created| near(*created)).or(started),
        answered_at: started.filter(|_| is_connected),
        ended_at: ended,
        ending: Some(ending),
        word: reason.clone().map(|reason| ("endedReason", reason)),
        campaign: call.first(&["campaignId", "metadata.campaign", "metadata.campaign_id"]),
        voicebot: body.first(&["assistant.id", "call.assistantId", "assistantId"]),
        phone: call.first(&["customer.number"]).or_else(|| body.first(&["customer.number"])),
        is_inbound: call.is("type", "inboundPhoneCall").then_some(true),
        contact_id: call.first(&["customer.externalId"]),
        name: call.first(&["customer.name"]),
        hangup_by: reason.as_deref().map(hangup_by),
        cause: reason,
        cost: both("cost").first(&["cost"]).map(|amount| (amount, "USD".into())),
        recording_url: [body, call]
            .iter()
            .find_map(|of| of.first(&["recordingUrl", "artifact.recordingUrl", "artifact.recording.mono.combinedUrl"])),
        transcript,
        ..Event::default()
    };
    event.order = event.at.unwrap_or_default();
    if !is_known && is_report {
        event.assumed.push(Assumed::ReasonUnknown);
    }
    if event.phone.is_none() && call.is("type", "webCall") {
        event.without_number();
    }
    keep(&mut event, "voicebot_name", body.at("assistant.name"));
    let stereo = [body, call]
        .into_iter()
        .find_map(|of| ["stereoRecordingUrl", "artifact.stereoRecordingUrl"].into_iter().find_map(|path| of.at(path)));
    keep(&mut event, "recording_stereo", stereo);
    for (name, path) in [
        ("summary", "analysis.summary"),
        ("success", "analysis.successEvaluation"),
        ("data", "analysis.structuredData"),
    ] {
        keep(&mut event, name, both("analysis").at(path));
    }
    Ok(vec![event])
}

fn hangup_by(reason: &str) -> HangupBy {
    let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| reason.starts_with(beginning));
    match reason {
        _ if begins(&["customer-ended"]) => HangupBy::Customer,
        _ if begins(&[
            "assistant-ended",
            "assistant-said",
            "assistant-forwarded",
            "exceeded-",
            "silence-",
            "voicemail",
        ]) =>
        {
            HangupBy::Bot
        }
        _ => HangupBy::System,
    }
}
