//! A zip archive of files of call records: its directory is read once, and each file is unpacked from where it stands.
//!
//! What it may cost is bounded before it is known: a small archive can name many files, or unpack to far more than it is.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    os::unix::fs::FileExt,
    sync::{Arc, Mutex, PoisonError},
};

use domain::limits::{ARCHIVE_FILES, UNPACKED_BYTES};
use zip::{ZipArchive, result::ZipError};

/// Bytes of an archive that may be read to find out what is in it: a directory of some ten thousand files.
const DIRECTORY_BYTES: u64 = 8 * 1024 * 1024;

/// Number and name of each file of an archive.
type Members = Vec<(usize, String)>;

/// An archive whose directory was read.
#[derive(Debug, Clone)]
pub(super) struct Archive {
    zip: ZipArchive<Buffered>,
    /// What the files came to that were unpacked so far: what the archive says of their sizes is not believed.
    sizes: Arc<Mutex<HashMap<usize, u64>>>,
}

impl Archive {
    /// Reads the directory: the archive, and the number and name of each file in it that is not hidden. None: it is a workbook,
    /// which is one file, and no folder of them.
    pub(super) fn open(file: &Arc<File>, bytes: u64) -> io::Result<Option<(Self, Members)>> {
        let left = Some(DIRECTORY_BYTES);
        let input = Buffered { input: BufReader::new(SharedFile::new(Arc::clone(file))), bytes, left };
        let mut zip = ZipArchive::new(input).map_err(not_whole)?;
        let mut names = Vec::new();
        for (at, name) in zip.file_names().enumerate() {
            let name = name.map_err(io::Error::other)?.into_owned();
            // The second is of OpenDocument, which is refused as what it is.
            if name.starts_with("xl/") || name == "mimetype" {
                return Ok(None);
            }
            let is_hidden = name.starts_with("__MACOSX") || name.rsplit('/').next().unwrap_or(&name).starts_with('.');
            if !is_hidden && !name.ends_with(['/', '\\']) {
                names.push((at, name));
            }
        }
        if names.len() > ARCHIVE_FILES {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it has more than 1,000 files in it"));
        }
        let mut files = Vec::with_capacity(names.len());
        for (at, name) in names {
            // No links.
            if zip.by_index_raw(at).map_err(io::Error::other)?.is_file() {
                files.push((at, name));
            }
        }
        Ok(Some((Self { zip, sizes: Arc::default() }, files)))
    }

    /// Unpacks a file into one without a name; gives its size, too. All files of an archive together come to no more than one
    /// that is packed by itself may.
    pub(super) fn unpack(&self, at: usize) -> io::Result<(File, u64)> {
        let others: u64 = {
            let sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
            sizes.iter().filter(|(other, _)| **other != at).map(|(_, bytes)| bytes).sum()
        };
        let left = UNPACKED_BYTES.saturating_sub(others);
        let mut zip = self.zip.clone();
        let entry = zip.by_index(at).map_err(io::Error::other)?;
        let mut unpacked = tempfile::tempfile()?;
        let bytes = io::copy(&mut entry.take(left + 1), &mut unpacked)?;
        self.sizes.lock().unwrap_or_else(PoisonError::into_inner).insert(at, bytes);
        if bytes > left {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it unpacks to more than 5 GB"));
        }
        unpacked.rewind()?;
        Ok((unpacked, bytes))
    }
}

/// An archive's directory is at its end.
fn not_whole(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) => error,
        ZipError::InvalidArchive(_) => io::Error::new(
            io::ErrorKind::InvalidData,
            "it begins as an archive or a workbook, and its end is missing: it was cut off",
        ),
        error => io::Error::other(error),
    }
}

/// Reads a file from a place of its own, so that several readers share it.
#[derive(Debug, Clone)]
pub(super) struct SharedFile {
    file: Arc<File>,
    place: u64,
}

impl SharedFile {
    /// From its beginning.
    pub(super) fn new(file: Arc<File>) -> Self {
        Self { file, place: 0 }
    }
}

impl Read for SharedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.place)?;
        self.place += read as u64;
        Ok(read)
    }
}

