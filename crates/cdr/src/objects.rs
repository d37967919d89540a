//! The JSON texts of a file however it is laid out: one a line, over several lines, one after the other, in an array, or
//! among lines of other text. Each is given out in bounded memory and not parsed.
//!
//! Brackets and quotes alone are followed. An object that is broken costs its own lines and no more: one begins anew where
//! a line starts with `{` in a place where JSON has none.

use std::io::{self, BufRead, BufReader, Read};

use domain::limits::{FILE_RECORD_BYTES, NODE_BYTES};
use memchr::{memchr, memchr_iter, memchr3};

use crate::{node::TOO_MUCH, texts::TextPlace};

/// Reads one JSON text after the other into a buffer of the caller.
pub(crate) struct Objects<R> {
    input: BufReader<R>,
    scanner: Scanner,
}

/// What was found, and on which line it begins, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FoundText {
    pub(crate) line: u64,
    pub(crate) what: TextKind,
}

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextKind {
    /// JSON, as far as brackets and quotes tell.
    Json,
    /// A line, or an element of an array, that begins neither an object nor an array.
    Text,
    /// An object that is not whole, for this reason.
    Broken(&'static str),
    /// Nothing more, and the file is not whole, for this reason.
    End(&'static str),
}

pub(crate) const TOO_LONG: &str = "is longer than 16 MiB";
const CUT_IN_TEXT: &str = "is not JSON: a line ends within a text";
const CUT_BY_NEXT: &str = "is cut off: another object begins within it";
const CUT_BY_END: &str = "is cut off: the file ends within it";
const OPEN_ARRAY: &str = "the file ends before its array does";

/// Where the next byte is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ObjectAt {
    /// Before an object, or between two.
    Between,
    /// Until its last brace.
    Object,
    /// In a text that is no object: it lasts to the end of its line, or of the element.
    Text,
    /// After a broken object, before the line with which the next one begins.
    Passing,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a state of its own, and all of them are read byte by byte")]
struct Scanner {
    at: ObjectAt,
    line: u64,
    after_cr: bool,
    /// Blanks since the beginning of the line; none after the first other byte.
    indent: Option<usize>,
    /// Arrays that are open around the objects.
    outer: usize,
    /// The line and the indent that the text being read began with.
    started: (u64, usize),
    /// The brackets that are open in the object.
    open: Vec<u8>,
    in_string: bool,
    escaped: bool,
    in_comment: bool,
    has_comments: bool,
    /// The last byte outside of texts that is not blank.
    last: u8,
    is_cut: bool,
    saw_array: bool,
    saw_several_lines: bool,
    is_over: bool,
}

impl<R: Read> Objects<R> {
    pub(crate) fn new(input: R) -> Self {
        let scanner = Scanner {
            at: ObjectAt::Between,
            line: 1,
            after_cr: false,
            indent: Some(0),
            outer: 0,
            started: (1, 0),
            open: Vec::new(),
            in_string: false,
            escaped: false,
            in_comment: false,
            has_comments: false,
            last: 0,
            is_cut: false,
            saw_array: false,
            saw_several_lines: false,
            is_over: false,
        };
        Self { input: BufReader::with_capacity(64 * 1024, input), scanner }
    }

    /// Puts the next text into `text`; none at the end.
    pub(crate) fn next_text(&mut self, text: &mut Vec<u8>) -> io::Result<Option<FoundText>> {
        text.clear();
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                return Ok(self.scanner.end());
            }
            let (used, found) = self.scanner.scan(chunk, text);
            self.input.consume(used);
            if let Some(found) = found {
                if std::mem::take(&mut self.scanner.has_comments) {
                    *text = without_comments(text);
                }
                return Ok(Some(found));
            }
        }
    }

    /// How the file is laid out, in a few words.
    pub(crate) fn shape(&self) -> &'static str {
        match (self.scanner.saw_array, self.scanner.saw_several_lines) {
            (true, _) => "one array",
            (false, true) => "objects over several lines",
            (false, false) => "one object a line",
        }
    }
}

