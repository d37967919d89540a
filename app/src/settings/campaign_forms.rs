//! The forms of voicebots, campaigns and recipients.

use domain::limits::{EMAILS as MOST_EMAILS, NAME_CHARS};

use super::forms::SEEN;
use crate::{
    Text,
    form::{Field, Form, Kind, Words},
    text::messages,
};

/// The name of a voicebot.
pub const VOICEBOT_NAME: Field = Field::new("name", Text::voicebot_name, Kind::Line { max: NAME_CHARS }).required();
/// Names a voicebot.
pub const VOICEBOT: Form = Form { fields: &[SEEN, VOICEBOT_NAME], submit: Text::setting_save };

/// The name of a campaign.
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

const EMAILS_KIND: Kind = Kind::Emails { max: MOST_EMAILS };
/// The campaign's own recipients.
pub const OWN_EMAILS: Field =
    Field::new("emails", Text::mail_of_campaign, EMAILS_KIND).note(Text::mail_emails_of_campaign_hint);
/// Sets them.
pub const OWN_RECIPIENTS: Form = Form { fields: &[SEEN, OWN_EMAILS], submit: Text::setting_save };
/// The account's recipients.
pub const SHARED_EMAILS: Field = Field::new("emails", Text::mail_of_account, EMAILS_KIND).note(Text::mail_emails_hint);
/// Sets them.
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
    voicebot_name = "Tên voicebot", "Name of the voicebot";
    campaign_name = "Tên chiến dịch", "Name of the campaign";
    campaign_state = "Trạng thái", "State";
    campaign_state_note = "Khi chuyển sang Hoàn thành, báo cáo được gửi ngay cho người nhận. Chuyển lại trạng thái khác thì chiến dịch tiếp tục.", "Completing it sends its report to its recipients at once. With another state it goes on.";
    recipients_nobody = "chưa có ai", "nobody";
    recipients_one = "1 địa chỉ", "1 address";
    recipients_counted(n) = "{n} địa chỉ", "{n} addresses";
}
