//! The rows of a table that stands in JSON: objects in an array, or in the tables within one that phpMyAdmin writes.

use std::io::{self, Cursor, Read};

use crate::{
    cells::Cells,
    columns::{Column, Places},
    encoding::Decoder,
    node::Node,
    objects::{FoundText, Objects, TextKind},
    source::Skipped,
};

/// How many elements are looked at to find the columns.
const SHAPE_ELEMENTS: usize = 50;

/// The line that a row begins on and its columns, or why it is none.
type JsonRow<C> = Result<(u64, Places<C>), Skipped>;

/// The rows of an array.
pub(crate) struct JsonRows<R: Read, C> {
    objects: Objects<R>,
    text: Vec<u8>,
    columns: JsonColumns<C>,
    /// The rows of a table that stands in the array, and the number of lines before its first.
    within: Option<(Objects<Cursor<Vec<u8>>>, u64)>,
    decoder: Decoder,
}

impl<R: Read, C: Column> JsonRows<R, C> {
    pub(crate) fn new(input: R, decoder: Decoder) -> Self {
        Self { objects: Objects::new(input), text: Vec::new(), columns: JsonColumns::default(), within: None, decoder }
    }

    pub(crate) fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    /// Puts the next row into `cells`; none at the end.
    pub(crate) fn next_row(&mut self, cells: &mut Cells) -> io::Result<Option<JsonRow<C>>> {
        let mut text = std::mem::take(&mut self.text);
        let row = self.read_row(&mut text, cells);
        self.text = text;
        row
    }

    fn read_row(&mut self, text: &mut Vec<u8>, cells: &mut Cells) -> io::Result<Option<JsonRow<C>>> {
        while let Some(FoundText { line, what }) = self.next_text(text)? {
            if let TextKind::Broken(reason) | TextKind::End(reason) = what {
                return Ok(Some(Err(Skipped::new(line, "", reason))));
            }
            if let Some(places) = self.columns.row(&self.decoder.text(text), cells) {
                return Ok(Some(Ok((line, places))));
            }
            let Some((rows, lines)) = rows_of_table(text).filter(|_| self.within.is_none()) else {
                return Ok(Some(Err(Skipped::new(line, "", NO_OBJECT))));
            };
            if holds_row::<C>(rows)? {
                self.within = Some((Objects::new(Cursor::new(rows.to_vec())), line + lines - 2));
            }
        }
        Ok(None)
    }

    /// The next element of the table that is being read, else of the array.
    fn next_text(&mut self, text: &mut Vec<u8>) -> io::Result<Option<FoundText>> {
        if let Some((rows, before)) = &mut self.within {
            // Where the rows end, their table goes on.
            let found = rows.next_text(text)?.filter(|found| !matches!(found.what, TextKind::End(_)));
            if let Some(found) = found.filter(|_| !text.trim_ascii_start().starts_with(b"}")) {
                return Ok(Some(FoundText { line: found.line + *before, ..found }));
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
        if is_row::<C>(&String::from_utf8_lossy(&text)) {
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

/// Whether a text is an object with enough of the columns.
pub(crate) fn is_row<C: Column>(text: &str) -> bool {
    JsonColumns::<C>::default().row(text, &mut Cells::default()).is_some()
}

/// The names of the last object, in its order and in that of the alphabet, and the columns that they are: most objects of a file
/// have the same.
#[derive(Debug)]
pub(crate) struct JsonColumns<C> {
    names: Vec<String>,
    /// The place of each in the object, in the order of the alphabet.
    sorted: Vec<usize>,
    places: Option<Places<C>>,
}

impl<C> Default for JsonColumns<C> {
    fn default() -> Self {
        Self { names: Vec::new(), sorted: Vec::new(), places: None }
    }
}

impl<C: Column> JsonColumns<C> {
    /// Puts the values of an object into `cells`, in the order of their names, and says which columns they are; none where it has
    /// too few of them.
    pub(crate) fn row(&mut self, text: &str, cells: &mut Cells) -> Option<Places<C>> {
        let Node::Object(entries) = Node::parse(text)? else { return None };
        let is_same = entries.len() == self.names.len()
            && entries.iter().zip(&self.names).all(|((name, _), known)| name == known);
        if !is_same {
            self.names = entries.iter().map(|(name, _)| name.to_string()).collect();
            // Of a name that is there twice the last one counts.
            self.sorted = (0..entries.len()).collect();
            self.sorted.sort_by(|a, b| self.names[*a].cmp(&self.names[*b]).then(b.cmp(a)));
            self.sorted.dedup_by(|later, first| self.names[*later] == self.names[*first]);
            self.places = Places::of_names(self.sorted.iter().map(|at| self.names[*at].as_str()));
        }
        let places = self.places.clone()?;
        cells.clear();
        for at in &self.sorted {
            match &entries[*at].1 {
                Node::Null => cells.push(""),
                Node::Text(text) => cells.push(text),
                value => cells.push(&value.to_string()),
            }
        }
        Some(places)
    }
}
