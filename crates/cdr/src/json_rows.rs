//! The rows of a table that stands in JSON: objects in an array, or in the tables within one that phpMyAdmin writes.

use std::io::{self, Cursor, Read};

use serde_json::{Map, Value};

use crate::{
    cells::Cells,
    columns::{Column, Places},
    encoding::Decoder,
    objects::{Found, Objects, What},
    source::Skipped,
};

/// How many elements are looked at to find the columns.
const SHAPE_ELEMENTS: usize = 50;

/// The line that a row begins on and its columns, or why it is none.
type JsonRow<C> = Result<(u64, Places<C>), Skipped>;

/// The rows of an array.
pub(crate) struct JsonRows<R: Read> {
    objects: Objects<R>,
    /// The rows of a table that stands in the array, and the number of lines before its first.
    within: Option<(Objects<Cursor<Vec<u8>>>, u64)>,
    decoder: Decoder,
}

impl<R: Read> JsonRows<R> {
    pub(crate) fn new(input: R, decoder: Decoder) -> Self {
        Self { objects: Objects::new(input), within: None, decoder }
    }

    pub(crate) fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    /// Puts the next row into `cells`; none at the end.
    pub(crate) fn next_row<C: Column>(&mut self, cells: &mut Cells) -> io::Result<Option<JsonRow<C>>> {
        let mut text = Vec::new();
        while let Some(Found { line, what }) = self.next_text(&mut text)? {
            if let What::Broken(reason) | What::End(reason) = what {
                return Ok(Some(Err(Skipped::new(line, "", reason))));
            }
            if let Some((found, places)) = json_row(&self.decoder.decode(&text)) {
                *cells = found;
                return Ok(Some(Ok((line, places))));
            }
            let Some((rows, lines)) = rows_of_table(&text).filter(|_| self.within.is_none()) else {
                return Ok(Some(Err(Skipped::new(line, "", NO_OBJECT))));
            };
            if holds_row::<C>(rows)? {
                self.within = Some((Objects::new(Cursor::new(rows.to_vec())), line + lines - 2));
            }
        }
        Ok(None)
    }

    /// The next element of the table that is being read, else of the array.
    fn next_text(&mut self, text: &mut Vec<u8>) -> io::Result<Option<Found>> {
        if let Some((rows, before)) = &mut self.within {
            // Where the rows end, their table goes on.
            let found = rows.next_text(text)?.filter(|found| !matches!(found.what, What::End(_)));
            if let Some(found) = found.filter(|_| !text.trim_ascii_start().starts_with(b"}")) {
                return Ok(Some(Found { line: found.line + *before, ..found }));
            }
            self.within = None;
        }
        self.objects.next_text(text)
    }
}

pub(crate) const NO_OBJECT: &str = "is not a JSON object with the columns of a record";

/// Whether one of the first elements of an array has the columns, or is a table with a row that has.
pub(crate) fn holds_row<C: Column>(head: &[u8]) -> io::Result<bool> {
    let (mut objects, mut text) = (Objects::new(head), Vec::new());
    for _ in 0..SHAPE_ELEMENTS {
        if objects.next_text(&mut text)?.is_none() {
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
