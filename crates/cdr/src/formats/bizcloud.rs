//! bizcloud (VoiceCloud): the addresses that it asks after a call, `GET …?callid=…&calldate=…&status=…`, as a log has them.
//!
//! Source: support.bizcloud.vn; see docs/FORMATS.md.

use domain::FieldError;

use crate::{
    body::Body,
    ending::{EndingWords, NA, OK, meaning},
    events::{Platform, keep_all},
    local_time::DateOrder,
    node::Node,
    partial::Event,
    pruned::Names,
    times::Times,
};

pub(crate) static PLATFORM: Platform = Platform {
    prefix: "bizcloud",
    zone: None,
    marks: &[&["callid", "calldate", "status"]],
    own: &["callid"],
    names: Names {
        read: &[
            "callid",
            "calldate",
            "duration",
            "holdtime",
            "status",
            "extension",
            "queue",
            "phone",
            "recordingfile",
            "campaign",
        ],
        whole: &[],
    },
    columns: None,
    read,
};

/// A caller who gave up before anybody took the call has talked to nobody.
const STATUSES: EndingWords = &[("answered", OK), ("abandon", NA)];

fn read<'a>(body: Body<'a>, times: &mut Times) -> Result<Vec<Event<'a>>, FieldError> {
    let Some(call) = body.first(&["callid"]) else { return Ok(Vec::new()) };
    let status = body.first(&["status"]).unwrap_or_default();
    let dialed = match body.first(&["calldate"]) {
        None => None,
        Some(text) => {
            // `2020-10-10-10:10:10`
            let text = match text.match_indices('-').nth(2) {
                Some((at, _)) => format!("{} {}", &text[..at], &text[at + 1..]),
                None => text.into_owned(),
            };
            let read = times.instant(&Node::Text(text.as_str().into()), DateOrder::YearMonthDay);
            read.map_err(|reason| FieldError::new("calldate", format!("{reason}: \"{text}\"")))?
        }
    };
    // Only who calls in waits in a queue.
    let is_inbound = body.has("queue") || body.has("holdtime");
    let mut event = Event {
        call,
        dialed_at: dialed,
        duration: body.seconds("duration")?.or(body.seconds("holdtime")?),
        ending: Some(meaning(STATUSES, &status)),
        campaign: body.first(&["campaign"]),
        phone: body.first(&["phone"]),
        is_inbound: is_inbound.then_some(true),
        cause: Some(status.clone()).filter(|status| !status.is_empty()),
        word: Some(("status", status)),
        recording_url: body.first(&["recordingfile"]),
        ..Event::default()
    };
    keep_all(&mut event, body, &[("extension", "extension"), ("queue", "queue"), ("holdtime", "holdtime")]);
    Ok(vec![event])
}
