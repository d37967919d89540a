//! How a leg ended, in Asterisk's words, and which result code that is.

use domain::outcome::{BUSY, LINE_FAULT, NO_ANSWER};

use crate::{
    ending::{ANSWERED_CODE, MACHINE_CODE},
    packed::Packed,
};

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
    /// One of the numbers 2, 3 and 4, which mean one thing today and another in the `u` option of old versions.
    Number(u8),
}

impl Packed<'_> for Disposition {
    fn pack(&self, into: &mut Vec<u8>) {
        let place = Self::ALL.iter().position(|known| known == self).unwrap_or_default();
        into.push(place as u8);
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        Self::ALL.get(usize::from(u8::unpack(from)?)).copied()
    }
}

/// What the numbers of dispositions mean in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbering {
    /// `cdr.h`: 2 failed, 4 busy, 8 answered.
    Today,
    /// 2 busy, 3 failed, 4 answered.
    Old,
}

impl Numbering {
    /// Finds out by the rows' words and whether seconds were billed: those that only one of them has, else the one in which
    /// billed rows were answered. None where nothing tells.
    pub(super) fn of<'a>(
        rows: impl Iterator<Item = (Disposition, bool)> + Clone,
        words: impl Iterator<Item = &'a str>,
    ) -> Option<Self> {
        let mut words = words;
        let has = |number, billed: bool| rows.clone().any(|row| row == (Disposition::Number(number), billed));
        let is_old = has(3, true) || has(3, false);
        // 1 is in both.
        let is_today = words.any(|word| matches!(word, "0" | "8" | "16" | "32"));
        match (is_old, is_today) {
            (true, false) => Some(Self::Old),
            (false, true) => Some(Self::Today),
            (true, true) => None,
            (false, false) => has(4, true).then_some(Self::Old),
        }
    }
}

impl Disposition {
    const ALL: [Self; 10] = [
        Self::Answered,
        Self::Voicemail,
        Self::Busy,
        Self::NoAnswer,
        Self::Cancel,
        Self::Congestion,
        Self::Failed,
        Self::Number(2),
        Self::Number(3),
        Self::Number(4),
    ];

    /// Reads a word of `CDR(disposition)`, its number, or a word of `DIALSTATUS` (some sites store that instead).
    pub(super) fn parse(text: &str) -> Option<Self> {
        let word: String = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
        Some(match word.as_str() {
            "ANSWERED" | "ANSWERD" | "ANSWER" | "8" => Self::Answered,
            "VOICEMAIL" => Self::Voicemail,
            "BUSY" => Self::Busy,
            "NOANSWER" | "NOANSWERED" | "0" | "1" => Self::NoAnswer,
            "CANCEL" | "CANCELLED" | "CANCELED" | "32" => Self::Cancel,
            "CONGESTION" | "16" => Self::Congestion,
            "FAILED" | "CHANUNAVAIL" | "INVALIDARGS" => Self::Failed,
            "2" => Self::Number(2),
            "3" => Self::Number(3),
            "4" => Self::Number(4),
            _ => return None,
        })
    }

    /// What a number means in a file of this numbering; none where that has no such number.
    pub(super) fn numbered(self, numbering: Option<Numbering>) -> Option<Self> {
        Some(match (self, numbering) {
            (Self::Number(2), Some(Numbering::Today)) | (Self::Number(3), Some(Numbering::Old)) => Self::Failed,
            (Self::Number(4), Some(Numbering::Today)) | (Self::Number(2), Some(Numbering::Old)) => Self::Busy,
            (Self::Number(4), Some(Numbering::Old)) => Self::Answered,
            (Self::Number(_), _) => return None,
            (word, _) => word,
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
            Self::Number(_) => "",
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
            Self::Voicemail => MACHINE_CODE,
            Self::Busy => BUSY,
            Self::NoAnswer | Self::Cancel => NO_ANSWER,
            Self::Congestion | Self::Failed | Self::Number(_) => LINE_FAULT,
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
            (["ANSWERD", "8"], Some("ANSWERED")),
            (["VOICEMAIL", "Voicemail"], Some("MACHINE")),
            (["BUSY", "Busy"], Some("BS")),
            (["NO ANSWER", "0"], Some("NA")),
            (["NOANSWER", "1"], Some("NA")),
            (["CANCEL", "32"], Some("NA")),
            (["FAILED", "CHANUNAVAIL"], Some("CU")),
            (["CONGESTION", "16"], Some("CU")),
            (["", "MYSTERY"], None),
        ] {
            assert_eq!(words.map(code), [expected; 2], "{words:?}");
        }
    }
}
