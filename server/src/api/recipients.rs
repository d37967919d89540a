//! Who receives the reports of campaigns without recipients of their own.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    Put, Scope,
    audit::{Action, Event},
    recipients,
};
use utoipa::ToSchema;

use super::{PutAnswer, put_answer};
use crate::{
    context::{Context, SharedContext},
    web::{
        changes,
        database::{Database, Snapshot},
        json::Record,
        problem::Problem,
        token::{Manage, Sender},
    },
};

/// Who gets the reports of campaigns.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Recipients {
    /// Their addresses, at most 500.
    emails: Vec<String>,
}

/// The account's recipients
#[utoipa::path(get, path = "/api/v1/recipients", tag = "managing",
    responses((status = 200, description = "All of them", body = Recipients),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    Sender(scope, ..): Sender<Manage>,
    Snapshot(mut conn): Snapshot,
) -> Result<Json<Recipients>, Problem> {
    Ok(Json(Recipients { emails: recipients::of_account(&mut conn, &scope).await? }))
}

/// Replaces the account's recipients
#[utoipa::path(put, path = "/api/v1/recipients", tag = "managing", request_body = Recipients,
    responses((status = 200, description = "What became of it", body = PutAnswer),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Record(body): Record<Recipients>,
) -> Result<Response, Problem> {
    Ok(put_answer(set(&context, &sender, &mut database, &body.emails).await?))
}

/// Leaves the account without recipients
#[utoipa::path(delete, path = "/api/v1/recipients", tag = "managing",
    responses((status = 204, description = "There are none any more"),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
) -> Result<StatusCode, Problem> {
    set(&context, &sender, &mut database, &[]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reports hold whole numbers: who sees masked ones does not say who reads them.
pub(super) fn only_seeing_whole(scope: &Scope) -> Result<(), Problem> {
    if scope.sight().is_masked() {
        return Err(Problem::forbidden(
            "this token sees masked numbers, and cannot say who receives reports with whole ones",
        ));
    }
    Ok(())
}

async fn set(
    context: &Context,
    sender: &Sender<Manage>,
    database: &mut Database,
    emails: &[String],
) -> Result<Put, Problem> {
    only_seeing_whole(&sender.0)?;
    let mut conn = sender.write(database).await?;
    let before = recipients::of_account(&mut conn, &sender.0).await?;
    recipients::put_of_account(&mut conn, &sender.0, emails).await?;
    let after = recipients::of_account(&mut conn, &sender.0).await?;
    if before == after {
        return Ok(Put::Unchanged);
    }
    let details = changes::between(Some(json!({"emails": before})), json!({"emails": after}));
    let event = Event::of(Action::RecipientsChanged, "").with(details);
    sender.commit(conn, &event, (context.clock)()).await?;
    Ok(Put::Updated)
}
