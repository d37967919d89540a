//! The list itself: search, standings, filters, a table on a desktop, cards on a phone.

use domain::{
    CallFilter, CustomerFilter, Period,
    customer_filter::{CustomerOrder, CustomerSort},
    filter::CustomerStanding,
};
use leptos::prelude::*;

use super::{Customers, ShownCustomer, attempts, filters};
use crate::{
    calls::{CallRow, RowParts, recordings_of_page},
    campaign_head::{CampaignHeader, CampaignTabs, Tab},
    components::{Asking, Icon},
    links, use_text,
    with_account::with_account,
};

pub fn page(list: &Customers) -> AnyView {
    let text = use_text();
    let id = list.head.id.clone();
    let csv = with_account(&links::customers_csv(&id, &list.filter, text.language()));
    let xlsx = with_account(&links::customers_xlsx(&id, &list.filter));
    let rows = text.csv_rows(&text.int(list.total));
    let masked = list.masked.then(|| {
        view! {
            <span class="ml-auto inline-flex items-center gap-1.5 text-note">
                <Icon name="eye-off" small=true />
                {text.phones_masked()}
            </span>
        }
    });
    let body = if list.rows.is_empty() { empty(list) } else { table(list) };
    view! {
        <CampaignHeader head=list.head.clone() period=Period::Whole />
        <div class="page-bar">
            <CampaignTabs id tab=Tab::Customers period=Period::Whole listed=list.calls customers=list.head.customers />
        </div>
        <div class="flex flex-wrap items-center gap-2">
            {search(list)}
            {standings(list)}
        </div>
        <div class="flex flex-wrap items-start gap-2">
            {filters::form(list)}
            <div class="button-group ml-auto max-lg:w-full max-lg:*:flex-1" role="group" aria-label=text.export_report()>
                <a class="btn" rel="external" download href=xlsx><Icon name="download" />"XLSX"<small>{rows}</small></a>
                <a class="btn" rel="external" download href=csv>"CSV"</a>
            </div>
        </div>
        <div class="flex flex-wrap gap-x-5 gap-y-1 text-muted [&_b]:text-ink" role="group" aria-label=text.sums()>
            <span><b class="font-semibold">{text.int(list.total)}</b>" "{text.customers_unit(list.total)}</span>
            // Paper has the rows of the page alone.
            <span class="print-only">{text.shown_of(&text.int(list.rows.len() as u64), &text.customers(list.total))}</span>
            {masked}
        </div>
        {body}
    }
    .into_any()
}

fn search(list: &Customers) -> AnyView {
    let text = use_text();
    let path = format!("{}/customers", links::campaign_path(&list.head.id));
    let others = CustomerFilter { q: None, ..list.filter.clone() }.to_pairs();
    let body = view! {
        <label class="search">
            <Icon name="search" />
            <span class="sr-only">{text.search_label()}</span>
            <input type="search" name="q" maxlength="100" autocomplete="off" data-key="/"
                placeholder=text.search_calls() value=list.filter.q.clone().unwrap_or_default() />
            <kbd class="kbd" aria-hidden="true">"/"</kbd>
        </label>
    };
    Asking::new(path, "w-full lg:w-[272px]").search().keeping(others).view(body.into_any())
}

fn tone_of(standing: CustomerStanding) -> Option<&'static str> {
    match standing {
        CustomerStanding::All => None,
        CustomerStanding::Reached => Some("is-success"),
        CustomerStanding::Tried => Some("is-neutral"),
        CustomerStanding::NeverDialled => Some("is-remaining"),
    }
}

