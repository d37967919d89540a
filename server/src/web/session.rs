//! Who is signed in: a cookie, and a session in the database. A kept session ends 30 days after its last use, and 90 days after
//! it began in any case; one that is not kept with the browser, and after half a day.

use std::net::IpAddr;

use app::session::{Preferences, SignedIn};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{Role, Timestamp, time::DAY_MS};
use store::{
    Conn, RequestDb, Scope, StoreError, operators, quotas,
    sessions::{self, Device, FoundSession, SessionTimes, SingleSignOn},
};

use super::{
    browser, database, log,
    problem::Problem,
    secret::{self, cookie_name},
    state::RouterState,
};
use crate::{context::Context, secrets};

/// How long a kept session lasts without being used.
pub const LASTS_MS: i64 = 30 * DAY_MS;
/// How long one lasts however much it is used.
pub const ENDS_AFTER_MS: i64 = 90 * DAY_MS;
/// How long one lasts that shall end with the browser.
pub const UNKEPT_LASTS_MS: i64 = DAY_MS / 2;
/// A session is extended when this much of it is used up: once a day, not with every request.
const EXTEND_AFTER_MS: i64 = DAY_MS;

/// The longest `User-Agent` that is kept, in characters.
const AGENT_CHARS: usize = 300;

/// The session of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionKey {
    /// Whose account.
    pub account: i64,
    /// The hash of its secret.
    pub hash: [u8; 32],
    /// When it began and when it ends.
    pub times: SessionTimes,
}

/// When a session ends that begins now: `keep` is whether it outlives the browser.
pub fn begin(now: Timestamp, keep: bool) -> SessionTimes {
    let (lasts, ends_after) = if keep { (LASTS_MS, ENDS_AFTER_MS) } else { (UNKEPT_LASTS_MS, UNKEPT_LASTS_MS) };
    SessionTimes {
        begun_at: now,
        used_at: now,
        expires_at: Timestamp(now.0 + lasts),
        ends_at: Timestamp(now.0 + ends_after),
    }
}

/// Whether a session outlives the browser.
pub fn is_kept(times: SessionTimes) -> bool {
    times.ends_at.0 - times.begun_at.0 > UNKEPT_LASTS_MS
}

/// The times of a session that is used now, where they are worth being stored.
fn extended(times: SessionTimes, now: Timestamp) -> Option<SessionTimes> {
    let expires_at = Timestamp((now.0 + LASTS_MS).min(times.ends_at.0));
    let is_due = is_kept(times) && now.0 - times.used_at.0 >= EXTEND_AFTER_MS;
    is_due.then_some(SessionTimes { used_at: now, expires_at, ..times })
}

/// Where somebody signs in, for the list of their sessions.
pub fn device(headers: &HeaderMap, address: IpAddr) -> Device {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Device { agent: agent.chars().take(AGENT_CHARS).collect(), address: address.to_string() }
}

/// How a session begins.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// Whether it outlives the browser.
    pub keep: bool,
    /// The browser and address that signed in.
    pub device: Device,
    /// The single sign-on that opened it; `None`: a password.
    pub sso: Option<SingleSignOn>,
    /// When it ends at the latest, where it goes on from another one.
    pub ends_at: Option<Timestamp>,
}

impl Opening {
    /// In place of a session: shown in by the same, and at its end when the one before would have been, whatever else would have ended
    /// that one sooner. Else going from account to account would be a way around that end, and, of one by the provider, around the
    /// groups. Where that one has ended meanwhile, nothing takes its place.
    pub async fn after(conn: &mut Conn, key: &SessionKey, device: Device) -> Result<Self, Problem> {
        let sso = sessions::sso_of(conn, key.account, &key.hash).await?;
        let ends_at = sessions::own_end(conn, key.account, &key.hash).await?;
        let ends_at = Some(ends_at.ok_or_else(Problem::signed_out)?);
        Ok(Self { keep: is_kept(key.times), device, sso, ends_at })
    }
}

