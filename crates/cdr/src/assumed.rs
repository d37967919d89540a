//! What is taken for granted of calls, because their events do not say it.

use serde::{Deserialize, Serialize};

use crate::{numbers::WITHHELD, packed::packed_words, spreadsheet::PUT_BACK};

/// What was taken for granted of a call, because its events do not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Assumed {
    /// The dial instant of an answered call.
    DialIsAnswer,
    /// The dial instant of a call that nobody answered.
    DialIsEvent,
    /// The talk time of an answered call.
    TalkUnknown,
    /// When it ended.
    EndIsEvent,
    /// Whom it was for.
    NoNumber,
    /// That nobody answered.
    NoAnswerSeen,
    /// The currency of its cost.
    CostKeptApart,
    /// A transcript longer than what is kept.
    TranscriptCut,
    /// Attributes larger than what is kept.
    AttributesCut,
    /// Durations and instants that contradict each other.
    Contradiction,
    /// Which of two calls with one id is meant.
    TwoCalls,
    /// That the file holds answered calls alone.
    AnsweredAlone,
    /// What its reason means.
    ReasonUnknown,
    /// That callers who hide their number are not one customer.
    Withheld,
    /// The digits of a number that a spreadsheet has written as a number.
    PutBack,
}

impl Assumed {
    /// What to say about it, before the number of calls.
    pub(crate) fn said(self) -> &'static str {
        match self {
            Self::DialIsAnswer => {
                "answered calls without a dial instant: it is taken as the answer, so their dial time is 0"
            }
            Self::DialIsEvent => "calls without a dial instant: it is taken as the time of their first event",
            Self::TalkUnknown => {
                "answered calls of which only the whole duration is known, ringing included: their talk time is not known and \
                 counts as 0"
            }
            Self::EndIsEvent => {
                "calls without an end: it is taken as the time of their last event, else as the dial instant"
            }
            Self::NoNumber => "calls without a number, such as web calls: each is a customer of its own",
            Self::NoAnswerSeen => {
                "calls that ended in the ordinary way without an answer in this file: taken as not answered"
            }
            Self::CostKeptApart => {
                "costs that are not in the account's currency, or in one that is not said: kept as the attributes cost and \
                 cost_currency"
            }
            Self::TranscriptCut => "transcripts that are longer than what is kept: cut",
            Self::AttributesCut => "calls whose attributes are larger than what is kept: the largest were left out",
            Self::Contradiction => {
                "calls whose talk does not fit between their answer and their end: the times were taken where all are there, else the talk"
            }
            Self::AnsweredAlone => "calls of a report that holds completed ones alone: its answer rate says nothing",
            Self::ReasonUnknown => {
                "calls that ended for a reason that is not known: answered where something was said in them, else a fault of the line \
                 (CU); the reason is their cause"
            }
            Self::Withheld => WITHHELD,
            Self::PutBack => PUT_BACK,
            Self::TwoCalls => "calls with one id of which one began after the other had ended: the later one was taken",
        }
    }
}

packed_words!(Assumed:
    DialIsAnswer, DialIsEvent, TalkUnknown, EndIsEvent, NoNumber, NoAnswerSeen, CostKeptApart, TranscriptCut, AttributesCut,
    Contradiction, TwoCalls, AnsweredAlone, ReasonUnknown, Withheld, PutBack,
);
