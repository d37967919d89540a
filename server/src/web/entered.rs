//! What an operator who entered an account for a while may not do there: give out what would last longer than they do.

use app::session::SignedIn;
use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::problem::Problem;

/// Forms that let somebody or something in, or send reports to somebody, from then on.
pub const LASTING: [&str; 14] = [
    "/settings/tokens/add",
    "/settings/people/invite",
    "/settings/people/{key}/access",
    "/settings/people/{key}/reset",
    "/settings/people/{key}/remove",
    "/settings/invitations/again",
    "/settings/recipients/put",
    "/settings/sign-in/groups",
    "/settings/sign-in/passwords",
    "/settings/campaigns/{id}/recipients",
    "/campaigns/{id}/recipients",
    "/campaigns/{id}/mail/send",
    "/hooks",
    "/hooks/{key}/secret",
];

/// Refuses what would outlive the visit of an operator who has entered the account.
pub async fn refuse_what_lasts(request: Request, next: Next) -> Response {
    let has_entered = request.extensions().get::<SignedIn>().is_some_and(|who| who.until.is_some());
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let lasts = request.method() == Method::POST && path.is_some_and(|path| LASTING.contains(&path));
    if has_entered && lasts {
        return Problem::forbidden("this is not for an operator who entered the account for a while").into_response();
    }
    next.run(request).await
}
