//! The recording of a call: what is stored, and where the fetching of one from its address stands.

use serde::{Deserialize, Serialize};

/// Where the fetching of a recording from its address stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingFetchStatus {
    /// It is tried when it is due.
    Waiting,
    /// A recording is stored.
    Stored,
    /// It was given up.
    Failed,
}

impl RecordingFetchStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Stored, Self::Failed];

    /// The word in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Stored => "stored",
            Self::Failed => "failed",
        }
    }

    /// The one whose [`Self::word`] this is; none for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// What the last try to fetch a recording failed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingFetchReason {
    /// Its address is not of http or https.
    Address,
    /// Its server has no public address, and its network is not one that the operator names.
    Private,
    /// It is larger than a recording may be.
    TooLarge,
    /// It is redirected again and again.
    Redirects,
    /// The name of its server cannot be resolved.
    Name,
    /// The HTTP status of the answer.
    Status(u16),
    /// Its server cannot be reached, or stopped sending.
    Network,
    /// It did not come within the time that it may take.
    TooSlow,
    /// What came is a text, or nothing: perhaps it is not there yet.
    NotYet,
    /// What came is no recording that can be played.
    NotAudio,
    /// The credential for its server was encrypted by another key than this server has.
    Credential,
    /// The account has no room for it by its quota.
    OverQuota,
}

impl RecordingFetchReason {
    /// Those without a number, and their words in the database.
    const WORDS: [(Self, &'static str); 11] = [
        (Self::Address, "address"),
        (Self::Private, "private"),
        (Self::TooLarge, "too_large"),
        (Self::Redirects, "redirects"),
        (Self::Name, "name"),
        (Self::Network, "network"),
        (Self::TooSlow, "too_slow"),
        (Self::NotYet, "not_yet"),
        (Self::NotAudio, "not_audio"),
        (Self::Credential, "credential"),
        (Self::OverQuota, "over_quota"),
    ];

    /// The word in the database; a status is its number.
    pub fn word(self) -> String {
        match self {
            Self::Status(status) => status.to_string(),
            reason => Self::WORDS
                .iter()
                .find(|(known, _)| *known == reason)
                .map_or_else(String::new, |(_, word)| (*word).into()),
        }
    }

    /// The one whose [`Self::word`] this is; none for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        let known = Self::WORDS.iter().find(|(_, known)| *known == word).map(|(reason, _)| *reason);
        known.or_else(|| word.parse().ok().map(Self::Status))
    }

    /// Whether it may be there another time.
    pub fn may_pass(self) -> bool {
        !matches!(
            self,
            Self::Address | Self::Private | Self::TooLarge | Self::NotAudio | Self::Credential | Self::OverQuota
        )
    }
}

/// A stored recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Recording {
    /// The media type that fits what was sent.
    pub content_type: String,
    /// Its size.
    pub bytes: u64,
    /// Its length in milliseconds.
    pub duration: Option<i64>,
}
