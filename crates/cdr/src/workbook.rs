//! An Excel workbook (XLSX): which sheets it has, and what their cells need of its other parts.
//!
//! None of it is held whole: the file stands in a temporary one, a sheet is unpacked while it is read ([`crate::sheet`]), and the
//! texts that its cells share are kept as rows of other formats are ([`crate::spool`]).

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufReader, Read, Seek},
    os::unix::fs::FileExt,
    sync::{Arc, Mutex},
};

use domain::limits::{FILE_RECORD_BYTES, UNPACKED_BYTES, WORKBOOK_BYTES, WORKBOOK_PARTS};
use zip::{CompressionMethod, ZipArchive};

use crate::{
    sheet::{Form, PartInput, Shared, SheetRows, read_text},
    source::Failure,
    spool::{Spool, Spooled},
    unpacked::Limited,
    xml_tokens::{Tag, Token, Tokens},
};

/// Bytes of the texts that cells share that are kept in memory; more are in a temporary file.
const SHARED_MEMORY: usize = 16 * 1024 * 1024;

/// A sheet that is not hidden.
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) rows: SheetRows,
}

/// A workbook of which one sheet after the other is read.
pub(crate) struct Workbook {
    parts: Parts,
    /// Names of the sheets, and of their parts.
    sheets: std::vec::IntoIter<(String, String)>,
    shared: Arc<Shared>,
}

/// Whether the first bytes of a file are those of a workbook.
pub(crate) fn looks_like_workbook(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") && head.windows(3).any(|bytes| bytes == b"xl/")
}

fn broken(error: &impl std::fmt::Display) -> Failure {
    Failure::Shape(format!("the workbook cannot be read: {error}"))
}

/// All of it in a file without a name; none where it has more than so many bytes.
fn spooled(input: impl Read, most: u64) -> io::Result<Option<File>> {
    let mut file = tempfile::tempfile()?;
    let bytes = io::copy(&mut input.take(most + 1), &mut file)?;
    file.rewind()?;
    Ok((bytes <= most).then_some(file))
}

impl Workbook {
    /// Looks at a workbook; fails where it is none, has a password, or is too large.
    pub(crate) fn open(input: impl Read) -> Result<Self, Failure> {
        let Some(file) = spooled(input, WORKBOOK_BYTES)? else {
            return Err(Failure::Shape("the workbook is larger than 5 GB; save it as CSV (UTF-8)".to_owned()));
        };
        let parts = Parts::of(file)?;
        let main = parts.main().map_err(|error| broken(&error))?;
        let relations = parts.relations(&main).map_err(|error| broken(&error))?;
        let kind = |kind: &str| relations.values().find(|target| target.kind == kind).map(|target| target.part.clone());
        let folder = main.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let (sheets, is_1904) = parts.sheets(&main, &relations).map_err(|error| broken(&error))?;
        let styles = kind("styles").unwrap_or_else(|| format!("{folder}styles.xml"));
        let forms = parts.forms(&styles).map_err(|error| broken(&error))?;
        let texts = kind("sharedStrings").unwrap_or_else(|| format!("{folder}sharedstrings.xml"));
        let texts = parts.texts(&texts).map_err(|error| broken(&error))?;
        let shared = Arc::new(Shared { texts: Mutex::new(texts), forms, is_1904 });
        Ok(Self { parts, sheets: sheets.into_iter(), shared })
    }

    /// The next sheet; nothing after the last.
    pub(crate) fn next_sheet(&mut self) -> Result<Option<Sheet>, Failure> {
        let Some((name, part)) = self.sheets.next() else { return Ok(None) };
        let input = self.parts.open(&part).ok_or_else(|| broken(&format!("it has no part {part}")))?;
        let rows = SheetRows::new(input, Arc::clone(&self.shared)).map_err(|error| broken(&error))?;
        Ok(Some(Sheet { name, rows }))
    }
}

/// What a part is to the one that names it, and its name.
struct Target {
    /// The last word of its type.
    kind: String,
    part: String,
}

/// The parts of a workbook by their names in lower case.
struct Parts {
    file: Arc<File>,
    places: HashMap<String, PartPlace>,
}

/// Where the bytes of a part are.
#[derive(Debug, Clone, Copy)]
struct PartPlace {
    start: u64,
    length: u64,
    is_deflated: bool,
}

