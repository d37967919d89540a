//! A body that is received to its end before anything is done with it: while its sender is slow, nobody waits for what the
//! request will need.

use std::{
    io::{self, Cursor},
    pin::pin,
    time::Duration,
};

use axum::body::{Body, Bytes};
use domain::limits::{BODY_BYTES_PER_SECOND, BODY_IDLE_SECONDS, BODY_SECONDS, RECEIVED_IN_MEMORY};
use futures::{Stream, StreamExt};
use tokio::{
    fs::File,
    io::{AsyncRead, AsyncReadExt, AsyncSeekExt, AsyncWriteExt},
    time::Instant,
};

use super::problem::Problem;

/// What is written to a file at a time.
const WRITTEN_BYTES: usize = 64 * 1024;

/// A body as it came in: its beginning in memory, the rest in a file without a name.
#[derive(Debug, Default)]
pub struct Received {
    begin: Vec<u8>,
    rest: Option<File>,
}

impl Received {
    /// All of it, from the beginning.
    pub async fn into_reader(self) -> Result<Box<dyn AsyncRead + Send + Unpin>, Problem> {
        let begin = Cursor::new(self.begin);
        let Some(mut rest) = self.rest else { return Ok(Box::new(begin)) };
        rest.rewind().await.map_err(|error| Problem::of_file("temporary folder", &error))?;
        Ok(Box::new(begin.chain(rest)))
    }

    async fn add(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        if self.rest.is_none() {
            let room = RECEIVED_IN_MEMORY - self.begin.len();
            let (begin, rest) = bytes.split_at(bytes.len().min(room));
            self.begin.extend_from_slice(begin);
            bytes = rest;
        }
        if bytes.is_empty() {
            return Ok(());
        }
        let file = match &mut self.rest {
            Some(file) => file,
            none => {
                let mut file = File::from_std(tempfile::tempfile()?);
                file.set_max_buf_size(WRITTEN_BYTES);
                none.insert(file)
            }
        };
        file.write_all(bytes).await
    }
}

/// How slowly a body may come before its sender is taken for one who keeps a place that others could use.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How long nothing may come, and how long little may.
    pub idle: Duration,
    /// Bytes a second after that, on average.
    pub bytes_per_second: u64,
    /// In which time all of it must have come.
    pub within: Duration,
}

impl Pace {
    /// That of a body which must have come within so many seconds.
    pub fn within(seconds: u64) -> Self {
        let idle = Duration::from_secs(BODY_IDLE_SECONDS);
        Self { idle, bytes_per_second: BODY_BYTES_PER_SECOND, within: Duration::from_secs(seconds) }
    }

    /// Whether so many bytes after so long a wait are too few.
    pub fn is_too_slow(&self, waited: Duration, bytes: u64) -> bool {
        let least = waited.saturating_sub(self.idle).as_millis() * u128::from(self.bytes_per_second) / 1_000;
        u128::from(bytes) < least || waited > self.within
    }
}

/// A body of at most `limit` bytes as it comes, at this pace; its errors are those of [`receive`].
pub fn in_time<E>(
    stream: impl Stream<Item = Result<Bytes, E>> + Send + Unpin,
    limit: u64,
    pace: Pace,
    too_large: fn() -> Problem,
) -> impl Stream<Item = Result<Bytes, Problem>> + Send {
    let begun = Instant::now();
    futures::stream::try_unfold((stream, 0), move |(mut stream, bytes)| async move {
        let next = tokio::time::timeout(pace.idle, stream.next()).await.map_err(|_| Problem::too_slow())?;
        let Some(chunk) = next else { return Ok(None) };
        let chunk = chunk.map_err(|_| Problem::unreadable("the body broke off"))?;
        let bytes = bytes + chunk.len() as u64;
        if bytes > limit {
            return Err(too_large());
        }
        if pace.is_too_slow(begun.elapsed(), bytes) {
            return Err(Problem::too_slow());
        }
        Ok(Some((chunk, (stream, bytes))))
    })
}

/// Receives a body of at most `limit` bytes.
///
/// # Errors
/// 413 where it is longer, in the words of `too_large`; 408 where it comes too slowly; 400 where it breaks off; 507 where
/// there is no room for it.
pub async fn receive(body: Body, limit: u64, too_large: fn() -> Problem) -> Result<Received, Problem> {
    let mut received = Received::default();
    let mut stream = pin!(in_time(body.into_data_stream(), limit, Pace::within(BODY_SECONDS), too_large));
    while let Some(chunk) = stream.next().await {
        received.add(&chunk?).await.map_err(|error| Problem::of_file("temporary folder", &error))?;
    }
    if let Some(file) = &mut received.rest {
        file.flush().await.map_err(|error| Problem::of_file("temporary folder", &error))?;
    }
    Ok(received)
}

