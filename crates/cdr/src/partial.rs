//! What is known of a call whose events come one by one: a later event adds what it knows and takes nothing away, in
//! whatever order they arrive.

use std::{
    borrow::Cow,
    cmp::Ordering,
    collections::BTreeMap,
    fmt::{self, Debug},
};

use domain::{HangupBy, TranscriptLine};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::{
    ending::{Ending, Unanswered},
    node::Node,
    packed::{Packed, packed, packed_words},
    source::Direction,
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

impl<'a, T: Packed<'a>> Packed<'a> for Known<T> {
    fn pack(&self, into: &mut Vec<u8>) {
        self.order.pack(into);
        self.value.pack(into);
    }

    fn unpack(from: &mut &'a [u8]) -> Option<Self> {
        Some(Self { order: Packed::unpack(from)?, value: Packed::unpack(from)? })
    }
}

impl<T: Debug> Known<T> {
    /// The later of both; of two at once always the same one.
    fn later(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        match (a, b) {
            (Some(a), Some(b)) => Some(if a.place(&b).is_ge() { a } else { b }),
            (a, b) => a.or(b),
        }
    }

    fn earlier(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        match (a, b) {
            (Some(a), Some(b)) => Some(if a.place(&b).is_le() { a } else { b }),
            (a, b) => a.or(b),
        }
    }

    fn place(&self, other: &Self) -> Ordering {
        let by_value = || format!("{:?}", self.value).cmp(&format!("{:?}", other.value));
        self.order.cmp(&other.order).then_with(by_value)
    }
}

/// A value that is kept as an attribute.
#[derive(Clone, PartialEq)]
pub(crate) enum Kept<'a> {
    Text(Cow<'a, str>),
    Value(Value),
}

/// As the value: of two that are said at once it tells which is kept.
impl Debug for Kept<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "String({text:?})"),
            Self::Value(value) => value.fmt(f),
        }
    }
}

impl<'a> Kept<'a> {
    fn of(node: &'a Node<'a>) -> Self {
        match node {
            Node::Text(text) => Self::Text(Cow::Borrowed(text)),
            node => Self::Value(node.to_value()),
        }
    }

    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Text(text) => Value::String(text.into_owned()),
            Self::Value(value) => value,
        }
    }

    fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Value(value) => value.as_str(),
        }
    }
}

impl<'a> From<&'a str> for Kept<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<Value> for Kept<'_> {
    fn from(value: Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text.into()),
            value => Self::Value(value),
        }
    }
}

impl<'a> Packed<'a> for Kept<'a> {
    fn pack(&self, into: &mut Vec<u8>) {
        match self {
            Self::Text(text) => {
                into.push(0);
                text.pack(into);
            }
            Self::Value(value) => {
                into.push(1);
                value.pack(into);
            }
        }
    }

    fn unpack(from: &mut &'a [u8]) -> Option<Self> {
        Some(match u8::unpack(from)? {
            0 => Self::Text(Packed::unpack(from)?),
            _ => Self::Value(Packed::unpack(from)?),
        })
    }
}

/// Attributes, by their names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Named<'a, T>(Vec<(Cow<'a, str>, T)>);

impl<T> Default for Named<'_, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'a, T> Named<'a, T> {
    pub(crate) fn insert(&mut self, name: Cow<'a, str>, value: T) {
        match self.place(&name) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (name, value)),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&T> {
        self.place(name).ok().map(|at| &self.0[at].1)
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<T> {
        self.place(name).ok().map(|at| self.0.remove(at).1)
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_ref().cmp(name))
    }
}

