//! The customers of a campaign as a file.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use domain::CampaignId;
use store::{Scope, accounts};

use super::{CSV, file_headers, place_of_list, slices, usage::language_of};
use crate::{
    context::Context,
    files::customer_csv::CustomerCsv,
    web::{database::Database, problem::Problem, query::Pairs},
};

/// Answers with all customers that the query's filter lets through.
pub async fn csv(
    database: Database,
    context: &Context,
    scope: &Scope,
    campaign: &CampaignId,
    query: Option<&str>,
) -> Result<Response, Problem> {
    let (heading, pairs) = Pairs::read(query).without("header");
    let language = language_of(heading.as_deref())?;
    let (filter, _) = pairs.customer_list()?;
    let slices = slices(database, context, scope).await;
    let mut read = slices.next().await?;
    let zone = accounts::lookup(&mut read.conn, scope).await?.zone;
    let list = CustomerCsv { scope: *scope, campaign: campaign.clone(), filter, zone, language };
    let list = list.begin(&mut read.conn).await?.ok_or_else(|| Problem::not_found("campaign"))?;
    drop(read);
    let place = if list.goes_on() { Some(place_of_list(context, scope).await?) } else { None };
    let mut response = Body::from_stream(list.bytes(slices, place)).into_response();
    let name = format!("{campaign}-customers-{}.csv", zone.local((context.clock)()).day());
    response.headers_mut().extend(file_headers(CSV, &name));
    Ok(response)
}
