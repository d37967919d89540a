//! What the campaign was set to do, beside what happened.

use domain::{Rate, filter::CustomerStanding, format, format::NumberPart, report::Planned};
use leptos::prelude::*;

use super::{cost::cell, panel::OverviewPage};
use crate::{settings::campaign_forms::plan_seen, text::messages};

messages! {
    planned = "Kế hoạch và thực tế", "Planned and happened";
    planned_outside = "Cuộc gọi ngoài kế hoạch", "Calls outside the plan";
    planned_outside_of(calls) = "trên {calls}, theo ngày và khung giờ", "of {calls}, by day and hours";
    rule_outside = "Cuộc gọi đã kết thúc mà lúc bắt đầu quay số nằm trước ngày đầu, sau ngày cuối, hoặc ngoài mọi khung giờ của kế hoạch, theo múi giờ của tài khoản. Phút đầu của khung được tính vào khung, phút cuối thì không.", "Finished calls whose dialling began before the first day, after the last day, or in none of the plan's hours, in the account's zone. Hours hold their first minute and not the one they end with.";
    fact_other_days = "Ngoài các ngày", "On other days";
    fact_other_hours = "Ngoài khung giờ", "At other hours";
    planned_beyond = "Gọi lại ngoài quy định", "Redials beyond the rule";
    planned_beyond_of(redials) = "trên {redials} cuộc gọi lại", "of {redials} redials";
    rule_beyond = "Cuộc gọi lại mà kế hoạch không cho phép: sau mã không có quy định gọi lại, quá số lần của mã đó, hoặc sớm hơn thời gian chờ tính từ lúc cuộc trước kết thúc. Mỗi cuộc đếm một lần, theo lý do đầu tiên.", "Redials that the plan does not allow: after a code without a rule, more often than the rule of that code says, or before its pause was over, counted from the end of the call before. Each is counted once, by the first reason.";
    fact_no_rule = "Mã không có quy định", "No rule for the code";
    fact_too_often = "Quá số lần", "Too often";
    fact_too_early = "Quá sớm", "Too early";
    planned_to_go = "Còn lại ở tốc độ này", "To go at this speed";
    days_of_calling(n) = "{n} ngày gọi", "{n} days of calling";
    planned_to_go_of(customers) = "{customers} chưa gọi", "{customers} not called yet";
    planned_all_called = "đã gọi cả danh sách", "the whole list was called";
    rule_to_go = "Số khách chưa gọi lần nào chia cho số lần gọi đầu tiên trung bình mỗi ngày của tối đa 7 ngày có gọi gần nhất, làm tròn lên. Không tính các cuộc gọi lại. Luôn tính trên toàn chiến dịch.", "Customers not called yet divided by the mean first attempts a day on the last days with any, up to seven, rounded up. Redials are not counted in. Always of the whole campaign.";
    first_calls_of_days(calls, days) = "{calls} lần đầu trong {days} ngày", "{calls} first attempts on {days} days";
    plan_says_no_times = "kế hoạch không nêu ngày và giờ", "the plan names no days and hours";
    plan_says_no_redials = "kế hoạch không nêu quy định gọi lại", "the plan has no rule for redials";
    planned_days_to_go = "Còn lại ở tốc độ này, ngày gọi", "Days of calling to go at this speed";
}

/// The panel; none where nobody has said a plan.
pub fn panel(page: &OverviewPage) -> Option<AnyView> {
    let (text, planned) = (page.text, page.report.planned?);
    let plan = page.overview.plan.as_ref()?;
    let says = plan_seen(Some(plan), text);
    Some(
        view! {
            <div class="panel">
                <div class="panel-head">
                    <div class="panel-title"><h3>{text.planned()}</h3></div>
                    <span class="panel-note">{says}</span>
                </div>
                <div class="rates kpi-small grid gap-4 sm:grid-cols-3">
                    {outside(page, planned)}{beyond(page, planned)}{to_go(page, planned)}
                </div>
            </div>
        }
        .into_any(),
    )
}

