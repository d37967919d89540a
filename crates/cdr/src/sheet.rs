//! The rows of a sheet of a workbook, one after the other, as the cells would be typed.

use std::{
    io::{self, Read},
    sync::{Arc, Mutex},
};

use calamine::{ExcelDateTime, ExcelDateTimeType};
use chrono::{NaiveDate, NaiveTime, TimeDelta, Timelike};
use domain::limits::FILE_RECORD_BYTES;

use crate::{
    cells::Cells,
    spool::Spooled,
    xml_tokens::{Token, Tokens},
};

/// Columns that are read; a workbook may have a cell far out on the right.
const MOST_COLUMNS: usize = 500;

/// No call costs as much.
const MOST_MONEY: f64 = 1e8;

/// The bytes of a part of a workbook, unpacked.
pub(crate) type PartInput = Box<dyn Read + Send>;

/// What the cells of all sheets of a workbook need of its other parts.
pub(crate) struct Shared {
    pub(crate) texts: Mutex<Spooled>,
    /// By the numbers of the styles.
    pub(crate) forms: Vec<Form>,
    /// Days are counted from 1904.
    pub(crate) is_1904: bool,
}

/// What a number in a cell is, by the format in which it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Number,
    Time,
    /// A length of time, which may be more than a day.
    Length,
    /// An amount of the currency of this sign.
    Money(char),
}

impl Form {
    /// Of a format that every workbook has (ECMA-376, 18.8.30).
    pub(crate) fn of_id(id: u32) -> Self {
        match id {
            14..=22 | 27..=36 | 45 | 47 | 50..=58 => Self::Time,
            46 => Self::Length,
            _ => Self::Number,
        }
    }

    /// Of a format of the workbook's own, by what it shows of positive numbers.
    pub(crate) fn of_code(code: &str) -> Self {
        let money = sign_of_money(code);
        let mut rest = code.chars();
        while let Some(c) = rest.next() {
            match c {
                // What follows is shown as it is, or is as wide.
                '\\' | '_' | '*' => drop(rest.next()),
                '"' => drop(rest.by_ref().find(|c| *c == '"')),
                ';' => break,
                '[' => {
                    // `[h]` counts on over a day; others are colours, conditions and languages.
                    let inner: String = rest.by_ref().take_while(|c| *c != ']').collect();
                    let unit = inner.chars().next().map(|c| c.to_ascii_lowercase());
                    let is_one = inner.chars().all(|c| Some(c.to_ascii_lowercase()) == unit);
                    if is_one && matches!(unit, Some('h' | 'm' | 's')) {
                        return Self::Length;
                    }
                }
                'd' | 'm' | 'h' | 'y' | 's' | 'D' | 'M' | 'H' | 'Y' | 'S' => return Self::Time,
                'a' | 'A' if matches!(rest.clone().next(), Some('/' | 'm' | 'M')) => return Self::Time,
                _ => {}
            }
        }
        money.map_or(Self::Number, Self::Money)
    }
}

/// The sign of the currency that a format shows beside its number: `[$$-409]#,##0.00`, `"$"0.00`, `#,##0\ [$₫-42A]`.
fn sign_of_money(code: &str) -> Option<char> {
    let shown = code.split(';').next().unwrap_or_default();
    let is_sign = |c: &char| matches!(c, '$' | '€' | '£' | '¥' | '₫' | 'đ' | '₹' | '₩' | '฿');
    let mut rest = shown;
    while let Some((before, after)) = rest.split_once("[$") {
        // `[$-409]` names a language and no currency.
        let inner = after.split(']').next().unwrap_or_default().split('-').next().unwrap_or_default();
        if let Some(sign) = inner.chars().find(is_sign).or_else(|| before.chars().find(is_sign)) {
            return Some(sign);
        }
        rest = after.split_once(']').map_or("", |(_, rest)| rest);
    }
    rest.chars().find(is_sign)
}

/// The rows of a sheet.
pub(crate) struct SheetRows {
    tokens: Tokens<PartInput>,
    shared: Arc<Shared>,
    /// The row that cells without a place of their own stand in, from 1, and the column of the next one, from 0.
    row: u64,
    column: usize,
    /// The row that is being put together: its number, and the cell that begins the next one.
    last: u64,
    next: Option<(u64, usize, String)>,
    /// The first row, where it was looked at.
    first: Option<(u64, Cells)>,
    has_ended: bool,
    text: String,
}

