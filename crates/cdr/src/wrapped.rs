//! JSON whose rows stand in an array within objects, as answers of programs have them: `{"data": {"items": [{…}, {…}]}, "total": 2}`.

use std::io::{self, Read};

use crate::{pruned::WRAPPERS, source::HEAD_BYTES};

/// Further names under which answers of programs have their rows; those of platforms are read by their own.
const ROWS: [&str; 12] = [
    "rows",
    "cdrs",
    "cdr",
    "logs",
    "call_logs",
    "callLogs",
    "history",
    "content",
    "response",
    "result",
    "entries",
    "call_list",
];
/// Objects within objects before the array.
const MOST_DEPTH: usize = 4;

/// Where the array of rows begins in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ArrayPlace {
    /// Bytes before it.
    before: usize,
    /// Objects that are open around it.
    depth: usize,
}

/// Where the array of rows begins in a file that begins so; none where it is no object of these names.
pub(crate) fn array_in(head: &[u8]) -> Option<ArrayPlace> {
    array_of(head, |first| first == Some(&b'{'))
}

/// As [`array_in`], of an array whose first byte that is not blank is as wished.
fn array_of(head: &[u8], begins: impl Fn(Option<&u8>) -> bool) -> Option<ArrayPlace> {
    let mut depth = 0;
    let mut at = blank_end(head, 0);
    while depth < MOST_DEPTH && head.get(at) == Some(&b'{') {
        depth += 1;
        at = blank_end(head, at + 1);
        loop {
            let (name, end) = text(head, at)?;
            at = blank_end(head, end);
            if head.get(at) != Some(&b':') {
                return None;
            }
            at = blank_end(head, at + 1);
            let is_wrapper = WRAPPERS.iter().chain(&ROWS).any(|known| known.as_bytes() == name);
            match head.get(at)? {
                b'[' if is_wrapper => {
                    let is_one = begins(head.get(blank_end(head, at + 1)));
                    return is_one.then_some(ArrayPlace { before: at, depth });
                }
                b'{' if is_wrapper => break,
                b'[' | b'{' => return None,
                b'"' => at = text(head, at)?.1,
                _ => at += head[at..].iter().position(|byte| matches!(byte, b',' | b'}'))?,
            }
            at = blank_end(head, at);
            if head.get(at) != Some(&b',') {
                return None;
            }
            at = blank_end(head, at + 1);
        }
    }
    None
}

