//! The pages of crate `app`: rendered here, brought to life in the browser; and their server functions under `/fn`.

use std::sync::Arc;

use app::{
    operator::OperatorBody,
    server_page::ServerPage,
    session::{Preferences, SignedIn},
    settings::views::is_there,
    sign_in::FirstStartWaits,
    views::ViewAddress,
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
};
use domain::limits::FORM_BYTES;
use http_body_util::Limited;
use leptos::{context::provide_context, nonce::Nonce};
use leptos_axum::{generate_route_list, handle_server_fns_with_context, render_app_async_with_context};

use store::{RequestDb, StoreError, accounts, password_links, views};

use crate::{
    secrets,
    shared_answer::{AnswerKey, FailedAnswer, SharedAnswer},
    web::{browser, database, problem::Problem, routes::Routes, security::PageNonce, session, state::RouterState},
};

/// Pages that one sees before signing in.
const PUBLIC: [&str; 2] = ["/sign-in", "/set-password"];

/// Every page and every server function.
pub fn routes() -> Routes {
    let mut routes = Routes::new();
    for page in generate_route_list(app::App) {
        routes = routes.get(page.path(), page_handler);
    }
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        routes = routes.on(&method, path, server_function);
    }
    routes
}

async fn page_handler(State(server): State<RouterState>, request: Request) -> Response {
    let path = request.uri().path();
    if request.extensions().get::<SignedIn>().is_none() && !PUBLIC.contains(&path) {
        return session::sign_in_first(&request);
    }
    if path == "/sign-in" {
        return sign_in(server, request).await;
    }
    if path == "/" {
        return first_page(server, request).await;
    }
    if path == "/set-password" {
        return set_password(server, request).await;
    }
    render(server, request).await
}

/// What somebody has chosen to begin with; else the first page of everybody.
async fn first_page(server: RouterState, request: Request) -> Response {
    let Some(who) = request.extensions().get::<SignedIn>().cloned() else { return session::sign_in_first(&request) };
    let db = database::of(request.extensions(), &server);
    let chosen = async {
        let mut conn = db.read().await?;
        let Some(view) = views::start(&mut conn, &who.scope).await? else { return Ok(None) };
        let address = ViewAddress::parse(&view.address).ok();
        let is_there = match &address {
            Some(address) => is_there(&mut conn, &who, address).await?,
            None => false,
        };
        let gone = || format!("{}?note=start-gone", app::settings::views::PAGE);
        Ok::<_, StoreError>(Some(address.filter(|_| is_there).map_or_else(gone, |address| address.href())))
    };
    match chosen.await {
        Ok(Some(href)) => browser::see_other(&href),
        Ok(None) => render(server, request).await,
        Err(error) => Problem::from(error).into_response(),
    }
}

/// The page to sign in on; where nobody is there yet, it says how to begin.
async fn sign_in(server: RouterState, request: Request) -> Response {
    let db = database::of(request.extensions(), &server);
    let waits = async { server.context.first_start.is_waiting(&mut *db.read().await?).await };
    // A database that does not answer is said by signing in.
    let waits = waits.await.unwrap_or(false);
    let context = context(&server, &request, &db);
    let with_note = move || {
        context();
        provide_context(FirstStartWaits(waits));
    };
    match server.context.rendering.spawn(render_app_async_with_context(with_note, app::shell)(request)).await {
        Ok(response) => response,
        Err(error) => Problem::internal(&error).into_response(),
    }
}

