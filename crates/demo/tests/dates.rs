//! What the demo promises holds on whatever day, and at whatever hour, it is started.

use std::collections::{BTreeSet, HashSet};

use demo::{Demo, lively_present};
use domain::{CallRecord, CampaignState, Timestamp, time::Zone};

const SEED: u64 = 20_261_122;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn zone() -> Zone {
    Zone::new("Asia/Ho_Chi_Minh").unwrap()
}

/// Whether it is between 08:00 and 20:00 of a day on which people are called.
fn is_calling_time(at: Timestamp) -> bool {
    let local = zone().local(at);
    local.day().weekday() <= 6 && (8..20).contains(&local.hour()) && !is_tet_2027(at)
}

/// From the eve, 5 February, to the fifth day.
fn is_tet_2027(instant: Timestamp) -> bool {
    (at("2027-02-05T00:00:00+07:00")..at("2027-02-11T00:00:00+07:00")).contains(&instant)
}

/// Checks everything with `now` for the present.
fn keeps_its_promises(now: &str) {
    let now = at(now);
    let demo = Demo::new(SEED, now);
    let campaigns = demo.campaigns();
    let ids: HashSet<_> = campaigns.iter().map(|campaign| &campaign.id).collect();
    let names: HashSet<_> = campaigns.iter().map(|campaign| &campaign.name).collect();
    assert_eq!((campaigns.len(), ids.len(), names.len()), (24, 24, 24));
    let in_state = |state| campaigns.iter().filter(|campaign| campaign.state == state).count();
    let states = [CampaignState::Running, CampaignState::Paused, CampaignState::Scheduled, CampaignState::Completed];
    assert_eq!(states.map(in_state), [1, 1, 1, 21]);
    let voicebots: HashSet<_> = campaigns.iter().map(|campaign| &campaign.voicebot.id).collect();
    assert_eq!((voicebots.len(), demo.voicebots().len()), (6, 6), "every voicebot has a campaign");
    let tariffs = demo.tariffs();
    assert_eq!(tariffs.len(), 2);

    let mut months = BTreeSet::new();
    let mut earliest = now;
    let (mut total, mut with_month) = (0, 0);
    for campaign in &campaigns {
        let name = &campaign.name;
        let calls: Vec<CallRecord> = demo.calls(&campaign.id).collect();
        total += calls.len();
        for call in &calls {
            let checked = call.check().unwrap_or_else(|errors| panic!("{}: {errors:?}", call.id));
            assert_eq!(checked.warnings, [], "{}", call.id);
            assert!(is_calling_time(call.dialed_at), "{name} dials at {}", call.dialed_at);
            assert!(call.dialed_at <= now && call.ended_at.is_none_or(|end| end <= now), "{} lies ahead", call.id);
            assert!(campaign.started_at.is_some_and(|start| start <= call.dialed_at), "{name} began later");
            assert!(campaign.completed_at.is_none_or(|end| call.ended_at.is_some_and(|over| over <= end)), "{name}");
            assert!(call.ended_at.is_some() || campaign.state == CampaignState::Running, "{} hangs", call.id);
        }
        assert!(calls.is_sorted_by_key(|call| call.dialed_at), "{name}");
        months.extend(calls.iter().map(|call| zone().local(call.dialed_at).day().month_start()));
        earliest = calls.first().map_or(earliest, |call| earliest.min(call.dialed_at));

        // "T11" in a name is the month in which it begins to call, or will.
        let month = name.split_once(" T").and_then(|(_, rest)| rest.get(..2)?.parse::<u32>().ok());
        if let Some(month) = month {
            let begins = match campaign.started_at {
                Some(start) => vec![start],
                None => (7..=14).map(|days| Timestamp(now.0 + days * DAY)).collect(),
            };
            assert!(begins.iter().any(|at| month_of(*at) == month), "{name} begins on one of {begins:?}");
            with_month += 1;
        }
        match campaign.state {
            CampaignState::Scheduled => assert!(calls.is_empty() && campaign.started_at.is_none(), "{name}"),
            CampaignState::Running => {
                assert!((4_000..12_000).contains(&calls.len()), "{name}: {} calls", calls.len());
                let last = calls.last().unwrap().dialed_at;
                let quiet = now.0 - last.0;
                assert!(!is_calling_time(Timestamp(now.0 - 10_000)) || quiet < 10_000, "{name} sleeps since {last}");
                let next = demo.live(&campaign.id, now).find(|event| event.record.ended_at.is_none()).unwrap();
                assert!(is_calling_time(next.at) && next.at >= now, "{name} dials at {}", next.at);
                assert!(!is_calling_time(now) || next.at.0 - now.0 < 3_000, "{name} waits until {}", next.at);
            }
            CampaignState::Paused => assert!(calls.len() > 1_000, "{name}: {} calls", calls.len()),
            CampaignState::Completed => {
                let end = campaign.completed_at.unwrap();
                assert!(calls.len() > 800 && end <= now, "{name}: {} calls until {end}", calls.len());
            }
        }
    }
    assert!(total >= 60_000 && with_month >= 15, "{total} calls, {with_month} campaigns with a month in their name");
    assert!((7..=8).contains(&months.len()), "{months:?}");
    assert!(now.0 - earliest.0 > 175 * DAY, "the first call is {earliest}");
    assert!(tariffs[0].effective_from < earliest && earliest < tariffs[1].effective_from);
    let last_completed = campaigns.iter().filter_map(|campaign| campaign.completed_at).max().unwrap();
    assert!(now.0 - last_completed.0 < 21 * DAY, "the last campaign was completed at {last_completed}");

    // A demo that is started then has calls to watch for an hour.
    let present = lively_present(now);
    assert!(present <= now && now.0 - present.0 < 7 * DAY, "{present}");
    assert!(is_calling_time(present) && is_calling_time(Timestamp(present.0 + HOUR)), "{present}");
}

fn month_of(at: Timestamp) -> u32 {
    zone().local(at).day().to_string()[5..7].parse().unwrap()
}

/// One test for each instant: they run side by side, and the name of the one that fails says when.
macro_rules! at {
    ($($name:ident: $now:literal,)+) => {$(
        #[test]
        fn $name() {
            keeps_its_promises($now);
        }
    )+};
}

at! {
    the_end_of_a_month: "2026-11-30T17:45:00+07:00",
    the_last_half_hour_of_a_year: "2026-12-31T23:30:00+07:00",
    new_years_day: "2027-01-01T09:00:00+07:00",
    the_29th_of_february: "2028-02-29T10:00:00+07:00",
    // 02:30 in Berlin, once more: the hour that comes twice.
    the_clock_change_in_berlin: "2026-10-25T02:30:00+01:00",
    the_fourth_day_of_tet: "2027-02-09T10:00:00+07:00",
    a_sunday_before_dawn: "2026-11-22T05:00:00+07:00",
    the_first_second_of_a_month: "2026-12-01T00:00:00+07:00",
}
