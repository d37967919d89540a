//! The forecast of a running campaign: when its list is through, and what it will have cost and reached by then.
//!
//! Of the last active days, up to [`ForecastBasis::PACE_DAYS`], it takes how many of the k-th attempts reached a customer (p_k), what
//! they cost, and how many calls were made in each hour of the day. A customer who was not reached after a attempts is called again
//! until the K-th attempt, as long as none reaches them. What that comes to of all customers are the open attempts:
//!
//! E_k = Σ over customers not reached with a < k of Π_{j=a+1..k−1} (1 − p_j), E = Σ_{k=1..K} E_k.
//!
//! The band is that of days drawn again (B. Efron, "Bootstrap methods: another look at the jackknife", 1979): as many days as there
//! are, drawn from them with replacement, [`RESAMPLES`] times, each worked out as the days themselves. What is drawn follows from the
//! figures alone, so whoever asks for the same figures within the same hour is told the same.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Day, Money, time::LocalTime};

/// How often the days are drawn again.
pub const RESAMPLES: usize = 400;
/// The most attempts of a customer that are looked ahead.
pub const MOST_ATTEMPTS: u32 = 100;
/// The furthest day that is foreseen: ten years from today.
const MOST_DAYS: f64 = 3_653.0;
const HOURS: usize = 24;

/// An hour of a local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ForecastHour {
    /// The day in the account's zone.
    pub day: Day,
    /// 0 to 23.
    pub hour: u8,
}

/// A number that is foreseen, and between which bounds it lies in 80 of 100 drawings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CountBand {
    /// The lower bound, not above `middle`.
    pub low: u64,
    /// By the days as they were, rounded to the nearest.
    pub middle: u64,
    /// The upper bound, not below `middle`.
    pub high: u64,
}

/// The same of money, in micro-units of the report's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MoneyBand {
    /// The lower bound, not above `middle`.
    pub low: Money,
    /// By the days as they were.
    pub middle: Money,
    /// The upper bound, not below `middle`.
    pub high: Money,
}

/// The same of a moment; `null`: not within ten years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HourBand {
    /// The earlier bound.
    pub low: Option<ForecastHour>,
    /// By the days as they were.
    pub middle: Option<ForecastHour>,
    /// The later bound.
    pub high: Option<ForecastHour>,
}

/// How a running campaign will go on, of the whole campaign whatever the days of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Forecast {
    /// The days that it is made from: the last before today with finished calls, up to seven.
    pub active_days: u64,
    /// Customers not reached yet, those never dialled as well.
    pub open_customers: u64,
    /// K: the most attempts of a customer. By the plan one more than all the redials that its rules allow, else the highest attempt
    /// number of the campaign; at most 100.
    pub attempts: u32,
    /// `null` where there are fewer than five active days.
    pub outlook: Option<Outlook>,
    /// What was foreseen for the latest active day, and what came; `null` where fewer than five are before it.
    pub latest: Option<LatestDay>,
}

/// What the end of the list comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Outlook {
    /// E: the calls that are still to be made.
    pub open_calls: CountBand,
    /// Finished calls on an active day, the mean.
    pub calls_a_day: u64,
    /// The hour in which the last of them is made.
    pub through: HourBand,
    /// Customers reached at the end.
    pub reached: CountBand,
    /// Cost at the end.
    pub cost: MoneyBand,
}

/// A day as the days before it foresaw it, beside what came. Middle: their mean. Bounds: one of them, drawn, lies between these in 80
/// of 100 drawings, which of up to seven days are the least and the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LatestDay {
    /// Which day: the latest before today with finished calls.
    pub day: Day,
    /// Finished calls that were foreseen.
    pub calls: CountBand,
    /// Finished calls that were made.
    pub calls_came: u64,
    /// Newly reached customers that were foreseen.
    pub reached: CountBand,
    /// Customers whom it was the first to reach.
    pub reached_came: u64,
    /// The cost that was foreseen.
    pub cost: MoneyBand,
    /// Cost of these calls, in micro-units.
    pub cost_came: Money,
}

/// The finished calls of a day that were the same attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AttemptSum {
    /// Finished calls.
    pub calls: u64,
    /// Customers whom it was the first success call with.
    pub newly_reached: u64,
    /// What these calls came to by their tariffs, in micro-units.
    pub cost: Money,
}

