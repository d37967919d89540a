//! Campaigns side by side: every figure with its bounds, and how they went over time.

#[cfg(feature = "ssr")]
mod curves;
#[cfg(feature = "ssr")]
pub mod figures;
#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
mod reading;
#[cfg(feature = "ssr")]
mod table;
#[cfg(feature = "ssr")]
pub mod why;

#[cfg(feature = "ssr")]
pub use reading::compared;

use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_location;

use crate::{
    AppError,
    server_page::{ServerPage, follow},
};

/// Reads the campaigns that the address names; `query` is that of the address.
#[server(ReadCompared, prefix = "/fn", endpoint = "compare", input = GetUrl, client = crate::page_client::PageClient)]
pub async fn read_compared(query: String) -> Result<ServerPage, AppError> {
    let (signed_in, mut conn) = crate::request::begin_read().await?;
    let (state, session) = (crate::AppState::get()?, crate::Session::of_request());
    let shown = reading::read(&mut conn, &state, &signed_in, &query).await?;
    let text = crate::Text(session.language);
    Ok(ServerPage {
        title: text.page_title(text.compare_title()),
        live: shown.live(),
        html: crate::server_page::rendered(session, || page::page(&shown)),
    })
}

/// The page.
#[component]
pub fn ComparedCampaigns() -> impl IntoView {
    let location = use_location();
    let asked = Memo::new(move |_| vec![Some(location.search.get())]);
    follow(asked, |asked| read_compared(asked.into_iter().next().flatten().unwrap_or_default()))
}
