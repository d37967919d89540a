//! The list of all accounts, and a new one.

use app::{
    form::{Filled, Values},
    operator::{AccountsPage, AccountsQuery, accounts_page, forms::ADD_ACCOUNT},
    settings::forms::{ACCOUNT_NAME, COUNTRY, CURRENCY, LANGUAGE, ZONE},
};
use axum::{
    Form,
    extract::{Request, State},
    response::Response,
};
use domain::{Account, Country, Currency, InputError, Language, time::Zone};
use store::{
    Conn, Scope, StoreError,
    accounts::{self, NewAccount},
    figures, recording_fetches,
};

use super::{FormPairs, done, pairs, shown};
use crate::web::{
    changes, database::Database, operating::Operating, problem::Problem, routes::Routes, state::RouterState,
};

const LIST: &str = "/operator";
const ADD: &str = "/operator/accounts";

pub(super) fn routes() -> Routes {
    Routes::new().get(LIST, list).post(ADD, add)
}

async fn list(
    State(server): State<RouterState>,
    operating: Operating,
    mut database: Database,
    request: Request,
) -> Result<Response, Problem> {
    let pairs = pairs(&request);
    let query = AccountsQuery::of(&pairs, operating.this_month());
    let mut accounts = figures::read(&mut *database.read().await?, query.month, None).await?;
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

/// An account as the fields of a form say it, of this name; else the form with all that is wrong, in those fields and, as `filled` has it
/// already, in others.
pub(in crate::pages) fn asked(values: &Values, name: String, mut filled: Filled) -> Result<NewAccount, Filled> {
    let country = Country::new(&values.text(&COUNTRY).to_uppercase());
    let zone = Zone::new(values.text(&ZONE));
    let currency = Currency::new(values.text(&CURRENCY).to_ascii_uppercase());
    // What was left out is said already.
    let is_typed = |field| !values.text(field).is_empty();
    for (field, error, is_wrong) in [
        (&COUNTRY, InputError::NotACountry, country.is_err()),
        (&ZONE, InputError::NotAZone, zone.is_err()),
        (&CURRENCY, InputError::NotACurrency, currency.is_err()),
    ] {
        if is_wrong && is_typed(field) {
            filled = filled.refused(field, error);
        }
    }
    let (Ok(country), Ok(zone), Ok(currency)) = (country, zone, currency) else { return Err(filled) };
    if filled.is_wrong() {
        return Err(filled);
    }
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

/// What a name was refused for that only the store can tell.
pub(in crate::pages) fn wrong_name(error: &domain::FieldError) -> InputError {
    if error.reason.contains("another account") { InputError::Taken } else { InputError::Missing }
}

async fn add(operating: Operating, mut database: Database, Form(pairs): Form<FormPairs>) -> Result<Response, Problem> {
    let text = operating.text();
    let again = |filled: &Filled| operating.refused(&ADD_ACCOUNT, text.operator_new_account(), ADD, LIST, filled);
    let (values, filled) = ADD_ACCOUNT.read(&pairs);
    let new = match asked(&values, values.text(&ACCOUNT_NAME).to_owned(), filled) {
        Ok(new) => new,
        Err(filled) => return Ok(again(&filled)),
    };
    let mut conn = database.write().await?;
    let (scope, account) = match make(&mut conn, &new, operating.now()).await {
        Ok(made) => made,
        Err(StoreError::Invalid(error)) if error.field == "name" => {
            return Ok(again(&ADD_ACCOUNT.typed(&pairs).refused(&ACCOUNT_NAME, wrong_name(&error))));
        }
        Err(error) => return Err(error.into()),
    };
    operating.commit(conn, &scope, &changes::account_made(&account)).await?;
    Ok(done(account.id, "made"))
}
