//! Who failed to sign in, and how long they wait for their next attempt.
//!
//! Attempts are counted for an e-mail address and a network together: a stranger who guesses at somebody's password makes
//! themselves wait, and not the owner, who comes from elsewhere. A network besides may try so many addresses and no more; that does
//! not hold for who has signed in from it before.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::passwords::Network;

/// Attempts that cost nothing: people mistype.
const FREE: u32 = 3;
const FIRST_DELAY: Duration = Duration::from_millis(500);
const LONGEST_DELAY: Duration = Duration::from_secs(10);
/// Who would have to wait longer than this is sent away instead of kept.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// After this time without a failure all is forgotten.
const FORGOTTEN: Duration = Duration::from_mins(15);
/// How long it is remembered that somebody has signed in from a network.
const KNOWN: Duration = Duration::from_hours(30 * 24);
/// Attempts that a network may make at once, whatever the addresses: an office in the morning.
const OF_A_NETWORK: u32 = 100;
/// Beyond, a network may make one in this time. Attempts that succeed do not count.
const NETWORK_PAUSE: Duration = Duration::from_secs(2);
/// How many pairs are remembered, and how many networks; the oldest are forgotten first.
const REMEMBERED: usize = 10_000;

/// Too many failures: not before this time has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TryLater(pub Duration);

/// Remembers who failed to sign in.
#[derive(Debug, Default)]
pub struct Attempts {
    seen: Mutex<SeenAttempts>,
}

#[derive(Debug, Default)]
struct SeenAttempts {
    pairs: HashMap<(String, Network), AttemptsOfPair>,
    /// When all that a network has tried would have been tried at one attempt in [`NETWORK_PAUSE`].
    networks: HashMap<Network, Instant>,
}

/// An e-mail address, tried from a network.
#[derive(Debug, Clone, Copy)]
struct AttemptsOfPair {
    /// Attempts without a success, those that nobody has looked at yet included.
    failures: u32,
    last: Instant,
    /// When the next attempt may be answered.
    next: Instant,
    /// Whether somebody has signed in.
    is_known: bool,
}

impl AttemptsOfPair {
    fn is_remembered(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.last) < if self.is_known { KNOWN } else { FORGOTTEN }
    }
}

impl Attempts {
    /// How long an attempt must wait before it is looked at. It takes its turn at once, as if it had failed, whatever becomes of
    /// it: attempts made at the same time wait for each other, so guessing in parallel is no faster.
    ///
    /// # Errors
    /// The wait would be too long; the attempt does not count.
    pub fn turn(&self, email: &str, address: IpAddr, now: Instant) -> Result<Duration, TryLater> {
        let network = Network::of(address);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.make_room(now);
        let key = (email.to_lowercase(), network);
        let fresh = AttemptsOfPair { failures: 0, last: now, next: now, is_known: false };
        let mut pair = seen.pairs.get(&key).copied().filter(|pair| pair.is_remembered(now)).unwrap_or(fresh);
        if now.saturating_duration_since(pair.last) >= FORGOTTEN {
            pair.failures = 0;
        }
        let tried_until = seen.networks.get(&network.site()).copied().unwrap_or(now).max(now);
        let of_network =
            tried_until.checked_sub(NETWORK_PAUSE * OF_A_NETWORK).filter(|_| !pair.is_known).unwrap_or(now);
        let at = now.max(pair.next).max(of_network);
        if at - now > LONGEST_WAIT {
            return Err(TryLater(at - now));
        }
        pair.failures = pair.failures.saturating_add(1);
        pair.last = at;
        pair.next = at + delay(pair.failures);
        seen.pairs.insert(key, pair);
        seen.networks.insert(network.site(), tried_until.max(at) + NETWORK_PAUSE);
        Ok(at - now)
    }

    /// The attempt was right: what failed before it is forgotten.
    pub fn succeeded(&self, email: &str, address: IpAddr, now: Instant) {
        let pair = AttemptsOfPair { failures: 0, last: now, next: now, is_known: true };
        self.take_back(email, address, |known| *known = pair);
    }

    /// Nobody looked at the attempt.
    pub fn not_tried(&self, email: &str, address: IpAddr) {
        self.take_back(email, address, |pair| pair.failures = pair.failures.saturating_sub(1));
    }

    fn take_back(&self, email: &str, address: IpAddr, of_pair: impl FnOnce(&mut AttemptsOfPair)) {
        let network = Network::of(address);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pair) = seen.pairs.get_mut(&(email.to_lowercase(), network)) {
            of_pair(pair);
        }
        if let Some(until) = seen.networks.get_mut(&network.site()) {
            *until = until.checked_sub(NETWORK_PAUSE).unwrap_or(*until);
        }
    }
}

impl SeenAttempts {
    fn make_room(&mut self, now: Instant) {
        if self.pairs.len() >= REMEMBERED {
            self.pairs.retain(|_, pair| pair.is_remembered(now));
            forget_older_half(&mut self.pairs, |pair| pair.last);
        }
        if self.networks.len() >= REMEMBERED {
            self.networks.retain(|_, until| *until > now);
            forget_older_half(&mut self.networks, |until| *until);
        }
    }
}

