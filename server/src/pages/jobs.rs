//! The forms of the page of an account's jobs; the page itself is one of the application's.

use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::Role;
use store::jobs::{self, VerifyAccount};

use crate::{
    context::SharedContext,
    web::{browser, database::Database, problem::Problem, routes::Routes, session::Reader},
};

pub fn routes() -> Routes {
    Routes::new().post("/jobs/{key}/retry", retry).post("/jobs/verify", verify)
}

/// To whoever does not see the page, it is not there.
fn only_owners(Reader(who): &Reader) -> Result<(), Problem> {
    if who.scope.role().may(Role::Owner) { Ok(()) } else { Err(Problem::not_found("address")) }
}

async fn retry(
    State(context): State<SharedContext>,
    reader: Reader,
    database: Database,
    Path(key): Path<i64>,
) -> Result<Response, Problem> {
    only_owners(&reader)?;
    let mut conn = database.write().await?;
    let retried = jobs::retry(&mut conn, &reader.0.scope, key, (context.clock)()).await?;
    // Where there is nothing to do any more, nothing of it is kept: the page has no button there.
    if retried.ok_or_else(|| Problem::not_found("job"))? {
        conn.commit().await?;
    }
    Ok(browser::see_other("/jobs"))
}

/// Recounts every stored total from the calls and corrects what differs.
async fn verify(State(context): State<SharedContext>, reader: Reader, database: Database) -> Result<Response, Problem> {
    only_owners(&reader)?;
    let now = (context.clock)();
    let mut conn = database.write().await?;
    let job = VerifyAccount::new(true);
    jobs::enqueue(&mut conn, &reader.0.scope, &job, Some("verify"), now, now).await?;
    conn.commit().await?;
    Ok(browser::see_other("/jobs"))
}
