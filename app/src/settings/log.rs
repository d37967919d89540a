//! Who did what in the account.

use domain::{FieldError, text::with_unseen_shown, time::Zone};
use leptos::prelude::*;
use store::{
    Conn,
    audit::{self, Action, Actor, ActorKind, Entry, EntryFilter},
};

use super::{log_details::said, texts::at};
use crate::{
    AppError, Text,
    components::{
        Head, Icon,
        asking::{self, Asking},
        table_panel,
    },
    links,
    session::SignedIn,
    text::messages,
    with_account::with_account,
};

/// Rows of a page.
const LIMIT: u32 = 50;
/// The longest text of a filter, in characters.
const MAX_FILTER: usize = 500;

messages! {
    log_lead = "Ai làm gì, lúc nào, từ đâu. Không ai sửa hay xoá được dòng nào.", "Who did what, when and from where. Nobody can change or delete a row.";
    log_at = "Thời điểm", "Time";
    log_who = "Người thực hiện", "User";
    log_what = "Thao tác", "Action";
    log_subject = "Đối tượng", "Object";
    log_address = "Địa chỉ IP", "IP address";
    log_details = "Chi tiết", "Details";
    log_all = "Mọi thao tác", "All actions";
    log_filter = "Lọc", "Filter";
    log_actor = "Email hoặc token", "Address or token";
    log_customer = "Mã khách hàng", "Customer ID";
    log_about = "Mã cuộc gọi, chiến dịch…", "ID of a call, campaign …";
    log_none = "Không có dòng nào", "No rows";
    log_none_so = "Không có dòng nào khớp với bộ lọc này.", "No rows match these filters.";
    log_earlier = "Cũ hơn", "Earlier";
    log_csv = "Tải CSV", "CSV";
    actor_operator = "Người vận hành", "Operator";
    actor_system = "Hệ thống", "The service";
    action_sign_in = "Đăng nhập", "Signed in";
    action_sign_in_failed = "Đăng nhập sai mật khẩu", "Wrong password";
    action_sign_in_refused = "Không được vào", "Was not let in";
    action_sso_group_changed = "Đổi nhóm đăng nhập một lần", "Changed a group of single sign-on";
    action_passwords_forbidden = "Đổi việc cho dùng mật khẩu", "Changed whether passwords are forbidden";
    action_last_owner_kept = "Giữ lại chủ tài khoản cuối cùng", "Kept the last owner";
    action_sessions_ended = "Kết thúc phiên đăng nhập", "Ended sessions";
    action_password_set = "Đặt mật khẩu", "Set a password";
    action_password_link = "Gửi liên kết đặt mật khẩu", "Sent a link to set a password";
    action_user_invited = "Mời người dùng", "Invited somebody";
    action_invitation_removed = "Huỷ lời mời", "Cancelled an invitation";
    action_user_added = "Người dùng vào tài khoản", "Joined the account";
    action_user_changed = "Đổi quyền người dùng", "Changed what a user may do";
    action_user_removed = "Gỡ người dùng", "Removed a user";
    action_token_added = "Tạo token", "Created a token";
    action_token_removed = "Thu hồi token", "Revoked a token";
    action_account_changed = "Đổi cài đặt tài khoản", "Changed the account";
    action_campaign_changed = "Đổi chiến dịch", "Changed a campaign";
    action_voicebot_changed = "Đổi voicebot", "Changed a voicebot";
    action_result_code_changed = "Đổi mã kết quả", "Changed a result code";
    action_dimension_changed = "Đổi chiều riêng", "Changed an own dimension";
    action_result_words_changed = "Đổi cách viết kết quả", "Changed spellings of results";
    action_tariff_changed = "Đổi bảng giá", "Set a tariff";
    action_recipients_changed = "Đổi người nhận báo cáo", "Changed recipients";
    action_view_changed = "Đổi trang đã lưu của tài khoản", "Changed a saved view of the account";
    action_day_note_changed = "Đổi ghi chú một ngày", "Changed a note on a day";
    action_call_note_changed = "Đổi ghi chú của một cuộc gọi", "Changed the notes on a call";
    action_recipient_stopped = "Tự ngừng nhận báo cáo", "Stopped receiving reports";
    action_hook_changed = "Đổi kết nối", "Changed a connection";
    action_recording_settings_changed = "Đổi cách tải ghi âm", "Changed how recordings are fetched";
    action_recording_played = "Nghe ghi âm", "Played a recording";
    action_recording_downloaded = "Tải ghi âm", "Downloaded a recording";
    action_recording_deleted = "Xoá ghi âm", "Deleted a recording";
    action_exported = "Tải danh sách hoặc báo cáo", "Took a list or report as a file";
    action_phones_read = "Đọc số điện thoại đầy đủ", "Read whole phone numbers";
    action_mail_asked = "Yêu cầu gửi báo cáo", "Had a report sent";
    action_mail_sent = "Gửi báo cáo qua email", "Sent a report by mail";
    action_imported = "Nhập tệp cuộc gọi", "Imported a file of calls";
    action_erasure_asked = "Yêu cầu xoá khách hàng", "Asked to erase a customer";
    action_customer_erased = "Đã xoá khách hàng", "Erased a customer";
    action_job_retried = "Chạy lại một việc", "Ran a job again";
    action_recount_asked = "Yêu cầu đối chiếu số liệu", "Had totals recounted";
    action_totals_corrected = "Sửa tổng sai lệch", "Corrected stored totals";
    action_operator_marked = "Cho làm người vận hành", "Made somebody an operator";
    action_operator_unmarked = "Thôi cho làm người vận hành", "Took the operator's role from somebody";
    action_backup_made = "Sao lưu toàn bộ dữ liệu", "Copied the whole database";
    action_account_made = "Tạo tài khoản", "Made the account";
    action_quotas_changed = "Đổi hạn mức", "Set the quotas";
    action_operator_entered = "Người vận hành vào tài khoản", "An operator entered";
    action_operator_left = "Người vận hành rời tài khoản", "An operator left";
    action_import_undone = "Hoàn tác một lần nhập", "Undid an import";
}

