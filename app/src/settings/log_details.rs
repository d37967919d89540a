//! What an entry of the log says beyond its action, in the reader's words. What has no words here stays as it is stored.

use std::borrow::Cow;

use domain::{
    CallClass, CampaignState, HookSource, Language, Plan, Role, Timestamp, TokenScope, Vat, format,
    text::with_unseen_shown,
    time::{DAY_MS, Zone},
};
use serde_json::{Map, Value};

use super::{campaign_forms::plan_seen, log_filter::filter_said};
use crate::{Text, form::Words, text::messages};

messages! {
    detail_yes = "có", "yes";
    detail_no = "không", "no";
    detail_account_name = "Tên", "Name";
    detail_mailed = "Gửi qua email", "Sent by mail";
    detail_scopes = "Quyền", "Permissions";
    detail_masked = "Che số điện thoại", "Phone numbers masked";
    detail_session = "Phiên đăng nhập", "Session";
    detail_sessions = "Số phiên", "Sessions";
    detail_rows = "Số dòng", "Rows";
    detail_filter = "Bộ lọc", "Filter";
    detail_to = "Gửi đến", "To";
    detail_to_all = "mọi người nhận", "all recipients";
    detail_preview = "Bản xem trước", "Preview";
    detail_emails = "Người nhận", "Recipients";
    detail_blocks = "Block (giây)", "Blocks (s)";
    detail_prices = "Giá block đầu / block sau", "Price of the first / further blocks";
    detail_from = "Áp dụng từ", "In force from";
    detail_started = "Bắt đầu", "Started";
    detail_put = "Cách viết đã đặt", "Spellings set";
    detail_gone = "Cách viết đã bỏ", "Spellings removed";
    detail_puts = "Số cách viết đã đặt", "Number of spellings set";
    detail_losses = "Số cách viết đã bỏ", "Number of spellings removed";
    detail_short_call = "Cuộc ngắn dưới (giây)", "Short calls under (seconds)";
    detail_fetched = "Tải ghi âm về", "Recordings are fetched";
    detail_recordings = "Ghi âm ở hệ thống khác", "Recordings in other systems";
    detail_recordings_fetch = "bắt đầu tải về", "fetched from now on";
    detail_recordings_leave = "ngừng tải về", "no longer fetched";
    detail_recordings_retry = "thử tải lại", "tried again";
    detail_credential = "Thông tin đăng nhập", "Credentials";
    detail_read_again = "Webhook được đọc lại", "Webhooks read again";
    detail_job = "Việc", "Job";
    detail_differences = "Số tổng sai lệch", "Totals that differed";
    detail_others_import = "nhập bình thường", "stored as the others";
    detail_others_leave = "bỏ qua", "left out";
    detail_asked = "Địa chỉ API", "Address of the API";
    detail_credential_put = "đã lưu", "stored";
    detail_credential_removed = "đã xoá", "removed";
    detail_added = "Đã thêm", "Added";
    detail_changed = "Đã đổi", "Changed";
    detail_signed = "Có chữ ký", "Signed";
    detail_removed = "Đã xoá", "Removed";
    detail_revoked = "Đã thu hồi", "Revoked";
    detail_agent_of = "Trợ lý của", "Agent of";
    detail_priced_again = "Tính lại giá", "Priced again";
    detail_before = "trước", "before";
    detail_after = "sau", "after";
    detail_since = "đến sau khi xem trước", "came in since the preview";
    detail_registered = "Tên đăng ký", "Registered name";
    detail_timezone = "Múi giờ", "Time zone";
    detail_recording_bytes = "Ghi âm (byte)", "Recordings (bytes)";
    detail_people = "Số người dùng", "People";
    detail_by = "Qua", "By";
    detail_sso = "đăng nhập một lần (SSO)", "single sign-on";
    detail_new_person = "Người mới", "New here";
    detail_operator = "Là người vận hành", "Runs the service";
    detail_forbidden = "Cấm mật khẩu", "Passwords forbidden";
    detail_over_at = "Tự hết lúc", "Over by itself at";
    detail_view = "Trang", "Page";
    detail_until = "Đến", "Until";
    detail_reason = "Lý do", "Reason";
    detail_scope_write = "gửi dữ liệu vào", "send data in";
    detail_scope_read = "đọc", "read";
    detail_scope_audio = "tải ghi âm", "get recordings";
    detail_scope_manage = "quản lý", "manage";
}

