//! A leg of a call as any switch or dialler writes it, kept compactly because all legs are read before the first call
//! is known.

use std::borrow::Cow;

use domain::{
    HangupBy,
    outcome::{BUSY, LINE_FAULT, NO_ANSWER, system_code},
};

use crate::{
    ending::{ANSWERED_CODE, MACHINE_CODE},
    packed::{packed, packed_words},
    source::Direction,
    stamps::Stamps,
};

/// How a leg ended; the better one comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum LegOutcome {
    Answered,
    /// A mailbox, an answering machine or a fax answered.
    Machine,
    Busy,
    NoAnswer,
    LineFault,
    /// Nobody knows what the word means.
    Unknown,
    /// No finished call: never dialled, or still going on.
    LeftOut,
}

impl LegOutcome {
    /// Of one of the three system codes.
    pub(crate) fn of_code(code: &str) -> Self {
        match code {
            BUSY => Self::Busy,
            NO_ANSWER => Self::NoAnswer,
            LINE_FAULT => Self::LineFault,
            MACHINE_CODE => Self::Machine,
            _ => Self::Answered,
        }
    }

    /// Of a word that stands for a system code everywhere.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        system_code(word).map(Self::of_code)
    }

    /// Of a `DIALSTATUS` of Asterisk for a leg that nobody answered.
    pub(crate) fn of_dial_status(word: &str) -> Option<Self> {
        Self::of_word(word).or_else(|| (word == "CANCEL").then_some(Self::NoAnswer))
    }

    pub(crate) fn is_connected(self) -> bool {
        matches!(self, Self::Answered | Self::Machine)
    }

    /// The result code; of an answered leg the system's own, if it has one. None where there is no result.
    pub(crate) fn code(self, own: &str) -> Option<&str> {
        Some(match self {
            Self::Answered if own.is_empty() => ANSWERED_CODE,
            Self::Answered => own,
            Self::Machine => MACHINE_CODE,
            Self::Busy => BUSY,
            Self::NoAnswer => NO_ANSWER,
            Self::LineFault => LINE_FAULT,
            Self::Unknown | Self::LeftOut => return None,
        })
    }
}

packed_words!(LegOutcome: Answered, Machine, Busy, NoAnswer, LineFault, Unknown, LeftOut);

/// Whose leg it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    /// The caller's, who is not the customer: what became of it says nothing where the customer's is known.
    Caller,
    /// The row does not say.
    Unsaid,
    /// The customer's.
    Customer,
}

packed_words!(Side: Caller, Unsaid, Customer);

/// The texts of a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LegText {
    /// The id that all legs of the call name, if they do.
    Call,
    /// The leg's own id.
    Leg,
    /// The customer's number.
    Phone,
    /// The number at the other end.
    Other,
    /// The customer's name.
    Name,
    /// The sender's id of the customer.
    Contact,
    Campaign,
    Voicebot,
    /// The result code of an answered leg, where the system has its own.
    Code,
    /// The word that the result was read from.
    Word,
    /// What the record keeps as its cause.
    Cause,
    /// An address, or the name of a file.
    Recording,
}

const TEXTS: usize = LegText::Recording as usize + 1;

/// What a format reads of a leg; everything it does not know stays empty.
#[derive(Debug, Clone)]
pub(crate) struct LegTexts<'a> {
    texts: [&'a str; TEXTS],
    /// Ids of further legs of the same call.
    pub(crate) linked: Vec<&'a str>,
    /// What else is kept, by names.
    pub(crate) attributes: Vec<(&'static str, &'a str)>,
}

