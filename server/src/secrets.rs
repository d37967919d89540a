//! Secrets that people and programs carry: session cookies, API tokens, links to set a password.
//!
//! Their text is `{prefix}{account}.{43 characters}`: the account makes the look-up one key, the rest is 32 random
//! bytes. Only their SHA-256 is stored; that needs no salt and no slow hash, because nobody can guess 256 bits. The
//! look-up by hash also makes the comparison take the same time whatever the guess.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// What an API token begins with, so that people and secret scanners recognise it.
pub const TOKEN_PREFIX: &str = "rs_";
/// Cookies and links carry no prefix.
pub const NO_PREFIX: &str = "";

/// A new secret: the text is given out once, the hash is stored.
#[derive(Debug)]
pub struct Secret {
    /// What its holder shows.
    pub text: String,
    /// What is stored.
    pub hash: [u8; 32],
}

/// The operating system's random bytes.
///
/// # Panics
/// Where the operating system has none: nothing safe can be done then.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// Random bytes as text that fits a URL or a file name.
pub fn random_text<const N: usize>() -> String {
    URL_SAFE_NO_PAD.encode(random::<N>())
}

/// Makes a secret of an account.
pub fn make(prefix: &str, account: i64) -> Secret {
    of_bytes(prefix, account, &random())
}

/// The secret of an account that these bytes make, which nobody else can know.
pub fn of_bytes(prefix: &str, account: i64, bytes: &[u8; 32]) -> Secret {
    let secret = URL_SAFE_NO_PAD.encode(bytes);
    Secret { hash: hash(&secret), text: format!("{prefix}{account}.{secret}") }
}

/// The account and the hash of a secret; `None` where the text cannot be one.
pub fn read(prefix: &str, text: &str) -> Option<(i64, [u8; 32])> {
    let (account, secret) = text.strip_prefix(prefix)?.split_once('.')?;
    let account = account.parse().ok().filter(|account| *account >= 0)?;
    (secret.len() == 43).then(|| (account, hash(secret)))
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_again_by_its_text_only() {
        let secret = make(TOKEN_PREFIX, 7);
        assert_eq!(read(TOKEN_PREFIX, &secret.text), Some((7, secret.hash)));
        assert_eq!(read(NO_PREFIX, &secret.text), None);
        let other = make(TOKEN_PREFIX, 7);
        assert_ne!(other.hash, secret.hash);
        for text in ["", "rs_", "rs_7", "rs_7.", "rs_x.y", &secret.text[..secret.text.len() - 1]] {
            assert_eq!(read(TOKEN_PREFIX, text), None, "{text}");
        }
    }
}
