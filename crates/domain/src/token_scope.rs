//! What an API token may do.

use serde::{Deserialize, Serialize};

/// One thing that a token may do. A token has some of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum TokenScope {
    /// Sends in campaigns, customers, calls, files and recordings.
    Write,
    /// Reads campaigns, reports, calls and customers.
    Read,
    /// Gets recordings.
    Audio,
    /// Manages people, tokens, result codes, tariffs and recipients.
    Manage,
}

impl TokenScope {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Write, Self::Read, Self::Audio, Self::Manage];
    /// What a token may do unless somebody says otherwise: all but managing.
    pub const USUAL: [Self; 3] = [Self::Write, Self::Read, Self::Audio];

    /// The word in commands, JSON and the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Read => "read",
            Self::Audio => "audio",
            Self::Manage => "manage",
        }
    }

    /// The one whose [`Self::word`] this is; none for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }
}
