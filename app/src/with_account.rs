//! The account that a document is of, which its forms and whatever it reads carry: who opened another account meanwhile, in another
//! tab, changes nothing of that one by the old page, and is not shown that one's figures in it. `server::pages::whose` and
//! `whose_form` compare it to the account that is open then.

use crate::{links, session::account_of_document};

/// The address of what a page takes beside itself (events, recordings, files), or that a form is sent to which changes something,
/// with the account that the document is of. Every such form takes its address from here; a test reads the sources.
pub fn with_account(path: &str) -> String {
    account_of_document().map_or_else(|| path.to_owned(), |account| links::of_account(path, account))
}
