//! When a leg began, was answered and ended, as its row says it: in clocks without a zone, in instants, and in seconds.

use crate::{
    clock::Clock,
    local_time::When,
    packed::packed,
    zone_days::{Change, SKIPPED},
};

/// How far the whole seconds of the answer and the end may be off what the durations say.
const ROUNDING_MS: i64 = 2_000;

/// What a row says of a leg's times.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stamps {
    pub(crate) start: When,
    pub(crate) answer: When,
    pub(crate) end: When,
    /// From start to end, milliseconds.
    pub(crate) duration: Option<i64>,
    /// From answer to end, milliseconds.
    pub(crate) talk: Option<i64>,
    /// When it began, where an id tells: milliseconds since 1970.
    pub(crate) epoch: Option<i64>,
}

packed!(Stamps { start, answer, end, duration, talk, epoch });

/// A leg's times as instants, milliseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Instants {
    pub(crate) start: i64,
    pub(crate) answer: i64,
    pub(crate) end: i64,
    pub(crate) talk: i64,
}

/// Why a row has no times: what is at fault, and the reason.
#[derive(Debug, Clone)]
pub(crate) enum NoInstants {
    Start(String),
    Duration(&'static str),
}

impl Stamps {
    /// The start is turned into an instant; answer and end are as far from it as the row says, so that a change of
    /// the clocks during the call moves nothing.
    pub(crate) fn instants(&self, clock: &Clock) -> Result<Instants, NoInstants> {
        let start = match self.start {
            When::Instant(at) => at,
            When::Wall(wall) if self.epoch.is_none() && clock.change(wall) == Some(Change::Skipped) => {
                return Err(NoInstants::Start(SKIPPED.to_owned()));
            }
            When::Wall(wall) => clock
                .instant(wall, self.epoch)
                .ok_or_else(|| NoInstants::Start(format!("is no date in the order {}", clock.order)))?,
            // A call that was never connected may have no start; its channel was made at this instant.
            When::Never => {
                let reason = || NoInstants::Start("is empty, and no uniqueid tells the time".to_owned());
                self.epoch.ok_or_else(reason)?
            }
        };
        let after_start = |when: When| match (when, self.start) {
            (When::Instant(at), _) => Some(at),
            (When::Wall(wall), When::Wall(from)) => Some(start + wall.millis(clock.order)? - from.millis(clock.order)?),
            (When::Wall(wall), _) => clock.instant(wall, self.epoch),
            (When::Never, _) => None,
        };
        let (answer, end) = (after_start(self.answer), after_start(self.end));
        let counted = self.duration.map(|duration| start + duration);
        let near = |a: i64, b: i64| (a - b).abs() <= ROUNDING_MS;
        let end = match (end, counted) {
            (Some(end), Some(counted)) if near(end, counted) => end,
            (_, Some(counted)) => counted,
            (Some(end), None) => end,
            (None, None) => return Err(NoInstants::Duration("is empty, and there is no end")),
        };
        let talk = self.talk.unwrap_or_else(|| answer.map_or(0, |answer| (end - answer).max(0)));
        let counted = (end - talk).max(start);
        let answer = answer.filter(|at| near(*at, counted)).unwrap_or(counted);
        Ok(Instants { start, answer, end, talk })
    }
}