impl SheetRows {
    /// Of the part of a sheet; fails where it is none.
    pub(crate) fn new(input: PartInput, shared: Arc<Shared>) -> io::Result<Self> {
        let mut tokens = Tokens::new(input);
        loop {
            match tokens.next_token()? {
                Some(Token::Begin(tag)) if tag.name() == "sheetData" => break,
                Some(_) => {}
                None => return Err(wrong("a part of it is no sheet")),
            }
        }
        let (text, first) = (String::new(), None);
        let mut rows = Self { tokens, shared, row: 1, column: 0, last: 0, next: None, first, has_ended: false, text };
        let mut cells = Cells::default();
        rows.first = rows.read_row(&mut cells)?.map(|line| (line, cells));
        Ok(rows)
    }

    /// Whether no cell has anything in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Puts the next row that has something in it into `cells` and gives its number from 1; none at the end.
    pub(crate) fn next_row(&mut self, cells: &mut Cells) -> io::Result<Option<u64>> {
        match self.first.take() {
            Some((line, first)) => {
                *cells = first;
                Ok(Some(line))
            }
            None => self.read_row(cells),
        }
    }

    fn read_row(&mut self, cells: &mut Cells) -> io::Result<Option<u64>> {
        cells.clear();
        if let Some((row, column, text)) = self.next.take() {
            self.last = row;
            put(cells, column, &text);
        }
        while let Some((row, column)) = self.read_cell()? {
            if self.text.is_empty() || column >= MOST_COLUMNS || row < self.last {
                continue;
            }
            if row > self.last && cells.len() > 0 {
                self.next = Some((row, column, std::mem::take(&mut self.text)));
                return Ok(Some(self.last));
            }
            self.last = row;
            if cells.bytes() + self.text.len() > FILE_RECORD_BYTES {
                return Err(wrong("a row is longer than 16 MiB"));
            }
            put(cells, column, &self.text);
        }
        Ok((cells.len() > 0).then_some(self.last))
    }

    /// Reads the next cell into `text`, and gives its row from 1 and its column from 0; none at the end of the sheet.
    fn read_cell(&mut self) -> io::Result<Option<(u64, usize)>> {
        if self.has_ended {
            return Ok(None);
        }
        let (kind, style) = loop {
            match self.tokens.next_token()? {
                Some(Token::Begin(tag)) if tag.name() == "row" => {
                    if let Some(row) = tag.raw("r").and_then(|row| row.parse().ok()) {
                        self.row = row;
                    }
                }
                Some(Token::End("row")) => {
                    self.row += 1;
                    self.column = 0;
                }
                Some(Token::Begin(tag)) if tag.name() == "c" => {
                    if let Some((row, column)) = tag.raw("r").and_then(place) {
                        (self.row, self.column) = (row, column);
                    }
                    break (CellKind::of(tag.raw("t")), tag.raw("s").and_then(|style| style.parse::<usize>().ok()));
                }
                Some(Token::End("sheetData")) => {
                    self.has_ended = true;
                    return Ok(None);
                }
                Some(_) => {}
                None => return Err(wrong("a sheet of it is cut off")),
            }
        };
        let at = (self.row, self.column);
        self.column += 1;
        self.text.clear();
        loop {
            match self.tokens.next_token()? {
                Some(Token::Begin(tag)) if tag.name() == "v" && kind != CellKind::Inline => {
                    self.read_value(kind, style)?;
                }
                Some(Token::Begin(tag)) if tag.name() == "is" => {
                    read_text(&mut self.tokens, "is", &mut self.text)?;
                    trim(&mut self.text);
                }
                Some(Token::End("c")) => return Ok(Some(at)),
                Some(_) => {}
                None => return Err(wrong("a sheet of it is cut off")),
            }
        }
    }

