//! Accounts and the roles of their users.

use serde::{Deserialize, Serialize};

use crate::{Country, Sight};
#[cfg(feature = "zones")]
use crate::{Currency, Language, histogram::ShortCall, time::Zone};

/// A customer organisation; owns everything below it.
#[cfg(feature = "zones")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its number in the database, never shown.
    pub id: i64,
    /// What its people call it.
    pub name: String,
    /// What whoever runs the service calls it; unique, and `--account` takes it. The same unless its people changed theirs.
    pub registered: String,
    /// The zone of its days and hours; it stays once there are calls.
    pub zone: Zone,
    /// The currency of its tariffs and costs.
    pub currency: Currency,
    /// Where its customers are: how numbers are read that name no country.
    pub country: Country,
    /// The language of its mails and of pages before a user chose one.
    pub language: Language,
    /// From how long on a call is no short one.
    pub short_call: ShortCall,
    /// Whether stored calls are being priced again: costs and blocks go on changing until that is done.
    pub pricing_again: bool,
    /// Whether neither the account nor a campaign of it has a tariff with a price: that costs are 0 says nothing of the calls.
    pub without_price: bool,
}

/// What a user may do. Each role may do all that the ones after it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything, tokens and users too.
    Owner,
    /// Changes campaigns, codes and tariffs.
    Manager,
    /// Reads, without the digits that tell whose a number is.
    Viewer,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Manager, Self::Viewer];

    /// The word in commands and the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Viewer => "viewer",
        }
    }

    /// The one whose [`Self::word`] this is; none for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether this role may do what `needed` may.
    pub fn may(self, needed: Self) -> bool {
        (self as u8) <= (needed as u8)
    }

    /// What this role may see of customers' phone numbers, in an account of this country.
    pub fn sight(self, country: Country) -> Sight {
        if self.may(Self::Manager) { Sight::Whole } else { Sight::Masked(country) }
    }
}
