//! The list of campaigns.

#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
mod reading;
#[cfg(feature = "ssr")]
mod rows;

use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_query_map;

use crate::{
    AppError,
    server_page::{ServerPage, follow},
};

/// Reads a page of the list. The parameters are those of the address.
#[server(ReadCampaigns, prefix = "/fn", endpoint = "campaigns", input = GetUrl)]
pub async fn read_campaigns(
    q: Option<String>,
    state: Option<String>,
    from: Option<String>,
    to: Option<String>,
    period: Option<String>,
    cursor: Option<String>,
) -> Result<ServerPage, AppError> {
    let (signed_in, mut conn) = crate::request::begin_read().await?;
    let (app, session) = (crate::AppState::get()?, crate::Session::of_request());
    let asked = reading::asked(q, state, from, to, period)?;
    let list = reading::read(&mut conn, &app, &signed_in, asked, cursor).await?;
    let text = crate::Text(session.language);
    Ok(ServerPage {
        title: text.page_title(text.campaigns()),
        live: list.live(),
        html: crate::server_page::rendered(session, || page::page(&list)),
    })
}

/// The page.
#[component]
pub fn Campaigns() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        ["q", "state", "from", "to", "period", "cursor"].map(|name| query.get(name)).to_vec()
    });
    follow(asked, |asked| {
        let mut asked = asked.into_iter();
        let mut next = || asked.next().flatten();
        read_campaigns(next(), next(), next(), next(), next(), next())
    })
}
