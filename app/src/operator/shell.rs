//! The document around a page of the operator: the frame of all pages, without what makes them alive in the browser.

use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::Router;

use crate::{
    AppState, Session, Text, Theme, calls,
    frame::Frame,
    server_page::{ServerPage, shown},
    session::CurrentSession,
};

/// A page that was made already; in the context.
#[derive(Debug, Clone)]
pub struct OperatorBody(pub ServerPage);

/// The document.
pub fn shell() -> impl IntoView {
    let session = Session::of_request();
    let assets = use_context::<AppState>().map(|state| state.assets).unwrap_or_default();
    let nonce = leptos::nonce::use_nonce();
    view! {
        <!DOCTYPE html>
        <html lang=session.language.tag() data-theme=(session.theme != Theme::System).then(|| session.theme.word())>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <link rel="stylesheet" href=assets.url("pkg/ringside.css") />
                <noscript><link rel="stylesheet" href=assets.url("without-scripts.css") /></noscript>
                <link rel="icon" href=assets.url("favicon.svg") type="image/svg+xml" />
                <script type="module" nonce=nonce src=assets.url("pkg/form.js")></script>
                <MetaTags />
            </head>
            <body>
                <Document session=session.clone() />
            </body>
        </html>
    }
}

#[component]
fn Document(session: Session) -> impl IntoView {
    provide_meta_context();
    provide_context(Text(session.language));
    provide_context(CurrentSession(StoredValue::new(session)));
    calls::provide_player();
    let body = use_context::<OperatorBody>();
    view! {
        <Router>
            <Frame>{body.map(|OperatorBody(page)| shown(page.title, page.html))}</Frame>
        </Router>
    }
}
