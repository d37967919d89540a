//! Signing in and out, and setting a password by a link. All of it works without scripts.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use app::{
    Text, form,
    session::Preferences,
    sign_in::{CURRENT_PASSWORD, EMAIL, KEEP, LINK, NOT_KEPT, PASSWORD, SET_PASSWORD, SIGN_IN, TO},
};
use axum::{
    Form,
    extract::{ConnectInfo, Extension, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use domain::Timestamp;
use ipnet::IpNet;
use store::{Scope, StoreError, password_links, sessions, users};
use tokio::time::Instant;

use crate::{
    context::{Context, SharedContext},
    passwords::TryLater,
    secrets,
    web::{
        browser,
        database::Database,
        problem::Problem,
        refused::{Refused, refused},
        routes::Routes,
        session::{self, SessionKey},
    },
};

/// `POST /sign-in`, `/sign-out`, `/set-password`.
pub fn routes() -> Routes {
    Routes::new().post("/sign-in", sign_in).post("/sign-out", sign_out).post("/set-password", set_password)
}

async fn sign_in(
    State(context): State<SharedContext>,
    database: Database,
    Extension(preferences): Extension<Preferences>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let values = match SIGN_IN.parse(&pairs) {
        Ok(values) => values,
        // At its field, and not by the redirect of what is wrong: who left out the password would look for a fault in the
        // address. It betrays nobody, since nobody was looked up; and it is no attempt, since no password was tried.
        Err(filled) => return Ok(shown_again(&context, preferences, &SIGN_IN, Text::sign_in, "/sign-in", &filled)),
    };
    let (email, keep) = (values.text(&EMAIL).to_lowercase(), values.is_ticked(&KEEP));
    // The same words whether the address is known or not.
    let again = |what: Vec<(&str, String)>| {
        let mut pairs = what;
        pairs.extend([("email", email.clone()), ("to", values.text(&TO).to_owned())]);
        if !keep {
            pairs.push(("keep", NOT_KEPT.to_owned()));
        }
        pairs.retain(|(_, value)| !value.is_empty());
        browser::see_other(&app::links::with_query("/sign-in", pairs))
    };
    let peer = peer.map(|Extension(ConnectInfo(peer))| peer.ip());
    let address = client(peer, &headers, &context.settings.trusted_proxies);
    let wait = match context.sign_in_turn(&email, address, Instant::now()) {
        Ok(wait) => wait,
        Err(TryLater(wait)) => {
            let seconds = wait.as_secs().max(1).to_string();
            return Ok(again(vec![("error", "wait".to_owned()), ("wait", seconds)]));
        }
    };
    tokio::time::sleep(wait).await;

    let user = {
        let mut conn = database.read().await?;
        users::find_by_email(&mut conn, &email).await?
    };
    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    let right = context.passwords.verify(hash, values.text(&CURRENT_PASSWORD).to_owned()).await;
    let Some(user) = user.filter(|_| right) else {
        context.failures.failed(&email, address, Instant::now());
        context.metrics.sign_in_failures.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        tracing::info!(%address, "Somebody failed to sign in");
        return Ok(again(vec![("error", "wrong".to_owned())]));
    };
    context.failures.succeeded(&email);
    #[expect(clippy::disallowed_methods, reason = "the password was right")]
    let scope = Scope::of_user(user.account, user.key, user.role);
    let cookie = begin_session(&database, &context, &scope, user.key, keep).await?;
    let mut response = browser::see_other(browser::local_path(Some(values.text(&TO))));
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
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
    let lasts = if keep { session::LASTS_MS } else { session::UNKEPT_LASTS_MS };
    let mut conn = database.write().await?;
    sessions::delete_expired(&mut conn, scope, now).await?;
    sessions::add(&mut conn, scope, user, &secret.hash, Timestamp(now.0 + lasts)).await?;
    conn.commit().await?;
    Ok(session::cookie(context, &secret.text, keep))
}

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
    let gone = browser::set_cookie(session::COOKIE, "", Some(0), context.settings.base_url.is_https());
    response.headers_mut().append(header::SET_COOKIE, gone);
    Ok(response)
}

async fn set_password(
    State(context): State<SharedContext>,
    database: Database,
    Extension(preferences): Extension<Preferences>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let values = match SET_PASSWORD.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => {
            return Ok(shown_again(&context, preferences, &SET_PASSWORD, Text::set_password, "/set-password", &filled));
        }
    };
    let link = values.text(&LINK);
    let over = || browser::see_other(&app::links::with_query("/set-password", [("link", link), ("error", "link")]));
    let Some((account, hash)) = secrets::read(secrets::NO_PREFIX, link) else { return Ok(over()) };
    // A link that is over must not buy argon2's work.
    {
        let mut conn = database.read().await?;
        if password_links::find(&mut conn, account, &hash, (context.clock)()).await?.is_none() {
            return Ok(over());
        }
    }
    let password = context.passwords.hash(values.text(&PASSWORD).to_owned()).await;
    let password = password.map_err(|error| Problem::internal(&error))?;
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

/// Who asks. A trusted proxy says on whose behalf: each adds the address it was asked from to the end of the header, so the
/// last one that is no trusted proxy is the client. Anybody else could write what they like into that header.
fn client(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)).to_canonical();
    let is_trusted =
        |address: IpAddr| address.is_loopback() || trusted.iter().any(|network| network.contains(&address));
    let lists = headers.get_all("x-forwarded-for").iter().rev().filter_map(|value| value.to_str().ok());
    let forwarded = lists.flat_map(|list| list.rsplit(',')).map(|part| part.trim().parse::<IpAddr>());
    let mut client = peer;
    for address in forwarded {
        let (true, Ok(address)) = (is_trusted(client), address) else { break };
        client = address.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_a_trusted_proxy_may_say_who_asks() {
        let forwarded = |lists: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for list in lists {
                headers.append("x-forwarded-for", HeaderValue::from_static(list));
            }
            headers
        };
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap(), "2001:db8::/32".parse().unwrap()];
        let of = |peer: &str, lists: &[&'static str]| client(Some(address(peer)), &forwarded(lists), &trusted);
        assert_eq!(of("127.0.0.1", &["203.0.113.9, 203.0.113.5"]), address("203.0.113.5"));
        assert_eq!(of("198.51.100.7", &["203.0.113.5"]), address("198.51.100.7"), "a stranger says what it likes");
        assert_eq!(of("127.0.0.1", &[]), address("127.0.0.1"));
        assert_eq!(of("10.1.2.3", &["1.1.1.1, 203.0.113.5, 10.9.9.9"]), address("203.0.113.5"), "through two proxies");
        assert_eq!(
            of("10.1.2.3", &["203.0.113.5", "10.9.9.9"]),
            address("203.0.113.5"),
            "each with a header of its own"
        );
        assert_eq!(of("2001:db8::1", &["2001:db9::5"]), address("2001:db9::5"));
        assert_eq!(of("::ffff:10.1.2.3", &["203.0.113.5"]), address("203.0.113.5"), "on a socket for both families");
        assert_eq!(of("127.0.0.1", &["nonsense"]), address("127.0.0.1"));
        assert_eq!(client(Some(address("10.1.2.3")), &forwarded(&["203.0.113.5"]), &[]), address("10.1.2.3"));
    }
}
