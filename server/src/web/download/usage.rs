//! Usage of the account as files, and how it is asked for.

use axum::response::{IntoResponse, Response};
use domain::{Account, Language, Usage, UsageDays, UsageQuery};
use store::{Conn, Scope, accounts, usage};

use super::{CSV, file_headers};
use crate::{
    context::Context,
    files::{self, XLSX},
    web::{problem::Problem, query::Parameters},
};

/// Who a CSV is for: programs (none) or people.
pub fn language_of(heading: Option<&str>) -> Result<Option<Language>, Problem> {
    match heading.unwrap_or_default() {
        "" | "fields" => Ok(None),
        tag => Language::from_tag(tag).map(Some).ok_or_else(|| Problem::field("header", "must be fields, vi or en")),
    }
}

/// The query; unknown parameters are refused by name.
pub fn query_of(pairs: &Parameters, otherwise: UsageDays) -> Result<UsageQuery, Problem> {
    let (query, others) = UsageQuery::from_pairs(pairs.iter(), otherwise).map_err(Problem::invalid)?;
    match others.first() {
        Some((name, _)) => Err(Problem::field(*name, "is not a known parameter")),
        None => Ok(query),
    }
}

/// The figures, and the account that they are of; 404 where it has no such voicebot.
pub async fn figures(
    mut conn: Conn,
    context: &Context,
    scope: &Scope,
    query: &UsageQuery,
) -> Result<(Account, Usage), Problem> {
    let account = accounts::lookup(&mut conn, scope).await?;
    let usage = usage::read(&mut conn, scope, query, (context.clock)()).await?;
    Ok((account, usage.ok_or_else(|| Problem::not_found("voicebot"))?))
}

/// The answer with the CSV; `page` is the first word of its name.
pub fn csv(page: &str, usage: &Usage, language: Option<Language>) -> Response {
    let name = format!("{page}-{}-{}.csv", usage.from, usage.to);
    (file_headers(CSV, &name), files::usage_csv::write(usage, language)).into_response()
}

/// The answer with the workbook; `page` is the first word of its name.
pub async fn xlsx(page: &str, usage: Usage, account: &str, language: Language) -> Result<Response, Problem> {
    let name = format!("{page}-{}-{}.xlsx", usage.from, usage.to);
    let account = account.to_owned();
    let made = tokio::task::spawn_blocking(move || files::usage::workbook(&usage, &account, language)).await;
    let bytes = made.map_err(|error| Problem::internal(&error))?.map_err(|error| Problem::internal(&error))?;
    Ok((file_headers(XLSX, &name), bytes).into_response())
}
