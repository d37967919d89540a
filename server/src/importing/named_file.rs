//! Files of call records by their names: folders and zip archives are read through.

use std::{
    fs::File,
    io::{self, IsTerminal, Read, Seek},
    path::Path,
    sync::Arc,
};

use domain::text::one_line;
use walkdir::WalkDir;

use super::archive::{Archive, SharedFile};

/// A file of call records.
#[derive(Debug, Clone)]
pub struct NamedFile {
    /// Its name, for what is said about it.
    pub name: String,
    input: FileSource,
    /// Whether it was found in a folder or an archive: what is no file of call records there is passed over.
    pub was_found: bool,
}

#[derive(Debug, Clone)]
enum FileSource {
    StandardInput,
    /// A file that can be read from anywhere in it, and its size.
    Whole(Arc<File>, u64),
    /// What flows in and is read once.
    Flow(Arc<File>),
    /// The file of this number in an archive.
    Entry(Archive, usize),
}

impl NamedFile {
    /// The files that a name stands for, in the order of their names.
    pub fn all_of(path: &Path) -> io::Result<Vec<Self>> {
        if path == Path::new("-") {
            return Ok(vec![Self {
                name: "standard input".to_owned(),
                input: FileSource::StandardInput,
                was_found: false,
            }]);
        }
        let named = |path: &Path, was_found| Self::of_file(File::open(path)?, &path.display().to_string(), was_found);
        if !std::fs::metadata(path)?.is_dir() {
            return named(path, false);
        }
        let mut files = Vec::new();
        let is_hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
        let entries = WalkDir::new(path).sort_by_file_name().into_iter();
        for entry in entries.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.file_name())) {
            let entry = entry?;
            if entry.file_type().is_file() {
                files.extend(named(entry.path(), true)?);
            }
        }
        Ok(files)
    }

    /// A file that was brought in under this name, or those in an archive.
    pub fn brought(file: File, name: &str) -> io::Result<Vec<Self>> {
        Self::of_file(file, name, false)
    }

    /// The files that a file is: itself, or those in an archive.
    fn of_file(mut file: File, name: &str, was_found: bool) -> io::Result<Vec<Self>> {
        let about = file.metadata()?;
        let whole = |input| Ok(vec![Self { name: name.to_owned(), input, was_found }]);
        if !about.is_file() {
            return whole(FileSource::Flow(Arc::new(file)));
        }
        let mut magic = Vec::new();
        file.rewind()?;
        file.by_ref().take(4).read_to_end(&mut magic)?;
        let (file, bytes) = (Arc::new(file), about.len());
        if magic != b"PK\x03\x04" {
            return whole(FileSource::Whole(file, bytes));
        }
        let Some((archive, entries)) = Archive::open(&file, bytes)? else {
            return whole(FileSource::Whole(file, bytes));
        };
        let mut files: Vec<Self> = entries
            .into_iter()
            .map(|(at, entry)| {
                let name = format!("{name}/{}", one_line(&entry));
                Self { name, input: FileSource::Entry(archive.clone(), at), was_found: true }
            })
            .collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }

    /// How many bytes it has, where that is known before it is read.
    pub fn size(&self) -> Option<u64> {
        match &self.input {
            FileSource::Whole(_, bytes) => Some(*bytes).filter(|bytes| *bytes > 0),
            FileSource::StandardInput | FileSource::Flow(_) | FileSource::Entry(..) => None,
        }
    }

    /// Its bytes, and how many there are where that is known.
    pub fn open(&self) -> io::Result<(Box<dyn Read + Send>, Option<u64>)> {
        match &self.input {
            FileSource::StandardInput => {
                if io::stdin().is_terminal() {
                    eprintln!("Reading call records from the terminal; end with Ctrl-D");
                }
                Ok((Box::new(io::stdin()), None))
            }
            FileSource::Whole(file, _) => Ok((Box::new(SharedFile::new(Arc::clone(file))), self.size())),
            FileSource::Flow(file) => Ok((Box::new(file.try_clone()?), None)),
            FileSource::Entry(archive, at) => {
                let (unpacked, bytes) = archive.unpack(*at)?;
                Ok((Box::new(unpacked), Some(bytes).filter(|bytes| *bytes > 0)))
            }
        }
    }
}
