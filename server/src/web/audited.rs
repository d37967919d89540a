//! Tells in the log of the account who takes what out of it: recordings that are played or downloaded, lists and reports as files,
//! whole phone numbers by tokens. What cannot be told is not sent.
//!
//! It is found out here, by what a route answers with, and not in each handler: a new file is told of without anybody thinking of it.

use std::sync::{Arc, OnceLock};

use app::{session::SignedIn, settings::session_id};
use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::CampaignId;
use percent_encoding::percent_decode_str;
use serde_json::json;
use store::{
    RequestDb, Scope, StoreError,
    audit::{self, Action, Actor, ActorKind, Event},
};

use super::state::RouterState;
use super::{actor::actor_of, client::Client, database, download::recording::has, problem::Problem};

/// Recordings, for people and for programs.
const RECORDINGS: [&str; 2] = ["/calls/{id}/recording", "/api/v1/calls/{id}/recording"];
/// Where programs read customers' numbers.
const WITH_PHONES: [&str; 5] =
    ["/api/v1/calls", ONE_CALL, "/api/v1/campaigns/{id}/calls", "/api/v1/campaigns/{id}/contacts", "/api/v1/customers"];
const ONE_CALL: &str = "/api/v1/calls/{id}";
/// What the log says of a session: enough to tell a person's from each other.
const SESSION_CHARS: usize = 8;

/// Request extension: the authenticated actor, set by whichever extractor authenticates.
#[derive(Debug, Clone, Default)]
pub struct RequestActor(Arc<OnceLock<(Scope, Actor)>>);

impl RequestActor {
    /// Notes who asks, once that is known.
    pub fn is(&self, scope: Scope, actor: Actor) {
        // Whoever was found first stays.
        let _ = self.0.set((scope, actor));
    }
}

/// In a response's extensions: the campaign that it is about, where the address does not name it.
#[derive(Debug, Clone)]
pub struct AboutCampaign(pub CampaignId);

/// In a response's extensions: the customer whom it is about.
#[derive(Debug, Clone)]
pub struct AboutCustomer(pub String);

/// In a response's extensions: the call whose recording it is, by the id that its sender gave it. Its reader may have named it by
/// another one.
#[derive(Debug, Clone)]
pub struct AboutCall(pub String);

/// In a response's extensions: rows of the file.
#[derive(Debug, Clone, Copy)]
pub struct FileRows(pub u64);

/// Tells of an answer before it is sent.
pub async fn tell(State(server): State<RouterState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let asker = RequestActor::default();
    parts.extensions.insert(asker.clone());
    let Ok(Client(address)) = Client::from_request_parts(&mut parts, &server).await;
    let signed_in = parts.extensions.get::<SignedIn>().map(|who| (who.scope, actor_of(who, address)));
    let session = parts.extensions.get::<SignedIn>().map(|who| session_id(&who.session));
    let what = AuditedRequest {
        method: parts.method.clone(),
        route: parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        session,
    };
    let db = database::of(&parts.extensions, &server);
    let response = next.run(Request::from_parts(parts, body)).await;
    // A link out of a mail is of its account, whoever is signed in to another one.
    let Some((scope, actor)) = asker.0.get().or(signed_in.as_ref()) else { return response };
    let Some((event, once)) = what.event(scope, actor, &response) else { return response };
    // The handler is through with the request's snapshot, and nobody holds two connections.
    db.release().await;
    match record(&server, &db, scope, actor, &event, once).await {
        Ok(()) => response,
        Err(error) => Problem::from(error).into_response(),
    }
}

/// With what is left of the request's time, which is in the figures of the request as well.
async fn record(
    server: &RouterState,
    db: &RequestDb,
    scope: &Scope,
    actor: &Actor,
    event: &Event,
    once: bool,
) -> Result<(), StoreError> {
    let now = (server.context.clock)();
    if !once {
        let mut conn = db.write().await?;
        audit::record(&mut conn, scope, actor, event, now).await?;
        return conn.commit().await;
    }
    let is_listening = event.action != Action::PhonesRead;
    if is_listening && server.listenings.go_on(scope, actor, event, now) {
        return Ok(());
    }
    if !audit::is_recorded(&mut db.take().await?, scope, actor, event, now).await? {
        let mut conn = db.write().await?;
        audit::record_once(&mut conn, scope, actor, event, now).await?;
        conn.commit().await?;
    }
    if is_listening {
        server.listenings.begin(scope, actor, event, now);
    }
    Ok(())
}

