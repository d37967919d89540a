//! The foot of the page: whether the figures add up, and how fresh they are.

use domain::{Money, format};
use leptos::prelude::*;

use super::{
    checks::{Check, CheckOf, checks},
    panel::OverviewPage,
};
use crate::components::{CloseButton, Icon};

fn sentence(page: &OverviewPage, of: CheckOf) -> &'static str {
    let text = page.text;
    match of {
        CheckOf::Classes => text.check_classes(),
        CheckOf::Codes => text.check_codes(),
        CheckOf::Customers => text.check_customers(),
        CheckOf::Histogram => text.check_histogram(),
        CheckOf::Durations => text.check_durations(),
        CheckOf::Endings => text.check_endings(),
        CheckOf::Attempts => text.check_attempts(),
        CheckOf::AttemptCost => text.check_attempt_cost(),
        CheckOf::Trend => text.check_trend(),
        CheckOf::TrendCost => text.check_trend_cost(),
        CheckOf::Heatmap => text.check_heatmap(),
        CheckOf::Own => text.check_own(),
    }
}

fn number(page: &OverviewPage, of: CheckOf, n: i128) -> String {
    let n = i64::try_from(n).unwrap_or(i64::MAX);
    if of.is_money() { page.money(Money(n)) } else { format::integer(n, page.language) }
}

/// A red banner over the figures where they do not add up.
pub fn failed_checks(page: &OverviewPage) -> Option<AnyView> {
    let failed: Vec<Check> = checks(page.report).into_iter().filter(|check| !check.holds()).collect();
    if failed.is_empty() {
        return None;
    }
    let text = page.text;
    let which = failed
        .iter()
        .map(|check| {
            let (parts, whole) = (number(page, check.of, check.parts), number(page, check.of, check.whole));
            format!("{}: {parts} ≠ {whole}", sentence(page, check.of))
        })
        .collect::<Vec<_>>()
        .join("; ");
    Some(
        view! {
            <div class="notice is-error" role="alert">
                <Icon name="x-circle" />
                <p>{text.figures_differ(&failed.len().to_string())}": "{which}"."</p>
            </div>
        }
        .into_any(),
    )
}

/// Checks, and until when the data reaches.
pub fn foot(page: &OverviewPage) -> AnyView {
    let text = page.text;
    let all = checks(page.report);
    let failed = all.iter().filter(|check| !check.holds()).count();
    let (verdict, icon, class) = if failed == 0 {
        (text.figures_agree().to_owned(), "check-circle", "")
    } else {
        (text.figures_differ(&failed.to_string()), "x-circle", "is-error")
    };
    let shown = [CheckOf::Classes, CheckOf::Codes, CheckOf::AttemptCost];
    let said = all
        .iter()
        .filter(|check| shown.contains(&check.of))
        .map(|check| view! { <span>{sentence(page, check.of)}" = "{number(page, check.of, check.whole)}</span> })
        .collect_view();
    let lines = all
        .iter()
        .map(|check| {
            let (parts, whole) = (number(page, check.of, check.parts), number(page, check.of, check.whole));
            let sign = if check.holds() { "=" } else { "≠" };
            let (icon, tone) = if check.holds() { ("check", "text-success") } else { ("x", "text-error") };
            view! {
                <li class="flex gap-2 py-1">
                    <span class=tone><Icon name=icon /></span>
                    <span>{sentence(page, check.of)}<small class="block">{parts}" "{sign}" "{whole}</small></span>
                </li>
            }
        })
        .collect_view();
    let until = text.data_until(&format::moment(page.overview.as_of, page.language), &page.report.timezone);
    view! {
        <footer class="page-foot">
            <b class=class><Icon name=icon />{verdict}</b>
            {said}
            <button class="link" type="button" popovertarget="checks">{text.see_checks(&all.len().to_string())}</button>
            <span>{until}</span>
        </footer>
        <div class="popover" popover id="checks" role="dialog" aria-labelledby="checks-title">
            <div class="popover-head"><span id="checks-title">{text.checks()}</span><CloseButton target="checks" /></div>
            <ul>{lines}</ul>
        </div>
    }
    .into_any()
}
