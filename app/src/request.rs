//! What a server function reads with.
//!
//! The database is reachable here alone: the first line of a server function asks who is there and gets the connection
//! on which everything of this request is read. Whatever it calls is given that connection and can ask for no other.

use std::sync::Arc;

use leptos::prelude::{provide_context, use_context};
use store::{RequestDb, SnapshotGuard};

use crate::{
    AppError,
    session::{SignedIn, require_signed_in},
};

/// The database of a request, as context that nobody else can name.
#[derive(Clone)]
struct PageDatabase(Arc<RequestDb>);

/// Gives the pages and server functions of a request their database; called by the server for each request.
pub fn provide_database(db: Arc<RequestDb>) {
    provide_context(PageDatabase(db));
}

fn database() -> Result<Arc<RequestDb>, AppError> {
    use_context::<PageDatabase>().map(|database| database.0).ok_or_else(|| AppError::internal(&MissingDatabase))
}

/// Who reads, and the request's one snapshot. Functions of one page that run at once take turns on it.
pub(crate) async fn begin_read() -> Result<(SignedIn, SnapshotGuard), AppError> {
    let (who, db) = (require_signed_in()?, database()?);
    Ok((who, db.read().await?))
}

#[derive(Debug)]
struct MissingDatabase;

impl std::fmt::Display for MissingDatabase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the server did not provide a database for this request")
    }
}

impl std::error::Error for MissingDatabase {}
