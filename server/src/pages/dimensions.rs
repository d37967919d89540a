//! The calls of a campaign by own dimensions as a file, for people.

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use domain::CampaignId;

use crate::{
    context::SharedContext,
    web::{
        database::Snapshot,
        download::{dimensions, usage::language_of},
        path::Id,
        problem::Problem,
        query::Parameters,
        routes::Routes,
        session::Reader,
    },
};

pub fn routes() -> Routes {
    Routes::new().get("/campaigns/{id}/dimensions.csv", csv)
}

async fn csv(
    State(context): State<SharedContext>,
    Reader(signed_in): Reader,
    Snapshot(conn): Snapshot,
    Id(campaign): Id<CampaignId>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (heading, pairs) = Parameters::read(query.as_deref()).without("header");
    let language = language_of(heading.as_deref())?;
    let period = pairs.period()?;
    Ok(dimensions::results(conn, &context, &signed_in.scope, campaign, period).await?.csv(language))
}
