//! The document's title.

use leptos::prelude::*;

/// Names the document. The one way to: `clippy.toml` bans that of `leptos_meta`, which writes what it is given into the
/// HTML as it is, so that a campaign's name could end the title and begin anything.
#[component]
pub fn Title(text: String) -> impl IntoView {
    // In the browser `document.title` takes text.
    #[cfg(feature = "ssr")]
    let text = crate::html::escaped(&text);
    #[expect(clippy::disallowed_methods, reason = "the text is escaped here")]
    let title = view! { <leptos_meta::Title text=text /> };
    title
}
