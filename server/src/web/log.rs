//! What is logged and counted of every request, and what becomes of panics and of axum's own refusals.

use std::{
    any::Any,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Instant,
};

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use store::{Cost, CostFigures};
use tracing::{Instrument, Span};

use super::{browser, problem::Problem, state::RouterState};
use crate::{context::SharedContext, failure::new_reference, holding_body::HoldingBody, secrets, traces};

/// Logs and counts an answer. What is logged of a request carries its number; the path is logged as its route: ids and
/// searches are people's data. How long it took is how long until it began; what it asked of the database is known at its end.
pub async fn observe(State(server): State<RouterState>, request: Request, next: Next) -> Response {
    let begin = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let id = next_number();
    let empty = tracing::field::Empty;
    let span = tracing::info_span!("request", id, %method, route, account = empty, otel.name = empty);
    traces::name(&span, || format!("{method} {route}"));
    let response = next.run(request).instrument(span.clone()).await;
    let (time, status) = (begin.elapsed(), response.status().as_u16());
    server.context.metrics.answered(status, time);
    if let Some(problem) = response.extensions().get::<Problem>() {
        server.context.metrics.refused(problem.kind());
    }
    let cost = response.extensions().get::<Arc<Cost>>().cloned();
    // What was asked before the answer began is counted before anybody has it.
    let counted = cost.as_ref().map(|cost| cost.figures()).unwrap_or_default();
    server.context.metrics.asked(counted);
    let (context, ms) = (Arc::clone(&server.context), time.as_millis() as u64);
    let answer = Answer { context, span: span.clone(), begin, method, route, status, ms, cost, counted };
    response.map(|body| Body::new(HoldingBody::new(body, span, answer)))
}

/// The number of a request. It counts on from a random beginning: of several servers, and after a start, no two requests have the
/// same number in the log.
fn next_number() -> u64 {
    /// Numbers that a server uses before it comes to another's, were it to begin right below it.
    const NUMBERS: u64 = 1 << 28;
    static REQUESTS: LazyLock<AtomicU64> =
        LazyLock::new(|| AtomicU64::new(u64::from(u32::from_le_bytes(secrets::random())) * NUMBERS));
    REQUESTS.fetch_add(1, Relaxed)
}

/// An answer that was begun. Its end, or its reader's leaving, drops it.
struct Answer {
    context: SharedContext,
    span: Span,
    begin: Instant,
    method: Method,
    route: String,
    status: u16,
    ms: u64,
    cost: Option<Arc<Cost>>,
    counted: CostFigures,
}

impl Drop for Answer {
    fn drop(&mut self) {
        let Self { method, route, status, ms, .. } = self;
        let sent_ms = self.begin.elapsed().as_millis() as u64;
        let _in_span = self.span.enter();
        traces::attribute(&self.span, "http.response.status_code", u64::from(*status));
        let Some(cost) = &self.cost else {
            tracing::debug!(status, ms, sent_ms, "{method} {route} was answered with {status} in {ms} ms");
            return;
        };
        let asked = cost.figures();
        self.context.metrics.asked(asked.since(self.counted));
        traces::end(&self.span, asked);
        let (statements, rows, waited_ms) = (asked.statements, asked.rows, asked.waited.as_millis() as u64);
        tracing::debug!(
            status,
            ms,
            sent_ms,
            statements,
            rows,
            waited_ms,
            "{method} {route} was answered with {status} in {ms} ms"
        );
    }
}

/// Says in the log whose request it is.
pub fn identify(account: i64) {
    tracing::Span::current().record("account", account);
}

/// axum refuses some requests (a form that is none, a path that is not UTF-8) in plain text; here they become problems.
pub async fn hide_rejections(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_plain = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.to_str().is_ok_and(|text| text.starts_with("text/plain")));
    if !is_plain || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large("the form is too large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::unsupported("send a form"),
        StatusCode::METHOD_NOT_ALLOWED => Problem::method_not_allowed(),
        StatusCode::NOT_FOUND => Problem::not_found("address"),
        status if status.is_client_error() => Problem::unreadable("the request cannot be read"),
        _ => {
            let reference = new_reference();
            tracing::error!(reference, %status, "A request failed inside a library");
            Problem::broken(reference)
        }
    }
    .into_response()
}

/// Who asked for a page gets one, whatever went wrong.
pub async fn show_to_people(State(server): State<RouterState>, request: Request, next: Next) -> Response {
    let wants_page = browser::wants_page(&request) || is_form(&request);
    let preferences = browser::preferences(request.headers(), None);
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Problem>().filter(|_| wants_page) else { return response };
    let page = problem.page(preferences, &server.context.app.assets.url("pkg/ringside.css"));
    let (mut parts, _) = response.into_parts();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(page))
}

/// A form that a person sent, as browsers do when they come to another page by it.
fn is_form(request: &Request) -> bool {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    request.method() == Method::POST
        && text(header::CONTENT_TYPE).starts_with("application/x-www-form-urlencoded")
        && text(header::ACCEPT).contains("text/html")
        && !request.uri().path().starts_with("/fn/")
}

/// A panic is a bug: it ends the request, not the server.
pub fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    let reference = new_reference();
    tracing::error!(reference, panic = text.unwrap_or("?"), "A request panicked; its sender was told {reference}");
    Problem::broken(reference).into_response()
}
