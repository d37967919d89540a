//! The forms of the settings.

use domain::limits::{ID_CHARS, NAME_CHARS, OWN_KEY_CHARS};

use crate::{
    Text,
    form::{Field, Form, Kind, Known, Words},
    sign_in::{PASSWORD, REPEATED},
    text::messages,
};

/// What the thing looked like when the form was shown: who saves over somebody else's change is told.
pub const SEEN: Field = Field::new("seen", Text::setting_seen, Kind::Line { max: 2_000 }).hidden();

/// The time zone of an account.
pub const ZONE: Field = Field::new("timezone", Text::setting_zone, Kind::Known { max: 100, list: Known::Zones })
    .required()
    .note(Text::setting_zone_note);
pub const CURRENCY: Field =
    Field::new("currency", Text::setting_currency, Kind::Known { max: 3, list: Known::Currencies })
        .required()
        .note(Text::setting_currency_note);

pub const ACCOUNT_NAME: Field = Field::new("name", Text::account_name, Kind::Line { max: NAME_CHARS }).required();
pub const LANGUAGE: Field = Field::new("language", Text::account_language, Kind::Select(LANGUAGES))
    .required()
    .note(Text::account_language_note);
const LANGUAGES: &[(&str, Words)] = &[("vi", Text::language_vi), ("en", Text::language_en)];
/// From how long on a call is no short one, in seconds.
pub const SHORT_CALL: Field = Field::new("short_call", Text::account_short_call, Kind::Select(SHORT_CALLS))
    .required()
    .note(Text::account_short_call_note);
const SHORT_CALLS: &[(&str, Words)] = &[("5", Text::short_call_5), ("10", Text::short_call_10)];
/// The account's own settings.
pub const ACCOUNT: Form = Form { fields: &[SEEN, ACCOUNT_NAME, LANGUAGE, SHORT_CALL], submit: Text::setting_save };

/// The country of the account, by two letters.
pub const COUNTRY: Field =
    Field::new("country", Text::account_country, Kind::Known { max: COUNTRY_CHARS, list: Known::Countries })
        .required()
        .note(Text::account_country_note);
/// ISO 3166's two letters.
const COUNTRY_CHARS: usize = 2;
/// Sets it, while the account has no customers.
pub const SET_COUNTRY: Form = Form { fields: &[COUNTRY], submit: Text::setting_save };

/// Who is invited.
pub const INVITED: Field = Field::new("email", Text::email, Kind::UserEmail).required();
/// What a user may do.
pub const ROLE: Field = Field::new("role", Text::user_role, Kind::Select(ROLES)).required().note(Text::user_role_note);
const ROLES: &[(&str, Words)] =
    &[("viewer", Text::role_viewer), ("manager", Text::role_manager), ("owner", Text::role_owner)];
/// Whether a user sees everything.
pub const SEES: Field = Field::new("sees", Text::user_sees, Kind::Select(SEEN_BY_USER));
const SEEN_BY_USER: &[(&str, Words)] = &[(ALL, Text::user_sees_all), (NAMED, Text::user_sees_named)];
/// Everything.
pub const ALL: &str = "all";
/// Only what is named, which viewers alone can be limited to.
pub const NAMED: &str = "named";
/// The campaigns that a limited viewer sees: ids or names, one on a line.
pub const CAMPAIGNS: Field = Field::new("campaigns", Text::user_campaigns, Kind::Text { max: 100 * ID_CHARS, rows: 3 })
    .note(Text::user_campaigns_note);
/// The voicebots whose campaigns a limited viewer sees: ids or names, one on a line.
pub const VOICEBOTS: Field = Field::new("voicebots", Text::user_voicebots, Kind::Text { max: 100 * ID_CHARS, rows: 2 })
    .note(Text::user_voicebots_note);
/// How an invitation goes out.
pub const HOW: Field = Field::new("how", Text::invite_how, Kind::Select(HOWS)).required();
const HOWS: &[(&str, Words)] = &[(BY_MAIL, Text::invite_by_mail), (BY_LINK, Text::invite_by_link)];
pub const BY_MAIL: &str = "mail";
/// As a link that the owner passes on.
pub const BY_LINK: &str = "link";
/// Invites somebody.
pub const INVITE: Form = Form { fields: &[INVITED, ROLE, SEES, CAMPAIGNS, VOICEBOTS, HOW], submit: Text::invite };
/// Says what a user may do.
pub const ACCESS: Form = Form { fields: &[SEEN, ROLE, SEES, CAMPAIGNS, VOICEBOTS], submit: Text::setting_save };

pub const TOKEN_NAME: Field =
    Field::new("name", Text::token_name, Kind::Line { max: NAME_CHARS }).required().note(Text::token_name_note);
