//! How a platform says that a call ended, and what follows from all that was said of one call.

use std::borrow::Cow;

use domain::{
    CallClass, Code, ResultCode,
    outcome::{BUSY, LINE_FAULT, NO_ANSWER, system_code},
};
use memchr::{memchr, memmem};
use serde::{Deserialize, Serialize};

use crate::{
    causes::{sip_status, unanswered},
    packed::packed_words,
};

/// The result code of an answered call of a system that has no codes of its own.
pub(crate) use domain::outcome::ANSWERED as ANSWERED_CODE;
/// The result code of a call that a mailbox, an answering machine or a fax took.
pub(crate) const MACHINE_CODE: &str = "MACHINE";

/// The result codes of answered calls of systems without codes of their own; see `Format::own_codes`.
pub(crate) fn own_codes() -> Vec<ResultCode> {
    codes_of(&[(ANSWERED_CODE, "Khách nghe máy", "Answered"), MACHINE_LABELS])
}

/// The labels of [`MACHINE_CODE`].
pub(crate) const MACHINE_LABELS: (&str, &str, &str) = (MACHINE_CODE, "Gặp máy trả lời", "Answering machine");

/// Codes with their Vietnamese and English labels.
pub(crate) fn codes_of(labels: &[(&str, &str, &str)]) -> Vec<ResultCode> {
    let code = |(code, label_vi, label_en): &(&str, &str, &str)| {
        let (label_vi, label_en) = ((*label_vi).to_owned(), (*label_en).to_owned());
        Some(ResultCode {
            code: Code::new(*code).ok()?,
            label_vi,
            label_en,
            color: None,
            is_goal: false,
            counts_as: CallClass::Success,
        })
    };
    labels.iter().filter_map(code).collect()
}

/// Why nobody was reached; the better reason comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Unanswered {
    /// The line was busy, or the call was refused.
    Busy,
    /// It rang, or the callee was not to be had.
    NoAnswer,
    /// The call could not be put through.
    LineFault,
}

packed_words!(Unanswered: Busy, NoAnswer, LineFault);

impl Unanswered {
    /// The system code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Busy => BUSY,
            Self::NoAnswer => NO_ANSWER,
            Self::LineFault => LINE_FAULT,
        }
    }

    /// Of a system code.
    pub(crate) fn of_code(code: &str) -> Option<Self> {
        [Self::Busy, Self::NoAnswer, Self::LineFault].into_iter().find(|why| why.code() == code)
    }
}

/// What one word of a platform means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Ending {
    /// Somebody answered.
    Answered,
    /// A mailbox, an answering machine or a fax answered.
    Machine,
    /// It ended in an ordinary way: answered if anything else shows that, else this.
    IfAnswered(Unanswered),
    /// Nobody was reached.
    Unanswered(Unanswered),
    /// It goes on.
    Ongoing,
    /// It was never dialled.
    NotDialled,
    /// Nobody knows what the word means.
    Unknown,
}

pub(crate) const OK: Ending = Ending::Answered;
pub(crate) const MACHINE: Ending = Ending::Machine;
pub(crate) const BS: Ending = Ending::Unanswered(Unanswered::Busy);
pub(crate) const NA: Ending = Ending::Unanswered(Unanswered::NoAnswer);
pub(crate) const CU: Ending = Ending::Unanswered(Unanswered::LineFault);
pub(crate) const OK_OR_NA: Ending = Ending::IfAnswered(Unanswered::NoAnswer);
pub(crate) const OK_OR_CU: Ending = Ending::IfAnswered(Unanswered::LineFault);
pub(crate) const ONGOING: Ending = Ending::Ongoing;
pub(crate) const NOT_DIALLED: Ending = Ending::NotDialled;
pub(crate) const ASK: Ending = Ending::Unknown;

/// The words of a platform, perhaps with `*` for anything; the first that fits holds. In lower case, `-` for `_` and blanks.
pub(crate) type EndingWords = &'static [(&'static str, Ending)];

/// What a SIP status (`486`, `486 Busy Here`) or else a hang-up cause means of a call that nobody answered; `rang` is whether it
/// is known to have rung.
pub(crate) fn by_cause(sip: Option<&str>, cause: &str, rang: bool) -> Ending {
    let code = unanswered(sip.and_then(sip_status), cause, rang);
    code.and_then(Unanswered::of_code).map_or(Ending::Unknown, Ending::Unanswered)
}

/// What a word means: by the platform's own, else by those that stand for a system code everywhere; [`Ending::Unknown`] where
/// no entry fits.
pub(crate) fn meaning(words: EndingWords, word: &str) -> Ending {
    let mut buffer = [0; 64];
    let word = plain(word.trim(), &mut buffer);
    let known = || system_code(&word).and_then(Unanswered::of_code).map(Ending::Unanswered);
    of_plain(words, &word).or_else(known).unwrap_or(Ending::Unknown)
}

/// As [`meaning`], by these words alone; none where no entry fits.
pub(crate) fn own_meaning(words: EndingWords, word: &str) -> Option<Ending> {
    of_plain(words, &plain(word.trim(), &mut [0; 64]))
}

fn of_plain(words: EndingWords, word: &str) -> Option<Ending> {
    words.iter().find(|(pattern, _)| fits(pattern, word)).map(|(_, ending)| *ending)
}

/// A word in lower case with `-` for `_` and blanks, where it is short in the buffer.
fn plain<'a>(word: &'a str, buffer: &'a mut [u8; 64]) -> Cow<'a, str> {
    let as_dash = |c: char| if matches!(c, '_' | ' ') { '-' } else { c };
    let Some(into) = buffer.get_mut(..word.len()).filter(|_| word.is_ascii()) else {
        return word.to_lowercase().chars().map(as_dash).collect();
    };
    into.copy_from_slice(word.as_bytes());
    into.make_ascii_lowercase();
    into.iter_mut().filter(|byte| matches!(byte, b'_' | b' ')).for_each(|byte| *byte = b'-');
    std::str::from_utf8(into).map_or_else(|_| word.to_lowercase().chars().map(as_dash).collect(), Cow::Borrowed)
}

/// Whether a word is of a pattern, in which `*` stands for any text.
fn fits(pattern: &str, word: &str) -> bool {
    let Some(at) = memchr(b'*', pattern.as_bytes()) else { return pattern == word };
    let Some(mut rest) = word.strip_prefix(&pattern[..at]) else { return false };
    let mut pattern = &pattern[at + 1..];
    // Of what stands between two stars the first place is as good as any.
    while let Some(at) = memchr(b'*', pattern.as_bytes()) {
        let Some(found) = memmem::find(rest.as_bytes(), &pattern.as_bytes()[..at]) else { return false };
        rest = &rest[found + at..];
        pattern = &pattern[at + 1..];
    }
    rest.ends_with(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_pattern_that_fits_holds_and_an_unknown_word_means_nothing() {
        const WORDS: EndingWords = &[("no-answer", NA), ("*-sip-408-*", NA), ("error-*", OK_OR_CU), ("*busy", BS)];
        for (word, expected) in [
            ("No_Answer", NA),
            ("no answer", NA),
            ("call.error-sip-408-timeout", NA),
            ("error-busy", OK_OR_CU),
            ("customer-busy", BS),
            ("answer", ASK),
            ("", ASK),
            ("é-busy-é", ASK),
            ("sip-408", ASK),
            ("-sip-408-", NA),
            ("error-", OK_OR_CU),
        ] {
            assert_eq!(meaning(WORDS, word), expected, "{word}");
        }
    }
}
