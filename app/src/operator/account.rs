//! One account as the operator sees it: what it uses, its quotas, its owners, and the way into it for a while.

use domain::{Role, format, time::Zone, usage::Month};
use leptos::prelude::*;
use store::{
    User,
    figures::{AccountFigures, AccountUse},
    invitations::Invitation,
    quotas::{Quota, Quotas},
};

use super::{
    accounts::{at, minutes, month_name, own_name, quota_line},
    forms::{ENTER, ENTER_ROLE, INVITE_OWNER, PUT_QUOTAS, QUOTA_CALLS, QUOTA_GB, QUOTA_PEOPLE},
    texts::{GB, banner, capital, quota_amount},
};
use crate::{
    Session, Text,
    components::Icon,
    form::{Filled, Place},
    server_page::{ServerPage, rendered},
    settings::{
        forms::{BY_LINK, BY_MAIL, HOW, SEEN},
        note,
    },
    text::messages,
};

messages! {
    operator_state = "Tình trạng", "State";
    operator_used = "Đã dùng", "Use";
    operator_figure = "Số liệu", "Figure";
    operator_in_month(month) = "Tháng {month}", "{month}";
    operator_in_all = "Từ trước đến nay", "In all";
    operator_open = "trong đó đang gọi", "of them in progress";
    operator_refused_quota = "Trong đó vượt hạn mức", "Of them over quota";
    operator_quotas = "Hạn mức", "Quotas";
    operator_quotas_why = "Từ 80% chủ tài khoản và người vận hành nhận một email mỗi tháng. Hết hạn mức thì phần mới bị từ chối; những gì đã có vẫn giữ và cập nhật được.", "From 80 % on, owners and operators get one mail a month. Beyond a quota what is new is refused; what is there stays and can be corrected.";
    operator_owners = "Chủ tài khoản", "Owners";
    operator_no_owner = "Chưa có chủ tài khoản nào.", "It has no owner yet.";
    operator_invited = "đã mời", "invited";
    operator_invite = "Mời chủ tài khoản", "Invite an owner";
    operator_enter = "Vào tài khoản này", "Enter this account";
    operator_enter_why = "Chỉ khi cần giúp chủ tài khoản: bạn thành thành viên trong 1 giờ, chủ tài khoản nhận email và nhật ký ghi lý do.", "Only to help its owners: you belong to it for an hour, they get a mail, and the log holds the reason.";
    operator_invites_oneself = "Không tự mời mình làm chủ tài khoản. Hãy vào tài khoản có thời hạn và ghi lý do, hoặc nhờ người vận hành khác mời.", "You cannot invite yourself as an owner. Enter the account for a while and give a reason, or have another operator invite you.";
    operator_enters_by_provider = "Tài khoản này chỉ nhận đăng nhập một lần (SSO). Hãy đăng xuất rồi đăng nhập bằng SSO để vào.", "This account is opened by single sign-on alone. Sign out, and in by it, to enter.";
    operator_is_member = "Bạn đã thuộc tài khoản này. Hãy chuyển sang ở trang chọn tài khoản.", "You belong to this account already. Change to it on the page of accounts.";
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct AccountPage {
    /// The account, with the figures of this month of its own.
    pub figures: AccountFigures,
    pub month: Month,
    /// Its owners who belong to it for good.
    pub owners: Vec<User>,
    /// Who was asked to own it.
    pub invited: Vec<Invitation>,
    /// Whether the reader belongs to it for good.
    pub is_member: bool,
    /// Whether invitations can go by mail.
    pub sends_mail: bool,
    /// The reader's zone.
    pub zone: Zone,
    /// The word of what was done.
    pub note: Option<String>,
}

/// The quotas as the form's hidden field and the words for who comes second name them.
pub fn quotas_seen(quotas: &Quotas, text: Text) -> String {
    let each = Quota::ALL.map(|quota| {
        let amount = quotas.of(quota).map_or_else(|| "–".to_owned(), |limit| quota_amount(quota, limit, text));
        format!("{}: {amount}", text.quota(quota))
    });
    each.join(" · ")
}

pub fn page(session: Session, shown: &AccountPage) -> ServerPage {
    let text = Text(session.language);
    let shown = shown.clone();
    ServerPage {
        title: text.page_title(&format!("{} · {}", shown.figures.account.registered, text.operator_title())),
        live: None,
        html: rendered(session, move || body(&shown, text)),
    }
}

fn body(shown: &AccountPage, text: Text) -> AnyView {
    let account = &shown.figures.account;
    let said = shown.note.as_deref().and_then(|word| note(word, text)).map(|words| {
        view! {
            <p class="notice is-success" role="status"><Icon name="check-circle" /><span>{words}</span></p>
        }
    });
    view! {
        <header class="page-head">
            <div>
                <div class="page-title"><h1>{account.registered.clone()}</h1></div>
                <div class="page-meta">
                    <a class="link" href="/operator">{text.operator_accounts()}</a>
                    {own_name(account, text).map(|own| view! { <span>{own}</span> })}
                    <span><Icon name="globe" />{account.zone.name()}</span>
                    <span>{account.currency.as_str().to_owned()}</span>
                    <span>{account.country.as_str().to_owned()}</span>
                    <span>{account.language.tag()}</span>
                </div>
            </div>
        </header>
        {said}
        {banner(&shown.figures.near(), false, text)}
        <div class="stack">
            {used(shown, text)}
            {quotas(shown, text)}
            {owners(shown, text)}
            {enter(shown, text)}
        </div>
    }
    .into_any()
}

/// A figure of the month, and the same in all.
fn figure(label: &'static str, of: impl Fn(&AccountUse) -> String, figures: &AccountFigures) -> AnyView {
    view! {
        <tr>
            <th scope="row">{capital(label)}</th>
            <td class="num">{of(&figures.month)}</td>
            <td class="num">{of(&figures.total)}</td>
        </tr>
    }
    .into_any()
}

fn used(shown: &AccountPage, text: Text) -> AnyView {
    let (figures, language) = (&shown.figures, text.language());
    let month = text.operator_in_month(&month_name(shown.month, language));
    let failing = format!("{} · {}", text.int(figures.failed_mails), text.int(figures.failed_jobs));
    let currency = figures.account.currency.clone();
    view! {
        <section class="panel panel-flush settings-panel">
            <div class="panel-head"><h2 class="panel-title">{text.operator_used()}</h2></div>
            <table class="data-table">
                <thead><tr>
                    <th scope="col"><span class="sr-only">{text.operator_figure()}</span></th>
                    <th scope="col" class="num">{month}</th>
                    <th scope="col" class="num">{text.operator_in_all()}</th>
                </tr></thead>
                <tbody>
                    {figure(text.operator_calls_begun(), |usage| text.int(usage.begun()), figures)}
                    {figure(text.operator_open(), |usage| text.int(usage.open), figures)}
                    {figure(text.operator_minutes(), |usage| minutes(usage.talk_time, language), figures)}
                    {figure(text.operator_blocks(), |usage| format::integer(usage.blocks, language), figures)}
                    {figure(text.operator_cost(), |usage| format::money(usage.cost, &currency, language), figures)}
                    {figure(text.operator_refused(), |usage| text.int(usage.refused), figures)}
                    {figure(text.operator_refused_quota(), |usage| text.int(usage.over_quota), figures)}
                </tbody>
            </table>
        </section>
        <section class="panel settings-panel">
            <h2 class="panel-title">{text.operator_state()}</h2>
            <dl class="facts">
                <dt>{text.operator_storage()}</dt><dd>{format::file_size(figures.recording_bytes, language)}</dd>
                <dt>{text.operator_received()}</dt><dd>{capital(&at(figures.received_at, shown.zone, text))}</dd>
                <dt>{text.operator_failing()}</dt><dd>{failing}" ("{text.operator_thirty_days()}")"</dd>
                <dt>{text.operator_undefined()}</dt><dd>{text.int(figures.undefined_codes)}</dd>
            </dl>
        </section>
    }
    .into_any()
}

fn quotas(shown: &AccountPage, text: Text) -> AnyView {
    let (figures, quotas) = (&shown.figures, &shown.figures.quotas);
    let number = |limit: Option<i64>| limit.map(|limit| limit.to_string()).unwrap_or_default();
    let filled = Filled::default()
        .with(&SEEN, quotas_seen(quotas, text))
        .with(&QUOTA_CALLS, number(quotas.calls))
        .with(&QUOTA_GB, number(quotas.recording_bytes.map(|bytes| bytes / GB)))
        .with(&QUOTA_PEOPLE, number(quotas.people));
    let action = format!("/operator/accounts/{}/quotas", figures.account.id);
    let lines = Quota::ALL.map(|quota| {
        view! { <dt>{capital(text.quota(quota))}</dt><dd>{quota_line(quota, figures, text)}</dd> }
    });
    view! {
        <section class="panel settings-panel" id="quotas">
            <h2 class="panel-title">{text.operator_quotas()}</h2>
            <p class="text-muted">{text.operator_quotas_why()}</p>
            <dl class="facts">{lines.into_iter().collect_view()}</dl>
            {PUT_QUOTAS.view("quotas-form", action, Place::Sheet, &filled)}
        </section>
    }
    .into_any()
}

fn owners(shown: &AccountPage, text: Text) -> AnyView {
    let how = if shown.sends_mail { BY_MAIL } else { BY_LINK };
    let action = format!("/operator/accounts/{}/owners", shown.figures.account.id);
    let form = INVITE_OWNER.view("owner-form", action, Place::Sheet, &Filled::default().with(&HOW, how));
    let names = shown.owners.iter().map(|owner| view! { <li>{owner.email.clone()}</li> }.into_any());
    let invited = shown.invited.iter().map(|asked| {
        view! { <li>{asked.email.clone()}" "<span class="badge">{text.operator_invited()}</span></li> }.into_any()
    });
    let all: Vec<AnyView> = names.chain(invited).collect();
    let list = if all.is_empty() {
        view! { <p class="text-muted">{text.operator_no_owner()}</p> }.into_any()
    } else {
        view! { <ul class="stack">{all}</ul> }.into_any()
    };
    view! {
        <section class="panel settings-panel" id="owners">
            <h2 class="panel-title">{text.operator_owners()}</h2>
            {list}
            <h3 class="panel-title">{text.operator_invite()}</h3>
            {form}
        </section>
    }
    .into_any()
}

fn enter(shown: &AccountPage, text: Text) -> AnyView {
    let body = if shown.is_member {
        view! { <p><a class="link" href="/accounts">{text.operator_is_member()}</a></p> }.into_any()
    } else {
        let action = format!("/operator/accounts/{}/enter", shown.figures.account.id);
        let filled = Filled::default().with(&ENTER_ROLE, Role::Viewer.word());
        view! {
            <p class="text-muted">{text.operator_enter_why()}</p>
            {ENTER.view("enter-form", action, Place::Sheet, &filled)}
        }
        .into_any()
    };
    view! {
        <section class="panel settings-panel" id="enter">
            <h2 class="panel-title">{text.operator_enter()}</h2>
            {body}
        </section>
    }
    .into_any()
}
