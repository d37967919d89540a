//! TimePay Agents: the webhook of a call.
//!
//! Source: agents.docs.timepay.ai; see docs/FORMATS.md.

use domain::FieldError;

use crate::{
    assumed::Assumed,
    body::Body,
    ending::{EndingWords, NA, OK, meaning},
    events::{Platform, keep_all},
    partial::Event,
    pruned::Names,
    times::Times,
};

pub(crate) static PLATFORM: Platform = Platform {
    prefix: "timepay",
    zone: None,
    marks: &[&["call_id", "from_phone", "recording_id"], &["call_id", "loan_id", "disposition"]],
    own: &["call_id"],
    names: Names {
        read: &[
            "call_id",
            "agent_id",
            "campaign_name",
            "loan_id",
            "name",
            "phone",
            "from_phone",
            "status",
            "direction",
            "duration",
            "disposition",
            "summary",
            "start_time",
            "end_time",
            "recording_id",
            "recording_url",
            "language",
        ],
        whole: &["extracted_data"],
    },
    columns: None,
    read,
};

/// Its documentation names `Contacted` alone; the others are those of diallers.
const STATUSES: EndingWords = &[("contacted", OK), ("not-contacted", NA)];

fn read<'a>(body: Body<'a>, times: &mut Times) -> Result<Vec<Event<'a>>, FieldError> {
    let Some(call) = body.first(&["call_id"]) else { return Ok(Vec::new()) };
    let status = body.first(&["status"]).unwrap_or_default();
    let ending = meaning(STATUSES, &status);
    let started = times.at(body, "start_time")?;
    let length = body.seconds("duration")?;
    let mut event = Event {
        call,
        dialed_at: started,
        ended_at: times.at(body, "end_time")?.or(started.zip(length).map(|(start, length)| start + length)),
        talk: length.filter(|_| ending == OK),
        ending: Some(ending),
        campaign: body.first(&["campaign_name"]),
        voicebot: body.first(&["agent_id"]),
        phone: body.first(&["phone"]),
        name: body.first(&["name"]),
        cause: body.first(&["disposition"]).or_else(|| Some(status.clone()).filter(|status| !status.is_empty())),
        word: Some(("status", status)),
        recording_url: body.first(&["recording_url", "recording_id"]),
        ..Event::default()
    };
    if ending == OK {
        event.assumed.push(Assumed::DialIsAnswer);
    }
    keep_all(
        &mut event,
        body,
        &[
            ("loan", "loan_id"),
            ("status", "status"),
            ("summary", "summary"),
            ("language", "language"),
            ("data", "extracted_data"),
        ],
    );
    Ok(vec![event])
}
