//! The jobs of the account, for its owners: what runs later, where it stands, and what it said last.

#[cfg(feature = "ssr")]
mod page;

#[cfg(feature = "ssr")]
pub use page::in_words;

use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_query_map;

use crate::{
    AppError,
    server_page::{ServerPage, follow},
};

/// Reads a page of jobs, the latest first. The parameters are those of the address.
#[server(ReadJobs, prefix = "/fn", endpoint = "jobs", input = GetUrl, client = crate::page_client::PageClient)]
pub async fn read_jobs(status: Option<String>, before: Option<String>) -> Result<ServerPage, AppError> {
    let (who, mut conn) = crate::request::begin_read().await?;
    if !who.scope.role().may(domain::Role::Owner) {
        return Err(AppError::NotFound);
    }
    let session = crate::Session::of_request();
    let text = crate::Text(session.language);
    let shown = page::read(&mut conn, &who, status.as_deref(), before.as_deref()).await?;
    Ok(ServerPage {
        title: text.page_title(text.jobs_title()),
        live: None,
        html: crate::server_page::rendered(session, || page::page(&shown)),
    })
}

#[component]
pub fn Jobs() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        ["status", "before"].map(|name| query.get(name)).to_vec()
    });
    follow(asked, |asked| {
        let mut asked = asked.into_iter();
        let mut next = || asked.next().flatten();
        read_jobs(next(), next())
    })
}
