//! How each system shows that a webhook is its own, as it documents it. Comparisons take the same time whatever the guess, and
//! what carries a time is refused once it is old.
//!
//! | source | header | what is signed |
//! | --- | --- | --- |
//! | Vapi (docs.vapi.ai, server authentication) | `x-vapi-signature`, hex; or `x-vapi-secret` or a bearer token, the secret itself | the body, after `x-vapi-timestamp` and a dot where that is sent |
//! | Retell (docs.retellai.com, secure webhook) | `x-retell-signature: v=ms,d=hex` | body and `v` |
//! | Bland (docs.bland.ai, webhook signing) | `x-webhook-signature`, hex | the body |
//! | ElevenLabs (elevenlabs.io, webhooks) | `elevenlabs-signature: t=s,v0=hex` | `t`, a dot, the body |
//! | Twilio (twilio.com, usage/security) | `x-twilio-signature`, base64 of HMAC-SHA1 | address and form, or address with the body's hash in it |
//! | Telnyx (developers.telnyx.com, receiving webhooks) | `telnyx-signature-ed25519`, base64, and `telnyx-timestamp` | time, a bar, the body |
//! | Stringee (stringeecom/server-samples) | `x-stringee-signature`, base64 of HMAC-SHA1 | the body |
//! | others | `x-ringside-secret` or a bearer token, the secret itself | – |

use axum::http::HeaderMap;
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use domain::{HookSource, Timestamp};
use ring::{
    hmac::{self, HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256, Key},
    signature::{ED25519, UnparsedPublicKey},
};
use sha2::{Digest, Sha256};

/// How old a signature may be, or how far ahead, unless a system says otherwise, ms.
const WINDOW_MS: u64 = 5 * 60 * 1_000;
/// ElevenLabs documents half an hour.
const ELEVENLABS_WINDOW_MS: u64 = 30 * 60 * 1_000;

/// Padding is left to the sender.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A webhook as it came.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub headers: &'a HeaderMap,
    /// The address that its sender has, such as `https://calls.example.com/hooks/KEY/twilio?a=1`.
    pub url: &'a str,
    pub body: &'a [u8],
    /// When it came.
    pub at: Timestamp,
}

/// Why a webhook is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It has no signature.
    Missing,
    /// It was signed by somebody else, or changed on the way.
    Wrong,
    /// It is right, and too old.
    Old,
    /// It is right, and from a time that has not come.
    Ahead,
}

impl Refusal {
    /// The word in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Wrong => "wrong",
            Self::Old => "old",
            Self::Ahead => "ahead",
        }
    }
}

/// Whether a webhook was signed by the secret that its address has.
///
/// # Errors
/// Says why it is refused.
pub fn check(source: HookSource, secret: &str, request: &Request<'_>) -> Result<(), Refusal> {
    match source {
        HookSource::Vapi => vapi(secret, request),
        HookSource::Retell => retell(secret, request),
        HookSource::Bland => {
            let tag = hex(request.header("x-webhook-signature")?)?;
            verify(HMAC_SHA256, secret, &[request.body], &tag)
        }
        HookSource::ElevenLabs => elevenlabs(secret, request),
        HookSource::Twilio => twilio(secret, request),
        HookSource::Telnyx => telnyx(secret, request),
        HookSource::Stringee => {
            let tag = base64(request.header("x-stringee-signature")?)?;
            verify(HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret, &[request.body], &tag)
        }
        HookSource::OmiCall | HookSource::Tel4Vn | HookSource::Dograh | HookSource::Generic => {
            let given = request.header("x-ringside-secret").or_else(|_| request.bearer())?;
            is_secret(secret, given)
        }
    }
}

impl<'a> Request<'a> {
    fn header(&self, name: &str) -> Result<&'a str, Refusal> {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.map(str::trim).filter(|value| !value.is_empty()).ok_or(Refusal::Missing)
    }

    fn bearer(&self) -> Result<&'a str, Refusal> {
        let (scheme, token) = self.header("authorization")?.split_once(' ').ok_or(Refusal::Missing)?;
        if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(Refusal::Missing) }
    }

    /// Whether a time of a signature is near; `unit_ms` is what it counts.
    fn is_fresh(&self, time: &str, unit_ms: i64, window_ms: u64) -> Result<(), Refusal> {
        let at = time.parse::<i64>().ok().and_then(|at| at.checked_mul(unit_ms)).ok_or(Refusal::Wrong)?;
        match self.at.0.abs_diff(at) <= window_ms {
            true => Ok(()),
            false if at > self.at.0 => Err(Refusal::Ahead),
            false => Err(Refusal::Old),
        }
    }
}

/// Compares an HMAC of some parts, one after the other.
fn verify(by: hmac::Algorithm, secret: &str, parts: &[&[u8]], tag: &[u8]) -> Result<(), Refusal> {
    let key = Key::new(by, secret.as_bytes());
    hmac::verify(&key, &parts.concat(), tag).map_err(|_| Refusal::Wrong)
}

/// Compares a secret by HMACs of both, which takes the same time whatever the guess.
fn is_secret(secret: &str, given: &str) -> Result<(), Refusal> {
    let key = Key::new(HMAC_SHA256, b"comparison");
    let tag = hmac::sign(&key, secret.as_bytes());
    hmac::verify(&key, given.as_bytes(), tag.as_ref()).map_err(|_| Refusal::Wrong)
}

