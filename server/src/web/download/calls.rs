//! Lists of calls as files.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use domain::{CampaignId, Language, time::Zone};
use store::{Scope, accounts, calls};

use super::{CSV, file_headers, local_file, place_of_list, slices};
use crate::{
    context::Context,
    files::{
        XLSX,
        call_csv::{CallCsv, Heading},
        call_list::{self, FileError, WorkbookQuery},
        temporary_file,
    },
    web::{audited::FileRows, database::Database, problem::Problem, query::Parameters},
};

fn heading(value: &str) -> Result<Heading, Problem> {
    match value {
        "" | "fields" => Ok(Heading::Fields),
        tag => {
            let language = Language::from_tag(tag);
            language.map(Heading::People).ok_or_else(|| Problem::field("header", "must be fields, vi or en"))
        }
    }
}

/// Answers with all calls of a campaign, or of the account, that the query's filter lets through.
pub async fn csv(
    database: Database,
    context: &Context,
    scope: &Scope,
    campaign: Option<&CampaignId>,
    query: Option<&str>,
) -> Result<Response, Problem> {
    let (header, pairs) = Parameters::read(query).once()?.without("header");
    let heading = heading(header.as_deref().unwrap_or_default())?;
    let (filter, request) = pairs.call_list()?;
    let mut slices = slices(database, context, scope).await?;
    let mut read = slices.next().await?;
    let zone = accounts::lookup(&mut read.conn, scope).await?.zone;
    let today = zone.local((context.clock)()).day();
    let filter_of_rows = filter.clone();
    let list = CallCsv { scope: *scope, campaign: campaign.cloned(), filter, today, zone, heading };
    let list = list.begin(&mut read.conn, &request).await?.ok_or_else(|| Problem::not_found("campaign"))?;
    // For the log of the account, which says how much was taken.
    let sums = calls::sums(&mut read.conn, scope, campaign, &filter_of_rows, today).await?;
    drop(read);
    let place = if list.goes_on() { Some(place_of_list(context, scope).await?) } else { None };
    let mut response = Body::from_stream(list.bytes(slices, place)).into_response();
    let name = campaign.map_or("calls", CampaignId::as_str);
    response.headers_mut().extend(file_headers(CSV, &format!("{name}-{today}.csv")));
    response.extensions_mut().insert(FileRows(sums.map_or(0, |sums| sums.calls)));
    Ok(response)
}

/// Makes a workbook of about so many calls and sends it, whatever its size.
pub async fn workbook(
    database: Database,
    context: &Context,
    scope: &Scope,
    zone: Zone,
    query: &WorkbookQuery,
    calls: u64,
) -> Result<Response, Problem> {
    let now = (context.clock)();
    let db = database.into_serial().await?;
    let _turn = context.workbook_turns(calls).take(scope.account()).await.map_err(|error| Problem::internal(&error))?;
    let file = temporary_file().map_err(FileError::from)?;
    let written = call_list::write(db, scope, query, now, &file, &std::sync::Arc::default()).await?;
    let written = written.ok_or_else(|| Problem::not_found("campaign"))?;
    let mut response = local_file(file, XLSX, &query.file_name(zone.local(now).day())).await?;
    response.extensions_mut().insert(FileRows(written.calls));
    Ok(response)
}
