//! Sums and what they are kept by, as structs whose fields are named as their columns are: what a figure is, is said by its
//! name and not by its place.

use std::{
    collections::BTreeMap,
    ops::{AddAssign, SubAssign},
};

use domain::{Day, usage::Month};

use crate::bulk::{BulkColumn, BulkColumns};

/// `sum ÷ count`, rounded half up; `None` where nothing was counted.
pub(crate) fn mean(sum: i64, count: u64) -> Option<i64> {
    let (sum, count) = (i128::from(sum), i128::from(count));
    (count > 0).then(|| ((2 * sum + count).div_euclid(2 * count)) as i64)
}

/// A column, and the sum that it holds.
pub(crate) type SumColumn<S> = (&'static str, fn(&S) -> i64);

/// Sums that are kept in columns of their fields' names.
pub(crate) trait Sums: Copy + PartialEq + Default + AddAssign + SubAssign + 'static {
    const COLUMNS: &'static [SumColumn<Self>];

    /// Adds, or takes away.
    fn change(&mut self, by: Self, subtract: bool) {
        if subtract {
            *self -= by;
        } else {
            *self += by;
        }
    }

    /// The sums in words, for people.
    fn text(&self) -> String {
        let named = Self::COLUMNS.iter().map(|(name, value)| format!("{name} {}", value(self)));
        named.collect::<Vec<_>>().join(" ")
    }

    /// As a condition on a row: nothing is left of it.
    fn nothing_left() -> String {
        Self::COLUMNS.iter().map(|(name, _)| format!("{name} = 0")).collect::<Vec<_>>().join(" AND ")
    }

    /// Whether nothing is left of them.
    fn is_zero(&self) -> bool {
        *self == Self::default()
    }
}

/// What sums are kept by, in columns of its fields' names; in the order of the table's key.
pub(crate) trait RollupKey: Ord + Clone {
    /// The columns of a bulk statement.
    fn columns<'a>(keys: impl Iterator<Item = &'a Self> + Clone) -> BulkColumns<'static>
    where
        Self: 'a;

    /// The key in words, for people.
    fn text(&self) -> String;
}

pub(crate) trait KeyField: Clone {
    fn column(values: impl Iterator<Item = Self>) -> BulkColumn;
    fn text(&self, name: &str) -> String;
}

impl KeyField for i64 {
    fn column(values: impl Iterator<Item = Self>) -> BulkColumn {
        BulkColumn::Int(values.collect())
    }

    fn text(&self, name: &str) -> String {
        match name {
            "day" => format!("day {}", Day(*self as i32)),
            "month" => format!("month {}", Month(*self as i32)),
            _ => format!("{name} {self}"),
        }
    }
}

impl KeyField for String {
    fn column(values: impl Iterator<Item = Self>) -> BulkColumn {
        BulkColumn::Text(values.collect())
    }

    fn text(&self, name: &str) -> String {
        format!("{name} {self}")
    }
}

/// Defines a [`Sums`].
macro_rules! sums {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $field:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx_macros::FromRow)]
        pub(crate) struct $name {
            $($(#[$doc])* pub(crate) $field: i64),+
        }

        impl $crate::sums::Sums for $name {
            const COLUMNS: &'static [$crate::sums::SumColumn<Self>] =
                &[$((stringify!($field), |sums| sums.$field)),+];
        }

        impl std::ops::AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                $(self.$field += other.$field;)+
            }
        }

        impl std::ops::SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                $(self.$field -= other.$field;)+
            }
        }
    };
}

/// Defines a [`RollupKey`].
macro_rules! key {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $field:ident: $kind:ty),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx_macros::FromRow)]
        pub(crate) struct $name {
            $($(#[$doc])* pub(crate) $field: $kind),+
        }

        impl $crate::sums::RollupKey for $name {
            fn columns<'a>(keys: impl Iterator<Item = &'a Self> + Clone) -> $crate::bulk::BulkColumns<'static> {
                vec![$((
                    stringify!($field),
                    $crate::sums::KeyField::column(keys.clone().map(|key| key.$field.clone())),
                )),+]
            }

            fn text(&self) -> String {
                [$($crate::sums::KeyField::text(&self.$field, stringify!($field))),+].join(" ")
            }
        }
    };
}

pub(crate) use {key, sums};

sums! {
    /// A number of calls.
    Calls { calls }
}

/// A row of sums with what they are kept by.
#[derive(Debug, sqlx_macros::FromRow)]
pub(crate) struct Keyed<K, S> {
    #[sqlx(flatten)]
    pub(crate) key: K,
    #[sqlx(flatten)]
    pub(crate) sums: S,
}

pub(crate) fn by_key<K: Ord, S>(rows: impl IntoIterator<Item = Keyed<K, S>>) -> BTreeMap<K, S> {
    rows.into_iter().map(|row| (row.key, row.sums)).collect()
}

/// Sums by another key.
pub(crate) fn grouped<'a, K: 'a, S: Sums + 'a, G: Ord>(
    sums: impl IntoIterator<Item = (&'a K, &'a S)>,
    key: impl Fn(&K) -> G,
) -> BTreeMap<G, S> {
    let mut groups = BTreeMap::<G, S>::new();
    for (of, sums) in sums {
        *groups.entry(key(of)).or_default() += *sums;
    }
    groups
}

/// What must be added to `stored` for it to be `wanted`; what agrees is left out. A row of nothing that should not be there
/// is in it, with nothing to add.
pub(crate) fn missing<K: RollupKey, S: Sums>(stored: &BTreeMap<K, S>, wanted: &BTreeMap<K, S>) -> BTreeMap<K, S> {
    let mut missing = wanted.clone();
    for (key, sums) in stored {
        *missing.entry(key.clone()).or_default() -= *sums;
    }
    missing.retain(|key, sums| !sums.is_zero() || stored.contains_key(key) != wanted.contains_key(key));
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    key! { Place { day: i64, code: String } }
    sums! { Figures { calls, cost } }

    #[test]
    fn what_is_missing_makes_up_for_the_difference() {
        let at = |day, code: &str| Place { day, code: code.to_owned() };
        let figures = |calls, cost| Figures { calls, cost };
        let stored =
            BTreeMap::from([(at(1, "A"), figures(2, 20)), (at(1, "B"), figures(1, 5)), (at(2, "A"), figures(1, 1))]);
        let wanted =
            BTreeMap::from([(at(1, "A"), figures(3, 20)), (at(1, "B"), figures(1, 5)), (at(3, "C"), figures(4, 4))]);
        let missing = missing(&stored, &wanted);
        let differences = [(at(1, "A"), figures(1, 0)), (at(2, "A"), figures(-1, -1)), (at(3, "C"), figures(4, 4))];
        assert_eq!(missing, BTreeMap::from(differences));
    }

    #[test]
    fn sums_and_keys_say_what_they_are() {
        assert_eq!(Figures { calls: 2, cost: 7 }.text(), "calls 2 cost 7");
        assert_eq!(Place { day: 0, code: "DY".to_owned() }.text(), "day 1970-01-01 code DY");
        let by_day =
            grouped(&BTreeMap::from([(Place { day: 0, code: String::new() }, Calls { calls: 3 })]), |key| key.day);
        assert_eq!(by_day, BTreeMap::from([(0, Calls { calls: 3 })]));
    }
}
