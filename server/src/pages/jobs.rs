//! The forms of the page of an account's jobs; the page itself is one of the application's.

use axum::{extract::Path, response::Response};
use domain::Role;
use serde_json::json;
use store::{
    audit::{Action, Event},
    jobs::{self, Retried, VerifyAccount},
};

use crate::web::{browser, database::Database, editing::Editing, problem::Problem, routes::Routes};

const PAGE: &str = "/jobs";

pub fn routes() -> Routes {
    Routes::new().post("/jobs/{key}/retry", retry).post("/jobs/verify", verify)
}

async fn retry(editing: Editing, mut database: Database, Path(key): Path<i64>) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let (scope, now) = (&editing.who.scope, editing.now());
    let mut conn = editing.write(&mut database).await?;
    match jobs::retry(&mut conn, scope, key, now).await? {
        Retried::NoSuch => return Err(Problem::not_found("job")),
        // Nothing of it is kept: the page has no button there.
        Retried::NothingToDo => {}
        Retried::Again(kind) => {
            editing.commit(conn, &Event::of(Action::JobRetried, "").with(json!({"job": kind}))).await?;
        }
    }
    Ok(browser::see_other(PAGE))
}

/// Recounts every stored total from the calls and corrects what differs.
async fn verify(editing: Editing, mut database: Database) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let (scope, now) = (&editing.who.scope, editing.now());
    let mut conn = editing.write(&mut database).await?;
    jobs::enqueue(&mut conn, scope, &VerifyAccount::new(true), Some("verify"), now, now).await?;
    editing.commit(conn, &Event::of(Action::RecountAsked, "")).await?;
    Ok(browser::see_other(PAGE))
}
