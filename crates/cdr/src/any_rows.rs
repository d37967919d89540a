//! The rows of any table: delimited text, a sheet of a workbook, or flat JSON objects.

use std::{
    borrow::Cow,
    collections::{HashMap, VecDeque},
    io::{self, Cursor, Read},
    vec,
};

use domain::{limits::TABLE_COLUMNS, time::Zone};
use serde_json::{Map, Value};

use crate::{
    cells::{Cells, TOO_WIDE},
    composed::composed,
    encoding::Decoder,
    lines::NO_LINE_END,
    mapping::{Mapping, column_names},
    node::{Node, TOO_MUCH},
    objects::{FoundText, Objects, TextKind, is_too_much, not_json},
    rows::{ByteCells, Rows},
    sheet::SheetRows,
    source::{Failure, HEAD_BYTES, Input, Skipped},
    workbook::Workbook,
    wrapped::{JsonPages, array_in},
};

/// Rows that are looked at to find the delimiter, and objects to find the names.
const HEAD_ROWS: usize = 200;
/// Names of objects that are columns.
const MOST_NAMES: usize = 200;
/// Objects within objects whose names are joined by dots.
const MOST_DEPTH: usize = 4;
/// Rows that may stand before a header: titles, dates of a report.
pub(crate) const TITLE_ROWS: usize = 20;
/// Bytes that rows take in memory which were read before their turn; beyond, none is read before its turn.
const AHEAD_BYTES: usize = 12 * 1024 * 1024;
/// Bytes that a name or a text of an object takes besides its characters.
const FLAT_BYTES: usize = 24;
/// Lines of further sheets have the number of their sheet before these bits.
const SHEET_BITS: u32 = 40;

/// Rows that were read before their turn.
pub(crate) type Ahead = VecDeque<Result<(u64, Cells), Skipped>>;

/// The rows of a table, of which the first may be a header.
pub(crate) enum AnyRows<'a> {
    Delimited(Delimited<'a>),
    Sheet(Box<Sheets>),
    Objects(NamedObjects<'a>),
}

/// The rows of a sheet, and of those after it that have the same columns, as one for each month or campaign has.
pub(crate) struct Sheets {
    rows: SheetRows,
    further: Option<Further>,
}

/// The sheets after the first that was read.
struct Further {
    workbook: Workbook,
    names: Vec<String>,
    mapping: Mapping,
    /// Those that were read, and those with other columns.
    read: Vec<String>,
    others: Vec<String>,
}

impl Sheets {
    fn next_row(&mut self, cells: &mut Cells) -> io::Result<Option<u64>> {
        loop {
            let sheet = self.further.as_ref().map_or(0, |further| further.read.len() as u64) << SHEET_BITS;
            if let Some(line) = self.rows.next_row(cells)? {
                return Ok(Some(sheet | line));
            }
            match self.further.as_mut().map(|further| further.next_sheet(cells)).transpose()?.flatten() {
                None => return Ok(None),
                Some((rows, line)) => {
                    self.rows = rows;
                    // A header of its own order is read as one that stands again.
                    if let Some(line) = line {
                        let sheet = self.further.as_ref().map_or(0, |further| further.read.len() as u64) << SHEET_BITS;
                        return Ok(Some(sheet | line));
                    }
                }
            }
        }
    }
}

impl Further {
    /// The rows of the next sheet after its header, which is in `cells`, with its line where its columns stand in another order.
    fn next_sheet(&mut self, cells: &mut Cells) -> io::Result<Option<(SheetRows, Option<u64>)>> {
        let broken = |failure| match failure {
            Failure::Shape(reason) => io::Error::new(io::ErrorKind::InvalidData, reason),
            Failure::Io(error) => error,
        };
        while let Some(sheet) = self.workbook.next_sheet().map_err(broken)? {
            let mut rows = sheet.rows;
            if rows.is_empty() {
                continue;
            }
            for _ in 0..TITLE_ROWS {
                let Some(line) = rows.next_row(cells)? else { break };
                let names = column_names(cells.iter());
                let is_same = names == self.names;
                if is_same || self.mapping.bind(&names).is_ok() {
                    self.read.push(sheet.name);
                    return Ok(Some((rows, (!is_same).then_some(line))));
                }
            }
            self.others.push(sheet.name);
        }
        cells.clear();
        Ok(None)
    }
}

/// Lines of text with cells.
pub(crate) struct Delimited<'a> {
    rows: Rows<Input<'a>>,
    bytes: ByteCells,
    decoder: Decoder,
    lacks_end: bool,
}

