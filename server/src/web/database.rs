//! The database as handlers get it: the one snapshot of a request, or the way to a transaction that writes.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{Extensions, Method, request::Parts},
    middleware::Next,
    response::Response,
};
use store::{Conn, ConnGuard, Cost, RequestDb, SerialDb, StoreError};

use super::{problem::Problem, secret, state::RouterState};

/// Gives a request its database, and counts what it costs. One that reads has its place among those of its account; one that
/// writes only looks up who asks before it has read its body.
pub async fn provide(State(server): State<RouterState>, mut request: Request, next: Next) -> Response {
    let cost = Arc::new(Cost::default());
    let db = RequestDb::new(server.db.counting(&cost));
    let secret = Some(request.headers()).filter(|_| request.method().is_safe());
    let base_url = &server.context.settings.base_url;
    let secret = secret.and_then(|headers| secret::of_session(headers, base_url).or_else(|| secret::of_token(headers)));
    let db = Arc::new(match secret {
        Some((_, hash)) => db.in_line(server.context.reading.line(&hash)),
        None => db,
    });
    let end = db.ends_with();
    request.extensions_mut().insert(db);
    let mut response = next.run(request).await;
    drop(end);
    response.extensions_mut().insert(cost);
    response
}

/// The database of a request with these extensions.
pub fn of(extensions: &Extensions, server: &RouterState) -> Arc<RequestDb> {
    extensions.get().cloned().unwrap_or_else(|| Arc::new(RequestDb::new(server.db.clone())))
}

/// Called when it is known who asks. A request that changes something lets the snapshot go: it has a body to read first, from
/// somebody who may be slow.
pub async fn authenticated(db: &RequestDb, method: &Method) {
    if !method.is_safe() {
        db.release().await;
    }
}

/// The snapshot of a request that reads, which began when it was asked who reads. A handler that goes on without it (to send
/// something long) drops it.
pub struct Snapshot(pub Conn);

impl FromRequestParts<RouterState> for Snapshot {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &RouterState) -> Result<Self, Problem> {
        Ok(Self(of(&parts.extensions, server).take().await?))
    }
}

/// The database of a handler that writes, or that reads in slices with a snapshot each. A connection borrows it: neither the handler nor
/// what it calls can ask for another one meanwhile. (A handler that names two extractors of this file is refused the second
/// connection with each request, by [`RequestDb`].)
pub struct Database(Arc<RequestDb>);

impl FromRequestParts<RouterState> for Database {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &RouterState) -> Result<Self, Problem> {
        Ok(Self(of(&parts.extensions, server)))
    }
}

impl Database {
    /// A read-only transaction: the request's snapshot, and a later one where that was taken before.
    pub async fn read(&mut self) -> Result<ConnGuard<'_>, StoreError> {
        let conn = self.0.take().await?;
        Ok(ConnGuard::new(self, conn))
    }

    /// Begins a transaction that writes.
    pub async fn write(&mut self) -> Result<ConnGuard<'_>, StoreError> {
        let conn = self.0.write().await?;
        Ok(ConnGuard::new(self, conn))
    }

    /// As [`Self::write`], in the line of those who write much.
    pub async fn write_in_line(&mut self) -> Result<ConnGuard<'_>, StoreError> {
        let conn = self.0.write_in_line().await?;
        Ok(ConnGuard::new(self, conn))
    }

    /// Lets the request's snapshot go: what follows waits for somebody else, and must not hold a connection meanwhile.
    pub async fn release(&mut self) {
        self.0.release().await;
    }

    /// For work that goes on in slices, or outlives the request: one connection at a time there, too.
    pub async fn into_serial(self) -> Result<SerialDb, StoreError> {
        self.0.serial().await
    }
}
