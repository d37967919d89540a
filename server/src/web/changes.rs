//! What is said of a change in the log: what was there before, and what is there now.

use domain::{Campaign, ResultCode, Tariff};
use serde_json::{Value, json};

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
