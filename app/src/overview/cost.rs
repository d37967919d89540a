//! The first group of the product document: what the campaign cost.

use domain::{Money, Role, Tariff, format, format::NumberPart};
use leptos::prelude::*;

use super::panel::OverviewPage;
use crate::components::{Explained, Info, NumberWithUnits};
use crate::names::{tariff_name, vat_name};
use crate::{use_session, with_account::with_account};

/// The four figures.
pub fn group(page: &OverviewPage) -> AnyView {
    let text = page.text;
    let (tariffs, report) = (page.overview.tariffs.as_slice(), page.report);
    let person = use_session().person;
    let may_set = person.as_ref().is_some_and(|person| person.role.may(Role::Manager));
    let with_vat = |words: String| format!("{words}, {}", vat_name(tariffs, text));
    let tariff = match tariffs {
        [] => text.tariff_none().to_owned(),
        [only] => with_vat(text.tariff_applied(&tariff_name(only, text))),
        several => with_vat(text.tariffs_applied(&several.len().to_string())),
    };
    // A new account has a tariff of nothing; that nobody has set a price is not what it costs. Where the account has no price
    // at all, the page's head says so.
    let is_said = person.as_ref().is_some_and(|person| person.without_price);
    let without_price = (!is_said && report.cost == Money::ZERO && tariffs.iter().all(Tariff::is_free)).then(|| {
        let link = may_set.then(|| {
            view! { " "<a class="link screen-only" href=with_account("/settings/tariffs")>{text.tariffs_set()}</a> }
        });
        let said = if tariffs.is_empty() { text.tariff_none() } else { text.no_price_set() };
        view! { <span>{said}{link}</span> }.into_any()
    });
    let tariff = without_price.unwrap_or_else(|| view! { <span>{tariff}</span> }.into_any());
    view! {
        <section class="group" aria-labelledby="group-cost">
            <div class="group-head"><h2 id="group-cost">{text.campaign_cost()}</h2>{tariff}</div>
            <div class="panel kpi-row">{average(page)}{total(page)}{blocks(page)}{cost(page)}</div>
        </section>
    }
    .into_any()
}

/// A cell of a figure row.
pub fn cell(
    id: &'static str,
    label: &'static str,
    what: Explained,
    parts: Vec<NumberPart>,
    href: Option<String>,
    sub: String,
) -> AnyView {
    view! {
        <div class="kpi">
            <div class="kpi-label">{label}<Info id=id what=what /></div>
            <NumberWithUnits parts=parts href=href />
            <div class="kpi-sub">{sub}</div>
        </div>
    }
    .into_any()
}

fn average(page: &OverviewPage) -> AnyView {
    let (text, report, language) = (page.text, page.report, page.language);
    let answered = report.calls.answered;
    let href = page.behind.answered();
    let formula = report.average_talk_time.map(|mean| {
        let (total, calls) = (format::seconds(report.talk_time, language), text.calls(answered));
        (format!("{total} ÷ {calls}"), format::short_duration(mean, language))
    });
    let over_all = (report.calls.total > 0).then(|| {
        let mean = format::short_duration(report.talk_time / report.calls.total as i64, language);
        (text.fact_other(), text.average_over_all(&mean))
    });
    let facts = [page.without_unanswered()].into_iter().chain(over_all).collect();
    let more = Some((href.clone(), answered));
    let what = page.explained(text.average_talk_time(), text.rule_average(), formula, facts, more);
    let parts = report.average_talk_time.map(|mean| format::short_duration_parts(mean, language)).unwrap_or_default();
    let sub = text.over_answered(&text.calls(answered));
    cell("average", text.average_talk_time(), what, parts, (answered > 0).then_some(href), sub)
}

fn total(page: &OverviewPage) -> AnyView {
    let (text, report, language) = (page.text, page.report, page.language);
    let answered = report.calls.answered;
    let href = page.behind.answered();
    let formula = (format!("Σ {}", text.calls(answered)), format::seconds(report.talk_time, language));
    let more = Some((href.clone(), answered));
    let facts = vec![page.without_unanswered()];
    let what = page.explained(text.total_talk_time(), text.rule_total_talk(), Some(formula), facts, more);
    let parts = format::total_duration_parts(report.talk_time, language);
    let sub = text.seconds_talked(&format::seconds(report.talk_time, language));
    cell("total-talk", text.total_talk_time(), what, parts, (answered > 0).then_some(href), sub)
}

fn blocks(page: &OverviewPage) -> AnyView {
    let (text, report, language) = (page.text, page.report, page.language);
    let calls = report.calls;
    let href = page.behind.finished();
    let number = format::integer(report.blocks, language);
    let formula = (format!("Σ {}", text.calls(calls.total)), format!("{number} {}", text.block_unit()));
    let nothing = format::money(Money::ZERO, &report.currency, language);
    let unanswered = text.zero_for_unanswered(&text.calls(calls.total - calls.answered), &nothing);
    let mut facts = vec![(text.fact_excluded(), unanswered)];
    if let Some(tariff) = page.tariff() {
        // 31 s tells apart the usual tariffs: 1 block at 60+60, 6 at 6+6, 26 at 6+1.
        let time = format::short_duration(31_000, language);
        facts.push((text.fact_example(), text.block_example(&time, &tariff.blocks(31_000).to_string())));
    }
    facts.extend(page.overview.tariffs.iter().map(|tariff| (text.fact_tariff(), tariff_name(tariff, text))));
    let more = Some((href.clone(), calls.total));
    let what = page.explained(text.blocks_used(), text.rule_blocks(), Some(formula), facts, more);
    let sub = text.blocks_per_answered(&format::quotient(report.blocks.max(0) as u64, calls.answered, 2, language));
    let parts = vec![NumberPart::new(number, text.block_unit())];
    cell("blocks", text.blocks_used(), what, parts, (calls.total > 0).then_some(href), sub)
}

fn cost(page: &OverviewPage) -> AnyView {
    let (text, report, language) = (page.text, page.report, page.language);
    let calls = report.calls.total;
    let href = page.behind.finished();
    let blocks = format::integer(report.blocks, language);
    // One price for every block, and nobody sent costs of his own: then the product is the cost, and is worth showing.
    let even = page.tariff().filter(|tariff| {
        tariff.price_first_block == tariff.price_next_block
            && i128::from(tariff.price_first_block.0) * i128::from(report.blocks) == i128::from(report.cost.0)
    });
    let sub = match even {
        _ if report.blocks == 0 => text.no_cost_yet().to_owned(),
        Some(tariff) => text.blocks_times_price(&blocks, &page.money(tariff.price_first_block)),
        None => text.average_per_block(&page.money(domain::Money(report.cost.0 / report.blocks.max(1)))),
    };
    let formula = if even.is_some() && report.blocks > 0 { sub.clone() } else { format!("Σ {}", text.calls(calls)) };
    let mut facts = page.without_open();
    facts.extend(page.overview.tariffs.iter().map(|tariff| (text.fact_tariff(), tariff_name(tariff, text))));
    let more = Some((href.clone(), calls));
    let result = page.money(report.cost);
    let what = page.explained(text.total_cost(), text.rule_cost(), Some((formula, result)), facts, more);
    let parts = vec![format::money_part(report.cost, &report.currency, language)];
    cell("cost", text.total_cost(), what, parts, (calls > 0).then_some(href), sub)
}
