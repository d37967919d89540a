//! How a leg ended, in Asterisk's words, and which result code that is.

use domain::outcome::{BUSY, LINE_FAULT, NO_ANSWER};

/// The result code of an answered call. Asterisk knows no more than that: what came of the talk is the dialler's to say.
pub(super) const ANSWERED_CODE: &str = "ANSWERED";
/// The result code of a call that a machine took: it is connected and billed, and nobody was talked to.
pub(super) const VOICEMAIL_CODE: &str = "VOICEMAIL";

/// A disposition; the best one of a call's rows comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Disposition {
    Answered,
    /// Yeastar writes it: a machine took the call.
    Voicemail,
    Busy,
    NoAnswer,
    Cancel,
    Congestion,
    Failed,
}

impl Disposition {
    /// Reads a word of `CDR(disposition)`, its number, or a word of `DIALSTATUS` (some sites store that instead).
    pub(super) fn parse(text: &str) -> Option<Self> {
        let word: String = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
        Some(match word.as_str() {
            "ANSWERED" | "ANSWER" | "8" => Self::Answered,
            "VOICEMAIL" => Self::Voicemail,
            "BUSY" | "4" => Self::Busy,
            "NOANSWER" | "0" | "1" => Self::NoAnswer,
            "CANCEL" | "CANCELLED" | "CANCELED" | "32" => Self::Cancel,
            "CONGESTION" | "16" => Self::Congestion,
            "FAILED" | "CHANUNAVAIL" | "INVALIDARGS" | "2" => Self::Failed,
            _ => return None,
        })
    }

    /// Asterisk's word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Answered => "ANSWERED",
            Self::Voicemail => "VOICEMAIL",
            Self::Busy => "BUSY",
            Self::NoAnswer => "NO ANSWER",
            Self::Cancel => "CANCEL",
            Self::Congestion => "CONGESTION",
            Self::Failed => "FAILED",
        }
    }

    /// Whether the call was taken, by a person or a machine.
    pub(super) fn is_connected(self) -> bool {
        matches!(self, Self::Answered | Self::Voicemail)
    }

    /// The result code of a call whose best leg ended so.
    pub(super) fn result_code(self) -> &'static str {
        match self {
            Self::Answered => ANSWERED_CODE,
            Self::Voicemail => VOICEMAIL_CODE,
            Self::Busy => BUSY,
            Self::NoAnswer | Self::Cancel => NO_ANSWER,
            Self::Congestion | Self::Failed => LINE_FAULT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_have_the_codes_of_the_mapping() {
        let code = |text: &str| Disposition::parse(text).map(Disposition::result_code);
        for (words, expected) in [
            (["ANSWERED", "8"], Some("ANSWERED")),
            (["VOICEMAIL", "Voicemail"], Some("VOICEMAIL")),
            (["BUSY", "4"], Some("BS")),
            (["NO ANSWER", "0"], Some("NA")),
            (["NOANSWER", "1"], Some("NA")),
            (["CANCEL", "32"], Some("NA")),
            (["FAILED", "2"], Some("CU")),
            (["CONGESTION", "16"], Some("CU")),
            (["", "MYSTERY"], None),
        ] {
            assert_eq!(words.map(code), [expected; 2], "{words:?}");
        }
    }
}