impl Scanner {
    /// Takes bytes from the front of `bytes` up to the end of the next text, or all of them where none ends there.
    fn scan(&mut self, bytes: &[u8], text: &mut Vec<u8>) -> (usize, Option<FoundText>) {
        let (mut n, mut from) = (0, 0);
        while n < bytes.len() {
            if self.at == ObjectAt::Object && self.in_string {
                n = self.pass_text(bytes, n);
                if self.at == ObjectAt::Passing {
                    keep(text, &bytes[from..n], &mut self.is_cut);
                    return (n, Some(self.broken(CUT_IN_TEXT)));
                }
                continue;
            }
            if self.at == ObjectAt::Object && !self.in_comment {
                n = self.pass_plain(bytes, n);
                if n == bytes.len() {
                    break;
                }
            }
            let byte = bytes[n];
            let indent = self.indent;
            self.follow_line(byte);
            match self.at {
                ObjectAt::Between => match byte {
                    b'{' => {
                        let is_at_start = self.outer == 0 && indent == Some(0);
                        if let Some(length) = is_at_start.then(|| whole_line(&bytes[n..])).flatten() {
                            text.extend_from_slice(&bytes[n..n + length]);
                            return (n + length, Some(FoundText { line: self.line, what: TextKind::Json }));
                        }
                        from = n;
                        self.begin(ObjectAt::Object, indent);
                        self.open.push(byte);
                        self.last = byte;
                    }
                    b'[' => (self.outer, self.saw_array) = (self.outer + 1, true),
                    b']' if self.outer > 0 => self.outer -= 1,
                    b',' | b' ' | b'\t' | b'\r' | b'\n' | 0 => {}
                    _ => {
                        from = n;
                        self.begin(ObjectAt::Text, indent);
                        self.in_string = byte == b'"' && self.outer > 0;
                    }
                },
                ObjectAt::Text => {
                    let is_element_end = self.outer > 0 && !self.in_string && matches!(byte, b',' | b']');
                    if is_element_end || matches!(byte, b'\n' | b'\r') {
                        keep(text, &bytes[from..n], &mut self.is_cut);
                        self.outer -= usize::from(is_element_end && byte == b']');
                        let what = if self.is_cut { TextKind::Broken(TOO_LONG) } else { TextKind::Text };
                        (self.at, self.in_string) = (ObjectAt::Between, false);
                        return (n + 1, Some(FoundText { line: self.started.0, what }));
                    }
                    match byte {
                        _ if self.escaped => self.escaped = false,
                        b'\\' if self.in_string => self.escaped = true,
                        b'"' if self.outer > 0 => self.in_string = !self.in_string,
                        _ => {}
                    }
                }
                ObjectAt::Object => {
                    if matches!(byte, b'{' | b'[') && indent.is_some() && !self.may_begin() {
                        keep(text, &bytes[from..n], &mut self.is_cut);
                        // The byte is read again, as the beginning of the next object.
                        self.indent = indent;
                        let found = self.broken(CUT_BY_NEXT);
                        self.at = ObjectAt::Between;
                        return (n, Some(found));
                    }
                    if self.follow(byte) {
                        keep(text, &bytes[from..=n], &mut self.is_cut);
                        self.at = ObjectAt::Between;
                        self.saw_several_lines |= self.line != self.started.0;
                        let what = if self.is_cut { TextKind::Broken(TOO_LONG) } else { TextKind::Json };
                        return (n + 1, Some(FoundText { line: self.started.0, what }));
                    }
                }
                ObjectAt::Passing => {
                    let begins = matches!(byte, b'{' | b'[' | b']') && indent.is_some_and(|at| at <= self.started.1);
                    if begins {
                        self.indent = indent;
                        self.at = ObjectAt::Between;
                        continue;
                    }
                }
            }
            n += 1;
        }
        if matches!(self.at, ObjectAt::Object | ObjectAt::Text) {
            keep(text, &bytes[from..], &mut self.is_cut);
        }
        (n, None)
    }

