//! The rows of a file, whichever way it holds a table: delimited lines, JSON lines, or a database dump.

use std::{
    collections::VecDeque,
    io::{Chain, Cursor, Read},
};

use serde_json::{Map, Value};

use crate::{
    ReadError, Skipped,
    format::HEAD_BYTES,
    lines::{Line, Lines},
};

use super::{
    cells::Cells,
    row::Row,
    shape::{Column, Places, Shape},
    sql::{Dump, looks_like_dump},
};

/// The longest line read: Asterisk itself drops records over 1,024 bytes.
const LINE_BYTES: usize = 32 * 1024;
/// How many lines are looked at to find the shape.
const SHAPE_LINES: usize = 50;

type Input<R> = Chain<Cursor<Vec<u8>>, R>;

/// A file's rows.
pub(super) struct Table<R> {
    kind: Kind<R>,
    cells: Cells,
}

enum Kind<R> {
    Lines {
        lines: Lines<Input<R>>,
        /// Lines that were read to find the shape.
        ahead: VecDeque<(Line, String)>,
        shape: LineShape,
    },
    Dump(Dump<Input<R>>),
}

enum LineShape {
    Delimited(Shape),
    /// One JSON object a line, as `cdr_custom` can be set up to write.
    Json,
}

impl<R: Read> Table<R> {
    /// Looks at the first lines; none where they are no call records.
    pub(super) fn open(mut input: R) -> Result<Option<Self>, ReadError> {
        let mut head = Vec::new();
        input.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
        let is_dump = looks_like_dump(&head);
        let input = Cursor::new(head).chain(input);
        if is_dump {
            return Ok(Some(Self { kind: Kind::Dump(Dump::new(input)), cells: Cells::default() }));
        }
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
        let shape = if texts.first().is_some_and(|text| text.trim_start().starts_with('{')) {
            texts.iter().any(|text| json_row(text).is_some()).then_some(LineShape::Json)
        } else {
            Shape::of(&texts).map(LineShape::Delimited)
        };
        Ok(shape.map(|shape| {
            if matches!(&shape, LineShape::Delimited(shape) if shape.has_header) {
                ahead.pop_front();
            }
            Self { kind: Kind::Lines { lines, ahead, shape }, cells: Cells::default() }
        }))
    }

    pub(super) fn shape_name(&self) -> &'static str {
        match &self.kind {
            Kind::Lines { shape: LineShape::Delimited(shape), .. } => shape.name,
            Kind::Lines { shape: LineShape::Json, .. } => "JSON lines",
            Kind::Dump(_) => "SQL dump",
        }
    }

    /// Whether it is a database dump.
    pub(super) fn is_dump(&self) -> bool {
        matches!(self.kind, Kind::Dump(_))
    }

    /// Whether it is what FreePBX exports (and cuts).
    pub(super) fn is_freepbx(&self) -> bool {
        matches!(&self.kind, Kind::Lines { shape: LineShape::Delimited(shape), .. } if shape.is_freepbx)
    }

    /// The next row, or why it is none; nothing at the end.
    pub(super) fn next_row(&mut self) -> Result<Option<Result<Row, Skipped>>, ReadError> {
        let too_long = |line| Ok(Some(Err(Skipped::new(line, "", "is longer than 32 KiB"))));
        let mut bytes = Vec::new();
        loop {
            match &mut self.kind {
                Kind::Lines { lines, ahead, shape } => {
                    let (line, text) = match ahead.pop_front() {
                        Some(ahead) => ahead,
                        None => match lines.next_line(&mut bytes)? {
                            Some(line) => (line, decoded(&bytes)),
                            None => return Ok(None),
                        },
                    };
                    if text.trim().is_empty() {
                        continue;
                    }
                    if line.cut {
                        return too_long(line.number);
                    }
                    if let Some(row) = shape.row(line.number, &text, &mut self.cells) {
                        return Ok(Some(row));
                    }
                }
                Kind::Dump(dump) => {
                    let Some(tuple) = dump.next_tuple(&mut self.cells)? else { return Ok(None) };
                    if tuple.cut {
                        return too_long(tuple.line);
                    }
                    return Ok(Some(Row::read(tuple.line, &self.cells, &tuple.places)));
                }
            }
        }
    }
}

impl LineShape {
    /// One line's row; none where it is a header again, as in files that were put together.
    fn row(&self, line: u64, text: &str, cells: &mut Cells) -> Option<Result<Row, Skipped>> {
        let places = match self {
            Self::Delimited(shape) => {
                let fits = cells.split(text, shape.delimiter, |cells| shape.places(cells).is_some());
                let Some(places) = shape.places(cells).filter(|_| fits) else {
                    cells.split_usual(text, shape.delimiter);
                    if Places::of_names(cells.iter()).is_some() {
                        return None;
                    }
                    let reason = format!("has {} columns, unlike the rest of the file", cells.len());
                    return Some(Err(Skipped::new(line, "", reason)));
                };
                places
            }
            Self::Json => match json_row(text) {
                Some((found, places)) => {
                    *cells = found;
                    places
                }
                None => return Some(Err(Skipped::new(line, "", "is not a JSON object with the columns of a record"))),
            },
        };
        let has_no_digit = !places.get(cells, Column::Start).bytes().any(|byte| byte.is_ascii_digit());
        if has_no_digit && Places::of_names(cells.iter()).is_some() {
            return None;
        }
        Some(Row::read(line, cells, &places))
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
pub(super) fn decoded(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}
