//! Files that people take away, from the database to bytes: made from the same queries as the pages.

pub mod call_csv;
pub mod call_list;
mod call_sheets;
pub mod campaign_list;
mod charts;
pub mod columns;
pub mod comparison;
pub mod csv_list;
mod customer_columns;
pub mod customer_csv;
pub mod customer_sheet;
mod formats;
pub mod invoices;
mod list_sheet;
pub mod log_csv;
mod overview_sheet;
pub mod own_csv;
pub mod slices;
pub mod usage;
pub mod usage_csv;

use std::fs::File;

/// The media type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// An empty file without a name: it is gone when it is dropped, or when the process is killed.
pub fn temporary_file() -> std::io::Result<File> {
    tempfile::tempfile()
}
