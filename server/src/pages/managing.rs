//! Who may send a form about a campaign.

use app::session::SignedIn;
use domain::{CampaignId, Role};
use store::campaigns;

use crate::web::{database::Database, problem::Problem};

/// Managers and owners change things; others are told so after the campaign was looked for, so that a stranger's is not found.
pub async fn managing(database: &Database, signed_in: &SignedIn, campaign: &CampaignId) -> Result<(), Problem> {
    let found = campaigns::lookup(&mut database.read().await?, &signed_in.scope, campaign).await?;
    found.ok_or_else(|| Problem::not_found("campaign"))?;
    if signed_in.scope.role().may(Role::Manager) {
        Ok(())
    } else {
        Err(Problem::forbidden("this is for managers and owners"))
    }
}