/// A day with finished calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveDay {
    /// The day in the account's zone.
    pub day: Day,
    /// By attempt number, from 1.
    pub attempts: BTreeMap<u32, AttemptSum>,
    /// Finished calls by the local hour in which dialling began.
    pub hours: [u64; HOURS],
}

impl ActiveDay {
    fn total(&self) -> AttemptSum {
        let mut all = AttemptSum::default();
        self.attempts.values().for_each(|sum| all.add(sum));
        all
    }
}

/// What is stored that a forecast follows from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ForecastBasis {
    /// Customers not reached, by how many finished calls each has had.
    pub open: BTreeMap<u32, u64>,
    /// K, of the plan or as it was seen.
    pub attempts: u32,
    /// Customers reached.
    pub reached: u64,
    /// Cost of the campaign.
    pub cost: Money,
    /// The latest days with finished calls in their order, up to [`Self::DAYS`].
    pub days: Vec<ActiveDay>,
}

/// A day as it is drawn again and again: its attempts up to the most by their place, all of them together, and its hours.
struct DrawnDay {
    attempts: Vec<AttemptSum>,
    all: AttemptSum,
    hours: [u64; HOURS],
}

impl DrawnDay {
    fn of(day: &ActiveDay, most: u32) -> Self {
        let mut attempts = vec![AttemptSum::default(); most as usize];
        for (attempt, sum) in &day.attempts {
            if let Some(of) = attempt.checked_sub(1).and_then(|place| attempts.get_mut(place as usize)) {
                *of = *sum;
            }
        }
        Self { attempts, all: day.total(), hours: day.hours }
    }
}

impl AttemptSum {
    fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.newly_reached += other.newly_reached;
        self.cost.0 += other.cost.0;
    }
}

/// What days say of the days to come.
struct CallingPace {
    /// p_k, from k = 1 on.
    reaching: Vec<f64>,
    /// Mean cost of a k-th attempt, in micro-units, from k = 1 on.
    cost: Vec<f64>,
    /// Calls in each hour of a day.
    hours: [f64; HOURS],
}

/// What is left of a list at a pace.
struct RestOfList {
    calls: f64,
    reached: f64,
    cost: f64,
}

impl ForecastBasis {
    /// The most days that a pace is taken from.
    pub const PACE_DAYS: usize = 7;
    /// Days that a forecast needs at least.
    pub const FEWEST_DAYS: usize = 5;
    /// The days that are needed: those of a pace, one that they foresaw, and today.
    pub const DAYS: usize = Self::PACE_DAYS + 2;

    /// The forecast at an hour of the account's zone.
    pub fn at(&self, now: LocalTime) -> Forecast {
        let before: Vec<&ActiveDay> = self.days.iter().filter(|day| day.day < now.day()).collect();
        let days = &before[before.len().saturating_sub(Self::PACE_DAYS)..];
        Forecast {
            active_days: days.len() as u64,
            open_customers: self.open.values().sum(),
            attempts: self.most_attempts(),
            outlook: (days.len() >= Self::FEWEST_DAYS).then(|| self.outlook(days, now)),
            latest: latest(&before),
        }
    }

    fn most_attempts(&self) -> u32 {
        self.attempts.min(MOST_ATTEMPTS)
    }

