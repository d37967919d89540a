//! A sign-in that a browser has begun: what its answer is measured by. The browser carries it, encrypted, so that any server of the
//! same key takes the answer; nothing is written before the provider has shown who comes.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{refusal::Refusal, signatures::CLOCKS_MS};
use crate::{
    sealing::{SealError, Sealer},
    secrets,
};

/// How long signing in at the provider may take, ms.
pub const LASTS_MS: i64 = 10 * 60 * 1_000;
/// In place of an account, so that no secret of one opens as this.
const NO_ACCOUNT: i64 = -1;

/// A sign-in that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// What the answer must repeat.
    pub state: String,
    /// What the ID token must repeat.
    pub nonce: String,
    /// What the code is exchanged with (PKCE).
    pub verifier: String,
    /// Where they go afterwards.
    pub to: String,
    /// When it was begun.
    pub at: Timestamp,
}

impl Begun {
    /// Begins now.
    pub fn new(to: &str, at: Timestamp) -> Self {
        let text = secrets::random_text::<32>;
        Self { state: text(), nonce: text(), verifier: text(), to: to.to_owned(), at }
    }

    /// As the browser carries it.
    pub fn seal(&self, sealer: &Sealer) -> Result<String, SealError> {
        let json = serde_json::to_string(self).unwrap_or_default();
        Ok(URL_SAFE_NO_PAD.encode(sealer.seal(NO_ACCOUNT, &json)?))
    }

    /// Reads what a browser brought together with an answer of this state.
    pub fn open(text: &str, sealer: &Sealer, state: &str, now: Timestamp) -> Result<Self, Refusal> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Refusal::NotBegun)?;
        let json = sealer.open(NO_ACCOUNT, &bytes).map_err(|_| Refusal::NotBegun)?;
        let begun: Self = serde_json::from_str(&json).map_err(|_| Refusal::NotBegun)?;
        // Hashes are compared: how far a guess was right cannot be told from the time.
        if Sha256::digest(&begun.state) != Sha256::digest(state) {
            return Err(Refusal::State);
        }
        if now.0 - begun.at.0 > LASTS_MS || now.0 < begun.at.0 - CLOCKS_MS {
            return Err(Refusal::TooOld);
        }
        Ok(begun)
    }

    /// By what it is known that it was used, and until when that must be known.
    pub fn used(&self) -> ([u8; 32], Timestamp) {
        let hash = Sha256::digest(format!("state {}", self.state)).into();
        (hash, Timestamp(self.at.0 + 2 * LASTS_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn sealer(key: &str) -> Sealer {
        Sealer::new(&Settings::read([("RINGSIDE_SECRET_KEY".to_owned(), key.to_owned())], "").unwrap())
    }

    #[test]
    fn an_answer_is_taken_in_time_by_the_browser_that_asked() {
        let at = Timestamp(1_795_334_400_000);
        let (own, other) =
            (sealer("a key of at least thirty-two letters"), sealer("another key of thirty-two letters, too"));
        let begun = Begun::new("/campaigns", at);
        let text = begun.seal(&own).unwrap();
        let later = |ms: i64| Timestamp(at.0 + ms);
        assert_eq!(Begun::open(&text, &own, &begun.state, later(LASTS_MS)).as_ref(), Ok(&begun));
        assert_eq!(Begun::open(&text, &own, &begun.state, later(LASTS_MS + 1)), Err(Refusal::TooOld));
        assert_eq!(Begun::open(&text, &own, &begun.state, later(-600_000)), Err(Refusal::TooOld));
        assert_eq!(Begun::open(&text, &own, &Begun::new("/", at).state, at), Err(Refusal::State));
        assert_eq!(Begun::open(&text, &other, &begun.state, at), Err(Refusal::NotBegun));
        for text in ["", "x", "A".repeat(200).as_str(), &text[1..]] {
            assert_eq!(Begun::open(text, &own, &begun.state, at), Err(Refusal::NotBegun), "{text}");
        }
        // A secret of an account is not one.
        let json = serde_json::to_string(&begun).unwrap();
        let of_an_account = URL_SAFE_NO_PAD.encode(own.seal(1, &json).unwrap());
        assert_eq!(Begun::open(&of_an_account, &own, &begun.state, at), Err(Refusal::NotBegun));
    }
}
