//! The bytes of a file as its formats are written in: unpacked where it is compressed, UTF-8 where it is UTF-16.

use std::io::{self, Cursor, Read};

use domain::limits::UNPACKED_BYTES;
use encoding_rs::Encoding;
use encoding_rs_io::DecodeReaderBytesBuilder;

use crate::{
    encoding::without_bom,
    source::{HEAD_BYTES, Input},
};

/// The first bytes of a file and all of it, both without a byte-order mark.
pub(crate) fn unpacked(mut input: Input<'_>) -> io::Result<(Vec<u8>, Input<'_>)> {
    let mut head = head_of(&mut input)?;
    if head.starts_with(b"\x1f\x8b") {
        input = limited(flate2::read::MultiGzDecoder::new(Cursor::new(head).chain(input)));
        head = head_of(&mut input)?;
    } else if head.starts_with(b"\x28\xb5\x2f\xfd") {
        input = limited(zstd::Decoder::new(Cursor::new(head).chain(input))?);
        head = head_of(&mut input)?;
    }
    let has_mark = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let encoding = if has_mark { None } else { wide_text(&head) };
    if has_mark || encoding.is_some() {
        input = Box::new(DecodeReaderBytesBuilder::new().encoding(encoding).build(Cursor::new(head).chain(input)));
        head = head_of(&mut input)?;
    }
    let bom = head.len() - without_bom(&head).len();
    let mut start = Cursor::new(head.clone());
    start.set_position(bom as u64);
    Ok((head.split_off(bom), Box::new(start.chain(input))))
}

/// UTF-16 without a mark at its beginning: half the bytes of digits, blanks and delimiters are zero, always the same half.
fn wide_text(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head.len() / 2;
    let zeros = |at: usize| head.chunks_exact(2).filter(|pair| pair[at] == 0).count();
    let is_wide = |zero: usize, other: usize| pairs > 8 && zero * 4 > pairs && other * 100 < pairs;
    let (first, second) = (zeros(0), zeros(1));
    if is_wide(second, first) {
        Some(encoding_rs::UTF_16LE)
    } else {
        is_wide(first, second).then_some(encoding_rs::UTF_16BE)
    }
}

fn head_of(input: &mut Input<'_>) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    input.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    Ok(head)
}

fn limited<'a>(input: impl Read + Send + 'a) -> Input<'a> {
    Box::new(Limited { input, left: UNPACKED_BYTES })
}

/// Fails where more comes than a file may unpack to.
pub(crate) struct Limited<R> {
    pub(crate) input: R,
    pub(crate) left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::new(io::ErrorKind::InvalidData, "it unpacks to more than 5 GB")),
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let read = |left| io::read_to_string(Limited { input: b"abcd".as_slice(), left });
        assert_eq!(read(4).unwrap(), "abcd");
        assert_eq!(read(3).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
