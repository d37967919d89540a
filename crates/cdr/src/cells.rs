//! A line into cells, also where its quoting is broken.
//!
//! Real exports write a caller's name in four ways: `"""Name"" <1115>"` (right), `""Name" <1115>"` (not doubled),
//! `"User 10" <114>` (bare) and `\"Name\" <1115>` (MySQL's escapes). No one reading fits all, but the number of columns
//! is known: each way is tried until it fits.

/// The cells of one line; the buffers are used again for the next.
#[derive(Debug, Default, Clone)]
pub(crate) struct Cells {
    text: String,
    ends: Vec<usize>,
    /// The line ended within quotes.
    is_open: bool,
}

/// How a quote within a quoted cell is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quotes {
    /// It ends the quoting; what follows up to the delimiter belongs to the cell. `""` is a quote.
    Ending,
    /// It ends the cell only before a delimiter or the end of the line. `""` is a quote.
    Inner,
    /// As [`Quotes::Ending`], and a backslash keeps the next character from having a meaning.
    Escaped,
}

impl Cells {
    /// Splits a line into as many cells as `fits` accepts; none where no reading gives that many.
    pub(crate) fn split(&mut self, line: &str, delimiter: char, fits: impl Fn(&Self) -> bool) -> bool {
        let mut ways = [Quotes::Ending, Quotes::Inner, Quotes::Escaped];
        if line.contains("\\\"") {
            ways.rotate_right(1);
        }
        ways.into_iter().any(|quotes| {
            self.split_with(line, delimiter, quotes);
            fits(self)
        })
    }

    /// Splits a line by the usual rules, whatever comes of it.
    pub(crate) fn split_usual(&mut self, line: &str, delimiter: char) {
        self.split_with(line, delimiter, Quotes::Ending);
    }

    fn split_with(&mut self, line: &str, delimiter: char, quotes: Quotes) {
        self.clear();
        let mut chars = line.chars().peekable();
        let (mut is_open, mut at_start) = (false, true);
        while let Some(c) = chars.next() {
            match c {
                '\\' if quotes == Quotes::Escaped => match chars.next() {
                    // `\N` is MySQL's NULL.
                    Some('N') if at_start => self.text.push_str("NULL"),
                    Some(next) => self.text.push(next),
                    None => self.text.push('\\'),
                },
                '"' if is_open => match chars.peek() {
                    Some('"') => {
                        // `""` right before a delimiter may be a quote and the end of the cell; the count decides.
                        chars.next();
                        self.text.push('"');
                    }
                    Some(next) if quotes == Quotes::Inner && *next != delimiter => self.text.push('"'),
                    _ => is_open = false,
                },
                '"' if at_start => is_open = true,
                ' ' if at_start => continue,
                c if c == delimiter && !is_open => {
                    self.end_cell();
                    at_start = true;
                    continue;
                }
                c => self.text.push(c),
            }
            at_start = false;
        }
        self.is_open = is_open;
        self.end_cell();
    }

    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.is_open = false;
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
        self.ends.push(self.text.len());
    }

    /// Bytes of all cells.
    pub(crate) fn bytes(&self) -> usize {
        self.text.len()
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The cell without blanks around it; empty where there is none, and for the ways to write NULL.
    pub(crate) fn get(&self, at: usize) -> &str {
        let Some(&end) = self.ends.get(at) else { return "" };
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        match self.text[start..end].trim() {
            "NULL" | "\\N" | "(null)" | "(NULL)" | "<null>" => "",
            text => text,
        }
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
