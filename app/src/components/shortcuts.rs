//! The list of keys, and the switch that turns them off.

use leptos::prelude::*;

use super::CloseButton;
use crate::{keyboard, use_text};

/// The popover that `?` opens.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let text = use_text();
    let row = |label: &'static str, keys: &'static [&'static str]| {
        view! {
            <div>
                <dt>{label}</dt>
                <dd>{keys.iter().map(|key| view! { <kbd class="kbd">{*key}</kbd> }).collect_view()}</dd>
            </div>
        }
    };
    view! {
        <div class="popover" popover id="shortcuts" role="dialog" aria-labelledby="shortcuts-title"
            tabindex="-1" autofocus>
            <div class="popover-head">
                <span id="shortcuts-title">{text.shortcuts()}</span>
                <CloseButton target="shortcuts" />
            </div>
            <dl class="shortcuts">
                {row(text.key_search(), &["/"])}
                {row(text.key_periods(), &["D", "W", "M", "Y", "A"])}
                {row(text.key_custom(), &["C"])}
                {row(text.key_step(), &["←", "→"])}
                {row(text.key_rows(), &["J", "K", "Enter"])}
                {row(text.key_play(), &["Space"])}
                {row(text.key_seek(), &["Shift", "←", "→"])}
                {row(text.key_speed(), &["+", "−"])}
                {row(text.key_next(), &["N"])}
                {row(text.key_close(), &["Esc"])}
                {row(text.key_list(), &["?"])}
            </dl>
            <label class="check">
                <input class="checkbox" type="checkbox" checked id=keyboard::SWITCH />
                {text.shortcuts_on()}
            </label>
        </div>
    }
}