/// JSON objects whose names are the columns.
pub(crate) struct NamedObjects<'a> {
    objects: Objects<Input<'a>>,
    text: Vec<u8>,
    names: Vec<String>,
    at: HashMap<String, usize>,
    /// The names of the last object in its order, and where their columns are: most objects have the same.
    last: Vec<(String, Option<usize>)>,
    ahead: vec::IntoIter<Result<(u64, Flat), Skipped>>,
    /// Names that the first objects have not.
    others: u64,
}

type Flat = Vec<(String, String)>;

impl<'a> AnyRows<'a> {
    /// Looks at the first bytes and opens a text of lines or JSON; `zone` is where its reader lives.
    pub(crate) fn open(mut input: Input<'a>, zone: Zone) -> Result<Self, Failure> {
        let mut head = Vec::new();
        input.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
        let is_json = matches!(head.trim_ascii_start().first(), Some(b'{' | b'['));
        let (delimiter, decoder) = (delimiter(&head), Decoder::new(&head, zone));
        let has_pages = is_json && array_in(&head).is_some();
        let input: Input<'a> = Box::new(Cursor::new(head).chain(input));
        if has_pages {
            return Ok(Self::Objects(NamedObjects::new(Box::new(JsonPages::new(input)))?));
        }
        if is_json {
            return Ok(Self::Objects(NamedObjects::new(input)?));
        }
        let (bytes, rows) = (ByteCells::default(), Rows::delimited(input, delimiter));
        Ok(Self::Delimited(Delimited { rows, bytes, decoder, lacks_end: false }))
    }

    pub(crate) fn of_sheet(rows: SheetRows) -> Self {
        Self::Sheet(Box::new(Sheets { rows, further: None }))
    }

    /// Has the sheets after this one read on that have its columns.
    pub(crate) fn read_on(&mut self, workbook: Workbook, names: &[String], mapping: &Mapping) {
        if let Self::Sheet(sheets) = self {
            let (names, mapping) = (names.to_vec(), mapping.clone());
            sheets.further = Some(Further { workbook, names, mapping, read: Vec::new(), others: Vec::new() });
        }
    }

    /// The line of a row in its sheet, and the sheet's name where it is not the first that is read.
    pub(crate) fn place(&self, line: u64) -> (u64, Option<&str>) {
        let nth = (line >> SHEET_BITS) as usize;
        let name = match self {
            Self::Sheet(sheets) if nth > 0 => sheets.further.as_ref().and_then(|further| further.read.get(nth - 1)),
            _ => return (line, None),
        };
        (line & ((1 << SHEET_BITS) - 1), name.map(String::as_str))
    }

    /// Which of the sheets that are read a line is of, from 0 on.
    pub(crate) fn nth_sheet(&self, line: u64) -> usize {
        if self.is_sheet() { (line >> SHEET_BITS) as usize } else { 0 }
    }

    /// The names of the columns, where no row has them.
    pub(crate) fn names(&self) -> Option<&[String]> {
        if let Self::Objects(objects) = self { Some(&objects.names) } else { None }
    }

    /// What stands between the cells of a text.
    pub(crate) fn delimiter(&self) -> Option<u8> {
        if let Self::Delimited(delimited) = self { delimited.rows.delimiter() } else { None }
    }

