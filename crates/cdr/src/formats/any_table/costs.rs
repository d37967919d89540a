//! How a table writes costs.

use domain::Currency;

use crate::{
    mapping::Mapping,
    written::{amount, has_grouping_points, named_currency},
};

/// How costs are written.
#[derive(Debug, Clone, Default)]
pub(super) struct Costs {
    /// The account's currency, if it is known.
    pub(super) own: Option<Currency>,
    /// That of the column's name.
    pub(super) named: Option<Currency>,
    /// Points stand between thousands.
    pub(super) is_grouped: bool,
}

impl Costs {
    /// By the column's name and its first cells: `1.200` of a currency without fractions is 1,200, unless another cell has a fraction.
    pub(super) fn of<'a>(
        own: Option<&Currency>,
        name: Option<&str>,
        mapping: &Mapping,
        cells: impl Iterator<Item = &'a str>,
    ) -> Self {
        let named = name.and_then(named_currency).map(|(_, currency)| currency);
        let (mut any, mut all) = (false, true);
        for cell in cells {
            let Some((number, said)) = amount(cell) else { continue };
            let currency = said.as_ref().or(named.as_ref()).or(own);
            if number.contains('.') && currency.is_some_and(|currency| currency.minor_digits() == 0) {
                any = true;
                all &= has_grouping_points(number.trim_start_matches('-'));
            }
        }
        Self { own: own.cloned(), named, is_grouped: any && all && mapping.decimal.is_none() }
    }
}
