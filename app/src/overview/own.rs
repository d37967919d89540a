//! The calls by the values of each of the account's own dimensions.

use domain::{
    Language, OwnFilter, format,
    interval::Interval,
    own_dimension::{OwnDimensionResult, OwnPlace, OwnValueResult},
    report::Rate,
};
use leptos::prelude::*;

use super::{panel::OverviewPage, talk_time::count_link};
use crate::{
    Text,
    components::{Icon, Info},
    intervals::bounds,
    links,
    own_values::place_name,
    text::messages,
    with_account::with_account,
};

/// Values that stand on the page before the others are asked for.
const SHOWN: usize = 10;

messages! {
    own_group = "Theo chiều riêng", "By own dimensions";
    rule_own(name) = "Cuộc gọi đã kết thúc theo giá trị “{name}” mà hệ thống gửi kèm cuộc gọi, hoặc kèm khách hàng nếu cuộc gọi không có. Các dòng cộng lại đúng bằng tổng. Khách mới tiếp cận tính cho giá trị của cuộc gọi đầu tiên tiếp cận khách. Dưới mỗi tỷ lệ là khoảng tin cậy 95% (Wilson): ít cuộc gọi thì khoảng rộng.", "Finished calls by the value of “{name}” that was sent with the call, or with its customer where the call has none. Rows sum to the whole. A newly reached customer counts for the value of the call that reached them first. Below each rate stands its 95% interval (Wilson): few calls make it wide.";
    own_other_fact = "giá trị ngoài 200 giá trị đầu tiên, dài hơn 200 ký tự, hoặc là danh sách", "values beyond the first 200, longer than 200 characters, or lists";
    own_none_fact = "cuộc gọi và khách hàng không có giá trị", "neither the call nor its customer has one";
    own_filling(percent) = "Đang tính cho cuộc gọi đã lưu: {percent}%. Cuộc chưa tính tạm ở dòng “–”.", "Stored calls are being counted: {percent}%. Those to come stand under “–”.";
    own_more(n) = "{n} giá trị nữa", "{n} more values";
    own_csv = "Bảng thành CSV", "The table as CSV";
}

/// The filter that leads to the calls of a row.
fn filter_of(dimension: u32, value: &OwnValueResult) -> OwnFilter {
    let word = format!("{dimension}.{}", value.value);
    OwnFilter::from_word(&word).unwrap_or(OwnFilter { dimension, place: OwnPlace::None })
}

/// A panel for each dimension; none where none is declared.
pub fn group(page: &OverviewPage) -> Option<AnyView> {
    let text = page.text;
    let dimensions = &page.report.own_dimensions;
    if dimensions.is_empty() {
        return None;
    }
    let panels = dimensions.iter().map(|result| panel(page, result)).collect_view();
    Some(
        view! {
            <section class="group" aria-labelledby="group-own">
                <div class="group-head"><h2 id="group-own">{text.own_group()}</h2></div>
                {panels}
            </section>
        }
        .into_any(),
    )
}

