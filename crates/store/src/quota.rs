//! What of an account the operator may bound.

/// What a quota bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quota {
    /// Calls that begin in a month.
    Calls,
    /// Bytes of recordings that are kept.
    Recordings,
    /// People who belong to the account or are invited.
    People,
}

impl Quota {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Calls, Self::Recordings, Self::People];

    /// The word in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Recordings => "recordings",
            Self::People => "people",
        }
    }

    /// The one whose [`Self::word`] this is; none for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|quota| quota.word() == word)
    }
}
