//! Icons of the sprite.

use leptos::prelude::*;

use crate::{html::escaped, use_session};

/// An icon as text; `icons` is where the sprite is.
pub fn icon_html(icons: &str, name: &str) -> String {
    format!("<svg class=\"icon\" aria-hidden=\"true\"><use href=\"{}#{name}\"></use></svg>", escaped(icons))
}

/// An icon of `/icons.svg`; always beside a word or inside a named button.
#[component]
pub fn Icon(name: &'static str, #[prop(optional)] small: bool) -> impl IntoView {
    let href = format!("{}#{name}", use_session().icons);
    view! {
        <svg class=if small { "icon icon-small" } else { "icon" } aria-hidden="true">
            <use_ href=href />
        </svg>
    }
}
