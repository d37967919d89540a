//! The HTTP API, version 1. Its description (`GET /api/v1/openapi.json`) is made from these handlers.

pub mod batch;
mod calls;
mod campaigns;
pub mod csv;
pub mod customers;
mod deliveries;
pub mod json;
mod query;
pub mod recordings;
mod report;
mod token;
pub mod usage;
mod vocabulary;

use std::{collections::BTreeMap, str::FromStr, sync::Arc};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, FromRequestParts, Path, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::id::IdError;
use serde::Serialize;
use store::Put;
use utoipa::{
    Modify, OpenApi, ToSchema,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::{Shared, problem::Problem};

pub use self::query::Pairs;
pub use self::token::Sender;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Ringside",
        description = "Call records in, campaign reports out. A token belongs to one account; ids are the sender's own \
                       strings of 1 to 128 characters, unique within it. Instants are RFC 3339 with offset, or integer \
                       milliseconds; durations are integer milliseconds; money is a decimal string. Unknown fields \
                       are refused by name. Errors are RFC 9457 problems.",
    ),
    modifiers(&Bearer),
    security(("token" = []))
)]
struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("rs_ACCOUNT.SECRET").build();
        api.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// Every route of the API and what describes it.
fn described() -> OpenApiRouter<Shared> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(vocabulary::put_voicebot))
        .routes(routes!(vocabulary::list_voicebots))
        .routes(routes!(vocabulary::put_result_code))
        .routes(routes!(vocabulary::list_result_codes))
        .routes(routes!(vocabulary::put_tariff, vocabulary::list_tariffs))
        .routes(routes!(campaigns::put, campaigns::lookup))
        .routes(routes!(campaigns::list))
        .routes(routes!(campaigns::complete))
        .routes(routes!(campaigns::add_contacts, customers::list))
        .routes(routes!(deliveries::list))
        .routes(routes!(report::read))
        .routes(routes!(usage::read))
        .routes(routes!(calls::add, calls::list_of_account))
        .routes(routes!(calls::list))
        .routes(routes!(calls::lookup))
        .routes(routes!(recordings::put, recordings::read, recordings::delete))
        .routes(routes!(openapi))
}

/// The API as its description says it.
pub fn description() -> utoipa::openapi::OpenApi {
    described().into_openapi()
}

/// The routes. Bodies have limits of their own.
pub fn routes() -> Router<Shared> {
    let (router, _) = described().split_for_parts();
    router.route("/api/{*rest}", get(nothing).fallback(nothing)).layer(DefaultBodyLimit::disable())
}

async fn nothing() -> Problem {
    Problem::not_found("address in the API; GET /api/v1/openapi.json lists them")
}

/// This description
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "description", security(()),
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
async fn openapi() -> Response {
    Json(description()).into_response()
}

/// What became of something that was put.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
struct PutAnswer {
    result: PutResult,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum PutResult {
    /// It was new.
    Created,
    /// It was there, and is different now.
    Updated,
    /// It was there, as it was sent.
    Unchanged,
}

/// 201 for what is new, 200 for what was there.
fn put_answer(put: Put) -> Response {
    let (status, result) = match put {
        Put::Created => (StatusCode::CREATED, PutResult::Created),
        Put::Updated => (StatusCode::OK, PutResult::Updated),
        Put::Unchanged => (StatusCode::OK, PutResult::Unchanged),
    };
    (status, Json(PutAnswer { result })).into_response()
}

/// An id in the path.
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: FromStr<Err = IdError>> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<BTreeMap<String, String>>::from_request_parts(parts, state).await;
        let Path(path) = path.map_err(|_| Problem::unreadable("the path is not percent-encoded UTF-8"))?;
        let (name, text) = path.into_iter().next().unwrap_or_default();
        text.parse().map(Self).map_err(|error| Problem::field(name, error.to_string()))
    }
}

/// Whether the sender asks for this media type.
pub(crate) fn accepts(headers: &HeaderMap, media: &str) -> bool {
    let accept = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accept
        .flat_map(|value| value.split(','))
        .any(|range| range.split(';').next().is_some_and(|name| name.trim() == media))
}

/// Reads the state of handlers that need no other extractor.
type Server = State<Arc<crate::http::Server>>;
