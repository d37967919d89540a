//! The log as a file.

use app::{Text, session::Preferences, settings::log_filter};
use axum::{
    Extension,
    extract::{RawQuery, State},
    response::Response,
};
use domain::Role;

use crate::{
    context::SharedContext,
    files::log_csv::LogCsv,
    web::{database::Database, download, problem::Problem, routes::Routes, session::Reader},
};

pub(super) fn routes() -> Routes {
    Routes::new().get("/settings/log.csv", csv)
}

async fn csv(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    database: Database,
    Extension(preferences): Extension<Preferences>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    if !who.scope.role().may(Role::Owner) {
        return Err(Problem::not_found("page"));
    }
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let filter = log_filter(&pairs).map_err(Problem::invalid)?;
    let (zone, text) = (who.account.zone, Text(preferences.language));
    download::log::csv(database, &context, LogCsv { scope: who.scope, filter, zone, text }).await
}
