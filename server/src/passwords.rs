//! Passwords: argon2id, computed by few at a time in memory that is used again.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{Error, Output, PasswordHash, SaltString},
};

use domain::{InputError, input, search};
use zxcvbn::{Score, zxcvbn};

use crate::{
    secrets,
    turns::{Full, Turns},
};

/// How much of a password is looked at for what is easily guessed, in characters: the work grows faster than the length.
const LOOKED_AT: usize = 100;

/// Letters of a password beside the person's own data that are too few to be one.
const OWN_LETTERS: usize = 4;
/// So many digits are no year, day or number of somebody any more.
const OWN_DIGITS: usize = 9;

/// Whether a password is made of the person's own data, with a year or a few marks behind or between: of what is in words of `own`, in
/// whatever order, without accents and blanks.
fn is_of_own(password: &str, own: &[&str]) -> bool {
    let parts = own.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    let words: Vec<Vec<char>> = parts.map(letters).filter(|word| word.len() > 1).collect();
    let (typed, digits) = (letters(password), password.chars().filter(char::is_ascii_digit).count());
    // Of the letters up to each place, the fewest that are of no word.
    let mut left = vec![0; typed.len() + 1];
    for at in 1..=typed.len() {
        left[at] = left[at - 1] + 1;
        for word in words.iter().filter(|word| word.len() <= at && typed[at - word.len()..at] == word[..]) {
            left[at] = left[at].min(left[at - word.len()]);
        }
    }
    let beside = left[typed.len()];
    beside < typed.len() && beside < OWN_LETTERS && digits < OWN_DIGITS
}

/// The letters of a text, without accents.
fn letters(text: &str) -> Vec<char> {
    search::fold(text).chars().filter(|c| c.is_alphabetic()).collect()
}

/// Whether somebody with this address and name, of this account, may set this password: long enough, and not one that is tried first
/// (zxcvbn's score of at least 3: more than 10⁸ guesses), common ones and the person's own data counted in.
pub fn check(password: &str, email: &str, name: &str, account: &str) -> Result<(), InputError> {
    input::password_of(password, email)?;
    if is_of_own(password, &[email, name, account, "ringside"]) {
        return Err(InputError::PasswordTooCommon);
    }
    let looked_at: String = password.chars().take(LOOKED_AT).collect();
    let (local, domain) = email.split_once('@').unwrap_or((email, ""));
    let own = [email, local, domain, domain.split('.').next().unwrap_or_default(), name, "ringside"];
    let own: Vec<&str> = own.into_iter().chain(name.split_whitespace()).collect();
    if zxcvbn(&looked_at, &own).score() < Score::Three { Err(InputError::PasswordTooCommon) } else { Ok(()) }
}

/// How many passwords are checked at once. Each takes 19 MiB and a core for some 20 ms; more would let strangers
/// exhaust the machine.
const AT_ONCE: usize = 2;
/// Of them those of one network: who sends many waits for their own.
const OF_A_NETWORK: usize = 1;
/// Passwords that are checked or wait for it: the last of them waits some five seconds.
const WAITING: usize = 512;
/// Of them those of one network.
const WAITING_OF_A_NETWORK: usize = 128;

/// The neighbours of an address, who share what it has done: a household has a whole /64 of IPv6 addresses, of IPv4 one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Network {
    /// One address.
    V4(u32),
    /// The first half of an address.
    V6(u64),
}

impl Network {
    /// The network of an address.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.into()),
            IpAddr::V6(address) => Self::V6((u128::from(address) >> 64) as u64),
        }
    }

    /// All that one provider's customer may have: a /48 of IPv6 addresses.
    #[must_use]
    pub fn site(self) -> Self {
        match self {
            Self::V4(_) => self,
            Self::V6(network) => Self::V6(network >> 16 << 16),
        }
    }

    /// A number for it. No address of the one family has that of one of the other: the network `::/64` has no clients.
    fn number(self) -> i64 {
        match self {
            Self::V4(address) => address.into(),
            Self::V6(network) => network.cast_signed(),
        }
    }
}

/// Checks and makes password hashes.
pub struct Passwords {
    waiting: Turns,
    turns: Turns,
    memory: Arc<Memory>,
    /// Verified where there is no such user, so that the answer takes as long as for one.
    dummy: String,
}

/// The memory that hashes are computed in: no more of it than was ever in use at once. Taken anew for each, it would grow with
/// every thread that ever computed one.
#[derive(Default)]
struct Memory(Mutex<Vec<Vec<Block>>>);

