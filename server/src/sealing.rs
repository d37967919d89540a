//! Secrets that must be read again (what webhooks are signed with, the keys in their addresses) are encrypted in the database by a
//! key that is not in it: `RINGSIDE_SECRET_KEY`, else a file beside an embedded database.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use sha2::{Digest, Sha256};

use crate::{secrets, settings::Settings};

/// The file beside an embedded database.
const FILE: &str = "secret.key";
/// What the key for [`Sealer::derive`] is made of.
const DERIVING: &[u8] = b"ringside derived secrets 1";

/// Encrypts and decrypts.
#[derive(Debug)]
pub struct Sealer {
    place: KeyPlace,
    key: OnceLock<[u8; 32]>,
}

#[derive(Debug)]
enum KeyPlace {
    Given([u8; 32]),
    File(PathBuf),
    Nowhere,
}

/// Why a secret cannot be encrypted or decrypted.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// There is no key, and no place for one.
    #[error("RINGSIDE_SECRET_KEY is not set, which a PostgreSQL database needs to keep secrets")]
    NoKey,
    /// The key's file cannot be read or written.
    #[error("the key for secrets {} cannot be used: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    /// It was encrypted by another key, or is broken.
    #[error("a secret was encrypted by another key than RINGSIDE_SECRET_KEY or secret.key")]
    OtherKey,
}

impl Sealer {
    /// By the settings. Nothing is read or written yet.
    pub fn new(settings: &Settings) -> Self {
        let place = match (&settings.secret_key, settings.database_url.strip_prefix("sqlite:")) {
            (Some(text), _) => KeyPlace::Given(Sha256::digest(text.as_bytes()).into()),
            (None, Some(file)) => {
                let file = file.trim_start_matches("//").split('?').next().unwrap_or_default();
                KeyPlace::File(Path::new(file).with_file_name(FILE))
            }
            (None, None) => KeyPlace::Nowhere,
        };
        Self { place, key: OnceLock::new() }
    }

    /// Encrypts a secret of an account.
    pub fn seal(&self, account: i64, secret: &str) -> Result<Vec<u8>, SealError> {
        let nonce = secrets::random::<NONCE_LEN>();
        let mut sealed = secret.as_bytes().to_vec();
        self.key(true)?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), of(account), &mut sealed)
            .map_err(|_| SealError::OtherKey)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts a secret of an account.
    pub fn open(&self, account: i64, sealed: &[u8]) -> Result<String, SealError> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN).ok_or(SealError::OtherKey)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::OtherKey)?;
        let mut opened = sealed.to_vec();
        let text = self.key(false)?.open_in_place(nonce, of(account), &mut opened).map_err(|_| SealError::OtherKey)?;
        String::from_utf8(text.to_vec()).map_err(|_| SealError::OtherKey)
    }

    /// Bytes that the same words of the same account always give, and that nobody can tell who lacks the key.
    pub fn derive(&self, account: i64, words: &str) -> Result<[u8; 32], SealError> {
        // A key of its own for this use.
        let own = sign(&self.bytes(true)?, DERIVING);
        Ok(sign(&own, format!("{account} {words}").as_bytes()))
    }

    fn key(&self, make: bool) -> Result<LessSafeKey, SealError> {
        // Keys of this length are always taken.
        UnboundKey::new(&CHACHA20_POLY1305, &self.bytes(make)?).map(LessSafeKey::new).map_err(|_| SealError::OtherKey)
    }

    /// The key. `make`: where its file is not there, it is made.
    fn bytes(&self, make: bool) -> Result<[u8; 32], SealError> {
        Ok(match (self.key.get(), &self.place) {
            (Some(key), _) | (None, KeyPlace::Given(key)) => *key,
            (None, KeyPlace::Nowhere) => return Err(SealError::NoKey),
            (None, KeyPlace::File(path)) => {
                let failed = |source| SealError::File { path: path.clone(), source };
                let key = match fs::read_to_string(path) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound && make => new_file(path).map_err(failed)?,
                    text => text.map_err(failed)?,
                };
                let key = STANDARD_NO_PAD.decode(key.trim()).ok().and_then(|key| key.try_into().ok());
                let key: [u8; 32] = key.ok_or_else(|| failed(io::Error::other("it holds no key")))?;
                *self.key.get_or_init(|| key)
            }
        })
    }
}

