//! What is known of a call whose events come one by one: a later event adds what it knows and takes nothing away, in
//! whatever order they arrive.

use std::{collections::BTreeMap, fmt::Debug};

use domain::{HangupBy, TranscriptLine};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    ending::{Ending, Unanswered},
    packed::{Packed, packed, packed_words},
};

/// The most attributes that are kept of a call.
const MOST_ATTRIBUTES: usize = 90;

/// Where an event stands among those of its call: its own time in milliseconds or its sequence number.
pub(crate) type Order = i64;

/// What was taken for granted of a call, because its events do not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Assumed {
    /// The dial instant of an answered call.
    DialIsAnswer,
    /// The dial instant of a call that nobody answered.
    DialIsEvent,
    /// The talk time of an answered call.
    TalkUnknown,
    /// The end.
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
                "calls whose duration and instants contradict each other: the instants were taken, where all three are there"
            }
            Self::AnsweredAlone => "calls of a report that holds completed ones alone: its answer rate says nothing",
            Self::TwoCalls => "calls with one id of which one began after the other had ended: the later one was taken",
        }
    }
}

packed_words!(Assumed:
    DialIsAnswer, DialIsEvent, TalkUnknown, EndIsEvent, NoNumber, NoAnswerSeen, CostKeptApart, TranscriptCut, AttributesCut,
    Contradiction, TwoCalls, AnsweredAlone,
);

/// A value, and how late it was said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Known<T> {
    pub(crate) order: Order,
    pub(crate) value: T,
}

impl<T: Packed> Packed for Known<T> {
    fn pack(&self, into: &mut Vec<u8>) {
        self.order.pack(into);
        self.value.pack(into);
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        Some(Self { order: Packed::unpack(from)?, value: Packed::unpack(from)? })
    }
}

impl<T: Debug> Known<T> {
    /// The later of both; of two at once always the same one.
    fn later(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        match (a, b) {
            (Some(a), Some(b)) => Some(if a.place() >= b.place() { a } else { b }),
            (a, b) => a.or(b),
        }
    }

    fn earlier(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        match (a, b) {
            (Some(a), Some(b)) => Some(if a.place() <= b.place() { a } else { b }),
            (a, b) => a.or(b),
        }
    }

    fn place(&self) -> (Order, String) {
        (self.order, format!("{:?}", self.value))
    }
}

/// Makes the two structures of one list of fields: what one event says, and what all of them do.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)+) => {
        /// What one event says of a call; an instant is in milliseconds since 1970.
        #[derive(Debug, Clone, Default)]
        pub(crate) struct Event {
            /// The platform's id of the call.
            pub(crate) call: String,
            /// The id of the leg, where a call may have several.
            pub(crate) leg: String,
            pub(crate) order: Order,
            /// When it happened.
            pub(crate) at: Option<i64>,
            pub(crate) dialed_at: Option<i64>,
            pub(crate) answered_at: Option<i64>,
            pub(crate) ending: Option<Ending>,
            /// The field and the word that say the ending.
            pub(crate) word: Option<(&'static str, String)>,
            /// Whether a machine answered, if anybody did.
            pub(crate) is_machine: bool,
            pub(crate) transcript: Option<Vec<TranscriptLine>>,
            pub(crate) attributes: BTreeMap<String, Value>,
            pub(crate) assumed: Vec<Assumed>,
            $($(#[$doc])* pub(crate) $name: Option<$type>,)+
        }

        /// What the events of a call, or of one leg of it, say so far. It can be kept between events as JSON.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct PartialCall {
            pub(crate) call: String,
            pub(crate) leg: String,
            pub(crate) dialed_at: Option<i64>,
            pub(crate) answered_at: Option<i64>,
            pub(crate) first_event: Option<i64>,
            pub(crate) last_event: Option<i64>,
            pub(crate) answered: Option<Known<()>>,
            pub(crate) if_answered: Option<Known<Unanswered>>,
            pub(crate) unanswered: Option<Known<Unanswered>>,
            pub(crate) is_machine: bool,
            pub(crate) is_ongoing: bool,
            pub(crate) not_dialled: Option<Known<String>>,
            pub(crate) unknown: Option<Known<(String, String)>>,
            pub(crate) transcript: Option<Known<Vec<TranscriptLine>>>,
            pub(crate) attributes: BTreeMap<String, Known<Value>>,
            pub(crate) assumed: Vec<Assumed>,
            $(pub(crate) $name: Option<Known<$type>>,)+
        }

        packed!(PartialCall {
            call, leg, dialed_at, answered_at, first_event, last_event, answered, if_answered, unanswered, is_machine,
            is_ongoing, not_dialled, unknown, transcript, attributes, assumed, $($name),+
        });

        impl PartialCall {
            /// Of one event.
            pub(crate) fn of(event: Event) -> Self {
                let order = event.order;
                let at = event.at;
                let mut call = Self {
                    dialed_at: event.dialed_at,
                    answered_at: event.answered_at,
                    first_event: at,
                    last_event: at,
                    is_machine: event.is_machine,
                    transcript: event.transcript.map(|value| Known { order, value }),
                    attributes: event.attributes.into_iter().map(|(name, value)| (name, Known { order, value })).collect(),
                    assumed: event.assumed,
                    $($name: event.$name.map(|value| Known { order, value }),)+
                    call: event.call,
                    leg: event.leg,
                    ..Self::default()
                };
                if let Some(ending) = event.ending {
                    call.end(order, ending, event.word);
                }
                call
            }

            fn add_fields(&mut self, other: &mut Self) {
                $(self.$name = Known::later(self.$name.take(), other.$name.take());)+
            }

        }
    };
}