impl Memory {
    fn take(&self) -> Vec<Block> {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| vec![Block::new(); Params::DEFAULT.block_count()])
    }

    fn give_back(&self, blocks: Vec<Block>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(blocks);
    }
}

impl Passwords {
    /// Ready to check.
    pub fn new() -> Result<Self, Error> {
        Ok(Self {
            waiting: Turns::new(WAITING, WAITING_OF_A_NETWORK),
            turns: Turns::new(AT_ONCE, OF_A_NETWORK),
            memory: Arc::default(),
            dummy: hash_now(&secrets::random_text::<16>())?,
        })
    }

    /// Whether the password is the one of the hash. Without a hash the answer is no and takes as long.
    ///
    /// # Errors
    /// Says who asks for too many at once; nobody looked at the password then.
    pub async fn verify(&self, network: Network, hash: Option<String>, password: String) -> Result<bool, Full> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.dummy.clone());
        let checked = self.compute(network, move |blocks| is_right(&hash, &password, blocks)).await?;
        Ok(known && checked.is_some_and(|checked| checked.unwrap_or(false)))
    }

    /// The hash of a new password.
    ///
    /// # Errors
    /// Says who asks for too many at once.
    pub async fn hash(&self, network: Network, password: String) -> Result<Result<String, Error>, Full> {
        let hashed = self.compute(network, move |blocks| hash_in(blocks, &password)).await?;
        Ok(hashed.unwrap_or(Err(Error::Password)))
    }

    /// Computes on a thread for long work; none where that broke off. The turn is the work's: whoever leaves gets no other one
    /// meanwhile.
    async fn compute<T: Send + 'static>(
        &self,
        network: Network,
        work: impl FnOnce(&mut [Block]) -> T + Send + 'static,
    ) -> Result<Option<T>, Full> {
        let waiting = self.waiting.try_take(network.number())?;
        let Ok(turn) = self.turns.take(network.number()).await else { return Ok(None) };
        let memory = Arc::clone(&self.memory);
        let working = tokio::task::spawn_blocking(move || {
            let _until_the_end = (waiting, turn);
            let mut blocks = memory.take();
            let done = work(&mut blocks);
            memory.give_back(blocks);
            done
        });
        Ok(working.await.ok())
    }
}

/// The argon2id hash of a password, computed on this thread.
pub fn hash_now(password: &str) -> Result<String, Error> {
    hash_in(&mut Memory::default().take(), password)
}

fn hash_in(blocks: &mut [Block], password: &str) -> Result<String, Error> {
    let salt = SaltString::encode_b64(&secrets::random::<16>())?;
    let argon2 = Argon2::default();
    let mut bytes = [0; 64];
    let salt_bytes = salt.as_salt().decode_b64(&mut bytes)?;
    let output = Output::init_with(Params::DEFAULT_OUTPUT_LEN, |output| {
        Ok(argon2.hash_password_into_with_memory(password.as_bytes(), salt_bytes, output, blocks)?)
    })?;
    let hash = PasswordHash {
        algorithm: Algorithm::default().ident(),
        version: Some(Version::default().into()),
        params: (&Params::DEFAULT).try_into()?,
        salt: Some(salt.as_salt()),
        hash: Some(output),
    };
    Ok(hash.to_string())
}

/// Whether a password is that of a stored hash, whose own parameters count.
fn is_right(hash: &str, password: &str, blocks: &mut [Block]) -> Result<bool, Error> {
    let stored = PasswordHash::new(hash)?;
    let (Some(salt), Some(expected)) = (stored.salt, stored.hash) else { return Ok(false) };
    if password.len() > domain::input::PASSWORD_MAX_BYTES {
        return Ok(false);
    }
    let params = Params::try_from(&stored)?;
    let version = stored.version.map(Version::try_from).transpose()?.unwrap_or_default();
    let mut bytes = [0; 64];
    let salt = salt.decode_b64(&mut bytes)?;
    // The default parameters' memory serves every hash that this program has made; any other takes its own.
    let mut own = Vec::new();
    let blocks = if params.block_count() > blocks.len() {
        own.resize(params.block_count(), Block::new());
        &mut own[..]
    } else {
        blocks
    };
    let argon2 = Argon2::new(Algorithm::try_from(stored.algorithm)?, version, params);
    let found = Output::init_with(expected.len(), |output| {
        Ok(argon2.hash_password_into_with_memory(password.as_bytes(), salt, output, blocks)?)
    })?;
    // Compares in constant time.
    Ok(found == expected)
}

