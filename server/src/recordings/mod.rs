//! Recordings: where they are kept, what they are, and how parts of them are sent.

pub mod allowance;
pub mod probe;
pub mod probing;
pub mod range;
#[cfg(test)]
mod samples;
mod storage;

pub use storage::{PutError, Recordings, StorageError, check_room};
