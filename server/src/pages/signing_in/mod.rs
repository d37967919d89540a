//! Signing in and out. All of it works without scripts.

mod invitation;
mod passwords;
mod provider;
mod switching;

use std::{collections::BTreeSet, net::IpAddr, time::Duration};

use app::{
    Text, form,
    form::Filled,
    session::Preferences,
    sign_in::{CURRENT_PASSWORD, EMAIL, KEEP, NOT_KEPT, SIGN_IN, TO},
};
use axum::{
    Form,
    extract::{Extension, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use domain::{Timestamp, format};
use store::{
    Conn, ConnGuard, Scope, StoreError, User,
    audit::{self, Action, Actor, Event},
    people, sessions, sso, users,
};
use tokio::time::Instant;

use super::whose;
use crate::{
    attempts::TryLater,
    context::{Context, SharedContext},
    passwords::Network,
    turns::Full,
    web::{
        actor::actor_of_user,
        browser,
        client::Client,
        database::Database,
        problem::Problem,
        refused::{FormPairs, Refused, refused},
        routes::Routes,
        session::{self, Opening, SessionKey},
    },
};

/// `?error=` of who may come by the provider alone.
const BY_PROVIDER_ALONE: &str = "single-sign-on";

/// Seconds after which one may try again where others are in front.
pub(super) const RETRY_SECONDS: u64 = 5;

/// Forms of signing in and out, of passwords, invitations and the accounts of a person.
pub fn routes() -> Routes {
    Routes::new()
        .post("/sign-in", sign_in)
        .post("/sign-out", sign_out)
        .merge(passwords::routes())
        .merge(invitation::routes())
        .merge(switching::routes())
        .merge(provider::routes())
}

/// Whether a wrong password was put into a log is told by nothing: the answer comes after this time, or twice as long, and so on.
const NOTED_PACE: Duration = Duration::from_millis(250);

async fn sign_in(
    State(context): State<SharedContext>,
    mut database: Database,
    Extension(preferences): Extension<Preferences>,
    Client(address): Client,
    headers: HeaderMap,
    Form(pairs): Form<FormPairs>,
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
            let said = format::total_duration(seconds.cast_signed() * 1_000, preferences.language);
            return Ok(not_now(StatusCode::TOO_MANY_REQUESTS, seconds, text.too_many_attempts(&said)));
        }
    };
    tokio::time::sleep(wait).await;

    let (person, mut users) = {
        let mut conn = database.read().await?;
        (people::find(&mut conn, &email).await?, users::memberships(&mut conn, &email, (context.clock)()).await?)
    };
    // Who belongs to several accounts comes to the one that a link named, else to the one of last time.
    whose::put_first(&mut users, values.text(&TO));
    let hash = person.and_then(|person| person.password_hash);
    let password = values.text(&CURRENT_PASSWORD).to_owned();
    let right = match context.passwords.verify(Network::of(address), hash, password).await {
        Ok(right) => right,
        Err(full) => {
            context.attempts.not_tried(&email, address);
            return Ok(not_now(status_of(full), RETRY_SECONDS, text.many_sign_in().to_owned()));
        }
    };
    if !right || users.is_empty() {
        context.metrics.sign_in_failures.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        tracing::info!(%address, "Somebody failed to sign in");
        let begin = Instant::now();
        note_failure(&mut database, (context.clock)(), &users, address).await?;
        tokio::time::sleep_until(passwords::told_at(NOTED_PACE, begin, Instant::now())).await;
        // The same words whether the address is known or not.
        let mut again = vec![("error", "wrong"), ("email", &email), ("to", values.text(&TO))];
        if !keep {
            again.push(("keep", NOT_KEPT));
        }
        again.retain(|(_, value)| !value.is_empty());
        return Ok(browser::see_other(&app::links::with_query("/sign-in", again)));
    }
    context.attempts.succeeded(&email, address, Instant::now());
    let (mut conn, actor) = (database.write().await?, Actor::user(&email, address));
    let Some(user) = first_open(&mut conn, &users).await? else {
        note_refusal(&mut conn, &users, &actor, "passwords are forbidden", (context.clock)()).await?;
        conn.commit().await?;
        let again = [("error", BY_PROVIDER_ALONE), ("to", values.text(&TO))];
        let again = again.into_iter().filter(|(_, value)| !value.is_empty());
        return Ok(browser::see_other(&app::links::with_query("/sign-in", again)));
    };
    let opening = Opening { keep, device: session::device(&headers, address), ..Opening::default() };
    let cookie = enter(conn, &context, user, &opening, address).await?;
    let mut response = browser::see_other(browser::local_path(Some(values.text(&TO))));
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Tells of it in the log of each account that the person belongs to: their owners ask who tried. Nobody learns that a password is wrong
/// before it is told, and it takes one transaction that writes whether the address is known or not.
async fn note_failure(
    database: &mut Database,
    now: Timestamp,
    users: &[User],
    address: IpAddr,
) -> Result<(), StoreError> {
    let mut conn = database.write().await?;
    if let Some(user) = users.first() {
        let actor = Actor::user(&user.email, address);
        tell_each(&mut conn, users, &actor, &Event::of(Action::SignInFailed, ""), now).await?;
    }
    conn.commit().await
}

/// Tells the same in the log of each of a person's accounts: in the order of their numbers, so that of two who are told of in the same
/// accounts neither waits for the other for ever.
async fn tell_each(
    conn: &mut Conn,
    users: &[User],
    actor: &Actor,
    event: &Event,
    now: Timestamp,
) -> Result<(), StoreError> {
    for account in users.iter().map(|user| user.account).collect::<BTreeSet<i64>>() {
        #[expect(clippy::disallowed_methods, reason = "nothing but a line of the log is written")]
        let scope = Scope::system(account);
        audit::record(conn, &scope, actor, event, now).await?;
    }
    Ok(())
}

/// Of a person's accounts the one of last time that a password opens.
async fn first_open<'a>(conn: &mut Conn, users: &'a [User]) -> Result<Option<&'a User>, StoreError> {
    for user in users {
        if may_enter(conn, user, false).await? {
            return Ok(Some(user));
        }
    }
    Ok(None)
}

