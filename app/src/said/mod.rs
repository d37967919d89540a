//! A search of what was said, over a campaign or the account; each line leads to its call at that second.

#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
mod reading;

#[cfg(feature = "ssr")]
pub(crate) use reading::SaidAddress;

use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_location;

use crate::{
    AppError,
    server_page::{ServerPage, follow},
};

/// Finds what the address asks for; `query` is that of the address.
#[server(ReadSaid, prefix = "/fn", endpoint = "said", input = GetUrl, client = crate::page_client::PageClient)]
pub async fn read_said(query: String) -> Result<ServerPage, AppError> {
    let (signed_in, mut conn) = crate::request::begin_read().await?;
    let session = crate::Session::of_request();
    let now = crate::AppState::get()?.now();
    let shown = reading::read(&mut conn, &signed_in, &query, now).await?;
    let text = crate::Text(session.language);
    Ok(ServerPage {
        title: text.page_title(text.said_title()),
        live: None,
        html: crate::server_page::rendered(session, || page::page(&shown)),
    })
}

/// The page.
#[component]
pub fn SaidSearch() -> impl IntoView {
    let location = use_location();
    let asked = Memo::new(move |_| vec![Some(location.search.get())]);
    follow(asked, |asked| read_said(asked.into_iter().next().flatten().unwrap_or_default()))
}
