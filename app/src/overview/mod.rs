//! The overview of one campaign.

use leptos::prelude::*;

/// The overview of one campaign.
#[component]
pub fn CampaignOverview() -> impl IntoView {}
