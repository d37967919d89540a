//! Voicebots, result codes, tariffs: what calls refer to.

use axum::{Json, extract::State, response::Response};
use domain::{Code, FieldError, ResultCode, Tariff, Voicebot, VoicebotId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    Put,
    audit::{Action, Event},
    result_codes,
    result_words::{self, ResultWord},
    tariffs, voicebots,
};
use utoipa::ToSchema;

use super::{PutAnswer, put_answer};
use crate::context::SharedContext;
use crate::web::{
    changes,
    database::{Database, Snapshot},
    json::Record,
    path::Id,
    problem::Problem,
    token::{Define, ReadDefined, Sender},
};

/// A voicebot as it is put.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VoicebotBody {
    /// Its name, 1 to 300 characters.
    name: String,
}

/// Stores a voicebot
#[utoipa::path(put, path = "/api/v1/voicebots/{id}", tag = "vocabulary", request_body = VoicebotBody,
    params(("id" = String, Path, description = "The sender's id")),
    responses((status = 201, description = "It is new", body = PutAnswer), (status = 200, description = "It was there", body = PutAnswer),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put_voicebot(
    State(context): State<SharedContext>,
    sender: Sender<Define>,
    database: Database,
    Id(id): Id<VoicebotId>,
    Record(body): Record<VoicebotBody>,
) -> Result<Response, Problem> {
    let mut conn = database.write().await?;
    let before = voicebots::lookup(&mut conn, &sender.0, &id).await?.map(|before| json!({"name": before.name}));
    let voicebot = Voicebot { id, name: body.name };
    let put = voicebots::put(&mut conn, &sender.0, &voicebot).await?;
    if put != Put::Unchanged {
        let details = changes::between(before, json!({"name": voicebot.name}));
        let event = Event::of(Action::VoicebotChanged, voicebot.id.as_str()).with(details);
        sender.commit(conn, &event, (context.clock)()).await?;
    }
    Ok(put_answer(put))
}

/// A list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Voicebots {
    voicebots: Vec<Voicebot>,
}

/// The account's voicebots
#[utoipa::path(get, path = "/api/v1/voicebots", tag = "vocabulary",
    responses((status = 200, description = "All of them, by id", body = Voicebots)))]
pub(super) async fn list_voicebots(
    Sender(scope, ..): Sender<ReadDefined>,
    Snapshot(mut conn): Snapshot,
) -> Result<Json<Voicebots>, Problem> {
    Ok(Json(Voicebots { voicebots: voicebots::list(&mut conn, &scope).await? }))
}

/// A result code as it is put.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResultCodeBody {
    /// Vietnamese label.
    label_vi: String,
    /// English label.
    label_en: String,
    /// `#rrggbb`; absent: the colour of its class.
    #[serde(default)]
    color: Option<String>,
    /// Whether a call with this code met the campaign's goal.
    #[serde(default)]
    is_goal: bool,
}

/// Defines a result code; BS, NA and CU keep their class
#[utoipa::path(put, path = "/api/v1/result-codes/{code}", tag = "vocabulary", request_body = ResultCodeBody,
    params(("code" = String, Path, description = "The code")),
    responses((status = 201, description = "It is new", body = PutAnswer), (status = 200, description = "It was there", body = PutAnswer),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put_result_code(
    State(context): State<SharedContext>,
    sender: Sender<Define>,
    database: Database,
    Id(code): Id<Code>,
    Record(body): Record<ResultCodeBody>,
) -> Result<Response, Problem> {
    let ResultCodeBody { label_vi, label_en, color, is_goal } = body;
    let mut conn = database.write().await?;
    let code = ResultCode { code, label_vi, label_en, color, is_goal };
    let before = result_codes::list(&mut conn, &sender.0).await?;
    let put = result_codes::put(&mut conn, &sender.0, &code).await?;
    if put != Put::Unchanged {
        sender.commit(conn, &changes::code_event(&before, &code), (context.clock)()).await?;
    }
    Ok(put_answer(put))
}

/// A list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ResultCodes {
    result_codes: Vec<ResultCode>,
}

