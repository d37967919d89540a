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
#[cfg(feature = "ssr")]
pub mod declare;
#[cfg(feature = "ssr")]
mod endings;
#[cfg(feature = "ssr")]
mod folded;
#[cfg(feature = "ssr")]
mod foot;
#[cfg(feature = "ssr")]
pub mod forecast;
#[cfg(feature = "ssr")]
mod heatmap;
#[cfg(feature = "ssr")]
mod live;
#[cfg(feature = "ssr")]
mod outgoing;
#[cfg(feature = "ssr")]
mod own;
#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
mod panel;
#[cfg(feature = "ssr")]
mod planned;
#[cfg(feature = "ssr")]
mod reading;
#[cfg(feature = "ssr")]
pub mod recipients;
#[cfg(feature = "ssr")]
mod report_mail;
#[cfg(feature = "ssr")]
mod results;
#[cfg(feature = "ssr")]
mod status;
#[cfg(feature = "ssr")]
mod talk_time;

#[cfg(feature = "ssr")]
pub use reading::tariffs_of;

use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::{use_location, use_params_map};

use crate::{
    AppError,
    server_page::{ServerPage, follow},
};

/// Reads a campaign's overview, or its customers where `tab` says so; `query` is that of the address.
#[server(ReadOverview, prefix = "/fn", endpoint = "overview", input = GetUrl, client = crate::page_client::PageClient)]
pub async fn read_overview(
    campaign: String,
    tab: Option<String>,
    query: Option<String>,
) -> Result<ServerPage, AppError> {
    let (signed_in, mut conn) = crate::request::begin_read().await?;
    let (state, session) = (crate::AppState::get()?, crate::Session::of_request());
    let campaign = domain::CampaignId::new(campaign).map_err(|_| AppError::NotFound)?;
    let query = query.unwrap_or_default();
    if tab.as_deref() == Some(CUSTOMERS) {
        return crate::customers::read(&mut conn, &state, &signed_in, session, campaign, &query).await;
    }
    let pairs = crate::calls::decode_pairs(&query);
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    // Links come back from mails with other people's marks on them: what means nothing here is passed over.
    let (filter, others) = domain::CallFilter::from_pairs(pairs).map_err(AppError::invalid)?;
    let period = filter.period;
    let grain = others.iter().find(|(name, _)| *name == "by").map(|(name, word)| {
        let reason = "must be hour or day";
        reading::Grain::from_word(word).ok_or_else(|| AppError::invalid(domain::FieldError::new(*name, reason)))
    });
    let grain = grain.transpose()?;
    let revision = store::accounts::revision(&mut conn, &signed_in.scope).await?;
    let key = crate::viewers::PageKey {
        account: signed_in.scope.account(),
        role: signed_in.scope.role(),
        limited_user: signed_in.scope.limited_user(),
        language: session.language,
        campaign: campaign.clone(),
        query: query.clone(),
    };
    let (conn, app, who, id) = (&mut *conn, &state, &signed_in, &campaign);
    let make = move || async move {
        let language = session.language;
        let overview = reading::read(conn, app, who, language, id, period, grain).await?;
        Ok(ServerPage {
            title: crate::Text(language).page_title(&overview.head.name),
            live: overview.live(),
            html: crate::server_page::rendered(session, || page::page(&overview)),
        })
    };
    state.pages.get(key, revision, state.now(), make).await
}

/// The last part of the address of a campaign's customers.
const CUSTOMERS: &str = "customers";

/// The overview and the customers: one component, because all that it does is show what the server made.
#[component]
pub fn CampaignOverview() -> impl IntoView {
    let params = use_params_map();
    let location = use_location();
    // Each address has a component of its own; while the router changes to another, this one still sees what it shows.
    let tab = location.pathname.with_untracked(|path| path.ends_with("/customers").then(|| CUSTOMERS.to_owned()));
    let path = location.pathname.get_untracked();
    let asked = Memo::new(move |before: Option<&Vec<Option<String>>>| {
        if let Some(before) = before.filter(|_| location.pathname.with(|now| *now != path)) {
            return before.clone();
        }
        vec![params.read().get("id"), Some(location.search.get())]
    });
    follow(asked, move |asked| {
        let mut asked = asked.into_iter();
        let mut next = || asked.next().flatten();
        read_overview(next().unwrap_or_default(), tab.clone(), next())
    })
}
