//! The tag of a result code, with its label as the title.

use leptos::prelude::*;

use super::list::CodeShown;
use crate::{Text, components, html::escaped, use_session, use_text};

pub fn code_tag(code: &CodeShown) -> impl IntoView + use<> {
    let html = code_tag_html(code, use_text(), &use_session().icons);
    view! { <span class="contents" inner_html=html></span> }
}

/// [`code_tag`] as text; `icons` is where the sprite is.
pub fn code_tag_html(code: &CodeShown, text: Text, icons: &str) -> String {
    let tag = components::code_tag_html(code.code.as_str(), code.class, code.defined, text, icons);
    format!("<span title=\"{}\">{tag}</span>", escaped(&code.label))
}
