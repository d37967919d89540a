//! What reading a recording through may cost. It holds wherever its bytes are read and its sound is unpacked: a file of 2 MB may
//! unpack to days, and a file of nothing but beginnings keeps its reader searching.

use std::{
    io::{self, Read, Seek, SeekFrom},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use domain::limits::{RECORDING_CPU_SECONDS, RECORDING_HEAD_BYTES, RECORDING_SAMPLES};
use rustix::time::{ClockId, clock_gettime};
use symphonia::core::io::MediaSource;

use crate::found::NotAudio;

/// What one recording may cost, and whether anybody still waits for what is in it.
#[derive(Debug)]
pub struct Allowance {
    samples: u64,
    cpu: Duration,
    /// Microseconds of a processor that were used up in turns that are over.
    used: AtomicU64,
    /// What the present thread had used up when the turn began.
    turn_began: AtomicU64,
    /// Bytes that were read before the sound.
    head: AtomicU64,
    is_in_head: AtomicBool,
    is_left: AtomicBool,
}

impl Default for Allowance {
    /// That of every upload.
    fn default() -> Self {
        Self::new(RECORDING_SAMPLES, Duration::from_secs(RECORDING_CPU_SECONDS))
    }
}

impl Allowance {
    /// So many samples of all sides, and so much time of a processor.
    pub fn new(samples: u64, cpu: Duration) -> Self {
        let [used, turn_began, head] = [0, thread_time(), 0].map(AtomicU64::new);
        let (is_in_head, is_left) = (AtomicBool::new(true), AtomicBool::new(false));
        Self { samples, cpu, used, turn_began, head, is_in_head, is_left }
    }

    /// How many samples it may hold.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// Counts the time of this thread from now on.
    pub fn turn_begins(&self) {
        self.turn_began.store(thread_time(), Relaxed);
    }

    /// Keeps what the turn took.
    pub fn turn_ends(&self) {
        self.used.fetch_add(self.of_this_turn(), Relaxed);
        self.turn_began.store(thread_time(), Relaxed);
    }

    fn of_this_turn(&self) -> u64 {
        thread_time().saturating_sub(self.turn_began.load(Relaxed))
    }

    /// From here on it is read for its sound, of which nothing is kept.
    pub fn head_ends(&self) {
        self.is_in_head.store(false, Relaxed);
    }

    /// Nobody waits any more.
    pub fn leave(&self) {
        self.is_left.store(true, Relaxed);
    }

    /// Whether it may be read on, by the thread whose turn it is.
    pub fn check(&self) -> Result<(), NotAudio> {
        if self.is_left.load(Relaxed) {
            return Err(NotAudio::Left);
        }
        if self.head.load(Relaxed) > RECORDING_HEAD_BYTES {
            return Err(NotAudio::LongHead);
        }
        if self.time_used() > self.cpu.as_micros() as u64 { Err(NotAudio::TooCostly) } else { Ok(()) }
    }

    /// Whether half of the time is used up: what can be left out is left out then.
    pub fn is_half_used(&self) -> bool {
        self.time_used() > self.cpu.as_micros() as u64 / 2
    }

    fn time_used(&self) -> u64 {
        self.used.load(Relaxed) + self.of_this_turn()
    }

    fn read(&self, bytes: usize) {
        if self.is_in_head.load(Relaxed) {
            self.head.fetch_add(bytes as u64, Relaxed);
        }
    }
}

/// What the present thread has used up of a processor, in microseconds.
fn thread_time() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as u64 * 1_000_000 + time.tv_nsec as u64 / 1_000
}

/// A file that is read as long as its allowance lasts.
pub struct Metered<S> {
    source: S,
    allowance: Arc<Allowance>,
}

impl<S> Metered<S> {
    /// All that is read of `source` counts.
    pub fn new(source: S, allowance: Arc<Allowance>) -> Self {
        Self { source, allowance }
    }
}

impl<S: Read> Read for Metered<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.allowance.check().map_err(io::Error::other)?;
        let bytes = self.source.read(buffer)?;
        self.allowance.read(bytes);
        Ok(bytes)
    }
}

impl<S: Seek> Seek for Metered<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.source.seek(to)
    }
}

impl<S: MediaSource> MediaSource for Metered<S> {
    fn is_seekable(&self) -> bool {
        self.source.is_seekable()
    }

    fn byte_len(&self) -> Option<u64> {
        self.source.byte_len()
    }
}
