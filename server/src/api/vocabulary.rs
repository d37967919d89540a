//! Voicebots, result codes, tariffs: what calls refer to.

use axum::{
    Json,
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{CallClass, Code, FieldError, ResultCode, Tariff, Timestamp, Voicebot, VoicebotId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    Put, accounts,
    audit::{Action, Event},
    result_codes,
    result_words::{self, ResultWord},
    tariffs, voicebots,
};
use utoipa::{IntoParams, ToSchema};

use super::{PutAnswer, PutResult, put_answer, put_result};
use crate::{
    context::SharedContext,
    web::{
        changes,
        database::{Database, Snapshot},
        json::Record,
        path::Id,
        problem::Problem,
        token::{Define, Manage, ReadDefined, Sender},
    },
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
    mut database: Database,
    Id(id): Id<VoicebotId>,
    Record(body): Record<VoicebotBody>,
) -> Result<Response, Problem> {
    let mut conn = sender.write(&mut database).await?;
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

/// The voicebots of the account.
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
    /// What its calls count as; absent: success, of BS, NA and CU their own class. They stay answered whatever it is.
    #[serde(default)]
    counts_as: Option<CallClass>,
}

/// What became of a result code.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ResultCodeAnswer {
    /// Whether the definition was created, updated or unchanged.
    result: PutResult,
    /// Of what the code means for figures.
    meaning: MeaningState,
}

/// Whether every figure says what was asked for.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MeaningState {
    /// All figures use the new meaning.
    InForce,
    /// Stored calls are still being worked out: figures use the old meaning until all switch at once.
    UnderWay,
}

/// Defines a result code; BS, NA and CU keep their class, and a goal counts as success
#[utoipa::path(put, path = "/api/v1/result-codes/{code}", tag = "vocabulary", request_body = ResultCodeBody,
    params(("code" = String, Path, description = "The code")),
    responses((status = 201, description = "It is new", body = ResultCodeAnswer), (status = 200, description = "It was there", body = ResultCodeAnswer),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put_result_code(
    State(context): State<SharedContext>,
    sender: Sender<Define>,
    mut database: Database,
    Id(code): Id<Code>,
    Record(body): Record<ResultCodeBody>,
) -> Result<Response, Problem> {
    let ResultCodeBody { label_vi, label_en, color, is_goal, counts_as } = body;
    let counts_as = counts_as.unwrap_or_else(|| CallClass::unless_changed(code.as_str()));
    let definition = ResultCode { code, label_vi, label_en, color, is_goal, counts_as };
    let mut conn = sender.write(&mut database).await?;
    let before = result_codes::list(&mut conn, &sender.0).await?;
    let put = result_codes::put(&mut conn, &sender.0, &definition, (context.clock)()).await?;
    let coming = result_codes::coming(&mut conn, &sender.0).await?;
    if put != Put::Unchanged {
        sender.commit(conn, &changes::code_event(&before, &definition), (context.clock)()).await?;
    }
    let is_coming = coming.iter().any(|coming| coming.code == definition.code);
    let meaning = if is_coming { MeaningState::UnderWay } else { MeaningState::InForce };
    let (status, result) = put_result(put);
    Ok((status, Json(ResultCodeAnswer { result, meaning })).into_response())
}

/// Takes the definition of a result code away that nothing uses
#[utoipa::path(delete, path = "/api/v1/result-codes/{code}", tag = "vocabulary",
    params(("code" = String, Path, description = "The code")),
    responses((status = 204, description = "It is gone"),
        (status = 404, description = "It is not defined", body = Problem, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong: it is in use", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete_result_code(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Id(code): Id<Code>,
) -> Result<StatusCode, Problem> {
    let mut conn = sender.write(&mut database).await?;
    let defined = result_codes::list(&mut conn, &sender.0).await?;
    if !result_codes::delete(&mut conn, &sender.0, &code).await? {
        return Err(Problem::not_found("result code"));
    }
    sender.commit(conn, &changes::code_removed(&defined, &code), (context.clock)()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the account's result codes mean.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ResultCodes {
    /// What is in force.
    result_codes: Vec<ResultCode>,
    /// Meanings that come into force, in this order; none most of the time.
    coming: Vec<ComingMeaning>,
}

/// What a code will mean.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ComingMeaning {
    /// The code that the word stands for.
    code: Code,
    /// What its calls will count as.
    counts_as: CallClass,
    /// Whether it will be a goal.
    is_goal: bool,
}

/// The account's result codes, the system's own among them
#[utoipa::path(get, path = "/api/v1/result-codes", tag = "vocabulary",
    responses((status = 200, description = "All of them, by code", body = ResultCodes)))]
