//! How a running campaign will go on: when its list is through, what it costs and reaches by then, and what was foreseen for the
//! latest day beside what came.

use domain::{
    DateRange, Forecast, Money,
    forecast::{CountBand, ForecastBasis, ForecastHour, HourBand, LatestDay, MoneyBand, Outlook},
    format,
    format::NumberPart,
};
use leptos::prelude::*;

use super::{cost::cell, panel::OverviewPage};
use crate::{Text, components::Info, text::messages};

messages! {
    forecast = "Dự báo", "Forecast";
    forecast_of_days(days) = "theo {days} ngày có gọi gần nhất trước hôm nay, toàn chiến dịch", "from the last {days} days of calling before today, whole campaign";
    forecast_too_few(fewest, days) = "Cần ít nhất {fewest} ngày có gọi trước hôm nay; đã có {days}.", "Needs at least {fewest} days of calling before today; there are {days}.";
    forecast_through = "Gọi hết danh sách", "List is through";
    forecast_calls = "Cuộc gọi còn lại", "Calls to come";
    forecast_reached = "Khách tiếp cận khi hết", "Reached at the end";
    forecast_cost = "Chi phí khi hết", "Cost at the end";
    forecast_band(low, high) = "80%: {low} – {high}", "80%: {low} – {high}";
    forecast_beyond = "sau hơn 10 năm", "in over ten years";
    forecast_nothing_left = "không còn ai để gọi", "nobody left to call";
    forecast_lower = "Cận dưới 80%", "80% lower bound";
    forecast_upper = "Cận trên 80%", "80% upper bound";
    forecast_middle = "Dự báo", "Foreseen";
    forecast_came = "Thực tế", "What came";
    forecast_latest(day) = "Dự báo cho {day} và thực tế", "Foreseen for {day}, and what came";
    forecast_new_reached = "Khách mới tiếp cận", "Newly reached";
    rule_forecast = "Khách chưa tiếp cận còn được gọi đến lần thứ K (theo quy định gọi lại của kế hoạch: 1 cộng tổng số lần gọi lại; không có thì là lần gọi cao nhất đã có), mỗi lần tiếp cận được với tỷ lệ của lần gọi đó trong các ngày có gọi gần nhất (nhiều nhất 7 ngày, không tính hôm nay). Gọi hết khi tổng số cuộc mỗi giờ, theo trung bình các ngày đó, bằng số cuộc còn lại; các thứ trong tuần không gọi được bỏ qua. Khoảng 80%: rút lại các ngày đó 400 lần.", "Customers who are not reached are called until the K-th attempt (by the plan's rules of redialling: one and all redials that they allow; else the highest attempt there was), and each attempt reaches as many as that attempt did on the last days of calling (seven at most, today left out). The list is through when the calls of each hour, as on the mean of these days, come to the calls that are left; weekdays without calls are passed over. The 80% band: these days drawn again 400 times.";
    rule_forecast_latest = "Trung bình của các ngày có gọi trước đó (nhiều nhất 7), với ngày ít nhất và nhiều nhất trong số đó, bên cạnh những gì ngày đó mang lại.", "The mean of the days of calling before it (seven at most), with the least and the most of them, beside what the day brought.";
    fact_open_customers = "Khách chưa tiếp cận", "Customers not reached";
    fact_most_attempts = "Số lần gọi nhiều nhất (K)", "Most attempts (K)";
    fact_calls_a_day = "Cuộc gọi mỗi ngày", "Calls a day";
}

/// An hour of a day, in full.
pub fn hour(at: Option<ForecastHour>, text: Text) -> String {
    let said = |at: ForecastHour| format!("{} {}", format::date(at.day, text.language()), clock(at));
    at.map_or_else(|| text.forecast_beyond().to_owned(), said)
}

/// `14:00–14:59`.
fn clock(at: ForecastHour) -> String {
    format!("{:02}:00–{:02}:59", at.hour, at.hour)
}

/// The panel; none unless the campaign runs.
pub fn panel(page: &OverviewPage) -> Option<AnyView> {
    let (text, forecast) = (page.text, page.report.forecast?);
    let note = text.forecast_of_days(&page.int(forecast.active_days));
    let what = page.explained(text.forecast(), text.rule_forecast(), None, facts(page, forecast), None);
    let too_few = || {
        let (fewest, days) = (page.int(ForecastBasis::FEWEST_DAYS as u64), page.int(forecast.active_days));
        let said = text.forecast_too_few(&fewest, &days);
        view! { <p class="text-muted"><span class="undefined">{format::UNDEFINED}</span>" "{said}</p> }.into_any()
    };
    // A sheet of paper has no room for a forecast that is none.
    let class = if forecast.outlook.is_some() { "panel" } else { "panel screen-only" };
    let body = forecast.outlook.map_or_else(too_few, |outlook| outlook_cells(page, outlook));
    let note = forecast.outlook.is_some().then(|| view! { <span class="panel-note">{note}</span> });
    Some(
        view! {
            <div class=class id="forecast">
                <div class="panel-head">
                    <div class="panel-title"><h3>{text.forecast()}</h3><Info id="forecast-rule" what=what /></div>
                    {note}
                </div>
                {body}
                {forecast.latest.map(|latest| latest_day(page, latest))}
            </div>
        }
        .into_any(),
    )
}

