//! A recording: all of it, or the part that a player asks for.

use std::borrow::Cow;

use audio::{Playable, extension};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use domain::CallId;
use store::{Conn, Scope, calls, recordings};

use super::attachment;
use crate::{
    recordings::{
        Recordings, StorageError,
        range::{self, SentRange},
    },
    web::{
        audited::{AboutCall, AboutCustomer},
        problem::Problem,
        security::OwnPolicy,
    },
};

/// Which form of a recording is sent, unless it is downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AudioForm {
    /// As it came.
    Sent,
    /// As browsers play it.
    Playable,
}

/// Whether the query names this, and not as `false`.
pub fn has(query: Option<&str>, parameter: &str) -> bool {
    let is_it = |(name, value): (Cow<str>, Cow<str>)| name == parameter && value != "false";
    query.is_some_and(|query| form_urlencoded::parse(query.as_bytes()).any(is_it))
}

/// Sends a recording, or the part of it that is asked for; as it was sent where it is downloaded.
#[expect(clippy::too_many_arguments, reason = "a request's parts, each of which says something of the answer")]
pub async fn send(
    mut conn: Conn,
    store: &Recordings,
    scope: &Scope,
    call: &CallId,
    method: &Method,
    form: AudioForm,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let named = calls::named(&mut conn, scope, call).await?;
    let stored = recordings::lookup(&mut conn, scope, &named).await?.ok_or_else(|| Problem::not_found("recording"))?;
    let customer = calls::customer_of(&mut conn, scope, &named).await?;
    // The audio is sent for as long as somebody listens.
    drop(conn);
    let wants_file = has(query, "download");
    let (object, bytes, content_type) = match stored.playable.filter(|_| form == AudioForm::Playable && !wants_file) {
        Some(playable) => (playable.object, playable.bytes, Playable::CONTENT_TYPE),
        None => (stored.object, stored.bytes, stored.content_type.as_str()),
    };
    // The object's name is new with every upload, so it tags the content.
    let etag = format!("\"{}\"", object.rsplit('/').next().unwrap_or_default());
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(AboutCall(named.to_string()));
    if let Some(customer) = customer {
        response.extensions_mut().insert(AboutCustomer(customer));
    }
    let answer = response.headers_mut();
    let value = |text: &str| HeaderValue::from_str(text).map_err(|error| Problem::internal(&error));
    answer.insert(header::ETAG, value(&etag)?);
    answer.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if range::is_known(headers, &etag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    let (status, begin, end) = match range::part(headers, bytes, &etag) {
        SentRange::Whole => (StatusCode::OK, 0, bytes),
        SentRange::Bytes(begin, end) => (StatusCode::PARTIAL_CONTENT, begin, end),
        SentRange::Outside => return Err(Problem::range(bytes)),
    };
    answer.insert(header::CONTENT_TYPE, value(content_type)?);
    answer.insert(header::CONTENT_LENGTH, HeaderValue::from(end - begin));
    if status == StatusCode::PARTIAL_CONTENT {
        answer.insert(header::CONTENT_RANGE, value(&format!("bytes {begin}-{}/{}", end - 1, bytes))?);
    }
    if wants_file {
        let name = format!("{call}.{}", extension(content_type));
        answer.insert(header::CONTENT_DISPOSITION, value(&attachment(&name))?);
    }
    *response.status_mut() = status;
    // Opened by itself in a tab, a recording may do nothing but play.
    response
        .extensions_mut()
        .insert(OwnPolicy("default-src 'none'; media-src 'self'; sandbox; frame-ancestors 'none'"));
    if method != Method::HEAD {
        let stream = store.read(&object, begin, end).await.map_err(|error| match error {
            StorageError::Gone => {
                tracing::error!(object, "The database knows a recording that its store does not have");
                Problem::not_found("recording")
            }
            error => error.into(),
        })?;
        *response.body_mut() = Body::from_stream(stream);
    }
    Ok(response)
}