impl Seek for SharedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => self.place.checked_add_signed(by),
            SeekFrom::End(by) => self.file.metadata()?.len().checked_add_signed(by),
        };
        self.place = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.place)
    }
}

/// The archive's bytes, of which so many may be read until its directory is; a copy of it reads on without that bound.
#[derive(Debug)]
struct Buffered {
    input: BufReader<SharedFile>,
    bytes: u64,
    left: Option<u64>,
}

impl Clone for Buffered {
    fn clone(&self) -> Self {
        Self { input: BufReader::new(self.input.get_ref().clone()), bytes: self.bytes, left: None }
    }
}

impl Read for Buffered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        if let Some(left) = &mut self.left {
            *left = left.checked_sub(read as u64).ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidData, "the list of the files in it is longer than 8 MiB")
            })?;
        }
        Ok(read)
    }
}

impl Seek for Buffered {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        // A seek of the buffer's own would throw away what it holds.
        let now = self.input.stream_position()?;
        let to = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => now.checked_add_signed(by),
            SeekFrom::End(by) => self.bytes.checked_add_signed(by),
        };
        let to = to.ok_or(io::ErrorKind::InvalidInput)?;
        match i64::try_from(i128::from(to) - i128::from(now)) {
            Ok(by) => self.input.seek_relative(by)?,
            Err(_) => drop(self.input.seek(SeekFrom::Start(to))?),
        }
        Ok(to)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn archive(files: usize, more: &[&str]) -> (Arc<File>, u64) {
        let mut file = tempfile::tempfile().unwrap();
        let mut writer = ZipWriter::new(&mut file);
        for n in 0..files {
            writer.start_file(format!("{n}.csv"), SimpleFileOptions::default()).unwrap();
            write!(writer, "{n}").unwrap();
        }
        for name in more {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        }
        writer.finish().unwrap();
        let bytes = file.metadata().unwrap().len();
        (Arc::new(file), bytes)
    }

    #[test]
    fn an_archive_has_so_many_files() {
        let (file, bytes) = archive(ARCHIVE_FILES, &["__MACOSX/._0.csv", ".DS_Store"]);
        let (archive_of, files) = Archive::open(&file, bytes).unwrap().unwrap();
        assert_eq!(files.len(), ARCHIVE_FILES);
        for (at, name) in [&files[0], &files[ARCHIVE_FILES - 1]] {
            let (unpacked, _) = archive_of.unpack(*at).unwrap();
            assert_eq!(format!("{}.csv", io::read_to_string(unpacked).unwrap()), *name);
        }
        let (file, bytes) = archive(ARCHIVE_FILES + 1, &[]);
        assert_eq!(Archive::open(&file, bytes).unwrap_err().to_string(), "it has more than 1,000 files in it");
        let (file, bytes) = archive(ARCHIVE_FILES + 1, &["xl/workbook.xml"]);
        assert!(Archive::open(&file, bytes).unwrap().is_none(), "a workbook has as many parts as it likes");
    }

    #[test]
    fn a_directory_beyond_all_measure_is_not_read_to_its_end() {
        // What a directory of millions of files costs is bounded before they are counted.
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[0; 1024]).unwrap();
        let bytes = 1024;
        let mut input = Buffered { input: BufReader::new(SharedFile::new(Arc::new(file))), bytes, left: Some(1_000) };
        assert!(io::copy(&mut input.by_ref().take(1_000), &mut io::sink()).is_ok());
        assert!(io::copy(&mut input, &mut io::sink()).is_err());
    }

    #[test]
    fn what_all_files_unpack_to_is_counted_together() {
        let (file, bytes) = archive(3, &[]);
        let (archive, files) = Archive::open(&file, bytes).unwrap().unwrap();
        archive.sizes.lock().unwrap().insert(files[0].0, UNPACKED_BYTES);
        assert_eq!(archive.unpack(files[1].0).unwrap_err().to_string(), "it unpacks to more than 5 GB");
        assert!(archive.unpack(files[0].0).is_ok(), "the same one again counts once");
    }
}
