//! JSON whose rows stand in an array within objects, as answers of programs have them: `{"data": {"items": [{…}, {…}]}, "total": 2}`.

use std::io::{self, Read};

use crate::pruned::WRAPPERS;

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

/// Where the array of rows begins in a file that begins so; none where it is no object of these names.
pub(crate) fn array_in(head: &[u8]) -> Option<usize> {
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
                b'[' if is_wrapper => return (head.get(blank_end(head, at + 1)) == Some(&b'{')).then_some(at),
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

/// Gives the array alone: what is before it as blanks, so that lines keep their numbers, and nothing after it.
pub(crate) struct ArrayAlone<R> {
    input: R,
    /// Bytes before the array that are left.
    before: usize,
    depth: usize,
    in_text: bool,
    is_escaped: bool,
    is_over: bool,
}

impl<R: Read> ArrayAlone<R> {
    /// Of an input whose array begins after so many bytes.
    pub(crate) fn new(input: R, before: usize) -> Self {
        Self { input, before, depth: 0, in_text: false, is_escaped: false, is_over: false }
    }

    /// How many of these bytes are the array's, what is before it among them.
    fn taken(&mut self, bytes: &mut [u8]) -> usize {
        for (at, byte) in bytes.iter_mut().enumerate() {
            if self.before > 0 {
                self.before -= 1;
                *byte = if matches!(byte, b'\n' | b'\r') { *byte } else { b' ' };
                continue;
            }
            match *byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' if self.in_text => self.is_escaped = true,
                b'"' => self.in_text = !self.in_text,
                _ if self.in_text => {}
                b'[' => self.depth += 1,
                b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        self.is_over = true;
                        return at + 1;
                    }
                }
                _ => {}
            }
        }
        bytes.len()
    }
}

impl<R: Read> Read for ArrayAlone<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_over {
            // What follows is read, so that a file that is cut or too long is told as any other.
            while self.input.read(buffer)? > 0 {}
            return Ok(0);
        }
        let read = self.input.read(buffer)?;
        Ok(self.taken(&mut buffer[..read]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(text: &str) -> Option<String> {
        let before = array_in(text.as_bytes())?;
        let mut alone = String::new();
        ArrayAlone::new(text.as_bytes(), before).read_to_string(&mut alone).unwrap();
        Some(alone)
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
}
