//! A form that was refused, shown again in the frame of the pages that it came from: somebody signed in finds the way on where it
//! always is. Who is not sees it on a page of its own.

use app::{operator::refused_page, session::SignedIn, settings};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{Method, header},
    middleware::Next,
    response::Response,
};

use super::app::operator_page;
use crate::web::{refused::RefusedForm, state::RouterState};

/// Puts the frame around the answer to a form that was refused.
pub async fn put(State(server): State<RouterState>, request: Request, next: Next) -> Response {
    let who = request.extensions().get::<SignedIn>().cloned();
    let Some(who) = who.filter(|_| !request.method().is_safe()) else { return next.run(request).await };
    let (parts, body) = request.into_parts();
    let mut of_page = parts.clone();
    of_page.method = Method::GET;
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(RefusedForm { session, title, html, back }) = response.extensions().get::<RefusedForm>().cloned() else {
        return response;
    };
    let path = of_page.uri.path().to_owned();
    // The page's own address answers no reading: who changes the language goes back to the page of the form.
    if let Some(uri) = back.as_deref().and_then(|back| back.parse().ok()) {
        of_page.uri = uri;
    }
    let now = who.account.zone.local((server.context.clock)());
    let page = settings::refused_page(session.clone(), &who, &path, (&title, &html, back.as_deref()), now)
        .unwrap_or_else(|| refused_page(session, &title, &html, back.as_deref()));
    let mut framed = operator_page(server, Request::from_parts(of_page, Body::empty()), page).await;
    *framed.status_mut() = response.status();
    for (name, value) in response.headers() {
        if ![header::CONTENT_TYPE, header::CONTENT_LENGTH].contains(name) {
            framed.headers_mut().insert(name, value.clone());
        }
    }
    framed
}
