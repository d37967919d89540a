//! Connections of the web server: how many there are, and how long one may say nothing.
//!
//! `axum::serve` knows neither: a thousand silent connections used up the files that the system allows, and nobody else got
//! in. Here a connection without a request is closed after a while, and at once where a new one needs its place, the
//! one that has been silent longest first; and one that does not read its answer, or a byte now and then, after a while.

mod patient;

use std::{
    collections::BTreeMap,
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
};
use domain::limits::HEAD_SECONDS;
use futures::future::OptionFuture;
use hyper::{body::Incoming, server::conn::http1, service::Service};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Notify, OwnedSemaphorePermit, Semaphore, watch},
};
use tracing::Span;

use self::patient::{Patient, ReaderPace};
use crate::holding_body::HoldingBody;

/// How long nothing is accepted after the system refused to.
const PAUSE: Duration = Duration::from_secs(1);
/// How often one more silent connection is closed while a new one waits for its place.
const NEXT: Duration = Duration::from_millis(50);
/// How long a connection that shall end may take to send what was answered.
const GOODBYE: Duration = Duration::from_secs(5);
/// Files that are open beside connections: database, recordings, temporary files.
const OTHER_FILES: u64 = 256;
/// Files that most systems allow where nobody has asked for more.
const USUAL_FILES: u64 = 1_024;
/// Connections that are served however few files there may be.
const LEAST: u32 = 16;

/// Raises the number of files that this process may have open to what `wanted` connections need, or to what the system
/// allows; gives how many connections that is enough for.
pub fn allowed(wanted: u32) -> u32 {
    // Each may have a file open besides.
    let files = 2 * u64::from(wanted) + OTHER_FILES;
    match rlimit::increase_nofile_limit(files) {
        Ok(files) => within(files).min(wanted),
        Err(error) => {
            tracing::warn!(cause = %error, "The number of open files cannot be raised");
            within(USUAL_FILES).min(wanted)
        }
    }
}

fn within(files: u64) -> u32 {
    u32::try_from(files.saturating_sub(OTHER_FILES) / 2).unwrap_or(u32::MAX).max(LEAST)
}

/// Connections that have no request, by how long: the lowest number has been silent longest.
#[derive(Debug, Default)]
struct Silent(Mutex<Numbered>);

#[derive(Debug, Default)]
struct Numbered {
    last: u64,
    connections: BTreeMap<u64, Arc<Notify>>,
}

impl Silent {
    fn lock(&self) -> MutexGuard<'_, Numbered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the one that has been silent longest, if there is one.
    fn close_one(&self) {
        let longest = self.lock().connections.pop_first();
        if let Some((_, close)) = longest {
            close.notify_one();
        }
    }
}

/// One connection among the others.
#[derive(Debug)]
struct Connection {
    silent: Arc<Silent>,
    close: Arc<Notify>,
    state: Mutex<ConnectionState>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ConnectionState {
    /// It has had no request; its number among the silent ones.
    New(u64),
    /// It has a request.
    Answering,
    /// Idle between requests; its number among the idle ones.
    Silent(u64),
}

impl Connection {
    fn new(silent: Arc<Silent>) -> Arc<Self> {
        let close = Arc::default();
        let number = enter(&silent, &close);
        Arc::new(Self { silent, close, state: Mutex::new(ConnectionState::New(number)) })
    }

