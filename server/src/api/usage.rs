//! Usage of the account: by month, or over a range.

use axum::{
    Json,
    extract::RawQuery,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use domain::{Language, Usage, UsageDays, UsageQuery};
use store::{Scope, accounts, usage};

use super::{Pairs, Sender, Server, accepts};
use crate::{
    files,
    http::{self, Shared, browser, exports::XLSX, problem::Problem},
};

/// What every voicebot of the account did, over all campaigns; also as CSV, and as a workbook
///
/// With neither `month` nor days, the latest month that has calls. A month is compared with the month before (with as many
/// of its days as have begun), a range with as many days before it.
#[utoipa::path(get, path = "/api/v1/usage", tag = "reports",
    params(("month" = Option<String>, Query, description = "A calendar month such as 2026-11"),
        ("from" = Option<String>, Query, description = "First local day, instead of a month"),
        ("to" = Option<String>, Query, description = "Last local day, included; at most ten years after the first"),
        ("period" = Option<String>, Query, description = "today, yesterday, last-7-days, last-30-days, this-month, last-month, this-quarter, this-year"),
        ("voicebot" = Option<String>, Query, description = "Only this voicebot"),
        ("header" = Option<String>, Query, description = "Of a CSV: fields (else), or vi or en for people")),
    responses((status = 200, description = "The figures; as CSV its rows; as a workbook a summary, voicebots, campaigns and days", content(
            (Usage = "application/json"), (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn read(
    server: Server,
    Sender(scope): Sender,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let vary = [(header::VARY, "accept")];
    let (heading, pairs) = Pairs::read(query.as_deref()).without("header");
    let asked = query_of(&pairs, UsageDays::LatestMonth)?;
    let (account, usage) = figures(&server.0, &scope, &asked).await?;
    if accepts(&headers, XLSX) {
        let language = browser::preferences(&headers, Some(account.language)).language;
        return Ok((vary, xlsx(usage, &account.name, language).await?).into_response());
    }
    if accepts(&headers, "text/csv") {
        let language = language_of(heading.as_deref())?;
        return Ok((vary, csv(&usage, language)).into_response());
    }
    Ok((vary, Json(usage)).into_response())
}

/// Who a CSV is for: programs (none) or people.
pub fn language_of(heading: Option<&str>) -> Result<Option<Language>, Problem> {
    match heading.unwrap_or_default() {
        "" | "fields" => Ok(None),
        tag => Language::from_tag(tag).map(Some).ok_or_else(|| Problem::field("header", "must be fields, vi or en")),
    }
}

/// The query; unknown parameters are refused by name.
pub fn query_of(pairs: &Pairs, otherwise: UsageDays) -> Result<UsageQuery, Problem> {
    let (query, others) = UsageQuery::from_pairs(pairs.iter(), otherwise).map_err(Problem::invalid)?;
    match others.first() {
        Some((name, _)) => Err(Problem::field(*name, "is not a known parameter")),
        None => Ok(query),
    }
}

/// The figures, and the account that they are of; 404 where it has no such voicebot.
pub async fn figures(server: &Shared, scope: &Scope, query: &UsageQuery) -> Result<(domain::Account, Usage), Problem> {
    let mut conn = server.db.read().await?;
    let account = accounts::lookup(&mut conn, scope).await?;
    let usage = usage::read(&mut conn, scope, query, (server.clock)()).await?;
    Ok((account, usage.ok_or_else(|| Problem::not_found("voicebot"))?))
}

/// The answer with the CSV.
pub fn csv(usage: &Usage, language: Option<Language>) -> Response {
    let name = format!("usage-{}-{}.csv", usage.from, usage.to);
    (http::file_headers(http::CSV, &name), files::usage_csv::write(usage, language)).into_response()
}

/// The answer with the workbook.
pub async fn xlsx(usage: Usage, account: &str, language: Language) -> Result<Response, Problem> {
    let name = format!("usage-{}-{}.xlsx", usage.from, usage.to);
    let account = account.to_owned();
    let made = tokio::task::spawn_blocking(move || files::usage::workbook(&usage, &account, language)).await;
    let bytes = made.map_err(|error| Problem::internal(&error))?.map_err(|error| Problem::internal(&error))?;
    Ok((http::file_headers(XLSX, &name), bytes).into_response())
}
