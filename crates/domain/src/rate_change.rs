//! Why a rate is another one than before: because calls came at other hours, to other bots, as other attempts, where the rate is
//! another one (the mix part), or because the rate is another one at the same hour (the rate part).
//!
//! Over the values of one dimension with shares w and rates r before (0) and now (1), R the rates of all:
//! mix part = Σ (w1 − w0)(r̄ − R̄), rate part = Σ w̄ (r1 − r0), with means of both periods. They sum to R1 − R0. E. M. Kitagawa,
//! "Components of a difference between two rates" (1955). A value that has nothing in one of the periods has there the rate that it has
//! in the other one: all of its part is mix.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde::{Deserialize, Serialize};

use crate::{own_dimension::OwnDimension, rate::Rate};

/// What calls are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum PartDimension {
    /// The local hour in which dialling began, `0` to `23`.
    Hour,
    /// The local weekday, `1` (Monday) to `7`.
    Weekday,
    /// The attempt number, from `1`. Of the answer rate alone: codes are not kept by attempt.
    Attempt,
    /// The voicebot, by its id.
    Voicebot,
    /// One of the account's own dimensions, by its number; its values by their words.
    Own(u32),
}

impl PartDimension {
    /// Those of every account, in the order in which they are shown; its own come behind them.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Weekday, Self::Attempt, Self::Voicebot];

    /// The word in JSON and files.
    pub fn word(self) -> Cow<'static, str> {
        match self {
            Self::Hour => "hour".into(),
            Self::Weekday => "weekday".into(),
            Self::Attempt => "attempt".into(),
            Self::Voicebot => "voicebot".into(),
            Self::Own(number) => format!("own.{number}").into(),
        }
    }
}

impl From<PartDimension> for String {
    fn from(dimension: PartDimension) -> Self {
        dimension.word().into_owned()
    }
}

impl TryFrom<String> for PartDimension {
    type Error = &'static str;
    fn try_from(word: String) -> Result<Self, &'static str> {
        let known = Self::ALL.into_iter().find(|dimension| dimension.word() == word);
        let own = || word.strip_prefix("own.")?.parse().ok().map(Self::Own);
        known.or_else(own).ok_or("is not a dimension that calls are told apart by")
    }
}

/// The rates of calls; the contact rate is one of customers, who have several hours and attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum PartRate {
    /// Answered ÷ calls.
    #[default]
    AnswerRate,
    /// (Calls − line faults) ÷ calls.
    NetworkEffectiveness,
    /// Calls whose code is a goal ÷ answered calls.
    GoalRate,
}

impl PartRate {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::AnswerRate, Self::NetworkEffectiveness, Self::GoalRate];

    /// The word in addresses, JSON and files.
    pub fn word(self) -> &'static str {
        match self {
            Self::AnswerRate => "answer_rate",
            Self::NetworkEffectiveness => "network_effectiveness",
            Self::GoalRate => "goal_rate",
        }
    }

    /// The one whose [`Self::word`] this is.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rate| rate.word() == word)
    }
}

/// What is counted of the calls of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PartCounts {
    /// Finished calls.
    pub calls: u64,
    /// Answered calls.
    pub answered: u64,
    /// Calls that ended with CU.
    pub line_faults: u64,
    /// Calls whose code is a goal.
    pub goals: u64,
}

impl PartCounts {
    /// Adds others.
    pub fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.answered += other.answered;
        self.line_faults += other.line_faults;
        self.goals += other.goals;
    }

    fn rate(self, of: PartRate) -> Rate {
        match of {
            PartRate::AnswerRate => Rate::new(self.answered, self.calls),
            PartRate::NetworkEffectiveness => Rate::new(self.calls - self.line_faults, self.calls),
            PartRate::GoalRate => Rate::new(self.goals, self.answered),
        }
    }
}

/// A value of a dimension, in the order in which values are shown: by number, then by text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PartValue {
    /// An hour, a weekday, an attempt; 0 of a voicebot, and of an own value.
    pub number: u32,
    /// The id of a voicebot, the word of an own value; empty else.
    pub id: String,
    /// How people call the voicebot; empty else.
    pub name: String,
}

/// The calls of a period by the values of each dimension.
pub type PeriodParts = BTreeMap<PartDimension, BTreeMap<PartValue, PartCounts>>;

