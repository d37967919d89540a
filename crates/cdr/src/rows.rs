//! CSV rows with their exact line numbers, each in bounded memory.
//!
//! By hand and not by the csv crate: that one counts lines by LF alone, so the line of a bad row would be wrong in files
//! with CR or CR LF, and it keeps on growing a row whose quote is never closed.

use std::io::{self, Read};

use domain::limits::FILE_RECORD_BYTES;
use memchr::memchr;

use crate::{cells::Cells, lines::Lines};

/// The cells of one row, as bytes: whether they are text is for their reader to say. The buffers are used again for the next.
#[derive(Debug, Default)]
pub(crate) struct ByteCells {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl ByteCells {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Puts all of them into `cells` where they are text; whether they are.
    pub(crate) fn push_text(&self, cells: &mut Cells) -> bool {
        let Ok(text) = std::str::from_utf8(&self.text) else { return false };
        let mut start = 0;
        for end in &self.ends {
            // Delimiters end a cell where a character ends, unless bytes of two cells make one together.
            let Some(cell) = text.get(start..*end) else {
                cells.clear();
                return false;
            };
            cells.push(cell);
            start = *end;
        }
        true
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.text[start..*end])
    }
}

/// The rows of a file.
pub(crate) struct Rows<R> {
    lines: Lines<R>,
    line: Vec<u8>,
    /// Found in the first row: Excel writes `;` where the comma is the decimal point.
    delimiter: Option<u8>,
}

/// Where a row begins and whether it is whole.
pub(crate) struct CsvRow {
    pub(crate) line: u64,
    pub(crate) cut: bool,
    /// The file ended within a quote.
    pub(crate) is_open: bool,
    /// A line end follows it.
    pub(crate) is_ended: bool,
}

impl<R: Read> Rows<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { lines: Lines::new(input, FILE_RECORD_BYTES), line: Vec::new(), delimiter: None }
    }

    /// What stands between cells, once it is known.
    pub(crate) fn delimiter(&self) -> Option<u8> {
        self.delimiter
    }

    /// Rows whose delimiter is known.
    pub(crate) fn delimited(input: R, delimiter: u8) -> Self {
        Self { delimiter: Some(delimiter), ..Self::new(input) }
    }

    /// Puts the next row into `cells`; empty lines are none.
    pub(crate) fn next_row(&mut self, cells: &mut ByteCells) -> io::Result<Option<CsvRow>> {
        cells.text.clear();
        cells.ends.clear();
        let mut place = CellState::Start;
        let mut row: Option<CsvRow> = None;
        while let Some(line) = self.lines.next_line(&mut self.line)? {
            let row = match &mut row {
                None if self.line.is_empty() => continue,
                None => row.insert(CsvRow { line: line.number, cut: false, is_open: true, is_ended: true }),
                Some(row) => {
                    // The line end that was within quotes.
                    cells.text.extend_from_slice(line.after);
                    row
                }
            };
            let delimiter = *self.delimiter.get_or_insert_with(|| delimiter(&self.line));
            row.is_ended = line.is_ended;
            row.cut |= line.cut || cells.text.len() + self.line.len() > FILE_RECORD_BYTES;
            if row.cut {
                // What is too long is not kept, but its quotes are followed to its end.
                cells.text.clear();
                cells.ends.clear();
            }
            place = cells.add(&self.line, delimiter, place);
            if !matches!(place, CellState::Quoted) {
                cells.ends.push(cells.text.len());
                row.is_open = false;
                break;
            }
        }
        Ok(row)
    }
}

/// Where in a cell the reading stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CellState {
    Start,
    Bare,
    Quoted,
    /// After a quote within quotes: another one means a quote, anything else that the quoting has ended.
    Quote,
}

impl ByteCells {
    fn add(&mut self, line: &[u8], delimiter: u8, mut place: CellState) -> CellState {
        let mut at = 0;
        while let Some(byte) = line.get(at) {
            match (place, byte) {
                (CellState::Quoted, _) => {
                    let end = memchr(b'"', &line[at..]).map_or(line.len(), |quote| at + quote);
                    self.text.extend_from_slice(&line[at..end]);
                    at = end + 1;
                    if end < line.len() {
                        place = CellState::Quote;
                    }
                }
                (CellState::Start, b'"') => {
                    place = CellState::Quoted;
                    at += 1;
                }
                (CellState::Quote, b'"') => {
                    self.text.push(b'"');
                    place = CellState::Quoted;
                    at += 1;
                }
                _ => {
                    let end = memchr(delimiter, &line[at..]).map_or(line.len(), |found| at + found);
                    self.text.extend_from_slice(&line[at..end]);
                    at = end + 1;
                    place = CellState::Bare;
                    if end < line.len() {
                        self.ends.push(self.text.len());
                        place = CellState::Start;
                    }
                }
            }
        }
        place
    }
}

fn delimiter(header: &[u8]) -> u8 {
    // A header without any of them has one column.
    [b',', b';', b'\t'].into_iter().find(|delimiter| header.contains(delimiter)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
        let (mut rows, mut cells, mut all) = (Rows::new(text.as_bytes()), ByteCells::default(), Vec::new());
        while let Some(row) = rows.next_row(&mut cells).unwrap() {
            assert!(!row.is_open && !row.cut);
            all.push((row.line, cells.iter().map(|cell| String::from_utf8(cell.to_vec()).unwrap()).collect()));
        }
        all
    }

    #[test]
    fn quotes_hold_delimiters_quotes_and_line_ends_as_they_are() {
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("a,b{end}\"1{end}2\",\"x\"\"y,\"{end}{end},5\" wide{end}\"\",\"\"");
            let cells = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
            let expected = [
                (1, cells("a", "b")),
                (2, cells(&format!("1{end}2"), "x\"y,")),
                (5, cells("", "5\" wide")),
                (6, cells("", "")),
            ];
            assert_eq!(rows(&text), expected, "{end:?}");
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_takes_the_rest_of_the_file() {
        let (mut rows, mut cells) = (Rows::new(&b"a,b\n\"1,2\n3,4\n"[..]), ByteCells::default());
        assert!(rows.next_row(&mut cells).unwrap().is_some_and(|row| !row.is_open));
        assert!(rows.next_row(&mut cells).unwrap().is_some_and(|row| row.is_open && row.line == 2));
        assert!(rows.next_row(&mut cells).unwrap().is_none());
    }
}