impl<'a, T> IntoIterator for Named<'a, T> {
    type Item = (Cow<'a, str>, T);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T: Packed<'a>> Packed<'a> for Named<'a, T> {
    fn pack(&self, into: &mut Vec<u8>) {
        self.0.pack(into);
    }

    fn unpack(from: &mut &'a [u8]) -> Option<Self> {
        Packed::unpack(from).map(Self)
    }
}

impl<'a, T> Named<'a, T> {
    /// The same, said with this order.
    fn known(self, order: Order) -> Named<'a, Known<T>> {
        Named(self.0.into_iter().map(|(name, value)| (name, Known { order, value })).collect())
    }
}

impl<'a, T> FromIterator<(Cow<'a, str>, T)> for Named<'a, T> {
    fn from_iter<I: IntoIterator<Item = (Cow<'a, str>, T)>>(entries: I) -> Self {
        let mut named = Self::default();
        entries.into_iter().for_each(|(name, value)| named.insert(name, value));
        named
    }
}

/// As a map, in which a call of several events is kept between them.
impl Serialize for Named<'_, Known<Kept<'_>>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let known = |known: &Known<Kept<'_>>| Known { order: known.order, value: known.value.clone().into_value() };
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, known(value))))
    }
}

impl<'de> Deserialize<'de> for Named<'_, Known<Kept<'_>>> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = BTreeMap::<String, Known<Value>>::deserialize(deserializer)?;
        let kept = |known: Known<Value>| Known { order: known.order, value: Kept::from(known.value) };
        Ok(Self(map.into_iter().map(|(name, known)| (Cow::Owned(name), kept(known))).collect()))
    }
}

/// What may borrow from the text that it was read from.
trait Borrowing {
    /// The same, which borrows nothing.
    type Owned;

    fn into_owned(self) -> Self::Owned;
}

impl Borrowing for Cow<'_, str> {
    type Owned = Cow<'static, str>;

    fn into_owned(self) -> Cow<'static, str> {
        Cow::Owned(self.into_owned())
    }
}

impl Borrowing for Kept<'_> {
    type Owned = Kept<'static>;

    fn into_owned(self) -> Self::Owned {
        match self {
            Self::Text(text) => Kept::Text(Borrowing::into_owned(text)),
            Self::Value(value) => Kept::Value(value),
        }
    }
}

impl<T: Borrowing> Borrowing for Named<'_, T> {
    type Owned = Named<'static, T::Owned>;

    fn into_owned(self) -> Self::Owned {
        Named(self.0.into_iter().map(|(name, value)| (Borrowing::into_owned(name), value.into_owned())).collect())
    }
}

impl<A: Borrowing, B: Borrowing> Borrowing for (A, B) {
    type Owned = (A::Owned, B::Owned);

    fn into_owned(self) -> Self::Owned {
        (self.0.into_owned(), self.1.into_owned())
    }
}

impl<T: Borrowing> Borrowing for Known<T> {
    type Owned = Known<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        Known { order: self.order, value: self.value.into_owned() }
    }
}

impl<T: Borrowing> Borrowing for Option<T> {
    type Owned = Option<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        self.map(Borrowing::into_owned)
    }
}

macro_rules! borrow_nothing {
    ($($type:ty),+) => {
        $(impl Borrowing for $type {
            type Owned = Self;

            fn into_owned(self) -> Self {
                self
            }
        })+
    };
}

borrow_nothing!((), bool, i64, u32, HangupBy, Unanswered, Vec<TranscriptLine>, Vec<Assumed>);

