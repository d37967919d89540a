//! The customers of a campaign as files.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use domain::{CampaignId, CustomerFilter, Language, time::Day};
use store::{Conn, PageRequest, Scope, accounts, customers};

use super::{CSV, file_headers, local_file, place_of_list, slices, usage::language_of};
use crate::{
    context::Context,
    files::{
        XLSX, call_csv::Heading, call_list::FileError, customer_csv::CustomerCsv, customer_sheet::CustomerWorkbook,
        temporary_file,
    },
    web::{audited::FileRows, database::Database, problem::Problem, query::Parameters},
};

/// How many customers the filter lets through; 404 where there is no such campaign.
async fn total(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignId,
    filter: &CustomerFilter,
    today: Day,
) -> Result<u64, Problem> {
    let one = PageRequest { limit: 1, ..PageRequest::default() };
    let page = customers::list(conn, scope, campaign, filter, today, &one).await?;
    Ok(page.ok_or_else(|| Problem::not_found("campaign"))?.total)
}

/// Answers with all customers that the query's filter lets through.
pub async fn csv(
    database: Database,
    context: &Context,
    scope: &Scope,
    campaign: &CampaignId,
    query: Option<&str>,
) -> Result<Response, Problem> {
    let (heading, pairs) = Parameters::read(query).once()?.without("header");
    let heading = language_of(heading.as_deref())?.map_or(Heading::Fields, Heading::People);
    let (filter, _) = pairs.customer_list()?;
    let mut slices = slices(database, context, scope).await?;
    let mut read = slices.next().await?;
    let zone = accounts::lookup(&mut read.conn, scope).await?.zone;
    let today = zone.local((context.clock)()).day();
    let rows = total(&mut read.conn, scope, campaign, &filter, today).await?;
    let list = CustomerCsv { scope: *scope, campaign: campaign.clone(), filter, today, zone, heading };
    let list = list.begin(&mut read.conn).await?.ok_or_else(|| Problem::not_found("campaign"))?;
    drop(read);
    let place = if list.goes_on() { Some(place_of_list(context, scope).await?) } else { None };
    let mut response = Body::from_stream(list.bytes(slices, place)).into_response();
    response.headers_mut().extend(file_headers(CSV, &format!("{campaign}-customers-{today}.csv")));
    response.extensions_mut().insert(FileRows(rows));
    Ok(response)
}

/// Makes a workbook of them and sends it.
pub async fn workbook(
    database: Database,
    context: &Context,
    scope: &Scope,
    campaign: &CampaignId,
    language: Language,
    query: Option<&str>,
) -> Result<Response, Problem> {
    let (filter, _) = Parameters::read(query).once()?.customer_list()?;
    let mut slices = slices(database, context, scope).await?;
    let (zone, today, rows) = {
        let mut read = slices.next().await?;
        let zone = accounts::lookup(&mut read.conn, scope).await?.zone;
        let today = zone.local((context.clock)()).day();
        (zone, today, total(&mut read.conn, scope, campaign, &filter, today).await?)
    };
    let list = CustomerWorkbook { scope: *scope, campaign: campaign.clone(), filter, today, zone, language };
    let _turn = context.workbook_turns(rows).take(scope.account()).await.map_err(|error| Problem::internal(&error))?;
    let file = temporary_file().map_err(FileError::from)?;
    let rows = list.write(&mut slices, &file).await?.ok_or_else(|| Problem::not_found("campaign"))?;
    let mut response = local_file(file, XLSX, &format!("{campaign}-customers-{today}.xlsx")).await?;
    response.extensions_mut().insert(FileRows(rows));
    Ok(response)
}