/// Where all are fresh: an attack from everywhere.
fn forget_older_half<K: Eq + std::hash::Hash, V>(seen: &mut HashMap<K, V>, at: impl Fn(&V) -> Instant) {
    if seen.len() >= REMEMBERED {
        let mut ages: Vec<Instant> = seen.values().map(&at).collect();
        let middle = ages.len() / 2;
        let median = *ages.select_nth_unstable(middle).1;
        seen.retain(|_, value| at(value) > median);
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
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));

    #[test]
    fn each_failure_makes_the_next_answer_slower_up_to_a_cap() {
        let attempts = Attempts::default();
        let mut now = Instant::now();
        let mut waits = Vec::new();
        for _ in 0..12 {
            let wait = attempts.turn("a@b.vn", HOME, now).unwrap();
            waits.push(wait);
            now += wait;
        }
        assert!(waits[..4].iter().all(Duration::is_zero), "{waits:?}");
        assert!(waits[4..].windows(2).all(|pair| pair[0] <= pair[1]), "{waits:?}");
        assert_eq!(*waits.last().unwrap(), LONGEST_DELAY);
        assert_eq!(attempts.turn("a@b.vn", HOME, now + FORGOTTEN), Ok(Duration::ZERO));
    }

    #[test]
    fn of_200_guesses_at_once_only_the_first_few_are_looked_at() {
        let attempts = Attempts::default();
        let now = Instant::now();
        let waits: Vec<_> = (0..200).map(|_| attempts.turn("a@b.vn", HOME, now)).collect();
        let looked_at: Vec<Duration> = waits.iter().filter_map(|wait| wait.ok()).collect();
        assert!(looked_at.len() < 10, "{looked_at:?}");
        assert!(looked_at[4..].windows(2).all(|pair| pair[0] < pair[1]), "{looked_at:?}");
        assert!(waits[looked_at.len()..].iter().all(Result::is_err), "{waits:?}");
    }

    #[test]
    fn a_stranger_who_guesses_does_not_keep_the_owner_out() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for n in 0..2_000 {
            let _ = attempts.turn("Chu@cty.vn", ELSEWHERE, now + Duration::from_millis(500 * n));
        }
        let later = now + Duration::from_secs(1_000);
        assert_eq!(attempts.turn("chu@cty.vn", HOME, later), Ok(Duration::ZERO));
        assert!(attempts.turn("chu@cty.vn", ELSEWHERE, later) != Ok(Duration::ZERO));
    }

    #[test]
    fn a_success_forgets_the_failures_before_it() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for _ in 0..5 {
            let _ = attempts.turn("a@b.vn", HOME, now);
        }
        attempts.succeeded("A@b.vn", HOME, now);
        assert_eq!(attempts.turn("a@b.vn", HOME, now), Ok(Duration::ZERO));
    }

    #[test]
    fn a_network_tries_only_so_many_addresses_but_lets_in_who_is_known_there() {
        let attempts = Attempts::default();
        let now = Instant::now();
        assert_eq!(attempts.turn("chu@cty.vn", ELSEWHERE, now), Ok(Duration::ZERO));
        attempts.succeeded("chu@cty.vn", ELSEWHERE, now);
        let waits: Vec<_> = (0..200).map(|n| attempts.turn(&format!("{n}@b.vn"), ELSEWHERE, now)).collect();
        assert_eq!(waits.iter().filter(|wait| **wait == Ok(Duration::ZERO)).count(), OF_A_NETWORK as usize + 1);
        assert!(waits.last().unwrap().is_err());
        assert_eq!(attempts.turn("chu@cty.vn", ELSEWHERE, now), Ok(Duration::ZERO));
        // One IPv6 customer has many networks.
        let of = |n: u16| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 1, n, 0, 0, 0, 1));
        let waits: Vec<_> = (0..200).map(|n| attempts.turn("a@b.vn", of(n), now)).collect();
        assert!(waits.last().unwrap().is_err());
    }

    #[test]
    fn an_office_signs_in_in_the_morning() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for n in 0..1_000 {
            assert_eq!(attempts.turn(&format!("{n}@cty.vn"), HOME, now), Ok(Duration::ZERO), "{n}");
            attempts.succeeded(&format!("{n}@cty.vn"), HOME, now);
        }
    }

    #[test]
    fn what_nobody_looked_at_is_no_failure() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for _ in 0..50 {
            assert_eq!(attempts.turn("a@b.vn", HOME, now), Ok(Duration::ZERO));
            attempts.not_tried("a@b.vn", HOME);
        }
    }

    #[test]
    fn memory_is_bounded_whoever_guesses() {
        let attempts = Attempts::default();
        let start = Instant::now();
        for n in 0..30_000_u32 {
            let at = start + Duration::from_millis(n.into());
            let _ = attempts.turn(&format!("{n}@b.vn"), IpAddr::V4(n.into()), at);
        }
        let seen = attempts.seen.lock().unwrap();
        assert!(seen.pairs.len() <= REMEMBERED && seen.networks.len() <= REMEMBERED);
    }
}
