//! What a page shows as files, for people.

use leptos::prelude::*;

use super::Icon;
use crate::{links, use_text, with_account::with_account};

/// A workbook and a CSV of what `pairs` ask for; `path` is theirs without its ending, `label` says what they are of.
pub fn list_files(path: &str, pairs: Vec<(&'static str, String)>, label: &'static str) -> AnyView {
    let text = use_text();
    let xlsx = with_account(&links::with_query(&format!("{path}.xlsx"), pairs.clone()));
    let header = ("header", text.language().tag().to_owned());
    let csv = with_account(&links::with_query(&format!("{path}.csv"), pairs.into_iter().chain([header])));
    view! {
        <div class="button-group" role="group" aria-label=label>
            <a class="btn" href=xlsx rel="external" download=""><Icon name="download" />{text.as_xlsx()}</a>
            <a class="btn" href=csv rel="external" download="">{text.as_csv()}</a>
        </div>
    }
    .into_any()
}
