//! What a button opens: a form, or a question before something is done that cannot be taken back. A popover of the browser's own,
//! so that it works without scripts.

use leptos::prelude::*;

use super::{CloseButton, Press};

/// On which side of its button a sheet stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Its left edge under the button's: for buttons at the left.
    Start,
    /// Its right edge under the button's: for buttons at the right.
    End,
}

/// The sheet of this id with a title, for a button of its own (`popovertarget`).
pub fn sheet(id: &str, side: Side, title: String, body: AnyView) -> AnyView {
    sheet_of(id, side, "", title, body)
}

/// A [`sheet`] with room for what is long.
pub fn wide_sheet(id: &str, side: Side, title: String, body: AnyView) -> AnyView {
    sheet_of(id, side, "popover-wide", title, body)
}

fn sheet_of(id: &str, side: Side, width: &str, title: String, body: AnyView) -> AnyView {
    let (id, title_id) = (id.to_owned(), format!("{id}-title"));
    let side = if side == Side::End { "popover-end" } else { "" };
    view! {
        <div class=format!("popover {side} {width}") popover id=id.clone() role="dialog" aria-labelledby=title_id.clone()>
            <div class="popover-head"><span id=title_id.clone()>{title}</span><CloseButton target=id.clone() /></div>
            {body}
        </div>
    }
    .into_any()
}

/// Something that is asked for once more before it is done.
pub struct Question<'a> {
    /// Its own in the document.
    pub id: &'a str,
    /// What it is done to: the title of the question.
    pub about: String,
    /// What comes of it.
    pub why: String,
    /// On the button that does it.
    pub words: &'static str,
    /// Where it is sent.
    pub action: String,
    /// The name and value of what is sent with it.
    pub with: Option<(&'static str, String)>,
}

impl Question<'_> {
    /// The sheet that asks.
    pub fn sheet(self, side: Side) -> AnyView {
        let Self { id, about, why, words, action, with } = self;
        let press = Press::new(&action).class("sheet-form");
        let press = with.into_iter().fold(press, |press, (name, value)| press.with(name, value));
        let asked = view! {
            <p>{why}</p>
            <div class="dialog-foot"><button class="btn btn-error" type="submit">{words}</button></div>
        };
        sheet(id, side, about, press.view(asked.into_any()))
    }
}
