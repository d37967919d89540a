//! The pages of Ringside: components, server functions, chart options.
//!
//! Rendered on the server (`ssr`), then brought to life in the browser (`hydrate`). Every page reads, filters, pages and
//! downloads without scripts: what changes is in the address, and every control is a link or a form.

// The view macro nests a type for every element.
#![recursion_limit = "512"]

#[cfg(not(erase_components))]
compile_error!(
    "the pages and the server must be built with `--cfg erase_components`, or the pages do not hydrate. \
     .cargo/config.toml sets it; RUSTFLAGS in the environment replaces what is there: add `--cfg erase_components` to it"
);

mod calls;
#[cfg(feature = "ssr")]
mod campaign_head;
mod campaigns;
#[cfg(feature = "ssr")]
pub mod cause;
#[cfg(feature = "ssr")]
pub mod charts;
pub mod compare;
mod components;
#[cfg(feature = "ssr")]
mod customers;
#[cfg(feature = "ssr")]
pub mod day_notes;
mod error;
#[cfg(feature = "ssr")]
pub mod failure;
pub mod form;
mod frame;
pub mod hooks;
pub mod html;
pub mod imports;
#[cfg(feature = "ssr")]
mod intervals;
pub mod jobs;
mod keyboard;
pub mod links;
mod live;
#[cfg(feature = "ssr")]
pub mod mail;
#[cfg(feature = "ssr")]
mod mapped_fields;
#[cfg(feature = "ssr")]
pub mod names;
#[cfg(feature = "ssr")]
pub mod operator;
mod overview;
#[cfg(feature = "ssr")]
pub mod own_values;
pub mod page_client;
#[cfg(feature = "ssr")]
pub mod reasons;
#[cfg(feature = "ssr")]
pub mod request;
mod said;
#[cfg(all(test, feature = "ssr"))]
mod sample;
pub mod server_page;
pub mod session;
pub mod settings;
#[cfg(feature = "ssr")]
mod shares;
pub mod sign_in;
#[cfg(feature = "ssr")]
pub mod state;
pub mod text;
mod usage;
#[cfg(feature = "ssr")]
pub mod viewers;
#[cfg(feature = "ssr")]
pub mod views;
mod with_account;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Redirect, Route, Router},
    path,
};

#[cfg(feature = "ssr")]
pub use calls::notes as call_notes;
#[cfg(feature = "ssr")]
pub use components::Press;
pub use error::AppError;
#[cfg(feature = "ssr")]
pub use form::PressButton;
#[cfg(feature = "ssr")]
pub use frame::plain_top;
#[cfg(feature = "ssr")]
pub use overview::{checks, declare, forecast, recipients, tariffs_of};
pub use session::Theme;
pub use session::{Session, use_session, use_text};
#[cfg(feature = "ssr")]
pub use state::{AppState, MailSetup};
pub use text::Text;

use crate::{frame::Frame, session::CurrentSession};

/// The document around the pages. Server only: the browser takes over from `<body>` on.
#[cfg(feature = "ssr")]
pub fn shell() -> impl IntoView {
    use leptos_meta::MetaTags;
    let session = Session::of_request();
    let assets = use_context::<AppState>().map(|state| state.assets).unwrap_or_default();
    let path = use_context::<axum::http::request::Parts>().map(|parts| parts.uri.path().to_owned());
    let nonce = leptos::nonce::use_nonce();
    // Pages that are the server's alone do without the WebAssembly.
    let script = if path.as_deref().is_some_and(links::is_of_signing_in) {
        view! { <script type="module" nonce=nonce src=assets.url("pkg/form.js")></script> }.into_any()
    } else {
        let wasm = assets.url("pkg/ringside_bg.wasm");
        view! { <script type="module" nonce=nonce src=assets.url("pkg/boot.js") data-wasm=wasm></script> }.into_any()
    };
    view! {
        <!DOCTYPE html>
        <html lang=session.language.tag() data-theme=(session.theme != session::Theme::System).then(|| session.theme.word())>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <link rel="stylesheet" href=assets.url("pkg/ringside.css") />
                <noscript><link rel="stylesheet" href=assets.url("without-scripts.css") /></noscript>
                <link rel="icon" href=assets.url("favicon.svg") type="image/svg+xml" />
                {script}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let session = SharedValue::new(first_session).into_inner();
    #[cfg(not(feature = "ssr"))]
    session::document_is_of(session.account);
    provide_context(Text(session.language));
    provide_context(CurrentSession(StoredValue::new(session)));
    calls::provide_player();
    view! {
        <Router>
            <Frame>
                <FlatRoutes fallback=components::PageNotFound>
                    <Route path=path!("/") view=|| view! { <Redirect path="/campaigns" /> } ssr=SsrMode::Async />
                    <Route path=path!("/sign-in") view=sign_in::SignIn ssr=SsrMode::Async />
                    <Route path=path!("/set-password") view=sign_in::SetPassword ssr=SsrMode::Async />
                    <Route path=path!("/campaigns") view=campaigns::Campaigns ssr=SsrMode::Async />
                    <Route path=path!("/campaigns/:id") view=overview::CampaignOverview ssr=SsrMode::Async />
                    <Route path=path!("/campaigns/:id/customers") view=overview::CampaignOverview ssr=SsrMode::Async />
                    <Route path=path!("/campaigns/:id/calls") view=calls::CallsOfAddress ssr=SsrMode::Async />
                    <Route path=path!("/calls") view=calls::CallsOfAddress ssr=SsrMode::Async />
                    <Route path=path!("/search") view=said::SaidSearch ssr=SsrMode::Async />
                    <Route path=path!("/usage") view=usage::Usage ssr=SsrMode::Async />
                    <Route path=path!("/compare") view=compare::ComparedCampaigns ssr=SsrMode::Async />
                    <Route path=path!("/jobs") view=jobs::Jobs ssr=SsrMode::Async />
                    <Route path=path!("/import") view=imports::Imports ssr=SsrMode::Async />
                    <Route path=path!("/import/:key") view=imports::Imports ssr=SsrMode::Async />
                    <Route path=path!("/hooks") view=hooks::Hooks ssr=SsrMode::Async />
                    <Route path=path!("/settings") view=settings::Settings ssr=SsrMode::Async />
                    <Route path=path!("/settings/:part") view=settings::Settings ssr=SsrMode::Async />
                    <Route path=path!("/statistics") view=usage::Statistics ssr=SsrMode::Async />
                </FlatRoutes>
            </Frame>
        </Router>
    }
}

/// The session as the server knows it; the browser reads what the server wrote into the document.
fn first_session() -> Session {
    #[cfg(feature = "ssr")]
    {
        Session::of_request()
    }
    #[cfg(not(feature = "ssr"))]
    {
        Session::default()
    }
}
