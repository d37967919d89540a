//! Mails: composed once for each mailing (`compose`), handed to a mail server (`smtp`). When and how often is the business of
//! the job `send_mail`.

mod compose;
mod line;
mod smtp;

pub use compose::{ComposeError, Composer, LINK_LASTS_MS, MailingContents};
pub use smtp::{MailServer, Mailer, SmtpAnswer};
