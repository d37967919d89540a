//! The forms of voicebots, campaigns and recipients.

use domain::{
    Code, Day, InputError, Plan, format,
    limits::{EMAILS as MOST_EMAILS, NAME_CHARS},
    plan::{MAX_CALL_SECONDS, MAX_CALLS_AT_ONCE, Redial, Window},
};

use super::forms::SEEN;
use crate::{
    Text,
    form::{Field, Form, Kind, Words},
    text::messages,
};

pub const VOICEBOT_NAME: Field = Field::new("name", Text::voicebot_name, Kind::Line { max: NAME_CHARS }).required();
/// Names a voicebot.
pub const VOICEBOT: Form = Form { fields: &[SEEN, VOICEBOT_NAME], submit: Text::setting_save };

pub const CAMPAIGN_NAME: Field = Field::new("name", Text::campaign_name, Kind::Line { max: NAME_CHARS }).required();
/// Where it stands.
pub const STATE: Field =
    Field::new("state", Text::campaign_state, Kind::Select(STATES)).required().note(Text::campaign_state_note);
const STATES: &[(&str, Words)] = &[
    ("scheduled", Text::scheduled),
    ("running", Text::running),
    ("paused", Text::paused),
    ("completed", Text::completed),
];
/// Sets name and state of a campaign.
pub const CAMPAIGN: Form = Form { fields: &[SEEN, CAMPAIGN_NAME, STATE], submit: Text::setting_save };

/// The first and the last day on which calls are planned.
pub const PLAN_FIRST: Field = Field::new("first_day", Text::plan_first_day, Kind::Day);
/// See [`PLAN_FIRST`].
pub const PLAN_LAST: Field = Field::new("last_day", Text::plan_last_day, Kind::Day);
/// The hours of each day, `08:00-11:30` on each line.
pub const PLAN_WINDOWS: Field =
    Field::new("windows", Text::plan_windows, Kind::Text { max: 500, rows: 2 }).note(Text::plan_windows_note);
/// How many calls are made at once.
pub const PLAN_CALLS: Field =
    Field::new("calls_at_once", Text::plan_calls, Kind::Number { min: 1, max: MAX_CALLS_AT_ONCE as i64 });
/// How long a call may last.
pub const PLAN_SECONDS: Field =
    Field::new("longest_call_seconds", Text::plan_seconds, Kind::Number { min: 1, max: MAX_CALL_SECONDS as i64 });
/// Who is called again, `NA = 3 x 30` on each line.
pub const PLAN_REDIALS: Field =
    Field::new("redials", Text::plan_redials, Kind::Text { max: 5_000, rows: 3 }).note(Text::plan_redials_note);
/// Says what a campaign was set to do.
pub const PLAN: Form = Form {
    fields: &[SEEN, PLAN_FIRST, PLAN_LAST, PLAN_WINDOWS, PLAN_CALLS, PLAN_SECONDS, PLAN_REDIALS],
    submit: Text::setting_save,
};

/// Windows, one on each line as [`read_windows`] reads them.
pub fn windows_text(windows: &[Window]) -> String {
    windows.iter().map(|Window { from, to }| format!("{from}-{to}")).collect::<Vec<_>>().join("\n")
}

/// Rules of redialling, one on each line as [`read_redials`] reads them.
pub fn redials_text(redials: &[Redial]) -> String {
    let line = |redial: &Redial| format!("{} = {} x {}", redial.code, redial.times, redial.pause_minutes);
    redials.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Lines that are not blank, each read by `line`, which finds none where it is wrong.
fn read_lines<T>(text: &str, line: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, InputError> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|text| line(text).ok_or_else(|| InputError::NotALine(text.chars().take(100).collect()))).collect()
}

/// Reads windows.
///
/// # Errors
/// Names the line that is none.
pub fn read_windows(text: &str) -> Result<Vec<Window>, InputError> {
    read_lines(text, |line| {
        let (from, to) = line.split_once(['-', '–'])?;
        Some(Window { from: from.trim().parse().ok()?, to: to.trim().parse().ok()? })
    })
}

/// Reads rules of redialling.
///
/// # Errors
/// Names the line that is none.
pub fn read_redials(text: &str) -> Result<Vec<Redial>, InputError> {
    read_lines(text, |line| {
        let (code, rule) = line.split_once('=')?;
        let (times, pause) = rule.split_once(['x', 'X', '×'])?;
        let code = Code::new(code.trim()).ok()?;
        Some(Redial { code, times: times.trim().parse().ok()?, pause_minutes: pause.trim().parse().ok()? })
    })
}

