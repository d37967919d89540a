//! How much room is left where files are kept.

use std::path::{Path, PathBuf};

use crate::{
    metrics::Room,
    settings::{RecordingsPlace, Settings},
};

/// The folders of this machine that files are kept in: of an embedded database, of recordings, and for what is being made.
pub fn folders(settings: &Settings) -> Vec<(&'static str, PathBuf)> {
    let mut folders = Vec::new();
    if let Some(file) = database_file(&settings.database_url) {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        folders.push(("database", folder.to_owned()));
    }
    if let RecordingsPlace::Folder(folder) = &settings.recordings {
        folders.push(("recordings", folder.clone()));
    }
    folders.push(("temporary", std::env::temp_dir()));
    folders
}

/// The file of an embedded database; none for one behind a network.
pub fn database_file(address: &str) -> Option<&Path> {
    let file = address.strip_prefix("sqlite:")?.trim_start_matches("//");
    Some(Path::new(file.split('?').next().unwrap_or(file)))
}

/// The room of each of them, where the system tells.
pub fn rooms(settings: &Settings) -> Vec<Room> {
    folders(settings).iter().filter_map(|(of, folder)| room(of, folder)).collect()
}

/// The room on the disk of a folder.
#[cfg(unix)]
pub fn room(of: &'static str, folder: &Path) -> Option<Room> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(Room { of, free: disk.f_bavail * disk.f_frsize, all: disk.f_blocks * disk.f_frsize })
}

/// The room on the disk of a folder, which this system does not tell.
#[cfg(not(unix))]
pub fn room(_: &'static str, _: &Path) -> Option<Room> {
    None
}
