//! Bland: the body of its webhook and the call of its API.
//!
//! Source: the documentation of `GET /v1/calls/{id}` and two real bodies; see docs/FORMATS.md.

use domain::{FieldError, HangupBy};

use crate::{
    assumed::Assumed,
    body::Body,
    dialogue::Dialogue,
    ending::{CU, Ending, EndingWords, MACHINE, NA, OK, ONGOING, meaning},
    events::{Platform, keep_all},
    partial::Event,
    pruned::Names,
    times::Times,
};

pub(crate) static PLATFORM: Platform = Platform {
    prefix: "bland",
    zone: None,
    marks: &[
        &["call_id", "corrected_duration"],
        &["call_id", "queue_status"],
        &["call_id", "call_length", "answered_by"],
        &["c_id", "call_length"],
        &["call_id", "c_id"],
    ],
    own: &["call_id", "c_id"],
    names: Names {
        read: &[
            "call_id",
            "c_id",
            "to",
            "from",
            "inbound",
            "status",
            "queue_status",
            "completed",
            "answered_by",
            "created_at",
            "started_at",
            "end_at",
            "corrected_duration",
            "call_length",
            "price",
            "recording_url",
            "call_ended_by",
            "batch_id",
            "pathway_id",
            "transcripts",
            "user",
            "text",
            "summary",
            "disposition_tag",
            "error_message",
            "transferred_to",
            "transferred_at",
            "pre_transfer_duration",
            "post_transfer_duration",
        ],
        whole: &["metadata", "variables", "analysis"],
    },
    columns: None,
    read,
};

const STATUSES: EndingWords = &[
    ("completed", OK),
    ("canceled", NA),
    ("cancelled", NA),
    ("in-progress", ONGOING),
    ("started", ONGOING),
    ("queued", ONGOING),
];
const QUEUE: EndingWords = &[
    ("*-error", CU),
    ("complete", OK),
    ("pre-queue", ONGOING),
    ("new", ONGOING),
    ("queued", ONGOING),
    ("allocated", ONGOING),
    ("started", ONGOING),
];
const ANSWERED_BY: EndingWords = &[("human", OK), ("unknown", OK), ("voicemail", MACHINE)];

const TURNS: Dialogue = Dialogue { role: "user", bot: &["assistant"], customer: &["user"], text: "text" };

/// How far the end may be from start and duration.
const ROUNDING_MS: i64 = 5_000;
/// A call that was created longer before its answer was queued.
const LONGEST_RING_MS: i64 = 180_000;

/// Whether nobody answered, and nothing says when it was dialled.
fn is_unanswered(ending: Ending, created: Option<i64>) -> bool {
    matches!(ending, Ending::Unanswered(_)) && created.is_none()
}

fn read<'a>(body: Body<'a>, times: &mut Times) -> Result<Vec<Event<'a>>, FieldError> {
    let Some(id) = body.first(&["call_id", "c_id"]) else { return Ok(Vec::new()) };
    let (field, words) = if body.has("status") { ("status", STATUSES) } else { ("queue_status", QUEUE) };
    let status = body.first(&[field]).unwrap_or_default();
    let (ending, word) = match (meaning(words, &status), body.first(&["answered_by"])) {
        (OK, Some(by)) => (meaning(ANSWERED_BY, &by), ("answered_by", by)),
        (ending, _) => (ending, (field, status)),
    };
    let talk = body.seconds("corrected_duration")?.or(body.span("call_length", 60_000.0)?);
    let created = times.at(body, "created_at")?;
    let started = times.at(body, "started_at")?;
    let promised = times.at(body, "end_at")?;
    let counted = started.zip(talk).map(|(start, talk)| start + talk);
    // `end_at` is documented as the latest end that was allowed.
    let is_near = |end: i64| counted.is_none_or(|counted| (end - counted).abs() <= ROUNDING_MS);
    let ended = promised.filter(|end| body.is_true("completed") && is_near(*end)).or(counted);
    let answered = ended.zip(talk).map(|(end, talk)| end - talk);
    let is_dial = |at: &i64| answered.is_none_or(|answered| (0..=LONGEST_RING_MS).contains(&(answered - at)));
    let transcript = TURNS.lines(body.at("transcripts"), |turn| {
        times.at(turn, "created_at").ok().flatten().zip(answered).map(|(at, answered)| at - answered)
    });
    let mut event = Event {
        call: id,
        order: ended.or(created).unwrap_or_default(),
        dialed_at: created.filter(is_dial),
        // Of a call that nobody answered it is mostly the only time that there is.
        ended_at: ended
            .or(promised.filter(|_| ending != OK && (body.is_true("completed") || is_unanswered(ending, created)))),
        talk: talk.filter(|_| matches!(ending, OK | MACHINE)),
        ending: Some(ending),
        cause: Some(word.1.clone()).filter(|word| !word.is_empty()),
        word: Some(word),
        campaign: body.first(&["batch_id", "metadata.campaign", "metadata.campaign_id"]),
        voicebot: body.first(&["pathway_id"]),
        is_inbound: body.is_true("inbound").then_some(true),
        phone: body.first(&[if body.is_true("inbound") { "from" } else { "to" }]),
        hangup_by: match body.text("call_ended_by").as_deref() {
            Some("USER") => Some(HangupBy::Customer),
            Some("ASSISTANT") => Some(HangupBy::Bot),
            _ => None,
        },
        cost: body.first(&["price"]).map(|amount| (amount, "USD".into())),
        recording_url: body.first(&["recording_url"]),
        transcript,
        ..Event::default()
    };
    if promised.is_some() && ended != promised && body.is_true("completed") && ending == OK {
        event.assumed.push(Assumed::Contradiction);
    }
    keep_all(
        &mut event,
        body,
        &[
            ("disposition", "disposition_tag"),
            ("summary", "summary"),
            ("error", "error_message"),
            ("transferred_to", "transferred_to"),
            ("transferred_at", "transferred_at"),
            ("minutes_before_transfer", "pre_transfer_duration"),
            ("minutes_after_transfer", "post_transfer_duration"),
            ("data", "analysis"),
            ("variables", "variables"),
            ("metadata", "metadata"),
        ],
    );
    Ok(vec![event])
}
