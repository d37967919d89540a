//! Icons of the sprite.

use leptos::prelude::*;

use crate::use_session;

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
