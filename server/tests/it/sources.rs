//! The repository's own files, for the tests that read them.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A source of Rust.
pub struct RustSource {
    pub path: PathBuf,
    pub code: String,
}

impl RustSource {
    /// Whether it holds nothing but tests.
    pub fn is_tests(&self) -> bool {
        self.path.ends_with("tests.rs")
    }
}

/// The folder of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The files below a folder of the repository that have one of these endings.
pub fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let (mut folders, mut files) = (vec![repository().join(folder)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one)) {
                files.push(path);
            }
        }
    }
    files
}

/// The sources of Rust below a folder of the repository.
pub fn rust_sources(folder: &str) -> Vec<RustSource> {
    let read = |path: PathBuf| RustSource { code: fs::read_to_string(&path).unwrap(), path };
    files(folder, &["rs"]).into_iter().map(read).collect()
}
