//! Notes on calls.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{CallId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    audit::{Action, Event},
    call_notes::{self, NoteOnCall},
    calls,
};
use utoipa::ToSchema;

use crate::{
    context::SharedContext,
    web::{
        database::{Database, Snapshot},
        json::Record,
        path::Id,
        problem::Problem,
        token::{Define, Read, Sender},
    },
};

/// What somebody noted on a call.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CallNoteAnswer {
    /// Its number in the account.
    number: i64,
    /// What is noted.
    text: String,
    /// Who wrote it.
    written_by: String,
    /// When.
    written_at: Timestamp,
}

impl From<NoteOnCall> for CallNoteAnswer {
    fn from(note: NoteOnCall) -> Self {
        Self { number: note.key, text: note.text.into(), written_by: note.written_by, written_at: note.written_at }
    }
}

/// Notes on a call.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CallNotes {
    notes: Vec<CallNoteAnswer>,
}

/// Something to note on a call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCallNote {
    /// At most 1,000 characters on one line.
    text: String,
}

/// What people noted on a call
#[utoipa::path(get, path = "/api/v1/calls/{id}/notes", tag = "calls",
    params(("id" = String, Path, description = "The sender's id of the call")),
    responses((status = 200, description = "The first first", body = CallNotes),
        (status = 404, description = "There is no such call", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    Sender(scope, ..): Sender<Read>,
    Snapshot(mut conn): Snapshot,
    Id(call): Id<CallId>,
) -> Result<Json<CallNotes>, Problem> {
    let call = calls::named(&mut conn, &scope, &call).await?;
    let notes = call_notes::list(&mut conn, &scope, &call).await?.ok_or_else(|| Problem::not_found("call"))?;
    Ok(Json(CallNotes { notes: notes.into_iter().map(CallNoteAnswer::from).collect() }))
}

/// Notes something on a call
#[utoipa::path(post, path = "/api/v1/calls/{id}/notes", tag = "calls", request_body = NewCallNote,
    params(("id" = String, Path, description = "The sender's id of the call")),
    responses((status = 201, description = "It is noted", body = CallNoteAnswer),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn add(
    State(context): State<SharedContext>,
    sender: Sender<Define>,
    mut database: Database,
    Id(call): Id<CallId>,
    Record(body): Record<NewCallNote>,
) -> Result<Response, Problem> {
    let (scope, now) = (&sender.0, (context.clock)());
    let mut conn = sender.write(&mut database).await?;
    let call = calls::named(&mut conn, scope, &call).await?;
    let key = call_notes::add(&mut conn, scope, &call, &body.text, &sender.1.name, now).await?;
    let key = key.ok_or_else(|| Problem::not_found("call"))?;
    let notes = call_notes::list(&mut conn, scope, &call).await?.unwrap_or_default();
    let note = notes.into_iter().find(|note| note.key == key).ok_or_else(|| Problem::not_found("note"))?;
    let event = Event::of(Action::CallNoteChanged, call.as_str()).with(json!({"added": true}));
    sender.commit(conn, &event, now).await?;
    Ok((StatusCode::CREATED, Json(CallNoteAnswer::from(note))).into_response())
}

/// Takes a note on a call away
#[utoipa::path(delete, path = "/api/v1/calls/{id}/notes/{number}", tag = "calls",
    params(("id" = String, Path, description = "The sender's id of the call"), ("number" = i64, Path, description = "Its number")),
    responses((status = 204, description = "It is gone"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete(
    State(context): State<SharedContext>,
    sender: Sender<Define>,
    mut database: Database,
    Path((call, number)): Path<(String, i64)>,
) -> Result<StatusCode, Problem> {
    let scope = &sender.0;
    let call = CallId::new(call).map_err(|_| Problem::not_found("call"))?;
    let mut conn = sender.write(&mut database).await?;
    let call = calls::named(&mut conn, scope, &call).await?;
    if !call_notes::delete(&mut conn, scope, &call, number).await? {
        return Err(Problem::not_found("note"));
    }
    let event = Event::of(Action::CallNoteChanged, call.as_str()).with(json!({"removed": true}));
    sender.commit(conn, &event, (context.clock)()).await?;
    Ok(StatusCode::NO_CONTENT)
}
