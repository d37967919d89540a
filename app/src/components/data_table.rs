//! A table as pages have it: a region that scrolls where the table is wider than the window, and can be reached by the keyboard for that.

use leptos::prelude::*;

/// The head of a column.
#[derive(Debug, Clone, Copy)]
pub enum Head {
    Text(&'static str),
    /// Of numbers, which stand at the right.
    Number(&'static str),
    /// Of buttons, which stay in view; said to screen readers alone.
    Buttons(&'static str),
}

impl Head {
    fn cell(self) -> AnyView {
        match self {
            Self::Text(words) => view! { <th scope="col">{words}</th> }.into_any(),
            Self::Number(words) => view! { <th scope="col" class="num">{words}</th> }.into_any(),
            Self::Buttons(words) => {
                view! { <th scope="col" class="stick"><span class="sr-only">{words}</span></th> }.into_any()
            }
        }
    }
}

/// A table whose region is called `label`; `class` stands beside `data-table`.
pub fn data_table(label: &'static str, class: &'static str, heads: &[Head], rows: impl IntoView + 'static) -> AnyView {
    let heads = heads.iter().map(|head| head.cell()).collect_view();
    let class = format!("data-table {class}").trim_end().to_owned();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=label>
            <table class=class>
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// As [`data_table`], in a panel of its own without a title.
pub fn table_panel(label: &'static str, class: &'static str, heads: &[Head], rows: impl IntoView + 'static) -> AnyView {
    view! { <section class="panel panel-flush">{data_table(label, class, heads, rows)}</section> }.into_any()
}
