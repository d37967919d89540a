use proptest::prelude::*;

use super::*;

/// 2 November 2026, a Monday.
const MONDAY: i32 = 20_759;

fn now(day: i32, hour: i64) -> LocalTime {
    LocalTime { wall_ms: i64::from(day) * 86_400_000 + hour * 3_600_000 + 1_800_000, offset_minutes: 420 }
}

/// A day on which these calls were made, half of them from nine, the others from ten o'clock on: of each attempt the calls and whom
/// they reached.
fn day(day: i32, attempts: &[(u64, u64)]) -> ActiveDay {
    let sum = |(calls, newly_reached): &(u64, u64)| AttemptSum {
        calls: *calls,
        newly_reached: *newly_reached,
        cost: Money::units((calls * 100) as i64),
    };
    let attempts: BTreeMap<u32, AttemptSum> = (1..).zip(attempts.iter().map(sum)).collect();
    let calls: u64 = attempts.values().map(|sum| sum.calls).sum();
    let mut hours = [0; HOURS];
    (hours[9], hours[10]) = (calls / 2, calls - calls / 2);
    ActiveDay { day: Day(day), attempts, hours }
}

fn basis(open: &[u64], attempts: u32, days: Vec<ActiveDay>) -> ForecastBasis {
    ForecastBasis {
        open: (0..).zip(open.iter().copied()).collect(),
        attempts,
        reached: 50,
        cost: Money::units(7),
        days,
    }
}

fn hour(day: i32, hour: u8) -> ForecastHour {
    ForecastHour { day: Day(day), hour }
}

#[test]
fn a_list_goes_on_as_on_its_last_days() {
    assert_eq!(Day(MONDAY).weekday(), 1);
    // Half of the first attempts reach somebody, a quarter of the second; a day has 40 calls.
    let days: Vec<_> = (0..5).map(|n| day(MONDAY + n, &[(20, 10), (20, 5)])).collect();
    let basis = basis(&[100, 40], 3, days);
    let forecast = basis.at(now(MONDAY + 5, 9));
    assert_eq!((forecast.active_days, forecast.open_customers, forecast.attempts), (5, 140, 3));
    let outlook = forecast.outlook.unwrap();
    // First attempts 100; second 50 + 40 = 90; third, as the second, 67.5.
    let same = |middle| CountBand { low: middle, middle, high: middle };
    assert_eq!(outlook.open_calls, same(258), "257.5");
    assert_eq!(outlook.reached, same(50 + 89), "50 + 22.5 + 16.875");
    assert_eq!(outlook.cost.middle, Money::units(7 + 25_750));
    assert_eq!(outlook.calls_a_day, 40);
    // Saturday from ten on 20, five days of 40, and 37.5 on the sixth: until ten o'clock there were none on a Saturday or Sunday
    // between the days, so these are called on.
    assert_eq!(outlook.through.middle, Some(hour(MONDAY + 11, 10)));
    assert_eq!((outlook.through.low, outlook.through.high), (outlook.through.middle, outlook.through.middle));
}

#[test]
fn weekdays_without_calls_between_the_days_are_passed_over() {
    // From Monday to Friday, and Monday and Tuesday.
    let days: Vec<_> = [0, 1, 2, 3, 4, 7, 8].map(|n| day(MONDAY + n, &[(10, 0)])).into();
    // Thursday and Friday 10 each, Monday 10.
    assert_eq!(
        basis(&[30], 1, days.clone()).at(now(MONDAY + 9, 20)).outlook.unwrap().through.middle,
        Some(hour(MONDAY + 14, 10))
    );
    assert_eq!(
        basis(&[0, 3], 1, days).at(now(MONDAY + 9, 20)).outlook.unwrap().through.middle,
        Some(hour(MONDAY + 9, 20))
    );
}

#[test]
fn fewer_than_five_days_foresee_nothing_and_today_is_none_of_them() {
    let days: Vec<_> = (0..5).map(|n| day(MONDAY + n, &[(20, 10)])).collect();
    let basis = basis(&[10], 1, days);
    let today = basis.at(now(MONDAY + 4, 23));
    assert_eq!((today.active_days, today.outlook, today.latest), (4, None, None));
    let tomorrow = basis.at(now(MONDAY + 5, 0));
    assert!(tomorrow.outlook.is_some() && tomorrow.latest.is_none(), "the day before has four before it");
}

#[test]
fn the_latest_day_stands_beside_what_the_days_before_it_foresaw() {
    let days: Vec<_> = (0..9).map(|n| day(MONDAY + n, &[(10 + n as u64, n as u64)])).collect();
    // Today is the last of them: the seven before the one before it.
    let latest = basis(&[10], 1, days).at(now(MONDAY + 8, 12)).latest.unwrap();
    assert_eq!((latest.day, latest.calls_came, latest.reached_came), (Day(MONDAY + 7), 17, 7));
    assert_eq!(latest.calls, CountBand { low: 10, middle: 13, high: 16 });
    assert_eq!(latest.reached, CountBand { low: 0, middle: 3, high: 6 });
    assert_eq!((latest.cost.middle, latest.cost_came), (Money::units(1_300), Money::units(1_700)));
}

#[test]
fn what_is_not_within_ten_years_has_no_date() {
    let days: Vec<_> = (0..5).map(|n| day(MONDAY + n, &[(1, 0)])).collect();
    let outlook = basis(&[1_000_000], 2, days).at(now(MONDAY + 5, 9)).outlook.unwrap();
    assert_eq!((outlook.open_calls.middle, outlook.through.middle), (2_000_000, None));
}

