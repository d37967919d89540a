//! What is particular to browsers: cookies, where to go next, language and theme.

use app::session::{Preferences, Theme};
use axum::{
    extract::{Path, Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::Language;
use serde::Deserialize;

use super::{problem::Problem, routes::Routes};
use crate::context::{Context, SharedContext};

/// A year: how long a language or theme is remembered.
const YEAR_SECONDS: u64 = 365 * 24 * 60 * 60;

/// `GET /language/{tag}?to=` and `GET /theme/{name}?to=`.
pub fn routes() -> Routes {
    Routes::new().get("/language/{tag}", language).get("/theme/{name}", theme)
}

/// A cookie's value.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|value| value.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// A `Set-Cookie` header; without `seconds` it ends with the browser. No script needs to read any of them.
pub fn set_cookie(name: &str, value: &str, seconds: Option<u64>, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let text = format!("{name}={value}; Path=/{age}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// 303 to a path of this server.
pub fn see_other(to: &str) -> Response {
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (
        StatusCode::SEE_OTHER,
        [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))],
    )
        .into_response()
}

/// Where somebody asked to go next: only a path of this server, else `/`, which is the first page of whoever it is. Browsers read `//host` and `/\host`
/// as another server, and drop tabs and line ends wherever they stand.
pub fn local_path(to: Option<&str>) -> &str {
    let is_local = |to: &str| {
        to.starts_with('/')
            && !to[1..].starts_with(['/', '\\'])
            && to.bytes().all(|byte| byte.is_ascii_graphic())
            && !to.starts_with("/sign-")
    };
    to.filter(|to| is_local(to)).unwrap_or("/")
}

/// Whether a person's browser asks for a page, and not a script, player or program for something else.
pub fn wants_page(request: &Request) -> bool {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    request.method().is_safe()
        && !request.uri().path().starts_with("/api/")
        && !request.uri().path().starts_with("/fn/")
        && text(header::HeaderName::from_static("sec-fetch-mode")).is_none_or(|mode| mode == "navigate")
        && text(header::ACCEPT).is_some_and(|accept| accept.contains("text/html"))
}

/// Whether the sender takes a page.
pub fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// The language and theme of a request: the cookies, else what the browser prefers, else the account's language.
pub fn preferences(headers: &HeaderMap, account: Option<Language>) -> Preferences {
    let theme = cookie(headers, "theme").and_then(Theme::from_word).unwrap_or_default();
    let language = cookie(headers, "lang").and_then(Language::from_tag);
    let language = language.or_else(|| accepted_language(headers)).or(account).unwrap_or_default();
    Preferences { language, theme }
}

fn accepted_language(headers: &HeaderMap) -> Option<Language> {
    let text = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best = None;
    for entry in text.split(',') {
        let (tag, weight) = entry.split_once(';').unwrap_or((entry, ""));
        let weight: f32 = weight.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.parse().ok()).unwrap_or(0.0);
        let primary = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
        let Some(language) = Language::from_tag(&primary) else { continue };
        // Of two that are wanted as much, the first stands.
        if weight > 0.0 && best.is_none_or(|(_, known)| weight > known) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

#[derive(Deserialize)]
struct BackQuery {
    to: Option<String>,
}

async fn language(
    State(context): State<SharedContext>,
    Path(tag): Path<String>,
    Query(back): Query<BackQuery>,
) -> Result<Response, Problem> {
    let language = Language::from_tag(&tag).ok_or_else(|| Problem::not_found("language"))?;
    Ok(remember(&context, "lang", language.tag(), back.to.as_deref()))
}

async fn theme(
    State(context): State<SharedContext>,
    Path(name): Path<String>,
    Query(back): Query<BackQuery>,
) -> Result<Response, Problem> {
    let theme = Theme::from_word(&name).ok_or_else(|| Problem::not_found("theme"))?;
    Ok(remember(&context, "theme", theme.word(), back.to.as_deref()))
}

fn remember(context: &Context, name: &str, value: &str, to: Option<&str>) -> Response {
    // Back to the sign-in page is allowed here: it is where one may want to read another language.
    let to = match to {
        Some(to)
            if to == "/sign-in"
                || ["/sign-in?", "/set-password", "/forgot-password", "/invitation?", "/first-start?"]
                    .iter()
                    .any(|page| to.starts_with(page)) =>
        {
            to
        }
        to => local_path(to),
    };
    let mut response = see_other(to);
    let cookie = set_cookie(name, value, Some(YEAR_SECONDS), context.settings.base_url.is_https());
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_only_sent_on_within_this_server() {
        assert_eq!(local_path(Some("/campaigns/a?from=2026-11-01&q=%20x")), "/campaigns/a?from=2026-11-01&q=%20x");
        for to in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nSet-Cookie: x",
            "/\t/evil",
            "javascript:1",
            "/sign-in",
        ] {
            assert_eq!(local_path(Some(to)), "/", "{to:?}");
        }
        assert_eq!(local_path(None), "/");
    }

    #[test]
    fn the_language_is_chosen_accepted_or_the_accounts() {
        let headers = |cookie: &'static str, accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accept));
            headers
        };
        let of = |cookie, accept, account| preferences(&headers(cookie, accept), account).language;
        assert_eq!(of("a=b; lang=en", "vi", None), Language::En);
        assert_eq!(of("", "fr, en-GB;q=0.8, vi;q=0.9", None), Language::Vi);
        assert_eq!(of("", "en-US,en;q=0.9", Some(Language::Vi)), Language::En);
        assert_eq!(of("", "fr", Some(Language::En)), Language::En);
        assert_eq!(of("", "en;q=0", None), Language::Vi);
        assert_eq!(of("xlang=en", "", None), Language::Vi);
    }
}
