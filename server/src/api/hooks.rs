//! `POST /hooks/{key}/{source}`: what other systems send when a call begins, ends or was looked at. The key in the address says
//! whose it is, the signature that it is really theirs. It is answered once it is on the disk; a job reads it.

use std::sync::atomic::Ordering::Relaxed;

use axum::{
    Json,
    extract::{Path, Request, State},
    http::header,
    response::{IntoResponse, Response},
};
use domain::{HookSource, limits::HOOK_BYTES};
use serde_json::json;
use store::{Scope, hooks};
use tokio::io::AsyncReadExt;

use crate::{
    context::SharedContext,
    hooks::{KEY_PREFIX, NotKept, signatures},
    secrets,
    web::{database::Database, log, problem::Problem, received, routes::Routes},
};

/// The route. Bodies have a limit of their own.
pub fn routes() -> Routes {
    Routes::new().post("/hooks/{key}/{source}", receive)
}

async fn receive(
    State(context): State<SharedContext>,
    mut database: Database,
    Path((key, source)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let nowhere = || Problem::not_found("address for webhooks");
    let (account, hash) = secrets::read(KEY_PREFIX, &key).ok_or_else(nowhere)?;
    let found = hooks::find(&mut *database.read().await?, account, &hash).await?;
    let hook = found.filter(|hook| Some(hook.source) == HookSource::from_word(&source)).ok_or_else(nowhere)?;
    log::identify(account);
    #[expect(clippy::disallowed_methods, reason = "the key was found")]
    let scope = Scope::of_token(account);
    let (head, body) = request.into_parts();
    let length = head.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > HOOK_BYTES) {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(length.unwrap_or_default() as usize);
    let received = received::receive(body, HOOK_BYTES, too_large).await?;
    let mut reader = received.into_reader().await?;
    reader.read_to_end(&mut bytes).await.map_err(|error| Problem::of_file("temporary folder", &error))?;
    let at = (context.clock)();
    if let Some(sealed) = &hook.sealed_secret {
        let secret = context.sealer.open(account, sealed).map_err(|error| {
            tracing::error!(cause = %error, "A webhook cannot be checked");
            Problem::unavailable("the signature cannot be checked now; nothing was stored, send it again later")
        })?;
        let path = head.uri.path_and_query().map_or("", |path| path.as_str());
        let url = format!("{}{path}", context.settings().base_url);
        let signed = signatures::Request { headers: &head.headers, url: &url, body: &bytes, at };
        if let Err(refusal) = signatures::check(hook.source, &secret, &signed) {
            context.metrics.hooks_refused.fetch_add(1, Relaxed);
            tracing::warn!(hook = hook.key, why = refusal.word(), "A webhook was refused for its signature");
            let refused = context.hooks.refuse(database.into_serial().await?, scope, hook.key, refusal, at).await;
            context.metrics.asked(context.hooks.asked());
            refused.map_err(not_kept)?;
            return Err(Problem::wrong_signature(refusal.word()));
        }
    }
    let kept = context.hooks.keep(database.into_serial().await?, scope, (hook.key, hook.source), bytes, at).await;
    context.metrics.asked(context.hooks.asked());
    kept.map_err(not_kept)?;
    context.metrics.hooks_received.fetch_add(1, Relaxed);
    // Some of them take what an answer says for an order.
    Ok(Json(json!({})).into_response())
}

fn too_large() -> Problem {
    Problem::too_large("a webhook is at most 2 MiB")
}

fn not_kept(why: NotKept) -> Problem {
    match why {
        NotKept::Failed(error) => Problem::of_store(&error),
        NotKept::Full | NotKept::Over => {
            Problem::unavailable("too many webhooks come in now; nothing was stored, send it again in a moment")
        }
    }
}
