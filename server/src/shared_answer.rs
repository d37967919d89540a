//! Answers that many viewers wait for at the same moment: serialized and compressed once, and sent to each as they are. Compressing an
//! overview takes as long as everything else about it.

use std::error::Error;

use app::session::{Preferences, SignedIn};
use async_compression::{
    Level,
    tokio::write::{GzipEncoder, ZstdEncoder},
};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use domain::{Language, Role};
use http_body_util::BodyExt;
use store::Scope;
use tokio::io::AsyncWriteExt;

use crate::failure::{chain, new_reference};

/// What is shared: the overview, which follows a running campaign.
const PATH: &str = "/fn/overview";

/// What such an answer depends on, beside the account's revision.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AnswerKey {
    account: i64,
    role: Role,
    /// The user alone who is limited to chosen campaigns; none for those who see all.
    limited_user: Option<i64>,
    language: Language,
    query: String,
    encoding: Encoding,
}

/// How an answer is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// By zstd, which all browsers of 2026 read but the older ones of Apple.
    Zstd,
    Gzip,
    /// Uncompressed.
    Identity,
}

impl Encoding {
    /// What a reader takes (RFC 9110, 12.5.3).
    fn of(headers: &HeaderMap) -> Self {
        let names: Vec<&str> = headers
            .get_all(header::ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|part| {
                let (name, quality) = part.split_once(';').unwrap_or((part, ""));
                let is_refused = quality.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32));
                (!is_refused).then_some(name.trim())
            })
            .collect();
        let takes = |name: &str| names.iter().any(|taken| taken.eq_ignore_ascii_case(name));
        if takes("zstd") {
            Self::Zstd
        } else if takes("gzip") {
            Self::Gzip
        } else {
            Self::Identity
        }
    }

    async fn compress(self, body: Bytes) -> std::io::Result<Bytes> {
        match self {
            Self::Zstd => {
                let mut compressing = ZstdEncoder::with_quality(Vec::new(), Level::Precise(6));
                compressing.write_all(&body).await?;
                compressing.shutdown().await?;
                Ok(compressing.into_inner().into())
            }
            Self::Gzip => {
                let mut compressing = GzipEncoder::new(Vec::new());
                compressing.write_all(&body).await?;
                compressing.shutdown().await?;
                Ok(compressing.into_inner().into())
            }
            Self::Identity => Ok(body),
        }
    }

    fn header(self) -> Option<HeaderValue> {
        match self {
            Self::Zstd => Some(HeaderValue::from_static("zstd")),
            Self::Gzip => Some(HeaderValue::from_static("gzip")),
            Self::Identity => None,
        }
    }
}

impl AnswerKey {
    /// Of a request whose answer is shared, and for whom it is read.
    pub fn of(request: &Request) -> Option<(Self, Scope)> {
        let asks = request.method() == Method::GET && request.uri().path() == PATH;
        let who = request.extensions().get::<SignedIn>().filter(|_| asks)?;
        let language = request.extensions().get::<Preferences>().copied().unwrap_or_default().language;
        let key = Self {
            account: who.scope.account(),
            role: who.scope.role(),
            limited_user: who.scope.limited_user(),
            language,
            query: request.uri().query().unwrap_or_default().to_owned(),
            encoding: Encoding::of(request.headers()),
        };
        Some((key, who.scope))
    }

    /// How the answer is compressed.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }
}

/// An answer that is sent again.
#[derive(Debug, Clone)]
pub struct SharedAnswer {
    headers: HeaderMap,
    body: Bytes,
}

impl SharedAnswer {
    /// Takes an answer as one to share. What is no success is its asker's own.
    pub async fn of(response: Response, encoding: Encoding) -> Result<Self, Box<Response>> {
        if response.status() != StatusCode::OK {
            return Err(Box::new(response));
        }
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| Box::new(failed(&error)))?.to_bytes();
        let body = encoding.compress(body).await.map_err(|error| Box::new(failed(&error)))?;
        let mut headers = parts.headers;
        headers.remove(header::CONTENT_LENGTH);
        headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(name) = encoding.header() {
            headers.insert(header::CONTENT_ENCODING, name);
        }
        Ok(Self { headers, body })
    }
}

fn failed(error: &(dyn Error + 'static)) -> Response {
    let reference = new_reference();
    tracing::error!(reference, cause = chain(error), "An answer that is shared could not be made");
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(FailedAnswer(reference));
    response
}

/// In the extensions of an answer that could not be made: what the log has it under, for who words the answer.
#[derive(Debug, Clone)]
pub struct FailedAnswer(pub String);

impl IntoResponse for SharedAnswer {
    fn into_response(self) -> Response {
        (self.headers, Body::from(self.body)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_compressed_as_its_reader_takes_it() {
        for (accepted, encoding) in [
            ("gzip, deflate, br, zstd", Encoding::Zstd),
            ("gzip, deflate, br", Encoding::Gzip),
            ("GZIP;q=0.5", Encoding::Gzip),
            ("zstd;q=0, gzip;q=0.0", Encoding::Identity),
            ("br", Encoding::Identity),
            ("", Encoding::Identity),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))]);
            assert_eq!(Encoding::of(&headers), encoding, "{accepted}");
        }
        assert_eq!(Encoding::of(&HeaderMap::new()), Encoding::Identity);
    }
}
