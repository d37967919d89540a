//! Forms of pages that whoever may not send them does not see either: to them, an address that is none, before anything that they sent is
//! looked at. What a handler refuses by itself would come too late: after a form that is incomplete.

use app::session::SignedIn;
use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::Role;

use super::problem::Problem;

/// Whether somebody sees the page of the form that is sent to a route.
fn is_seen(route: &str, who: &SignedIn) -> bool {
    let is = |role| who.scope.role().may(role);
    match route {
        "/operator/leave" => who.until.is_some(),
        route if route.starts_with("/operator/") => who.is_operator,
        route if route.starts_with("/hooks") || route.starts_with("/jobs/") => is(Role::Owner),
        route if route.starts_with("/import") => is(Role::Manager),
        route if route.starts_with("/settings/") => app::settings::role_of_form(route).is_none_or(is),
        _ => true,
    }
}

/// Whether it is a form of a page that who sends it does not see, in the account that is open.
pub fn is_hidden(request: &Request) -> bool {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let who = request.extensions().get::<SignedIn>();
    !request.method().is_safe() && route.zip(who).is_some_and(|(route, who)| !is_seen(route, who))
}

/// Answers them as an address that is none.
pub async fn hide(request: Request, next: Next) -> Response {
    if is_hidden(&request) {
        return Problem::not_found("address").into_response();
    }
    next.run(request).await
}
