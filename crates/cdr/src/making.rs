//! The records of gathered calls, made by several threads ahead of who asks for them.

use std::{io, vec};

use domain::CallRecord;

use crate::{
    findings::Findings,
    gathered::{CallRows, Gathered},
    lanes::{Lanes, Sharing},
    source::{Direction, Failure, Skipped, Source, ToldCall},
    spool::Sequence,
};

/// What comes of a call: the line it begins on and its record, or why it is none; and which way it goes.
pub(crate) type MadeCall = (Direction, Result<(u64, CallRecord), Skipped>);

/// What is said of calls, beside their records.
pub(crate) trait Tally: Default + Send + 'static {
    /// Adds what is said of the calls after these.
    fn add(&mut self, further: Self);

    /// Says it.
    fn say(&self, findings: &mut Findings);

    /// What was told since the last time of calls of which the file does not tell all.
    fn take_told(&mut self) -> Vec<ToldCall> {
        Vec::new()
    }
}

/// Calls whose records one thread makes.
#[derive(Default)]
struct CallPortion {
    /// The rows of each call, and its number among those that look the same. Buffers behind `used` are free.
    calls: Vec<(CallRows, u32)>,
    used: usize,
}

/// What came of a portion.
struct MadePortion<S> {
    calls: Vec<MadeCall>,
    tally: S,
    further: u64,
    failure: Option<io::Error>,
    portion: CallPortion,
}

/// Calls that are made.
pub(crate) struct Making<S> {
    gathered: Gathered,
    sharing: Sharing,
    lanes: Lanes<CallPortion, MadePortion<S>>,
    has_ended: bool,
    made: vec::IntoIter<MadeCall>,
    failure: Option<io::Error>,
    /// Why no further rows could be read.
    unread: Option<io::Error>,
    spare: Vec<CallPortion>,
    /// Of all portions that were given out so far.
    tally: S,
    /// Rows of calls beside the first of each.
    further: u64,
}

impl<S: Tally> Making<S> {
    /// `maker` makes what one thread does with the rows of a call, whose number is given as [`Gathered::next_call`] says; nothing comes
    /// of a call that is left out.
    pub(crate) fn new<M>(gathered: Gathered, sharing: Sharing, maker: impl Fn() -> M + Send + 'static) -> Self
    where
        M: FnMut(&CallRows, u32, &mut S) -> io::Result<Option<MadeCall>> + Send + 'static,
    {
        let worker = move || {
            let mut call_of = maker();
            move |portion: CallPortion| {
                let mut made = MadePortion {
                    calls: Vec::with_capacity(portion.used),
                    tally: S::default(),
                    further: 0,
                    failure: None,
                    portion,
                };
                for (rows, nth) in &made.portion.calls[..made.portion.used] {
                    made.further += rows.further();
                    match call_of(rows, *nth, &mut made.tally) {
                        Ok(call) => made.calls.extend(call),
                        Err(error) => {
                            made.failure = Some(error);
                            break;
                        }
                    }
                }
                made
            }
        };
        Self {
            gathered,
            sharing,
            lanes: Lanes::new(sharing, worker),
            has_ended: false,
            made: Vec::new().into_iter(),
            failure: None,
            unread: None,
            spare: Vec::new(),
            tally: S::default(),
            further: 0,
        }
    }

    /// The next call; none at the end.
    ///
    /// # Errors
    /// Where rows cannot be read again.
    fn next(&mut self) -> io::Result<Option<MadeCall>> {
        loop {
            if let Some(call) = self.made.next() {
                return Ok(Some(call));
            }
            if let Some(error) = self.failure.take() {
                return Err(error);
            }
            while !self.has_ended && !self.lanes.is_full() {
                if let Err(error) = self.hand_over() {
                    (self.has_ended, self.unread) = (true, Some(error));
                }
            }
            let Some(MadePortion { calls, tally, further, failure, portion }) = self.lanes.next()? else {
                // What was read before it has come.
                return self.unread.take().map_or(Ok(None), Err);
            };
            self.made = calls.into_iter();
            self.tally.add(tally);
            self.further += further;
            self.failure = failure;
            self.spare.push(portion);
        }
    }

    fn hand_over(&mut self) -> io::Result<()> {
        let mut portion = self.spare.pop().unwrap_or_default();
        let mut bytes = 0;
        portion.used = 0;
        while !self.sharing.is_full(portion.used, bytes) {
            if portion.used == portion.calls.len() {
                portion.calls.push(Default::default());
            }
            let (rows, nth) = &mut portion.calls[portion.used];
            let Some(number) = self.gathered.next_call(rows)? else {
                self.has_ended = true;
                break;
            };
            *nth = number;
            bytes += rows.bytes();
            portion.used += 1;
        }
        if portion.used > 0 {
            self.lanes.push(portion, bytes);
        }
        Ok(())
    }
}

/// The calls of a file whose rows were gathered: first what is no call, then the calls, each with which way it goes.
pub(crate) struct MadeCalls<S> {
    making: Making<S>,
    refused: Sequence<Skipped>,
    /// Of the call that was given out last.
    direction: Direction,
    findings: Findings,
    failure: Option<Failure>,
}

impl<S: Tally> MadeCalls<S> {
    /// `refused` are rows that are no calls, `findings` what was found out before the first call was made.
    pub(crate) fn new(making: Making<S>, refused: Sequence<Skipped>, findings: Findings) -> Self {
        Self { making, refused, direction: Direction::default(), findings, failure: None }
    }
}

impl<S: Tally> Iterator for MadeCalls<S> {
    type Item = Result<(u64, CallRecord), Skipped>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failure.is_some() {
            return None;
        }
        let next = match self.refused.next() {
            Ok(Some(skipped)) => return Some(Err(skipped)),
            Ok(None) => self.making.next(),
            Err(error) => Err(error),
        };
        match next {
            Ok(Some((direction, call))) => {
                self.direction = direction;
                Some(call)
            }
            Ok(None) => None,
            Err(error) => {
                self.failure = Some(error.into());
                None
            }
        }
    }
}

impl<S: Tally> Source for MadeCalls<S> {
    fn findings(&self) -> Findings {
        let mut findings = self.findings.clone();
        findings.joined += self.making.further;
        self.making.tally.say(&mut findings);
        findings
    }

    fn direction(&self) -> Direction {
        self.direction
    }

    fn take_told(&mut self) -> Vec<ToldCall> {
        self.making.tally.take_told()
    }

    fn failure(&mut self) -> Option<Failure> {
        self.failure.take()
    }
}
