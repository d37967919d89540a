//! What the product document does not have: the trend, the funnel, the heatmap, the attempts.

use domain::{CallClass, Rate, Role, format, report::TrendPoint};
use leptos::prelude::*;

use super::{attempts, heatmap, panel::OverviewPage, reading::Grain, talk_time::count_link};
use crate::names::point_title;
use crate::shares::tenths;
use crate::{
    components::{Info, tone},
    day_notes::{self, NotesOf},
    links, use_session,
};

pub fn group(page: &OverviewPage) -> AnyView {
    let text = page.text;
    // Calls around the clock: a column for each hour needs the whole width.
    let columns = if heatmap::is_wide(page) { "stack" } else { "columns columns-stretch" };
    view! {
        <section class="group" aria-labelledby="group-more">
            <div class="group-head"><h2 id="group-more">{text.more_analysis()}</h2></div>
            <div class="columns columns-stretch">{trend(page)}{funnel(page)}</div>
            <div class=columns>{heatmap::panel(page)}{attempts::panel(page)}</div>
        </section>
    }
    .into_any()
}

fn trend(page: &OverviewPage) -> AnyView {
    let (text, report, language) = (page.text, page.report, page.language);
    let calls = report.calls.total;
    let points = &page.overview.points;
    let busiest = points.iter().max_by_key(|point| point.calls).filter(|point| point.calls > 0);
    let summary = match busiest {
        Some(point) => text.trend_summary(&text.calls(calls), &point_title(point, text), &text.calls(point.calls)),
        None => text.trend_empty().to_owned(),
    };
    let more = Some((page.behind.finished(), calls));
    let formula = (calls > 0).then(|| (format!("Σ {}", points.len()), text.calls(calls)));
    let what = page.explained(text.calls_over_time(), text.rule_trend(), formula, page.without_open(), more);
    let legend = CallClass::ALL
        .map(|class| view! { <span><i class=format!("dot {}", tone(class))></i>{text.class(class)}</span> })
        .collect_view();
    let row = |n: usize, point: &TrendPoint| {
        let count = |class: Option<CallClass>, calls: u64| {
            let href = page.behind.moment(point, class);
            count_link(page.int(calls), href, calls > 0, class.map(CallClass::index), n)
        };
        view! {
            <tr>
                <td class="nowrap">{point_title(point, text)}</td>
                <td class="num">{count(Some(CallClass::Success), point.success)}</td>
                <td class="num">{count(Some(CallClass::Failed), point.failed)}</td>
                <td class="num">{count(Some(CallClass::Error), point.error)}</td>
                <td class="num">{count(None, point.calls)}</td>
                <td class="num">{format::clock_duration(point.talk_time)}</td>
                <td class="num">{format::integer(point.blocks, language)}</td>
                <td class="num">{page.money(point.cost)}</td>
                {page.overview.noted.table_cell(n)}
            </tr>
        }
    };
    let rows = points.iter().enumerate().map(|(n, point)| row(n, point)).collect_view();
    // The axes of nothing are kept low.
    let height = if calls == 0 { "--h:140px" } else { "--h:300px" };
    let heads = [
        text.success(),
        text.failed(),
        text.error(),
        text.total_column(),
        text.talk_time_column(),
        text.blocks_column(),
        text.cost_column(),
    ];
    view! {
        <div class="panel">
            <div class="panel-head">
                <div class="panel-title"><h3>{text.calls_over_time()}</h3><Info id="trend" what=what /></div>
                {grains(page)}
            </div>
            {page.why_empty()}
            <div class="legend">{legend}</div>
            <ringside-chart class="chart" for-table="trend-table" aria-label=summary style=height>
                <script type="application/json" inner_html=page.overview.trend.clone()></script>
            </ringside-chart>
            {notes(page)}
            <details class="as-table">
                <summary>{text.as_table()}</summary>
                <div tabindex="0" role="region" aria-label=text.calls_over_time()>
                    <table class="data-table" id="trend-table">
                        <thead>
                            <tr>
                                <th scope="col">{text.time_column()}</th>
                                {heads.map(|head| view! { <th scope="col" class="num">{head}</th> }).collect_view()}
                                {page.overview.noted.head(text)}
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
        </div>
    }
    .into_any()
}

