//! Asking somebody to belong to an account: by mail, or by a link that whoever asks passes on.

use domain::{Role, Timestamp, time::DAY_MS};
use serde_json::{Value, json};
use store::{
    Chosen, Conn, Scope, StoreError,
    audit::{Action, Event},
    invitations::{self, NewInvitation},
    jobs::{self, SendNotice},
};

use crate::{context::Context, secrets};

/// How long an invitation holds, ms.
const LASTS_MS: i64 = 7 * DAY_MS;
/// The least time between two mails to one address, ms.
const PAUSE_MS: i64 = 60_000;

/// An invitation that was stored and not yet committed.
#[derive(Debug)]
pub struct StoredInvitation {
    /// What the log says of it.
    pub event: Event,
    /// The link to accept it by, where it does not go by mail. It can be told this once.
    pub link: Option<String>,
    /// Until when it holds.
    pub until: Timestamp,
}

/// What somebody may do, as the log says it.
pub fn access(role: Role, chosen: Option<&Chosen>) -> Value {
    // Of two lists, the one that says nothing is left out.
    let voicebots = chosen.map(|chosen| &chosen.voicebots).filter(|ids| !ids.is_empty());
    let campaigns = chosen.map(|chosen| &chosen.campaigns).filter(|ids| voicebots.is_none() || !ids.is_empty());
    json!({"role": role.word(), "campaigns": campaigns, "voicebots": voicebots})
}

/// What alone somebody sees from now on: what is named; else everything where that is said, and what they saw before where nothing is. So
/// a role that is set again opens nothing.
pub fn chosen_now(named: Option<Chosen>, everything: bool, before: Option<Chosen>, role: Role) -> Option<Chosen> {
    named.or_else(|| before.filter(|_| !everything && role == Role::Viewer))
}

/// Stores an invitation, and has it mailed where it goes by mail; the caller commits both with the event.
///
/// # Errors
/// As [`invitations::put`].
pub async fn ask(
    context: &Context,
    conn: &mut Conn,
    scope: &Scope,
    new: &NewInvitation,
    now: Timestamp,
) -> Result<StoredInvitation, StoreError> {
    let until = Timestamp(now.0 + LASTS_MS);
    let before = invitations::lookup(conn, scope, new.email.trim()).await?.filter(|before| before.is_mailed);
    let secret = (!new.is_mailed).then(|| secrets::make(secrets::NO_PREFIX, scope.account()));
    let hash = secret.as_ref().map(|secret| &secret.hash);
    let invitation = invitations::put(conn, scope, new, hash, now, until).await?;
    if new.is_mailed {
        let notice = SendNotice::Invitation { email: invitation.email.clone() };
        // Nobody's mailbox is filled by asking them again and again.
        let due = before.map_or(now, |before| now.max(Timestamp(before.invited_at.0 + PAUSE_MS)));
        // The mail that is on its way has the link of before, which is over.
        jobs::enqueue_after(conn, scope, &notice, &notice.once_key(), due, now).await?;
    }
    let mut details = access(new.role, new.chosen.as_ref());
    details["mailed"] = json!(new.is_mailed);
    let base = &context.settings().base_url;
    Ok(StoredInvitation {
        event: Event::of(Action::UserInvited, invitation.email).with(details),
        link: secret.map(|secret| format!("{base}/invitation?link={}", app::links::encoded(&secret.text))),
        until,
    })
}
