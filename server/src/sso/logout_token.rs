//! A message of the provider that somebody signed out there (OpenID Connect Back-Channel Logout 1.0, §2.4 and §2.6).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Timestamp;
use openidconnect::{
    JsonWebKey, JwsSigningAlgorithm,
    core::{CoreJsonWebKey, CoreJsonWebKeySet, CoreJsonWebKeyType, CoreJsonWebKeyUse, CoreJwsSigningAlgorithm},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{
    refusal::Refusal,
    signatures::{ALGORITHMS, CLOCKS_MS, MAX_SUBJECT, of_signature},
};
use crate::settings::OidcSettings;

/// How old a message may be, ms.
const MAX_AGE_MS: i64 = 10 * 60 * 1_000;
/// The longest message, in bytes.
const MAX_BYTES: usize = 16 * 1_024;
/// What such a message is about.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Whose sessions end: those of `sid`, or all of `subject`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedOut {
    /// What the provider calls them.
    pub subject: Option<String>,
    /// What it calls the session.
    pub sid: Option<String>,
    /// By what it is known that the message was read.
    pub hash: [u8; 32],
    /// Until when that must be known.
    pub until: Timestamp,
}

#[derive(Deserialize)]
struct Header {
    alg: CoreJwsSigningAlgorithm,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    iat: Seconds,
    exp: Option<Seconds>,
    jti: String,
    events: Map<String, Value>,
    sub: Option<String>,
    sid: Option<String>,
    nonce: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Seconds since 1970, which may have a part behind the point.
#[derive(Deserialize, Clone, Copy)]
struct Seconds(f64);

impl Seconds {
    fn ms(self) -> i64 {
        (self.0 * 1_000.0) as i64
    }
}

/// Checks a message by the keys of the provider: signature, issuer, audience, times, and that it is one of signing out.
pub(super) fn check(
    settings: &OidcSettings,
    keys: &CoreJsonWebKeySet,
    token: &str,
    now: Timestamp,
) -> Result<SignedOut, Refusal> {
    let payload = signed(keys, token)?;
    let Claims { iss, aud, iat, exp, jti, events, sub, sid, nonce } =
        serde_json::from_slice(&payload).map_err(|_| Refusal::NoLogout)?;
    if iss != settings.issuer {
        return Err(Refusal::Issuer);
    }
    let is_ours = match &aud {
        Audience::One(one) => *one == settings.client_id,
        Audience::Several(all) => all.contains(&settings.client_id),
    };
    if !is_ours {
        return Err(Refusal::Audience);
    }
    if exp.is_some_and(|at| at.ms() + CLOCKS_MS <= now.0) {
        return Err(Refusal::Expired);
    }
    let issued = iat.ms();
    if issued > now.0 + CLOCKS_MS || issued < now.0 - MAX_AGE_MS {
        return Err(Refusal::IssuedAt);
    }
    // An ID token, which has a nonce, must not do as such a message.
    let is_name = |name: &String| !name.is_empty() && name.len() <= MAX_SUBJECT && !name.chars().any(char::is_control);
    let names = [&sub, &sid, &Some(jti.clone())].into_iter().flatten().all(is_name);
    if nonce.is_some() || !events.get(EVENT).is_some_and(Value::is_object) || (sub.is_none() && sid.is_none()) || !names
    {
        return Err(Refusal::NoLogout);
    }
    let hash = Sha256::digest(format!("logout {iss} {jti}")).into();
    Ok(SignedOut { subject: sub, sid, hash, until: Timestamp(issued + MAX_AGE_MS + 2 * CLOCKS_MS) })
}

/// What a token says, where it is signed by a key of the provider's.
fn signed(keys: &CoreJsonWebKeySet, token: &str) -> Result<Vec<u8>, Refusal> {
    if token.len() > MAX_BYTES {
        return Err(Refusal::Form);
    }
    let (message, signature) = token.rsplit_once('.').ok_or(Refusal::Form)?;
    let (header, payload) = message.split_once('.').ok_or(Refusal::Form)?;
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Form);
    let Header { alg, kid, typ, crit } = serde_json::from_slice(&decoded(header)?).map_err(|_| Refusal::Algorithm)?;
    if alg == CoreJwsSigningAlgorithm::None {
        return Err(Refusal::Unsigned);
    }
    if !ALGORITHMS.contains(&alg) {
        return Err(Refusal::Algorithm);
    }
    let is_kind = typ.is_none_or(|typ| ["jwt", "logout+jwt"].contains(&typ.to_ascii_lowercase().as_str()));
    if crit.is_some() || !is_kind {
        return Err(Refusal::Form);
    }
    let signature = decoded(signature)?;
    let keys: Vec<&CoreJsonWebKey> = keys.keys().iter().filter(|key| may_sign(key, &alg, kid.as_deref())).collect();
    let mut wrong = Refusal::UnknownKey;
    for key in keys {
        match key.verify_signature(&alg, message.as_bytes(), &signature) {
            Ok(()) => return decoded(payload),
            Err(error) => wrong = of_signature(&error),
        }
    }
    Err(wrong)
}

fn may_sign(key: &CoreJsonWebKey, alg: &CoreJwsSigningAlgorithm, kid: Option<&str>) -> bool {
    let needed: Option<CoreJsonWebKeyType> = alg.key_type();
    let is_named = kid.is_none_or(|kid| key.key_id().is_some_and(|id| id.as_str() == kid));
    let signs = key.key_use().is_none_or(|usage| *usage == CoreJsonWebKeyUse::Signature);
    is_named && signs && needed.as_ref() == Some(key.key_type())
}