/// What is noted on the days of the trend.
fn notes(page: &OverviewPage) -> Option<AnyView> {
    let overview = page.overview;
    let today = overview.head.today();
    let of = NotesOf {
        text: page.text,
        zone: overview.zone,
        may_write: use_session().person.is_some_and(|person| person.role.may(Role::Manager)),
        add: format!("{}/notes", links::campaign_path(&page.behind.campaign)),
        here: &page.address(),
        is_of_campaign: true,
        day: overview.days().map_or(today, |days| days.to.min(today)),
    };
    day_notes::list(&overview.noted, &of)
}

/// Hours or days: links where there is a choice, else what it is.
fn grains(page: &OverviewPage) -> AnyView {
    let (text, overview) = (page.text, page.overview);
    if !overview.has_grains {
        let said = match overview.points.first().map_or(0, |point| point.at.len()) {
            4 => text.per_year(),
            7 => text.per_month(),
            _ if overview.grain == Grain::Hour => text.per_hour(),
            _ => text.per_day(),
        };
        return view! { <span class="panel-note">{said}</span> }.into_any();
    }
    let choice = |grain: Grain, name: &'static str| {
        let pairs = domain::filter::period_pairs(overview.period).into_iter().chain([("by", grain.word().to_owned())]);
        let href = links::with_query(&links::campaign_path(&page.behind.campaign), pairs);
        view! { <a href=href data-noscroll aria-current=(overview.grain == grain).then_some("true")>{name}</a> }
    };
    view! {
        <nav class="segmented segmented-small" aria-label=text.columns_of_trend()>
            {choice(Grain::Hour, text.grain_hour())}
            {choice(Grain::Day, text.grain_day())}
        </nav>
    }
    .into_any()
}

fn funnel(page: &OverviewPage) -> AnyView {
    let (text, funnel) = (page.text, page.report.funnel);
    let goals = &page.overview.goals;
    let first = if page.in_range() { text.funnel_dialled_in() } else { text.funnel_customers() };
    let mut steps = vec![
        (first, funnel.customers, Some(page.behind.customers())),
        (text.funnel_dialled(), funnel.dialled, Some(page.behind.finished())),
        (text.funnel_reached(), funnel.reached, Some(page.behind.reached())),
        (text.funnel_talked(), funnel.talked_30s, Some(page.behind.talked())),
    ];
    if page.in_range() {
        // Its customers are those who were called in it: the second step would repeat the first.
        steps.remove(1);
    }
    if !goals.is_empty() {
        steps.push((text.funnel_goal(), funnel.goal, Some(page.behind.goal(goals))));
    }
    let formula = (funnel.customers > 0).then(|| {
        let numbers = steps.iter().map(|(_, count, _)| page.int(*count)).collect::<Vec<_>>();
        let last = steps.last().map_or(0, |(_, count, _)| *count);
        let share = format::rate(Rate::new(last, funnel.customers), page.language);
        (numbers.join(" ≥ "), share)
    });
    let what = page.explained(text.funnel(), text.rule_funnel(), formula, page.without_open(), None);
    let what = page.with_customers(what, page.behind.customers(), funnel.customers);
    let mut before = None;
    let rows = steps
        .into_iter()
        .enumerate()
        .map(|(n, (label, count, href))| {
            let share = format::rate(Rate::new(count, funnel.customers), page.language);
            let note = before.filter(|_| n > 1).map(|before| {
                let of_before = format::rate(Rate::new(count, before), page.language);
                view! { <span class="funnel-note">{text.of_previous_step(&of_before)}</span> }
            });
            before = Some(count);
            let style = format!("--w:{}%;--depth:{n}", tenths(count, funnel.customers));
            let inside = view! {
                <span>{label}</span>
                <span class="bar-count">{page.int(count)}</span>
                <span class="bar-share">{share}</span>
                <span class="funnel-track"><span class="bar" style=style></span>{note}</span>
            }
            .into_any();
            match href.filter(|_| count > 0) {
                Some(href) => view! { <a class="funnel-step" href=href>{inside}</a> }.into_any(),
                None => view! { <div class="funnel-step">{inside}</div> }.into_any(),
            }
        })
        .collect_view();
    view! {
        <div class="panel">
            <div class="panel-head">
                <div class="panel-title"><h3>{text.funnel()}</h3><Info id="funnel" what=what /></div>
                <span class="panel-note">{text.share_of_customers(&text.customers(funnel.customers))}</span>
            </div>
            <div class="funnel">{rows}</div>
        </div>
    }
    .into_any()
}
