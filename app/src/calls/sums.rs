//! The line over the table of calls: the sums of the whole list, or, where counting them takes longer than the page, what asks
//! for them.

use domain::format;
use leptos::prelude::*;
use store::calls::{CallSums, Counts};

use super::{address::CallsAddress, words::CallWords};
use crate::{Session, components::Icon, links, server_page::rendered, with_account::with_account};

/// The line; `revision` is that of the account, so that what is counted later is counted anew after a change.
pub(super) fn line(counts: &Counts, address: &CallsAddress, words: &CallWords, revision: i64) -> String {
    let (text, masked) = (words.text, words.masked);
    let known = counts.sums.map(|sums| spans(&sums, words));
    let later = (counts.sums.is_none() || counts.lacks_customers).then(|| {
        let campaign = address.campaign.as_ref().map(|campaign| ("campaign", campaign.to_string()));
        let query = CallsAddress { cursor: None, ..address.clone() }.list_query();
        let asked = campaign.into_iter().chain([("query", query), ("revision", revision.to_string())]);
        let source = with_account(&links::with_query("/fn/call-sums", asked));
        let at_once = CallsAddress { counted: true, ..address.clone() }.href();
        view! {
            <ringside-count data-src=source data-failed=text.sums_failed()>
                <span role="status"><span class="spinner" aria-hidden="true"></span>" "{text.sums_counting()}</span>
                <noscript><a class="link" href=at_once rel="nofollow">{text.sums_count()}</a></noscript>
            </ringside-count>
        }
    });
    rendered(Session::of_request(), move || {
        view! {
            <div class="flex flex-wrap gap-x-5 gap-y-1 text-muted [&_b]:text-ink" role="group" aria-label=text.sums()>
                {known}
                {later}
                {masked.then(|| view! {
                    <span class="ml-auto inline-flex items-center gap-1.5 text-note">
                        <Icon name="eye-off" small=true />
                        {text.phones_masked()}
                    </span>
                })}
            </div>
        }
        .into_any()
    })
}

/// What is shown once all is counted, in place of what asked for it.
pub(super) fn counted(counts: &Counts, words: &CallWords) -> String {
    let spans = counts.sums.map(|sums| spans(&sums, words));
    rendered(Session::of_request(), move || spans.into_any())
}

fn spans(sums: &CallSums, words: &CallWords) -> AnyView {
    let (text, language) = (words.text, words.language);
    let customers = sums.customers.map(|customers| words.customers(customers));
    let all = [
        Some((text.int(sums.calls), text.calls_unit(sums.calls).to_owned())),
        customers,
        Some((words.total(sums.talk_time), text.sum_talk().to_owned())),
        Some((format::integer(sums.blocks, language), text.sum_blocks().to_owned())),
        Some((format::money(sums.cost, &words.currency, language), String::new())),
    ];
    let all = all.into_iter().flatten().map(|(number, unit)| {
        view! { <span><b class="font-semibold">{number}</b>" "{unit}</span> }
    });
    all.collect_view().into_any()
}
