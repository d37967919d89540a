//! The formats that can be read, and how a file's first bytes tell which one it is.

use std::fmt;

use crate::{asterisk, ringside};

/// A format of call-record files. The next one is a variant here and a module beside `asterisk`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Ringside's own records: one JSON object a line, or one JSON array of them.
    Ndjson,
    /// Ringside's own records as CSV with a header line; its CSV export is one.
    Csv,
    /// Call detail records of Asterisk and of what is built on it (FreePBX, Issabel).
    Asterisk,
}

impl Format {
    /// Every format, in the order in which a file is tried.
    pub const ALL: [Self; 3] = [Self::Ndjson, Self::Csv, Self::Asterisk];

    /// The word that `--format` takes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Asterisk => "asterisk",
        }
    }

    /// Reads the word of [`Self::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// What it is, in a few words, for help texts and refusals.
    pub fn description(self) -> &'static str {
        match self {
            Self::Ndjson => "Ringside's own records, one JSON object a line or one JSON array",
            Self::Csv => "Ringside's own CSV, with a header line",
            Self::Asterisk => "Asterisk and FreePBX call detail records (CSV, SQL dump or JSON lines)",
        }
    }

    fn recognises(self, head: &[u8]) -> bool {
        match self {
            Self::Ndjson => ringside::json::recognises(head),
            Self::Csv => ringside::csv::recognises(head),
            Self::Asterisk => asterisk::recognises(head),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A file of none of the known formats.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}; known formats are {}", Format::ALL.map(|f| format!("{f} ({})", f.description())).join(", "))]
pub struct UnknownFormat {
    /// What can be said about the file.
    pub what: &'static str,
    /// The formats that are known.
    pub known: &'static [Format],
}

/// How many bytes of a file are looked at to find its format.
pub(crate) const HEAD_BYTES: usize = 64 * 1024;

/// Finds the format by the first bytes of a file (up to 64 KiB are of use).
pub fn detect(first_bytes: &[u8]) -> Result<Format, UnknownFormat> {
    let head = without_bom(&first_bytes[..first_bytes.len().min(HEAD_BYTES)]);
    let refused = |what| Err(UnknownFormat { what, known: &Format::ALL });
    let compressed: [&[u8]; 5] = [b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ"];
    if head.iter().all(u8::is_ascii_whitespace) {
        return refused("the file is empty");
    }
    if head.starts_with(b"PK\x03\x04") && head.windows(3).any(|bytes| bytes == b"xl/") {
        return refused("the file is an Excel workbook: save it as CSV (UTF-8)");
    }
    if compressed.iter().any(|magic| head.starts_with(magic)) {
        return refused("the file is compressed: unpack it first");
    }
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return refused("the file is UTF-16 text: save it as UTF-8");
    }
    match Format::ALL.into_iter().find(|format| format.recognises(head)) {
        Some(format) => Ok(format),
        None => refused("the file is of no format that is known"),
    }
}

/// The bytes after a UTF-8 byte-order mark, if there is one.
pub(crate) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}
