//! Lines of a file, whatever ends them (LF, CR LF, CR alone), each in bounded memory.

use std::io::{self, BufRead, BufReader, Read};

use memchr::memchr2;

/// Of a file whose last row could not be told from one that is cut within its last cell.
pub(crate) const NO_LINE_END: &str =
    "the file ends without a line end: if it was copied while it was written, the last cell of its last row may be cut";

/// Reads one line after the other into a buffer of the caller.
pub(crate) struct Lines<R> {
    input: BufReader<R>,
    limit: usize,
    number: u64,
    after_cr: bool,
}

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    /// From 1.
    pub(crate) number: u64,
    /// It is longer than the limit, and not all of it is there.
    pub(crate) cut: bool,
    /// What ended the line before it.
    pub(crate) after: &'static [u8],
    /// Whether a line end follows; only the last line of a file may have none.
    pub(crate) is_ended: bool,
}

impl<R: Read> Lines<R> {
    /// Lines of at most `limit` bytes; longer ones are cut, the rest of them is passed over.
    pub(crate) fn new(input: R, limit: usize) -> Self {
        Self { input: BufReader::with_capacity(64 * 1024, input), limit, number: 0, after_cr: false }
    }

    /// Puts the next line, without its end, into `text`; none at the end of the file.
    pub(crate) fn next_line(&mut self, text: &mut Vec<u8>) -> io::Result<Option<Line>> {
        text.clear();
        let (mut cut, mut any, mut is_ended) = (false, false, false);
        let mut after: &[u8] = if self.after_cr { b"\r" } else { b"\n" };
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                if !any {
                    return Ok(None);
                }
                break;
            }
            // The LF of a CR LF whose CR ended the line before.
            if std::mem::take(&mut self.after_cr) && chunk[0] == b'\n' {
                after = b"\r\n";
                self.input.consume(1);
                continue;
            }
            any = true;
            let end = memchr2(b'\n', b'\r', chunk);
            let piece = &chunk[..end.unwrap_or(chunk.len())];
            let room = self.limit.saturating_sub(text.len());
            cut |= piece.len() > room;
            text.extend_from_slice(&piece[..piece.len().min(room)]);
            let used = piece.len() + usize::from(end.is_some());
            self.after_cr = end.is_some_and(|at| chunk[at] == b'\r');
            self.input.consume(used);
            if end.is_some() {
                is_ended = true;
                break;
            }
        }
        self.number += 1;
        Ok(Some(Line { number: self.number, cut, after, is_ended }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, limit: usize) -> Vec<(String, bool)> {
        let mut lines = Lines::new(text.as_bytes(), limit);
        let (mut buffer, mut all) = (Vec::new(), Vec::new());
        while let Some(line) = lines.next_line(&mut buffer).unwrap() {
            assert_eq!(line.number, all.len() as u64 + 1);
            all.push((String::from_utf8(buffer.clone()).unwrap(), line.cut));
        }
        all
    }

    #[test]
    fn a_line_ends_with_lf_cr_or_both() {
        let texts: Vec<String> = lines("a\nb\r\nc\rd\n\ne", 10).into_iter().map(|line| line.0).collect();
        assert_eq!(texts, ["a", "b", "c", "d", "", "e"]);
        assert_eq!(lines("", 10), []);
        assert_eq!(lines("a\r\n", 10).len(), 1);
    }

    #[test]
    fn the_last_line_may_have_no_end() {
        let ended = |text: &str| {
            let (mut lines, mut buffer, mut all) = (Lines::new(text.as_bytes(), 10), Vec::new(), Vec::new());
            while let Some(line) = lines.next_line(&mut buffer).unwrap() {
                all.push(line.is_ended);
            }
            all
        };
        assert_eq!(ended("a\nb"), [true, false]);
        assert_eq!(ended("a\r\nb\r"), [true, true]);
    }

    #[test]
    fn a_line_over_the_limit_is_cut_and_the_next_one_is_whole() {
        assert_eq!(lines("abcdef\ngh", 3), [("abc".to_owned(), true), ("gh".to_owned(), false)]);
        assert_eq!(lines("abc\n", 3), [("abc".to_owned(), false)]);
    }
}
