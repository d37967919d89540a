//! The figures, the trend and the months.

use domain::{
    DateRange, Day, Month, Role,
    against::Against,
    format,
    format::NumberPart,
    money::MICROS,
    usage::{UsageFigures, UsagePoint},
};
use leptos::prelude::*;

use super::{figure::Figure, panel::UsagePage};
use crate::{
    charts,
    components::{Info, NumberWithUnits},
    day_notes::{self, NotedDays, NotesOf},
    links,
    names::month_name,
    shares::tenths,
    use_session,
};

/// The figures, each with its change.
pub fn figures(page: &UsagePage) -> AnyView {
    let cells = Figure::ALL.map(|figure| cell(page, figure)).into_iter().collect_view();
    view! { <section class="kpi-cards kpi-small" aria-label=page.shown.title(page.text)>{cells}</section> }.into_any()
}

/// How a figure went over the period, as a line of 100 × 36 without a scale; the trend has the numbers.
fn spark(page: &UsagePage, figure: Figure) -> AnyView {
    let today = page.shown.today();
    let begun = |point: &&UsagePoint| point.at.parse::<Day>().map_or(true, |day| day <= today);
    let values: Vec<i64> =
        page.usage.trend.iter().filter(begun).map(|point| figure.of(&point.figures).unwrap_or(0)).collect();
    let peak = values.iter().copied().max().unwrap_or(0);
    if values.len() < 2 || peak <= 0 {
        return view! { <svg class="spark" viewBox="0 0 100 36" aria-hidden="true"></svg> }.into_any();
    }
    let steps = values.len() as i64 - 1;
    let place = |(n, value): (usize, &i64)| {
        // Tenths, so that a year's line is short.
        // Costs are millionths, and many.
        let height = (i128::from(*value.max(&0)) * 320 / i128::from(peak)) as i64;
        let (x, y) = (n as i64 * 1_000 / steps, 340 - height);
        format!("L{}.{} {}.{}", x / 10, x % 10, y / 10, y % 10)
    };
    let line: String = values.iter().enumerate().map(place).collect();
    let line = line.replacen('L', "M", 1);
    let area = format!("{line}V36H0Z");
    view! {
        <svg class="spark" viewBox="0 0 100 36" preserveAspectRatio="none" aria-hidden="true">
            <path class="spark-area" d=area />
            <path d=line />
        </svg>
    }
    .into_any()
}

fn cell(page: &UsagePage, figure: Figure) -> AnyView {
    let (text, usage, language) = (page.text, page.usage, page.language);
    let name = figure.name(text);
    let sum = format!("Σ {}", text.calls(usage.total.calls));
    let what = page.explained(name, figure.rule(text), Some((sum, page.value(figure, &usage.total))));
    let parts = match (figure, figure.of(&usage.total)) {
        (_, None) => vec![],
        (Figure::DialTime | Figure::TalkTime, Some(ms)) => format::total_duration_parts(ms, language),
        (Figure::Cost, Some(_)) => vec![format::money_part(usage.total.cost, &usage.currency, language)],
        (_, Some(n)) => vec![NumberPart::new(format::integer(n, language), "")],
    };
    let before = page.value(figure, &usage.previous.figures);
    let before = match page.shown.query.against {
        Against::Days(_) => text.change_from_other(&before),
        Against::Previous | Against::SameWeekdays => text.change_from(&before),
    };
    view! {
        <div class="kpi-card">
            <div class="kpi-label">{name}<Info id=figure.id() what=what /></div>
            <NumberWithUnits parts=parts href=(usage.total.calls > 0).then(|| page.calls_behind(figure)) />
            <div class="kpi-sub">{page.change(figure, &usage.total, &usage.previous.figures)}" "{before}</div>
            <a class="spark-link" href=page.shown.drawing(figure) aria-label=text.show_over_time(name)
                aria-current=(page.shown.drawn == figure).then_some("true")>{spark(page, figure)}</a>
        </div>
    }
    .into_any()
}

/// A point's days and its names: full, and below its column.
struct Point {
    range: DateRange,
    title: String,
    label: String,
    figures: UsageFigures,
}

fn of_month(month: Month, figures: UsageFigures, page: &UsagePage) -> Point {
    let name = month_name(month);
    Point { range: month.days(), title: page.text.month_named(&name), label: name, figures }
}