    pub(crate) fn shape(&self) -> &'static str {
        match self {
            Self::Delimited(_) => "table",
            Self::Sheet(_) => "sheet",
            Self::Objects(objects) => objects.objects.shape(),
        }
    }

    /// Puts the next row into `cells` and gives its line, or why it is none; nothing at the end.
    pub(crate) fn next_row(&mut self, cells: &mut Cells) -> io::Result<Option<Result<u64, Skipped>>> {
        cells.clear();
        let row = match self {
            Self::Delimited(delimited) => delimited.next_row(cells)?,
            Self::Sheet(rows) => rows.next_row(cells)?.map(Ok),
            Self::Objects(objects) => objects.next_row(cells)?,
        };
        cells.compose();
        Ok(match row {
            Some(Ok(line)) if cells.len() > TABLE_COLUMNS => Some(Err(Skipped::new(line, "", TOO_WIDE))),
            row => row,
        })
    }

    /// Reads rows until so many are ahead, or they take [`AHEAD_BYTES`], or the file ends.
    pub(crate) fn read_ahead(&mut self, ahead: &mut Ahead, count: usize) -> io::Result<()> {
        let mut bytes: usize = ahead.iter().flatten().map(|(_, cells)| cells.memory()).sum();
        while ahead.len() < count && bytes < AHEAD_BYTES {
            let mut cells = Cells::default();
            match self.next_row(&mut cells)? {
                Some(Ok(line)) => {
                    cells.shrink();
                    bytes += cells.memory();
                    ahead.push_back(Ok((line, cells)));
                }
                Some(Err(skipped)) => ahead.push_back(Err(skipped)),
                None => break,
            }
        }
        Ok(())
    }

    /// Whether the row that was read last has no line end after it.
    pub(crate) fn lacks_end(&self) -> bool {
        matches!(self, Self::Delimited(delimited) if delimited.lacks_end)
    }

    /// Whether they are those of a workbook.
    pub(crate) fn is_sheet(&self) -> bool {
        matches!(self, Self::Sheet(_))
    }

    /// What to say about the text of the file when it was read.
    pub(crate) fn said_of_text(&self) -> Vec<String> {
        match self {
            Self::Delimited(delimited) => {
                let end = delimited.lacks_end.then(|| NO_LINE_END.to_owned());
                delimited.decoder.said().into_iter().chain(end).collect()
            }
            Self::Objects(objects) if objects.others > 0 => {
                vec![format!("values under names that the first objects have not, passed over: {}", objects.others)]
            }
            Self::Sheet(sheets) => {
                let Some(further) = &sheets.further else { return Vec::new() };
                let said = [
                    ("sheets with the same columns, read as well", &further.read),
                    ("sheets with other columns, not read", &further.others),
                ];
                let said = said.into_iter().filter(|(_, names)| !names.is_empty());
                said.map(|(what, names)| format!("{what}: \"{}\"", names.join("\", \""))).collect()
            }
            Self::Objects(_) => Vec::new(),
        }
    }
}

impl Delimited<'_> {
    fn next_row(&mut self, cells: &mut Cells) -> io::Result<Option<Result<u64, Skipped>>> {
        let Some(row) = self.rows.next_row(&mut self.bytes)? else { return Ok(None) };
        self.lacks_end = !row.is_ended;
        if row.cut {
            let reason = "is longer than 16 MiB: is there a quote that is never closed?";
            return Ok(Some(Err(Skipped::new(row.line, "", reason))));
        }
        if row.is_open {
            let reason = "has a quote that is never closed: all lines after it are taken for its cell";
            return Ok(Some(Err(Skipped::new(row.line, "", reason))));
        }
        // Nearly every row is UTF-8, and looked at as a whole.
        if !self.bytes.push_text(cells) {
            for cell in self.bytes.iter() {
                cells.push(&self.decoder.text(cell));
            }
        }
        Ok(Some(Ok(row.line)))
    }
}

impl<'a> NamedObjects<'a> {
    fn new(input: Input<'a>) -> io::Result<Self> {
        let mut named = Self {
            objects: Objects::new(input),
            text: Vec::new(),
            names: Vec::new(),
            at: HashMap::new(),
            last: Vec::new(),
            ahead: Vec::new().into_iter(),
            others: 0,
        };
        let (mut ahead, mut bytes) = (Vec::new(), 0);
        while ahead.len() < HEAD_ROWS && bytes < AHEAD_BYTES {
            let Some(object) = named.next_object()? else { break };
            for (name, text) in object.iter().flat_map(|(_, flat)| flat) {
                bytes += name.capacity() + text.capacity() + 2 * FLAT_BYTES;
                if named.names.len() < MOST_NAMES && !named.at.contains_key(name) {
                    named.at.insert(name.clone(), named.names.len());
                    named.names.push(name.clone());
                }
            }
            ahead.push(object);
        }
        named.ahead = ahead.into_iter();
        Ok(named)
    }

