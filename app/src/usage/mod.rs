//! Usage ("Chi tiết sử dụng") and access statistics ("Thống kê truy cập"): two views of the same figures.

#[cfg(feature = "ssr")]
mod figure;
#[cfg(feature = "ssr")]
mod head;
#[cfg(feature = "ssr")]
mod month_sort;
#[cfg(feature = "ssr")]
mod months;
#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
mod panel;
#[cfg(feature = "ssr")]
mod panels;
#[cfg(feature = "ssr")]
mod reading;
#[cfg(feature = "ssr")]
mod tables;

use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_location;

use crate::{
    AppError,
    server_page::{ServerPage, follow},
};

/// Reads the usage of a month, or the statistics of a range; `query` is that of the address.
#[server(ReadUsage, prefix = "/fn", endpoint = "usage", input = GetUrl, client = crate::page_client::PageClient)]
pub async fn read_usage(statistics: bool, query: String) -> Result<ServerPage, AppError> {
    let (signed_in, mut conn) = crate::request::begin_read().await?;
    let (state, session) = (crate::AppState::get()?, crate::Session::of_request());
    let shown = reading::read(&mut conn, &state, &signed_in, statistics, &query).await?;
    let text = crate::Text(session.language);
    Ok(ServerPage {
        title: text.page_title(shown.title(text)),
        live: None,
        html: crate::server_page::rendered(session, || page::page(&shown)),
    })
}

fn followed(statistics: bool) -> AnyView {
    let location = use_location();
    let asked = Memo::new(move |_| vec![Some(location.search.get())]);
    follow(asked, move |asked| read_usage(statistics, asked.into_iter().next().flatten().unwrap_or_default()))
}

/// The page of a month.
#[component]
pub fn Usage() -> impl IntoView {
    followed(false)
}

/// The page of a range.
#[component]
pub fn Statistics() -> impl IntoView {
    followed(true)
}
