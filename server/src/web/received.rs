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

const IDLE: Duration = Duration::from_secs(BODY_IDLE_SECONDS);
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

/// Whether so many bytes after so long are a sender who keeps a place that others could use.
fn is_too_slow(waited: Duration, bytes: u64, seconds: u64) -> bool {
    let least = waited.saturating_sub(IDLE).as_secs().saturating_mul(BODY_BYTES_PER_SECOND);
    bytes < least || waited.as_secs() > seconds
}

/// A body of at most `limit` bytes as it comes, which must have come to its end within `seconds`; its errors are those of
/// [`receive`].
pub fn in_time<E>(
    stream: impl Stream<Item = Result<Bytes, E>> + Send + Unpin,
    limit: u64,
    seconds: u64,
    too_large: fn() -> Problem,
) -> impl Stream<Item = Result<Bytes, Problem>> + Send {
    let begun = Instant::now();
    futures::stream::try_unfold((stream, 0), move |(mut stream, bytes)| async move {
        let next = tokio::time::timeout(IDLE, stream.next()).await.map_err(|_| Problem::too_slow())?;
        let Some(chunk) = next else { return Ok(None) };
        let chunk = chunk.map_err(|_| Problem::unreadable("the body broke off"))?;
        let bytes = bytes + chunk.len() as u64;
        if bytes > limit {
            return Err(too_large());
        }
        if is_too_slow(begun.elapsed(), bytes, seconds) {
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
    let mut stream = pin!(in_time(body.into_data_stream(), limit, BODY_SECONDS, too_large));
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
        let is_too_slow = |waited, bytes| is_too_slow(waited, bytes, BODY_SECONDS);
        // A byte every twenty seconds never lets the connection idle.
        assert!(!is_too_slow(second(20), 1));
        assert!(is_too_slow(second(40), 2));
        // 4 KiB a second, after the first half minute; and one byte less.
        let least = 100 * BODY_BYTES_PER_SECOND;
        assert!(!is_too_slow(second(BODY_IDLE_SECONDS + 100), least));
        assert!(is_too_slow(second(BODY_IDLE_SECONDS + 100), least - 1));
        assert!(!is_too_slow(second(BODY_SECONDS), u64::MAX) && is_too_slow(second(BODY_SECONDS + 1), u64::MAX));
    }
}
