//! The rows of a table that stands in JSON: objects in an array, or in the tables within one that phpMyAdmin writes.

use std::io::{self, Cursor, Read};

use serde_json::{Map, Value};

use crate::{
    cells::Cells,
    columns::{Column, Places},
    elements::Elements,
    encoding::Decoder,
    lines::Line,
    source::Skipped,
};

/// How many elements are looked at to find the columns.
const SHAPE_ELEMENTS: usize = 50;

/// The line that a row begins on and its columns, or why it is none.
type JsonRow<C> = Result<(u64, Places<C>), Skipped>;

/// The rows of an array.
pub(crate) struct JsonRows<R: Read> {
    elements: Elements<R>,
    /// The rows of a table that stands in the array, and the number of lines before its first.
    within: Option<(Elements<Cursor<Vec<u8>>>, u64)>,
    decoder: Decoder,
    /// What is wrong with its end was said.
    is_over: bool,
}

impl<R: Read> JsonRows<R> {
    pub(crate) fn new(input: R, decoder: Decoder) -> Self {
        Self { elements: Elements::new(input), within: None, decoder, is_over: false }
    }

    pub(crate) fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    /// Puts the next row into `cells`; none at the end.
    pub(crate) fn next_row<C: Column>(&mut self, cells: &mut Cells) -> io::Result<Option<JsonRow<C>>> {
        let mut text = Vec::new();
        while let Some(line) = self.next_text(&mut text)? {
            if line.cut {
                return Ok(Some(Err(Skipped::new(line.number, "", "is longer than 16 MiB"))));
            }
            if let Some((found, places)) = json_row(&self.decoder.decode(&text)) {
                *cells = found;
                return Ok(Some(Ok((line.number, places))));
            }
            let Some((rows, lines)) = rows_of_table(&text).filter(|_| self.within.is_none()) else {
                return Ok(Some(Err(Skipped::new(line.number, "", NO_OBJECT))));
            };
            if holds_row::<C>(rows)? {
                self.within = Some((Elements::new(Cursor::new(rows.to_vec())), line.number + lines - 2));
            }
        }
        let fault = self.elements.fault().filter(|_| !std::mem::replace(&mut self.is_over, true));
        Ok(fault.map(|fault| Err(Skipped::new(self.elements.line(), "", fault))))
    }

    /// The next element of the table that is being read, else of the array.
    fn next_text(&mut self, text: &mut Vec<u8>) -> io::Result<Option<Line>> {
        if let Some((rows, before)) = &mut self.within {
            if let Some(line) = rows.next_text(text)? {
                return Ok(Some(Line { number: line.number + *before, ..line }));
            }
            self.within = None;
        }
        self.elements.next_text(text)
    }
}

pub(crate) const NO_OBJECT: &str = "is not a JSON object with the columns of a record";

/// Whether one of the first elements of an array has the columns, or is a table with a row that has.
pub(crate) fn holds_row<C: Column>(head: &[u8]) -> io::Result<bool> {
    let (mut elements, mut text) = (Elements::new(head), Vec::new());
    for _ in 0..SHAPE_ELEMENTS {
        if elements.next_text(&mut text)?.is_none() {
            break;
        }
        if json_row::<C>(&String::from_utf8_lossy(&text)).is_some() {
            return Ok(true);
        }
        if let Some((rows, _)) = rows_of_table(&text)
            && holds_row::<C>(rows)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The rows in an element that phpMyAdmin writes (`{"type":"table","name":"cdr","data":[…]}`), and on which of its
/// lines they begin; no rows of one that tells of the export or the database.
fn rows_of_table(element: &[u8]) -> Option<(&[u8], u64)> {
    let kind = |kind: &str| element.starts_with(format!("{{\"type\":\"{kind}\"").as_bytes());
    if kind("header") || kind("database") {
        return Some((b"", 1));
    }
    let name = b"\"data\":";
    let at = element.windows(name.len()).position(|bytes| bytes == name).filter(|_| kind("table"))?;
    let rows = &element[at + name.len()..];
    Some((rows, element[..at].split(|byte| *byte == b'\n').count() as u64))
}

/// The cells of an object and their columns; none where it has too few of them.
pub(crate) fn json_row<C: Column>(text: &str) -> Option<(Cells, Places<C>)> {
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
