//! The files of the site, embedded in the program: scripts, WASM, styles, fonts, icons.

use std::collections::{BTreeMap, HashMap};

use app::state::Assets;
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    response::Response,
};
use bytes::Bytes;
use sha2::{Digest, Sha256};

/// A file as the build embedded it.
struct File {
    name: &'static str,
    bytes: &'static [u8],
    brotli: Option<&'static [u8]>,
}

static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// A name with a hash of the content never changes its content.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Any other is asked for again, which its tag makes cheap.
const REVALIDATE: &str = "public, max-age=0, must-revalidate";
const MANIFEST: &str = "manifest.json";

pub struct Site {
    files: HashMap<String, (&'static File, HeaderValue)>,
    /// Logical name → name with the hash.
    manifest: BTreeMap<String, String>,
}

impl Site {
    /// The files that were built before the program.
    pub fn embedded() -> Self {
        let manifest = FILES.iter().find(|file| file.name == MANIFEST);
        let manifest = manifest.and_then(|file| serde_json::from_slice(file.bytes).ok()).unwrap_or_default();
        let files = FILES.iter().filter(|file| file.name != MANIFEST).map(|file| {
            let hash = Sha256::digest(file.bytes)
                .iter()
                .take(12)
                .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
            let tag = HeaderValue::from_str(&format!("W/\"{hash}\"")).unwrap_or(HeaderValue::from_static("W/\"\""));
            (format!("/{}", file.name), (file, tag))
        });
        let site = Self { files: files.collect(), manifest };
        if site.files.is_empty() {
            tracing::warn!(
                "The program was built without the site: pages are unstyled. Run `make site` and build again"
            );
        }
        site
    }

    /// Where the pages find the files.
    pub fn assets(&self) -> Assets {
        Assets(self.manifest.clone())
    }

    /// The answer, if the request is for a file.
    pub fn answer(&self, request: &Request) -> Option<Response> {
        let (file, tag) = self.files.get(request.uri().path())?;
        if !request.method().is_safe() {
            return None;
        }
        let text = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let hashed = self.manifest.iter().any(|(name, published)| published == file.name && name != published);
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(file.name)));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(if hashed { FOREVER } else { REVALIDATE }));
        headers.insert(header::ETAG, tag.clone());
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if text(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return Some(response);
        }
        let takes_brotli = text(header::ACCEPT_ENCODING)
            .is_some_and(|list| list.split(',').any(|coding| coding.trim().split(';').next() == Some("br")));
        let bytes = match file.brotli.filter(|_| takes_brotli) {
            Some(brotli) => {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
                brotli
            }
            None => file.bytes,
        };
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        if request.method() != Method::HEAD {
            *response.body_mut() = Body::from(Bytes::from_static(bytes));
        }
        Some(response)
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" | "webmanifest" => "application/json",
        "html" => "text/html; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
