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

/// The field of the form that sends a report again by which it goes to [`ALL`].
pub const WHO: &str = "who";
/// Everybody who receives the report.
pub const ALL: &str = "all";
