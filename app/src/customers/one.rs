//! One customer over all campaigns: whoever has the same number on a list that the reader sees.

use domain::{CampaignId, ContactId, Period, format};
use leptos::prelude::*;
use store::{
    Conn,
    customers::{self, CustomerHistory},
};

use super::attempts;
use crate::{
    AppError, AppState, Session, Text,
    calls::{CallRow, CallWords, recordings_of_page},
    campaign_head::CampaignHead,
    components::{CodeTag, PricingNotice, PrintButton, PrintedSource},
    links,
    server_page::{ServerPage, rendered},
    session::SignedIn,
    use_text,
};

/// What a customer's page shows.
struct OneCustomer {
    head: CampaignHead,
    history: CustomerHistory,
    name: String,
    phone: Option<String>,
    calls: Vec<CallRow>,
    words: CallWords,
}

pub async fn read(
    conn: &mut Conn,
    state: &AppState,
    who: &SignedIn,
    session: Session,
    campaign: &CampaignId,
    contact: &ContactId,
    words: CallWords,
) -> Result<ServerPage, AppError> {
    let head = CampaignHead::read(conn, state, who, campaign).await?;
    let history = customers::history(conn, &who.scope, campaign, contact).await?.ok_or(AppError::NotFound)?;
    let text = Text(session.language);
    // As this campaign names them; a list may know no name.
    let here = || history.rows.iter().filter(|row| row.campaign == *campaign);
    let own = here().find(|row| row.customer.contact.id() == contact).or_else(|| history.rows.first());
    let named = history.rows.iter().filter_map(|row| row.customer.contact.name());
    let mut known = own.and_then(|row| row.customer.contact.name()).into_iter().chain(named);
    let name = known.find(|name| !name.trim().is_empty()).unwrap_or(text.unnamed_customer()).to_owned();
    let phone = own.and_then(|row| row.customer.contact.phone()).map(ToString::to_string);
    let campaigns = &history.rows;
    let calls = history.calls.iter().map(|call| {
        let of = campaigns.iter().find(|row| row.campaign == call.campaign);
        let campaign = of.map_or_else(|| call.campaign.to_string(), |row| row.campaign_name.clone());
        CallRow { campaign: Some(campaign), ..words.row(call) }
    });
    let calls = calls.collect();
    let shown = OneCustomer { head, history, name, phone, calls, words };
    Ok(ServerPage {
        title: text.page_title(&format!("{} · {}", text.one_customer(), shown.name)),
        live: None,
        html: rendered(session, || page(&shown)),
    })
}

fn page(one: &OneCustomer) -> AnyView {
    let text = use_text();
    let customers = links::customers(&one.head.id, &domain::CustomerFilter::default());
    let about = vec![text.one_customer().to_owned(), one.name.clone()];
    let history = &one.history;
    let figure = |label: &'static str, value: String| {
        view! { <div class="kpi-card"><div class="kpi-label">{label}</div><div class="kpi-value">{value}</div></div> }
    };
    let finished = history.finished();
    view! {
        <PrintedSource about at=one.head.now />
        <header>
            <nav class="breadcrumb" aria-label=text.breadcrumb()>
                <a href="/campaigns">{text.campaigns()}</a>
                <a href=links::overview(&one.head.id, Period::Whole) title=one.head.name.clone()>{one.head.name.clone()}</a>
                <a href=customers>{text.customers_tab()}</a>
                <span aria-current="page">{one.name.clone()}</span>
            </nav>
            <div class="page-head">
                <div>
                    <div class="page-title"><h1>{one.name.clone()}</h1></div>
                    <div class="page-meta"><span>{one.phone.clone()}</span></div>
                </div>
                <div class="page-actions"><PrintButton /></div>
            </div>
            <PricingNotice />
        </header>
        <section class="kpi-cards kpi-small" aria-label=text.one_customer()>
            {figure(text.one_lists(), text.campaigns_counted(history.lists))}
            {figure(text.one_calls(), text.int(finished))}
            {figure(text.one_minutes(), one.words.total(history.talk_time))}
            {figure(text.column_blocks(), format::integer(history.blocks, text.language()))}
            {figure(text.column_cost(), one.words.money(history.cost, &one.words.currency))}
        </section>
        <p class="text-muted">{text.one_rule()}</p>
        <div class="columns">
            {lists(one)}
            {results(one)}
        </div>
        <section class="panel panel-table">
            <div class="panel-head">
                <div class="panel-title"><h2>{text.one_calls()}</h2></div>
                <span class="panel-note">{text.one_newest(&text.int(one.calls.len() as u64))}</span>
            </div>
            {attempts::table(&one.calls, true, text.all_attempts(&one.name))}
            {attempts::cards(&one.calls, true, text.all_attempts(&one.name))}
        </section>
        {recordings_of_page(one.calls.iter())}
    }
    .into_any()
}

/// What the customer is on each list.
fn lists(one: &OneCustomer) -> AnyView {
    let text = use_text();
    let rows = one.history.rows.iter().map(|row| {
        let filter = domain::CallFilter {
            contact: Some(row.customer.contact.id().clone()),
            ..domain::CallFilter::default()
        };
        let href = links::calls(Some(&row.campaign), &filter);
        let standing = text.standing(row.customer.standing);
        view! {
            <tr>
                <td class="key"><a class="clip" href=href title=row.campaign_name.clone()>{row.campaign_name.clone()}</a></td>
                <td>{standing}</td>
                <td class="num">{text.int(u64::from(row.customer.calls))}</td>
                <td class="num">{one.words.money(row.customer.cost, &one.words.currency)}</td>
            </tr>
        }
    });
    view! {
        <section class="panel panel-table">
            <div class="panel-head"><div class="panel-title"><h2>{text.one_lists()}</h2></div></div>
            <div class="table-scroll" tabindex="0" role="region" aria-label=text.one_lists()>
                <table class="data-table">
                    <thead>
                        <tr>
                            <th scope="col">{text.campaign_column()}</th>
                            <th scope="col">{text.column_status()}</th>
                            <th scope="col" class="num">{text.column_calls()}</th>
                            <th scope="col" class="num">{text.column_cost()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// How their calls ended, by the account's own codes: a refusal is one of these.
fn results(one: &OneCustomer) -> AnyView {
    let text = use_text();
    let rows = one.history.by_code.iter().map(|(code, calls)| {
        let shown = one.words.code(code);
        let share = format::rate(domain::Rate::new(*calls, one.history.finished()), text.language());
        view! {
            <div class="legend-row">
                <CodeTag code=code.as_str() class=shown.class defined=shown.defined />
                <span>{shown.label}</span>
                <span class="bar-count">{text.int(*calls)}</span>
                <span class="bar-share">{share}</span>
                <span></span>
            </div>
        }
    });
    let none = one.history.by_code.is_empty().then(|| view! { <p class="text-muted">{text.one_none()}</p> });
    view! {
        <section class="panel">
            <div class="panel-head"><div class="panel-title"><h2>{text.one_results()}</h2></div></div>
            <div class="legend-rows">{rows.collect_view()}</div>
            {none}
        </section>
    }
    .into_any()
}