pub(super) async fn list_result_codes(
    Sender(scope, ..): Sender<ReadDefined>,
    Snapshot(mut conn): Snapshot,
) -> Result<Json<ResultCodes>, Problem> {
    let result_codes = result_codes::list(&mut conn, &scope).await?;
    let coming = result_codes::coming(&mut conn, &scope).await?.into_iter();
    let coming = coming.map(|it| ComingMeaning { code: it.code, counts_as: it.counts_as, is_goal: it.is_goal });
    Ok(Json(ResultCodes { result_codes, coming: coming.collect() }))
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
    mut database: Database,
    Record(body): Record<ResultWordsBody>,
) -> Result<Response, Problem> {
    let mut conn = sender.write(&mut database).await?;
    let before = result_words::list(&mut conn, &sender.0).await?;
    let put = result_words::put(&mut conn, &sender.0, &body.words).await?;
    if put != Put::Unchanged {
        sender.commit(conn, &changes::words_event(&before, &body.words), (context.clock)()).await?;
    }
    Ok(put_answer(put))
}

/// The words that stand for codes in what is sent.
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

/// Sets the account's default tariff from an instant on; calls that are stored keep their price, and where there are some, it is not of a day that
/// is over in the account's zone (`/api/v1/tariffs/price-again` prices stored calls)
#[utoipa::path(put, path = "/api/v1/tariffs", tag = "vocabulary", request_body = Tariff,
    responses((status = 201, description = "It is new", body = PutAnswer), (status = 200, description = "There was one from that instant on", body = PutAnswer),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put_tariff(
    State(context): State<SharedContext>,
    sender: Sender<Define>,
    mut database: Database,
    Record(tariff): Record<Tariff>,
) -> Result<Response, Problem> {
    tariff.check().map_err(|(field, reason)| Problem::invalid(FieldError::new(field, reason)))?;
    let mut conn = sender.write(&mut database).await?;
    let before = tariffs::list(&mut conn, &sender.0).await?;
    let zone = accounts::lookup(&mut conn, &sender.0).await?.zone;
    let day = |at: Timestamp| zone.local(at).day();
    let is_over = day(tariff.effective_from) < day((context.clock)());
    // One that is there already may be sent again.
    if is_over && !before.contains(&tariff) && accounts::has_calls(&mut conn, &sender.0).await? {
        let reason = "is a day that is over, and stored calls keep their price: choose today or a later one, or price them again";
        return Err(Problem::field("effective_from", reason));
    }
    let put = tariffs::put_default(&mut conn, &sender.0, &tariff).await?;
    if put != Put::Unchanged {
        sender.commit(conn, &changes::tariff_event("", &before, &tariff), (context.clock)()).await?;
    }
    Ok(put_answer(put))
}

/// Which tariff, as it is described; the handler reads it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "a description of what is read by hand")]
pub(super) struct FromWhen {
    /// From when on it would be in effect.
    #[param(value_type = String)]
    effective_from: Timestamp,
}

/// Takes a tariff of the account away that no call has: none was dialled while it was in effect
#[utoipa::path(delete, path = "/api/v1/tariffs", tag = "vocabulary", params(FromWhen),
    responses((status = 204, description = "It is gone"),
        (status = 404, description = "There is none from that instant on", body = Problem, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong: calls have its price, or it is the first", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete_tariff(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    RawQuery(query): RawQuery,
) -> Result<StatusCode, Problem> {
    let query = query.unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let given = pairs.find(|(name, _)| name == "effective_from").map(|(_, value)| value.into_owned());
    let given = given.ok_or_else(|| Problem::field("effective_from", "is missing"))?;
    let from = given.parse::<i64>().map(Timestamp).or_else(|_| given.parse::<Timestamp>());
    let from = from.map_err(|_| Problem::field("effective_from", "is no instant"))?;
    let now = (context.clock)();
    let mut conn = sender.write(&mut database).await?;
    let set = tariffs::list(&mut conn, &sender.0).await?;
    if !tariffs::delete_default(&mut conn, &sender.0, from).await? {
        return Err(Problem::not_found("tariff"));
    }
    sender.commit(conn, &changes::tariff_removed(&set, from), now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The tariffs of the account, by when they take effect.
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
