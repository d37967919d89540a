//! What stands where a result code belongs: a code, or a text that somebody wrote in its place.

use crate::id::{Code, IdError};

/// A code has at most so many characters; what is longer is a text, unless the account has declared it.
pub const CODE_CHARS: usize = 40;

/// Whether a result is no code: it has more than [`CODE_CHARS`] characters, or a line end.
pub fn is_text(result: &str) -> bool {
    result.contains(['\n', '\r']) || result.chars().nth(CODE_CHARS).is_some()
}

/// What was sent as a result code, without the blanks around it. A text is let through as it is, whatever its length:
/// [`CallRecord::check`](crate::CallRecord::check) refuses it until
/// [`CallRecord::keep_result_text`](crate::CallRecord::keep_result_text) has put it where it belongs.
///
/// # Errors
/// As [`Code::new`], for what is no such text.
pub fn sent_code(sent: &str) -> Result<Code, IdError> {
    let sent = sent.trim();
    let code = Code::new(sent);
    let is_kept = is_text(sent) && !sent.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    if code.is_err() && is_kept { Ok(Code::of_text(sent)) } else { code }
}
