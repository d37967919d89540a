//! Files as people and programs get them: what both ways in answer alike.

pub mod calls;
pub mod campaigns;
pub mod customers;
pub mod recording;
pub mod usage;

use std::path::Path;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::text;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio_util::io::ReaderStream;

use super::{problem::Problem, security::NOT_STORED};

/// What RFC 8187 allows unencoded in `filename*`.
const PLAIN: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// `Content-Disposition` with a name for every browser: plain ASCII, and RFC 8187 for those that read it.
pub fn attachment(name: &str) -> String {
    let name = text::file_name(name);
    let safe = |c: char| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' };
    let ascii: String = name.chars().map(safe).collect();
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{}", utf8_percent_encode(&name, &PLAIN))
}

/// The headers of a file that is made for one person: its media type, its name, and that nobody else keeps it.
pub fn file_headers(media: &'static str, name: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(NOT_STORED));
    // Both spellings of the name are plain ASCII.
    if let Ok(name) = HeaderValue::from_str(&attachment(name)) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    headers
}

/// The media type of every CSV.
pub const CSV: &str = "text/csv; charset=utf-8; header=present";

/// Sends a file of this machine; once it is open, it may be deleted.
pub async fn local_file(file: &Path, media: &'static str, name: &str) -> Result<Response, Problem> {
    let file = tokio::fs::File::open(file).await.map_err(|error| Problem::internal(&error))?;
    let bytes = file.metadata().await.map_err(|error| Problem::internal(&error))?.len();
    let mut response = Body::from_stream(ReaderStream::with_capacity(file, 64 * 1024)).into_response();
    response.headers_mut().extend(file_headers(media, name));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_readable_everywhere_and_cannot_break_the_header() {
        assert_eq!(
            attachment("gọi \"1\".wav"),
            "attachment; filename=\"g_i _1_.wav\"; filename*=UTF-8''g%E1%BB%8Di%20_1_.wav"
        );
        assert!(!attachment("a/../b\r\nX: y").contains(['/', '\r', '\n']));
    }
}