/// The page behind a link to set a password; of a link that is unknown, used or over, what it says of one.
async fn set_password(server: RouterState, mut request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let link = pairs.find(|(name, _)| name == "link").map(|(_, link)| link.into_owned()).unwrap_or_default();
    let db = database::of(request.extensions(), &server);
    let holds = async {
        let Some((account, hash)) = secrets::read(secrets::NO_PREFIX, &link) else { return Ok(false) };
        let mut conn = db.read().await?;
        Ok::<_, StoreError>(password_links::find(&mut conn, account, &hash, (server.context.clock)()).await?.is_some())
    };
    match holds.await {
        Ok(true) => render(server, request).await,
        Ok(false) => {
            *request.uri_mut() = Uri::from_static("/set-password?error=link");
            let mut response = render(server, request).await;
            if response.status().is_success() {
                *response.status_mut() = StatusCode::GONE;
            }
            response
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

/// The page that says that there is no such page.
pub async fn not_found(server: RouterState, mut request: Request) -> Response {
    session::recognise_stray(&server, &mut request).await;
    no_such_page(server, request).await
}

/// The same, where it is known who asks.
pub async fn no_such_page(server: RouterState, request: Request) -> Response {
    let mut response = render(server, request).await;
    if response.status().is_success() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// A page of the operator, which was made already, in the frame of all pages.
pub async fn operator_page(server: RouterState, request: Request, page: ServerPage) -> Response {
    let db = database::of(request.extensions(), &server);
    let context = context(&server, &request, &db);
    let with_page = move || {
        context();
        provide_context(OperatorBody(page.clone()));
    };
    match server.context.rendering.spawn(render_app_async_with_context(with_page, app::operator::shell)(request)).await
    {
        Ok(response) => response,
        Err(error) => Problem::internal(&error).into_response(),
    }
}

async fn render(server: RouterState, request: Request) -> Response {
    let db = database::of(request.extensions(), &server);
    let context = context(&server, &request, &db);
    let rendering = server.context.rendering.spawn(render_app_async_with_context(context, app::shell)(request));
    match rendering.await {
        Ok(response) => response,
        Err(error) => Problem::internal(&error).into_response(),
    }
}

async fn server_function(State(server): State<RouterState>, request: Request) -> Response {
    let db = database::of(request.extensions(), &server);
    let Some((key, scope)) = AnswerKey::of(&request) else { return answer(&server, &db, request).await };
    let revision = async { accounts::revision(&mut *db.read().await?, &scope).await };
    match revision.await {
        Ok(revision) => {
            let (encoding, now) = (key.encoding(), (server.context.clock)());
            let make = || async { SharedAnswer::of(answer(&server, &db, request).await, encoding).await };
            let shared = server.context.answers.get(key, revision, now, make).await;
            shared.map_or_else(
                |own| match own.extensions().get::<FailedAnswer>() {
                    Some(FailedAnswer(reference)) => Problem::broken(reference.clone()).into_response(),
                    None => *own,
                },
                SharedAnswer::into_response,
            )
        }
        // It fails there, too, and says so in its own way.
        Err(_) => answer(&server, &db, request).await,
    }
}

async fn answer(server: &RouterState, db: &Arc<RequestDb>, request: Request) -> Response {
    let context = context(server, &request, db);
    // Server functions read their body to its end; axum's limit holds for its own extractors only.
    let request = request.map(|body| Body::new(Limited::new(body, FORM_BYTES)));
    handle_server_fns_with_context(context, request).await.into_response()
}

/// What pages and server functions find in their context.
fn context(server: &RouterState, request: &Request, db: &Arc<RequestDb>) -> impl Fn() + Clone + Send + Sync + 'static {
    let db = Arc::clone(db);
    let state = server.context.app.clone();
    let signed_in = request.extensions().get::<SignedIn>().cloned();
    let preferences = request.extensions().get::<Preferences>().copied().unwrap_or_default();
    let nonce: Option<Arc<str>> = request.extensions().get::<PageNonce>().map(|nonce| nonce.0.as_str().into());
    move || {
        provide_context(state.clone());
        app::request::provide_database(Arc::clone(&db));
        provide_context(preferences);
        if let Some(signed_in) = signed_in.clone() {
            provide_context(signed_in);
        }
        // Leptos made a nonce of its own; the header has this one.
        if let Some(nonce) = &nonce {
            provide_context(Nonce::from_value(Arc::clone(nonce)));
        }
    }
}
