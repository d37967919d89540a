//! Recordings and lists as CSV for people who are signed in: play, download, the waveform.

use app::session::Preferences;
use axum::{
    Extension, Json,
    extract::{RawQuery, State},
    http::{HeaderMap, Method},
    response::{IntoResponse, Response},
};
use domain::{CallId, CampaignId};
use store::{calls, recordings};

use crate::{
    context::SharedContext,
    web::{
        database::{Database, Snapshot},
        download::{self, recording::AudioForm},
        path::Id,
        problem::Problem,
        routes::Routes,
        session::Reader,
    },
};

/// The routes of pages that are no pages.
pub fn routes() -> Routes {
    Routes::new()
        .get("/calls/{id}/recording", recording)
        .get("/calls/{id}/peaks", peaks)
        .get("/campaigns/{id}/calls.csv", csv)
        .get("/calls.csv", csv_of_account)
        .get("/campaigns/{id}/customers.csv", customers_csv)
        .get("/campaigns/{id}/customers.xlsx", customers_xlsx)
}

async fn recording(
    State(context): State<SharedContext>,
    Reader(signed_in): Reader,
    Snapshot(conn): Snapshot,
    Id(call): Id<CallId>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (scope, query) = (&signed_in.scope, query.as_deref());
    download::recording::send(conn, &context.recordings, scope, &call, &method, AudioForm::Playable, query, &headers)
        .await
}

async fn peaks(
    Reader(signed_in): Reader,
    Snapshot(mut conn): Snapshot,
    Id(call): Id<CallId>,
) -> Result<Response, Problem> {
    let call = calls::named(&mut conn, &signed_in.scope, &call).await?;
    let stored = recordings::lookup(&mut conn, &signed_in.scope, &call).await?;
    let stored = stored.ok_or_else(|| Problem::not_found("recording"))?;
    Ok(Json(stored.peaks.unwrap_or_default()).into_response())
}

async fn csv(
    State(context): State<SharedContext>,
    Reader(signed_in): Reader,
    database: Database,
    Id(campaign): Id<CampaignId>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    download::calls::csv(database, &context, &signed_in.scope, Some(&campaign), query.as_deref()).await
}

async fn csv_of_account(
    State(context): State<SharedContext>,
    Reader(signed_in): Reader,
    database: Database,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    download::calls::csv(database, &context, &signed_in.scope, None, query.as_deref()).await
}

async fn customers_csv(
    State(context): State<SharedContext>,
    Reader(signed_in): Reader,
    database: Database,
    Id(campaign): Id<CampaignId>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    download::customers::csv(database, &context, &signed_in.scope, &campaign, query.as_deref()).await
}

async fn customers_xlsx(
    State(context): State<SharedContext>,
    Reader(signed_in): Reader,
    Extension(preferences): Extension<Preferences>,
    database: Database,
    Id(campaign): Id<CampaignId>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (scope, language) = (&signed_in.scope, preferences.language);
    download::customers::workbook(database, &context, scope, &campaign, language, query.as_deref()).await
}