    fn read_value(&mut self, kind: CellKind, style: Option<usize>) -> io::Result<()> {
        let text = &mut self.text;
        text.clear();
        loop {
            match self.tokens.next_token()? {
                Some(Token::Text(piece)) => text.push_str(&piece),
                Some(Token::End("v")) => break,
                Some(_) => {}
                None => return Err(wrong("a sheet of it is cut off")),
            }
        }
        match kind {
            CellKind::Text => {
                unescape(text);
                trim(text);
            }
            // What could not be worked out stays as it is shown, so that it can be said.
            CellKind::Plain | CellKind::Error => trim(text),
            CellKind::Inline => text.clear(),
            CellKind::Truth => {
                let is_true = matches!(text.as_str(), "1" | "true");
                text.replace_range(.., if is_true { "true" } else { "false" });
            }
            CellKind::Shared if text.is_empty() => {}
            CellKind::Shared => {
                let at = text.parse().map_err(|_| wrong("a cell of it names no text"))?;
                let mut texts = self.shared.texts.lock().map_err(|_| wrong("its texts cannot be read"))?;
                if at >= texts.len() {
                    return Err(wrong("a cell of it names a text that is not there"));
                }
                let shared = std::str::from_utf8(texts.get(at)?).map_err(|_| wrong("it is not UTF-8"))?;
                text.replace_range(.., shared);
            }
            CellKind::Number => {
                let form = style.and_then(|style| self.shared.forms.get(style)).copied().unwrap_or(Form::Number);
                if let Ok(number) = text.parse::<f64>() {
                    *text = match form {
                        // Without the `.0` of what was typed as a whole number.
                        // A phone number or an id is no money, whatever it is shown as.
                        Form::Money(sign) if number.abs() < MOST_MONEY => format!("{sign}{number}"),
                        Form::Number | Form::Money(_) => number.to_string(),
                        Form::Time => typed_time(number, false, self.shared.is_1904),
                        Form::Length => typed_time(number, true, self.shared.is_1904),
                    };
                }
            }
        }
        Ok(())
    }
}

/// What stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CellKind {
    Number,
    /// The number of a text that cells share.
    Shared,
    /// A text in the cell itself.
    Inline,
    /// What a formula came to.
    Text,
    /// A time in the form of ISO 8601.
    Plain,
    Truth,
    Error,
}

impl CellKind {
    fn of(word: Option<&str>) -> Self {
        match word {
            Some("s") => Self::Shared,
            Some("inlineStr" | "is") => Self::Inline,
            Some("str") => Self::Text,
            Some("d") => Self::Plain,
            Some("b") => Self::Truth,
            Some("e") => Self::Error,
            _ => Self::Number,
        }
    }
}

fn wrong(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

/// Puts a cell at its column. A cell that stands before the one before it is of no workbook that a program wrote.
fn put(cells: &mut Cells, column: usize, text: &str) {
    if cells.len() <= column {
        while cells.len() < column {
            cells.push("");
        }
        cells.push(text);
    }
}

/// `BC12` as row 12 and column 54.
fn place(text: &str) -> Option<(u64, usize)> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let column = text
        .bytes()
        .take(letters.min(5))
        .fold(0, |sum, letter| sum * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1);
    Some((text[letters..].parse().ok().filter(|row| *row > 0)?, column.checked_sub(1)?))
}

fn trim(text: &mut String) {
    text.truncate(text.trim_end().len());
    let blanks = text.len() - text.trim_start().len();
    text.drain(..blanks);
}

/// Reads the texts up to the end of an element into `text`: of one, or of runs in several styles; how it is pronounced is none of it.
pub(crate) fn read_text<R: Read>(tokens: &mut Tokens<R>, end: &str, text: &mut String) -> io::Result<()> {
    text.clear();
    let (mut is_spoken, mut begun) = (false, None);
    loop {
        match tokens.next_token()?.ok_or_else(|| wrong("a text of it is cut off"))? {
            Token::Begin(tag) if tag.name() == "rPh" => is_spoken = true,
            Token::Begin(tag) if tag.name() == "t" && !is_spoken => {
                begun = Some((text.len(), tag.raw("xml:space") == Some("preserve")));
            }
            Token::Text(piece) if begun.is_some() => {
                if text.len() + piece.len() > FILE_RECORD_BYTES {
                    return Err(wrong("a text in it is longer than 16 MiB"));
                }
                text.push_str(&piece);
            }
            Token::End("rPh") => is_spoken = false,
            Token::End("t") => {
                if let Some((start, keeps_blanks)) = begun.take() {
                    let mut run = text.split_off(start);
                    unescape(&mut run);
                    text.push_str(if keeps_blanks { &run } else { run.trim_matches([' ', '\t', '\r', '\n']) });
                }
            }
            Token::End(name) if name == end => return Ok(()),
            _ => {}
        }
    }
}

