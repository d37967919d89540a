//! What the words of a table say about how a call ended, in English and Vietnamese.
//!
//! Words that say that nobody answered are those of [`domain::outcome`], which the API knows, too; here are those that say that
//! somebody did. Of all others nothing is known, and they are results only of calls that were answered for certain.

mod lists;

use domain::{
    Code,
    outcome::{BUSY, WordMeaning, system_code},
    search::{fold, fold_word},
};

use self::lists::{ANSWERED, CONVERSATIONS, FAILURES, MACHINES, NO_CALLS, UNREACHED};
use crate::{
    causes::{LineSays, line_says},
    ended_reasons,
    ending::{ANSWERED_CODE, Ending, MACHINE_CODE},
    written::is_nothing,
};

/// The most characters of a word for a result; what is longer is a text.
const WORD_CHARS: usize = 40;

/// What a cell says of how a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WordSays {
    Nothing,
    /// It was never dialled or goes on: no call to be stored.
    NoCall,
    /// Nobody was reached: this system code.
    Unanswered(&'static str),
    /// As [`Self::Unanswered`], by a word that says no more than that it failed: another column may say why.
    Failed(&'static str),
    /// As [`Self::Unanswered`], or what a customer said: which of them, other columns tell.
    Doubtful(&'static str),
    /// Somebody answered, and the word says no more; or a machine did.
    Answered(&'static str),
    /// The word tells of a conversation, so somebody answered.
    Conversation,
    /// A word of its own that says nothing about the answer.
    Word,
    /// A text that is no code.
    Text,
}

/// What a cell says.
pub(crate) fn word_says(text: &str) -> WordSays {
    let text = text.trim();
    // That it is over is so of any call.
    if is_nothing(text) || ["ended", "end", "closed"].iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return WordSays::Nothing;
    }
    let is_long = text.contains(['\n', '\r']) || text.chars().nth(WORD_CHARS).is_some();
    // Some reasons are longer than any code, and have no blanks.
    let reason = if is_long && text.contains(char::is_whitespace) { None } else { ended_reasons::of_table(text) };
    match reason {
        Some(Ending::Unanswered(why)) => return WordSays::Unanswered(why.code()),
        Some(Ending::IfAnswered(why)) => return WordSays::Doubtful(why.code()),
        Some(Ending::NotDialled) => return WordSays::NoCall,
        Some(Ending::Answered) => return WordSays::Answered(ANSWERED_CODE),
        Some(Ending::Machine) => return WordSays::Answered(MACHINE_CODE),
        _ => {}
    }
    if is_long {
        return beginning(text).map_or(WordSays::Text, WordSays::Unanswered);
    }
    let key = fold_word(text);
    let has = |words: &[&str]| words.contains(&key.as_str());
    if has(ANSWERED) {
        return WordSays::Answered(ANSWERED_CODE);
    }
    if let Some((code, _)) = UNREACHED.iter().find(|(_, words)| has(words)) {
        return WordSays::Unanswered(code);
    }
    if has(MACHINES) {
        return WordSays::Answered(MACHINE_CODE);
    }
    if has(CONVERSATIONS) {
        return WordSays::Conversation;
    }
    if has(NO_CALLS) {
        return WordSays::NoCall;
    }
    // British for busy; of somebody who talks it may be another word.
    if key == "engaged" {
        return WordSays::Doubtful(BUSY);
    }
    let Ok(code) = Code::new(text) else { return WordSays::Nothing };
    match WordMeaning::of(&code) {
        WordMeaning::Doubtful(system) => WordSays::Doubtful(system),
        WordMeaning::Code(_) | WordMeaning::Itself => match system_code(text) {
            Some(code) if has(FAILURES) => WordSays::Failed(code),
            Some(code) => WordSays::Unanswered(code),
            None => of_line(text).unwrap_or_else(|| beginning_word(text)),
        },
    }
}

/// Whether a word says that a call is being made.
pub(crate) fn is_under_way(word: &str) -> bool {
    const WORDS: [&str; 8] =
        ["queued", "initiated", "ringing", "inprogress", "ongoing", "danggoi", "dangdochuong", "danglienlac"];
    WORDS.contains(&fold_word(word).as_str())
}

/// Whether a word says that the number is on a list of those that must not be called: with no talk it was not.
pub(crate) fn is_do_not_call(word: &str) -> bool {
    matches!(fold_word(word).as_str(), "dnc" | "donotcall")
}

/// Whether a word says that somebody is busy and no more: with nothing beside it that tells of talk, it is the line.
pub(crate) fn is_busy_alone(word: &str) -> bool {
    matches!(fold_word(word).as_str(), "ban" | "dangban" | "khachban" | "khachhangban" | "engaged")
}

/// What the name of a cause (`NO_ROUTE_DESTINATION`) or a SIP status says; one without its words may be any code.
fn of_line(text: &str) -> Option<WordSays> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    match line_says(text, false)? {
        LineSays::Unanswered(code) if is_number => {
            (text.len() == 3 && text >= "400").then_some(WordSays::Doubtful(code))
        }
        LineSays::Answered | LineSays::Cleared if is_number => None,
        LineSays::Unanswered(code) => Some(WordSays::Unanswered(code)),
        LineSays::Answered | LineSays::Cleared => Some(WordSays::Answered(ANSWERED_CODE)),
    }
}

/// What a word says that is known but for what follows it: `Không nghe máy (3 lần)`, `Nghe máy - đồng ý`, `Thuê bao / tắt máy`.
fn beginning_word(text: &str) -> WordSays {
    let marks = [" - ", " – ", " (", "(", ", ", "; ", ": ", "/", " + "];
    let end = marks.iter().filter_map(|mark| text.find(mark)).min();
    let first = match end {
        Some(end) => text[..end].trim(),
        // `Không nghe máy lần 2`.
        None => match fold(text).rfind(" lan ") {
            Some(_) => text.rsplitn(3, ' ').nth(2).unwrap_or_default(),
            None => "",
        },
    };
    match if first.is_empty() { WordSays::Word } else { word_says(first) } {
        WordSays::Unanswered(code) | WordSays::Failed(code) => WordSays::Unanswered(code),
        // `ANSWERED (16)`: a cause's number is nothing that came of it.
        WordSays::Answered(code) if is_number_in_brackets(&text[first.len()..]) => WordSays::Answered(code),
        // What follows is what came of it.
        WordSays::Answered(ANSWERED_CODE) | WordSays::Conversation => WordSays::Conversation,
        _ => WordSays::Word,
    }
}

fn is_number_in_brackets(rest: &str) -> bool {
    let inner = rest.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    inner.is_some_and(|inner| !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The code of a text that begins with a word for a call in which nobody was reached: `Không nghe máy, gọi lại ngày mai
/// …`.
fn beginning(text: &str) -> Option<&'static str> {
    let first = text.split(['\n', '\r', ',', '.', ';', ':', '-', '(']).next()?;
    let is_word = first.len() < text.len() && first.chars().nth(WORD_CHARS).is_none();
    match is_word.then(|| word_says(first)) {
        Some(WordSays::Unanswered(code) | WordSays::Failed(code)) => Some(code),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::outcome::{LINE_FAULT, NO_ANSWER};

    use super::*;

    #[test]
    fn words_that_say_that_nobody_answered_are_known_in_both_languages() {
        for (word, code) in [
            ("NO_ANSWER", NO_ANSWER),
            ("NOANSWER", NO_ANSWER),
            ("no-answer", NO_ANSWER),
            ("na", NO_ANSWER),
            ("NA", NO_ANSWER),
            ("Không nghe máy", NO_ANSWER),
            ("KHONG NGHE MAY", NO_ANSWER),
            ("Cuộc gọi nhỡ", NO_ANSWER),
            ("BUSY", BUSY),
            ("Máy bận", BUSY),
            ("CHANUNAVAIL", LINE_FAULT),
            ("Thuê bao", LINE_FAULT),
            ("không liên lạc được", LINE_FAULT),
        ] {
            assert_eq!(word_says(word), WordSays::Unanswered(code), "{word}");
        }
    }

    #[test]
    fn a_word_of_which_nothing_is_known_says_nothing_about_the_answer() {
        for (word, expected) in [
            ("", WordSays::Nothing),
            ("-", WordSays::Nothing),
            ("N/A", WordSays::Nothing),
            ("Nghe máy", WordSays::Answered(ANSWERED_CODE)),
            ("voicemail", WordSays::Answered(MACHINE_CODE)),
            ("Hẹn gọi lại", WordSays::Conversation),
            ("NOT_INTERESTED", WordSays::Conversation),
            ("Chưa gọi", WordSays::NoCall),
            ("Từ chối", WordSays::Doubtful(BUSY)),
            ("REJECTED", WordSays::Doubtful(BUSY)),
            ("FAILED", WordSays::Failed(LINE_FAULT)),
            ("HOT", WordSays::Word),
            ("Outcome", WordSays::Word),
            ("SHORT_CALL", WordSays::Word),
            ("twilio-failed-to-connect-call", WordSays::Unanswered(LINE_FAULT)),
            ("customer-did-not-answer", WordSays::Unanswered(NO_ANSWER)),
            ("assistant-ended-call-after-message-spoken", WordSays::Answered(ANSWERED_CODE)),
            ("pipeline-error-openai-llm-failed", WordSays::Doubtful(LINE_FAULT)),
            ("Không nghe máy (3 lần)", WordSays::Unanswered(NO_ANSWER)),
            ("Không nghe máy lần 2", WordSays::Unanswered(NO_ANSWER)),
            ("Máy bận - gọi lại sau", WordSays::Unanswered(BUSY)),
            ("Thuê bao / tắt máy", WordSays::Unanswered(LINE_FAULT)),
            ("Nghe máy - đồng ý", WordSays::Conversation),
            ("Nghe máy, từ chối", WordSays::Conversation),
            ("Bận - họp", WordSays::Word),
            ("OK", WordSays::Answered(ANSWERED_CODE)),
            ("Số máy không tồn tại", WordSays::Unanswered(LINE_FAULT)),
            ("Đổ chuông, không nghe", WordSays::Unanswered(NO_ANSWER)),
            ("Temporarily Unavailable", WordSays::Unanswered(NO_ANSWER)),
            ("Busy Everywhere", WordSays::Unanswered(BUSY)),
            ("Left voicemail", WordSays::Answered(MACHINE_CODE)),
            ("Engaged", WordSays::Doubtful(BUSY)),
            ("ended", WordSays::Nothing),
            ("not_connected", WordSays::Failed(LINE_FAULT)),
            ("skipped", WordSays::NoCall),
            ("HOT - gọi ngay", WordSays::Word),
        ] {
            assert_eq!(word_says(word), expected, "{word}");
        }
    }

    #[test]
    fn a_long_text_is_no_word_but_may_begin_with_one() {
        let text = "Khách hàng đang lái xe, hẹn gọi lại vào chiều thứ sáu sau 17 giờ";
        assert_eq!(word_says(text), WordSays::Text);
        assert_eq!(word_says("HOT\nKhách muốn mua"), WordSays::Text);
        assert_eq!(
            word_says("Không nghe máy, sẽ gọi lại vào chiều thứ sáu sau 17 giờ"),
            WordSays::Unanswered(NO_ANSWER)
        );
        assert_eq!(word_says("NO_ANSWER\nNobody took the call"), WordSays::Unanswered(NO_ANSWER));
    }
}
