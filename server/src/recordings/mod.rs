//! Recordings: where they are kept, what they are, and how parts of them are sent.

pub mod fetch_places;
pub mod fetching;
pub mod keeping;
pub mod probing;
pub mod range;
#[cfg(test)]
#[path = "../../../crates/audio/tests/it/samples.rs"]
mod samples;
mod storage;

pub use storage::{PutError, Recordings, StorageError, check_room};
