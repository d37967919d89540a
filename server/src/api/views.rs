//! Pages that the account keeps under a name.

use app::views::ViewAddress;
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use domain::sight::may_tell_a_number;
use serde::{Deserialize, Serialize};
use store::{
    Put, campaigns,
    views::{self, ViewOwner},
};
use utoipa::ToSchema;

use super::{PutAnswer, put_answer};
use crate::{
    context::SharedContext,
    web::{
        changes,
        database::{Database, Snapshot},
        json::Record,
        problem::Problem,
        token::{Manage, Sender},
    },
};

/// A page that the account keeps.
#[derive(Debug, Serialize, ToSchema)]
struct ViewAnswer {
    /// What it is called.
    name: String,
    /// A path of the pages, with what it asks for.
    #[schema(example = "/campaigns/tet/calls?period=last-7-days&code=DY")]
    address: String,
}

/// The pages that the account keeps under names.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Views {
    views: Vec<ViewAnswer>,
}

/// A page to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ViewBody {
    /// A path of a page with filters, as a browser shows it. Which page of a list it is and what finds a customer is left out.
    #[schema(example = "/campaigns/tet/calls?period=last-7-days&code=DY")]
    address: String,
}

/// The saved views of the account
#[utoipa::path(get, path = "/api/v1/views", tag = "managing",
    responses((status = 200, description = "All of them, by name", body = Views),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    Sender(scope, ..): Sender<Manage>,
    Snapshot(mut conn): Snapshot,
) -> Result<Json<Views>, Problem> {
    let views = views::list(&mut conn, &scope).await?.into_iter();
    Ok(Json(Views { views: views.map(|view| ViewAnswer { name: view.name, address: view.address }).collect() }))
}

/// Keeps a page for everybody in the account
#[utoipa::path(put, path = "/api/v1/views/{name}", tag = "managing", request_body = ViewBody,
    params(("name" = String, Path, description = "What it is called, at most 80 characters")),
    responses((status = 201, description = "It is new", body = PutAnswer), (status = 200, description = "There was one of this name", body = PutAnswer),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Path(name): Path<String>,
    Record(body): Record<ViewBody>,
) -> Result<Response, Problem> {
    let scope = &sender.0;
    let address = ViewAddress::parse(&body.address).map_err(Problem::invalid)?;
    let name = views::name_of(&name)?;
    let reason = "holds what may be a customer's phone number";
    if may_tell_a_number(&name, scope.country()) {
        return Err(Problem::field("name", reason));
    }
    if address.may_tell_a_number(scope.country()) {
        return Err(Problem::field("address", reason));
    }
    let mut conn = sender.write(&mut database).await?;
    let names = campaigns::names(&mut conn, scope, address.campaigns()).await?;
    if !address.campaigns().iter().all(|id| names.contains_key(id)) {
        return Err(Problem::field("address", "names a campaign that is not there"));
    }
    let before = views::named(&mut conn, scope, ViewOwner::Account, &name).await?;
    let (put, _) = views::put(&mut conn, scope, ViewOwner::Account, &name, &address.href()).await?;
    if put != Put::Unchanged {
        let before = before.as_ref().map(|view| view.address.as_str());
        let event = changes::view_event(&name, before, Some(&address.href()));
        sender.commit(conn, &event, (context.clock)()).await?;
    }
    Ok(put_answer(put))
}

/// Keeps a page of the account no more
#[utoipa::path(delete, path = "/api/v1/views/{name}", tag = "managing",
    params(("name" = String, Path, description = "What it is called")),
    responses((status = 204, description = "It is gone"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    let scope = &sender.0;
    let mut conn = sender.write(&mut database).await?;
    let view = views::named(&mut conn, scope, ViewOwner::Account, &name).await?;
    let view = view.ok_or_else(|| Problem::not_found("saved view"))?;
    views::delete(&mut conn, scope, &view).await?;
    let event = changes::view_event(&view.name, Some(&view.address), None);
    sender.commit(conn, &event, (context.clock)()).await?;
    Ok(StatusCode::NO_CONTENT)
}
