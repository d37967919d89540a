//! File systems of other machines, on which SQLite cannot keep a database.
//!
//! In WAL mode all processes that use a database share memory, which they cannot over a network, and NFS is known for locks that
//! do not hold: <https://www.sqlite.org/wal.html> ("WAL does not work over a network filesystem"), <https://www.sqlite.org/faq.html#q5>.

use std::path::Path;

/// Numbers of file systems as statfs(2) gives them, and their names.
#[cfg(target_os = "linux")]
const NETWORK: [(u32, &str); 9] = [
    (0x6969, "NFS"),
    (0xFF53_4D42, "SMB"),
    (0xFE53_4D42, "SMB"),
    (0x517B, "SMB"),
    (0x00C3_6400, "Ceph"),
    (0x5346_414F, "AFS"),
    (0x7375_7245, "Coda"),
    (0x0102_1997, "9P"),
    (0x0BD0_0BD0, "Lustre"),
];

/// The name of the network file system that this folder is on; `None` for a disk of this machine, and where it cannot be told.
#[cfg(target_os = "linux")]
pub(crate) fn of(folder: &Path) -> Option<&'static str> {
    // Its width differs by platform; all numbers that are known fit into 32 bits.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    named(rustix::fs::statfs(folder).ok()?.f_type as u32)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn of(_folder: &Path) -> Option<&'static str> {
    None
}

#[cfg(target_os = "linux")]
fn named(number: u32) -> Option<&'static str> {
    NETWORK.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn nfs_is_of_a_network_and_the_folder_of_temporary_files_is_not() {
        assert_eq!(named(0x6969), Some("NFS"));
        // ext4, btrfs, XFS, tmpfs, overlayfs.
        for local in [0xEF53, 0x9123_683E, 0x5846_5342, 0x0102_1994, 0x794C_7630] {
            assert_eq!(named(local), None, "{local:x}");
        }
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(of(folder.path()), None);
    }
}
