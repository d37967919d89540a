//! Signing in and out, and setting a password by a link. All of it works without scripts.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    Form, Router,
    extract::{ConnectInfo, Extension, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
    routing::post,
};
use domain::Timestamp;
use serde::Deserialize;
use store::{Scope, StoreError, password_links, sessions, users};
use tokio::time::Instant;

use super::{
    Shared, browser,
    problem::Problem,
    session::{self, SessionKey},
};
use crate::{
    passwords::{self, TryLater},
    secrets,
};

/// `POST /sign-in`, `/sign-out`, `/set-password`.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/sign-in", post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/set-password", post(set_password))
}

#[derive(Deserialize)]
struct Credentials {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    /// Where to go afterwards.
    to: Option<String>,
    /// Ticked: the session outlives the browser.
    keep: Option<String>,
}

async fn sign_in(
    State(server): State<Shared>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Form(form): Form<Credentials>,
) -> Result<Response, Problem> {
    let email = form.email.trim().to_lowercase();
    // The same words whether the address is known or not.
    let again = |what: Vec<(&str, String)>| {
        let mut pairs = what;
        pairs.extend([("email", email.clone()), ("to", form.to.clone().unwrap_or_default())]);
        pairs.retain(|(_, value)| !value.is_empty() && value.len() < 1_000);
        browser::see_other(&app::links::with_query("/sign-in", pairs))
    };
    let address = client(peer.map(|Extension(ConnectInfo(peer))| peer.ip()), &headers);
    let wait = match server.sign_in_turn(&email, address, Instant::now()) {
        Ok(wait) => wait,
        Err(TryLater(wait)) => {
            let seconds = wait.as_secs().max(1).to_string();
            return Ok(again(vec![("error", "wait".to_owned()), ("wait", seconds)]));
        }
    };
    tokio::time::sleep(wait).await;

    let user = {
        let mut conn = server.db.read().await?;
        users::find_by_email(&mut conn, &email).await?
    };
    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    let right = server.passwords.verify(hash, form.password.clone()).await;
    let Some(user) = user.filter(|_| right) else {
        server.failures.failed(&email, address, Instant::now());
        server.metrics.sign_in_failures.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        tracing::info!(%address, "Somebody failed to sign in");
        return Ok(again(vec![("error", "wrong".to_owned())]));
    };
    server.failures.succeeded(&email);
    #[expect(clippy::disallowed_methods, reason = "the password was right")]
    let scope = Scope::of_user(user.account, user.key, user.role);
    let cookie = begin_session(&server, &scope, user.key, form.keep.is_some()).await?;
    let mut response = browser::see_other(browser::local_path(form.to.as_deref()));
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

async fn begin_session(server: &Shared, scope: &Scope, user: i64, keep: bool) -> Result<HeaderValue, StoreError> {
    let now = (server.clock)();
    let secret = secrets::make(secrets::NO_PREFIX, scope.account());
    let lasts = if keep { session::LASTS_MS } else { session::UNKEPT_LASTS_MS };
    let mut conn = server.db.write().await?;
    sessions::delete_expired(&mut conn, now).await?;
    sessions::add(&mut conn, scope, user, &secret.hash, Timestamp(now.0 + lasts)).await?;
    conn.commit().await?;
    Ok(session::cookie(server, &secret.text, keep))
}

async fn sign_out(State(server): State<Shared>, key: Option<Extension<SessionKey>>) -> Result<Response, Problem> {
    if let Some(Extension(key)) = key {
        let mut conn = server.db.write().await?;
        sessions::delete(&mut conn, key.account, &key.hash).await?;
        conn.commit().await?;
        server.live.end_session(key.hash);
    }
    let mut response = browser::see_other("/sign-in?note=signed-out");
    let gone = browser::set_cookie(session::COOKIE, "", Some(0), server.settings.base_url.is_https());
    response.headers_mut().append(header::SET_COOKIE, gone);
    Ok(response)
}

#[derive(Deserialize)]
struct NewPassword {
    #[serde(default)]
    link: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    repeat: String,
}

async fn set_password(State(server): State<Shared>, Form(form): Form<NewPassword>) -> Result<Response, Problem> {
    let back = |error: &str| {
        browser::see_other(&app::links::with_query("/set-password", [("link", form.link.as_str()), ("error", error)]))
    };
    if form.password.chars().count() < passwords::MIN_CHARS {
        return Ok(back("short"));
    }
    if form.password.len() > passwords::MAX_BYTES {
        return Ok(back("long"));
    }
    if form.repeat != form.password {
        return Ok(back("differ"));
    }
    let Some((account, hash)) = secrets::read(secrets::NO_PREFIX, &form.link) else { return Ok(back("link")) };
    // A link that is over must not buy argon2's work.
    {
        let mut conn = server.db.read().await?;
        if password_links::find(&mut conn, account, &hash, (server.clock)()).await?.is_none() {
            return Ok(back("link"));
        }
    }
    let password = server.passwords.hash(form.password.clone()).await;
    let password = password.map_err(|error| Problem::internal(&error))?;
    let now = (server.clock)();
    let mut conn = server.db.write().await?;
    let Some(user) = password_links::take(&mut conn, account, &hash, now).await? else { return Ok(back("link")) };
    #[expect(clippy::disallowed_methods, reason = "the link was right")]
    let scope = Scope::of_user(user.account, user.key, user.role);
    users::set_password(&mut conn, &scope, user.key, &password).await?;
    conn.commit().await?;
    server.live.end_sessions_of(user.account, user.key);
    Ok(browser::see_other("/sign-in?note=password-set"))
}

/// Who asks. Behind a reverse proxy on this machine it is the last address that the proxy added; anybody else could
/// write what they like into that header.
fn client(peer: Option<IpAddr>, headers: &HeaderMap) -> IpAddr {
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    if !peer.is_loopback() {
        return peer;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    forwarded.and_then(|list| list.rsplit(',').next()?.trim().parse().ok()).unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_on_this_machine_may_say_who_asks() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("10.9.9.9, 203.0.113.5"));
        let home: IpAddr = "127.0.0.1".parse().unwrap();
        let stranger: IpAddr = "198.51.100.7".parse().unwrap();
        assert_eq!(client(Some(home), &headers), "203.0.113.5".parse::<IpAddr>().unwrap());
        assert_eq!(client(Some(stranger), &headers), stranger);
        assert_eq!(client(Some(home), &HeaderMap::new()), home);
    }
}
