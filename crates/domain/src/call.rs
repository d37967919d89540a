//! Calls: as a sender writes them ([`CallRecord`]), and as they are shown ([`Call`]).

mod record;
mod recording;

use serde::{Deserialize, Serialize};

pub use self::{
    record::{CallRecord, CheckedCall},
    recording::{Recording, RecordingFetchReason, RecordingFetchStatus},
};
use crate::{
    CallClass, CampaignId, Code, ContactId, Currency, Money, ShownContact, Timestamp, VoicebotId,
    own_dimension::ShownOwnValue,
    sight::{ShownAttributes, ShownCallId, ShownLine, ShownText},
};

/// Whom a call is for: `phone` or `id` or both.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ContactRef {
    /// The sender's id of the customer.
    #[serde(default)]
    pub id: Option<ContactId>,
    /// The number dialled, as the sender writes it.
    #[serde(default)]
    pub phone: Option<String>,
    /// What the customer is called, at most [`limits::NAME_CHARS`](crate::limits::NAME_CHARS) characters.
    #[serde(default)]
    pub name: Option<String>,
}

/// Who speaks a line of the transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum Speaker {
    /// The voicebot that called.
    Bot,
    /// Whoever was called.
    Customer,
}

/// What one side said until the other spoke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TranscriptLine {
    /// Milliseconds from the answer.
    pub at: i64,
    /// The side that speaks: voicebot or customer.
    pub speaker: Speaker,
    /// What is said, at most [`limits::TRANSCRIPT_LINE_CHARS`](crate::limits::TRANSCRIPT_LINE_CHARS) characters.
    pub text: String,
}

/// Who hung up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum HangupBy {
    /// Whoever was called.
    Customer,
    /// The voicebot that called.
    #[serde(alias = "voicebot")]
    Bot,
    /// The person whom the call was passed on to.
    Agent,
    /// The line or the platform.
    #[serde(alias = "network", alias = "platform")]
    System,
}

impl HangupBy {
    /// In the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Customer, Self::Bot, Self::Agent, Self::System];
    /// Why another word is refused.
    pub const WORDS: &str = "must be customer, bot, agent or system";

    /// The word in JSON and the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Bot => "bot",
            Self::Agent => "agent",
            Self::System => "system",
        }
    }

    /// The one whose [`Self::word`] this is; none for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|who| who.word() == word)
    }
}

/// Where a call's blocks and cost came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum PricedBy {
    /// Computed by the tariff in effect when it was dialled.
    Tariff,
    /// Given by the sender (blocks, cost or both).
    Sender,
}

/// A call as it is shown to one reader: what was sent plus what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Call {
    /// See [`CallRecord::id`].
    #[cfg_attr(feature = "schema", schema(value_type = crate::CallId))]
    pub id: ShownCallId,
    /// See [`CallRecord::campaign`].
    pub campaign: CampaignId,
    /// The voicebot that spoke.
    pub voicebot: VoicebotId,
    /// Whom it was for.
    pub contact: ShownContact,
    /// Which attempt it was.
    pub attempt: u32,
    /// When dialling began.
    pub dialed_at: Timestamp,
    /// When the customer answered.
    pub answered_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How it ended; none while in progress.
    pub result_code: Option<Code>,
    /// The class that follows from the code.
    pub class: Option<CallClass>,
    /// Talk time, ms.
    pub talk_time: i64,
    /// From dial start to the answer of a success call, ms.
    pub dial_time: Option<i64>,
    /// Replies of the bot, where known.
    pub bot_messages: Option<u32>,
    /// Who hung up.
    pub hangup_by: Option<HangupBy>,
    /// The switch's own cause, such as a Q.850 number or a SIP status, without the customer's number where that may not be seen.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub cause: Option<ShownText>,
    /// Blocks charged, by the tariff in effect when it was dialled or as the sender said; 0 while it goes on.
    pub blocks: i64,
    /// What was charged, in micro-units of `currency`; `priced_by` says by whom.
    pub cost: Money,
    /// Currency of the cost.
    pub currency: Currency,
    /// Where blocks and cost came from.
    pub priced_by: PricedBy,
    /// Where the sender keeps a recording.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub recording_url: Option<ShownText>,
    /// The recording stored here.
    pub recording: Option<Recording>,
    /// Whether somebody noted something on it.
    #[serde(skip)]
    pub is_noted: bool,
    /// What was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<TranscriptLine>>))]
    pub transcript: Option<Vec<ShownLine>>,
    /// What else the sender keeps with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<BTreeMap<String, serde_json::Value>>))]
    pub attributes: Option<ShownAttributes>,
    /// Where it stands in the account's own dimensions, those in which it has a value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub own: Vec<ShownOwnValue>,
}
