//! The rows of a file, whichever way it holds a table: delimited lines, JSON lines, or a database dump.

use std::{
    collections::VecDeque,
    io::{self, Chain, Cursor, Read},
};

use domain::{limits::TABLE_COLUMNS, time::Zone};

use crate::{
    cells::{Cells, TOO_WIDE, is_ruler},
    columns::{Column, Places},
    encoding::Decoder,
    json_rows::{JsonColumns, JsonRows, NO_OBJECT, holds_row, is_row},
    lanes::{Lanes, Sharing},
    lines::{Line, Lines, NO_LINE_END},
    source::{HEAD_BYTES, Skipped},
    sql::{Dump, looks_like_dump},
    table_row::TableRow,
};

/// The longest line read; a row of a call's columns is far below it.
const LINE_BYTES: usize = 32 * 1024;
/// How many lines are looked at to find the shape.
const SHAPE_LINES: usize = 50;
/// The most lines that one row is put together from: a cell may hold line ends.
const ROW_LINES: usize = 50;
/// Rows one after the other that no lines after them made whole; then none is tried any more, which would take long.
const MOST_MISSES: u32 = 100;

type HeadAndRest<R> = Chain<Cursor<Vec<u8>>, R>;

/// How the columns of a file are known.
#[derive(Debug, Clone)]
pub(crate) enum Layout<C> {
    /// All rows have these columns.
    Fixed { places: Places<C>, width: usize },
    /// Each row's own tell, of `least` columns and more: their number changes within the file.
    ByRow { places: fn(&Cells) -> Option<Places<C>>, least: usize },
}

/// A delimited file's shape.
#[derive(Debug, Clone)]
pub(crate) struct Shape<C> {
    /// In a few words.
    pub(crate) name: &'static str,
    /// The first name in the header; empty where there is none.
    pub(crate) first_name: String,
    delimiter: char,
    has_header: bool,
    layout: Layout<C>,
}

impl<C: Column> Shape<C> {
    /// Of lines that begin with a header which names enough columns.
    pub(crate) fn of_header(lines: &[String], delimiter: char) -> Option<Self> {
        let mut cells = Cells::default();
        cells.split_usual(lines.first()?, delimiter);
        let layout = Layout::Fixed { places: Places::of_names(cells.iter())?, width: cells.len() };
        let first_name = cells.get(0).to_owned();
        Some(Self { name: "header line", first_name, delimiter, has_header: true, layout })
    }

    /// Of lines that are all rows.
    pub(crate) fn without_header(name: &'static str, delimiter: char, layout: Layout<C>) -> Self {
        Self { name, first_name: String::new(), delimiter, has_header: false, layout }
    }

    /// Splits a line in the way that gives the file's columns; none where no way does.
    pub(crate) fn split(&self, line: &str, cells: &mut Cells) -> Option<Places<C>> {
        let fits = cells.split(line, self.delimiter, |cells| self.places(cells).is_some());
        self.places(cells).filter(|_| fits)
    }

    /// How many columns a row has at least.
    fn width(&self) -> usize {
        match self.layout {
            Layout::Fixed { width, .. } => width,
            Layout::ByRow { least, .. } => least,
        }
    }

    /// Reads on by a further header, as in files that were put together: its columns may stand in another order.
    fn adopt(&mut self, header: &Cells) {
        if let (Layout::Fixed { places, width }, Some(found)) = (&mut self.layout, Places::of_names(header.iter())) {
            (*places, *width) = (found, header.len());
        }
    }

    /// Where the columns are that were found by their content, from 1; none where a header or the format's order tells.
    pub(crate) fn place_of(&self, column: C) -> Option<usize> {
        match &self.layout {
            Layout::Fixed { places, .. } if !self.has_header => places.place(column).map(|at| at + 1),
            _ => None,
        }
    }

