//! The rows of a dump of MySQL, MariaDB, PostgreSQL or SQLite: the tuples of `INSERT INTO … VALUES (…), (…);`, and the
//! lines after `COPY … FROM stdin;`.
//!
//! Only as much SQL is understood as such a dump needs. In MySQL's strings a backslash keeps the next character from
//! having a meaning, in standard SQL it has none: a dump says by its first statements which of them it is. Tables whose
//! columns are not those of call records are passed over, so a dump of the whole database will do.

use std::{
    collections::HashMap,
    io::{self, BufRead, BufReader, Read},
};

use crate::{
    cells::Cells,
    columns::{Column, Places},
    encoding::Decoder,
};

/// The largest statement head and the largest tuple kept.
const KEPT_BYTES: usize = 32 * 1024;

/// Whether a file begins as a dump does.
pub(crate) fn looks_like_dump(head: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&head[..head.len().min(64)]).trim_start().to_ascii_uppercase();
    [
        "--",
        "/*",
        "INSERT INTO",
        "INSERT IGNORE",
        "REPLACE INTO",
        "CREATE TABLE",
        "DROP TABLE",
        "LOCK TABLES",
        "SET ",
        "USE ",
        "COPY ",
        "PRAGMA",
        "BEGIN",
        "START TRANSACTION",
    ]
    .iter()
    .any(|word| start.starts_with(word))
}

/// The tuples of a dump, one after the other.
pub(crate) struct Dump<R, C> {
    input: BufReader<R>,
    line: u64,
    /// The columns of the tables that were created, by their names.
    tables: HashMap<String, Vec<String>>,
    /// The columns of the INSERT that is being read; none where it is of another table or between statements.
    places: Option<Places<C>>,
    at: SqlAt,
    /// A backslash has a meaning in strings.
    has_escapes: bool,
    decoder: Decoder,
    /// Statements that write rows in a way that is not read.
    unread: u64,
}

/// Where in a dump the reading stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SqlAt {
    Statement,
    /// Within the tuples of an INSERT.
    Values,
    /// Within the lines of a COPY.
    Copy,
}

/// A tuple that was found.
pub(crate) struct Tuple<C> {
    pub(crate) line: u64,
    /// It was longer than is kept.
    pub(crate) cut: bool,
    /// The file ended within it.
    pub(crate) is_open: bool,
    pub(crate) places: Places<C>,
}

impl<R: Read, C: Column> Dump<R, C> {
    pub(crate) fn new(input: R, decoder: Decoder) -> Self {
        let input = BufReader::with_capacity(64 * 1024, input);
        Self {
            input,
            line: 1,
            tables: HashMap::new(),
            places: None,
            at: SqlAt::Statement,
            has_escapes: true,
            decoder,
            unread: 0,
        }
    }

    /// What to say about statements that were passed over, though they may write call records.
    pub(crate) fn said_of_unread(&self) -> Option<String> {
        let said = format!(
            "statements that write rows by SET, or name no columns of a table that none creates, not read: {}",
            self.unread
        );
        (self.unread > 0).then_some(said)
    }

    pub(crate) fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    /// Whether a table that was created so far has enough of the columns.
    pub(crate) fn creates_rows(&self) -> bool {
        let has_enough = |columns: &Vec<String>| Places::<C>::of_names(columns.iter().map(String::as_str)).is_some();
        self.tables.values().any(has_enough)
    }

    /// Puts the next tuple of call records into `cells`.
    pub(crate) fn next_tuple(&mut self, cells: &mut Cells) -> io::Result<Option<Tuple<C>>> {
        loop {
            if self.at == SqlAt::Statement && !self.statement_head()? {
                return Ok(None);
            }
            if self.at == SqlAt::Copy {
                if let Some(tuple) = self.copied(cells)? {
                    return Ok(Some(tuple));
                }
                continue;
            }
            match self.byte()? {
                None => return Ok(None),
                Some(b'(') => {
                    let line = self.line;
                    let (cut, is_open) = self.tuple(cells)?;
                    if let Some(places) = self.places.clone().or_else(|| C::of_unnamed(cells)) {
                        return Ok(Some(Tuple { line, cut, is_open, places }));
                    }
                }
                // A string outside a tuple is no dump that is understood: on to the next statement.
                Some(b';' | b'\'' | b'"') => self.at = SqlAt::Statement,
                Some(_) => {}
            }
        }
    }

