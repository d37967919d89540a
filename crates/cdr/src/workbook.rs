//! The rows of an Excel workbook (XLSX), as the cells would be typed.

use std::io::{self, Cursor, Read};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx};
use chrono::{NaiveDate, NaiveTime, TimeDelta, Timelike};
use domain::limits::{WORKBOOK_BYTES, WORKBOOK_UNPACKED_BYTES};
use zip::ZipArchive;

use crate::{cells::Cells, source::Failure};

/// Columns that are read; a workbook may have a cell far out on the right.
const MOST_COLUMNS: u32 = 500;
const TOO_LARGE: &str = "the workbook is too large: more than 64 MiB, or 256 MiB unpacked; save it as CSV (UTF-8)";

/// A sheet that is not hidden: its name and its rows, each with its number from 1.
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) rows: Vec<(u64, Cells)>,
}

/// A workbook of which one sheet after the other is read.
pub(crate) struct Workbook {
    workbook: Xlsx<Cursor<Vec<u8>>>,
    names: std::vec::IntoIter<String>,
}

/// Whether the first bytes of a file are those of a workbook.
pub(crate) fn looks_like_workbook(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") && head.windows(3).any(|bytes| bytes == b"xl/")
}

impl Workbook {
    /// Reads a workbook; fails where it is none, has a password, or is too large.
    pub(crate) fn open(input: impl Read) -> Result<Self, Failure> {
        let mut bytes = Vec::new();
        input.take(WORKBOOK_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > WORKBOOK_BYTES || !fits(&bytes)? {
            return Err(Failure::Shape(TOO_LARGE.to_owned()));
        }
        let workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
        let sheets = workbook.sheets_metadata().iter();
        let shown = sheets.filter(|sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet);
        let names: Vec<String> = shown.map(|sheet| sheet.name.clone()).collect();
        Ok(Self { workbook, names: names.into_iter() })
    }

    /// The next sheet; nothing after the last.
    pub(crate) fn next_sheet(&mut self) -> Result<Option<Sheet>, Failure> {
        let Some(name) = self.names.next() else { return Ok(None) };
        let mut cells = self.workbook.worksheet_cells_reader(&name).map_err(|error| broken(&error))?;
        let mut rows: Vec<(u64, Cells)> = Vec::new();
        while let Some(cell) = cells.next_cell().map_err(|error| broken(&error))? {
            let (row, column) = cell.get_position();
            let text = typed(cell.get_value());
            let number = u64::from(row) + 1;
            if text.is_empty() || column >= MOST_COLUMNS {
                continue;
            }
            if rows.last().is_none_or(|(last, _)| *last < number) {
                rows.push((number, Cells::default()));
            }
            // A cell that stands before the one before it is of no workbook that a program wrote.
            if let Some((last, cells)) = rows.last_mut()
                && *last == number
                && cells.len() <= column as usize
            {
                while cells.len() < column as usize {
                    cells.push("");
                }
                cells.push(&text);
            }
        }
        Ok(Some(Sheet { name, rows }))
    }
}

fn broken(error: &impl std::fmt::Display) -> Failure {
    Failure::Shape(format!("the workbook cannot be read: {error}"))
}

/// Whether the parts of a workbook unpack to no more than they may, whatever it says about them.
fn fits(bytes: &[u8]) -> Result<bool, Failure> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let mut left = WORKBOOK_UNPACKED_BYTES;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|error| broken(&error))?;
        let read = io::copy(&mut part.take(left + 1), &mut io::sink()).map_err(|error| broken(&error))?;
        match left.checked_sub(read) {
            Some(rest) => left = rest,
            None => return Ok(false),
        }
    }
    Ok(true)
}

fn typed(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        // Without the `.0` of what was typed as a whole number.
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(is_true) => is_true.to_string(),
        DataRef::DateTime(time) => typed_time(*time),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// `2026-11-04 09:15:02`, `2026-11-04`, `09:15:02`: a serial number is of a day, of a time of day, or of both.
fn typed_time(time: ExcelDateTime) -> String {
    let serial = time.as_f64();
    if !serial.is_finite() || serial < 0.0 {
        return String::new();
    }
    if time.is_duration() || serial < 1.0 {
        let seconds = (serial * 86_400.0).round() as u64;
        return format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, ms) = time.to_ymd_hms_milli();
    let date = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into());
    let Some(at) = date.and_then(|date| date.and_hms_milli_opt(hour.into(), minute.into(), second.into(), ms.into()))
    else {
        return String::new();
    };
    // A fraction of a day is off by a millisecond from what was typed.
    let off = match ms {
        1 => -1,
        999 => 1,
        _ => 0,
    };
    let at = at.checked_add_signed(TimeDelta::milliseconds(off)).unwrap_or(at);
    let form = match (at.time() == NaiveTime::MIN, at.nanosecond() == 0) {
        (true, _) => "%Y-%m-%d",
        (false, true) => "%Y-%m-%d %H:%M:%S",
        (false, false) => "%Y-%m-%d %H:%M:%S%.3f",
    };
    at.format(form).to_string()
}
