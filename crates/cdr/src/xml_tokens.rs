//! The tags and texts of XML one after the other, each in bounded memory. Comments and instructions are passed over.

use std::{
    borrow::Cow,
    io::{self, BufRead, BufReader, Read},
};

use domain::limits::FILE_RECORD_BYTES;
use memchr::{memchr, memchr2};

/// Reads one token after the other.
pub(crate) struct Tokens<R> {
    input: BufReader<R>,
    bytes: Vec<u8>,
    /// The tag that was read last closes itself (`<c/>`), and its end is still to be given out.
    is_closed: bool,
    is_in_tag: bool,
}

/// A part of XML.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Begin(Tag<'a>),
    /// The name of an element that ends, without its prefix.
    End(&'a str),
    Text(Cow<'a, str>),
}

/// What stands between `<` and `>` of the beginning of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag<'a>(&'a str);

impl<'a> Tag<'a> {
    /// The element's name without its prefix.
    pub(crate) fn name(self) -> &'a str {
        local(self.0)
    }

    /// An attribute's value as it is written; none where it is not there. A prefix counts only where `name` has one.
    pub(crate) fn raw(self, name: &str) -> Option<&'a str> {
        let bytes = self.0.as_bytes();
        let blanks = |at: usize| bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let mut at = bytes.iter().position(u8::is_ascii_whitespace)?;
        loop {
            let equals = at + memchr(b'=', &bytes[at..])?;
            let found = self.0[at..equals].trim_ascii();
            let open = equals + 1 + blanks(equals + 1);
            let quote = *bytes.get(open).filter(|byte| matches!(byte, b'"' | b'\''))?;
            let end = open + 1 + memchr(quote, &bytes[open + 1..])?;
            let without_prefix = || found.rsplit(':').next().filter(|_| !name.contains(':'));
            if found == name || (found.len() > name.len() && without_prefix() == Some(name)) {
                return Some(&self.0[open + 1..end]);
            }
            at = end + 1;
        }
    }

    /// As [`Self::raw`], without its escapes.
    pub(crate) fn attribute(self, name: &str) -> Option<Cow<'a, str>> {
        self.raw(name).map(unescaped)
    }
}

/// The name at the start of a tag, without its prefix.
fn local(tag: &str) -> &str {
    let is_end = |byte: u8| byte.is_ascii_whitespace() || byte == b'/';
    let name = &tag[..tag.bytes().position(is_end).unwrap_or(tag.len())];
    name.rsplit(':').next().unwrap_or_default()
}

impl<R: Read> Tokens<R> {
    pub(crate) fn new(input: R) -> Self {
        let input = BufReader::with_capacity(64 * 1024, input);
        Self { input, bytes: Vec::new(), is_closed: false, is_in_tag: false }
    }

    /// The next token; none at the end. Fails where one is too long, is no UTF-8, or the bytes end within it.
    pub(crate) fn next_token(&mut self) -> io::Result<Option<Token<'_>>> {
        if std::mem::take(&mut self.is_closed) {
            return Ok(Some(Token::End(local(text(&self.bytes)?))));
        }
        loop {
            self.bytes.clear();
            if !self.is_in_tag {
                self.is_in_tag = self.read_until(b'<')?;
                if !self.bytes.is_empty() {
                    let text = text(&self.bytes)?;
                    return Ok(Some(Token::Text(unescaped(text))));
                }
                if !self.is_in_tag {
                    return Ok(None);
                }
            }
            self.is_in_tag = false;
            self.read_tag()?;
            match self.bytes.first() {
                Some(b'!') if self.bytes.starts_with(b"![CDATA[") => {
                    let inner = self.bytes.strip_suffix(b"]]").unwrap_or(&self.bytes);
                    return Ok(Some(Token::Text(Cow::Borrowed(text(&inner[8..])?))));
                }
                Some(b'?' | b'!') => {}
                Some(b'/') => return Ok(Some(Token::End(local(text(&self.bytes[1..])?)))),
                _ => {
                    self.is_closed = self.bytes.last() == Some(&b'/');
                    return Ok(Some(Token::Begin(Tag(text(&self.bytes)?))));
                }
            }
        }
    }

    /// Reads up to the end of a tag, comment or the like.
    fn read_tag(&mut self) -> io::Result<()> {
        loop {
            if !self.read_until(b'>')? {
                return Err(broken("it ends within a tag"));
            }
            let bytes = &mut self.bytes;
            let is_comment = bytes.starts_with(b"!--");
            let is_whole = if is_comment {
                bytes.len() >= 5 && bytes.ends_with(b"--")
            } else if bytes.starts_with(b"![CDATA[") {
                bytes.ends_with(b"]]")
            } else {
                // A `>` may stand within a value.
                let mut quote = None;
                for byte in bytes.iter().filter(|byte| matches!(byte, b'"' | b'\'')) {
                    quote = match quote {
                        None => Some(byte),
                        Some(open) if open == byte => None,
                        open => open,
                    };
                }
                quote.is_none()
            };
            if is_whole {
                return Ok(());
            }
            bytes.push(b'>');
            if is_comment {
                // Of a comment its beginning and its end are enough.
                let end = bytes.len().saturating_sub(3).max(3);
                bytes.drain(3..end);
            }
        }
    }

    /// Appends the bytes up to this one, which is passed over; whether it came.
    fn read_until(&mut self, byte: u8) -> io::Result<bool> {
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                return Ok(false);
            }
            let end = memchr(byte, chunk);
            let piece = &chunk[..end.unwrap_or(chunk.len())];
            if self.bytes.len() + piece.len() > FILE_RECORD_BYTES {
                return Err(broken("a text in it is longer than 16 MiB"));
            }
            self.bytes.extend_from_slice(piece);
            let used = piece.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}

