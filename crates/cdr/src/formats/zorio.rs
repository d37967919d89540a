//! Zorio: the webhooks of its switch (`pbx.call.…`) and of its automatic calls (`autocall.call.…`).
//!
//! Source: docs.zorio.vn; see docs/FORMATS.md.

use std::borrow::Cow;

use domain::FieldError;

use crate::{
    body::Body,
    ending::{Ending, OK, OK_OR_NA, ONGOING, by_cause},
    events::{Platform, keep_all},
    partial::Event,
    pruned::Names,
    times::Times,
};

pub(crate) static PLATFORM: Platform = Platform {
    prefix: "zorio",
    zone: None,
    marks: &[&["event", "call_uuid", "caller_number", "destination_number"], &["event", "tenant_id", "call_uuid"]],
    own: &["event"],
    names: Names {
        read: &[
            "event",
            "timestamp",
            "tenant_id",
            "data",
            "call_uuid",
            "extension",
            "direction",
            "caller_number",
            "destination_number",
            "phone_number",
            "customer_name",
            "campaign_id",
            "lead_id",
            "started_at",
            "answered_at",
            "ended_at",
            "hangup_cause",
            "recording_url",
        ],
        whole: &[],
    },
    columns: None,
    read,
};

fn read<'a>(body: Body<'a>, times: &mut Times) -> Result<Vec<Event<'a>>, FieldError> {
    let (data, event) = (body.within("data"), body.text("event").unwrap_or_default());
    // What is told of a campaign or of a lead is no call.
    let step = ["pbx.call.", "autocall.call."].iter().find_map(|kind| event.strip_prefix(kind));
    let (Some(step), Some(call)) = (step, data.first(&["call_uuid"])) else { return Ok(Vec::new()) };
    let at = times.at(body, "timestamp")?.or(times.at(data, "timestamp")?);
    let is_end = matches!(step, "hangup" | "completed");
    let is_answer = step == "answered";
    let answered = times.at(data, "answered_at")?.or(at.filter(|_| is_answer));
    let cause = data.first(&["hangup_cause"]);
    let ending = match &cause {
        _ if !is_end => ONGOING,
        _ if answered.is_some() => OK,
        Some(cause) => match by_cause(None, cause, true) {
            // It may have been answered by what another event says.
            Ending::Unanswered(why) => Ending::IfAnswered(why),
            other => other,
        },
        None => OK_OR_NA,
    };
    let direction = data.text("direction").unwrap_or_default().to_ascii_lowercase();
    let is_inbound = direction == "inbound";
    let number = if is_inbound { "caller_number" } else { "destination_number" };
    let mut event = Event {
        call,
        at,
        order: at.unwrap_or_default(),
        dialed_at: times.at(data, "started_at")?.or(at.filter(|_| matches!(step, "ringing" | "initiated"))),
        answered_at: answered,
        ended_at: times.at(data, "ended_at")?.or(at.filter(|_| is_end)),
        ending: Some(ending),
        campaign: data.first(&["campaign_id"]),
        contact_id: data.first(&["lead_id"]),
        phone: data.first(&["phone_number", number]),
        name: data.first(&["customer_name"]),
        is_inbound: is_inbound.then_some(true),
        is_internal: matches!(direction.as_str(), "internal" | "local").then_some(true),
        word: is_end.then(|| ("hangup_cause", cause.clone().unwrap_or(Cow::Borrowed("")))),
        cause,
        recording_url: data.first(&["recording_url"]),
        ..Event::default()
    };
    keep_all(&mut event, data, &[("extension", "extension")]);
    Ok(vec![event])
}
