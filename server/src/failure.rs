//! What is said of a failure, by pages and API alike: a reference to whoever met it, the chain of causes to the log.

pub use app::failure::{chain, new_reference};
