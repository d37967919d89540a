//! Portions of a file that several threads work on at once, whose results come in the order of the portions.
//!
//! Each thread has a lane of its own; portions go to the lanes in turn and their results are taken in the same turn, so nothing has to
//! be put in order, and what waits is bounded. A file of one portion is worked on by the thread that reads it.

use std::{
    collections::VecDeque,
    io,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

/// Portions that wait in a lane, those that are done among them.
const DEPTH: usize = 2;
/// Bytes that wait in all lanes; one portion may be larger.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of a portion, about: its last row may be large.
pub(crate) const PORTION_BYTES: usize = 256 * 1024;

/// How rows are shared out among threads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sharing {
    /// Threads beside the one that reads; with one or none it does all.
    pub(crate) threads: usize,
    /// Rows of a portion.
    pub(crate) rows: usize,
}

impl Sharing {
    /// Whether a portion of so many rows and bytes is full.
    pub(crate) fn is_full(self, rows: usize, bytes: usize) -> bool {
        rows >= self.rows.max(1) || bytes >= PORTION_BYTES
    }
}

type Worker<T, R> = Box<dyn FnMut(T) -> R + Send>;

/// The lanes.
pub(crate) struct Lanes<T, R> {
    threads: usize,
    worker: Box<dyn Fn() -> Worker<T, R> + Send>,
    /// Of the thread that reads.
    own: Option<Worker<T, R>>,
    running: Vec<Lane<T, R>>,
    /// Portions whose results were not taken, and their bytes.
    waiting: VecDeque<(PortionPlace<T>, usize)>,
    bytes: usize,
    sent: usize,
}

/// Where a portion is.
enum PortionPlace<T> {
    /// With the thread that reads.
    Here(T),
    Lane(usize),
}

struct Lane<T, R> {
    /// None once no more portions come.
    portions: Option<SyncSender<T>>,
    results: Receiver<R>,
    thread: Option<JoinHandle<()>>,
}

impl<T: Send + 'static, R: Send + 'static> Lanes<T, R> {
    /// `worker` makes what one thread does with a portion; no thread is started before there are two portions.
    pub(crate) fn new<W: FnMut(T) -> R + Send + 'static>(
        sharing: Sharing,
        worker: impl Fn() -> W + Send + 'static,
    ) -> Self {
        Self {
            threads: sharing.threads,
            worker: Box::new(move || Box::new(worker())),
            own: None,
            running: Vec::new(),
            waiting: VecDeque::new(),
            bytes: 0,
            sent: 0,
        }
    }

    /// Whether a result has to be taken before another portion is handed over.
    pub(crate) fn is_full(&self) -> bool {
        match self.running.len() {
            0 => self.waiting.len() >= if self.threads > 1 { 2 } else { 1 },
            lanes => self.waiting.len() >= lanes * DEPTH || self.bytes >= MOST_BYTES,
        }
    }

    /// Hands a portion over, of about so many bytes.
    pub(crate) fn push(&mut self, portion: T, bytes: usize) {
        if self.running.is_empty() && self.threads > 1 && !self.waiting.is_empty() {
            // Where the system gives no thread, the one that reads does all.
            self.running.extend((0..self.threads).map_while(|_| Lane::start((self.worker)()).ok()));
            let before: Vec<_> = self.waiting.drain(..).collect();
            for (place, bytes) in before {
                let place = if let PortionPlace::Here(portion) = place { self.sent_on(portion) } else { place };
                self.waiting.push_back((place, bytes));
            }
        }
        let place = self.sent_on(portion);
        self.waiting.push_back((place, bytes));
        self.bytes += bytes;
    }

    fn sent_on(&mut self, portion: T) -> PortionPlace<T> {
        if self.running.is_empty() {
            return PortionPlace::Here(portion);
        }
        let at = self.sent % self.running.len();
        self.sent += 1;
        if let Some(portions) = &self.running[at].portions {
            // Of a thread that has failed the missing result tells.
            drop(portions.send(portion));
        }
        PortionPlace::Lane(at)
    }

    /// The result of the next portion, once it is done; none where no portion is left.
    ///
    /// # Errors
    /// Where the thread that had it has failed.
    pub(crate) fn next(&mut self) -> io::Result<Option<R>> {
        let Some((place, bytes)) = self.waiting.pop_front() else { return Ok(None) };
        self.bytes -= bytes;
        match place {
            PortionPlace::Here(portion) => Ok(Some(self.own.get_or_insert_with(&self.worker)(portion))),
            PortionPlace::Lane(at) => {
                let failed = |_| io::Error::other("a thread that made records of rows has failed");
                self.running[at].results.recv().map(Some).map_err(failed)
            }
        }
    }
}

