//! The list of campaigns.

#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
mod reading;
#[cfg(feature = "ssr")]
mod rows;

use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_location;

use crate::{
    AppError,
    server_page::{ServerPage, follow},
};

/// Reads a page of the list; `query` is that of the address.
#[server(ReadCampaigns, prefix = "/fn", endpoint = "campaigns", input = GetUrl, client = crate::page_client::PageClient)]
pub async fn read_campaigns(query: String) -> Result<ServerPage, AppError> {
    let (signed_in, mut conn) = crate::request::begin_read().await?;
    let (app, session) = (crate::AppState::get()?, crate::Session::of_request());
    let list = reading::read(&mut conn, &app, &signed_in, &query).await?;
    let text = crate::Text(session.language);
    Ok(ServerPage {
        title: text.page_title(text.campaigns()),
        live: list.live(),
        html: crate::server_page::rendered(session, || page::page(&list)),
    })
}

#[component]
pub fn Campaigns() -> impl IntoView {
    let location = use_location();
    let asked = Memo::new(move |_| vec![Some(location.search.get())]);
    follow(asked, |asked| read_campaigns(asked.into_iter().next().flatten().unwrap_or_default()))
}
