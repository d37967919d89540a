//! The forms of the settings.

use domain::limits::{ID_CHARS, NAME_CHARS};

use crate::{
    Text,
    form::{Field, Form, Kind, Words},
    sign_in::{PASSWORD, REPEATED},
    text::messages,
};

/// What the thing looked like when the form was shown: who saves over somebody else's change is told.
pub const SEEN: Field = Field::new("seen", Text::setting_seen, Kind::Line { max: 2_000 }).hidden();

/// The name of the account.
pub const ACCOUNT_NAME: Field = Field::new("name", Text::account_name, Kind::Line { max: NAME_CHARS }).required();
/// Its language.
pub const LANGUAGE: Field = Field::new("language", Text::account_language, Kind::Select(LANGUAGES))
    .required()
    .note(Text::account_language_note);
const LANGUAGES: &[(&str, Words)] = &[("vi", Text::language_vi), ("en", Text::language_en)];
/// Sets them.
pub const ACCOUNT: Form = Form { fields: &[SEEN, ACCOUNT_NAME, LANGUAGE], submit: Text::setting_save };

/// The country of the account, by two letters.
pub const COUNTRY: Field = Field::new("country", Text::account_country, Kind::Line { max: COUNTRY_CHARS })
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
/// The campaigns alone that a viewer sees: ids or names, one on a line.
pub const CAMPAIGNS: Field = Field::new("campaigns", Text::user_campaigns, Kind::Text { max: 100 * ID_CHARS, rows: 3 })
    .note(Text::user_campaigns_note);
/// How an invitation goes out.
pub const HOW: Field = Field::new("how", Text::invite_how, Kind::Select(HOWS)).required();
const HOWS: &[(&str, Words)] = &[(BY_MAIL, Text::invite_by_mail), (BY_LINK, Text::invite_by_link)];
/// By mail.
pub const BY_MAIL: &str = "mail";
/// As a link that the owner passes on.
pub const BY_LINK: &str = "link";
/// Invites somebody.
pub const INVITE: Form = Form { fields: &[INVITED, ROLE, CAMPAIGNS, HOW], submit: Text::invite };
/// Says what a user may do.
pub const ACCESS: Form = Form { fields: &[SEEN, ROLE, CAMPAIGNS], submit: Text::setting_save };

/// The name of a token.
pub const TOKEN_NAME: Field =
    Field::new("name", Text::token_name, Kind::Line { max: NAME_CHARS }).required().note(Text::token_name_note);
/// It may send in.
pub const MAY_WRITE: Field = Field::new("write", Text::token_write, Kind::Checkbox);
/// It may read.
pub const MAY_READ: Field = Field::new("read", Text::token_read, Kind::Checkbox);
/// It may get recordings.
pub const MAY_AUDIO: Field = Field::new("audio", Text::token_audio, Kind::Checkbox);
/// It may manage.
pub const MAY_MANAGE: Field = Field::new("manage", Text::token_manage, Kind::Checkbox).note(Text::token_manage_note);
/// It sees customers' numbers only by their ends.
pub const MASKED: Field = Field::new("masked", Text::token_masked, Kind::Checkbox).note(Text::token_masked_note);
/// Makes a token.
pub const ADD_TOKEN: Form =
    Form { fields: &[TOKEN_NAME, MAY_WRITE, MAY_READ, MAY_AUDIO, MAY_MANAGE, MASKED], submit: Text::token_add };

/// How one is addressed oneself.
pub const OWN_NAME: Field = Field::new("name", Text::your_name, Kind::Line { max: NAME_CHARS }).required();
/// Sets it.
pub const SET_NAME: Form = Form { fields: &[OWN_NAME], submit: Text::setting_save };
/// One's own password as it is.
pub const CURRENT: Field = Field::new("current", Text::own_current, Kind::CurrentPassword).required();
/// Changes one's own password.
pub const CHANGE_PASSWORD: Form = Form { fields: &[CURRENT, PASSWORD, REPEATED], submit: Text::save_password };

messages! {
    setting_save = "Lưu", "Save";
    own_current = "Mật khẩu hiện tại", "Current password";
    setting_seen = "Phiên bản", "Version";
    account_name = "Tên tài khoản", "Name of the account";
    account_language = "Ngôn ngữ", "Language";
    account_language_note = "Cho email, và cho trang của ai chưa tự chọn ngôn ngữ.", "Of mails, and of pages for who has not chosen one.";
    language_vi = "Tiếng Việt", "Vietnamese";
    language_en = "Tiếng Anh", "English";
    account_country = "Quốc gia", "Country";
    account_country_note = "Hai chữ cái, ví dụ VN. Số điện thoại không ghi mã quốc gia được đọc theo quốc gia này.", "Two letters, such as VN. Phone numbers without a country code are read by it.";
    user_role = "Vai trò", "Role";
    user_role_note = "Người xem chỉ xem và thấy số điện thoại bị che. Quản lý sửa chiến dịch, kết quả, bảng giá. Chủ tài khoản làm được mọi việc.", "Viewers read, with phone numbers masked. Managers change campaigns, codes and tariffs. Owners do everything.";
    user_campaigns = "Chỉ thấy các chiến dịch", "Only these campaigns";
    user_campaigns_note = "Mỗi dòng một mã hoặc tên chiến dịch; chỉ dành cho người xem. Để trống: thấy tất cả.", "An id or name on each line; for viewers only. Left empty: all of them.";
    invite_how = "Gửi lời mời", "The invitation goes";
    invite_by_mail = "qua email", "by mail";
    invite_by_link = "bằng liên kết để tự gửi", "as a link to pass on";
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
