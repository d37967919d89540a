//! A customer on a campaign's list, and what became of them.

use serde::Serialize;

use crate::{Call, Money, ShownContact, Timestamp, filter::CustomerStanding};

/// One customer of a campaign, as shown to one reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Customer {
    /// Who it is, as the reader may see them.
    #[serde(flatten)]
    pub contact: ShownContact,
    /// What became of them over the whole campaign: reached, tried or `never_dialled`.
    pub standing: CustomerStanding,
    /// The number of the latest attempt; 0 where there was none.
    pub attempts: u32,
    /// When the latest call was dialled, in progress or not.
    pub last_dialed_at: Option<Timestamp>,
    /// Finished calls to them.
    pub calls: u32,
    /// Σ cost of these calls, in micro-units of the account's currency.
    pub cost: Money,
    /// The latest call, in progress or not, without its transcript and attributes.
    pub latest: Option<Box<Call>>,
}