    fn next_object(&mut self) -> io::Result<Option<Result<(u64, Flat), Skipped>>> {
        let Some(found) = self.objects.next_text(&mut self.text)? else { return Ok(None) };
        self.object(found)
    }

    fn object(&self, found: FoundText) -> io::Result<Option<Result<(u64, Flat), Skipped>>> {
        let skipped = |reason: &str| Ok(Some(Err(Skipped::new(found.line, "", reason))));
        match found.what {
            TextKind::Json if is_too_much(&self.text) => skipped(TOO_MUCH),
            TextKind::Json => match serde_json::from_slice::<Map<String, Value>>(&self.text) {
                Ok(map) => Ok(Some(Ok((found.line, flat_fields(map))))),
                Err(error) => skipped(&not_json(&error)),
            },
            TextKind::Text => skipped("is not a JSON object"),
            TextKind::Broken(reason) | TextKind::End(reason) => skipped(reason),
        }
    }

    fn next_row(&mut self, cells: &mut Cells) -> io::Result<Option<Result<u64, Skipped>>> {
        let object = if let Some(object) = self.ahead.next() {
            object
        } else {
            let Some(found) = self.objects.next_text(&mut self.text)? else { return Ok(None) };
            if found.what == TextKind::Json && self.put_flat(cells) {
                return Ok(Some(Ok(found.line)));
            }
            match self.object(found)? {
                Some(object) => object,
                None => return Ok(None),
            }
        };
        let (line, flat) = match object {
            Ok(object) => object,
            Err(skipped) => return Ok(Some(Err(skipped))),
        };
        let mut row: Vec<&str> = vec![""; self.names.len()];
        for (name, text) in &flat {
            match self.at.get(name) {
                Some(at) => row[*at] = text,
                None => self.others += 1,
            }
        }
        for cell in row {
            cells.push(cell);
        }
        Ok(Some(Ok(line)))
    }

    /// Puts the values of an object without objects in it into `cells`; whether it was one, with each name once.
    fn put_flat(&mut self, cells: &mut Cells) -> bool {
        let Some(Node::Object(entries)) = std::str::from_utf8(&self.text).ok().and_then(Node::parse) else {
            return false;
        };
        let is_same = entries.len() == self.last.len()
            && entries.iter().zip(&self.last).all(|((name, _), (known, _))| name == known);
        if !is_same {
            let place = |name: &str| {
                let composed = composed(name);
                (name.to_owned(), self.at.get(composed.as_deref().unwrap_or(name)).copied())
            };
            self.last = entries.iter().map(|(name, _)| place(name)).collect();
        }
        let mut row: Vec<Option<Cow<'_, str>>> = vec![None; self.names.len()];
        let mut others = 0;
        for ((_, value), (_, at)) in entries.iter().zip(&self.last) {
            let text = match value {
                Node::Null => Cow::Borrowed(""),
                Node::Text(text) => Cow::Borrowed(text.as_ref()),
                Node::Object(_) => return false,
                value => Cow::Owned(value.to_string()),
            };
            match at {
                Some(at) if row[*at].is_none() => row[*at] = Some(text),
                Some(_) => return false,
                None => others += 1,
            }
        }
        // Of a name that is there twice the last value counts, and once.
        if others > 1 {
            return false;
        }
        self.others += others;
        for cell in &row {
            cells.push(cell.as_deref().unwrap_or_default());
        }
        true
    }
}

/// The fields of an object and their texts, those of objects in it under names with dots.
pub(crate) fn flat_fields(map: Map<String, Value>) -> Vec<(String, String)> {
    let mut flat = Vec::with_capacity(map.len());
    flatten("", map, 0, &mut flat);
    flat
}

/// The values of an object as texts, those of objects in it under names with dots.
fn flatten(prefix: &str, map: Map<String, Value>, depth: usize, flat: &mut Flat) {
    for (name, value) in map {
        let name = format!("{prefix}{}", composed(&name).unwrap_or(name));
        match value {
            Value::Null => flat.push((name, String::new())),
            Value::String(text) => flat.push((name, text)),
            Value::Object(inner) => match number_of_mongo(&inner) {
                // MongoDB's way to say which kind of number it is.
                Some(number) => flat.push((name, number.to_owned())),
                None if depth < MOST_DEPTH => flatten(&format!("{name}."), inner, depth + 1, flat),
                None => flat.push((name, Value::Object(inner).to_string())),
            },
            value => flat.push((name, value.to_string())),
        }
    }
}

