use proptest::prelude::*;

use super::*;

fn counts(answered: u64, calls: u64) -> PartCounts {
    PartCounts { calls, answered, ..PartCounts::default() }
}

/// The calls of hours, from 0 on.
fn hours(of: &[(u64, u64)]) -> PeriodParts {
    let value = |number| PartValue { number, ..PartValue::default() };
    let parts = (0..).zip(of).map(|(hour, (answered, calls))| (value(hour), counts(*answered, *calls)));
    BTreeMap::from([(PartDimension::Hour, parts.collect())])
}

#[test]
fn other_hours_are_mix_and_another_rate_at_the_same_hours_is_rate() {
    // Half at each hour, 20 % and 60 %; then nine of ten at the better one.
    let moved = rate_changes(&hours(&[(20, 100), (60, 100)]), &hours(&[(4, 20), (108, 180)])).remove(0);
    assert_eq!((moved.difference, moved.mix_part, moved.rate_part), (160_000, 160_000, 0));
    let better = rate_changes(&hours(&[(20, 100), (60, 100)]), &hours(&[(30, 100), (70, 100)])).remove(0);
    assert_eq!((better.difference, better.mix_part, better.rate_part), (100_000, 0, 100_000));
    assert_eq!(better.values.iter().map(|value| value.rate_part).collect::<Vec<_>>(), [50_000, 50_000]);
}

#[test]
fn an_hour_that_was_not_called_in_is_mix_alone_and_nothing_to_divide_by_says_nothing() {
    let changes = rate_changes(&hours(&[(20, 100)]), &hours(&[(20, 100), (100, 100)]));
    let parts: Vec<_> = changes[0].values.iter().map(|value| (value.mix_part, value.rate_part)).collect();
    assert_eq!((changes[0].difference, parts), (400_000, vec![(100_000, 0), (300_000, 0)]));
    assert_eq!(
        changes.iter().map(|change| change.rate).collect::<Vec<_>>(),
        [PartRate::AnswerRate, PartRate::NetworkEffectiveness, PartRate::GoalRate]
    );
    assert_eq!(rate_changes(&hours(&[(0, 0)]), &hours(&[(1, 2)])), []);
    assert_eq!(rate_changes(&PeriodParts::new(), &hours(&[(1, 2)])), []);
}

proptest! {
    #[test]
    fn parts_sum_to_the_difference_and_are_what_the_formula_says(
        drawn in proptest::collection::vec(((0..90_000_000_u64, 0..90_000_000_u64), (0..90_000_000_u64, 0..90_000_000_u64)), 1..24),
        small in 1..90_000_000_u64,
    ) {
        let within = |(k, n): (u64, u64)| { let n = n % small; (k % (n + 1), n) };
        let before: Vec<_> = drawn.iter().map(|(before, _)| within(*before)).collect();
        let now: Vec<_> = drawn.iter().map(|(_, now)| within(*now)).collect();
        let changes = rate_changes(&hours(&before), &hours(&now));
        let sum = |of: &[(u64, u64)]| of.iter().fold((0, 0), |sum, (k, n)| (sum.0 + k, sum.1 + n));
        let (all0, all1) = (sum(&before), sum(&now));
        let Some(change) = changes.first() else {
            prop_assert!(all0.1 == 0 || all1.1 == 0);
            return Ok(());
        };
        let share = |(k, n): (u64, u64)| k as f64 / n as f64;
        let difference = (share(all1) - share(all0)) * 1e6;
        prop_assert!((f64::from(change.difference) - difference).abs() <= 0.501);
        prop_assert_eq!(change.mix_part + change.rate_part, change.difference);
        let found = |part: fn(&ChangedValue) -> i32| change.values.iter().map(part).sum::<i32>();
        prop_assert_eq!((found(|value| value.mix_part), found(|value| value.rate_part)), (change.mix_part, change.rate_part));
        // By the formula, in floating point.
        let mut values = change.values.iter();
        for (before, now) in before.iter().zip(&now).filter(|(before, now)| before.1 + now.1 > 0) {
            let value = values.next().unwrap();
            let (r0, r1) = match (before.1, now.1) {
                (0, _) => (share(*now), share(*now)),
                (_, 0) => (share(*before), share(*before)),
                _ => (share(*before), share(*now)),
            };
            let (w0, w1) = (before.1 as f64 / all0.1 as f64, now.1 as f64 / all1.1 as f64);
            let mix = (w1 - w0) * (f64::midpoint(r0, r1) - f64::midpoint(share(all0), share(all1))) * 1e6;
            let rate = f64::midpoint(w0, w1) * (r1 - r0) * 1e6;
            prop_assert!((f64::from(value.rate_part) - rate).abs() <= 0.51, "{:?} {}", value, rate);
            prop_assert!((f64::from(value.mix_part) - mix).abs() <= 2.01, "{:?} {}", value, mix);
        }
        prop_assert!(values.next().is_none());
    }
}
