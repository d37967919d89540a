//! A body of an answer that holds something for as long as it is sent.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use tracing::Span;

/// Its end, or its reader's leaving, drops what it holds. What is done and logged on the way is of the span.
pub struct HoldingBody<T> {
    body: Body,
    span: Span,
    _held: T,
}

impl<T> HoldingBody<T> {
    /// `body` in `span`, holding `held`.
    pub fn new(body: Body, span: Span, held: T) -> Self {
        Self { body, span, _held: held }
    }
}

impl<T: Unpin> HttpBody for HoldingBody<T> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let span = self.span.clone();
        let _in_span = span.enter();
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
