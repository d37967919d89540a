//! What several parts of the settings say.

use domain::{Timestamp, format, time::Zone};

use crate::{Text, text::messages};

messages! {
    note_saved = "Đã lưu.", "Saved.";
    note_invited = "Lời mời đang được gửi qua email.", "The invitation is on its way by mail.";
    note_link_mailed = "Liên kết đặt mật khẩu đang được gửi qua email.", "A link to set the password is on its way by mail.";
    note_removed = "Đã gỡ.", "Removed.";
    note_revoked = "Đã thu hồi.", "Revoked.";
    note_signed_out = "Đã kết thúc các phiên đăng nhập.", "The sessions are ended.";
    note_quotas = "Đã lưu hạn mức.", "The quotas are saved.";
    note_account_made = "Đã tạo tài khoản. Tiếp theo: mời chủ tài khoản.", "The account is made. Next: invite its owner.";
    note_erasing = "Đang xoá. Biên bản ở bên dưới ghi lại khi xong.", "It is being erased. The certificate below says when it is done.";
    note_in_use = "Chưa xoá: đang được dùng.", "Not removed: it is in use.";
    note_left = "Bạn đã rời tài khoản đã vào tạm.", "You have left the account that you had entered.";
    note_start_gone = "Trang mở đầu của bạn dẫn đến một chiến dịch không còn, hoặc bạn không xem được. Hãy chọn trang khác.", "The page that you start with leads to a campaign that is gone, or that you do not see. Choose another one.";
    note_password = "Đã đổi mật khẩu. Các phiên khác đã kết thúc.", "The password is changed. Other sessions are ended.";
    copy = "Sao chép", "Copy";
    copied = "Đã sao chép.", "Copied.";
    settings_never = "chưa bao giờ", "never";
    settings_changed_meanwhile(now) = "Người khác vừa đổi mục này. Hiện đang lưu: {now}. Bấm Lưu lần nữa để thay bằng giá trị của bạn.", "Somebody else has changed this meanwhile. Stored now: {now}. Save again to put yours in its place.";
}

/// What a page says after a form of it was done, by the word in `?note=`.
pub fn note(word: &str, text: Text) -> Option<&'static str> {
    Some(match word {
        "saved" => text.note_saved(),
        "invited" => text.note_invited(),
        "link" => text.note_link_mailed(),
        "removed" => text.note_removed(),
        "revoked" => text.note_revoked(),
        "signed-out" => text.note_signed_out(),
        "password" => text.note_password(),
        "quotas" => text.note_quotas(),
        "made" => text.note_account_made(),
        "erasing" => text.note_erasing(),
        "in-use" => text.note_in_use(),
        "left" => text.note_left(),
        "start-gone" => text.note_start_gone(),
        _ => return None,
    })
}

/// An instant in the account's zone.
pub(super) fn at(at: Timestamp, zone: Zone, text: Text) -> String {
    format::date_time(zone.local(at), text.language())
}
