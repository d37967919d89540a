//! The records of `mod_json_cdr` and `mod_xml_cdr` in a file: JSON objects, `<cdr>` elements and bodies of forms
//! (`cdr=…`), one after the other, on one line each or on many, in an array or an element around them or not.

use std::io::{self, BufRead, BufReader, Read};

use domain::limits::FILE_RECORD_BYTES;

use crate::texts::TextPlace;

const BEGIN: &[u8] = b"<cdr";
const END: &[u8] = b"</cdr>";

/// What a body is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyKind {
    Json,
    Xml,
    /// A line with `cdr=`.
    Form,
}

/// Where a body begins, and what is wrong with it.
#[derive(Debug)]
pub(super) struct FoundBody {
    /// From 1.
    pub(super) line: u64,
    pub(super) kind: BodyKind,
    pub(super) fault: Option<&'static str>,
}

impl TextPlace for FoundBody {
    type Kind = (BodyKind, Option<&'static str>);

    fn of(self) -> (u64, Self::Kind) {
        (self.line, (self.kind, self.fault))
    }
}

/// Gives one body after the other.
pub(super) struct Bodies<R> {
    input: BufReader<R>,
    line: u64,
    /// The byte before the next one ended a line, or there was none.
    at_line_start: bool,
    /// Lines that are neither, and the first of them.
    pub(super) others: u64,
    pub(super) first_other: u64,
}

impl<R: Read> Bodies<R> {
    pub(super) fn new(input: R) -> Self {
        let input = BufReader::with_capacity(64 * 1024, input);
        Self { input, line: 1, at_line_start: true, others: 0, first_other: 0 }
    }

    /// Puts the next body into `text`; none at the end.
    pub(super) fn next_body(&mut self, text: &mut Vec<u8>) -> io::Result<Option<FoundBody>> {
        loop {
            text.clear();
            let Some(byte) = self.peek()? else { return Ok(None) };
            let line = self.line;
            match byte {
                b'{' => return Ok(Some(FoundBody { line, kind: BodyKind::Json, fault: self.object(text)? })),
                b'<' => {
                    self.tag(text)?;
                    if is_begin(text) {
                        let fault = if text.ends_with(b"/>") { None } else { self.element(text)? };
                        return Ok(Some(FoundBody { line, kind: BodyKind::Xml, fault }));
                    }
                    // `<?xml …?>`, an element around all records, or its end.
                }
                b'[' | b']' | b',' => self.skip(),
                byte if byte.is_ascii_whitespace() => self.skip(),
                _ => {
                    self.rest_of_line(text)?;
                    let is_form = text.starts_with(b"cdr=") || text.windows(5).any(|bytes| bytes == b"&cdr=");
                    if is_form {
                        let fault = is_too_long(text);
                        return Ok(Some(FoundBody { line, kind: BodyKind::Form, fault }));
                    }
                    self.first_other = if self.others == 0 { line } else { self.first_other };
                    self.others += 1;
                }
            }
        }
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

    /// Passes over the byte that was peeked at.
    fn skip(&mut self) {
        if let Some(byte) = self.input.buffer().first().copied() {
            self.line += u64::from(byte == b'\n');
            self.at_line_start = matches!(byte, b'\n' | b'\r');
            self.input.consume(1);
        }
    }

    /// Takes bytes up to the one before which `ends` says so, or the end of the file; whether it said so. It is given
    /// each byte and whether it begins a line.
    fn take_until(&mut self, text: &mut Vec<u8>, mut ends: impl FnMut(u8, bool) -> bool) -> io::Result<bool> {
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                return Ok(false);
            }
            let mut end = None;
            for (at, byte) in chunk.iter().enumerate() {
                if ends(*byte, self.at_line_start) {
                    end = Some(at);
                    break;
                }
                self.line += u64::from(*byte == b'\n');
                self.at_line_start = matches!(byte, b'\n' | b'\r');
            }
            let taken = &chunk[..end.unwrap_or(chunk.len())];
            // One byte more than is allowed tells that it was too long.
            let room = (FILE_RECORD_BYTES + 1).saturating_sub(text.len());
            text.extend_from_slice(&taken[..taken.len().min(room)]);
            let used = taken.len();
            self.input.consume(used);
            if end.is_some() {
                return Ok(true);
            }
        }
    }

    fn rest_of_line(&mut self, text: &mut Vec<u8>) -> io::Result<()> {
        self.take_until(text, |byte, _| matches!(byte, b'\n' | b'\r')).map(|_| ())
    }

