//! One customer's calls in order, and what follows from them: attempt numbers, the first success call, and whether the
//! customer was dialled, reached, talked to for over 30 s, and met the goal. Pure; ingest and `verify` both use it.

use std::collections::BTreeMap;

use domain::{CallClass, CodeMeanings, filter::TALKED_FROM};

use crate::meanings::CountingRules;

/// What is true of a customer on a day, or over the whole campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Flags(u8);

impl Flags {
    /// They had a finished call.
    pub(crate) const DIALLED: Self = Self(1);
    /// They had a call that counts as a success.
    pub(crate) const REACHED: Self = Self(2);
    /// A success call of more than 30 s: [`TALKED_FROM`].
    pub(crate) const TALKED: Self = Self(4);
    /// A call whose code is a goal.
    pub(crate) const GOAL: Self = Self(8);

    /// As a number of the database.
    pub(crate) fn bits(self) -> i64 {
        i64::from(self.0)
    }

    /// Of a number that [`Self::bits`] made; what stands beyond the four flags is left out.
    pub(crate) fn of_bits(bits: i64) -> Self {
        Self((bits & 15) as u8)
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn has(self, flag: Self) -> bool {
        self.0 & flag.0 == flag.0
    }
}

/// [`Flags`] in columns of their own.
#[derive(Debug, Clone, Copy, sqlx_macros::FromRow)]
// A customer has the columns that its table has.
#[allow(clippy::struct_excessive_bools)]
pub(crate) struct FlagColumns {
    pub(crate) dialled: bool,
    pub(crate) reached: bool,
    pub(crate) talked: bool,
    pub(crate) goal: bool,
}

impl From<FlagColumns> for Flags {
    fn from(columns: FlagColumns) -> Self {
        let FlagColumns { dialled, reached, talked, goal } = columns;
        let set = [(Self::DIALLED, dialled), (Self::REACHED, reached), (Self::TALKED, talked), (Self::GOAL, goal)];
        set.into_iter().filter(|(_, is)| *is).fold(Self::default(), |all, (flag, _)| all.with(flag))
    }
}

/// One row of `calls`, all that figures need of it and all that a list shows of it.
// A row has the columns that its table has.
#[allow(clippy::struct_excessive_bools)]
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub(crate) struct CustomerCall {
    pub campaign_key: i64,
    pub dialed_at: i64,
    pub call_key: i64,
    pub id: String,
    pub voicebot_key: i64,
    pub contact_no: i64,
    pub phone: Option<String>,
    pub attempt: i64,
    pub attempt_given: bool,
    pub answered_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub result_code: Option<String>,
    /// How the line ended, the index of [`CallClass::unless_changed`]; none while in progress.
    pub class: Option<i64>,
    pub talk_time: i64,
    pub dial_time: i64,
    pub ring_time: i64,
    pub bot_messages: Option<i64>,
    pub hangup_by: Option<String>,
    pub cause: Option<String>,
    pub blocks: i64,
    pub cost: i64,
    pub price_given: bool,
    pub recording_url: Option<String>,
    pub recorded: bool,
    pub newly_reached: bool,
    /// `newly_reached` by the other meaning of a code that is changed, where it is not the same.
    pub next_newly_reached: Option<bool>,
    pub day: i64,
    pub hour: i64,
    /// Of the local day.
    pub minute: i64,
    /// The code that the customer's call before it ended with; none where there is none, or nobody knows yet.
    pub redial_code: Option<String>,
    /// How many of the customer's calls had ended with it by then; 0 without one.
    pub redial_nth: i64,
    /// From the end of that call to this one's dial start, ms; 0 without one.
    pub redial_pause: i64,
    pub has_details: bool,
    /// Where it stands in the account's own dimensions, as [`domain::own_dimension::CallPlaces`] writes it.
    pub own_values: Option<String>,
    pub content_hash: Vec<u8>,
}

pub(crate) const CALL_COLUMNS: &str = "campaign_key, dialed_at, call_key, id, voicebot_key, contact_no, phone, attempt, \
     attempt_given, answered_at, ended_at, result_code, class, talk_time, dial_time, ring_time, bot_messages, \
     hangup_by, cause, blocks, cost, price_given, recording_url, recorded, newly_reached, next_newly_reached, day, hour, minute, \
     redial_code, redial_nth, redial_pause, has_details, \
     own_values, content_hash";

impl CustomerCall {
    /// Whether it connected and the customer answered, whatever its code counts as.
    pub(crate) fn is_answered(&self) -> bool {
        self.class == Some(0)
    }

    /// The class that its code has by a meaning; none while in progress.
    pub(crate) fn class_by(&self, meanings: &CodeMeanings) -> Option<CallClass> {
        self.result_code.as_deref().map(|code| meanings.class_of(code))
    }

    /// What this call alone makes true of its customer.
    pub(crate) fn flags(&self, meanings: &CodeMeanings) -> Flags {
        let success = self.class_by(meanings) == Some(CallClass::Success);
        let columns = FlagColumns {
            dialled: self.class.is_some(),
            reached: success,
            talked: success && self.talk_time >= TALKED_FROM,
            goal: self.result_code.as_ref().is_some_and(|code| meanings.is_goal(code)),
        };
        columns.into()
    }

    /// Takes what the other meaning says for what is true, once that is in force.
    pub(crate) fn settle(&mut self) {
        self.newly_reached = self.next_newly_reached.take().unwrap_or(self.newly_reached);
    }

