//! Under which names results and causes stand, which says what may be among them.

use crate::{
    guess::{names_a_cause, names_a_line_cause},
    mapping::{Bound, Field},
};

/// What the name of a column says of the causes in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum CauseName {
    /// Nothing: any results stand there.
    #[default]
    None,
    /// Reasons of whatever kind, in words.
    Reason,
    /// Causes of the line, which may be numbers.
    Line,
}

impl CauseName {
    fn of(name: &str) -> Self {
        if names_a_line_cause(name) {
            Self::Line
        } else if names_a_cause(name) {
            Self::Reason
        } else {
            Self::None
        }
    }
}

/// Under which names the result and the cause stand.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CauseNames {
    pub(super) result: CauseName,
    pub(super) cause: CauseName,
}

impl CauseNames {
    pub(super) fn of(bound: &Bound, names: &[String]) -> Self {
        let of =
            |field| bound.place(field).and_then(|at| names.get(at)).map_or(CauseName::None, |name| CauseName::of(name));
        // What a mapping says is a cause is one, whatever it is called.
        let cause = if of(Field::Cause) == CauseName::None { CauseName::Reason } else { of(Field::Cause) };
        Self { result: of(Field::Result), cause }
    }
}