#[cfg(test)]
mod tests {
    use argon2::{PasswordHasher, PasswordVerifier};

    use super::*;

    const HOME: Network = Network::V4(0xC000_0201);

    #[test]
    fn a_password_of_ones_own_data_is_refused_whatever_year_stands_behind() {
        let of = |password: &str| check(password, "op@ringside.example", "Ông Vận Hành", "Công ty Mẹ");
        for password in
            ["vanhanh2026!", "Vận Hành 2026", "opringside1", "congtyme2026", "CôngtyMẹ2026", "2026-van-hanh-me"]
        {
            assert_eq!(of(password), Err(InputError::PasswordTooCommon), "{password}");
        }
        assert_eq!(
            check("lan antam 2026", "lan@antam.example", "Chị Lan", "An Tâm"),
            Err(InputError::PasswordTooCommon)
        );
        for password in ["bốn từ chẳng liên quan", "vanhanh uống trà sáng", "8264-9917-3055-1", "xkq7-zbv2-mnt9"]
        {
            assert_eq!(of(password), Ok(()), "{password}");
        }
    }

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash(HOME, "mật khẩu dài".to_owned()).await.unwrap().unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let verify = async |hash: Option<&str>, password: &str| {
            passwords.verify(HOME, hash.map(str::to_owned), password.to_owned()).await.unwrap()
        };
        assert!(verify(Some(&hash), "mật khẩu dài").await);
        assert!(!verify(Some(&hash), "mật khẩu dàj").await);
        assert!(!verify(None, "").await);
        assert!(!verify(Some("$argon2id$…"), "").await);
    }

    #[tokio::test]
    async fn hashes_are_those_of_the_library_in_both_directions() {
        let ours = hash_now("mật khẩu dài").unwrap();
        assert!(
            Argon2::default().verify_password("mật khẩu dài".as_bytes(), &PasswordHash::new(&ours).unwrap()).is_ok()
        );
        let salt = SaltString::encode_b64(b"sixteen bytes...").unwrap();
        let theirs = |params: Params| {
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            argon2.hash_password("mật khẩu dài".as_bytes(), &salt).unwrap().to_string()
        };
        let passwords = Passwords::new().unwrap();
        // Those of a version that took less, and of one that will take more.
        for params in
            [Params::DEFAULT, Params::new(1_024, 1, 1, None).unwrap(), Params::new(32_768, 1, 2, None).unwrap()]
        {
            let hash = theirs(params);
            assert!(passwords.verify(HOME, Some(hash.clone()), "mật khẩu dài".to_owned()).await.unwrap(), "{hash}");
            assert!(!passwords.verify(HOME, Some(hash.clone()), "mật khẩu dàj".to_owned()).await.unwrap(), "{hash}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn however_many_sign_in_the_memory_is_that_of_few() {
        let passwords = Passwords::new().unwrap();
        let checks = (0..40).map(|n| passwords.verify(Network::V4(n % 8), None, "x".to_owned()));
        for checked in futures::future::join_all(checks).await {
            assert!(!checked.unwrap());
        }
        let kept = passwords.memory.0.lock().unwrap().len();
        assert!((1..=AT_ONCE).contains(&kept), "{kept}");
    }

    #[tokio::test]
    async fn a_network_that_asks_for_many_leaves_room_for_others() {
        let passwords = Passwords::new().unwrap();
        let many = (0..200).map(|_| passwords.verify(HOME, Some("none".to_owned()), "x".to_owned()));
        let other = passwords.verify(Network::V4(7), Some("none".to_owned()), "x".to_owned());
        let (answers, other) = futures::join!(futures::future::join_all(many), other);
        assert_eq!(
            answers.iter().filter(|answer| **answer == Err(Full::OfAccount)).count(),
            200 - WAITING_OF_A_NETWORK
        );
        assert_eq!(other, Ok(false));
    }

    #[test]
    fn neighbours_are_one_network() {
        let of = |text: &str| Network::of(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::3"), of("2001:db8:1:2:ffff::"));
        assert_ne!(of("2001:db8:1:2::3"), of("2001:db8:1:3::3"));
        assert_eq!(of("2001:db8:1:2::3").site(), of("2001:db8:1:3::3").site());
        assert_ne!(of("2001:db8:1:2::3").site(), of("2001:db8:2:2::3").site());
        assert_eq!(of("::ffff:192.0.2.1"), HOME);
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
