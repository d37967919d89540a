//! The state of the router. Its database is for this folder alone: a handler gets the snapshot of its request
//! ([`super::database`]), and cannot hold one connection while it waits for another.

use std::sync::Arc;

use axum::extract::FromRef;
use store::Db;

use super::listenings::Listenings;
use crate::context::{Server, SharedContext};

/// What the extractors take what a handler names from.
#[derive(Clone)]
pub struct RouterState {
    pub(super) db: Db,
    pub context: SharedContext,
    pub(super) listenings: Arc<Listenings>,
}

impl From<&Server> for RouterState {
    fn from(server: &Server) -> Self {
        Self { db: server.db.clone(), context: Arc::clone(&server.context), listenings: Arc::default() }
    }
}

impl FromRef<RouterState> for SharedContext {
    fn from_ref(state: &RouterState) -> Self {
        Arc::clone(&state.context)
    }
}