impl<T: Send + 'static, R: Send + 'static> Lane<T, R> {
    fn start(mut worker: Worker<T, R>) -> io::Result<Self> {
        let (portions, given) = sync_channel::<T>(DEPTH);
        let (done, results) = sync_channel(DEPTH);
        let work = move || {
            while let Ok(portion) = given.recv() {
                if done.send(worker(portion)).is_err() {
                    return;
                }
            }
        };
        let thread = thread::Builder::new().name("records".to_owned()).spawn(work)?;
        Ok(Self { portions: Some(portions), results, thread: Some(thread) })
    }
}

/// No thread outlives the reading.
impl<T, R> Drop for Lanes<T, R> {
    fn drop(&mut self) {
        self.running.iter_mut().for_each(|lane| drop(lane.portions.take()));
        for thread in self.running.iter_mut().filter_map(|lane| lane.thread.take()) {
            // One that has failed was told of, or nobody asks for what it made.
            drop(thread.join());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The doubles of these numbers, each a portion; an error where there is one.
    fn doubled(threads: usize, numbers: &[u64]) -> (Vec<u64>, Option<String>) {
        let mut lanes = Lanes::new(Sharing { threads, rows: 1 }, || {
            |number: u64| {
                assert!(number != 13, "13 is not doubled");
                number * 2
            }
        });
        let (mut all, mut left) = (Vec::new(), numbers.iter());
        loop {
            while !lanes.is_full()
                && let Some(number) = left.next()
            {
                lanes.push(*number, 1);
            }
            match lanes.next() {
                Ok(Some(double)) => all.push(double),
                Ok(None) => return (all, None),
                Err(error) => return (all, Some(error.to_string())),
            }
        }
    }

    #[test]
    fn results_come_in_the_order_of_the_portions() {
        let numbers: Vec<u64> = (100..400).collect();
        let expected: Vec<u64> = numbers.iter().map(|number| number * 2).collect();
        for threads in 0..5 {
            assert_eq!(doubled(threads, &numbers), (expected.clone(), None), "{threads}");
            assert_eq!(doubled(threads, &[]), (Vec::new(), None));
            assert_eq!(doubled(threads, &[1]), (vec![2], None));
        }
    }

    #[test]
    fn a_thread_that_fails_is_an_error_and_what_was_before_it_is_there() {
        let (before, error) = doubled(2, &[1, 2, 3, 13, 5, 6, 7, 8, 9, 10]);
        assert_eq!(before, [2, 4, 6]);
        assert!(error.is_some_and(|error| error.contains("has failed")));
    }

    #[test]
    fn what_waits_is_bounded_by_its_bytes() {
        let mut lanes = Lanes::new(Sharing { threads: 4, rows: 1 }, || |portion: usize| portion);
        lanes.push(1, MOST_BYTES / 2);
        assert!(!lanes.is_full());
        lanes.push(2, MOST_BYTES / 2);
        assert!(lanes.is_full());
        assert_eq!(lanes.next().ok().flatten(), Some(1));
        assert!(!lanes.is_full());
    }
}
