//! The customers of a campaign as a workbook: row by row through a temporary file, a further sheet where Excel ends.

use std::{fs::File, io::BufWriter};

use domain::{CampaignId, Customer, CustomerFilter, Day, Language, time::Zone};
use rust_xlsxwriter::{Workbook, XlsxError};
use store::{Conn, PageRequest, Scope, StoreError, customers};

use super::{
    call_list::FileError,
    call_sheets::{EXCEL_ROWS, of_kind, write},
    columns::CellKind,
    customer_columns::{COLUMNS, CustomerLabels},
    customer_csv::labels,
    formats::Formats,
    slices::Slices,
};

/// Customers read and written at once.
const SLICE: u32 = 1_000;

/// Which customers, as whom.
pub struct CustomerWorkbook {
    /// Whose customers they are.
    pub scope: Scope,
    pub campaign: CampaignId,
    /// Which of them.
    pub filter: CustomerFilter,
    /// Today in the account's zone.
    pub today: Day,
    /// The zone of its times.
    pub zone: Zone,
    /// The language of its words.
    pub language: Language,
}

/// The sheets, while customers are written into them.
struct Sheets {
    workbook: Workbook,
    labels: CustomerLabels,
    formats: Formats,
    zone: Zone,
    language: Language,
    count: u32,
    /// Rows of the last sheet, its header among them; as many as fit before there is a sheet.
    row: u32,
}

impl Sheets {
    fn new(labels: CustomerLabels, zone: Zone, language: Language) -> Self {
        let formats = Formats::new(language, &labels.currency);
        Self { workbook: Workbook::new(), labels, formats, zone, language, count: 0, row: EXCEL_ROWS }
    }

    fn begin(&mut self) -> Result<(), XlsxError> {
        self.end()?;
        self.count += 1;
        self.row = 1;
        let text = app::Text(self.language);
        let name = match self.count {
            1 => text.sheet_customers().to_owned(),
            n => format!("{} {n}", text.sheet_customers()),
        };
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_freeze_panes(1, 1)?;
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
        for (n, column) in (0..).zip(&COLUMNS) {
            let heading = column.name(self.language);
            let width = f64::from(column.width).max(heading.chars().count() as f64 + 4.0);
            sheet.set_column_width(n, width)?.set_column_format(n, of_kind(&self.formats, column.kind))?;
        }
        for (n, column) in (0..).zip(&COLUMNS) {
            let format = match column.kind {
                CellKind::Time => &self.formats.head,
                CellKind::Text => &self.formats.head_listed,
                _ => &self.formats.head_right,
            };
            sheet.write_string_with_format(0, n, column.name(self.language), format)?;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), XlsxError> {
        if self.count > 0 {
            let sheet = self.workbook.worksheet_from_index(self.count as usize - 1)?;
            sheet.autofilter(0, 0, self.row.saturating_sub(1).max(1), COLUMNS.len() as u16 - 1)?;
        }
        Ok(())
    }

    fn write(&mut self, customers: &[Customer]) -> Result<(), XlsxError> {
        for customer in customers {
            if self.row >= EXCEL_ROWS {
                self.begin()?;
            }
            let sheet = self.workbook.worksheet_from_index(self.count as usize - 1)?;
            for (n, column) in (0..).zip(&COLUMNS) {
                let cell = (column.cell)(customer, &self.labels);
                write(sheet, (self.row, n), &cell, self.language, self.zone)?;
            }
            self.row += 1;
        }
        Ok(())
    }

    fn finish(mut self, file: File) -> Result<(), XlsxError> {
        if self.count == 0 {
            self.begin()?;
        }
        self.end()?;
        self.workbook.save_to_writer(BufWriter::new(file))
    }
}

impl CustomerWorkbook {
    async fn next(
        &self,
        conn: &mut Conn,
        cursor: Option<String>,
    ) -> Result<Option<customers::CustomerSlice>, StoreError> {
        let request = PageRequest { limit: SLICE, cursor, details: false };
        let Self { scope, campaign, filter, today, .. } = self;
        customers::slice(conn, scope, campaign, filter, *today, &request).await
    }

    /// Writes all customers of the filter to an empty file, each slice read in a snapshot of its own; gives how many. `None`: there
    /// is no such campaign.
    pub async fn write(&self, slices: &mut Slices, file: &File) -> Result<Option<u64>, FileError> {
        let mut read = slices.next().await?;
        let mut sheets = Sheets::new(labels(&mut read.conn, &self.scope).await?, self.zone, self.language);
        let mut slice = self.next(&mut read.conn, None).await?;
        drop(read);
        if slice.is_none() {
            return Ok(None);
        }
        let mut written = 0;
        while let Some(customers::CustomerSlice { customers, next }) = slice.take() {
            written += customers.len() as u64;
            let writing = move || sheets.write(&customers).map(|()| sheets);
            sheets = tokio::task::spawn_blocking(writing).await??;
            if next.is_some() {
                slice = self.next(&mut slices.next().await?.conn, next).await?;
            }
        }
        let file = file.try_clone()?;
        tokio::task::spawn_blocking(move || sheets.finish(file)).await??;
        Ok(Some(written))
    }
}
