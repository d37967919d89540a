//! What is said of a change in the log: what was there before, and what is there now.

use std::collections::BTreeMap;

use domain::{
    Account, Campaign, CampaignId, Code, Day, OwnDimension, ResultCode, Tariff, Timestamp, own_dimension::DimensionKey,
};
use serde_json::{Value, json};
use store::{
    accounts::AccountSettings,
    audit::{Action, Event},
    quotas::Quotas,
    repricing::Difference,
    result_words::ResultWord,
};

/// Words for results that the log names; of more, it says how many there are.
const WORDS_NAMED: usize = 20;

/// A tariff as the log says it.
fn of_tariff(tariff: &Tariff) -> Value {
    json!({
        "blocks": format!("{} + {}", tariff.first_block_seconds, tariff.next_block_seconds),
        "prices": format!("{} / {} {}", tariff.price_first_block, tariff.price_next_block, tariff.currency),
        "vat": tariff.vat,
        "effective_from": tariff.effective_from,
    })
}

/// A campaign as the log says it.
fn of_campaign(campaign: &Campaign) -> Value {
    json!({
        "name": campaign.name,
        "voicebot": campaign.voicebot.id,
        "state": campaign.state,
        "started_at": campaign.started_at,
        "report_emails": campaign.report_emails,
        "tariff": campaign.tariff.as_ref().map(of_tariff),
        "plan": campaign.plan,
    })
}

/// A result code as the log says it.
fn of_code(code: &ResultCode) -> Value {
    json!({"label_vi": code.label_vi, "label_en": code.label_en, "color": code.color, "is_goal": code.is_goal, "counts_as": code.counts_as.word()})
}

/// Details of a change; without what was before, something new.
pub fn between(before: Option<Value>, after: Value) -> Value {
    json!({"before": before.unwrap_or_else(|| json!({})), "after": after})
}

/// Details of a change of an account's settings.
pub fn of_settings(before: &AccountSettings, after: &AccountSettings) -> Value {
    let said = |settings: &AccountSettings| {
        json!({
            "name": settings.name,
            "language": settings.language.tag(),
            "short_call_seconds": settings.short_call.seconds(),
        })
    };
    between(Some(said(before)), said(after))
}

/// An account that was made.
pub fn account_made(account: &Account) -> Event {
    Event::of(Action::AccountMade, "").with(json!({
        "name": account.name,
        "timezone": account.zone.name(),
        "currency": account.currency.as_str(),
        "country": account.country.as_str(),
        "language": account.language.tag(),
    }))
}

/// Quotas as the log says them.
pub fn quotas(quotas: &Quotas) -> Value {
    json!({"calls": quotas.calls, "recording_bytes": quotas.recording_bytes, "people": quotas.people})
}

/// A result code that was put, where these were defined.
pub fn code_event(defined: &[ResultCode], code: &ResultCode) -> Event {
    let before = defined.iter().find(|before| before.code == code.code);
    let details = between(before.map(of_code), of_code(code));
    Event::of(Action::ResultCodeChanged, code.code.as_str()).with(details)
}

/// A result code whose definition was taken away.
pub fn code_removed(defined: &[ResultCode], code: &Code) -> Event {
    let before = defined.iter().find(|before| before.code == *code);
    let details = json!({"removed": true, "label_vi": before.map(|code| &code.label_vi), "label_en": before.map(|code| &code.label_en)});
    Event::of(Action::ResultCodeChanged, code.as_str()).with(details)
}

/// An own dimension that was put or removed.
pub fn dimension_event(before: &[OwnDimension], after: &[OwnDimension], key: &DimensionKey) -> Event {
    let said = |dimensions: &[OwnDimension]| {
        let one = dimensions.iter().find(|dimension| dimension.key == *key)?;
        Some(json!({"label_vi": one.label_vi, "label_en": one.label_en}))
    };
    let details = match said(after) {
        Some(now) => between(said(before), now),
        None => json!({"removed": true}),
    };
    Event::of(Action::DimensionChanged, key.as_str()).with(details)
}

/// A tariff of the account that was taken away.
pub fn tariff_removed(set: &[Tariff], effective_from: Timestamp) -> Event {
    let mut details =
        set.iter().find(|tariff| tariff.effective_from == effective_from).map(of_tariff).unwrap_or_default();
    details["removed"] = json!(true);
    Event::of(Action::TariffChanged, "").with(details)
}

/// A tariff that was put, where these were set: of a campaign, or of the account.
pub fn tariff_event(campaign: &str, set: &[Tariff], tariff: &Tariff) -> Event {
    let before = set.iter().find(|before| before.effective_from == tariff.effective_from);
    let details = between(before.map(of_tariff), of_tariff(tariff));
    Event::of(Action::TariffChanged, campaign).with(details)
}

/// As [`tariff_event`], with what its calls cost before and after where they are priced again, and how many came in since that was shown.
pub fn priced_again(campaign: &str, set: &[Tariff], tariff: &Tariff, again: Option<(&Difference, u64)>) -> Event {
    let mut event = tariff_event(campaign, set, tariff);
    if let Some((Difference { changed, cost, .. }, since)) = again {
        let (before, after) = (cost.0.to_string(), cost.1.to_string());
        event.details["after"]["priced_again"] =
            json!({"calls": changed, "since": since, "before": before, "after": after});
    }
    event
}

/// The words for results that were put, where these were known: which are new or mean something else, and which are gone.
pub fn words_event(known: &[ResultWord], words: &BTreeMap<Code, Code>) -> Event {
    let own = || known.iter().filter(|known| !known.is_default);
    let said = |known: &ResultWord| format!("{} = {}", known.word, known.code);
    let put = words.iter().filter(|(word, code)| !own().any(|known| known.word == **word && known.code == **code));
    let put: Vec<String> = put.map(|(word, code)| format!("{word} = {code}")).collect();
    let gone: Vec<String> = own().filter(|known| words.get(&known.word) != Some(&known.code)).map(said).collect();
    let few = |all: &[String]| all.iter().take(WORDS_NAMED).cloned().collect::<Vec<_>>();
    let details = json!({"put": few(&put), "gone": few(&gone), "puts": put.len(), "losses": gone.len()});
    Event::of(Action::ResultWordsChanged, "").with(details)
}

/// A page that the account keeps under a name, and kept before.
pub fn view_event(name: &str, before: Option<&str>, after: Option<&str>) -> Event {
    let said = |address: Option<&str>| address.map_or_else(|| json!({}), |address| json!({"view": address}));
    Event::of(Action::ViewChanged, name).with(between(Some(said(before)), said(after)))
}

/// What is noted on a day, and was noted before.
pub fn note_event(campaign: Option<&CampaignId>, day: Day, before: Option<&str>, after: Option<&str>) -> Event {
    let said = |text: Option<&str>| text.map_or_else(|| json!({}), |text| json!({"day": day, "note": text}));
    Event::of(Action::DayNoteChanged, campaign.map(ToString::to_string).unwrap_or_default())
        .with(between(Some(said(before)), said(after)))
}

/// A campaign that was put or completed.
pub fn campaign_event(before: Option<&Campaign>, after: &Campaign) -> Event {
    let details = between(before.map(of_campaign), of_campaign(after));
    Event::of(Action::CampaignChanged, after.id.as_str()).with(details)
}
