//! The forms of the page of webhooks.

use domain::limits::{HOOK_MAPPING_CHARS, HOOK_SECRET_CHARS, ID_CHARS, NAME_CHARS};

use crate::{
    Text,
    form::{Field, Form, Kind, Words},
    imports::OWN_CAMPAIGN,
    text::messages,
};

/// Which system sends.
pub const SOURCE: Field = Field::new("source", Text::hook_source, Kind::Select(SOURCES)).required();
const SOURCES: &[(&str, Words)] = &[
    ("generic", Text::hook_generic),
    ("vapi", Text::hook_vapi),
    ("retell", Text::hook_retell),
    ("bland", Text::hook_bland),
    ("elevenlabs", Text::hook_elevenlabs),
    ("twilio", Text::hook_twilio),
    ("telnyx", Text::hook_telnyx),
    ("stringee", Text::hook_stringee),
    ("omicall", Text::hook_omicall),
    ("tel4vn", Text::hook_tel4vn),
    ("dograh", Text::hook_dograh),
];
/// What its owner calls the address.
pub const NAME: Field = Field::new("name", Text::hook_name, Kind::Line { max: NAME_CHARS }).required();
/// What its webhooks are signed with.
pub const SECRET: Field =
    Field::new("secret", Text::hook_secret, Kind::Secret { max: HOOK_SECRET_CHARS }).note(Text::hook_secret_note);
/// Whether a secret is made.
pub const MAKE_SECRET: Field =
    Field::new("make_secret", Text::hook_make_secret, Kind::Checkbox).note(Text::hook_make_secret_note);

pub const ADD_HOOK: Form = Form { fields: &[SOURCE, NAME, SECRET, MAKE_SECRET], submit: Text::hook_add };

/// Sets what webhooks are signed with.
pub const SET_SECRET: Form = Form { fields: &[SECRET, MAKE_SECRET], submit: Text::hook_save };

/// Which field of a body is which of a call, TOML.
pub const MAPPING: Field = Field::new("mapping", Text::hook_mapping, Kind::Text { max: HOOK_MAPPING_CHARS, rows: 12 })
    .required()
    .code()
    .note(Text::hook_mapping_note);

pub const SET_MAPPING: Form = Form { fields: &[MAPPING], submit: Text::hook_save };

/// The system of an agent.
pub const AGENT_SOURCE: Field = Field::new("source", Text::hook_source, Kind::Select(SOURCES)).required().hidden();
/// The agent's id; empty: calls that name none.
pub const AGENT: Field = Field::new("agent", Text::hook_agent, Kind::Line { max: ID_CHARS }).hidden();
/// The campaign of its calls.
pub const CAMPAIGN: Field =
    Field::new("campaign", Text::hook_campaign, Kind::Line { max: ID_CHARS }).note(Text::hook_campaign_note);
/// The voicebot of its calls.
pub const VOICEBOT: Field =
    Field::new("voicebot", Text::hook_voicebot, Kind::Line { max: ID_CHARS }).note(Text::hook_voicebot_note);

/// What is done with its calls that are none to a customer.
pub const OTHERS: Field = Field::new("others", Text::hook_others, Kind::Select(OTHER_CALLS));
const OTHER_CALLS: &[(&str, Words)] = &[
    ("import", Text::import_others_import),
    ("leave", Text::import_others_leave),
    (OWN_CAMPAIGN, Text::import_others_campaign),
];
/// The campaign that these are put into.
pub const OTHERS_CAMPAIGN: Field =
    Field::new("others_campaign", Text::import_others_into, Kind::Line { max: ID_CHARS });

/// Says what an agent stands for.
pub const SET_AGENT: Form =
    Form { fields: &[AGENT_SOURCE, AGENT, CAMPAIGN, VOICEBOT, OTHERS, OTHERS_CAMPAIGN], submit: Text::hook_save };

messages! {
    hooks_title = "Kết nối", "Connections";
    hook_source = "Hệ thống gửi đến", "Sending system";
    hook_generic = "Hệ thống khác (webhook chung)", "Another system (generic webhook)";
    hook_vapi = "Vapi", "Vapi";
    hook_retell = "Retell", "Retell";
    hook_bland = "Bland", "Bland";
    hook_elevenlabs = "ElevenLabs", "ElevenLabs";
    hook_twilio = "Twilio", "Twilio";
    hook_telnyx = "Telnyx", "Telnyx";
    hook_stringee = "Stringee", "Stringee";
    hook_omicall = "OMICall", "OMICall";
    hook_tel4vn = "TEL4VN", "TEL4VN";
    hook_dograh = "Dograh", "Dograh";
    hook_name = "Tên gọi", "Name";
    hook_secret = "Mã ký", "Signing secret";
    hook_secret_note = "Để trống: webhook không cần chữ ký, chỉ ai biết địa chỉ mới gửi được.", "Left empty, webhooks need no signature: whoever knows the address may send.";
    hook_make_secret = "Tạo mã ký mới", "Make a new secret";
    hook_make_secret_note = "Dành cho hệ thống để bạn tự chọn mã ký, như Vapi. Mã bạn nhập bên trên được ưu tiên.", "For systems that let you choose the secret, such as Vapi. One that you type above goes before it.";
    hook_add = "Tạo địa chỉ", "Make the address";
    hook_save = "Lưu", "Save";
    hook_mapping = "Bảng ánh xạ (TOML)", "Mapping (TOML)";
    hook_mapping_note = "Trường nào của webhook là trường nào của cuộc gọi. Trường nằm trong đối tượng viết có dấu chấm, ví dụ data.phone.", "Which field of the webhook is which of the call. Fields within objects are written with dots, such as data.phone.";
    hook_agent = "Trợ lý", "Agent";
    hook_campaign = "Mã chiến dịch", "Campaign ID";
    hook_campaign_note = "Để trống: theo cuộc gọi, nếu không có thì theo tên trợ lý.", "Left empty: as the call says, else under the agent's name.";
    hook_voicebot = "Mã voicebot", "Voicebot ID";
    hook_others = "Cuộc gọi đến, nội bộ và vào hộp thư thoại", "Inbound, internal and mailbox calls";
    hook_voicebot_note = "Để trống: theo tên trợ lý.", "Left empty: under the agent's name.";
}