fn panel(page: &OverviewPage, result: &OwnDimensionResult) -> AnyView {
    let (text, language) = (page.text, page.language);
    let (number, name) = (result.dimension.number, result.dimension.label(language).to_owned());
    let calls = page.report.calls.total;
    let sums = result.values.iter().take(SHOWN).map(|value| page.int(value.calls)).collect::<Vec<_>>().join(" + ");
    let sums = if result.values.len() > SHOWN { format!("{sums} + …") } else { sums };
    let formula = (calls > 0).then(|| (sums, text.calls(calls)));
    let mut facts = page.without_open();
    if result.values.iter().any(|value| value.value == "other") {
        facts.push((text.own_other(), text.own_other_fact().to_owned()));
    }
    if result.values.iter().any(|value| value.value == "none") {
        facts.push((format::UNDEFINED, text.own_none_fact().to_owned()));
    }
    let more = Some((page.behind.finished(), calls));
    let what = page.explained(&name, &text.rule_own(&name), formula, facts, more);
    let filling = result.filled_percent.map(|percent| {
        let words = text.own_filling(&percent.to_string());
        view! { <p class="notice" role="status"><Icon name="clock" /><span>{words}</span></p> }
    });
    let has_goals = !page.overview.goals.is_empty();
    let rows = |values: &[OwnValueResult], from: usize| {
        values.iter().enumerate().map(|(n, value)| row(page, number, value, from + n, has_goals)).collect_view()
    };
    let (first, rest) = result.values.split_at(result.values.len().min(SHOWN + 1));
    let (first, rest) = if rest.is_empty() { (first, rest) } else { result.values.split_at(SHOWN) };
    let table = |body: AnyView| {
        view! {
            <div class="table-scroll" tabindex="0" role="region" aria-label=name.clone()>
                <table class="data-table own-table">
                    {heads(&name, has_goals, text)}
                    <tbody>{body}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let more_rows = (!rest.is_empty()).then(|| {
        let summary = text.own_more(&page.int(rest.len() as u64));
        view! {
            <details class="as-table" id=format!("own-{number}-more")>
                <summary>{summary}</summary>
                {table(rows(rest, SHOWN).into_any())}
            </details>
        }
    });
    let pairs = domain::filter::period_pairs(page.overview.period).into_iter();
    let pairs = pairs.chain([("header", language.tag().to_owned())]);
    let path = format!("{}/dimensions.csv", links::campaign_path(&page.behind.campaign));
    let csv = with_account(&links::with_query(&path, pairs));
    view! {
        <div class="panel panel-table" id=format!("own-{number}")>
            <div class="panel-head">
                <div class="panel-title"><h3>{name.clone()}</h3><Info id=format!("own-rule-{number}") what=what /></div>
                <a class="btn btn-ghost screen-only" href=csv rel="external" download=""><Icon name="download" />{text.own_csv()}</a>
            </div>
            {filling}
            {page.why_empty()}
            {(!result.values.is_empty()).then(|| table(rows(first, 0).into_any()))}
            {more_rows}
        </div>
    }
    .into_any()
}

fn heads(name: &str, has_goals: bool, text: Text) -> AnyView {
    let heads = [
        Some(text.calls_column()),
        Some(text.answered_column()),
        Some(text.answer_rate()),
        Some(text.success()),
        has_goals.then(|| text.own_goals()),
        has_goals.then(|| text.goal_rate()),
        Some(text.newly_reached()),
        Some(text.cost_column()),
    ];
    let heads = heads.into_iter().flatten().map(|head| view! { <th scope="col" class="num">{head}</th> });
    view! { <thead><tr><th scope="col">{name.to_owned()}</th>{heads.collect_view()}</tr></thead> }.into_any()
}

/// A rate over its interval.
fn rate(rate: Rate, interval: Option<Interval>, language: Language, text: Text) -> AnyView {
    let bounds = interval.map(|interval| view! { <small>{bounds(interval, text)}</small> });
    view! { {format::rate(rate, language)}{bounds} }.into_any()
}

fn row(page: &OverviewPage, dimension: u32, value: &OwnValueResult, n: usize, has_goals: bool) -> AnyView {
    let (text, language, own) = (page.text, page.language, filter_of(dimension, value));
    let count = |calls: u64, href: String| count_link(page.int(calls), href, calls > 0, None, n);
    let goals = has_goals.then(|| {
        view! {
            <td class="num">{count(value.goals, page.behind.own_goals(own, &page.overview.goals))}</td>
            <td class="num">{rate(value.goal_rate, value.goal_interval, language, text)}</td>
        }
    });
    let name = place_name(value, text);
    view! {
        <tr>
            <th scope="row"><span class="clip" title=name.clone()>{name.clone()}</span></th>
            <td class="num">{count(value.calls, page.behind.own(own))}</td>
            <td class="num">{count(value.answered, page.behind.own_answered(own))}</td>
            <td class="num">{rate(value.answer_rate, value.answer_interval, language, text)}</td>
            <td class="num">{count(value.success, page.behind.own_success(own))}</td>
            {goals}
            <td class="num">{count(value.newly_reached, page.behind.own_newly_reached(own))}</td>
            <td class="num">{page.money(value.cost)}</td>
        </tr>
    }
    .into_any()
}
