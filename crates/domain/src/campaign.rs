//! Campaigns and voicebots.

use serde::{Deserialize, Serialize};

use crate::{CampaignId, Day, Money, Rate, Timestamp, VoicebotId};

/// The bot that talks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Voicebot {
    /// The sender's id.
    pub id: VoicebotId,
    /// Its name, 1 to 300 characters.
    pub name: String,
}

/// Where a campaign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum CampaignState {
    /// Not begun.
    Scheduled,
    /// Calls are being made.
    Running,
    /// Halted; may go on.
    Paused,
    /// Ended.
    Completed,
}

impl CampaignState {
    /// All states in the order of the filter.
    pub const ALL: [Self; 4] = [Self::Running, Self::Paused, Self::Scheduled, Self::Completed];

    /// The word in URLs, JSON and the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Completed => "completed",
        }
    }

    /// The one whose [`Self::word`] this is; none for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// One voicebot calling one list of customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Campaign {
    /// The sender's id.
    pub id: CampaignId,
    /// Its name, 1 to 300 characters.
    pub name: String,
    /// The voicebot that calls.
    pub voicebot: Voicebot,
    /// Where it stands.
    pub state: CampaignState,
    /// When calling began, if known.
    pub started_at: Option<Timestamp>,
    /// When it was completed.
    pub completed_at: Option<Timestamp>,
    /// Who receives its report; empty: the account's recipients.
    pub report_emails: Vec<String>,
    /// Its own tariff, if it has one.
    pub tariff: Option<crate::Tariff>,
    /// What it was set to do, if anybody has said.
    pub plan: Option<crate::Plan>,
}

/// A row of the campaign list. Every figure is that of the campaign's report over the whole campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CampaignSummary {
    /// As its sender put it.
    #[serde(flatten)]
    pub campaign: Campaign,
    /// Customers on the list.
    pub customers: u64,
    /// Customers with at least one finished call.
    pub dialled: u64,
    /// Customers reached ÷ customers on the list.
    pub contact_rate: Rate,
    /// Finished calls.
    pub calls: u64,
    /// Answered calls ÷ finished calls.
    pub answer_rate: Rate,
    /// Blocks charged, of finished calls.
    pub blocks: i64,
    /// What finished calls cost, in micro-units of the account's currency.
    pub cost: Money,
    /// Local days of the first and of the last finished call.
    pub first_day: Option<Day>,
    /// See `first_day`.
    pub last_day: Option<Day>,
}
