//! A form in a popover.

use leptos::prelude::*;

use crate::components::CloseButton;

/// The popover of this id with a title.
pub fn sheet(id: &str, title: String, body: AnyView) -> AnyView {
    let (id, title_id) = (id.to_owned(), format!("{id}-title"));
    view! {
        <div class="popover popover-end" popover id=id.clone() role="dialog" aria-labelledby=title_id.clone()>
            <div class="popover-head"><span id=title_id.clone()>{title}</span><CloseButton target=id.clone() /></div>
            {body}
        </div>
    }
    .into_any()
}
