//! The list of campaigns as files, and how it is asked for.

use axum::{
    Extension,
    response::{IntoResponse, Response},
};
use domain::{CampaignQuery, Language};
use store::{
    Conn, Scope, accounts,
    campaigns::{self, CampaignFilter},
};

use super::{CSV, file_headers};
use crate::{
    context::Context,
    files::{XLSX, campaign_list::CampaignTable},
    web::{audited::FileRows, problem::Problem, query::Parameters},
};

/// The query; unknown parameters are refused by name.
pub fn query_of(pairs: &Parameters) -> Result<CampaignQuery, Problem> {
    let (query, others) = CampaignQuery::from_pairs(pairs.iter()).map_err(Problem::invalid)?;
    match others.first() {
        Some((name, _)) => Err(Problem::field(*name, "is not a known parameter")),
        None => Ok(query),
    }
}

/// All campaigns of a query, with what their files say of the account.
pub async fn listed(
    mut conn: Conn,
    context: &Context,
    scope: &Scope,
    query: &CampaignQuery,
) -> Result<CampaignTable, Problem> {
    let account = accounts::lookup(&mut conn, scope).await?;
    let as_of = (context.clock)();
    let filter = CampaignFilter::of(query, account.zone.local(as_of).day());
    let page = campaigns::all(&mut conn, scope, &filter).await?;
    let pricing_again = account.pricing_again;
    Ok(CampaignTable {
        account: account.name,
        pricing_again,
        currency: account.currency,
        zone: account.zone,
        as_of,
        page,
    })
}

fn name(list: &CampaignTable, kind: &str) -> String {
    format!("campaigns-{}.{kind}", list.zone.local(list.as_of).day())
}

/// What the log says of it.
fn rows(list: &CampaignTable) -> FileRows {
    FileRows(list.page.campaigns.len() as u64)
}

/// The answer with the CSV.
pub fn csv(list: &CampaignTable, language: Option<Language>) -> Response {
    (Extension(rows(list)), file_headers(CSV, &name(list, "csv")), list.csv(language)).into_response()
}

/// The answer with the workbook.
pub async fn xlsx(list: CampaignTable, language: Language) -> Result<Response, Problem> {
    let (name, rows) = (name(&list, "xlsx"), rows(&list));
    let made = tokio::task::spawn_blocking(move || list.workbook(language)).await;
    let bytes = made.map_err(|error| Problem::internal(&error))?.map_err(|error| Problem::internal(&error))?;
    Ok((Extension(rows), file_headers(XLSX, &name), bytes).into_response())
}
