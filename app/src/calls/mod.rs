//! A campaign's calls, the opened call, and the player.

use leptos::prelude::*;

/// Makes the player's state; called once by [`crate::App`], above the router.
pub fn provide_player() {}

/// The player at the foot of every page; it lives outside the routes, so that it survives paging.
#[component]
pub fn Player() -> impl IntoView {}

/// The calls of one campaign.
#[component]
pub fn CampaignCalls() -> impl IntoView {}
