//! The streams of pages that follow a running campaign.

use std::{convert::Infallible, sync::atomic::Ordering::Relaxed, time::Duration};

use app::session::SignedIn;
use axum::{
    Extension,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use domain::{CampaignId, limits::STREAMS_OF_A_SESSION};
use futures::{Stream, StreamExt};
use store::{SerialDb, StoreError, campaigns, seen, sessions};
use tokio::sync::{broadcast, watch};

use crate::{
    context::SharedContext,
    live::EndedStreams,
    web::{
        database::Database,
        path::Id,
        problem::Problem,
        query::Parameters,
        routes::Routes,
        security::NOT_STORED,
        session::{Reader, SessionKey},
    },
};

/// Proxies close what is silent for a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// The events of a campaign, and those of the account.
pub fn routes() -> Routes {
    Routes::new().get("/campaigns/{id}/live", follow_campaign).get("/live", follow_account)
}

async fn follow_campaign(
    State(context): State<SharedContext>,
    Reader(signed_in): Reader,
    mut database: Database,
    key: Option<Extension<SessionKey>>,
    Id(campaign): Id<CampaignId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(Extension(key)) = key else { return Err(Problem::signed_out()) };
    let mut conn = database.read().await?;
    if campaigns::lookup(&mut conn, &signed_in.scope, &campaign).await?.is_none() {
        return Err(Problem::not_found("campaign"));
    }
    drop(conn);
    let viewer = Viewer { context, db: database.into_serial().await?, signed_in, key, campaign: Some(campaign) };
    follow(viewer, &headers, None).await
}

async fn follow_account(
    State(context): State<SharedContext>,
    Reader(signed_in): Reader,
    database: Database,
    key: Option<Extension<SessionKey>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(Extension(key)) = key else { return Err(Problem::signed_out()) };
    let (seen, _) = Parameters::read(query.as_deref()).without("seen");
    let seen = seen.and_then(|seen| seen.parse().ok());
    let viewer = Viewer { context, db: database.into_serial().await?, signed_in, key, campaign: None };
    follow(viewer, &headers, seen).await
}

/// Somebody who follows a page.
struct Viewer {
    context: SharedContext,
    db: SerialDb,
    signed_in: SignedIn,
    key: SessionKey,
    /// The campaign that the page is of; none: any.
    campaign: Option<CampaignId>,
}

impl Viewer {
    /// Whether a change of the account has to be looked into before it is told of. Everybody else sees everything, for as long as
    /// their session goes on, and is not worth a statement.
    fn is_looked_into(&self) -> bool {
        self.signed_in.scope.is_limited() || self.signed_in.until.is_some()
    }

    /// What the viewer sees at a revision of the account, as a number; none: they see nothing any more.
    async fn sees(&mut self, revision: i64) -> Result<Option<i64>, StoreError> {
        if !self.is_looked_into() {
            return Ok(Some(revision));
        }
        let mut conn = self.db.read().await?;
        let now = (self.context.clock)();
        // Another server, or a command, may have ended the session.
        let session = sessions::find(&mut conn, self.key.account, &self.key.hash, now).await?.session();
        if session.is_none_or(|session| session.user.is_limited != self.signed_in.scope.is_limited()) {
            return Ok(None);
        }
        if self.signed_in.scope.is_limited() {
            return seen::fingerprint(&mut conn, &self.signed_in.scope, self.campaign.as_ref()).await.map(Some);
        }
        Ok(Some(revision))
    }
}

/// The stream of an account's changes. What a campaign's page shows may follow from any of them; whoever sees but some campaigns is
/// told of changes of what they see, by numbers that tell nothing of the others.
async fn follow(mut viewer: Viewer, headers: &HeaderMap, seen: Option<i64>) -> Result<Response, Problem> {
    let (context, key) = (SharedContext::clone(&viewer.context), viewer.key);
    let counted = CountedViewer::new(&context, key.hash)?;
    // Watch first, read the revision then: what changes in between is not missed.
    let mut watched = context.live.watch(key.account);
    let ended = context.live.ended();
    let revision = {
        // Not of the request's snapshot, which began before.
        let mut conn = viewer.db.read().await?;
        store::accounts::revision(&mut conn, &viewer.signed_in.scope).await?
    };
    watched.mark_unchanged();
    let Some(shown) = viewer.sees(revision).await? else { return Err(Problem::signed_out()) };
    // A browser that was cut off says what it saw last; a page may say from what it was made.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse::<i64>().ok());
    let seen = last.or(seen.filter(|_| !viewer.signed_in.scope.is_limited()));
    let lasts = Duration::from_millis((key.times.expires_at.0 - (context.clock)().0).max(0) as u64);
    let over = over(ended, key, viewer.signed_in.scope.user());
    let events = events(viewer, watched, (revision, shown), seen.unwrap_or(shown));
    let stream = events.take_until(over).take_until(tokio::time::sleep(lasts));
    let stream = stream.map(move |event| {
        let _still_counted = &counted;
        event
    });
    // A proxy as it is installed gathers an answer before it passes it on; nginx and those like it ask this header not to.
    let unbuffered = [("x-accel-buffering", "no")];
    let mut response = (unbuffered, Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))).into_response();
    // axum's own `no-cache` lets a cache keep it.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(NOT_STORED));
    Ok(response)
}