    /// Reads an object to the brace that closes it.
    fn object(&mut self, text: &mut Vec<u8>) -> io::Result<Option<&'static str>> {
        let (mut depth, mut in_string, mut escaped, mut is_first) = (0_usize, false, false, true);
        let mut is_over = false;
        let mut is_cut = false;
        let ended = self.take_until(text, |byte, begins_line| {
            if is_over {
                return true;
            }
            if begins_line {
                // No string holds a line end; and a brace at the start of a line begins a record.
                in_string = false;
                is_cut = byte == b'{' && !is_first;
                if is_cut {
                    return true;
                }
            }
            is_first = false;
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                b'{' if !in_string => depth += 1,
                b'}' if !in_string => {
                    depth = depth.saturating_sub(1);
                    is_over = depth == 0;
                }
                _ => {}
            }
            false
        })?;
        Ok(match (is_cut, ended || is_over) {
            (true, _) => Some("is cut off: another record begins within it"),
            (false, false) => Some("is cut off: the file ends within it"),
            (false, true) => is_too_long(text),
        })
    }

    /// Reads a tag to its `>`.
    fn tag(&mut self, text: &mut Vec<u8>) -> io::Result<()> {
        let mut is_over = false;
        self.take_until(text, |byte, _| std::mem::replace(&mut is_over, byte == b'>')).map(|_| ())
    }

    /// Reads an element to its end tag.
    fn element(&mut self, text: &mut Vec<u8>) -> io::Result<Option<&'static str>> {
        let start = text.len();
        loop {
            // The text up to the next tag, then the tag.
            if !self.take_until(text, |byte, _| byte == b'<')? {
                return Ok(Some("is cut off: the file ends within it"));
            }
            let mut tag = Vec::new();
            if self.begins_record()? && text.len() > start {
                return Ok(Some("is cut off: another record begins within it"));
            }
            self.tag(&mut tag)?;
            let is_end = tag.starts_with(END);
            if text.len() <= FILE_RECORD_BYTES {
                text.append(&mut tag);
            }
            if is_end {
                return Ok(is_too_long(text));
            }
        }
    }

    /// Whether the next bytes begin a record; not where they stand at the very end of what was read ahead.
    fn begins_record(&mut self) -> io::Result<bool> {
        self.peek()?;
        let ahead = self.input.buffer();
        Ok(is_begin(&ahead[..ahead.len().min(BEGIN.len() + 1)]))
    }
}

/// `<cdr>` or `<cdr …`, not `<cdrs>`.
fn is_begin(tag: &[u8]) -> bool {
    tag.strip_prefix(BEGIN)
        .and_then(<[u8]>::first)
        .is_some_and(|byte| matches!(byte, b'>' | b'/') || byte.is_ascii_whitespace())
}

fn is_too_long(text: &[u8]) -> Option<&'static str> {
    (text.len() > FILE_RECORD_BYTES).then_some("is longer than 16 MiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(text: &str) -> Vec<(u64, BodyKind, String, bool)> {
        let (mut bodies, mut body, mut all) = (Bodies::new(text.as_bytes()), Vec::new(), Vec::new());
        while let Some(found) = bodies.next_body(&mut body).unwrap() {
            all.push((found.line, found.kind, String::from_utf8(body.clone()).unwrap(), found.fault.is_some()));
        }
        all
    }

    #[test]
    fn records_are_cut_whatever_stands_around_them() {
        let json = |line, text: &str, is_bad| (line, BodyKind::Json, text.to_owned(), is_bad);
        let xml = |line, text: &str, is_bad| (line, BodyKind::Xml, text.to_owned(), is_bad);
        assert_eq!(
            bodies("{\"a\":\"}\\\"\"}\n[{},\n {\"b\":{}}]"),
            [json(1, "{\"a\":\"}\\\"\"}", false), json(2, "{}", false), json(3, "{\"b\":{}}", false)]
        );
        assert_eq!(
            bodies("{\"a\":\"x\n{\"b\":1}\n{\"c"),
            [json(1, "{\"a\":\"x\n", true), json(2, "{\"b\":1}", false), json(3, "{\"c", true)]
        );
        assert_eq!(
            bodies("<?xml version=\"1.0\"?>\n<cdrs><cdr a='1'><x/></cdr>\n<cdr><y><cdr></cdr></cdrs>"),
            [xml(2, "<cdr a='1'><x/></cdr>", false), xml(3, "<cdr><y>", true), xml(3, "<cdr></cdr>", false)]
        );
        assert_eq!(bodies("uuid=a_1&cdr=%7B%7D\nlog line\n")[0].1, BodyKind::Form);
    }
}
