//! The list of all accounts.

use std::cmp::Ordering;

use domain::{Account, Currency, Language, Timestamp, format, time::Zone, usage::Month};
use leptos::prelude::*;
use store::{
    figures::{AccountFigures, AccountUse},
    quotas::{NEAR_PERCENT, Quota},
};

use super::{forms::ADD_ACCOUNT, texts::quota_amount};
use crate::{
    Session, Text,
    components::{Asking, Icon, Side, sheet},
    form::{Filled, Place},
    links,
    server_page::{ServerPage, rendered},
    settings::{
        forms::{COUNTRY, CURRENCY, LANGUAGE, ZONE},
        note,
    },
    text::messages,
};

/// Months that can be chosen, up to this one.
const MONTHS: i32 = 36;
/// Rows of a page.
pub const ROWS: usize = 100;

messages! {
    operator_title = "Vận hành", "Operator";
    operator_accounts = "Tài khoản", "Accounts";
    operator_lead = "Mỗi tài khoản dùng bao nhiêu. Cuộc gọi tính như trong hạn mức và hoá đơn, cả đang diễn ra. Cuộc gọi, số điện thoại và ghi âm của tài khoản không xem được ở đây.", "How much each account uses. Calls are counted as in quotas and invoices, with those in progress. Nothing of its calls, numbers and recordings is seen here.";
    operator_month_of(zone) = "Tháng theo múi giờ của từng tài khoản; tháng này theo {zone}", "Months by each account's own time zone; this month by {zone}";
    operator_month = "Tháng", "Month";
    operator_previous_month = "Tháng trước", "Earlier month";
    operator_next_month = "Tháng sau", "Later month";
    operator_invoices = "CSV hoá đơn", "CSV for invoices";
    operator_new_account = "Tạo tài khoản", "New account";
    operator_total(amount) = "tất cả {amount}", "all {amount}";
    operator_own_name(name) = "họ gọi là {name}", "its people call it {name}";
    operator_name = "Tài khoản", "Account";
    operator_calls = "Cuộc gọi", "Calls";
    operator_calls_begun = "Cuộc gọi (cả đang diễn ra)", "Calls (with those in progress)";
    operator_minutes = "Phút", "Minutes";
    operator_blocks = "Block", "Blocks";
    operator_cost = "Chi phí", "Cost";
    operator_storage = "Ghi âm", "Recordings";
    operator_received = "Nhận gần nhất", "Last call received";
    operator_refused = "Bị từ chối", "Refused";
    operator_failing = "Email · việc hỏng", "Mails · jobs failing";
    operator_undefined = "Mã chưa khai báo", "Undeclared codes";
    operator_over_quota(n) = "{n} vượt hạn mức", "{n} over quota";
    operator_of_quota(percent) = "{percent} hạn mức", "{percent} of the quota";
    operator_never = "chưa có", "none yet";
    operator_none = "Chưa có tài khoản nào", "No accounts yet";
    operator_page_of(from, to, all) = "{from}–{to} trên {all} tài khoản", "{from}–{to} of {all} accounts";
    operator_thirty_days = "trong 30 ngày", "in 30 days";
}

/// What the list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountOrder {
    Name,
    /// Calls of the month.
    Calls,
    /// Minutes of the month.
    Minutes,
    /// Blocks of the month.
    Blocks,
    /// Cost of the month; currencies stand apart.
    Cost,
    /// Bytes of recordings.
    Storage,
    /// When a call came in last.
    Received,
    /// Refused records of the month.
    Refused,
    /// Mails and jobs that were given up.
    Failing,
    /// Undefined codes.
    Undefined,
}

impl AccountOrder {
    /// All of them, as the columns stand.
    pub const ALL: [Self; 10] = [
        Self::Name,
        Self::Calls,
        Self::Minutes,
        Self::Blocks,
        Self::Cost,
        Self::Storage,
        Self::Received,
        Self::Refused,
        Self::Failing,
        Self::Undefined,
    ];

