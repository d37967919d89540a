//! What several of the operator's pages, and owners, are told of quotas.

use domain::format;
use leptos::prelude::*;
use store::quotas::{NearQuota, Quota};

use crate::{
    Session, Text,
    components::{Icon, Press},
    server_page::rendered,
    session::{Preferences, SignedIn},
    text::messages,
};

/// Bytes of a gigabyte, as sizes of files are written.
pub const GB: i64 = 1 << 30;

messages! {
    quota_calls = "cuộc gọi trong tháng", "calls this month";
    quota_recordings = "dung lượng ghi âm", "storage of recordings";
    quota_people = "người dùng", "people";
    quota_near(what, used, limit) = "Hạn mức {what} sắp hết: đã dùng {used} trên {limit}.", "The quota of {what} is nearly used: {used} of {limit}.";
    quota_used_up_calls(used, limit) = "Đã hết hạn mức cuộc gọi trong tháng: {used} trên {limit}. Cuộc gọi mới bị từ chối; cuộc gọi đã có vẫn cập nhật được.", "The quota of calls this month is used up: {used} of {limit}. New calls are refused; known ones can still be corrected.";
    quota_used_up_recordings(used, limit) = "Đã hết hạn mức ghi âm: {used} trên {limit}. Ghi âm mới bị từ chối.", "The quota of recordings is used up: {used} of {limit}. New recordings are refused.";
    quota_used_up_people(used, limit) = "Đã hết hạn mức người dùng: {used} trên {limit}. Không mời thêm được.", "The quota of people is used up: {used} of {limit}. Nobody else can be invited.";
    entered_until(until) = "Bạn vào tài khoản này với tư cách người vận hành, đến {until}. Mọi việc bạn làm có trong nhật ký của tài khoản.", "You entered this account as an operator, until {until}. What you do is in its log.";
    entered_leave = "Rời tài khoản", "Leave";
    invoice_account_id = "Mã tài khoản", "Account ID";
    invoice_without_vat = "Chi phí chưa VAT", "Cost without VAT";
    invoice_with_vat = "Chi phí gồm VAT", "Cost with VAT";
    invoice_vat = "VAT", "VAT";
    invoice_recordings = "Ghi âm (GB)", "Recordings (GB)";
    invoice_pricing = "Giá", "Price";
    operator_pricing(accounts) = "Đang tính lại giá các cuộc gọi đã lưu, chi phí còn thay đổi: {accounts}.", "Stored calls are being priced again, and costs go on changing: {accounts}.";
    quota_ask = "Cần thêm, hãy liên hệ người vận hành dịch vụ.", "If you need more, ask the operator of the service.";
}

/// A text with a capital at its beginning.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// An amount of what a quota bounds.
pub fn quota_amount(quota: Quota, amount: i64, text: Text) -> String {
    match quota {
        Quota::Recordings => format::file_size(amount.max(0).cast_unsigned(), text.language()),
        Quota::Calls | Quota::People => format::integer(amount, text.language()),
    }
}

impl Text {
    /// What a quota bounds, in words.
    pub fn quota(self, quota: Quota) -> &'static str {
        match quota {
            Quota::Calls => self.quota_calls(),
            Quota::Recordings => self.quota_recordings(),
            Quota::People => self.quota_people(),
        }
    }

    /// That a quota is used up, or nearly.
    pub fn near_quota(self, near: &NearQuota) -> String {
        let (used, limit) = (quota_amount(near.quota, near.used, self), quota_amount(near.quota, near.limit, self));
        match near.quota {
            quota if !near.is_used_up() => self.quota_near(self.quota(quota), &used, &limit),
            Quota::Calls => self.quota_used_up_calls(&used, &limit),
            Quota::Recordings => self.quota_used_up_recordings(&used, &limit),
            Quota::People => self.quota_used_up_people(&used, &limit),
        }
    }
}

/// What the frame says above the pages of who asks, as HTML: that they entered the account for a while, and of its quotas.
pub fn notices(who: &SignedIn, preferences: Preferences, icons: &str) -> String {
    if who.until.is_none() && who.near.is_empty() {
        return String::new();
    }
    let Preferences { language, theme } = preferences;
    let text = Text(language);
    let (near, until) =
        (who.near.clone(), who.until.map(|until| format::date_time(who.account.zone.local(until), language)));
    let session = Session { language, theme, person: None, account: Some(who.account.id), icons: icons.to_owned() };
    rendered(session, move || {
        let entered = until.map(|until| {
            let said = view! {
                <Icon name="warning" /><span>{text.entered_until(&until)}</span>
                <button class="btn" type="submit">{text.entered_leave()}</button>
            };
            Press::new("/operator/leave").class("notice is-failed").view(said.into_any())
        });
        view! { {entered}{banner(&near, true, text)} }.into_any()
    })
}

/// Says of quotas that are used up, or nearly; nothing where none is.
pub fn banner(near: &[NearQuota], ask: bool, text: Text) -> Option<AnyView> {
    if near.is_empty() {
        return None;
    }
    let lines = near.iter().map(|near| {
        let (class, icon) =
            if near.is_used_up() { ("notice is-error", "error") } else { ("notice is-failed", "warning") };
        let ask = ask.then(|| format!(" {}", text.quota_ask()));
        view! { <p class=class role="note"><Icon name=icon /><span>{text.near_quota(near)}{ask}</span></p> }
    });
    Some(view! { <div class="stack quota-notes">{lines.collect_view()}</div> }.into_any())
}
