//! The account's own settings.

use app::{
    form::Filled,
    settings::{
        SET_ZONE, account_seen,
        forms::{ACCOUNT, ACCOUNT_NAME, COUNTRY, CURRENCY, LANGUAGE, SEEN, SET_COUNTRY, SHORT_CALL, ZONE},
        zone_seen,
    },
};
use axum::{Form, response::Response};
use domain::{Country, Currency, InputError, Language, Role, histogram::ShortCall, time::Zone};
use serde_json::json;
use store::{
    StoreError,
    accounts::{self, AccountSettings},
    audit::{Action, Event},
};

use super::{FormPairs, done};
use crate::web::{changes, database::Database, editing::Editing, problem::Problem, routes::Routes};

const PAGE: &str = "/settings/account";
const PUT: &str = "/settings/account/put";
const OF_COUNTRY: &str = "/settings/account/country";
const OF_ZONE: &str = "/settings/account/zone";

pub(super) fn routes() -> Routes {
    Routes::new().post(PUT, put).post(OF_COUNTRY, put_country).post(OF_ZONE, put_zone)
}

async fn put(editing: Editing, mut database: Database, Form(pairs): Form<FormPairs>) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let text = editing.text();
    let again = |filled: &Filled| editing.refused(&ACCOUNT, text.settings_account(), PUT, PAGE, filled);
    let values = match ACCOUNT.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let short_call = values.text(&SHORT_CALL).parse().ok().and_then(ShortCall::from_seconds);
    let after = AccountSettings {
        name: values.text(&ACCOUNT_NAME).to_owned(),
        language: Language::from_tag(values.text(&LANGUAGE)).unwrap_or_default(),
        short_call: short_call.unwrap_or_default(),
    };
    let scope = &editing.who.scope;
    let mut conn = editing.write(&mut database).await?;
    let before = accounts::lookup(&mut conn, scope).await?;
    let now = account_seen(&before);
    if values.text(&SEEN) != now {
        let filled = ACCOUNT.typed(&pairs).with_instead(&SEEN, now.clone());
        return Ok(again(&filled.failed(text.settings_changed_meanwhile(&now), &[])));
    }
    match accounts::put_settings(&mut conn, scope, &after).await {
        Ok(_) => {}
        Err(StoreError::Invalid(_)) => {
            return Ok(again(&ACCOUNT.typed(&pairs).refused(&ACCOUNT_NAME, InputError::Missing)));
        }
        Err(error) => return Err(error.into()),
    }
    let details = changes::of_settings(&AccountSettings::of(&before), &after);
    editing.commit(conn, &Event::of(Action::AccountChanged, "").with(details)).await?;
    Ok(done(PAGE, "saved"))
}

async fn put_country(
    editing: Editing,
    mut database: Database,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let text = editing.text();
    let again = |filled: &Filled| editing.refused(&SET_COUNTRY, text.account_country(), OF_COUNTRY, PAGE, filled);
    let values = match SET_COUNTRY.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let Ok(country) = Country::new(&values.text(&COUNTRY).to_uppercase()) else {
        return Ok(again(&SET_COUNTRY.typed(&pairs).refused(&COUNTRY, InputError::NotACountry)));
    };
    let scope = &editing.who.scope;
    let mut conn = editing.write(&mut database).await?;
    let before = accounts::lookup(&mut conn, scope).await?.country;
    accounts::put_country(&mut conn, scope, country).await?;
    let details = json!({"before": {"country": before.as_str()}, "after": {"country": country.as_str()}});
    editing.commit(conn, &Event::of(Action::AccountChanged, "").with(details)).await?;
    Ok(done(PAGE, "saved"))
}

async fn put_zone(editing: Editing, mut database: Database, Form(pairs): Form<FormPairs>) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let text = editing.text();
    let again = |filled: &Filled| editing.refused(&SET_ZONE, text.account_zone(), OF_ZONE, PAGE, filled);
    let (values, mut filled) = SET_ZONE.read(&pairs);
    let zone = Zone::new(values.text(&ZONE));
    let currency = Currency::new(values.text(&CURRENCY).to_ascii_uppercase());
    if zone.is_err() && !values.text(&ZONE).is_empty() {
        filled = filled.refused(&ZONE, InputError::NotAZone);
    }
    if currency.is_err() && !values.text(&CURRENCY).is_empty() {
        filled = filled.refused(&CURRENCY, InputError::NotACurrency);
    }
    let (Ok(zone), Ok(currency), false) = (zone, currency, filled.is_wrong()) else { return Ok(again(&filled)) };
    let scope = &editing.who.scope;
    let mut conn = editing.write(&mut database).await?;
    let before = accounts::lookup(&mut conn, scope).await?;
    let now = zone_seen(&before);
    if values.text(&SEEN) != now {
        let filled = SET_ZONE.typed(&pairs).with_instead(&SEEN, now.clone());
        return Ok(again(&filled.failed(text.settings_changed_meanwhile(&now), &[])));
    }
    match accounts::put_zone(&mut conn, scope, zone.name(), &currency).await {
        Ok(_) => {}
        // A call came in meanwhile.
        Err(StoreError::Invalid(_)) => {
            return Ok(again(&SET_ZONE.typed(&pairs).failed(text.account_fixed().to_owned(), &[ZONE, CURRENCY])));
        }
        Err(error) => return Err(error.into()),
    }
    let said = |zone: Zone, currency: &Currency| json!({"timezone": zone.name(), "currency": currency.as_str()});
    let details = changes::between(Some(said(before.zone, &before.currency)), said(zone, &currency));
    editing.commit(conn, &Event::of(Action::AccountChanged, "").with(details)).await?;
    Ok(done(PAGE, "saved"))
}
