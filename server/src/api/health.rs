//! Is the program alive, can it work, and what has it done.

use std::{error::Error, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};
use tokio::time::error::Elapsed;

use crate::{
    context::Server,
    failure::chain,
    web::{problem::Problem, routes::Routes},
};

/// How long database and storage may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// `GET /healthz`, `/readyz`, `/metrics`.
pub fn routes() -> Routes {
    Routes::new().get("/healthz", async || "alive\n").get("/readyz", ready).get("/metrics", metrics_by_token)
}

/// `/metrics` alone, for a listener that the world does not reach.
pub fn metrics_router(server: &Server) -> Router {
    Routes::new().get("/metrics", metrics).into_router().with_state(server.clone())
}

async fn ready(State(server): State<Server>) -> Response {
    let database = async {
        let mut conn = server.db.read().await?;
        store::accounts::ping(&mut conn).await
    };
    let database = tokio::time::timeout(PATIENCE, database).await;
    let storage = tokio::time::timeout(PATIENCE, server.context.recordings.check()).await;
    let mut wrong = Vec::new();
    if let Some(cause) = failure(database) {
        tracing::error!(cause, "The database does not answer");
        wrong.push("the database does not answer");
    }
    if let Some(cause) = failure(storage) {
        tracing::error!(cause, "The store of recordings does not answer");
        wrong.push("the store of recordings does not answer");
    }
    if wrong.is_empty() { "ready\n".into_response() } else { Problem::unavailable(wrong.join("; ")).into_response() }
}

fn failure<E: Error + 'static>(answer: Result<Result<(), E>, Elapsed>) -> Option<String> {
    match answer {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(chain(&error)),
        Err(_) => Some("no answer in time".to_owned()),
    }
}

async fn metrics(State(server): State<Server>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], server.context.metrics.render(&server.db).await)
        .into_response()
}

/// On the main listener, figures are for who has the token; without a token set, there is no such address.
async fn metrics_by_token(State(server): State<Server>, headers: HeaderMap) -> Response {
    let Some(token) = &server.context.settings.metrics_token else {
        return Problem::not_found("address").into_response();
    };
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    // Hashes are compared: how far a guess was right cannot be told from the time.
    match given {
        Some(given) if Sha256::digest(given) == Sha256::digest(token) => metrics(State(server)).await,
        _ => Problem::unauthorized().into_response(),
    }
}
