//! Is the program alive, can it work, and what has it done.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use crate::{
    context::{Server, SharedContext},
    disks,
    web::{database::Database, problem::Problem, routes::Routes, state::RouterState},
};

/// `GET /healthz`, `/readyz`, `/metrics`.
pub fn routes() -> Routes {
    Routes::new().get("/healthz", async || "alive\n").get("/readyz", ready).get("/metrics", metrics_by_token)
}

/// `/metrics` alone, for a listener that the world does not reach.
pub fn metrics_router(server: &Server) -> Router {
    Routes::new().get("/metrics", metrics).into_router().with_state(RouterState::from(server))
}

async fn ready(State(context): State<SharedContext>, database: Database) -> Response {
    let db = match database.into_serial().await {
        Ok(db) => db,
        Err(error) => return Problem::from(error).into_response(),
    };
    let wrong = context.readiness.check(db, &context.recordings).await;
    if wrong.is_empty() { "ready\n".into_response() } else { Problem::unavailable(wrong.join("; ")).into_response() }
}

async fn metrics(State(context): State<SharedContext>, database: Database) -> Response {
    // What a disk says may be long in coming.
    let settings = context.settings.clone();
    let rooms = tokio::task::spawn_blocking(move || disks::rooms(&settings)).await.unwrap_or_default();
    let db = match database.into_serial().await {
        Ok(db) => db,
        Err(error) => return Problem::from(error).into_response(),
    };
    let figures = context.metrics.render(db, &context.places(), &rooms).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], figures).into_response()
}

/// On the main listener, figures are for who has the token; without a token set, there is no such address.
async fn metrics_by_token(State(context): State<SharedContext>, database: Database, headers: HeaderMap) -> Response {
    let Some(token) = &context.settings.metrics_token else {
        return Problem::not_found("address").into_response();
    };
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    // Hashes are compared: how far a guess was right cannot be told from the time.
    match given {
        Some(given) if Sha256::digest(given) == Sha256::digest(token) => {
            metrics(State(SharedContext::clone(&context)), database).await
        }
        _ => Problem::unauthorized().into_response(),
    }
}
