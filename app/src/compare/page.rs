//! The page around the figures: title, files, which campaigns, over which days, and the curves.

use domain::{ComparisonQuery, against::Against, comparison::ComparedCampaign, format, limits::COMPARED_CAMPAIGNS};
use leptos::prelude::*;

use super::{
    curves::{self, CurveAxis, CurveFigure, CurvePlace},
    reading::ComparedReading,
    table, why,
};
use crate::{
    charts,
    components::{
        Asking, Explained, Icon, Info, PeriodPicker, PricingNotice, PrintButton, PrintedSource, against_days,
        against_links, list_files, printed_period,
    },
    day_notes::{self, NotedDays, NotesOf},
    links,
    overview::behind::Behind,
    text::messages,
    use_text,
};

messages! {
    compare_title = "So sánh chiến dịch", "Campaigns side by side";
    compare_with_before = "So với trước", "Compared with before";
    compare_button = "So sánh", "Compare";
    compare_tick(name) = "Chọn {name} để so sánh", "Choose {name} to compare";
    compare_more = "Chọn từ hai đến sáu chiến dịch để đặt cạnh nhau.", "Choose two to six campaigns to stand side by side.";
    compare_why = "Chọn ở đây, hoặc đánh dấu trong danh sách chiến dịch.", "Choose them here, or tick them in the list of campaigns.";
    compare_add = "Thêm chiến dịch", "Add a campaign";
    compare_choose = "Chọn chiến dịch…", "Choose a campaign…";
    compare_full(n) = "Đã đủ {n} chiến dịch", "All {n} campaigns are chosen";
    compare_against = "so với chiến dịch đầu tiên", "against the first campaign";
    compare_whole = "Toàn chiến dịch", "Whole campaigns";
    compare_curves = "Diễn biến", "Over time";
    compare_axis = "Trục ngang", "Horizontal axis";
    compare_by_date = "Theo ngày tháng", "By date";
    compare_by_day = "Theo ngày thứ mấy", "By day from the first";
    compare_no_days = "Có chiến dịch dài hơn 400 ngày: xem theo tháng hoặc năm.", "A campaign has more than 400 days: by month or year.";
    compare_figure = "Số liệu", "Figure";
    day_of_campaign(n) = "Ngày thứ {n}", "Day {n}";
    compare_period_title(name) = "{name}: so với trước", "{name}: compared with before";
    answered_calls = "Cuộc nghe máy", "Answered calls";
    rule_compare_curves = "Mỗi chiến dịch một đường, theo lúc bắt đầu gọi và múi giờ của tài khoản. Theo ngày của chiến dịch thì ngày đầu tiên có cuộc gọi (hoặc đầu kỳ xem) là ngày 1. Ngày nằm ngoài chiến dịch để trống, không vẽ thành 0.", "A line for each campaign, by when dialling began in the account's time zone. By day of the campaign, the first day with calls (or of the period) is day 1. Days outside a campaign are gaps, not zeros.";
}

pub fn page(shown: &ComparedReading) -> AnyView {
    let text = use_text();
    let language = text.language();
    let comparison = &shown.comparison;
    let itself = shown.query.against.and(comparison.campaigns.first());
    let title = itself.map_or_else(|| text.compare_title().to_owned(), |one| text.compare_period_title(&one.name));
    let names = comparison.campaigns.iter().map(|one| shown.label(one, language));
    let about = vec![
        title.clone(),
        printed_period(shown.query.period, shown.days(), text.compare_whole()),
        names.collect::<Vec<_>>().join(", "),
    ];
    let until = format::moment(shown.as_of, language);
    let is_enough = comparison.campaigns.len() > 1;
    let keep = ComparisonQuery { period: domain::Period::Whole, ..shown.query.clone() }.to_pairs();
    let keep = keep.into_iter().chain(shown.drawn_pairs()).map(|(name, value)| (name.to_owned(), value)).collect();
    let body = if is_enough {
        view! { {table::panel(shown)}{why::panel(shown)}{over_time(shown)} }.into_any()
    } else {
        too_few(shown)
    };
    view! {
        <PrintedSource about at=shown.as_of />
        <nav class="breadcrumb" aria-label=text.breadcrumb()>
            <a href="/campaigns">{text.campaigns()}</a>
            {itself.map(|one| view! { <a href=links::overview(&one.id, shown.query.period)>{one.name.clone()}</a> })}
        </nav>
        <header class="page-head">
            <div>
                <div class="page-title"><h1>{title}</h1></div>
                <div class="page-meta">
                    <span>{text.fact_until()}" "{until}</span>
                    <span><Icon name="globe" />{comparison.timezone.clone()}</span>
                </div>
            </div>
            <div class="page-actions"><PrintButton />{is_enough.then(|| list_files("/compare", shown.query.to_pairs(), text.compare_title()))}</div>
        </header>
        <PricingNotice />
        <div class="flex flex-wrap items-center gap-2">
            {if itself.is_some() { days(shown) } else { chooser(shown) }}
            <div class="ml-auto max-w-full">
                <PeriodPicker
                    path="/compare".to_owned()
                    keep=keep
                    period=shown.query.period
                    shown=shown.days()
                    today=shown.as_of.day()
                    whole=text.compare_whole()
                    without_days=text.compare_whole()
                />
            </div>
        </div>
        {body}
    }
    .into_any()
}