/// What one value did to a rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ChangedValue {
    /// The hour, weekday or attempt; the id of a voicebot; of an own dimension the number of the value, `other` or `none`.
    pub value: String,
    /// The name of a voicebot; of an own dimension the value, without what may be a phone number where that may not be seen; `null` of
    /// any other.
    pub name: Option<String>,
    /// The rate of the period that is compared with.
    pub before: Rate,
    /// The rate of the period.
    pub now: Rate,
    /// What its share of the calls did, in millionths of one.
    pub mix_part: i32,
    /// What its own rate did, in millionths of one.
    pub rate_part: i32,
}

/// Why a rate is another one than before, by one dimension. `mix_part + rate_part = difference`, each the sum of its values', to the last
/// millionth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RateChange {
    /// The rate that is another one than before.
    pub rate: PartRate,
    /// By what: `hour`, `weekday`, `attempt`, `voicebot`, or `own.` and the number of an own dimension.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub dimension: PartDimension,
    /// The own dimension, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnDimension>,
    /// The rate now less the rate before, in millionths of one; as in `rates`.
    pub difference: i32,
    /// Σ of the values' mix parts.
    pub mix_part: i32,
    /// Σ of the values' rate parts.
    pub rate_part: i32,
    /// Each value with calls in either period.
    pub values: Vec<ChangedValue>,
}

/// Every rate by every dimension that tells it apart; none of a rate that has no calls in one of the periods.
pub fn rate_changes(before: &PeriodParts, now: &PeriodParts) -> Vec<RateChange> {
    let of = |rate: PartRate, dimension: PartDimension| {
        if dimension == PartDimension::Attempt && rate != PartRate::AnswerRate {
            return None;
        }
        let mut values = BTreeMap::<PartValue, [Rate; 2]>::new();
        for (period, parts) in [before, now].into_iter().enumerate() {
            for (value, counts) in parts.get(&dimension).into_iter().flatten() {
                let rate = counts.rate(rate);
                if rate.denominator > 0 {
                    values.entry(value.clone()).or_default()[period] = rate;
                }
            }
        }
        split(rate, dimension, values)
    };
    let own = |parts: &PeriodParts| {
        parts.keys().copied().filter(|by| matches!(by, PartDimension::Own(_))).collect::<BTreeSet<PartDimension>>()
    };
    let own: BTreeSet<PartDimension> = &own(before) | &own(now);
    let dimensions: Vec<PartDimension> = PartDimension::ALL.into_iter().chain(own).collect();
    PartRate::ALL.into_iter().flat_map(|rate| dimensions.iter().filter_map(move |by| of(rate, *by))).collect()
}

/// A fraction of integers.
#[derive(Debug, Clone, Copy)]
struct Fraction {
    numerator: i128,
    /// Above 0.
    denominator: i128,
}

impl Fraction {
    /// Ten times as much still fits.
    const LARGEST: i128 = i128::MAX / 10;

    /// In lowest terms, so that products stay within 128 bits: of two thousand million calls they do. What still is too large to be
    /// divided loses bits that no millionth depends on.
    fn new(numerator: i128, denominator: i128) -> Self {
        let (mut a, mut b) = (numerator.unsigned_abs(), denominator.unsigned_abs());
        while b > 0 {
            (a, b) = (b, a % b);
        }
        let divisor = a.max(1).cast_signed();
        let (mut numerator, mut denominator) = (numerator / divisor, denominator / divisor);
        while denominator > Self::LARGEST {
            (numerator, denominator) = (numerator / 2, denominator / 2);
        }
        Self { numerator, denominator }
    }

    fn times(self, other: Self) -> Self {
        // Crosswise first: each numerator with the other's denominator.
        let (left, right) =
            (Self::new(self.numerator, other.denominator), Self::new(other.numerator, self.denominator));
        Self::new(left.numerator * right.numerator, left.denominator * right.denominator)
    }

    /// In so many parts of one: how many are full, and what is left over in parts of that again. By long division, so that nothing
    /// overflows.
    fn in_parts(self, digits: u32) -> (i64, i128) {
        let mut whole = self.numerator.div_euclid(self.denominator);
        let mut left = self.numerator.rem_euclid(self.denominator);
        for _ in 0..digits {
            left *= 10;
            whole = whole * 10 + left / self.denominator;
            left %= self.denominator;
        }
        (whole as i64, left)
    }

