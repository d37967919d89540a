//! A line into cells, also where its quoting is broken.
//!
//! Real exports write a caller's name in four ways: `"""Name"" <1115>"` (right), `""Name" <1115>"` (not doubled),
//! `"User 10" <114>` (bare) and `\"Name\" <1115>` (MySQL's escapes). No one reading fits all, but the number of columns
//! is known: each way is tried until it fits.

use std::cell::RefCell;

use memchr::{memchr, memchr2, memchr3};
use xxhash_rust::xxh3::xxh3_128;

use crate::composed::{composed, has_marks};

/// Why a row, or a table, is none.
pub(crate) const TOO_WIDE: &str = "has more than 1,000 columns";

/// What databases print around, between and below the rows of a table: `-----+-----`, `(2 rows)`, `2 rows in set (0.00 sec)`.
pub(crate) fn is_ruler(line: &str) -> bool {
    let line = line.trim();
    let is_line = |c: char| {
        matches!(c, '-' | '+' | '=' | '|' | '_' | '─' | '┼' | '├' | '┤' | '┌' | '┐' | '└' | '┘' | '┬' | '┴' | ' ')
    };
    let count = line.strip_prefix('(').and_then(|line| line.strip_suffix(')')).unwrap_or(line);
    let is_count = count.split_once(' ').is_some_and(|(number, what)| {
        let what = what.trim_end_matches(['.', ';']);
        let what = what.split(" (").next().unwrap_or_default();
        !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && matches!(what, "row" | "rows" | "row in set" | "rows in set" | "row selected" | "rows selected")
    });
    line.len() > 2 && (line.chars().all(is_line) || is_count)
}

/// Stands between cells where they are hashed.
const BETWEEN: u8 = 0x1f;

/// The cells of one line; the buffers are used again for the next.
#[derive(Debug, Default, Clone)]
pub(crate) struct Cells {
    text: String,
    /// Where each cell begins and ends in the text, without blanks around it. A row is far shorter than 4 GiB, and has many cells.
    spans: Vec<(u32, u32)>,
    /// Where the cell begins that is being put together.
    start: usize,
    /// The line ended within quotes.
    is_open: bool,
    /// A quote in the middle of a quoted cell ended its quoting, read in the usual way.
    has_odd_quote: bool,
}

/// How a quote within a quoted cell is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quotes {
    /// It ends the quoting; what follows up to the delimiter belongs to the cell. `""` is a quote.
    Ending,
    /// It ends the cell only before a delimiter or the end of the line. `""` is a quote.
    Inner,
    /// It is a character as any other.
    None,
    /// As [`Quotes::Ending`], and a backslash keeps the next character from having a meaning.
    Escaped,
}

impl Cells {
    /// Splits a line into as many cells as `fits` accepts; none where no reading gives that many.
    pub(crate) fn split(&mut self, line: &str, delimiter: char, fits: impl Fn(&Self) -> bool) -> bool {
        let mut ways = [Quotes::Ending, Quotes::Inner, Quotes::Escaped];
        if memchr(b'\\', line.as_bytes()).is_some() && line.contains("\\\"") {
            ways.rotate_right(1);
        } else if self.split_simple(line, delimiter as u8) && fits(self) {
            return true;
        }
        // Tables with these delimiters quote nothing, or do.
        let unquoted = matches!(delimiter, '\t' | '|').then_some(Quotes::None);
        ways.into_iter().chain(unquoted).any(|quotes| {
            self.split_with(line, delimiter, quotes);
            if !fits(self) {
                return false;
            }
            // `"Hoa "Lan" Vy"`: read so, the quotes belong to the name.
            if quotes == Quotes::Ending && self.has_odd_quote {
                self.split_with(line, delimiter, Quotes::Inner);
                if self.is_open || !fits(self) {
                    self.split_with(line, delimiter, quotes);
                }
            }
            true
        })
    }

    /// Splits a line by the usual rules, whatever comes of it.
    pub(crate) fn split_usual(&mut self, line: &str, delimiter: char) {
        self.split_with(line, delimiter, Quotes::Ending);
    }

    /// Splits a line as [`Quotes::Ending`] does where each cell is quoted whole or has no quotes in it; whether that is so.
    fn split_simple(&mut self, line: &str, delimiter: u8) -> bool {
        self.clear();
        self.text.push_str(line);
        let bytes = line.as_bytes();
        let mut at = 0;
        loop {
            let (start, end, next) = if bytes.get(at) == Some(&b'"') {
                let Some(length) = memchr(b'"', &bytes[at + 1..]) else { return false };
                let end = at + 1 + length;
                (at + 1, end, end + 1)
            } else {
                let is_end = |byte: &u8| *byte == delimiter || *byte == b'"';
                let end = bytes[at..].iter().position(is_end).map_or(bytes.len(), |length| at + length);
                (at, end, end)
            };
            self.start = start;
            self.end_cell_at(end);
            match bytes.get(next) {
                None => break,
                Some(byte) if *byte == delimiter => at = next + 1,
                Some(_) => return false,
            }
        }
        self.start = self.text.len();
        true
    }

