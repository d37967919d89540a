//! Workbooks that people take away: made from the same queries as the pages, with typed cells.

pub mod call_list;
mod call_sheets;
mod charts;
pub mod columns;
pub mod exports;
mod formats;
mod list_sheet;
mod overview_sheet;
pub mod usage;
pub mod usage_csv;
