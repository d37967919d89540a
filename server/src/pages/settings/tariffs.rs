//! Setting a tariff of the account.

use app::{
    Text,
    form::{Field, Filled, Values},
    settings::{
        forms::{CONFIRMED, SEEN},
        tariff_forms::{
            FIRST_PRICE, FIRST_SECONDS, FROM, NEXT_PRICE, NEXT_SECONDS, OWN, PRESET, PRESETS, PRICE_AGAIN, TARIFF, VAT,
        },
        tariffs_seen,
    },
};
use axum::{Form, response::Response};
use domain::{CampaignId, Day, InputError, Role, Tariff, Timestamp, Vat, format, limits::DAY_COST_UNITS, time::DAY_MS};
use serde::Deserialize;
use store::{
    Put, StoreError,
    audit::Event,
    repricing::{self, Difference},
    tariffs,
};

use super::{CONFIRMED_LASTS_MS, FormPairs, done};
use crate::web::{changes, database::Database, editing::Editing, problem::Problem, routes::Routes};

const PAGE: &str = "/settings/tariffs";
const ADD: &str = "/settings/tariffs/add";

pub(super) fn routes() -> Routes {
    Routes::new().post(ADD, add).post("/settings/tariffs/remove", remove)
}

/// The tariff that a form asks for, or the form with all that is wrong.
pub(super) fn asked(editing: &Editing, pairs: &FormPairs) -> Result<(Tariff, Values), Filled> {
    let zone = editing.who.account.zone;
    let (values, mut filled) = TARIFF.read(pairs);
    let is_typed = |field: &Field| !filled_is_empty(pairs, field);
    let preset = values.text(&PRESET);
    let seconds = |field| values.number(field).and_then(|seconds| u32::try_from(seconds).ok());
    let lengths = if preset == OWN {
        for field in [&FIRST_SECONDS, &NEXT_SECONDS] {
            if !is_typed(field) {
                filled = filled.refused(field, InputError::Missing);
            }
        }
        seconds(&FIRST_SECONDS).zip(seconds(&NEXT_SECONDS))
    } else {
        let found = PRESETS.iter().find(|(name, ..)| *name == preset).map(|(_, first, next)| (*first, *next));
        // Who has no scripts may have typed seconds and left the choice: neither is preferred in silence.
        let differs = found.is_some_and(|(first, next)| {
            let typed = [(&FIRST_SECONDS, first), (&NEXT_SECONDS, next)];
            typed
                .into_iter()
                .any(|(field, of_preset)| values.number(field).is_some_and(|it| it != i64::from(of_preset)))
        });
        if differs {
            filled = filled.refused(&PRESET, InputError::SecondsDiffer);
        }
        found
    };
    let from = values.day(&FROM);
    let is_over = |day: Day| day < zone.local(editing.now()).day() && !values.is_ticked(&PRICE_AGAIN);
    if from.is_some_and(is_over) {
        filled = filled.refused(&FROM, InputError::DayOver);
    }
    let prices = values.amount(&FIRST_PRICE).zip(values.amount(&NEXT_PRICE));
    let tariff = lengths.zip(prices).map(|((first, next), (first_price, next_price))| Tariff {
        first_block_seconds: first,
        next_block_seconds: next,
        price_first_block: first_price,
        price_next_block: next_price,
        currency: editing.who.account.currency.clone(),
        effective_from: zone.instant(i64::from(from.map_or(0, |day| day.0)) * DAY_MS),
        vat: Vat::from_word(values.text(&VAT)),
    });
    if tariff.as_ref().is_some_and(Tariff::is_too_dear) {
        filled = filled.refused(&NEXT_PRICE, InputError::DayTooDear(DAY_COST_UNITS));
    }
    match tariff {
        Some(tariff) if !filled.is_wrong() => Ok((tariff, values)),
        // What keeps it from being one is a field that is wrong.
        _ => Err(filled),
    }
}

fn filled_is_empty(pairs: &FormPairs, field: &Field) -> bool {
    pairs.iter().find(|(name, _)| name == field.name()).is_none_or(|(_, typed)| typed.trim().is_empty())
}

/// The form for who comes second: what was typed, and what is stored now. None where nobody came before.
pub(super) fn second(editing: &Editing, pairs: &FormPairs, values: &Values, stored: &[Tariff]) -> Option<Filled> {
    let text = editing.text();
    let now = tariffs_seen(stored, editing.who.account.zone, text);
    (values.text(&SEEN) != now).then(|| {
        let filled = TARIFF.typed(pairs).with_instead(&SEEN, now.clone());
        filled.failed(text.settings_changed_meanwhile(&now), &[])
    })
}

/// What pricing the stored calls again will change.
pub(super) struct PricingPreview {
    pub(super) difference: Difference,
    /// Calls that change their price and came in since it was shown.
    pub(super) since: u64,
}

/// What somebody has read before they confirm: which tariff, when, and how many calls it said change their price.
struct SeenTariff {
    tariff: String,
    at: Timestamp,
    changed: u64,
}

