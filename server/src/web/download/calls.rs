//! Lists of calls as files.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use domain::{CampaignId, Language, time::Zone};
use store::{Scope, accounts};

use super::{CSV, file_headers, local_file};
use crate::{
    context::Context,
    files::{
        XLSX,
        call_csv::{CallCsv, Heading},
        call_list::{self, FileError, WorkbookQuery},
        temporary_file,
    },
    web::{database::Database, problem::Problem, query::Pairs},
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
    let (header, pairs) = Pairs::read(query).without("header");
    let heading = heading(header.as_deref().unwrap_or_default())?;
    let (filter, request) = pairs.call_list()?;
    let mut conn = database.read().await?;
    let zone = accounts::lookup(&mut conn, scope).await?.zone;
    let today = zone.local((context.clock)()).day();
    let list = CallCsv { scope: *scope, campaign: campaign.cloned(), filter, today, zone, heading };
    let list = list.begin(&mut conn, &request).await?.ok_or_else(|| Problem::not_found("campaign"))?;
    drop(conn);
    let mut response = Body::from_stream(list.bytes(database.into_inner().await)).into_response();
    let name = campaign.map_or("calls", CampaignId::as_str);
    response.headers_mut().extend(file_headers(CSV, &format!("{name}-{today}.csv")));
    Ok(response)
}

/// Makes a workbook and sends it, whatever its size.
pub async fn workbook(
    database: Database,
    context: &Context,
    scope: &Scope,
    zone: Zone,
    query: &WorkbookQuery,
) -> Result<Response, Problem> {
    let now = (context.clock)();
    let _turn = context.workbooks.acquire().await.map_err(|error| Problem::internal(&error))?;
    let file = temporary_file().map_err(FileError::from)?;
    let db = database.into_inner().await;
    let written = call_list::write(&db, scope, query, now, &file, &std::sync::Arc::default()).await?;
    written.ok_or_else(|| Problem::not_found("campaign"))?;
    local_file(&file, XLSX, &query.file_name(zone.local(now).day())).await
}
