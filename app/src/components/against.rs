//! Which other days a period is compared with: the choice of them, and a form for days that are typed.

use domain::{DateRange, against::Against};
use leptos::prelude::*;

use super::{Asking, asking};
use crate::{text::messages, use_text};

messages! {
    compare_days = "So với", "Compared with";
    compare_previous = "Kỳ trước", "The period before";
    compare_weekdays = "Cùng thứ các tuần trước", "The same weekdays before";
    compare_apply = "So sánh", "Compare";
}

/// The days that need no typing, each a link to its address.
pub fn against_links(class: &'static str, current: Option<Against>, address: impl Fn(Against) -> String) -> AnyView {
    let text = use_text();
    let choices = [(Against::Previous, text.compare_previous()), (Against::SameWeekdays, text.compare_weekdays())];
    let links = choices.map(|(against, name)| {
        let current = (current == Some(against)).then_some("true");
        view! { <a class=class href=address(against) aria-current=current>{name}</a> }
    });
    links.collect_view().into_any()
}

/// Any other days. `shown` are those that the fields begin with, `keep` the parameters of the page beside them.
pub fn against_days(path: &str, keep: Vec<(&'static str, String)>, shown: Option<DateRange>) -> AnyView {
    let text = use_text();
    let day = |name: &'static str, label: &'static str, day| asking::day("range-date", (name, label), day, true);
    let body = view! {
        {day("against_from", text.from_day(), shown.map(|days| days.from))}
        {day("against_to", text.to_day(), shown.map(|days| days.to))}
        <button class="btn" type="submit">{text.compare_apply()}</button>
    };
    Asking::new(path, "flex flex-wrap items-end gap-2 screen-only").keeping(keep).view(body.into_any())
}
