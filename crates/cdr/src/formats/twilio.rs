//! Twilio, and those that speak its language (SignalWire, Telnyx TeXML): calls and recordings of the REST API, bodies of
//! status and recording callbacks, and the call log as CSV.
//!
//! Source: twilio/twilio-oai and real bodies; the columns of the CSV are known by the names of the API. See docs/FORMATS.md.

use std::borrow::Cow;

use domain::{FieldError, HangupBy};

use crate::{
    assumed::Assumed,
    body::Body,
    columns::columns,
    ending::{CU, Ending, EndingWords, NA, OK, ONGOING, by_cause, meaning},
    events::{Columns, Platform, keep},
    known::Order,
    partial::Event,
    pruned::Names,
    times::Times,
};

pub(crate) static PLATFORM: Platform = Platform {
    prefix: "twilio",
    zone: None,
    marks: &[
        &["CallSid", "AccountSid"],
        &["CallSid", "CallStatus"],
        &["account_sid", "sid", "start_time", "status"],
        &["call_sid", "account_sid", "recordings"],
        &["call_sid", "account_sid", "channels"],
    ],
    own: &["CallSid", "call_sid", "sid"],
    names: Names {
        read: &[
            "sid",
            "call_sid",
            "parent_call_sid",
            "date_created",
            "date_updated",
            "start_time",
            "end_time",
            "duration",
            "direction",
            "from",
            "to",
            "status",
            "answered_by",
            "price",
            "price_unit",
            "uri",
            "media_url",
            "CallSid",
            "ParentCallSid",
            "CallStatus",
            "Timestamp",
            "SequenceNumber",
            "CallDuration",
            "Direction",
            "From",
            "To",
            "AnsweredBy",
            "SipResponseCode",
            "HangupSource",
            "RecordingUrl",
            "RecordingStatus",
            "RecordingDuration",
            "ErrorCode",
            "campaign",
            "campaign_id",
            "Campaign",
        ],
        whole: &[],
    },
    columns: Some(Columns::of::<Column>()),
    read,
};

/// The statuses of a call, which Exotel took over.
pub(super) const STATUSES: EndingWords = &[
    ("completed", OK),
    ("canceled", NA),
    ("cancelled", NA),
    ("queued", ONGOING),
    ("initiated", ONGOING),
    ("ringing", ONGOING),
    ("in-progress", ONGOING),
    ("answered", ONGOING),
];

/// What the API says is said last; a recording comes after the call's own events.
const OF_RECORDING: Order = 1 << 20;
const OF_API: Order = 1 << 40;

fn read<'a>(body: Body<'a>, times: &mut Times) -> Result<Vec<Event<'a>>, FieldError> {
    let event = if body.has("RecordingUrl") || body.has("RecordingStatus") {
        recording(body, ["CallSid", "RecordingUrl", "RecordingStatus"])
    } else if body.has("CallSid") {
        Some(callback(body, times)?)
    } else if body.has("call_sid") {
        recording(body, ["call_sid", "media_url", "status"])
    } else {
        Some(call(body, times)?)
    };
    Ok(event.into_iter().filter(|event| !event.call.is_empty()).collect())
}

/// Call and leg: a leg that another call made (`<Dial>`) belongs to that call.
fn ids<'a>(body: Body<'a>, own: &str, parent: &str) -> (Cow<'a, str>, Cow<'a, str>) {
    let own = body.first(&[own]).unwrap_or_default();
    match body.first(&[parent]) {
        Some(parent) => (parent, own),
        None => (own, Cow::default()),
    }
}

fn is_inbound(body: Body<'_>, path: &str) -> bool {
    let direction = body.first(&[path]).unwrap_or_default().to_lowercase();
    direction.starts_with("in") || direction == "trunking-originating"
}

/// The customer: whom we called, else who called us.
fn phone<'a>(body: Body<'a>, direction: &str, to: &str, from: &str) -> Option<Cow<'a, str>> {
    body.first(&[if is_inbound(body, direction) { from } else { to }])
}

fn is_machine(body: Body<'_>, path: &str) -> bool {
    body.first(&[path]).is_some_and(|by| by.to_lowercase().starts_with("machine") || by.eq_ignore_ascii_case("fax"))
}

