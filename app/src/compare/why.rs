//! Why a rate is another one than before: what the calls' hours, weekdays, attempts and voicebots did to it.

use domain::{
    OwnFilter, VoicebotId,
    comparison::ComparedCampaign,
    format,
    rate_change::{ChangedValue, PartDimension, PartRate, RateChange},
    report::Rate,
};
use leptos::prelude::*;

use super::{reading::ComparedReading, table::point_change};
use crate::{
    Text,
    components::{Explained, Icon, Info},
    links,
    overview::behind::Behind,
    text::messages,
    use_text,
    with_account::with_account,
};

messages! {
    why_title = "Vì sao thay đổi", "Why did it change";
    why_rate = "Tỷ lệ", "Rate";
    why_by = "Theo", "By";
    why_by_hour = "Giờ trong ngày", "Hour of the day";
    why_by_weekday = "Thứ trong tuần", "Weekday";
    why_by_attempt = "Lần gọi", "Attempt";
    why_by_voicebot = "Voicebot", "Voicebot";
    why_mix = "Do cơ cấu", "Mix part";
    why_own = "Do tỷ lệ", "Rate part";
    why_sum = "Chênh lệch", "Difference";
    why_value = "Giá trị", "Value";
    why_before = "Trước", "Before";
    why_now = "Nay", "Now";
    why_total = "Tổng", "Total";
    why_details(what) = "Chi tiết theo {what}", "In detail by {what}";
    why_csv = "Các phần thành CSV", "The parts as CSV";
    why_nothing = "Một trong hai kỳ không có cuộc gọi nào để chia.", "One of the two periods has no calls to divide by.";
    rule_why = "Chênh lệch của tỷ lệ được tách theo từng giá trị, với tỷ trọng w và tỷ lệ r trước (0) và nay (1). Do cơ cấu: Σ (w1 − w0) × (r trung bình − R trung bình), vì cuộc gọi dồn sang chỗ có tỷ lệ khác. Do tỷ lệ: Σ w trung bình × (r1 − r0), vì chính tỷ lệ ở đó thay đổi. Hai phần cộng lại đúng bằng chênh lệch, đến phần triệu cuối cùng. Giá trị chỉ có ở một kỳ tính hết vào cơ cấu. Theo lần gọi chỉ có tỷ lệ nghe máy.", "The difference of a rate is taken apart by value, with shares w and rates r before (0) and now (1). Mix part: Σ (w1 − w0) × (mean r − mean R), because calls moved to where the rate is another one. Rate part: Σ mean w × (r1 − r0), because the rate itself changed there. Both sum to the difference to the last millionth. A value that only one period has is all mix. By attempt there is the answer rate alone.";
}

/// What people call a rate.
pub fn rate_name(rate: PartRate, text: Text) -> &'static str {
    match rate {
        PartRate::AnswerRate => text.answer_rate(),
        PartRate::NetworkEffectiveness => text.network_effectiveness(),
        PartRate::GoalRate => text.goal_rate(),
    }
}

/// What people call a dimension.
pub fn dimension_name(change: &RateChange, text: Text) -> String {
    let name = match change.dimension {
        PartDimension::Hour => text.why_by_hour(),
        PartDimension::Weekday => text.why_by_weekday(),
        PartDimension::Attempt => text.why_by_attempt(),
        PartDimension::Voicebot => text.why_by_voicebot(),
        PartDimension::Own(_) => change.own.as_ref().map_or(format::UNDEFINED, |own| own.label(text.language())),
    };
    name.to_owned()
}

/// What people call a value.
pub fn value_name(dimension: PartDimension, value: &ChangedValue, text: Text) -> String {
    let number = || value.value.parse::<u8>().unwrap_or_default();
    match dimension {
        PartDimension::Hour => format!("{0:02}:00–{0:02}:59", number()),
        PartDimension::Weekday => format::weekday_name(number(), text.language()).to_owned(),
        PartDimension::Attempt => text.attempt(&value.value),
        PartDimension::Voicebot => value.name.clone().unwrap_or_else(|| value.value.clone()),
        PartDimension::Own(_) => match (&value.name, value.value.as_str()) {
            (Some(shown), _) => shown.clone(),
            (None, "other") => text.own_other().to_owned(),
            _ => format::UNDEFINED.to_owned(),
        },
    }
}

/// The panel; none where the page is of several campaigns.
pub fn panel(shown: &ComparedReading) -> Option<AnyView> {
    let text = use_text();
    shown.query.against?;
    let choices = PartRate::ALL.map(|rate| {
        let href = ComparedReading { rate, ..shown.clone() }.address(&shown.query);
        let current = (shown.rate == rate).then_some("true");
        view! { <a href=href data-noscroll aria-current=current>{rate_name(rate, text)}</a> }
    });
    let changes: Vec<&RateChange> =
        shown.comparison.rate_changes.iter().filter(|change| change.rate == shown.rate).collect();
    let zone = format!("{} ({})", shown.comparison.timezone, format::offset(shown.as_of.offset_minutes));
    let what = Explained {
        name: text.why_title().to_owned(),
        rule: text.rule_why().to_owned(),
        formula: None,
        facts: vec![
            (text.fact_zone().to_owned(), zone),
            (text.fact_until().to_owned(), format::moment(shown.as_of, text.language())),
        ],
        more: None,
    };
    let body = if changes.is_empty() {
        view! { <p class="text-muted">{text.why_nothing()}</p> }.into_any()
    } else {
        let details = changes.iter().map(|change| details(shown, change)).collect_view();
        view! { {summary(&changes, text)}{details} }.into_any()
    };
    let pairs = shown.query.to_pairs().into_iter();
    let pairs = pairs.chain([("parts", "true".to_owned()), ("header", text.language().tag().to_owned())]);
    let csv = with_account(&links::with_query("/compare.csv", pairs));
    Some(
        view! {
            <section class="panel panel-table" id="why">
                <div class="panel-head">
                    <div class="panel-title"><h2>{text.why_title()}</h2><Info id="why-rule" what=what /></div>
                    <a class="btn screen-only" href=csv rel="external" download=""><Icon name="download" />{text.why_csv()}</a>
                </div>
                <nav class="segmented segmented-small curve-choice mb-3" aria-label=text.why_rate()>{choices.collect_view()}</nav>
                {body}
            </section>
        }
        .into_any(),
    )
}

