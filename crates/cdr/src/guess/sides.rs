//! Which way calls go in a table of who called and who was called that does not say it: by our own numbers, which stand in nearly every
//! row on either side.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

use crate::{
    cells::Cells,
    numbers::{bare, is_withheld},
    source::Direction,
    written::is_nothing,
};

/// Different numbers on the other side of one of ours, at least; two where it stands on both sides.
const LEAST_OTHERS: usize = 3;
const LEAST_OTHERS_OF_BOTH: usize = 2;
/// Own numbers of one table.
const MOST_OWN: usize = 50;
/// Digits of an extension of ours at most.
const EXTENSION_DIGITS: usize = 6;
/// Of two ways to write a number these last digits are the same.
const SAME_DIGITS: usize = 9;

/// Who called, who was called, and which numbers are ours.
#[derive(Debug, Clone)]
pub(crate) struct Sides {
    from: usize,
    to: usize,
    own: Arc<HashSet<String>>,
}

/// What stands on the other side of a number.
#[derive(Debug, Default)]
struct Others {
    called: BTreeSet<String>,
    callers: BTreeSet<String>,
}

impl Sides {
    /// By the first rows; none where no number is ours for certain.
    pub(crate) fn of<'a>((from, to): (usize, usize), rows: impl Iterator<Item = &'a Cells>) -> Option<Self> {
        let mut open = pairs((from, to), rows);
        open.retain(|(caller, called)| !is_extension(caller) && !is_extension(called));
        let mut own = HashSet::new();
        while let Some(next) = next_own(&open).filter(|_| own.len() < MOST_OWN) {
            open.retain(|(caller, called)| *caller != next && *called != next);
            own.insert(next);
        }
        (!own.is_empty()).then(|| Self { from, to, own: Arc::new(own) })
    }

    /// Numbers that call in some of the first rows and are called in others, where none is ours for certain.
    pub(crate) fn on_both<'a>(places: (usize, usize), rows: impl Iterator<Item = &'a Cells>) -> Vec<String> {
        let others = others_of(&pairs(places, rows));
        let both = others.into_iter().filter(|(_, others)| !others.called.is_empty() && !others.callers.is_empty());
        both.map(|(number, _)| number).collect()
    }

    /// That of a row; none where neither number is ours.
    pub(crate) fn of_row(&self, cells: &Cells) -> Option<Direction> {
        let is_own =
            |at: usize| key(cells.get(at)).is_some_and(|number| is_extension(&number) || self.own.contains(&number));
        match (is_own(self.from), is_own(self.to)) {
            (true, true) => Some(Direction::Internal),
            (true, false) => Some(Direction::Outbound),
            (false, true) => Some(Direction::Inbound),
            (false, false) => None,
        }
    }

    /// With its columns at other places.
    pub(crate) fn moved(self, place: impl Fn(usize) -> Option<usize>) -> Option<Self> {
        Some(Self { from: place(self.from)?, to: place(self.to)?, ..self })
    }
}

/// The number that is ours for certain and has the most others.
fn next_own(open: &[(String, String)]) -> Option<String> {
    let others = others_of(open);
    let is_own = |number: &str, Others { called, callers }: &Others| {
        let count = called.union(callers).count();
        match (called.is_empty(), callers.is_empty()) {
            (false, false) => count >= LEAST_OTHERS_OF_BOTH,
            (false, true) => count >= LEAST_OTHERS,
            // Whoever calls others as well is a colleague who called a customer.
            (true, false) => {
                let calls_others = |caller: &&String| {
                    others.get(*caller).is_some_and(|of| of.called.iter().any(|called| called != number))
                };
                count >= LEAST_OTHERS && callers.iter().filter(calls_others).count() * 10 <= count
            }
            (true, true) => false,
        }
    };
    let count = |others: &Others| {
        let is_both = !others.called.is_empty() && !others.callers.is_empty();
        (others.called.union(&others.callers).count(), is_both, others.called.len())
    };
    let own = others.iter().filter(|(number, others)| is_own(number, others));
    own.max_by_key(|(_, others)| count(others)).map(|(number, _)| number.clone())
}

fn others_of(pairs: &[(String, String)]) -> BTreeMap<String, Others> {
    let mut others: BTreeMap<String, Others> = BTreeMap::new();
    for (caller, called) in pairs {
        others.entry(caller.clone()).or_default().called.insert(called.clone());
        others.entry(called.clone()).or_default().callers.insert(caller.clone());
    }
    others
}

fn pairs<'a>((from, to): (usize, usize), rows: impl Iterator<Item = &'a Cells>) -> Vec<(String, String)> {
    let pair = |row: &Cells| Some((key(row.get(from))?, key(row.get(to))?));
    rows.filter_map(pair).filter(|(caller, called)| caller != called).collect()
}

/// The same for the ways to write a number; none where there is none.
fn key(text: &str) -> Option<String> {
    let number = bare(text);
    if is_nothing(&number) || is_withheld(&number) {
        return None;
    }
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let from = digits.len().saturating_sub(SAME_DIGITS);
    (digits.len() > 1).then(|| digits[from..].to_owned())
}

fn is_extension(number: &str) -> bool {
    number.len() <= EXTENSION_DIGITS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[(&str, &str)]) -> Vec<Cells> {
        let row = |(from, to): &(&str, &str)| {
            let mut cells = Cells::default();
            cells.push(from);
            cells.push(to);
            cells
        };
        rows.iter().map(row).collect()
    }

    fn ways(pairs: &[(&str, &str)]) -> Option<Vec<Option<Direction>>> {
        let rows = rows(pairs);
        let sides = Sides::of((0, 1), rows.iter())?;
        Some(rows.iter().map(|row| sides.of_row(row)).collect())
    }

    #[test]
    fn the_number_in_every_row_is_ours_on_whichever_side() {
        use Direction::{Inbound, Internal, Outbound};
        const HOTLINE: &str = "02473001234";
        let mixed = [
            (HOTLINE, "0912345601"),
            ("0912345602", "+842473001234"),
            (HOTLINE, "0912345603"),
            ("101", "0912345604"),
            ("0912345605", "101"),
            ("101", HOTLINE),
        ];
        let expected = [Outbound, Inbound, Outbound, Outbound, Inbound, Internal].map(Some);
        assert_eq!(ways(&mixed), Some(expected.to_vec()));
        let came_in = [("0912345601", "19001234"), ("0912345602", "19001234"), ("0912345603", "19001234")];
        assert_eq!(ways(&came_in), Some(vec![Some(Inbound); 3]));
        let two = [("0912345601", HOTLINE), (HOTLINE, "0912345602")];
        assert_eq!(ways(&two), Some(vec![Some(Inbound), Some(Outbound)]));
    }

    #[test]
    fn a_customer_whom_several_of_us_called_is_none_of_us() {
        let called = [
            ("0281111001", "0912345601"),
            ("0281111002", "0912345601"),
            ("0281111003", "0912345601"),
            ("0281111001", "0912345602"),
            ("0281111002", "0912345603"),
            ("0281111003", "0912345604"),
        ];
        assert!(ways(&called).is_none_or(|ways| !ways.contains(&Some(Direction::Inbound))));
        let again = rows(&[("0281111001", "0912345601"), ("0281111001", "0912345601"), ("0912345601", "0281111001")]);
        assert!(Sides::of((0, 1), again.iter()).is_none());
        assert_eq!(Sides::on_both((0, 1), again.iter()), ["281111001", "912345601"]);
    }
}