impl Text {
    /// What was done, in words.
    pub fn action(self, action: Action) -> &'static str {
        match action {
            Action::SignIn => self.action_sign_in(),
            Action::SignInFailed => self.action_sign_in_failed(),
            Action::SignInRefused => self.action_sign_in_refused(),
            Action::SsoGroupChanged => self.action_sso_group_changed(),
            Action::PasswordsForbidden => self.action_passwords_forbidden(),
            Action::LastOwnerKept => self.action_last_owner_kept(),
            Action::SessionsEnded => self.action_sessions_ended(),
            Action::PasswordSet => self.action_password_set(),
            Action::PasswordLink => self.action_password_link(),
            Action::UserInvited => self.action_user_invited(),
            Action::InvitationRemoved => self.action_invitation_removed(),
            Action::UserAdded => self.action_user_added(),
            Action::UserChanged => self.action_user_changed(),
            Action::UserRemoved => self.action_user_removed(),
            Action::TokenAdded => self.action_token_added(),
            Action::TokenRemoved => self.action_token_removed(),
            Action::AccountChanged => self.action_account_changed(),
            Action::CampaignChanged => self.action_campaign_changed(),
            Action::VoicebotChanged => self.action_voicebot_changed(),
            Action::ResultCodeChanged => self.action_result_code_changed(),
            Action::DimensionChanged => self.action_dimension_changed(),
            Action::ResultWordsChanged => self.action_result_words_changed(),
            Action::TariffChanged => self.action_tariff_changed(),
            Action::RecipientsChanged => self.action_recipients_changed(),
            Action::ViewChanged => self.action_view_changed(),
            Action::DayNoteChanged => self.action_day_note_changed(),
            Action::CallNoteChanged => self.action_call_note_changed(),
            Action::RecipientStopped => self.action_recipient_stopped(),
            Action::HookChanged => self.action_hook_changed(),
            Action::RecordingSettingsChanged => self.action_recording_settings_changed(),
            Action::RecordingPlayed => self.action_recording_played(),
            Action::RecordingDownloaded => self.action_recording_downloaded(),
            Action::RecordingDeleted => self.action_recording_deleted(),
            Action::Exported => self.action_exported(),
            Action::PhonesRead => self.action_phones_read(),
            Action::MailAsked => self.action_mail_asked(),
            Action::MailSent => self.action_mail_sent(),
            Action::Imported => self.action_imported(),
            Action::ImportUndone => self.action_import_undone(),
            Action::ErasureAsked => self.action_erasure_asked(),
            Action::CustomerErased => self.action_customer_erased(),
            Action::JobRetried => self.action_job_retried(),
            Action::RecountAsked => self.action_recount_asked(),
            Action::TotalsCorrected => self.action_totals_corrected(),
            Action::OperatorMarked => self.action_operator_marked(),
            Action::OperatorUnmarked => self.action_operator_unmarked(),
            Action::BackupMade => self.action_backup_made(),
            Action::AccountMade => self.action_account_made(),
            Action::QuotasChanged => self.action_quotas_changed(),
            Action::OperatorEntered => self.action_operator_entered(),
            Action::OperatorLeft => self.action_operator_left(),
        }
    }

    /// Who did it, in words.
    pub fn actor(self, actor: &Actor) -> String {
        let said = match actor.kind {
            ActorKind::User => actor.name.clone(),
            ActorKind::Token => format!("token {}", actor.name),
            ActorKind::Operator => format!("{} {}", self.actor_operator(), actor.name).trim_end().to_owned(),
            ActorKind::System => self.actor_system().to_owned(),
        };
        with_unseen_shown(&said).into_owned()
    }
}