fn callback<'a>(body: Body<'a>, times: &mut Times) -> Result<Event<'a>, FieldError> {
    let (call, leg) = ids(body, "CallSid", "ParentCallSid");
    let at = times.at(body, "Timestamp")?;
    let status = body.first(&["CallStatus"]).unwrap_or_default();
    let sip = body.first(&["SipResponseCode"]);
    let ending = match (meaning(STATUSES, &status), &sip) {
        (CU, Some(sip)) => match by_cause(Some(sip), "", false) {
            Ending::Unknown => CU,
            refined => refined,
        },
        (ending, _) => ending,
    };
    let is_at = |words: &[&str]| at.filter(|_| words.contains(&status.as_ref()));
    let mut event = Event {
        call,
        leg,
        at,
        order: body.number("SequenceNumber")?.map_or(0, |number| number as Order),
        dialed_at: is_at(&["initiated", "queued"]),
        answered_at: is_at(&["in-progress", "answered"]),
        ended_at: at.filter(|_| ending != ONGOING),
        talk: body.seconds("CallDuration")?.filter(|_| ending == OK),
        ending: Some(ending),
        is_machine: is_machine(body, "AnsweredBy"),
        campaign: body.first(&["campaign", "campaign_id", "Campaign"]),
        is_inbound: is_inbound(body, "Direction").then_some(true),
        phone: phone(body, "Direction", "To", "From"),
        hangup_by: match body.text("HangupSource").as_deref() {
            Some("callee") => Some(HangupBy::Customer),
            Some("caller") => Some(HangupBy::Bot),
            _ => None,
        },
        cause: Some(status.clone()),
        word: Some(("CallStatus", status)),
        ..Event::default()
    };
    keep(&mut event, "sip_status", body.at("SipResponseCode"));
    keep(&mut event, "answered_by", body.at("AnsweredBy"));
    Ok(event)
}

fn call<'a>(body: Body<'a>, times: &mut Times) -> Result<Event<'a>, FieldError> {
    let (call, leg) = ids(body, "sid", "parent_call_sid");
    let status = body.first(&["status"]).unwrap_or_default();
    let ending = meaning(STATUSES, &status);
    let (started, ended) = (times.at(body, "start_time")?, times.at(body, "end_time")?);
    let created = times.at(body, "date_created")?;
    let duration = body.seconds("duration")?;
    let talk = duration.filter(|_| ending == OK);
    let counted = started.zip(duration).map(|(start, duration)| start + duration);
    let mut event = Event {
        call,
        leg,
        order: OF_API,
        dialed_at: started.or(created),
        ended_at: ended.or(counted).or(times.at(body, "date_updated")?.filter(|_| ending != ONGOING)),
        talk,
        ending: Some(ending),
        is_machine: is_machine(body, "answered_by"),
        campaign: body.first(&["campaign", "campaign_id"]),
        is_inbound: is_inbound(body, "direction").then_some(true),
        phone: phone(body, "direction", "to", "from"),
        cause: Some(status.clone()),
        word: Some(("status", status)),
        cost: body
            .first(&["price"])
            .map(|price| (unsigned(price), capitals(body.first(&["price_unit"]).unwrap_or_default()))),
        ..Event::default()
    };
    // Of a completed call the start is the answer.
    let answered = event.ended_at.zip(talk).map(|(end, talk)| end - talk);
    if started.zip(answered).is_some_and(|(start, answered)| (answered - start).abs() <= 1_000) {
        event.assumed.push(Assumed::DialIsAnswer);
    }
    keep(&mut event, "answered_by", body.at("answered_by"));
    Ok(event)
}

/// An amount without the sign of what is charged.
fn unsigned(amount: Cow<'_, str>) -> Cow<'_, str> {
    match amount {
        Cow::Borrowed(amount) => Cow::Borrowed(amount.trim_start_matches('-')),
        Cow::Owned(amount) => Cow::Owned(amount.trim_start_matches('-').to_owned()),
    }
}

fn capitals(text: Cow<'_, str>) -> Cow<'_, str> {
    let is_capital = text.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_capital { text } else { text.to_uppercase().into() }
}

/// A recording, by the names of its call, address and status; nothing while it is none.
fn recording<'a>(body: Body<'a>, [call, url, status]: [&str; 3]) -> Option<Event<'a>> {
    let is_there = body.first(&[status]).is_none_or(|status| status == "completed");
    let of_api = || {
        body.first(&["uri"]).map(|uri| Cow::from(format!("https://api.twilio.com{}", uri.trim_end_matches(".json"))))
    };
    let url = body.first(&[url]).or_else(of_api).filter(|_| is_there)?;
    let has_ending = url.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let url = if has_ending { url } else { format!("{url}.wav").into() };
    Some(Event { call: body.first(&[call])?, order: OF_RECORDING, recording_url: Some(url), ..Event::default() })
}

columns! {
    /// A column of the call log.
    enum Column, time Start, enough |places| places.have(&[Column::Sid, Column::To, Column::From, Column::Status, Column::Start, Column::Duration]);
    Sid "sid" "callsid";
    Parent "parent_call_sid" "parentsid";
    Created "date_created" "created";
    Start "start_time" "startdate" "date" "started";
    End "end_time" "enddate" "ended";
    Duration "duration" "durationseconds" "durations" "durationsec";
    Direction "direction";
    From "from" "fromnumber" "caller";
    To "to" "tonumber" "called";
    Status "status" "callstatus";
    AnsweredBy "answered_by";
    Price "price" "cost";
    PriceUnit "price_unit" "currency";
}