fn standings(list: &Customers) -> AnyView {
    let text = use_text();
    let head = &list.head;
    let choices = CustomerStanding::ALL.map(|standing| {
        let count = match standing {
            CustomerStanding::All => head.customers,
            CustomerStanding::Reached => head.reached,
            CustomerStanding::Tried => head.dialled.saturating_sub(head.reached),
            CustomerStanding::NeverDialled => head.customers.saturating_sub(head.dialled),
        };
        let href = links::customers(&head.id, &CustomerFilter { standing, ..list.filter.clone() });
        let dot = tone_of(standing).map(|tone| view! { <i class=format!("dot {tone}")></i> });
        view! {
            <a href=href aria-current=(list.filter.standing == standing).then_some("true")>
                {dot}
                {text.standing(standing)}
                <small>{text.int(count)}</small>
            </a>
        }
    });
    view! { <nav class="segmented" aria-label=text.customer_status()>{choices.collect_view()}</nav> }.into_any()
}

/// What is said of one customer.
struct Said<'a> {
    row: &'a ShownCustomer,
    name: String,
    phone: String,
    id: String,
    /// When the latest call was dialled.
    last: String,
    /// Who ended it.
    ended_by: Option<&'static str>,
    parts: Option<RowParts>,
    label: String,
    talk: String,
    calls: u32,
    cost: String,
    is_open: bool,
    /// Opens or closes the attempts.
    toggle: String,
    /// The customer's own page.
    own: String,
}

fn said<'a>(list: &Customers, row: &'a ShownCustomer) -> Said<'a> {
    let text = use_text();
    let customer = &row.customer;
    let contact = customer.contact.id();
    let name = customer.contact.name().filter(|name| !name.trim().is_empty());
    let latest = row.latest.as_ref();
    let is_open = list.opened.as_ref().is_some_and(|opened| opened.contact == *contact);
    Said {
        row,
        name: name.unwrap_or(text.unnamed_customer()).to_owned(),
        phone: customer.contact.phone().map_or_else(|| "–".to_owned(), ToString::to_string),
        id: contact.to_string(),
        last: latest.map_or_else(|| "–".to_owned(), |call| format!("{} {}", call.time, call.day)),
        ended_by: row.hangup_by.map(|who| text.hangup_by(who)),
        parts: latest.map(RowParts::of),
        label: latest.and_then(|call| call.code.as_ref()).map(|code| code.label.clone()).unwrap_or_default(),
        talk: latest.and_then(|call| call.talk.clone()).unwrap_or_else(|| "–".to_owned()),
        calls: customer.calls,
        cost: list.words.money(customer.cost, &list.words.currency),
        is_open,
        toggle: format!("{}#{OPENED}", list.opening((!is_open).then_some(contact))),
        own: links::customer(&list.head.id, contact),
    }
}

/// Where a link that opens a customer leads to on the page.
const OPENED: &str = "opened";

/// How it stands with a customer: the latest call's badge, and who ended it.
fn badge(said: &Said) -> AnyView {
    let text = use_text();
    if let Some(parts) = &said.parts {
        let ended = said.ended_by.map(|who| view! { <small class="clip">{text.hung_up(who)}</small> });
        view! { <span class="contents" inner_html=parts.badge.clone()></span>{ended} }.into_any()
    } else {
        let standing = text.standing(CustomerStanding::NeverDialled);
        view! { <span class="badge badge-dot is-neutral">{standing}</span> }.into_any()
    }
}

/// The head of a column: a link that sorts by it, the largest first, and the smallest first when it does already. The list's own order is
/// by no column: its head leads back to it, and is never marked.
fn head(list: &Customers, by: CustomerOrder, name: &'static str, class: &'static str) -> AnyView {
    let sort = list.filter.sort;
    let is_sorted = sort.by == by;
    let descending = by != CustomerOrder::Listed && !(is_sorted && sort.descending);
    let filter = CustomerFilter { sort: CustomerSort { by, descending }, ..list.filter.clone() };
    let aria =
        (is_sorted && by != CustomerOrder::Listed).then_some(if sort.descending { "descending" } else { "ascending" });
    view! {
        <th scope="col" class=class aria-sort=aria>
            <a class="sort" href=links::customers(&list.head.id, &filter) data-noscroll>{name}</a>
        </th>
    }
    .into_any()
}

