//! Files of call records by their names: folders and zip archives are read through.

use std::{
    fs::File,
    io::{self, IsTerminal, Read, Seek},
    path::{Path, PathBuf},
};

use domain::{limits::UNPACKED_BYTES, text::one_line};
use walkdir::WalkDir;
use zip::ZipArchive;

/// A file of call records.
#[derive(Debug, Clone)]
pub struct NamedFile {
    /// Its name, for what is said about it.
    pub name: String,
    input: Kept,
    /// Whether it was found in a folder or an archive: what is no file of call records there is passed over.
    pub was_found: bool,
}

#[derive(Debug, Clone)]
enum Kept {
    StandardInput,
    Path(PathBuf),
    /// The file of this number in an archive.
    Entry(PathBuf, usize),
}

impl NamedFile {
    /// The files that a name stands for, in the order of their names.
    pub fn all_of(path: &Path) -> io::Result<Vec<Self>> {
        if path == Path::new("-") {
            return Ok(vec![Self { name: "standard input".to_owned(), input: Kept::StandardInput, was_found: false }]);
        }
        if !std::fs::metadata(path)?.is_dir() {
            return Self::of_file(path, false);
        }
        let mut files = Vec::new();
        let is_hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
        let entries = WalkDir::new(path).sort_by_file_name().into_iter();
        for entry in entries.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.file_name())) {
            let entry = entry?;
            if entry.file_type().is_file() {
                files.extend(Self::of_file(entry.path(), true)?);
            }
        }
        Ok(files)
    }

    /// A file that was brought in under this name, or those in an archive.
    pub fn brought(path: &Path, name: &str) -> io::Result<Vec<Self>> {
        let own = path.display().to_string();
        let mut files = Self::of_file(path, false)?;
        for file in &mut files {
            file.name = file.name.replacen(&own, name, 1);
        }
        Ok(files)
    }

    /// The files that a file is: itself, or those in an archive.
    fn of_file(path: &Path, was_found: bool) -> io::Result<Vec<Self>> {
        let mut file = File::open(path)?;
        let mut magic = Vec::new();
        file.by_ref().take(4).read_to_end(&mut magic)?;
        file.rewind()?;
        let whole = || Self { name: path.display().to_string(), input: Kept::Path(path.to_owned()), was_found };
        if magic != b"PK\x03\x04" {
            return Ok(vec![whole()]);
        }
        let mut archive = ZipArchive::new(file).map_err(io::Error::other)?;
        let mut files = Vec::new();
        for at in 0..archive.len() {
            let entry = archive.by_index(at).map_err(io::Error::other)?;
            let name = entry.name().map_err(io::Error::other)?.into_owned();
            if name.starts_with("xl/") {
                // A workbook is one file, and no folder of them.
                return Ok(vec![whole()]);
            }
            let is_hidden = name.starts_with("__MACOSX") || name.rsplit('/').next().unwrap_or(&name).starts_with('.');
            if entry.is_file() && !is_hidden {
                let name = format!("{}/{}", path.display(), one_line(&name));
                files.push(Self { name, input: Kept::Entry(path.to_owned(), at), was_found: true });
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }

    /// How many bytes it has, where that is known before it is read.
    pub fn size(&self) -> Option<u64> {
        match &self.input {
            Kept::Path(path) => std::fs::metadata(path).ok().map(|file| file.len()).filter(|bytes| *bytes > 0),
            Kept::StandardInput | Kept::Entry(..) => None,
        }
    }

    /// Its bytes, and how many there are where that is known.
    pub fn open(&self) -> io::Result<(Box<dyn Read + Send>, Option<u64>)> {
        match &self.input {
            Kept::StandardInput => {
                if io::stdin().is_terminal() {
                    eprintln!("Reading call records from the terminal; end with Ctrl-D");
                }
                Ok((Box::new(io::stdin()), None))
            }
            Kept::Path(path) => {
                let file = File::open(path)?;
                let bytes = file.metadata()?.len();
                Ok((Box::new(file), Some(bytes).filter(|bytes| *bytes > 0)))
            }
            Kept::Entry(path, at) => {
                let mut archive = ZipArchive::new(File::open(path)?).map_err(io::Error::other)?;
                let entry = archive.by_index(*at).map_err(io::Error::other)?;
                // What the archive says of its size is not believed.
                let mut unpacked = tempfile::tempfile()?;
                let bytes = io::copy(&mut entry.take(UNPACKED_BYTES + 1), &mut unpacked)?;
                if bytes > UNPACKED_BYTES {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "it unpacks to more than 5 GB"));
                }
                unpacked.rewind()?;
                Ok((Box::new(unpacked), Some(bytes).filter(|bytes| *bytes > 0)))
            }
        }
    }
}
