//! The overview of one campaign: every figure of its report, each with its rule and a way to its calls.

#[cfg(feature = "ssr")]
mod analysis;
#[cfg(feature = "ssr")]
mod attempts;
#[cfg(feature = "ssr")]
pub mod behind;
#[cfg(feature = "ssr")]
pub mod checks;
#[cfg(feature = "ssr")]
mod cost;
mod declare;
#[cfg(feature = "ssr")]
mod foot;
#[cfg(feature = "ssr")]
mod heatmap;
#[cfg(feature = "ssr")]
mod live;
#[cfg(feature = "ssr")]
pub mod names;
#[cfg(feature = "ssr")]
mod outgoing;
#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
mod reading;
#[cfg(feature = "ssr")]
mod report_mail;
#[cfg(feature = "ssr")]
mod results;
#[cfg(all(test, feature = "ssr"))]
pub(crate) mod sample;
#[cfg(feature = "ssr")]
mod status;
#[cfg(feature = "ssr")]
mod talk_time;

#[cfg(feature = "ssr")]
pub use reading::tariffs_of;
#[cfg(feature = "ssr")]
pub use results::{shares, tenths};

use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    AppError,
    server_page::{ServerPage, follow},
};

/// Reads a campaign's overview. The last three are those of the address.
#[server(ReadOverview, prefix = "/fn", endpoint = "overview", input = GetUrl)]
pub async fn read_overview(
    campaign: String,
    from: Option<String>,
    to: Option<String>,
    period: Option<String>,
) -> Result<ServerPage, AppError> {
    let signed_in = crate::session::require_signed_in()?;
    let (state, session) = (crate::AppState::get()?, crate::Session::of_request());
    let campaign = domain::CampaignId::new(campaign).map_err(|_| AppError::NotFound)?;
    let period = crate::links::period_of(from, to, period).map_err(AppError::invalid)?;
    let overview = reading::read(&state, &signed_in, session.language, &campaign, period).await?;
    Ok(ServerPage {
        title: crate::Text(session.language).page_title(&overview.head.name),
        live: overview.live(),
        html: crate::server_page::rendered(session, || page::page(&overview)),
    })
}

/// The page.
#[component]
pub fn CampaignOverview() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        let campaign = params.read().get("id").unwrap_or_default();
        (campaign, query.get("from"), query.get("to"), query.get("period"))
    });
    follow(asked, |(campaign, from, to, period)| read_overview(campaign, from, to, period))
}
