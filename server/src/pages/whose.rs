//! Links that leave the product say whose account they are of: `?account=7`. A person who belongs to several is never shown
//! something of another account under such a link, and one of another account is told so. So does whatever a page takes beside
//! itself: a tab from before its person opened another account is not shown that one's figures.

use app::{
    AppError, Press, PressButton, Text,
    html::escaped,
    links,
    session::{Preferences, SignedIn},
};
use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use store::{RequestDb, Scope, StoreError, User, accounts, users};

use crate::web::{
    browser, database,
    problem::Problem,
    refused,
    small_page::{Switches, form_page},
    state::RouterState,
};

/// The account that the query of an address names, and the address without it.
pub(super) fn named(path_and_query: &str) -> Option<(i64, String)> {
    let (path, query) = path_and_query.split_once('?')?;
    let account = links::ACCOUNT;
    let value = |pair: &str| pair.strip_prefix(account)?.strip_prefix('=')?.parse().ok();
    let found = query.split('&').find_map(value)?;
    let others: Vec<&str> = query.split('&').filter(|pair| value(pair).is_none()).collect();
    Some((found, if others.is_empty() { path.to_owned() } else { format!("{path}?{}", others.join("&")) }))
}

/// Puts the account that an address names first, of those that a person belongs to.
pub fn put_first(users: &mut [User], path_and_query: &str) {
    if let Some((account, _)) = named(path_and_query) {
        users.sort_by_key(|user| user.account != account);
    }
}

/// What a page's own request is of, by its header: the function that it asks needs not know of it.
fn named_by_header(request: &Request) -> Option<(i64, String)> {
    let account = request.headers().get(links::ACCOUNT_HEADER)?.to_str().ok()?.parse().ok()?;
    Some((account, request.uri().path_and_query()?.as_str().to_owned()))
}

/// Sends whoever is signed in to the account of a link on to it, and asks who belongs to that account and is signed in to another.
/// Who is not signed in goes on, and keeps the address for when they are. What a page takes beside itself (figures that it reads
/// anew, events, recordings) is refused where another account than the page's is open.
pub async fn check(State(server): State<RouterState>, mut request: Request, next: Next) -> Response {
    let of_link = request.uri().path_and_query().and_then(|path| named(path.as_str()));
    let of_link = of_link.or_else(|| named_by_header(&request));
    let (Some((account, address)), Some(who)) = (of_link, request.extensions().get::<SignedIn>().cloned()) else {
        return next.run(request).await;
    };
    if !request.method().is_safe() {
        return next.run(request).await;
    }
    let wants_page = browser::wants_page(&request);
    if account == who.account.id {
        if wants_page {
            return browser::see_other(&address);
        }
        if let Ok(uri) = address.parse() {
            *request.uri_mut() = uri;
        }
        return next.run(request).await;
    }
    if !wants_page {
        return of_another_page(&request);
    }
    let preferences = browser::preferences(request.headers(), Some(who.account.language));
    let db = database::of(request.extensions(), &server);
    match of_another(&server, &db, preferences, &who, account, &address).await {
        Ok(page) => page,
        Err(error) => Problem::from(error).into_response(),
    }
}

/// The answer to what a page takes beside itself, of whichever account it is: a page says so by it, in the words of its own.
fn of_another_page(request: &Request) -> Response {
    if !request.uri().path().starts_with("/fn/") {
        return Problem::conflict("the page is of another account than the one that is open now").into_response();
    }
    let error = serde_json::to_string(&AppError::AnotherAccount).unwrap_or_default();
    (StatusCode::CONFLICT, [(header::CONTENT_TYPE, "application/json")], error).into_response()
}

/// Asks whether to change the account. Whoever does not belong to it learns as little as of one that is not there.
async fn of_another(
    server: &RouterState,
    db: &RequestDb,
    preferences: Preferences,
    who: &SignedIn,
    account: i64,
    address: &str,
) -> Result<Response, StoreError> {
    let (text, at) = (Text(preferences.language), &who.account.name);
    let (status, lead, open) = match name_of_another(server, db, who, account).await? {
        None => (StatusCode::NOT_FOUND, text.link_of_unknown(at), String::new()),
        Some(name) => {
            let form =
                Press::of_person("/accounts").class("stack").with("account", account.to_string()).with("to", address);
            let words = text.link_open(&name);
            let button = PressButton {
                class: "btn btn-primary btn-wide",
                words: &words,
                has_focus: true,
                ..PressButton::default()
            };
            let open = form.html(refused::session(&server.context, preferences, None), Vec::new(), button);
            (StatusCode::CONFLICT, text.link_of_another(&name, at), open)
        }
    };
    let (lead, stay) = (escaped(&lead), escaped(&text.link_stay(at)));
    let body = format!("<p>{lead}</p>{open}<a class=\"link\" href=\"/campaigns\">{stay}</a>");
    let assets = &server.context.app.assets;
    let (style, script) = (assets.url("pkg/ringside.css"), assets.url("pkg/form.js"));
    let here = links::of_account(address, account);
    let icons = assets.url("icons.svg");
    let switches = Switches { here: &here, icons: &icons };
    let page = form_page(preferences, &style, &script, text.link_of_another_title(), &body, Some(switches));
    Ok((status, Html(page)).into_response())
}

/// The name of another account that a person belongs to; none where they do not.
pub(super) async fn name_of_another(
    server: &RouterState,
    db: &RequestDb,
    who: &SignedIn,
    account: i64,
) -> Result<Option<String>, StoreError> {
    let mut conn = db.read().await?;
    let users = users::memberships(&mut conn, &who.email, (server.context.clock)()).await?;
    let Some(user) = users.into_iter().find(|user| user.account == account) else { return Ok(None) };
    #[expect(clippy::disallowed_methods, reason = "an account of the person who asks")]
    let scope = Scope::of_user(user.account, user.key, user.role);
    Ok(Some(accounts::lookup(&mut conn, &scope).await?.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_of_an_address_is_read_and_taken_out() {
        let read = |address: &str| named(address);
        assert_eq!(read("/campaigns/tet?account=7"), Some((7, "/campaigns/tet".to_owned())));
        assert_eq!(
            read("/calls?code=DY&account=7&q=a%26account%3D8"),
            Some((7, "/calls?code=DY&q=a%26account%3D8".to_owned()))
        );
        for none in
            ["/campaigns", "/campaigns?account=", "/campaigns?account=x", "/campaigns?accounts=7", "/a?q=account=7x"]
        {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