fn facts(page: &OverviewPage, forecast: Forecast) -> Vec<(&'static str, String)> {
    let text = page.text;
    let mut facts = vec![
        (text.fact_open_customers(), page.int(forecast.open_customers)),
        (text.fact_most_attempts(), page.int(u64::from(forecast.attempts))),
    ];
    facts.extend(forecast.outlook.map(|outlook| (text.fact_calls_a_day(), page.int(outlook.calls_a_day))));
    facts
}

fn outlook_cells(page: &OverviewPage, outlook: Outlook) -> AnyView {
    let (text, report) = (page.text, page.report);
    let explained = |name| page.explained(name, text.rule_forecast(), None, vec![], None);
    let number = |id, name, parts: Vec<NumberPart>, sub| cell(id, name, explained(name), parts, None, sub);
    let count = |id, name, band: CountBand| {
        let sub = text.forecast_band(&page.int(band.low), &page.int(band.high));
        number(id, name, vec![NumberPart::new(page.int(band.middle), "")], sub)
    };
    let MoneyBand { low, middle, high } = outlook.cost;
    let cost = vec![format::money_part(middle, &report.currency, page.language)];
    let of_cost = text.forecast_band(&page.money(low), &page.money(high));
    view! {
        <div class="rates kpi-small grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
            {number("forecast-through", text.forecast_through(), moment(page, outlook.through), through_sub(page, outlook))}
            {count("forecast-calls", text.forecast_calls(), outlook.open_calls)}
            {count("forecast-reached", text.forecast_reached(), outlook.reached)}
            {number("forecast-cost", text.forecast_cost(), cost, of_cost)}
        </div>
    }
    .into_any()
}

fn moment(page: &OverviewPage, through: HourBand) -> Vec<NumberPart> {
    match through.middle {
        Some(at) => vec![NumberPart::new(format::date(at.day, page.language), &clock(at))],
        None => vec![NumberPart::new(page.text.forecast_beyond().to_owned(), "")],
    }
}

fn through_sub(page: &OverviewPage, outlook: Outlook) -> String {
    let text = page.text;
    if outlook.open_calls.high == 0 {
        return text.forecast_nothing_left().to_owned();
    }
    let short = |at: Option<ForecastHour>| match at {
        Some(at) => format!("{} {:02}:00", format::date(at.day, text.language()), at.hour),
        None => text.forecast_beyond().to_owned(),
    };
    text.forecast_band(&short(outlook.through.low), &short(outlook.through.high))
}

/// What was foreseen for a day and what came: name, foreseen, its bounds, and what came.
pub struct ForecastLine {
    pub name: &'static str,
    pub foreseen: ForecastBand,
}

/// A count or money, foreseen and come.
#[derive(Clone, Copy)]
pub enum ForecastBand {
    Count(CountBand, u64),
    Money(MoneyBand, Money),
}

/// The lines of the latest day, for page and workbook.
pub fn latest_lines(latest: &LatestDay, text: Text) -> [ForecastLine; 3] {
    let line = |name, foreseen| ForecastLine { name, foreseen };
    [
        line(text.calls_column(), ForecastBand::Count(latest.calls, latest.calls_came)),
        line(text.forecast_new_reached(), ForecastBand::Count(latest.reached, latest.reached_came)),
        line(text.cost_column(), ForecastBand::Money(latest.cost, latest.cost_came)),
    ]
}

fn latest_day(page: &OverviewPage, latest: LatestDay) -> AnyView {
    let text = page.text;
    let title = text.forecast_latest(&format::range(DateRange { from: latest.day, to: latest.day }, page.language));
    let what = page.explained(&title, text.rule_forecast_latest(), None, vec![], None);
    let rows = latest_lines(&latest, text).map(|line| {
        let [low, middle, high, came] = match line.foreseen {
            ForecastBand::Count(band, came) => [band.low, band.middle, band.high, came].map(|n| page.int(n)),
            ForecastBand::Money(band, came) => [band.low, band.middle, band.high, came].map(|money| page.money(money)),
        };
        view! {
            <tr>
                <th scope="row">{line.name}</th>
                <td class="num">{middle}<small class="block text-muted whitespace-normal">{text.forecast_band(&low, &high)}</small></td>
                <td class="num"><b>{came}</b></td>
            </tr>
        }
    });
    view! {
        <div class="mt-4 panel-table">
            <h4 class="panel-title">{title.clone()}<Info id="forecast-latest" what=what /></h4>
            <div class="table-scroll" tabindex="0" role="region" aria-label=title>
                <table class="data-table two-line">
                    <thead>
                        <tr>
                            <th scope="col">{text.report_figure()}</th>
                            <th scope="col" class="num">{text.forecast_middle()}</th>
                            <th scope="col" class="num">{text.forecast_came()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows.into_iter().collect_view()}</tbody>
                </table>
            </div>
        </div>
    }
    .into_any()
}
