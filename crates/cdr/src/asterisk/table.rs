//! The rows of a file, whichever way it holds a table: delimited lines, or JSON lines.

use std::{collections::VecDeque, io::Read};

use serde_json::{Map, Value};

use crate::{
    ReadError, Skipped,
    lines::{Line, Lines},
};

use super::{
    cells::Cells,
    row::Row,
    shape::{Column, Places, Shape},
};

/// The longest line read: Asterisk itself drops records over 1,024 bytes.
const LINE_BYTES: usize = 32 * 1024;
/// How many lines are looked at to find the shape.
const SHAPE_LINES: usize = 50;

/// A file's rows.
pub(super) struct Table<R> {
    lines: Lines<R>,
    /// Lines that were read to find the shape.
    ahead: VecDeque<(Line, String)>,
    kind: Kind,
    cells: Cells,
}

enum Kind {
    Delimited(Shape),
    /// One JSON object a line, as `cdr_custom` can be set up to write.
    Json,
}

impl<R: Read> Table<R> {
    /// Looks at the first lines; none where they are no call records.
    pub(super) fn open(input: R) -> Result<Option<Self>, ReadError> {
        let mut lines = Lines::new(input, LINE_BYTES);
        let mut ahead = VecDeque::new();
        let mut bytes = Vec::new();
        while ahead.len() < SHAPE_LINES {
            let Some(line) = lines.next_line(&mut bytes)? else { break };
            let text = decoded(&bytes);
            if !text.trim().is_empty() {
                ahead.push_back((line, text));
            }
        }
        let texts: Vec<String> = ahead.iter().map(|(_, text)| text.clone()).collect();
        let kind = if texts.first().is_some_and(|text| text.trim_start().starts_with('{')) {
            texts.iter().any(|text| json_row(text).is_some()).then_some(Kind::Json)
        } else {
            Shape::of(&texts).map(Kind::Delimited)
        };
        Ok(kind.map(|kind| {
            if matches!(&kind, Kind::Delimited(shape) if shape.has_header) {
                ahead.pop_front();
            }
            Self { lines, ahead, kind, cells: Cells::default() }
        }))
    }

    pub(super) fn shape_name(&self) -> &'static str {
        match &self.kind {
            Kind::Delimited(shape) => shape.name,
            Kind::Json => "JSON lines",
        }
    }

    pub(super) fn is_freepbx(&self) -> bool {
        matches!(&self.kind, Kind::Delimited(shape) if shape.is_freepbx)
    }

    /// The next row, or why it is none; nothing at the end.
    pub(super) fn next_row(&mut self) -> Result<Option<Result<Row, Skipped>>, ReadError> {
        let mut bytes = Vec::new();
        loop {
            let (line, text) = match self.ahead.pop_front() {
                Some(ahead) => ahead,
                None => match self.lines.next_line(&mut bytes)? {
                    Some(line) => (line, decoded(&bytes)),
                    None => return Ok(None),
                },
            };
            if text.trim().is_empty() {
                continue;
            }
            if line.cut {
                return Ok(Some(Err(Skipped::new(line.number, "", "is longer than 32 KiB"))));
            }
            if let Some(row) = self.row(line.number, &text) {
                return Ok(Some(row));
            }
        }
    }

    /// One line's row; none where it is a header again, as in files that were put together.
    fn row(&mut self, line: u64, text: &str) -> Option<Result<Row, Skipped>> {
        let places = match &self.kind {
            Kind::Delimited(shape) => {
                let fits = self.cells.split(text, shape.delimiter, |cells| shape.places(cells).is_some());
                let Some(places) = shape.places(&self.cells).filter(|_| fits) else {
                    self.cells.split_usual(text, shape.delimiter);
                    if Places::of_names(self.cells.iter()).is_some() {
                        return None;
                    }
                    let reason = format!("has {} columns, unlike the rest of the file", self.cells.len());
                    return Some(Err(Skipped::new(line, "", reason)));
                };
                places
            }
            Kind::Json => match json_row(text) {
                Some((cells, places)) => {
                    self.cells = cells;
                    places
                }
                None => return Some(Err(Skipped::new(line, "", "is not a JSON object with the columns of a record"))),
            },
        };
        let has_no_digit = !places.get(&self.cells, Column::Start).bytes().any(|byte| byte.is_ascii_digit());
        if has_no_digit && Places::of_names(self.cells.iter()).is_some() {
            return None;
        }
        Some(Row::read(line, &self.cells, &places))
    }
}

fn json_row(text: &str) -> Option<(Cells, Places)> {
    let map: Map<String, Value> = serde_json::from_str(text).ok()?;
    let places = Places::of_names(map.keys().map(String::as_str))?;
    let mut cells = Cells::default();
    for value in map.values() {
        match value {
            Value::Null => cells.push(""),
            Value::String(text) => cells.push(text),
            value => cells.push(&value.to_string()),
        }
    }
    Some((cells, places))
}

/// UTF-8, or Latin-1 where it is not that: FreePBX writes names so.
fn decoded(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}
