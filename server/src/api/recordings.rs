//! Recordings: in, streamed to a file and read through; out, streamed, whole or in part.

use std::{fs::File, io::Seek, sync::atomic::Ordering::Relaxed, time::Duration};

use axum::{
    Json,
    body::Body,
    extract::{RawQuery, Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    CallId,
    call::Recording,
    limits::{BODY_IDLE_SECONDS, RECORDING_BYTES},
};
use futures::StreamExt;
use store::{
    Db, Scope, calls, objects,
    recordings::{self, StoredRecording},
};
use tokio::io::AsyncWriteExt;

use crate::{
    context::{Context, SharedContext},
    recordings::{
        Recordings, StorageError,
        allowance::Allowance,
        probing::{ProbeError, probe},
    },
    web::{
        database::{Database, Snapshot},
        download, json,
        path::Id,
        problem::Problem,
        token::Sender,
    },
};

const IDLE: Duration = Duration::from_secs(BODY_IDLE_SECONDS);

/// Stores the recording of a call
#[utoipa::path(put, path = "/api/v1/calls/{id}/recording", tag = "recordings",
    params(("id" = String, Path, description = "The sender's id of the call")),
    request_body(content = Vec<u8>, content_type = "audio/*", description = "The audio, up to 512 MiB and 12 hours of two sides at 8,000 samples a second: WAV (PCM, µ-law, A-law), MP3, Ogg, FLAC, M4A, AAC"),
    responses((status = 201, description = "Stored", body = Recording), (status = 200, description = "Stored in place of another", body = Recording),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put(
    State(context): State<SharedContext>,
    Sender(scope): Sender,
    database: Database,
    Id(call): Id<CallId>,
    request: Request,
) -> Result<Response, Problem> {
    check_type(request.headers())?;
    let length =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > RECORDING_BYTES) {
        return Err(too_large());
    }
    // Whoever names no call of theirs need not send the whole recording to learn it.
    {
        let mut conn = database.read().await?;
        calls::lookup(&mut conn, &scope, &call).await?.ok_or_else(|| Problem::not_found("call"))?;
    }
    let (file, bytes) = spool(request.into_body()).await?;
    let (recording, replaced) = keep(&database.into_inner().await, &context, &scope, &call, file, bytes).await?;
    context.metrics.recording_bytes.fetch_add(bytes, Relaxed);
    let status = if replaced { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(recording)).into_response())
}

/// Reads a spooled recording through and stores it; whether it replaced another.
pub async fn keep(
    db: &Db,
    context: &Context,
    scope: &Scope,
    call: &CallId,
    file: File,
    bytes: u64,
) -> Result<(Recording, bool), Problem> {
    let account = scope.account();
    let source = file.try_clone().map_err(StorageError::Spool)?;
    let probed = probe(&context.probes, account, source, Allowance::default()).await;
    let probed = probed.map_err(|error| match error {
        ProbeError::NotAudio(reason) => Problem::field("body", reason.to_string()),
        error @ ProbeError::Ended(_) => Problem::internal(&error),
    })?;
    let object = Recordings::new_name(account);
    // Whatever becomes of this process, what it stores is found again.
    let mut conn = db.write().await?;
    objects::loosen(&mut conn, scope, &object, (context.clock)()).await?;
    conn.commit().await?;
    context.recordings.put(&object, file).await?;
    let recording = StoredRecording {
        object: object.clone(),
        content_type: probed.content_type.to_owned(),
        bytes,
        duration: probed.duration,
        peaks: probed.peaks,
        stored_at: (context.clock)(),
    };
    let noted = async {
        let mut conn = db.write().await?;
        let replaced = recordings::put(&mut conn, scope, call, &recording).await?;
        conn.commit().await?;
        Ok::<_, store::StoreError>(replaced)
    };
    // Nothing refers to the object unless the database does.
    let replaced = match noted.await {
        Ok(Some(replaced)) => replaced,
        Ok(None) => {
            context.recordings.delete(&object).await;
            return Err(Problem::not_found("call"));
        }
        Err(error) => {
            context.recordings.delete(&object).await;
            return Err(error.into());
        }
    };
    let is_replacement = replaced.is_some();
    if let Some(old) = replaced {
        context.recordings.delete(&old).await;
    }
    let shown = Recording { content_type: recording.content_type, bytes, duration: recording.duration };
    Ok((shown, is_replacement))
}

fn too_large() -> Problem {
    Problem::too_large("a recording is at most 512 MiB")
}

/// What is plainly no audio is refused before it is sent; what it is, the bytes say.
fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let media = json::media_type(headers).unwrap_or_default();
    let may_be_audio = media.starts_with("audio/")
        || ["application/octet-stream", "application/ogg", "video/mp4", "video/webm"].contains(&media.as_str());
    if may_be_audio { Ok(()) } else { Err(Problem::unsupported("send audio with its Content-Type, such as audio/wav")) }
}

/// Writes the body to a file without a name: nothing of it stays where the process is killed.
async fn spool(body: Body) -> Result<(File, u64), Problem> {
    let wrong = |error: std::io::Error| Problem::from(StorageError::Spool(error));
    let mut writer = tokio::fs::File::from_std(tempfile::tempfile().map_err(wrong)?);
    let mut stream = body.into_data_stream();
    let mut bytes = 0;
    while let Some(chunk) = tokio::time::timeout(IDLE, stream.next()).await.map_err(|_| Problem::too_slow())? {
        let chunk = chunk.map_err(|_| Problem::unreadable("the body broke off"))?;
        bytes += chunk.len() as u64;
        if bytes > RECORDING_BYTES {
            return Err(too_large());
        }
        writer.write_all(&chunk).await.map_err(wrong)?;
    }
    writer.flush().await.map_err(wrong)?;
    let mut file = writer.into_std().await;
    file.rewind().map_err(wrong)?;
    Ok((file, bytes))
}

/// The recording of a call; `Range` is honoured, `?download` gives it a file name
#[utoipa::path(get, path = "/api/v1/calls/{id}/recording", tag = "recordings",
    params(("id" = String, Path, description = "The sender's id of the call"),
        ("download" = Option<String>, Query, description = "Send it as a file with a name")),
    responses((status = 200, description = "All of it", content_type = "audio/*"), (status = 206, description = "The part that was asked for", content_type = "audio/*"),
        (status = 304, description = "It is what `If-None-Match` names"), (status = 416, description = "The range lies outside", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn read(
    State(context): State<SharedContext>,
    Sender(scope): Sender,
    Snapshot(conn): Snapshot,
    Id(call): Id<CallId>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    download::recording::send(conn, &context.recordings, &scope, &call, &method, query.as_deref(), &headers).await
}

/// Deletes the recording of a call
#[utoipa::path(delete, path = "/api/v1/calls/{id}/recording", tag = "recordings",
    params(("id" = String, Path, description = "The sender's id of the call")),
    responses((status = 204, description = "It is gone"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete(
    State(context): State<SharedContext>,
    Sender(scope): Sender,
    database: Database,
    Id(call): Id<CallId>,
) -> Result<StatusCode, Problem> {
    let mut conn = database.write().await?;
    let object = recordings::delete(&mut conn, &scope, &call, (context.clock)()).await?;
    let object = object.ok_or_else(|| Problem::not_found("recording"))?;
    conn.commit().await?;
    context.recordings.delete(&object).await;
    Ok(StatusCode::NO_CONTENT)
}
