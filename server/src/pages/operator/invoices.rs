//! What each account used in a month, as a file for invoices. That it was taken is told of, as of every file (`web::audited`), in the
//! log of the account that the operator is signed in to.

use axum::{
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use domain::usage::Month;
use store::figures;

use super::pairs;
use crate::{
    files::invoices,
    web::{
        audited::FileRows,
        database::Database,
        download::{CSV, file_headers},
        operating::Operating,
        problem::Problem,
        routes::Routes,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().get("/operator/invoices.csv", csv)
}

async fn csv(operating: Operating, mut database: Database, request: Request) -> Result<Response, Problem> {
    let asked = pairs(&request).into_iter().find(|(name, value)| name == "month" && !value.is_empty());
    let month = asked.map(|(_, month)| month.parse().map_err(|reason| Problem::field("month", reason)));
    let month: Month = month.transpose()?.unwrap_or_else(|| operating.this_month());
    let mut conn = database.read().await?;
    let accounts = figures::read(&mut conn, month, None).await?;
    let vat = figures::vat(&mut conn, month).await?;
    drop(conn);
    let file = invoices::csv(&accounts, month, &vat, operating.text());
    let mut response = Body::from(file).into_response();
    response.headers_mut().extend(file_headers(CSV, &format!("invoices-{month}.csv")));
    response.extensions_mut().insert(FileRows(accounts.len() as u64));
    Ok(response)
}
