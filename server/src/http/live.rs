//! Pages that follow a running campaign: one subscription to the database's changes for all viewers, and at most one
//! event a second for each account.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering::Relaxed},
    time::Duration,
};

use app::session::SignedIn;
use axum::{
    Extension, Router,
    extract::State,
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use domain::CampaignId;
use futures::{Stream, StreamExt};
use store::{Change, campaigns};
use tokio::sync::{
    broadcast::{self, error::RecvError},
    watch,
};

use super::{
    Shared,
    problem::Problem,
    read_only,
    session::{Reader, SessionKey},
};
use crate::api::Id;

/// The pause between two events of an account.
const PAUSE: Duration = Duration::from_secs(1);
/// Proxies close what is silent for a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// The viewers.
pub struct Live {
    /// The latest revision of each account that somebody watches or watched.
    accounts: Mutex<HashMap<i64, watch::Sender<i64>>>,
    ended: broadcast::Sender<Ended>,
}

/// Which streams end before their time.
#[derive(Debug, Clone, Copy)]
enum Ended {
    Session([u8; 32]),
    User { account: i64, user: i64 },
    All,
}

impl Default for Live {
    /// Nobody watches.
    fn default() -> Self {
        Self { accounts: Mutex::default(), ended: broadcast::channel(256).0 }
    }
}

impl Live {
    /// Ends the streams of a session that was signed out.
    pub fn end_session(&self, hash: [u8; 32]) {
        let _ = self.ended.send(Ended::Session(hash));
    }

    /// Ends the streams of a user whose sessions are over.
    pub fn end_sessions_of(&self, account: i64, user: i64) {
        let _ = self.ended.send(Ended::User { account, user });
    }

    /// Ends all streams: the server stops.
    pub fn end_all(&self) {
        let _ = self.ended.send(Ended::All);
    }

    fn watch(&self, account: i64) -> watch::Receiver<i64> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.entry(account).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    fn publish(&self, change: Change) {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = accounts.get(&change.account) {
            if sender.receiver_count() == 0 {
                accounts.remove(&change.account);
            } else {
                sender.send_if_modified(|known| {
                    let newer = change.revision > *known;
                    *known = (*known).max(change.revision);
                    newer
                });
            }
        }
    }

    /// Wakes every viewer: nobody knows what was missed.
    fn wake_all(&self) {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in accounts.values() {
            sender.send_modify(|_| {});
        }
    }
}

/// Passes the database's changes on until the database is closed. The first change of a quiet second is passed at once,
/// what follows within the second is one change.
pub async fn pass_on(server: Shared) {
    let mut changes = server.db.changes();
    loop {
        let mut latest: HashMap<i64, i64> = HashMap::new();
        let mut next = changes.recv().await;
        let mut missed = false;
        loop {
            match next {
                Ok(change) => {
                    let revision = latest.entry(change.account).or_insert(change.revision);
                    *revision = (*revision).max(change.revision);
                }
                Err(RecvError::Lagged(_)) => missed = true,
                Err(RecvError::Closed) => return,
            }
            match changes.try_recv() {
                Ok(change) => next = Ok(change),
                Err(broadcast::error::TryRecvError::Lagged(n)) => next = Err(RecvError::Lagged(n)),
                Err(_) => break,
            }
        }
        for (account, revision) in latest {
            server.live.publish(Change { account, revision });
        }
        if missed {
            server.live.wake_all();
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The events of a campaign, and those of the account.
pub fn routes() -> Router<Shared> {
    Router::new().route("/campaigns/{id}/live", read_only(follow_campaign)).route("/live", read_only(follow_account))
}

async fn follow_campaign(
    State(server): State<Shared>,
    Reader(signed_in): Reader,
    key: Option<Extension<SessionKey>>,
    Id(campaign): Id<CampaignId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(Extension(key)) = key else { return Err(Problem::signed_out()) };
    let mut conn = server.db.read().await?;
    if campaigns::lookup(&mut conn, &signed_in.scope, &campaign).await?.is_none() {
        return Err(Problem::not_found("campaign"));
    }
    drop(conn);
    follow(server, signed_in, key, &headers).await
}

async fn follow_account(
    State(server): State<Shared>,
    Reader(signed_in): Reader,
    key: Option<Extension<SessionKey>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(Extension(key)) = key else { return Err(Problem::signed_out()) };
    follow(server, signed_in, key, &headers).await
}

/// The stream of an account's changes. What a campaign's page shows may follow from any of them.
async fn follow(
    server: Shared,
    signed_in: SignedIn,
    key: SessionKey,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    // Watch first, read the revision then: what changes in between is not missed.
    let mut watched = server.live.watch(key.account);
    let ended = server.live.ended.subscribe();
    let revision = {
        let mut conn = server.db.read().await?;
        store::accounts::revision(&mut conn, &signed_in.scope).await?
    };
    watched.mark_unchanged();
    // A browser that was cut off says what it saw last.
    let seen = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse::<i64>().ok());
    let lasts = Duration::from_millis((key.expires_at.0 - (server.clock)().0).max(0) as u64);
    let events = events(watched, revision, seen.unwrap_or(revision));
    let stream = events.take_until(over(ended, key, signed_in)).take_until(tokio::time::sleep(lasts));
    let counted = Counted::new(Arc::clone(&server));
    let stream = stream.map(move |event| {
        let _still_counted = &counted;
        event
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

/// `change` with the account's revision whenever it is another than the browser saw.
fn events(watched: watch::Receiver<i64>, revision: i64, seen: i64) -> impl Stream<Item = Result<Event, Infallible>> {
    let begin = futures::stream::once(async move {
        // Tells the browser that it is connected, and when to come back.
        let hello = Event::default().retry(Duration::from_secs(2)).id(revision.to_string());
        if seen == revision { hello.comment("following") } else { hello.event("change").data(revision.to_string()) }
    });
    let changes = futures::stream::unfold((watched, revision), |(mut watched, last)| async move {
        watched.changed().await.ok()?;
        let revision = (*watched.borrow_and_update()).max(last);
        let event = Event::default().event("change").id(revision.to_string()).data(revision.to_string());
        Some((event, (watched, revision)))
    });
    begin.chain(changes).map(Ok)
}

/// Resolves when the stream must end.
async fn over(mut ended: broadcast::Receiver<Ended>, key: SessionKey, signed_in: SignedIn) {
    loop {
        match ended.recv().await {
            Ok(Ended::Session(hash)) if hash == key.hash => return,
            Ok(Ended::User { account, user }) if account == key.account && signed_in.scope.user() == Some(user) => {
                return;
            }
            // Who has missed such a word ends, too: the browser comes back, and is let in or not.
            Ok(Ended::All) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

/// Counts a viewer while its stream lives.
struct Counted(Shared);

impl Counted {
    fn new(server: Shared) -> Self {
        server.metrics.live_viewers.fetch_add(1, Relaxed);
        Self(server)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.metrics.live_viewers.fetch_sub(1, Relaxed);
    }
}