/// Begins a session in the caller's transaction. Returns its cookie.
pub async fn open(
    conn: &mut Conn,
    context: &Context,
    scope: &Scope,
    user: i64,
    opening: &Opening,
) -> Result<HeaderValue, StoreError> {
    let now = (context.clock)();
    let secret = secrets::make(secrets::NO_PREFIX, scope.account());
    let mut times = begin(now, opening.keep);
    if let Some(ends_at) = opening.ends_at {
        times.ends_at = times.ends_at.min(ends_at);
        times.expires_at = times.expires_at.min(ends_at);
    }
    sessions::delete_expired(conn, scope, now).await?;
    sessions::add(conn, scope, user, &secret.hash, &times, &opening.device, opening.sso.as_ref()).await?;
    Ok(cookie(context, &secret.text, opening.keep.then_some(times)))
}

/// Reads the cookie and puts [`SignedIn`], [`SessionKey`] and the preferences into the request's extensions.
pub async fn recognise(State(server): State<RouterState>, mut request: Request, next: Next) -> Response {
    let context = &server.context;
    let db = database::of(request.extensions(), &server);
    let found = match find(&server, request.headers(), request.method(), &db).await {
        Ok(found) => found,
        Err(error) => return Problem::from(error).into_response(),
    };
    let language = found.as_ref().map(|(signed_in, _)| signed_in.account.language);
    let preferences = browser::preferences(request.headers(), language);
    request.extensions_mut().insert(preferences);
    let mut cookie = None;
    if let Some((mut signed_in, mut key)) = found {
        signed_in.notices = notices(context, &signed_in, preferences);
        if let Some(times) = extended(key.times, (context.clock)()) {
            // A read-only database must not keep people from reading.
            match extend(&db, &key, times).await {
                Ok(()) => {
                    key.times = times;
                    let text = browser::cookie(request.headers(), cookie_name(&context.settings.base_url));
                    cookie = text.map(|text| self::cookie(context, text, Some(times)));
                }
                Err(error) => tracing::warn!(cause = %error, "A session could not be extended"),
            }
        }
        request.extensions_mut().insert(signed_in);
        request.extensions_mut().insert(key);
    }
    let mut response = next.run(request).await;
    // Signing out or in has already said what becomes of the cookie.
    if let Some(cookie) = cookie
        && !response.headers().contains_key(header::SET_COOKIE)
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// As [`recognise`], for a request that no route of people's answers; whoever cannot be told is nobody.
pub async fn recognise_stray(server: &RouterState, request: &mut Request) {
    let db = database::of(request.extensions(), server);
    let found = find(server, request.headers(), request.method(), &db).await.ok().flatten();
    let language = found.as_ref().map(|(signed_in, _)| signed_in.account.language);
    let preferences = browser::preferences(request.headers(), language);
    request.extensions_mut().insert(preferences);
    if let Some((mut signed_in, key)) = found {
        signed_in.notices = notices(&server.context, &signed_in, preferences);
        request.extensions_mut().insert(signed_in);
        request.extensions_mut().insert(key);
    }
}

/// What the frame says above the pages of somebody.
fn notices(context: &Context, signed_in: &SignedIn, preferences: Preferences) -> String {
    app::operator::notices(signed_in, preferences, &context.app.assets.url("icons.svg"))
}

async fn find(
    server: &RouterState,
    headers: &HeaderMap,
    method: &Method,
    db: &RequestDb,
) -> Result<Option<(SignedIn, SessionKey)>, StoreError> {
    let Some((account, hash)) = secret::of_session(headers, &server.context.settings.base_url) else { return Ok(None) };
    let now = (server.context.clock)();
    let mut conn = db.read().await?;
    let found = sessions::find(&mut conn, account, &hash, now).await?;
    // Owners are told above every page of quotas that are used up, or nearly.
    let near = match &found {
        FoundSession::Session(session) if session.user.role == Role::Owner => {
            #[expect(clippy::disallowed_methods, reason = "the session was found")]
            let scope = Scope::of_user(account, session.user.key, session.user.role);
            quotas::near(&mut conn, &scope, session.account.zone, now).await?
        }
        _ => Vec::new(),
    };
    drop(conn);
    if found == FoundSession::Over {
        // It stays over, whatever the clock says next.
        if let Err(error) = delete_over(db, account, &hash, now).await {
            tracing::warn!(cause = %error, "A session that is over could not be deleted");
        }
    }
    database::authenticated(db, method).await;
    let Some(session) = found.session() else { return Ok(None) };
    server.context.reading.found(&hash, account);
    let (user, account) = (session.user, session.account);
    log::identify(account.id);
    let key = SessionKey { account: account.id, hash, times: session.times };
    #[expect(clippy::disallowed_methods, reason = "the session was found")]
    let scope = Scope::of_user(account.id, user.key, user.role).in_country(account.country).limited(user.is_limited);
    let (is_operator, until) = (user.is_operator, user.ends_at);
    Ok(Some((
        SignedIn {
            scope,
            account,
            name: user.name,
            email: user.email,
            session: hash,
            is_operator,
            until,
            near,
            notices: String::new(),
        },
        key,
    )))
}

async fn extend(db: &RequestDb, key: &SessionKey, times: SessionTimes) -> Result<(), StoreError> {
    let mut conn = db.write().await?;
    sessions::extend(&mut conn, key.account, &key.hash, times.used_at, times.expires_at).await?;
    conn.commit().await
}

/// Deletes a session that is over. Where it was an operator's who had entered the account, the log is told that they are out.
async fn delete_over(db: &RequestDb, account: i64, hash: &[u8; 32], now: Timestamp) -> Result<(), StoreError> {
    #[expect(clippy::disallowed_methods, reason = "the session was found, and what is over in its account ends")]
    let scope = Scope::system(account);
    let mut conn = db.write().await?;
    operators::leave_over(&mut conn, &scope, now).await?;
    sessions::delete(&mut conn, account, hash).await?;
    conn.commit().await
}

/// The cookie that carries a session. With the times of a kept one it lasts as long as the session does without being used; else
/// it ends with the browser.
pub fn cookie(context: &Context, text: &str, kept: Option<SessionTimes>) -> HeaderValue {
    let base_url = &context.settings.base_url;
    let seconds = kept.map(|times| ((times.expires_at.0 - times.used_at.0).max(0) / 1_000) as u64);
    browser::set_cookie(cookie_name(base_url), text, seconds, base_url.is_https())
}

/// The cookie that takes the session's away.
pub fn no_cookie(context: &Context) -> HeaderValue {
    let base_url = &context.settings.base_url;
    browser::set_cookie(cookie_name(base_url), "", Some(0), base_url.is_https())
}

/// Somebody signed in, as an argument of a handler. Who is not is sent to sign in, or gets 401 where no page is asked.
pub struct Reader(pub SignedIn);

impl FromRequestParts<RouterState> for Reader {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &RouterState) -> Result<Self, Response> {
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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_334_400_000);

    fn later(days: i64) -> Timestamp {
        Timestamp(NOW.0 + days * DAY_MS)
    }

    #[test]
    fn a_kept_session_is_extended_once_a_day_until_it_ends() {
        let begun = begin(NOW, true);
        assert_eq!(extended(begun, Timestamp(NOW.0 + DAY_MS - 1)), None);
        let used = extended(begun, later(29)).unwrap();
        assert_eq!((used.used_at, used.expires_at), (later(29), later(59)));
        // In its last hours, too: who comes once a month stays signed in.
        let used = extended(used, Timestamp(later(59).0 - 1)).unwrap();
        assert_eq!(used.expires_at.0, later(89).0 - 1);
        let used = extended(used, later(80)).unwrap();
        assert_eq!((used.expires_at, used.ends_at), (later(90), later(90)));
        assert!(used.is_over(later(90)));
    }

    #[test]
    fn a_session_that_is_not_kept_is_not_extended() {
        let begun = begin(NOW, false);
        assert_eq!(begun.expires_at.0, NOW.0 + UNKEPT_LASTS_MS);
        assert_eq!(extended(begun, Timestamp(begun.expires_at.0 - 1)), None);
    }
}
