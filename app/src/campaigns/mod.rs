//! The list of campaigns.

use leptos::prelude::*;

/// The list of campaigns.
#[component]
pub fn Campaigns() -> impl IntoView {}
