//! How a call ended: result codes and the class that follows from them.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::LazyLock,
};

use serde::{Deserialize, Serialize};

use crate::{id::Code, search::fold};

/// The line was busy, or the customer refused the call.
pub const BUSY: &str = "BS";
/// Nobody answered until the switch gave up.
pub const NO_ANSWER: &str = "NA";
/// The number cannot be reached, or the network failed.
pub const LINE_FAULT: &str = "CU";
/// The customer answered, and the sender says no more.
pub const ANSWERED: &str = "ANSWERED";
/// The three system codes; their class is fixed.
pub const SYSTEM_CODES: [&str; 3] = [BUSY, NO_ANSWER, LINE_FAULT];
/// The codes that have labels from the start (docs/METRICS.md, "Words"): the system's, and three of answered calls.
pub const KNOWN_CODES: [&str; 6] = [BUSY, NO_ANSWER, LINE_FAULT, "SC", "ANP", "AHU"];

/// The form in which two spellings of a result's word meet: letters and digits in capitals (`no-answer`, `NO_ANSWER`).
pub fn word_key(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// Words that switches, diallers, platforms and people write for a code that is known from the start, in English and
/// Vietnamese, in the form of [`plain_key`].
const WORDS: [(&str, &[&str]); 6] = [
    (
        BUSY,
        &[
            "BS",
            "BUSY",
            "USERBUSY",
            "LINEBUSY",
            "MAYBAN",
            "BANMAY",
            "DANGBAN",
            "MAYHIENTAIDANGBAN",
            "MAYHIENDANGBAN",
            "DUONGDAYBAN",
            "DUONGTRUYENBAN",
            "THUEBAOBAN",
            "THUEBAODANGBAN",
            "SUBSCRIBERBUSY",
            "BUSYLINE",
            "NUMBERBUSY",
            "BUSYTONE",
            "CUSTOMERBUSY",
        ],
    ),
    (
        NO_ANSWER,
        &[
            "NA",
            "NOANSWER",
            "NOTANSWERED",
            "UNANSWERED",
            "NOPICKUP",
            "NOUSERRESPONSE",
            "KNM",
            "KONGHEMAY",
            "KNGNGHEMAY",
            "KHONGNGHE",
            "KHONGNGHEMAY",
            "KHONGNHACMAY",
            "KHONGBATMAY",
            "KOBATMAY",
            "KHONGTRALOI",
            "KOTRALOI",
            "KHONGAINGHE",
            "KHONGAINGHEMAY",
            "KHONGAIBATMAY",
            "KHACHKHONGNGHEMAY",
            "KHACHHANGKHONGNGHEMAY",
            "KHKHONGNGHEMAY",
            "NGUOINHANKHONGNGHEMAY",
            "CHUANGHEMAY",
            "GOINHO",
            "CUOCGOINHO",
            "NHO",
            "MISSED",
            "MISSEDCALL",
            "RINGNOANSWER",
            "NOANSWERED",
            "DIDNOTANSWER",
            "CUSTOMERDIDNOTANSWER",
            "NOTPICKEDUP",
            "NOPICKEDUP",
            "RINGOUT",
            "RNA",
            "TIMEOUT",
            "RINGTIMEOUT",
            "KHONGPHANHOI",
            "DOCHUONGHET",
        ],
    ),
    (
        LINE_FAULT,
        &[
            "CU",
            "FAILED",
            "CHANUNAVAIL",
            "CONGESTION",
            "UNREACHABLE",
            "INVALIDNUMBER",
            "THUEBAO",
            "THUEBAOKHONGLIENLACDUOC",
            "KHONGLIENLACDUOC",
            "KOLIENLACDUOC",
            "KHONGTHELIENLAC",
            "KHONGTHELIENLACDUOC",
            "SOTHUEBAO",
            "SOTHUEBAOKHONGLIENLACDUOC",
            "THUEBAOTAMKHOA",
            "THUEBAOKHONGTONTAI",
            "TATMAY",
            "KHOAMAY",
            "MAYTAT",
            "MAYKHOA",
            "SOKHONGTONTAI",
            "SODIENTHOAIKHONGTONTAI",
            "SOKHONGHOPLE",
            "SODIENTHOAIKHONGHOPLE",
            "SOKHONGDUNG",
            "NGOAIVUNGPHUSONG",
            "KHONGKETNOI",
            "KHONGKETNOIDUOC",
            "LOI",
            "LOIMANG",
            "LOIKETNOI",
            "LOIDUONGTRUYEN",
            "LOIHETHONG",
            "LOICUOCGOI",
            "GOILOI",
            "CUOCGOILOI",
            "NOTREACHABLE",
            "SWITCHEDOFF",
            "PHONEOFF",
            "POWEREDOFF",
            "OUTOFSERVICE",
            "OUTOFCOVERAGE",
            "NOTINSERVICE",
            "NOTCONNECTED",
            "CONNECTIONFAILED",
            "CALLFAILED",
            "DIALFAILED",
            "NETWORKERROR",
            "NUMBERNOTEXIST",
            "NONEXISTENTNUMBER",
            "UNALLOCATEDNUMBER",
            "INVALID",
        ],
    ),
    ("SC", &["SHORTCALL", "CUOCGOINGAN"]),
    ("ANP", &["AGENTNOTPICKUP", "AGENTDIDNOTANSWER", "DIENTHOAIVIENKHONGBATMAY"]),
    ("AHU", &["DIALHANGUP", "AGENTHUNGUP", "DIENTHOAIVIENCUPMAY"]),
];

/// Words that may mean a system code, or something that a customer said.
const DOUBTFUL_WORDS: [(&str, &[&str]); 3] = [
    (
        BUSY,
        &[
            "CALLREJECTED",
            "REJECTED",
            "DECLINED",
            "BAN",
            "KHACHBAN",
            "KHACHHANGBAN",
            "TUCHOI",
            "TUCHOICUOCGOI",
            "DAPMAY",
        ],
    ),
    (
        NO_ANSWER,
        &[
            "NORESPONSE",
            "CANCEL",
            "CANCELED",
            "CANCELLED",
            "HUY",
            "DAHUY",
            "HUYCUOCGOI",
            "ABANDONED",
            "HANGUP",
            "CUPMAY",
            "NGATMAY",
        ],
    ),
    (LINE_FAULT, &["FAIL", "ERROR", "THATBAI", "GOITHATBAI", "KHONGTHANHCONG", "SAISO", "UNSUCCESSFUL"]),
];

/// As [`word_key`], without the marks of letters: `Không nghe máy` and `KHONG NGHE MAY` are one word. A word of two letters keeps its marks.
pub fn plain_key(word: &str) -> String {
    if word.is_ascii() {
        let letters = word.bytes().filter(u8::is_ascii_alphanumeric);
        return letters.map(|byte| char::from(byte.to_ascii_uppercase())).collect();
    }
    let key = word_key(&fold(word));
    // Of two letters another word is left without its accents: `Cũ` is old, and no line fault.
    if key.chars().nth(2).is_some() {
        return key;
    }
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// The words for which an account without a table of its own has a code, in the form of [`word_key`], and the codes.
pub fn default_words() -> impl Iterator<Item = (&'static str, Code)> {
    let with_code =
        |(code, words): (&'static str, &'static [&'static str])| words.iter().map(move |word| (*word, code));
    WORDS.into_iter().flat_map(with_code).filter_map(|(word, code)| Some((word, Code::new(code).ok()?)))
}

/// What a result code that was sent means where the account says nothing about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WordMeaning {
    /// A code of its own.
    Itself,
    /// Another spelling of this code.
    Code(Code),
    /// A code of its own that may be meant for this system code.
    Doubtful(&'static str),
}

impl WordMeaning {
    /// Of a code, by the words that are known from the start.
    pub fn of(code: &Code) -> Self {
        let key = plain_key(code.as_str());
        let of = |words: &[(&'static str, &[&str])]| {
            words.iter().find(|(_, words)| words.contains(&key.as_str())).map(|(code, _)| *code)
        };
        match (of(&WORDS), of(&DOUBTFUL_WORDS)) {
            (Some(known), _) if known == code.as_str() => Self::Itself,
            (Some(known), _) => Code::new(known).map_or(Self::Itself, Self::Code),
            (None, Some(system)) => Self::Doubtful(system),
            (None, None) => Self::Itself,
        }
    }
}

/// The system code that a word stands for, if it is known and cannot mean anything else.
pub fn system_code(word: &str) -> Option<&'static str> {
    // Files are read by it, millions of words.
    static CODES: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
        let system = WORDS.into_iter().filter(|(code, _)| SYSTEM_CODES.contains(code));
        system.flat_map(|(code, words)| words.iter().map(move |word| (*word, code))).collect()
    });
    let mut buffer = [0; 64];
    if !word.is_ascii() || word.len() > buffer.len() {
        return CODES.get(plain_key(word).as_str()).copied();
    }
    // As `plain_key`, without room of its own for each of them.
    let mut length = 0;
    for byte in word.bytes().filter(u8::is_ascii_alphanumeric) {
        buffer[length] = byte.to_ascii_uppercase();
        length += 1;
    }
    CODES.get(std::str::from_utf8(&buffer[..length]).ok()?).copied()
}

/// The class of a finished call. Every finished call is in exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum CallClass {
    /// Every code that is not BS, NA or CU, unless the account says otherwise.
    #[default]
    Success,
    /// Busy (`BS`), no answer (`NA`), and the codes that the account counts so.
    Failed,
    /// Line fault (`CU`), and the codes that the account counts so.
    Error,
}

impl CallClass {
    /// All classes in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Success, Self::Failed, Self::Error];

    /// The class of a result code (docs/METRICS.md, "Words") of which the account says nothing; a code that nobody has defined is a
    /// success. What an account says is known by [`CodeMeanings`].
    pub fn unless_changed(code: &str) -> Self {
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

/// Whether the customer answered a call that ended with this code (docs/METRICS.md, "Words"): it is not BS, NA or CU. Such a call
/// has talk time, blocks and a cost, whatever the account counts its code as.
pub fn is_answered(code: &str) -> bool {
    !SYSTEM_CODES.contains(&code)
}

/// What the result codes of an account mean for its figures: the class of each, and which are a goal (docs/METRICS.md, "Words").
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodeMeanings {
    /// Codes that count as something else than [`CallClass::unless_changed`].
    changed: BTreeMap<String, CallClass>,
    goals: BTreeSet<String>,
}

impl CodeMeanings {
    /// By the definitions of an account.
    pub fn of<'a>(codes: impl IntoIterator<Item = &'a ResultCode>) -> Self {
        let mut meanings = Self::default();
        for code in codes {
            meanings.set(code.code.as_str(), code.counts_as, code.is_goal);
        }
        meanings
    }

    /// Says what a code means. BS, NA and CU keep their class.
    pub fn set(&mut self, code: &str, counts_as: CallClass, is_goal: bool) {
        if is_answered(code) && counts_as != CallClass::unless_changed(code) {
            self.changed.insert(code.to_owned(), counts_as);
        } else {
            self.changed.remove(code);
        }
        if is_goal {
            self.goals.insert(code.to_owned());
        } else {
            self.goals.remove(code);
        }
    }

    /// The class of a code, system codes too; a code that nobody has declared counts as success.
    pub fn class_of(&self, code: &str) -> CallClass {
        self.changed.get(code).copied().unwrap_or_else(|| CallClass::unless_changed(code))
    }

    /// Whether a call with this code met the goal.
    pub fn is_goal(&self, code: &str) -> bool {
        self.goals.contains(code)
    }

    /// Whether every answered call counts as a success.
    pub fn is_unchanged(&self) -> bool {
        self.changed.is_empty()
    }

    /// The codes of a class other than success.
    pub fn codes_of(&self, class: CallClass) -> impl Iterator<Item = &str> {
        let system = SYSTEM_CODES.into_iter().filter(move |code| CallClass::unless_changed(code) == class);
        let changed = self.changed.iter().filter(move |(_, is)| **is == class).map(|(code, _)| code.as_str());
        system.chain(changed)
    }

    /// The codes that do not count as a success.
    pub fn not_success(&self) -> impl Iterator<Item = &str> {
        self.codes_of(CallClass::Failed).chain(self.codes_of(CallClass::Error))
    }

    /// The codes that are a goal.
    pub fn goals(&self) -> impl Iterator<Item = &str> {
        self.goals.iter().map(String::as_str)
    }
}

/// A result code of an account, as defined by `PUT /api/v1/result-codes/{code}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ResultCode {
    /// As calls carry it in `result_code`.
    pub code: Code,
    /// What Vietnamese pages call it.
    pub label_vi: String,
    /// What English pages call it.
    pub label_en: String,
    /// `#rrggbb`, or none for the colour of the class.
    pub color: Option<String>,
    /// Whether a call with this code met the campaign's goal. Only of a code that counts as a success: a goal is met by
    /// customers who were reached, and the goal is the last step of the funnel.
    pub is_goal: bool,
    /// The class of its calls (docs/METRICS.md, "Words"). They stay answered, whatever it is: talk time, blocks and cost are kept.
    /// That of BS, NA and CU is fixed.
    #[serde(default)]
    pub counts_as: CallClass,
}

impl ResultCode {
    /// Whether a text is a colour such as `#16a34a`.
    pub fn is_color(text: &str) -> bool {
        text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
    }

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
            counts_as: CallClass::unless_changed(code),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_words_for_the_known_codes_are_known() {
        let meant = |code: &str| WordMeaning::of(&Code::new(code).unwrap());
        for (word, code) in [
            ("NO_ANSWER", NO_ANSWER),
            ("no-answer", NO_ANSWER),
            ("na", NO_ANSWER),
            ("Busy", BUSY),
            ("SHORT_CALL", "SC"),
            ("Không liên lạc được", LINE_FAULT),
            ("MÁY BẬN", BUSY),
        ] {
            assert_eq!(meant(word), WordMeaning::Code(Code::new(code).unwrap()), "{word}");
        }
        for code in KNOWN_CODES.into_iter().chain(["DY", "NAB", "sc-1"]) {
            assert_eq!(meant(code), WordMeaning::Itself, "{code}");
        }
        assert_eq!(meant("Rejected"), WordMeaning::Doubtful(BUSY));
        assert_eq!(meant("Từ chối"), WordMeaning::Doubtful(BUSY));
        assert_eq!(
            (system_code("no-answer"), system_code("rejected"), system_code("SHORT_CALL")),
            (Some(NO_ANSWER), None, None)
        );
    }

    #[test]
    fn no_word_stands_for_two_codes() {
        let all: Vec<&str> = WORDS.iter().chain(&DOUBTFUL_WORDS).flat_map(|(_, words)| *words).copied().collect();
        let keys: std::collections::BTreeSet<String> = all.iter().map(|word| plain_key(word)).collect();
        assert_eq!(keys.len(), all.len());
        assert!(all.iter().all(|word| keys.contains(*word)), "each stands in its own form");
    }

    #[test]
    fn only_the_three_system_codes_are_not_success() {
        assert_eq!(CallClass::unless_changed("BS"), CallClass::Failed);
        assert_eq!(CallClass::unless_changed("NA"), CallClass::Failed);
        assert_eq!(CallClass::unless_changed("CU"), CallClass::Error);
        for code in ["DY", "bs", "K9", "XX"] {
            assert_eq!(CallClass::unless_changed(code), CallClass::Success, "{code}");
        }
    }

    #[test]
    fn an_account_counts_its_codes_as_it_likes_and_not_those_of_the_system() {
        let mut meanings = CodeMeanings::default();
        meanings.set("SC", CallClass::Failed, false);
        meanings.set("DY", CallClass::Success, true);
        meanings.set("CU", CallClass::Success, false);
        let class = |code: &str| meanings.class_of(code);
        assert_eq!((class("SC"), class("DY"), class("CU")), (CallClass::Failed, CallClass::Success, CallClass::Error));
        assert_eq!(meanings.not_success().collect::<Vec<_>>(), ["BS", "NA", "SC", "CU"]);
        assert!(meanings.is_goal("DY") && !meanings.is_goal("SC") && is_answered("SC") && !is_answered("CU"));
        meanings.set("SC", CallClass::Success, false);
        assert!(meanings.is_unchanged());
    }
}