/// Hexadecimal digits, perhaps after `sha256=`.
fn hex(text: &str) -> Result<Vec<u8>, Refusal> {
    let text = text.strip_prefix("sha256=").unwrap_or(text);
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return Err(Refusal::Wrong);
    }
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| Refusal::Wrong);
    (0..text.len()).step_by(2).map(byte).collect()
}

fn base64(text: &str) -> Result<Vec<u8>, Refusal> {
    BASE64.decode(text).map_err(|_| Refusal::Wrong)
}

/// A part of `a=…,b=…`.
fn part<'a>(text: &'a str, name: &str) -> Result<&'a str, Refusal> {
    let mut parts = text.split(',').filter_map(|part| part.trim().split_once('='));
    parts.find(|(known, _)| *known == name).map(|(_, value)| value).ok_or(Refusal::Wrong)
}

fn vapi(secret: &str, request: &Request<'_>) -> Result<(), Refusal> {
    let Ok(signature) = request.header("x-vapi-signature") else {
        let given = request.header("x-vapi-secret").or_else(|_| request.bearer())?;
        return is_secret(secret, given);
    };
    let tag = hex(signature)?;
    let Ok(time) = request.header("x-vapi-timestamp") else {
        return verify(HMAC_SHA256, secret, &[request.body], &tag);
    };
    verify(HMAC_SHA256, secret, &[time.as_bytes(), b".", request.body], &tag)?;
    // Its credentials say whether the time is in seconds or in milliseconds; by then one has 13 digits.
    request.is_fresh(time, if time.len() > 11 { 1 } else { 1_000 }, WINDOW_MS)
}

fn retell(secret: &str, request: &Request<'_>) -> Result<(), Refusal> {
    let signature = request.header("x-retell-signature")?;
    let (time, tag) = (part(signature, "v")?, hex(part(signature, "d")?)?);
    verify(HMAC_SHA256, secret, &[request.body, time.as_bytes()], &tag)?;
    request.is_fresh(time, 1, WINDOW_MS)
}

fn elevenlabs(secret: &str, request: &Request<'_>) -> Result<(), Refusal> {
    let signature = request.header("elevenlabs-signature")?;
    let (time, tag) = (part(signature, "t")?, hex(part(signature, "v0")?)?);
    verify(HMAC_SHA256, secret, &[time.as_bytes(), b".", request.body], &tag)?;
    request.is_fresh(time, 1_000, ELEVENLABS_WINDOW_MS)
}

fn telnyx(public_key: &str, request: &Request<'_>) -> Result<(), Refusal> {
    let signature = base64(request.header("telnyx-signature-ed25519")?)?;
    let time = request.header("telnyx-timestamp")?;
    let signed = [time.as_bytes(), b"|", request.body].concat();
    let key = UnparsedPublicKey::new(&ED25519, base64(public_key)?);
    key.verify(&signed, &signature).map_err(|_| Refusal::Wrong)?;
    request.is_fresh(time, 1_000, WINDOW_MS)
}

/// The address and the fields of the form, sorted by name. Of a body that is no form the address holds the hash. Some of its
/// servers sign the address with the port of its scheme, some without.
fn twilio(secret: &str, request: &Request<'_>) -> Result<(), Refusal> {
    let tag = base64(request.header("x-twilio-signature")?)?;
    let settings = request.header("x-twilio-webhooks-signature-settings").unwrap_or_default();
    let by = if settings.contains("HMAC_SHA256") { HMAC_SHA256 } else { HMAC_SHA1_FOR_LEGACY_USE_ONLY };
    let query = request.url.split_once('?').map_or("", |(_, query)| query);
    let mut in_query = form_urlencoded::parse(query.as_bytes());
    let mut fields = String::new();
    if let Some((_, hash)) = in_query.find(|(name, _)| name == "bodySHA256") {
        let digest = Sha256::digest(request.body);
        if hex(&hash)? != digest.as_slice() {
            return Err(Refusal::Wrong);
        }
    } else {
        let mut pairs: Vec<(String, String)> = form_urlencoded::parse(request.body).into_owned().collect();
        pairs.sort();
        // It sends nothing twice, and signs once what others do.
        pairs.dedup();
        fields = pairs.into_iter().flat_map(|(name, value)| [name, value]).collect();
    }
    let checked =
        addresses(request.url).into_iter().map(|url| verify(by, secret, &[url.as_bytes(), fields.as_bytes()], &tag));
    checked.reduce(Result::or).unwrap_or(Err(Refusal::Wrong))
}

/// An address without and with the port of its scheme.
fn addresses(url: &str) -> Vec<String> {
    let Some((scheme, rest)) = url.split_once("://") else { return vec![url.to_owned()] };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let port = if scheme == "https" { ":443" } else { ":80" };
    let bare = host.strip_suffix(port).unwrap_or(host);
    let mut all = vec![format!("{scheme}://{bare}{path}")];
    if !bare.contains(':') {
        all.push(format!("{scheme}://{bare}{port}{path}"));
    }
    all
}

#[cfg(test)]
mod tests;
