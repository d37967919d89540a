//! The pages of who runs the service: how much each account uses, what it may use, and the way into one for a while. They are the
//! server's alone, without the WebAssembly: every link and form is a full load.

mod account;
mod accounts;
pub mod forms;
mod log;
mod shell;
mod texts;

pub use self::{
    account::{AccountPage, page as account_page, quotas_seen},
    accounts::{AccountOrder, AccountsPage, AccountsQuery, page as accounts_page},
    log::{LogPage, page as log_page, place_of},
    shell::{OperatorBody, refused_page, shell},
    texts::{notices, quota_amount},
};
