//! Which column is what, by the names in a header.

use std::marker::PhantomData;

use crate::cells::Cells;

/// The most columns that a format reads.
const MAX_COLUMNS: usize = 32;

/// The columns that a format reads, as an enum.
pub(crate) trait Column: Copy + Send + Sync + 'static {
    /// Every column in the order of the enum, with its names in headers, of which letters (in lower case) and digits count. The
    /// first one is its usual name, which messages use.
    const NAMES: &'static [(Self, &'static [&'static str])];
    /// The column that holds a time in every row; where it has no digit, the row may be a header again.
    const TIME: Self;

    /// Its place in [`Self::NAMES`].
    fn index(self) -> usize;

    /// Whether a header with these columns names enough of them for a call.
    fn suffice(places: &Places<Self>) -> bool;

    /// The columns of a row of a dump whose table nothing names, where its cells tell them.
    fn of_unnamed(_: &Cells) -> Option<Places<Self>> {
        None
    }
}

/// Makes an enum of columns: the one that holds a time in every row, how a row of a dump tells columns that nothing names (if it
/// does), when a header names enough, then each column with its names; see [`Column::NAMES`].
macro_rules! columns {
    (
        $(#[$doc:meta])* $vis:vis enum $name:ident, time $time:ident, $(unnamed $unnamed:ident,)? enough |$places:ident| $enough:expr;
        $($(#[$column_doc:meta])* $column:ident $($header:literal)+;)+
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis enum $name {
            $($(#[$column_doc])* $column,)+
        }

        impl $crate::columns::Column for $name {
            const NAMES: &'static [(Self, &'static [&'static str])] = &[$((Self::$column, &[$($header),+]),)+];
            const TIME: Self = Self::$time;

            fn index(self) -> usize {
                self as usize
            }

            fn suffice($places: &$crate::columns::Places<Self>) -> bool {
                $enough
            }

            $(fn of_unnamed(row: &$crate::cells::Cells) -> Option<$crate::columns::Places<Self>> {
                $unnamed(row)
            })?
        }
    };
}

pub(crate) use columns;

/// A column's usual name, for messages.
pub(crate) fn name_of<C: Column>(column: C) -> &'static str {
    C::NAMES[column.index()].1[0]
}

/// Where each column is.
#[derive(Debug, Clone)]
pub(crate) struct Places<C> {
    at: [Option<u8>; MAX_COLUMNS],
    of: PhantomData<C>,
}

impl<C: Column> Places<C> {
    /// These columns at these places.
    pub(crate) fn in_order(columns: &[(C, usize)]) -> Self {
        const { assert!(C::NAMES.len() <= MAX_COLUMNS) };
        let mut places = Self { at: [None; MAX_COLUMNS], of: PhantomData };
        for (column, at) in columns {
            places.set(*column, *at);
        }
        places
    }

    pub(crate) fn set(&mut self, column: C, at: usize) {
        self.at[column.index()] = u8::try_from(at).ok();
    }

    /// The column's place from 0.
    pub(crate) fn place(&self, column: C) -> Option<usize> {
        self.at[column.index()].map(usize::from)
    }

    pub(crate) fn has(&self, column: C) -> bool {
        self.at[column.index()].is_some()
    }

    /// Whether all of them are there.
    pub(crate) fn have(&self, columns: &[C]) -> bool {
        columns.iter().all(|column| self.has(*column))
    }

    /// The column's cell; empty where there is none.
    pub(crate) fn get<'a>(&self, cells: &'a Cells, column: C) -> &'a str {
        self.at[column.index()].map_or("", |at| cells.get(usize::from(at)))
    }

    /// By the names in a header line; none where it names too little to be one.
    pub(crate) fn of_names<'a>(names: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut places = Self::in_order(&[]);
        for (at, name) in names.enumerate() {
            if let Some(column) = column_of(name).filter(|column| !places.has(*column)) {
                places.set(column, at);
            }
        }
        C::suffice(&places).then_some(places)
    }
}

fn column_of<C: Column>(header: &str) -> Option<C> {
    let is_known = |names: &[&str]| names.iter().any(|known| letters_of(known).eq(letters_of(header)));
    C::NAMES.iter().find(|(_, names)| is_known(names)).map(|(column, _)| *column)
}

/// Letters in lower case, and digits.
fn letters_of(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase())
}