    fn outlook(&self, days: &[&ActiveDay], now: LocalTime) -> Outlook {
        let (week, seed) = (week_of(days), self.seed(days));
        let days: Vec<DrawnDay> = days.iter().map(|day| DrawnDay::of(day, self.most_attempts())).collect();
        let open: Vec<f64> =
            (0..self.most_attempts()).map(|made| self.open.get(&made).map_or(0.0, |n| *n as f64)).collect();
        let worked_out = |days: &[&DrawnDay]| {
            let pace = CallingPace::of(days, open.len());
            let rest = pace.rest(&open);
            let through = pace.through(rest.calls, week, now);
            (rest, through)
        };
        let mut again: Vec<&DrawnDay> = days.iter().collect();
        let (rest, through) = worked_out(&again);
        let mut drawn: [Vec<f64>; 3] = Default::default();
        let mut hours = Vec::with_capacity(RESAMPLES);
        let mut random = Draws(seed);
        for _ in 0..RESAMPLES {
            for day in &mut again {
                *day = &days[random.below(days.len())];
            }
            let (rest, through) = worked_out(&again);
            for (values, value) in drawn.iter_mut().zip([rest.calls, rest.reached, rest.cost]) {
                values.push(value);
            }
            hours.push(through);
        }
        let [calls, reached, cost] = drawn.map(|mut values| {
            values.sort_by(f64::total_cmp);
            bounds(&values)
        });
        let later = |hour: &Option<ForecastHour>| (hour.is_none(), *hour);
        hours.sort_by_key(later);
        let (earliest, latest) = bounds(&hours);
        let count = |now: u64, (low, high): (f64, f64), middle: f64| {
            let whole = |more: f64| now + more.round() as u64;
            let middle = whole(middle);
            CountBand { low: whole(low).min(middle), middle, high: whole(high).max(middle) }
        };
        let money = |(low, high): (f64, f64), middle: f64| {
            let whole = |more: f64| Money(self.cost.0 + more.round() as i64);
            let middle = whole(middle);
            MoneyBand { low: whole(low).min(middle), middle, high: whole(high).max(middle) }
        };
        let made: u64 = days.iter().map(|day| day.all.calls).sum();
        Outlook {
            open_calls: count(0, calls, rest.calls),
            calls_a_day: rounded(made, days.len() as u64),
            through: HourBand {
                low: [earliest, through].into_iter().min_by_key(later).flatten(),
                middle: through,
                high: [latest, through].into_iter().max_by_key(later).flatten(),
            },
            reached: count(self.reached, reached, rest.reached),
            cost: money(cost, rest.cost),
        }
    }

    /// FNV-1a of all that is drawn from.
    fn seed(&self, days: &[&ActiveDay]) -> u64 {
        let open = self.open.iter().flat_map(|(made, customers)| [u64::from(*made), *customers]);
        let of_days = days.iter().flat_map(|day| {
            let attempts = day.attempts.iter().flat_map(|(attempt, sum)| {
                [u64::from(*attempt), sum.calls, sum.newly_reached, sum.cost.0.cast_unsigned()]
            });
            [i64::from(day.day.0).cast_unsigned()].into_iter().chain(attempts).chain(day.hours)
        });
        let figures = [u64::from(self.attempts), self.reached, self.cost.0.cast_unsigned()];
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        let bytes = figures.into_iter().chain(open).chain(of_days).flat_map(u64::to_le_bytes);
        bytes.fold(0xcbf2_9ce4_8422_2325, mix)
    }
}

/// The values between which eight of ten lie: nearest rank, of values in their order.
fn bounds<T: Copy>(sorted: &[T]) -> (T, T) {
    let rank = |tenths: usize| (sorted.len() * tenths).div_ceil(10).max(1) - 1;
    (sorted[rank(1)], sorted[rank(9)])
}

/// `sum ÷ count`, half up.
fn rounded(sum: u64, count: u64) -> u64 {
    (2 * sum + count) / (2 * count)
}

/// The weekdays that are called on, from Monday: those of the days, and those that none of the days between them is.
fn week_of(days: &[&ActiveDay]) -> [bool; 7] {
    let mut week = [true; 7];
    let place = |day: Day| usize::from(day.weekday() - 1);
    if let [first, .., last] = days {
        let between = (first.day.0..=last.day.0).take(7).map(Day);
        between.for_each(|day| week[place(day)] = false);
    }
    for day in days {
        week[place(day.day)] = true;
    }
    week
}

fn latest(days: &[&ActiveDay]) -> Option<LatestDay> {
    let (day, before) = days.split_last()?;
    let before = &before[before.len().saturating_sub(ForecastBasis::PACE_DAYS)..];
    if before.len() < ForecastBasis::FEWEST_DAYS {
        return None;
    }
    let totals: Vec<AttemptSum> = before.iter().map(|day| day.total()).collect();
    let count = |value: fn(&AttemptSum) -> u64| {
        let mut values: Vec<u64> = totals.iter().map(value).collect();
        values.sort_unstable();
        let (low, high) = bounds(&values);
        CountBand { low, middle: rounded(values.iter().sum(), values.len() as u64), high }
    };
    let cost = count(|sum| sum.cost.0.max(0).cast_unsigned());
    let money = |micros: u64| Money(micros.cast_signed());
    let came = day.total();
    Some(LatestDay {
        day: day.day,
        calls: count(|sum| sum.calls),
        calls_came: came.calls,
        reached: count(|sum| sum.newly_reached),
        reached_came: came.newly_reached,
        cost: MoneyBand { low: money(cost.low), middle: money(cost.middle), high: money(cost.high) },
        cost_came: came.cost,
    })
}

