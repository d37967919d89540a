//! What is said of a failure, by pages and API alike: a reference to whoever met it, the chain of causes to the log.

use std::{
    error::Error,
    io::{self, ErrorKind},
};

pub use app::failure::{chain, new_reference};

/// Why a file cannot be written, though nobody made a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unwritable {
    /// No room is left on its disk, or within the quota or the limit of the process.
    Full,
    /// It may not be written, or its disk may be read only.
    Refused,
}

/// What the system said to an error of this kind.
pub const FULL: [ErrorKind; 3] = [ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::FileTooLarge];

/// Whether an error, or one that caused it, came from writing a file to where there is no room or one may not.
pub fn unwritable(error: &(dyn Error + 'static)) -> Option<Unwritable> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        match error.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(kind) if FULL.contains(&kind) => return Some(Unwritable::Full),
            Some(ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied) => return Some(Unwritable::Refused),
            _ => cause = error.source(),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_found_among_the_causes() {
        let source = Box::new(io::Error::from(ErrorKind::StorageFull));
        let full = object_store::Error::Generic { store: "LocalFileSystem", source };
        assert_eq!(unwritable(&full), Some(Unwritable::Full));
        assert_eq!(unwritable(&io::Error::from(ErrorKind::ReadOnlyFilesystem)), Some(Unwritable::Refused));
        assert_eq!(unwritable(&io::Error::from(ErrorKind::NotFound)), None);
    }
}
