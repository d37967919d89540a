//! Shares of one whole that add up when shown.

/// Shares of `parts` in thousandths, rounded by the largest remainder so that they add to exactly 1000.
/// All zero when the whole is zero. Ties go to the earlier part.
pub fn permille(parts: &[u64]) -> Vec<u32> {
    apportioned(1_000, parts)
}

/// Splits `total` in proportion to `parts`, rounded by the largest remainder so that the shares add to exactly `total`:
/// the parts of a part, whose shares shall add up to the share that is shown for it.
pub fn apportioned(total: u32, parts: &[u64]) -> Vec<u32> {
    let whole: u128 = parts.iter().map(|&part| u128::from(part)).sum();
    if whole == 0 {
        return vec![0; parts.len()];
    }
    let exact = |part: u64| u128::from(part) * u128::from(total);
    let mut shares: Vec<u32> = parts.iter().map(|&part| (exact(part) / whole) as u32).collect();
    let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
    by_remainder.sort_by_key(|&i| (std::cmp::Reverse(exact(parts[i]) % whole), i));
    let missing = (total - shares.iter().sum::<u32>()) as usize;
    for &i in by_remainder.iter().take(missing) {
        shares[i] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_parts_of_a_part_add_to_its_share(total in 0_u32..=1_000, parts in proptest::collection::vec(0_u64..1_000_000, 1..30)) {
            let shares = apportioned(total, &parts);
            let expected = if parts.iter().all(|&part| part == 0) { 0 } else { total };
            prop_assert_eq!(shares.iter().sum::<u32>(), expected);
        }

        #[test]
        fn shares_add_to_the_whole_and_miss_by_less_than_one(parts in proptest::collection::vec(0_u64..1_000_000, 1..30)) {
            let shares = permille(&parts);
            let whole: u64 = parts.iter().sum();
            prop_assert_eq!(shares.iter().sum::<u32>(), if whole == 0 { 0 } else { 1_000 });
            for (part, share) in parts.iter().zip(&shares) {
                let exact = if whole == 0 { 0.0 } else { *part as f64 * 1_000.0 / whole as f64 };
                prop_assert!((exact - f64::from(*share)).abs() < 1.0);
            }
        }
    }
}