    /// Whether a line has fewer columns than a row, of which the one before had `width`.
    fn is_narrow(&self, line: &str, cells: &mut Cells, width: usize) -> bool {
        if self.split(line, cells).is_some() {
            return false;
        }
        cells.split_usual(line, self.delimiter);
        // A header of another kind, or what is no row at all, is not the beginning of one.
        cells.len() > 1 && cells.len() < width
    }

    fn places(&self, row: &Cells) -> Option<Places<C>> {
        match &self.layout {
            Layout::Fixed { places, width } => row.is_wide(*width).then(|| places.clone()),
            Layout::ByRow { places, .. } => places(row),
        }
    }
}

/// A file's rows.
pub(crate) struct Table<R: Read, C> {
    kind: TableKind<R, C>,
    cells: Cells,
    bytes: Vec<u8>,
}

/// Rows that one thread reads and another makes something of; the buffers are used again.
pub(crate) struct Block<C> {
    rows: Vec<Result<(u64, Places<C>), Skipped>>,
    /// Of the rows that are some, in their order.
    cells: Vec<Cells>,
    bytes: usize,
}

impl<C> Default for Block<C> {
    fn default() -> Self {
        Self { rows: Vec::new(), cells: Vec::new(), bytes: 0 }
    }
}

impl<C: Column> Block<C> {
    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Bytes of their cells.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes the rows out, or why they are none.
    pub(crate) fn take(&mut self, mut each: impl FnMut(Result<TableRow<'_, C>, Skipped>)) {
        let mut cells = self.cells.iter();
        for row in self.rows.drain(..) {
            match row {
                Ok((line, places)) => {
                    if let Some(cells) = cells.next() {
                        each(Ok(TableRow { line, cells, places }));
                    }
                }
                Err(skipped) => each(Err(skipped)),
            }
        }
    }
}

/// Reads all rows of a table by `work`, which makes what one thread does with a block, and takes what comes of each in order.
pub(crate) fn in_blocks<R: Read, C: Column, T, W>(
    table: &mut Table<R, C>,
    sharing: Sharing,
    work: impl Fn() -> W + Send + 'static,
    mut take: impl FnMut(T) -> io::Result<()>,
) -> io::Result<()>
where
    T: Send + 'static,
    W: FnMut(&mut Block<C>) -> T + Send + 'static,
{
    let mut lanes = Lanes::new(sharing, move || {
        let mut work = work();
        move |mut block: Block<C>| (work(&mut block), block)
    });
    let (mut spare, mut is_more) = (Vec::new(), true);
    loop {
        while is_more && !lanes.is_full() {
            let mut block: Block<C> = spare.pop().unwrap_or_default();
            is_more = table.fill(&mut block, sharing)?;
            if block.len() > 0 {
                let bytes = block.bytes();
                lanes.push(block, bytes);
            }
        }
        let Some((made, block)) = lanes.next()? else { return Ok(()) };
        take(made)?;
        spare.push(block);
    }
}

enum TableKind<R: Read, C> {
    Lines {
        lines: Lines<HeadAndRest<R>>,
        /// Lines that were read to find the shape.
        ahead: VecDeque<(Line, String)>,
        shape: LineShape<C>,
        decoder: Decoder,
        /// Columns of the row before.
        width: usize,
        /// How many rows in a row were not made whole by the lines after them.
        misses: u32,
        /// The row is the last line, and no line end follows it.
        lacks_end: bool,
    },
    /// A JSON array of objects.
    Array(Box<JsonRows<HeadAndRest<R>, C>>),
    Dump(Dump<HeadAndRest<R>, C>),
}

enum LineShape<C> {
    Delimited(Shape<C>),
    /// One JSON object a line.
    Json(JsonColumns<C>),
}

/// Finds the shape of a delimited file, or that it is not the format's, by its first lines and a delimiter to try.
pub(crate) type FindShape<C> = fn(&[String], char) -> Option<Shape<C>>;

/// Whether a file that begins so is a table with these columns, or a dump with a row of them.
pub(crate) fn holds_table<C: Column>(head: &[u8], shape_of: FindShape<C>) -> bool {
    match Table::open(head, Zone::HO_CHI_MINH, shape_of) {
        Ok(Some(mut table)) => !table.is_dump() || matches!(table.next_row(), Ok(Some(_))),
        _ => false,
    }
}

impl<R: Read, C: Column> Table<R, C> {
    /// Looks at the first lines; none where they are no records of the format.
    /// `zone` is where its reader lives: see [`Decoder::new`].
    pub(crate) fn open(mut input: R, zone: Zone, shape_of: FindShape<C>) -> io::Result<Option<Self>> {
        let mut head = Vec::new();
        input.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
        let is_dump = looks_like_dump(&head);
        let is_array = head.trim_ascii_start().first() == Some(&b'[');
        let any_row = is_array && holds_row::<C>(&head)?;
        let mut decoder = Decoder::new(&head, zone);
        let input = Cursor::new(head).chain(input);
        if is_dump {
            return Ok(Some(Self {
                kind: TableKind::Dump(Dump::new(input, decoder)),
                cells: Cells::default(),
                bytes: Vec::new(),
            }));
        }
        if is_array {
            return Ok(any_row.then(|| Self {
                kind: TableKind::Array(Box::new(JsonRows::new(input, decoder))),
                cells: Cells::default(),
                bytes: Vec::new(),
            }));
        }
        let mut lines = Lines::new(input, LINE_BYTES);
        let mut ahead = VecDeque::new();
        let mut bytes = Vec::new();
        while ahead.len() < SHAPE_LINES {
            let Some(line) = lines.next_line(&mut bytes)? else { break };
            let text = decoder.decode(&bytes);
            if !text.trim().is_empty() {
                ahead.push_back((line, text));
            }
        }
        let texts: Vec<String> = ahead.iter().map(|(_, text)| text.clone()).collect();
        let shape = if texts.first().is_some_and(|text| text.trim_start().starts_with('{')) {
            texts.iter().any(|text| is_row::<C>(text)).then(|| LineShape::Json(JsonColumns::default()))
        } else {
            let shape = [',', ';', '\t', '|'].into_iter().find_map(|delimiter| shape_of(&texts, delimiter));
            shape.map(LineShape::Delimited)
        };
        if matches!(&shape, Some(LineShape::Delimited(shape)) if shape.width() > TABLE_COLUMNS) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("the table {TOO_WIDE}")));
        }
        Ok(shape.map(|shape| {
            if matches!(&shape, LineShape::Delimited(shape) if shape.has_header) {
                ahead.pop_front();
            }
            let width = match &shape {
                LineShape::Delimited(shape) => shape.width(),
                LineShape::Json(_) => 0,
            };
            Self {
                kind: TableKind::Lines { lines, ahead, shape, decoder, width, misses: 0, lacks_end: false },
                cells: Cells::default(),
                bytes: Vec::new(),
            }
        }))
    }

    pub(crate) fn shape_name(&self) -> &'static str {
        match &self.kind {
            TableKind::Lines { shape: LineShape::Delimited(shape), .. } => shape.name,
            TableKind::Lines { shape: LineShape::Json(_), .. } => "JSON lines",
            TableKind::Array(_) => "JSON array",
            TableKind::Dump(_) => "SQL dump",
        }
    }

    /// What to say about the text of the file when it was read: its encoding, its end, statements that were passed over.
    pub(crate) fn said_of_text(&self) -> Vec<String> {
        let (decoder, further) = match &self.kind {
            TableKind::Lines { decoder, lacks_end, .. } => (decoder, lacks_end.then(|| NO_LINE_END.to_owned())),
            TableKind::Array(rows) => (rows.decoder(), None),
            TableKind::Dump(dump) => (dump.decoder(), dump.said_of_unread()),
        };
        decoder.said().into_iter().chain(further).collect()
    }

    /// The place of a column that was found by its content, from 1.
    pub(crate) fn guessed(&self, column: C) -> Option<usize> {
        match &self.kind {
            TableKind::Lines { shape: LineShape::Delimited(shape), .. } => shape.place_of(column),
            _ => None,
        }
    }

    /// Whether its rows are JSON objects.
    pub(crate) fn is_json(&self) -> bool {
        matches!(self.kind, TableKind::Array(_) | TableKind::Lines { shape: LineShape::Json(_), .. })
    }

    /// Whether it is a database dump.
    pub(crate) fn is_dump(&self) -> bool {
        matches!(self.kind, TableKind::Dump(_))
    }

    /// Whether a dump creates a table, read so far, with enough of the columns.
    pub(crate) fn creates_rows(&self) -> bool {
        matches!(&self.kind, TableKind::Dump(dump) if dump.creates_rows())
    }

    /// Puts further rows into a block until it is full; whether there are more.
    pub(crate) fn fill(&mut self, block: &mut Block<C>, sharing: Sharing) -> io::Result<bool> {
        block.rows.clear();
        block.bytes = 0;
        let mut used = 0;
        while !sharing.is_full(block.rows.len(), block.bytes) {
            let row = match self.next_row()? {
                None => return Ok(false),
                Some(row) => row.map(|row| (row.line, row.places)),
            };
            if row.is_ok() {
                if used == block.cells.len() {
                    block.cells.push(Cells::default());
                }
                // The buffers change places, so nothing is copied.
                std::mem::swap(&mut block.cells[used], &mut self.cells);
                block.bytes += block.cells[used].bytes();
                used += 1;
            }
            block.rows.push(row);
        }
        Ok(true)
    }

    /// The next row, or why it is none; nothing at the end.
    pub(crate) fn next_row(&mut self) -> io::Result<Option<Result<TableRow<'_, C>, Skipped>>> {
        let too_long = |line| Ok(Some(Err(Skipped::new(line, "", "is longer than 32 KiB"))));
        // As of a file that was copied while a switch wrote into it.
        let cut_off = |line| Ok(Some(Err(Skipped::new(line, "", "is cut off: the file ends within it"))));
        loop {
            match &mut self.kind {
                TableKind::Lines { lines, ahead, shape, decoder, width, misses, lacks_end } => {
                    let bytes = &mut self.bytes;
                    // Most lines are a row, and need no copy.
                    if let LineShape::Delimited(delimited) = &*shape
                        && ahead.is_empty()
                    {
                        let Some(line) = lines.next_line(bytes)? else { return Ok(None) };
                        let text = decoder.text(bytes);
                        let is_whole = !line.cut && line.is_ended && !text.trim().is_empty();
                        let places = if is_whole { delimited.split(&text, &mut self.cells) } else { None };
                        if let Some(places) = places.filter(|places| !is_header(places, &self.cells)) {
                            (*width, *misses, *lacks_end) = (self.cells.len(), 0, false);
                            return Ok(Some(Ok(TableRow { line: line.number, cells: &self.cells, places })));
                        }
                        ahead.push_front((line, text.into_owned()));
                    }
                    let mut next = || {
                        if let Some(line) = ahead.pop_front() {
                            return Ok(Some(line));
                        }
                        let line = lines.next_line(bytes)?;
                        Ok::<_, io::Error>(line.map(|line| (line, decoder.decode(bytes))))
                    };
                    let Some((line, mut text)) = next()? else { return Ok(None) };
                    let mut is_ended = line.is_ended;
                    if text.trim().is_empty() {
                        continue;
                    }
                    if line.cut {
                        return too_long(line.number);
                    }
                    // A cell may hold line ends: what is too narrow for a row is tried with the lines after it.
                    let mut taken = Vec::new();
                    let joined = match shape {
                        LineShape::Delimited(shape)
                            if *misses < MOST_MISSES && shape.is_narrow(&text, &mut self.cells, *width) =>
                        {
                            let mut joined = text.clone();
                            let mut found = false;
                            while !found && taken.len() < ROW_LINES && joined.len() < LINE_BYTES {
                                let Some((further, more)) = next()? else { break };
                                // Half a row takes no whole one with it.
                                let is_row = shape.split(&more, &mut self.cells).is_some();
                                joined = format!("{joined}\n{more}");
                                found = !is_row && !further.cut && shape.split(&joined, &mut self.cells).is_some();
                                taken.push((further, more));
                                if is_row {
                                    break;
                                }
                            }
                            *misses = if found { 0 } else { *misses + 1 };
                            found.then_some(joined)
                        }
                        _ => None,
                    };
                    match joined {
                        Some(joined) => {
                            is_ended = taken.last().is_none_or(|(last, _)| last.is_ended);
                            text = joined;
                        }
                        None => taken.into_iter().rev().for_each(|line| ahead.push_front(line)),
                    }
                    let places = match shape.row(line.number, &text, &mut self.cells) {
                        Some(Ok(places)) => places,
                        Some(Err(_)) if !is_ended => return cut_off(line.number),
                        Some(Err(skipped)) => return Ok(Some(Err(skipped))),
                        None => {
                            if let LineShape::Delimited(shape) = shape {
                                shape.adopt(&self.cells);
                                *width = shape.width();
                            }
                            continue;
                        }
                    };
                    *lacks_end = !is_ended;
                    if !is_ended && (self.cells.is_open() || self.cells.len() < *width) {
                        return cut_off(line.number);
                    }
                    *width = self.cells.len();
                    return Ok(Some(Ok(TableRow { line: line.number, cells: &self.cells, places })));
                }
                TableKind::Array(rows) => {
                    let row = rows.next_row(&mut self.cells)?;
                    let cells = &self.cells;
                    return Ok(row.map(|row| row.map(|(line, places)| TableRow { line, cells, places })));
                }
                TableKind::Dump(dump) => {
                    let Some(tuple) = dump.next_tuple(&mut self.cells)? else { return Ok(None) };
                    if tuple.cut {
                        return too_long(tuple.line);
                    }
                    if tuple.is_open {
                        return cut_off(tuple.line);
                    }
                    return Ok(Some(Ok(TableRow { line: tuple.line, cells: &self.cells, places: tuple.places })));
                }
            }
        }
    }
}

