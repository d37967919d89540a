//! Who sends: a bearer token, which belongs to one account.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use store::{Scope, tokens};

use crate::{
    http::{Shared, problem::Problem},
    secrets::{self, TOKEN_PREFIX},
};

/// The account of a valid token.
pub struct Sender(pub Scope);

impl FromRequestParts<Shared> for Sender {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Shared) -> Result<Self, Problem> {
        let text = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = text.and_then(|text| {
            let (scheme, token) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let (account, hash) =
            token.and_then(|token| secrets::read(TOKEN_PREFIX, token)).ok_or_else(Problem::unauthorized)?;
        let mut conn = server.db.read().await?;
        if tokens::find(&mut conn, account, &hash).await? {
            #[expect(clippy::disallowed_methods, reason = "the token was found")]
            let scope = Scope::of_token(account);
            Ok(Self(scope))
        } else {
            Err(Problem::unauthorized())
        }
    }
}
