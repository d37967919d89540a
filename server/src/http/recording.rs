//! Recordings and files for people who are signed in: play, download, the waveform, the call list as CSV. The API's
//! answers are made by the same functions.

use axum::{
    Json, Router,
    body::Body,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{CallId, CampaignId};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use store::Scope;

use super::{Shared, problem::Problem, read_only, security::OwnPolicy, session::Reader};
use crate::{
    api::{self, Id},
    recordings::{
        StorageError,
        probe::extension,
        range::{self, Part},
    },
};

/// What RFC 8187 allows unencoded in `filename*`.
const PLAIN: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The routes of pages that are no pages.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/calls/{id}/recording", read_only(recording))
        .route("/calls/{id}/peaks", read_only(peaks))
        .route("/campaigns/{id}/calls.csv", read_only(csv))
        .route("/calls.csv", read_only(csv_of_account))
        .route("/campaigns/{id}/customers.csv", read_only(customers_csv))
}

async fn recording(
    State(server): State<Shared>,
    Reader(signed_in): Reader,
    Id(call): Id<CallId>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    send(&server, &signed_in.scope, &call, &method, query.as_deref(), &headers).await
}

/// Sends a recording, or the part of it that is asked for.
pub async fn send(
    server: &Shared,
    scope: &Scope,
    call: &CallId,
    method: &Method,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let stored = api::recordings::find(server, scope, call).await?;
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
        let stream = server.recordings.read(&stored.object, begin, end).await.map_err(|error| match error {
            StorageError::Gone => {
                tracing::error!(object = stored.object, "The database knows a recording that its store does not have");
                Problem::not_found("recording")
            }
            error => Problem::internal(&error),
        })?;
        *response.body_mut() = Body::from_stream(stream);
    }
    Ok(response)
}

/// `Content-Disposition` with a name for every browser: plain ASCII, and RFC 8187 for those that read it.
pub fn attachment(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' };
    let ascii: String = name.chars().map(safe).collect();
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{}", utf8_percent_encode(name, &PLAIN))
}

/// The headers of a file that is made for one person: its media type, its name, and that nobody else keeps it.
pub fn file_headers(media: &'static str, name: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    // Both spellings of the name are plain ASCII.
    if let Ok(name) = HeaderValue::from_str(&attachment(name)) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    headers
}

/// The media type of every CSV.
pub const CSV: &str = "text/csv; charset=utf-8; header=present";

async fn peaks(
    State(server): State<Shared>,
    Reader(signed_in): Reader,
    Id(call): Id<CallId>,
) -> Result<Response, Problem> {
    let stored = api::recordings::find(&server, &signed_in.scope, &call).await?;
    Ok(Json(stored.peaks.unwrap_or_default()).into_response())
}

async fn csv(
    State(server): State<Shared>,
    Reader(signed_in): Reader,
    Id(campaign): Id<CampaignId>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    api::csv::answer(&server, &signed_in.scope, Some(&campaign), query.as_deref()).await
}

async fn csv_of_account(
    State(server): State<Shared>,
    Reader(signed_in): Reader,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    api::csv::answer(&server, &signed_in.scope, None, query.as_deref()).await
}

async fn customers_csv(
    State(server): State<Shared>,
    Reader(signed_in): Reader,
    Id(campaign): Id<CampaignId>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    api::customers::answer_csv(&server, &signed_in.scope, &campaign, query.as_deref()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_readable_everywhere_and_cannot_break_the_header() {
        assert_eq!(
            attachment("gọi \"1\".wav"),
            "attachment; filename=\"g_i _1_.wav\"; filename*=UTF-8''g%E1%BB%8Di%20%221%22.wav"
        );
        assert!(!attachment("a/../b\r\nX: y").contains(['/', '\r', '\n']));
    }
}