/// A count with its share.
fn parts(page: &OverviewPage, rate: Rate) -> Vec<NumberPart> {
    let share = if rate.denominator > 0 { format!("· {}", format::rate(rate, page.language)) } else { String::new() };
    vec![NumberPart::new(page.int(rate.numerator), &share)]
}

fn formula(page: &OverviewPage, rate: Rate, whole: String) -> Option<(String, String)> {
    let of = page.text.of_calls(&page.int(rate.numerator), &whole);
    (rate.denominator > 0).then(|| (of, format::rate(rate, page.language)))
}

fn outside(page: &OverviewPage, planned: Planned) -> AnyView {
    let text = page.text;
    let name = text.planned_outside();
    let Some(outside) = planned.outside else {
        let what = page.explained(name, text.rule_outside(), None, vec![], None);
        return cell("outside-plan", name, what, vec![], None, text.plan_says_no_times().to_owned());
    };
    let whole = text.calls(outside.calls.denominator);
    let mut facts = vec![
        (text.fact_other_days(), text.calls(outside.other_days)),
        (text.fact_other_hours(), text.calls(outside.other_hours)),
    ];
    facts.extend(page.without_open());
    let href = page.behind.outside_plan();
    let more = Some((href.clone(), outside.calls.numerator));
    let what = page.explained(name, text.rule_outside(), formula(page, outside.calls, whole.clone()), facts, more);
    let link = (outside.calls.numerator > 0).then_some(href);
    cell("outside-plan", name, what, parts(page, outside.calls), link, text.planned_outside_of(&whole))
}

fn beyond(page: &OverviewPage, planned: Planned) -> AnyView {
    let text = page.text;
    let name = text.planned_beyond();
    let Some(beyond) = planned.beyond else {
        let what = page.explained(name, text.rule_beyond(), None, vec![], None);
        return cell("beyond-rule", name, what, vec![], None, text.plan_says_no_redials().to_owned());
    };
    let redials = page.int(beyond.redials.denominator);
    let mut facts = vec![
        (text.fact_no_rule(), text.calls(beyond.no_rule)),
        (text.fact_too_often(), text.calls(beyond.too_often)),
        (text.fact_too_early(), text.calls(beyond.too_early)),
    ];
    facts.extend(page.without_open());
    let href = page.behind.beyond_rule();
    let more = Some((href.clone(), beyond.redials.numerator));
    let whole = text.calls(beyond.redials.denominator);
    let what = page.explained(name, text.rule_beyond(), formula(page, beyond.redials, whole), facts, more);
    let link = (beyond.redials.numerator > 0).then_some(href);
    cell("beyond-rule", name, what, parts(page, beyond.redials), link, text.planned_beyond_of(&redials))
}

fn to_go(page: &OverviewPage, planned: Planned) -> Option<AnyView> {
    let (text, to_go) = (page.text, planned.to_go?);
    let name = text.planned_to_go();
    let said = to_go.days_to_go.map(|days| text.days_of_calling(&page.int(days)));
    let formula = said.filter(|_| to_go.first_calls > 0).map(|said| {
        let speed = text.first_calls_of_days(&page.int(to_go.first_calls), &page.int(to_go.days));
        (format!("{} ÷ ({speed})", text.customers(to_go.customers)), said)
    });
    let href = page.behind.listed(CustomerStanding::NeverDialled);
    let what = page.explained(name, text.rule_to_go(), formula, vec![], None);
    let what = page.with_customers(what, href.clone(), to_go.customers);
    let parts = to_go.days_to_go.map(|days| {
        let unit = text.days_of_calling("");
        vec![NumberPart::new(page.int(days), unit.trim())]
    });
    let sub = match to_go.customers {
        0 => text.planned_all_called().to_owned(),
        customers => text.planned_to_go_of(&text.customers(customers)),
    };
    let link = (to_go.customers > 0).then_some(href);
    Some(cell("to-go", name, what, parts.unwrap_or_default(), link, sub))
}
