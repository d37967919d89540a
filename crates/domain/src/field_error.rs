//! What is wrong with what somebody sent, by field.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::limits;

/// What is wrong with one field of a record. `field` is a dotted path such as `contact.phone`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field's path.
    pub field: String,
    /// Why, as a phrase that follows the field's name.
    pub reason: String,
}

impl FieldError {
    /// A reason for a field. Both may repeat what a sender wrote, and are cut to what an answer repeats of it.
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        let cut = |text: String| match limits::repeated(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(cut) => cut,
        };
        Self { field: cut(field.into()), reason: cut(reason.into()) }
    }

    /// The same of a field that stands within another: `windows[1]` within `plan` is `plan.windows[1]`.
    #[must_use]
    pub fn within(self, outer: &str) -> Self {
        Self::new(format!("{outer}.{}", self.field), self.reason)
    }
}
