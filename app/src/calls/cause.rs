//! Why a call ended, as its switch says it: a cause of Q.850 or a status of SIP.

use crate::{Text, text::messages};

/// A cause in words with the switch's own in brackets; one that is not known as it came.
pub(super) fn in_words(cause: &str, text: Text) -> String {
    let words = match cause.trim() {
        "1" | "404" => text.cause_no_such_number(),
        "16" => text.cause_normal(),
        "17" | "486" => text.cause_busy(),
        "18" | "19" | "408" => text.cause_no_answer(),
        "20" | "27" | "480" => text.cause_unreachable(),
        "21" | "603" => text.cause_rejected(),
        "22" | "410" => text.cause_number_changed(),
        "28" | "484" => text.cause_wrong_number(),
        "34" | "42" | "503" => text.cause_congestion(),
        "38" | "41" | "500" => text.cause_network(),
        "487" => text.cause_cancelled(),
        _ => return text.cause(cause),
    };
    format!("{words} ({})", cause.trim())
}

messages! {
    cause(cause) = "nguyên nhân {cause}", "cause {cause}";
    cause_no_such_number = "số không tồn tại", "no such number";
    cause_normal = "kết thúc bình thường", "normal clearing";
    cause_busy = "máy bận", "busy";
    cause_no_answer = "không trả lời", "no answer";
    cause_unreachable = "không liên lạc được", "unreachable";
    cause_rejected = "khách từ chối", "rejected";
    cause_number_changed = "số đã thay đổi", "number changed";
    cause_wrong_number = "số không hợp lệ", "invalid number";
    cause_congestion = "đường truyền quá tải", "no line free";
    cause_network = "lỗi mạng", "network failure";
    cause_cancelled = "huỷ trước khi nghe máy", "cancelled before the answer";
}
