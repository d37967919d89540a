//! The customers on a campaign's list: a page of them as JSON, all of them as CSV.

use axum::{
    Json,
    extract::{RawQuery, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use domain::{CampaignId, Customer};
use serde::Serialize;
use store::customers;
use utoipa::ToSchema;

use crate::{
    context::SharedContext,
    web::{
        accepts,
        database::Database,
        download,
        path::Id,
        problem::Problem,
        query::Pairs,
        token::{Read, Sender},
    },
};

/// A page of customers.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CustomerList {
    /// In the order of the list.
    customers: Vec<Customer>,
    /// The cursor of the next page.
    next: Option<String>,
    /// How many the filter lets through, on all pages.
    total: u64,
}

/// The customers on a campaign's list; `Accept: text/csv` streams all of them
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/contacts", tag = "campaigns",
    params(("id" = String, Path, description = "The sender's id of the campaign"),
        ("standing" = Option<String>, Query, description = "reached, tried or never_dialled; else everybody"),
        ("q" = Option<String>, Query, description = "Part of the phone or name"),
        ("limit" = Option<u32>, Query, description = "1 to 1,000; else 50"),
        ("cursor" = Option<String>, Query, description = "The `next` of the page before"),
        ("header" = Option<String>, Query, description = "Of a CSV: fields (else), or vi or en for people")),
    responses((status = 200, description = "A page, or all of it as CSV", content(
            (CustomerList = "application/json"), (String = "text/csv"))),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(context): State<SharedContext>,
    Sender(scope, ..): Sender<Read>,
    database: Database,
    Id(campaign): Id<CampaignId>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let vary = [(header::VARY, "accept")];
    if accepts(&headers, "text/csv") {
        return Ok((vary, download::customers::csv(database, &context, &scope, &campaign, query.as_deref()).await?)
            .into_response());
    }
    let (filter, request) = Pairs::read(query.as_deref()).customer_list()?;
    let mut conn = database.read().await?;
    let page = customers::list(&mut conn, &scope, &campaign, &filter, &request).await?;
    let page = page.ok_or_else(|| Problem::not_found("campaign"))?;
    Ok((vary, Json(CustomerList { customers: page.customers, next: page.next, total: page.total })).into_response())
}