    fn begin(&mut self, at: ObjectAt, indent: Option<usize>) {
        self.at = at;
        self.started = (self.line, indent.unwrap_or(0));
        (self.in_string, self.escaped, self.in_comment, self.is_cut) = (false, false, false, false);
        self.open.clear();
    }

    fn broken(&mut self, reason: &'static str) -> FoundText {
        let reason = if self.is_cut { TOO_LONG } else { reason };
        FoundText { line: self.started.0, what: TextKind::Broken(reason) }
    }

    /// Counts lines (ended by LF, CR LF or CR) and the blanks at their beginning.
    fn follow_line(&mut self, byte: u8) {
        let is_second = std::mem::replace(&mut self.after_cr, byte == b'\r') && byte == b'\n';
        match byte {
            b'\n' | b'\r' => {
                self.line += u64::from(!is_second);
                self.indent = Some(0);
            }
            b' ' | b'\t' => self.indent = self.indent.map(|blanks| blanks + 1),
            _ => self.indent = None,
        }
    }

    /// Goes on over blanks, numbers and the like, to a byte that quotes, nests or ends a line.
    fn pass_plain(&mut self, bytes: &[u8], from: usize) -> usize {
        let (mut blanks, mut last) = (self.indent, None);
        let mut n = from;
        while let Some(byte) = bytes.get(n) {
            match byte {
                b' ' | b'\t' => blanks = blanks.map(|blanks| blanks + 1),
                b'"' | b'{' | b'}' | b'[' | b']' | b'/' | b'\n' | b'\r' => break,
                byte => (blanks, last) = (None, Some(*byte)),
            }
            n += 1;
        }
        if n > from {
            (self.indent, self.after_cr) = (blanks, false);
            self.last = last.unwrap_or(self.last);
        }
        n
    }

    /// Goes on within a text of the object, to after its quote; `Passing` where its line ends first.
    fn pass_text(&mut self, bytes: &[u8], mut n: usize) -> usize {
        if std::mem::take(&mut self.escaped) && bytes[n] != b'\n' {
            return n + 1;
        }
        let Some(at) = memchr3(b'"', b'\\', b'\n', &bytes[n..]) else { return bytes.len() };
        n += at;
        match bytes[n] {
            b'"' => (self.in_string, self.last) = (false, b'"'),
            b'\\' => self.escaped = true,
            _ => {
                self.in_string = false;
                self.at = ObjectAt::Passing;
                return n;
            }
        }
        n + 1
    }

    /// Follows the nesting of the object; whether this byte ends it.
    fn follow(&mut self, byte: u8) -> bool {
        if self.in_comment {
            self.in_comment = !matches!(byte, b'\n' | b'\r');
            return false;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.open.push(byte),
            b'}' | b']' => {
                self.open.pop();
            }
            b' ' | b'\t' | b'\r' | b'\n' => return false,
            b'/' if self.last == b'/' => (self.in_comment, self.has_comments) = (true, true),
            _ => {}
        }
        self.last = byte;
        self.open.is_empty()
    }

    /// Whether JSON may have an object here.
    fn may_begin(&self) -> bool {
        match self.last {
            // `/` of a comment that ended the line before.
            b':' | b'[' | b'/' => true,
            b',' => self.open.last() == Some(&b'['),
            _ => false,
        }
    }

    /// What is left when the file ends.
    fn end(&mut self) -> Option<FoundText> {
        let at = std::mem::replace(&mut self.at, ObjectAt::Between);
        match at {
            ObjectAt::Object => return Some(self.broken(CUT_BY_END)),
            ObjectAt::Text => {
                let what = if self.is_cut { TextKind::Broken(TOO_LONG) } else { TextKind::Text };
                return Some(FoundText { line: self.started.0, what });
            }
            ObjectAt::Between | ObjectAt::Passing => {}
        }
        let is_open = self.outer > 0 && !std::mem::replace(&mut self.is_over, true);
        is_open.then_some(FoundText { line: self.line, what: TextKind::End(OPEN_ARRAY) })
    }
}

