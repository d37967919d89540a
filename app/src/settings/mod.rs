//! The settings: of the account, its people and tokens, and of one's own sign-in. One page with parts, each at an address of its
//! own; all of them are made by the server.

#[cfg(feature = "ssr")]
mod account;
#[cfg(feature = "ssr")]
pub mod campaign_forms;
#[cfg(feature = "ssr")]
mod campaigns;
#[cfg(feature = "ssr")]
mod codes;
#[cfg(feature = "ssr")]
mod dimensions;
#[cfg(feature = "ssr")]
pub mod erasure;
pub mod forms;
#[cfg(feature = "ssr")]
mod log;
#[cfg(feature = "ssr")]
mod log_details;
#[cfg(feature = "ssr")]
mod log_filter;
#[cfg(feature = "ssr")]
mod part;
#[cfg(feature = "ssr")]
mod people;
#[cfg(feature = "ssr")]
mod recipients;
#[cfg(feature = "ssr")]
mod sign_in;
#[cfg(feature = "ssr")]
mod sso;
#[cfg(feature = "ssr")]
pub mod tariff_forms;
#[cfg(feature = "ssr")]
mod tariffs;
#[cfg(feature = "ssr")]
mod texts;
#[cfg(feature = "ssr")]
mod tokens;
#[cfg(feature = "ssr")]
pub mod views;
#[cfg(feature = "ssr")]
mod voicebots;

/// The form of groups of single sign-on.
#[cfg(feature = "ssr")]
pub mod sso_forms {
    pub use super::sso::{GROUP, PUT_GROUP, seen};
}

#[cfg(feature = "ssr")]
pub use {
    account::{SET_ZONE, seen as account_seen, zone_seen},
    campaigns::{path as campaign_settings, seen as campaign_seen},
    codes::{lines as word_lines, seen as code_seen},
    dimensions::seen as dimension_seen,
    log::filter_of as log_filter,
    log_details::{details as log_details, said as log_said},
    part::{parts, refused_page, role_of_form},
    people::seen as user_seen,
    sign_in::session_id,
    tariffs::seen as tariffs_seen,
    texts::note,
};

#[cfg(feature = "ssr")]
pub(crate) use log::{earlier, folded};

use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    AppError,
    server_page::{ServerPage, follow},
};

/// Reads a part of the settings: its word in the address, and the address's query.
#[server(ReadSettings, prefix = "/fn", endpoint = "settings", input = GetUrl, client = crate::page_client::PageClient)]
pub async fn read_settings(part: Option<String>, query: Option<String>) -> Result<ServerPage, AppError> {
    let (who, mut conn) = crate::request::begin_read().await?;
    part::read(&mut conn, &who, part.as_deref(), query.as_deref().unwrap_or_default()).await
}

#[component]
pub fn Settings() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = Memo::new(move |_| {
        let query = query.read().to_query_string();
        vec![params.read().get("part"), Some(query)]
    });
    follow(asked, |asked| {
        let mut asked = asked.into_iter();
        let mut next = || asked.next().flatten();
        read_settings(next(), next())
    })
}