/// A plan, as the form's hidden field and the words for who comes second name it.
pub fn plan_seen(plan: Option<&Plan>, text: Text) -> String {
    let Some(plan) = plan else { return text.plan_none().to_owned() };
    let day = |day: Option<Day>| day.map_or_else(|| "…".to_owned(), |day| format::date(day, text.language()));
    let days = (plan.first_day.is_some() || plan.last_day.is_some())
        .then(|| format!("{} – {}", day(plan.first_day), day(plan.last_day)));
    let windows = (!plan.windows.is_empty()).then(|| windows_text(&plan.windows).replace('-', "–").replace('\n', ", "));
    let calls = plan.calls_at_once.map(|calls| text.plan_calls_said(&text.int(u64::from(calls))));
    let seconds = plan.longest_call_seconds.map(|seconds| text.plan_seconds_said(&text.int(u64::from(seconds))));
    let redials = plan.redials.iter().map(|redial| {
        let (times, pause) = (text.int(u64::from(redial.times)), text.int(u64::from(redial.pause_minutes)));
        text.plan_redial_said(redial.code.as_str(), &times, &pause)
    });
    days.into_iter().chain(windows).chain(calls).chain(seconds).chain(redials).collect::<Vec<_>>().join(" · ")
}

const EMAILS_KIND: Kind = Kind::Emails { max: MOST_EMAILS };
/// The campaign's own recipients.
pub const OWN_EMAILS: Field =
    Field::new("emails", Text::mail_of_campaign, EMAILS_KIND).note(Text::mail_emails_of_campaign_hint);
/// Who is mailed the report of one campaign.
pub const OWN_RECIPIENTS: Form = Form { fields: &[SEEN, OWN_EMAILS], submit: Text::setting_save };
/// The account's recipients.
pub const SHARED_EMAILS: Field = Field::new("emails", Text::mail_of_account, EMAILS_KIND).note(Text::mail_emails_hint);
/// Who is mailed the report of every campaign that names nobody.
pub const SHARED_RECIPIENTS: Form = Form { fields: &[SEEN, SHARED_EMAILS], submit: Text::setting_save };

/// Recipients, as a form's hidden field and the words for who comes second name them.
pub fn recipients_seen(emails: &[String], text: Text) -> String {
    /// Of more, the first are named; the number tells lists apart whose first ones are the same.
    const NAMED: usize = 20;
    if emails.is_empty() {
        return text.recipients_nobody().to_owned();
    }
    let named = emails.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if emails.len() <= NAMED {
        return named;
    }
    // FNV-1a.
    let mixed = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let bytes = emails.iter().flat_map(|email| email.bytes().chain([b'\n']));
    format!(
        "{named} … ({}, {:08x})",
        text.recipients_counted(&text.int(emails.len() as u64)),
        bytes.fold(0x811c_9dc5, mixed)
    )
}

messages! {
    plan_first_day = "Ngày gọi đầu tiên", "First day of calls";
    plan_last_day = "Ngày gọi cuối cùng", "Last day of calls";
    plan_windows = "Khung giờ gọi mỗi ngày", "Hours of each day";
    plan_windows_note = "Mỗi dòng một khung giờ, ví dụ 08:00-11:30. Để trống: giờ nào cũng gọi.", "One on each line, such as 08:00-11:30. Left empty: at any time.";
    plan_calls = "Số cuộc gọi đồng thời", "Calls at once";
    plan_seconds = "Cuộc gọi dài nhất (giây)", "Longest call (seconds)";
    plan_redials = "Quy tắc gọi lại", "Rules of redialling";
    plan_redials_note = "Mỗi dòng: mã = số lần x số phút chờ, ví dụ NA = 3 x 30. BS: máy bận, NA: không nghe máy, CU: không kết nối được.", "On each line: code = times x minutes of pause, such as NA = 3 x 30. BS: busy, NA: no answer, CU: could not connect.";
    plan_none = "chưa ghi", "not stated";
    plan_calls_said(n) = "{n} cuộc gọi đồng thời", "{n} calls at once";
    plan_seconds_said(n) = "mỗi cuộc dài nhất {n} giây", "at most {n} s a call";
    plan_redial_said(code, times, minutes) = "{code}: gọi lại {times} lần, cách {minutes} phút", "{code}: {times} redials, {minutes} min apart";
    voicebot_name = "Tên voicebot", "Name of the voicebot";
    campaign_name = "Tên chiến dịch", "Name of the campaign";
    campaign_state = "Trạng thái", "State";
    campaign_state_note = "Khi chuyển sang Hoàn tất, báo cáo được gửi ngay cho người nhận. Chuyển lại trạng thái khác thì chiến dịch tiếp tục.", "Completing the campaign sends its report at once. Any other state resumes it.";
    recipients_nobody = "chưa có ai", "nobody";
    recipients_one = "1 địa chỉ", "1 address";
    recipients_counted(n) = "{n} địa chỉ", "{n} addresses";
}