impl<C: Column> LineShape<C> {
    /// Puts one line's row into `cells`; none where it is a header again, as in files that were put together, or a line that a database
    /// prints between the rows.
    fn row(&mut self, line: u64, text: &str, cells: &mut Cells) -> Option<Result<Places<C>, Skipped>> {
        let places = match self {
            Self::Delimited(shape) => {
                let Some(places) = shape.split(text, cells) else {
                    cells.split_usual(text, shape.delimiter);
                    if is_ruler(text) || Places::<C>::of_names(cells.iter()).is_some() {
                        return None;
                    }
                    let reason = format!("has {} columns, unlike the rest of the file", cells.len());
                    return Some(Err(Skipped::new(line, "", reason)));
                };
                places
            }
            Self::Json(columns) => match columns.row(text, cells) {
                Some(places) => places,
                None => return Some(Err(Skipped::new(line, "", NO_OBJECT))),
            },
        };
        if is_header(&places, cells) { None } else { Some(Ok(places)) }
    }
}

/// Whether a row is a header again: rows have a time, names of columns have none.
fn is_header<C: Column>(places: &Places<C>, cells: &Cells) -> bool {
    let has_digit = places.get(cells, C::TIME).bytes().any(|byte| byte.is_ascii_digit());
    !has_digit && Places::<C>::of_names(cells.iter()).is_some()
}
