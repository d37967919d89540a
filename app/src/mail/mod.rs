//! The report as a mail. [`Letter`] holds every text of it, made of the same report by the same formats as the page; the
//! HTML and the plain text are two ways to write one letter, so they cannot say different numbers.

mod dress;
mod html;
mod letter;
pub mod notice;
mod plain;
#[cfg(test)]
mod tests;
pub mod text;

pub use html::html;
pub use letter::{Attached, Bar, Bars, CostFigure, Letter, Links, Source, Tone, compared, letter};
pub use plain::plain;

use crate::{
    Text,
    form::{Field, Form, Kind},
};

/// The receivers to whom a report is sent again.
pub const TO: Field = Field::new("to", Text::mail_again_who, Kind::Several).required();
/// Sends a report again to those who are chosen.
pub const SEND_AGAIN: Form = Form { fields: &[TO], submit: Text::mail_to_chosen };

/// The field of the form that sends a report again by which it goes to [`ALL`].
pub const WHO: &str = "who";
/// Everybody who receives the report.
pub const ALL: &str = "all";
