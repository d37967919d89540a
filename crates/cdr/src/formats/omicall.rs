//! OMICall, and Sen Bac's switch, which is built on it: the webhook of a call's end and the lists of its API.
//!
//! Source: api.omicall.com (call-transaction v2) and api-vpbx.senbac.com; see docs/FORMATS.md. `time_start_to_answer` is the
//! dial instant and `bill_sec` what is billed, whatever they are called.

use std::borrow::Cow;

use domain::{FieldError, HangupBy};

use crate::{
    assumed::Assumed,
    body::Body,
    ending::{CU, Ending, EndingWords, NA, OK, ONGOING, by_cause, meaning},
    events::{Platform, keep},
    partial::Event,
    pruned::Names,
    times::Times,
};

pub(crate) static PLATFORM: Platform = Platform {
    prefix: "omicall",
    zone: None,
    marks: &[
        &["transaction_id", "answer_sec"],
        &["transaction_id", "bill_sec"],
        &["transaction_id", "time_start_call"],
        &["transaction_id", "time_start_to_answer"],
    ],
    own: &["transaction_id", "call_uuid"],
    names: Names {
        read: &[
            "transaction_id",
            "call_uuid",
            "state",
            "direction",
            "phone_number",
            "source_number",
            "destination_number",
            "from_number",
            "to_number",
            "customer",
            "full_name",
            "time_start_call",
            "time_start_to_answer",
            "time_answer_start",
            "time_end_call",
            "duration",
            "answer_sec",
            "bill_sec",
            "disposition",
            "hangup_cause",
            "dial_status",
            "invite_failure_status",
            "is_voicemail",
            "endby_name",
            "call_out_price",
            "autocall_id",
            "autocall_uuid",
            "is_auto_call",
            "is_callbot",
            "is_ai",
            "recording_file_url",
            "recording_file",
            "sip_user",
            "provider",
            "last_updated_date",
            "created_time",
            "date_time",
            "hotline",
        ],
        whole: &["tag"],
    },
    columns: None,
    read,
};

const DISPOSITIONS: EndingWords = &[("answered", OK), ("cancelled", NA), ("canceled", NA)];
const DIAL_STATUSES: EndingWords = &[("cancel", NA), ("invalidargs", CU)];

/// How far the seconds of the talk may be from what the instants say.
const ROUNDING_MS: i64 = 2_000;

fn read<'a>(body: Body<'a>, times: &mut Times) -> Result<Vec<Event<'a>>, FieldError> {
    let Some(call) = body.first(&["transaction_id", "call_uuid"]) else {
        return Err(FieldError::new("transaction_id", "is empty: nothing tells the call apart"));
    };
    let direction = body.first(&["direction"]).unwrap_or_default().to_lowercase();
    let is_internal = matches!(direction.as_str(), "internal" | "local");
    let numbers: &[&str] = if direction == "inbound" {
        &["phone_number", "source_number", "from_number"]
    } else {
        &["phone_number", "destination_number", "to_number"]
    };
    let mut event = Event {
        call,
        phone: body.first(numbers),
        is_inbound: (direction == "inbound").then_some(true),
        is_internal: is_internal.then_some(true),
        name: body.first(&["customer.full_name"]),
        campaign: body.first(&["autocall_id", "autocall_uuid"]),
        ..Event::default()
    };
    // The webhook of what happens before the end has no more than that.
    if body
        .first(&["state"])
        .is_some_and(|state| ["ringing", "answered", "hangup"].contains(&state.to_lowercase().as_str()))
    {
        event.at = times.at(body, "date_time")?.or(times.at(body, "created_time")?);
        event.order = event.at.unwrap_or_default();
        event.ending = Some(ONGOING);
        return Ok(vec![event]);
    }
    let dialed = times.at(body, "time_start_call")?.or(times.at(body, "time_start_to_answer")?);
    let duration = body.seconds("duration")?;
    let ended = times.at(body, "time_end_call")?.or(dialed.zip(duration).map(|(start, length)| start + length));
    let talk = body.seconds("answer_sec")?.filter(|talk| *talk > 0);
    let (ending, word) = ending(body, talk.is_some());
    let said = times.at(body, "time_answer_start")?.filter(|_| ending == OK);
    let counted = ended.zip(talk).map(|(end, talk)| end - talk);
    if said.zip(counted).is_some_and(|(said, counted)| (said - counted).abs() > ROUNDING_MS) {
        event.assumed.push(Assumed::Contradiction);
    }
    event.order = times.at(body, "last_updated_date")?.unwrap_or(1);
    event.dialed_at = dialed;
    event.ended_at = ended;
    event.answered_at = counted.or(said).filter(|_| ending == OK);
    event.ending = Some(ending);
    event.is_machine = body.is_true("is_voicemail");
    event.cause = body.first(&["hangup_cause", "dial_status", "disposition"]);
    event.word = Some(word);
    event.hangup_by = body.is("endby_name", "end_call_by_customer").then_some(HangupBy::Customer);
    event.cost = body.first(&["call_out_price"]).map(|amount| (amount, "VND".into()));
    event.recording_url = body.first(&["recording_file_url", "recording_file"]);
    for name in ["endby_name", "sip_user", "provider", "hotline", "tag", "is_callbot", "is_ai"] {
        keep(&mut event, name, body.at(name));
    }
    Ok(vec![event])
}

/// How it ended, and the field and word that say so. The list has a disposition, the webhook none.
fn ending(body: Body<'_>, is_talk: bool) -> (Ending, (&'static str, Cow<'_, str>)) {
    let word = |field: &'static str| (field, body.first(&[field]).unwrap_or_default());
    let disposition = word("disposition");
    match meaning(DISPOSITIONS, &disposition.1) {
        _ if disposition.1.is_empty() && is_talk => return (OK, disposition),
        Ending::Unknown if !disposition.1.is_empty() => return (Ending::Unknown, disposition),
        OK => return (OK, disposition),
        _ => {}
    }
    let sip = body.first(&["invite_failure_status"]);
    let (cause, dial) = (word("hangup_cause"), word("dial_status"));
    let by_dial = meaning(DIAL_STATUSES, &dial.1);
    match by_cause(sip.as_deref(), &cause.1, true) {
        Ending::Unknown if by_dial != Ending::Unknown => (by_dial, dial),
        Ending::Unknown if disposition.1.is_empty() => (NA, cause),
        Ending::Unknown => (meaning(DISPOSITIONS, &disposition.1), disposition),
        ending => (ending, cause),
    }
}