/// The account's result codes, the system's own among them
#[utoipa::path(get, path = "/api/v1/result-codes", tag = "vocabulary",
    responses((status = 200, description = "All of them, by code", body = ResultCodes)))]
pub(super) async fn list_result_codes(
    Sender(scope, ..): Sender<ReadDefined>,
    Snapshot(mut conn): Snapshot,
) -> Result<Json<ResultCodes>, Problem> {
    Ok(Json(ResultCodes { result_codes: result_codes::list(&mut conn, &scope).await? }))
}

/// What the senders of calls write for results.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResultWordsBody {
    /// Each word and the code that it stands for; a word that stands for itself is a code of its own.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    words: std::collections::BTreeMap<Code, Code>,
}

/// Replaces the account's own words for results; calls that are stored keep their codes
#[utoipa::path(put, path = "/api/v1/result-words", tag = "vocabulary", request_body = ResultWordsBody,
    responses((status = 200, description = "What became of it", body = PutAnswer),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put_result_words(
    State(context): State<SharedContext>,
    sender: Sender<Define>,
    database: Database,
    Record(body): Record<ResultWordsBody>,
) -> Result<Response, Problem> {
    let mut conn = database.write().await?;
    let before = result_words::list(&mut conn, &sender.0).await?;
    let put = result_words::put(&mut conn, &sender.0, &body.words).await?;
    if put != Put::Unchanged {
        sender.commit(conn, &changes::words_event(&before, &body.words), (context.clock)()).await?;
    }
    Ok(put_answer(put))
}

/// A list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ResultWordsList {
    result_words: Vec<ResultWord>,
}

/// The words for results that mean another code, those known from the start among them
#[utoipa::path(get, path = "/api/v1/result-words", tag = "vocabulary",
    responses((status = 200, description = "All of them, by word", body = ResultWordsList)))]
pub(super) async fn list_result_words(
    Sender(scope, ..): Sender<ReadDefined>,
    Snapshot(mut conn): Snapshot,
) -> Result<Json<ResultWordsList>, Problem> {
    Ok(Json(ResultWordsList { result_words: result_words::list(&mut conn, &scope).await? }))
}

/// Sets the account's default tariff from an instant on; calls that are stored keep their price
#[utoipa::path(put, path = "/api/v1/tariffs", tag = "vocabulary", request_body = Tariff,
    responses((status = 201, description = "It is new", body = PutAnswer), (status = 200, description = "There was one from that instant on", body = PutAnswer),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put_tariff(
    State(context): State<SharedContext>,
    sender: Sender<Define>,
    database: Database,
    Record(tariff): Record<Tariff>,
) -> Result<Response, Problem> {
    tariff.check().map_err(|(field, reason)| Problem::invalid(FieldError::new(field, reason)))?;
    let mut conn = database.write().await?;
    let before = tariffs::list(&mut conn, &sender.0).await?;
    let put = tariffs::put_default(&mut conn, &sender.0, &tariff).await?;
    if put != Put::Unchanged {
        sender.commit(conn, &changes::tariff_event("", &before, &tariff), (context.clock)()).await?;
    }
    Ok(put_answer(put))
}

/// A list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tariffs {
    tariffs: Vec<Tariff>,
}

/// The account's default tariffs
#[utoipa::path(get, path = "/api/v1/tariffs", tag = "vocabulary",
    responses((status = 200, description = "All of them, the latest first", body = Tariffs)))]
pub(super) async fn list_tariffs(
    Sender(scope, ..): Sender<ReadDefined>,
    Snapshot(mut conn): Snapshot,
) -> Result<Json<Tariffs>, Problem> {
    Ok(Json(Tariffs { tariffs: tariffs::list(&mut conn, &scope).await? }))
}
