//! The dialler: which customer is called when.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    sync::Arc,
};

use domain::{Day, Timestamp};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::{
    hours::{self, CLOSING, HOUR_MS, OPENING},
    observed::CALLS_BY_HOUR,
    outcome::{CallCourse, outcome},
    plan::{CampaignPlan, DialPace},
    random::{stream, weighted},
};

/// A customer is called at most so often.
pub const ATTEMPTS: u32 = 3;
/// For how long before the demo's present the running campaign dials at its live pace.
const WARM_UP_MS: i64 = 5 * 60_000;
/// Attempts per customer that a campaign plans with.
const CALLS_PER_CUSTOMER: f64 = 1.9;
/// Calls by hour relative to the observed: the demo's customers rest from noon, as their callers do.
const LUNCH: [f64; 12] = [1.6, 1.4, 1.2, 1.0, 0.35, 0.65, 1.0, 1.1, 1.1, 1.0, 0.8, 0.6];
/// Calls by weekday, Monday to Sunday.
const CALLS_BY_WEEKDAY: [f64; 7] = [1.05, 1.05, 1.0, 1.0, 1.0, 0.7, 0.0];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialled {
    /// The customer's place on the list.
    pub position: u32,
    pub attempt: u32,
    /// When dialling began.
    pub at: Timestamp,
    pub outcome: CallCourse,
}

impl Dialled {
    /// When it was over.
    pub fn ended_at(&self) -> Timestamp {
        Timestamp(self.at.0 + self.outcome.ended)
    }
}

/// Makes the calls of one campaign in the order in which they are dialled; those of a running one never end.
#[derive(Debug, Clone)]
pub struct Dialler {
    seed: u64,
    plan: Arc<CampaignPlan>,
    now: Timestamp,
    rng: ChaCha8Rng,
    /// Who is next on the list.
    fresh: u32,
    /// Who is to be called again: from when, whom, which attempt.
    redials: BinaryHeap<Reverse<(Timestamp, u32, u32)>>,
    /// Instants of the day at which a line is free.
    slots: VecDeque<Timestamp>,
    /// The day whose slots come next, and how many came before it.
    day: Day,
    days_filled: u32,
    /// The instant of a running campaign's last call.
    last: Timestamp,
}

impl Dialler {
    /// A dialler before its first call.
    pub fn new(seed: u64, plan: Arc<CampaignPlan>, now: Timestamp) -> Self {
        let last = if let DialPace::Running(start) = plan.pace { start } else { now };
        Self {
            seed,
            now,
            rng: stream(seed, "dialler", plan.number as u64),
            fresh: 0,
            redials: BinaryHeap::new(),
            slots: VecDeque::new(),
            day: plan.first_day,
            days_filled: 0,
            last,
            plan,
        }
    }

    /// The next instant at which a line is free; none when the campaign is over.
    fn slot(&mut self) -> Option<Timestamp> {
        match self.plan.pace {
            DialPace::NotBegun => None,
            DialPace::Running(_) => Some(self.running_slot()),
            DialPace::Days(days) => self.day_slot(days),
            DialPace::HaltedAt(days, halt) => self.day_slot(days).filter(|at| *at < halt),
        }
    }

    /// One call every second or three, a little slower before the demo began; in the calling hours only.
    fn running_slot(&mut self) -> Timestamp {
        let pause = if self.last.0 < self.now.0 - WARM_UP_MS { 1_200..4_400 } else { 1_000..3_000 };
        self.last = hours::next_calling_time(Timestamp(self.last.0 + self.rng.random_range(pause)));
        self.last
    }

    fn day_slot(&mut self, days: u32) -> Option<Timestamp> {
        while self.slots.is_empty() {
            if self.days_filled == days {
                return None;
            }
            self.fill_day(days);
        }
        self.slots.pop_front()
    }

    fn fill_day(&mut self, days: u32) {
        let day = hours::working_day(self.day);
        self.day = day.plus(1);
        self.days_filled += 1;
        let customers = self.plan.list.len() as f64;
        let planned = customers * CALLS_PER_CUSTOMER / (f64::from(days) - 0.6);
        let varied = planned * CALLS_BY_WEEKDAY[usize::from(day.weekday()) - 1] * self.rng.random_range(0.92..1.08);
        // The last day has only few left to call; they are spread over it like on any other.
        let left = (customers - f64::from(self.fresh)).max(0.0) * CALLS_PER_CUSTOMER;
        let count = varied.min(left + self.redials.len() as f64 * 1.2);
        let mut slots: Vec<Timestamp> = (0..count as usize)
            .map(|_| {
                let hour = weighted(&mut self.rng, CALLS_BY_HOUR.iter().zip(LUNCH).map(|(share, lunch)| share * lunch));
                hours::instant(day, (OPENING + hour as i64) * HOUR_MS + self.rng.random_range(0..HOUR_MS))
            })
            .collect();
        debug_assert!(CALLS_BY_HOUR.len() as i64 == CLOSING - OPENING);
        slots.sort_unstable();
        self.slots = slots.into();
    }

    /// Whom to call at this instant: somebody who is due again, else the next on the list.
    fn customer(&mut self, at: Timestamp) -> Option<(u32, u32)> {
        let endless = matches!(self.plan.pace, DialPace::Running(_));
        if let Some(Reverse((due, position, attempt))) = self.redials.peek().copied()
            && due <= at
            // After a night's rest everybody is due at once; the running campaign goes on down its list meanwhile.
            && (!endless || self.rng.random_bool(0.55))
        {
            self.redials.pop();
            return Some((position, attempt));
        }
        while self.plan.is_left_out(self.seed, self.fresh) {
            self.fresh += 1;
        }
        (endless || (self.fresh as usize) < self.plan.list.len()).then(|| {
            self.fresh += 1;
            (self.fresh - 1, 1)
        })
    }

    /// How long to wait before calling somebody again: an hour or so in a hurry, else a few hours or until tomorrow.
    fn pause(&mut self) -> i64 {
        let minutes = match self.plan.pace {
            DialPace::Running(_) => self.rng.random_range(40..120),
            _ if self.rng.random_bool(0.6) => self.rng.random_range(120..300),
            _ => self.rng.random_range(900..1_300),
        };
        minutes * 60_000
    }
}

impl Iterator for Dialler {
    type Item = Dialled;

    fn next(&mut self) -> Option<Dialled> {
        loop {
            let at = self.slot()?;
            // A line is free and nobody is due: it stays free.
            let Some((position, attempt)) = self.customer(at) else { continue };
            let outcome = outcome(self.seed, &self.plan, position, attempt, at);
            if outcome.call_again && attempt < ATTEMPTS {
                let due = Timestamp(at.0 + outcome.ended + self.pause());
                self.redials.push(Reverse((due, position, attempt + 1)));
            }
            return Some(Dialled { position, attempt, at, outcome });
        }
    }
}
