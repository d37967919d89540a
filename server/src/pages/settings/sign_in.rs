//! One's own name, password and sessions.

use app::{
    form::Filled,
    settings::{
        forms::{CHANGE_PASSWORD, CURRENT, OWN_NAME, SET_NAME},
        session_id,
    },
    sign_in::PASSWORD,
};
use axum::{Form, http::header, response::Response};
use domain::InputError;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use store::{
    Scope,
    audit::{Action, Event},
    people,
    sessions::{self, ListedSession},
};
use tokio::time::Instant;

use super::{FormPairs, done};
use crate::{
    attempts::TryLater,
    passwords::{self, Network},
    web::{
        client::Client,
        database::Database,
        editing::Editing,
        problem::Problem,
        routes::Routes,
        session::{self, Opening, SessionKey},
    },
};

const PAGE: &str = "/settings/sign-in";
const OF_NAME: &str = "/settings/sign-in/name";
const OF_PASSWORD: &str = "/settings/sign-in/password";

pub(super) fn routes() -> Routes {
    Routes::new().post(OF_NAME, set_name).post(OF_PASSWORD, change_password).post("/settings/sign-in/end", end)
}

async fn set_name(editing: Editing, mut database: Database, Form(pairs): Form<FormPairs>) -> Result<Response, Problem> {
    let title = editing.text().own_name();
    let values = match SET_NAME.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(editing.refused(&SET_NAME, title, OF_NAME, PAGE, &filled)),
    };
    let (email, name) = (&editing.who.email, values.text(&OWN_NAME));
    let mut conn = editing.write(&mut database).await?;
    people::set_name(&mut conn, email, name).await?;
    let details = json!({"before": {"name": editing.who.name}, "after": {"name": name}});
    editing.commit(conn, &Event::of(Action::UserChanged, email.clone()).with(details)).await?;
    Ok(done(PAGE, "saved"))
}

/// Changes the password of who knows the one before; all their other sessions end, in all accounts.
async fn change_password(
    editing: Editing,
    mut database: Database,
    Client(address): Client,
    axum::Extension(key): axum::Extension<SessionKey>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let text = editing.text();
    let again = |filled: &Filled| editing.refused(&CHANGE_PASSWORD, text.own_password(), OF_PASSWORD, PAGE, filled);
    let values = match CHANGE_PASSWORD.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let (email, context) = (&editing.who.email, &editing.context);
    // Whoever sits down at an open page must not try passwords faster than at the door.
    let wait = context.sign_in_turn(email, address, Instant::now()).map_err(|TryLater(wait)| {
        let said = domain::format::total_duration(wait.as_secs().max(1).cast_signed() * 1_000, text.language());
        Problem::too_many(text.too_many_attempts(&said))
    })?;
    tokio::time::sleep(wait).await;
    let person = people::find(&mut *database.read().await?, email).await?;
    let hash = person.and_then(|person| person.password_hash);
    let busy = |_| Problem::unavailable(text.many_sign_in());
    let network = Network::of(address);
    let is_right = context.passwords.verify(network, hash, values.text(&CURRENT).to_owned()).await;
    let mut filled = CHANGE_PASSWORD.typed(&pairs);
    if is_right.map_err(busy)? {
        context.attempts.succeeded(email, address, Instant::now());
    } else {
        filled = filled.refused(&CURRENT, InputError::WrongPassword);
    }
    if !filled.is_wrong() && values.text(&CURRENT) == values.text(&PASSWORD) {
        filled = filled.refused(&PASSWORD, InputError::PasswordAsBefore);
    } else if let Err(error) =
        passwords::check(values.text(&PASSWORD), email, &editing.who.name, &editing.who.account.name)
    {
        filled = filled.refused(&PASSWORD, error);
    }
    if filled.is_wrong() {
        return Ok(again(&filled));
    }
    let hashed = context.passwords.hash(network, values.text(&PASSWORD).to_owned()).await.map_err(busy)?;
    let hashed = hashed.map_err(|error| Problem::internal(&error))?;
    let mut conn = editing.write(&mut database).await?;
    // A new secret for this session, too: whoever has copied its cookie is out.
    let user = editing.who.scope.user().ok_or_else(|| Problem::not_found("user"))?;
    let found = sessions::list(&mut conn, email, editing.now()).await?;
    let device = found.into_iter().find(|session| session.hash == key.hash).map(|session| session.device);
    let opening = Opening::after(&mut conn, &key, device.unwrap_or_default()).await?;
    people::set_password(&mut conn, email, &hashed).await?;
    let scope = &editing.who.scope;
    let cookie = session::open(&mut conn, context, scope, user, &opening).await?;
    editing.commit(conn, &Event::of(Action::PasswordSet, email.clone())).await?;
    context.live.end_sessions_of(scope.account(), user);
    let mut response = done(PAGE, "password");
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

#[derive(Debug, Deserialize)]
struct EndSessionForm {
    /// Which session; without it all but this one.
    session: Option<String>,
}

/// Ends one of one's own sessions, or all others, in whichever account. The log of each account tells of its own.
async fn end(
    editing: Editing,
    mut database: Database,
    axum::Extension(key): axum::Extension<SessionKey>,
    Form(EndSessionForm { session }): Form<EndSessionForm>,
) -> Result<Response, Problem> {
    let email = &editing.who.email;
    let mut conn = editing.write(&mut database).await?;
    let is_meant = |one: &ListedSession| match &session {
        Some(id) => session_id(&one.hash) == *id,
        None => one.hash != key.hash,
    };
    let listed = sessions::list(&mut conn, email, editing.now()).await?;
    let meant: Vec<ListedSession> = listed.into_iter().filter(is_meant).collect();
    let mut ended = BTreeMap::<i64, u64>::new();
    for one in &meant {
        let scope = scope_in(one.account);
        if sessions::end(&mut conn, &scope, one.user_key, &one.hash).await? {
            *ended.entry(one.account).or_default() += 1;
        }
    }
    let told = ended.into_iter().map(|(account, sessions)| {
        (scope_in(account), Event::of(Action::SessionsEnded, email.clone()).with(json!({"sessions": sessions})))
    });
    editing.commit_in(conn, told).await?;
    for one in meant {
        editing.context.live.end_session(one.hash);
    }
    Ok(done(PAGE, "signed-out"))
}

/// An account in which the person who asks has a session.
#[expect(clippy::disallowed_methods, reason = "the session was found among those of the person who asks")]
fn scope_in(account: i64) -> Scope {
    Scope::system(account)
}
