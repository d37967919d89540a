//! Mails go out: composed once for each mailing, sent by SMTP, tried again where that may help. The outbox
//! (`store::outbox`) says what is to be done; nothing here holds a transaction while it sends.

mod compose;
pub mod sender;
mod smtp;

pub use compose::{LINK_LASTS_MS, Sent};
pub use smtp::Post;
