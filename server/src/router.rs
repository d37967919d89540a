//! The routes of all modules put together, and what holds for every answer.

use axum::{
    Router,
    body::HttpBody,
    extract::{DefaultBodyLimit, Request, State},
    http::{Method, Response as HttpResponse},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use domain::limits::FORM_BYTES;
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, Predicate,
        predicate::{DefaultPredicate, NotForContentType},
    },
};

use crate::{
    api,
    context::Server,
    files::XLSX,
    pages,
    web::{
        audited, browser, database, entered, hidden, log, problem::Problem, routes::Routes, security, session,
        state::RouterState, unread,
    },
};

/// Routes of people, which know who is signed in.
fn people() -> Routes {
    pages::routes().merge(browser::routes())
}

/// Routes of programs, and of whoever watches over the server.
fn programs() -> Routes {
    api::routes()
        .merge(api::health::routes())
        .merge(api::logout::routes())
        .merge(api::hooks::routes().map(|router| router.layer(DefaultBodyLimit::disable())))
}

/// Method and path of every route, a parameter as `{name}`. What is asked for beside them is a file of the site or nothing.
pub fn list() -> Vec<(Method, String)> {
    people().merge(programs()).into_list()
}

/// All routes with all that holds for every answer.
pub fn router(server: &Server) -> Router {
    let state = RouterState::from(server);
    let people = people()
        .into_router()
        .layer(from_fn_with_state(state.clone(), pages::framed::put))
        .layer(from_fn_with_state(state.clone(), pages::missing::show))
        .layer(from_fn(entered::refuse_what_lasts))
        .layer(from_fn_with_state(state.clone(), audited::tell))
        .layer(from_fn(hidden::hide))
        .layer(from_fn_with_state(state.clone(), pages::whose_form::check))
        .layer(from_fn_with_state(state.clone(), pages::whose::check))
        .layer(from_fn_with_state(state.clone(), session::recognise))
        .layer(from_fn_with_state(state.clone(), security::same_origin))
        .layer(DefaultBodyLimit::max(FORM_BYTES));
    let uncompressed = ["audio/", "video/", "font/", "application/wasm", "application/octet-stream", XLSX];
    let worth_it = uncompressed.into_iter().fold(CompressAll::new(), CompressAll::but);
    Router::new()
        .merge(people)
        .merge(programs().into_router().layer(from_fn_with_state(state.clone(), audited::tell)))
        .fallback(anything_else)
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .with_state(state.clone())
        .layer(from_fn(log::hide_rejections))
        .layer(CatchPanicLayer::custom(log::panicked))
        .layer(from_fn_with_state(state.clone(), log::show_to_people))
        // Level 4: HTML in a millisecond; files of the site come compressed at the best level from the build. Behind all that may put
        // another body in an answer's place, which would stand there under the first one's encoding.
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(4)).compress_when(worth_it))
        .layer(from_fn_with_state(state.clone(), security::headers))
        .layer(from_fn_with_state(state.clone(), database::provide))
        .layer(from_fn_with_state(state.clone(), log::observe))
        .layer(from_fn(security::without_nul))
        .layer(from_fn(unread::read_on))
}

/// Everything is compressed but what is already.
#[derive(Clone)]
struct CompressAll {
    default: DefaultPredicate,
    but: Vec<NotForContentType>,
}

impl CompressAll {
    fn new() -> Self {
        Self { default: DefaultPredicate::new(), but: Vec::new() }
    }

    fn but(mut self, content_type: &'static str) -> Self {
        self.but.push(NotForContentType::const_new(content_type));
        self
    }
}

impl Predicate for CompressAll {
    fn should_compress<B: HttpBody>(&self, response: &HttpResponse<B>) -> bool {
        self.default.should_compress(response) && self.but.iter().all(|but| but.should_compress(response))
    }
}

/// What no route answers: a file of the site, or nothing.
async fn anything_else(State(server): State<RouterState>, request: Request) -> Response {
    if let Some(file) = server.context.site.answer(&request) {
        return file;
    }
    if browser::wants_page(&request) {
        return pages::not_found(server, request).await;
    }
    Problem::not_found("address").into_response()
}