impl CallingPace {
    /// That of days, for attempts up to the most. An attempt that was not made on them goes as the nearest before it that was, else as
    /// the nearest after it; where none of these was, as all calls together.
    fn of(days: &[&DrawnDay], most: usize) -> Self {
        let mut sums = vec![AttemptSum::default(); most];
        let mut hours = [0_u64; HOURS];
        let mut all = AttemptSum::default();
        for day in days {
            all.add(&day.all);
            sums.iter_mut().zip(&day.attempts).for_each(|(sum, of_day)| sum.add(of_day));
            hours.iter_mut().zip(day.hours).for_each(|(hour, calls)| *hour += calls);
        }
        let made = |sum: &&AttemptSum| sum.calls > 0;
        let first = sums.iter().find(made).copied().unwrap_or(all);
        let mut nearest = first;
        let (mut reaching, mut cost) = (Vec::with_capacity(sums.len()), Vec::with_capacity(sums.len()));
        for sum in &sums {
            if sum.calls > 0 {
                nearest = *sum;
            }
            let calls = nearest.calls.max(1) as f64;
            reaching.push(nearest.newly_reached as f64 / calls);
            cost.push(nearest.cost.0 as f64 / calls);
        }
        let count = days.len().max(1) as f64;
        Self { reaching, cost, hours: hours.map(|calls| calls as f64 / count) }
    }

    /// E_k of each attempt, and what they come to; `open` are customers not reached by their finished calls.
    fn rest(&self, open: &[f64]) -> RestOfList {
        let mut rest = RestOfList { calls: 0.0, reached: 0.0, cost: 0.0 };
        let mut waiting = 0.0;
        for (open, (reaching, cost)) in open.iter().zip(self.reaching.iter().zip(&self.cost)) {
            waiting += open;
            rest.calls += waiting;
            rest.reached += waiting * reaching;
            rest.cost += waiting * cost;
            waiting *= 1.0 - reaching;
        }
        rest
    }

    /// The hour in which so many calls are made, from the next full hour on; this hour where there is nothing left to call, none where it
    /// takes more than ten years.
    fn through(&self, calls: f64, week: [bool; 7], now: LocalTime) -> Option<ForecastHour> {
        let today = now.day();
        if calls.round() < 1.0 {
            return Some(ForecastHour { day: today, hour: now.hour() });
        }
        let is_called = |day: Day| week[usize::from(day.weekday() - 1)];
        let mut left = calls;
        if is_called(today) {
            match self.within_day(usize::from(now.hour()) + 1, left) {
                Ok(hour) => return Some(ForecastHour { day: today, hour }),
                Err(made) => left -= made,
            }
        }
        let of_day: f64 = self.hours.iter().sum();
        // Days that are called through, before the one on which the last call is made.
        let whole = (left / of_day).ceil() - 1.0;
        if !whole.is_finite() || whole > MOST_DAYS {
            return None;
        }
        left -= whole * of_day;
        let (mut whole, of_week) = (whole.max(0.0) as i32, week.iter().filter(|is| **is).count() as i32);
        let mut day = today.plus(1 + 7 * (whole / of_week));
        whole %= of_week;
        while whole > 0 || !is_called(day) {
            whole -= i32::from(is_called(day));
            day = day.plus(1);
        }
        let last = self.hours.iter().rposition(|calls| *calls > 0.0)?;
        let hour = self.within_day(0, left).unwrap_or(last as u8);
        (f64::from(day.0 - today.0) <= MOST_DAYS).then_some(ForecastHour { day, hour })
    }

    /// The hour of a day, from one on, in which so many calls are made; else how many are made in these hours.
    fn within_day(&self, from: usize, calls: f64) -> Result<u8, f64> {
        let mut made = 0.0;
        for (hour, of_hour) in self.hours.iter().enumerate().skip(from) {
            made += of_hour;
            // Sums of thirds and sevenths miss a whole by a hair.
            if *of_hour > 0.0 && made + 1e-6 >= calls {
                return Ok(hour as u8);
            }
        }
        Err(made)
    }
}

/// SplitMix64 (G. L. Steele et al., "Fast splittable pseudorandom number generators", 2014).
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        (bits % bound as u64) as usize
    }
}

#[cfg(test)]
mod tests;
