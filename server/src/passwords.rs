//! Passwords: argon2id, computed by few at a time, and slow answers to those who guess.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use argon2::{
    Argon2,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use tokio::{sync::Semaphore, time::Instant};

use crate::secrets;

/// How many passwords are checked at once. Each takes 19 MiB and a core for some 20 ms; more would let strangers
/// exhaust the machine.
const AT_ONCE: usize = 2;
/// Failures that cost nothing: people mistype.
const FREE: u32 = 3;
const FIRST_DELAY: Duration = Duration::from_millis(500);
const LONGEST_DELAY: Duration = Duration::from_secs(10);
/// Who would have to wait longer than this is sent away instead of kept.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// After this time without a failure all is forgotten.
const FORGOTTEN: Duration = Duration::from_mins(15);
/// How many addresses are remembered; the oldest are forgotten first.
const REMEMBERED: usize = 10_000;

/// Checks and makes password hashes.
pub struct Passwords {
    permits: Semaphore,
    /// Verified where there is no such user, so that the answer takes as long as for one.
    dummy: String,
}

impl Passwords {
    /// Ready to check.
    pub fn new() -> Result<Self, argon2::password_hash::Error> {
        Ok(Self { permits: Semaphore::new(AT_ONCE), dummy: hash_now(&secrets::random_text::<16>())? })
    }

    /// Whether the password is the one of the hash. Without a hash the answer is no and takes as long.
    pub async fn verify(&self, hash: Option<String>, password: String) -> bool {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.dummy.clone());
        let Ok(_permit) = self.permits.acquire().await else { return false };
        let checking = tokio::task::spawn_blocking(move || {
            password.len() <= domain::input::PASSWORD_MAX_BYTES
                && PasswordHash::new(&hash)
                    .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        });
        checking.await.unwrap_or(false) && known
    }

    /// The hash of a new password.
    pub async fn hash(&self, password: String) -> Result<String, argon2::password_hash::Error> {
        let Ok(_permit) = self.permits.acquire().await else { return Err(argon2::password_hash::Error::Password) };
        let hashing = tokio::task::spawn_blocking(move || hash_now(&password));
        hashing.await.unwrap_or(Err(argon2::password_hash::Error::Password))
    }
}

/// The argon2id hash of a password, computed on this thread.
pub fn hash_now(password: &str) -> Result<String, argon2::password_hash::Error> {
    let salt = SaltString::encode_b64(&secrets::random::<16>())?;
    Ok(Argon2::default().hash_password(password.as_bytes(), &salt)?.to_string())
}

/// Whom failures are counted for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    Email(String),
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Record {
    failures: u32,
    last: Instant,
    /// When the next attempt may be answered.
    next: Instant,
}

/// Remembers who failed to sign in.
#[derive(Debug, Default)]
pub struct Failures {
    seen: Mutex<HashMap<Who, Record>>,
}

/// Too many failures: not before this time has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TryLater(pub Duration);

impl Failures {
    /// How long the attempt must wait before it is looked at. It takes a turn: attempts made at once wait for each
    /// other, so guessing in parallel is no faster.
    pub fn turn(&self, email: &str, address: IpAddr, now: Instant) -> Result<Duration, TryLater> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let who = whom(email, address);
        let at = who.iter().filter_map(|who| seen.get(who)).map(|record| record.next).max().unwrap_or(now).max(now);
        let wait = at - now;
        if wait > LONGEST_WAIT {
            return Err(TryLater(wait));
        }
        for who in &who {
            let fresh = |record: &&mut Record| now.saturating_duration_since(record.last) < FORGOTTEN;
            if let Some(record) = seen.get_mut(who).filter(fresh) {
                record.next = at + delay(record.failures);
            }
        }
        Ok(wait)
    }

    /// Counts a failed attempt.
    pub fn failed(&self, email: &str, address: IpAddr, now: Instant) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= REMEMBERED {
            seen.retain(|_, record| now.saturating_duration_since(record.last) < FORGOTTEN);
            if seen.len() >= REMEMBERED {
                // All are fresh: an attack from everywhere. Forget the older half.
                let mut ages: Vec<Instant> = seen.values().map(|record| record.last).collect();
                let middle = ages.len() / 2;
                let (_, median, _) = ages.select_nth_unstable(middle);
                let median = *median;
                seen.retain(|_, record| record.last > median);
            }
        }
        for who in whom(email, address) {
            let record = seen.entry(who).or_insert(Record { failures: 0, last: now, next: now });
            if now.saturating_duration_since(record.last) >= FORGOTTEN {
                record.failures = 0;
            }
            record.failures = record.failures.saturating_add(1);
            record.last = now;
            record.next = record.next.max(now + delay(record.failures));
        }
    }

    /// Forgets the failures of an e-mail address whose owner has signed in. The network address keeps its count:
    /// one's own account must not buy guesses at others'.
    pub fn succeeded(&self, email: &str) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.remove(&Who::Email(email.to_lowercase()));
    }
}

fn whom(email: &str, address: IpAddr) -> [Who; 2] {
    [Who::Email(email.to_lowercase()), Who::Address(network(address))]
}

/// One household has a whole /64 of IPv6 addresses: it counts as one.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        },
        v4 @ IpAddr::V4(_) => v4,
    }
}

fn delay(failures: u32) -> Duration {
    match failures.saturating_sub(FREE) {
        0 => Duration::ZERO,
        n => FIRST_DELAY.saturating_mul(1 << (n - 1).min(10)).min(LONGEST_DELAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash("mật khẩu dài".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(passwords.verify(Some(hash.clone()), "mật khẩu dài".to_owned()).await);
        assert!(!passwords.verify(Some(hash), "mật khẩu dàj".to_owned()).await);
        assert!(!passwords.verify(None, String::new()).await);
    }

    #[test]
    fn each_failure_makes_the_next_answer_slower_up_to_a_cap() {
        let failures = Failures::default();
        let mut now = Instant::now();
        let mut waits = Vec::new();
        for _ in 0..12 {
            let wait = failures.turn("a@b.vn", HOME, now).unwrap();
            waits.push(wait);
            now += wait;
            failures.failed("a@b.vn", HOME, now);
        }
        assert!(waits[..4].iter().all(Duration::is_zero), "{waits:?}");
        assert!(waits[4..].windows(2).all(|pair| pair[0] <= pair[1]), "{waits:?}");
        assert_eq!(*waits.last().unwrap(), LONGEST_DELAY);
        assert_eq!(failures.turn("a@b.vn", HOME, now + FORGOTTEN), Ok(Duration::ZERO));
    }

    #[test]
    fn guessing_in_parallel_is_no_faster_and_is_sent_away() {
        let failures = Failures::default();
        let now = Instant::now();
        for _ in 0..6 {
            failures.failed("a@b.vn", HOME, now);
        }
        let waits: Vec<_> = (0..50).map(|_| failures.turn("a@b.vn", HOME, now)).collect();
        assert!(waits.windows(2).all(|pair| pair[0] < pair[1] || pair[0].is_err()), "{waits:?}");
        assert!(waits.last().unwrap().is_err());
    }

    #[test]
    fn memory_is_bounded_whoever_guesses() {
        let failures = Failures::default();
        let start = Instant::now();
        for n in 0..30_000_u32 {
            failures.failed(&format!("{n}@b.vn"), IpAddr::V4(n.into()), start + Duration::from_millis(n.into()));
        }
        assert!(failures.seen.lock().unwrap().len() <= REMEMBERED + 2);
    }
}