    /// The word in the address.
    pub fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Calls => "calls",
            Self::Minutes => "minutes",
            Self::Blocks => "blocks",
            Self::Cost => "cost",
            Self::Storage => "storage",
            Self::Received => "received",
            Self::Refused => "refused",
            Self::Failing => "failing",
            Self::Undefined => "undefined",
        }
    }

    fn title(self, text: Text) -> &'static str {
        match self {
            Self::Name => text.operator_name(),
            Self::Calls => text.operator_calls(),
            Self::Minutes => text.operator_minutes(),
            Self::Blocks => text.operator_blocks(),
            Self::Cost => text.operator_cost(),
            Self::Storage => text.operator_storage(),
            Self::Received => text.operator_received(),
            Self::Refused => text.operator_refused(),
            Self::Failing => text.operator_failing(),
            Self::Undefined => text.operator_undefined(),
        }
    }

    fn compare(self, a: &AccountFigures, b: &AccountFigures) -> Ordering {
        match self {
            Self::Name => a.account.registered.to_lowercase().cmp(&b.account.registered.to_lowercase()),
            Self::Calls => a.month.begun().cmp(&b.month.begun()),
            Self::Minutes => a.month.talk_time.cmp(&b.month.talk_time),
            Self::Blocks => a.month.blocks.cmp(&b.month.blocks),
            Self::Cost => (a.account.currency.as_str(), a.month.cost).cmp(&(b.account.currency.as_str(), b.month.cost)),
            Self::Storage => a.recording_bytes.cmp(&b.recording_bytes),
            Self::Received => a.received_at.cmp(&b.received_at),
            Self::Refused => a.month.refused.cmp(&b.month.refused),
            Self::Failing => (a.failed_mails + a.failed_jobs).cmp(&(b.failed_mails + b.failed_jobs)),
            Self::Undefined => a.undefined_codes.cmp(&b.undefined_codes),
        }
    }
}

/// What an address of the list asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountsQuery {
    pub month: Month,
    pub order: AccountOrder,
    /// Whether the largest comes first.
    pub descending: bool,
    /// The page, from 0.
    pub page: usize,
}

impl AccountsQuery {
    /// Reads the pairs of an address; what is left out, or is none, is the default: this month, by name.
    pub fn of(pairs: &[(String, String)], this: Month) -> Self {
        let given = |name: &str| pairs.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str());
        let sort = given("sort").unwrap_or_default();
        let (descending, word) = sort.strip_prefix('-').map_or((false, sort), |word| (true, word));
        let order = AccountOrder::ALL.into_iter().find(|order| order.word() == word).unwrap_or(AccountOrder::Name);
        let month = given("month").and_then(|month| month.parse().ok()).unwrap_or(this);
        let page = given("page").and_then(|page| page.parse().ok()).unwrap_or(0);
        Self { month, order, descending, page }
    }

    fn address(self) -> String {
        let sort = format!("{}{}", if self.descending { "-" } else { "" }, self.order.word());
        let mut pairs = vec![("month", self.month.to_string()), ("sort", sort)];
        if self.page > 0 {
            pairs.push(("page", self.page.to_string()));
        }
        links::with_query("/operator", pairs)
    }

    /// Puts accounts into the order.
    pub fn sort(self, accounts: &mut [AccountFigures]) {
        accounts.sort_by(|a, b| {
            let order = self.order.compare(a, b);
            let order = if self.descending { order.reverse() } else { order };
            order.then_with(|| a.account.id.cmp(&b.account.id))
        });
    }
}

/// What the list shows.
#[derive(Debug, Clone)]
pub struct AccountsPage {
    /// What was asked for.
    pub query: AccountsQuery,
    /// All accounts, in the order of the query.
    pub accounts: Vec<AccountFigures>,
    /// The month that it is in the reader's zone.
    pub this_month: Month,
    /// The reader's zone.
    pub zone: Zone,
    /// The word of what was done.
    pub note: Option<String>,
}

/// Milliseconds as whole minutes.
pub(super) fn minutes(ms: i64, language: Language) -> String {
    format::integer((ms + 30_000).div_euclid(60_000), language)
}

pub(super) fn month_name(month: Month, language: Language) -> String {
    match language {
        Language::Vi => format!("{}/{}", month.number(), month.year()),
        Language::En => month.to_string(),
    }
}

pub fn page(session: Session, shown: &AccountsPage) -> ServerPage {
    let text = Text(session.language);
    let shown = shown.clone();
    ServerPage {
        title: text.page_title(text.operator_title()),
        live: None,
        html: rendered(session, move || body(&shown, text)),
    }
}

