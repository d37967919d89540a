//! The records of gathered calls, made by several threads ahead of who asks for them.

use std::{io, vec};

use domain::CallRecord;

use crate::{
    gathered::{CallRows, Gathered},
    lanes::{Lanes, Sharing},
    source::{Direction, Skipped},
};

/// What comes of a call: the line it begins on and its record, or why it is none; and which way it goes.
pub(crate) type MadeCall = (Direction, Result<(u64, CallRecord), Skipped>);

/// What is said of calls, beside their records.
pub(crate) trait Tally: Default + Send + 'static {
    /// Adds what is said of the calls after these.
    fn add(&mut self, further: Self);
}

/// A portion of calls.
#[derive(Default)]
struct Portion {
    /// The rows of each call, and its number among those that look the same. Buffers behind `used` are free.
    calls: Vec<(CallRows, u32)>,
    used: usize,
}

/// What came of a portion.
struct Made<S> {
    calls: Vec<MadeCall>,
    tally: S,
    further: u64,
    failure: Option<io::Error>,
    portion: Portion,
}

/// Calls that are made.
pub(crate) struct Making<S> {
    gathered: Gathered,
    sharing: Sharing,
    lanes: Lanes<Portion, Made<S>>,
    has_ended: bool,
    made: vec::IntoIter<MadeCall>,
    failure: Option<io::Error>,
    /// Why no further rows could be read.
    unread: Option<io::Error>,
    spare: Vec<Portion>,
    /// Of all portions that were given out so far.
    pub(crate) tally: S,
    /// Rows of calls beside the first of each.
    pub(crate) further: u64,
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
            move |portion: Portion| {
                let mut made = Made {
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
    pub(crate) fn next(&mut self) -> io::Result<Option<MadeCall>> {
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
            let Some(Made { calls, tally, further, failure, portion }) = self.lanes.next()? else {
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