    fn state(&self) -> ConnectionState {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, ConnectionState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fall_silent(&self) {
        *self.lock() = ConnectionState::Silent(enter(&self.silent, &self.close));
    }

    fn speak(&self) {
        if let ConnectionState::New(number) | ConnectionState::Silent(number) =
            std::mem::replace(&mut *self.lock(), ConnectionState::Answering)
        {
            self.silent.lock().connections.remove(&number);
        }
    }
}

/// Puts a connection behind those that are silent already; its number.
fn enter(silent: &Silent, close: &Arc<Notify>) -> u64 {
    let mut numbered = silent.lock();
    numbered.last += 1;
    let number = numbered.last;
    numbered.connections.insert(number, Arc::clone(close));
    number
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.speak();
    }
}

/// A request that is being answered, to the last byte of the answer.
struct Answering(Arc<Connection>);

impl Answering {
    fn new(connection: &Arc<Connection>) -> Self {
        connection.speak();
        Self(Arc::clone(connection))
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.fall_silent();
    }
}

/// How long a connection may say nothing, and how slowly it may take what it asked for.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// Longest wait for a request's head, also of an idle connection.
    head: Duration,
    /// Slowest pace at which a reader may take an answer.
    reader: ReaderPace,
}

impl Patience {
    /// That of every server.
    const USUAL: Self = Self { head: Duration::from_secs(HEAD_SECONDS), reader: ReaderPace::USUAL };
}

/// Serves on a listener until `stop` resolves, then lets the requests that are under way end. There are never more than so
/// many connections.
pub async fn serve(listener: TcpListener, router: Router, connections: u32, stop: impl Future<Output = ()>) {
    serve_with(listener, router, connections, Patience::USUAL, stop).await;
}

async fn serve_with(
    listener: TcpListener,
    router: Router,
    connections: u32,
    patience: Patience,
    stop: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(connections as usize));
    let silent = Arc::new(Silent::default());
    let (stopping, stopped) = watch::channel(());
    // Every connection has a receiver: when all are gone, all have ended.
    let (open, of_a_connection) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let accepted = accept(&listener).await;
            (accepted, place(&places, &silent).await)
        };
        let ((stream, address), place) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        let Some(place) = place else { break };
        let connection = Connection::new(Arc::clone(&silent));
        let (router, stopped, of_a_connection) = (router.clone(), stopped.clone(), of_a_connection.clone());
        tokio::spawn(async move {
            answer(stream, address, router, (&connection, patience), stopped).await;
            drop((connection, place, of_a_connection));
        });
    }
    drop((listener, stopped, of_a_connection));
    let _ = stopping.send(());
    open.closed().await;
}

