//! Vonage Voice API: calls of the API and the events of its webhook.
//!
//! Source: Vonage/vonage-python-sdk; see docs/FORMATS.md.

use domain::FieldError;

use crate::{
    body::Body,
    ending::{BS, EndingWords, MACHINE, NA, OK, OK_OR_NA, ONGOING, meaning},
    events::{Platform, keep_all},
    partial::Event,
    pruned::Names,
    times::Times,
};

pub(crate) static PLATFORM: Platform = Platform {
    prefix: "vonage",
    zone: None,
    marks: &[&["conversation_uuid", "uuid"]],
    own: &["uuid", "conversation_uuid"],
    names: Names {
        read: &[
            "uuid",
            "conversation_uuid",
            "direction",
            "duration",
            "start_time",
            "end_time",
            "timestamp",
            "from",
            "to",
            "number",
            "type",
            "price",
            "status",
            "network",
            "reason",
            "detail",
            "sip_code",
            "recording_url",
            "sub_state",
        ],
        whole: &[],
    },
    columns: None,
    read,
};

const STATUSES: EndingWords = &[
    // With a duration of 0 it was not answered.
    ("completed", OK_OR_NA),
    ("machine", MACHINE),
    ("human", OK),
    ("rejected", BS),
    ("cancelled", NA),
    ("canceled", NA),
    ("started", ONGOING),
    ("ringing", ONGOING),
    ("answered", ONGOING),
    ("input", ONGOING),
];

fn read<'a>(body: Body<'a>, times: &mut Times) -> Result<Vec<Event<'a>>, FieldError> {
    let is_bot = |end: &str| body.is(&format!("{end}.type"), "websocket") || body.is(&format!("{end}.type"), "app");
    let status = body.first(&["status"]);
    let (Some(call), Some(status)) = (body.first(&["uuid"]), status) else {
        // A recording names its conversation alone.
        return Ok(Vec::new());
    };
    // The leg to the bot itself is no call to a customer.
    if is_bot("to") {
        return Ok(Vec::new());
    }
    let at = times.at(body, "timestamp")?;
    let ending = meaning(STATUSES, &status);
    let ended = times.at(body, "end_time")?;
    let is_at = |word: &str| at.filter(|_| status == word);
    let started = times.at(body, "start_time")?;
    let is_inbound = body.is("direction", "inbound");
    let customer = if is_inbound { "from" } else { "to" };
    let mut event = Event {
        call,
        is_inbound: is_inbound.then_some(true),
        at,
        order: at.or(ended).unwrap_or_default(),
        dialed_at: started.or(is_at("started")).or(is_at("ringing")),
        answered_at: is_at("answered"),
        ended_at: ended.or(at.filter(|_| !matches!(ending, ONGOING | MACHINE | OK))),
        talk: body.seconds("duration")?.filter(|_| matches!(ending, OK_OR_NA | MACHINE)),
        ending: Some(ending),
        phone: body.first(&[&format!("{customer}.number"), customer]),
        cause: Some(status.clone()),
        word: Some(("status", status)),
        cost: body.first(&["price"]).map(|amount| (amount, "EUR".into())),
        ..Event::default()
    };
    keep_all(
        &mut event,
        body,
        &[
            ("network", "network"),
            ("sip_status", "sip_code"),
            ("reason", "reason"),
            ("machine", "sub_state"),
            ("conversation", "conversation_uuid"),
        ],
    );
    Ok(vec![event])
}
