//! The files of usage and of access statistics, for people: the same answers as the API's, with their default days.

use app::session::Preferences;
use axum::{
    Extension, Router,
    extract::{RawQuery, State},
    response::Response,
};
use domain::{Period, UsageDays};

use super::{Shared, problem::Problem, read_only, session::Reader};
use crate::api::{Pairs, usage};

/// The routes.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/usage.csv", read_only(month_csv))
        .route("/usage.xlsx", read_only(month_xlsx))
        .route("/statistics.csv", read_only(range_csv))
        .route("/statistics.xlsx", read_only(range_xlsx))
}

/// What the page of a range shows where its address names no days.
const RANGE: UsageDays = UsageDays::Period(Period::Whole);

async fn month_csv(state: State<Shared>, reader: Reader, query: RawQuery) -> Result<Response, Problem> {
    csv(state, reader, query, UsageDays::LatestMonth).await
}

async fn range_csv(state: State<Shared>, reader: Reader, query: RawQuery) -> Result<Response, Problem> {
    csv(state, reader, query, RANGE).await
}

async fn csv(
    State(server): State<Shared>,
    Reader(signed_in): Reader,
    RawQuery(query): RawQuery,
    otherwise: UsageDays,
) -> Result<Response, Problem> {
    let (heading, pairs) = Pairs::read(query.as_deref()).without("header");
    let language = usage::language_of(heading.as_deref())?;
    let asked = usage::query_of(&pairs, otherwise)?;
    let (_, figures) = usage::figures(&server, &signed_in.scope, &asked).await?;
    Ok(usage::csv(&figures, language))
}

async fn month_xlsx(
    state: State<Shared>,
    reader: Reader,
    preferences: Extension<Preferences>,
    query: RawQuery,
) -> Result<Response, Problem> {
    xlsx(state, reader, preferences, query, UsageDays::LatestMonth).await
}

async fn range_xlsx(
    state: State<Shared>,
    reader: Reader,
    preferences: Extension<Preferences>,
    query: RawQuery,
) -> Result<Response, Problem> {
    xlsx(state, reader, preferences, query, RANGE).await
}

async fn xlsx(
    State(server): State<Shared>,
    Reader(signed_in): Reader,
    Extension(preferences): Extension<Preferences>,
    RawQuery(query): RawQuery,
    otherwise: UsageDays,
) -> Result<Response, Problem> {
    let asked = usage::query_of(&Pairs::read(query.as_deref()), otherwise)?;
    let (account, figures) = usage::figures(&server, &signed_in.scope, &asked).await?;
    usage::xlsx(figures, &account.name, preferences.language).await
}
