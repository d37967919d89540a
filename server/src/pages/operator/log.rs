//! What operators did, over all accounts.

use app::operator::{LogPage, log_page, place_of};
use axum::{
    extract::{Request, State},
    response::Response,
};
use store::{accounts, audit::of_operators};

use super::{pairs, shown};
use crate::web::{database::Database, operating::Operating, problem::Problem, routes::Routes, state::RouterState};

/// Rows of a page.
const ROWS: u32 = 100;

pub(super) fn routes() -> Routes {
    Routes::new().get("/operator/log", show)
}

async fn show(
    State(server): State<RouterState>,
    operating: Operating,
    mut database: Database,
    request: Request,
) -> Result<Response, Problem> {
    let before = pairs(&request).into_iter().find(|(name, value)| name == "before" && !value.is_empty());
    let before =
        before.map(|(_, text)| place_of(&text).ok_or_else(|| Problem::field("before", "is no place of the list")));
    let before = before.transpose()?;
    let mut conn = database.read().await?;
    let mut entries = of_operators::list(&mut conn, before, ROWS + 1).await?;
    let has_more = entries.len() > ROWS as usize;
    entries.truncate(ROWS as usize);
    let accounts = accounts::list(&mut conn).await?;
    drop(conn);
    let page = LogPage { entries, accounts, zone: operating.who.account.zone, has_more };
    Ok(shown(server, request, log_page(operating.session(), &page)).await)
}
