//! The call list in a workbook: typed cells, row by row through a temporary file, a further sheet where Excel ends.

use domain::{Call, Currency, Language, time::Zone};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::{
    columns::{COLUMNS, CallColumn, Cell, CellKind, Labels, OWN_WIDTH, own_cell},
    formats::{Formats, days, serial, units},
};

/// Rows of an Excel sheet, its header among them.
pub const EXCEL_ROWS: u32 = 1_048_576;

/// Columns that go on paper: those up to the recording.
const PRINTED_COLUMNS: u16 = 14;

/// The sheets, while calls are written into them.
pub struct CallSheets {
    language: Language,
    zone: Zone,
    currency: Currency,
    labels: Labels,
    formats: Formats,
    /// Rows of a sheet, its header among them.
    limit: u32,
    /// Sheets so far.
    sheets: u32,
    /// Rows of the last sheet, its header among them; the limit before there is a sheet.
    row: u32,
}

impl CallSheets {
    /// No sheet yet. `limit` is how many rows a sheet may have, [`EXCEL_ROWS`] outside of tests.
    pub fn new(language: Language, zone: Zone, currency: Currency, labels: Labels, limit: u32) -> Self {
        let formats = Formats::new(language, &currency);
        Self { language, zone, currency, labels, formats, limit: limit.clamp(2, EXCEL_ROWS), sheets: 0, row: u32::MAX }
    }

    /// Appends calls; begins a sheet where the last one is full.
    pub fn write(&mut self, workbook: &mut Workbook, calls: &[Call]) -> Result<(), XlsxError> {
        let mut calls = calls;
        while !calls.is_empty() {
            if self.row >= self.limit {
                self.begin(workbook)?;
            }
            let fits = calls.len().min((self.limit - self.row) as usize);
            let (now, later) = calls.split_at(fits);
            let sheet = workbook.worksheet_from_index(self.sheets as usize)?;
            for call in now {
                for (n, column) in COLUMNS.iter().enumerate() {
                    let cell = (column.cell)(call, &self.labels);
                    write(sheet, (self.row, n as u16), &cell, self.language, self.zone)?;
                }
                for (n, dimension) in (COLUMNS.len() as u16..).zip(&self.labels.own) {
                    write(sheet, (self.row, n), &own_cell(call, dimension), self.language, self.zone)?;
                }
                self.row += 1;
            }
            calls = later;
        }
        Ok(())
    }

    /// Ends the last sheet. A list without calls is a sheet with nothing but its header.
    pub fn finish(mut self, workbook: &mut Workbook) -> Result<(), XlsxError> {
        if self.sheets == 0 {
            self.begin(workbook)?;
        }
        self.end(workbook)
    }

    fn begin(&mut self, workbook: &mut Workbook) -> Result<(), XlsxError> {
        if self.sheets > 0 {
            self.end(workbook)?;
        }
        self.sheets += 1;
        self.row = 1;
        let text = app::Text(self.language);
        let name = match self.sheets {
            1 => text.sheet_calls().to_owned(),
            n => text.sheet_calls_more(&n.to_string()),
        };
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_freeze_panes(1, 1)?;
        // Printed, the header stands on every page; the columns behind the recording would make all too small to read.
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
        for (n, column) in COLUMNS.iter().enumerate() {
            let n = n as u16;
            let heading = column.name(self.language);
            // The arrow of the filter needs room of its own.
            let width = f64::from(column.width).max(heading.chars().count() as f64 + 4.0);
            sheet.set_column_width(n, width)?.set_column_format(n, self.format(column))?;
        }
        for (n, column) in COLUMNS.iter().enumerate() {
            let format = match column.kind {
                CellKind::Time => &self.formats.head,
                CellKind::Text => &self.formats.head_listed,
                _ => &self.formats.head_right,
            };
            let heading = match column.kind {
                CellKind::Money => format!("{} ({})", column.name(self.language), self.currency),
                _ => column.name(self.language).to_owned(),
            };
            sheet.write_string_with_format(0, n as u16, heading, format)?;
        }
        for (n, dimension) in (COLUMNS.len() as u16..).zip(&self.labels.own) {
            let format = of_kind(&self.formats, CellKind::Text);
            sheet.set_column_width(n, OWN_WIDTH)?.set_column_format(n, format)?;
            sheet.write_string_with_format(0, n, dimension.label(self.language), &self.formats.head_listed)?;
        }
        Ok(())
    }

    fn end(&mut self, workbook: &mut Workbook) -> Result<(), XlsxError> {
        let sheet = workbook.worksheet_from_index(self.sheets as usize)?;
        let last = self.row.saturating_sub(1).max(1);
        sheet.autofilter(0, 0, last, (COLUMNS.len() + self.labels.own.len()) as u16 - 1)?;
        sheet.set_print_area(0, 0, last, PRINTED_COLUMNS - 1)?;
        Ok(())
    }

    fn format(&self, column: &CallColumn) -> &Format {
        of_kind(&self.formats, column.kind)
    }
}

/// The format of a column's cells.
pub(super) fn of_kind(formats: &Formats, kind: CellKind) -> &Format {
    match kind {
        CellKind::Text => &formats.listed,
        CellKind::Number => &formats.integer,
        CellKind::Duration => &formats.duration,
        CellKind::Time => &formats.time,
        CellKind::Money => &formats.money,
    }
}

/// Writes a cell in the format of its column. A text is stored as text, whatever it begins with: nothing of it is read
/// as a formula, and `quotePrefix` in the column's format keeps it so when somebody edits the cell.
pub(super) fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    language: Language,
    zone: Zone,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty | Cell::Text("") => {}
        Cell::Text(text) => drop(sheet.write_string(row, column, *text)?),
        Cell::Word(word) => drop(sheet.write_string(row, column, word.shown(language))?),
        Cell::Number(number) => drop(sheet.write_number(row, column, *number as f64)?),
        Cell::Duration(ms) => drop(sheet.write_number(row, column, days(*ms))?),
        Cell::Time(at) => drop(sheet.write_number(row, column, serial(zone.local(*at)))?),
        Cell::Money(money) => drop(sheet.write_number(row, column, units(*money))?),
    }
    Ok(())
}
