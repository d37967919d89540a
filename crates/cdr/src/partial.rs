//! What is known of a call whose events come one by one: a later event adds what it knows and takes nothing away, in
//! whatever order they arrive.

use std::{borrow::Cow, cmp::Ordering};

use domain::{HangupBy, TranscriptLine};
use serde::{Deserialize, Serialize};

use crate::{
    assumed::Assumed,
    ending::{Ending, Unanswered},
    known::{Borrowing, Kept, Known, Named, Order},
    node::Node,
    packed::packed_sparse,
    source::Direction,
};

/// The most attributes that are kept of a call.
const MOST_ATTRIBUTES: usize = 90;

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

        packed_sparse!(CallSoFar<'a> {
            call, leg, is_machine, is_ongoing, attributes, assumed;
            dialed_at, answered_at, first_event, last_event, answered, if_answered, unanswered, not_dialled, unknown, transcript,
            $($name),+
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
        !matches!(self.outcome(), CallOutcome::Unsaid | CallOutcome::Ongoing)
    }

    /// Whether another event may tell how the call ended, or that it was answered after all.
    pub(crate) fn is_open(&self) -> bool {
        match self.outcome() {
            CallOutcome::Ongoing | CallOutcome::Unsaid => true,
            CallOutcome::Unanswered(_) => self.unanswered.is_none(),
            _ => false,
        }
    }

    /// Whether something says who was called.
    pub(crate) fn says_whom(&self) -> bool {
        self.phone.is_some() || self.contact_id.is_some() || self.caller.is_some() || self.callee.is_some()
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
            if (before.is_some() || self.attributes.len() < MOST_ATTRIBUTES)
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
    pub(crate) fn outcome(&self) -> CallOutcome {
        let answered = if self.is_machine { CallOutcome::Machine } else { CallOutcome::Answered };
        match (&self.unanswered, &self.answered, &self.if_answered) {
            (Some(why), Some(_), _) if !self.shows_an_answer() => CallOutcome::Unanswered(why.value),
            (_, Some(_), _) => answered,
            (None, None, Some(_)) if self.shows_an_answer() || self.is_machine => answered,
            (Some(why), None, _) | (None, None, Some(why)) => CallOutcome::Unanswered(why.value),
            (None, None, None) => match (&self.unknown, &self.not_dialled) {
                (Some(Known { value: (field, word), .. }), _) => {
                    CallOutcome::Unknown(field.to_string(), word.to_string())
                }
                (None, Some(_)) => CallOutcome::NotDialled,
                _ if self.is_ongoing || self.is_machine => CallOutcome::Ongoing,
                _ => CallOutcome::Unsaid,
            },
        }
    }
}

/// How a call ended; the better one comes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CallOutcome {
    Answered,
    Machine,
    Unanswered(Unanswered),
    /// The field and the word that nobody knows.
    Unknown(String, String),
    Ongoing,
    NotDialled,
    Unsaid,
}