/// `_x000D_` and the like, by which workbooks write what XML cannot, as the characters they stand for.
fn unescape(text: &mut String) {
    let escape = |rest: &str| {
        let code = rest.strip_prefix("_x")?.split_at_checked(4).filter(|(_, after)| after.starts_with('_'))?.0;
        code.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(code, 16).ok()).flatten()
    };
    if !text.match_indices("_x").any(|(at, _)| escape(&text[at..]).is_some()) {
        return;
    }
    let (mut units, mut rest) = (Vec::<u16>::with_capacity(text.len()), text.as_str());
    while let Some(c) = rest.chars().next() {
        if let Some(unit) = escape(rest) {
            units.push(unit);
            rest = &rest[7..];
        } else {
            units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
            rest = &rest[c.len_utf8()..];
        }
    }
    *text = String::from_utf16_lossy(&units);
}

/// `2026-11-04 09:15:02`, `2026-11-04`, `09:15:02`: a serial number is of a day, of a time of day, or of both.
fn typed_time(serial: f64, is_length: bool, is_1904: bool) -> String {
    if !serial.is_finite() || serial < 0.0 {
        return String::new();
    }
    if is_length || serial < 1.0 {
        let seconds = (serial * 86_400.0).round() as u64;
        return format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    }
    let time = ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, is_1904);
    let (year, month, day, hour, minute, second, ms) = time.to_ymd_hms_milli();
    let date = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into());
    let Some(at) = date.and_then(|date| date.and_hms_milli_opt(hour.into(), minute.into(), second.into(), ms.into()))
    else {
        return String::new();
    };
    // A fraction of a day is off by a millisecond from what was typed.
    let off = match ms {
        1 => -1,
        999 => 1,
        _ => 0,
    };
    let at = at.checked_add_signed(TimeDelta::milliseconds(off)).unwrap_or(at);
    let form = match (at.time() == NaiveTime::MIN, at.nanosecond() == 0) {
        (true, _) => "%Y-%m-%d",
        (false, true) => "%Y-%m-%d %H:%M:%S",
        (false, false) => "%Y-%m-%d %H:%M:%S%.3f",
    };
    at.format(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_says_whether_a_number_is_a_time() {
        use Form::{Length, Number, Time};
        for (code, form) in [
            ("DD/MM/YY", Time),
            ("H:MM:SS;@", Time),
            ("#,##0\\ [$\u{20bd}-46D]", Number),
            ("[$$-409]#,##0.00", Form::Money('$')),
            ("#,##0\\ [$₫-42A]", Form::Money('₫')),
            ("[$-42A]#,##0\\ \"đ\"", Form::Money('đ')),
            ("m\"M\"d\"D\";@", Time),
            ("[h]:mm:ss", Length),
            ("[mm]:ss", Length),
            ("\"$\"#,##0_);[Red](\"$\"#,##0)", Form::Money('$')),
            ("0_ ;[Red]\\-0\\ ", Number),
            ("[$-409]h:mm AM/PM", Time),
            ("[>=100][Magenta]General", Number),
            ("General", Number),
            ("#,##0*y", Number),
            ("@", Number),
            ("", Number),
            ("\"é", Number),
        ] {
            assert_eq!(Form::of_code(code), form, "{code}");
        }
        assert_eq!([0, 14, 22, 46, 47, 49].map(Form::of_id), [Number, Time, Time, Length, Time, Number]);
    }

    #[test]
    fn a_cell_is_typed_as_it_is_shown() {
        assert_eq!(typed_time(46_330.385_439_81, false, false), "2026-11-04 09:15:02");
        assert_eq!(typed_time(46_330.0 - 1_462.0, false, true), "2026-11-04");
        assert_eq!(
            (typed_time(1.5, true, false), typed_time(0.5, false, false)),
            ("36:00:00".into(), "12:00:00".into())
        );
        assert_eq!(typed_time(f64::NAN, false, false), "");
        assert_eq!(
            [place("A1"), place("BC12"), place("A0"), place("7"), place("é")],
            [Some((1, 0)), Some((12, 54)), None, None, None]
        );
        for (escaped, plain) in [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xd83d__xde00_", "😀"),
            ("_x1_", "_x1_"),
            ("é_", "é_"),
        ] {
            let mut text = escaped.to_owned();
            unescape(&mut text);
            assert_eq!(text, plain);
        }
    }
}