/// A permit for one more connection; where all are taken, a silent connection is closed for it. `None` once the server stops.
async fn place(places: &Arc<Semaphore>, silent: &Silent) -> Option<OwnedSemaphorePermit> {
    if let Ok(place) = Arc::clone(places).try_acquire_owned() {
        return Some(place);
    }
    let mut free = pin!(Arc::clone(places).acquire_owned());
    loop {
        // It may be given a request in this very moment, or be slow to take its last answer: then the next one is closed.
        silent.close_one();
        if let Ok(place) = tokio::time::timeout(NEXT, &mut free).await {
            return place.ok();
        }
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                // What is answered in two writes, such as a part of a recording, else waits 40 ms for an acknowledgement.
                let _ = stream.set_nodelay(true);
                return (stream, address);
            }
            // Who came has left again.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionAborted
                        | io::ErrorKind::ConnectionRefused
                        | io::ErrorKind::ConnectionReset
                ) => {}
            Err(error) => {
                tracing::error!(cause = %error, "No connection can be accepted now");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Answers the requests of a connection until either side closes it.
async fn answer(
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
    (connection, patience): (&Arc<Connection>, Patience),
    mut stopped: watch::Receiver<()>,
) {
    let router = TowerToHyperService::new(router);
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let answering = Answering::new(connection);
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(address));
        let answer = router.call(request);
        async move {
            let response: Response = answer.await?;
            Ok::<_, Infallible>(response.map(|body| HoldingBody::new(body, Span::none(), answering)))
        }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience.head);
    let stream = Patient::new(stream, patience.reader);
    let mut serving = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut is_stopping = false;
    let mut ends = pin!(None);
    loop {
        tokio::select! {
            _ = &mut serving => return,
            () = connection.close.notified() => match connection.state() {
                ConnectionState::New(_) => return,
                ConnectionState::Answering => {}
                // The end of the last answer may still be on its way.
                ConnectionState::Silent(_) => {
                    serving.as_mut().graceful_shutdown();
                    ends.set(Some(tokio::time::sleep(GOODBYE)));
                }
            },
            Some(()) = OptionFuture::from(ends.as_mut().as_pin_mut()) => return,
            _ = stopped.changed(), if !is_stopping => {
                is_stopping = true;
                serving.as_mut().graceful_shutdown();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{body::Bytes, routing::get};
    use domain::limits::{READ_BYTES_PER_SECOND, READ_SECONDS};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const NEVER: Duration = Duration::from_hours(24);
    /// More than lies on the way between a server and a reader who takes nothing.
    const LARGE: usize = 64 * 1024 * 1024;
    const PIECE: usize = 64 * 1024;

    /// In pieces: what was handed over whole is answered, as far as the server knows.
    async fn large() -> Body {
        let piece = Ok::<_, Infallible>(Bytes::from(vec![0; PIECE]));
        Body::from_stream(futures::stream::iter(std::iter::repeat_n(piece, LARGE / PIECE)))
    }

    /// A server of one connection with so much patience; gives where it is.
    async fn server(patience: Patience) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(get(large));
        tokio::spawn(serve_with(listener, router, 1, patience, std::future::pending()));
        address
    }

    #[tokio::test]
    async fn who_sends_no_head_of_a_request_is_left_before_and_after_one() {
        let address = server(Patience { head: Duration::from_millis(20), reader: ReaderPace::USUAL }).await;
        for begin in ["", "GET / HT", "HEAD / HTTP/1.1\r\nhost: x\r\n\r\n"] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(begin.as_bytes()).await.unwrap();
            let mut answered = Vec::new();
            // It comes to an end though nobody asks for it.
            stream.read_to_end(&mut answered).await.unwrap();
            assert_eq!(answered.starts_with(b"HTTP/1.1 200"), begin.starts_with("HEAD"), "{begin}");
        }
    }

    #[tokio::test]
    async fn who_does_not_read_the_answer_is_left() {
        let address = server(Patience {
            head: NEVER,
            reader: ReaderPace { waited: Duration::from_millis(20), bytes_per_second: 1 },
        })
        .await;
        let mut unread = TcpStream::connect(address).await.unwrap();
        unread.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        unread.readable().await.unwrap();
        // The only place is free again.
        let mut next = TcpStream::connect(address).await.unwrap();
        next.write_all(b"HEAD / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        next.read_u8().await.unwrap();
        let mut answered = Vec::new();
        let _ = unread.read_to_end(&mut answered).await;
        assert!(answered.len() < LARGE, "{}", answered.len());
    }

    #[test]
    fn a_server_waits_as_long_as_the_limits_say() {
        let Patience { head, reader } = Patience::USUAL;
        let reader = (reader.waited.as_secs(), reader.bytes_per_second);
        assert_eq!((head.as_secs(), reader), (HEAD_SECONDS, (READ_SECONDS, READ_BYTES_PER_SECOND)));
    }

    #[test]
    fn connections_leave_files_to_the_rest_of_the_server() {
        assert_eq!(within(1_024), 384);
        assert_eq!(within(0), LEAST);
        assert!(allowed(32) <= 32);
    }

    #[test]
    fn the_connection_that_was_silent_longest_is_closed_first() {
        let silent = Arc::new(Silent::default());
        let connections: Vec<_> = (0..3).map(|_| Connection::new(Arc::clone(&silent))).collect();
        // The first one has had a request since.
        drop(Answering::new(&connections[0]));
        let answering = Answering::new(&connections[1]);
        silent.close_one();
        let left: Vec<_> = silent.lock().connections.values().cloned().collect();
        assert_eq!(left.len(), 1, "one was closed, one has a request");
        assert!(Arc::ptr_eq(&left[0], &connections[0].close));
        drop(answering);
        drop(connections);
        assert!(silent.lock().connections.is_empty());
    }
}
