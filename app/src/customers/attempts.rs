//! Calls to one customer, newest first: under their row, and on their own page.

use leptos::prelude::*;

use crate::{
    calls::{CallRow, RowParts},
    use_text,
};

/// The cards of a phone; `campaigns` says whether each names its campaign.
pub fn cards(calls: &[CallRow], campaigns: bool, label: String) -> AnyView {
    let text = use_text();
    let cards = calls.iter().map(|call| {
        let RowParts { badge, tag, card_buttons, .. } = RowParts::of(call);
        let label = call.code.as_ref().map(|code| code.label.clone()).unwrap_or_default();
        let campaign = call.campaign.clone().filter(|_| campaigns).map(|name| view! { <span>{name}</span> });
        view! {
            <li class="call-card">
                <div class="min-w-0">
                    <div class="call-card-name">
                        <span inner_html=tag></span>
                        <span>{label}</span>
                    </div>
                    <div class="call-card-meta">
                        <span>{call.time.clone()}" "{call.day.clone()}</span>
                        {campaign}
                        <span>{text.nth_attempt(&call.attempt.to_string())}</span>
                    </div>
                </div>
                <div class="call-card-side">
                    {match call.talk.clone() {
                        Some(talk) => view! { <b>{talk}</b> }.into_any(),
                        None => view! { <span inner_html=badge></span> }.into_any(),
                    }}
                    <div>{call.cost.clone()}</div>
                </div>
                <span class="rowactions" inner_html=card_buttons></span>
            </li>
        }
    });
    view! { <ul class="call-cards only-phone" aria-label=label>{cards.collect_view()}</ul> }.into_any()
}

/// The table of a wider window; `campaigns` says whether each names its campaign.
pub fn table(calls: &[CallRow], campaigns: bool, label: String) -> AnyView {
    let text = use_text();
    // Within a row, a table has no edges of its own.
    let class = if campaigns { "table-scroll only-desktop" } else { "overflow-x-auto only-desktop" };
    let rows = calls.iter().map(|call| {
        let RowParts { badge, tag, buttons, .. } = RowParts::of(call);
        let label = call.code.as_ref().map(|code| code.label.clone()).unwrap_or_default();
        let campaign = call.campaign.clone().filter(|_| campaigns);
        let campaign = campaigns.then(|| view! { <td class="key"><span class="clip">{campaign}</span></td> });
        let dash = || "–".to_owned();
        view! {
            <tr>
                <td class="when nowrap">{call.time.clone()}" "<span class="text-muted">{call.day.clone()}</span></td>
                {campaign}
                <td class="num">{call.attempt}</td>
                <td inner_html=badge></td>
                <td><span class="result"><span inner_html=tag></span><span class="clip">{label}</span></span></td>
                <td class="num">{call.talk.clone().unwrap_or_else(dash)}</td>
                <td class="num">{call.cost.clone().unwrap_or_else(dash)}</td>
                <td class="num" inner_html=buttons></td>
            </tr>
        }
    });
    view! {
        <div class=class tabindex="0" role="region" aria-label=label>
            <table class="data-table">
                <thead>
                    <tr>
                        <th scope="col">{text.column_time()}</th>
                        {campaigns.then(|| view! { <th scope="col">{text.campaign_column()}</th> })}
                        <th scope="col" class="num">{text.column_attempt()}</th>
                        <th scope="col">{text.column_status()}</th>
                        <th scope="col">{text.column_code()}</th>
                        <th scope="col" class="num">{text.column_talk()}</th>
                        <th scope="col" class="num">{text.column_cost()}</th>
                        <th scope="col" class="num">{text.column_recording()}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