/// What a cell holds, or a faint dash.
fn or_dash(html: String) -> String {
    if html.is_empty() { "<span class=\"undefined\">–</span>".to_owned() } else { html }
}

/// The attempts of the customer who is open, by [`attempts::table`] or [`attempts::cards`].
fn opened(list: &Customers, said: &Said, attempts: fn(&[CallRow], bool, String) -> AnyView) -> Option<AnyView> {
    let text = use_text();
    let opened = list.opened.as_ref().filter(|_| said.is_open)?;
    let filter = CallFilter { contact: Some(opened.contact.clone()), ..CallFilter::default() };
    let calls = links::calls(Some(&list.head.id), &filter);
    let all = text.all_attempts(&said.name);
    Some(
        view! {
            {(!opened.calls.is_empty()).then(|| attempts(&opened.calls, false, all))}
            <p class="flex flex-wrap gap-4 p-3 wrap-anywhere">
                {(!opened.calls.is_empty())
                    .then(|| view! { <a class="link screen-only" href=calls>{text.attempts_in_list()}</a> })}
                <a class="link screen-only" href=said.own.clone()>{text.over_all_campaigns()}</a>
                <span class="text-muted">{text.column_customer_id()}": "{said.id.clone()}</span>
            </p>
        }
        .into_any(),
    )
}

