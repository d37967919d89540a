//! What became of customers and of calls, and the rates.

use domain::{CallClass, Rate, filter::CustomerStanding, format, format::NumberPart};
use leptos::prelude::*;

use super::{cost::cell, panel::OverviewPage};
use crate::components::{Icon, Info, tone};
use crate::{names::duration_title, shares::tenths};

/// A line under a stacked bar.
struct BarLine {
    tone: &'static str,
    label: String,
    note: &'static str,
    count: u64,
    href: Option<String>,
}

/// A stacked bar and its lines, each with its share of all of them.
fn stacked(page: &OverviewPage, lines: Vec<BarLine>) -> AnyView {
    let whole: u64 = lines.iter().map(|line| line.count).sum();
    let bars = lines
        .iter()
        .map(|line| view! { <i class=line.tone style=format!("--w:{}%", tenths(line.count, whole))></i> })
        .collect_view();
    let rows = lines
        .into_iter()
        .map(|line| {
            let share = format::rate(Rate::new(line.count, whole), page.language);
            let inside = view! {
                <i class=format!("dot {}", line.tone)></i>
                <span>{line.label}<small>{line.note}</small></span>
                <span class="bar-count">{page.int(line.count)}</span>
                <span class="bar-share">{share}</span>
            }
            .into_any();
            match line.href.filter(|_| line.count > 0) {
                Some(href) => {
                    view! { <a class="legend-row" href=href>{inside}<Icon name="chevron-right" /></a> }.into_any()
                }
                None => view! { <div class="legend-row">{inside}<span></span></div> }.into_any(),
            }
        })
        .collect_view();
    let bar = (whole > 0).then(|| view! { <div class="stacked-bar" aria-hidden="true">{bars}</div> });
    view! { {bar}<div class="legend-rows">{rows}</div> }.into_any()
}

/// Customers reached and not reached.
pub fn customers(page: &OverviewPage) -> AnyView {
    let (text, customers) = (page.text, page.report.customers);
    let rule = if page.in_range() {
        format!("{} {}", text.rule_customers(), text.rule_customers_in_period())
    } else {
        text.rule_customers().to_owned()
    };
    let rate = page.report.rates.contact_rate;
    let formula = Some((
        format!("{}: {} ÷ {}", text.contact_rate(), page.int(rate.numerator), text.customers(rate.denominator)),
        format::rate(rate, page.language),
    ));
    let what = page.explained(text.customer_status(), &rule, formula, page.without_open(), None);
    let what = page.with_customers(what, page.behind.customers(), customers.total);
    let mut lines = vec![
        BarLine {
            tone: "is-success",
            label: text.reached().to_owned(),
            note: text.reached_note(),
            count: customers.reached,
            href: Some(page.behind.reached()),
        },
        BarLine {
            tone: "is-neutral",
            label: text.tried().to_owned(),
            note: text.tried_note(),
            count: customers.tried,
            href: Some(page.behind.tried()),
        },
    ];
    if customers.never_dialled > 0 {
        lines.push(BarLine {
            tone: "is-remaining",
            label: text.never_dialled().to_owned(),
            note: text.never_dialled_note(),
            count: customers.never_dialled,
            href: Some(page.behind.listed(CustomerStanding::NeverDialled)),
        });
    }
    view! {
        <div class="panel">
            <div class="panel-head">
                <div class="panel-title"><h3>{text.customer_status()}</h3><Info id="customers" what=what /></div>
                <a class="panel-note figure-link" href=page.behind.customers()>{text.customers(customers.total)}</a>
            </div>
            {stacked(page, lines)}
        </div>
    }
    .into_any()
}

/// Calls by class.
pub fn calls(page: &OverviewPage) -> AnyView {
    let (text, calls) = (page.text, page.report.calls);
    // Answered calls may be among the others.
    let is_changed = calls.answered != calls.success;
    let lines = CallClass::ALL
        .into_iter()
        .map(|class| {
            let (label, note) = match class {
                CallClass::Success => (text.success_calls(), text.success_calls_note()),
                CallClass::Failed if is_changed => (text.failed_calls(), text.class_note_changed()),
                CallClass::Error if is_changed => (text.error_calls(), text.class_note_changed()),
                CallClass::Failed => (text.failed_calls(), text.failed_calls_note()),
                CallClass::Error => (text.error_calls(), text.error_calls_note()),
            };
            BarLine {
                tone: tone(class),
                label: label.to_owned(),
                note,
                count: calls.of(class),
                href: Some(page.behind.classes(&[class])),
            }
        })
        .collect();
    let sums = CallClass::ALL.map(|class| page.int(calls.of(class))).join(" + ");
    let more = Some((page.behind.finished(), calls.total));
    let formula = Some((sums, text.calls(calls.total)));
    let what = page.explained(text.call_status(), text.rule_calls(), formula, page.without_open(), more);
    view! {
        <div class="panel">
            <div class="panel-head">
                <div class="panel-title"><h3>{text.call_status()}</h3><Info id="calls" what=what /></div>
                <a class="panel-note figure-link" href=page.behind.finished()>{text.calls(calls.total)}</a>
            </div>
            {stacked(page, lines)}
        </div>
    }
    .into_any()
}

