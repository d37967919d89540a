//! Why a call ended, in words: a cause of Q.850, a status of SIP, or what the platform calls it.

use domain::{
    cause::{CauseFilter, CauseMeaning, HangupFilter},
    report::Ending,
};

use crate::{Text, text::messages};

/// A cause in words with the sender's own in brackets, as part of a sentence; one that is not known as it came.
pub fn in_words(cause: &str, text: Text) -> String {
    let cause = cause.trim();
    let words = match CauseMeaning::of(cause) {
        Some(CauseMeaning::NoSuchNumber) => text.cause_no_such_number(),
        Some(CauseMeaning::Normal) => text.cause_normal(),
        Some(CauseMeaning::Busy) => text.cause_busy(),
        Some(CauseMeaning::NoAnswer) => text.cause_no_answer(),
        Some(CauseMeaning::Unreachable) => text.cause_unreachable(),
        Some(CauseMeaning::Rejected) => text.cause_rejected(),
        Some(CauseMeaning::NumberChanged) => text.cause_number_changed(),
        Some(CauseMeaning::WrongNumber) => text.cause_wrong_number(),
        Some(CauseMeaning::Congestion) => text.cause_congestion(),
        Some(CauseMeaning::Network) => text.cause_network(),
        Some(CauseMeaning::Barred) => text.cause_barred(),
        Some(CauseMeaning::Cancelled) => text.cause_cancelled(),
        Some(CauseMeaning::CustomerHungUp) => text.cause_customer(),
        Some(CauseMeaning::BotHungUp) => text.cause_bot(),
        Some(CauseMeaning::PassedOn) => text.cause_passed_on(),
        Some(CauseMeaning::AgentNoAnswer) => text.cause_agent_no_answer(),
        Some(CauseMeaning::AgentHungUp) => text.cause_agent(),
        Some(CauseMeaning::Machine) => text.cause_machine(),
        Some(CauseMeaning::Silence) => text.cause_silence(),
        Some(CauseMeaning::TooLong) => text.cause_too_long(),
        Some(CauseMeaning::TooShort) => text.cause_too_short(),
        Some(CauseMeaning::Platform) => text.cause_platform(),
        None => return text.cause(cause),
    };
    format!("{words} ({cause})")
}

/// A word of a sentence, standing alone.
pub fn capitalised(word: &str) -> String {
    let mut rest = word.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// A cause standing alone.
pub fn title(cause: &str, text: Text) -> String {
    capitalised(&in_words(cause, text))
}

/// The cause of calls that ended alike.
pub fn title_of(ending: &Ending, text: Text) -> String {
    title_of_filter(&ending.cause(), text)
}

/// What a filter by a cause lets through.
pub fn title_of_filter(cause: &CauseFilter, text: Text) -> String {
    match cause {
        CauseFilter::Is(cause) => title(cause, text),
        CauseFilter::Other => text.cause_other().to_owned(),
        CauseFilter::Unknown => text.cause_unknown().to_owned(),
    }
}

/// Who hung up, standing alone.
pub fn side(by: HangupFilter, text: Text) -> String {
    capitalised(text.hangup_side(by))
}

messages! {
    cause(cause) = "nguyên nhân {cause}", "cause {cause}";
    cause_unknown = "Không rõ nguyên nhân", "Cause not known";
    cause_other = "Nguyên nhân khác", "Other causes";
    cause_no_such_number = "số không tồn tại", "no such number";
    cause_normal = "kết thúc bình thường", "ended normally";
    cause_busy = "máy bận", "busy";
    cause_no_answer = "không trả lời", "no answer";
    cause_unreachable = "không liên lạc được", "unreachable";
    cause_rejected = "khách từ chối", "rejected";
    cause_number_changed = "số đã thay đổi", "number changed";
    cause_wrong_number = "số không hợp lệ", "invalid number";
    cause_congestion = "đường truyền quá tải", "no line free";
    cause_network = "lỗi mạng", "network failure";
    cause_barred = "số bị chặn gọi", "calls are barred";
    cause_cancelled = "huỷ trước khi nghe máy", "cancelled before the answer";
    cause_customer = "khách gác máy", "the customer hung up";
    cause_bot = "voicebot gác máy", "the voicebot hung up";
    cause_passed_on = "chuyển máy", "passed on";
    cause_agent_no_answer = "điện thoại viên không bắt máy", "the agent did not answer";
    cause_agent = "điện thoại viên gác máy", "the agent hung up";
    cause_machine = "hộp thư thoại", "voicemail or a machine";
    cause_silence = "không ai nói gì", "nobody spoke";
    cause_too_long = "quá thời lượng tối đa", "longest time reached";
    cause_too_short = "cuộc gọi ngắn", "short call";
    cause_platform = "lỗi nền tảng", "the platform failed";
}

#[cfg(test)]
mod tests {
    use domain::Language;

    use super::*;

    #[test]
    fn a_cause_is_said_in_words_with_what_was_sent() {
        let (vi, en) = (Text(Language::Vi), Text(Language::En));
        assert_eq!(in_words("16", vi), "kết thúc bình thường (16)");
        assert_eq!(title(" USER_BUSY ", vi), "Máy bận (USER_BUSY)");
        assert_eq!(in_words("999", vi), "nguyên nhân 999");
        assert_eq!(title("no idea", en), "Cause no idea");
        assert_eq!(side(HangupFilter::Unknown, vi), "Không rõ bên nào");
        assert_eq!(title_of_filter(&CauseFilter::Other, en), "Other causes");
    }
}
