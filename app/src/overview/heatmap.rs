//! When people answer: the answer rate of every hour of the week.

use std::collections::BTreeMap;

use domain::{Rate, format, report::HeatCell};
use leptos::prelude::*;

use super::panel::OverviewPage;
use crate::components::Info;

/// Cells with fewer calls say too little to be coloured.
const FEW: u64 = 20;
/// Up to this many columns have room for an hour's both ends, and beside another panel.
const SPELT_OUT: usize = 12;
/// The upper bounds of the steps but the last, in thousandths: fixed, so that one cell cannot flatten the rest.
const STEPS: [u64; 5] = [300, 360, 420, 480, 549];

/// The colour step of a rate, 0 to 5: ≤ 30 % … ≥ 55 %.
fn heat_step(permille: u64) -> usize {
    STEPS.iter().position(|&bound| permille <= bound).unwrap_or(STEPS.len())
}

/// The hours of the columns, from the first with calls to the last.
fn hours(page: &OverviewPage) -> Vec<u8> {
    let hours = || page.report.heatmap.iter().map(|cell| cell.hour);
    // Without calls the axes stay, over the hours that are usually called in.
    (hours().min().unwrap_or(8)..=hours().max().unwrap_or(16)).collect()
}

/// Whether the panel needs the page's whole width.
pub fn is_wide(page: &OverviewPage) -> bool {
    hours(page).len() > SPELT_OUT
}

/// The panel: days in rows on a desktop, hours in rows on a phone.
pub fn panel(page: &OverviewPage) -> AnyView {
    let (text, report) = (page.text, page.report);
    let cells: BTreeMap<(u8, u8), &HeatCell> =
        report.heatmap.iter().map(|cell| ((cell.weekday, cell.hour), cell)).collect();
    let hours = hours(page);
    let days: Vec<u8> = (1..=7).collect();
    let rate = report.rates.answer_rate;
    let formula = (rate.denominator > 0).then(|| {
        let of = text.of_calls(&page.int(rate.numerator), &text.calls(rate.denominator));
        (of, format::rate(rate, page.language))
    });
    let more = Some((page.behind.finished(), report.calls.total));
    let what = page.explained(text.heatmap(), text.rule_heatmap(), formula, page.without_open(), more);
    view! {
        <div class="panel">
            <div class="panel-head">
                <div class="panel-title"><h3>{text.heatmap()}</h3><Info id="heatmap" what=what /></div>
                <span class="panel-note">{text.heatmap_note()}</span>
            </div>
            <div class="table-scroll only-desktop" tabindex="0" role="region" aria-label=text.heatmap()>
                {table(page, &cells, &days, &hours, true)}
            </div>
            <div class="only-phone">{table(page, &cells, &days, &hours, false)}</div>
            <div class="heat-legend">
                <span>{text.heat_low()}</span>
                <i></i><i></i><i></i><i></i><i></i><i></i>
                <span>{text.heat_high()}</span>
                <span class="heat-key">{text.heat_few()}</span>
            </div>
        </div>
    }
    .into_any()
}

fn table(
    page: &OverviewPage,
    cells: &BTreeMap<(u8, u8), &HeatCell>,
    days: &[u8],
    hours: &[u8],
    days_in_rows: bool,
) -> AnyView {
    let day_head = |day: u8| format::weekday(day, page.language).to_owned();
    // Where many hours share the width, the hour that each begins with is enough.
    let spelt_out = days_in_rows && hours.len() <= SPELT_OUT;
    let hour_head = |hour: u8| if spelt_out { format!("{hour}–{}h", hour + 1) } else { format!("{hour}h") };
    let cell_at = |day: u8, hour: u8| {
        let found = cells.get(&(day, hour)).copied();
        view! { <td>{cell(page, day, hour, found)}</td> }.into_any()
    };
    let head = |label: String| view! { <th scope="col">{label}</th> }.into_any();
    let row = |label: String, cells: Vec<AnyView>| view! { <tr><th scope="row">{label}</th>{cells}</tr> }.into_any();
    let (heads, rows): (Vec<AnyView>, Vec<AnyView>) = if days_in_rows {
        let rows = days.iter().map(|&day| row(day_head(day), hours.iter().map(|&hour| cell_at(day, hour)).collect()));
        (hours.iter().map(|&hour| head(hour_head(hour))).collect(), rows.collect())
    } else {
        let rows = hours.iter().map(|&hour| row(hour_head(hour), days.iter().map(|&day| cell_at(day, hour)).collect()));
        (days.iter().map(|&day| head(day_head(day))).collect(), rows.collect())
    };
    let columns = days_in_rows.then(|| format!("--columns:{}", hours.len()));
    view! {
        <table class="heatmap" style=columns>
            <thead><tr><td></td>{heads}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn cell(page: &OverviewPage, day: u8, hour: u8, found: Option<&HeatCell>) -> AnyView {
    let text = page.text;
    let Some(cell) = found else {
        return view! { <span class="heat heat-none">"–"</span> }.into_any();
    };
    let rate = Rate::new(cell.answered, cell.calls);
    let shown = format::whole_percent(rate);
    let name = text.heat_cell(
        format::weekday_name(day, page.language),
        &format!("{hour}–{}", hour + 1),
        &shown,
        &page.int(cell.answered),
        &text.calls(cell.calls),
    );
    let few = cell.calls < FEW;
    let class = if few { "heat heat-few" } else { "heat" };
    let step = (!few).then(|| heat_step(rate.permille().unwrap_or(0)).to_string());
    let href = page.behind.hour_of_week(day, hour);
    view! { <a class=class data-step=step href=href title=name.clone() aria-label=name>{shown}</a> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::heat_step;

    #[test]
    fn the_ends_of_the_scale_are_what_the_legend_says() {
        assert_eq!(heat_step(0), 0);
        assert_eq!(heat_step(300), 0);
        assert_eq!(heat_step(301), 1);
        assert_eq!(heat_step(549), 4);
        assert_eq!(heat_step(550), 5);
        assert_eq!(heat_step(1_000), 5);
    }
}
