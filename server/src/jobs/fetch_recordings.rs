//! Fetches the recordings of an account that are due, a few at once, and comes back for those that are tried again. What became of each
//! is noted by itself: a job that is killed goes on with what is still due.
//!
//! A place is free as soon as its recording is there. A server that is slow has a part of the account's places, and a part of all:
//! what is elsewhere is fetched meanwhile, and so is what comes in.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use domain::{
    Timestamp,
    call::RecordingFetchReason as Reason,
    limits::{FETCHES_OF_AN_ACCOUNT, FETCHES_OF_AN_ACCOUNT_AND_SERVER},
    sight::LoggedId,
};
use futures::{StreamExt, stream::FuturesUnordered};
use reqwest::Url;
use store::{
    StoreError,
    jobs::JobOutcome,
    recording_credentials,
    recording_fetches::{self, DueFetch, DuePlace},
};

use super::{JobEnd, JobError, MINUTE_MS, Task};
use crate::recordings::{
    fetch_places::{FetchPlace, NoPlace},
    fetching::{Credentials, FetchError, fetch},
    keeping::KeepError,
};

/// How many are looked up at once.
const LOOKED_UP: u32 = 100;
/// How often it is looked whether something else came in, or another account has left a place, while some are fetched.
const LOOKED_AGAIN: Duration = Duration::from_secs(1);
/// So many that wait for a slow server are looked through again each time; more are left until that server answers.
const LOOKED_THROUGH: usize = 1_000;
/// When a recording is tried again: vendors say that a call has one before it is there.
const PAUSES_MIN: [i64; 5] = [1, 5, 15, 60, 6 * 60];

pub(super) async fn run(task: Task) -> Result<JobEnd, JobError> {
    let mut looking = Looking::default();
    let mut running = FuturesUnordered::new();
    let mut under_way = UnderWay::default();
    loop {
        while running.len() < FETCHES_OF_AN_ACCOUNT {
            let Some(TakenFetch { due, server, place }) = looking.next(&task, &under_way).await? else { break };
            under_way.add(due.place, &server);
            let (task, credentials) = (&task, Arc::clone(&looking.credentials));
            running.push(async move {
                let at = due.place;
                let fetched = one(task, &credentials, due).await;
                drop(place);
                (at, server, fetched)
            });
        }
        if running.is_empty() && looking.is_through() {
            break;
        }
        tokio::select! {
            Some((at, server, fetched)) = running.next() => {
                fetched?;
                under_way.remove(at, &server);
                looking.left(&server);
            }
            () = tokio::time::sleep(LOOKED_AGAIN) => looking.again(),
        }
    }
    drop(running);
    let mut conn = task.db.write().await?;
    let outcome = match recording_fetches::next_due(&mut conn, &task.scope).await? {
        Some(at) => JobOutcome::Again(at, String::new()),
        None => JobOutcome::Done(String::new()),
    };
    if !task.finish(&mut conn, &outcome).await? {
        return Ok(JobEnd::Said("lost"));
    }
    conn.commit().await?;
    Ok(JobEnd::Said("done"))
}

/// The calls and servers of this account's running fetches.
#[derive(Default)]
struct UnderWay {
    calls: HashSet<i64>,
    servers: HashMap<String, usize>,
}

impl UnderWay {
    fn add(&mut self, at: DuePlace, server: &str) {
        self.calls.insert(at.call_key);
        *self.servers.entry(server.to_owned()).or_default() += 1;
    }

    fn remove(&mut self, at: DuePlace, server: &str) {
        self.calls.remove(&at.call_key);
        if let Some(count) = self.servers.get_mut(server) {
            *count -= 1;
        }
    }

    fn has_room(&self, server: &str) -> bool {
        self.servers.get(server).is_none_or(|count| *count < FETCHES_OF_AN_ACCOUNT_AND_SERVER)
    }
}

/// A recording to fetch, and the place to do it.
struct TakenFetch {
    due: DueFetch,
    server: String,
    place: FetchPlace,
}

/// Looks through what is due, in its order; what has no room now is passed over, and come back to.
#[derive(Default)]
struct Looking {
    page: VecDeque<DueFetch>,
    /// The last that was looked up.
    after: Option<DuePlace>,
    /// All due fetches were listed.
    is_over: bool,
    /// Servers of which some were passed over, and how many were.
    passed_over: HashSet<String>,
    passed: usize,
    credentials: Arc<Credentials>,
    are_credentials_read: bool,
}

