//! Rows of bars that stand on the page once they are asked for.

use domain::{Rate, format};
use leptos::prelude::*;

use super::panel::OverviewPage;
use crate::text::messages;

/// Rows that paper has room for; of more it says what they come to.
const PRINTED: usize = 20;

messages! {
    left_on_paper(what, calls, share) = "{what}: {calls} ({share}). Danh sách đầy đủ có trong tệp XLSX của báo cáo.", "{what}: {calls} ({share}). The report's XLSX has the whole list.";
}

/// Rows that wait behind `summary`; `bars` are the classes of what holds them, `calls` what they come to. On paper they are open,
/// or it says what is not there.
pub fn rows(
    page: &OverviewPage,
    id: String,
    summary: String,
    bars: &'static str,
    rows: Vec<AnyView>,
    calls: u64,
) -> AnyView {
    let is_printed = rows.len() <= PRINTED;
    let left = (!is_printed).then(|| {
        let share = format::rate(Rate::new(calls, page.report.calls.total), page.language);
        let said = page.text.left_on_paper(&summary, &page.text.calls(calls), &share);
        view! { <p class="print-only bars-left">{said}</p> }
    });
    let class = if is_printed { "bars-more print-open" } else { "bars-more" };
    view! {
        <details class=class id=id>
            <summary class="link">{summary}</summary>
            <div class=bars>{rows}</div>
        </details>
        {left}
    }
    .into_any()
}