/// Answered calls in four classes of duration.
pub fn durations(page: &OverviewPage) -> AnyView {
    let (text, report) = (page.text, page.report);
    let answered = report.calls.answered;
    let tones = ["is-neutral", "is-depth-1", "is-depth-2", "is-depth-3"];
    let lines = report.duration_classes.iter().zip(tones).map(|(class, tone)| BarLine {
        tone,
        label: duration_title(class, text),
        note: if class.from == 0 { text.duration_short() } else { "" },
        count: class.calls,
        href: Some(page.behind.talk_bin(class.from, class.to)),
    });
    let sums = report.duration_classes.iter().map(|class| page.int(class.calls)).collect::<Vec<_>>().join(" + ");
    let formula = (answered > 0).then(|| (sums, text.calls(answered)));
    let rule = text.rule_durations(&page.short_call());
    let more = Some((page.behind.answered(), answered));
    let what = page.explained(text.durations(), &rule, formula, vec![page.without_unanswered()], more);
    let counted = text.of_answered_calls(&page.int(answered));
    view! {
        <div class="panel">
            <div class="panel-head">
                <div class="panel-title"><h3>{text.durations()}</h3><Info id="durations" what=what /></div>
                <a class="panel-note figure-link" href=page.behind.answered()>{counted}</a>
            </div>
            {stacked(page, lines.collect())}
        </div>
    }
    .into_any()
}

/// ASR and NER, and the goal rate where the account has goals.
pub fn rates(page: &OverviewPage) -> AnyView {
    let (text, rates, language) = (page.text, page.report.rates, page.language);
    let parts = |rate| vec![NumberPart::new(format::rate(rate, language), "")];
    let formula = |rate: domain::Rate| {
        let of = text.of_calls(&page.int(rate.numerator), &text.calls(rate.denominator));
        (rate.denominator > 0).then(|| (of, format::rate(rate, language)))
    };

    let answer = rates.answer_rate;
    let href = page.behind.answered();
    let more = Some((href.clone(), answer.numerator));
    let what = page.explained(text.answer_rate(), text.rule_answer_rate(), formula(answer), page.without_open(), more);
    let sub = text.of_calls(&page.int(answer.numerator), &text.calls(answer.denominator));
    let link = (answer.numerator > 0).then_some(href);
    let asr = cell("answer-rate", text.answer_rate(), what, parts(answer), link, sub);

    let network = rates.network_effectiveness;
    let href = page.behind.without_line_fault(&page.report.by_code);
    let more = Some((href.clone(), network.numerator));
    let name = text.network_effectiveness();
    let what = page.explained(name, text.rule_network(), formula(network), page.without_open(), more);
    let sub = text.of_calls(&page.int(network.numerator), &text.calls(network.denominator));
    let link = (network.numerator > 0).then_some(href);
    let ner = cell("network", name, what, parts(network), link, sub);

    let goal = (!page.overview.goals.is_empty()).then(|| {
        let goal = rates.goal_rate;
        let href = page.behind.codes(&page.overview.goals);
        let more = Some((href.clone(), goal.numerator));
        let facts = vec![page.without_unanswered()];
        let what = page.explained(text.goal_rate(), text.rule_goal_rate(), formula(goal), facts, more);
        let sub = text.of_answered(&page.int(goal.numerator), &page.int(goal.denominator));
        cell("goal-rate", text.goal_rate(), what, parts(goal), (goal.numerator > 0).then_some(href), sub)
    });
    view! { <div class="panel rates kpi-small grid grid-cols-[repeat(auto-fit,minmax(9rem,1fr))] gap-4">{asr}{ner}{goal}</div> }.into_any()
}
