//! Who sends: a bearer token, which belongs to one account.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use store::{Scope, tokens};

use super::{database, log, problem::Problem};
use crate::{
    context::Server,
    secrets::{self, TOKEN_PREFIX},
};

/// The account of a valid token.
pub struct Sender(pub Scope);

impl FromRequestParts<Server> for Sender {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        let text = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = text.and_then(|text| {
            let (scheme, token) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let (account, hash) =
            token.and_then(|token| secrets::read(TOKEN_PREFIX, token)).ok_or_else(Problem::unauthorized)?;
        let db = database::of(parts, server);
        let country = tokens::find(&mut *db.read().await?, account, &hash).await?;
        database::authenticated(&db, &parts.method).await;
        if let Some(country) = country {
            log::identify(account);
            #[expect(clippy::disallowed_methods, reason = "the token was found")]
            let scope = Scope::of_token(account).in_country(country);
            Ok(Self(scope))
        } else {
            Err(Problem::unauthorized())
        }
    }
}