/// It may send in.
pub const MAY_WRITE: Field = Field::new("write", Text::token_write, Kind::Checkbox);
pub const MAY_READ: Field = Field::new("read", Text::token_read, Kind::Checkbox);
/// It may get recordings.
pub const MAY_AUDIO: Field = Field::new("audio", Text::token_audio, Kind::Checkbox);
pub const MAY_MANAGE: Field = Field::new("manage", Text::token_manage, Kind::Checkbox).note(Text::token_manage_note);
/// It sees customers' numbers only by their ends.
pub const MASKED: Field = Field::new("masked", Text::token_masked, Kind::Checkbox).note(Text::token_masked_note);
/// Makes a token.
pub const ADD_TOKEN: Form =
    Form { fields: &[TOKEN_NAME, MAY_WRITE, MAY_READ, MAY_AUDIO, MAY_MANAGE, MASKED], submit: Text::token_add };

/// How one is addressed oneself.
pub const OWN_NAME: Field = Field::new("name", Text::your_name, Kind::Line { max: NAME_CHARS }).required();
pub const SET_NAME: Form = Form { fields: &[OWN_NAME], submit: Text::setting_save };
/// One's own password as it is.
pub const CURRENT: Field = Field::new("current", Text::own_current, Kind::CurrentPassword).required();
/// Changes one's own password.
pub const CHANGE_PASSWORD: Form = Form { fields: &[CURRENT, PASSWORD, REPEATED], submit: Text::save_password };

/// The code that is defined.
pub const CODE: Field = Field::new("code", Text::result_code, Kind::Code).required().hidden();
/// What it means, in Vietnamese.
pub const CODE_LABEL_VI: Field =
    Field::new("label_vi", Text::label_vi, Kind::Line { max: NAME_CHARS }).required().lang("vi");
/// What it means, in English.
pub const CODE_LABEL_EN: Field =
    Field::new("label_en", Text::label_en, Kind::Line { max: NAME_CHARS }).required().lang("en");
/// The key of the attribute that calls are told apart by.
pub const DIMENSION_KEY: Field = Field::new("key", Text::dimension_key, Kind::Line { max: OWN_KEY_CHARS })
    .required()
    .code()
    .note(Text::dimension_key_note);
/// Declares an own dimension.
pub const DECLARE_DIMENSION: Form =
    Form { fields: &[DIMENSION_KEY, CODE_LABEL_VI, CODE_LABEL_EN], submit: Text::dimension_declare };
const DIMENSION: Field = Field::new("key", Text::dimension_key, Kind::Line { max: OWN_KEY_CHARS }).required().hidden();
/// Gives an own dimension other labels.
pub const LABEL_DIMENSION: Form =
    Form { fields: &[SEEN, DIMENSION, CODE_LABEL_VI, CODE_LABEL_EN], submit: Text::setting_save };

/// Its colour in charts.
pub const CODE_COLOR: Field = Field::new("color", Text::code_color, Kind::Line { max: 7 }).note(Text::code_color_note);
/// What its calls count as.
pub const COUNTS_AS: Field =
    Field::new("counts_as", Text::code_counts_as, Kind::Select(CLASSES)).required().note(Text::code_counts_as_note);
const CLASSES: &[(&str, Words)] = &[("success", Text::success), ("failed", Text::failed), ("error", Text::error)];
/// Whether its calls met the goal.
pub const CODE_GOAL: Field = Field::new("is_goal", Text::code_is_goal, Kind::Checkbox);
/// What was said that it moves, by who confirms it.
pub const CONFIRMED: Field = Field::new("confirmed", Text::setting_seen, Kind::Line { max: 100 }).hidden();
/// Defines a code.
pub const PUT_CODE: Form = Form {
    fields: &[SEEN, CONFIRMED, CODE, CODE_LABEL_VI, CODE_LABEL_EN, CODE_COLOR, COUNTS_AS, CODE_GOAL],
    submit: Text::setting_save,
};
/// Defines a code of the switch, whose class is fixed: it is no goal.
pub const PUT_SYSTEM_CODE: Form =
    Form { fields: &[SEEN, CONFIRMED, CODE, CODE_LABEL_VI, CODE_LABEL_EN, CODE_COLOR], submit: Text::setting_save };
/// Spellings of results: `SPELLING = CODE` on each line.
pub const WORDS: Field = Field::new("words", Text::code_words, Kind::Text { max: WORDS_CHARS, rows: 6 });
/// As many spellings as an account may have, of usual length.
const WORDS_CHARS: usize = 50_000;
/// The words that stand for system codes.
pub const PUT_WORDS: Form = Form { fields: &[SEEN_WORDS, WORDS], submit: Text::setting_save };
const SEEN_WORDS: Field = Field::new("seen", Text::setting_seen, Kind::Line { max: WORDS_CHARS }).hidden();

