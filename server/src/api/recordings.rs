//! Recordings: in, streamed to a file and read through; out, streamed, whole or in part.

use std::{fs::File, io::Seek, sync::atomic::Ordering::Relaxed, time::Duration};

use audio::Raw;
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
    audit::{Action, Event},
    calls, quotas, recordings,
};
use tokio::io::AsyncWriteExt;

use crate::{
    context::SharedContext,
    recordings::{
        StorageError,
        keeping::{KeepError, KeptRecording, UploadedRecording},
    },
    web::{
        database::{Database, Snapshot},
        download::{
            self,
            recording::{AudioForm, has},
        },
        json,
        path::Id,
        problem::Problem,
        token::{Audio, Sender, Write},
    },
};

const IDLE: Duration = Duration::from_secs(BODY_IDLE_SECONDS);

/// Stores the recording of a call
#[utoipa::path(put, path = "/api/v1/calls/{id}/recording", tag = "recordings",
    params(("id" = String, Path, description = "The sender's id of the call"),
        ("name" = Option<String>, Query, description = "The name of its file, whose ending says what it is where it has no header: .gsm, .ulaw, .alaw, .g722, .sln, .sln16")),
    request_body(content = Vec<u8>, content_type = "audio/*", description = "The audio, up to 512 MiB and 12 hours of two sides at 8,000 samples a second: WAV (PCM, µ-law, A-law, GSM, ADPCM, G.722), MP3, Ogg, FLAC, M4A, AAC, WebM; frames without a header, by their name or media type; AMR where ffmpeg is installed. It is kept as sent, and converted where browsers do not play it"),
    responses((status = 201, description = "Stored", body = Recording), (status = 200, description = "Stored in place of another", body = Recording),
        (status = 403, description = "The account has no room for it by its quota (`over-quota`)", body = Problem, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put(
    State(context): State<SharedContext>,
    Sender(scope, ..): Sender<Write>,
    mut database: Database,
    Id(call): Id<CallId>,
    request: Request,
) -> Result<Response, Problem> {
    let media = check_type(request.headers())?;
    let raw = raw(request.uri().query(), &media);
    let length =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > RECORDING_BYTES) {
        return Err(too_large());
    }
    // Whoever names no call of theirs need not send the whole recording to learn it.
    {
        let mut conn = database.read().await?;
        calls::lookup(&mut conn, &scope, &call).await?.ok_or_else(|| Problem::not_found("call"))?;
        quotas::check_recording(&mut conn, &scope, &call, length.unwrap_or(0)).await?;
    }
    let (file, bytes) = spool(request.into_body()).await?;
    let db = database.into_serial().await?;
    let kept = context.keeper(db).keep(&scope, &call, UploadedRecording { file, bytes, raw }).await?;
    let KeptRecording { recording, is_replacement } = kept;
    context.metrics.recording_bytes.fetch_add(bytes, Relaxed);
    let status = if is_replacement { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(recording)).into_response())
}

impl From<KeepError> for Problem {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::NotAudio(reason) => Self::field("body", reason.to_string()),
            KeepError::NoCall => Self::not_found("call"),
            KeepError::Storage(error) => error.into(),
            KeepError::Store(error) => error.into(),
            error @ KeepError::Ended(_) => Self::internal(&error),
        }
    }
}

/// What a body is, should it have no header: its file's name says so, or its media type.
fn raw(query: Option<&str>, media: &str) -> Option<Raw> {
    let name = query.and_then(|query| form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "name"));
    name.and_then(|(_, name)| Raw::of_name(&name)).or_else(|| Raw::of_media_type(media))
}

fn too_large() -> Problem {
    Problem::too_large("a recording is at most 512 MiB")
}

/// The media type. What is plainly no audio is refused before it is sent; what it is, the bytes say.
fn check_type(headers: &HeaderMap) -> Result<String, Problem> {
    let media = json::media_type(headers).unwrap_or_default();
    let may_be_audio = media.starts_with("audio/")
        || ["application/octet-stream", "application/ogg", "video/mp4", "video/webm"].contains(&media.as_str());
    if may_be_audio {
        Ok(media)
    } else {
        Err(Problem::unsupported("send audio with its Content-Type, such as audio/wav"))
    }
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

/// The recording of a call as it was sent, or as browsers play it; `Range` is honoured, `?download` gives it a file name
#[utoipa::path(get, path = "/api/v1/calls/{id}/recording", tag = "recordings",
    params(("id" = String, Path, description = "The sender's id of the call"),
        ("download" = Option<String>, Query, description = "Send it as a file with a name"),
        ("playable" = Option<String>, Query, description = "Send what browsers play: WAV with PCM of 16 bits, where they do not play what was sent")),
    responses((status = 200, description = "All of it", content_type = "audio/*"), (status = 206, description = "The part that was asked for", content_type = "audio/*"),
        (status = 304, description = "It is what `If-None-Match` names"), (status = 416, description = "The range lies outside", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn read(
    State(context): State<SharedContext>,
    Sender(scope, ..): Sender<Audio>,
    Snapshot(conn): Snapshot,
    Id(call): Id<CallId>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = query.as_deref();
    let form = if has(query, "playable") { AudioForm::Playable } else { AudioForm::Sent };
    download::recording::send(conn, &context.recordings, &scope, &call, &method, form, query, &headers).await
}

/// Deletes the recording of a call
#[utoipa::path(delete, path = "/api/v1/calls/{id}/recording", tag = "recordings",
    params(("id" = String, Path, description = "The sender's id of the call")),
    responses((status = 204, description = "It is gone"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete(
    State(context): State<SharedContext>,
    sender: Sender<Write>,
    mut database: Database,
    Id(call): Id<CallId>,
) -> Result<StatusCode, Problem> {
    let (scope, now) = (&sender.0, (context.clock)());
    let mut conn = database.write().await?;
    let objects = recordings::delete(&mut conn, scope, &call, now).await?;
    let objects = objects.ok_or_else(|| Problem::not_found("recording"))?;
    let customer = calls::customer_of(&mut conn, scope, &call).await?;
    let event = Event::of(Action::RecordingDeleted, call.as_str()).about(customer.as_deref());
    sender.commit(conn, &event, now).await?;
    for object in &objects {
        context.recordings.delete(object).await;
    }
    Ok(StatusCode::NO_CONTENT)
}
