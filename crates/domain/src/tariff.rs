//! Blocks and cost (docs/METRICS.md, "Blocks and cost").

use serde::{Deserialize, Serialize};

use crate::{Currency, Money, Timestamp, limits, time::DAY_MS};

/// A price list: talk time is charged in a first block and equal next blocks, both rounded up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Tariff {
    /// Length of the first block, in seconds, at least 1.
    pub first_block_seconds: u32,
    /// Length of each further block, in seconds, at least 1.
    pub next_block_seconds: u32,
    /// What the first block costs, begun or full, in micro-units.
    pub price_first_block: Money,
    /// What each further block costs, begun or full, in micro-units.
    pub price_next_block: Money,
    /// The currency of both prices.
    pub currency: Currency,
    /// Calls dialled from this instant on are priced by it.
    pub effective_from: Timestamp,
    /// How both prices are meant; no figure is changed by it. Absent: nobody has said.
    #[serde(default)]
    pub vat: Option<Vat>,
}

/// Whether prices hold the value-added tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum Vat {
    /// Prices include VAT.
    Included,
    /// VAT is added to prices.
    Excluded,
}

impl Vat {
    /// Every way, prices with VAT first.
    pub const ALL: [Self; 2] = [Self::Included, Self::Excluded];

    /// The word in JSON, forms and the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Included => "included",
            Self::Excluded => "excluded",
        }
    }

    /// The one whose [`Self::word`] this is; none for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|vat| vat.word() == word)
    }
}

/// The longest block accepted, in seconds (one hour).
pub const MAX_BLOCK_SECONDS: u32 = 3_600;
/// The most that a block may cost, in currency units.
pub const PRICE_UNITS: i64 = 1_000_000;

impl Tariff {
    /// Whether its blocks cost nothing, as those of the tariff that an account begins with.
    pub fn is_free(&self) -> bool {
        self.price_first_block == Money::ZERO && self.price_next_block == Money::ZERO
    }

    /// Blocks of one success call with `talk_time` milliseconds (compared in whole milliseconds).
    ///
    /// `0` for no talk; `1` up to the first block; then one more for each begun next block:
    /// `1 + ceil((t − first) / next)`.
    pub fn blocks(&self, talk_time: i64) -> i64 {
        let first = i64::from(self.first_block_seconds) * 1_000;
        let next = i64::from(self.next_block_seconds.max(1)) * 1_000;
        if talk_time <= 0 {
            0
        } else if talk_time <= first {
            1
        } else {
            // At least 1, and less than what is left.
            1 + (talk_time - first - 1) / next + 1
        }
    }

    /// Cost of `blocks` blocks: the first at its price, the others at theirs.
    pub fn cost(&self, blocks: i64) -> Money {
        if blocks <= 0 {
            Money::ZERO
        } else {
            Money(self.price_first_block.0.saturating_add((blocks - 1).saturating_mul(self.price_next_block.0)))
        }
    }

    /// The rules that the types cannot hold; the field's name and the reason of the first one broken.
    pub fn check(&self) -> Result<(), (&'static str, &'static str)> {
        let seconds = 1..=MAX_BLOCK_SECONDS;
        if !seconds.contains(&self.first_block_seconds) {
            return Err(("first_block_seconds", "must be 1 to 3600"));
        }
        if !seconds.contains(&self.next_block_seconds) {
            return Err(("next_block_seconds", "must be 1 to 3600"));
        }
        let prices = 0..=Money::units(PRICE_UNITS).0;
        if !prices.contains(&self.price_first_block.0) {
            return Err(("price_first_block", "must be 0 to 1000000"));
        }
        if !prices.contains(&self.price_next_block.0) {
            return Err(("price_next_block", "must be 0 to 1000000"));
        }
        if self.is_too_dear() {
            return Err(("price_next_block", "makes a call of 24 hours cost more than 10000000"));
        }
        Ok(())
    }

    /// Whether a call of a whole day would cost more than any call may.
    pub fn is_too_dear(&self) -> bool {
        self.cost(self.blocks(DAY_MS)) > Money::units(limits::DAY_COST_UNITS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tariff(first: u32, next: u32) -> Tariff {
        Tariff {
            first_block_seconds: first,
            next_block_seconds: next,
            price_first_block: Money::units(320),
            price_next_block: Money::units(100),
            currency: Currency::vnd(),
            effective_from: Timestamp(0),
            vat: None,
        }
    }

    #[test]
    fn thirty_one_seconds_as_in_the_definition() {
        assert_eq!(tariff(60, 60).blocks(31_000), 1);
        assert_eq!(tariff(6, 6).blocks(31_000), 6);
        assert_eq!(tariff(6, 1).blocks(31_000), 26);
    }

    #[test]
    fn a_block_ends_at_its_last_millisecond() {
        let tariff = tariff(6, 6);
        assert_eq!(tariff.blocks(0), 0);
        assert_eq!(tariff.blocks(1), 1);
        assert_eq!(tariff.blocks(6_000), 1);
        assert_eq!(tariff.blocks(6_001), 2);
        assert_eq!(tariff.blocks(12_000), 2);
        assert_eq!(tariff.blocks(12_001), 3);
        assert_eq!(tariff.cost(0), Money::ZERO);
        assert_eq!(tariff.cost(3), Money::units(520));
    }

    #[test]
    fn a_call_of_a_day_has_a_highest_price() {
        let dear = |price_next_block| Tariff { price_next_block, ..tariff(6, 1) };
        // 86,394 seconds after the first six.
        assert_eq!(dear(Money::units(115)).check(), Ok(()));
        assert_eq!(dear(Money::units(116)).check().unwrap_err().0, "price_next_block");
        let long = Tariff { price_first_block: Money::units(PRICE_UNITS), ..tariff(3_600, 3_600) };
        assert_eq!(Tariff { price_next_block: Money::units(391_304), ..long.clone() }.check(), Ok(()));
        assert_eq!(
            Tariff { price_next_block: Money::units(PRICE_UNITS), ..long }.check().unwrap_err().0,
            "price_next_block"
        );
    }

    proptest! {
        /// Whatever the price and the talk: no panic, and never less than nothing.
        #[test]
        fn pricing_neither_panics_nor_wraps(first in any::<u32>(), next in any::<u32>(), a in 0..i64::MAX, b in 0..i64::MAX, talk in any::<i64>()) {
            let tariff = Tariff { price_first_block: Money(a), price_next_block: Money(b), ..tariff(first, next) };
            let cost = tariff.cost(tariff.blocks(talk));
            prop_assert!(cost >= Money::ZERO);
            prop_assert!(talk <= 0 || cost >= Money(a));
            let _ = tariff.check();
        }

        /// The blocks cover the talk time, and one block less would not.
        #[test]
        fn blocks_are_the_fewest_that_cover_the_talk(first in 1_u32..120, next in 1_u32..120, talk in 1_i64..86_400_000) {
            let blocks = tariff(first, next).blocks(talk);
            let covered = |blocks: i64| i64::from(first) * 1_000 + (blocks - 1) * i64::from(next) * 1_000;
            prop_assert!(covered(blocks) >= talk);
            prop_assert!(blocks == 1 || covered(blocks - 1) < talk);
        }
    }
}
