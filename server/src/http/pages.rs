//! The pages of crate `app`: rendered here, brought to life in the browser; and their server functions under `/fn`.

use std::sync::Arc;

use app::session::{Preferences, SignedIn};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    response::Response,
    routing::{get, on},
};
use http_body_util::Limited;
use leptos::{context::provide_context, nonce::Nonce};
use leptos_axum::{generate_route_list, handle_server_fns_with_context, render_app_async_with_context};

use super::{MAX_FORM_BYTES, Shared, security::PageNonce, session};

/// Pages that one sees before signing in.
const PUBLIC: [&str; 2] = ["/sign-in", "/set-password"];

/// Every page and every server function.
pub fn routes(_: &Shared) -> Router<Shared> {
    let mut router = Router::new();
    for page in generate_route_list(app::App) {
        router = router.route(page.path(), get(page_handler));
    }
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        if let Ok(filter) = axum::routing::MethodFilter::try_from(method) {
            router = router.route(path, on(filter, server_function));
        }
    }
    router
}

async fn page_handler(State(server): State<Shared>, request: Request) -> Response {
    let path = request.uri().path();
    if request.extensions().get::<SignedIn>().is_none() && !PUBLIC.contains(&path) {
        return session::sign_in_first(&request);
    }
    render(server, request).await
}

/// The page that says that there is no such page.
pub async fn not_found(server: Shared, mut request: Request) -> Response {
    session::recognise_stray(&server, &mut request).await;
    let mut response = render(server, request).await;
    if response.status().is_success() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

async fn render(server: Shared, request: Request) -> Response {
    let context = context(&server, &request);
    render_app_async_with_context(context, app::shell)(request).await
}

async fn server_function(State(server): State<Shared>, request: Request) -> Response {
    use axum::response::IntoResponse;
    let context = context(&server, &request);
    // Server functions read their body to its end; axum's limit holds for its own extractors only.
    let request = request.map(|body| Body::new(Limited::new(body, MAX_FORM_BYTES)));
    handle_server_fns_with_context(context, request).await.into_response()
}

/// What pages and server functions find in their context.
fn context(server: &Shared, request: &Request) -> impl Fn() + Clone + Send + Sync + 'static {
    let state = server.app.clone();
    let signed_in = request.extensions().get::<SignedIn>().cloned();
    let preferences = request.extensions().get::<Preferences>().copied().unwrap_or_default();
    let nonce: Option<Arc<str>> = request.extensions().get::<PageNonce>().map(|nonce| nonce.0.as_str().into());
    move || {
        provide_context(state.clone());
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
