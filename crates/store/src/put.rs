//! What a `put` did, and the checks that several of them share.

use domain::{FieldError, limits, text};

use crate::StoreError;

/// What became of something that was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It was new.
    Created,
    /// It was there, and is different now.
    Updated,
    /// It was there, as it was sent.
    Unchanged,
}

/// What a person did wrong with a field.
pub(crate) fn invalid(field: &str, reason: &str) -> StoreError {
    StoreError::Invalid(FieldError::new(field, reason))
}

/// A name of 1 to 300 characters on one line, without blanks around it and without characters that nobody sees.
pub(crate) fn checked_name(field: &str, sent: &str) -> Result<String, StoreError> {
    let name = text::one_line(sent);
    if name.is_empty() {
        Err(invalid(field, "must not be empty"))
    } else if name.chars().count() > limits::NAME_CHARS {
        Err(invalid(field, "is longer than 300 characters"))
    } else if sent.trim().chars().any(char::is_control) {
        Err(invalid(field, "holds a control character"))
    } else {
        Ok(name)
    }
}
