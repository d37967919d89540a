//! Setting a tariff of the account.

use app::{
    Text,
    form::{Filled, Values},
    settings::{
        forms::{CONFIRMED, SEEN},
        tariff_forms::{
            FIRST_PRICE, FIRST_SECONDS, FROM, NEXT_PRICE, NEXT_SECONDS, OWN, PRESET, PRESETS, PRICE_AGAIN, TARIFF, VAT,
        },
        tariffs_seen,
    },
};
use axum::{Form, response::Response};
use domain::{CampaignId, Day, InputError, Money, Role, Tariff, Vat, format, input, time::DAY_MS};
use serde_json::json;
use store::{
    Put, StoreError,
    audit::Event,
    repricing::{self, Difference},
    tariffs,
};

use super::{Pairs, done};
use crate::web::{changes, editing::Editing, problem::Problem, routes::Routes};

const PAGE: &str = "/settings/tariffs";
const ADD: &str = "/settings/tariffs/add";

pub(super) fn routes() -> Routes {
    Routes::new().post(ADD, add)
}

/// The tariff that a form asks for, or the form with what is wrong.
pub(super) fn asked(editing: &Editing, pairs: &Pairs) -> Result<(Tariff, Values), Filled> {
    let zone = editing.who.account.zone;
    // Said together with what the form itself finds.
    let prices_again = pairs.iter().any(|(name, value)| name == PRICE_AGAIN.name() && !value.is_empty());
    let is_over = |day: Day| day < zone.local(editing.now()).day() && !prices_again;
    let typed_day = pairs.iter().find(|(name, _)| name == FROM.name()).and_then(|(_, typed)| input::day(typed).ok());
    let values = TARIFF.parse(pairs).map_err(|filled| match typed_day {
        Some(day) if is_over(day) => filled.refused(&FROM, InputError::DayOver),
        _ => filled,
    })?;
    let wrong = |field, error| Err(TARIFF.typed(pairs).refused(field, error));
    let preset = values.text(&PRESET);
    let (first, next) = if preset == OWN {
        let seconds = |field| values.number(field).and_then(|seconds| u32::try_from(seconds).ok());
        let Some(first) = seconds(&FIRST_SECONDS) else { return wrong(&FIRST_SECONDS, InputError::Missing) };
        let Some(next) = seconds(&NEXT_SECONDS) else { return wrong(&NEXT_SECONDS, InputError::Missing) };
        (first, next)
    } else {
        let found = PRESETS.iter().find(|(name, ..)| *name == preset);
        let Some((_, first, next)) = found else { return wrong(&PRESET, InputError::NotAChoice) };
        // Who has no scripts may have typed seconds and left the choice: neither is preferred in silence.
        let typed = [(&FIRST_SECONDS, *first), (&NEXT_SECONDS, *next)];
        if typed.into_iter().any(|(field, of_preset)| values.number(field).is_some_and(|it| it != i64::from(of_preset)))
        {
            return wrong(&PRESET, InputError::SecondsDiffer);
        }
        (*first, *next)
    };
    let Some(from) = values.day(&FROM) else { return wrong(&FROM, InputError::Missing) };
    if is_over(from) {
        return wrong(&FROM, InputError::DayOver);
    }
    let tariff = Tariff {
        first_block_seconds: first,
        next_block_seconds: next,
        price_first_block: values.amount(&FIRST_PRICE).unwrap_or(Money::ZERO),
        price_next_block: values.amount(&NEXT_PRICE).unwrap_or(Money::ZERO),
        currency: editing.who.account.currency.clone(),
        effective_from: zone.instant(i64::from(from.0) * DAY_MS),
        vat: Vat::from_word(values.text(&VAT)),
    };
    Ok((tariff, values))
}

/// The form for who comes second: what was typed, and what is stored now. None where nobody came before.
pub(super) fn second(editing: &Editing, pairs: &Pairs, values: &Values, stored: &[Tariff]) -> Option<Filled> {
    let text = editing.text();
    let now = tariffs_seen(stored, editing.who.account.zone, text);
    (values.text(&SEEN) != now).then(|| {
        let filled = TARIFF.typed(pairs).with_instead(&SEEN, now.clone());
        filled.failed(text.settings_changed_meanwhile(&now), &[])
    })
}

/// What pricing the stored calls again will change, where it was asked for; or the form that says so and asks once more.
pub(super) async fn foreseen(
    editing: &Editing,
    campaign: Option<&CampaignId>,
    tariff: &Tariff,
    (pairs, values): (&Pairs, &Values),
) -> Result<Result<Option<Difference>, Filled>, StoreError> {
    if !values.is_ticked(&PRICE_AGAIN) {
        return Ok(Ok(None));
    }
    // Many calls may be read: nobody who writes waits for it.
    let mut conn = editing.read().await?;
    let difference = repricing::foresee(&mut conn, &editing.who.scope, campaign, tariff).await?.unwrap_or_default();
    drop(conn);
    let Difference { changed, given, cost, .. } = difference;
    let said = format!("{changed} {} {}", cost.0.0, cost.1.0);
    if values.text(&CONFIRMED) == said {
        return Ok(Ok(Some(difference)));
    }
    let (text, language) = (editing.text(), editing.text().language());
    let money = |money| format::money(money, &tariff.currency, language);
    let from = format::date(editing.who.account.zone.local(tariff.effective_from).day(), language);
    let mut words = if changed == 0 {
        text.tariff_nothing_changes(&from)
    } else {
        let (before, after) = (money(cost.0), money(cost.1));
        text.tariff_difference(&text.calls(changed), &from, &before, &after, &money(Money(cost.1.0 - cost.0.0)))
    };
    if given > 0 {
        words = format!("{words} {}", text.tariff_given(&text.calls(given)));
    }
    Ok(Err(TARIFF.typed(pairs).with_instead(&CONFIRMED, said).to_confirm(words, Text::tariff_confirm)))
}

/// The event of a tariff, with what its calls cost before and after where they are priced again.
pub(super) fn told(campaign: &str, stored: &[Tariff], tariff: &Tariff, difference: Option<&Difference>) -> Event {
    let mut event = changes::tariff_event(campaign, stored, tariff);
    if let Some(Difference { changed, cost, .. }) = difference {
        event.details["after"]["priced_again"] =
            json!({"calls": changed, "before": cost.0.to_string(), "after": cost.1.to_string()});
    }
    event
}

async fn add(editing: Editing, Form(pairs): Form<Pairs>) -> Result<Response, Problem> {
    editing.only(Role::Manager)?;
    let again = |filled: &Filled| editing.refused(&TARIFF, editing.text().tariffs_new(), ADD, PAGE, filled);
    let (tariff, values) = match asked(&editing, &pairs) {
        Ok(asked) => asked,
        Err(filled) => return Ok(again(&filled)),
    };
    let scope = &editing.who.scope;
    let difference = match foreseen(&editing, None, &tariff, (&pairs, &values)).await? {
        Ok(difference) => difference,
        Err(filled) => return Ok(again(&filled)),
    };
    let mut conn = editing.write().await?;
    let stored = tariffs::list(&mut conn, scope).await?;
    if let Some(filled) = second(&editing, &pairs, &values, &stored) {
        return Ok(again(&filled));
    }
    let put = tariffs::put_default(&mut conn, scope, &tariff).await?;
    if difference.is_some() {
        repricing::begin(&mut conn, scope, None, tariff.effective_from, editing.now()).await?;
    }
    if put != Put::Unchanged || difference.is_some() {
        editing.commit(conn, &told("", &stored, &tariff, difference.as_ref())).await?;
    }
    Ok(done(PAGE, "saved"))
}
