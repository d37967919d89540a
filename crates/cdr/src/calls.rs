//! The record of a call of what its events say.

use std::{borrow::Cow, collections::BTreeMap};

use domain::{
    CallId, CallRecord, CampaignId, Code, ContactId, ContactRef, Currency, FieldError, HangupBy, Money, Timestamp,
    VoicebotId,
    limits::{CAUSE_CHARS, NAME_CHARS, TRANSCRIPT_LINE_CHARS, TRANSCRIPT_LINES, URL_CHARS},
};
use serde_json::Value;

use crate::{
    assumed::Assumed,
    ending::{ANSWERED_CODE, Ending, MACHINE_CODE, Unanswered},
    known::{Kept, Known},
    numbers::{bare, is_withheld},
    partial::{CallOutcome, CallSoFar, Event},
    spreadsheet::phone_number,
};

/// The attribute that counts a call's legs, where it has several.
const LEGS: &str = "legs";
/// The attribute with the leg that the record tells of.
const LEG: &str = "leg";
/// How far whole seconds may move an instant before the one that it follows.
const ROUNDING_MS: i64 = 2_000;

/// What comes of a call's events.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly all of them are the large one")]
pub(crate) enum Made {
    /// A call, and what was taken for granted of it.
    Call(CallRecord, Vec<Assumed>),
    /// Nothing to be stored, and no fault: why.
    LeftOut(&'static str),
    Refused(FieldError),
}

/// Whatever the events of a call belong to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// What ids of calls begin with.
    pub(crate) prefix: &'a str,
    /// The campaign, whatever the events say.
    pub(crate) campaign: Option<&'a CampaignId>,
    /// The account's currency, if it is known.
    pub(crate) currency: Option<&'a Currency>,
}

/// Makes the record of a call of its legs: the best one tells how it ended (the first of equals), the others what it
/// does not know.
pub(crate) fn made(mut legs: Vec<CallSoFar<'_>>, frame: Frame<'_>) -> Made {
    let count = legs.len();
    if count > 1 {
        legs.sort_by_cached_key(|leg| (leg.outcome(), leg.dialed_at.or(leg.first_event), leg.leg.clone()));
    }
    let mut legs = legs.into_iter();
    let Some(mut call) = legs.next() else { return Made::LeftOut("without events") };
    let outcome = call.outcome();
    legs.for_each(|leg| call.fill_from(leg));
    let code = match outcome {
        CallOutcome::Answered => ANSWERED_CODE,
        CallOutcome::Machine => MACHINE_CODE,
        CallOutcome::Unanswered(why) => why.code(),
        CallOutcome::Ongoing => return Made::LeftOut("still going on when the file was written"),
        CallOutcome::NotDialled => return Made::LeftOut("never dialled"),
        CallOutcome::Unknown(field, word) => {
            let reason = format!("\"{word}\" is no word whose meaning is known, so the call is not stored");
            return Made::Refused(FieldError::new(field, reason));
        }
        CallOutcome::Unsaid => {
            let what =
                if call.recording_url.is_some() { "only its recording is told of" } else { "no event of it does" };
            let reason = format!(
                "how call {} ended is not in the file: {what}; put the events of a call into one file, in any order",
                call.call
            );
            return Made::Refused(FieldError::new("", reason));
        }
    };
    match record(call, code, count, frame) {
        Ok((record, assumed)) => Made::Call(record, assumed),
        Err(error) => Made::Refused(error),
    }
}

/// The customer's number as it was dialled, and the sender's id of the customer: all who hide their number are not one.
fn customer_of<'a>(
    phone: Option<String>,
    contact_id: Option<Cow<'a, str>>,
    call: &Cow<'a, str>,
    assumed: &mut Vec<Assumed>,
) -> Result<(Option<String>, Option<Cow<'a, str>>), FieldError> {
    let wrong = |reason: &str| FieldError::new("contact.phone", reason);
    let Some(phone) = phone.map(|text| phone_number(&text)).transpose().map_err(wrong)? else {
        return Ok((None, contact_id));
    };
    if phone.is_put_back {
        assumed.push(Assumed::PutBack);
    }
    if !is_withheld(&phone.number) {
        return Ok((Some(phone.number), contact_id));
    }
    if contact_id.is_none() {
        assumed.push(Assumed::Withheld);
    }
    Ok((None, contact_id.or_else(|| Some(call.clone()))))
}

