//! What becomes of a request's body that nobody read to its end.
//!
//! A request may be answered early: the token is wrong, the batch is too large, a record breaks it off. Were the connection
//! closed then, with bytes of the body still coming in, TCP would reset it, and the sender could lose the answer that says
//! what was wrong; or send its next request on a connection that is about to close. So the rest is read and thrown away, for
//! a bounded time and amount (nginx does the same and calls it `lingering_close`).
//!
//! While a handler reads, nothing may come for a while only: a form that is never sent would keep its connection for ever.

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
use domain::limits::BODY_IDLE_SECONDS;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::time::Sleep;

/// How long a handler waits for more of a body. Handlers that say something better about it wait less long.
const PATIENCE: Duration = Duration::from_secs(2 * BODY_IDLE_SECONDS);
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
    let request = request.map(|body| Body::new(ReadOn::new(body, !asks_first, PATIENCE)));
    next.run(request).await
}

/// A body that is read on in the background when it is dropped before its end.
struct ReadOn {
    /// None once it is at its end or broken.
    body: Option<Body>,
    /// Whether its bytes are on the way.
    begun: bool,
    patience: Duration,
    /// Until when more of it is waited for, while somebody waits.
    waits: Option<Pin<Box<Sleep>>>,
}

impl ReadOn {
    fn new(body: Body, begun: bool, patience: Duration) -> Self {
        Self { body: Some(body), begun, patience, waits: None }
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
            let patience = self.patience;
            let waits = self.waits.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
            std::task::ready!(waits.as_mut().poll(context));
            // Who does not send will not send the rest either.
            self.body = None;
            return Poll::Ready(Some(Err(axum::Error::new(io::Error::from(io::ErrorKind::TimedOut)))));
        }
        self.waits = None;
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
        let body = Body::new(ReadOn::new(never, true, Duration::from_millis(10)));
        assert!(axum::body::to_bytes(body, 1_000).await.is_err());
    }

    #[tokio::test]
    async fn a_body_that_comes_is_read() {
        let body = Body::new(ReadOn::new(Body::from("name=value"), true, PATIENCE));
        assert_eq!(axum::body::to_bytes(body, 1_000).await.unwrap(), "name=value");
    }
}
