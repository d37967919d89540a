//! A form that asks nothing: its button does something at once, and what it is done to goes along unseen.

use leptos::prelude::*;

use crate::with_account::with_account;

/// What is sent when a button is pressed.
#[derive(Debug, Clone)]
pub struct Press {
    action: String,
    class: Option<&'static str>,
    sent: Vec<(&'static str, String)>,
}

impl Press {
    /// To this address, with the account that the page is of.
    pub fn new(path: &str) -> Self {
        Self::of_person(with_account(path))
    }

    /// To an address that is of no account.
    pub fn of_person(path: impl Into<String>) -> Self {
        Self { action: path.into(), class: None, sent: Vec::new() }
    }

    /// With this under a name.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.sent.push((name, value.into()));
        self
    }

    /// Laid out by these classes of the style sheet.
    #[must_use]
    pub fn class(self, class: &'static str) -> Self {
        Self { class: Some(class), ..self }
    }

    /// The form around its button, and what stands beside it.
    pub fn view(self, button: AnyView) -> AnyView {
        let Self { action, class, sent } = self;
        let sent = sent.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
        view! { <form class=class method="post" action=action>{sent.collect_view()}{button}</form> }.into_any()
    }

    /// The form around a button of words alone.
    #[cfg(feature = "ssr")]
    pub fn button(self, class: &'static str, words: &'static str) -> AnyView {
        self.view(view! { <button class=class type="submit">{words}</button> }.into_any())
    }
}
