//! A connection to somebody who must read what is sent: one that asks for a large file and never reads it, or reads a byte now and
//! then, would keep its place for ever.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use domain::limits::{READ_BYTES_PER_SECOND, READ_SECONDS};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep},
};

/// What the system may keep of what a reader has not taken yet. By itself it keeps megabytes for a fast reader, and says that there is
/// room again once a third of that was taken: a reader on a slow line looked like one who takes nothing for minutes.
const SEND_BUFFER: usize = 192 * 1024;

/// How much a reader must take of what is sent, while it is waited for them.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReaderPace {
    /// How long it is waited until it is looked at what was taken meanwhile.
    pub waited: Duration,
    /// What must have been taken of each second of it.
    pub bytes_per_second: u64,
}

impl ReaderPace {
    /// That of every server.
    pub(super) const USUAL: Self =
        Self { waited: Duration::from_secs(READ_SECONDS), bytes_per_second: READ_BYTES_PER_SECOND };

    /// The least that is taken while it is waited for so long: nothing is too little.
    fn least(self) -> u64 {
        let bytes = self.waited.as_millis() * u128::from(self.bytes_per_second) / 1_000;
        u64::try_from(bytes).unwrap_or(u64::MAX).max(1)
    }
}

/// What a reader took since it was last looked at, and how long it was waited for them meanwhile. Time in which nothing was there to be
/// sent is no fault of theirs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Taken {
    waited: Duration,
    bytes: u64,
}

impl Taken {
    /// Counts what was taken after so long a wait.
    ///
    /// # Errors
    /// It is too little for all the time that it was waited.
    fn add(&mut self, pace: ReaderPace, waited: Duration, bytes: u64) -> Result<(), io::ErrorKind> {
        self.waited = self.waited.saturating_add(waited);
        self.bytes = self.bytes.saturating_add(bytes);
        if self.waited < pace.waited {
            return Ok(());
        }
        let taken = std::mem::take(self);
        if taken.bytes < pace.least() { Err(io::ErrorKind::TimedOut) } else { Ok(()) }
    }
}

/// A stream whose writes fail where too little was taken for a while.
#[derive(Debug)]
pub(super) struct Patient {
    stream: TcpStream,
    pace: ReaderPace,
    taken: Taken,
    /// Since when it is waited, and until when, while it is.
    waits: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Patient {
    pub(super) fn new(stream: TcpStream, pace: ReaderPace) -> Self {
        // Where the system refuses, a slow reader may be left too early.
        #[cfg(unix)]
        if let Err(error) = rustix::net::sockopt::set_socket_send_buffer_size(&stream, SEND_BUFFER) {
            tracing::debug!(cause = %error, "The send buffer of a connection cannot be set");
        }
        Self { stream, pace, taken: Taken::default(), waits: None }
    }

    fn waited(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = written {
            let waited = self.waits.take().map_or(Duration::ZERO, |(since, _)| since.elapsed());
            let bytes = *written.as_ref().unwrap_or(&0) as u64;
            return Poll::Ready(match self.taken.add(self.pace, waited, bytes) {
                Ok(()) => written,
                Err(kind) => Err(kind.into()),
            });
        }
        loop {
            let left = self.pace.waited.saturating_sub(self.taken.waited);
            let (since, until) = self.waits.get_or_insert_with(|| (Instant::now(), Box::pin(tokio::time::sleep(left))));
            if until.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            let waited = since.elapsed();
            self.waits = None;
            if let Err(kind) = self.taken.add(self.pace, waited, 0) {
                return Poll::Ready(Err(kind.into()));
            }
        }
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.waited(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.waited(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    async fn pair(waited: Duration, bytes_per_second: u64) -> (Patient, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let reader = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (Patient::new(listener.accept().await.unwrap().0, ReaderPace { waited, bytes_per_second }), reader)
    }

    /// A reader who is never left fails the test, and does not hang it.
    async fn left<T>(writing: impl Future<Output = T>) -> T {
        tokio::time::timeout(Duration::from_mins(1), writing).await.expect("nobody was left")
    }

    #[tokio::test]
    async fn who_does_not_read_is_left() {
        let (mut writer, _reader) = pair(Duration::from_millis(50), 1).await;
        // More than the system keeps for a reader.
        let sent = vec![0; 64 * 1024 * 1024];
        let error = left(writer.write_all(&sent)).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn who_reads_at_a_trickle_is_left() {
        // Nobody reads as fast as that, so that each time it is looked at, too little was taken.
        let (mut writer, mut reader) = pair(Duration::from_millis(50), u64::MAX).await;
        let reading = async {
            let mut piece = [0; 4_096];
            while reader.read(&mut piece).await.is_ok_and(|bytes| bytes > 0) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let sent = vec![0; 64 * 1024 * 1024];
        let error = tokio::select! {
            sent = left(writer.write_all(&sent)) => sent.unwrap_err(),
            () = reading => panic!("the reader was not left by the writer"),
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn who_reads_gets_all() {
        let (mut writer, mut reader) = pair(Duration::from_mins(1), READ_BYTES_PER_SECOND).await;
        let sent = vec![7; 16 * 1024 * 1024];
        let writing = async move {
            writer.write_all(&sent).await.unwrap();
            sent.len()
        };
        let mut received = Vec::new();
        let (sent, received) = tokio::join!(writing, async {
            reader.read_to_end(&mut received).await.unwrap();
            received.len()
        });
        assert_eq!(sent, received);
    }

    /// Takes so many bytes after each of so many waits of so long; whether it is taken for a reader.
    fn is_a_reader(taken: &mut Taken, times: u64, waited: Duration, bytes: u64) -> bool {
        (0..times).all(|_| taken.add(ReaderPace::USUAL, waited, bytes).is_ok())
    }

    #[test]
    fn a_reader_on_a_slow_line_gets_all_and_one_at_a_trickle_does_not() {
        let second = Duration::from_secs(1);
        let day = 24 * 60 * 60;
        assert!(is_a_reader(&mut Taken::default(), day, second, READ_BYTES_PER_SECOND), "a kibibyte a second");
        assert!(!is_a_reader(&mut Taken::default(), READ_SECONDS, second, READ_BYTES_PER_SECOND - 1));
        assert!(!is_a_reader(&mut Taken::default(), READ_SECONDS, second, 1));
        // What was taken fast before is no reason to wait for ever.
        let mut taken = Taken::default();
        assert!(is_a_reader(&mut taken, 1_000, Duration::ZERO, 1_000_000));
        assert!(!is_a_reader(&mut taken, 2 * READ_SECONDS, second, 1));
        // As the system reports it: a third of what it keeps at a time.
        let third = 2 * SEND_BUFFER as u64 / 3;
        assert!(is_a_reader(&mut Taken::default(), 1_000, Duration::from_secs(third / 2_048), third));
    }
}
