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

/// The system code that another spelling means (`no-answer`, `BUSY`, `CHANUNAVAIL`, `na`), as switches and diallers write it;
/// none for a system code itself and for every other code.
pub fn system_code_of(code: &Code) -> Option<&'static str> {
    if SYSTEM_CODES.contains(&code.as_str()) {
        return None;
    }
    let word: String =
        code.as_str().chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    Some(match word.as_str() {
        "BS" | "BUSY" | "USERBUSY" | "LINEBUSY" | "CALLREJECTED" | "REJECTED" | "DECLINED" => BUSY,
        "NA" | "NOANSWER" | "NOTANSWERED" | "UNANSWERED" | "NOPICKUP" | "NORESPONSE" | "NOUSERRESPONSE" | "CANCEL"
        | "CANCELED" | "CANCELLED" => NO_ANSWER,
        "CU" | "FAILED" | "FAIL" | "ERROR" | "CHANUNAVAIL" | "CONGESTION" | "UNREACHABLE" | "INVALIDNUMBER" => {
            LINE_FAULT
        }
        _ => return None,
    })
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
    /// The definition that the three system codes have until the account gives its own labels.
    pub fn system(code: &str) -> Option<Self> {
        let (label_vi, label_en) = match code {
            BUSY => ("Đường truyền bận", "Line busy"),
            NO_ANSWER => ("Không trả lời", "No answer"),
            LINE_FAULT => ("Lỗi đường truyền", "Line error"),
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
    fn other_spellings_of_the_system_codes_are_known() {
        let meant = |code: &str| system_code_of(&Code::new(code).unwrap());
        for (code, system) in [("NO_ANSWER", NO_ANSWER), ("no-answer", NO_ANSWER), ("na", NO_ANSWER), ("Busy", BUSY)] {
            assert_eq!(meant(code), Some(system), "{code}");
        }
        for code in ["BS", "NA", "CU", "DY", "NAB"] {
            assert_eq!(meant(code), None, "{code}");
        }
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