/// The points of a trend; days that have not begun are left to the future, where they are empty.
fn points(page: &UsagePage, trend: &[UsagePoint]) -> Vec<Point> {
    let (language, today) = (page.language, page.shown.today());
    let year = |point: Option<&UsagePoint>| point.and_then(|point| point.at.get(..4).map(str::to_owned));
    let spans_years = year(trend.first()) != year(trend.last());
    let all = trend.iter().filter_map(|point| {
        if let Ok(month) = point.at.parse::<Month>() {
            let whole = of_month(month, point.figures, page);
            let range =
                DateRange { from: whole.range.from.max(page.usage.from), to: whole.range.to.min(page.usage.to) };
            return Some(Point { range, ..whole });
        }
        let day: Day = point.at.parse().ok()?;
        let title = format!("{} {}", format::weekday_name(day.weekday(), language), format::date(day, language));
        let label = if spans_years { format::date(day, language) } else { format::day_month(day, language) };
        Some(Point { range: DateRange { from: day, to: day }, title, label, figures: point.figures })
    });
    all.filter(|point| point.range.from <= today || point.figures.calls > 0).collect()
}

/// A figure as it is drawn: a count, hours, or currency units.
fn drawn(page: &UsagePage, figure: Figure, figures: &UsageFigures) -> charts::Drawn {
    let value = figure.of(figures).unwrap_or(0) as f64;
    let height = match figure {
        Figure::DialTime | Figure::TalkTime => value / 3_600_000.0,
        Figure::Cost => value / MICROS as f64,
        Figure::Sessions | Figure::Messages | Figure::Calls => value,
    };
    (height, page.value(figure, figures))
}

/// The chosen figure by day, or by month in a long range.
pub fn trend(page: &UsagePage) -> AnyView {
    let (text, usage, figure) = (page.text, page.usage, page.shown.drawn);
    let points = points(page, &usage.trend);
    let monthly = usage.trend.first().is_some_and(|point| point.at.len() == 7);
    let name = figure.name(text);
    let title = if monthly { text.figure_by_month(name) } else { text.figure_by_day(name) };
    let before = (!usage.previous_trend.is_empty()).then(|| {
        let before = || usage.previous_trend.iter().take(points.len());
        let day = |point: &UsagePoint| {
            point.at.parse().map_or_else(|_| point.at.clone(), |day| format::date(day, page.language))
        };
        charts::Before {
            name: page.range(usage.previous_days()),
            days: before().map(day).collect(),
            values: before().map(|point| drawn(page, figure, &point.figures)).collect(),
        }
    });
    let compared = text.compared_with(&page.range(usage.previous_days()));
    let (is_count, unit) = match figure {
        Figure::DialTime | Figure::TalkTime => (false, text.hours_unit()),
        Figure::Cost => (false, usage.currency.as_str()),
        Figure::Sessions | Figure::Messages | Figure::Calls => (true, ""),
    };
    let note = if unit.is_empty() { compared } else { format!("{unit} · {compared}") };
    let hrefs: Vec<String> = points.iter().map(|point| page.calls(None, point.range)).collect();
    let sum = (format!("Σ {}", points.len()), page.value(figure, &usage.total));
    let what = page.explained(&title, text.rule_usage_trend(), Some(sum));
    let columns: Vec<charts::UsageColumn> = points
        .iter()
        .map(|point| charts::UsageColumn {
            label: point.label.clone(),
            title: point.title.clone(),
            value: drawn(page, figure, &point.figures),
            is_unfinished: point.range.contains(page.shown.today()),
        })
        .collect();
    let place = |day: Day| points.iter().position(|point| point.range.contains(day));
    let noted = NotedDays::new(page.shown.notes.clone(), place);
    let option = noted.marked(charts::usage(name, &columns, before, is_count, text));
    let chart = view! {
        <ringside-chart class="chart" for-table="trend-table" aria-label=title.clone() style="--h:220px">
            <script type="application/json" inner_html=option></script>
        </ringside-chart>
        {notes(page, &noted)}
    }
    .into_any();
    panel(page, "trend", title, note, what, &points, &hrefs, chart, &noted)
}

