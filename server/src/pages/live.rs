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
use store::campaigns;
use tokio::sync::{broadcast, watch};

use crate::{
    context::SharedContext,
    live::Ended,
    web::{
        database::Database,
        path::Id,
        problem::Problem,
        query::Pairs,
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
    database: Database,
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
    follow(context, database, signed_in, key, &headers, None).await
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
    let (seen, _) = Pairs::read(query.as_deref()).without("seen");
    let seen = seen.and_then(|seen| seen.parse().ok());
    follow(context, database, signed_in, key, &headers, seen).await
}

/// The stream of an account's changes. What a campaign's page shows may follow from any of them.
async fn follow(
    context: SharedContext,
    database: Database,
    signed_in: SignedIn,
    key: SessionKey,
    headers: &HeaderMap,
    seen: Option<i64>,
) -> Result<Response, Problem> {
    let counted = Counted::new(&context, key.hash)?;
    // Watch first, read the revision then: what changes in between is not missed.
    let mut watched = context.live.watch(key.account);
    let ended = context.live.ended();
    let revision = {
        // Not of the request's snapshot, which began before.
        let mut conn = database.into_inner().await.read().await?;
        store::accounts::revision(&mut conn, &signed_in.scope).await?
    };
    watched.mark_unchanged();
    // A browser that was cut off says what it saw last; a page may say from what it was made.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse::<i64>().ok());
    let seen = last.or(seen);
    let lasts = Duration::from_millis((key.times.expires_at.0 - (context.clock)().0).max(0) as u64);
    let events = events(watched, revision, seen.unwrap_or(revision));
    let stream = events.take_until(over(ended, key, signed_in)).take_until(tokio::time::sleep(lasts));
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
struct Counted {
    context: SharedContext,
    session: [u8; 32],
}

impl Counted {
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

impl Drop for Counted {
    fn drop(&mut self) {
        self.context.metrics.live_viewers.fetch_sub(1, Relaxed);
        self.context.live.end_stream(self.session);
    }
}
