//! The document around a page of the operator: the frame of all pages, without what makes them alive in the browser.

use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::Router;

use crate::{
    AppState, Session, Text, Theme, calls,
    frame::Frame,
    server_page::{ServerPage, rendered, shown},
    session::CurrentSession,
};

/// A page that was made already; in the context.
#[derive(Debug, Clone)]
pub struct OperatorBody(pub ServerPage);

/// A form that was refused, as the body of a page.
pub fn refused_page(session: Session, title: &str, form: &str, back: Option<&str>) -> ServerPage {
    let text = Text(session.language);
    let (heading, form, back) = (title.to_owned(), form.to_owned(), back.map(str::to_owned));
    ServerPage {
        title: text.page_title(title),
        live: None,
        html: rendered(session, move || {
            view! {
                <header class="page-head"><div><div class="page-title"><h1>{heading}</h1></div></div></header>
                <section class="panel settings-panel">
                    <div inner_html=form></div>
                    {back.map(|back| view! { <p><a class="link" href=back>{text.back()}</a></p> })}
                </section>
            }
            .into_any()
        }),
    }
}

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