fn table(list: &Customers) -> AnyView {
    let text = use_text();
    let row = |row: &ShownCustomer| {
        let said = said(list, row);
        let attempts = opened(list, &said, attempts::table);
        let faint = |is: bool| if is { "num" } else { "num undefined" };
        let (tag, buttons) =
            said.parts.as_ref().map(|parts| (parts.tag.clone(), parts.buttons.clone())).unwrap_or_default();
        let expanded = said.is_open.to_string();
        let is_free = said.row.customer.cost == domain::Money::ZERO;
        view! {
            <tr class="row-link" class:row-open=said.is_open id=said.is_open.then_some(OPENED)>
                <td class="key">
                    <a class="clip" href=said.toggle.clone() aria-expanded=expanded title=said.id.clone() data-noscroll>{said.name.clone()}</a>
                    <small>{said.phone.clone()}</small>
                </td>
                <td class="nowrap">{said.last.clone()}</td>
                <td>{badge(&said)}</td>
                <td><span class="result"><span inner_html=tag></span><span class="clip" title=said.label.clone()>{said.label.clone()}</span></span></td>
                <td class="num">{said.talk.clone()}</td>
                <td class=faint(said.calls > 0)>{text.int(u64::from(said.calls))}</td>
                <td class=faint(!is_free)>{said.cost.clone()}</td>
                <td class="stick" inner_html=or_dash(buttons)></td>
            </tr>
            {attempts.map(|attempts| view! { <tr class="row-detail"><td colspan="8">{attempts}</td></tr> })}
        }
    };
    let card = |row: &ShownCustomer| {
        let said = said(list, row);
        let attempts = opened(list, &said, attempts::cards);
        let buttons = said.parts.as_ref().map(|parts| parts.card_buttons.clone()).unwrap_or_default();
        let tag = said.parts.as_ref().map(|parts| parts.tag.clone()).unwrap_or_default();
        let called = said.row.latest.is_some();
        let meta = called.then(|| {
            view! { <span>{said.last.clone()}</span><span>{text.calls(u64::from(said.calls))}</span> }
        });
        view! {
            <li class="call-card" class:row-open=said.is_open>
                <div class="min-w-0">
                    <div class="call-card-name">
                        <span inner_html=tag></span>
                        <a href=said.toggle.clone() aria-expanded=said.is_open.to_string()>{said.name.clone()}</a>
                    </div>
                    <div class="call-card-meta"><span>{said.phone.clone()}</span>{meta}</div>
                </div>
                <div class="call-card-side">
                    {if called { view! { <b>{said.talk.clone()}</b> }.into_any() } else { badge(&said) }}
                    <div>{called.then(|| said.cost.clone())}</div>
                </div>
                <span class="rowactions" inner_html=buttons></span>
            </li>
            {attempts.map(|attempts| view! { <li class="bg-canvas border-b border-line">{attempts}</li> })}
        }
    };
    let rows = list.rows.iter().filter_map(|row| row.latest.as_ref());
    let of_opened = list.opened.iter().flat_map(|opened| &opened.calls);
    let mut seen = std::collections::HashSet::new();
    let recordings = recordings_of_page(rows.chain(of_opened).filter(|row| seen.insert(row.id.clone())));
    view! {
        <div class="panel panel-flush only-desktop">
            <div class="table-scroll table-long" tabindex="0" role="region" aria-label=text.customers_tab()>
                <table class="data-table two-line">
                    <thead>
                        <tr>
                            {head(list, CustomerOrder::Listed, text.column_customer(), "")}
                            {head(list, CustomerOrder::LatestAt, text.column_last_call(), "")}
                            {head(list, CustomerOrder::HangupBy, text.column_ended(), "")}
                            {head(list, CustomerOrder::Code, text.column_code(), "")}
                            {head(list, CustomerOrder::TalkTime, text.column_talk(), "num")}
                            {head(list, CustomerOrder::Calls, text.column_calls(), "num")}
                            {head(list, CustomerOrder::Cost, text.column_cost(), "num")}
                            <th scope="col" class="stick">{text.column_recording()}</th>
                        </tr>
                    </thead>
                    <tbody>{list.rows.iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </div>
        <ul class="call-cards only-phone">{list.rows.iter().map(card).collect_view()}</ul>
        {foot(list)}
        {recordings}
    }
    .into_any()
}

fn foot(list: &Customers) -> AnyView {
    let text = use_text();
    let turn = |name: &'static str, forward: bool, cursor: &Option<String>| {
        let icon = if forward { "chevron-right" } else { "chevron-left" };
        let inside = if forward {
            view! { {name}<Icon name=icon /> }.into_any()
        } else {
            view! { <Icon name=icon />{name} }.into_any()
        };
        match cursor {
            Some(cursor) => {
                let pairs = list.filter.to_pairs().into_iter().chain([("cursor", cursor.clone())]);
                let href = links::with_query(&format!("{}/customers", links::campaign_path(&list.head.id)), pairs);
                view! { <a class="btn" rel=if forward { "next" } else { "prev" } href=href>{inside}</a> }.into_any()
            }
            None => view! { <span class="btn" role="link" aria-disabled="true">{inside}</span> }.into_any(),
        }
    };
    view! {
        <div class="table-foot">
            <span>{text.page_size(&super::LIMIT.to_string())}</span>
            <nav class="button-group max-lg:w-full max-lg:*:flex-1" aria-label=text.list_pages()>
                {turn(text.previous_page(), false, &list.previous)}
                {turn(text.next_page(), true, &list.next)}
            </nav>
        </div>
    }
    .into_any()
}

fn empty(list: &Customers) -> AnyView {
    let text = use_text();
    let narrowed = list.filter.is_narrowed();
    let (title, why) = if narrowed && list.head.customers > 0 {
        (text.no_customers_match(), text.no_customers_match_why(&text.customers(list.head.customers)))
    } else {
        (text.no_customers(), text.no_customers_why().to_owned())
    };
    let all = links::customers(&list.head.id, &CustomerFilter::default());
    view! {
        <section class="panel empty">
            <span class="empty-icon"><Icon name="users" /></span>
            <h2>{title}</h2>
            <p>{why}</p>
            {narrowed.then(|| view! { <div class="empty-actions"><a class="btn" href=all>{text.clear_filters()}</a></div> })}
        </section>
    }
    .into_any()
}
