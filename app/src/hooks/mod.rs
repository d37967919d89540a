//! The webhooks of the account, for its owners: addresses that other systems send to, what came, what could not be read, and
//! what those systems' agents stand for.

pub mod forms;
#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
mod reading;
pub mod recording_forms;
#[cfg(feature = "ssr")]
mod recordings;
#[cfg(feature = "ssr")]
mod table;

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::{
    AppError,
    server_page::{ServerPage, follow},
};

/// Reads what the page shows.
#[server(ReadHooks, prefix = "/fn", endpoint = "hooks", input = GetUrl, client = crate::page_client::PageClient)]
pub async fn read_hooks() -> Result<ServerPage, AppError> {
    let (who, mut conn) = crate::request::begin_read().await?;
    if !who.scope.role().may(domain::Role::Owner) {
        return Err(AppError::NotFound);
    }
    let session = crate::Session::of_request();
    let text = crate::Text(session.language);
    let shown = reading::read(&mut conn, &who).await?;
    Ok(ServerPage {
        title: text.page_title(text.hooks_title()),
        live: None,
        html: crate::server_page::rendered(session, || page::page(&shown)),
    })
}

#[component]
pub fn Hooks() -> impl IntoView {
    follow(Memo::new(|_| Vec::new()), |_| read_hooks())
}
