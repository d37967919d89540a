//! Reading recordings through, a little of each in turn: an account's long recordings do not keep those of others waiting, and what
//! nobody waits for ends.

use std::{io, sync::Arc, time::Duration};

use audio::{Failed, MediaSource, NotAudio, Probe, ProbeStep, Probed, Raw, allowance::Allowance};

use crate::turns::Turns;

/// How long one is read before another may be.
const TURN: Duration = Duration::from_millis(500);

/// Why it is not known what a recording is.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    #[error(transparent)]
    NotAudio(#[from] NotAudio),
    /// It cannot be read, or what is played in its place cannot be written.
    #[error("a recording could not be read or converted")]
    Io(#[source] io::Error),
    /// The program has a fault, or ends.
    #[error("the reading of a recording ended")]
    Ended(#[source] io::Error),
}

impl From<Failed> for ProbeError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::NotAudio(reason) => Self::NotAudio(reason),
            Failed::Io(error) => Self::Io(error),
        }
    }
}

/// Whoever waits: work that is left by them ends.
struct Waiting(Arc<Allowance>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// Finds out what a recording is; `raw` is what it is said to be, should it have no header. Dropped, it ends what it began; a turn is over when the work of it is.
pub async fn probe(
    turns: &Turns,
    account: i64,
    source: impl MediaSource + 'static,
    raw: Option<Raw>,
    allowance: Allowance,
) -> Result<Probed, ProbeError> {
    let allowance = Arc::new(allowance);
    let _waiting = Waiting(Arc::clone(&allowance));
    let begun = Arc::clone(&allowance);
    let mut step = in_turn(turns, account, &allowance, move || Probe::begin(source, raw, begun)).await?;
    loop {
        match step {
            ProbeStep::Done(probed) => return Ok(probed),
            ProbeStep::More(probe) => step = in_turn(turns, account, &allowance, move || probe.go_on(TURN)).await?,
        }
    }
}

async fn in_turn(
    turns: &Turns,
    account: i64,
    allowance: &Arc<Allowance>,
    work: impl FnOnce() -> Result<ProbeStep, Failed> + Send + 'static,
) -> Result<ProbeStep, ProbeError> {
    let turn = turns.take(account).await.map_err(|error| ProbeError::Ended(io::Error::other(error)))?;
    let allowance = Arc::clone(allowance);
    let working = tokio::task::spawn_blocking(move || {
        allowance.turn_begins();
        let step = work();
        allowance.turn_ends();
        // With the work, and not with whoever waits for it.
        drop(turn);
        step
    });
    let step = working.await.map_err(|error| ProbeError::Ended(error.into()))?;
    Ok(step?)
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Cursor, Read, Seek, SeekFrom},
        sync::{
            Mutex,
            atomic::{AtomicU64, Ordering::Relaxed},
            mpsc,
        },
    };

    use tokio::sync::oneshot;

    use super::{super::samples::flac, *};
    use crate::turns::Full;

    /// A recording whose reading stops in the middle, says so, and goes on when it is told to.
    struct Stopping {
        bytes: Cursor<Vec<u8>>,
        read: Arc<AtomicU64>,
        reached: Option<oneshot::Sender<()>>,
        go_on: Mutex<mpsc::Receiver<()>>,
    }

    impl Read for Stopping {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let bytes = self.bytes.read(buffer)?;
            let read = self.read.fetch_add(bytes as u64, Relaxed);
            if read > 1_000_000
                && let Some(reached) = self.reached.take()
            {
                reached.send(()).unwrap();
                self.go_on.lock().unwrap().recv().unwrap();
            }
            Ok(bytes)
        }
    }

    impl Seek for Stopping {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.bytes.seek(to)
        }
    }

    impl MediaSource for Stopping {
        fn is_seekable(&self) -> bool {
            true
        }

        fn byte_len(&self) -> Option<u64> {
            Some(self.bytes.get_ref().len() as u64)
        }
    }

    #[tokio::test]
    async fn what_nobody_waits_for_ends_and_has_its_turn_until_then() {
        let (reached, is_reached) = oneshot::channel();
        let (told, go_on) = mpsc::channel();
        let (read, bytes) = (Arc::<AtomicU64>::default(), Cursor::new(flac(0, 16, 200_000)));
        let recording = Stopping { bytes, read: Arc::clone(&read), reached: Some(reached), go_on: Mutex::new(go_on) };
        let turns = Turns::new(1, 1);
        let mut probing = Box::pin(probe(&turns, 1, recording, None, Allowance::default()));
        tokio::select! {
            _ = &mut probing => panic!("it ends before its middle"),
            is_reached = is_reached => is_reached.unwrap(),
        }
        // Its sender leaves.
        drop(probing);
        assert_eq!(turns.try_take(1).unwrap_err(), Full::OfAccount, "the work goes on");
        let until_then = read.load(Relaxed);
        told.send(()).unwrap();
        let turn = turns.take(1).await.unwrap();
        assert_eq!(read.load(Relaxed), until_then, "nothing more was read");
        drop(turn);
        let next = probe(&turns, 1, Cursor::new(flac(0, 800, 10)), None, Allowance::default()).await.unwrap();
        assert_eq!(next.duration, Some(1_000));
    }
}
