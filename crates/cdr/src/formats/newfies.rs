//! Calls of Newfies-Dialer as its database writes them to JSON (`dialer_cdr.voipcall`, `dialer_cdr.callrequest`).
//!
//! - A `voipcall` is a leg, a `callrequest` the attempt that it belongs to; legs of one attempt are one call. Its id is
//!   `newfies:` and the leg's `callid`.
//! - The disposition tells; of an answered call `amd_status` 2 tells that a machine took it.
//! - `starting_date` has no zone. What was billed is the talk; where it is not there, the talk is not known, for
//!   `duration` has the ringing in it: such a call was answered when it ended, which is said.
//! - The campaign is the one given, else the attempt's. Attempts without a leg are no calls and are left out.

use serde_json::Value;
use xxhash_rust::xxh3::xxh3_128;

use crate::{
    leg_calls::{AssumedOfRows, LegRows, Legs, System},
    legs::{Leg, LegOutcome, LegText, LegTexts, Side},
    local_time::When,
    node::TOO_MUCH,
    numbers::bare,
    objects::{Objects, TextKind, is_too_much},
    source::{Given, Input, Opened, Skipped},
    stamps::Stamps,
    table_row::{seconds, shortened},
    texts::{Texts, in_portions},
};

const SYSTEM: System = System {
    prefix: "newfies",
    start: "starting_date",
    word: "disposition",
    phone: "phone_number",
    campaign: "campaign",
    is_first_callers: false,
    has_parts: false,
};

const CALL: &str = "dialer_cdr.voipcall";
const REQUEST: &str = "dialer_cdr.callrequest";

/// What the dialler calls the ways in which a leg ends, besides the words that stand for a system code everywhere.
const DISPOSITIONS: [(&str, LegOutcome); 2] = [("ANSWER", LegOutcome::Answered), ("FORBIDDEN", LegOutcome::LineFault)];

/// Whether the first bytes of a file are Newfies-Dialer's.
pub(crate) fn recognises(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    let is_json = text.trim_start().starts_with(['[', '{']);
    is_json && [CALL, REQUEST].iter().any(|model| text.contains(&format!("\"{model}\"")))
}

/// An object of a table, its number and its fields.
struct Object {
    line: u64,
    fingerprint: u128,
    id: String,
    fields: Value,
}

impl Object {
    fn text(&self, name: &str) -> String {
        text_of(self.fields.get(name))
    }
}

fn text_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// Reads all objects of a file.
pub(crate) fn open<'a>(input: Input<'a>, given: &Given) -> Opened<'a> {
    let mut legs = Legs::new(&SYSTEM, "database objects in JSON", given);
    let mut objects = Objects::new(input);
    let worker = || {
        |texts: &Texts<TextKind>| {
            let mut legs = LegRows::default();
            texts.each(|line, what, text| {
                let leg = read(line, what, text, &mut legs.assumed);
                if matches!(what, TextKind::End(_)) { legs.add_uncounted(leg) } else { legs.add(leg) }
            });
            legs
        }
    };
    in_portions(|text| objects.next_text(text), given.sharing, worker, |rows| legs.take(rows))?;
    Ok(Box::new(legs.finish(given)?))
}

/// What comes of a text.
fn read(line: u64, what: TextKind, text: &[u8], assumed: &mut AssumedOfRows) -> Result<Leg<'static>, Skipped> {
    let wrong = |reason: &str| Err(Skipped::new(line, "", reason));
    match what {
        TextKind::End(reason) | TextKind::Broken(reason) => wrong(reason),
        TextKind::Json | TextKind::Text if is_too_much(text) => wrong(TOO_MUCH),
        TextKind::Json | TextKind::Text => match serde_json::from_slice::<Value>(text) {
            Err(_) => wrong("is not JSON"),
            Ok(mut object) => {
                let fields = object.get_mut("fields").map(Value::take).unwrap_or_default();
                let id = text_of(object.get("pk"));
                let object_of = Object { line, fingerprint: xxh3_128(text), id, fields };
                match object.get("model").and_then(Value::as_str) {
                    Some(CALL) => leg(&object_of, assumed),
                    Some(REQUEST) => Ok(note(&object_of)),
                    _ => wrong("is neither a voipcall nor a callrequest"),
                }
            }
        },
    }
}

/// The id by which an attempt and its legs know each other.
fn link(request: &str) -> String {
    if request.is_empty() { String::new() } else { format!("request-{request}") }
}

/// What an attempt tells of its legs.
fn note(request: &Object) -> Leg<'static> {
    let (campaign, link) = (request.text("campaign"), link(&request.id));
    let mut texts = LegTexts::new(&[(LegText::Campaign, &campaign)]);
    texts.linked = vec![&link];
    let never = When::Never;
    let stamps = Stamps { start: never, answer: never, end: never, duration: None, talk: None, epoch: None };
    let mut leg = Leg::new(request.line, request.fingerprint, stamps, LegOutcome::LeftOut, &texts);
    leg.is_note = true;
    leg.attempt = request.text("num_attempt").parse::<u32>().ok().map(|before| before.saturating_add(1));
    leg
}

fn leg(call: &Object, assumed: &mut AssumedOfRows) -> Result<Leg<'static>, Skipped> {
    let wrong = |field: &str, reason: String| Skipped::new(call.line, field, reason);
    let start_text = call.text("starting_date");
    let start = When::parse(&start_text).filter(|start| *start != When::Never);
    let start =
        start.ok_or_else(|| wrong("starting_date", format!("is no date and time: \"{}\"", shortened(&start_text))))?;
    let span = |name: &str| match call.text(name) {
        text if text.is_empty() => Ok(None),
        text => seconds(&text).map(Some).ok_or_else(|| {
            wrong(name, format!("is not a number of seconds from 0 to a day: \"{}\"", shortened(&text)))
        }),
    };
    let (duration, billsec) = (span("duration")?, span("billsec")?);
    let word = call.text("disposition").to_ascii_uppercase();
    let known = DISPOSITIONS.iter().find(|(known, _)| *known == word).map(|(_, outcome)| *outcome);
    let outcome = match known.or_else(|| LegOutcome::of_dial_status(&word)) {
        Some(LegOutcome::Answered) if call.text("amd_status") == "2" => LegOutcome::Machine,
        Some(outcome) => outcome,
        None => LegOutcome::Unknown,
    };
    if outcome.is_connected() && billsec.is_none() {
        assumed.count("answered calls of which the talk is not known (no billsec): it counts as 0");
    }
    let never = When::Never;
    let stamps = Stamps {
        start,
        answer: never,
        end: never,
        duration: duration.or(billsec),
        talk: billsec.or(Some(0)),
        epoch: None,
    };
    let phone_text = call.text("phone_number");
    let phone = bare(&phone_text);
    let (id, link) = (call.text("callid"), link(&call.text("callrequest")));
    let (cause, caller) = (call.text("hangup_cause"), call.text("callerid"));
    let mut texts = LegTexts::new(&[
        (LegText::Leg, &id),
        (LegText::Phone, &phone),
        (LegText::Other, &caller),
        (LegText::Word, &word),
    ]);
    texts.linked = vec![&link];
    texts.attributes = vec![("hangup_cause", &cause)];
    let mut leg = Leg::new(call.line, call.fingerprint, stamps, outcome, &texts);
    leg.side = match call.text("leg_type").as_str() {
        "1" => Side::Customer,
        // To whom the call was transferred.
        "2" => Side::Caller,
        _ => Side::Unsaid,
    };
    Ok(leg)
}
