//! The demo's calls look like the real ones.

use demo::{
    Demo,
    observed::{GOAL_SHARE, REACHED_AT_ATTEMPT, TALK_GOAL, TALK_OTHER},
};
use domain::{CallClass, CallRecord, CampaignState, Timestamp};

/// Finished calls of the campaigns that called enough customers to be compared.
fn finished_calls(demo: &Demo) -> Vec<CallRecord> {
    demo.campaigns()
        .iter()
        .flat_map(|campaign| demo.calls(&campaign.id))
        .filter(|call| call.ended_at.is_some())
        .collect()
}

fn demo() -> Demo {
    Demo::new(7, "2026-11-23T15:10:00+07:00".parse::<Timestamp>().unwrap())
}

fn class(call: &CallRecord) -> Option<CallClass> {
    call.result_code.as_ref().map(|code| CallClass::unless_changed(code.as_str()))
}

#[test]
fn talk_times_have_the_quantiles_of_the_real_calls() {
    let demo = demo();
    let goals: Vec<_> = demo.result_codes().into_iter().filter(|code| code.is_goal).map(|code| code.code).collect();
    let (mut goal, mut other) = (Vec::new(), Vec::new());
    for call in finished_calls(&demo) {
        if class(&call) == Some(CallClass::Success) {
            let met = call.result_code.as_ref().is_some_and(|code| goals.contains(code));
            let talk = call.check().unwrap().talk_time as f64 / 1_000.0;
            if met { goal.push(talk) } else { other.push(talk) }
        }
    }
    for (name, talk, table) in [("goal", &mut goal, &TALK_GOAL), ("other", &mut other, &TALK_OTHER)] {
        talk.sort_by(f64::total_cmp);
        for percent in [5, 10, 25, 50, 75, 90, 95] {
            let (_, real) = table[percent * 2];
            let made = talk[talk.len() * percent / 100];
            assert!(
                (made / real - 1.0).abs() < 0.10,
                "{name}: {percent} % of the real calls last {real} s, here {made} s"
            );
        }
    }
    let share = goal.len() as f64 / (goal.len() + other.len()) as f64;
    assert!((share - GOAL_SHARE).abs() < 0.015, "{share} meet the goal, not {GOAL_SHARE}");
}

#[test]
fn customers_are_reached_at_the_attempts_of_the_real_ones() {
    let mut reached = [0.0; 3];
    for call in finished_calls(&demo()).iter().filter(|call| class(call) == Some(CallClass::Success)) {
        reached[call.attempt.unwrap() as usize - 1] += 1.0;
    }
    let total: f64 = reached.iter().sum();
    for (attempt, (made, real)) in reached.iter().zip(REACHED_AT_ATTEMPT).enumerate() {
        let share = made / total;
        assert!((share - real).abs() < 0.09, "attempt {}: {share:.3}, not {real:.3}", attempt + 1);
    }
}

#[test]
fn between_40_and_50_per_cent_are_answered_and_faults_come_in_bursts() {
    let calls = finished_calls(&demo());
    let share = |wanted| calls.iter().filter(|call| class(call) == Some(wanted)).count() as f64 / calls.len() as f64;
    assert!((0.40..0.50).contains(&share(CallClass::Success)), "{}", share(CallClass::Success));
    assert!((0.01..0.05).contains(&share(CallClass::Error)), "{}", share(CallClass::Error));
    // Ten minutes in which more than a third of ten or more calls fail are no accident at a rate of two in a hundred.
    let mut slots = std::collections::BTreeMap::<(String, i64), (u32, u32)>::new();
    for call in &calls {
        let slot = slots.entry((call.campaign.to_string(), call.dialed_at.0 / 600_000)).or_default();
        slot.0 += 1;
        slot.1 += u32::from(class(call) == Some(CallClass::Error));
    }
    let bursts = slots.values().filter(|(calls, faults)| *calls >= 10 && faults * 3 > *calls).count();
    assert!(bursts >= 10, "{bursts}");
}

#[test]
fn most_customers_of_a_completed_campaign_are_reached_and_a_few_never_dialled() {
    let demo = demo();
    for campaign in demo.campaigns().iter().filter(|campaign| campaign.state == CampaignState::Completed) {
        let customers = demo.contacts(&campaign.id).len();
        let calls: Vec<_> = demo.calls(&campaign.id).collect();
        let distinct = |calls: &mut dyn Iterator<Item = &CallRecord>| {
            calls.map(|call| call.contact.id.clone()).collect::<std::collections::HashSet<_>>().len()
        };
        let dialled = distinct(&mut calls.iter());
        let reached = distinct(&mut calls.iter().filter(|call| class(call) == Some(CallClass::Success)));
        let (dialled, reached) = (dialled as f64 / customers as f64, reached as f64 / customers as f64);
        assert!((0.97..1.0).contains(&dialled), "{}: {dialled}", campaign.name);
        assert!((0.72..0.92).contains(&reached), "{}: {reached}", campaign.name);
    }
}