fn body(shown: &AccountsPage, text: Text) -> AnyView {
    let invoices = links::with_query("/operator/invoices.csv", [("month", shown.query.month.to_string())]);
    let filled = Filled::default()
        .with(&COUNTRY, "VN")
        .with(&ZONE, shown.zone.name())
        .with(&CURRENCY, Currency::vnd().as_str())
        .with(&LANGUAGE, text.language().tag());
    let form = ADD_ACCOUNT.view("add-account-form", "/operator/accounts".to_owned(), Place::Sheet, &filled);
    let said = shown.note.as_deref().and_then(|word| note(word, text)).map(|words| {
        view! {
            <p class="notice is-success" role="status"><Icon name="check-circle" /><span>{words}</span></p>
        }
    });
    view! {
        <header class="page-head">
            <div>
                <div class="page-title"><h1>{text.operator_title()}</h1></div>
                <div class="page-meta">
                    <span>{text.operator_lead()}</span>
                    <span><Icon name="globe" />{text.operator_month_of(shown.zone.name())}</span>
                </div>
            </div>
            <div class="page-actions">
                <a class="btn" href="/operator/log"><Icon name="clock" />{text.operator_log()}</a>
                <a class="btn" href=invoices download="">
                    <Icon name="download" />{text.operator_invoices()}
                </a>
                <button class="btn btn-primary" type="button" popovertarget="add-account">
                    <Icon name="plus" />{text.operator_new_account()}
                </button>
                {sheet("add-account", Side::End, text.operator_new_account().to_owned(), form)}
            </div>
        </header>
        {said}
        {pricing(shown, text)}
        {months(shown, text)}
        {table(shown, text)}
    }
    .into_any()
}

/// Of which accounts the costs are not the last word.
fn pricing(shown: &AccountsPage, text: Text) -> Option<AnyView> {
    let names = shown.accounts.iter().filter(|of| of.account.pricing_again).map(|of| of.account.registered.as_str());
    let names = names.collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then(|| {
        let words = text.operator_pricing(&names);
        view! { <p class="notice is-failed" role="status"><Icon name="warning" /><span>{words}</span></p> }.into_any()
    })
}

/// The chooser of the month: a form, and the ways to the months beside.
fn months(shown: &AccountsPage, text: Text) -> AnyView {
    let query = shown.query;
    let last = shown.this_month.max(query.month);
    let options = (0..MONTHS).map(|back| last.plus(-back));
    // One of long ago that the address names is among them.
    let far = (query.month < last.plus(1 - MONTHS)).then_some(query.month);
    let options = options.chain(far).map(|month| {
        let name = month_name(month, text.language());
        view! { <option value=month.to_string() selected={month == query.month}>{name}</option> }
    });
    let options = options.collect_view();
    let beside = |by: i32, icon: &'static str, label: &'static str| {
        let href = AccountsQuery { month: query.month.plus(by), page: 0, ..query }.address();
        view! { <a class="btn btn-icon" href=href aria-label=label title=label><Icon name=icon /></a> }
    };
    let next = (query.month < shown.this_month).then(|| beside(1, "chevron-right", text.operator_next_month()));
    let sort = format!("{}{}", if query.descending { "-" } else { "" }, query.order.word());
    let body = view! {
        {beside(-1, "chevron-left", text.operator_previous_month())}
        <select class="select" name="month" aria-label=text.operator_month()>{options}</select>
        {next}
        <button class="btn" type="submit">{text.show()}</button>
    };
    Asking::new("/operator", "flex flex-wrap items-center gap-2").keeping([("sort", sort)]).view(body.into_any())
}

fn head(order: AccountOrder, shown: &AccountsPage, text: Text) -> AnyView {
    let query = shown.query;
    let is_sorted = query.order == order;
    let descending = if is_sorted { !query.descending } else { order != AccountOrder::Name };
    let href = AccountsQuery { order, descending, page: 0, ..query }.address();
    let aria = is_sorted.then_some(if query.descending { "descending" } else { "ascending" });
    let class = if matches!(order, AccountOrder::Name | AccountOrder::Received) { "" } else { "num" };
    view! {
        <th scope="col" class=class aria-sort=aria><a class="sort" href=href>{order.title(text)}</a></th>
    }
    .into_any()
}

fn table(shown: &AccountsPage, text: Text) -> AnyView {
    if shown.accounts.is_empty() {
        return view! {
            <section class="panel empty">
                <span class="empty-icon"><Icon name="users" /></span>
                <h2>{text.operator_none()}</h2>
            </section>
        }
        .into_any();
    }
    let heads = AccountOrder::ALL.map(|order| head(order, shown, text)).into_iter().collect_view();
    let rows = shown.accounts.iter().skip(shown.query.page.saturating_mul(ROWS)).take(ROWS);
    let rows = rows.map(|figures| row(figures, shown, text)).collect_view();
    view! {
        <section class="panel panel-flush">
            <div class="table-scroll" tabindex="0" role="region" aria-label=text.operator_accounts()>
                <table class="data-table two-line operator-table stacked stacked-early">
                    <thead><tr>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
        {pages(shown, text)}
    }
    .into_any()
}

