//! The tables of the page.

use leptos::prelude::*;

/// A table under a title, with what stands beside that.
pub(super) fn table(id: &'static str, title: String, head: AnyView, rows: AnyView, aside: AnyView) -> AnyView {
    view! {
        <section class="panel panel-flush">
            <div class="panel-head"><h2 id=id>{title.clone()}</h2>{aside}</div>
            <div class="table-scroll" tabindex="0" role="region" aria-label=title>
                <table class="data-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>
            </div>
        </section>
    }
    .into_any()
}
