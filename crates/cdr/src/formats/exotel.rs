//! Exotel: the callbacks of campaigns, the status callback of a call, and calls of its API.
//!
//! Source: developer.exotel.com; see docs/FORMATS.md.

use domain::FieldError;

use crate::{
    body::Body,
    ending::{OK, ONGOING, meaning},
    events::{Platform, keep},
    partial::Event,
    pruned::Names,
    times::Times,
};

use super::twilio::STATUSES;

pub(crate) static PLATFORM: Platform = Platform {
    prefix: "exotel",
    zone: Some("Asia/Kolkata"),
    marks: &[
        &["campaign_sid", "call_sid"],
        &["campaign_sid", "call_sids"],
        &["CallSid", "DateUpdated", "Status"],
        &["Sid", "ConversationDuration"],
        &["Call", "Sid", "PhoneNumberSid"],
    ],
    own: &["call_sid", "call_sids", "CallSid", "Sid"],
    names: Names {
        read: &[
            "call_sid",
            "call_sids",
            "campaign_sid",
            "number",
            "status",
            "date_created",
            "date_updated",
            "CallSid",
            "Sid",
            "DateCreated",
            "DateUpdated",
            "Status",
            "StartTime",
            "EndTime",
            "Duration",
            "ConversationDuration",
            "From",
            "To",
            "Direction",
            "Price",
            "RecordingUrl",
            "AnsweredBy",
            "CustomField",
        ],
        whole: &[],
    },
    columns: None,
    read,
};

fn read<'a>(body: Body<'a>, times: &mut Times) -> Result<Vec<Event<'a>>, FieldError> {
    // A summary of a customer's calls has no id of its own.
    let Some(call) = body.first(&["call_sid", "CallSid", "Sid"]) else { return Ok(Vec::new()) };
    let status = body.first(&["status", "Status"]).unwrap_or_default();
    let ending = meaning(STATUSES, &status);
    let updated = times.at(body, "date_updated")?.or(times.at(body, "DateUpdated")?);
    let ended = times.at(body, "EndTime")?;
    let is_inbound = body.is("Direction", "inbound");
    let customer = if is_inbound { "From" } else { "To" };
    let mut event = Event {
        call,
        is_inbound: is_inbound.then_some(true),
        at: updated,
        order: updated.unwrap_or_default(),
        dialed_at: times.at(body, "StartTime")?.or(times.at(body, "date_created")?),
        // The callback of a campaign has no other end; that of a call comes after it.
        ended_at: ended.or(updated.filter(|_| body.has("date_updated") && ending != ONGOING)),
        talk: body.seconds("ConversationDuration")?.filter(|_| ending == OK),
        duration: body.seconds("Duration")?,
        ending: Some(ending),
        campaign: body.first(&["campaign_sid", "CustomField"]),
        phone: body.first(&["number", customer]),
        cause: Some(status.clone()),
        word: Some(("status", status)),
        cost: body.first(&["Price"]).map(|amount| (amount, "INR".into())),
        recording_url: body.first(&["RecordingUrl"]),
        is_machine: body.first(&["AnsweredBy"]).is_some_and(|by| by.eq_ignore_ascii_case("machine")),
        ..Event::default()
    };
    keep(&mut event, "from", body.at("From"));
    Ok(vec![event])
}
