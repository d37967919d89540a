//! The log of an account as a file.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use store::audit;

use super::{CSV, file_headers, place_of_list, slices};
use crate::{
    context::Context,
    files::log_csv::{LogCsv, ROWS},
    web::{audited::FileRows, database::Database, problem::Problem},
};

/// Answers with the rows of a log, the latest ones.
pub async fn csv(database: Database, context: &Context, log: LogCsv) -> Result<Response, Problem> {
    let (scope, filter) = (log.scope, log.filter.clone());
    let mut slices = slices(database, context, &scope).await?;
    let mut read = slices.next().await?;
    let list = log.begin(&mut read.conn).await?.ok_or_else(|| Problem::not_found("log"))?;
    // For the log itself, which says how much was taken.
    let rows = audit::count(&mut read.conn, &scope, &filter, ROWS).await?;
    drop(read);
    let place = if list.goes_on() { Some(place_of_list(context, &scope).await?) } else { None };
    let mut response = Body::from_stream(list.bytes(slices, place)).into_response();
    response.headers_mut().extend(file_headers(CSV, "log.csv"));
    response.extensions_mut().insert(FileRows(rows));
    Ok(response)
}
