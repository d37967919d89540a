//! A number with its units in smaller print.

use domain::format::{NumberPart, UNDEFINED};
use leptos::prelude::*;

/// The parts of a figure: `45 giờ 12 phút`, `2.420.160 ₫`, `VND 2,420,160`; a faint dash where there are none.
pub fn number_with_units(parts: Vec<NumberPart>) -> AnyView {
    if parts.is_empty() {
        return view! { <span class="undefined">{UNDEFINED}</span> }.into_any();
    }
    parts
        .into_iter()
        .map(|part| {
            let unit = (!part.unit.is_empty()).then(|| view! { <span class="kpi-unit">{part.unit}</span> });
            // The spaces are for those who copy or hear the figure; the layout has gaps of its own.
            if part.unit_first {
                view! { {unit}" "<span>{part.number}</span>" " }.into_any()
            } else {
                view! { <span>{part.number}</span>" "{unit}" " }.into_any()
            }
        })
        .collect_view()
        .into_any()
}

/// See [`number_with_units`]; a link to the calls behind it where there are any.
#[component]
pub fn NumberWithUnits(parts: Vec<NumberPart>, #[prop(into)] href: Option<String>) -> impl IntoView {
    let number = number_with_units(parts);
    match href {
        Some(href) => view! { <div class="kpi-value"><a class="contents" href=href>{number}</a></div> }.into_any(),
        None => view! { <div class="kpi-value">{number}</div> }.into_any(),
    }
}
