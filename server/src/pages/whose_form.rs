//! Forms say whose account they are for (`app::with_account`). A tab that was opened before its person changed the account, or
//! before an operator entered another one, changes nothing of the account that is open now: it is told so, and what was typed
//! can be sent to the account it was meant for.

use app::{Press, PressButton, Session, Text, html::escaped, links, session::SignedIn};
use axum::{
    body,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use domain::limits::FORM_BYTES;
use store::StoreError;

use super::whose::{name_of_another, named};
use crate::web::{browser, database, hidden, problem::Problem, refused, small_page::form_page, state::RouterState};

/// Forms that are of no account, or name their own: signing in and out, the links of mails, choosing the account, and what the
/// operator does to an account that the address names.
pub const OF_NO_ACCOUNT: [&str; 13] = [
    "/sign-in",
    "/sign-out",
    "/set-password",
    "/forgot-password",
    "/invitation",
    "/first-start",
    "/mail/stop/{account}/{mailing}/{no}/{secret}",
    "/accounts",
    "/accounts/again",
    "/operator/accounts",
    "/operator/accounts/{id}/enter",
    "/operator/accounts/{id}/owners",
    "/operator/accounts/{id}/quotas",
];

/// Fields of forms that never go back into a page.
pub const SECRET: [&str; 4] = ["secret", "password", "repeat", "current"];

/// Lets a form through that is for the account that is open, and refuses every other one.
pub async fn check(State(server): State<RouterState>, mut request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let is_of_none = route.is_none_or(|route| OF_NO_ACCOUNT.contains(&route));
    let who = request.extensions().get::<SignedIn>().cloned();
    let (false, false, Some(who)) = (request.method().is_safe(), is_of_none, who) else {
        return next.run(request).await;
    };
    let address = request.uri().path_and_query().map_or("/", |address| address.as_str());
    let of = named(address);
    if let Some((account, address)) = &of
        && *account == who.account.id
    {
        // No handler needs to know of it.
        if let Ok(uri) = address.parse() {
            *request.uri_mut() = uri;
        }
        return next.run(request).await;
    }
    let address = of.as_ref().map_or(address, |(_, address)| address).to_owned();
    let account = of.map(|(account, _)| account);
    match refuse(&server, request, &who, account, &address).await {
        Ok(response) => response,
        Err(error) => Problem::from(error).into_response(),
    }
}

/// Says which account the form was of and which one is open; for the person's own accounts, with a way to send it there.
async fn refuse(
    server: &RouterState,
    request: Request,
    who: &SignedIn,
    account: Option<i64>,
    address: &str,
) -> Result<Response, StoreError> {
    if !browser::accepts_html(request.headers()) {
        let is_hidden = hidden::is_hidden(&request);
        let conflict = || Problem::conflict("the form is not for the account that is open now");
        return Ok(if is_hidden { Problem::not_found("address") } else { conflict() }.into_response());
    }
    let preferences = browser::preferences(request.headers(), Some(who.account.language));
    let db = database::of(request.extensions(), server);
    let name = match account {
        Some(account) => name_of_another(server, &db, who, account).await?,
        None => None,
    };
    // A form of another account of theirs may be one that they do not see here; every other one is an address that is none.
    if name.is_none() && hidden::is_hidden(&request) {
        return Ok(Problem::not_found("address").into_response());
    }
    let text = Text(preferences.language);
    let at = &who.account.name;
    let (lead, send) = match (account, &name) {
        (Some(account), Some(of)) => {
            let to = links::with_query("/accounts/again", [("account", account.to_string().as_str()), ("to", address)]);
            (text.form_of_another(of, at), Some((to, text.form_send_there(of))))
        }
        (Some(_), None) => (text.form_of_unknown(at), None),
        (None, _) => {
            (text.form_of_none(at), Some((links::of_account(address, who.account.id), text.form_send_here(at))))
        }
    };
    let typed = typed(request).await;
    let session = refused::session(&server.context, preferences, None);
    let send = send.map(|(to, words)| again(session, to, &words, typed, text));
    let body = format!(
        "<p>{lead}</p>{send}<a class=\"link\" href=\"/campaigns\">{stay}</a>",
        lead = escaped(&lead),
        send = send.unwrap_or_default(),
        stay = escaped(&text.link_stay(at)),
    );
    let assets = &server.context.app.assets;
    let (style, script) = (assets.url("pkg/ringside.css"), assets.url("pkg/form.js"));
    let page = form_page(preferences, &style, &script, text.form_of_another_title(), &body, None);
    Ok((StatusCode::CONFLICT, Html(page)).into_response())
}

/// The form once more, with what was typed; without it, where files have to be chosen again.
fn again(session: Session, to: String, words: &str, typed: Option<Vec<(String, String)>>, text: Text) -> String {
    let Some(typed) = typed else { return format!("<p class=\"text-muted\">{}</p>", text.form_files_again()) };
    let typed = typed.into_iter().filter(|(name, _)| !SECRET.contains(&name.as_str())).collect();
    let button = PressButton { class: "btn btn-primary btn-wide", words, ..PressButton::default() };
    Press::of_person(to).class("stack").html(session, typed, button)
}

/// What was typed; none of a form that is not of text alone.
async fn typed(request: Request) -> Option<Vec<(String, String)>> {
    if is_of_files(request.headers()) {
        return None;
    }
    let bytes = body::to_bytes(request.into_body(), FORM_BYTES).await.ok()?;
    Some(form_urlencoded::parse(&bytes).into_owned().collect())
}

fn is_of_files(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.starts_with("multipart/")
}
