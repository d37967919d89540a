//! Why a call ended, as whoever sent it says: a cause of Q.850, a status of SIP, a word of the platform's own. And the filters
//! by it and by who hung up.

use serde::{Deserialize, Serialize};

use crate::{FieldError, HangupBy, limits::CAUSE_CHARS, outcome::word_key};

/// From so many digits on, a cause may hold a customer's number or a call's.
const DIGITS: usize = 6;

/// Whether a cause may be told apart from others: it says why a call ended, and not whose call it was.
pub fn may_be_told_apart(cause: &str) -> bool {
    cause.chars().filter(|c| c.is_numeric()).count() < DIGITS
}

/// What a cause means, where it is one that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CauseMeaning {
    /// The number does not exist.
    NoSuchNumber,
    /// Somebody hung up, as calls end.
    Normal,
    /// The line was busy.
    Busy,
    /// It rang until the switch gave up.
    NoAnswer,
    /// The phone was off or out of coverage.
    Unreachable,
    /// The customer refused the call.
    Rejected,
    /// The number has changed.
    NumberChanged,
    /// What was dialled is no number.
    WrongNumber,
    /// No line was free.
    Congestion,
    /// The network failed.
    Network,
    /// The number, or the line, may not be called.
    Barred,
    /// The caller gave up before the answer.
    Cancelled,
    /// An answered call that the customer ended.
    CustomerHungUp,
    /// An answered call that the voicebot ended.
    BotHungUp,
    /// The call was passed on.
    PassedOn,
    /// It was passed on to a person who did not answer.
    AgentNoAnswer,
    /// The person whom it was passed on to hung up.
    AgentHungUp,
    /// A machine answered.
    Machine,
    /// Nobody said anything.
    Silence,
    /// The longest time that a call may last was over.
    TooLong,
    /// The call was shorter than it may be.
    TooShort,
    /// The platform failed.
    Platform,
}

/// Numbers of Q.850 and statuses of SIP.
const NUMBERS: [(CauseMeaning, &[u16]); 12] = [
    (CauseMeaning::NoSuchNumber, &[1, 404, 604]),
    (CauseMeaning::Normal, &[16, 31, 200]),
    (CauseMeaning::Busy, &[17, 486, 600]),
    (CauseMeaning::NoAnswer, &[18, 19, 408]),
    (CauseMeaning::Unreachable, &[20, 27, 480]),
    (CauseMeaning::Rejected, &[21, 603, 607, 608]),
    (CauseMeaning::NumberChanged, &[22, 410]),
    (CauseMeaning::WrongNumber, &[28, 484, 485]),
    (CauseMeaning::Congestion, &[34, 42, 44, 503]),
    (CauseMeaning::Network, &[2, 3, 25, 38, 41, 102, 111, 127, 500, 502, 504]),
    (CauseMeaning::Barred, &[52, 54, 57, 401, 403, 407]),
    (CauseMeaning::Cancelled, &[487]),
];

