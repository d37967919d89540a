//! What is taken for granted of the rows of a table, and of how many. It is counted of calls that are given out: what was noted of a row
//! that is rejected or left out concerns nobody.

use crate::{assumed::Assumed, numbers::WITHHELD, spreadsheet::PUT_BACK, zone_days::REPEATED};

macro_rules! noted {
    ($($name:ident = $said:expr;)+) => {
        /// Something that is taken for granted of a row.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Noted {
            $($name),+
        }

        impl Noted {
            /// All of them, in the order in which they are said.
            const ALL: &[Self] = &[$(Self::$name),+];

            /// What to say about it, before the number of calls.
            pub(crate) fn said(self) -> &'static str {
                match self { $(Self::$name => $said),+ }
            }
        }
    };
}

noted! {
    NoId = "calls without an id: theirs are made of their rows, so a row that is corrected is another call";
    NoCaller = "inbound calls of which no column has the number of who called: the customer is the number that was called";
    NeitherOurs = "calls in which neither number is one of our own, taken for calls to a customer";
    NoNumber = "numbers that are no phone numbers, kept as an attribute: the customer is known by an id";
    ErrorCell = "rows with a spreadsheet's error in a cell (#N/A, #REF!, …), which was taken for an empty one";
    Extension = "phone numbers with an extension behind them, kept as the attribute extension";
    NoContact = "calls without a phone number: the customer is the id of the call";
    Withheld = WITHHELD;
    ZeroAdded = "phone numbers without their leading 0, which was put back";
    PutBack = PUT_BACK;
    TalkUnknown = "answered calls whose talk time is not known: they end with the answer";
    DialIsAnswer = "answered calls whose dial time is not known: they are answered when they are dialled";
    EndUnknown = "calls without an end or a length: they end when they are dialled";
    TalkOfUnanswered = "calls that say that nobody answered though they have talk time; the word holds";
    AnsweredWithoutTalk = "calls that say that somebody answered though they have no talk; the word holds";
    Shifted = "rows whose transcript stood in another column, with the columns beside it shifted";
    CostAssumed = "costs taken for ones in the account's currency";
    CostGrouped = "costs whose points were taken for separators of thousands: their currency has no fractions";
    CostUnread = "costs that are no plain number, kept as an attribute";
    CostKeptApart = Assumed::CostKeptApart.said();
    NoSpeakers = "transcripts in which nobody is named, kept as an attribute";
    NoTimes = "transcripts without times: all their lines are at the answer";
    TranscriptCut = "transcripts longer than what a call may have, cut";
    NoAddress = "recordings that are no http address, kept as an attribute";
    Repeated = REPEATED;
    EpochHolds = "rows whose epoch and clock do not fit together in any time zone: the epoch holds";
    NoResult = "calls without a result and without talk, stored as not answered (NA)";
    NoWord = "calls without a result that were answered, stored as ANSWERED";
    TextUnproved = "calls whose result is a text, taken for answered ones (code undefined): nothing else tells";
    TextUnanswered = "calls whose result is a text and that have no talk, stored as not answered (NA)";
    Doubtful = "words that may be a customer's or the line's, read as the line's: the calls have no talk";
    LineUnproved = "words that may be a customer's or the line's, read as the line's: nothing tells of talk";
}

/// What was noted of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Notes(u64);

impl Notes {
    pub(crate) fn add(&mut self, noted: Noted) {
        self.0 |= 1 << noted as u32;
    }
}

/// Of how many calls each was noted.
#[derive(Debug, Clone, Default)]
pub(crate) struct NoteCounts([u64; Noted::ALL.len()]);

impl NoteCounts {
    /// Counts what was noted of one more call.
    pub(crate) fn add(&mut self, Notes(mut bits): Notes) {
        while bits != 0 {
            self.0[bits.trailing_zeros() as usize] += 1;
            bits &= bits - 1;
        }
    }

    pub(crate) fn of(&self, noted: Noted) -> u64 {
        self.0[noted as usize]
    }

    /// What was noted at all.
    pub(crate) fn said(&self) -> impl Iterator<Item = String> {
        let counted = Noted::ALL.iter().zip(self.0).filter(|(_, count)| *count > 0);
        counted.map(|(noted, count)| format!("{}: {count}", noted.said()))
    }
}