/// Makes the two structures of one list of fields: what one event says, and what all of them do.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)+) => {
        /// What one event says of a call; an instant is in milliseconds since 1970.
        #[derive(Debug, Clone, Default)]
        pub(crate) struct Event<'a> {
            /// The platform's id of the call.
            pub(crate) call: Cow<'a, str>,
            /// The id of the leg, where a call may have several.
            pub(crate) leg: Cow<'a, str>,
            pub(crate) order: Order,
            /// When it happened.
            pub(crate) at: Option<i64>,
            pub(crate) dialed_at: Option<i64>,
            pub(crate) answered_at: Option<i64>,
            pub(crate) ending: Option<Ending>,
            /// The field and the word that say the ending.
            pub(crate) word: Option<(&'static str, Cow<'a, str>)>,
            /// Whether a machine answered, if anybody did.
            pub(crate) is_machine: bool,
            pub(crate) transcript: Option<Vec<TranscriptLine>>,
            pub(crate) attributes: Named<'a, Kept<'a>>,
            pub(crate) assumed: Vec<Assumed>,
            $($(#[$doc])* pub(crate) $name: Option<$type>,)+
        }

        /// What the events of a call, or of one leg of it, say so far. It can be kept between events as JSON.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct CallSoFar<'a> {
            pub(crate) call: Cow<'a, str>,
            pub(crate) leg: Cow<'a, str>,
            pub(crate) dialed_at: Option<i64>,
            pub(crate) answered_at: Option<i64>,
            pub(crate) first_event: Option<i64>,
            pub(crate) last_event: Option<i64>,
            pub(crate) answered: Option<Known<()>>,
            pub(crate) if_answered: Option<Known<Unanswered>>,
            pub(crate) unanswered: Option<Known<Unanswered>>,
            pub(crate) is_machine: bool,
            pub(crate) is_ongoing: bool,
            pub(crate) not_dialled: Option<Known<Cow<'a, str>>>,
            pub(crate) unknown: Option<Known<(Cow<'a, str>, Cow<'a, str>)>>,
            pub(crate) transcript: Option<Known<Vec<TranscriptLine>>>,
            pub(crate) attributes: Named<'a, Known<Kept<'a>>>,
            pub(crate) assumed: Vec<Assumed>,
            $(pub(crate) $name: Option<Known<$type>>,)+
        }

        packed!(CallSoFar<'a> {
            call, leg, dialed_at, answered_at, first_event, last_event, answered, if_answered, unanswered, is_machine,
            is_ongoing, not_dialled, unknown, transcript, attributes, assumed, $($name),+
        });

        impl<'a> CallSoFar<'a> {
            /// Of one event.
            pub(crate) fn of(event: Event<'a>) -> Self {
                let order = event.order;
                let at = event.at;
                let mut call = Self {
                    dialed_at: event.dialed_at,
                    answered_at: event.answered_at,
                    first_event: at,
                    last_event: at,
                    is_machine: event.is_machine,
                    transcript: event.transcript.map(|value| Known { order, value }),
                    attributes: event.attributes.known(order),
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

            /// The same, which borrows nothing.
            pub(crate) fn into_owned(self) -> PartialCall {
                CallSoFar {
                    dialed_at: self.dialed_at,
                    answered_at: self.answered_at,
                    first_event: self.first_event,
                    last_event: self.last_event,
                    is_machine: self.is_machine,
                    is_ongoing: self.is_ongoing,
                    call: Borrowing::into_owned(self.call),
                    leg: Borrowing::into_owned(self.leg),
                    answered: self.answered,
                    if_answered: self.if_answered,
                    unanswered: self.unanswered,
                    not_dialled: Borrowing::into_owned(self.not_dialled),
                    unknown: Borrowing::into_owned(self.unknown),
                    transcript: self.transcript,
                    attributes: Borrowing::into_owned(self.attributes),
                    assumed: self.assumed,
                    $($name: Borrowing::into_owned(self.$name),)+
                }
            }

            fn add_fields(&mut self, other: &mut Self) {
                $(self.$name = Known::later(self.$name.take(), other.$name.take());)+
            }

        }
    };
}

fields! {
    campaign: Cow<'a, str>,
    voicebot: Cow<'a, str>,
    contact_id: Cow<'a, str>,
    phone: Cow<'a, str>,
    name: Cow<'a, str>,
    attempt: u32,
    ended_at: i64,
    /// From the answer to the end.
    talk: i64,
    /// From dialling to the end.
    duration: i64,
    bot_messages: u32,
    hangup_by: HangupBy,
    cause: Cow<'a, str>,
    /// Amount and currency; the latter is empty where nobody says it.
    cost: (Cow<'a, str>, Cow<'a, str>),
    recording_url: Cow<'a, str>,
    /// The two ends, where an event does not say which of them is the customer.
    caller: Cow<'a, str>,
    callee: Cow<'a, str>,
    /// Whether the customer called us.
    is_inbound: bool,
    /// Whether it is between two of our own.
    is_internal: bool,
    is_ended_by_caller: bool,
}