    /// The order of a customer's calls.
    pub(crate) fn order(&self) -> (i64, i64) {
        (self.dialed_at, self.call_key)
    }
}

#[expect(clippy::struct_field_names, reason = "they are those of the columns")]
/// A customer's latest call as far as lists are in its order or go by it, in columns of its fields' names.
#[derive(Debug, Clone, PartialEq, Eq, Default, sqlx_macros::FromRow)]
pub(crate) struct LatestCall {
    /// Its dial start; 0 where there is none.
    pub latest_at: i64,
    pub latest_key: i64,
    pub latest_day: i64,
    /// '' while it is in progress.
    pub latest_code: String,
    pub latest_talk_time: i64,
    /// '' where nobody said.
    pub latest_hangup_by: String,
    /// When it ended; 0 while it is in progress.
    pub latest_ended_at: i64,
}

impl LatestCall {
    fn of(call: &CustomerCall) -> Self {
        Self {
            latest_at: call.dialed_at,
            latest_key: call.call_key,
            latest_day: call.day,
            latest_code: call.result_code.clone().unwrap_or_default(),
            latest_talk_time: call.talk_time,
            latest_hangup_by: call.hangup_by.clone().unwrap_or_default(),
            latest_ended_at: call.ended_at.unwrap_or(0),
        }
    }
}

/// How many of a customer's calls ended with each code; kept as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct EndedCodes(BTreeMap<String, i64>);

impl EndedCodes {
    fn count(&mut self, code: &str) {
        *self.0.entry(code.to_owned()).or_default() += 1;
    }

    fn of(&self, code: &str) -> i64 {
        self.0.get(code).copied().unwrap_or(0)
    }

    /// As it is stored.
    pub(crate) fn stored(&self) -> String {
        serde_json::json!(self.0).to_string()
    }

    /// Reads [`Self::stored`]; what is broken is none, which `verify` finds.
    pub(crate) fn read(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap_or_default())
    }
}

/// What follows from a customer's calls.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct TimelineStanding {
    /// Dial start of the latest call.
    pub last_dialed_at: Option<i64>,
    /// Attempt number of the latest call; 0 where there is none.
    pub last_attempt: i64,
    /// Finished calls.
    pub calls: i64,
    /// Cost of these calls, in micro-units.
    pub cost: i64,
    pub latest: LatestCall,
    /// How many calls ended with each code.
    pub ended: EndedCodes,
    /// Over the whole campaign.
    pub flags: Flags,
    /// `flags` by the other meaning of a code that is changed, where they are not the same.
    pub next: Option<Flags>,
}

/// What is true of a customer on a day: by the meanings in force, and by those that are prepared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct DayFlags {
    pub(crate) now: Flags,
    pub(crate) next: Flags,
}

impl DayFlags {
    /// What a call makes true.
    pub(crate) fn of(call: &CustomerCall, rules: CountingRules<'_>) -> Self {
        let now = call.flags(rules.now);
        Self { now, next: rules.next.map_or(now, |next| call.flags(next)) }
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self { now: self.now.with(other.now), next: self.next.with(other.next) }
    }
}

impl TimelineStanding {
    /// Takes the customer's next call (in the order of [`CustomerCall::order`]): numbers it, unless the sender did, and tells
    /// whether it is the first to reach the customer.
    pub(crate) fn take(&mut self, call: &mut CustomerCall, rules: CountingRules<'_>) {
        (call.redial_code, call.redial_nth, call.redial_pause) = match self.latest.latest_code.as_str() {
            "" => (None, 0, 0),
            code => {
                let pause = (call.dialed_at - self.latest.latest_ended_at).max(0);
                (Some(code.to_owned()), self.ended.of(code), pause)
            }
        };
        if let Some(code) = &call.result_code {
            self.ended.count(code);
        }
        if !call.attempt_given {
            call.attempt = self.last_attempt + 1;
        }
        let is_first = |before: Flags, own: Flags| own.has(Flags::REACHED) && !before.has(Flags::REACHED);
        let own = DayFlags::of(call, rules);
        let before = DayFlags { now: self.flags, next: self.next() };
        call.newly_reached = is_first(before.now, own.now);
        call.next_newly_reached = Some(is_first(before.next, own.next)).filter(|is| *is != call.newly_reached);
        self.last_attempt = call.attempt;
        self.last_dialed_at = Some(call.dialed_at);
        self.latest = LatestCall::of(call);
        self.calls += i64::from(call.class.is_some());
        self.cost += call.cost;
        let after = before.with(own);
        self.flags = after.now;
        self.next = Some(after.next).filter(|next| *next != after.now);
    }

    /// What is true over the whole campaign by the meanings that are prepared.
    pub(crate) fn next(&self) -> Flags {
        self.next.unwrap_or(self.flags)
    }

    /// Takes what the other meaning says for what is true, once that is in force.
    pub(crate) fn settle(&mut self) {
        self.flags = self.next.take().unwrap_or(self.flags);
    }
}

/// Walks all calls of one customer; sorts them, numbers them, and returns where the customer stands over the campaign
/// and on each day with a call.
pub(crate) fn walk(
    calls: &mut [CustomerCall],
    rules: CountingRules<'_>,
) -> (TimelineStanding, BTreeMap<i64, DayFlags>) {
    calls.sort_by_key(CustomerCall::order);
    let mut standing = TimelineStanding::default();
    let mut days = BTreeMap::<i64, DayFlags>::new();
    for call in calls {
        standing.take(call, rules);
        let day = days.entry(call.day).or_default();
        *day = day.with(DayFlags::of(call, rules));
    }
    (standing, days)
}
