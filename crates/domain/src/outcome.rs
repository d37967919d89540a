//! How a call ended: result codes and the class that follows from them.

use serde::{Deserialize, Serialize};

use crate::id::Code;

/// Line busy.
pub const BUSY: &str = "BS";
/// No answer.
pub const NO_ANSWER: &str = "NA";
/// Line fault.
pub const LINE_FAULT: &str = "CU";
/// The three system codes; their class is fixed.
pub const SYSTEM_CODES: [&str; 3] = [BUSY, NO_ANSWER, LINE_FAULT];
/// The codes that have labels from the start (reports.md §2): the system's, and three of answered calls.
pub const KNOWN_CODES: [&str; 6] = [BUSY, NO_ANSWER, LINE_FAULT, "SC", "ANP", "AHU"];

/// The form in which two spellings of a result's word meet: letters and digits in capitals (`no-answer`, `NO_ANSWER`).
pub fn word_key(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// Words that switches and diallers write for a code that is known from the start, in the form of [`word_key`].
const WORDS: [(&str, &str); 19] = [
    ("BS", BUSY),
    ("BUSY", BUSY),
    ("USERBUSY", BUSY),
    ("LINEBUSY", BUSY),
    ("NA", NO_ANSWER),
    ("NOANSWER", NO_ANSWER),
    ("NOTANSWERED", NO_ANSWER),
    ("UNANSWERED", NO_ANSWER),
    ("NOPICKUP", NO_ANSWER),
    ("NOUSERRESPONSE", NO_ANSWER),
    ("CU", LINE_FAULT),
    ("FAILED", LINE_FAULT),
    ("CHANUNAVAIL", LINE_FAULT),
    ("CONGESTION", LINE_FAULT),
    ("UNREACHABLE", LINE_FAULT),
    ("INVALIDNUMBER", LINE_FAULT),
    ("SHORTCALL", "SC"),
    ("AGENTNOTPICKUP", "ANP"),
    ("DIALHANGUP", "AHU"),
];

/// Words that may mean a system code, or something that a customer said.
const DOUBTFUL_WORDS: [(&str, &str); 9] = [
    ("CALLREJECTED", BUSY),
    ("REJECTED", BUSY),
    ("DECLINED", BUSY),
    ("NORESPONSE", NO_ANSWER),
    ("CANCEL", NO_ANSWER),
    ("CANCELED", NO_ANSWER),
    ("CANCELLED", NO_ANSWER),
    ("FAIL", LINE_FAULT),
    ("ERROR", LINE_FAULT),
];

/// The words for which an account without a table of its own has a code, in the form of [`word_key`], and the codes.
pub fn default_words() -> impl Iterator<Item = (&'static str, Code)> {
    WORDS.into_iter().filter_map(|(word, code)| Some((word, Code::new(code).ok()?)))
}

/// What a result code that was sent means where the account says nothing about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A code of its own.
    Itself,
    /// Another spelling of this code.
    Code(Code),
    /// A code of its own that may be meant for this system code.
    Doubtful(&'static str),
}

impl Meaning {
    /// Of a code, by the words that are known from the start.
    pub fn of(code: &Code) -> Self {
        let of = |words: &[(&str, &'static str)]| {
            let key = word_key(code.as_str());
            words.iter().find(|(word, _)| *word == key).map(|(_, code)| *code)
        };
        match (of(&WORDS), of(&DOUBTFUL_WORDS)) {
            (Some(known), _) if known == code.as_str() => Self::Itself,
            (Some(known), _) => Code::new(known).map_or(Self::Itself, Self::Code),
            (None, Some(system)) => Self::Doubtful(system),
            (None, None) => Self::Itself,
        }
    }
}

/// The class of a finished call. Every finished call is in exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum CallClass {
    /// Connected, and the customer answered: every code that is not BS, NA or CU.
    Success,
    /// Busy (`BS`) or no answer (`NA`).
    Failed,
    /// Line fault (`CU`).
    Error,
}

impl CallClass {
    /// All classes in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Success, Self::Failed, Self::Error];

    /// The class of a result code (reports.md §2); a code that nobody has defined is a success.
    pub fn of(code: &str) -> Self {
        match code {
            BUSY | NO_ANSWER => Self::Failed,
            LINE_FAULT => Self::Error,
            _ => Self::Success,
        }
    }

    /// The word in URLs and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failed => "failed",
            Self::Error => "error",
        }
    }

    /// Reads the word of [`Self::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.word() == word)
    }

    /// The number stored in the database: 0, 1, 2 in the order of [`Self::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

/// A result code of an account, as defined by `PUT /api/v1/result-codes/{code}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ResultCode {
    /// The code.
    pub code: Code,
    /// Vietnamese label.
    pub label_vi: String,
    /// English label.
    pub label_en: String,
    /// `#rrggbb`, or none for the colour of the class.
    pub color: Option<String>,
    /// Whether a call with this code met the campaign's goal.
    pub is_goal: bool,
}

impl ResultCode {
    /// The definition that a code of [`KNOWN_CODES`] has until the account gives its own labels.
    pub fn known(code: &str) -> Option<Self> {
        let (label_vi, label_en) = match code {
            BUSY => ("Đường truyền bận", "Line busy"),
            NO_ANSWER => ("Không trả lời", "No answer"),
            LINE_FAULT => ("Lỗi đường truyền", "Line error"),
            "SC" => ("Cuộc gọi ngắn", "Short call"),
            "ANP" => ("Điện thoại viên không bắt máy", "Agent did not answer"),
            "AHU" => ("Điện thoại viên cúp máy", "Agent hung up"),
            _ => return None,
        };
        Some(Self {
            code: Code::new(code).ok()?,
            label_vi: label_vi.to_owned(),
            label_en: label_en.to_owned(),
            color: None,
            is_goal: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_words_for_the_known_codes_are_known() {
        let meant = |code: &str| Meaning::of(&Code::new(code).unwrap());
        for (word, code) in [
            ("NO_ANSWER", NO_ANSWER),
            ("no-answer", NO_ANSWER),
            ("na", NO_ANSWER),
            ("Busy", BUSY),
            ("SHORT_CALL", "SC"),
        ] {
            assert_eq!(meant(word), Meaning::Code(Code::new(code).unwrap()), "{word}");
        }
        for code in KNOWN_CODES.into_iter().chain(["DY", "NAB", "sc-1"]) {
            assert_eq!(meant(code), Meaning::Itself, "{code}");
        }
        assert_eq!(meant("Rejected"), Meaning::Doubtful(BUSY));
    }

    #[test]
    fn only_the_three_system_codes_are_not_success() {
        assert_eq!(CallClass::of("BS"), CallClass::Failed);
        assert_eq!(CallClass::of("NA"), CallClass::Failed);
        assert_eq!(CallClass::of("CU"), CallClass::Error);
        for code in ["DY", "bs", "K9", "XX"] {
            assert_eq!(CallClass::of(code), CallClass::Success, "{code}");
        }
    }
}
