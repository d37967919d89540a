//! The account's tokens. A token makes none that may do more than itself.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{Timestamp, TokenScope};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    audit::{Action, ActorKind, Event},
    tokens::{self, NewToken},
};
use utoipa::ToSchema;

use crate::{
    context::SharedContext,
    secrets::{self, TOKEN_PREFIX},
    web::{
        database::{Database, Snapshot},
        json::Record,
        problem::Problem,
        token::{Manage, Sender},
    },
};

/// A token, without what lets in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
pub(super) struct ListedToken {
    /// What it is called where tokens are listed.
    name: String,
    /// What it may do.
    scopes: Vec<TokenScope>,
    /// Whether it sees customers' numbers only by their ends.
    masked: bool,
    /// When it was made.
    created_at: Timestamp,
    /// When it was last used, to the minute.
    used_at: Option<Timestamp>,
}

/// The tokens of the account, without their secrets.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tokens {
    tokens: Vec<ListedToken>,
}

/// The account's tokens
#[utoipa::path(get, path = "/api/v1/tokens", tag = "managing",
    responses((status = 200, description = "All of them, by name", body = Tokens),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    Sender(scope, ..): Sender<Manage>,
    Snapshot(mut conn): Snapshot,
) -> Result<Json<Tokens>, Problem> {
    let listed = tokens::list(&mut conn, &scope).await?.into_iter();
    let listed = listed.map(|tokens::Token { name, scopes, is_masked, created_at, used_at }| ListedToken {
        name,
        scopes,
        masked: is_masked,
        created_at,
        used_at,
    });
    Ok(Json(Tokens { tokens: listed.collect() }))
}

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenBody {
    /// Its name, unique within the account.
    name: String,
    /// What it may do, at least one; nothing that the token which asks may not do.
    scopes: Vec<TokenScope>,
    /// Whether it sees customers' numbers only by their ends.
    #[serde(default)]
    masked: bool,
}

/// A token that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MadeToken {
    /// What lets in; it is told this once.
    token: String,
}

/// Makes a token
#[utoipa::path(post, path = "/api/v1/tokens", tag = "managing", request_body = TokenBody,
    responses((status = 201, description = "It is made", body = MadeToken),
        (status = 403, description = "The token which asks may not manage, or not all that the new one would", body = Problem, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn add(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Record(body): Record<TokenBody>,
) -> Result<Response, Problem> {
    let (scope, now) = (&sender.0, (context.clock)());
    let mut conn = sender.write(&mut database).await?;
    // The operator may do everything.
    if sender.1.kind == ActorKind::Token {
        let own = tokens::list(&mut conn, scope).await?.into_iter().find(|token| token.name == sender.1.name);
        let own = own.ok_or_else(Problem::unauthorized)?;
        if let Some(more) = body.scopes.iter().find(|asked| !own.scopes.contains(asked)) {
            let words = format!("this token has not the scope {}, and cannot give it", more.word());
            return Err(Problem::forbidden(words));
        }
    }
    if scope.sight().is_masked() && !body.masked {
        return Err(Problem::forbidden("this token sees masked numbers, and cannot make one that sees them whole"));
    }
    let token = NewToken { name: body.name, scopes: body.scopes, is_masked: body.masked };
    let secret = secrets::make(TOKEN_PREFIX, scope.account());
    tokens::add(&mut conn, scope, &token, &secret.hash, now).await?;
    let details = json!({"scopes": token.scopes, "masked": token.is_masked});
    sender.commit(conn, &Event::of(Action::TokenAdded, token.name).with(details), now).await?;
    Ok((StatusCode::CREATED, Json(MadeToken { token: secret.text })).into_response())
}

/// Revokes a token
#[utoipa::path(delete, path = "/api/v1/tokens/{name}", tag = "managing",
    params(("name" = String, Path, description = "Its name")),
    responses((status = 204, description = "It lets nobody in any more"),
        (status = 403, description = "The token which asks may not manage", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    let mut conn = sender.write(&mut database).await?;
    if !tokens::delete(&mut conn, &sender.0, &name).await? {
        return Err(Problem::not_found("token"));
    }
    sender.commit(conn, &Event::of(Action::TokenRemoved, name), (context.clock)()).await?;
    Ok(StatusCode::NO_CONTENT)
}