/// What the log calls things, and what they are called here.
const NAMES: &[(&str, Words)] = &[
    ("role", Text::user_role),
    ("campaign", Text::campaigns_name),
    ("campaigns", Text::user_campaigns),
    ("voicebot", Text::field_voicebot),
    ("voicebots", Text::field_voicebot),
    ("mailed", Text::detail_mailed),
    ("scopes", Text::detail_scopes),
    ("masked", Text::detail_masked),
    ("session", Text::detail_session),
    ("sessions", Text::detail_sessions),
    ("rows", Text::detail_rows),
    ("filter", Text::detail_filter),
    ("to", Text::detail_to),
    ("preview", Text::detail_preview),
    ("emails", Text::detail_emails),
    ("report_emails", Text::detail_emails),
    ("name", Text::detail_account_name),
    ("language", Text::account_language),
    ("short_call_seconds", Text::detail_short_call),
    ("country", Text::account_country),
    ("state", Text::campaign_state),
    ("started_at", Text::detail_started),
    ("tariff", Text::campaigns_tariff),
    ("plan", Text::campaigns_plan),
    ("blocks", Text::detail_blocks),
    ("prices", Text::detail_prices),
    ("vat", Text::tariff_vat),
    ("effective_from", Text::detail_from),
    ("label_vi", Text::label_vi),
    ("label_en", Text::label_en),
    ("color", Text::code_color),
    ("is_goal", Text::codes_is_goal),
    ("counts_as", Text::code_counts_as),
    ("put", Text::detail_put),
    ("gone", Text::detail_gone),
    ("puts", Text::detail_puts),
    ("losses", Text::detail_losses),
    ("fetched", Text::detail_fetched),
    ("fetch_recordings", Text::detail_fetched),
    ("recordings", Text::detail_recordings),
    ("credential", Text::detail_credential),
    ("added", Text::detail_added),
    ("changed", Text::detail_changed),
    ("signed", Text::detail_signed),
    ("revoked", Text::detail_revoked),
    ("removed", Text::detail_removed),
    ("agent_of", Text::detail_agent_of),
    ("others", Text::hook_others),
    ("read_again", Text::detail_read_again),
    ("customers", Text::erasure_customers),
    ("transcripts", Text::erasure_transcripts),
    ("files", Text::erasure_of_files),
    ("job", Text::detail_job),
    ("differences", Text::detail_differences),
    ("address", Text::detail_asked),
    ("priced_again", Text::detail_priced_again),
    ("calls", Text::hook_call),
    ("since", Text::detail_since),
    ("registered", Text::detail_registered),
    ("timezone", Text::detail_timezone),
    ("currency", Text::account_currency),
    ("recording_bytes", Text::detail_recording_bytes),
    ("people", Text::detail_people),
    ("by", Text::detail_by),
    ("new_person", Text::detail_new_person),
    ("operator", Text::detail_operator),
    ("forbidden", Text::detail_forbidden),
    ("over_at", Text::detail_over_at),
    ("view", Text::detail_view),
    ("day", Text::day_note_day),
    ("note", Text::day_note_text),
    ("until", Text::detail_until),
    ("reason", Text::detail_reason),
    ("before", Text::detail_before),
    ("after", Text::detail_after),
];

/// Values that the log has words for, each under the name that it stands for.
const VALUES: &[(&str, &str, Words)] = &[
    ("language", "vi", Text::language_vi),
    ("language", "en", Text::language_en),
    ("to", "all", Text::detail_to_all),
    ("recordings", "fetch", Text::detail_recordings_fetch),
    ("recordings", "leave", Text::detail_recordings_leave),
    ("recordings", "retry", Text::detail_recordings_retry),
    ("credential", "put", Text::detail_credential_put),
    ("credential", "removed", Text::detail_credential_removed),
    ("others", "import", Text::detail_others_import),
    ("others", "leave", Text::detail_others_leave),
    ("by", "single sign-on", Text::detail_sso),
    ("changed", "secret", Text::hook_secret),
    ("changed", "mapping", Text::hook_mapping),
];