/// The number in `{"$numberInt": "20"}`.
fn number_of_mongo(inner: &Map<String, Value>) -> Option<&str> {
    let (name, value) = inner.iter().next().filter(|_| inner.len() == 1)?;
    let is_number = matches!(name.as_str(), "$numberInt" | "$numberLong" | "$numberDouble" | "$numberDecimal");
    value.as_str().filter(|_| is_number)
}

/// The delimiter that gives most of the first rows the same number of columns, and more than one.
fn delimiter(head: &[u8]) -> u8 {
    let mut best = (0, b',');
    for delimiter in [b',', b';', b'\t', b'|'] {
        let (mut rows, mut cells) = (Rows::delimited(head, delimiter), ByteCells::default());
        let mut widths: HashMap<usize, usize> = HashMap::new();
        let mut count = 0;
        while count < HEAD_ROWS {
            let Ok(Some(row)) = rows.next_row(&mut cells) else { break };
            count += 1;
            if cells.len() > 1 && !row.cut && !row.is_open {
                *widths.entry(cells.len()).or_default() += 1;
            }
        }
        // Texts have commas, too, but not the same number in each row: rows count before columns.
        let score = widths.into_iter().map(|(width, rows)| rows * 1_000 + width.min(999)).max().unwrap_or(0);
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut rows = AnyRows::open(Box::new(text.as_bytes()), Zone::HO_CHI_MINH).unwrap_or_else(|_| panic!("{text}"));
        let (mut cells, mut all) = (Cells::default(), Vec::new());
        while let Some(row) = rows.next_row(&mut cells).unwrap() {
            all.push((row.unwrap(), cells.iter().map(str::to_owned).collect()));
        }
        all
    }

    #[test]
    fn the_delimiter_is_the_one_that_gives_all_rows_the_same_columns() {
        for delimiter in [",", ";", "\t", "|"] {
            let text = ["a", "b", "c\n1", "\"x, y; z| \"", "3\n4", "Chào anh; vâng, dạ", "6\n"].join(delimiter);
            let text = text.replace("Chào anh; vâng, dạ", "\"Chào anh; vâng, dạ\"");
            let found: Vec<usize> = rows(&text).iter().map(|row| row.1.len()).collect();
            assert_eq!(found, [3, 3, 3], "{text}");
        }
    }

    #[test]
    fn objects_are_rows_whose_columns_are_all_their_names() {
        let text = r#"[{"phone":"0901","at":{"start":5}},
            {"at":{"start":6,"end":null},"tags":["a",1],"phone":"0902"}]"#;
        let cells = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
        // at.start, phone, at.end, tags: each object's names in the order of the alphabet.
        assert_eq!(rows(text), [(1, cells(["5", "0901", "", ""])), (2, cells(["6", "0902", "", "[\"a\",1]"]))]);
    }

    /// However many are asked for, and however large they are.
    #[test]
    fn rows_that_are_read_before_their_turn_take_so_much_memory_and_no_more() {
        const ROWS: usize = 60;
        let more = "x".repeat(AHEAD_BYTES / 20);
        // The one that reaches the limit is read, too.
        let most = 21;
        let open = |text: &'static str| AnyRows::open(Box::new(text.as_bytes()), Zone::HO_CHI_MINH);
        let table = format!("phone,more\n{}", format!("0901,{more}\n").repeat(ROWS)).leak();
        let mut rows = open(table).unwrap_or_else(|_| panic!("a table"));
        let mut ahead = Ahead::new();
        rows.read_ahead(&mut ahead, 1).unwrap();
        assert_eq!(ahead.len(), 1);
        rows.read_ahead(&mut ahead, ROWS).unwrap();
        assert!((2..=most + 1).contains(&ahead.len()), "{}", ahead.len());

        let objects = format!("{{\"phone\": \"0901\", \"more\": \"{more}\"}}\n").repeat(ROWS).leak();
        let Ok(AnyRows::Objects(objects)) = open(objects) else { panic!("objects") };
        assert!((2..=most).contains(&objects.ahead.len()), "{}", objects.ahead.len());
    }
}