/// What was asked for.
struct AuditedRequest {
    method: Method,
    route: String,
    path: String,
    query: Option<String>,
    /// The session of whoever is signed in, as it is told from their others.
    session: Option<String>,
}

impl AuditedRequest {
    /// What the log says of an answer, and whether once in a while is enough; none where nothing is taken out.
    fn event(&self, scope: &Scope, actor: &Actor, response: &Response) -> Option<(Event, bool)> {
        let is_given = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
        if !is_given || !matches!(self.method, Method::GET | Method::POST) {
            return None;
        }
        let customer = response.extensions().get::<AboutCustomer>().map(|customer| customer.0.as_str());
        if RECORDINGS.contains(&self.route.as_str()) {
            let action = if has(self.query.as_deref(), "download") {
                Action::RecordingDownloaded
            } else {
                Action::RecordingPlayed
            };
            // The parts of one listening are one; a file that is taken again is another.
            let once = action == Action::RecordingPlayed || response.status() == StatusCode::PARTIAL_CONTENT;
            let call = response.extensions().get::<AboutCall>().map_or_else(|| self.id(), |call| call.0.clone());
            let event = Event::of(action, call).about(customer);
            // Two sessions of one person listen apart from each other.
            let session = self.session.as_deref().filter(|_| actor.kind != ActorKind::Token);
            let session = session.and_then(|session| session.get(..SESSION_CHARS));
            let event = if let Some(session) = session { event.with(json!({"session": session})) } else { event };
            return Some((event, once));
        }
        if is_attachment(response.headers()) {
            let rows = response.extensions().get::<FileRows>().map(|rows| rows.0);
            // A secret in a path stays one.
            let path = if self.route.contains("{secret}") { self.route.clone() } else { self.decoded_path() };
            let event = Event::of(Action::Exported, path);
            return Some((
                event.with(json!({"filter": self.query.as_deref().unwrap_or_default(), "rows": rows})),
                false,
            ));
        }
        let reads_phones = self.method == Method::GET && WITH_PHONES.contains(&self.route.as_str());
        let is_whole = actor.kind == ActorKind::Token && !scope.sight().is_masked();
        // Single calls are told of together, by their campaign: whoever reads many would fill the log.
        let path = if self.route == ONE_CALL { self.route.clone() } else { self.decoded_path() };
        let campaign = self.campaign(response).unwrap_or_else(|| path.clone());
        (reads_phones && is_whole)
            .then(|| (Event::of(Action::PhonesRead, campaign).with(json!({"address": path})), true))
    }

    /// The campaign whose customers an answer names.
    fn campaign(&self, response: &Response) -> Option<String> {
        if let Some(AboutCampaign(campaign)) = response.extensions().get::<AboutCampaign>() {
            return Some(campaign.to_string());
        }
        let path = self.decoded_path();
        if let Some(rest) = path.strip_prefix("/api/v1/campaigns/") {
            return rest.rsplit_once('/').map(|(id, _)| id.to_owned());
        }
        let mut pairs = form_urlencoded::parse(self.query.as_deref().unwrap_or_default().as_bytes());
        pairs.find(|(name, _)| name == "campaign").map(|(_, id)| id.into_owned())
    }

    fn decoded_path(&self) -> String {
        percent_decode_str(&self.path).decode_utf8_lossy().into_owned()
    }

    /// The id in the path of a recording.
    fn id(&self) -> String {
        let parts: Vec<&str> = self.path.rsplit('/').collect();
        let id = parts.get(1).copied().unwrap_or_default();
        percent_decode_str(id).decode_utf8_lossy().into_owned()
    }
}

fn is_attachment(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_DISPOSITION).is_some_and(|value| value.as_bytes().starts_with(b"attachment"))
}