/// Receives a body that is a text in UTF-8.
///
/// # Errors
/// Those of [`receive`], and 400 where it is no such text.
pub async fn text(body: Body, limit: u64) -> Result<String, Problem> {
    let received = receive(body, limit, || Problem::too_large("this body is at most 1 MiB")).await?;
    let mut text = String::new();
    let read = received.into_reader().await?.read_to_string(&mut text).await;
    read.map_err(|_| Problem::unreadable("the body is not UTF-8"))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn too_large() -> Problem {
        Problem::too_large("it is too large")
    }

    async fn back(body: Vec<u8>, piece: usize, limit: u64) -> Result<Vec<u8>, u16> {
        let pieces: Vec<_> =
            body.chunks(piece).map(|piece| Ok::<_, io::Error>(Bytes::copy_from_slice(piece))).collect();
        let body = Body::from_stream(futures::stream::iter(pieces));
        let received = receive(body, limit, too_large).await.map_err(|problem| problem.status().as_u16())?;
        let mut bytes = Vec::new();
        received.into_reader().await.unwrap().read_to_end(&mut bytes).await.unwrap();
        Ok(bytes)
    }

    #[tokio::test]
    async fn a_body_comes_back_as_it_came_in_up_to_its_limit() {
        for length in [0, 1, RECEIVED_IN_MEMORY, RECEIVED_IN_MEMORY + 1, 3 * RECEIVED_IN_MEMORY + 7] {
            let body: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            for piece in [1_000, 100_000, RECEIVED_IN_MEMORY] {
                assert_eq!(back(body.clone(), piece, length as u64).await, Ok(body.clone()), "{length} by {piece}");
                if length > 0 {
                    assert_eq!(back(body.clone(), piece, length as u64 - 1).await, Err(413));
                }
            }
        }
    }

    #[test]
    fn a_sender_at_a_trickle_is_given_up_and_one_on_a_slow_line_is_not() {
        let second = Duration::from_secs;
        let pace = Pace::within(BODY_SECONDS);
        // A byte every twenty seconds never lets the connection idle.
        assert!(!pace.is_too_slow(second(20), 1));
        assert!(pace.is_too_slow(second(40), 2));
        // 4 KiB a second, after the first half minute; and one byte less.
        let least = 100 * BODY_BYTES_PER_SECOND;
        assert!(!pace.is_too_slow(second(BODY_IDLE_SECONDS + 100), least));
        assert!(pace.is_too_slow(second(BODY_IDLE_SECONDS + 100), least - 1));
        assert!(
            !pace.is_too_slow(second(BODY_SECONDS), u64::MAX) && pace.is_too_slow(second(BODY_SECONDS + 1), u64::MAX)
        );
    }

    #[tokio::test]
    async fn a_body_that_stops_trickles_or_takes_too_long_is_given_up() {
        const NEVER: Duration = Duration::from_hours(24);
        /// A byte now and then, for ever.
        fn trickling() -> impl Stream<Item = io::Result<Bytes>> {
            futures::stream::repeat_with(|| Ok(Bytes::from_static(b"x"))).then(async |byte: io::Result<Bytes>| {
                tokio::time::sleep(Duration::from_millis(1)).await;
                byte
            })
        }
        let idle = Duration::from_millis(20);
        let begin = futures::stream::iter([Ok::<_, io::Error>(Bytes::from_static(b"x"))]);
        let stops = begin.chain(futures::stream::pending()).boxed();
        for (stream, pace) in [
            (stops, Pace { idle, bytes_per_second: 0, within: NEVER }),
            (trickling().boxed(), Pace { idle, bytes_per_second: 1_000_000, within: NEVER }),
            (trickling().boxed(), Pace { idle: NEVER, bytes_per_second: 0, within: idle }),
        ] {
            let mut body = pin!(in_time(stream, u64::MAX, pace, too_large));
            let problem = loop {
                match body.next().await {
                    Some(Ok(_)) => {}
                    Some(Err(problem)) => break problem,
                    None => panic!("it came to its end: {pace:?}"),
                }
            };
            assert_eq!(problem.status().as_u16(), 408, "{pace:?}");
        }
    }
}
