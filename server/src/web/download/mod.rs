//! Files as people and programs get them: what both ways in answer alike.

pub mod calls;
pub mod campaigns;
pub mod comparison;
pub mod customers;
pub mod dimensions;
pub mod import_report;
pub mod log;
pub mod recording;
pub mod usage;

use std::{fs::File, io::SeekFrom, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::{
    limits::{LIST_WAIT_MS, LISTS_OF_AN_ACCOUNT},
    text,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use store::{Scope, StoreError};
use tokio::io::AsyncSeekExt;
use tokio_util::io::ReaderStream;

use super::{database::Database, problem::Problem, security::NOT_STORED};
use crate::{
    context::Context,
    files::slices::Slices,
    turns::{Full, Turn},
};

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

/// How the slices of a list are read. The request's own snapshot ends: it waits for its turn without one.
async fn slices(database: Database, context: &Context, scope: &Scope) -> Result<Slices, StoreError> {
    Ok(Slices::new(database.into_serial().await?, Arc::clone(&context.slices), scope.account()))
}

/// A place among the long lists that are sent, until it is dropped.
async fn place_of_list(context: &Context, scope: &Scope) -> Result<Turn, Problem> {
    context.lists.take_within(scope.account(), Duration::from_millis(LIST_WAIT_MS)).await.map_err(|full| match full {
        Full::OfAccount => Problem::too_many(format!(
            "this account takes {LISTS_OF_AN_ACCOUNT} long lists already; wait for the end of one of them"
        )),
        Full::All => Problem::unavailable("too many long lists are being sent now; ask again in a moment"),
    })
}

/// Sends a file of this machine from its beginning.
pub async fn local_file(file: File, media: &'static str, name: &str) -> Result<Response, Problem> {
    let wrong = |error: std::io::Error| Problem::of_file("temporary folder", &error);
    let mut file = tokio::fs::File::from_std(file);
    let bytes = file.seek(SeekFrom::End(0)).await.map_err(wrong)?;
    file.rewind().await.map_err(wrong)?;
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
