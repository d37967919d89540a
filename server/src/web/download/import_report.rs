//! The report of an import: what was wrong with records of the file, or odd about them.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use store::imports::Import;

use super::attachment;
use crate::{context::SharedContext, recordings::StorageError, web::problem::Problem};

/// Sends the report of an import.
pub async fn send(context: &SharedContext, import: Import) -> Result<Response, Problem> {
    let object = import.report.ok_or_else(|| Problem::not_found("report"))?;
    let stream = context.recordings.read_whole(&object).await.map_err(|error| match error {
        StorageError::Gone => Problem::not_found("report"),
        error => error.into(),
    })?;
    let mut response = Response::new(Body::from_stream(stream));
    let name = HeaderValue::from_str(&attachment(&format!("{}.txt", import.name)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CONTENT_DISPOSITION, name.map_err(|error| Problem::internal(&error))?);
    Ok(response)
}
