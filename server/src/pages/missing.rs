//! An address at which there is nothing for whoever opened it, in the frame of all pages: somebody signed in finds the way on where it
//! always is. A program gets what it asks for, and who is not signed in the small page of `web::log`.

use app::session::SignedIn;
use axum::{
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};

use super::app::no_such_page;
use crate::web::{browser, problem::Problem, state::RouterState};

/// Answers somebody who opened such a page.
pub async fn show(State(server): State<RouterState>, request: Request, next: Next) -> Response {
    if request.extensions().get::<SignedIn>().is_none() || !browser::wants_page(&request) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let again = Request::from_parts(parts.clone(), Body::empty());
    let response = next.run(Request::from_parts(parts, body)).await;
    let is_missing = response.status() == StatusCode::NOT_FOUND && response.extensions().get::<Problem>().is_some();
    if is_missing { no_such_page(server, again).await } else { response }
}
