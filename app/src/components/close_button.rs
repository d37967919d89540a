use leptos::prelude::*;

use super::Icon;
use crate::use_text;

/// Closes the popover with this id.
#[component]
pub fn CloseButton(#[prop(into)] target: String) -> impl IntoView {
    let text = use_text();
    view! {
        <button class="icon-button" type="button" popovertarget=target popovertargetaction="hide" aria-label=text.close()>
            <Icon name="x" />
        </button>
    }
}