/// HMAC-SHA256.
fn sign(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message);
    tag.as_ref().try_into().expect("a tag has 32 bytes")
}

/// A secret is of one account: that of another in its place is not decrypted.
fn of(account: i64) -> Aad<[u8; 8]> {
    Aad::from(account.to_be_bytes())
}

/// Makes a key that nobody else may read; of two processes that make one, both take the first.
fn new_file(path: &Path) -> io::Result<String> {
    let text = STANDARD_NO_PAD.encode(secrets::random::<32>());
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Under another name until it is whole.
    let begun = path.with_extension(format!("key.{}", secrets::random_text::<6>()));
    let mut file = options.open(&begun)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&begun, path);
    fs::remove_file(&begun)?;
    match linked {
        Ok(()) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => fs::read_to_string(path),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(variables: &[(&str, &str)]) -> Sealer {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Sealer::new(&Settings::read(variables, "").unwrap())
    }

    #[test]
    fn a_secret_comes_back_to_its_account_and_key_alone() {
        let first = sealer(&[("RINGSIDE_SECRET_KEY", "a key of at least thirty-two letters")]);
        let sealed = first.seal(7, "mật khẩu").unwrap();
        assert_eq!(first.open(7, &sealed).unwrap(), "mật khẩu");
        assert_ne!(first.seal(7, "mật khẩu").unwrap(), sealed);
        let mut changed = sealed.clone();
        changed[14] ^= 1;
        let other = sealer(&[("RINGSIDE_SECRET_KEY", "another key of thirty-two letters and more")]);
        for opened in [first.open(8, &sealed), other.open(7, &sealed), first.open(7, &changed), first.open(7, b"x")] {
            assert!(matches!(opened, Err(SealError::OtherKey)), "{opened:?}");
        }
    }

    #[test]
    fn what_is_derived_depends_on_account_words_and_key() {
        let first = sealer(&[("RINGSIDE_SECRET_KEY", "a key of at least thirty-two letters")]);
        let other = sealer(&[("RINGSIDE_SECRET_KEY", "another key of thirty-two letters and more")]);
        let derived = first.derive(7, "link 1").unwrap();
        assert_eq!(first.derive(7, "link 1").unwrap(), derived);
        for different in [first.derive(8, "link 1"), first.derive(7, "link 2"), other.derive(7, "link 1")] {
            assert_ne!(different.unwrap(), derived);
        }
        assert!(matches!(
            sealer(&[("RINGSIDE_DATABASE_URL", "postgres://db/x")]).derive(1, "s"),
            Err(SealError::NoKey)
        ));
    }

    #[test]
    fn the_key_is_a_file_beside_the_database_that_others_cannot_read() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/r.db", folder.path().display());
        let new = || sealer(&[("RINGSIDE_DATABASE_URL", url.as_str())]);
        assert!(matches!(new().open(1, &[0; 40]), Err(SealError::File { .. })), "reading makes no key");
        let sealed = new().seal(1, "s").unwrap();
        assert_eq!(new().open(1, &sealed).unwrap(), "s");
        let file = folder.path().join(FILE);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else was left");
        fs::write(&file, "nonsense").unwrap();
        assert!(matches!(new().open(1, &sealed), Err(SealError::File { .. })));
        assert!(matches!(sealer(&[("RINGSIDE_DATABASE_URL", "postgres://db/x")]).seal(1, "s"), Err(SealError::NoKey)));
    }
}
