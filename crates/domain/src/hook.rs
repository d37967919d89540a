//! Webhooks: the systems that tell of calls by them, and how each shows that a webhook is its own.

use crate::limits::ID_CHARS;

/// A system that sends webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HookSource {
    /// Vapi, which shows a secret that was chosen here.
    Vapi,
    /// Retell AI.
    Retell,
    /// Bland AI.
    Bland,
    /// ElevenLabs Agents.
    ElevenLabs,
    /// Twilio, whose bodies are forms.
    Twilio,
    /// Telnyx, which signs with its own private key (Ed25519): its public one is kept here.
    Telnyx,
    /// Stringee and StringeeX.
    Stringee,
    /// OMICall, and Sen Bac's switch.
    OmiCall,
    /// TEL4VN, which signs nothing: the secret itself is sent.
    Tel4Vn,
    /// Dograh, which signs nothing: the secret itself is sent.
    Dograh,
    /// Any other system, by a mapping of its fields.
    Generic,
}

/// Who chooses the secret that webhooks are signed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretOrigin {
    /// Whoever sets the webhook up: it may be made here.
    Chosen,
    /// The system: it is copied from there.
    Given,
}

impl HookSource {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 11] = [
        Self::Generic,
        Self::Vapi,
        Self::Retell,
        Self::Bland,
        Self::ElevenLabs,
        Self::Twilio,
        Self::Telnyx,
        Self::Stringee,
        Self::OmiCall,
        Self::Tel4Vn,
        Self::Dograh,
    ];

    /// The word in addresses and in the database. It is the one of the format of files, but for `generic`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Vapi => "vapi",
            Self::Retell => "retell",
            Self::Bland => "bland",
            Self::ElevenLabs => "elevenlabs",
            Self::Twilio => "twilio",
            Self::Telnyx => "telnyx",
            Self::Stringee => "stringee",
            Self::OmiCall => "omicall",
            Self::Tel4Vn => "tel4vn",
            Self::Dograh => "dograh",
            Self::Generic => "generic",
        }
    }

    /// The one whose [`Self::word`] this is; none for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.word() == word)
    }

    /// The name that people know.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vapi => "Vapi",
            Self::Retell => "Retell",
            Self::Bland => "Bland",
            Self::ElevenLabs => "ElevenLabs",
            Self::Twilio => "Twilio",
            Self::Telnyx => "Telnyx",
            Self::Stringee => "Stringee",
            Self::OmiCall => "OMICall",
            Self::Tel4Vn => "TEL4VN",
            Self::Dograh => "Dograh",
            Self::Generic => "Webhook",
        }
    }

    /// Who chooses the secret.
    pub fn secret_origin(self) -> SecretOrigin {
        match self {
            Self::Retell | Self::Bland | Self::ElevenLabs | Self::Twilio | Self::Telnyx | Self::Stringee => {
                SecretOrigin::Given
            }
            Self::Vapi | Self::OmiCall | Self::Tel4Vn | Self::Dograh | Self::Generic => SecretOrigin::Chosen,
        }
    }
}

/// The longest id of a call or agent of a system, in characters: with the system's word before it, it is an id of ours.
pub const HOOK_ID_CHARS: usize = ID_CHARS - 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_found_by_its_word() {
        for source in HookSource::ALL {
            assert_eq!(HookSource::from_word(source.word()), Some(source));
            assert!(source.word().len() < ID_CHARS - HOOK_ID_CHARS, "with a colon it fits before an id");
        }
        assert_eq!(HookSource::from_word("Vapi"), None);
    }
}