/// `change` with the number of what is seen now, whenever it is another than the browser saw. `at` is the revision that was read and
/// that number. It ends where nothing is seen any more, or the database does not say: the browser comes back.
fn events(
    viewer: Viewer,
    watched: watch::Receiver<i64>,
    at: (i64, i64),
    seen: i64,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let shown = at.1;
    let begin = futures::stream::once(async move {
        // Tells the browser that it is connected, and when to come back.
        let hello = Event::default().retry(Duration::from_secs(2)).id(shown.to_string());
        if seen == shown { hello.comment("following") } else { hello.event("change").data(shown.to_string()) }
    });
    let changes =
        futures::stream::unfold((viewer, watched, at), |(mut viewer, mut watched, (last, shown))| async move {
            let mut revision = last;
            loop {
                let changed = if viewer.is_looked_into() {
                    // What ends a session elsewhere changes nothing of the account.
                    tokio::time::timeout(KEEP_ALIVE, watched.changed()).await.unwrap_or(Ok(()))
                } else {
                    watched.changed().await
                };
                changed.ok()?;
                revision = (*watched.borrow_and_update()).max(revision);
                let now = viewer.sees(revision).await.ok()??;
                if now != shown || !viewer.is_looked_into() {
                    let event = Event::default().event("change").id(now.to_string()).data(now.to_string());
                    return Some((event, (viewer, watched, (revision, now))));
                }
            }
        });
    begin.chain(changes).map(Ok)
}

/// Resolves when the stream must end.
async fn over(mut ended: broadcast::Receiver<EndedStreams>, key: SessionKey, user_key: Option<i64>) {
    loop {
        match ended.recv().await {
            Ok(EndedStreams::Session(hash)) if hash == key.hash => return,
            Ok(EndedStreams::User { account, user }) if account == key.account && user_key == Some(user) => {
                return;
            }
            // Who has missed such a word ends, too: the browser comes back, and is let in or not.
            Ok(EndedStreams::All) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

/// Counts a viewer while its stream lives.
struct CountedViewer {
    context: SharedContext,
    session: [u8; 32],
}

impl CountedViewer {
    fn new(context: &SharedContext, session: [u8; 32]) -> Result<Self, Problem> {
        if !context.live.begin_stream(session) {
            return Err(Problem::too_many(format!(
                "this session follows {STREAMS_OF_A_SESSION} pages already; close one of them"
            )));
        }
        context.metrics.live_viewers.fetch_add(1, Relaxed);
        Ok(Self { context: SharedContext::clone(context), session })
    }
}

impl Drop for CountedViewer {
    fn drop(&mut self) {
        self.context.metrics.live_viewers.fetch_sub(1, Relaxed);
        self.context.live.end_stream(self.session);
    }
}
