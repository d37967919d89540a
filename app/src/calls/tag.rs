//! The tag of a result code.

use leptos::prelude::*;

use super::list::CodeShown;
use crate::components::CodeTag;

/// The tag of a code.
pub fn code_tag(code: &CodeShown) -> impl IntoView + use<> {
    view! { <span title=code.label.clone()><CodeTag code=code.code.to_string() class=code.class defined=code.defined /></span> }
}
