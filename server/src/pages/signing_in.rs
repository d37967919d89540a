//! Signing in and out, and setting a password by a link. All of it works without scripts.

use app::{
    Text, form,
    form::Filled,
    session::Preferences,
    sign_in::{CURRENT_PASSWORD, EMAIL, KEEP, LINK, NOT_KEPT, PASSWORD, SET_PASSWORD, SIGN_IN, TO},
};
use axum::{
    Form,
    extract::{Extension, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use domain::{format, input};
use store::{Scope, StoreError, password_links, sessions, users};
use tokio::time::Instant;

use crate::{
    attempts::TryLater,
    context::{Context, SharedContext},
    passwords::Network,
    secrets,
    turns::Full,
    web::{
        browser,
        client::Client,
        database::Database,
        problem::Problem,
        refused::{Refused, refused},
        routes::Routes,
        session::{self, SessionKey},
    },
};

/// Seconds after which one may try again where others are in front.
const RETRY_SECONDS: u64 = 5;

/// `POST /sign-in`, `/sign-out`, `/set-password`.
pub fn routes() -> Routes {
    Routes::new().post("/sign-in", sign_in).post("/sign-out", sign_out).post("/set-password", set_password)
}

async fn sign_in(
    State(context): State<SharedContext>,
    database: Database,
    Extension(preferences): Extension<Preferences>,
    Client(address): Client,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let values = match SIGN_IN.parse(&pairs) {
        Ok(values) => values,
        // At its field, and not by the redirect of what is wrong: who left out the password would look for a fault in the
        // address. It betrays nobody, since nobody was looked up; and it is no attempt, since no password was tried.
        Err(filled) => return Ok(shown_again(&context, preferences, &SIGN_IN, Text::sign_in, "/sign-in", &filled)),
    };
    let (email, keep) = (values.text(&EMAIL).to_lowercase(), values.is_ticked(&KEEP));
    let not_now = |status: StatusCode, seconds: u64, words: String| {
        let filled = Filled::default()
            .with(&TO, values.text(&TO))
            .with(&EMAIL, email.clone())
            .with(&KEEP, keep.to_string())
            .failed(words, &[]);
        let shown = shown_again(&context, preferences, &SIGN_IN, Text::sign_in, "/sign-in", &filled);
        later(shown, status, seconds)
    };
    let text = Text(preferences.language);
    let wait = match context.sign_in_turn(&email, address, Instant::now()) {
        Ok(wait) => wait,
        Err(TryLater(wait)) => {
            let seconds = wait.as_secs().max(1);
            let said = format::short_duration(seconds.cast_signed() * 1_000, preferences.language);
            return Ok(not_now(StatusCode::TOO_MANY_REQUESTS, seconds, text.too_many_attempts(&said)));
        }
    };
    tokio::time::sleep(wait).await;

    let user = {
        let mut conn = database.read().await?;
        users::find_by_email(&mut conn, &email).await?
    };
    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    let password = values.text(&CURRENT_PASSWORD).to_owned();
    let right = match context.passwords.verify(Network::of(address), hash, password).await {
        Ok(right) => right,
        Err(full) => {
            context.attempts.not_tried(&email, address);
            return Ok(not_now(status_of(full), RETRY_SECONDS, text.many_sign_in().to_owned()));
        }
    };
    let Some(user) = user.filter(|_| right) else {
        context.metrics.sign_in_failures.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        tracing::info!(%address, "Somebody failed to sign in");
        // The same words whether the address is known or not.
        let mut again = vec![("error", "wrong"), ("email", &email), ("to", values.text(&TO))];
        if !keep {
            again.push(("keep", NOT_KEPT));
        }
        again.retain(|(_, value)| !value.is_empty());
        return Ok(browser::see_other(&app::links::with_query("/sign-in", again)));
    };
    context.attempts.succeeded(&email, address, Instant::now());
    #[expect(clippy::disallowed_methods, reason = "the password was right")]
    let scope = Scope::of_user(user.account, user.key, user.role);
    let cookie = begin_session(&database, &context, &scope, user.key, keep).await?;
    let mut response = browser::see_other(browser::local_path(Some(values.text(&TO))));
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// 429 where this network asks for too many passwords to be checked, 503 where all together do.
fn status_of(full: Full) -> StatusCode {
    match full {
        Full::OfAccount => StatusCode::TOO_MANY_REQUESTS,
        Full::All => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn later(mut response: Response, status: StatusCode, seconds: u64) -> Response {
    *response.status_mut() = status;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// A form of these pages once more, with what is wrong. There is no place to go back to.
fn shown_again(
    context: &Context,
    preferences: Preferences,
    form: &form::Form,
    title: form::Words,
    action: &str,
    filled: &form::Filled,
) -> Response {
    let title = title(Text(preferences.language));
    refused(context, preferences, &Refused { form, title, action: action.to_owned(), back: None, filled })
}

async fn begin_session(
    database: &Database,
    context: &Context,
    scope: &Scope,
    user: i64,
    keep: bool,
) -> Result<HeaderValue, StoreError> {
    let now = (context.clock)();
    let secret = secrets::make(secrets::NO_PREFIX, scope.account());
    let times = session::begin(now, keep);
    let mut conn = database.write().await?;
    sessions::delete_expired(&mut conn, scope, now).await?;
    sessions::add(&mut conn, scope, user, &secret.hash, &times).await?;
    conn.commit().await?;
    Ok(session::cookie(context, &secret.text, keep.then_some(times)))
}

/// Ends the session, and lets the browser forget what it kept: whoever sits down next finds no page, no recording and no export.
async fn sign_out(
    State(context): State<SharedContext>,
    database: Database,
    key: Option<Extension<SessionKey>>,
) -> Result<Response, Problem> {
    if let Some(Extension(key)) = key {
        let mut conn = database.write().await?;
        sessions::delete(&mut conn, key.account, &key.hash).await?;
        conn.commit().await?;
        context.live.end_session(key.hash);
    }
    let mut response = browser::see_other("/sign-in?note=signed-out");
    response.headers_mut().append(header::SET_COOKIE, session::no_cookie(&context));
    // Not the cookies: language and theme are no secrets.
    let kept = HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert(HeaderName::from_static("clear-site-data"), kept);
    Ok(response)
}

async fn set_password(
    State(context): State<SharedContext>,
    database: Database,
    Extension(preferences): Extension<Preferences>,
    Client(address): Client,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let again = |filled: &Filled| {
        shown_again(&context, preferences, &SET_PASSWORD, Text::set_password, "/set-password", filled)
    };
    let values = match SET_PASSWORD.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let link = values.text(&LINK);
    let over = || browser::see_other(&app::links::with_query("/set-password", [("link", link), ("error", "link")]));
    let Some((account, hash)) = secrets::read(secrets::NO_PREFIX, link) else { return Ok(over()) };
    // A link that is over must not buy argon2's work.
    let user = {
        let mut conn = database.read().await?;
        password_links::find(&mut conn, account, &hash, (context.clock)()).await?
    };
    let Some(user) = user else { return Ok(over()) };
    let filled = Filled::default().with(&LINK, link);
    if let Err(error) = input::password_of(values.text(&PASSWORD), &user.email) {
        return Ok(again(&filled.refused(&PASSWORD, error)));
    }
    let password = match context.passwords.hash(Network::of(address), values.text(&PASSWORD).to_owned()).await {
        Ok(hashed) => hashed.map_err(|error| Problem::internal(&error))?,
        Err(full) => {
            let words = Text(preferences.language).many_sign_in().to_owned();
            return Ok(later(again(&filled.failed(words, &[])), status_of(full), RETRY_SECONDS));
        }
    };
    let now = (context.clock)();
    let mut conn = database.write().await?;
    let Some(user) = password_links::take(&mut conn, account, &hash, now).await? else { return Ok(over()) };
    #[expect(clippy::disallowed_methods, reason = "the link was right")]
    let scope = Scope::of_user(user.account, user.key, user.role);
    users::set_password(&mut conn, &scope, user.key, &password).await?;
    conn.commit().await?;
    context.live.end_sessions_of(user.account, user.key);
    Ok(browser::see_other("/sign-in?note=password-set"))
}
