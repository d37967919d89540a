//! The forms of the operator, and of the first start.

use domain::limits::NAME_CHARS;

use crate::{
    Text,
    form::{Field, Form, Kind, Words},
    settings::forms::{ACCOUNT_NAME, COUNTRY, CURRENCY, HOW, INVITED, LANGUAGE, SEEN, ZONE},
    sign_in::{EMAIL, NAME, PASSWORD, REPEATED},
    text::messages,
};

/// Makes an account.
pub const ADD_ACCOUNT: Form =
    Form { fields: &[ACCOUNT_NAME, COUNTRY, ZONE, CURRENCY, LANGUAGE], submit: Text::operator_add };

/// Invites an owner of an account.
pub const INVITE_OWNER: Form = Form { fields: &[INVITED, HOW], submit: Text::invite };

/// Calls a month.
pub const QUOTA_CALLS: Field =
    Field::new("calls", Text::quota_field_calls, Kind::Number { min: 0, max: 1_000_000_000_000 })
        .note(Text::quota_field_calls_note);
/// GB of recordings.
pub const QUOTA_GB: Field = Field::new("gb", Text::quota_field_gb, Kind::Number { min: 0, max: 1_000_000 });
pub const QUOTA_PEOPLE: Field = Field::new("people", Text::quota_field_people, Kind::Number { min: 0, max: 1_000_000 })
    .note(Text::quota_field_none);
pub const PUT_QUOTAS: Form = Form { fields: &[SEEN, QUOTA_CALLS, QUOTA_GB, QUOTA_PEOPLE], submit: Text::setting_save };

/// Why an operator enters an account.
pub const REASON: Field =
    Field::new("reason", Text::enter_reason, Kind::Text { max: 500, rows: 3 }).required().note(Text::enter_reason_note);
/// What they may do in it.
pub const ENTER_ROLE: Field = Field::new("role", Text::user_role, Kind::Select(ENTER_ROLES)).required();
const ENTER_ROLES: &[(&str, Words)] = &[("viewer", Text::role_viewer), ("owner", Text::role_owner)];
/// Enters an account for a while.
pub const ENTER: Form = Form { fields: &[REASON, ENTER_ROLE], submit: Text::enter_submit };

/// The secret of the link that the server printed when it began.
pub const KEY: Field = Field::new("key", Text::first_start_title, Kind::Line { max: 1_000 }).hidden();
/// What the account of whoever starts a new server is called.
pub const FIRST_ACCOUNT: Field = Field::new("account", Text::account_name, Kind::Line { max: NAME_CHARS })
    .required()
    .note(Text::first_start_account);
/// Makes the first operator and the first account.
pub const FIRST_START: Form = Form {
    fields: &[KEY, EMAIL, NAME, PASSWORD, REPEATED, FIRST_ACCOUNT, COUNTRY, ZONE, CURRENCY, LANGUAGE],
    submit: Text::first_start_submit,
};

messages! {
    operator_add = "Tạo tài khoản", "Make the account";
    quota_field_calls = "Cuộc gọi mỗi tháng", "Calls a month";
    quota_field_calls_note = "Tính theo tháng cuộc gọi bắt đầu, theo múi giờ của tài khoản, cả cuộc đang diễn ra, như trên hoá đơn.", "By the month in which a call began, in the account's time zone, with those in progress, as on the invoice.";
    quota_field_gb = "Ghi âm (GB)", "Recordings (GB)";
    quota_field_people = "Người dùng", "People";
    quota_field_none = "Để trống: không giới hạn.", "Left empty: no limit.";
    enter_reason = "Lý do", "Reason";
    enter_reason_note = "Vài từ, ít nhất 10 ký tự. Ghi vào nhật ký của tài khoản và gửi cho các chủ tài khoản.", "A few words, at least 10 characters. It goes into the account's log and to its owners by mail.";
    enter_submit = "Vào tài khoản trong 1 giờ", "Enter for an hour";
    first_start_title = "Khởi động lần đầu", "First start";
    first_start_lead = "Chưa có ai ở đây. Bạn sẽ là người vận hành dịch vụ và chủ của tài khoản đầu tiên.", "Nobody is here yet. You will run the service, and own the first account.";
    first_start_account = "Ví dụ tên công ty. Cuộc gọi và báo cáo nằm trong tài khoản này.", "Such as your company's name. Calls and reports belong to it.";
    first_start_submit = "Bắt đầu", "Begin";
    first_start_over = "Liên kết này không dùng được nữa: đã có người dùng, hoặc máy chủ đã khởi động lại. Hãy xem dòng mới nhất mà máy chủ in ra, hoặc đăng nhập.", "This link does not work any more: somebody is here already, or the server has been started again. Look at the latest line that the server printed, or sign in.";
}
