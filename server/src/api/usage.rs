//! Usage of the account: by month, or over a range.

use axum::{
    Json,
    extract::{RawQuery, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use domain::{Usage, UsageDays};

use crate::{
    context::SharedContext,
    files::XLSX,
    web::{
        accepts, browser,
        database::Snapshot,
        download::usage::{csv, figures, language_of, query_of, xlsx},
        problem::Problem,
        query::Parameters,
        token::{Read, Sender},
    },
};

/// What every voicebot of the account did, over all campaigns; also as CSV, and as a workbook
///
/// With neither `month` nor days, the latest month that has calls. A month is compared with the month before (with as many
/// of its days as have begun), a range with as many days before it.
#[utoipa::path(get, path = "/api/v1/usage", tag = "reports",
    params(("month" = Option<String>, Query, description = "A calendar month such as 2026-11"),
        ("from" = Option<String>, Query, description = "First local day, instead of a month; or the month that it begins with"),
        ("to" = Option<String>, Query, description = "Last local day, or month, included; at most ten years after the first"),
        ("period" = Option<String>, Query, description = "today, yesterday, last-7-days, last-30-days, this-month, last-month, this-quarter, this-year"),
        ("voicebot" = Option<String>, Query, description = "Only this voicebot"),
        ("against" = Option<String>, Query, description = "previous (else) or weekdays: the days before that they are compared with"),
        ("against_from" = Option<String>, Query, description = "Or the first of them"),
        ("against_to" = Option<String>, Query, description = "And the last, included"),
        ("header" = Option<String>, Query, description = "Of a CSV: fields (else), or vi or en for people")),
    responses((status = 200, description = "The figures; as CSV its rows; as a workbook a summary, voicebots, campaigns and days", content(
            (Usage = "application/json"), (String = "text/csv"),
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
    let asked = query_of(&pairs, UsageDays::LatestMonth)?;
    let (account, usage) = figures(conn, &context, &scope, &asked).await?;
    if accepts(&headers, XLSX) {
        let language = browser::preferences(&headers, Some(account.language)).language;
        return Ok((vary, xlsx("usage", usage, &account.name, language).await?).into_response());
    }
    if accepts(&headers, "text/csv") {
        let language = language_of(heading.as_deref())?;
        return Ok((vary, csv("usage", &usage, language)).into_response());
    }
    Ok((vary, Json(usage)).into_response())
}