/// Whether a session may enter an account: any that was begun by the provider, others where passwords are not forbidden.
pub(super) async fn may_enter(conn: &mut Conn, user: &User, by_provider: bool) -> Result<bool, StoreError> {
    #[expect(clippy::disallowed_methods, reason = "they have shown who they are")]
    let scope = Scope::of_user(user.account, user.key, user.role);
    Ok(by_provider || !sso::forbids_passwords(conn, &scope).await?)
}

/// Tells in the log of each of a person's accounts that they have shown who they are and were not let in.
async fn note_refusal(
    conn: &mut Conn,
    users: &[User],
    actor: &Actor,
    reason: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let event = Event::of(Action::SignInRefused, "").with(serde_json::json!({"reason": reason}));
    tell_each(conn, users, actor, &event, now).await
}

/// Begins a session of somebody who has shown who they are and may enter, and commits. Returns its cookie. The log tells of who
/// entered the account for a while as an operator.
pub(super) async fn enter(
    mut conn: ConnGuard<'_>,
    context: &Context,
    user: &User,
    opening: &Opening,
    address: IpAddr,
) -> Result<HeaderValue, StoreError> {
    let (now, actor) = ((context.clock)(), actor_of_user(user, address));
    #[expect(clippy::disallowed_methods, reason = "they have shown who they are")]
    let scope = Scope::of_user(user.account, user.key, user.role);
    let cookie = session::open(&mut conn, context, &scope, user.key, opening).await?;
    users::seen(&mut conn, &scope, user.key, now).await?;
    let event = Event::of(Action::SignIn, "");
    let event = if opening.sso.is_some() { event.with(serde_json::json!({"by": "single sign-on"})) } else { event };
    audit::record(&mut conn, &scope, &actor, &event, now).await?;
    conn.commit().await?;
    Ok(cookie)
}

/// 429 where this network asks for too many passwords to be checked, 503 where all together do.
pub(super) fn status_of(full: Full) -> StatusCode {
    match full {
        Full::OfAccount => StatusCode::TOO_MANY_REQUESTS,
        Full::All => StatusCode::SERVICE_UNAVAILABLE,
    }
}

pub(super) fn later(mut response: Response, status: StatusCode, seconds: u64) -> Response {
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
    refused(
        context,
        preferences,
        &Refused { form, title, action: action.to_owned(), account: None, back: None, filled },
    )
}

/// Ends the session, and lets the browser forget what it kept: whoever sits down next finds no page, no recording and no export.
async fn sign_out(
    State(context): State<SharedContext>,
    mut database: Database,
    Extension(preferences): Extension<Preferences>,
    key: Option<Extension<SessionKey>>,
) -> Result<Response, Problem> {
    let mut elsewhere = None;
    if let Some(Extension(key)) = key {
        let mut conn = database.write().await?;
        let sso = sessions::sso_of(&mut conn, key.account, &key.hash).await?;
        sessions::delete(&mut conn, key.account, &key.hash).await?;
        conn.commit().await?;
        context.live.end_session(key.hash);
        if let Some(sso) = sso {
            elsewhere = provider::signing_out(&context, preferences, &sso).await;
        }
    }
    let mut response = elsewhere.unwrap_or_else(|| browser::see_other("/sign-in?note=signed-out"));
    response.headers_mut().append(header::SET_COOKIE, session::no_cookie(&context));
    // Not the cookies: language and theme are no secrets.
    let kept = HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert(HeaderName::from_static("clear-site-data"), kept);
    Ok(response)
}
