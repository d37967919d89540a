//! VBot: the webhook of its automatic calls, and its call history.
//!
//! Source: vbotdevteam.github.io; see docs/FORMATS.md. The webhook names no call: its campaign, number and time stand for one.

use domain::FieldError;
use xxhash_rust::xxh3::xxh3_64;

use crate::{
    assumed::Assumed,
    body::Body,
    ending::{BS, CU, EndingWords, NA, NOT_DIALLED, OK, meaning},
    events::{Platform, keep},
    local_time::DateOrder,
    partial::Event,
    pruned::Names,
    times::Times,
};

pub(crate) static PLATFORM: Platform = Platform {
    prefix: "vbot",
    zone: None,
    marks: &[
        &["hotline", "time_call", "create_at"],
        &["postage", "service_charge"],
        &["type_call", "postage", "disposition"],
    ],
    own: &["time_call", "create_at", "type_call", "postage"],
    names: Names {
        read: &[
            "id",
            "call_id",
            "campaign_id",
            "create_at",
            "date_create",
            "hotline",
            "phone",
            "caller",
            "callee",
            "name",
            "description",
            "status",
            "disposition",
            "type_call",
            "time_call",
            "duration_call",
            "postage",
            "service_charge",
            "recording_url",
            "record",
        ],
        whole: &["action_log", "event_data"],
    },
    columns: None,
    read,
};

const STATUSES: EndingWords = &[
    ("200", OK),
    ("2", NA),
    ("3", BS),
    ("4", NA),
    ("100", CU),
    ("-100", CU),
    ("104", CU),
    ("101", CU),
    ("102", CU),
    ("106", CU),
    ("103", CU),
    ("105", CU),
];
const DISPOSITIONS: EndingWords = &[
    ("answer", OK),
    ("answered", OK),
    ("incall", BS),
    ("misscall", NA),
    ("cancel", NA),
    ("logout", NA),
    // Another leg has it.
    ("someoneanswered", NOT_DIALLED),
    ("dontcall", CU),
    ("torture", CU),
    ("invalidargs", CU),
    ("normal-clearing", CU),
];

fn read<'a>(body: Body<'a>, times: &mut Times) -> Result<Vec<Event<'a>>, FieldError> {
    let time = if body.has("create_at") { "create_at" } else { "date_create" };
    let dialed = times.at_in_order(body, time, DateOrder::MonthDayYear)?;
    let is_inbound = body.is("type_call", "CALLIN");
    let phone = body.first(&["phone", if is_inbound { "caller" } else { "callee" }]);
    let campaign = body.first(&["campaign_id"]);
    let call = body.first(&["id", "call_id"]).unwrap_or_else(|| {
        let said = format!("{campaign:?} {phone:?} {dialed:?}");
        format!("row-{:016x}", xxh3_64(said.as_bytes())).into()
    });
    let (field, words) = if body.has("disposition") { ("disposition", DISPOSITIONS) } else { ("status", STATUSES) };
    let word = body.first(&[field]).unwrap_or_default();
    let ending = meaning(words, &word);
    let length = body.seconds("time_call")?.or(body.seconds("duration_call")?).unwrap_or(0);
    let prices = [body.number("postage")?, body.number("service_charge")?];
    let cost: f64 = prices.iter().flatten().sum();
    let mut event = Event {
        call,
        is_inbound: is_inbound.then_some(true),
        dialed_at: dialed,
        ended_at: dialed.map(|at| at + length),
        talk: Some(length).filter(|_| ending == OK),
        ending: Some(ending),
        campaign,
        phone,
        name: body.first(&["name"]),
        cause: Some(word.clone()).filter(|word| !word.is_empty()),
        word: Some((field, word)),
        cost: prices.iter().any(Option::is_some).then(|| (cost.to_string().into(), "VND".into())),
        recording_url: body.first(&["recording_url", "record"]),
        ..Event::default()
    };
    if ending == OK {
        event.assumed.push(Assumed::DialIsAnswer);
    }
    for name in ["hotline", "description", "action_log", "event_data", "type_call"] {
        keep(&mut event, name, body.at(name));
    }
    Ok(vec![event])
}
