//! The accounts of a person: which one they look at.

use std::net::IpAddr;

use app::{Press, PressButton, Text, html::escaped, session::Preferences};
use axum::{
    Form,
    extract::{Extension, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use store::{Scope, accounts, sessions, users};

use super::{enter, may_enter};
use crate::{
    context::SharedContext,
    web::{
        browser,
        client::Client,
        database::Database,
        editing::Editing,
        problem::Problem,
        refused,
        routes::Routes,
        session::{self, Opening, Reader, SessionKey},
        small_page::{Switches, form_page},
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().get("/accounts", list).post("/accounts", open).post("/accounts/again", open_and_send)
}

/// The accounts that the person belongs to, each with a button.
async fn list(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    mut database: Database,
    Extension(preferences): Extension<Preferences>,
) -> Result<Response, Problem> {
    let text = Text(preferences.language);
    let mut conn = database.read().await?;
    let mut choices = Vec::new();
    for user in users::memberships(&mut conn, &who.email, (context.clock)()).await? {
        #[expect(clippy::disallowed_methods, reason = "an account of the person who asks")]
        let scope = Scope::of_user(user.account, user.key, user.role);
        let name = accounts::lookup(&mut conn, &scope).await?.name;
        let (role, open) = (text.role(user.role), text.account_open());
        let choice = if user.account == who.account.id {
            format!("<span class=\"badge is-success\">{}</span>", text.account_current())
        } else {
            let label = format!("{open}: {name}");
            let button = PressButton { class: "btn", words: open, label: Some(&label), ..PressButton::default() };
            let form = Press::of_person("/accounts").with("account", user.account.to_string());
            form.html(refused::session(&context, preferences, None), Vec::new(), button)
        };
        choices.push(format!(
            "<li class=\"flex items-center justify-between gap-3\"><span><b>{name}</b><br>\
             <small class=\"text-muted\">{role}</small></span>{choice}</li>",
            name = escaped(&name),
        ));
    }
    let body = format!(
        "<p class=\"text-muted\">{}</p><ul class=\"stack\">{}</ul><a class=\"link\" href=\"/campaigns\">{}</a>",
        text.accounts_lead(),
        choices.concat(),
        text.back()
    );
    let assets = &context.app.assets;
    let (style, script) = (assets.url("pkg/ringside.css"), assets.url("pkg/form.js"));
    let switches = Switches { here: "/accounts", icons: &assets.url("icons.svg") };
    Ok(Html(form_page(preferences, &style, &script, text.accounts_title(), &body, Some(switches))).into_response())
}

#[derive(Debug, Deserialize)]
struct SwitchAccountForm {
    account: i64,
    #[serde(default)]
    to: String,
}

/// Ends the session in this account and begins one in the other.
async fn open(
    editing: Editing,
    mut database: Database,
    Extension(key): Extension<SessionKey>,
    Client(address): Client,
    headers: HeaderMap,
    Form(chosen): Form<SwitchAccountForm>,
) -> Result<Response, Problem> {
    let cookie = change(&editing, &mut database, &key, address, &headers, chosen.account).await?;
    let mut response = browser::see_other(browser::local_path(Some(chosen.to.as_str()).filter(|to| !to.is_empty())));
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The same, and has the browser send what it sent here to a form of the other account.
async fn open_and_send(
    editing: Editing,
    mut database: Database,
    Extension(key): Extension<SessionKey>,
    Client(address): Client,
    headers: HeaderMap,
    Query(chosen): Query<SwitchAccountForm>,
) -> Result<Response, Problem> {
    let to = app::links::of_account(browser::local_path(Some(&chosen.to)), chosen.account);
    let to = HeaderValue::from_str(&to).map_err(|_| Problem::not_found("address"))?;
    let mut response = (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response();
    // Opened meanwhile, in another tab.
    if editing.who.account.id != chosen.account {
        let cookie = change(&editing, &mut database, &key, address, &headers, chosen.account).await?;
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Ends the session and begins one in another account of the person; gives its cookie.
async fn change(
    editing: &Editing,
    database: &mut Database,
    key: &SessionKey,
    address: IpAddr,
    headers: &HeaderMap,
    account: i64,
) -> Result<HeaderValue, Problem> {
    let email = &editing.who.email;
    let mut conn = editing.write(database).await?;
    let users = users::memberships(&mut conn, email, editing.now()).await?;
    let user = users.into_iter().find(|user| user.account == account);
    let user = user.ok_or_else(|| Problem::not_found("account"))?;
    let opening = Opening::after(&mut conn, key, session::device(headers, address)).await?;
    if !may_enter(&mut conn, &user, opening.sso.is_some()).await? {
        return Err(Problem::forbidden("this account is opened by single sign-on alone: sign out, and in by it"));
    }
    if !sessions::delete(&mut conn, key.account, &key.hash).await? {
        return Err(Problem::signed_out());
    }
    let cookie = enter(conn, &editing.context, &user, &opening, address).await?;
    editing.context.live.end_session(key.hash);
    Ok(cookie)
}
