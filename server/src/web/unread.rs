//! What becomes of a request's body that nobody read to its end.
//!
//! A request may be answered early: the token is wrong, the batch is too large, a record breaks it off. Were the connection
//! closed then, with bytes of the body still coming in, TCP would reset it, and the sender could lose the answer that says
//! what was wrong; or send its next request on a connection that is about to close. So the rest is read and thrown away, for
//! a bounded time and amount (nginx does the same and calls it `lingering_close`).
//!
//! While a handler reads, nothing may come for a while only, and little for not much longer: a form that is never sent, or sent a
//! byte a minute, would keep its connection for ever.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::header,
    middleware::Next,
    response::Response,
};
use domain::limits::{BODY_BYTES_PER_SECOND, BODY_IDLE_SECONDS};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::time::{Instant, Sleep};

use super::received::Pace;

/// How slowly a body may come to any handler. Those that say something better about it wait less long; in how long all of it must
/// have come, only they say.
const PACE: Pace = Pace {
    idle: Duration::from_secs(2 * BODY_IDLE_SECONDS),
    bytes_per_second: BODY_BYTES_PER_SECOND,
    within: Duration::MAX,
};
/// How long the rest of a body is read in all.
const AT_MOST: Duration = Duration::from_secs(30);
/// How long nothing may come.
const IDLE: Duration = Duration::from_secs(5);
/// How many bytes are thrown away; what is longer still is cut off.
const MAX_BYTES: usize = 128 * 1024 * 1024;

/// Reads the bodies of requests to their ends, whatever the handlers do.
pub async fn read_on(request: Request, next: Next) -> Response {
    // Who asks first has sent nothing yet, and is told by the answer not to.
    let asks_first = request.headers().contains_key(header::EXPECT);
    let request = request.map(|body| Body::new(ReadOn::new(body, !asks_first, PACE)));
    next.run(request).await
}

/// A body that is read on in the background when it is dropped before its end.
struct ReadOn {
    /// None once it is at its end or broken.
    body: Option<Body>,
    /// Whether its bytes are on the way.
    begun: bool,
    pace: Pace,
    /// Since when, and until when, more of it is waited for, while somebody waits.
    waits: Option<(Instant, Pin<Box<Sleep>>)>,
    /// How long it was waited for in all.
    waited: Duration,
    /// How much came.
    bytes: u64,
}

impl ReadOn {
    fn new(body: Body, begun: bool, pace: Pace) -> Self {
        Self { body: Some(body), begun, pace, waits: None, waited: Duration::ZERO, bytes: 0 }
    }

    /// Who does not send will not send the rest either.
    fn give_up(&mut self) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.body = None;
        Poll::Ready(Some(Err(axum::Error::new(io::Error::from(io::ErrorKind::TimedOut)))))
    }
}

impl HttpBody for ReadOn {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.begun = true;
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = Pin::new(body).poll_frame(context);
        if frame.is_pending() {
            let idle = self.pace.idle;
            let begin = || (Instant::now(), Box::pin(tokio::time::sleep(idle)));
            let (_, waits) = self.waits.get_or_insert_with(begin);
            std::task::ready!(waits.as_mut().poll(context));
            return self.give_up();
        }
        // What the handler itself takes its time for is not the sender's.
        if let Some((since, _)) = self.waits.take() {
            self.waited += since.elapsed();
        }
        if let Poll::Ready(Some(Ok(frame))) = &frame {
            self.bytes += frame.data_ref().map_or(0, Bytes::len) as u64;
            if self.pace.is_too_slow(self.waited, self.bytes) {
                return self.give_up();
            }
        }
        if matches!(frame, Poll::Ready(None | Some(Err(_)))) {
            self.body = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for ReadOn {
    fn drop(&mut self) {
        let Some(body) = self.body.take().filter(|body| self.begun && !body.is_end_stream()) else { return };
        // Outside of a runtime there is no connection either.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(tokio::time::timeout(AT_MOST, throw_away(body)));
        }
    }
}

async fn throw_away(mut body: Body) {
    let mut left = MAX_BYTES;
    while let Ok(Some(Ok(frame))) = tokio::time::timeout(IDLE, body.frame()).await {
        let Some(rest) = left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) else { return };
        left = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_whose_end_is_never_sent_is_given_up() {
        let begin = futures::stream::iter([Ok::<_, io::Error>(Bytes::from_static(b"name="))]);
        let never = Body::from_stream(futures::StreamExt::chain(begin, futures::stream::pending()));
        let pace = Pace { idle: Duration::from_millis(10), ..PACE };
        let body = Body::new(ReadOn::new(never, true, pace));
        assert!(axum::body::to_bytes(body, 1_000).await.is_err());
    }

    fn bytes(count: usize) -> impl futures::Stream<Item = io::Result<Bytes>> {
        futures::stream::iter((0..count).map(|_| Ok(Bytes::from_static(b"x"))))
    }

    #[tokio::test]
    async fn a_body_that_trickles_is_given_up() {
        let pace = Pace { idle: Duration::from_millis(20), ..PACE };
        let trickling = futures::StreamExt::then(bytes(usize::MAX), async |byte| {
            tokio::time::sleep(Duration::from_millis(1)).await;
            byte
        });
        let body = Body::new(ReadOn::new(Body::from_stream(trickling), true, pace));
        assert!(axum::body::to_bytes(body, usize::MAX).await.is_err());
    }

    #[tokio::test]
    async fn what_a_handler_takes_its_time_for_is_not_the_senders() {
        let pace = Pace { idle: Duration::from_millis(20), ..PACE };
        let mut body = Body::new(ReadOn::new(Body::from_stream(bytes(10)), true, pace));
        for _ in 0..10 {
            body.frame().await.unwrap().unwrap();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(body.frame().await.is_none());
    }

    #[tokio::test]
    async fn a_body_that_comes_is_read() {
        let body = Body::new(ReadOn::new(Body::from("name=value"), true, PACE));
        assert_eq!(axum::body::to_bytes(body, 1_000).await.unwrap(), "name=value");
    }
}
