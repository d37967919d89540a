//! The account that a form is for, which it carries in the address that it is sent to: who changed the account meanwhile, in
//! another tab, does not change the other one by it. `server::pages::whose` compares it to the account that is open then.

use crate::{links, session::account_of_document};

/// The address that a form is sent to which changes something, with the account that the document is of. Every such form takes
/// its address from here; a test reads the sources.
pub fn sent_to(path: &str) -> String {
    account_of_document().map_or_else(|| path.to_owned(), |account| links::of_account(path, account))
}
