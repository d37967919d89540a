//! A JSON array cut into its elements while its bytes arrive, without parsing them.
//!
//! Brackets and quotes alone are followed: what is inside an element is for the JSON reader to judge. Where every
//! element is JSON and no fault was met, the whole was a JSON array.

/// Cuts one array; give it chunk after chunk to [`Self::next_element`], then ask [`Self::finish`].
#[derive(Debug)]
pub struct ArrayCutter {
    at: ArrayAt,
    depth: usize,
    in_string: bool,
    escaped: bool,
    limit: usize,
    line: u64,
    /// The element that is being read, or was given out last.
    text: Vec<u8>,
    started_on: u64,
    is_cut: bool,
}

/// Where in the array the next byte is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ArrayAt {
    /// Before `[`.
    Start,
    /// After `[`: an element or `]`.
    First,
    /// After `,`: an element.
    Next,
    /// Inside an element.
    Element,
    /// After `]`.
    End,
    /// After a fault behind which no element can come.
    Over,
}

/// An element's text, from its first byte that is not blank to the comma or bracket after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    /// Its bytes; not JSON for certain.
    pub text: &'a [u8],
    /// The line on which it begins, from 1; lines end with LF.
    pub line: u64,
    /// It is longer than the limit, and not all of it is there.
    pub is_cut: bool,
}

/// Why bytes are no JSON array.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArrayFault {
    /// Nothing but blanks came.
    #[error("it is empty")]
    Empty,
    /// It begins with this byte instead.
    #[error("it does not begin with [")]
    NoArray(u8),
    /// The array is read nevertheless.
    #[error("a comma stands before its ]")]
    LastComma,
    /// All elements were given out; what follows is passed over.
    #[error("something follows its ]")]
    Trailing,
    /// The bytes ended within the array.
    #[error("it ends before its ]")]
    Unfinished,
}

impl ArrayCutter {
    /// Elements of at most `limit` bytes; longer ones are cut, the rest of them is passed over.
    pub fn new(limit: usize) -> Self {
        Self {
            at: ArrayAt::Start,
            depth: 0,
            in_string: false,
            escaped: false,
            limit,
            line: 1,
            text: Vec::new(),
            started_on: 1,
            is_cut: false,
        }
    }

    /// Takes bytes from the front of `chunk`: those up to the end of the next element, or all of them where none ends
    /// there. Each fault is met once; one may go on after it.
    pub fn next_element(&mut self, chunk: &mut &[u8]) -> Result<Option<Element<'_>>, ArrayFault> {
        let bytes = *chunk;
        // Where the element begins in this chunk.
        let mut begin = 0;
        if self.at != ArrayAt::Element {
            self.text.clear();
        }
        for (n, &byte) in bytes.iter().enumerate() {
            let line = self.line;
            self.line += u64::from(byte == b'\n');
            if self.at == ArrayAt::Element {
                if self.ends_element(byte) {
                    self.keep(&bytes[begin..n]);
                    self.at = if byte == b',' { ArrayAt::Next } else { ArrayAt::End };
                    *chunk = &bytes[n + 1..];
                    return Ok(Some(self.element()));
                }
                continue;
            }
            let fault = match (self.at, byte) {
                (ArrayAt::Over, _) | (_, b' ' | b'\t' | b'\r' | b'\n') => continue,
                (ArrayAt::Start, b'[') => {
                    self.at = ArrayAt::First;
                    continue;
                }
                (ArrayAt::Start, _) => ArrayFault::NoArray(byte),
                (ArrayAt::First, b']') => {
                    self.at = ArrayAt::End;
                    continue;
                }
                (ArrayAt::Next, b']') => ArrayFault::LastComma,
                (ArrayAt::End, _) => ArrayFault::Trailing,
                (ArrayAt::First | ArrayAt::Next | ArrayAt::Element, _) => {
                    (begin, self.started_on, self.is_cut) = (n, line, false);
                    self.at = ArrayAt::Element;
                    // A comma in place of an element ends none, but begins one that is not JSON.
                    self.ends_element(byte);
                    continue;
                }
            };
            self.at = if fault == ArrayFault::LastComma { ArrayAt::End } else { ArrayAt::Over };
            *chunk = &bytes[n + 1..];
            return Err(fault);
        }
        if self.at == ArrayAt::Element {
            self.keep(&bytes[begin..]);
        }
        *chunk = &[];
        Ok(None)
    }

    /// Says at the end of the bytes whether the array had ended.
    pub fn finish(&self) -> Result<(), ArrayFault> {
        match self.at {
            ArrayAt::End | ArrayAt::Over => Ok(()),
            ArrayAt::Start => Err(ArrayFault::Empty),
            ArrayAt::First | ArrayAt::Next | ArrayAt::Element => Err(ArrayFault::Unfinished),
        }
    }

    /// The element whose end has not come, once the bytes have ended.
    pub fn unfinished(&self) -> Option<Element<'_>> {
        (self.at == ArrayAt::Element).then(|| self.element())
    }

    /// The line of the next byte, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    fn element(&self) -> Element<'_> {
        Element { text: &self.text, line: self.started_on, is_cut: self.is_cut }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = self.limit.saturating_sub(self.text.len());
        self.is_cut |= bytes.len() > room;
        self.text.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// Follows strings and nesting; whether this byte stands after the element.
    fn ends_element(&mut self, byte: u8) -> bool {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b',' | b']' if self.depth == 0 => return true,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        false
    }
}
