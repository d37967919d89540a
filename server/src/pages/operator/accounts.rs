//! The list of all accounts, and a new one.

use app::{
    form::{Filled, Form as AskedForm, Values},
    operator::{
        AccountsPage, Query, accounts_page,
        forms::{ADD_ACCOUNT, CURRENCY, ZONE},
    },
    settings::forms::{ACCOUNT_NAME, COUNTRY, LANGUAGE},
};
use axum::{
    Form,
    extract::{Request, State},
    response::Response,
};
use domain::{Account, Country, Currency, InputError, Language, time::Zone};
use serde_json::json;
use store::{
    Conn, Scope, StoreError,
    accounts::{self, NewAccount},
    audit::{Action, Event},
    figures, recording_fetches,
};

use super::{Pairs, done, pairs, shown};
use crate::{
    context::Server,
    web::{operating::Operating, problem::Problem, routes::Routes},
};

const LIST: &str = "/operator";
const ADD: &str = "/operator/accounts";

pub(super) fn routes() -> Routes {
    Routes::new().get(LIST, list).post(ADD, add)
}

async fn list(State(server): State<Server>, operating: Operating, request: Request) -> Result<Response, Problem> {
    let pairs = pairs(&request);
    let query = Query::of(&pairs, operating.this_month());
    let mut accounts = figures::read(&mut operating.read().await?, query.month, None).await?;
    query.sort(&mut accounts);
    let page = AccountsPage {
        query,
        accounts,
        this_month: operating.this_month(),
        zone: operating.who.account.zone,
        note: pairs.into_iter().find(|(name, _)| name == "note").map(|(_, word)| word),
    };
    Ok(shown(server, request, accounts_page(operating.session(), &page)).await)
}

/// An account as the fields of a form say it; its name is [`ACCOUNT_NAME`] unless the form has another field for it.
pub(in crate::pages) fn asked(
    form: &AskedForm,
    pairs: &Pairs,
    values: &Values,
    name: String,
) -> Result<NewAccount, Filled> {
    let refused = |field, error| form.typed(pairs).refused(field, error);
    let country = Country::new(values.text(&COUNTRY)).map_err(|_| refused(&COUNTRY, InputError::NotACountry))?;
    let zone = Zone::new(values.text(&ZONE)).map_err(|_| refused(&ZONE, InputError::NotAZone))?;
    let currency = Currency::new(values.text(&CURRENCY).to_ascii_uppercase());
    let currency = currency.map_err(|_| refused(&CURRENCY, InputError::NotACurrency))?;
    let language = Language::from_tag(values.text(&LANGUAGE)).unwrap_or_default();
    Ok(NewAccount { name, timezone: zone.name().to_owned(), currency, language, country })
}

/// Makes an account, whose recordings are fetched as those of the command are.
pub(in crate::pages) async fn make(
    conn: &mut Conn,
    new: &NewAccount,
    now: domain::Timestamp,
) -> Result<(Scope, Account), StoreError> {
    let account = accounts::add(conn, new, now).await?;
    #[expect(clippy::disallowed_methods, reason = "the account is made here")]
    let scope = Scope::system(account.id);
    recording_fetches::set_enabled(conn, &scope, true, now).await?;
    Ok((scope, account))
}

/// What the log says of a new account.
pub(in crate::pages) fn made(account: &Account) -> Event {
    Event::of(Action::AccountMade, "").with(json!({
        "name": account.name,
        "timezone": account.zone.name(),
        "currency": account.currency.as_str(),
        "country": account.country.as_str(),
        "language": account.language.tag(),
    }))
}

/// What a name was refused for that only the store can tell.
pub(in crate::pages) fn wrong_name(error: &domain::FieldError) -> InputError {
    if error.reason.contains("belongs") { InputError::Taken } else { InputError::Missing }
}

async fn add(operating: Operating, Form(pairs): Form<Pairs>) -> Result<Response, Problem> {
    let text = operating.text();
    let again = |filled: &Filled| operating.refused(&ADD_ACCOUNT, text.operator_new_account(), ADD, LIST, filled);
    let values = match ADD_ACCOUNT.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let new = match asked(&ADD_ACCOUNT, &pairs, &values, values.text(&ACCOUNT_NAME).to_owned()) {
        Ok(new) => new,
        Err(filled) => return Ok(again(&filled)),
    };
    let mut conn = operating.write().await?;
    let (scope, account) = match make(&mut conn, &new, operating.now()).await {
        Ok(made) => made,
        Err(StoreError::Invalid(error)) if error.field == "name" => {
            return Ok(again(&ADD_ACCOUNT.typed(&pairs).refused(&ACCOUNT_NAME, wrong_name(&error))));
        }
        Err(error) => return Err(error.into()),
    };
    operating.commit(conn, &scope, &made(&account)).await?;
    Ok(done(account.id, "made"))
}