impl SeenTariff {
    fn of(tariff: &Tariff, at: Timestamp, changed: u64) -> Self {
        let Tariff { first_block_seconds, next_block_seconds, price_first_block, price_next_block, .. } = tariff;
        let tariff = format!(
            "{first_block_seconds}+{next_block_seconds}:{price_first_block}:{price_next_block}:{}",
            tariff.effective_from.0
        );
        Self { tariff, at, changed }
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let (tariff, at, changed) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { tariff: tariff.to_owned(), at: Timestamp(at.parse().ok()?), changed: changed.parse().ok()? })
    }

    fn written(&self) -> String {
        format!("{}/{}/{}", self.tariff, self.at.0, self.changed)
    }

    /// Whether it is what would be shown now: of the same tariff, and not long ago. How many calls there are is not asked: on a busy
    /// account there are more with every moment.
    fn is_of(&self, now: &Self) -> bool {
        self.tariff == now.tariff && (0..=CONFIRMED_LASTS_MS).contains(&(now.at.0 - self.at.0))
    }
}

/// What pricing the stored calls again will change, where it was asked for; or the form that says so and asks once more.
pub(super) async fn foreseen(
    editing: &Editing,
    database: &mut Database,
    campaign: Option<&CampaignId>,
    tariff: &Tariff,
    (pairs, values): (&FormPairs, &Values),
) -> Result<Result<Option<PricingPreview>, Filled>, StoreError> {
    if !values.is_ticked(&PRICE_AGAIN) {
        return Ok(Ok(None));
    }
    // Many calls may be read: nobody who writes waits for it.
    let mut conn = database.read().await?;
    let difference = repricing::foresee(&mut conn, &editing.who.scope, campaign, tariff).await?.unwrap_or_default();
    drop(conn);
    let Difference { changed, given, cost, .. } = difference;
    let now = SeenTariff::of(tariff, editing.now(), changed);
    if let Some(shown) = SeenTariff::read(values.text(&CONFIRMED)).filter(|shown| shown.is_of(&now)) {
        return Ok(Ok(Some(PricingPreview { difference, since: changed.saturating_sub(shown.changed) })));
    }
    let (text, language) = (editing.text(), editing.text().language());
    let money = |money| format::money(money, &tariff.currency, language);
    let zone = editing.who.account.zone;
    let from = format::date(zone.local(tariff.effective_from).day(), language);
    let mut words = if changed == 0 {
        text.tariff_nothing_changes(&from)
    } else {
        let (before, after) = (money(cost.0), money(cost.1));
        text.tariff_difference(&text.calls(changed), &from, &before, &after, &money(cost.1 - cost.0))
    };
    if given > 0 {
        words = format!("{words} {}", text.tariff_given(&text.calls(given)));
    }
    words = format!("{words} {}", text.tariff_since(&format::date_time(zone.local(now.at), language)));
    Ok(Err(TARIFF.typed(pairs).with_instead(&CONFIRMED, now.written()).to_confirm(words, Text::tariff_confirm)))
}

/// The event of a tariff, with what its calls cost before and after where they are priced again.
pub(super) fn told(campaign: &str, stored: &[Tariff], tariff: &Tariff, foreseen: Option<&PricingPreview>) -> Event {
    let again = foreseen.map(|foreseen| (&foreseen.difference, foreseen.since));
    changes::priced_again(campaign, stored, tariff, again)
}

async fn add(editing: Editing, mut database: Database, Form(pairs): Form<FormPairs>) -> Result<Response, Problem> {
    editing.only(Role::Manager)?;
    let again = |filled: &Filled| editing.refused(&TARIFF, editing.text().tariffs_new(), ADD, PAGE, filled);
    let (tariff, values) = match asked(&editing, &pairs) {
        Ok(asked) => asked,
        Err(filled) => return Ok(again(&filled)),
    };
    let scope = &editing.who.scope;
    let difference = match foreseen(&editing, &mut database, None, &tariff, (&pairs, &values)).await? {
        Ok(difference) => difference,
        Err(filled) => return Ok(again(&filled)),
    };
    let mut conn = editing.write(&mut database).await?;
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

#[derive(Debug, Deserialize)]
struct RemoveTariffForm {
    from: i64,
}

/// Takes a tariff away that no call has.
async fn remove(
    editing: Editing,
    mut database: Database,
    Form(RemoveTariffForm { from }): Form<RemoveTariffForm>,
) -> Result<Response, Problem> {
    editing.only(Role::Manager)?;
    let (scope, from) = (&editing.who.scope, Timestamp(from));
    let mut conn = editing.write(&mut database).await?;
    let set = tariffs::list(&mut conn, scope).await?;
    match tariffs::delete_default(&mut conn, scope, from).await {
        Ok(true) => {}
        Ok(false) => return Err(Problem::not_found("tariff")),
        Err(StoreError::Invalid(_)) => return Ok(done(PAGE, "in-use")),
        Err(error) => return Err(error.into()),
    }
    editing.commit(conn, &changes::tariff_removed(&set, from)).await?;
    Ok(done(PAGE, "removed"))
}
