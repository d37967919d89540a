//! The rows of a list that changes by itself. While somebody is in the middle of them they stay as they are, and what is
//! new waits behind a button; what stands above them goes on counting.

use leptos::prelude::*;

use super::{context::CallsPage, list::CallList};
use crate::{components::Icon, use_text};

/// Keeps the rows that are shown in the list that was just read; `is_read` says whether somebody is in the middle of them.
pub fn hold(shown: &CallList, read: &mut CallList, is_read: bool) {
    let is_same = shown.query == read.query && shown.head.campaign == read.head.campaign;
    if is_read && is_same {
        // Whoever has the form of the filters open, chooses among what stands there.
        read.choices.clone_from(&shown.choices);
    }
    if is_read && is_same && shown.rows != read.rows {
        let new = read.sums.calls.unwrap_or_default().saturating_sub(shown.sums.calls.unwrap_or_default());
        read.waiting = Some(shown.waiting.unwrap_or_default() + new);
        read.rows.clone_from(&shown.rows);
        // The pages around go on from the rows that are shown.
        read.previous.clone_from(&shown.previous);
        read.next.clone_from(&shown.next);
    }
}

/// Whether a row has the focus, the page is not at its top, or something lies over it.
pub fn is_in_use() -> bool {
    #[cfg(feature = "hydrate")]
    {
        window().scroll_y().is_ok_and(|y| y > 0.0)
            || document().query_selector("[data-row] :focus,:popover-open").is_ok_and(|found| found.is_some())
    }
    #[cfg(not(feature = "hydrate"))]
    false
}

/// The way to what waits. It takes no room, so that no row moves when it comes.
#[component]
pub fn Waiting() -> impl IntoView {
    let text = use_text();
    let page = expect_context::<CallsPage>();
    let waiting = move || page.of_list(|list| list.waiting);
    let take = move |_| {
        page.take.set_value(true);
        page.live.read_again();
        #[cfg(feature = "hydrate")]
        window().scroll_to_with_x_and_y(0.0, 0.0);
    };
    view! {
        <div class="waiting-calls">
            <button class="btn btn-primary" type="button" hidden=move || waiting().is_none() on:click=take>
                <Icon name="arrow-up" />
                {move || text.waiting_calls(waiting().unwrap_or_default())}
            </button>
        </div>
    }
}
