//! Setting a tariff of the account.

use app::{
    form::{Filled, Values},
    settings::{
        forms::SEEN,
        tariff_forms::{FIRST_PRICE, FIRST_SECONDS, FROM, NEXT_PRICE, NEXT_SECONDS, OWN, PRESET, PRESETS, TARIFF, VAT},
        tariffs_seen,
    },
};
use axum::{Form, response::Response};
use domain::{Day, InputError, Money, Role, Tariff, Vat, input, time::DAY_MS};
use store::{Put, tariffs};

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
    let is_over = |day: Day| day < zone.local(editing.now()).day();
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

async fn add(editing: Editing, Form(pairs): Form<Pairs>) -> Result<Response, Problem> {
    editing.only(Role::Manager)?;
    let again = |filled: &Filled| editing.refused(&TARIFF, editing.text().tariffs_new(), ADD, PAGE, filled);
    let (tariff, values) = match asked(&editing, &pairs) {
        Ok(asked) => asked,
        Err(filled) => return Ok(again(&filled)),
    };
    let scope = &editing.who.scope;
    let mut conn = editing.write().await?;
    let stored = tariffs::list(&mut conn, scope).await?;
    if let Some(filled) = second(&editing, &pairs, &values, &stored) {
        return Ok(again(&filled));
    }
    if tariffs::put_default(&mut conn, scope, &tariff).await? != Put::Unchanged {
        editing.commit(conn, &changes::tariff_event("", &stored, &tariff)).await?;
    }
    Ok(done(PAGE, "saved"))
}
