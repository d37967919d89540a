//! What was guessed so far, and of which columns.

use std::fmt::{self, Write};

use crate::{
    cells::Cells,
    mapping::{Field, Mapping, Place},
    written::Unit,
};

use super::{columns::Column, names::NameSays, zone_names::zone_in};

/// What a guess stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The column's name.
    Name,
    /// What its cells hold.
    Content,
    /// Both.
    NameAndContent,
}

/// How sure a guess is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// Name and content agree.
    Sure,
    /// Hardly anything else is possible.
    Likely,
    /// To be looked at by a person.
    Unsure,
}

/// Why a column was taken for a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The field of a call that it was taken for.
    pub field: Field,
    /// The column's name, or the names of several.
    pub column: String,
    /// Whether its name or its cells told it.
    pub basis: Basis,
    /// How sure that is; what is unsure is in the warnings of a reading, too.
    pub certainty: Certainty,
    /// What was seen, in a few words.
    pub seen: String,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let basis = match self.basis {
            Basis::Name => "by its name",
            Basis::Content => "by what it holds",
            Basis::NameAndContent => "by its name and by what it holds",
        };
        let certainty = match self.certainty {
            Certainty::Sure => "sure",
            Certainty::Likely => "likely",
            Certainty::Unsure => "unsure, please check",
        };
        write!(f, "{basis} ({certainty})")?;
        if self.seen.is_empty() { Ok(()) } else { write!(f, ": {}", self.seen) }
    }
}

/// A mapping that was guessed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guess {
    /// The mapping, as far as it could be guessed.
    pub mapping: Mapping,
    /// Why each column is what it is taken for.
    pub reasons: Vec<Reason>,
    /// Columns that were not taken for what their names say, and why.
    pub left: Vec<String>,
    /// What a person has to say before calls can be made of the table; empty where nothing is missing.
    pub missing: Vec<String>,
}

impl Guess {
    /// The mapping file, with the reasons as comments.
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        for missing in &self.missing {
            let _ = writeln!(text, "# Missing: {missing}");
        }
        for left in &self.left {
            let _ = writeln!(text, "# {left}");
        }
        text.push_str(&self.mapping.to_toml_with(|field| {
            let reasons = self.reasons.iter().filter(|reason| reason.field == field);
            let said: Vec<String> = reasons.map(Reason::to_string).collect();
            (!said.is_empty()).then(|| said.join("; "))
        }));
        text
    }
}

/// A guess that is being made.
pub(super) struct Draft<'a> {
    pub(super) names: Vec<String>,
    pub(super) named: Vec<Option<(NameSays, Option<Unit>)>>,
    pub(super) columns: Vec<Column>,
    pub(super) taken: Vec<bool>,
    pub(super) rows: &'a [&'a Cells],
    pub(super) guess: Guess,
}

impl Draft<'_> {
    pub(super) fn has(&self, field: Field) -> bool {
        self.guess.mapping.columns.contains_key(&field)
    }

    pub(super) fn take(&mut self, field: Field, at: &[usize], basis: Basis, certainty: Certainty, seen: String) {
        let columns: Vec<String> = at.iter().map(|at| self.names[*at].clone()).collect();
        let unit = at.first().and_then(|at| self.named[*at]).and_then(|(_, unit)| unit).filter(|_| field.is_length());
        for at in at {
            self.taken[*at] = true;
        }
        let zone = at.iter().find_map(|at| zone_in(&self.names[*at])).filter(|_| field == Field::DialedAt);
        self.guess.mapping.zone = zone.or(self.guess.mapping.zone.take());
        self.guess.reasons.push(Reason { field, column: columns.join(", "), basis, certainty, seen });
        self.guess.mapping.columns.insert(field, Place { columns, unit });
    }

    /// Where the columns of a field are; none where it has none.
    pub(super) fn places(&self, field: Field) -> Option<Vec<usize>> {
        let place = self.guess.mapping.columns.get(&field)?;
        let at = |name: &String| self.names.iter().position(|known| known == name);
        place.columns.iter().map(at).collect()
    }

    /// The columns that are free and have a name for this.
    pub(super) fn free_named(&self, is: NameSays) -> Vec<usize> {
        (0..self.names.len())
            .filter(|at| !self.taken[*at] && self.named[*at].is_some_and(|(named, _)| named == is))
            .collect()
    }

    pub(super) fn free(&self, is: impl Fn(&Column) -> bool) -> Vec<usize> {
        (0..self.names.len()).filter(|at| !self.taken[*at] && is(&self.columns[*at])).collect()
    }

    pub(super) fn count_seen(&self, at: usize, what: &str) -> String {
        format!("{what} in {} of {} cells", self.columns[at].filled, self.columns[at].rows)
    }
}