/// The details as they are stored, in a line.
pub fn details(details: &Value) -> String {
    written(details, &|name| Cow::Borrowed(name), &|_, value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    })
}

/// The details in the reader's words, with times in this zone.
pub fn said(details: &Value, zone: Zone, text: Text) -> String {
    let said = written(details, &|name| name_of(name, text), &|name, value| value_of(name, value, zone, text));
    with_unseen_shown(&said).into_owned()
}

type NameOf<'a> = &'a dyn for<'n> Fn(&'n str) -> Cow<'n, str>;
type Valued<'a> = &'a dyn Fn(&str, &Value) -> String;

/// What was before and after, or each value under its name.
fn written(details: &Value, named: NameOf<'_>, valued: Valued<'_>) -> String {
    let Some(fields) = details.as_object() else { return String::new() };
    let shown = |name: &str, value: &Value| match value {
        Value::Null => "–".to_owned(),
        Value::Array(items) if items.is_empty() => "–".to_owned(),
        Value::Array(items) => items.iter().map(|item| valued(name, item)).collect::<Vec<_>>().join(", "),
        other => valued(name, other),
    };
    let (Some(Value::Object(before)), Some(Value::Object(after))) = (fields.get("before"), fields.get("after")) else {
        return each(fields, |name, value| format!("{}: {}", named(name), shown(name, value)));
    };
    let changed: Map<String, Value> = after
        .iter()
        .filter(|(name, value)| before.get(*name).unwrap_or(&Value::Null) != *value)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    each(&changed, |name, value| {
        let was = shown(name, before.get(name).unwrap_or(&Value::Null));
        format!("{}: {was} → {}", named(name), shown(name, value))
    })
}

fn each(fields: &Map<String, Value>, one: impl Fn(&str, &Value) -> String) -> String {
    fields.iter().map(|(name, value)| one(name, value)).collect::<Vec<_>>().join("; ")
}

fn name_of(name: &str, text: Text) -> Cow<'_, str> {
    NAMES.iter().find(|(known, _)| *known == name).map_or(Cow::Borrowed(name), |(_, words)| Cow::Borrowed(words(text)))
}

