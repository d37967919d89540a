//! The JSON texts of a file: one a line, or the elements of one array, each in bounded memory.

use std::io::{self, BufRead, BufReader, Read};

use domain::limits::FILE_RECORD_BYTES;

use crate::{
    json_array::{ArrayCutter, ArrayFault, Element},
    lines::{Line, Lines},
};

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
                Self::Array(Array::new(head, input))
            } else {
                Self::Lines(Lines::new(io::Cursor::new(head).chain(input), FILE_RECORD_BYTES))
            };
        }
        match self {
            Self::Lines(lines) => lines.next_line(text),
            Self::Array(array) => array.next_text(text),
            Self::Unread(_) => Ok(None),
        }
    }

    /// What is wrong with the end of the array, if there is one.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        let Self::Array(array) = self else { return None };
        match (array.is_followed, array.cutter.finish()) {
            (true, _) => Some("something follows the end of the array"),
            (false, Err(_)) => Some("the file ends before its array does"),
            (false, Ok(())) => None,
        }
    }

    /// The line at which reading stands.
    pub(crate) fn line(&self) -> u64 {
        if let Self::Array(array) = self { array.cutter.line() } else { 0 }
    }
}

/// The elements of an array. Commas with nothing between them are passed over.
pub(crate) struct Array<R> {
    input: BufReader<R>,
    cutter: ArrayCutter,
    /// Something comes after the closing bracket.
    is_followed: bool,
    /// The element that the file ended in was given out.
    is_over: bool,
}

impl<R: Read> Array<R> {
    /// `head` is what was read up to the opening bracket: lines, and blanks that need not be JSON's.
    fn new(mut head: Vec<u8>, input: R) -> Self {
        head.retain(|byte| matches!(byte, b'\n' | b'['));
        let mut cutter = ArrayCutter::new(FILE_RECORD_BYTES);
        // No element can end before the array has begun.
        let _ = cutter.next_element(&mut head.as_slice());
        Self { input: BufReader::with_capacity(64 * 1024, input), cutter, is_followed: false, is_over: false }
    }

    fn next_text(&mut self, text: &mut Vec<u8>) -> io::Result<Option<Line>> {
        text.clear();
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                let element = self.cutter.unfinished().filter(|_| !std::mem::replace(&mut self.is_over, true));
                return Ok(element.and_then(|element| line_of(element, text)));
            }
            let mut rest = chunk;
            let line = match self.cutter.next_element(&mut rest) {
                Ok(element) => element.and_then(|element| line_of(element, text)),
                Err(fault) => {
                    self.is_followed |= fault == ArrayFault::Trailing;
                    None
                }
            };
            let used = chunk.len() - rest.len();
            self.input.consume(used);
            if line.is_some() {
                return Ok(line);
            }
        }
    }
}

/// Puts an element's text, from what follows blanks and surplus commas, into `text`; none where that is nothing.
fn line_of(element: Element<'_>, text: &mut Vec<u8>) -> Option<Line> {
    let start = element.text.iter().position(|byte| *byte != b',' && !byte.is_ascii_whitespace())?;
    let (before, kept) = element.text.split_at(start);
    text.extend_from_slice(kept);
    let number = element.line + (before.split(|byte| *byte == b'\n').count() - 1) as u64;
    Some(Line { number, cut: element.is_cut, after: b"", is_ended: true })
}
