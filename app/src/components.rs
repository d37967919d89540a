//! The parts that several pages share.

#[cfg(feature = "ssr")]
mod against;
#[cfg(feature = "ssr")]
pub mod asking;
mod close_button;
#[cfg(feature = "ssr")]
mod data_table;
mod failure;
#[cfg(feature = "ssr")]
mod figure;
mod icon;
#[cfg(feature = "ssr")]
mod info;
#[cfg(feature = "ssr")]
mod list_files;
mod live_asking;
mod marks;
#[cfg(feature = "ssr")]
mod period;
mod press;
#[cfg(feature = "ssr")]
mod pricing;
#[cfg(feature = "ssr")]
mod printing;
#[cfg(feature = "ssr")]
mod sheet;
mod shortcuts;
mod title;

#[cfg(feature = "ssr")]
pub use against::{against_days, against_links};
#[cfg(feature = "ssr")]
pub use asking::Asking;
pub use close_button::CloseButton;
#[cfg(feature = "ssr")]
pub use data_table::{Head, data_table, table_panel};
pub use failure::{FailureView, PageNotFound};
#[cfg(feature = "ssr")]
pub use figure::{NumberWithUnits, number_with_units};
pub use icon::{Icon, icon_html};
#[cfg(feature = "ssr")]
pub use info::{Explained, Info};
#[cfg(feature = "ssr")]
pub use list_files::list_files;
pub use live_asking::LiveAsking;
#[cfg(feature = "ssr")]
pub use marks::{CodeTag, StateBadge};
pub use marks::{code_tag_html, initials, tone};
#[cfg(feature = "ssr")]
pub use period::PeriodPicker;
pub use press::Press;
#[cfg(feature = "ssr")]
pub use pricing::PricingNotice;
#[cfg(feature = "ssr")]
pub use printing::{PrintButton, PrintedSource, printed_period};
#[cfg(feature = "ssr")]
pub use sheet::{Question, Side, sheet, wide_sheet};
pub use shortcuts::Shortcuts;
pub use title::Title;
