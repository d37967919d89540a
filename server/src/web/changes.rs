//! What is said of a change in the log: what was there before, and what is there now.

use domain::{Campaign, ResultCode, Tariff};
use serde_json::{Value, json};
use store::audit::{Action, Event};

/// A tariff as the log says it.
pub fn of_tariff(tariff: &Tariff) -> Value {
    json!({
        "blocks": format!("{} + {}", tariff.first_block_seconds, tariff.next_block_seconds),
        "prices": format!("{} / {} {}", tariff.price_first_block, tariff.price_next_block, tariff.currency),
        "vat": tariff.vat,
        "effective_from": tariff.effective_from,
    })
}

/// A campaign as the log says it, without its tariff.
pub fn of_campaign(campaign: &Campaign) -> Value {
    json!({
        "name": campaign.name,
        "voicebot": campaign.voicebot.id,
        "state": campaign.state,
        "started_at": campaign.started_at,
        "report_emails": campaign.report_emails,
    })
}

/// A result code as the log says it.
pub fn of_code(code: &ResultCode) -> Value {
    json!({"label_vi": code.label_vi, "label_en": code.label_en, "color": code.color, "is_goal": code.is_goal})
}

/// Details of a change; without what was before, something new.
pub fn between(before: Option<Value>, after: Value) -> Value {
    json!({"before": before.unwrap_or_else(|| json!({})), "after": after})
}

/// A result code that was put, where these were defined.
pub fn code_event(defined: &[ResultCode], code: &ResultCode) -> Event {
    let before = defined.iter().find(|before| before.code == code.code);
    let details = between(before.map(of_code), of_code(code));
    Event::of(Action::ResultCodeChanged, code.code.as_str()).with(details)
}

/// A tariff that was put, where these were set: of a campaign, or of the account.
pub fn tariff_event(campaign: &str, set: &[Tariff], tariff: &Tariff) -> Event {
    let before = set.iter().find(|before| before.effective_from == tariff.effective_from);
    let details = between(before.map(of_tariff), of_tariff(tariff));
    Event::of(Action::TariffChanged, campaign).with(details)
}