impl Looking {
    /// The next that has room.
    async fn next(&mut self, task: &Task, under_way: &UnderWay) -> Result<Option<TakenFetch>, JobError> {
        loop {
            while let Some(due) = self.page.pop_front() {
                if under_way.calls.contains(&due.place.call_key) {
                    continue;
                }
                let server = server_of(&due.url);
                let place = if under_way.has_room(&server) {
                    task.context.fetches.try_take(&server)
                } else {
                    Err(NoPlace::OfServer)
                };
                match place {
                    Ok(place) => {
                        self.read_credentials(task).await?;
                        return Ok(Some(TakenFetch { due, server, place }));
                    }
                    Err(NoPlace::OfServer) => {
                        self.passed_over.insert(server);
                        self.passed += 1;
                    }
                    Err(NoPlace::All) => {
                        self.page.push_front(due);
                        return Ok(None);
                    }
                }
            }
            if self.is_over {
                return Ok(None);
            }
            let mut conn = task.db.read().await?;
            let due = recording_fetches::due(&mut conn, &task.scope, task.now(), self.after, LOOKED_UP).await?;
            self.are_credentials_read = false;
            self.is_over = due.len() < LOOKED_UP as usize;
            self.after = due.last().map(|last| last.place).or(self.after);
            self.page = due.into();
        }
    }

    /// As they are since the page was looked up, once something of it is fetched.
    async fn read_credentials(&mut self, task: &Task) -> Result<(), JobError> {
        if !self.are_credentials_read {
            let stored = recording_credentials::list(&mut task.db.read().await?, &task.scope).await?;
            self.credentials = Arc::new(Credentials::open(&task.context.sealer, task.scope.account(), stored));
            self.are_credentials_read = true;
        }
        Ok(())
    }

    /// Whether all that is due was fetched.
    fn is_through(&self) -> bool {
        self.is_over && self.page.is_empty() && self.passed == 0
    }

    /// A recording of this server is no longer fetched: those of it that were passed over come first.
    fn left(&mut self, server: &str) {
        if self.passed <= LOOKED_THROUGH || self.passed_over.contains(server) {
            self.anew();
        }
    }

    /// Looks at what came in; and at what was passed over, unless it is too much to be looked through in vain.
    fn again(&mut self) {
        if self.passed <= LOOKED_THROUGH {
            self.anew();
        } else {
            self.is_over = false;
        }
    }

    fn anew(&mut self) {
        // What is on the page was looked up a moment ago, and is the next anyway.
        if self.is_over || self.passed > 0 {
            *self = Self { credentials: Arc::clone(&self.credentials), ..Self::default() };
        }
    }
}

/// The server of an address: its name and port. One that has none fails by itself.
fn server_of(address: &str) -> String {
    let url = Url::parse(address).ok();
    let named = url.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default().unwrap_or_default())));
    named.map_or_else(String::new, |(host, port)| format!("{}:{port}", host.to_ascii_lowercase()))
}

/// Fetches one. An error is one of this machine, not of the recording: all wait until it is over.
async fn one(task: &Task, credentials: &Credentials, due: DueFetch) -> Result<(), JobError> {
    let reason = match fetch(&due.url, &task.context.settings.private_networks, credentials).await {
        Ok(sent) => match task.context.keeper(&task.db).keep_fetched(&task.scope, &due.call, sent, &due.url).await {
            // That it is stored is noted with it; one that is no longer wanted from there is noted where its call was stored.
            Ok(_) | Err(KeepError::NoCall) => return Ok(()),
            Err(KeepError::NotAudio(reason)) if reason.is_nothing_yet() => Reason::NotYet,
            Err(KeepError::NotAudio(_)) => Reason::NotAudio,
            Err(KeepError::Store(StoreError::OverQuota(..))) => Reason::OverQuota,
            Err(error) => return Err(error.into()),
        },
        Err(FetchError::Failed(reason)) => reason,
        Err(FetchError::Spool(error)) => return Err(error.into()),
    };
    let now = task.now();
    let pause = PAUSES_MIN.get(due.attempts as usize).filter(|_| reason.may_pass());
    let next = pause.map(|minutes| Timestamp(now.0 + minutes * MINUTE_MS));
    let (key, call) = (due.place.call_key, LoggedId(due.call.as_str()));
    tracing::info!(key, %call, attempt = due.attempts + 1, ?reason, "A recording was not fetched");
    let mut conn = task.db.write().await?;
    recording_fetches::failed(&mut conn, &task.scope, &due, reason, next, now).await?;
    conn.commit().await?;
    Ok(())
}