fn blank_end(bytes: &[u8], from: usize) -> usize {
    from + bytes[from.min(bytes.len())..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// The bytes of a text without escapes, and where it ends.
fn text(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = bytes.get(at..)?.strip_prefix(b"\"")?;
    let length = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
    (rest[length] == b'"').then(|| (&rest[..length], at + length + 2))
}

/// Gives the arrays of pages alone, however many stand one after the other: what is around them as blanks, so that lines keep their numbers.
/// Objects among the pages that are none are given as they are.
pub(crate) struct JsonPages<R> {
    input: R,
    /// Bytes that were read, and how many of them were given.
    ahead: Vec<u8>,
    given: usize,
    at: PageAt,
    /// Objects and arrays that are open.
    depth: usize,
    in_text: bool,
    is_escaped: bool,
}

/// Where the next byte is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PageAt {
    /// Before a page or an object.
    Between,
    /// In a page, so many bytes before its array.
    Before(ArrayPlace),
    /// In the array of a page, around which so many objects are open.
    Array(usize),
    /// In a page after its array.
    After,
    /// In an object or array that is no page.
    Loose,
    /// In a line of something else.
    Line,
}

impl<R: Read> JsonPages<R> {
    pub(crate) fn new(input: R) -> Self {
        let (ahead, given, at) = (Vec::new(), 0, PageAt::Between);
        Self { input, ahead, given, at, depth: 0, in_text: false, is_escaped: false }
    }

    /// Reads until so many bytes are ahead, or the input ends.
    fn read_ahead(&mut self, least: usize) -> io::Result<()> {
        if self.ahead.len() - self.given >= least {
            return Ok(());
        }
        self.ahead.drain(..self.given);
        self.given = 0;
        let missing = (least.max(HEAD_BYTES) - self.ahead.len()) as u64;
        self.input.by_ref().take(missing).read_to_end(&mut self.ahead)?;
        Ok(())
    }

    /// What begins with the next byte, which is outside of all pages.
    fn begin(&mut self) -> io::Result<()> {
        (self.depth, self.in_text, self.is_escaped) = (0, false, false);
        self.at = match self.ahead[self.given] {
            b'{' => {
                self.read_ahead(HEAD_BYTES)?;
                // The last page may have no rows.
                let array = array_of(&self.ahead[self.given..], |first| matches!(first, Some(b'{' | b']')));
                array.map_or(PageAt::Loose, PageAt::Before)
            }
            b'[' => PageAt::Loose,
            b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | 0 => PageAt::Between,
            _ => PageAt::Line,
        };
        Ok(())
    }

    /// The next byte as it is given.
    fn follow(&mut self, byte: u8) -> u8 {
        let blank = if matches!(byte, b'\n' | b'\r') { byte } else { b' ' };
        match self.at {
            PageAt::Between => byte,
            PageAt::Line => {
                if byte == b'\n' {
                    self.at = PageAt::Between;
                }
                byte
            }
            PageAt::Before(ArrayPlace { before: 0, depth }) => {
                self.at = PageAt::Array(depth);
                self.nest(byte);
                byte
            }
            PageAt::Before(place) => {
                self.at = PageAt::Before(ArrayPlace { before: place.before - 1, ..place });
                blank
            }
            PageAt::Array(around) => {
                self.nest(byte);
                if self.depth == 0 {
                    (self.at, self.depth) = (PageAt::After, around);
                }
                byte
            }
            PageAt::After => {
                self.nest(byte);
                if self.depth == 0 {
                    self.at = PageAt::Between;
                }
                blank
            }
            PageAt::Loose => {
                // No text of JSON goes on over its line: the object is broken.
                let is_broken = self.in_text && byte == b'\n';
                self.nest(byte);
                if self.depth == 0 || is_broken {
                    self.at = PageAt::Between;
                }
                byte
            }
        }
    }

    fn nest(&mut self, byte: u8) {
        match byte {
            b'\n' => (self.in_text, self.is_escaped) = (false, false),
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' if self.in_text => self.is_escaped = true,
            b'"' => self.in_text = !self.in_text,
            _ if self.in_text => {}
            b'[' | b'{' => self.depth += 1,
            b']' | b'}' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}

impl<R: Read> Read for JsonPages<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut count = 0;
        while count < buffer.len() {
            if self.given == self.ahead.len() {
                if count > 0 {
                    break;
                }
                self.read_ahead(1)?;
                if self.ahead.is_empty() {
                    break;
                }
            }
            if self.at == PageAt::Between {
                self.begin()?;
            }
            let byte = self.ahead[self.given];
            self.given += 1;
            buffer[count] = self.follow(byte);
            count += 1;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(text: &str) -> Option<String> {
        array_in(text.as_bytes())?;
        let mut alone = String::new();
        JsonPages::new(text.as_bytes()).read_to_string(&mut alone).unwrap();
        Some(alone.trim_end().to_owned())
    }

    #[test]
    fn the_array_is_found_and_nothing_else_is_left() {
        for (text, expected) in [
            (r#"{"data":{"items":[{"a":"]\"["}]},"total":1}"#, Some(r#"                 [{"a":"]\"["}]"#)),
            (
                "{\"ok\": true, \"note\": \"x\",\n\"results\": [ {\"a\": [1]}, {}] }",
                Some("                         \n           [ {\"a\": [1]}, {}]"),
            ),
            (r#"{"items":[1,2]}"#, None),
            (r#"{"phone":"1","tags":[{"a":1}]}"#, None),
            (r#"{"data":{"phone":"1"}}"#, None),
            (r#"{"data":"#, None),
            ("{", None),
            ("", None),
        ] {
            assert_eq!(array(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn pages_one_after_the_other_give_all_their_arrays() {
        let plain = |text: &str| {
            let words: Vec<&str> = text.split_whitespace().collect();
            words.join(" ")
        };
        for (text, expected) in [
            ("{\"data\":[{\"a\":1}]}\n{\"data\":[{\"a\":2}],\"next\":{\"x\":[1]}}\n", "[{\"a\":1}] [{\"a\":2}]"),
            ("{\"errcode\":0,\"data\":[{\"a\":1}]}{\"errcode\":0,\"data\":[]}", "[{\"a\":1}] []"),
            ("{\n \"calls\": [\n {\"a\":1}\n ]\n},\n{\n \"calls\": [{\"a\":2}]\n}", "[ {\"a\":1} ] , [{\"a\":2}]"),
            ("{\"calls\":[{\"a\":1}]}\n{\"a\":2}\n[{\"a\":3}]", "[{\"a\":1}] {\"a\":2} [{\"a\":3}]"),
            ("{\"calls\":[{\"a\":1}]}\n{\"a\":\"x\n{\"calls\":[{\"a\":2}]}", "[{\"a\":1}] {\"a\":\"x [{\"a\":2}]"),
            ("{\"calls\":[{\"a\":1}]} done\n{\"calls\":[{\"a\":2}]}", "[{\"a\":1}] done [{\"a\":2}]"),
        ] {
            assert_eq!(array(text).as_deref().map(plain).as_deref(), Some(expected), "{text}");
        }
    }
}
