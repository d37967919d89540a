//! The pages of who runs the service, and what they do to accounts. Each thing is told of in the log of its account.

mod account;
pub(super) mod accounts;
mod entering;
mod invoices;
mod log;

use app::server_page::ServerPage;
use axum::{extract::Request, response::Response};

use crate::web::{browser, refused::FormPairs, routes::Routes, state::RouterState};

pub fn routes() -> Routes {
    accounts::routes().merge(account::routes()).merge(entering::routes()).merge(invoices::routes()).merge(log::routes())
}

/// The pairs of a request's query.
fn pairs(request: &Request) -> FormPairs {
    form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect()
}

/// A page in the frame of all pages.
async fn shown(server: RouterState, request: Request, page: ServerPage) -> Response {
    super::app::operator_page(server, request, page).await
}

/// To the page of an account, which says what was done.
fn done(id: i64, note: &str) -> Response {
    browser::see_other(&format!("/operator/accounts/{id}?note={note}"))
}