/// Names of switches and platforms, as [`word_key`] writes them.
const NAMES: [(CauseMeaning, &[&str]); 22] = [
    (CauseMeaning::NoSuchNumber, &["UNALLOCATEDNUMBER", "NOSUCHNUMBER", "INVALIDDESTINATION"]),
    (
        CauseMeaning::Normal,
        &["NORMALCLEARING", "NORMALUNSPECIFIED", "NORMALHANGUP", "NORMAL", "COMPLETED", "ENDED", "ANSWERED", "ANSWER"],
    ),
    (CauseMeaning::Busy, &["USERBUSY", "BUSY", "DIALBUSY", "CUSTOMERBUSY", "BUSYHERE"]),
    (
        CauseMeaning::NoAnswer,
        &[
            "NOANSWER",
            "NOUSERRESPONSE",
            "DIALNOANSWER",
            "CUSTOMERDIDNOTANSWER",
            "NOPICKUP",
            "UNANSWERED",
            "TIMEOUT",
            "PROGRESSTIMEOUT",
            "RINGTIMEOUT",
            "REQUESTTIMEOUT",
            "MISSED",
        ],
    ),
    (CauseMeaning::Unreachable, &["SUBSCRIBERABSENT", "DESTINATIONOUTOFORDER", "UNREACHABLE", "USERNOTREGISTERED"]),
    (CauseMeaning::Rejected, &["CALLREJECTED", "REJECTED", "DECLINED", "USERDECLINED", "DECLINE"]),
    (CauseMeaning::NumberChanged, &["NUMBERCHANGED"]),
    (CauseMeaning::WrongNumber, &["INVALIDNUMBERFORMAT", "INVALIDNUMBER", "INVALID"]),
    (
        CauseMeaning::Congestion,
        &["NORMALCIRCUITCONGESTION", "SWITCHCONGESTION", "REQUESTEDCHANUNAVAIL", "CONGESTION", "NOVALIDPAYMENT"],
    ),
    (
        CauseMeaning::Network,
        &[
            "NETWORKOUTOFORDER",
            "NORMALTEMPORARYFAILURE",
            "NOROUTEDESTINATION",
            "NOROUTETRANSITNET",
            "EXCHANGEROUTINGERROR",
            "RECOVERYONTIMEREXPIRE",
            "PROTOCOLERROR",
            "INTERWORKING",
            "MEDIATIMEOUT",
            "GATEWAYDOWN",
            "INVALIDGATEWAY",
            "CHANUNAVAIL",
            "CHANNELUNAVAILABLE",
            "DIALFAILED",
            "TELEPHONYPROVIDERUNAVAILABLE",
        ],
    ),
    (CauseMeaning::Barred, &["OUTGOINGCALLBARRED", "INCOMINGCALLBARRED", "BEARERCAPABILITYNOTAUTH", "FORBIDDEN"]),
    (
        CauseMeaning::Cancelled,
        &["ORIGINATORCANCEL", "CANCEL", "CANCELED", "CANCELLED", "LOSERACE", "REQUESTTERMINATED"],
    ),
    (CauseMeaning::CustomerHungUp, &["USERHANGUP", "CUSTOMERHANGUP", "CUSTOMERENDEDCALL", "CALLERHANGUP"]),
    (
        CauseMeaning::BotHungUp,
        &[
            "BOTHANGUP",
            "AGENTHANGUP",
            "ASSISTANTENDEDCALL",
            "ASSISTANTSAIDENDCALLPHRASE",
            "ASSISTANTENDEDCALLAFTERMESSAGESPOKEN",
            "ASSISTANTENDEDCALLWITHHANGUPTASK",
        ],
    ),
    (
        CauseMeaning::PassedOn,
        &["CALLTRANSFER", "TRANSFERBRIDGED", "ASSISTANTFORWARDEDCALL", "ATTENDEDTRANSFER", "BLINDTRANSFER"],
    ),
    (CauseMeaning::AgentNoAnswer, &["AGENTNOTPICKUP"]),
    (CauseMeaning::AgentHungUp, &["DIALHANGUP"]),
    (
        CauseMeaning::Machine,
        &["VOICEMAIL", "VOICEMAILREACHED", "IVRREACHED", "MACHINEDETECTED", "ANSWERINGMACHINE", "MACHINE"],
    ),
    (CauseMeaning::Silence, &["INACTIVITY", "SILENCETIMEDOUT", "SILENCE"]),
    (CauseMeaning::TooLong, &["MAXDURATIONREACHED", "EXCEEDEDMAXDURATION", "ALLOTTEDTIMEOUT"]),
    (CauseMeaning::TooShort, &["SHORTCALL"]),
    (CauseMeaning::Platform, &["SYSTEMSHUTDOWN", "CRASH", "ERROR", "PIPELINEERROR", "ERRORUNKNOWN"]),
];

impl CauseMeaning {
    /// Of a cause as it came; `None` where it is not known.
    pub fn of(cause: &str) -> Option<Self> {
        let key = word_key(cause);
        if let Ok(number) = key.parse::<u16>() {
            return NUMBERS.into_iter().find(|(_, numbers)| numbers.contains(&number)).map(|(meaning, _)| meaning);
        }
        NAMES.into_iter().find(|(_, names)| names.contains(&key.as_str())).map(|(meaning, _)| meaning)
    }
}

/// Which calls by who hung up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HangupFilter {
    /// The side that hung up.
    By(HangupBy),
    /// Nobody said.
    Unknown,
}

/// The word of what nobody said.
const UNKNOWN: &str = "unknown";
/// The word of the causes that are not told apart.
const OTHER: &str = "other";

