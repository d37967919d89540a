//! The files of the list of campaigns, for people.

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
        download::{campaigns, usage::language_of},
        problem::Problem,
        query::Parameters,
        routes::Routes,
        session::Reader,
    },
};

pub fn routes() -> Routes {
    Routes::new().get("/campaigns.csv", csv).get("/campaigns.xlsx", xlsx)
}

async fn csv(
    State(context): State<SharedContext>,
    Reader(signed_in): Reader,
    Snapshot(conn): Snapshot,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (heading, pairs) = Parameters::read(query.as_deref()).without("header");
    let language = language_of(heading.as_deref())?;
    let asked = campaigns::query_of(&pairs)?;
    let list = campaigns::listed(conn, &context, &signed_in.scope, &asked).await?;
    Ok(campaigns::csv(&list, language))
}

async fn xlsx(
    State(context): State<SharedContext>,
    Reader(signed_in): Reader,
    Snapshot(conn): Snapshot,
    Extension(preferences): Extension<Preferences>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asked = campaigns::query_of(&Parameters::read(query.as_deref()))?;
    let list = campaigns::listed(conn, &context, &signed_in.scope, &asked).await?;
    campaigns::xlsx(list, preferences.language).await
}
