//! The report of a campaign.

use axum::{
    Json,
    extract::{RawQuery, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use domain::{CallFilter, CampaignId, Report};
use store::accounts;

use crate::{
    api::calls,
    context::SharedContext,
    files::XLSX,
    web::{
        accepts,
        database::Database,
        path::Id,
        problem::Problem,
        query::Parameters,
        token::{Read, Sender},
    },
};

/// Every figure of a campaign's overview; as XLSX with the calls that they count
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/report", tag = "reports",
    params(("id" = String, Path, description = "The sender's id"),
        ("from" = Option<String>, Query, description = "First local day; with neither, the whole campaign"),
        ("to" = Option<String>, Query, description = "Last local day, included"),
        ("period" = Option<String>, Query, description = "today, yesterday, last-7-days, last-30-days, this-month, last-month, this-quarter, this-year, whole")),
    responses((status = 200, description = "The figures; as a workbook with charts and all calls of the period", content(
            (Report = "application/json"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn read(
    State(context): State<SharedContext>,
    Sender(scope, ..): Sender<Read>,
    mut database: Database,
    Id(campaign): Id<CampaignId>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let period = Parameters::read(query.as_deref()).once()?.period()?;
    let vary = [(header::VARY, "accept")];
    if accepts(&headers, XLSX) {
        let filter = CallFilter { period, ..CallFilter::default() };
        return Ok(
            (vary, calls::xlsx(database, &context, &scope, &headers, Some(campaign), filter).await?).into_response()
        );
    }
    let now = (context.clock)();
    let mut conn = database.read().await?;
    let account = accounts::lookup(&mut conn, &scope).await?;
    let range = period.resolve(account.zone.local(now).day());
    // The one that the pages show: read once for each change, however many ask.
    let report = context.app.reports.get(&mut conn, &scope, &campaign, range, now).await?;
    let report = report.ok_or_else(|| Problem::not_found("campaign"))?;
    Ok((vary, Json(report)).into_response())
}