/// What is noted on days of the whole account.
fn notes(page: &UsagePage, noted: &NotedDays) -> Option<AnyView> {
    let today = page.shown.today();
    let pairs = page.shown.query.to_pairs().into_iter().chain(page.shown.drawn_pair()).chain(page.shown.sort_pair());
    let of = NotesOf {
        text: page.text,
        zone: page.shown.zone,
        may_write: use_session().person.is_some_and(|person| person.role.may(Role::Manager)),
        add: "/notes".to_owned(),
        here: &links::with_query(page.shown.path(), pairs),
        is_of_campaign: false,
        day: page.usage.to.min(today).max(page.usage.from),
    };
    day_notes::list(noted, &of)
}

/// Sessions of twelve months; each leads to its month.
pub fn months(page: &UsagePage) -> AnyView {
    let (text, usage) = (page.text, page.usage);
    let points: Vec<Point> = usage.by_month.iter().map(|one| of_month(one.month, one.figures, page)).collect();
    let hrefs: Vec<String> = usage.by_month.iter().map(|one| page.shown.of_month(one.month)).collect();
    let title = text.sessions_12_months();
    let what = page.explained(title, text.rule_usage_months(), Some(sum_of(page, &points)));
    let peak = points.iter().map(|point| point.figures.sessions).max().unwrap_or(0).max(1) as u64;
    let shown = page.usage.days();
    let strip = points.iter().zip(&hrefs).map(|(point, href)| {
        let unfinished = point.range.contains(page.shown.today()).then_some("unfinished");
        let height = format!("--v:{}%", tenths(point.figures.sessions.max(0) as u64, peak));
        let current = (point.range == shown).then_some("true");
        let sessions = format::integer(point.figures.sessions, page.language);
        view! {
            <a href=href.clone() aria-current=current>
                {sessions}
                <i class=unfinished style=height></i>
                {point.label.clone()}
            </a>
        }
    });
    let strip = view! { <div class="month-strip">{strip.collect_view()}</div> }.into_any();
    let note = points.first().zip(points.last()).map(|(first, last)| format!("{} – {}", first.label, last.label));
    let note = note.unwrap_or_default();
    panel(page, "months", title.to_owned(), note, what, &points, &hrefs, strip, &NotedDays::default())
}

fn sum_of(page: &UsagePage, points: &[Point]) -> (String, String) {
    let sum: i64 = points.iter().map(|point| point.figures.sessions).sum();
    (format!("Σ {}", points.len()), format::integer(sum, page.language))
}

#[expect(clippy::too_many_arguments, reason = "a chart and its table, told apart by each of these")]
fn panel(
    page: &UsagePage,
    id: &'static str,
    title: String,
    note: String,
    what: crate::components::Explained,
    points: &[Point],
    hrefs: &[String],
    drawn: AnyView,
    noted: &NotedDays,
) -> AnyView {
    let text = page.text;
    let rows = points.iter().zip(hrefs).enumerate().map(|(n, (point, href))| {
        let cells = Figure::ALL.map(|figure| {
            let class = if point.figures.calls == 0 { "num undefined" } else { "num" };
            view! { <td class=class>{page.value(figure, &point.figures)}</td> }
        });
        view! {
            <tr>
                <td class="nowrap"><a class="figure-link" href=href.clone() data-index=n.to_string()>{point.title.clone()}</a></td>
                {cells.into_iter().collect_view()}
                {noted.table_cell(n)}
            </tr>
        }
    });
    let heads = Figure::ALL.map(|figure| view! { <th scope="col" class="num">{figure.name(text)}</th> });
    let first =
        if points.first().is_some_and(|point| point.range.days() > 1) { text.usage_month() } else { text.day_column() };
    let table = format!("{id}-table");
    let label = title.clone();
    view! {
        <section class="panel">
            <div class="panel-head">
                <div class="panel-title"><h2>{title.clone()}</h2><Info id=id what=what /></div>
                <span class="panel-note">{note}</span>
            </div>
            {drawn}
            <details class="as-table">
                <summary>{text.as_table()}</summary>
                <div tabindex="0" role="region" aria-label=label>
                    <table class="data-table" id=table>
                        <thead><tr><th scope="col">{first}</th>{heads.into_iter().collect_view()}{noted.head(text)}</tr></thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table>
                </div>
            </details>
        </section>
    }
    .into_any()
}
