//! The files of usage and of access statistics, for people: the same answers as the API's, with their default days.

use app::session::Preferences;
use axum::{
    Extension,
    extract::{RawQuery, State},
    response::Response,
};
use domain::{Period, UsageDays};

use crate::{
    context::SharedContext,
    web::{database::Snapshot, download::usage, problem::Problem, query::Parameters, routes::Routes, session::Reader},
};

pub fn routes() -> Routes {
    Routes::new()
        .get("/usage.csv", month_csv)
        .get("/usage.xlsx", month_xlsx)
        .get("/statistics.csv", range_csv)
        .get("/statistics.xlsx", range_xlsx)
}

/// A page of these figures: the first word of its files' names, and the days where its address names none.
type UsageDefault = (&'static str, UsageDays);
const MONTH: UsageDefault = ("usage", UsageDays::LatestMonth);
const RANGE: UsageDefault = ("statistics", UsageDays::Period(Period::Whole));

async fn month_csv(
    state: State<SharedContext>,
    reader: Reader,
    snapshot: Snapshot,
    query: RawQuery,
) -> Result<Response, Problem> {
    csv(state, reader, snapshot, query, MONTH).await
}

async fn range_csv(
    state: State<SharedContext>,
    reader: Reader,
    snapshot: Snapshot,
    query: RawQuery,
) -> Result<Response, Problem> {
    csv(state, reader, snapshot, query, RANGE).await
}

async fn csv(
    State(context): State<SharedContext>,
    Reader(signed_in): Reader,
    Snapshot(conn): Snapshot,
    RawQuery(query): RawQuery,
    (page, otherwise): UsageDefault,
) -> Result<Response, Problem> {
    let (heading, pairs) = Parameters::read(query.as_deref()).without("header");
    let language = usage::language_of(heading.as_deref())?;
    let asked = usage::query_of(&pairs, otherwise)?;
    let (_, figures) = usage::figures(conn, &context, &signed_in.scope, &asked).await?;
    Ok(usage::csv(page, &figures, language))
}

async fn month_xlsx(
    state: State<SharedContext>,
    reader: Reader,
    snapshot: Snapshot,
    preferences: Extension<Preferences>,
    query: RawQuery,
) -> Result<Response, Problem> {
    xlsx(state, reader, snapshot, preferences, query, MONTH).await
}

async fn range_xlsx(
    state: State<SharedContext>,
    reader: Reader,
    snapshot: Snapshot,
    preferences: Extension<Preferences>,
    query: RawQuery,
) -> Result<Response, Problem> {
    xlsx(state, reader, snapshot, preferences, query, RANGE).await
}

async fn xlsx(
    State(context): State<SharedContext>,
    Reader(signed_in): Reader,
    Snapshot(conn): Snapshot,
    Extension(preferences): Extension<Preferences>,
    RawQuery(query): RawQuery,
    (page, otherwise): UsageDefault,
) -> Result<Response, Problem> {
    let asked = usage::query_of(&Parameters::read(query.as_deref()), otherwise)?;
    let (account, figures) = usage::figures(conn, &context, &signed_in.scope, &asked).await?;
    usage::xlsx(page, figures, &account.name, preferences.language).await
}