fn pages(shown: &AccountsPage, text: Text) -> Option<AnyView> {
    let all = shown.accounts.len();
    if all <= ROWS {
        return None;
    }
    let page = shown.query.page;
    let (from, to) = (page.saturating_mul(ROWS).min(all), page.saturating_add(1).saturating_mul(ROWS).min(all));
    let said = text.operator_page_of(&text.int(from as u64 + 1), &text.int(to as u64), &text.int(all as u64));
    let link = |page: usize, label: &'static str| {
        view! { <a class="btn" href=AccountsQuery { page, ..shown.query }.address()>{label}</a> }
    };
    let previous = (page > 0).then(|| link(page - 1, text.previous_page()));
    let next = (to < all).then(|| link(page + 1, text.next_page()));
    Some(
        view! {
            <div class="table-foot">
                <span>{said}</span>
                <nav class="button-group" aria-label=text.pages()>{previous}{next}</nav>
            </div>
        }
        .into_any(),
    )
}

/// A figure of the month, with that of all time below.
fn both(order: AccountOrder, month: String, total: &str, text: Text) -> AnyView {
    view! { <td class="num" data-label=order.title(text)>{month}<small>{text.operator_total(total)}</small></td> }
        .into_any()
}

/// How much of a quota is used; nothing where there is none.
fn of_quota(quota: Quota, figures: &AccountFigures, text: Text) -> Option<AnyView> {
    let (used, limit) = (figures.used(quota), figures.quotas.of(quota)?);
    // Of a quota of nothing, everything is used.
    let percent = used.saturating_mul(100).checked_div(limit).unwrap_or(100);
    let class = if percent >= NEAR_PERCENT { "badge is-failed" } else { "" };
    let said = text.operator_of_quota(&format!("{}%", format::integer(percent, text.language())));
    Some(view! { <small class=class>{said}</small> }.into_any())
}

/// The instant of something in the reader's zone.
pub(super) fn at(at: Option<Timestamp>, zone: Zone, text: Text) -> String {
    at.map_or_else(|| text.operator_never().to_owned(), |at| format::date_time(zone.local(at), text.language()))
}

fn row(figures: &AccountFigures, shown: &AccountsPage, text: Text) -> AnyView {
    let AccountFigures { account, month, total, .. } = figures;
    let language = text.language();
    let money = |usage: &AccountUse| format::money(usage.cost, &account.currency, language);
    let over = (month.over_quota > 0).then(|| {
        view! { " "<span class="badge is-failed">{text.operator_over_quota(&text.int(month.over_quota))}</span> }
    });
    let failing = figures.failed_mails + figures.failed_jobs > 0;
    let failing_class = if failing { "badge is-error" } else { "" };
    let undefined_class = if figures.undefined_codes > 0 { "badge is-failed" } else { "" };
    let calls_quota = of_quota(Quota::Calls, figures, text);
    let storage_quota = of_quota(Quota::Recordings, figures, text);
    view! {
        <tr>
            <td class="key">
                <a href=format!("/operator/accounts/{}", account.id)>{account.registered.clone()}</a>
                {own_name(account, text).map(|own| view! { <small>{own}</small> })}
                <small>{account.zone.name()}</small>
            </td>
            <td class="num" data-label=text.operator_calls()>
                {text.int(month.begun())}<small>{text.operator_total(&text.int(total.begun()))}</small>{calls_quota}
            </td>
            {both(AccountOrder::Minutes, minutes(month.talk_time, language), &minutes(total.talk_time, language), text)}
            {both(AccountOrder::Blocks, format::integer(month.blocks, language), &format::integer(total.blocks, language), text)}
            {both(AccountOrder::Cost, money(month), &money(total), text)}
            <td class="num" data-label=text.operator_storage()>{format::file_size(figures.recording_bytes, language)}{storage_quota}</td>
            <td class="when" data-label=text.operator_received()>{at(figures.received_at, shown.zone, text)}</td>
            <td class="num" data-label=text.operator_refused()>
                {text.int(month.refused)}{over}<small>{text.operator_total(&text.int(total.refused))}</small>
            </td>
            <td class="num" data-label=text.operator_failing()>
                <span class=failing_class>{format!("{} · {}", text.int(figures.failed_mails), text.int(figures.failed_jobs))}</span>
                <small>{text.operator_thirty_days()}</small>
            </td>
            <td class="num" data-label=text.operator_undefined()><span class=undefined_class>{text.int(figures.undefined_codes)}</span></td>
        </tr>
    }
    .into_any()
}

/// What the people of an account call it, where it is another name.
pub(super) fn own_name(account: &Account, text: Text) -> Option<String> {
    (account.name != account.registered).then(|| text.operator_own_name(&account.name))
}

/// What is used of a quota, and how much may be.
pub(super) fn quota_line(quota: Quota, figures: &AccountFigures, text: Text) -> String {
    let used = quota_amount(quota, figures.used(quota), text);
    match figures.quotas.of(quota) {
        Some(limit) => format!("{used} / {}", quota_amount(quota, limit, text)),
        None => used,
    }
}
