//! Who is signed in: a cookie, and a session in the database that lasts 30 days from its last use.

use std::sync::Arc;

use app::session::SignedIn;
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{Timestamp, time::DAY_MS};
use store::{RequestDb, Scope, StoreError, sessions};

use super::{browser, database, log, problem::Problem};
use crate::{
    context::{Context, Server},
    secrets,
};

/// The name of the cookie.
pub const COOKIE: &str = "ringside_session";
/// How long a session lasts without being used.
pub const LASTS_MS: i64 = 30 * DAY_MS;
/// How long one lasts that shall end with the browser.
pub const UNKEPT_LASTS_MS: i64 = DAY_MS / 2;
/// A session is extended when this much of it is used up: once a day, not with every request.
const EXTEND_AFTER_MS: i64 = DAY_MS;

/// The session of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionKey {
    /// Whose account.
    pub account: i64,
    /// The hash of its secret.
    pub hash: [u8; 32],
    /// When it ends unless it is used.
    pub expires_at: Timestamp,
}

/// Reads the cookie and puts [`SignedIn`], [`SessionKey`] and the preferences into the request's extensions.
pub async fn recognise(State(server): State<Server>, mut request: Request, next: Next) -> Response {
    let context = &server.context;
    let db = database_of(&request, &server);
    let found = match find(&server, request.headers(), request.method(), &db).await {
        Ok(found) => found,
        Err(error) => return Problem::from(error).into_response(),
    };
    let language = found.as_ref().map(|(signed_in, _)| signed_in.account.language);
    let preferences = browser::preferences(request.headers(), language);
    request.extensions_mut().insert(preferences);
    let mut cookie = None;
    if let Some((signed_in, mut key)) = found {
        let lasts_until = Timestamp((context.clock)().0 + LASTS_MS);
        let kept = key.expires_at.0 - (context.clock)().0 > UNKEPT_LASTS_MS;
        if kept && lasts_until.0 - key.expires_at.0 >= EXTEND_AFTER_MS {
            // A read-only database must not keep people from reading.
            match extend(&db, &key, lasts_until).await {
                Ok(()) => {
                    key.expires_at = lasts_until;
                    cookie = browser::cookie(request.headers(), COOKIE).map(|text| self::cookie(context, text, true));
                }
                Err(error) => tracing::warn!(cause = %error, "A session could not be extended"),
            }
        }
        request.extensions_mut().insert(signed_in);
        request.extensions_mut().insert(key);
    }
    let mut response = next.run(request).await;
    // What is answered to somebody is not for a cache between.
    if !response.headers().contains_key(header::CACHE_CONTROL) {
        response.headers_mut().insert(header::CACHE_CONTROL, axum::http::HeaderValue::from_static("private, no-cache"));
    }
    // Signing out or in has already said what becomes of the cookie.
    if let Some(cookie) = cookie
        && !response.headers().contains_key(header::SET_COOKIE)
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// As [`recognise`], for a request that no route of people's answers; whoever cannot be told is nobody.
pub async fn recognise_stray(server: &Server, request: &mut Request) {
    let db = database_of(request, server);
    let found = find(server, request.headers(), request.method(), &db).await.ok().flatten();
    let language = found.as_ref().map(|(signed_in, _)| signed_in.account.language);
    let preferences = browser::preferences(request.headers(), language);
    request.extensions_mut().insert(preferences);
    if let Some((signed_in, key)) = found {
        request.extensions_mut().insert(signed_in);
        request.extensions_mut().insert(key);
    }
}

/// The database of a request.
pub fn database_of(request: &Request, server: &Server) -> Arc<RequestDb> {
    request.extensions().get().cloned().unwrap_or_else(|| Arc::new(RequestDb::new(server.db.clone())))
}

async fn find(
    server: &Server,
    headers: &HeaderMap,
    method: &Method,
    db: &RequestDb,
) -> Result<Option<(SignedIn, SessionKey)>, StoreError> {
    let Some((account, hash)) =
        browser::cookie(headers, COOKIE).and_then(|text| secrets::read(secrets::NO_PREFIX, text))
    else {
        return Ok(None);
    };
    let now = (server.context.clock)();
    let mut conn = db.read().await?;
    let found = sessions::find(&mut conn, account, &hash, now).await?;
    let expires_at = if found.is_some() { sessions::expiry(&mut conn, account, &hash).await? } else { None };
    drop(conn);
    database::authenticated(db, method).await;
    let (Some((user, account)), Some(expires_at)) = (found, expires_at) else { return Ok(None) };
    log::identify(account.id);
    let key = SessionKey { account: account.id, hash, expires_at };
    #[expect(clippy::disallowed_methods, reason = "the session was found")]
    let scope = Scope::of_user(account.id, user.key, user.role);
    Ok(Some((SignedIn { scope, account, name: user.name, email: user.email }, key)))
}

async fn extend(db: &RequestDb, key: &SessionKey, until: Timestamp) -> Result<(), StoreError> {
    let mut conn = db.write().await?;
    sessions::extend(&mut conn, key.account, &key.hash, until).await?;
    conn.commit().await
}

/// The cookie that carries a session; one that is not kept ends with the browser.
pub fn cookie(context: &Context, text: &str, keep: bool) -> axum::http::HeaderValue {
    let seconds = keep.then_some((LASTS_MS / 1_000) as u64);
    browser::set_cookie(COOKIE, text, seconds, context.settings.base_url.is_https())
}

/// Somebody signed in, as an argument of a handler. Who is not is sent to sign in, or gets 401 where no page is asked.
pub struct Reader(pub SignedIn);

impl FromRequestParts<Server> for Reader {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Response> {
        if let Some(signed_in) = parts.extensions.get::<SignedIn>() {
            return Ok(Self(signed_in.clone()));
        }
        let request = Request::from_parts(parts.clone(), axum::body::Body::empty());
        Err(sign_in_first(&request))
    }
}

/// The answer to somebody who must sign in first.
pub fn sign_in_first(request: &Request) -> Response {
    if browser::wants_page(request) {
        let to = request.uri().path_and_query().map_or("/", |path| path.as_str());
        browser::see_other(&app::links::with_query("/sign-in", [("to", to)]))
    } else {
        Problem::signed_out().into_response()
    }
}
