//! The report of a campaign.

use axum::{Json, extract::RawQuery};
use domain::{CampaignId, Report, ReportQuery};
use store::report;

use super::{Id, Pairs, Sender, Server};
use crate::http::problem::Problem;

/// Every figure of a campaign's overview
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/report", tag = "reports",
    params(("id" = String, Path, description = "The sender's id"),
        ("from" = Option<String>, Query, description = "First local day; with neither, the whole campaign"),
        ("to" = Option<String>, Query, description = "Last local day, included"),
        ("period" = Option<String>, Query, description = "today, yesterday, last-7-days, last-30-days, this-month, last-month, whole")),
    responses((status = 200, description = "The figures", body = Report),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn read(
    server: Server,
    Sender(scope): Sender,
    Id(campaign): Id<CampaignId>,
    RawQuery(query): RawQuery,
) -> Result<Json<Report>, Problem> {
    let period = Pairs::read(query.as_deref()).period()?;
    let mut conn = server.db.read().await?;
    let report = report::read(&mut conn, &scope, &ReportQuery { campaign, period }, (server.clock)()).await?;
    report.map(Json).ok_or_else(|| Problem::not_found("campaign"))
}
