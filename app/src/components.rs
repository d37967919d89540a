//! The parts that several pages share.

mod failure;
mod figure;
mod icon;
mod info;
mod marks;
mod period;
mod shortcuts;

pub use failure::{FailureView, PageNotFound};
pub use figure::{NumberWithUnits, number_with_units};
pub use icon::Icon;
pub use info::{Explained, Info};
pub use marks::{CodeTag, StateBadge, initials, tone};
pub use period::PeriodPicker;
pub use shortcuts::Shortcuts;
