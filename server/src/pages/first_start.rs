//! The page behind the link that the server printed when it began with nobody: the first operator, who owns the first account.

use app::{
    Text,
    form::Filled,
    operator::forms::{FIRST_ACCOUNT, FIRST_START, KEY},
    session::Preferences,
    settings::forms::{COUNTRY, CURRENCY, LANGUAGE, ZONE},
    sign_in::{EMAIL, NAME, PASSWORD},
};
use axum::{
    Form,
    extract::{Extension, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::{Currency, Role, time::Zone};
use serde::Deserialize;
use serde_json::json;
use store::{
    StoreError, User,
    accounts::NewAccount,
    audit::{self, Action, Actor, Event},
    operators, people,
    users::{self, NewUser},
};

use super::{
    operator::accounts::{asked, make, wrong_name},
    signing_in::{RETRY_SECONDS, enter, later, status_of},
};
use crate::{
    context::{Context, SharedContext},
    passwords::{self, Network},
    web::{
        browser, changes,
        client::Client,
        database::Database,
        problem::Problem,
        refused::{FormPairs, Refused, form_alone, refused},
        routes::Routes,
        session::{self, Opening},
        small_page::small_page,
    },
};

const PAGE: &str = "/first-start";

pub fn routes() -> Routes {
    Routes::new().get(PAGE, show).post(PAGE, begin)
}

#[derive(Debug, Deserialize)]
struct FirstStartQuery {
    #[serde(default)]
    key: String,
}

/// Whether the key opens the page.
async fn is_open(context: &Context, database: &mut Database, key: &str) -> Result<bool, StoreError> {
    if !context.first_start.is_key(key) {
        return Ok(false);
    }
    context.first_start.is_waiting(&mut *database.read().await?).await
}

/// The key is of another start, or somebody is there already.
fn over(context: &Context, preferences: Preferences) -> Response {
    let text = Text(preferences.language);
    let stylesheet = context.app.assets.url("pkg/ringside.css");
    let body = format!(
        "<p class=\"notice is-failed\">{}</p><a class=\"link\" href=\"/sign-in\">{}</a>",
        text.first_start_over(),
        text.back_to_sign_in()
    );
    let page = small_page(preferences, &stylesheet, text.first_start_title(), "", &body);
    (StatusCode::GONE, Html(page)).into_response()
}

async fn show(
    State(context): State<SharedContext>,
    mut database: Database,
    Extension(preferences): Extension<Preferences>,
    Query(FirstStartQuery { key }): Query<FirstStartQuery>,
) -> Result<Response, Problem> {
    if !is_open(&context, &mut database, &key).await? {
        return Ok(over(&context, preferences));
    }
    let text = Text(preferences.language);
    let here = app::links::with_query(PAGE, [("key", key.as_str())]);
    let filled = Filled::default()
        .with(&KEY, key)
        .with(&COUNTRY, "VN")
        .with(&ZONE, Zone::HO_CHI_MINH.name())
        .with(&CURRENCY, Currency::vnd().as_str())
        .with(&LANGUAGE, preferences.language.tag());
    let title = text.first_start_title();
    let form =
        Refused { form: &FIRST_START, title, action: PAGE.to_owned(), account: None, back: None, filled: &filled };
    let lead = format!("<p class=\"text-muted\">{}</p>", text.first_start_lead());
    Ok(Html(form_alone(&context, preferences, &form, &lead, Some(&here))).into_response())
}

async fn begin(
    State(context): State<SharedContext>,
    mut database: Database,
    Extension(preferences): Extension<Preferences>,
    Client(address): Client,
    headers: HeaderMap,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let text = Text(preferences.language);
    let key = pairs.iter().find(|(name, _)| name == KEY.name()).map(|(_, key)| key.as_str()).unwrap_or_default();
    if !is_open(&context, &mut database, key).await? {
        return Ok(over(&context, preferences));
    }
    let again = |filled: &Filled| {
        let title = text.first_start_title();
        refused(
            &context,
            preferences,
            &Refused { form: &FIRST_START, title, action: PAGE.to_owned(), account: None, back: None, filled },
        )
    };
    let typed = || FIRST_START.typed(&pairs);
    let (values, mut filled) = FIRST_START.read(&pairs);
    let (email, name) = (values.text(&EMAIL).to_lowercase(), values.text(&NAME).to_owned());
    if !values.text(&PASSWORD).is_empty()
        && let Err(error) = passwords::check(values.text(&PASSWORD), &email, &name, values.text(&FIRST_ACCOUNT))
    {
        filled = filled.refused(&PASSWORD, error);
    }
    let account = match asked(&values, values.text(&FIRST_ACCOUNT).to_owned(), filled) {
        Ok(account) => account,
        Err(filled) => return Ok(again(&filled)),
    };
    let hashed = match context.passwords.hash(Network::of(address), values.text(&PASSWORD).to_owned()).await {
        Ok(hashed) => hashed.map_err(|error| Problem::internal(&error))?,
        Err(full) => {
            let filled = typed().failed(text.many_sign_in().to_owned(), &[]);
            return Ok(later(again(&filled), status_of(full), RETRY_SECONDS));
        }
    };
    let new = NewUser { email: email.clone(), name, role: Role::Owner };
    let actor = Actor::user(&email, address);
    let user = match first(&mut database, &context, &account, &new, &hashed, &actor).await {
        Ok(Some(user)) => user,
        Ok(None) => return Ok(over(&context, preferences)),
        Err(StoreError::Invalid(error)) if error.field == "name" => {
            return Ok(again(&typed().refused(&FIRST_ACCOUNT, wrong_name(&error))));
        }
        Err(error) => return Err(error.into()),
    };
    let opening = Opening { keep: true, device: session::device(&headers, address), ..Opening::default() };
    let cookie = enter(database.write().await?, &context, &user, &opening, address).await?;
    let mut response = browser::see_other("/campaigns");
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Makes the account and the operator who owns it. `None`: somebody was first.
async fn first(
    database: &mut Database,
    context: &Context,
    account: &NewAccount,
    user: &NewUser,
    password: &str,
    actor: &Actor,
) -> Result<Option<User>, StoreError> {
    let now = (context.clock)();
    let mut conn = database.write().await?;
    people::lock(&mut conn).await?;
    if people::is_any(&mut conn).await? {
        return Ok(None);
    }
    let (scope, account) = make(&mut conn, account, now).await?;
    let user = users::add(&mut conn, &scope, user, now).await?;
    people::set_password(&mut conn, &user.email, password).await?;
    operators::add(&mut conn, &user.email, actor, now).await?;
    audit::record(&mut conn, &scope, actor, &changes::account_made(&account), now).await?;
    let event = Event::of(Action::UserAdded, user.email.clone());
    let event = event.with(json!({"role": user.role.word(), "operator": true}));
    audit::record(&mut conn, &scope, actor, &event, now).await?;
    conn.commit().await?;
    Ok(Some(user))
}