    /// Millionths, rounded to the nearest, half up.
    fn millionths(self) -> i64 {
        let (whole, left) = self.in_parts(6);
        whole + i64::from(left >= self.denominator - left)
    }

    /// Full millionths, and what is left over of one in millionths of it.
    fn millionths_and_rest(self) -> (i64, i64) {
        let whole = self.in_parts(6).0;
        (whole, self.in_parts(12).0 - whole * 1_000_000)
    }
}

fn split(rate: PartRate, dimension: PartDimension, values: BTreeMap<PartValue, [Rate; 2]>) -> Option<RateChange> {
    let sum = |period: usize| {
        let rates = values.values().map(|rates| rates[period]);
        rates.fold(Rate::default(), |sum, rate| {
            Rate::new(sum.numerator + rate.numerator, sum.denominator + rate.denominator)
        })
    };
    let all = [sum(0), sum(1)];
    let difference = all[1].less(all[0])?.difference;
    let wide = |rate: Rate| (i128::from(rate.numerator), i128::from(rate.denominator));
    let ((k0, n0), (k1, n1)) = (wide(all[0]), wide(all[1]));
    // What each value did in all, w1 r1 − w0 r0 − (w1 − w0) R̄, and of it what its own rate did.
    let (mut totals, mut owns) = (Vec::new(), Vec::new());
    for [before, now] in values.values() {
        let ((k0_of, n0_of), (k1_of, n1_of)) = (wide(*before), wide(*now));
        let change = Fraction::new(k1_of * n0 - k0_of * n1, n0 * n1);
        let share = Fraction::new(n1_of * n0 - n0_of * n1, n0 * n1);
        let moved = share.times(Fraction::new(k0 * n1 + k1 * n0, 2 * n0 * n1));
        totals.push((change, moved));
        let own = match (n0_of, n1_of) {
            (0, _) | (_, 0) => Fraction::new(0, 1),
            _ => Fraction::new(n0_of * n1 + n1_of * n0, 2 * n0 * n1)
                .times(Fraction::new(k1_of * n0_of - k0_of * n1_of, n0_of * n1_of)),
        };
        owns.push(own.millionths());
    }
    let totals = rounded_to(i64::from(difference), &totals);
    let values: Vec<ChangedValue> = values
        .into_iter()
        .zip(totals.into_iter().zip(owns))
        .map(|((value, [before, now]), (total, own))| ChangedValue {
            value: if value.id.is_empty() { value.number.to_string() } else { value.id },
            name: (!value.name.is_empty()).then_some(value.name),
            before,
            now,
            mix_part: (total - own) as i32,
            rate_part: own as i32,
        })
        .collect();
    Some(RateChange {
        rate,
        dimension,
        own: None,
        difference,
        mix_part: values.iter().map(|value| value.mix_part).sum(),
        rate_part: values.iter().map(|value| value.rate_part).sum(),
        values,
    })
}

/// Differences of two fractions in millionths that sum to `sum`: rounded down, and those up that leave the most.
fn rounded_to(sum: i64, parts: &[(Fraction, Fraction)]) -> Vec<i64> {
    let exact = parts.iter().map(|(add, take)| {
        let ((add, add_left), (take, take_left)) = (add.millionths_and_rest(), take.millionths_and_rest());
        let (left, borrow) =
            if add_left < take_left { (add_left + 1_000_000 - take_left, 1) } else { (add_left - take_left, 0) };
        (add - take - borrow, left)
    });
    let exact: Vec<(i64, i64)> = exact.collect();
    let mut rounded: Vec<i64> = exact.iter().map(|(whole, _)| *whole).collect();
    let mut order: Vec<usize> = (0..exact.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(exact[*place].1));
    let mut missing = sum - rounded.iter().sum::<i64>();
    for place in order.into_iter().cycle().take(exact.len().saturating_mul(2)) {
        if missing == 0 {
            break;
        }
        rounded[place] += missing.signum();
        missing -= missing.signum();
    }
    rounded
}

#[cfg(test)]
mod tests;
