//! The JSON texts of a file: one a line, or the elements of one array, each in bounded memory.

use std::io::{self, BufRead, BufReader, Read};

use crate::lines::{Line, Lines, RECORD_BYTES};

/// How many blank bytes may come before an array's bracket.
const BLANK_BYTES: usize = 64 * 1024;

/// Gives one JSON text after the other; which of the two ways it is, the first byte says.
pub(crate) enum Elements<R: Read> {
    Unread(Option<R>),
    Lines(Lines<io::Chain<io::Cursor<Vec<u8>>, R>>),
    Array(Array<R>),
}

impl<R: Read> Elements<R> {
    pub(crate) fn new(input: R) -> Self {
        Self::Unread(Some(input))
    }

    /// Puts the next JSON text into `text`; none at the end.
    pub(crate) fn next_text(&mut self, text: &mut Vec<u8>) -> io::Result<Option<Line>> {
        if let Self::Unread(input) = self {
            let Some(mut input) = input.take() else { return Ok(None) };
            // Blank bytes before the first record are kept: they count as lines.
            let mut head = Vec::new();
            loop {
                let mut byte = [0];
                match input.read(&mut byte) {
                    Ok(0) => break,
                    Ok(_) => head.push(byte[0]),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => return Err(error),
                }
                if !byte[0].is_ascii_whitespace() || head.len() > BLANK_BYTES {
                    break;
                }
            }
            *self = if head.last() == Some(&b'[') {
                let line = head.split(|byte| *byte == b'\n').count() as u64;
                Self::Array(Array { input: BufReader::with_capacity(64 * 1024, input), line, state: State::Between })
            } else {
                Self::Lines(Lines::new(io::Cursor::new(head).chain(input), RECORD_BYTES))
            };
        }
        match self {
            Self::Lines(lines) => lines.next_line(text),
            Self::Array(array) => array.next_text(text),
            Self::Unread(_) => Ok(None),
        }
    }

    /// Why the file ends where no array ends, if so; and whether something follows the array.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        match self {
            Self::Array(Array { state: State::Broken, .. }) => Some("the file ends before its array does"),
            Self::Array(Array { state: State::Trailing, .. }) => Some("something follows the end of the array"),
            _ => None,
        }
    }

    /// The line at which reading stands.
    pub(crate) fn line(&self) -> u64 {
        if let Self::Array(array) = self { array.line } else { 0 }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between two elements.
    Between,
    /// After the closing bracket.
    Closed,
    /// After the closing bracket, and something else came.
    Trailing,
    /// The file ended within the array.
    Broken,
}

/// The elements of an array, found by brackets and quotes alone: what is inside is for the JSON reader to judge.
pub(crate) struct Array<R> {
    input: BufReader<R>,
    line: u64,
    state: State,
}

impl<R: Read> Array<R> {
    fn next_text(&mut self, text: &mut Vec<u8>) -> io::Result<Option<Line>> {
        text.clear();
        let (mut depth, mut in_string, mut escaped, mut started, mut cut) = (0_u32, false, false, None, false);
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                if self.state == State::Between {
                    self.state = State::Broken;
                }
                return Ok(started.map(|number| Line { number, cut, after: b"" }));
            }
            let (mut used, mut done) = (0, false);
            for &byte in chunk {
                used += 1;
                if byte == b'\n' {
                    self.line += 1;
                }
                if self.state == State::Closed {
                    if !byte.is_ascii_whitespace() {
                        self.state = State::Trailing;
                    }
                    continue;
                }
                if self.state == State::Trailing {
                    continue;
                }
                if !in_string && depth == 0 && matches!(byte, b',' | b']') {
                    if byte == b']' {
                        self.state = State::Closed;
                    }
                    if started.is_some() {
                        done = true;
                        break;
                    }
                    continue;
                }
                if started.is_none() {
                    if byte.is_ascii_whitespace() {
                        continue;
                    }
                    started = Some(self.line);
                }
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if in_string => escaped = true,
                    b'"' => in_string = !in_string,
                    b'{' | b'[' if !in_string => depth += 1,
                    b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
                    _ => {}
                }
                if text.len() < RECORD_BYTES {
                    text.push(byte);
                } else {
                    cut = true;
                }
            }
            self.input.consume(used);
            if done {
                return Ok(started.map(|number| Line { number, cut, after: b"" }));
            }
        }
    }
}
