//! Calls whose legs stand in several files: see [`crate::parts`]. Of legs that do not say whose they are, the one that began first is the
//! caller's, in whatever file it stands. So the record of such a call remembers what became of that leg, for one that began even earlier may be read later.

use std::cmp::Reverse;

use domain::{CallRecord, Code, HangupBy, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    legs::LegOutcome,
    parts::{self, CUSTOMER, News, PartRank, SIDE, TimesOf, news, side, talked},
};

/// In [`SIDE`]: the caller's leg, which says nothing where the customer's is known.
pub(crate) const CALLER: &str = "caller";
/// The attribute with the leg that is taken for the caller's because it began first.
pub(crate) const FIRST: &str = "first_leg";

/// What became of that leg.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FirstLeg {
    pub(crate) dialed_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answered_at: Option<Timestamp>,
    pub(crate) ended_at: Timestamp,
    pub(crate) result_code: Code,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hangup_by: Option<HangupBy>,
}

impl FirstLeg {
    /// As an attribute.
    pub(crate) fn written(&self) -> Option<Value> {
        serde_json::to_value(self).ok()
    }

    fn of(record: &CallRecord) -> Option<Self> {
        Some(Self {
            dialed_at: record.dialed_at,
            answered_at: record.answered_at,
            ended_at: record.ended_at?,
            result_code: record.result_code.clone()?,
            cause: record.cause.clone(),
            hangup_by: record.hangup_by,
        })
    }

    /// The one that a record remembers.
    fn kept_in(record: &CallRecord) -> Option<Self> {
        Self::deserialize(record.attributes.as_ref()?.get(FIRST)?).ok()
    }

    /// The record of the leg alone, with what is known of the call besides.
    fn record(self, call: &CallRecord) -> CallRecord {
        CallRecord {
            dialed_at: self.dialed_at,
            answered_at: self.answered_at,
            ended_at: Some(self.ended_at),
            result_code: Some(self.result_code),
            cause: self.cause,
            hangup_by: self.hangup_by,
            ..call.clone()
        }
    }
}

/// What is to be stored of a call that is stored already; see `Format::with_stored`.
pub(crate) fn with_stored(stored: &CallRecord, read: CallRecord) -> Option<CallRecord> {
    parts::with_stored(stored, read, TimesOf::DecidingRows, standing)
}

/// How well a record knows how its call ended, whatever another one says.
pub(crate) fn standing(record: &CallRecord, _: &CallRecord) -> PartRank<impl Ord + use<>> {
    let whose = match side(record) {
        // What a leg says of itself is more than what follows from the order of legs.
        CUSTOMER if record.attributes.iter().all(|attributes| !attributes.contains_key(FIRST)) => 3,
        CUSTOMER => 2,
        CALLER => 0,
        _ => 1,
    };
    let outcome = LegOutcome::of_code(record.result_code.as_ref().map_or("", Code::as_str));
    PartRank { whose, among_equals: (Reverse(outcome), talked(record)) }
}

/// As [`with_stored`], of a system whose legs are told apart by their order.
pub(crate) fn with_stored_in_order(stored: &CallRecord, read: CallRecord) -> Option<CallRecord> {
    match news(stored, &read) {
        News::Whole => return Some(read),
        News::None => return None,
        News::Part => {}
    }
    let is_said = |record: &CallRecord| side(record) == CUSTOMER && FirstLeg::kept_in(record).is_none();
    let are_callers = [stored, &read].into_iter().all(|record| side(record) == CALLER);
    if is_said(stored) || is_said(&read) || are_callers {
        let mut joined = parts::joined(stored, read, TimesOf::DecidingRows, standing);
        // Which leg began first matters no more.
        if let Some(attributes) = &mut joined.attributes {
            attributes.remove(FIRST);
        }
        return Some(joined);
    }
    Some(in_order(stored, read))
}

/// One record of two whose legs do not say whose they are.
fn in_order(stored: &CallRecord, read: CallRecord) -> CallRecord {
    let campaign = read.campaign.clone();
    let (mut first_legs, mut others) = (Vec::new(), Vec::new());
    for record in [stored, &read] {
        match FirstLeg::kept_in(record) {
            Some(first) => {
                first_legs.push(first.record(record));
                others.push(record.clone());
            }
            None => first_legs.push(record.clone()),
        }
    }
    first_legs.sort_by_key(|leg| (leg.dialed_at, Reverse(leg.ended_at)));
    let mut first_legs = first_legs.into_iter();
    let first = first_legs.next().unwrap_or_else(|| read.clone());
    others.extend(first_legs.map(as_customers));
    let among = |whose: u8| move |record: &CallRecord, _: &CallRecord| PartRank { whose, ..standing(record, record) };
    let mut joined = others
        .into_iter()
        .reduce(|joined, other| parts::joined(&joined, other, TimesOf::DecidingRows, among(0)))
        .unwrap_or(read);
    // Of the caller's leg all but its end is of the call, too.
    let decides = |record: &CallRecord, other: &CallRecord| PartRank {
        whose: u8::from(record != &first),
        ..standing(record, other)
    };
    joined = parts::joined(&joined, first.clone(), TimesOf::DecidingRows, decides);
    joined.campaign = campaign;
    let attributes = joined.attributes.get_or_insert_default();
    attributes.insert(SIDE.to_owned(), CUSTOMER.into());
    attributes.extend(FirstLeg::of(&first).and_then(|first| first.written()).map(|first| (FIRST.to_owned(), first)));
    joined
}

/// The record of a leg that was taken for the caller's, as the customer's: the ends are swapped.
fn as_customers(mut leg: CallRecord) -> CallRecord {
    leg.hangup_by = leg.hangup_by.map(|who| match who {
        HangupBy::Customer => HangupBy::Bot,
        HangupBy::Bot => HangupBy::Customer,
        who => who,
    });
    leg
}
