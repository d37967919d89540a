//! Bytes into text.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use domain::time::Zone;
use encoding_rs::Encoding;
use unicode_normalization::UnicodeNormalization;

/// The bytes after a UTF-8 byte-order mark, if there is one.
pub(crate) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Decodes a file that should be UTF-8. What is not is read in the legacy encoding that its bytes are most likely in: the
/// one of the file's first such lines holds for all of it.
pub(crate) struct Decoder {
    /// A country, as a top-level domain: which encodings are likely there.
    country: Option<&'static [u8]>,
    encoding: Option<&'static Encoding>,
    /// Texts that were not UTF-8.
    legacy: u64,
}

impl Decoder {
    /// Looks at the first bytes of a file; `zone` is where its reader lives.
    pub(crate) fn new(head: &[u8], zone: Zone) -> Self {
        // Few names in Windows-1258 look like Windows-1252 to who does not know that they are Vietnamese.
        let country: Option<&[u8]> = (zone == Zone::HO_CHI_MINH).then_some(b"vn");
        let mut decoder = Self { country, encoding: None, legacy: 0 };
        // The last line may be cut within a character.
        let whole = head.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(head, |end| &head[..end]);
        decoder.encoding = decoder.guess(whole.split(|byte| matches!(byte, b'\n' | b'\r')));
        decoder
    }

    /// The encoding of the lines that are not UTF-8; none where all are.
    fn guess<'a>(&self, lines: impl Iterator<Item = &'a [u8]>) -> Option<&'static Encoding> {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        let mut any = false;
        for line in lines.filter(|line| std::str::from_utf8(line).is_err()) {
            any = true;
            detector.feed(line, false);
            detector.feed(b"\n", false);
        }
        detector.feed(b"", true);
        any.then(|| detector.guess(self.country, Utf8Detection::Deny))
    }

    /// The text of these bytes, its accents composed where it was not UTF-8.
    pub(crate) fn decode(&mut self, bytes: &[u8]) -> String {
        self.text(bytes).into_owned()
    }

    /// As [`Self::decode`], without a copy of what is UTF-8.
    pub(crate) fn text<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, str> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Cow::Borrowed(text);
        }
        self.legacy += 1;
        let encoding = match self.encoding {
            Some(encoding) => encoding,
            None => *self.encoding.insert(self.guess(std::iter::once(bytes)).unwrap_or(encoding_rs::WINDOWS_1252)),
        };
        Cow::Owned(encoding.decode_without_bom_handling(bytes).0.nfc().collect())
    }

    /// What to say about texts that were not UTF-8, if there were any.
    pub(crate) fn said(&self) -> Option<String> {
        let encoding = self.encoding.filter(|_| self.legacy > 0)?;
        Some(format!(
            "texts that are not UTF-8, read as {}: {}; check the names, or export the file again as UTF-8",
            encoding.name(),
            self.legacy
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], zone: &str) -> String {
        Decoder::new(bytes, Zone::new(zone).unwrap()).decode(bytes)
    }

    #[test]
    fn what_is_not_utf_8_is_read_in_the_encoding_it_is_most_likely_in() {
        let names: [(&[u8], &str, &str); 4] = [
            (b"Nguy\xea\xden Thi\xf2 Hoa\xcc", "Asia/Ho_Chi_Minh", "Nguyễn Thị Hoà"),
            (b"Tr\xe2\xcc n V\xe3n \xd0\xec\xfd", "Asia/Ho_Chi_Minh", "Trầ n Văn Đ\u{301}ư"),
            (b"Jo\xe3o da Concei\xe7\xe3o, S\xe3o Paulo", "America/Sao_Paulo", "João da Conceição, São Paulo"),
            (b"Jos\xe9 Mu\xf1oz", "America/Bogota", "José Muñoz"),
        ];
        for (bytes, zone, expected) in names {
            assert_eq!(decoded(bytes, zone), expected.nfc().collect::<String>());
        }
    }

    #[test]
    fn utf_8_stays_as_it_is() {
        let mut decoder = Decoder::new("Hoà\n".as_bytes(), Zone::HO_CHI_MINH);
        assert_eq!((decoder.decode("Hoa\u{300}".as_bytes()).as_str(), decoder.said()), ("Hoa\u{300}", None));
    }
}