fn record(
    mut call: CallSoFar<'_>,
    code: &str,
    legs: usize,
    frame: Frame<'_>,
) -> Result<(CallRecord, Vec<Assumed>), FieldError> {
    let wrong = |field: &str, reason: &str| FieldError::new(field, reason);
    let mut assumed = std::mem::take(&mut call.assumed);
    let (dialed_at, answered_at, ended_at) = times(&call, Unanswered::of_code(code).is_none(), &mut assumed)?;
    let is_by_default = call.if_answered.as_ref().is_some_and(|why| why.value == Unanswered::NoAnswer);
    if is_by_default && !call.is_ongoing && call.talk.is_none() && Unanswered::of_code(code).is_some() {
        assumed.push(Assumed::NoAnswerSeen);
    }
    let mut attributes: BTreeMap<String, Value> =
        call.attributes.into_iter().map(|(name, known)| (name.into_owned(), known.value.into_value())).collect();
    if legs > 1 {
        attributes.insert(LEGS.to_owned(), legs.into());
    }
    if !call.leg.is_empty() && call.leg != call.call {
        attributes.insert(LEG.to_owned(), call.leg.as_ref().into());
    }
    let mut keep = |name: &str, text: Cow<'_, str>| drop(attributes.insert(name.to_owned(), text.into_owned().into()));
    let cost = call.cost.map(|known| known.value).and_then(|(amount, currency)| {
        let is_own = frame.currency.is_some_and(|own| own.as_str() == currency);
        let own = money(&amount).filter(|_| is_own);
        if own.is_none() {
            assumed.push(Assumed::CostKeptApart);
            keep("cost", amount);
            keep("cost_currency", if currency.is_empty() { "unknown".into() } else { currency });
        }
        own
    });
    let recording_url = call.recording_url.map(|known| known.value).and_then(|url| {
        let is_address = url.starts_with("https://") || url.starts_with("http://");
        if is_address && url.chars().nth(URL_CHARS).is_none() {
            return Some(url.into_owned());
        }
        keep("recording", url);
        None
    });
    let is_inbound = call.is_inbound.is_some_and(|known| known.value);
    let customer = call.phone.or(if is_inbound { call.caller } else { call.callee });
    let side = call.is_ended_by_caller.map(|known| known.value == is_inbound);
    let by_side = side.map(|is_customer| if is_customer { HangupBy::Customer } else { HangupBy::Bot });
    let phone = customer.map(|known| bare(&known.value).into_owned()).filter(|number| !number.is_empty());
    let contact_id = call.contact_id.map(|known| known.value);
    let (phone, contact_id) = customer_of(phone, contact_id, &call.call, &mut assumed)?;
    let campaign = match (frame.campaign, call.campaign) {
        (Some(campaign), _) => campaign.clone(),
        (None, Some(known)) => id("campaign", known.value, CampaignId::new)?,
        (None, None) => {
            let reason = "is not known: nothing in the call names one; give one for the whole file";
            return Err(wrong("campaign", reason));
        }
    };
    let transcript = call.transcript.map(|known| known.value).map(|mut lines| {
        let is_long =
            |text: &str| text.len() > TRANSCRIPT_LINE_CHARS && text.chars().nth(TRANSCRIPT_LINE_CHARS).is_some();
        if lines.len() > TRANSCRIPT_LINES || lines.iter().any(|line| is_long(&line.text)) {
            assumed.push(Assumed::TranscriptCut);
            lines.truncate(TRANSCRIPT_LINES);
            for line in &mut lines {
                line.text = shortened(&line.text, TRANSCRIPT_LINE_CHARS);
            }
        }
        lines
    });
    while domain::attributes::fault(&attributes).is_some() {
        let largest = attributes.iter().max_by_key(|(_, value)| value.to_string().len());
        let Some(name) = largest.map(|(name, _)| name.clone()) else { break };
        attributes.remove(&name);
        assumed.push(Assumed::AttributesCut);
    }
    let record = CallRecord {
        id: id("id", [frame.prefix, ":", &call.call].concat().into(), CallId::new)?,
        campaign,
        voicebot: call.voicebot.map(|known| id("voicebot", known.value, VoicebotId::new)).transpose()?,
        contact: ContactRef {
            id: contact_id.map(|text| id("contact.id", text, ContactId::new)).transpose()?,
            phone,
            name: call.name.map(|known| shortened(&known.value, NAME_CHARS)),
        },
        attempt: call.attempt.map(|known| known.value),
        dialed_at: Timestamp(dialed_at),
        answered_at: answered_at.map(Timestamp),
        ended_at: Some(Timestamp(ended_at)),
        result_code: Some(Code::new(code).map_err(|error| wrong("result_code", &error.to_string()))?),
        bot_messages: call.bot_messages.map(|known| known.value),
        hangup_by: call.hangup_by.map(|known| known.value).or(by_side),
        cause: call.cause.map(|known| shortened(&known.value, CAUSE_CHARS)),
        blocks: None,
        cost,
        recording_url,
        transcript,
        attributes: (!attributes.is_empty()).then_some(attributes),
    };
    assumed.sort_unstable();
    assumed.dedup();
    Ok((record, assumed))
}