impl<'a> LegTexts<'a> {
    pub(crate) fn new(texts: &[(LegText, &'a str)]) -> Self {
        let mut all = [""; TEXTS];
        for (text, value) in texts {
            all[*text as usize] = value;
        }
        Self { texts: all, linked: Vec::new(), attributes: Vec::new() }
    }
}

/// One leg; its texts may stand in what was packed.
#[derive(Debug, Clone)]
pub(crate) struct Leg<'a> {
    /// The line it begins on, from 1.
    pub(crate) line: u64,
    pub(crate) stamps: Stamps,
    pub(crate) outcome: LegOutcome,
    pub(crate) side: Side,
    /// None where the row does not say it.
    pub(crate) direction: Option<Direction>,
    pub(crate) hangup_by: Option<HangupBy>,
    pub(crate) attempt: Option<u32>,
    /// Of all that the file says of it.
    pub(crate) fingerprint: u128,
    /// It tells of a call, and is no leg of it.
    pub(crate) is_note: bool,
    texts: Cow<'a, str>,
    /// Where the texts end, then the linked ids, then name and value of each attribute: four bytes each, the lowest first.
    ends: Cow<'a, [u8]>,
    linked: u32,
}

packed!(Leg<'a> { line, stamps, outcome, side, direction, hangup_by, attempt, fingerprint, is_note, texts, ends, linked });

impl Leg<'_> {
    /// A leg of which nothing is known but its times, its outcome and its texts.
    pub(crate) fn new(line: u64, fingerprint: u128, stamps: Stamps, outcome: LegOutcome, texts: &LegTexts<'_>) -> Self {
        let attributes = texts.attributes.iter().filter(|(_, value)| !value.is_empty());
        let all = texts.texts.iter().chain(&texts.linked).copied();
        let all = all.chain(attributes.flat_map(|(name, value)| [*name, *value]));
        let (mut kept, mut ends) = (
            String::with_capacity(256),
            Vec::with_capacity((TEXTS + texts.linked.len() + texts.attributes.len() * 2) * 4),
        );
        for text in all {
            kept.push_str(text);
            ends.extend_from_slice(&(kept.len() as u32).to_le_bytes());
        }
        Self {
            line,
            stamps,
            outcome,
            side: Side::Unsaid,
            direction: None,
            hangup_by: None,
            attempt: None,
            fingerprint,
            is_note: false,
            texts: kept.into(),
            ends: ends.into(),
            linked: texts.linked.len() as u32,
        }
    }

    fn at(&self, at: usize) -> &str {
        let start = if at == 0 { 0 } else { self.end(at - 1) };
        &self.texts[start..self.end(at)]
    }

    fn end(&self, at: usize) -> usize {
        let bytes = self.ends.get(at * 4..).and_then(<[u8]>::first_chunk).copied();
        u32::from_le_bytes(bytes.unwrap_or_default()) as usize
    }

    /// One of the texts; empty where there is none.
    pub(crate) fn text(&self, text: LegText) -> &str {
        self.at(text as usize)
    }

    /// The ids of all legs that are known to be of the same call, its own first.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        let linked = TEXTS..TEXTS + self.linked as usize;
        let own = [LegText::Leg, LegText::Call].map(|text| self.text(text));
        own.into_iter().chain(linked.map(|at| self.at(at))).filter(|id| !id.is_empty())
    }

    /// What else is kept, by names.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        let first = TEXTS + self.linked as usize;
        (first..self.ends.len() / 4).step_by(2).map(|at| (self.at(at), self.at(at + 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local_time::When;

    #[test]
    fn a_leg_gives_back_its_texts() {
        let mut texts = LegTexts::new(&[
            (LegText::Leg, "b"),
            (LegText::Call, "a"),
            (LegText::Phone, "0901"),
            (LegText::Recording, "x"),
        ]);
        texts.linked = vec!["c", "", "d"];
        texts.attributes = vec![("codec", "PCMU"), ("empty", ""), ("app", "bridge")];
        let never = When::Never;
        let stamps = Stamps { start: never, answer: never, end: never, duration: None, talk: None, epoch: None };
        let leg = Leg::new(1, 0, stamps, LegOutcome::Busy, &texts);
        assert_eq!(
            (leg.text(LegText::Phone), leg.text(LegText::Name), leg.text(LegText::Recording)),
            ("0901", "", "x")
        );
        assert_eq!(leg.ids().collect::<Vec<_>>(), ["b", "a", "c", "d"]);
        assert_eq!(leg.attributes().collect::<Vec<_>>(), [("codec", "PCMU"), ("app", "bridge")]);
    }
}
