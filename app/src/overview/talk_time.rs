//! How long people talked.

use domain::{Rate, format};
use leptos::prelude::*;

use super::panel::OverviewPage;
use crate::components::{Explained, Info, number_with_units};
use crate::names::bin_title;

/// The panel: figures of time on the left, the histogram on the right.
pub fn panel(page: &OverviewPage) -> AnyView {
    let (text, report, language) = (page.text, page.report, page.language);
    let answered = report.calls.answered;
    let behind_answered = page.behind.answered();
    let bins = report.talk_time_histogram.iter().map(|bin| bin.calls);
    let formula = Some((format!("Σ {}", report.talk_time_histogram.len()), text.calls(bins.sum())));
    let facts = vec![page.without_unanswered()];
    let what = page.explained(
        text.talk_time_title(),
        text.rule_histogram(),
        formula.filter(|_| answered > 0),
        facts,
        Some((behind_answered.clone(), answered)),
    );
    view! {
        <div class="panel">
            <div class="panel-head">
                <div class="panel-title"><h3>{text.talk_time_title()}</h3><Info id="histogram" what=what /></div>
                <span class="panel-note">
                    {text.talk_time_note()} <span class="screen-only">{text.columns_lead_to_calls()}</span>
                </span>
            </div>
            <div class="chart-side lg:grid-cols-[256px_minmax(0,1fr)]!">
                <div>
                    <div class="kpi-value">
                        <a class="contents" href=behind_answered>
                            {number_with_units(format::total_duration_parts(report.talk_time, language))}
                        </a>
                    </div>
                    <div class="kpi-sub">{text.talk_of(&text.calls(answered))}</div>
                    {figures(page)}
                </div>
                <div>{chart(page)}</div>
            </div>
        </div>
    }
    .into_any()
}

fn figures(page: &OverviewPage) -> AnyView {
    let (text, report, language) = (page.text, page.report, page.language);
    let (calls, answered) = (report.calls, report.calls.answered);
    let behind_answered = page.behind.answered();
    let unanswered = page.behind.unanswered();
    let finished = page.behind.finished();
    let row = |label: String, value: String, href: String, any: bool, info: Option<(&'static str, Explained)>| {
        let value = if any {
            view! { <a class="figure-link" href=href>{value}</a> }.into_any()
        } else {
            view! { <span class="undefined">{value}</span> }.into_any()
        };
        let info = info.map(|(id, what)| view! { <Info id=id what=what /> });
        view! { <div><dt>{label}" "{info}</dt><dd>{value}</dd></div> }.into_any()
    };
    let total = |ms: i64| format::total_duration(ms, language);

    let mean = report.average_talk_time.map_or_else(|| "–".to_owned(), |mean| format::short_duration(mean, language));
    let dial = page.explained(
        text.dial_time(),
        text.rule_dial_time(),
        Some((format!("Σ {}", text.calls(answered)), format::seconds(report.dial_time, language))),
        vec![page.without_unanswered()],
        Some((behind_answered.clone(), answered)),
    );
    let ring = page.explained(
        text.ring_time_unanswered(),
        text.rule_ring_time(),
        Some((
            format!("Σ {}", text.calls(calls.total - calls.answered)),
            format::seconds(report.ring_time_unanswered, language),
        )),
        vec![(text.fact_excluded(), text.calls(answered))],
        Some((unanswered.clone(), calls.total - calls.answered)),
    );
    let messages = page.explained(
        text.bot_messages(),
        text.rule_messages(),
        report.bot_messages.map(|n| (format!("Σ {}", text.calls(calls.total)), format::integer(n, language))),
        vec![(text.fact_excluded(), text.calls_without_messages().to_owned())],
        Some((finished.clone(), calls.total)),
    );
    let messages_value = report.bot_messages.map_or_else(|| "–".to_owned(), |n| format::integer(n, language));
    let recorded = page.explained(
        text.recordings(),
        text.rule_recorded(),
        Some((format!("Σ {}", text.calls(answered)), page.int(report.recorded))),
        vec![page.without_unanswered()],
        Some((page.behind.recorded(), report.recorded)),
    );
    let recorded_value = text.recorded_of(&page.int(report.recorded), &page.int(answered));
    let (short, limit) = report.duration_classes.first().map_or((0, None), |class| (class.calls, class.to));
    let short_label = text.short_calls(&page.short_call());
    let short_value = format!("{} · {}", page.int(short), format::rate(Rate::new(short, answered), language));
    let short_href = page.behind.talk_bin(0, limit);
    view! {
        <dl class="figures figures-line">
            {row(text.mean().to_owned(), mean, behind_answered.clone(), answered > 0, None)}
            {row(
                text.dial_time().to_owned(),
                total(report.dial_time),
                behind_answered,
                answered > 0,
                Some(("dial-time", dial)),
            )}
            {row(
                text.ring_time_unanswered().to_owned(),
                total(report.ring_time_unanswered),
                unanswered,
                calls.total - calls.answered > 0,
                Some(("ring-time", ring)),
            )}
            {row(
                text.bot_messages().to_owned(),
                messages_value,
                finished,
                report.bot_messages.is_some_and(|n| n > 0),
                Some(("messages", messages)),
            )}
            {row(
                text.recordings().to_owned(),
                recorded_value,
                page.behind.recorded(),
                report.recorded > 0,
                Some(("recordings", recorded)),
            )}
            {row(short_label, short_value, short_href, short > 0, None)}
        </dl>
    }
    .into_any()
}

fn chart(page: &OverviewPage) -> AnyView {
    let (text, report, language) = (page.text, page.report, page.language);
    let answered = report.calls.answered;
    let largest = report.talk_time_histogram.iter().max_by_key(|bin| bin.calls);
    let summary = match largest.filter(|bin| bin.calls > 0) {
        Some(bin) => text.histogram_summary(&text.calls(answered), &bin_title(bin, text), &text.calls(bin.calls)),
        None => text.histogram_empty().to_owned(),
    };
    let rows = report
        .talk_time_histogram
        .iter()
        .enumerate()
        .map(|(n, bin)| {
            let href = page.behind.talk_bin(bin.from, bin.to);
            let count = count_link(page.int(bin.calls), href, bin.calls > 0, None, n);
            let share = format::rate(Rate::new(bin.calls, answered), language);
            view! { <tr><td>{bin_title(bin, text)}</td><td class="num">{count}</td><td class="num">{share}</td></tr> }
        })
        .collect_view();
    // The axes of nothing are kept low.
    let height = if answered == 0 { "--h:140px" } else { "--h:300px" };
    view! {
        {page.why_empty()}
        <ringside-chart class="chart" for-table="histogram-table" aria-label=summary style=height>
            <script type="application/json" inner_html=page.overview.histogram.clone()></script>
        </ringside-chart>
        <details class="as-table">
            <summary>{text.as_table()}</summary>
            <div tabindex="0" role="region" aria-label=text.talk_time_title()>
                <table class="data-table" id="histogram-table">
                    <thead>
                        <tr>
                            <th scope="col">{text.duration_column()}</th>
                            <th scope="col" class="num">{text.calls_column()}</th>
                            <th scope="col" class="num">{text.share_column()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

/// A count in a chart's table: the link that the chart's column follows too.
pub fn count_link(count: String, href: String, any: bool, series: Option<usize>, index: usize) -> AnyView {
    if any {
        let series = series.map(|series| series.to_string());
        view! { <a class="figure-link" href=href data-series=series data-index=index.to_string()>{count}</a> }
            .into_any()
    } else {
        view! { <span class="undefined">{count}</span> }.into_any()
    }
}
