//! Stored calls priced again: a deliberate act, after which figures that people have seen are others.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{CampaignId, FieldError, Money, Tariff};
use serde::{Deserialize, Serialize};
use store::{
    campaigns::{self, CampaignInput, TariffInput},
    repricing::{self, Difference},
    tariffs,
};
use utoipa::ToSchema;

use crate::{
    context::SharedContext,
    web::{
        changes,
        database::Database,
        json::Record,
        problem::Problem,
        token::{Manage, Sender},
    },
};

/// A tariff that stored calls are priced by again, from the instant from which on it is in effect.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PriceAgain {
    /// The price by blocks, and from when on it is in effect.
    tariff: Tariff,
    /// The campaign that has it; absent: the account.
    #[serde(default)]
    campaign: Option<CampaignId>,
    /// `false`: it is set and the calls are priced again. Else the answer says what would change, and nothing does.
    #[serde(default = "yes")]
    dry_run: bool,
}

fn yes() -> bool {
    true
}

/// What pricing calls again changes, or has changed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PricedAgain {
    /// Answered calls from that instant on.
    calls: u64,
    /// Of them, those that get other blocks or another cost.
    changed: u64,
    /// Of them, those whose sender gave blocks or cost, which stay.
    given: u64,
    /// What they cost by what is stored.
    cost_before: Money,
    /// What they will cost.
    cost_after: Money,
    /// Whether it has begun: then it goes on by itself, and figures move towards the new price.
    begun: bool,
}

/// Prices stored calls again from an instant on, by a tariff that is set with it
///
/// Calls that come in meanwhile have the new price, too. Without `"dry_run": false` it only says what would change.
#[utoipa::path(post, path = "/api/v1/tariffs/price-again", tag = "managing", request_body = PriceAgain,
    responses((status = 200, description = "What would change", body = PricedAgain),
        (status = 202, description = "What changes from now on", body = PricedAgain),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such campaign", body = Problem, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn ask(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Record(PriceAgain { tariff, campaign, dry_run }): Record<PriceAgain>,
) -> Result<Response, Problem> {
    let (scope, now, of) = (&sender.0, (context.clock)(), campaign.as_ref());
    tariff.check().map_err(|(field, reason)| Problem::invalid(FieldError::new(format!("tariff.{field}"), reason)))?;
    let no_campaign = || Problem::not_found("campaign");
    // Many calls may be read: nobody who writes waits for it.
    let mut conn = database.read().await?;
    let difference = repricing::foresee(&mut conn, scope, of, &tariff).await?.ok_or_else(no_campaign)?;
    drop(conn);
    let Difference { calls, changed, given, cost, .. } = difference;
    let answer = PricedAgain { calls, changed, given, cost_before: cost.0, cost_after: cost.1, begun: !dry_run };
    if dry_run {
        return Ok(Json(answer).into_response());
    }
    let mut conn = sender.write(&mut database).await?;
    let stored = match of {
        Some(id) => tariffs::list_of_campaign(&mut conn, scope, id).await?,
        None => tariffs::list(&mut conn, scope).await?,
    };
    match of {
        Some(id) => {
            let summary = campaigns::lookup(&mut conn, scope, id).await?.ok_or_else(no_campaign)?;
            let own = TariffInput::of(&tariff);
            let input = CampaignInput { tariff: Some(own), ..CampaignInput::of(&summary.campaign) };
            campaigns::put(&mut conn, scope, &input, now).await?
        }
        None => tariffs::put_default(&mut conn, scope, &tariff).await?,
    };
    repricing::begin(&mut conn, scope, of, tariff.effective_from, now).await?;
    let campaign = of.map_or("", CampaignId::as_str);
    sender.commit(conn, &changes::priced_again(campaign, &stored, &tariff, Some((&difference, 0))), now).await?;
    Ok((StatusCode::ACCEPTED, Json(answer)).into_response())
}