/// One more campaign: a form, so that it works without scripts.
fn chooser(shown: &ComparedReading) -> AnyView {
    let text = use_text();
    if shown.query.campaigns.len() >= COMPARED_CAMPAIGNS {
        return view! { <span class="text-muted">{text.compare_full(&COMPARED_CAMPAIGNS.to_string())}</span> }
            .into_any();
    }
    let keep = shown.query.to_pairs().into_iter().chain(shown.drawn_pairs());
    let options = shown.choices.iter().map(|one| {
        let campaign = &one.campaign;
        view! { <option value=campaign.id.to_string()>{campaign.name.clone()}</option> }
    });
    let body = view! {
        <select class="select max-w-80" name="campaign" aria-label=text.compare_add()>
            <option value="">{text.compare_choose()}</option>
            {options.collect_view()}
        </select>
        <button class="btn" type="submit"><Icon name="plus" />{text.compare_add()}</button>
    };
    let class = "flex flex-wrap items-center gap-2 max-w-full screen-only";
    Asking::new("/compare", class).keeping(keep).view(body.into_any())
}

/// Which days the campaign's are compared with.
fn days(shown: &ComparedReading) -> AnyView {
    let text = use_text();
    let query = |against: Option<Against>| ComparisonQuery { against, ..shown.query.clone() };
    let keep = query(None).to_pairs().into_iter().chain(shown.drawn_pairs()).collect();
    let typed = shown.comparison.campaigns.first().and_then(|one| one.days);
    view! {
        <span class="text-muted">{text.compare_days()}</span>
        <nav class="segmented" aria-label=text.compare_days()>
            {against_links("", shown.query.against, |against| shown.address(&query(Some(against))))}
        </nav>
        {against_days("/compare", keep, typed)}
    }
    .into_any()
}

/// What stands there before there is anything to compare.
fn too_few(shown: &ComparedReading) -> AnyView {
    let text = use_text();
    let chosen = shown.comparison.campaigns.iter().map(|one| {
        view! { <p><a class="figure-link" href=links::campaign_path(&one.id)>{one.name.clone()}</a></p> }
    });
    view! {
        <section class="panel empty">
            <span class="empty-icon"><Icon name="chart" /></span>
            <h2>{text.compare_more()}</h2>
            {chosen.collect_view()}
            <p>{text.compare_why()}</p>
            <div class="empty-actions"><a class="btn" href="/campaigns">{text.campaigns()}</a></div>
        </section>
    }
    .into_any()
}