/// When a call was dialled, answered and ended, of what is known of it.
fn times(
    call: &CallSoFar<'_>,
    is_answered: bool,
    assumed: &mut Vec<Assumed>,
) -> Result<(i64, Option<i64>, i64), FieldError> {
    let value = |known: &Option<Known<i64>>| known.as_ref().map(|known| known.value);
    let (answered, talk, duration) = (call.answered_at, value(&call.talk), value(&call.duration));
    let sum = |start: Option<i64>, length: Option<i64>| Some(start? + length?);
    let end = value(&call.ended_at)
        .or_else(|| sum(answered.filter(|_| is_answered), talk))
        .or_else(|| sum(call.dialed_at, duration));
    // Of a call that nobody answered the result matters more than how long it rang.
    let last = call.last_event.or(call.dialed_at.filter(|_| !is_answered));
    let ended_at = match (end, last) {
        (Some(end), _) => end,
        (None, Some(at)) => {
            assumed.push(Assumed::EndIsEvent);
            at
        }
        (None, None) => return Err(FieldError::new("ended_at", "is not known: no field and no event tells the time")),
    };
    if !is_answered {
        let dialed_at = call.dialed_at.or(duration.map(|duration| ended_at - duration)).unwrap_or_else(|| {
            assumed.push(Assumed::DialIsEvent);
            call.first_event.map_or(ended_at, |at| at.min(ended_at))
        });
        return Ok((dialed_at, None, ended_at));
    }
    let answered_at = answered.or_else(|| Some(ended_at - talk?)).unwrap_or_else(|| {
        assumed.push(Assumed::TalkUnknown);
        ended_at
    });
    let dialed_at = match call.dialed_at.or(duration.map(|duration| ended_at - duration)) {
        // Whole seconds, or a duration that was rounded up.
        Some(at) if at > answered_at && at - answered_at <= ROUNDING_MS => answered_at,
        Some(at) => at,
        None => {
            let event = call.first_event.filter(|at| *at < answered_at);
            assumed.push(if event.is_some() { Assumed::DialIsEvent } else { Assumed::DialIsAnswer });
            event.unwrap_or(answered_at)
        }
    };
    Ok((dialed_at, Some(answered_at), ended_at))
}

fn id<T>(field: &str, text: Cow<'_, str>, new: fn(String) -> Result<T, domain::id::IdError>) -> Result<T, FieldError> {
    new(text.into_owned()).map_err(|error| FieldError::new(field, error.to_string()))
}

fn shortened(text: &str, most: usize) -> String {
    if text.len() <= most || text.chars().nth(most).is_none() {
        text.to_owned()
    } else {
        text.chars().take(most - 1).chain(['…']).collect()
    }
}

/// An amount without its sign (charges are negative with some); millionths that are finer are rounded.
fn money(amount: &str) -> Option<Money> {
    let digits = amount.trim_start_matches(['-', '+']);
    digits.parse::<Money>().ok().or_else(|| {
        let amount: f64 = digits.parse().ok().filter(|amount| (0.0..1e9).contains(amount))?;
        Some(Money((amount * 1e6).round() as i64))
    })
}