/// The length of a line that is one object for certain, if it is valid at all: it is followed by the next one.
fn whole_line(bytes: &[u8]) -> Option<usize> {
    let end = memchr(b'\n', bytes)?;
    let is_followed = bytes.get(end + 1) == Some(&b'{');
    let line = bytes[..end].trim_ascii_end();
    if !is_followed || line.last() != Some(&b'}') {
        return None;
    }
    // Two objects on one line: what follows a bracket tells.
    let is_two = |at: usize| line[at + 1..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    (!memchr_iter(b'}', line).any(is_two)).then_some(line.len())
}

fn keep(text: &mut Vec<u8>, bytes: &[u8], is_cut: &mut bool) {
    let room = FILE_RECORD_BYTES.saturating_sub(text.len());
    *is_cut |= bytes.len() > room;
    text.extend_from_slice(&bytes[..bytes.len().min(room)]);
}

/// Printed JSON, as documentation has it, with its `// …` taken away.
fn without_comments(text: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(text.len());
    let (mut in_string, mut n) = (false, 0);
    while n < text.len() {
        match text[n] {
            b'\\' if in_string => {
                kept.push(text[n]);
                n += 1;
            }
            b'"' => in_string = !in_string,
            b'/' if !in_string && text.get(n + 1) == Some(&b'/') => {
                n += text[n..].iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(text.len() - n);
                continue;
            }
            _ => {}
        }
        kept.extend(text.get(n));
        n += 1;
    }
    kept
}

impl TextPlace for FoundText {
    type Kind = TextKind;

    fn of(self) -> (u64, TextKind) {
        (self.line, self.what)
    }
}

/// Whether a JSON text would take more memory as [`serde_json::Value`]s than one call may: an object has a node of a map, for eleven
/// entries of 56 bytes, and every value one of 32 in a list that may have grown to twice its length.
pub(crate) fn is_too_much(text: &[u8]) -> bool {
    let of = |byte: &u8| match byte {
        b'{' => 700,
        b',' | b'[' => 64,
        _ => 1,
    };
    text.iter().map(of).sum::<usize>() > NODE_BYTES
}

/// Why a text is no JSON.
pub(crate) fn not_json(error: &serde_json::Error) -> String {
    // serde_json counts lines within the text, which says nothing about the file's.
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    if message == TOO_MUCH {
        return message.to_owned();
    }
    // Whoever reads it wants to know what is wrong with the text, and not how the reader is made.
    let message = if message == "recursion limit exceeded" { "is nested deeper than 128 levels" } else { message };
    format!("is not JSON: {message}, at byte {}", error.column())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every text with its line; a `!` before what is broken, a `~` before what is no JSON.
    fn found(file: &str) -> Vec<(u64, String)> {
        let (mut objects, mut text, mut all) = (Objects::new(file.as_bytes()), Vec::new(), Vec::new());
        while let Some(found) = objects.next_text(&mut text).unwrap() {
            let text = String::from_utf8(text.clone()).unwrap();
            let said = match found.what {
                TextKind::Json => text,
                TextKind::Text => format!("~{text}"),
                TextKind::Broken(reason) | TextKind::End(reason) => format!("!{reason}"),
            };
            all.push((found.line, said));
        }
        all
    }

    fn texts(file: &str) -> Vec<String> {
        found(file).into_iter().map(|found| found.1).collect()
    }

    #[test]
    fn every_layout_gives_the_same_objects() {
        for file in [
            "{\"a\":1}\n{\"b\":{}}\n",
            "{\"a\":1}\r\n\r\n{\"b\":{}}",
            "{\"a\":1}\r{\"b\":{}}\r",
            "{\"a\":1}{\"b\":{}}",
            "{\"a\":1} {\"b\":{}}\n",
            "{\"a\":1},\n{\"b\":{}},\n",
            "[{\"a\":1},{\"b\":{}}]",
            "[\n{\"a\":1}\n,,{\"b\":{}}]\n",
            "[{\"a\":1}]\n[{\"b\":{}}]\n",
            " [[{\"a\":1}], [{\"b\":{}}]]",
        ] {
            assert_eq!(texts(file), ["{\"a\":1}", "{\"b\":{}}"], "{file}");
        }
        assert_eq!(found("{\n  \"a\": [\n{\"x\":1},\n{\"x\":2}\n]\n}\n{\"b\":\"}\\\"{\"}").len(), 2);
        assert_eq!(found("\n{\n \"a\":1\n}\n\n  {\"b\":2}\n").iter().map(|found| found.0).collect::<Vec<_>>(), [2, 6]);
    }

    #[test]
    fn a_record_of_a_file_is_taken_at_its_limit_and_not_one_byte_over() {
        for (bytes, is_taken) in [(FILE_RECORD_BYTES, true), (FILE_RECORD_BYTES + 1, false)] {
            let file = format!("{{\"a\":\"{}\"}}\n{{\"b\":1}}\n", "x".repeat(bytes - 8));
            let found = texts(&file);
            assert_eq!((found.len(), found[0].len() == bytes), (2, is_taken), "{bytes}");
            assert!(is_taken || found[0].starts_with('!') && found[0].contains("16 MiB"), "{}", found[0]);
        }
    }

    #[test]
    fn a_broken_object_costs_its_own_lines() {
        for (file, expected) in [
            ("{\"a\":\n{\"b\":1}}\n{\"c\":1}", vec!["{\"a\":\n{\"b\":1}}", "{\"c\":1}"]),
            ("{\"a\":1\n{\"b\":1}\n", vec!["!is cut off: another object begins within it", "{\"b\":1}"]),
            ("{\"a\":1,\n{\"b\":1}\n", vec!["!is cut off: another object begins within it", "{\"b\":1}"]),
            ("{\"a\":\"x\n{\"b\":1}\n", vec!["!is not JSON: a line ends within a text", "{\"b\":1}"]),
            (
                "[\n  {\n    \"a\": \"x\n    \"y\": {\n      \"z\": 1\n    }\n  },\n  {\"b\":1}\n]",
                vec!["!is not JSON: a line ends within a text", "{\"b\":1}"],
            ),
            ("{\"a\":1}\n{\"b\":", vec!["{\"a\":1}", "!is cut off: the file ends within it"]),
            ("[{\"a\":1},", vec!["{\"a\":1}", "!the file ends before its array does"]),
            ("x\n{\"a\":1}\n]\n", vec!["~x", "{\"a\":1}", "~]"]),
            ("[1,\"a,]\",{}]", vec!["~1", "~\"a,]\"", "{}"]),
        ] {
            assert_eq!(texts(file), expected, "{file}");
        }
    }

    #[test]
    fn the_comments_of_printed_json_are_taken_away() {
        assert_eq!(texts("{\"a\": 1, // the {first\n \"b\": \"//\"}"), ["{\"a\": 1, \n \"b\": \"//\"}"]);
    }

    #[test]
    fn where_the_chunks_end_changes_nothing() {
        struct OneByOne<'a>(&'a [u8]);
        impl Read for OneByOne<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
                (buffer[0], self.0) = (*first, rest);
                Ok(1)
            }
        }
        let file = "{\"a\":\"\\\"\\\\\"}\n{\"b\":[{}]}\r\nx\n[{\"c\":1},\n \"d\"]\n{\"e\n{\"f\":1}\n";
        let (mut objects, mut text, mut all) = (Objects::new(OneByOne(file.as_bytes())), Vec::new(), Vec::new());
        while let Some(found) = objects.next_text(&mut text).unwrap() {
            all.push((found, text.clone()));
        }
        let (mut objects, mut n) = (Objects::new(file.as_bytes()), 0);
        while let Some(found) = objects.next_text(&mut text).unwrap() {
            assert_eq!((found, &text), (all[n].0, &all[n].1));
            n += 1;
        }
        assert_eq!(n, all.len());
    }
}
