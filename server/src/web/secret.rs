//! The secret that a request carries: in the cookie of a session, or as a bearer token. Whether there is such a one, others find out.

use axum::http::{HeaderMap, header};

use super::browser;
use crate::{
    secrets::{self, TOKEN_PREFIX},
    settings::BaseUrl,
};

/// An account and the hash of a secret.
pub type Hashed = (i64, [u8; 32]);

/// The name of a session's cookie. Over https, browsers take one of this prefix from this host alone, and send it to no other.
pub fn cookie_name(base_url: &BaseUrl) -> &'static str {
    if base_url.is_https() { "__Host-ringside_session" } else { "ringside_session" }
}

/// The account and secret of a session's cookie; none where the browser has no such cookie, or it is none of ours.
pub fn of_session(headers: &HeaderMap, base_url: &BaseUrl) -> Option<Hashed> {
    secrets::read(secrets::NO_PREFIX, browser::cookie(headers, cookie_name(base_url))?)
}

pub fn of_token(headers: &HeaderMap) -> Option<Hashed> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    secrets::read(TOKEN_PREFIX, scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())?)
}
