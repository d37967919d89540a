//! A dialled call as the record that a voice platform would send.

use std::collections::BTreeMap;

use domain::{CallId, CallRecord, Code, ContactId, ContactRef, Money, Speaker, Timestamp, time::DAY_MS};
use rand::RngExt;

use crate::{dialling::Dialled, dialogue, hours, people::Callee, plan::CampaignPlan, random::stream};

/// The sender keeps transcripts for 45 days: the demo shows calls with and without them, and stays small.
const TRANSCRIPTS_KEPT_MS: i64 = 45 * DAY_MS;

/// The customer as a campaign's list and its calls name them.
pub fn contact(person: &Callee) -> ContactRef {
    ContactRef {
        id: ContactId::new(person.id.as_str()).ok(),
        phone: Some(person.phone.clone()),
        name: Some(person.name.clone()),
    }
}

/// The call when it is over. `None` cannot be: every id is made of digits and dashes (a test checks every record).
pub fn finished(seed: u64, now: Timestamp, plan: &CampaignPlan, call: &Dialled) -> Option<CallRecord> {
    let mut record = begun(seed, plan, call)?;
    let outcome = &call.outcome;
    record.answered_at = outcome.answered.map(|after| Timestamp(call.at.0 + after));
    record.ended_at = Some(call.ended_at());
    record.result_code = Code::new(outcome.code).ok();
    record.hangup_by = outcome.hangup_by;
    record.cause = Some(outcome.cause.to_owned());
    if let Some(answered) = outcome.answered {
        let talk = outcome.ended - answered;
        let mut rng = stream(seed ^ (plan.number as u64) << 48, "record", number(call));
        if call.at.0 >= now.0 - TRANSCRIPTS_KEPT_MS {
            let (person, (day, _)) = (plan.person(seed, call.position), hours::local(call.at));
            let about = dialogue::DialogueCall { kind: plan.kind, code: outcome.code, person: &person, day, talk };
            let lines = dialogue::transcript(&about, &mut rng);
            record.bot_messages = Some(lines.iter().filter(|line| line.speaker == Speaker::Bot).count() as u32);
            record.transcript = Some(lines);
        } else {
            record.bot_messages = Some((talk / 11_000 + 1) as u32);
        }
        record.attributes = Some(BTreeMap::from([("script".to_owned(), plan.kind.script().into())]));
        if plan.priced_by_sender && rng.random_bool(0.02) {
            // Another operator's route: a minute at a time.
            let minutes = (talk + 59_999) / 60_000;
            record.blocks = Some(minutes);
            record.cost = Some(Money::units(minutes * 610));
        }
    }
    Some(record)
}

/// The call while it is in progress.
pub fn begun(seed: u64, plan: &CampaignPlan, call: &Dialled) -> Option<CallRecord> {
    let (day, _) = hours::local(call.at);
    let date = day.date().format("%Y%m%d");
    let id = format!("c-{date}-{:02}{:05}-{}", plan.number + 1, call.position + 1, call.attempt);
    Some(CallRecord {
        id: CallId::new(id).ok()?,
        campaign: plan.campaign.id.clone(),
        voicebot: Some(plan.campaign.voicebot.id.clone()),
        contact: contact(&plan.person(seed, call.position)),
        attempt: Some(call.attempt),
        dialed_at: call.at,
        answered_at: None,
        ended_at: None,
        result_code: None,
        bot_messages: None,
        hangup_by: None,
        cause: None,
        blocks: None,
        cost: None,
        recording_url: None,
        transcript: None,
        attributes: None,
    })
}

fn number(call: &Dialled) -> u64 {
    u64::from(call.position) << 8 | u64::from(call.attempt)
}