/// The filter of an address.
///
/// # Errors
/// Where the kind is none.
pub fn filter_of(pairs: &[(String, String)]) -> Result<EntryFilter, FieldError> {
    let given = |name: &str| {
        let value = pairs.iter().find(|(given, _)| given == name).map(|(_, value)| value.trim());
        value.filter(|value| !value.is_empty()).map(|value| value.chars().take(MAX_FILTER).collect::<String>())
    };
    let action = given("kind")
        .map(|word| Action::from_word(&word).ok_or_else(|| FieldError::new("kind", "is no kind of entry")));
    Ok(EntryFilter {
        actor: given("who"),
        action: action.transpose()?,
        subject: given("about"),
        customer: given("customer"),
    })
}

fn pairs_of(filter: &EntryFilter) -> Vec<(&'static str, String)> {
    let EntryFilter { actor, action, subject, customer } = filter;
    let action = action.map(|action| action.word().to_owned());
    let all = [("who", actor.clone()), ("kind", action), ("about", subject.clone()), ("customer", customer.clone())];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

pub(super) struct AuditLogPage {
    filter: EntryFilter,
    entries: Vec<Entry>,
    zone: Zone,
}

pub(super) async fn read(
    conn: &mut Conn,
    who: &SignedIn,
    pairs: &[(String, String)],
) -> Result<AuditLogPage, AppError> {
    let filter = filter_of(pairs).map_err(AppError::invalid)?;
    let before = pairs.iter().find(|(name, value)| name == "before" && !value.is_empty());
    let before = before.map(|(_, text)| {
        text.parse().map_err(|_| AppError::invalid(FieldError::new("before", "must be a whole number")))
    });
    let entries = audit::list(conn, &who.scope, &filter, before.transpose()?, LIMIT).await?;
    Ok(AuditLogPage { filter, entries, zone: who.account.zone })
}

pub(super) fn view(shown: &AuditLogPage, text: Text) -> AnyView {
    let body = if shown.entries.is_empty() {
        view! {
            <section class="panel empty">
                <span class="empty-icon"><Icon name="clock" /></span>
                <h2>{text.log_none()}</h2>
                {(!pairs_of(&shown.filter).is_empty()).then(|| view! {
                    <p>{text.log_none_so()}</p>
                    <div class="empty-actions"><a class="btn" href="/settings/log">{text.without_filters()}</a></div>
                })}
            </section>
        }
        .into_any()
    } else {
        rows(shown, text)
    };
    view! {
        <div class="stack">
            <p class="text-muted">{text.log_lead()}</p>
            {filters(shown, text)}
            {body}
        </div>
    }
    .into_any()
}

fn filters(shown: &AuditLogPage, text: Text) -> AnyView {
    let EntryFilter { actor, action, subject, customer } = shown.filter.clone();
    // What is told of the service is in no account's log.
    let of_accounts = Action::ALL.iter().filter(|kind| !kind.is_of_service());
    let kinds = of_accounts.map(|kind| (kind.word().to_owned(), text.action(*kind).to_owned())).collect();
    let kind = action.map(Action::word);
    let line = |name, label, value| asking::line("field", (name, label), MAX_FILTER, value);
    let csv = with_account(&links::with_query("/settings/log.csv", pairs_of(&shown.filter)));
    let body = view! {
        {asking::choice("field", ("kind", text.log_what()), text.log_all(), kinds, kind)}
        {line("who", text.log_actor(), actor)}
        {line("about", text.log_about(), subject)}
        {line("customer", text.log_customer(), customer)}
        <button class="btn" type="submit">{text.log_filter()}</button>
        <a class="btn" href=csv rel="external" download=""><Icon name="download" />{text.log_csv()}</a>
    };
    Asking::new("/settings/log", "log-filter").view(body.into_any())
}

/// The longest text that stands in a row whole, in characters.
const MAX_UNFOLDED: usize = 160;

/// A cell of a text that may be long: then three lines of it, which open to the whole; on paper it is open.
pub(crate) fn folded(text: String) -> AnyView {
    if text.chars().count() <= MAX_UNFOLDED {
        view! { <td class="wrap">{text}</td> }.into_any()
    } else {
        view! { <td class="wrap"><details class="folded"><summary><span>{text}</span></summary></details></td> }
            .into_any()
    }
}

/// The way to the rows before those of the page.
pub(crate) fn earlier(href: String, text: Text) -> AnyView {
    view! {
        <div class="table-foot">
            <span></span>
            <nav class="button-group" aria-label=text.pages()><a class="btn" href=href>{text.log_earlier()}<Icon name="chevron-right" /></a></nav>
        </div>
    }
    .into_any()
}

fn rows(shown: &AuditLogPage, text: Text) -> AnyView {
    let rows = shown.entries.iter().map(|entry| {
        let about =
            [Some(entry.event.subject.clone()).filter(|subject| !subject.is_empty()), entry.event.customer.clone()];
        let about = about.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        let about = with_unseen_shown(&about).into_owned();
        let details = said(&entry.event.details, shown.zone, text);
        let address = entry.actor.address.map(|address| address.to_string());
        view! {
            <tr>
                <td class="nowrap">{at(entry.at, shown.zone, text)}</td>
                <td class="key">{text.actor(&entry.actor)}</td>
                <td>{text.action(entry.event.action)}</td>
                {folded(about)}
                {folded(details)}
                <td class="nowrap">{address}</td>
            </tr>
        }
    });
    let earlier = (shown.entries.len() == LIMIT as usize).then(|| {
        let before = shown.entries.last().map(|entry| ("before", entry.no.to_string()));
        earlier(links::with_query("/settings/log", pairs_of(&shown.filter).into_iter().chain(before)), text)
    });
    let heads = [
        Head::Text(text.log_at()),
        Head::Text(text.log_who()),
        Head::Text(text.log_what()),
        Head::Text(text.log_subject()),
        Head::Text(text.log_details()),
        Head::Text(text.log_address()),
    ];
    view! {
        {table_panel(text.settings_log(), "log-table stacked stacked-early", &heads, rows.collect_view())}
        {earlier}
    }
    .into_any()
}