impl HangupFilter {
    /// Why another word is refused.
    pub const WORDS: &str = "must be customer, bot, agent, system or unknown";
    /// In the order in which they are offered; `unknown` last.
    pub const ALL: [Self; 5] = [
        Self::By(HangupBy::Customer),
        Self::By(HangupBy::Bot),
        Self::By(HangupBy::Agent),
        Self::By(HangupBy::System),
        Self::Unknown,
    ];

    /// Of what a call says.
    pub fn of(said: Option<HangupBy>) -> Self {
        said.map_or(Self::Unknown, Self::By)
    }

    /// The word in URLs.
    pub fn word(self) -> &'static str {
        match self {
            Self::By(who) => who.word(),
            Self::Unknown => UNKNOWN,
        }
    }

    /// The word in the database: '' where nobody said.
    pub fn stored(self) -> &'static str {
        match self {
            Self::By(who) => who.word(),
            Self::Unknown => "",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|who| who.word() == word)
    }
}

/// Which calls by their cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CauseFilter {
    /// This cause, as it came.
    Is(String),
    /// Nobody said.
    Unknown,
    /// A cause that figures count together with others: see [`crate::limits::CAUSES`].
    Other,
}

impl CauseFilter {
    /// The word in URLs: the cause itself. A cause that would mean something else has `=` before it.
    pub fn to_word(&self) -> String {
        match self {
            Self::Is(cause) if cause == UNKNOWN || cause == OTHER || cause.starts_with('=') => format!("={cause}"),
            Self::Is(cause) => cause.clone(),
            Self::Unknown => UNKNOWN.to_owned(),
            Self::Other => OTHER.to_owned(),
        }
    }

    pub(crate) fn from_word(word: &str) -> Result<Self, FieldError> {
        let cause = match word {
            UNKNOWN => return Ok(Self::Unknown),
            OTHER => return Ok(Self::Other),
            _ => word.strip_prefix('=').unwrap_or(word),
        };
        if cause.chars().count() > CAUSE_CHARS || cause.contains('\0') {
            return Err(FieldError::new("cause", "is no cause: longer than 128 characters, or holds a NUL character"));
        }
        Ok(Self::Is(cause.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_of_one_cause_mean_the_same() {
        for (number, name, meaning) in [
            ("16", "NORMAL_CLEARING", CauseMeaning::Normal),
            (" 17 ", "user busy", CauseMeaning::Busy),
            ("486", "Busy Here", CauseMeaning::Busy),
            ("21", "CALL_REJECTED", CauseMeaning::Rejected),
            ("404", "UNALLOCATED_NUMBER", CauseMeaning::NoSuchNumber),
            ("41", "NORMAL_TEMPORARY_FAILURE", CauseMeaning::Network),
        ] {
            assert_eq!(CauseMeaning::of(number), Some(meaning), "{number}");
            assert_eq!(CauseMeaning::of(name), Some(meaning), "{name}");
        }
        assert_eq!(CauseMeaning::of("user_hangup"), Some(CauseMeaning::CustomerHungUp));
        for unknown in ["", "999", "70000", "no idea", "khách bận"] {
            assert_eq!(CauseMeaning::of(unknown), None, "{unknown}");
        }
        let mut names: Vec<&str> = NAMES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        assert!(names.iter().all(|name| word_key(name) == **name), "they are written as they are compared");
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "none means two things");
    }

    #[test]
    fn what_may_tell_whose_call_it_was_is_not_told_apart() {
        for cause in ["16", "SIP 486", "Q.850;cause=16", ""] {
            assert!(may_be_told_apart(cause), "{cause}");
        }
        for cause in ["SIP/0912345678", "no route to 84 912 345", "０９８７６５"] {
            assert!(!may_be_told_apart(cause), "{cause}");
        }
    }

    #[test]
    fn every_cause_survives_its_word() {
        for cause in ["16", "unknown", "other", "=", "=16", " a ", "nguyên nhân / khác"] {
            let filter = CauseFilter::Is(cause.to_owned());
            assert_eq!(CauseFilter::from_word(&filter.to_word()), Ok(filter));
        }
        for filter in [CauseFilter::Unknown, CauseFilter::Other] {
            assert_eq!(CauseFilter::from_word(&filter.to_word()), Ok(filter));
        }
        assert!(CauseFilter::from_word(&"x".repeat(129)).is_err());
    }
}