fields! {
    campaign: String,
    voicebot: String,
    contact_id: String,
    phone: String,
    name: String,
    attempt: u32,
    ended_at: i64,
    /// From the answer to the end.
    talk: i64,
    /// From dialling to the end.
    duration: i64,
    bot_messages: u32,
    hangup_by: HangupBy,
    cause: String,
    /// Amount and currency; the latter is empty where nobody says it.
    cost: (String, String),
    recording_url: String,
    /// The two ends, where an event does not say which of them is the customer.
    caller: String,
    callee: String,
    /// Whether the customer called us.
    is_inbound: bool,
    is_ended_by_caller: bool,
}

impl Event {
    /// Of a call on a web page: its own id stands for the customer.
    pub(crate) fn without_number(&mut self) {
        if self.contact_id.is_none() {
            self.contact_id = Some(self.call.clone());
            self.assumed.push(Assumed::NoNumber);
        }
    }
}

impl PartialCall {
    /// The platform's id of the call.
    pub fn call(&self) -> &str {
        &self.call
    }

    /// The id of the leg; empty where calls of the platform have one alone.
    pub fn leg(&self) -> &str {
        &self.leg
    }

    /// The agent, assistant or flow that talked, by the platform's id.
    pub fn agent(&self) -> Option<&str> {
        self.voicebot.as_ref().map(|known| known.value.as_str())
    }

    /// The name of [`Self::agent`], where the platform gives one.
    pub fn agent_name(&self) -> Option<&str> {
        self.attributes.get("voicebot_name").and_then(|known| known.value.as_str())
    }

    /// The campaign that the platform names.
    pub fn campaign(&self) -> Option<&str> {
        self.campaign.as_ref().map(|known| known.value.as_str())
    }

    /// Whether something was said of how the call ended, so that a record can be made of it, or what is wrong be told.
    pub fn says_an_end(&self) -> bool {
        !matches!(self.outcome(), Outcome::Unsaid | Outcome::Ongoing)
    }

    /// Adds what other events of the same leg say; the order in which they are added changes nothing.
    pub fn merge(&mut self, mut other: Self) {
        if let Some(is_later) = self.is_beside(&other) {
            if is_later {
                *self = other;
            }
            self.assumed.push(Assumed::TwoCalls);
            return;
        }
        self.add_fields(&mut other);
        self.dialed_at = [self.dialed_at, other.dialed_at].into_iter().flatten().min();
        // What was worked out of less lies later.
        self.answered_at = [self.answered_at, other.answered_at].into_iter().flatten().min();
        self.first_event = [self.first_event, other.first_event].into_iter().flatten().min();
        self.last_event = self.last_event.max(other.last_event);
        self.answered = Known::later(self.answered.take(), other.answered);
        // The first that says so holds: `completed` after `busy` leaves it busy.
        self.if_answered = Known::earlier(self.if_answered.take(), other.if_answered);
        self.unanswered = Known::earlier(self.unanswered.take(), other.unanswered);
        self.not_dialled = Known::later(self.not_dialled.take(), other.not_dialled);
        self.unknown = Known::later(self.unknown.take(), other.unknown);
        self.is_machine |= other.is_machine;
        self.is_ongoing |= other.is_ongoing;
        let length = |lines: &Option<Known<Vec<TranscriptLine>>>| lines.as_ref().map_or(0, |lines| lines.value.len());
        self.transcript = match length(&self.transcript).cmp(&length(&other.transcript)) {
            std::cmp::Ordering::Less => other.transcript,
            std::cmp::Ordering::Equal => Known::later(self.transcript.take(), other.transcript),
            std::cmp::Ordering::Greater => self.transcript.take(),
        };
        for (name, value) in other.attributes {
            let before = self.attributes.remove(&name);
            if before.is_some() || self.attributes.len() < MOST_ATTRIBUTES {
                self.attributes.extend(Known::later(before, Some(value)).map(|value| (name, value)));
            }
        }
        self.assumed.extend(other.assumed);
        self.assumed.sort_unstable();
        self.assumed.dedup();
    }

