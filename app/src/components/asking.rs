//! A form that asks what a page shall show: it changes nothing, its address says what was asked, and it works without scripts. What the
//! page shows beside goes along as it is.

use domain::{Day, Language, format};
use leptos::prelude::*;

use crate::use_text;

/// A GET form: its fields become the query of the page's address.
#[derive(Debug, Clone)]
pub struct Asking {
    path: String,
    class: &'static str,
    is_search: bool,
    id: Option<&'static str>,
    popover: Option<(&'static str, &'static str)>,
    takes_focus: bool,
    kept: Vec<(String, String)>,
}

impl Asking {
    /// Of the page at this address, laid out by these classes of the style sheet.
    pub fn new(path: impl Into<String>, class: &'static str) -> Self {
        Self {
            path: path.into(),
            class,
            is_search: false,
            id: None,
            popover: None,
            takes_focus: false,
            kept: Vec::new(),
        }
    }

    /// It is there to search by.
    #[must_use]
    pub fn search(self) -> Self {
        Self { is_search: true, ..self }
    }

    /// With an id, by which fields that stand elsewhere in the page belong to it.
    #[must_use]
    pub fn id(self, id: &'static str) -> Self {
        Self { id: Some(id), ..self }
    }

    /// A popover with this id, and a name for who cannot see it.
    #[must_use]
    pub fn popover(self, id: &'static str, label: &'static str) -> Self {
        Self { popover: Some((id, label)), ..self }
    }

    /// The popover itself has the focus when it opens, and none of its parts.
    #[must_use]
    pub fn taking_focus(self) -> Self {
        Self { takes_focus: true, ..self }
    }

    /// With what the form does not ask for and the address keeps.
    #[must_use]
    pub fn keeping(mut self, pairs: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        self.kept.extend(pairs.into_iter().map(|(name, value)| (name.into(), value.into())));
        self
    }

    /// The form around its fields and its button.
    pub fn view(self, body: AnyView) -> AnyView {
        let Self { path, class, is_search, id, popover, takes_focus, kept } = self;
        let (popover_id, label) = popover.unzip();
        let id = popover_id.or(id);
        let (role, tabindex) = (is_search.then_some("search"), takes_focus.then_some("-1"));
        let kept = kept.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
        view! {
            <form class=class role=role popover=popover.is_some() id=id method="get" action=path aria-label=label
                tabindex=tabindex autofocus=takes_focus>
                {kept.collect_view()}
                {body}
            </form>
        }
        .into_any()
    }
}

/// One of these, each its value and its words, or all of them: `any` says so.
pub fn choice(
    class: &'static str,
    (name, label): (&'static str, &'static str),
    any: &'static str,
    options: Vec<(String, String)>,
    chosen: Option<&str>,
) -> AnyView {
    let options = options.into_iter().map(|(value, words)| {
        let selected = chosen == Some(value.as_str());
        view! { <option value=value selected=selected>{words}</option> }
    });
    view! {
        <label class=class>
            <span>{label}</span>
            <select class="select" name=name><option value="">{any}</option>{options.collect_view()}</select>
        </label>
    }
    .into_any()
}

/// A line of text.
pub fn line(
    class: &'static str,
    (name, label): (&'static str, &'static str),
    max: usize,
    value: Option<String>,
) -> AnyView {
    view! {
        <label class=class>
            <span>{label}</span>
            <input class="input" type="text" name=name value=value maxlength=max spellcheck="false" />
        </label>
    }
    .into_any()
}

/// A day that is typed. A field of text, since a browser writes dates, and what is wrong with one, in its own language and order.
pub fn day(
    class: &'static str,
    (name, label): (&'static str, &'static str),
    day: Option<Day>,
    is_required: bool,
) -> AnyView {
    let text = use_text();
    view! {
        <label class=class>
            <span>{label}<span class="sr-only">" ("{text.day_format()}")"</span></span>
            <input class="input" type="text" name=name required=is_required inputmode="numeric" autocomplete="off" maxlength="10"
                placeholder=text.day_format() pattern="[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}" title=text.day_wrong()
                value=day.map(|day| format::date(day, Language::Vi)) />
        </label>
    }
    .into_any()
}
