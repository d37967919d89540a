//! Recordings: where they are kept, what they are, and how parts of them are sent.

pub mod probe;
pub mod range;
mod storage;

pub use storage::{Recordings, StorageError, check_room};