fn value_of(name: &str, value: &Value, zone: Zone, text: Text) -> String {
    match value {
        Value::Bool(true) => text.detail_yes().to_owned(),
        Value::Bool(false) => text.detail_no().to_owned(),
        Value::Number(number) => number.as_u64().map_or_else(|| number.to_string(), |number| text.int(number)),
        Value::String(word) => word_of(name, word, zone, text).unwrap_or_else(|| word.clone()),
        Value::Object(_) if name == "plan" => serde_json::from_value::<Plan>(value.clone())
            .map_or_else(|_| value.to_string(), |plan| plan_seen(Some(&plan), text)),
        Value::Object(fields) => {
            let each = fields.iter().map(|(name, value)| {
                let value = if value.is_null() { "–".to_owned() } else { value_of(name, value, zone, text) };
                format!("{} {value}", name_of(name, text))
            });
            each.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// A word of the product itself; none where it is somebody's own.
fn word_of(name: &str, word: &str, zone: Zone, text: Text) -> Option<String> {
    let said = |words: &'static str| words.to_owned();
    match name {
        "role" => Role::from_word(word).map(|role| said(text.role(role))),
        "state" => CampaignState::from_word(word).map(|state| said(text.state(state))),
        "counts_as" => CallClass::from_word(word).map(|class| said(text.class(class))),
        "vat" => Vat::from_word(word).map(|vat| match vat {
            Vat::Included => said(text.vat_included()),
            Vat::Excluded => said(text.vat_excluded()),
        }),
        "scopes" => TokenScope::from_word(word).map(|scope| match scope {
            TokenScope::Write => said(text.detail_scope_write()),
            TokenScope::Read => said(text.detail_scope_read()),
            TokenScope::Audio => said(text.detail_scope_audio()),
            TokenScope::Manage => said(text.detail_scope_manage()),
        }),
        "added" | "agent_of" => HookSource::from_word(word).map(|source| said(source.name())),
        "effective_from" | "started_at" | "over_at" | "until" => {
            word.parse().ok().map(|at| instant(at, zone, text.language()))
        }
        "day" => word.parse().ok().map(|day| format::date(day, text.language())),
        "filter" => Some(filter_said(word, text)),
        "job" => crate::jobs::in_words(word, text).map(said),
        _ => VALUES.iter().find(|(of, known, _)| *of == name && *known == word).map(|(_, _, words)| said(words(text))),
    }
}

/// An instant; where a day begins, the day alone.
fn instant(at: Timestamp, zone: Zone, language: Language) -> String {
    let local = zone.local(at);
    if at <= Timestamp::MIN {
        language.pick("từ đầu", "the beginning").to_owned()
    } else if zone.instant(i64::from(local.day().0) * DAY_MS) == at {
        format::date(local.day(), language)
    } else {
        format::date_time(local, language)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_says_what_was_before_and_is_after() {
        let zone = Zone::new("Asia/Ho_Chi_Minh").unwrap();
        let details = |details: &Value| said(details, zone, Text(Language::En));
        let change = json!({"before": {"role": "viewer", "name": "Lan"}, "after": {"role": "owner", "name": "Lan", "campaigns": ["tet", "hè"]}});
        let made = json!({"before": {}, "after": {"name": "Lan", "tariff": null}});
        assert_eq!(details(&made), "Name: – → Lan", "what was and is nothing did not change");
        assert_eq!(details(&json!({"rows": 12})), "Rows: 12");
        assert_eq!(details(&json!({})), "");
        assert_eq!(
            said(&change, zone, Text(Language::Vi)),
            "Chiến dịch: – → tet, hè; Vai trò: Người xem → Chủ tài khoản"
        );
        assert_eq!(details(&change), "Campaigns: – → tet, hè; Role: Viewer → Owner");
    }

    #[test]
    fn details_are_said_in_words_and_what_has_none_stays_as_it_is() {
        let zone = Zone::new("Asia/Ho_Chi_Minh").unwrap();
        let vi = |details: Value| said(&details, zone, Text(Language::Vi));
        for (stored, shown) in [
            (
                json!({"masked": false, "scopes": ["write", "read"]}),
                "Che số điện thoại: không; Quyền: gửi dữ liệu vào, đọc",
            ),
            (json!({"rows": 12_000, "filter": "q=a"}), "Bộ lọc: Tìm “a”; Số dòng: 12.000"),
            (
                json!({"rows": 1, "filter": "header=vi&q=G%E1%BB%8Di%20l%E1%BA%A1i"}),
                "Bộ lọc: Tìm “Gọi lại”; Số dòng: 1",
            ),
            (json!({"rows": null, "filter": ""}), "Bộ lọc: –; Số dòng: –"),
            (json!({"before": {"name": ""}, "after": {"name": "\u{202e}abc"}}), "Tên:  → [U+202E]abc"),
            (json!({"to": "all", "preview": true}), "Bản xem trước: có; Gửi đến: mọi người nhận"),
            (json!({"to": ["all@cty.vn"]}), "Gửi đến: all@cty.vn"),
            (json!({"added": "generic"}), "Đã thêm: Webhook"),
            (json!({"later": {"x": 1}, "state": "lost"}), "later: x 1; Trạng thái: lost"),
            (
                json!({"before": {}, "after": {"effective_from": "2026-11-03T17:00:00.000Z", "vat": "excluded"}}),
                "Áp dụng từ: – → 04/11/2026; Thuế VAT: – → chưa gồm VAT",
            ),
            (
                json!({"before": {"plan": null}, "after": {"plan": {"calls_at_once": 5}}}),
                "Kế hoạch gọi: – → 5 cuộc gọi đồng thời",
            ),
        ] {
            assert_eq!(vi(stored.clone()), shown, "{stored}");
        }
    }
}
