//! Notes on days.

use axum::{
    Json,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{CampaignId, Day, Timestamp, sight::may_tell_a_number};
use serde::{Deserialize, Serialize};
use store::{
    Conn, Scope,
    day_notes::{self, DayNote},
};
use utoipa::ToSchema;

use crate::{
    context::SharedContext,
    web::{
        changes,
        database::{Database, Snapshot},
        json::Record,
        problem::Problem,
        query::Parameters,
        token::{Define, ReadDefined, Sender},
    },
};

/// What somebody noted on a day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DayNoteAnswer {
    /// Its number in the account.
    number: i64,
    /// The campaign that it is of; null: of the whole account.
    campaign: Option<CampaignId>,
    /// A local day of the account.
    day: Day,
    /// What is noted.
    text: String,
    /// Who wrote it as it stands.
    written_by: String,
    /// When it was written so.
    written_at: Timestamp,
}

impl From<DayNote> for DayNoteAnswer {
    fn from(note: DayNote) -> Self {
        let DayNote { key, campaign, day, text, written_by, written_at } = note;
        Self { number: key, campaign, day, text: text.into(), written_by, written_at }
    }
}

/// Notes by day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DayNotes {
    notes: Vec<DayNoteAnswer>,
}

/// Something to note.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDayNote {
    /// The campaign that it is of; else it is of the whole account.
    campaign: Option<CampaignId>,
    /// A local day of the account.
    day: Day,
    /// At most 200 characters on one line, without phone numbers.
    text: String,
}

/// What a note says instead.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DayNoteText {
    /// At most 200 characters on one line, without phone numbers.
    text: String,
}

/// Notes on days: of a campaign and the whole account, or all
#[utoipa::path(get, path = "/api/v1/notes", tag = "campaigns",
    params(("campaign" = Option<String>, Query, description = "Those of this campaign and of the whole account; else all")),
    responses((status = 200, description = "By day", body = DayNotes),
        (status = 404, description = "There is no such campaign", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    Sender(scope, ..): Sender<ReadDefined>,
    Snapshot(mut conn): Snapshot,
    RawQuery(query): RawQuery,
) -> Result<Json<DayNotes>, Problem> {
    let mut campaign = None;
    let parameters = Parameters::read(query.as_deref()).once()?;
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        if name != "campaign" {
            return Err(Problem::field(name, "is not known"));
        }
        campaign = Some(CampaignId::new(value).map_err(|error| Problem::field(name, error.to_string()))?);
    }
    let notes = match &campaign {
        Some(id) => day_notes::list(&mut conn, &scope, Some(id), None).await?,
        None => Some(day_notes::all(&mut conn, &scope).await?),
    };
    let notes = notes.ok_or_else(|| Problem::not_found("campaign"))?;
    Ok(Json(DayNotes { notes: notes.into_iter().map(DayNoteAnswer::from).collect() }))
}

/// What may be noted.
fn checked(scope: &Scope, sent: &str) -> Result<String, Problem> {
    let text = day_notes::text_of(sent)?;
    if may_tell_a_number(&text, scope.country()) {
        return Err(Problem::field("text", "holds what may be a customer's phone number"));
    }
    Ok(text)
}

async fn lookup(conn: &mut Conn, scope: &Scope, number: i64) -> Result<DayNote, Problem> {
    day_notes::lookup(conn, scope, number).await?.ok_or_else(|| Problem::not_found("note"))
}

/// Notes something on a day
#[utoipa::path(post, path = "/api/v1/notes", tag = "campaigns", request_body = NewDayNote,
    responses((status = 201, description = "It is noted", body = DayNoteAnswer),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn add(
    State(context): State<SharedContext>,
    sender: Sender<Define>,
    mut database: Database,
    Record(body): Record<NewDayNote>,
) -> Result<Response, Problem> {
    let (scope, now) = (&sender.0, (context.clock)());
    let text = checked(scope, &body.text)?;
    let campaign = body.campaign.as_ref();
    let mut conn = sender.write(&mut database).await?;
    let key = day_notes::add(&mut conn, scope, campaign, (body.day, &text), &sender.1.name, now).await?;
    let key = key.ok_or_else(|| Problem::field("campaign", "is not there"))?;
    let note = lookup(&mut conn, scope, key).await?;
    sender.commit(conn, &changes::note_event(campaign, body.day, None, Some(&text)), now).await?;
    Ok((StatusCode::CREATED, Json(DayNoteAnswer::from(note))).into_response())
}

/// Has a note say something else
#[utoipa::path(put, path = "/api/v1/notes/{number}", tag = "campaigns", request_body = DayNoteText,
    params(("number" = i64, Path, description = "Its number")),
    responses((status = 200, description = "What it says now", body = DayNoteAnswer),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put(
    State(context): State<SharedContext>,
    sender: Sender<Define>,
    mut database: Database,
    Path(number): Path<i64>,
    Record(body): Record<DayNoteText>,
) -> Result<Json<DayNoteAnswer>, Problem> {
    let (scope, now) = (&sender.0, (context.clock)());
    let mut conn = sender.write(&mut database).await?;
    let before = lookup(&mut conn, scope, number).await?;
    let text = checked(scope, &body.text)?;
    if text == before.text.as_str() {
        return Ok(Json(before.into()));
    }
    day_notes::change(&mut conn, scope, number, &text, &sender.1.name, now).await?;
    let after = lookup(&mut conn, scope, number).await?;
    let event = changes::note_event(before.campaign.as_ref(), before.day, Some(before.text.as_str()), Some(&text));
    sender.commit(conn, &event, now).await?;
    Ok(Json(after.into()))
}

/// Takes a note away
#[utoipa::path(delete, path = "/api/v1/notes/{number}", tag = "campaigns",
    params(("number" = i64, Path, description = "Its number")),
    responses((status = 204, description = "It is gone"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete(
    State(context): State<SharedContext>,
    sender: Sender<Define>,
    mut database: Database,
    Path(number): Path<i64>,
) -> Result<StatusCode, Problem> {
    let scope = &sender.0;
    let mut conn = sender.write(&mut database).await?;
    let before = lookup(&mut conn, scope, number).await?;
    day_notes::delete(&mut conn, scope, number).await?;
    let event = changes::note_event(before.campaign.as_ref(), before.day, Some(before.text.as_str()), None);
    sender.commit(conn, &event, (context.clock)()).await?;
    Ok(StatusCode::NO_CONTENT)
}