impl<'a> Event<'a> {
    /// Keeps a value among the attributes of the call.
    pub(crate) fn keep(&mut self, name: &'static str, value: impl Into<Kept<'a>>) {
        self.attributes.insert(Cow::Borrowed(name), value.into());
    }

    /// As [`Self::keep`], unless there is nothing in it.
    pub(crate) fn keep_node(&mut self, name: &'static str, node: &'a Node<'a>) {
        let is_empty = match node {
            Node::Null => true,
            Node::Text(text) => text.trim().is_empty(),
            Node::List(values) => values.is_empty(),
            Node::Object(entries) => entries.is_empty(),
            Node::Bool(_) | Node::Number(_) => false,
        };
        if !is_empty {
            self.keep(name, Kept::of(node));
        }
    }

    /// Of a call on a web page: its own id stands for the customer.
    pub(crate) fn without_number(&mut self) {
        if self.contact_id.is_none() {
            self.contact_id = Some(self.call.clone());
            self.assumed.push(Assumed::NoNumber);
        }
    }
}

/// What the events of a call, or of one leg of it, say so far.
pub type PartialCall = CallSoFar<'static>;

impl<'a> CallSoFar<'a> {
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
        self.voicebot.as_ref().map(|known| known.value.as_ref())
    }

    /// The name of [`Self::agent`], where the platform gives one.
    pub fn agent_name(&self) -> Option<&str> {
        self.attributes.get("voicebot_name").and_then(|known| known.value.as_str())
    }

    /// The campaign that the platform names.
    pub fn campaign(&self) -> Option<&str> {
        self.campaign.as_ref().map(|known| known.value.as_ref())
    }

    /// Which way the leg goes.
    pub fn direction(&self) -> Direction {
        let is = |known: &Option<Known<bool>>| known.as_ref().is_some_and(|known| known.value);
        match (is(&self.is_inbound), is(&self.is_internal)) {
            (true, _) => Direction::Inbound,
            (false, true) if self.is_machine => Direction::Voicemail,
            (false, true) => Direction::Internal,
            (false, false) => Direction::Outbound,
        }
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
            Ordering::Less => other.transcript,
            Ordering::Equal => Known::later(self.transcript.take(), other.transcript),
            Ordering::Greater => self.transcript.take(),
        };
        for (name, value) in other.attributes {
            let before = self.attributes.remove(&name);
            if (before.is_some() || self.attributes.0.len() < MOST_ATTRIBUTES)
                && let Some(value) = Known::later(before, Some(value))
            {
                self.attributes.insert(name, value);
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
            is_inbound,
            is_internal
        );
        for (name, value) in other.attributes {
            if self.attributes.get(&name).is_none() {
                self.attributes.insert(name, value);
            }
        }
    }

    /// Whether two that have one id cannot be one call, since one began after the other had ended; then which is later.
    fn is_beside(&self, other: &Self) -> Option<bool> {
        let span = |call: &Self| Some((call.dialed_at?, call.ended_at.as_ref()?.value));
        let ((start, end), (other_start, other_end)) = (span(self)?, span(other)?);
        (end < other_start || other_end < start).then_some(start < other_start)
    }

    fn end(&mut self, order: Order, ending: Ending, word: Option<(&'static str, Cow<'a, str>)>) {
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
                self.unknown = Some(Known { order, value: (field.into(), word) });
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
                (Some(Known { value: (field, word), .. }), _) => Outcome::Unknown(field.to_string(), word.to_string()),
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