    /// The next line of a COPY; none where it ends, or is of another table.
    fn copied(&mut self, cells: &mut Cells) -> io::Result<Option<Tuple<C>>> {
        let line = self.line;
        cells.clear();
        let (mut text, mut cut, mut is_any) = (Vec::new(), false, false);
        let is_open = loop {
            let Some(byte) = self.byte()? else { break true };
            is_any = true;
            match byte {
                b'\n' => break false,
                b'\t' => {
                    cells.push(&self.decoder.decode(&text));
                    text.clear();
                    cut |= cells.len() > 200;
                    if cut {
                        cells.clear();
                    }
                }
                b'\\' => match self.byte()? {
                    Some(b'N') => text.extend_from_slice(b"NULL"),
                    Some(b'.') if text.is_empty() && cells.len() == 0 => {
                        self.at = SqlAt::Statement;
                        self.skip_line()?;
                        return Ok(None);
                    }
                    Some(b'n' | b'r' | b't' | b'b' | b'f' | b'v') => cut |= !keep(&mut text, b' '),
                    Some(next) => cut |= !keep(&mut text, next),
                    None => break true,
                },
                b'\r' => {}
                byte => cut |= !keep(&mut text, byte),
            }
        };
        if is_open {
            self.at = SqlAt::Statement;
        }
        if !is_any {
            return Ok(None);
        }
        cells.push(&self.decoder.decode(&text));
        Ok(self.places.clone().map(|places| Tuple { line, cut, is_open, places }))
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        if let Some(byte) = byte {
            self.input.consume(1);
            if byte == b'\n' {
                self.line += 1;
            }
        }
        Ok(byte)
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.input.fill_buf() {
                Ok(chunk) => return Ok(chunk.first().copied()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads up to the VALUES of the next INSERT; whether there is one.
    fn statement_head(&mut self) -> io::Result<bool> {
        let mut head: Vec<u8> = Vec::new();
        while let Some(byte) = self.byte()? {
            let next = self.peek()?;
            match byte {
                b'-' if next == Some(b'-') => self.skip_line()?,
                b'#' => self.skip_line()?,
                b'/' if next == Some(b'*') => self.skip_comment()?,
                b';' => {
                    let statement = self.decoder.decode(&head);
                    head.clear();
                    if writes_rows(&statement) {
                        self.unread += 1;
                    }
                    if let Some(into) = copied_into(&statement) {
                        self.places = self.named_places(into);
                        self.skip_line()?;
                        self.at = SqlAt::Copy;
                        return Ok(true);
                    }
                    if is_standard(&statement) {
                        self.has_escapes = false;
                    }
                    self.remember_table(&statement);
                }
                b'`' | b'\'' | b'"' => {
                    let start = head.len();
                    keep(&mut head, byte);
                    self.quoted(byte, &mut head)?;
                    // Names are compared without their quotes; a string stays one.
                    if byte == b'`' && start < head.len() {
                        head.remove(start);
                    } else {
                        keep(&mut head, byte);
                    }
                }
                _ => {
                    keep(&mut head, byte);
                    let ends_word = next.is_none_or(|next| !next.is_ascii_alphanumeric() && next != b'_');
                    if ends_word && last_word(&head).eq_ignore_ascii_case(b"VALUES") {
                        let head = self.decoder.decode(&head);
                        if writes_rows(&head) {
                            self.places = self.insert_places(&head);
                            self.at = SqlAt::Values;
                            return Ok(true);
                        }
                    }
                }
            }
        }
        Ok(false)
    }

    fn skip_line(&mut self) -> io::Result<()> {
        while !matches!(self.byte()?, None | Some(b'\n')) {}
        Ok(())
    }

    fn skip_comment(&mut self) -> io::Result<()> {
        let mut last = 0;
        while let Some(byte) = self.byte()? {
            if last == b'*' && byte == b'/' {
                break;
            }
            last = byte;
        }
        Ok(())
    }

    /// Reads to the closing quote; whether something was too long to be kept.
    fn quoted(&mut self, quote: u8, text: &mut Vec<u8>) -> io::Result<bool> {
        let mut cut = false;
        while let Some(byte) = self.byte()? {
            let kept = match byte {
                b'\\' if quote != b'`' && self.has_escapes => match self.byte()? {
                    Some(b'n' | b'r' | b't' | b'0') => b' ',
                    Some(next) => next,
                    None => break,
                },
                _ if byte == quote && self.peek()? == Some(quote) => {
                    self.byte()?;
                    quote
                }
                _ if byte == quote => break,
                _ => byte,
            };
            cut |= !keep(text, kept);
        }
        Ok(cut)
    }

    /// Reads the values after `(` up to `)`; whether something was too long to be kept, and whether the file ended
    /// first.
    fn tuple(&mut self, cells: &mut Cells) -> io::Result<(bool, bool)> {
        cells.clear();
        let (mut text, mut depth, mut is_string, mut cut) = (Vec::new(), 0_u32, false, false);
        while let Some(byte) = self.byte()? {
            match byte {
                b'\'' | b'"' => {
                    // `_binary 'x'`: what stands before the quote is no part of the value.
                    text.clear();
                    is_string = true;
                    cut |= self.quoted(byte, &mut text)?;
                }
                b',' | b')' if depth == 0 => {
                    cells.push(&self.decoder.decode(&text));
                    text.clear();
                    is_string = false;
                    // A tuple of thousands of values is none of call records.
                    cut |= cells.len() > 200;
                    if cut {
                        cells.clear();
                    }
                    if byte == b')' {
                        return Ok((cut, false));
                    }
                }
                _ if is_string => {}
                _ => {
                    depth = match byte {
                        b'(' => depth + 1,
                        b')' => depth.saturating_sub(1),
                        _ => depth,
                    };
                    cut |= !keep(&mut text, byte);
                }
            }
        }
        Ok((cut, true))
    }

    /// Notes the columns of a CREATE TABLE: dumps need not repeat them in every INSERT.
    fn remember_table(&mut self, statement: &str) {
        let upper = statement.to_ascii_uppercase();
        let (Some(table), Some(open)) = (upper.find("TABLE"), statement.find('(')) else { return };
        if !upper.trim_start().starts_with("CREATE") || open < table {
            return;
        }
        let name = table_name(&statement[table + 5..open]);
        let mut columns = Vec::new();
        let (mut depth, mut begins) = (0_u32, true);
        for item in statement[open + 1..].split_inclusive([',', '(', ')']) {
            let word =
                item.split([' ', '\t', '\r', '\n', ',', '(', ')']).find(|word| !word.is_empty()).unwrap_or_default();
            let is_key = ["PRIMARY", "KEY", "UNIQUE", "INDEX", "CONSTRAINT", "FULLTEXT"]
                .iter()
                .any(|key| word.eq_ignore_ascii_case(key));
            if begins && !is_key && !word.is_empty() && columns.len() < 200 {
                columns.push(word.to_owned());
            }
            begins = false;
            match item.chars().last() {
                Some('(') => depth += 1,
                Some(')') if depth == 0 => break,
                Some(')') => depth -= 1,
                Some(',') => begins = depth == 0,
                _ => {}
            }
        }
        self.tables.insert(name, columns);
    }

    fn insert_places(&mut self, head: &str) -> Option<Places<C>> {
        let into = head.to_ascii_uppercase().find("INTO")?;
        self.named_places(&head[into + 4..])
    }

    /// The columns of a table, by its name and perhaps their names in brackets.
    fn named_places(&mut self, into: &str) -> Option<Places<C>> {
        let (name, columns) = into.split_once('(').map_or((into, None), |(name, rest)| (name, Some(rest)));
        let name = table_name(name);
        if let Some(list) = columns {
            let list: Vec<String> =
                list.split(')').next().unwrap_or_default().split(',').map(|name| name.trim().to_owned()).collect();
            let places = Places::of_names(list.iter().map(String::as_str));
            // A later INSERT may leave the names out.
            self.tables.entry(name).or_insert(list);
            return places;
        }
        let Some(columns) = self.tables.get(&name) else {
            self.unread += 1;
            return None;
        };
        Places::of_names(columns.iter().map(String::as_str))
    }
}

/// What follows the COPY of a statement whose rows stand in the lines after it.
fn copied_into(statement: &str) -> Option<&str> {
    let (word, into) = statement.trim_start().split_at_checked(5)?;
    let is_copy = word.eq_ignore_ascii_case("COPY ") && into.to_ascii_uppercase().contains("FROM STDIN");
    let end = into.to_ascii_uppercase().find("FROM STDIN")?;
    is_copy.then_some(&into[..end])
}

/// Whether a statement says that the dump is of PostgreSQL or SQLite, whose strings are those of standard SQL.
fn is_standard(statement: &str) -> bool {
    let upper = statement.trim_start().to_ascii_uppercase();
    upper.starts_with("PRAGMA") || upper.starts_with("SET STANDARD_CONFORMING_STRINGS") || upper.starts_with("COPY ")
}

/// Whether a statement writes rows.
fn writes_rows(statement: &str) -> bool {
    let upper = statement.trim_start().to_ascii_uppercase();
    upper.starts_with("INSERT") || upper.starts_with("REPLACE")
}

/// The name without its database, in lower case.
fn table_name(text: &str) -> String {
    let text = text.trim().to_ascii_lowercase();
    let text = text.strip_prefix("if not exists").unwrap_or(&text).trim();
    let name = text.rsplit('.').next().unwrap_or(text);
    name.strip_suffix("values").unwrap_or(name).trim().trim_matches('"').to_owned()
}

fn last_word(head: &[u8]) -> &[u8] {
    let start = head.iter().rposition(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').map_or(0, |at| at + 1);
    &head[start..]
}

/// Appends unless that would be too much to keep.
fn keep(text: &mut Vec<u8>, byte: u8) -> bool {
    let fits = text.len() < KEPT_BYTES;
    if fits {
        text.push(byte);
    }
    fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy)]
    enum Tested {
        CallDate,
        Dst,
    }

    impl Column for Tested {
        const NAMES: &'static [(Self, &'static [&'static str])] =
            &[(Self::CallDate, &["calldate"]), (Self::Dst, &["dst"])];
        const TIME: Self = Self::CallDate;

        fn index(self) -> usize {
            self as usize
        }

        fn suffice(places: &Places<Self>) -> bool {
            places.has(Self::CallDate) && places.has(Self::Dst)
        }
    }

    fn tuples(sql: &str) -> Vec<(u64, Vec<String>)> {
        let (mut dump, mut cells, mut all) = (
            Dump::<_, Tested>::new(sql.as_bytes(), Decoder::new(b"", domain::time::Zone::HO_CHI_MINH)),
            Cells::default(),
            Vec::new(),
        );
        while let Some(tuple) = dump.next_tuple(&mut cells).unwrap() {
            all.push((tuple.line, cells.iter().map(str::to_owned).collect()));
        }
        all
    }

    const NAMES: &str = "(`calldate`, `dst`, `duration`, `billsec`, `disposition`)";

    #[test]
    fn tuples_of_call_records_are_found_and_other_tables_are_not() {
        let sql = format!(
            "-- a dump; it's one\n/*!40101 SET NAMES utf8 */;\nINSERT INTO `users` (`id`, `name`) VALUES (1,'(a'),(2,'b;');\n\
             INSERT INTO `cdr` {NAMES} VALUES\n('2026-11-04 09:15:02','09\\'01',31,NULL,'ANSWERED'),\n(_binary 'x','it''s',f(1,2),0,'BUSY');\n"
        );
        let values = |values: [&str; 5]| values.map(str::to_owned).to_vec();
        assert_eq!(
            tuples(&sql),
            [
                (5, values(["2026-11-04 09:15:02", "09'01", "31", "", "ANSWERED"])),
                (6, values(["x", "it's", "f(1,2)", "0", "BUSY"])),
            ]
        );
    }

    #[test]
    fn columns_may_be_named_by_the_create_table_alone() {
        let sql = "CREATE TABLE IF NOT EXISTS `cdr` (\n  `calldate` datetime NOT NULL DEFAULT '1000-01-01 00:00:00',\n  `dst` varchar(80),\n \
                   `duration` int(11) NOT NULL, `billsec` decimal(10,2), `disposition` varchar(45), PRIMARY KEY (`dst`)\n) ENGINE=InnoDB;\n\
                   INSERT INTO asteriskcdrdb.cdr VALUES ('2026-11-04 09:15:02','101',1,2,'BUSY');";
        assert_eq!(tuples(sql).len(), 1);
        assert_eq!(tuples("INSERT INTO cdr VALUES ('2026-11-04 09:15:02','101',1,2,'BUSY');"), []);
    }

    #[test]
    fn a_dump_that_is_cut_off_ends() {
        for end in ["", "(", "('a", "('a\\", "/* x", "`x", ";"] {
            let sql = format!("INSERT INTO cdr {NAMES} VALUES {end}");
            let (mut dump, mut cells) = (
                Dump::<_, Tested>::new(sql.as_bytes(), Decoder::new(b"", domain::time::Zone::HO_CHI_MINH)),
                Cells::default(),
            );
            while let Some(tuple) = dump.next_tuple(&mut cells).unwrap() {
                assert!(tuple.is_open, "{end}");
            }
        }
    }
}
