//! The figures: a row for each, a column for each campaign. Rates have their bounds, and how they differ from the first campaign's.

use domain::{
    Period,
    comparison::{ComparedCampaign, ComparedRate},
    filter::CustomerStanding,
    format,
};
use leptos::prelude::*;

use super::{
    figures::{ComparedFigure, ComparedValue},
    reading::ComparedReading,
};
use crate::{
    Text,
    components::{Explained, Icon, Info, StateBadge},
    intervals::{bounds, permille},
    links,
    overview::behind::Behind,
    shares,
    text::messages,
    use_text,
};

messages! {
    compared_figures = "Số liệu", "Figures";
    compared_first = "mốc so sánh", "compared with";
    compared_make_first(name) = "So các chiến dịch khác với {name}", "Compare the others with {name}";
    compared_remove(name) = "Bỏ {name}", "Leave out {name}";
    compared_points(n) = "{n} điểm %", "{n} pp";
    compared_unsure = "chưa đủ để kết luận", "not enough to tell";
    fact_interval = "Khoảng tin cậy 95%", "95% interval";
    fact_interval_rule = "Dưới mỗi tỷ lệ là khoảng Wilson; chênh lệch với chiến dịch đầu tiên theo Newcombe, và là “chưa đủ để kết luận” khi khoảng của nó chứa 0.", "Below each rate is its Wilson interval; the difference from the first campaign has Newcombe's, and is not enough to tell where that holds 0.";
}

/// `+3,1`, `−0,4`, `0,0`: percentage points.
fn points(difference: i32, text: Text) -> String {
    let (is_negative, permille) = permille(difference);
    let percent = format::percent(permille, text.language());
    let sign = match (permille, is_negative) {
        (0, _) => "",
        (_, true) => "−",
        (_, false) => "+",
    };
    text.compared_points(&format!("{sign}{}", percent.trim_end_matches('%').trim_end()))
}

/// A change with so many decimals of a percentage point, up to the four that it has: `+3,05`, `−0,4012`.
pub fn point_change(millionths: i32, digits: u32, text: Text) -> String {
    let unit = 10_i64.pow(4 - digits.min(4));
    let rounded = (i64::from(millionths.unsigned_abs()) + unit / 2) / unit;
    let sign = match (rounded, millionths < 0) {
        (0, _) => "",
        (_, true) => "−",
        (_, false) => "+",
    };
    format!("{sign}{}", format::decimal(rounded, digits, text.language()))
}

