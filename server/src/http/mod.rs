//! The web server: its state, its routes, and what holds for every answer.

pub mod browser;
pub mod exports;
mod health;
pub mod live;
mod mail;
mod observe;
mod pages;
pub mod problem;
mod recording;
mod security;
pub mod session;
mod signing_in;
pub mod site;
mod small_page;
mod unread;
mod usage;

use std::{net::IpAddr, sync::Arc, time::Duration};

use app::{AppState, live::Reports};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use store::Db;
use tokio::{sync::Semaphore, time::Instant};
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, Predicate,
        predicate::{DefaultPredicate, NotForContentType},
    },
};

use self::{live::Live, problem::Problem, site::Site};
use crate::{
    api,
    clock::Clock,
    files::exports::Exports,
    mail::Post,
    metrics::Metrics,
    passwords::{Failures, Passwords, TryLater},
    recordings::Recordings,
    settings::Settings,
};

pub use self::{
    health::metrics_router,
    recording::{CSV, attachment, file_headers, send as send_recording},
};

/// Forms and arguments of server functions are small.
const MAX_FORM_BYTES: usize = 64 * 1024;
/// Batches in memory at once.
const BATCHES_AT_ONCE: usize = 4;
/// Recordings read through at once, each by one core.
const PROBES_AT_ONCE: usize = 2;

/// Everything that answers requests.
pub struct Server {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The store of recordings.
    pub recordings: Recordings,
    /// Figures.
    pub metrics: Metrics,
    /// Viewers of running campaigns.
    pub live: Live,
    /// Workbooks that are being made, and those that were.
    pub exports: Arc<Exports>,
    /// The way out for mails.
    pub mail: Post,
    /// What the pages get.
    pub app: AppState,
    pub(crate) settings: Settings,
    pub(crate) passwords: Passwords,
    pub(crate) failures: Failures,
    pub(crate) site: Site,
    pub(crate) batches: Semaphore,
    pub(crate) probes: Semaphore,
}

/// The server as handlers get it.
pub type Shared = Arc<Server>;

impl Server {
    /// Puts the server together; nothing listens yet.
    pub fn new(db: Db, clock: Clock, recordings: Recordings, settings: Settings) -> Result<Shared, String> {
        let passwords = Passwords::new().map_err(|error| format!("passwords cannot be hashed: {error}"))?;
        let site = Site::embedded();
        let mail = Post::new(settings.smtp_url.as_deref(), &settings.mail_from);
        let app = AppState {
            db: db.clone(),
            clock: Arc::clone(&clock),
            assets: Arc::new(site.assets()),
            reports: Arc::new(Reports::default()),
            mail: mail.setup(),
        };
        Ok(Arc::new(Self {
            live: Live::default(),
            mail,
            exports: Arc::default(),
            db,
            clock,
            recordings,
            settings,
            metrics: Metrics::default(),
            app,
            passwords,
            failures: Failures::default(),
            site,
            batches: Semaphore::new(BATCHES_AT_ONCE),
            probes: Semaphore::new(PROBES_AT_ONCE),
        }))
    }
}

impl Server {
    /// How long an attempt to sign in must wait before it is looked at; it takes a turn.
    pub fn sign_in_turn(&self, email: &str, address: IpAddr, now: Instant) -> Result<Duration, TryLater> {
        self.failures.turn(email, address, now)
    }
}

/// All routes with all that holds for every answer.
pub fn router(server: &Shared) -> Router {
    let people = pages::routes(server)
        .merge(signing_in::routes())
        .merge(recording::routes())
        .merge(exports::routes())
        .merge(mail::routes())
        .merge(usage::routes())
        .merge(live::routes())
        .merge(browser::routes())
        .layer(from_fn_with_state(Arc::clone(server), session::recognise))
        .layer(from_fn_with_state(Arc::clone(server), security::same_origin))
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES));
    let uncompressed = ["audio/", "video/", "font/", "application/wasm", "application/octet-stream", exports::XLSX];
    let worth_it = uncompressed.into_iter().fold(CompressAll::new(), CompressAll::but);
    Router::new()
        .merge(people)
        .merge(api::routes())
        .merge(health::routes())
        .fallback(anything_else)
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .with_state(Arc::clone(server))
        // Level 4: HTML in a millisecond; files of the site come compressed at the best level from the build.
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(4)).compress_when(worth_it))
        .layer(from_fn(observe::hide_rejections))
        .layer(CatchPanicLayer::custom(observe::panicked))
        .layer(from_fn_with_state(Arc::clone(server), observe::show_to_people))
        .layer(from_fn_with_state(Arc::clone(server), security::headers))
        .layer(from_fn_with_state(Arc::clone(server), observe::observe))
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
    fn should_compress<B: axum::body::HttpBody>(&self, response: &axum::http::Response<B>) -> bool {
        self.default.should_compress(response) && self.but.iter().all(|but| but.should_compress(response))
    }
}

/// What no route answers: a file of the site, or nothing.
async fn anything_else(axum::extract::State(server): axum::extract::State<Shared>, request: Request) -> Response {
    if let Some(file) = server.site.answer(&request) {
        return file;
    }
    if browser::wants_page(&request) {
        return pages::not_found(server, request).await;
    }
    Problem::not_found("address").into_response()
}

/// Routes that only answer `GET` and `HEAD`.
fn read_only<H, T>(handler: H) -> axum::routing::MethodRouter<Shared>
where
    H: axum::handler::Handler<T, Shared>,
    T: 'static,
{
    get(handler)
}