/// A curve for each campaign.
fn over_time(shown: &ComparedReading) -> AnyView {
    let text = use_text();
    let comparison = &shown.comparison;
    let places = curves::places(comparison, shown.axis, text);
    let names = comparison.campaigns.iter().map(|one| shown.label(one, text.language())).collect();
    let option = curves::option(&places, names, comparison, shown.drawn, text);
    // Over days of campaigns, no place is a day of the calendar.
    let firsts: Vec<_> = places.iter().filter_map(|place| place.points.iter().flatten().next().cloned()).collect();
    let noted = NotedDays::of_trend(shown.notes.clone(), &firsts).shown();
    let option = noted.marked(option);
    let of = NotesOf {
        text,
        zone: shown.zone,
        may_write: false,
        add: String::new(),
        here: "",
        is_of_campaign: false,
        day: shown.as_of.day(),
    };
    let unit = shown.drawn.unit(comparison, text);
    let name = shown.drawn.name(text);
    let title = if unit.is_empty() { name.to_owned() } else { format!("{name} ({unit})") };
    let legend = comparison.campaigns.iter().zip(charts::CURVE_TOKENS).enumerate().map(|(n, (one, token))| {
        let style = format!("--curve:var(--{token});--stroke:{}", ["solid", "dashed", "dotted"][n % 3]);
        view! { <span><i class="curve-mark" style=style></i>{shown.label(one, text.language())}</span> }
    });
    let zone = format!("{} ({})", comparison.timezone, format::offset(shown.as_of.offset_minutes));
    let what = Explained {
        name: text.compare_curves().to_owned(),
        rule: text.rule_compare_curves().to_owned(),
        formula: None,
        facts: vec![
            (text.fact_zone().to_owned(), zone),
            (text.fact_until().to_owned(), format::moment(shown.as_of, text.language())),
        ],
        more: None,
    };
    view! {
        <section class="panel">
            <div class="panel-head">
                <div class="panel-title"><h2>{text.compare_curves()}</h2><Info id="curves" what=what /></div>
                <span class="panel-note">{title.clone()}</span>
            </div>
            <div class="flex flex-wrap items-center gap-2 mb-3 screen-only">{figures(shown)}{axes(shown)}</div>
            <div class="legend">{legend.collect_view()}</div>
            <ringside-chart class="chart" for-table="curves-table" aria-label=title.clone() style="--h:300px">
                <script type="application/json" inner_html=option></script>
            </ringside-chart>
            {day_notes::list(&noted, &of)}
            {as_table(shown, &places, &noted, &title)}
        </section>
    }
    .into_any()
}

/// Which figure is drawn.
fn figures(shown: &ComparedReading) -> AnyView {
    let text = use_text();
    let choices = CurveFigure::ALL.map(|figure| {
        let href = ComparedReading { drawn: figure, ..shown.clone() }.address(&shown.query);
        let current = (shown.drawn == figure).then_some("true");
        view! { <a href=href data-noscroll aria-current=current>{figure.name(text)}</a> }
    });
    view! { <nav class="segmented segmented-small curve-choice" aria-label=text.compare_figure()>{choices.collect_view()}</nav> }
        .into_any()
}

/// Over dates, or over days counted from each campaign's first.
fn axes(shown: &ComparedReading) -> AnyView {
    let text = use_text();
    if !curves::has_days(&shown.comparison) {
        return view! { <span class="text-muted">{text.compare_no_days()}</span> }.into_any();
    }
    let choices = CurveAxis::ALL.map(|axis| {
        let name = match axis {
            CurveAxis::Date => text.compare_by_date(),
            CurveAxis::DayOfCampaign => text.compare_by_day(),
        };
        let href = ComparedReading { axis, ..shown.clone() }.address(&shown.query);
        view! { <a href=href data-noscroll aria-current=(shown.axis == axis).then_some("true")>{name}</a> }
    });
    view! { <nav class="segmented segmented-small" aria-label=text.compare_axis()>{choices.collect_view()}</nav> }
        .into_any()
}

/// The curves as a table; each value leads to its calls.
fn as_table(shown: &ComparedReading, places: &[CurvePlace], noted: &NotedDays, title: &str) -> AnyView {
    let text = use_text();
    let comparison = &shown.comparison;
    let behind =
        |one: &ComparedCampaign| Behind { campaign: one.id.clone(), period: shown.period(one), answered_apart: true };
    let rows = places.iter().enumerate().map(|(index, place)| {
        let cells = place.points.iter().zip(&comparison.campaigns).enumerate().map(|(series, (point, campaign))| {
            let written = curves::written(point.as_ref(), comparison, shown.drawn, text);
            let leads = point.as_ref().filter(|point| point.calls > 0);
            let cell = match leads {
                Some(point) => {
                    let href = behind(campaign).moment(point, None);
                    view! {
                        <a class="figure-link" href=href data-series=series.to_string() data-index=index.to_string()>{written}</a>
                    }
                    .into_any()
                }
                None => view! { <span class="undefined">{written}</span> }.into_any(),
            };
            view! { <td class="num">{cell}</td> }
        });
        view! { <tr><td class="nowrap">{place.title.clone()}</td>{cells.collect_view()}{noted.table_cell(index)}</tr> }
    });
    let heads = comparison
        .campaigns
        .iter()
        .map(|one| view! { <th scope="col" class="num">{shown.label(one, text.language())}</th> });
    view! {
        <details class="as-table">
            <summary>{text.as_table()}</summary>
            <div tabindex="0" role="region" aria-label=title.to_owned()>
                <table class="data-table" id="curves-table">
                    <thead><tr><th scope="col">{text.time_column()}</th>{heads.collect_view()}{noted.head(text)}</tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}