pub fn panel(shown: &ComparedReading) -> AnyView {
    let text = use_text();
    let campaigns = &shown.comparison.campaigns;
    let heads = campaigns.iter().enumerate().map(|(n, one)| head(shown, n, one)).collect_view();
    let groups = [text.campaign_cost(), text.customer_status(), text.call_status()];
    let bodies = ComparedFigure::GROUPS.into_iter().zip(groups).map(|(figures, name)| {
        let rows = figures.iter().filter(|figure| is_shown(**figure, campaigns)).map(|figure| row(shown, *figure));
        let span = (campaigns.len() + 1).to_string();
        view! {
            <tbody>
                <tr class="group-row"><th scope="rowgroup" colspan=span>{name}</th></tr>
                {rows.collect_view()}
            </tbody>
        }
    });
    view! {
        <section class="panel panel-flush">
            <div class="table-scroll" tabindex="0" role="region" aria-label=text.compared_figures()>
                <table class="data-table compare-table">
                    <thead><tr><th scope="col">{text.compared_figures()}</th>{heads}</tr></thead>
                    {bodies.collect_view()}
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// Calls in progress are a row where there are some.
fn is_shown(figure: ComparedFigure, campaigns: &[ComparedCampaign]) -> bool {
    figure != ComparedFigure::InProgress || campaigns.iter().any(|one| one.report.calls.in_progress > 0)
}

fn head(shown: &ComparedReading, n: usize, one: &ComparedCampaign) -> AnyView {
    let text = use_text();
    let language = text.language();
    let days = one.report.from.zip(one.report.to).map(|(from, to)| domain::DateRange { from, to });
    let days = days.map_or_else(|| text.no_calls_yet().to_owned(), |days| format::range(days, language));
    let is_itself = shown.query.against.is_some();
    let first = if n == 0 {
        view! { <span class="text-muted">{text.compared_first()}</span> }.into_any()
    } else if is_itself {
        ().into_any()
    } else {
        let (href, label) = (shown.address(&shown.query.first(&one.id)), text.compared_make_first(&one.name));
        view! { <a class="icon-button" href=href aria-label=label.clone() title=label><Icon name="chevron-left" /></a> }
            .into_any()
    };
    let (remove, label) = (shown.address(&shown.query.without(&one.id)), text.compared_remove(&one.name));
    view! {
        <th scope="col" class="num">
            <span class="compare-actions screen-only">
                {first}
                {(!is_itself).then(|| view! {
                    <a class="icon-button" href=remove aria-label=label.clone() title=label><Icon name="x" /></a>
                })}
            </span>
            <a class="figure-link compare-name" href=links::overview(&one.id, shown.period(one))>{shown.label(one, language)}</a>
            {shown.query.against.is_none().then(|| view! {
                <small>{one.voicebot.clone()}</small>
                <small>{days}</small>
                <StateBadge state=one.state />
            })}
        </th>
    }
    .into_any()
}

fn row(shown: &ComparedReading, figure: ComparedFigure) -> AnyView {
    let text = use_text();
    let campaigns = &shown.comparison.campaigns;
    let is_rate = campaigns.first().is_some_and(|one| matches!(figure.of(one), ComparedValue::Rate(_)));
    let zone = format!("{} ({})", shown.comparison.timezone, format::offset(shown.as_of.offset_minutes));
    let interval = is_rate.then(|| (text.fact_interval().to_owned(), text.fact_interval_rule().to_owned()));
    let common = [
        (text.fact_zone().to_owned(), zone),
        (text.fact_until().to_owned(), format::moment(shown.as_of, text.language())),
    ];
    let rule = if shown.query.period != Period::Whole && figure.rule(text) == text.rule_customers() {
        format!("{} {}", text.rule_customers(), text.rule_customers_in_period())
    } else {
        figure.rule(text).to_owned()
    };
    let what = Explained {
        name: figure.name(text).to_owned(),
        rule,
        formula: None,
        facts: interval.into_iter().chain(common).collect(),
        more: None,
    };
    let cells = campaigns.iter().map(|one| view! { <td class="num">{cell(shown, figure, one)}</td> });
    view! {
        <tr>
            <th scope="row">{figure.name(text)}" "<Info id=figure.field() what=what /></th>
            {cells.collect_view()}
        </tr>
    }
    .into_any()
}

/// A number that leads to what it counts; a faint one that counts nothing.
fn cell(shown: &ComparedReading, figure: ComparedFigure, one: &ComparedCampaign) -> AnyView {
    let text = use_text();
    let language = text.language();
    let (written, any) = match figure.of(one) {
        ComparedValue::Count(n) => (text.int(n), n > 0),
        ComparedValue::Blocks(n) => (format::integer(n, language), n > 0),
        ComparedValue::Duration(ms) if figure == ComparedFigure::AverageTalkTime => {
            (format::short_duration(ms, language), true)
        }
        ComparedValue::Duration(ms) => (format::total_duration(ms, language), ms > 0),
        ComparedValue::Money(money) => {
            (format::money(money, &shown.comparison.currency, language), money != domain::Money::ZERO)
        }
        ComparedValue::Rate(compared) => return rate(figure, shown, one, compared),
        ComparedValue::Undefined => (format::UNDEFINED.to_owned(), false),
    };
    view! { {leads(written, href(shown, figure, one), any)}{change(shown, figure, one)} }.into_any()
}

/// How a figure differs from the first column's, in percent of that; a rate says it in points instead.
fn change(shown: &ComparedReading, figure: ComparedFigure, one: &ComparedCampaign) -> Option<AnyView> {
    let text = use_text();
    let first = shown.comparison.campaigns.first().filter(|first| !std::ptr::eq(*first, one))?;
    let (then, now) = (figure.of(first).number()?, figure.of(one).number()?);
    let words = match then {
        0 if now == 0 => return None,
        0 => text.change_new().to_owned(),
        _ => {
            let permille = shares::change(now, then);
            let percent = format::percent(permille.unsigned_abs(), text.language());
            match (permille, now > then) {
                (0, _) => percent,
                (_, true) => format!("+{percent}"),
                (_, false) => format!("−{percent}"),
            }
        }
    };
    Some(view! { <small>{words}</small> }.into_any())
}

fn leads(written: String, href: String, any: bool) -> AnyView {
    if any {
        view! { <a class="figure-link" href=href>{written}</a> }.into_any()
    } else {
        view! { <span class="undefined">{written}</span> }.into_any()
    }
}

/// A rate, its bounds, and how it differs from the first campaign's.
fn rate(figure: ComparedFigure, shown: &ComparedReading, one: &ComparedCampaign, compared: ComparedRate) -> AnyView {
    let text = use_text();
    let written = format::rate(compared.rate, text.language());
    let bounds = compared.interval.map(|interval| view! { <small>{bounds(interval, text)}</small> });
    let difference = compared.difference.map(|found| {
        if found.is_conclusive {
            view! { <small><b>{points(found.difference, text)}</b></small> }.into_any()
        } else {
            view! { <small>{points(found.difference, text)}" · "{text.compared_unsure()}</small> }.into_any()
        }
    });
    view! { {leads(written, href(shown, figure, one), compared.rate.numerator > 0)}{bounds}{difference} }.into_any()
}

/// The calls, or customers, behind a figure.
fn href(shown: &ComparedReading, figure: ComparedFigure, one: &ComparedCampaign) -> String {
    use domain::CallClass;
    let calls = one.report.calls;
    let behind =
        Behind { campaign: one.id.clone(), period: shown.period(one), answered_apart: calls.answered != calls.success };
    match figure {
        ComparedFigure::AverageTalkTime | ComparedFigure::TalkTime | ComparedFigure::AnswerRate => behind.answered(),
        ComparedFigure::Blocks | ComparedFigure::Cost | ComparedFigure::Calls => behind.finished(),
        ComparedFigure::CostPerReached | ComparedFigure::Reached | ComparedFigure::ContactRate => behind.reached(),
        ComparedFigure::Customers => behind.customers(),
        ComparedFigure::Tried => behind.tried(),
        ComparedFigure::NeverDialled => behind.listed(CustomerStanding::NeverDialled),
        ComparedFigure::Success => behind.classes(&[CallClass::Success]),
        ComparedFigure::Failed => behind.classes(&[CallClass::Failed]),
        ComparedFigure::Error => behind.classes(&[CallClass::Error]),
        ComparedFigure::InProgress => behind.in_progress(),
        ComparedFigure::NetworkEffectiveness => behind.without_line_fault(&one.report.by_code),
        ComparedFigure::GoalRate => behind.codes(&shown.goals),
    }
}

#[cfg(test)]
mod tests {
    use domain::Language;

    use super::*;

    #[test]
    fn differences_have_one_decimal_and_a_sign() {
        let (vi, en) = (Text(Language::Vi), Text(Language::En));
        assert_eq!(points(31_450, vi), "+3,1 điểm %");
        assert_eq!(points(-31_550, en), "−3.2 pp");
        assert_eq!(points(-449, en), "0.0 pp");
        assert_eq!(
            (point_change(30_512, 4, vi), point_change(-5_050, 2, en)),
            ("+3,0512".to_owned(), "−0.51".to_owned())
        );
        assert_eq!((point_change(49, 2, vi), point_change(-1, 4, vi)), ("0,00".to_owned(), "−0,0001".to_owned()));
    }
}
