//! Identifiers: the sender's own strings of 1 to 128 characters, unique within an account.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits::ID_CHARS;

/// Why a string is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The string is empty or only blanks.
    #[error("must not be empty")]
    Empty,
    /// The string is longer than [`ID_CHARS`].
    #[error("is longer than 128 characters")]
    TooLong,
    /// The string holds a control character (a line end or NUL among them).
    #[error("holds a control character")]
    Control,
}

fn check(text: &str) -> Result<(), IdError> {
    // As most are.
    if (1..=ID_CHARS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    if text.trim().is_empty() {
        Err(IdError::Empty)
    } else if text.chars().count() > ID_CHARS {
        Err(IdError::TooLong)
    } else if text.chars().any(char::is_control) {
        Err(IdError::Control)
    } else {
        Ok(())
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        pub struct $name(String);

        impl $name {
            /// Parses the sender's string; fails if it is empty, over 128 characters or holds a control character.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                check(&text)?;
                Ok(Self(text))
            }

            /// The sender's own string.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// The sender's id of a campaign, unique in its account.
    CampaignId
);
id!(
    /// The sender's id of a voicebot, unique in its account.
    VoicebotId
);
id!(
    /// One call (one attempt).
    CallId
);
id!(
    /// One customer on a campaign's list; unique within its campaign.
    ContactId
);
id!(
    /// A result code, as the sender writes it. `BS`, `NA` and `CU` are the system's own.
    Code
);

impl Code {
    /// A text that was sent in its place, unchecked: see [`crate::result_text`].
    pub(crate) fn of_text(text: &str) -> Self {
        Self(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_1_to_128_characters_without_control_characters() {
        assert_eq!(CallId::new(""), Err(IdError::Empty));
        assert_eq!(CallId::new("  "), Err(IdError::Empty));
        assert!(CallId::new("ễ".repeat(128)).is_ok());
        assert_eq!(CallId::new("a".repeat(129)), Err(IdError::TooLong));
        assert_eq!(CallId::new("a\nb"), Err(IdError::Control));
    }
}
