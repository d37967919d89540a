//! A recording: all of it, or the part that a player asks for.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use domain::CallId;
use store::{Conn, Scope, recordings};

use super::attachment;
use crate::{
    recordings::{
        Recordings, StorageError,
        probe::extension,
        range::{self, Part},
    },
    web::{problem::Problem, security::OwnPolicy},
};

/// Sends a recording, or the part of it that is asked for.
pub async fn send(
    mut conn: Conn,
    store: &Recordings,
    scope: &Scope,
    call: &CallId,
    method: &Method,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let stored = recordings::lookup(&mut conn, scope, call).await?.ok_or_else(|| Problem::not_found("recording"))?;
    // The audio is sent for as long as somebody listens.
    drop(conn);
    // The object's name is new with every upload, so it tags the content.
    let etag = format!("\"{}\"", stored.object.rsplit('/').next().unwrap_or_default());
    let mut response = Response::new(Body::empty());
    let answer = response.headers_mut();
    let value = |text: &str| HeaderValue::from_str(text).map_err(|error| Problem::internal(&error));
    answer.insert(header::ETAG, value(&etag)?);
    answer.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if range::is_known(headers, &etag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    let (status, begin, end) = match range::part(headers, stored.bytes, &etag) {
        Part::Whole => (StatusCode::OK, 0, stored.bytes),
        Part::Bytes(begin, end) => (StatusCode::PARTIAL_CONTENT, begin, end),
        Part::Outside => return Err(Problem::range(stored.bytes)),
    };
    answer.insert(header::CONTENT_TYPE, value(&stored.content_type)?);
    answer.insert(header::CONTENT_LENGTH, HeaderValue::from(end - begin));
    if status == StatusCode::PARTIAL_CONTENT {
        answer.insert(header::CONTENT_RANGE, value(&format!("bytes {begin}-{}/{}", end - 1, stored.bytes))?);
    }
    let wants_file = query.is_some_and(|query| {
        form_urlencoded::parse(query.as_bytes()).any(|(name, value)| name == "download" && value != "false")
    });
    if wants_file {
        let name = format!("{call}.{}", extension(&stored.content_type));
        answer.insert(header::CONTENT_DISPOSITION, value(&attachment(&name))?);
    }
    *response.status_mut() = status;
    // Opened by itself in a tab, a recording may do nothing but play.
    response
        .extensions_mut()
        .insert(OwnPolicy("default-src 'none'; media-src 'self'; sandbox; frame-ancestors 'none'"));
    if method != Method::HEAD {
        let stream = store.read(&stored.object, begin, end).await.map_err(|error| match error {
            StorageError::Gone => {
                tracing::error!(object = stored.object, "The database knows a recording that its store does not have");
                Problem::not_found("recording")
            }
            error => error.into(),
        })?;
        *response.body_mut() = Body::from_stream(stream);
    }
    Ok(response)
}
