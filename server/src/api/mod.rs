//! The HTTP API, version 1. Its description (`GET /api/v1/openapi.json`) is made from these handlers.

mod account;
pub mod batch;
mod call_notes;
mod calls;
mod campaigns;
mod compare;
mod connections;
mod customers;
mod deliveries;
mod dimensions;
pub mod health;
pub mod hooks;
pub mod imports;
pub mod logout;
mod notes;
mod people;
mod price_again;
mod recipients;
mod recording_servers;
pub mod recordings;
mod report;
mod said;
mod sign_in;
mod tokens;
mod usage;
mod views;
mod vocabulary;

use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
    routing::any,
};
use serde::Serialize;
use store::Put;
use utoipa::{
    Modify, OpenApi, ToSchema,
    openapi::{
        ContentBuilder, Ref, ResponseBuilder,
        path::{Operation, PathItem},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::web::{problem::Problem, routes::Routes, state::RouterState};

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
fn described() -> OpenApiRouter<RouterState> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(vocabulary::put_voicebot))
        .routes(routes!(vocabulary::list_voicebots))
        .routes(routes!(vocabulary::put_result_code, vocabulary::delete_result_code))
        .routes(routes!(vocabulary::list_result_codes))
        .routes(routes!(vocabulary::put_result_words, vocabulary::list_result_words))
        .routes(routes!(dimensions::list))
        .routes(routes!(dimensions::put, dimensions::delete))
        .routes(routes!(vocabulary::put_tariff, vocabulary::list_tariffs, vocabulary::delete_tariff))
        .routes(routes!(campaigns::put, campaigns::lookup))
        .routes(routes!(campaigns::list))
        .routes(routes!(campaigns::complete))
        .routes(routes!(campaigns::add_contacts, customers::list))
        .routes(routes!(customers::history))
        .routes(routes!(deliveries::list))
        .routes(routes!(report::read))
        .routes(routes!(dimensions::results))
        .routes(routes!(notes::list, notes::add))
        .routes(routes!(notes::put, notes::delete))
        .routes(routes!(compare::read))
        .routes(routes!(usage::read))
        .routes(routes!(calls::add, calls::list_of_account))
        .routes(routes!(calls::list))
        .routes(routes!(calls::lookup))
        .routes(routes!(call_notes::list, call_notes::add))
        .routes(routes!(call_notes::delete))
        .routes(routes!(said::find))
        .routes(routes!(recordings::put, recordings::read, recordings::delete))
        .routes(routes!(imports::add))
        .routes(routes!(imports::list))
        .routes(routes!(imports::lookup, imports::drop_checked))
        .routes(routes!(imports::store))
        .routes(routes!(imports::undo))
        .routes(routes!(imports::report))
        .routes(routes!(imports::list_mappings))
        .routes(routes!(imports::put_mapping, imports::delete_mapping))
        .routes(routes!(account::lookup, account::put))
        .routes(routes!(recipients::list, recipients::put, recipients::delete))
        .routes(routes!(views::list))
        .routes(routes!(views::put, views::delete))
        .routes(routes!(tokens::list, tokens::add))
        .routes(routes!(tokens::delete))
        .routes(routes!(people::list, people::invite))
        .routes(routes!(people::put, people::delete))
        .routes(routes!(people::end_sessions))
        .routes(routes!(people::send_password_link))
        .routes(routes!(sign_in::read, sign_in::put))
        .routes(routes!(connections::list, connections::add))
        .routes(routes!(connections::put, connections::delete))
        .routes(routes!(connections::list_agents, connections::put_agent))
        .routes(routes!(recording_servers::list))
        .routes(routes!(recording_servers::put, recording_servers::delete))
        .routes(routes!(price_again::ask))
        .routes(routes!(openapi))
}

/// The API as its description says it.
pub fn description() -> utoipa::openapi::OpenApi {
    let mut api = described().into_openapi();
    for item in api.paths.paths.values_mut() {
        let reading = [&mut item.get].into_iter().flatten();
        reading.for_each(|operation| add_failures(operation, &FAILURES));
        let writing = [&mut item.put, &mut item.post, &mut item.delete].into_iter().flatten();
        writing.for_each(|operation| {
            add_failures(operation, &FAILURES);
            add_failures(operation, &[FULL]);
        });
    }
    api
}

/// How any request of a token may be answered, whatever it asks for; what else may happen, its handler says.
const FAILURES: [(&str, &str); 3] = [
    ("401", "No valid token came with it"),
    ("422", "An id, a parameter or a field breaks a rule, which is named; nothing was stored"),
    (
        "503",
        "The database or another part does not answer or is too busy; `Retry-After` says when to send the same again",
    ),
];
/// How one that stores something may be answered besides.
const FULL: (&str, &str) = ("507", "No room is left; nothing was stored, but for the first portions of a large batch");

fn add_failures(operation: &mut Operation, failures: &[(&str, &str)]) {
    // It names its own security where it needs no token.
    if operation.security.is_some() {
        return;
    }
    for (status, description) in failures {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new().description(*description).content("application/problem+json", content);
        operation.responses.responses.entry((*status).to_owned()).or_insert_with(|| response.build().into());
    }
}

/// The routes. Bodies have limits of their own.
pub fn routes() -> Routes {
    let (router, description) = described().split_for_parts();
    let methods = |item: &PathItem| {
        let methods = [
            (Method::GET, item.get.is_some()),
            (Method::PUT, item.put.is_some()),
            (Method::POST, item.post.is_some()),
            (Method::DELETE, item.delete.is_some()),
        ];
        methods.into_iter().filter_map(|(method, is_there)| is_there.then_some(method))
    };
    let paths = description.paths.paths.iter();
    let listed = paths.flat_map(|(path, item)| methods(item).map(|method| (method, path.clone()))).collect();
    #[expect(clippy::disallowed_methods, reason = "it answers what is no route")]
    let all =
        |router: Router<RouterState>| router.route("/api/{*rest}", any(nothing)).layer(DefaultBodyLimit::disable());
    Routes::new().with(router, listed).map(all)
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
    let (status, result) = put_result(put);
    (status, Json(PutAnswer { result })).into_response()
}

/// The status and the word of it.
fn put_result(put: Put) -> (StatusCode, PutResult) {
    match put {
        Put::Created => (StatusCode::CREATED, PutResult::Created),
        Put::Updated => (StatusCode::OK, PutResult::Updated),
        Put::Unchanged => (StatusCode::OK, PutResult::Unchanged),
    }
}