impl Parts {
    fn of(file: File) -> Result<Self, Failure> {
        let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| broken(&error))?;
        if archive.len() > WORKBOOK_PARTS {
            return Err(broken(&"it has more than 10,000 parts"));
        }
        let mut places = HashMap::new();
        for at in 0..archive.len() {
            let part = archive.by_index_raw(at).map_err(|error| broken(&error))?;
            let is_deflated = match part.compression() {
                CompressionMethod::Deflated => true,
                CompressionMethod::Stored => false,
                _ => continue,
            };
            if part.encrypted() {
                return Err(broken(&"it has a password"));
            }
            let Some(start) = part.data_start() else { continue };
            let name = part.name().map_err(|error| broken(&error))?.replace('\\', "/").to_lowercase();
            places.insert(name, PartPlace { start, length: part.compressed_size(), is_deflated });
        }
        Ok(Self { file: Arc::new(archive.into_inner().into_inner()), places })
    }

    /// A part's bytes; none where there is none of this name.
    fn open(&self, part: &str) -> Option<PartInput> {
        let place = self.places.get(&part.to_lowercase()).copied()?;
        let PartPlace { start, length, is_deflated } = place;
        let packed = PackedPart { file: Arc::clone(&self.file), at: start, end: start.saturating_add(length) };
        let packed = BufReader::with_capacity(64 * 1024, packed);
        let left = UNPACKED_BYTES;
        Some(if is_deflated {
            Box::new(Limited { input: flate2::bufread::DeflateDecoder::new(packed), left })
        } else {
            Box::new(Limited { input: packed, left })
        })
    }

    /// The tokens of a part that says something about the others, all of them few.
    fn small(&self, part: &str) -> Option<Tokens<io::Take<PartInput>>> {
        self.open(part).map(|input| Tokens::new(input.take(FILE_RECORD_BYTES as u64)))
    }

    /// The part that names the sheets.
    fn main(&self) -> io::Result<String> {
        let relations = self.relations("")?;
        let named = relations.into_values().find(|target| target.kind == "officeDocument").map(|target| target.part);
        Ok(named.unwrap_or_else(|| "xl/workbook.xml".to_owned()))
    }

    /// The parts that a part names, by the ids under which it does.
    fn relations(&self, part: &str) -> io::Result<HashMap<String, Target>> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let inner = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let mut targets = HashMap::new();
        let Some(mut tokens) = self.small(&inner(&format!("_rels/{name}.rels"))) else { return Ok(targets) };
        while let Some(token) = tokens.next_token()? {
            let Token::Begin(tag) = token else { continue };
            if tag.name() != "Relationship" {
                continue;
            }
            let [id, kind, target] = ["Id", "Type", "Target"].map(|name| tag.attribute(name).unwrap_or_default());
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            let part = target.strip_prefix('/').map_or_else(|| inner(&target), str::to_owned);
            targets.insert(id.into_owned(), Target { kind, part });
        }
        Ok(targets)
    }

    /// The sheets that are not hidden, with their parts, and whether days are counted from 1904.
    fn sheets(&self, main: &str, relations: &HashMap<String, Target>) -> io::Result<(Vec<(String, String)>, bool)> {
        let (mut sheets, mut is_1904) = (Vec::new(), false);
        let missing = || io::Error::new(io::ErrorKind::InvalidData, "it names no sheets");
        let mut tokens = self.small(main).ok_or_else(missing)?;
        while let Some(token) = tokens.next_token()? {
            let Token::Begin(tag) = token else { continue };
            match tag.name() {
                "workbookPr" => is_1904 |= matches!(tag.raw("date1904"), Some("1" | "true")),
                "sheet" if tag.raw("state").is_none_or(|state| state == "visible") => {
                    let target = tag.attribute("id").and_then(|id| relations.get(id.as_ref()));
                    let name = tag.attribute("name").unwrap_or_default().into_owned();
                    sheets.extend(target.filter(|it| it.kind == "worksheet").map(|it| (name, it.part.clone())));
                }
                _ => {}
            }
        }
        Ok((sheets, is_1904))
    }

    /// What numbers in cells of each style are.
    fn forms(&self, part: &str) -> io::Result<Vec<Form>> {
        let (mut forms, mut own, mut is_cells) = (Vec::new(), HashMap::new(), false);
        let Some(mut tokens) = self.small(part) else { return Ok(forms) };
        while let Some(token) = tokens.next_token()? {
            match token {
                Token::Begin(tag) if tag.name() == "numFmt" => {
                    let code = tag.attribute("formatCode").unwrap_or_default();
                    own.insert(number(tag, "numFmtId"), Form::of_code(&code));
                }
                Token::Begin(tag) if tag.name() == "cellXfs" => is_cells = true,
                Token::Begin(tag) if is_cells && tag.name() == "xf" => {
                    let id = number(tag, "numFmtId");
                    forms.push(own.get(&id).copied().unwrap_or_else(|| Form::of_id(id)));
                }
                Token::End("cellXfs") => break,
                _ => {}
            }
        }
        Ok(forms)
    }

    /// The texts that cells share.
    fn texts(&self, part: &str) -> io::Result<Spooled> {
        let mut spool = Spool::new(SHARED_MEMORY);
        if let Some(input) = self.open(part) {
            let mut tokens = Tokens::new(input);
            let mut text = String::new();
            while let Some(token) = tokens.next_token()? {
                let Token::Begin(tag) = token else { continue };
                if tag.name() == "si" {
                    read_text(&mut tokens, "si", &mut text)?;
                    spool.push(|bytes| bytes.extend_from_slice(text.trim().as_bytes()))?;
                }
            }
        }
        spool.finish()
    }
}

fn number(tag: Tag<'_>, name: &str) -> u32 {
    tag.raw(name).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// A stretch of a file that others read, too.
struct PackedPart {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Read for PackedPart {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        let read = self.file.read_at(&mut buffer[..most], self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    #[test]
    fn a_workbook_is_taken_at_its_size_and_not_one_byte_over() {
        assert!(spooled(&[7; 100][..], 100).unwrap().is_some());
        assert!(spooled(&[7; 101][..], 100).unwrap().is_none());
    }

    #[test]
    fn a_workbook_has_so_many_parts() {
        for (parts, reason) in [(WORKBOOK_PARTS, None), (WORKBOOK_PARTS + 1, Some("it has more than 10,000 parts"))] {
            let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
            for n in 0..parts {
                writer.start_file(format!("xl/{n}.xml"), SimpleFileOptions::default()).unwrap();
            }
            let bytes = writer.finish().unwrap().into_inner();
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&bytes).unwrap();
            file.rewind().unwrap();
            let failure = match Parts::of(file) {
                Err(Failure::Shape(reason)) => Some(reason),
                _ => None,
            };
            assert_eq!(failure, reason.map(|reason| format!("the workbook cannot be read: {reason}")));
        }
    }
}
