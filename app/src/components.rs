//! The parts that several pages share.

mod failure;
mod icon;
mod marks;
mod shortcuts;

pub use failure::{FailureView, PageNotFound};
pub use icon::Icon;
pub use marks::initials;
pub use shortcuts::Shortcuts;
