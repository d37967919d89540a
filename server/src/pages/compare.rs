//! The files of campaigns side by side, for people.

use app::session::Preferences;
use axum::{
    Extension,
    extract::{RawQuery, State},
    response::Response,
};

use crate::{
    context::SharedContext,
    web::{
        database::Snapshot,
        download::{comparison, usage::language_of},
        problem::Problem,
        query::Parameters,
        routes::Routes,
        session::Reader,
    },
};

pub fn routes() -> Routes {
    Routes::new().get("/compare.csv", csv).get("/compare.xlsx", xlsx)
}

async fn csv(
    State(context): State<SharedContext>,
    Reader(signed_in): Reader,
    Snapshot(conn): Snapshot,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (heading, pairs) = Parameters::read(query.as_deref()).without("header");
    let language = language_of(heading.as_deref())?;
    let (is_parts, pairs) = comparison::parts_of(pairs)?;
    let asked = comparison::query_of(&pairs)?;
    let file = comparison::compared(conn, &context, &signed_in.scope, asked).await?;
    Ok(if is_parts { file.parts_csv(language) } else { file.csv(language) })
}

async fn xlsx(
    State(context): State<SharedContext>,
    Reader(signed_in): Reader,
    Snapshot(conn): Snapshot,
    Extension(preferences): Extension<Preferences>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asked = comparison::query_of(&Parameters::read(query.as_deref()))?;
    comparison::compared(conn, &context, &signed_in.scope, asked).await?.xlsx(preferences.language).await
}
