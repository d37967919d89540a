//! Who receives reports: of the account, of campaigns with their own, and who wanted no more of them.

use std::collections::HashSet;

use domain::{CampaignId, Timestamp, time::Zone};
use leptos::prelude::*;
use store::{
    Conn,
    audit::{self, Action, EntryFilter},
    recipients::{self, OwnRecipients},
};

use super::{
    campaign_forms::{SHARED_EMAILS, SHARED_RECIPIENTS, recipients_seen},
    campaigns::path,
    forms::SEEN,
    texts::at,
};
use crate::{
    AppError, Text,
    form::{Filled, Place},
    session::SignedIn,
    text::messages,
};

/// Campaigns and people of a list at most: the latest.
const LIMIT: u32 = 200;

messages! {
    recipients_lead = "Khi một chiến dịch hoàn tất, báo cáo được gửi cho người nhận của chiến dịch; chiến dịch không có người nhận riêng thì gửi cho danh sách chung.", "When a campaign is completed, its report goes to the campaign's own recipients; without any, to those of the account.";
    recipients_own = "Chiến dịch có người nhận riêng", "Campaigns with their own recipients";
    recipients_no_own = "Mọi chiến dịch đang dùng danh sách chung.", "All campaigns use those of the account.";
    recipients_addresses = "Địa chỉ", "Addresses";
    recipients_stopped = "Đã tự ngừng nhận", "Stopped by themselves";
    recipients_stopped_why = "Họ đã bấm ngừng nhận trong email và được gỡ khỏi mọi danh sách. Chỉ thêm lại khi họ muốn.", "They pressed stop in a mail and were taken off every list. Add them again only if they want it.";
    recipients_stopped_at = "Thời điểm", "Time";
    recipients_more(n) = "và {n} địa chỉ nữa", "and {n} more";
}

pub(super) struct RecipientsPage {
    shared: Vec<String>,
    own: Vec<OwnRecipients>,
    stopped: Vec<(String, Timestamp)>,
    zone: Zone,
}

pub(super) async fn read(conn: &mut Conn, who: &SignedIn) -> Result<RecipientsPage, AppError> {
    let shared = recipients::of_account(conn, &who.scope).await?;
    let own = recipients::of_campaigns(conn, &who.scope, LIMIT).await?;
    let filter = EntryFilter { action: Some(Action::RecipientStopped), ..EntryFilter::default() };
    let entries = audit::list(conn, &who.scope, &filter, None, LIMIT).await?;
    // Who is on a list again receives reports again.
    let mut told: HashSet<String> =
        shared.iter().chain(own.iter().flat_map(|own| &own.emails)).map(|email| email.to_lowercase()).collect();
    let stopped = entries.into_iter().map(|entry| (entry.event.subject, entry.at));
    let stopped = stopped.filter(|(email, _)| told.insert(email.to_lowercase())).collect();
    Ok(RecipientsPage { shared, own, stopped, zone: who.account.zone })
}

/// A few addresses, and how many more there are.
fn few(emails: &[String], text: Text) -> String {
    const NAMED: usize = 3;
    let named = emails.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match emails.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} {}", text.recipients_more(&text.int(more as u64))),
    }
}

pub(super) fn view(shown: &RecipientsPage, text: Text) -> AnyView {
    let filled = Filled::default()
        .with(&SEEN, recipients_seen(&shown.shared, text))
        .with(&SHARED_EMAILS, shown.shared.join("\n"));
    let form = SHARED_RECIPIENTS.view("recipients-form", "/settings/recipients/put".to_owned(), Place::Sheet, &filled);
    let link = |id: &CampaignId, name: &str| view! { <a class="link" href=path(id)>{name.to_owned()}</a> };
    let own = shown.own.iter().map(|own| {
        view! { <tr><td class="key">{link(&own.campaign, &own.name)}</td><td>{few(&own.emails, text)}</td></tr> }
    });
    let own = if shown.own.is_empty() {
        view! { <p class="text-muted settings-note">{text.recipients_no_own()}</p> }.into_any()
    } else {
        view! {
            <div class="table-scroll" tabindex="0" role="region" aria-label=text.recipients_own()>
                <table class="data-table">
                    <thead><tr>
                        <th scope="col">{text.campaigns_name()}</th><th scope="col">{text.recipients_addresses()}</th>
                    </tr></thead>
                    <tbody>{own.collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="stack">
            <p class="text-muted">{text.recipients_lead()}</p>
            <section class="panel settings-panel">{form}</section>
            <section class="panel panel-flush">
                <div class="panel-head"><h2 class="panel-title">{text.recipients_own()}</h2></div>
                {own}
            </section>
            {stopped(shown, text)}
        </div>
    }
    .into_any()
}

fn stopped(shown: &RecipientsPage, text: Text) -> Option<AnyView> {
    if shown.stopped.is_empty() {
        return None;
    }
    let rows = shown.stopped.iter().map(|(email, when)| {
        view! { <tr><td class="key">{email.clone()}</td><td class="nowrap">{at(*when, shown.zone, text)}</td></tr> }
    });
    Some(
        view! {
            <section class="panel panel-flush">
                <div class="panel-head"><h2 class="panel-title">{text.recipients_stopped()}</h2></div>
                <p class="text-muted settings-note">{text.recipients_stopped_why()}</p>
                <div class="table-scroll" tabindex="0" role="region" aria-label=text.recipients_stopped()>
                    <table class="data-table">
                        <thead><tr>
                            <th scope="col">{text.recipients_addresses()}</th><th scope="col">{text.recipients_stopped_at()}</th>
                        </tr></thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table>
                </div>
            </section>
        }
        .into_any(),
    )
}