    fn split_with(&mut self, line: &str, delimiter: char, quotes: Quotes) {
        self.clear();
        let (bytes, delimiter) = (line.as_bytes(), delimiter as u8);
        let escape = if quotes == Quotes::Escaped { b'\\' } else { delimiter };
        let (mut at, mut is_open, mut at_start) = (0, false, true);
        // Within a cell of `Quotes::Inner`: a quote of its own was begun and not ended.
        let mut has_begun = false;
        loop {
            if at_start {
                has_begun = false;
                at += bytes[at..].iter().take_while(|byte| **byte == b' ').count();
            }
            let rest = &bytes[at..];
            let next = match (is_open, quotes) {
                (true, Quotes::Escaped) => memchr2(b'"', b'\\', rest),
                (true, _) => memchr(b'"', rest),
                (false, _) => memchr3(delimiter, b'"', escape, rest),
            };
            let end = next.map_or(bytes.len(), |next| at + next);
            self.text.push_str(&line[at..end]);
            at_start &= at == end;
            let Some(byte) = bytes.get(end) else { break };
            at = end + 1;
            if *byte == delimiter {
                self.end_cell();
                at_start = true;
                continue;
            }
            if *byte == b'\\' {
                match line[at..].chars().next() {
                    // `\N` is MySQL's NULL.
                    Some('N') if at_start => self.text.push_str("NULL"),
                    next => self.text.push(next.unwrap_or('\\')),
                }
                at += line[at..].chars().next().map_or(0, char::len_utf8);
            } else if quotes == Quotes::None || !(is_open || at_start) {
                self.text.push('"');
            } else if is_open {
                match bytes.get(at) {
                    // `"Hoa "Lan"",`: the name's own quote ends, and the cell.
                    Some(b'"') if has_begun && bytes.get(at + 1).is_none_or(|next| *next == delimiter) => {
                        at += 1;
                        self.text.push('"');
                        is_open = false;
                    }
                    Some(b'"') => {
                        // `""` right before a delimiter may be a quote and the end of the cell; the count decides.
                        at += 1;
                        self.text.push('"');
                    }
                    Some(next) if quotes == Quotes::Inner && *next != delimiter => {
                        self.text.push('"');
                        has_begun = !has_begun;
                    }
                    next => {
                        is_open = false;
                        let is_within = next.is_some_and(|next| *next != delimiter && *next != b' ');
                        self.has_odd_quote |= is_within && self.text.len() > self.start;
                    }
                }
            } else {
                is_open = true;
            }
            at_start = false;
        }
        self.is_open = is_open;
        self.end_cell();
    }

    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.spans.clear();
        self.start = 0;
        self.is_open = false;
        self.has_odd_quote = false;
    }

    /// Whether the line ended within quotes.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Appends a cell.
    pub(crate) fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.end_cell();
    }

    fn end_cell(&mut self) {
        let end = self.text.len();
        self.end_cell_at(end);
        self.start = end;
    }

    fn end_cell_at(&mut self, end: usize) {
        let start = self.start;
        let bytes = &self.text.as_bytes()[start..end];
        // What begins and ends with a letter, a digit or the like needs no trimming, and most of it is no NULL.
        let is_plain = |byte: &u8| byte.is_ascii_graphic();
        let is_plain = bytes.first().is_some_and(is_plain) && bytes.last().is_some_and(is_plain);
        if is_plain && !matches!(bytes, [b'N', _, _, _] | [b'(' | b'<' | b'\\', ..]) {
            self.spans.push((start as u32, end as u32));
            return;
        }
        let cell = &self.text[start..end];
        let from = (start + cell.len() - cell.trim_start().len()) as u32;
        self.spans.push(match cell.trim() {
            "NULL" | "\\N" | "(null)" | "(NULL)" | "<null>" => (from, from),
            cell => (from, from + cell.len() as u32),
        });
    }

    /// The same for two rows whose cells are equal, empty ones at the end not counted.
    pub(crate) fn fingerprint(&self) -> u128 {
        self.fingerprint_without(None)
    }

    /// The same without one of the cells.
    pub(crate) fn fingerprint_without(&self, left_out: Option<usize>) -> u128 {
        thread_local! {
            static JOINED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
        }
        JOINED.with_borrow_mut(|joined| {
            joined.clear();
            for (_, cell) in self.iter().enumerate().filter(|(at, _)| Some(*at) != left_out) {
                joined.extend_from_slice(cell.as_bytes());
                joined.push(BETWEEN);
            }
            let end = joined.iter().rposition(|byte| *byte != BETWEEN).map_or(0, |last| last + 1);
            xxh3_128(&joined[..end])
        })
    }

    /// Puts each letter and its accents into one character, whoever wrote the text.
    pub(crate) fn compose(&mut self) {
        if !has_marks(&self.text) {
            return;
        }
        let mut others = Self::default();
        for cell in self.iter() {
            match composed(cell) {
                Some(cell) => others.push(&cell),
                None => others.push(cell),
            }
        }
        *self = others;
    }

    /// Whether this character is in one of them.
    pub(crate) fn contains(&self, c: char) -> bool {
        self.text.contains(c)
    }

    /// Bytes of all cells, and of what stood between them.
    pub(crate) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// What they take in memory, in bytes.
    pub(crate) fn memory(&self) -> usize {
        size_of::<Self>() + self.text.capacity() + self.spans.capacity() * size_of::<(u32, u32)>()
    }

    /// Gives back the room for longer rows: they are kept.
    pub(crate) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.spans.shrink_to_fit();
    }

    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// The cell without blanks around it; empty where there is none, and for the ways to write NULL.
    pub(crate) fn get(&self, at: usize) -> &str {
        self.spans.get(at).map_or("", |(start, end)| &self.text[*start as usize..*end as usize])
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.get(at))
    }

    /// Whether there are `width` cells, empty ones after them not counted.
    pub(crate) fn is_wide(&self, width: usize) -> bool {
        self.len() >= width && (width..self.len()).all(|at| self.get(at).is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(line: &str, width: usize) -> Vec<String> {
        let mut cells = Cells::default();
        assert!(cells.split(line, ',', |cells| cells.is_wide(width)), "{line}: {cells:?}");
        cells.iter().map(str::to_owned).collect()
    }

    #[test]
    fn every_spelling_of_a_callers_name_keeps_the_columns() {
        assert_eq!(split(r#""a","""Name"" <1115>","b""#, 3), ["a", r#""Name" <1115>"#, "b"]);
        assert_eq!(split(r#"a,""""" <client1>",b"#, 3), ["a", r#""" <client1>"#, "b"]);
        assert_eq!(split(r#"a,""Name" <1115>",b"#, 3), ["a", r#"Name" <1115>""#, "b"]);
        assert_eq!(split(r#"a,"User 10" <114>,b"#, 3), ["a", "User 10 <114>", "b"]);
        assert_eq!(split(r#"a,"" <client1>,b"#, 3), ["a", " <client1>".trim(), "b"]);
        assert_eq!(split(r#""a",""Nguyen, Hoa" <1115>","b""#, 3), ["a", r#""Nguyen, Hoa" <1115>"#, "b"]);
        assert_eq!(split(r#""a","\"Nguyen, Hoa\" <1115>","b""#, 3), ["a", r#""Nguyen, Hoa" <1115>"#, "b"]);
        assert_eq!(split(r#""Hoa "Lan" Vy","100","b""#, 3), [r#"Hoa "Lan" Vy"#, "100", "b"]);
        assert_eq!(split(r#""Hoa "Lan"","100""#, 2), [r#"Hoa "Lan""#, "100"]);
    }

    #[test]
    fn a_simple_line_is_split_as_any_other() {
        let cells = |cells: &Cells| cells.iter().map(str::to_owned).collect::<Vec<_>>();
        for line in [
            "",
            ",",
            "a,b",
            " a , b ",
            "\"a\",\"b, c\",d",
            "\"\",\"\"",
            "\" a \",\"NULL\",\\N,NULL, NULL ",
            "\"a\"\"b\",c",
            "a\"b,c",
            "\"a\" ,b",
            " \"a\",b",
            "\"a",
            "é,\"ế\"",
        ] {
            let (mut simple, mut usual) = (Cells::default(), Cells::default());
            usual.split_usual(line, ',');
            if simple.split_simple(line, b',') {
                assert_eq!((cells(&simple), simple.is_open()), (cells(&usual), usual.is_open()), "{line}");
            } else {
                assert!(line.contains('"'), "{line}");
            }
        }
    }

    #[test]
    fn a_fingerprint_is_that_of_the_cells() {
        let print = |cells: &[&str]| {
            let mut row = Cells::default();
            for cell in cells {
                row.push(cell);
            }
            row.fingerprint()
        };
        // Ids of stored calls are made of it.
        assert_eq!(print(&["a", "", "b", "", ""]), xxh3_128(b"a\x1f\x1fb"));
        assert_eq!((print(&["", ""]), print(&["a", "b"]) == print(&["ab"])), (xxh3_128(b""), false));
    }

    #[test]
    fn null_is_empty_and_trailing_empty_cells_do_not_count() {
        assert_eq!(split("1,NULL,\\N,(null)", 4), ["1", "", "", ""]);
        assert_eq!(split("1,2,,", 2), ["1", "2", "", ""]);
        assert_eq!(split("\"\", \"a\" ,", 2), ["", "a", ""]);
    }

    #[test]
    fn a_row_with_too_few_cells_fits_in_no_way() {
        assert!(!Cells::default().split("a,b", ',', |cells| cells.is_wide(3)));
    }
}
