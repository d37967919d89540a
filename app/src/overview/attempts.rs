//! What each further attempt brought, and what a reached customer cost.

use domain::{CallClass, Rate, format, report::AttemptResult};
use leptos::prelude::*;

use super::{panel::OverviewPage, talk_time::count_link};
use crate::components::{Explained, Info, number_with_units, tone};
use crate::shares::tenths;

/// More attempts than this are only in the table.
const SHOWN: usize = 5;

pub fn panel(page: &OverviewPage) -> AnyView {
    let (text, report) = (page.text, page.report);
    let calls = report.calls.total;
    let sums = report.by_attempt.iter().take(SHOWN).map(|row| page.int(row.calls)).collect::<Vec<_>>().join(" + ");
    let more = report.by_attempt.len().saturating_sub(SHOWN);
    let sums = if more > 0 { format!("{sums} + …") } else { sums };
    let formula = (calls > 0).then(|| (sums, text.calls(calls)));
    let behind = Some((page.behind.finished(), calls));
    let what = page.explained(text.by_attempt(), text.rule_attempts(), formula, page.without_open(), behind);
    let largest = report.by_attempt.iter().map(|row| row.calls).max().unwrap_or(0);
    let rows = report.by_attempt.iter().take(SHOWN).map(|row| attempt(page, row, largest)).collect_view();
    let empty = report.by_attempt.is_empty().then(|| view! { <p class="text-muted">{text.no_attempts()}</p> });
    let rest = (more > 0).then(|| view! { <p class="kpi-sub">{text.more_attempts(&more.to_string())}</p> });
    view! {
        <div class="panel">
            <div class="panel-head">
                <div class="panel-title"><h3>{text.by_attempt()}</h3><Info id="attempts" what=what /></div>
            </div>
            <div class="attempts">{rows}{empty}{rest}</div>
            {table(page)}
            {costs(page)}
        </div>
    }
    .into_any()
}

fn attempt(page: &OverviewPage, row: &AttemptResult, largest: u64) -> AnyView {
    let text = page.text;
    let of = |class: CallClass| match class {
        CallClass::Success => row.success,
        CallClass::Failed => row.failed,
        CallClass::Error => row.error,
    };
    let parts = CallClass::ALL
        .map(|class| view! { <i class=tone(class) style=format!("--w:{}%", tenths(of(class), row.calls))></i> })
        .collect_view();
    let rate = format::rate(Rate::new(row.answered, row.calls), page.language);
    let newly = text.newly_reached_count(&page.int(row.newly_reached));
    let newly = if row.newly_reached > 0 {
        view! { <a class="figure-link" href=page.behind.newly_reached(row.attempt)>{newly}</a> }.into_any()
    } else {
        view! { <span>{newly}</span> }.into_any()
    };
    let each = domain::Money(row.cost.0.checked_div(row.newly_reached as i64).unwrap_or(0));
    let each = (row.newly_reached > 0).then(|| text.cost_each_new(&page.money(each)));
    view! {
        <div class="attempt">
            <div class="attempt-head">
                <b>{text.attempt(&row.attempt.to_string())}</b>
                <a class="figure-link" href=page.behind.attempt(row.attempt, None)>
                    {text.calls(row.calls)}" · "{text.answered_share()}" "<b>{rate}</b>
                </a>
            </div>
            <div class="stacked-bar stacked-thin" style=format!("--w:{}%", tenths(row.calls, largest)) aria-hidden="true">
                {parts}
            </div>
            <div class="attempt-foot">{newly}<span>{each}</span></div>
        </div>
    }
    .into_any()
}

fn table(page: &OverviewPage) -> AnyView {
    let (text, language) = (page.text, page.language);
    let row = |n: usize, row: &AttemptResult| {
        let count = |class: Option<CallClass>, calls: u64| {
            count_link(page.int(calls), page.behind.attempt(row.attempt, class), calls > 0, None, n)
        };
        let newly = page.behind.newly_reached(row.attempt);
        view! {
            <tr>
                <td>{row.attempt}</td>
                <td class="num">{count(None, row.calls)}</td>
                <td class="num">{count(Some(CallClass::Success), row.success)}</td>
                <td class="num">{count(Some(CallClass::Failed), row.failed)}</td>
                <td class="num">{count(Some(CallClass::Error), row.error)}</td>
                <td class="num">{count_link(page.int(row.newly_reached), newly, row.newly_reached > 0, None, n)}</td>
                <td class="num">{format::integer(row.blocks, language)}</td>
                <td class="num">{page.money(row.cost)}</td>
            </tr>
        }
    };
    let heads = [
        text.calls_column(),
        text.success(),
        text.failed(),
        text.error(),
        text.newly_reached(),
        text.blocks_column(),
        text.cost_column(),
    ];
    let rows = page.report.by_attempt.iter().enumerate().map(|(n, result)| row(n, result)).collect_view();
    view! {
        <details class="as-table">
            <summary>{text.as_table()}</summary>
            <div tabindex="0" role="region" aria-label=text.by_attempt()>
                <table class="data-table">
                    <thead>
                        <tr>
                            <th scope="col">{text.attempt_column()}</th>
                            {heads.map(|head| view! { <th scope="col" class="num">{head}</th> }).collect_view()}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

fn costs(page: &OverviewPage) -> AnyView {
    let (text, report, language) = (page.text, page.report, page.language);
    let cost = page.money(report.cost);
    let line = |id: &'static str, name: &'static str, rule: &str, each: Option<domain::Money>, customers: u64, href| {
        let of = format!("{cost} ÷ {}", text.customers(customers));
        let formula = each.map(|each| (of.clone(), page.money(each)));
        let what: Explained = page.explained(name, rule, formula, page.without_open(), href);
        let parts = each.map(|each| vec![format::money_part(each, &report.currency, language)]).unwrap_or_default();
        view! {
            <div class="cost-line">
                <div>
                    <div class="kpi-label">{name}<Info id=id what=what /></div>
                    <div class="kpi-sub">{of}</div>
                </div>
                <div class="kpi-value">{number_with_units(parts)}</div>
            </div>
        }
        .into_any()
    };
    let reached = line(
        "cost-per-reached",
        text.cost_per_reached(),
        text.rule_cost_per_reached(),
        report.cost_per_reached,
        report.customers.reached,
        Some((page.behind.finished(), report.calls.total)),
    );
    let goal = (!page.overview.goals.is_empty()).then(|| {
        let customers = report.funnel.goal;
        let each = (customers > 0).then(|| domain::Money(report.cost.0 / customers as i64));
        let behind = Some((page.behind.finished(), report.calls.total));
        line("cost-per-goal", text.cost_per_goal(), text.rule_cost_per_goal(), each, customers, behind)
    });
    view! { {reached}{goal} }.into_any()
}
