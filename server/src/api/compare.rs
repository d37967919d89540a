//! Campaigns side by side.

use axum::{
    Json,
    extract::{RawQuery, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use domain::Comparison;

use crate::{
    context::SharedContext,
    files::XLSX,
    web::{
        accepts, browser,
        database::Snapshot,
        download::{
            comparison::{compared, parts_of, query_of},
            usage::language_of,
        },
        problem::Problem,
        query::Parameters,
        token::{Read, Sender},
    },
};

/// Two to six campaigns side by side; also as CSV, and as a workbook
///
/// Each with every figure of its report over the same days. Rates have their 95 % intervals (Wilson), and their differences from the
/// first campaign's (Newcombe). Of a campaign that is compared with itself, `rate_changes` says why its rates are other ones than before.
#[utoipa::path(get, path = "/api/v1/compare", tag = "reports",
    params(("campaign" = Vec<String>, Query, description = "Each campaign: the sender's ids; the first is what the others are compared with"),
        ("from" = Option<String>, Query, description = "First local day; with neither, each campaign as a whole"),
        ("to" = Option<String>, Query, description = "Last local day, included"),
        ("period" = Option<String>, Query, description = "today, yesterday, last-7-days, last-30-days, this-month, last-month, this-quarter, this-year, whole"),
        ("against" = Option<String>, Query, description = "Of one campaign and a period: previous or weekdays, the days before that it is compared with"),
        ("against_from" = Option<String>, Query, description = "Or the first of them"),
        ("against_to" = Option<String>, Query, description = "And the last, included"),
        ("parts" = Option<bool>, Query, description = "Of a CSV: true for why the rates are other ones than before, a line for each value"),
        ("header" = Option<String>, Query, description = "Of a CSV: fields (else), or vi or en for people")),
    responses((status = 200, description = "The campaigns in the order in which they were asked for", content(
            (Comparison = "application/json"), (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn read(
    State(context): State<SharedContext>,
    Sender(scope, ..): Sender<Read>,
    Snapshot(conn): Snapshot,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let vary = [(header::VARY, "accept")];
    let (heading, pairs) = Parameters::read(query.as_deref()).once()?.without("header");
    let (is_parts, pairs) = parts_of(pairs)?;
    let file = compared(conn, &context, &scope, query_of(&pairs)?).await?;
    if accepts(&headers, XLSX) {
        let language = browser::preferences(&headers, Some(file.account.language)).language;
        return Ok((vary, file.xlsx(language).await?).into_response());
    }
    if accepts(&headers, "text/csv") {
        let language = language_of(heading.as_deref())?;
        return Ok((vary, if is_parts { file.parts_csv(language) } else { file.csv(language) }).into_response());
    }
    Ok((vary, Json(file.comparison)).into_response())
}
