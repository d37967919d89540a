//! Routes that can be listed: the tests try every one of them, and a new one cannot hide.

use axum::{
    Router,
    handler::Handler,
    http::Method,
    routing::{MethodFilter, on},
};

use super::state::RouterState;

/// Routes, and the list of them. `clippy.toml` bans [`Router::route`] elsewhere.
#[derive(Default)]
#[must_use]
pub struct Routes {
    router: Router<RouterState>,
    listed: Vec<(Method, String)>,
}

impl Routes {
    pub fn new() -> Self {
        Self::default()
    }

    /// A route that reads; it answers `HEAD`, too.
    pub fn get<H: Handler<T, RouterState>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.on(&Method::GET, path, handler)
    }

    /// A route that changes something.
    pub fn post<H: Handler<T, RouterState>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.on(&Method::POST, path, handler)
    }

    /// A route of this method; one that axum has no filter for is left out.
    #[expect(clippy::disallowed_methods, reason = "this is where routes are listed")]
    pub fn on<H: Handler<T, RouterState>, T: 'static>(mut self, method: &Method, path: &str, handler: H) -> Self {
        if let Ok(filter) = MethodFilter::try_from(method.clone()) {
            self.router = self.router.route(path, on(filter, handler));
            self.listed.push((method.clone(), path.to_owned()));
        }
        self
    }

    /// A router that was made elsewhere, and the list of its routes.
    pub fn with(mut self, router: Router<RouterState>, listed: Vec<(Method, String)>) -> Self {
        self.router = self.router.merge(router);
        self.listed.extend(listed);
        self
    }

    /// The routes of both.
    pub fn merge(self, others: Self) -> Self {
        self.with(others.router, others.listed)
    }

    /// Changes the router as a whole: its layers.
    pub fn map(self, change: impl FnOnce(Router<RouterState>) -> Router<RouterState>) -> Self {
        Self { router: change(self.router), listed: self.listed }
    }

    pub fn into_router(self) -> Router<RouterState> {
        self.router
    }

    /// Method and path of every route, a parameter as `{name}`.
    pub fn into_list(self) -> Vec<(Method, String)> {
        self.listed
    }
}
