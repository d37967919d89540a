//! Prices that are none of the calls: what a customer ordered or owes.

use domain::limits::COST_UNITS;

use super::{
    draft::Draft,
    name_parts::{names_an_expense, names_any_price},
    names::NameSays,
};
use crate::{
    cells::Cells,
    mapping::Field,
    result_words::{WordSays, word_says},
    written::{Decimal, amount, length, plain_number},
};

/// Calls of different lengths, at least, by which it is told whether a price grows with them.
const LEAST_CALLS: usize = 5;

/// Whether prices are those of the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PriceOf {
    Call,
    /// Nothing tells.
    Unknown,
    /// Of something else, and why.
    Other(&'static str),
}

impl Draft<'_> {
    /// What the prices in a column are of. Under a name of calls they are theirs, if they are not there whatever comes of the call; under that
    /// of any price its cells tell.
    pub(super) fn price_of(&self, at: usize) -> PriceOf {
        const OF_UNANSWERED: &str = "calls that nobody answered have one, too, and it does not grow with the talk";
        if !names_any_price(&self.names[at]) {
            return match (self.is_of_unanswered(at), names_an_expense(&self.names[at])) {
                (Some(true), true) => PriceOf::Other(OF_UNANSWERED),
                (Some(true), false) => PriceOf::Unknown,
                _ => PriceOf::Call,
            };
        }
        let prices: Vec<f64> =
            self.rows.iter().filter_map(|row| price(row.get(at))).filter(|price| *price > 0.0).collect();
        let large = prices.iter().filter(|price| **price > COST_UNITS as f64).count();
        if large * 2 > prices.len() {
            return PriceOf::Other("its amounts are larger than any call's");
        }
        match self.is_of_unanswered(at) {
            Some(true) => return PriceOf::Other(OF_UNANSWERED),
            // It is 0 for these.
            Some(false) => return PriceOf::Call,
            None => {}
        }
        match self.grows_with_talk(at) {
            Some(true) => PriceOf::Call,
            Some(false) => PriceOf::Other("it does not grow with the talk"),
            None => PriceOf::Unknown,
        }
    }

    /// Whether a column holds numbers for calls that nobody answered as well, which do not grow with the talk; none where all were answered.
    fn is_of_unanswered(&self, at: usize) -> Option<bool> {
        let results = self.free_named(NameSays::Field(Field::Result));
        let results = self.places(Field::Result).unwrap_or(results);
        let is_unanswered = |row: &&&Cells| {
            let says =
                |result: &usize| matches!(word_says(row.get(*result)), WordSays::Unanswered(_) | WordSays::Failed(_));
            results.iter().any(says)
        };
        let sum = |rows: Vec<&&Cells>| {
            let numbers: Vec<f64> = rows.iter().filter_map(|row| price(row.get(at))).collect();
            (numbers.iter().filter(|number| **number != 0.0).count(), numbers.len(), numbers.iter().sum::<f64>())
        };
        let (unanswered, answered): (Vec<_>, Vec<_>) = self.rows.iter().partition(is_unanswered);
        if unanswered.is_empty() {
            return None;
        }
        let ((charged, all, cost), (_, others, of_answered)) = (sum(unanswered), sum(answered));
        // What grows with the talk is the call's, also where each attempt costs something.
        let grows = others > 0 && all > 0 && of_answered / others as f64 > 2.0 * cost / all as f64;
        Some(all > 0 && charged * 2 >= all && !grows)
    }

    /// Whether longer calls cost more, or no less, as far as pairs of calls tell; none where too few of them differ in length, or all cost
    /// the same.
    fn grows_with_talk(&self, at: usize) -> Option<bool> {
        const MOST_CALLS: usize = 200;
        let lengths = self.places(Field::Talk).or_else(|| self.places(Field::Total))?;
        let &[talk] = &lengths[..] else { return None };
        let call = |row: &&Cells| {
            let ms = length(row.get(talk), None, Decimal::Point).ok().flatten().filter(|ms| *ms > 0)?;
            Some((ms, price(row.get(at))?))
        };
        let calls: Vec<(i64, f64)> = self.rows.iter().filter_map(call).take(MOST_CALLS).collect();
        // One fee for each call, or one thing that all customers bought.
        if calls.iter().all(|(_, price)| price.total_cmp(&calls[0].1).is_eq()) {
            return None;
        }
        let (mut pairs, mut falling) = (0, 0);
        for (nth, (ms, price)) in calls.iter().enumerate() {
            for (other_ms, other) in &calls[nth + 1..] {
                if ms != other_ms {
                    pairs += 1;
                    falling += usize::from(ms.cmp(other_ms) == price.total_cmp(other).reverse());
                }
            }
        }
        (pairs >= LEAST_CALLS * (LEAST_CALLS - 1) / 2).then(|| falling * 4 < pairs)
    }
}

/// The number of a price, without its currency.
fn price(text: &str) -> Option<f64> {
    let number = amount(text)?.0;
    let read = |decimal| plain_number(&number, decimal)?.parse::<f64>().ok();
    // `1.250.000` has two points.
    read(Decimal::Point).or_else(|| read(Decimal::Comma))
}