/// What is to be stored of a call that is stored already; nothing where the record that was read knows no more. See
/// `Format::with_stored`.
pub(crate) fn with_stored(stored: &CallRecord, read: CallRecord) -> Option<CallRecord> {
    let prefix = stored.id.as_str().split(':').next().unwrap_or_default().to_owned();
    let frame = Frame { prefix: &prefix, campaign: Some(&read.campaign), currency: None };
    let (mut before, now) = (of_record(stored), of_record(&read));
    // What is stored names the one that stands for its campaign, if it had none of its own.
    before.voicebot = before.voicebot.filter(|_| stored.campaign == read.campaign);
    let legs = if before.leg == now.leg {
        let mut call = before;
        call.merge(now);
        vec![call]
    } else {
        vec![before, now]
    };
    let Made::Call(mut joined, _) = made(legs, frame) else { return Some(read) };
    joined.cost = stored.cost.max(read.cost);
    joined.blocks = read.blocks.or(stored.blocks);
    // They were counted in the lines.
    if read.bot_messages.is_none() && joined.transcript != stored.transcript {
        joined.bot_messages = None;
    }
    joined.id = stored.id.clone();
    if joined.contact.phone.is_none() && joined.contact.id.is_none() {
        joined.contact.id.clone_from(&stored.contact.id);
    }
    let is_more = joined != *stored;
    // Whoever asks for what is stored need not know the id of a customer without a number.
    if joined.contact.phone.is_none() && joined.contact.id.is_none() {
        joined.contact.id.clone_from(&read.contact.id);
    }
    is_more.then_some(joined)
}

/// A record with what was told of its call besides.
pub(crate) fn with_told(record: CallRecord, told: Vec<CallSoFar<'_>>) -> CallRecord {
    let prefix = record.id.as_str().split(':').next().unwrap_or_default().to_owned();
    let frame = Frame { prefix: &prefix, campaign: Some(&record.campaign), currency: None };
    let (mut legs, known) = (told, of_record(&record));
    match legs.iter_mut().find(|leg| leg.leg == known.leg || known.leg.is_empty()) {
        Some(leg) => leg.merge(CallSoFar { leg: leg.leg.clone(), ..known }),
        None => legs.push(known),
    }
    let Made::Call(mut joined, _) = made(legs, frame) else { return record };
    joined.id = record.id.clone();
    joined.cost = record.cost.or(joined.cost);
    joined.blocks = record.blocks;
    if joined.contact.phone.is_none() && joined.contact.id.is_none() {
        joined.contact.id.clone_from(&record.contact.id);
    }
    joined
}

/// What a record tells, as if it were one event.
fn of_record<'a>(record: &'a CallRecord) -> CallSoFar<'a> {
    let mut attributes = record.attributes.clone().unwrap_or_default();
    let leg = attributes.remove(LEG).and_then(|leg| leg.as_str().map(str::to_owned)).unwrap_or_default().into();
    let text = |text: Option<&'a str>| text.map(Cow::Borrowed);
    let call = record.id.as_str().split_once(':').map_or(record.id.as_str(), |(_, call)| call);
    let ending = record.result_code.as_ref().map(|code| match code.as_str() {
        MACHINE_CODE => Ending::Machine,
        code => Unanswered::of_code(code).map_or(Ending::Answered, Ending::Unanswered),
    });
    CallSoFar::of(Event {
        call: call.into(),
        leg,
        dialed_at: Some(record.dialed_at.0),
        answered_at: record.answered_at.map(|at| at.0),
        ended_at: record.ended_at.map(|at| at.0),
        ending,
        campaign: text(Some(record.campaign.as_str())),
        voicebot: text(record.voicebot.as_ref().map(VoicebotId::as_str)),
        // A call without a number has its own id there.
        contact_id: text(record.contact.id.as_ref().map(ContactId::as_str).filter(|id| *id != call)),
        phone: text(record.contact.phone.as_deref()),
        name: text(record.contact.name.as_deref()),
        attempt: record.attempt,
        bot_messages: record.bot_messages,
        hangup_by: record.hangup_by,
        cause: text(record.cause.as_deref()),
        recording_url: text(record.recording_url.as_deref()),
        transcript: record.transcript.clone(),
        attributes: attributes.into_iter().map(|(name, value)| (name.into(), Kept::from(value))).collect(),
        ..Event::default()
    })
}
