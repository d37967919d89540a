//! What keeps a browser from being turned against its user.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{problem::Problem, state::RouterState};
use crate::{secrets, settings::BaseUrl};

/// The number used once by which a page's own scripts are told from foreign ones.
#[derive(Debug, Clone)]
pub struct PageNonce(pub String);

/// A content security policy that a handler made for its own answer.
#[derive(Debug, Clone)]
pub struct OwnPolicy(pub &'static str);

/// `Cache-Control` of what was made for one reader, and of every answer whose handler says nothing else: files of the site, which
/// everybody gets, and recordings, which a player asks for again by their tag.
pub const NOT_STORED: &str = "private, no-store";

/// Puts the security headers on every answer.
pub async fn headers(State(server): State<RouterState>, mut request: Request, next: Next) -> Response {
    let nonce = secrets::random_text::<16>();
    request.extensions_mut().insert(PageNonce(nonce.clone()));
    let mut response = next.run(request).await;
    let policy = match response.extensions().get::<OwnPolicy>() {
        Some(OwnPolicy(policy)) => (*policy).to_owned(),
        None => page_policy(&nonce),
    };
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(NOT_STORED));
    if server.context.settings.base_url.is_https() {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

/// What an address names that holds a NUL is not there: no text of the database does.
pub async fn without_nul(request: Request, next: Next) -> Response {
    let holds_nul = |text: &str| text.contains("%00");
    if holds_nul(request.uri().path()) {
        return Problem::not_found("address").into_response();
    }
    if request.uri().path().starts_with("/api/") && request.uri().query().is_some_and(holds_nul) {
        return Problem::field("query", "holds a NUL character").into_response();
    }
    next.run(request).await
}

fn page_policy(nonce: &str) -> String {
    // Styles in attributes are how charts and bars get their sizes; they cannot run anything.
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; \
         media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'self'; \
         frame-ancestors 'none'; form-action 'self'"
    )
}

/// Refuses what another site makes a browser send with this site's cookies.
pub async fn same_origin(State(server): State<RouterState>, request: Request, next: Next) -> Response {
    if !request.method().is_safe() && !is_same_origin(request.headers(), &server.context.settings.base_url) {
        return Problem::forbidden("the request comes from another site").into_response();
    }
    next.run(request).await
}

/// Browsers say where a request comes from; what says nothing is no browser and carries nobody's cookies.
fn is_same_origin(headers: &HeaderMap, base_url: &BaseUrl) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    match text("origin") {
        None => true,
        Some(origin) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            origin == base_url.as_str() || (host.is_some() && host == text("host"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_may_post() {
        let base_url = BaseUrl::new("https://calls.example.com").unwrap();
        let same = |pairs: &[(&'static str, &'static str)]| {
            let headers =
                pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
            is_same_origin(&headers.collect(), &base_url)
        };
        assert!(same(&[]));
        assert!(same(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(same(&[("sec-fetch-site", "none")]));
        assert!(!same(&[("sec-fetch-site", "cross-site")]));
        assert!(!same(&[("sec-fetch-site", "same-site"), ("origin", "https://calls.example.com")]));
        assert!(same(&[("origin", "https://calls.example.com")]));
        assert!(same(&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")]));
        assert!(!same(&[("origin", "https://evil.example"), ("host", "calls.example.com")]));
        assert!(!same(&[("origin", "null"), ("host", "calls.example.com")]));
    }
}