messages! {
    setting_zone = "Múi giờ", "Time zone";
    setting_zone_note = "Ví dụ Asia/Ho_Chi_Minh. Mỗi cuộc gọi thuộc một ngày và giờ theo múi giờ này; đổi được cho đến cuộc gọi đầu tiên.", "Such as Asia/Ho_Chi_Minh. Every call belongs to a day and hour of it; it can be changed until the first call.";
    setting_currency = "Tiền tệ", "Currency";
    setting_currency_note = "Ba chữ cái, ví dụ VND. Đổi được cho đến cuộc gọi đầu tiên.", "Three letters, such as VND. It can be changed until the first call.";
    dimension_key = "Khoá", "Key";
    dimension_key_note = "Tên thuộc tính đúng như hệ thống gọi gửi, ví dụ script, list, caller_id, agent_version.", "The attribute's name exactly as the calling system sends it, such as script, list, caller_id, agent_version.";
    dimension_declare = "Khai báo", "Declare";
    code_color = "Màu", "Colour";
    code_color_note = "Ví dụ #16a34a. Để trống: màu của nhóm.", "Such as #16a34a. Left empty: the colour of its class.";
    code_counts_as = "Tính là", "Counts as";
    code_counts_as_note = "Cuộc gọi vẫn giữ thời lượng, block và chi phí, tính là gì cũng vậy.", "Calls keep their talk time, blocks and cost, whatever they count as.";
    code_words = "Mỗi dòng: cách viết = mã", "On each line: spelling = code";
    codes_moves(calls, customers) = "Thay đổi này chuyển {calls} và {customers} sang nhóm khác trong mọi báo cáo.", "This moves {calls} and {customers} to another class in all reports.";
    codes_confirm = "Xác nhận chuyển", "Move them";
    setting_save = "Lưu", "Save";
    own_current = "Mật khẩu hiện tại", "Current password";
    setting_seen = "Phiên bản", "Version";
    account_name = "Tên tài khoản", "Name of the account";
    account_language = "Ngôn ngữ", "Language";
    account_language_note = "Cho email, và cho trang của ai chưa tự chọn ngôn ngữ.", "For mails, and for people who have not chosen a language.";
    account_short_call = "Cuộc ngắn là dưới", "Short calls are under";
    account_short_call_note = "Nhóm đầu của thời lượng cuộc gọi trong báo cáo. Báo cáo đếm theo từng 5 giây, nên là 5 hoặc 10 giây.", "The first class of call durations in reports. Reports count by 5 s, so it is 5 or 10 s.";
    short_call_5 = "5 giây", "5 s";
    short_call_10 = "10 giây", "10 s";
    language_vi = "Tiếng Việt", "Vietnamese";
    language_en = "Tiếng Anh", "English";
    account_country = "Quốc gia", "Country";
    account_country_note = "Hai chữ cái, ví dụ VN. Số điện thoại không ghi mã quốc gia được đọc theo quốc gia này.", "Two letters, such as VN. Phone numbers without a country code are read by it.";
    user_role = "Vai trò", "Role";
    user_role_note = "Người xem chỉ xem và thấy số điện thoại bị che. Quản lý sửa chiến dịch, kết quả, bảng giá. Chủ tài khoản làm được mọi việc.", "Viewers read, with phone numbers masked. Managers change campaigns, codes and tariffs. Owners do everything.";
    user_sees = "Phạm vi", "Sees";
    user_sees_all = "Tất cả chiến dịch", "All campaigns";
    user_sees_named = "Chỉ những mục ghi bên dưới (người xem)", "Only what is named below (viewers)";
    user_campaigns = "Chiến dịch", "Campaigns";
    user_campaigns_note = "Mỗi dòng một mã hoặc tên.", "An id or name on each line.";
    user_voicebots = "Mọi chiến dịch của voicebot", "All campaigns of voicebots";
    user_voicebots_note = "Mỗi dòng một mã hoặc tên; kể cả chiến dịch tạo sau này.", "An id or name on each line; later campaigns too.";
    invite_how = "Gửi lời mời", "The invitation goes";
    invite_by_mail = "Qua email", "By mail";
    invite_by_link = "Bằng liên kết để tự gửi", "As a link to pass on";
    invite = "Mời", "Invite";
    token_name = "Tên token", "Name of the token";
    token_name_note = "Dùng ở đâu, ví dụ “tổng đài” hoặc “kho dữ liệu”.", "Where it is used, such as “dialler” or “data warehouse”.";
    token_write = "Gửi dữ liệu vào (write)", "Send data in (write)";
    token_read = "Đọc báo cáo và cuộc gọi (read)", "Read reports and calls (read)";
    token_audio = "Tải ghi âm (audio)", "Get recordings (audio)";
    token_manage = "Quản lý tài khoản (manage)", "Manage the account (manage)";
    token_manage_note = "Người dùng, token, mã kết quả, bảng giá, người nhận báo cáo.", "People, tokens, result codes, tariffs, recipients of reports.";
    token_masked = "Che số điện thoại", "Mask phone numbers";
    token_masked_note = "Chỉ thấy đầu và cuối số, như người xem.", "Only the ends of numbers, as viewers see them.";
    token_add = "Tạo token", "Make the token";
}
