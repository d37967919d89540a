//! What the list goes by, as a form without scripts: what is asked of calls is asked of each customer's latest.

use domain::{CallClass, CustomerFilter, HangupBy, Period, customer_filter::TimesCalled, filter::ClassFilter};
use leptos::prelude::*;

use super::Customers;
use crate::{
    components::{
        Icon,
        asking::{self, Asking},
    },
    links,
    text::messages,
    use_text,
};

messages! {
    filter_customers = "Bộ lọc", "Filters";
    filter_latest = "Theo cuộc gọi gần nhất của mỗi khách", "By the latest call to each customer";
    filter_from = "Gọi từ ngày", "Called from";
    filter_until = "đến ngày", "to";
    filter_class = "Nhóm", "Class";
    filter_ended = "Bên gác máy", "Ended by";
    filter_times = "Số cuộc gọi", "Calls";
    filter_any = "Tất cả", "All";
    filter_apply = "Lọc", "Apply";
    times_called(calls) = "{calls} cuộc", "{calls}";
    times_at_least(calls) = "từ {calls} cuộc", "{calls} or more";
}

/// How a field is laid out.
const FIELD: &str = "grid gap-1 text-note text-muted";
/// Numbers of calls to choose from; the last stands for it and more.
const TIMES: u32 = 5;

/// How many filters of the form are on.
fn count(filter: &CustomerFilter) -> usize {
    usize::from(filter.period != Period::Whole)
        + usize::from(!filter.codes.is_empty())
        + usize::from(!filter.classes.is_empty())
        + usize::from(!filter.hangup_by.is_empty())
        + usize::from(filter.calls.is_some())
}

/// The form, closed while none of it is on.
pub fn form(list: &Customers) -> AnyView {
    let text = use_text();
    let filter = &list.filter;
    let on = count(filter);
    let range = filter.period.resolve(list.head.today());
    let day = |name, label, day| asking::day(FIELD, (name, label), day, false);
    let choice = |name, label, options, chosen: Option<String>| {
        asking::choice(FIELD, (name, label), text.filter_any(), options, chosen.as_deref())
    };
    let codes = list.codes.iter().map(|code| {
        let label = text.language().pick(&code.label_vi, &code.label_en);
        (code.code.to_string(), format!("{} · {label}", code.code))
    });
    let mut codes: Vec<(String, String)> = codes.collect();
    // One that nobody has defined can be asked for by its address.
    codes.extend(
        filter
            .codes
            .first()
            .map(ToString::to_string)
            .filter(|code| !list.codes.iter().any(|known| known.code.as_str() == code))
            .map(|code| (code.clone(), code)),
    );
    let classes =
        CallClass::ALL.map(|class| (ClassFilter::Class(class).word().to_owned(), text.class(class).to_owned()));
    let in_progress = (ClassFilter::InProgress.word().to_owned(), text.in_progress().to_owned());
    let classes = classes.into_iter().chain([in_progress]).collect();
    let ended = HangupBy::ALL.map(|who| (who.word().to_owned(), text.hangup_by(who).to_owned()));
    let times = (0..TIMES).map(|calls| (TimesCalled::Exactly(calls).to_word(), text.times_called(&calls.to_string())));
    let mut times: Vec<(String, String)> = times.collect();
    times.push((TimesCalled::AtLeast(TIMES).to_word(), text.times_at_least(&TIMES.to_string())));
    let asked = filter.calls.map(TimesCalled::to_word);
    times.extend(
        asked.clone().filter(|word| !times.iter().any(|(known, _)| known == word)).map(|word| (word.clone(), word)),
    );
    let kept = CustomerFilter {
        standing: filter.standing,
        q: filter.q.clone(),
        sort: filter.sort,
        ..CustomerFilter::default()
    };
    let badge = (on > 0).then(|| view! { <small>{on}</small> });
    let action = format!("{}/customers", links::campaign_path(&list.head.id));
    let clear = (on > 0).then(|| {
        let href = links::customers(&list.head.id, &kept);
        view! { <a class="btn btn-quiet" href=href>{text.clear_filters()}</a> }
    });
    let asking = Asking::new(action, "panel mt-2 grid gap-3 sm:grid-cols-2 lg:grid-cols-6 items-end");
    let body = view! {
        <p class="text-note text-muted sm:col-span-2 lg:col-span-6">{text.filter_latest()}</p>
        {day("from", text.filter_from(), range.map(|range| range.from))}
        {day("to", text.filter_until(), range.map(|range| range.to))}
        {choice("code", text.filter_code(), codes, filter.codes.first().map(ToString::to_string))}
        {choice("class", text.filter_class(), classes, filter.classes.first().map(|class| class.word().to_owned()))}
        {choice("hangup_by", text.filter_ended(), ended.into(), filter.hangup_by.first().map(|who| who.word().to_owned()))}
        {choice("calls", text.filter_times(), times, asked)}
        <div class="flex gap-2 sm:col-span-2 lg:col-span-6">
            <button class="btn btn-primary" type="submit">{text.filter_apply()}</button>
            {clear}
        </div>
    };
    view! {
        <details class="grow screen-only" id="customer-filters" open={on > 0}>
            <summary class="btn"><Icon name="filter" />{text.filter_customers()}{badge}</summary>
            {asking.keeping(kept.to_pairs()).view(body.into_any())}
        </details>
    }
    .into_any()
}
