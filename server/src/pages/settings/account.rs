//! The account's own settings.

use app::{
    form::Filled,
    settings::{
        account_seen,
        forms::{ACCOUNT, ACCOUNT_NAME, COUNTRY, LANGUAGE, SEEN, SET_COUNTRY, SHORT_CALL},
    },
};
use axum::{Form, response::Response};
use domain::{Country, InputError, Language, Role, histogram::ShortCall};
use serde_json::json;
use store::{
    StoreError,
    accounts::{self, AccountSettings},
    audit::{Action, Event},
};

use super::{FormPairs, done};
use crate::web::{changes, editing::Editing, problem::Problem, routes::Routes};

const PAGE: &str = "/settings/account";
const PUT: &str = "/settings/account/put";
const OF_COUNTRY: &str = "/settings/account/country";

pub(super) fn routes() -> Routes {
    Routes::new().post(PUT, put).post(OF_COUNTRY, put_country)
}

async fn put(editing: Editing, Form(pairs): Form<FormPairs>) -> Result<Response, Problem> {
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
    let mut conn = editing.write().await?;
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

async fn put_country(editing: Editing, Form(pairs): Form<FormPairs>) -> Result<Response, Problem> {
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
    let mut conn = editing.write().await?;
    let before = accounts::lookup(&mut conn, scope).await?.country;
    accounts::put_country(&mut conn, scope, country).await?;
    let details = json!({"before": {"country": before.as_str()}, "after": {"country": country.as_str()}});
    editing.commit(conn, &Event::of(Action::AccountChanged, "").with(details)).await?;
    Ok(done(PAGE, "saved"))
}
