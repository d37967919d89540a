//! What is said of a failure: a reference to whoever met it, the chain of causes to the log.

use std::{error::Error, fmt::Write};

/// A reference that a person can quote and the log can be searched for.
///
/// # Panics
/// Where the operating system has no random bytes: nothing safe can be done then.
pub fn new_reference() -> String {
    let mut bytes = [0_u8; 5];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes.iter().fold("R-".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

/// The error and what caused it, for the log.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}
