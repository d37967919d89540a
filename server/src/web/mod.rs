//! What all handlers share: who asks, what is asked, how an answer is made and how a failure is said.

pub mod actor;
pub mod audited;
pub mod browser;
pub mod changes;
pub mod client;
pub mod connecting;
pub mod database;
pub mod download;
pub mod editing;
pub mod entered;
pub mod hidden;
pub mod inviting;
pub mod json;
pub mod log;
pub mod objects;
pub mod operating;
pub mod path;
pub mod problem;
pub mod query;
pub mod received;
pub mod refused;
pub mod routes;
pub mod secret;
pub mod security;
pub mod session;
pub mod small_page;
pub mod state;
pub mod token;
pub mod unread;
pub mod upload;

use axum::http::{HeaderMap, header};

/// Whether the sender asks for this media type.
pub fn accepts(headers: &HeaderMap, media: &str) -> bool {
    let accept = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accept
        .flat_map(|value| value.split(','))
        .any(|range| range.split(';').next().is_some_and(|name| name.trim() == media))
}