/// E, those reached and the cost, by walking each customer through their attempts.
fn by_hand(basis: &ForecastBasis, days: &[ActiveDay]) -> (f64, f64, f64) {
    let of = |k: u32| -> (f64, f64) {
        let mut sums = BTreeMap::<u32, (u64, u64, i64)>::new();
        for (attempt, sum) in days.iter().flat_map(|day| &day.attempts).filter(|(_, sum)| sum.calls > 0) {
            let to = sums.entry(*attempt).or_default();
            *to = (to.0 + sum.calls, to.1 + sum.newly_reached, to.2 + sum.cost.0);
        }
        sums.retain(|attempt, _| *attempt <= basis.attempts);
        let near = sums.range(..=k).next_back().or_else(|| sums.iter().next()).unwrap();
        (near.1.1 as f64 / near.1.0 as f64, near.1.2 as f64 / near.1.0 as f64)
    };
    let mut sums = (0.0, 0.0, 0.0);
    for (made, customers) in &basis.open {
        for k in made + 1..=basis.attempts {
            let unreached: f64 = (made + 1..k).map(|j| 1.0 - of(j).0).product();
            let calls = *customers as f64 * unreached;
            sums = (sums.0 + calls, sums.1 + calls * of(k).0, sums.2 + calls * of(k).1);
        }
    }
    sums
}

/// The hour in which the last call is made, hour by hour.
fn hour_by_hour(days: &[ActiveDay], calls: f64, from: LocalTime) -> Option<ForecastHour> {
    if calls.round() < 1.0 {
        return Some(hour(from.day().0, from.hour()));
    }
    let (first, last) = (days[0].day, days[days.len() - 1].day);
    let is_called = |day: Day| {
        let same = |other: i32| Day(other).weekday() == day.weekday();
        !(first.0..=last.0).any(same) || days.iter().any(|active| same(active.day.0))
    };
    let mut left = calls * days.len() as f64;
    let (mut day, mut at) = (from.day(), from.hour() + 1);
    while day.0 - from.day().0 <= 3_653 {
        while at < 24 {
            let made: u64 = days.iter().map(|day| day.hours[usize::from(at)]).sum();
            left -= if is_called(day) { made as f64 } else { 0.0 };
            if left < 1e-3 {
                return Some(ForecastHour { day, hour: at });
            }
            at += 1;
        }
        (day, at) = (day.plus(1), 0);
    }
    None
}

fn drawn_day() -> impl Strategy<Value = Vec<(u64, u64)>> {
    let attempt = (1..60_u64, 0..60_u64).prop_map(|(calls, reached)| (calls, reached % (calls + 1)));
    proptest::collection::vec(attempt, 1..4)
}

proptest! {
    #[test]
    fn the_forecast_is_what_each_customer_and_each_hour_comes_to(
        open in proptest::collection::vec(0..3_000_u64, 1..6),
        attempts in 1..6_u32,
        drawn in proptest::collection::vec((1..4, drawn_day()), 5..8),
        hour in 0..24_i64,
    ) {
        let mut at = MONDAY;
        let mut days = Vec::new();
        for (gap, sums) in &drawn {
            at += gap;
            days.push(day(at, sums));
        }
        let basis = basis(&open, attempts, days);
        let from = now(at + 1, hour);
        let found = basis.at(from);
        let outlook = found.outlook.unwrap();
        let (calls, reached, cost) = by_hand(&basis, &basis.days);
        let near = |found: u64, expected: f64| (found as f64 - expected).abs() <= 0.5 + 1e-6;
        prop_assert!(near(outlook.open_calls.middle, calls), "{} {calls}", outlook.open_calls.middle);
        prop_assert!(near(outlook.reached.middle - 50, reached), "{} {reached}", outlook.reached.middle);
        prop_assert!(near((outlook.cost.middle.0 - Money::units(7).0) as u64, cost), "{:?} {cost}", outlook.cost);
        prop_assert_eq!(outlook.through.middle, hour_by_hour(&basis.days, calls, from));
        // Bands hold their middle, and nobody is reached who is not there.
        for band in [outlook.open_calls, outlook.reached] {
            prop_assert!(band.low <= band.middle && band.middle <= band.high, "{:?}", band);
        }
        prop_assert!(outlook.cost.low <= outlook.cost.middle && outlook.cost.middle <= outlook.cost.high);
        let later = |hour: Option<ForecastHour>| (hour.is_none(), hour);
        let through = [outlook.through.low, outlook.through.middle, outlook.through.high].map(later);
        prop_assert!(through.is_sorted(), "{:?}", through);
        prop_assert!(outlook.reached.high <= 50 + open.iter().sum::<u64>());
        // The same figures say the same again; more attempts are never fewer calls, and a customer more is not either.
        prop_assert_eq!(basis.at(from), found);
        let more = ForecastBasis { attempts: attempts + 1, ..basis.clone() };
        prop_assert!(more.at(from).outlook.unwrap().open_calls.middle >= outlook.open_calls.middle);
        let mut longer = basis.clone();
        *longer.open.entry(0).or_default() += 1;
        prop_assert!(longer.at(from).outlook.unwrap().open_calls.middle >= outlook.open_calls.middle);
    }
}
