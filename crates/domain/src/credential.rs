//! Credentials for servers that give recordings only to whom they know: each of one server's name, and sent to that alone.

use crate::InputError;

/// How a server is told who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// A user and a password (RFC 7617).
    Basic,
    /// A token (RFC 6750).
    Bearer,
    /// A header of a name of its own.
    Header,
}

impl Scheme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Basic, Self::Bearer, Self::Header];

    /// The word in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Bearer => "bearer",
            Self::Header => "header",
        }
    }

    /// The one whose [`Self::word`] this is; none for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.word() == word)
    }
}

/// A system whose recordings ask for credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vendor {
    /// The word in forms.
    pub word: &'static str,
    /// The server that its recordings are fetched from.
    pub host: &'static str,
    /// How that is told who asks.
    pub scheme: Scheme,
    /// The header, where it is one of its own.
    pub header: &'static str,
}

/// The vendors whose recordings are known to ask, each as its own documentation says: Twilio "HTTP Basic Auth on media URLs", Vapi
/// "Retrieve call artifacts", ElevenLabs "Get conversation audio", Exotel "Signed URL approach to access call recordings".
pub const VENDORS: [Vendor; 4] = [
    Vendor { word: "twilio", host: "api.twilio.com", scheme: Scheme::Basic, header: "" },
    Vendor { word: "vapi", host: VAPI, scheme: Scheme::Bearer, header: "" },
    Vendor { word: "elevenlabs", host: "api.elevenlabs.io", scheme: Scheme::Header, header: "xi-api-key" },
    Vendor { word: "exotel", host: "recordings.exotel.com", scheme: Scheme::Basic, header: "" },
];

/// Where Vapi gives recordings out to whoever has the key of the account.
pub const VAPI: &str = "api.vapi.ai";

/// The characters of a name in the DNS (RFC 1035).
const HOST_CHARS: usize = 253;

/// The name of a server as it is typed, perhaps with the rest of an address: in small letters, without scheme, port and path.
pub fn host(typed: &str) -> Result<String, InputError> {
    let typed = typed.trim();
    let rest = typed.split_once("://").map_or(typed, |(_, rest)| rest);
    let server = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // Whoever pastes an address with a password in it means more than its server.
    if server.contains('@') {
        return Err(InputError::NotAHost);
    }
    let name = server.split_once(':').map_or(server, |(name, _)| name).trim_end_matches('.').to_ascii_lowercase();
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if name.len() <= HOST_CHARS && name.split('.').all(is_label) { Ok(name) } else { Err(InputError::NotAHost) }
}

/// The name of a header as it is typed, in small letters. Those that say what a request is are not for credentials.
pub fn header(typed: &str) -> Result<String, InputError> {
    const NOT_OURS: [&str; 8] =
        ["host", "connection", "content-length", "transfer-encoding", "te", "upgrade", "range", "user-agent"];
    let name = typed.trim().to_ascii_lowercase();
    // A token of RFC 9110, 5.6.2.
    let is_token =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
    if is_token && !NOT_OURS.contains(&name.as_str()) { Ok(name) } else { Err(InputError::NotAHeader) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_the_name_alone() {
        for (typed, name) in [
            ("api.twilio.com", "api.twilio.com"),
            (" https://PBX.cty.vn:8443/rec?x=1 ", "pbx.cty.vn"),
            ("10.0.0.5", "10.0.0.5"),
            ("pbx", "pbx"),
            ("api.twilio.com.", "api.twilio.com"),
        ] {
            assert_eq!(host(typed), Ok(name.to_owned()), "{typed}");
        }
        for typed in [
            "",
            "https://",
            "a b",
            "ngườidùng@pbx",
            "user@pbx.vn",
            "https://user:secret@pbx.vn/",
            "*.twilio.com",
            "a..b",
            &"a.".repeat(200),
        ] {
            assert_eq!(host(typed), Err(InputError::NotAHost), "{typed}");
        }
        for vendor in VENDORS {
            assert_eq!(host(vendor.host).as_deref(), Ok(vendor.host));
            assert_eq!(vendor.scheme == Scheme::Header, header(vendor.header).is_ok(), "{}", vendor.word);
        }
    }

    #[test]
    fn a_header_is_one_that_says_who_asks() {
        assert_eq!(header("X-API-Key").as_deref(), Ok("x-api-key"));
        for typed in ["", "x api", "x:y", "Host", "content-length", "x\r\ny", "khoá"] {
            assert_eq!(header(typed), Err(InputError::NotAHeader), "{typed:?}");
        }
    }
}
