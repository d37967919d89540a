//! Random numbers that depend only on the seed and on what they are for.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A generator for one purpose: the same seed, purpose and number give the same stream, whatever was drawn elsewhere.
///
/// That is what lets a call be made alone, in any order, and still be the same call. `ChaCha8` because its output is
/// specified; the standard library's hasher and rand's `StdRng` may change with a version.
pub fn stream(seed: u64, purpose: &str, number: u64) -> ChaCha8Rng {
    // FNV-1a over the purpose, then one round of splitmix64 for each number.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in purpose.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    ChaCha8Rng::seed_from_u64(mixed(mixed(hash ^ mixed(seed)) ^ number))
}

/// One round of splitmix64: every bit of the input reaches every bit of the output.
pub fn mixed(number: u64) -> u64 {
    let z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// One of several, all equally likely. `choices` is never empty: every caller passes a constant table.
pub fn pick<'a, T: ?Sized>(rng: &mut impl Rng, choices: &[&'a T]) -> &'a T {
    choices[rng.random_range(0..choices.len())]
}

/// The index of one of several weights, each as likely as it is heavy; 0 where all are nothing.
pub fn weighted(rng: &mut impl Rng, weights: impl IntoIterator<Item = f64> + Clone) -> usize {
    let total: f64 = weights.clone().into_iter().sum();
    let mut left = rng.random::<f64>() * total;
    let mut last = 0;
    for (n, weight) in weights.into_iter().enumerate() {
        if weight > 0.0 {
            last = n;
            if left < weight {
                return n;
            }
            left -= weight;
        }
    }
    last
}

/// The value of a table of (probability, value) at `p`, by straight lines between its points, of which there are two or
/// more.
pub fn quantile(table: &[(f64, f64)], p: f64) -> f64 {
    let above = table.partition_point(|(probability, _)| *probability < p).clamp(1, table.len() - 1);
    let ((p0, v0), (p1, v1)) = (table[above - 1], table[above]);
    v0 + (v1 - v0) * (p - p0) / (p1 - p0)
}
