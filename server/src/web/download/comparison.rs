//! Campaigns side by side as files, and how they are asked for.

use axum::{
    Extension,
    response::{IntoResponse, Response},
};
use domain::{Account, Comparison, ComparisonQuery, Language};
use store::{Conn, Scope, accounts};

use super::{CSV, file_headers};
use crate::{
    context::Context,
    files::{self, XLSX},
    web::{audited::FileRows, problem::Problem, query::Parameters},
};

/// What a file is made of.
pub struct ComparedFile {
    pub account: Account,
    pub query: ComparisonQuery,
    pub comparison: Comparison,
}

/// The query; unknown parameters are refused by name, and fewer than two campaigns.
pub fn query_of(pairs: &Parameters) -> Result<ComparisonQuery, Problem> {
    let (query, others) = ComparisonQuery::from_pairs(pairs.iter()).map_err(Problem::invalid)?;
    match others.first() {
        Some((name, _)) => Err(Problem::field(*name, "is not a known parameter")),
        None if query.campaigns.len() < 2 && (query.against.is_none() || query.campaigns.is_empty()) => {
            Err(Problem::field("campaign", "names two to six different campaigns"))
        }
        None => Ok(query),
    }
}

/// Whether the parameter `parts` asks for why rates are other ones than before, and the other parameters.
pub fn parts_of(pairs: Parameters) -> Result<(bool, Parameters), Problem> {
    let (parts, pairs) = pairs.without("parts");
    match parts.as_deref() {
        None | Some("false") => Ok((false, pairs)),
        Some("true") => Ok((true, pairs)),
        Some(_) => Err(Problem::field("parts", "must be true or false")),
    }
}

/// The figures; 404 where the account has not all of the campaigns.
pub async fn compared(
    mut conn: Conn,
    context: &Context,
    scope: &Scope,
    query: ComparisonQuery,
) -> Result<ComparedFile, Problem> {
    let account = accounts::lookup(&mut conn, scope).await?;
    let (reports, now) = (&context.app.reports, (context.clock)());
    let comparison = app::compare::compared(&mut conn, reports, scope, &account, &query, now).await?;
    let comparison = comparison.ok_or_else(|| Problem::not_found("campaign"))?;
    Ok(ComparedFile { account, query, comparison })
}

impl ComparedFile {
    fn name(&self, kind: &str) -> String {
        format!("compare-{}.{kind}", self.account.zone.local(self.comparison.as_of).day())
    }

    /// What the log says of it.
    fn rows(&self) -> FileRows {
        FileRows(self.comparison.campaigns.len() as u64)
    }

    /// The answer with the CSV.
    pub fn csv(&self, language: Option<Language>) -> Response {
        let bytes = files::comparison::csv(&self.comparison, language);
        (Extension(self.rows()), file_headers(CSV, &self.name("csv")), bytes).into_response()
    }

    /// The answer with why its rates are other ones than before, as CSV.
    pub fn parts_csv(&self, language: Option<Language>) -> Response {
        let bytes = files::comparison::parts_csv(&self.comparison, language);
        let name = format!("why-{}.csv", self.account.zone.local(self.comparison.as_of).day());
        (Extension(self.rows()), file_headers(CSV, &name), bytes).into_response()
    }

    /// The answer with the workbook.
    pub async fn xlsx(self, language: Language) -> Result<Response, Problem> {
        let (name, rows) = (self.name("xlsx"), self.rows());
        let as_of = self.account.zone.local(self.comparison.as_of);
        let asked = self.query.period.resolve(as_of.day());
        let write = move || files::comparison::workbook(&self.comparison, &self.account.name, asked, as_of, language);
        let made = tokio::task::spawn_blocking(write).await;
        let bytes = made.map_err(|error| Problem::internal(&error))?.map_err(|error| Problem::internal(&error))?;
        Ok((Extension(rows), file_headers(XLSX, &name), bytes).into_response())
    }
}
