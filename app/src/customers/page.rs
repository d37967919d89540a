//! The list itself: search, standings, a table on a desktop, cards on a phone.

use domain::{CallFilter, Customer, CustomerFilter, Period, filter::CustomerStanding, format};
use leptos::prelude::*;

use super::Customers;
use crate::{
    campaign_head::{CampaignHeader, CampaignTabs, Tab},
    components::Icon,
    links, use_text,
};

/// The whole page.
pub fn page(list: &Customers) -> AnyView {
    let text = use_text();
    let id = list.head.id.clone();
    let csv = links::customers_csv(&id, &list.filter, text.language());
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
            <a class="btn ml-auto max-lg:w-full" rel="external" download href=csv>
                <Icon name="download" />
                "CSV"
                <small>{rows}</small>
            </a>
        </div>
        <div class="flex flex-wrap gap-x-5 gap-y-1 text-muted [&_b]:text-ink" role="group" aria-label=text.sums()>
            <span><b class="font-semibold">{text.int(list.total)}</b>" "{text.customers_unit(list.total)}</span>
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
    let hidden =
        others.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
    view! {
        <form class="w-full lg:w-[272px]" role="search" method="get" action=path>
            {hidden}
            <label class="search">
                <Icon name="search" />
                <span class="sr-only">{text.search_label()}</span>
                <input type="search" name="q" maxlength="100" autocomplete="off" data-key="/"
                    placeholder=text.search_calls() value=list.filter.q.clone().unwrap_or_default() />
                <kbd class="kbd" aria-hidden="true">"/"</kbd>
            </label>
        </form>
    }
    .into_any()
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
struct Said {
    name: String,
    phone: String,
    last: String,
    calls: String,
}

fn said(list: &Customers, customer: &Customer) -> Said {
    let text = use_text();
    let filter = CallFilter { contact: Some(customer.contact.id().clone()), ..CallFilter::default() };
    let name = customer.contact.name().filter(|name| !name.trim().is_empty());
    Said {
        name: name.unwrap_or(text.unnamed_customer()).to_owned(),
        phone: customer.contact.phone().map_or_else(|| "–".to_owned(), ToString::to_string),
        last: customer
            .last_dialed_at
            .map_or_else(|| "–".to_owned(), |at| format::date_time(list.zone.local(at), text.language())),
        calls: links::calls(Some(&list.head.id), &filter),
    }
}

fn badge(standing: CustomerStanding) -> AnyView {
    let text = use_text();
    let class = match standing {
        CustomerStanding::Reached => "badge badge-dot is-success",
        _ => "badge badge-dot is-neutral",
    };
    view! { <span class=class>{text.standing(standing)}</span> }.into_any()
}

fn table(list: &Customers) -> AnyView {
    let text = use_text();
    let row = |customer: &Customer| {
        let Said { name, phone, last, calls } = said(list, customer);
        let called = customer.attempts > 0;
        let attempts = if called { "num" } else { "num undefined" };
        let name = if called {
            view! { <a class="clip" href=calls title=name.clone()>{name.clone()}</a> }.into_any()
        } else {
            view! { <span class="clip" title=name.clone()>{name.clone()}</span> }.into_any()
        };
        let id = customer.contact.id().to_string();
        view! {
            <tr class:row-link=called>
                <td class="key">{name}</td>
                <td class="nowrap text-muted">{phone}</td>
                <td class="text-muted"><span class="clip" title=id.clone()>{id.clone()}</span></td>
                <td>{badge(customer.standing)}</td>
                <td class=attempts>{customer.attempts}</td>
                <td class=attempts>{last}</td>
            </tr>
        }
    };
    let card = |customer: &Customer| {
        let Said { name, phone, last, calls } = said(list, customer);
        let called = customer.attempts > 0;
        let name = if called {
            view! { <a class="clip" href=calls>{name}</a> }.into_any()
        } else {
            view! { <span class="clip">{name}</span> }.into_any()
        };
        let attempt = called
            .then(|| view! { <span>{last}</span><span>{text.nth_attempt(&customer.attempts.to_string())}</span> });
        view! {
            <li class="call-card">
                <div class="min-w-0">
                    <div class="call-card-name">{name}</div>
                    <div class="call-card-meta"><span>{phone}</span>{attempt}</div>
                </div>
                <div class="call-card-side">{badge(customer.standing)}</div>
                <span class="w-4">{called.then(|| view! { <Icon name="chevron-right" /> })}</span>
            </li>
        }
    };
    view! {
        <div class="panel panel-flush only-desktop">
            <div class="table-scroll table-long" tabindex="0" role="region" aria-label=text.customers_tab()>
                <table class="data-table">
                    <thead>
                        <tr>
                            <th scope="col">{text.column_customer()}</th>
                            <th scope="col">{text.column_phone()}</th>
                            <th scope="col">{text.column_customer_id()}</th>
                            <th scope="col">{text.column_status()}</th>
                            <th scope="col" class="num">{text.column_attempts()}</th>
                            <th scope="col" class="num">{text.column_last_call()}</th>
                        </tr>
                    </thead>
                    <tbody>{list.rows.iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </div>
        <ul class="call-cards only-phone">{list.rows.iter().map(card).collect_view()}</ul>
        {foot(list)}
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
    let narrowed = list.filter != CustomerFilter::default();
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
