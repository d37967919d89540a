//! What the server hands to pages and server functions.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    AppError,
    viewers::{CountedLists, Pages, Reports},
};
use domain::{Day, Timestamp, time::Zone};
use leptos::prelude::use_context;

/// The server's side of every page; provided as context, cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The time. A function, so that a whole server can run at a fixed instant.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// The static files with their hashed names.
    pub assets: Arc<Assets>,
    /// The reports read for the viewers of live pages.
    pub reports: Arc<Reports>,
    /// What was counted of long lists of calls.
    pub counts: Arc<CountedLists>,
    /// Calls that are read to count a list before its page comes.
    pub counted_at_once: u64,
    /// The pages made for them.
    pub pages: Arc<Pages>,
    /// Whether mails go out, and if not, why.
    pub mail: MailSetup,
    /// How people reach the server, without a slash at the end.
    pub base_url: Arc<str>,
    /// How people call the provider of single sign-on; none: there is none.
    pub sso: Option<Arc<str>>,
    /// Decrypts a secret of an account; none where it was encrypted by another key.
    pub unseal: Unseal,
}

/// See [`AppState::unseal`].
pub type Unseal = Arc<dyn Fn(i64, &[u8]) -> Option<String> + Send + Sync>;

/// Whether mails go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailSetup {
    /// Mails are sent.
    Ready,
    /// Nobody has said by which server: they wait.
    Unset,
    /// What was said cannot be used: they wait. Why, in Vietnamese and English, after the setting's name.
    Wrong(&'static str, &'static str),
}

/// The published name of each static file: `pkg/ringside.css` → `pkg/ringside.4f2c91.css` (the site's manifest.json).
#[derive(Debug, Clone, Default)]
pub struct Assets(pub BTreeMap<String, String>);

impl Assets {
    /// The file's address; without a manifest its own name, so that an unbuilt site fails by a 404 with a name.
    pub fn url(&self, name: &str) -> String {
        format!("/{}", self.0.get(name).map_or(name, String::as_str).trim_start_matches('/'))
    }
}

impl AppState {
    /// The state of this request.
    pub fn get() -> Result<Self, AppError> {
        use_context::<Self>().ok_or_else(|| AppError::internal(&MissingState))
    }

    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Today in an account's zone.
    pub fn today(&self, zone: Zone) -> Day {
        zone.local(self.now()).day()
    }
}

#[derive(Debug)]
struct MissingState;

impl std::fmt::Display for MissingState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the server did not provide AppState as context")
    }
}

impl std::error::Error for MissingState {}
