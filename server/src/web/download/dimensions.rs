//! The calls of a campaign by own dimensions as a file, and how they are asked for.

use axum::{
    Extension,
    response::{IntoResponse, Response},
};
use domain::{CampaignId, Day, Language, Period, own_dimension::OwnDimensionResult};
use store::{Conn, Scope, accounts};

use super::{CSV, file_headers};
use crate::{
    context::Context,
    files,
    web::{audited::FileRows, problem::Problem},
};

/// What a file is made of.
pub struct DimensionsFile {
    campaign: CampaignId,
    today: Day,
    pub results: Vec<OwnDimensionResult>,
}

/// The figures, of the report that the pages show; 404 where there is no such campaign.
pub async fn results(
    mut conn: Conn,
    context: &Context,
    scope: &Scope,
    campaign: CampaignId,
    period: Period,
) -> Result<DimensionsFile, Problem> {
    let now = (context.clock)();
    let account = accounts::lookup(&mut conn, scope).await?;
    let today = account.zone.local(now).day();
    let report = context.app.reports.get(&mut conn, scope, &campaign, period.resolve(today), now).await?;
    let report = report.ok_or_else(|| Problem::not_found("campaign"))?;
    Ok(DimensionsFile { campaign, today, results: report.own_dimensions })
}

impl DimensionsFile {
    /// The answer with the CSV.
    pub fn csv(&self, language: Option<Language>) -> Response {
        let name = format!("{}-dimensions-{}.csv", self.campaign, self.today);
        let rows = FileRows(self.results.iter().map(|result| result.values.len() as u64).sum());
        (Extension(rows), file_headers(CSV, &name), files::own_csv::write(&self.results, language)).into_response()
    }
}
