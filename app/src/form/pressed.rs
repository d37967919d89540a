//! A form that asks nothing, written into a small page of the server.

use leptos::prelude::*;

use crate::{Session, components::Press, server_page::rendered};

/// The button of such a form.
#[derive(Debug, Clone, Copy, Default)]
pub struct PressButton<'a> {
    pub class: &'static str,
    pub words: &'a str,
    /// What is read out, where the words alone do not say what it is about.
    pub label: Option<&'a str>,
    /// Whether the page opens with the keyboard on it.
    pub has_focus: bool,
}

impl Press {
    /// The form as HTML; `typed` goes along, too.
    pub fn html(self, session: Session, typed: Vec<(String, String)>, button: PressButton<'_>) -> String {
        let PressButton { class, words, label, has_focus } = button;
        let (words, label) = (words.to_owned(), label.map(str::to_owned));
        rendered(session, || {
            let typed = typed.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
            let button = view! {
                {typed.collect_view()}
                <button class=class type="submit" aria-label=label autofocus=has_focus>{words}</button>
            };
            self.view(button.into_any())
        })
    }
}
