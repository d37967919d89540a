//! The second group: results by code, beside what became of customers and calls.

use domain::{CallClass, Rate, report::CodeCount};
use leptos::prelude::*;

use super::{folded, panel::OverviewPage, status};
use crate::{
    components::{CodeTag, Icon, Info, tone},
    shares::tenths,
    use_session,
};

/// Codes of a class, and undeclared ones, that stand on the page before the others are asked for.
const SHOWN: usize = 12;

/// Up to this many codes leave room for the rates below them.
const FEW: usize = 5;

/// The first [`SHOWN`], and the rest where it is worth a line of its own.
fn first_and_rest<T>(mut all: Vec<T>) -> (Vec<T>, Vec<T>) {
    let rest = if all.len() > SHOWN + 1 { all.split_off(SHOWN) } else { Vec::new() };
    (all, rest)
}

/// The group; `below` are its panels of full width.
pub fn group(page: &OverviewPage, below: Vec<AnyView>) -> AnyView {
    let (text, report) = (page.text, page.report);
    let redials: u64 = report.by_attempt.iter().filter(|row| row.attempt > 1).map(|row| row.calls).sum();
    let note = text.calls_and_redials(
        &text.calls(report.calls.total),
        &page.int(redials),
        &text.customers(report.customers.total),
    );
    // Few codes are lower than what stands beside them: the classes of duration fill up their column then, else the lower rates.
    let columns = if report.by_code.len() <= FEW {
        view! {
            <div class="stack stack-fill">{by_code(page)}{status::durations(page)}</div>
            <div class="stack">{status::customers(page)}{status::calls(page)}{status::rates(page)}</div>
        }
        .into_any()
    } else {
        view! {
            <div class="stack stack-fill">{by_code(page)}{status::rates(page)}</div>
            <div class="stack">{status::customers(page)}{status::calls(page)}{status::durations(page)}</div>
        }
        .into_any()
    };
    view! {
        <section class="group" aria-labelledby="group-performance">
            <div class="group-head"><h2 id="group-performance">{text.campaign_performance()}</h2><span>{note}</span></div>
            <div class="columns columns-stretch">{columns}</div>
            {below}
        </section>
    }
    .into_any()
}

fn by_code(page: &OverviewPage) -> AnyView {
    let (text, report, language) = (page.text, page.report, page.language);
    let calls = report.calls.total;
    let largest = report.by_code.iter().map(|row| row.calls).max().unwrap_or(0).max(1);
    let share = |part: u64| domain::format::rate(Rate::new(part, calls), language);
    let row = |row: &CodeCount| {
        let label =
            if row.defined { language.pick(&row.label_vi, &row.label_en).as_str() } else { text.undefined_code() };
        let bar = format!("bar {}", tone(row.class));
        let width = format!("--w:{}%", tenths(row.calls, largest));
        let href = page.behind.codes(std::slice::from_ref(&row.code));
        view! {
            <a class="bar-row" href=href>
                <CodeTag code=row.code.as_str() class=row.class defined=row.defined />
                // A label keeps its own language only where both are the same word; else it is that of the page.
                <span class="bar-label">{label.to_owned()}</span>
                <span class="bar-track"><span class=bar style=width></span></span>
                <span class="bar-count">{page.int(row.calls)}</span>
                <span class="bar-share">{share(row.calls)}</span>
                <Icon name="chevron-right" />
            </a>
        }
        .into_any()
    };
    let mut rows = Vec::new();
    for class in CallClass::ALL {
        let note = match class {
            CallClass::Success => text.success_note(),
            // Answered calls may be among them.
            _ if report.calls.answered != report.calls.success => text.class_note_changed(),
            CallClass::Failed => text.failed_note(),
            CallClass::Error => text.error_note(),
        };
        let dot = format!("dot {}", tone(class));
        rows.push(
            view! {
                <a class="bar-group" href=page.behind.classes(&[class])>
                    <span><i class=dot></i><b>{text.class(class)}</b><small>{note}</small></span>
                    <span class="bar-count">{page.int(page.of_class(class))}</span>
                    <span class="bar-share">{share(page.of_class(class))}</span>
                </a>
            }
            .into_any(),
        );
        let of_class = || report.by_code.iter().filter(|row| row.class == class);
        let (first, rest) = first_and_rest(of_class().map(row).collect());
        let calls = of_class().skip(first.len()).map(|row| row.calls).sum();
        rows.extend(first);
        rows.extend((!rest.is_empty()).then(|| {
            let summary = text.more_codes(&page.int(rest.len() as u64));
            folded::rows(page, format!("codes-{}", tone(class)), summary, "bars", rest, calls)
        }));
    }
    let more = Some((page.behind.finished(), calls));
    let sums = CallClass::ALL.map(|class| page.int(page.of_class(class))).join(" + ");
    let formula = Some((sums, text.calls(calls)));
    let what = page.explained(text.call_results(), text.rule_codes(), formula, page.without_open(), more);
    view! {
        <div class="panel">
            <div class="panel-head">
                <div class="panel-title"><h3>{text.call_results()}</h3><Info id="codes" what=what /></div>
                <a class="panel-note figure-link" href=page.behind.finished()>{text.share_of(&text.calls(calls))}</a>
            </div>
            {page.why_empty()}
            <div class="bars">{rows}</div>
            {undefined_codes(page)}
        </div>
    }
    .into_any()
}

/// Codes that nobody has defined: what they count as, and a form for each to define it.
fn undefined_codes(page: &OverviewPage) -> Option<AnyView> {
    let text = page.text;
    let unknown: Vec<&CodeCount> = page.report.by_code.iter().filter(|row| !row.defined).collect();
    if unknown.is_empty() {
        return None;
    }
    let calls = unknown.iter().map(|row| row.calls).sum();
    let (first, rest) = first_and_rest(unknown.iter().map(|row| row.code.to_string()).collect());
    let others = (!rest.is_empty()).then(|| text.more_codes(&page.int(rest.len() as u64)));
    let codes = first.into_iter().chain(others.clone()).collect::<Vec<_>>().join(", ");
    let may_define = use_session().person.is_some_and(|person| person.role.may(domain::account::Role::Manager));
    let forms = may_define.then(|| {
        let forms = unknown.iter().enumerate().map(|(n, row)| super::declare::popover(page, n, &row.code));
        let (first, rest) = first_and_rest(forms.collect());
        let rest = others.map(|others| {
            view! { <details id="codes-undeclared"><summary class="link">{others}</summary>{rest}</details> }.into_any()
        });
        view! { {first}{rest} }.into_any()
    });
    Some(
        view! {
            <div class="notice is-failed mt-3">
                <Icon name="warning" />
                <p>{text.undefined_codes_note(&text.calls(calls), &codes)}</p>
                {forms}
            </div>
        }
        .into_any(),
    )
}
