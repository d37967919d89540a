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
pub mod listenings;
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

/// What answers are written as, where there is a choice.
const MEDIA: [&str; 3] = ["application/json", "text/csv", crate::files::XLSX];

/// Whether the sender asks for this media type by name, and for no other of [`MEDIA`] more.
pub fn accepts(headers: &HeaderMap, media: &str) -> bool {
    let weight = |media: &str| {
        let accept = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let of_range = |range: &str| {
            let mut parts = range.split(';').map(str::trim);
            if !parts.next()?.eq_ignore_ascii_case(media) {
                return None;
            }
            let q = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
            // What is no number asks for nothing.
            Some(q.map_or(1.0, |q| q.trim().parse::<f32>().unwrap_or(0.0)))
        };
        accept.flat_map(|value| value.split(',')).filter_map(of_range).fold(0.0, f32::max)
    };
    let wanted = weight(media);
    wanted > 0.0 && MEDIA.into_iter().all(|other| weight(other) <= wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_most_is_answered() {
        for (accept, csv, json) in [
            ("text/csv", true, false),
            ("Text/CSV; header=present", true, false),
            ("text/csv;q=0.5, application/json;q=0.9", false, true),
            ("application/json;q=0.5, text/csv", true, false),
            ("text/csv;q=0", false, false),
            ("text/csv; charset=utf-8; q=0.0, */*", false, false),
            ("text/csv;q=much", false, false),
            ("text/csv, application/json", true, true),
            ("*/*", false, false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]);
            assert_eq!((accepts(&headers, "text/csv"), accepts(&headers, "application/json")), (csv, json), "{accept}");
        }
    }
}
