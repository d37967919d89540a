//! The account's own dimensions.

use axum::{
    Json,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    CampaignId, OwnDimension,
    own_dimension::{DimensionKey, OwnDimensionResult},
};
use serde::{Deserialize, Serialize};
use store::{
    Put,
    own_dimensions::{self, OwnTexts},
};
use utoipa::ToSchema;

use super::{PutAnswer, put_answer};
use crate::{
    context::SharedContext,
    web::{
        accepts, changes,
        database::{Database, Snapshot},
        download::{self, usage::language_of},
        json::Record,
        path::Id,
        problem::Problem,
        query::Parameters,
        token::{Manage, Read, ReadDefined, Sender},
    },
};

/// A dimension as it is put.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DimensionBody {
    /// What it is called in Vietnamese; of `script`, `list`, `caller_id` and `agent_version` it may be left out.
    #[serde(default)]
    label_vi: Option<String>,
    /// What it is called in English; as above.
    #[serde(default)]
    label_en: Option<String>,
}

/// Declares a dimension, at most 12, or gives it other labels; stored calls get their values by a job
#[utoipa::path(put, path = "/api/v1/dimensions/{dimension}", tag = "vocabulary", request_body = DimensionBody,
    params(("dimension" = String, Path, description = "The key of the attribute")),
    responses((status = 201, description = "It is new", body = PutAnswer), (status = 200, description = "It was there", body = PutAnswer),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Id(key): Id<DimensionKey>,
    Record(body): Record<DimensionBody>,
) -> Result<Response, Problem> {
    let known = key.known_labels();
    let label = |given: Option<String>, known: Option<&str>, name: &'static str| {
        given.or(known.map(str::to_owned)).ok_or_else(|| Problem::field(name, "is missing"))
    };
    let label_vi = label(body.label_vi, known.map(|labels| labels.0), "label_vi")?;
    let label_en = label(body.label_en, known.map(|labels| labels.1), "label_en")?;
    let mut conn = sender.write(&mut database).await?;
    let before = own_dimensions::list(&mut conn, &sender.0).await?;
    let now = (context.clock)();
    let put = own_dimensions::put(&mut conn, &sender.0, &key, (&label_vi, &label_en), now).await?;
    if put != Put::Unchanged {
        let after = own_dimensions::list(&mut conn, &sender.0).await?;
        sender.commit(conn, &changes::dimension_event(&before, &after, &key), now).await?;
    }
    Ok(put_answer(put))
}

/// Removes a dimension with its figures; the attributes of calls stay
#[utoipa::path(delete, path = "/api/v1/dimensions/{dimension}", tag = "vocabulary",
    params(("dimension" = String, Path, description = "The key of the attribute")),
    responses((status = 204, description = "It is gone"),
        (status = 404, description = "It is not declared", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Id(key): Id<DimensionKey>,
) -> Result<StatusCode, Problem> {
    let mut conn = sender.write(&mut database).await?;
    let before = own_dimensions::list(&mut conn, &sender.0).await?;
    if !own_dimensions::delete(&mut conn, &sender.0, &key).await? {
        return Err(Problem::not_found("dimension"));
    }
    let after = own_dimensions::list(&mut conn, &sender.0).await?;
    sender.commit(conn, &changes::dimension_event(&before, &after, &key), (context.clock)()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The dimensions of the account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Dimensions {
    /// In the order in which they were declared.
    dimensions: Vec<DescribedDimension>,
    /// Stored calls that have their values, per cent; `null` once all have.
    filled_percent: Option<u64>,
}

/// A dimension with the values that it tells apart.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DescribedDimension {
    #[serde(flatten)]
    dimension: OwnDimension,
    /// At most 200, by text.
    values: Vec<DescribedValue>,
}

/// A value that is told apart.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DescribedValue {
    /// Its number: with the dimension's before it, as in `1.5`, it is the `own` of a list of calls.
    value: u32,
    /// As it was sent, without what may be a phone number where that may not be seen.
    text: String,
}

/// The account's own dimensions with their values
#[utoipa::path(get, path = "/api/v1/dimensions", tag = "vocabulary",
    responses((status = 200, description = "All of them", body = Dimensions)))]
pub(super) async fn list(
    Sender(scope, ..): Sender<ReadDefined>,
    Snapshot(mut conn): Snapshot,
) -> Result<Json<Dimensions>, Problem> {
    let texts = OwnTexts::load(&mut conn, &scope).await?;
    let dimensions = own_dimensions::list(&mut conn, &scope).await?.into_iter().map(|dimension| {
        let values = texts.values(dimension.number, scope.sight()).into_iter();
        let values = values.map(|(value, text)| DescribedValue { value, text }).collect();
        DescribedDimension { dimension, values }
    });
    let dimensions = dimensions.collect();
    Ok(Json(Dimensions { dimensions, filled_percent: own_dimensions::filled_percent(&mut conn, &scope).await? }))
}

/// The calls of a campaign by each dimension.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DimensionResults {
    /// In the order in which they were declared; each sums to all finished calls.
    dimensions: Vec<OwnDimensionResult>,
}

/// The calls of a campaign by the values of own dimensions, as in its report; also as CSV
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/dimensions", tag = "reports",
    params(("id" = String, Path, description = "The sender's id"),
        ("from" = Option<String>, Query, description = "First local day; with neither, the whole campaign"),
        ("to" = Option<String>, Query, description = "Last local day, included"),
        ("period" = Option<String>, Query, description = "today, yesterday, last-7-days, last-30-days, this-month, last-month, this-quarter, this-year, whole"),
        ("header" = Option<String>, Query, description = "Of a CSV: fields (else), or vi or en for people")),
    responses((status = 200, description = "The figures", content(
            (DimensionResults = "application/json"), (String = "text/csv"))),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn results(
    State(context): State<SharedContext>,
    Sender(scope, ..): Sender<Read>,
    Snapshot(conn): Snapshot,
    Id(campaign): Id<CampaignId>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let vary = [(header::VARY, "accept")];
    let (heading, pairs) = Parameters::read(query.as_deref()).once()?.without("header");
    let period = pairs.period()?;
    let file = download::dimensions::results(conn, &context, &scope, campaign, period).await?;
    if accepts(&headers, "text/csv") {
        return Ok((vary, file.csv(language_of(heading.as_deref())?)).into_response());
    }
    Ok((vary, Json(DimensionResults { dimensions: file.results })).into_response())
}