fn broken(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

fn text(bytes: &[u8]) -> io::Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| broken("it is not UTF-8"))
}

/// A text without escapes (`&amp;`, `&#10;`), its line ends as LF.
fn unescaped(text: &str) -> Cow<'_, str> {
    if memchr2(b'&', b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text.as_str());
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let name = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        if let Some((c, after)) = name.and_then(|(name, after)| Some((character(name)?, after))) {
            plain.push(c);
            rest = after;
        } else {
            plain.push('&');
            rest = after;
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// The character that an escape stands for.
fn character(name: &str) -> Option<char> {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => match name.strip_prefix('#')? {
            hex if hex.starts_with(['x', 'X']) => number(&hex[1..], 16),
            digits => number(digits, 10),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(xml: &str) -> Vec<String> {
        let (mut tokens, mut all) = (Tokens::new(xml.as_bytes()), Vec::new());
        while let Some(token) = tokens.next_token().unwrap() {
            all.push(match token {
                Token::Begin(tag) => format!("<{} {:?}", tag.name(), tag.attribute("a")),
                Token::End(name) => format!("/{name}"),
                Token::Text(text) => text.into_owned(),
            });
        }
        all
    }

    #[test]
    fn tags_and_texts_come_one_after_the_other() {
        let xml = "<?xml version=\"1.0\"?><!-- a > <b> -- --><x:r b='1' x:a=\"1 > &quot;2\"><c/><c a = '' />t &lt;\r\n\
                   &#x1ebf;&#10;&x;<![CDATA[<d>&amp;]]></x:r>";
        let expected =
            ["<r Some(\"1 > \\\"2\")", "<c None", "/c", "<c Some(\"\")", "/c", "t <\nế\n&x;", "<d>&amp;", "/r"];
        assert_eq!(tokens(xml), expected);
        assert!(tokens("").is_empty());
        for broken in ["<a", "<a b='>", "<!-- >", "<![CDATA[ >", "<\u{0}"] {
            assert!(Tokens::new(broken.as_bytes()).next_token().is_err(), "{broken}");
        }
        assert!(Tokens::new(&b"\xff<a>"[..]).next_token().is_err());
    }

    #[test]
    fn what_has_no_end_takes_no_more_memory_than_a_record_may() {
        for begin in ["", "<a b='", "<![CDATA["] {
            let endless = begin.as_bytes().chain(io::repeat(b'x')).take(40_000_000);
            assert!(Tokens::new(endless).next_token().is_err());
        }
        let comment = b"<!--".chain(&b"x> - "[..]).chain(io::repeat(b'>').take(2_000_000)).chain(&b"--><a>"[..]);
        assert_eq!(Tokens::new(comment).next_token().unwrap(), Some(Token::Begin(Tag("a"))));
    }
}
