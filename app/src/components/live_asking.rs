//! A form that asks what a list shows, on a page that the browser has taken over.

use leptos::{ev::SubmitEvent, html, prelude::*};

/// As `Asking`, of a page whose address changes while it stands there. What is asked is taken from the form by `on_submit`.
pub struct LiveAsking {
    /// Where it is sent where no scripts run.
    pub path: Signal<String>,
    /// Its classes of the style sheet.
    pub class: &'static str,
    /// Whether it is there to search by.
    pub is_search: bool,
    /// The id and the name of a popover.
    pub popover: Option<(&'static str, &'static str)>,
    /// The element, once it is there.
    pub element: NodeRef<html::Form>,
}

impl LiveAsking {
    /// The form around its fields and its button.
    pub fn view(self, on_submit: impl Fn(SubmitEvent) + 'static, body: AnyView) -> AnyView {
        let Self { path, class, is_search, popover, element } = self;
        let ((id, label), role) = (popover.unzip(), is_search.then_some("search"));
        view! {
            <form class=class role=role popover=popover.is_some() id=id node_ref=element method="get" action=move || path.get()
                aria-label=label on:submit=on_submit>
                {body}
            </form>
        }
        .into_any()
    }
}
