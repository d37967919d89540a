//! The running campaign from now on.

use std::{collections::BTreeMap, sync::Arc};

use domain::{CallRecord, Timestamp};

use crate::{
    dialling::{Dialled, Dialler},
    plan::CampaignPlan,
    record,
};

/// Something that happens: a call begins, or the same call has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveEvent {
    pub at: Timestamp,
    /// The call as it is known then.
    pub record: CallRecord,
}

/// The events of a running campaign in the order of time; it has no end.
#[derive(Debug, Clone)]
pub struct LiveEvents {
    seed: u64,
    plan: Arc<CampaignPlan>,
    now: Timestamp,
    from: Timestamp,
    calls: std::iter::Peekable<Dialler>,
    /// Events to come of calls that were dialled already, by instant and the order in which they were found.
    coming: BTreeMap<(Timestamp, u64), CallRecord>,
    found: u64,
}

impl LiveEvents {
    pub(crate) fn new(seed: u64, plan: Arc<CampaignPlan>, now: Timestamp, from: Timestamp) -> Self {
        let calls = Dialler::new(seed, Arc::clone(&plan), now).peekable();
        Self { seed, plan, now, from, calls, coming: BTreeMap::new(), found: 0 }
    }

    fn await_event(&mut self, at: Timestamp, record: Option<CallRecord>) {
        if let Some(record) = record {
            self.found += 1;
            self.coming.insert((at, self.found), record);
        }
    }

    fn take_up(&mut self, call: &Dialled) {
        // What ended by the demo's present is part of its history.
        if call.ended_at() <= self.now {
            return;
        }
        if call.at > self.now && call.ended_at() > self.from {
            let record = record::begun(self.seed, &self.plan, call);
            self.await_event(call.at, record);
        }
        let record = record::finished(self.seed, self.now, &self.plan, call);
        self.await_event(call.ended_at(), record);
    }
}

impl Iterator for LiveEvents {
    type Item = LiveEvent;

    fn next(&mut self) -> Option<LiveEvent> {
        loop {
            let next_event = self.coming.first_key_value().map(|((at, _), _)| *at);
            match (next_event, self.calls.peek().map(|call| call.at)) {
                // A call yet to be dialled may begin before the next known event.
                (Some(event), Some(dialled)) if event < dialled => break,
                (_, Some(_)) => {
                    if let Some(call) = self.calls.next() {
                        self.take_up(&call);
                    }
                }
                (_, None) => break,
            }
        }
        self.coming.pop_first().map(|((at, _), record)| LiveEvent { at, record })
    }
}
