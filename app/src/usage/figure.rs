//! The figures of usage: their names and rules.

use domain::usage::UsageFigures;

use crate::Text;

/// The figures of usage, in the order of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    Sessions,
    Messages,
    DialTime,
    TalkTime,
    Calls,
    Cost,
}

impl Figure {
    pub const ALL: [Self; 6] =
        [Self::Sessions, Self::Messages, Self::DialTime, Self::TalkTime, Self::Calls, Self::Cost];

    /// Its value; `None` where it is not known.
    pub fn of(self, figures: &UsageFigures) -> Option<i64> {
        Some(match self {
            Self::Sessions => figures.sessions,
            Self::Messages => return figures.bot_messages,
            Self::DialTime => figures.dial_time,
            Self::TalkTime => figures.talk_time,
            Self::Calls => figures.calls as i64,
            Self::Cost => figures.cost.0,
        })
    }

    pub fn name(self, text: Text) -> &'static str {
        match self {
            Self::Sessions => text.sessions(),
            Self::Messages => text.messages(),
            Self::DialTime => text.dial_time(),
            Self::TalkTime => text.talk_time_answered(),
            Self::Calls => text.total_calls_column(),
            Self::Cost => text.cost_column(),
        }
    }

    /// Its rule in a sentence.
    pub fn rule(self, text: Text) -> &'static str {
        match self {
            Self::Sessions => text.rule_sessions(),
            Self::Messages => text.rule_usage_messages(),
            Self::DialTime => text.rule_dial_time(),
            Self::TalkTime => text.rule_usage_talk(),
            Self::Calls => text.rule_usage_calls(),
            Self::Cost => text.rule_usage_cost(),
        }
    }

    /// The figure of an [`Self::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|figure| figure.id() == id)
    }

    /// The id of its ⓘ, and its word in addresses.
    pub fn id(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Messages => "messages",
            Self::DialTime => "dial-time",
            Self::TalkTime => "talk-time",
            Self::Calls => "calls",
            Self::Cost => "cost",
        }
    }
}
