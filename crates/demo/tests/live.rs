//! The running campaign goes on.

use std::collections::{HashMap, HashSet};

use demo::{Demo, LiveEvent};
use domain::{CallId, CampaignId, CampaignState, Timestamp};

const HOUR: i64 = 3_600_000;

fn running(present: &str) -> (Demo, CampaignId, Timestamp) {
    let now: Timestamp = present.parse().unwrap();
    let demo = Demo::new(11, now);
    let campaign = demo.campaigns().into_iter().find(|campaign| campaign.state == CampaignState::Running).unwrap();
    (demo, campaign.id, now)
}

fn until(events: impl Iterator<Item = LiveEvent>, end: i64) -> Vec<LiveEvent> {
    events.take_while(|event| event.at.0 < end).collect()
}

#[test]
fn a_call_begins_every_one_to_three_seconds_of_the_calling_hours() {
    let (demo, campaign, now) = running("2026-11-23T15:10:00+07:00");
    let events = until(demo.live(&campaign, now), now.0 + HOUR);
    assert!(events.is_sorted_by_key(|event| event.at));
    let begun: Vec<i64> =
        events.iter().filter(|event| event.record.ended_at.is_none()).map(|event| event.record.dialed_at.0).collect();
    assert!(begun.windows(2).all(|pair| (1_000..3_000).contains(&(pair[1] - pair[0]))));
    assert!(begun[0] - now.0 < 3_000 && begun.len() > 1_500, "{}", begun.len());
}

#[test]
fn nobody_is_called_between_the_evening_and_the_morning() {
    let (demo, campaign, now) = running("2026-11-21T19:30:00+07:00");
    let begun = |event: &LiveEvent| event.record.ended_at.is_none();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let (closing, opening) = (at("2026-11-21T20:00:00+07:00"), at("2026-11-23T08:00:00+07:00"));
    let events = until(demo.live(&campaign, now), opening.0 + HOUR);
    let dialled: Vec<Timestamp> = events.iter().filter(|event| begun(event)).map(|event| event.at).collect();
    assert!(dialled.iter().all(|at| *at < closing || *at >= opening), "a call on Sunday or at night");
    let evening = dialled.iter().filter(|at| **at < closing).count();
    assert!(evening > 700 && dialled.len() - evening > 1_500, "{evening} of {}", dialled.len());
    // Who is on the phone at the closing may talk on; then it is quiet.
    let last = events.iter().rfind(|event| event.at < opening).unwrap();
    assert!(last.at < Timestamp(closing.0 + 2 * HOUR), "{}", last.at);
}

#[test]
fn every_call_is_seen_in_progress_and_then_over() {
    let (demo, campaign, now) = running("2026-11-23T15:10:00+07:00");
    let history: Vec<_> = demo.calls(&campaign).collect();
    let mut open: HashMap<CallId, Timestamp> = HashMap::new();
    for call in history.iter().filter(|call| call.ended_at.is_none()) {
        open.insert(call.id.clone(), call.dialed_at);
    }
    assert!(open.len() > 10, "nobody is on the phone at the demo's present");
    let over: HashSet<_> = history.iter().filter(|call| call.ended_at.is_some()).map(|call| call.id.clone()).collect();
    for event in until(demo.live(&campaign, now), now.0 + 2 * HOUR) {
        let call = event.record;
        assert!(call.check().is_ok_and(|checked| checked.warnings.is_empty()), "{}", call.id);
        assert!(!over.contains(&call.id), "{} was over", call.id);
        match call.ended_at {
            None => {
                assert_eq!((event.at, &call.result_code), (call.dialed_at, &None));
                assert_eq!(open.insert(call.id.clone(), call.dialed_at), None, "{} begins twice", call.id);
            }
            Some(ended) => {
                assert_eq!(event.at, ended);
                assert_eq!(open.remove(&call.id), Some(call.dialed_at), "{} ends without having begun", call.id);
            }
        }
    }
    let oldest = open.values().min().unwrap();
    assert!(now.0 + 2 * HOUR - oldest.0 < 2 * HOUR, "a call that began at {oldest} never ends");
}

#[test]
fn it_goes_on_for_days_with_new_customers_when_the_list_is_done() {
    let (demo, campaign, now) = running("2026-11-23T15:10:00+07:00");
    let list: HashSet<_> = demo.contacts(&campaign).into_iter().map(|contact| contact.id).collect();
    let events = until(demo.live(&campaign, now), now.0 + 48 * HOUR);
    let last_hour = events.iter().filter(|event| event.at.0 > now.0 + 47 * HOUR);
    assert!(last_hour.clone().count() > 2_000);
    let mut new = last_hour.filter(|event| !list.contains(&event.record.contact.id));
    assert!(new.next().is_some());
}

#[test]
fn a_late_start_catches_up_with_every_call_once() {
    let (demo, campaign, now) = running("2026-11-23T15:10:00+07:00");
    let (late, end) = (Timestamp(now.0 + HOUR / 2), now.0 + HOUR);
    let finished = |events: Vec<LiveEvent>| -> Vec<LiveEvent> {
        events.into_iter().filter(|event| event.record.ended_at.is_some()).collect()
    };
    let caught_up = until(demo.live(&campaign, late), end);
    let begun_early = caught_up.iter().filter(|event| event.record.ended_at.is_none() && event.at < late).count();
    assert!((10..200).contains(&begun_early), "{begun_early} calls were in progress at the late start");
    assert_eq!(finished(caught_up), finished(until(demo.live(&campaign, now), end)));
}

#[test]
fn nothing_happens_in_a_campaign_that_is_not_running() {
    let (demo, running, now) = running("2026-11-23T15:10:00+07:00");
    for campaign in demo.campaigns().into_iter().filter(|campaign| campaign.id != running) {
        assert_eq!(demo.live(&campaign.id, now).next(), None, "{}", campaign.name);
    }
}

#[test]
fn no_more_calls_go_on_at_once_than_the_plan_says_and_none_is_longer() {
    let (demo, campaign, now) = running("2026-11-23T15:10:00+07:00");
    let plan = demo.campaigns().into_iter().find(|one| one.id == campaign).unwrap().plan.unwrap();
    let live = until(demo.live(&campaign, now), now.0 + 4 * HOUR).into_iter().map(|event| event.record);
    let over: HashMap<CallId, (i64, i64)> = (demo.calls(&campaign).chain(live))
        .filter_map(|call| Some((call.id.clone(), (call.dialed_at.0, call.ended_at?.0))))
        .collect();
    let mut steps: Vec<(i64, i64)> = over.values().flat_map(|(from, to)| [(*from, 1), (*to, -1)]).collect();
    steps.sort_unstable();
    let at_once = steps.iter().scan(0, |now, (_, step)| {
        *now += step;
        Some(*now)
    });
    let most = at_once.max().unwrap();
    let limit = i64::from(plan.calls_at_once.unwrap());
    assert!((limit / 3..=limit).contains(&most), "{most} at once");
    let longest = over.values().map(|(from, to)| to - from).max().unwrap();
    assert!(longest <= i64::from(plan.longest_call_seconds.unwrap()) * 1_000, "{longest}");
}