    /// Takes from another leg what this one does not know; times and endings are each leg's own.
    pub(crate) fn fill_from(&mut self, other: Self) {
        macro_rules! fill {
            ($($name:ident),+) => { $(self.$name = self.$name.take().or(other.$name);)+ };
        }
        fill!(
            campaign,
            voicebot,
            contact_id,
            phone,
            name,
            attempt,
            cost,
            recording_url,
            transcript,
            caller,
            callee,
            is_inbound
        );
        for (name, value) in other.attributes {
            self.attributes.entry(name).or_insert(value);
        }
    }

    /// Whether two that have one id cannot be one call, since one began after the other had ended; then which is later.
    fn is_beside(&self, other: &Self) -> Option<bool> {
        let span = |call: &Self| Some((call.dialed_at?, call.ended_at.as_ref()?.value));
        let ((start, end), (other_start, other_end)) = (span(self)?, span(other)?);
        (end < other_start || other_end < start).then_some(start < other_start)
    }

    fn end(&mut self, order: Order, ending: Ending, word: Option<(&'static str, String)>) {
        match ending {
            Ending::Answered => self.answered = Some(Known { order, value: () }),
            Ending::Machine => {
                self.answered = Some(Known { order, value: () });
                self.is_machine = true;
            }
            Ending::IfAnswered(value) => self.if_answered = Some(Known { order, value }),
            Ending::Unanswered(value) => self.unanswered = Some(Known { order, value }),
            Ending::Ongoing => self.is_ongoing = true,
            Ending::NotDialled => {
                let value = word.map(|(_, word)| word).unwrap_or_default();
                self.not_dialled = Some(Known { order, value });
            }
            Ending::Unknown => {
                let (field, word) = word.unwrap_or_default();
                self.unknown = Some(Known { order, value: (field.to_owned(), word) });
            }
        }
    }

    /// Whether anything but a word shows that somebody answered.
    pub(crate) fn shows_an_answer(&self) -> bool {
        let value = |known: &Option<Known<i64>>| known.as_ref().map(|known| known.value);
        match (value(&self.talk), self.answered_at, value(&self.ended_at)) {
            (Some(talk), ..) if talk > 0 => true,
            (_, Some(answered), Some(ended)) => answered < ended,
            (_, answered, _) => answered.is_some(),
        }
    }

    /// How the call ended, by all that is known.
    pub(crate) fn outcome(&self) -> Outcome {
        let answered = if self.is_machine { Outcome::Machine } else { Outcome::Answered };
        match (&self.unanswered, &self.answered, &self.if_answered) {
            (Some(why), Some(_), _) if !self.shows_an_answer() => Outcome::Unanswered(why.value),
            (_, Some(_), _) => answered,
            (None, None, Some(_)) if self.shows_an_answer() || self.is_machine => answered,
            (Some(why), None, _) | (None, None, Some(why)) => Outcome::Unanswered(why.value),
            (None, None, None) => match (&self.unknown, &self.not_dialled) {
                (Some(Known { value: (field, word), .. }), _) => Outcome::Unknown(field.clone(), word.clone()),
                (None, Some(_)) => Outcome::NotDialled,
                _ if self.is_ongoing || self.is_machine => Outcome::Ongoing,
                _ => Outcome::Unsaid,
            },
        }
    }
}

/// How a call ended; the better one comes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    Answered,
    Machine,
    Unanswered(Unanswered),
    /// The field and the word that nobody knows.
    Unknown(String, String),
    Ongoing,
    NotDialled,
    Unsaid,
}
