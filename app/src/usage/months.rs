//! Access statistics month by month: a row for each month of the period, in any order.

use domain::{
    DateRange, Month, format,
    usage::{RangeMonth, UsageFigures},
};
use leptos::prelude::*;

use super::{figure::Figure, month_sort::MonthSort, panel::UsagePage};
use crate::{
    components::{Asking, Info},
    names::month_name,
    text::messages,
};

messages! {
    months_table = "Từng tháng", "Month by month";
    months_of_period = "các tháng của kỳ xem", "the months of the period";
    months_twelve = "kỳ xem nằm trong một tháng: 12 tháng trọn vẹn", "the period is within a month: twelve whole months";
    month_partly(month, days) = "{month} ({days})", "{month} ({days})";
    months_from = "Từ tháng", "From month";
    months_to = "đến tháng", "to month";
    rule_months_table = "Mỗi dòng là một tháng dương lịch theo múi giờ của tài khoản. Tháng đầu và tháng cuối chỉ tính những ngày trong kỳ xem, được ghi bên cạnh tên; vì vậy các dòng cộng lại bằng các số phía trên. Khi kỳ xem nằm trong một tháng, bảng là 12 tháng trọn vẹn.", "A row for each calendar month in the account's time zone. Of the first and last month only the days of the period count, named beside them; so the rows add up to the figures above. Where the period lies within one month, the table has twelve whole months.";
}

/// The sum of months.
fn total(months: &[RangeMonth]) -> UsageFigures {
    let mut sum = UsageFigures::default();
    for RangeMonth { figures, .. } in months {
        sum.sessions += figures.sessions;
        sum.calls += figures.calls;
        sum.dial_time += figures.dial_time;
        sum.talk_time += figures.talk_time;
        sum.cost += figures.cost;
    }
    let messages = |one: &RangeMonth| one.figures.bot_messages.filter(|_| one.figures.calls > 0);
    let known = months.iter().filter_map(messages);
    sum.bot_messages = if sum.calls == 0 { Some(0) } else { known.fold(None, |sum, n| Some(sum.unwrap_or(0) + n)) };
    sum
}

/// The head of a column: a link that sorts by it, the largest first, and the smallest first when it does already.
fn head(page: &UsagePage, by: Option<Figure>) -> AnyView {
    let sort = page.shown.sort;
    let is_sorted = sort.by == by;
    let next = MonthSort { by, descending: !(is_sorted && sort.descending) };
    let aria = is_sorted.then_some(if sort.descending { "descending" } else { "ascending" });
    let name = by.map_or(page.text.usage_month(), |figure| figure.name(page.text));
    let class = by.map(|_| "num");
    view! {
        <th scope="col" class=class aria-sort=aria>
            <a class="sort" href=page.shown.sorted(next) data-noscroll>{name}</a>
        </th>
    }
    .into_any()
}

/// From one month to another, of those from the first with calls to this one: a form, so that it works without scripts.
fn chooser(page: &UsagePage) -> AnyView {
    let (text, shown) = (page.text, page.shown);
    let [from, to] = [page.usage.from, page.usage.to].map(Month::of);
    let (first, last) = shown.months.unwrap_or((from, to));
    let (first, last) = (first.min(from), last.max(to).max(Month::of(shown.today())));
    let select = |name: &'static str, label: &'static str, chosen: Month| {
        let options = (first.0..=last.0).rev().map(Month).map(|month| {
            let selected = month == chosen;
            view! { <option value=month.to_string() selected=selected>{month_name(month)}</option> }
        });
        view! {
            <label class="flex items-center gap-2">
                <span class="text-muted whitespace-nowrap">{label}</span>
                <select class="select" name=name>{options.collect_view()}</select>
            </label>
        }
        .into_any()
    };
    let keep = shown.query.voicebot.iter().map(|id| ("voicebot", id.to_string()));
    let keep = keep.chain(shown.drawn_pair()).chain(shown.sort_pair());
    let body = view! {
        {select("from", text.months_from(), from)}
        {select("to", text.months_to(), to)}
        <button class="btn" type="submit">{text.show()}</button>
    };
    Asking::new(shown.path(), "flex flex-wrap items-center gap-2 mb-3 screen-only").keeping(keep).view(body.into_any())
}

/// The table: each month leads to its finished calls.
pub fn table(page: &UsagePage) -> AnyView {
    let (text, usage) = (page.text, page.usage);
    let is_range = usage.months.len() > 1;
    let mut months: Vec<RangeMonth> =
        if is_range { usage.months.clone() } else { usage.by_month.iter().copied().map(RangeMonth::from).collect() };
    let total = if is_range { usage.total } else { total(&months) };
    page.shown.sort.sort(&mut months);
    let rows = months.iter().map(|one| {
        let days = DateRange { from: one.from, to: one.to };
        let name = month_name(one.month);
        let name = if one.is_whole() { name } else { text.month_partly(&name, &format::range(days, page.language)) };
        let name = if one.figures.calls > 0 {
            view! { <a class="figure-link" href=page.calls(None, days)>{name}</a> }.into_any()
        } else {
            view! { {name} }.into_any()
        };
        view! { <tr><td class="nowrap">{name}</td>{page.cells(&one.figures)}</tr> }
    });
    let heads = std::iter::once(None).chain(Figure::ALL.map(Some)).map(|by| head(page, by));
    let sum = (format!("Σ {}", months.len()), page.value(Figure::Calls, &total));
    let what = page.explained(text.months_table(), text.rule_months_table(), Some(sum));
    let note = if is_range { text.months_of_period() } else { text.months_twelve() };
    view! {
        <section class="panel panel-table">
            <div class="panel-head">
                <div class="panel-title"><h2>{text.months_table()}</h2><Info id="months-table" what=what /></div>
                <span class="panel-note">{note}</span>
            </div>
            {chooser(page)}
            <div class="table-scroll" tabindex="0" role="region" aria-label=text.months_table()>
                <table class="data-table stacked" id="by-month">
                    <thead><tr>{heads.collect_view()}</tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                    <tfoot><tr class="total"><th scope="row">{text.total()}</th>{page.cells(&total)}</tr></tfoot>
                </table>
            </div>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::Money;

    use super::*;

    fn month(text: &str, sessions: i64, bot_messages: Option<i64>) -> RangeMonth {
        let month: Month = text.parse().unwrap();
        let calls = u64::from(sessions > 0);
        let figures = UsageFigures { sessions, bot_messages, calls, dial_time: 0, talk_time: 0, cost: Money::ZERO };
        let DateRange { from, to } = month.days();
        RangeMonth { month, from, to, figures }
    }

    #[test]
    fn messages_that_are_known_of_no_month_are_unknown_in_the_sum() {
        let sum = |months: &[RangeMonth]| total(months).bot_messages;
        assert_eq!(sum(&[month("2026-01", 5, None), month("2026-02", 0, Some(0))]), None);
        assert_eq!(sum(&[month("2026-01", 5, None), month("2026-02", 9, Some(3))]), Some(3));
        assert_eq!(sum(&[month("2026-01", 0, Some(0))]), Some(0));
    }
}
