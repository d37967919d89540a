//! Reads what the page of webhooks shows.

use domain::time::Zone;
use store::{
    Conn,
    hooks::{
        self, Hook,
        agents::{self, Agent},
        bodies::{self, WebhookDelivery},
    },
    recording_credentials, recording_fetches,
};

use super::recordings::Fetching;
use crate::{AppError, AppState, session::SignedIn};

/// Webhooks of a list.
const LISTED: u32 = 50;

/// All that the page shows.
pub(super) struct HooksPage {
    pub(super) hooks: Vec<ShownHook>,
    /// The last that could not be read, and how many there are.
    pub(super) unread: (Vec<WebhookDelivery>, u64),
    pub(super) last: Vec<WebhookDelivery>,
    pub(super) agents: Vec<Agent>,
    pub(super) fetching: Fetching,
    pub(super) zone: Zone,
}

/// An address with its secrets.
pub(super) struct ShownHook {
    pub(super) hook: Hook,
    /// Where its system sends to; none: its key was encrypted by another key than the server has.
    pub(super) address: Option<String>,
    /// What its webhooks are signed with; none where they are not, or as above.
    pub(super) secret: Option<String>,
    /// Whether both are kept from the reader.
    pub(super) is_withheld: bool,
}

pub(super) async fn read(conn: &mut Conn, who: &SignedIn) -> Result<HooksPage, AppError> {
    let state = AppState::get()?;
    // Whoever has an address can send calls to it for good: an operator who entered for a while sees none.
    let has_entered = who.until.is_some();
    let unsealed = |sealed: &[u8]| (!has_entered).then(|| (state.unseal)(who.scope.account(), sealed)).flatten();
    let shown = |hook: Hook| {
        let address = unsealed(&hook.sealed_key);
        ShownHook {
            address: address.map(|key| format!("{}/hooks/{key}/{}", state.base_url, hook.source.word())),
            secret: hook.sealed_secret.as_deref().and_then(unsealed),
            is_withheld: has_entered,
            hook,
        }
    };
    Ok(HooksPage {
        hooks: hooks::list(conn, &who.scope).await?.into_iter().map(shown).collect(),
        unread: bodies::unread(conn, &who.scope, LISTED).await?,
        last: bodies::last(conn, &who.scope, LISTED).await?,
        agents: agents::list(conn, &who.scope).await?,
        fetching: Fetching {
            is_enabled: recording_fetches::is_enabled(conn, &who.scope).await?,
            backlog: recording_fetches::backlog(conn, &who.scope).await?,
            credentials: recording_credentials::list(conn, &who.scope).await?,
        },
        zone: who.account.zone,
    })
}
