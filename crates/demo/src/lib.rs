//! A demo account: a small insurer's seven months of call campaigns, made from a seed.
//!
//! Everything follows from the seed and the instant that the demo takes for its present: the same two make the same
//! account, on every machine. There is no database and no clock here; the server stores what [`Demo`] says and sleeps
//! until the next [`LiveEvent`].
//!
//! Talk times, outcomes and attempts follow 45,211 real telemarketing contacts (Moro et al. 2011), the hours of the day
//! and the failures a real dialler's counts; see [`observed`]. People, companies, numbers and words are made up.

mod business;
mod dialling;
mod dialogue;
mod hours;
mod kind;
mod live;
pub mod observed;
mod outcome;
mod people;
mod plan;
mod random;
mod record;
mod recording;
mod speech;

use std::sync::Arc;

use domain::{
    Account, CallRecord, Campaign, CampaignId, CampaignState, ContactRef, ResultCode, Tariff, Timestamp, Voicebot,
};

use crate::{dialling::Dialler, plan::CampaignPlan};
pub use crate::{
    hours::lively_present,
    live::{LiveEvent, LiveEvents},
    people::UNASSIGNED_PREFIXES,
    recording::{RECORDING_CONTENT_TYPE, recording},
};

/// Success calls shorter than this have nothing to hear, longer ones take room.
const MIN_RECORDED_MS: i64 = 4_000;
const MAX_RECORDED_MS: i64 = 45_000;
/// Seconds of recordings of the running campaign and the one completed last, and of every other.
const MOST_RECORDED_S: i64 = 6_500;
const LEAST_RECORDED_S: i64 = 45;

/// Whether the demo keeps a recording of such a call: somebody answered and it is short. Also for the calls of
/// [`Demo::live`], of which about one in six is.
pub fn keeps_recording(call: &CallRecord) -> bool {
    call.check().is_ok_and(|checked| (MIN_RECORDED_MS..=MAX_RECORDED_MS).contains(&checked.talk_time))
}

/// The demo account, its campaigns and their calls.
#[derive(Debug, Clone)]
pub struct Demo {
    seed: u64,
    now: Timestamp,
    plans: Vec<Arc<CampaignPlan>>,
}

impl Demo {
    /// The demo whose present is `now`.
    pub fn new(seed: u64, now: Timestamp) -> Self {
        let mut plans: Vec<Arc<CampaignPlan>> = plan::plans(seed, now).into_iter().map(Arc::new).collect();
        for plan in &mut plans {
            if plan.campaign.state == CampaignState::Completed {
                let last = Dialler::new(seed, Arc::clone(plan), now).map(|call| call.ended_at()).max();
                // The platform closes a campaign a few minutes after its last call.
                let minutes = 2 + (random::mixed(seed ^ plan.number as u64) % 9) as i64;
                Arc::make_mut(plan).campaign.completed_at = last.map(|at| Timestamp(at.0 + minutes * 60_000));
            }
        }
        Self { seed, now, plans }
    }

    /// The account. Its `id` is 0: the database gives it one.
    pub fn account(&self) -> Account {
        business::account()
    }

    pub fn voicebots(&self) -> Vec<Voicebot> {
        business::voicebots()
    }

    /// The account's own result codes. One code that calls carry is not among them, for the page to flag.
    pub fn result_codes(&self) -> Vec<ResultCode> {
        business::result_codes()
    }

    /// The account's default tariffs: the one at first, and the dearer one from a day in the middle of the months.
    pub fn tariffs(&self) -> Vec<Tariff> {
        business::tariffs(hours::local(self.now).0)
    }

    /// The 24 campaigns, oldest first: one is running, one paused, one scheduled, the others are completed.
    pub fn campaigns(&self) -> Vec<Campaign> {
        self.plans.iter().map(|plan| plan.campaign.clone()).collect()
    }

    /// The customers on a campaign's list; nobody for a campaign that the demo does not have.
    pub fn contacts(&self, campaign: &CampaignId) -> Vec<ContactRef> {
        let Some(plan) = self.plan(campaign) else { return Vec::new() };
        (0..plan.list.len() as u32).map(|position| record::contact(&plan.person(self.seed, position))).collect()
    }

    /// A campaign's calls up to the demo's present, in the order in which they were dialled. Those of the running
    /// campaign that are not over yet come without end and result; [`Self::live`] has their ends.
    pub fn calls(&self, campaign: &CampaignId) -> impl Iterator<Item = CallRecord> + Send + use<> {
        let (seed, now) = (self.seed, self.now);
        self.plan(campaign).into_iter().flat_map(move |plan| {
            let dialled = Dialler::new(seed, Arc::clone(&plan), now).take_while(move |call| call.at <= now);
            dialled.filter_map(move |call| {
                let over = call.ended_at() <= now;
                if over { record::finished(seed, now, &plan, &call) } else { record::begun(seed, &plan, &call) }
            })
        })
    }

    /// What happens in the running campaign after the demo's present, in the order of time and without end: each call
    /// twice, when it is dialled and when it is over. What lies before `from` comes first and at once, each call that is
    /// over by then only in its final state: a demo that took a minute to start, or was stopped for an hour, catches up
    /// with everything that happened. Nothing happens in a campaign that is not running.
    pub fn live(&self, campaign: &CampaignId, from: Timestamp) -> impl Iterator<Item = LiveEvent> + Send + use<> {
        let plan = self.plan(campaign).filter(|plan| plan.campaign.state == CampaignState::Running);
        let (seed, now) = (self.seed, self.now);
        plan.into_iter().flat_map(move |plan| LiveEvents::new(seed, plan, now, from))
    }

    /// The calls of a campaign whose recordings the demo keeps: the newest success calls of the running campaign and of
    /// the one completed last, up to 70 seconds long, and one or two of every other; newest first.
    ///
    /// Together they are some 150 calls of 90 minutes: about 80 MB, made in a few seconds.
    pub fn recorded(&self, campaign: &CampaignId) -> Vec<CallRecord> {
        let completed_last =
            self.plans.iter().filter_map(|plan| Some((plan.campaign.completed_at?, &plan.campaign.id)));
        let is_completed_last = completed_last.max().is_some_and(|(_, id)| id == campaign);
        let running = self.plan(campaign).is_some_and(|plan| plan.campaign.state == CampaignState::Running);
        let mut seconds = if running || is_completed_last { MOST_RECORDED_S } else { LEAST_RECORDED_S };
        let mut calls: Vec<CallRecord> = self.calls(campaign).collect();
        calls.retain(keeps_recording);
        calls.reverse();
        calls.retain(|call| {
            let talk = call.check().map_or(0, |it| it.talk_time) / 1_000;
            let fits = talk <= seconds;
            if fits {
                seconds -= talk;
            }
            fits
        });
        calls
    }

    fn plan(&self, campaign: &CampaignId) -> Option<Arc<CampaignPlan>> {
        self.plans.iter().find(|plan| plan.campaign.id == *campaign).map(Arc::clone)
    }
}