/// The name of a column, with its unit.
fn in_points(name: &str, text: Text) -> String {
    format!("{name}, {}", text.compared_points("").trim())
}

/// What each dimension says in all: a line of two parts for each.
fn summary(changes: &[&RateChange], text: Text) -> AnyView {
    let rows = changes.iter().map(|change| {
        view! {
            <tr>
                <th scope="row">{dimension_name(change, text)}</th>
                <td class="num">{point_change(change.mix_part, 2, text)}</td>
                <td class="num">{point_change(change.rate_part, 2, text)}</td>
                <td class="num"><b>{point_change(change.difference, 2, text)}</b></td>
            </tr>
        }
    });
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=text.why_title()>
            <table class="data-table">
                <thead>
                    <tr>
                        <th scope="col">{text.why_by()}</th>
                        <th scope="col" class="num">{in_points(text.why_mix(), text)}</th>
                        <th scope="col" class="num">{in_points(text.why_own(), text)}</th>
                        <th scope="col" class="num">{in_points(text.why_sum(), text)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Every value of a dimension, to the last millionth.
fn details(shown: &ComparedReading, change: &RateChange) -> AnyView {
    let text = use_text();
    let name = dimension_name(change, text);
    let exact = |part| point_change(part, 4, text);
    let rows = change.values.iter().map(|value| {
        let [before, now] = [(0, value.before), (1, value.now)].map(|(column, rate)| {
            let href = shown.comparison.campaigns.get(column).and_then(|one| behind(shown, one, change, value));
            counted(rate, href, text)
        });
        view! {
            <tr>
                <th scope="row">{value_name(change.dimension, value, text)}</th>
                <td class="num">{before}</td>
                <td class="num">{now}</td>
                <td class="num">{exact(value.mix_part)}</td>
                <td class="num">{exact(value.rate_part)}</td>
            </tr>
        }
    });
    // A name of the account's own stays as it is written.
    let title = text.why_details(&if change.own.is_some() { name.clone() } else { name.to_lowercase() });
    view! {
        <details class="as-table">
            <summary>{title.clone()}</summary>
            <div tabindex="0" role="region" aria-label=title>
                <table class="data-table">
                    <thead>
                        <tr>
                            <th scope="col">{name}</th>
                            <th scope="col" class="num">{text.why_before()}</th>
                            <th scope="col" class="num">{text.why_now()}</th>
                            <th scope="col" class="num">{in_points(text.why_mix(), text)}</th>
                            <th scope="col" class="num">{in_points(text.why_own(), text)}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {rows.collect_view()}
                        <tr class="total">
                            <th scope="row">{text.why_total()}</th>
                            <td class="num" colspan="2">{exact(change.difference)}</td>
                            <td class="num">{exact(change.mix_part)}</td>
                            <td class="num">{exact(change.rate_part)}</td>
                        </tr>
                    </tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

/// A rate with its counts, which lead to the calls that it is of.
fn counted(rate: Rate, href: Option<String>, text: Text) -> AnyView {
    let counts = format!("{} / {}", text.int(rate.numerator), text.int(rate.denominator));
    if rate.denominator == 0 {
        return view! { <span class="undefined">{format::UNDEFINED}</span> }.into_any();
    }
    let written = format::rate(rate, text.language());
    view! { {written}" "<small class="text-muted">{href.map_or_else(
        || view! { {counts.clone()} }.into_any(),
        |href| view! { <a class="figure-link" href=href>{counts.clone()}</a> }.into_any(),
    )}</small> }
    .into_any()
}

/// The calls that a value's rate is of: finished ones, of the goal rate the answered ones.
fn behind(
    shown: &ComparedReading,
    one: &ComparedCampaign,
    change: &RateChange,
    value: &ChangedValue,
) -> Option<String> {
    let calls = one.report.calls;
    let behind =
        Behind { campaign: one.id.clone(), period: shown.period(one), answered_apart: calls.answered != calls.success };
    let number = value.value.parse::<u32>().ok();
    let is_answered = change.rate == PartRate::GoalRate;
    let voicebot = VoicebotId::new(value.value.clone()).ok();
    Some(match change.dimension {
        PartDimension::Hour => {
            behind.part(is_answered, |filter| filter.hours = number.map(|n| n as u8).into_iter().collect())
        }
        PartDimension::Weekday => {
            behind.part(is_answered, |filter| filter.weekdays = number.map(|n| n as u8).into_iter().collect())
        }
        PartDimension::Attempt => behind.part(is_answered, |filter| filter.attempts = number.into_iter().collect()),
        PartDimension::Voicebot => {
            let voicebot = voicebot?;
            behind.part(is_answered, |filter| filter.voicebots = vec![voicebot])
        }
        PartDimension::Own(dimension) => {
            let own = OwnFilter::from_word(&format!("{dimension}.{}", value.value))?;
            behind.part(is_answered, |filter| filter.own = vec![own])
        }
    })
}
