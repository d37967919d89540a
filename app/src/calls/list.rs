//! What the server tells the page about calls: texts as they are shown, so that the browser carries no time zones,
//! masks nothing (a masked number never leaves the server) and formats nothing twice.

use domain::{CallClass, CallId, CampaignId, Code};
use serde::{Deserialize, Serialize};

/// How a call stands: a class, or still in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Standing {
    Ended(CallClass),
    InProgress,
}

impl Standing {
    /// The tone of badges and tags.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Ended(CallClass::Success) => "is-success",
            Self::Ended(CallClass::Failed) => "is-failed",
            Self::Ended(CallClass::Error) => "is-error",
            Self::InProgress => "is-accent",
        }
    }
}

/// A result code with its label.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CodeShown {
    pub code: Code,
    /// Its label in the reader's language; the code itself where nobody has defined it.
    pub label: String,
    pub class: CallClass,
    /// Whether the account has defined it.
    pub defined: bool,
}

impl CodeShown {
    /// The tone of its tag: that of its class, amber where nobody has defined it.
    pub fn tone(&self) -> &'static str {
        if self.defined { Standing::Ended(self.class).tone() } else { "is-failed" }
    }
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CallRow {
    pub id: CallId,
    /// Local time of the dial start.
    pub time: String,
    pub day: String,
    /// Whether the period says the day already.
    pub is_day_known: bool,
    /// The campaign's name, where the list is of several.
    pub campaign: Option<String>,
    pub name: Option<String>,
    /// The customer's number, masked where the role asks for it.
    pub phone: Option<String>,
    pub attempt: u32,
    pub standing: Standing,
    /// Its code; none while in progress.
    pub code: Option<CodeShown>,
    /// From dial start to the answer, or to the end where nobody answered.
    pub ring: Option<String>,
    /// Talk time; none where nobody talked.
    pub talk: Option<String>,
    /// Replies of the bot, where known.
    pub messages: Option<String>,
    /// Blocks; none while in progress.
    pub blocks: Option<String>,
    /// Cost; none while in progress.
    pub cost: Option<String>,
    /// Whether the cost is zero.
    pub is_free: bool,
    /// Who hung up, where known.
    pub hangup_by: Option<String>,
    /// Why it ended, in words, where known.
    pub cause: Option<String>,
    /// Its values of the account's own dimensions, with their names.
    pub own: Option<String>,
    /// Length of the stored recording in ms (0 where unknown); none without a recording.
    pub recording: Option<i64>,
    /// Whether somebody noted something on it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_noted: bool,
}

impl CallRow {
    /// Who the call was for, as far as is known.
    pub fn who(&self) -> Option<&str> {
        self.name.as_deref().or(self.phone.as_deref())
    }
}

/// What stands over the list. The server makes it whole: nothing of it changes but by another list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListHead {
    /// The campaign; none over the calls of the account.
    pub campaign: Option<CampaignId>,
    pub title: String,
    /// Head, tabs and period; of the account's calls: head and period.
    pub html: String,
    /// The address of the events to follow while the list may still change by itself.
    pub live: Option<String>,
}

/// A page of the list, and what stands around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallList {
    pub head: ListHead,
    /// The form that chooses columns.
    pub chooser: String,
    /// What was asked for, in the form of the address: while another list is read, this one is still shown.
    pub query: String,
    /// The calls of this page.
    pub rows: Vec<CallRow>,
    /// Calls that came since these rows were read, where they are kept as they are (`held.rs`).
    #[serde(skip)]
    pub waiting: Option<u64>,
    /// The cursor of the page before.
    pub previous: Option<String>,
    /// The cursor of the page after.
    pub next: Option<String>,
    /// Rows of a full page.
    pub page_size: u32,
    /// Over the whole filter.
    pub sums: Sums,
    /// Calls of the filter by how they stand, whatever standing it asks for; none while they are counted.
    pub standings: Option<StandingCounts>,
    /// What the form of the filters offers with the calls of each.
    pub choices: String,
    /// Who hung up in the calls that the filter asks for, in words.
    pub hangups: String,
    /// Why they ended.
    pub causes: String,
    /// The values of own dimensions that the filter asks for, in words.
    pub own: String,
    /// The names of the voicebots that the filter names.
    pub voicebots: String,
    /// Calls in the period without any other condition.
    pub calls_in_period: u64,
    /// The customer that the filter names.
    pub contact: Option<String>,
    /// Whether numbers are masked.
    pub masked: bool,
}

/// Sums over the whole filter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sums {
    /// Calls, finished or not; none while they are counted.
    pub calls: Option<u64>,
    /// The line over the table: the sums, or what asks for them.
    pub html: String,
}

/// Calls by how they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StandingCounts {
    pub all: u64,
    pub success: u64,
    pub failed: u64,
    pub error: u64,
    pub in_progress: u64,
}

/// A moment of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    pub icon: MomentKind,
    pub what: String,
    /// When, and how long it took.
    pub note: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MomentKind {
    Dialled,
    Answered,
    /// The bot spoke first.
    BotSpoke,
    Ended,
    /// It goes on.
    Live,
}

impl MomentKind {
    /// Its icon in the sprite.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Dialled => "phone-outgoing",
            Self::Answered => "phone",
            Self::BotSpoke => "bot",
            Self::Ended => "phone-off",
            Self::Live => "bell",
        }
    }
}

/// Another attempt to reach the same customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub id: CallId,
    /// Which attempt.
    pub number: u32,
    pub code: Option<CodeShown>,
    /// When it was dialled.
    pub when: String,
    /// Talk time; none where nobody talked.
    pub talk: Option<String>,
}

/// One line of the transcript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscriptTurn {
    /// Milliseconds from the answer.
    pub at: i64,
    /// The same, as it is shown.
    pub time: String,
    /// Whether the voicebot speaks.
    pub is_bot: bool,
    pub text: String,
}

/// A call as it is shown when its row is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedCall {
    /// Its row, for where it is not on the page.
    pub row: CallRow,
    /// Its campaign's page and name, where the list is of several campaigns.
    pub campaign: Option<(String, String)>,
    /// What happened when.
    pub moments: Vec<Moment>,
    /// All attempts to reach this customer, this one among them.
    pub attempts: Vec<Attempt>,
    /// What was said, where the sender gave it.
    pub transcript: Option<Vec<TranscriptTurn>>,
    /// How the cost came about: `55 giây → 2 block × 320 ₫`; none where nobody talked.
    pub charge: Option<Charge>,
    /// Whether the sender keeps a recording elsewhere.
    pub kept_by_sender: bool,
    /// Where fetching it from there stands, in words; none where it is not fetched.
    pub fetching: Option<String>,
    /// Whether the reader may have it tried again.
    pub may_fetch_again: bool,
    /// What people noted on it, as HTML.
    pub notes: String,
}

/// How a cost came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Talk time and blocks, with the price of each where the tariff gave it.
    pub steps: String,
    pub cost: String,
    /// Whether the sender gave blocks or cost.
    pub by_sender: bool,
}
