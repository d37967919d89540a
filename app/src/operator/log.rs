//! What operators did, over all accounts.

use std::collections::BTreeMap;

use domain::{Account, text::with_unseen_shown, time::Zone};
use leptos::prelude::*;
use store::audit::of_operators::{LogEnd, OfAccount};

use super::accounts::at;
use crate::{
    Session, Text,
    components::{Head, Icon, table_panel},
    links,
    server_page::{ServerPage, rendered},
    settings::{earlier, folded, log_said},
    text::messages,
};

messages! {
    operator_log = "Nhật ký vận hành", "Operators' log";
    operator_log_lead = "Ai được làm người vận hành, dữ liệu được sao lưu khi nào, và họ đã làm gì với các tài khoản: tạo, mời chủ tài khoản, đặt hạn mức, vào và rời. Việc làm bên trong có trong nhật ký của từng tài khoản.", "Who became an operator, when the database was copied, and what operators did to accounts: made them, invited owners, set quotas, entered and left. What they did inside is in the log of each account.";
    operator_log_none = "Chưa có gì", "Nothing yet";
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct LogPage {
    /// The rows, the latest first.
    pub entries: Vec<OfAccount>,
    pub accounts: Vec<Account>,
    /// The reader's zone.
    pub zone: Zone,
    /// Whether there are earlier ones.
    pub has_more: bool,
}

/// A place as it stands in an address.
pub fn place_of(text: &str) -> Option<LogEnd> {
    let mut parts = text.split('.').map(str::parse);
    let (at, account, no) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    parts.next().is_none().then_some(LogEnd { at: domain::Timestamp(at), account, no })
}

pub fn page(session: Session, shown: &LogPage) -> ServerPage {
    let text = Text(session.language);
    let shown = shown.clone();
    ServerPage {
        title: text.page_title(&format!("{} · {}", text.operator_log(), text.operator_title())),
        live: None,
        html: rendered(session, move || body(&shown, text)),
    }
}

fn body(shown: &LogPage, text: Text) -> AnyView {
    let list = if shown.entries.is_empty() {
        view! {
            <section class="panel empty">
                <span class="empty-icon"><Icon name="clock" /></span><h2>{text.operator_log_none()}</h2>
            </section>
        }
        .into_any()
    } else {
        table(shown, text)
    };
    view! {
        <header class="page-head">
            <div>
                <div class="page-title"><h1>{text.operator_log()}</h1></div>
                <div class="page-meta">
                    <a class="link" href="/operator">{text.operator_accounts()}</a>
                    <span>{text.operator_log_lead()}</span>
                    <span><Icon name="globe" />{shown.zone.name()}</span>
                </div>
            </div>
        </header>
        {list}
    }
    .into_any()
}

fn table(shown: &LogPage, text: Text) -> AnyView {
    let names: BTreeMap<i64, &str> =
        shown.accounts.iter().map(|account| (account.id, account.registered.as_str())).collect();
    let rows = shown.entries.iter().map(|OfAccount { account, entry }| {
        // What is of no account was done to the service.
        let name = names.get(account).map(|name| {
            view! { <a href=format!("/operator/accounts/{account}")>{(*name).to_owned()}</a> }
        });
        let address = entry.actor.address.map(|address| address.to_string());
        let details = log_said(&entry.event.details, shown.zone, text);
        view! {
            <tr>
                <td class="nowrap">{at(Some(entry.at), shown.zone, text)}</td>
                <td class="key">{name}</td>
                <td data-label=text.log_who()>{text.actor(&entry.actor)}</td>
                <td>{text.action(entry.event.action)}</td>
                {folded(with_unseen_shown(&entry.event.subject).into_owned())}
                {folded(details)}
                <td class="nowrap">{address}</td>
            </tr>
        }
    });
    let last = shown.entries.last().filter(|_| shown.has_more);
    let earlier = last.map(|OfAccount { account, entry }| {
        let before = format!("{}.{account}.{}", entry.at.0, entry.no);
        earlier(links::with_query("/operator/log", [("before", before)]), text)
    });
    let heads = [
        Head::Text(text.log_at()),
        Head::Text(text.operator_name()),
        Head::Text(text.log_who()),
        Head::Text(text.log_what()),
        Head::Text(text.log_subject()),
        Head::Text(text.log_details()),
        Head::Text(text.log_address()),
    ];
    view! {
        {table_panel(text.operator_log(), "operator-log stacked stacked-early", &heads, rows.collect_view())}
        {earlier}
    }
    .into_any()
}
