//! What the demo account holds.

use std::collections::{BTreeMap, HashSet};

use demo::{Demo, UNASSIGNED_PREFIXES};
use domain::{CallClass, CallRecord, CampaignState, Timestamp, time::Zone};

const SEED: u64 = 20_261_122;

/// A Monday afternoon. What holds at any time is in `dates.rs`.
const PRESENT: &str = "2026-11-23T15:10:00+07:00";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn every_call(demo: &Demo) -> Vec<CallRecord> {
    demo.campaigns().iter().flat_map(|campaign| demo.calls(&campaign.id)).collect()
}

#[test]
fn every_record_keeps_the_rules_and_belongs_to_its_list() {
    let now = at(PRESENT);
    let demo = Demo::new(SEED, now);
    let mut ids = HashSet::new();
    for campaign in demo.campaigns() {
        let list: HashSet<_> = demo.contacts(&campaign.id).into_iter().map(|contact| contact.id).collect();
        let mut latest = Timestamp::MIN;
        let mut attempts: BTreeMap<_, Vec<u32>> = BTreeMap::new();
        for call in demo.calls(&campaign.id) {
            let checked = call.check().unwrap_or_else(|errors| panic!("{}: {errors:?}", call.id));
            assert_eq!(checked.warnings, [], "{}", call.id);
            assert!(ids.insert(call.id.clone()), "{} twice", call.id);
            assert!(list.contains(&call.contact.id), "{} calls somebody else", call.id);
            assert!(call.dialed_at >= latest && call.dialed_at <= now, "{} is out of order", call.id);
            assert!(campaign.started_at.is_some_and(|start| start <= call.dialed_at), "{}", call.id);
            assert!(call.ended_at.is_none_or(|end| end <= now), "{} ends in the future", call.id);
            assert!(call.ended_at <= campaign.completed_at || campaign.completed_at.is_none(), "{}", call.id);
            assert_eq!(call.ended_at.is_none(), call.result_code.is_none());
            assert!(call.ended_at.is_some() || campaign.state == CampaignState::Running, "{} hangs", call.id);
            latest = call.dialed_at;
            attempts.entry(call.contact.id.clone()).or_default().push(call.attempt.unwrap());
        }
        for (customer, attempts) in &attempts {
            let counted: Vec<u32> = (1..=attempts.len() as u32).collect();
            assert!(attempts.len() <= 3 && *attempts == counted, "{customer:?}: {attempts:?}");
        }
        assert_eq!(campaign.state == CampaignState::Scheduled, attempts.is_empty(), "{}", campaign.name);
        assert!(!list.is_empty() && attempts.len() <= list.len());
    }
}

#[test]
fn callers_rest_at_noon() {
    let demo = Demo::new(SEED, at(PRESENT));
    let zone = Zone::new("Asia/Ho_Chi_Minh").unwrap();
    let mut by_hour = [0_u32; 24];
    for campaign in demo.campaigns().iter().filter(|campaign| campaign.state != CampaignState::Running) {
        for call in demo.calls(&campaign.id) {
            by_hour[usize::from(zone.local(call.dialed_at).hour())] += 1;
        }
    }
    assert!(by_hour[12] * 2 < by_hour[10] && by_hour[12] * 2 < by_hour[14], "lunch is no rest: {by_hour:?}");
}

#[test]
fn phones_are_distinct_and_in_ranges_that_no_operator_has() {
    let demo = Demo::new(SEED, at(PRESENT));
    let mut phones: BTreeMap<String, String> = BTreeMap::new();
    for campaign in demo.campaigns() {
        for contact in demo.contacts(&campaign.id) {
            let (id, phone) = (contact.id.unwrap().to_string(), contact.phone.unwrap());
            assert!(phone.len() == 10 && UNASSIGNED_PREFIXES.iter().any(|prefix| phone.starts_with(prefix)), "{phone}");
            assert_eq!(phones.entry(phone.clone()).or_insert(id.clone()), &id, "{phone} has two owners");
            let name = contact.name.unwrap();
            assert!(name.split(' ').count() >= 2 && !name.chars().any(|c| c.is_ascii_digit()), "{name}");
        }
    }
    assert!(phones.len() > 15_000, "{}", phones.len());
}

#[test]
fn one_code_is_not_defined_and_the_others_are() {
    let demo = Demo::new(SEED, at(PRESENT));
    let defined: HashSet<String> = demo.result_codes().into_iter().map(|code| code.code.to_string()).collect();
    let mut used: BTreeMap<String, u32> = BTreeMap::new();
    for code in every_call(&demo).into_iter().filter_map(|call| call.result_code) {
        *used.entry(code.to_string()).or_default() += 1;
    }
    let known = |code: &str| defined.contains(code) || CallClass::unless_changed(code) != CallClass::Success;
    let unknown: Vec<_> = used.iter().filter(|(code, _)| !known(code)).collect();
    assert!(matches!(unknown[..], [(code, 5..=80)] if code == "K9"), "{unknown:?}");
    for code in &defined {
        assert!(used.contains_key(code), "{code} is defined and never used");
    }
}

#[test]
fn the_price_changes_once_and_one_campaign_has_its_own() {
    let now = at(PRESENT);
    let demo = Demo::new(SEED, now);
    let tariffs = demo.tariffs();
    let calls = every_call(&demo);
    let first = calls.iter().map(|call| call.dialed_at).min().unwrap();
    assert_eq!(tariffs.len(), 2);
    assert!(tariffs[0].effective_from <= first && first < tariffs[1].effective_from && tariffs[1].effective_from < now);
    let own: Vec<_> = demo.campaigns().into_iter().filter_map(|campaign| campaign.tariff).collect();
    assert_eq!(own.len(), 1);
    for tariff in tariffs.iter().chain(&own) {
        assert_eq!(tariff.check(), Ok(()));
    }
    let priced = calls.iter().filter(|call| call.blocks.is_some() && call.cost.is_some()).count();
    assert!((10..200).contains(&priced), "{priced} calls priced by the sender");
}

#[test]
fn the_same_seed_makes_the_same_data_and_another_makes_other() {
    let now = at(PRESENT);
    let all = |seed| {
        let demo = Demo::new(seed, now);
        let contacts: Vec<_> = demo.campaigns().iter().flat_map(|campaign| demo.contacts(&campaign.id)).collect();
        (demo.campaigns(), contacts, every_call(&demo))
    };
    let (first, again, other) = (all(1), all(1), all(2));
    assert!(first == again, "seed 1 made two different accounts");
    assert_ne!(first.1, other.1);
    assert_ne!(first.2, other.2);
}

#[test]
fn what_is_said_fits_into_the_talk_time() {
    let demo = Demo::new(SEED, at(PRESENT));
    let mut texts = HashSet::new();
    let mut transcripts = 0;
    for call in every_call(&demo) {
        let Some(lines) = &call.transcript else { continue };
        let talk = call.check().unwrap().talk_time;
        assert!(lines.is_sorted_by(|a, b| a.at < b.at), "{}: {lines:?}", call.id);
        assert!(lines.iter().all(|line| line.at >= 0 && line.at < talk), "{}: {lines:?} in {talk}", call.id);
        assert!(!lines.iter().any(|line| line.text.is_empty() || line.text.contains(['{', '}'])), "{lines:?}");
        texts.insert(lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n"));
        transcripts += 1;
    }
    assert!(transcripts > 4_000, "{transcripts}");
    assert!(texts.len() * 100 > transcripts * 95, "{} of {transcripts} dialogues are different", texts.len());
}
