//! Figures are recounted here by brute force from the records that were sent, with none of the store's code, and
//! compared with what the store reports: after any sequence of batches, corrections and late arrivals.

mod support;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    CallClass, CallFilter, CallId, CallRecord, CampaignId, ContactRef, CustomerFilter, DateRange, Day, HangupBy, Money,
    Period, Plan, Rate, Report, ReportQuery, ResultCode, Timestamp,
    filter::ClassFilter,
    plan::{Redial, Window},
    report::{CallCounts, CustomerCounts, Funnel, Planned, Rates},
    time::Zone,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner};
use store::{
    Conn, Db, PageRequest, Scope,
    campaigns::CampaignInput,
    ingest::IngestOptions,
    recordings::{self, StoredRecording},
};
use support::{both_engines, campaign, shop, shop_in};

const CODES: [Option<&str>; 7] = [Some("DY"), Some("TC"), Some("BS"), Some("NA"), Some("CU"), Some("K9"), None];
/// 2026-11-01T00:00+07:00.
const START: i64 = 1_793_466_000_000;
const HOUR: i64 = 3_600_000;

/// A call as the test draws it. Its id is part of its dial start, so no two calls begin at the same millisecond.
#[derive(Debug, Clone)]
struct Drawn {
    id: u8,
    campaign: u8,
    customer: u8,
    hour: u8,
    minute: u8,
    ring: u16,
    talk: u32,
    code: usize,
    attempt: Option<u32>,
    messages: Option<u32>,
    blocks: Option<i64>,
    hangup: usize,
    cause: usize,
}

/// Who hung up, as drawn.
const SIDES: [Option<HangupBy>; 5] =
    [None, Some(HangupBy::Customer), Some(HangupBy::Bot), Some(HangupBy::Agent), Some(HangupBy::System)];
/// Causes, as drawn: blanks are no cause, and what may hold a number is told apart from nothing.
const CAUSES: [Option<&str>; 7] = [
    None,
    Some("16"),
    Some(" 17 "),
    Some("NORMAL_CLEARING"),
    Some(" "),
    Some("SIP/0912345678"),
    Some("0987 654 321 gọi lại"),
];

fn drawn() -> impl Strategy<Value = Drawn> {
    let numbers = (0..40_u8, 0..2_u8, 0..8_u8, 0..120_u8, 0..40_000_u16, 0..200_000_u32, 0..CODES.len());
    let options = (
        proptest::option::weighted(0.2, 1..4_u32),
        proptest::option::of(0..9_u32),
        proptest::option::weighted(0.1, 0..9_i64),
    );
    let endings = (0..SIDES.len(), 0..CAUSES.len(), 0..60_u8);
    (numbers, options, endings).prop_map(
        |((id, campaign, customer, hour, ring, talk, code), (attempt, messages, blocks), (hangup, cause, minute))| {
            Drawn { id, campaign, customer, hour, minute, ring, talk, code, attempt, messages, blocks, hangup, cause }
        },
    )
}

fn record(drawn: &Drawn) -> CallRecord {
    let dialed_at = START + i64::from(drawn.hour) * HOUR + i64::from(drawn.minute) * 60_000 + i64::from(drawn.id);
    let code = CODES[drawn.code];
    let success = code.is_some_and(|code| CallClass::unless_changed(code) == CallClass::Success);
    let answered_at = success.then_some(dialed_at + i64::from(drawn.ring));
    let ended_at = code.map(|_| answered_at.unwrap_or(dialed_at) + i64::from(drawn.talk));
    CallRecord {
        id: format!("c-{}", drawn.id).parse().unwrap(),
        campaign: format!("camp-{}", drawn.campaign).parse().unwrap(),
        voicebot: None,
        contact: ContactRef { id: Some(format!("kh-{}", drawn.customer).parse().unwrap()), phone: None, name: None },
        attempt: drawn.attempt,
        dialed_at: Timestamp(dialed_at),
        answered_at: answered_at.map(Timestamp),
        ended_at: ended_at.map(Timestamp),
        result_code: code.map(|code| code.parse().unwrap()),
        bot_messages: drawn.messages,
        hangup_by: SIDES[drawn.hangup],
        cause: CAUSES[drawn.cause].map(str::to_owned),
        blocks: drawn.blocks.filter(|_| code.is_some()),
        cost: None,
        recording_url: None,
        transcript: None,
        attributes: None,
    }
}

/// A plan as the test draws it: the first and the last day from that of the first call, windows in minutes, and rules by code,
/// times and minutes.
#[derive(Debug, Clone)]
struct DrawnPlan {
    days: (Option<i32>, Option<i32>),
    windows: &'static [(u16, u16)],
    redials: &'static [(&'static str, u32, u32)],
}

const WINDOWS: [&[(u16, u16)]; 5] =
    [&[], &[(510, 690)], &[(0, 1_440)], &[(485, 500), (600, 1_017)], &[(0, 1), (1_439, 1_440)]];
const REDIALS: [&[(&str, u32, u32)]; 4] =
    [&[], &[("NA", 1, 30)], &[("NA", 2, 600), ("BS", 1, 61), ("DY", 3, 0)], &[("DY", 1, 1_440), ("CU", 100, 43_200)]];

fn drawn_plan() -> impl Strategy<Value = DrawnPlan> {
    let days = (proptest::option::of(0..3), proptest::option::of(3..5));
    (days, proptest::sample::select(WINDOWS.to_vec()), proptest::sample::select(REDIALS.to_vec()))
        .prop_map(|(days, windows, redials)| DrawnPlan { days, windows, redials })
}

impl DrawnPlan {
    fn plan(&self, first_day: Day) -> Plan {
        let minute = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60).parse().unwrap();
        let window = |(from, to): &(u16, u16)| Window { from: minute(*from), to: minute(*to) };
        let redial = |(code, times, pause_minutes): &(&str, u32, u32)| Redial {
            code: code.parse().unwrap(),
            times: *times,
            pause_minutes: *pause_minutes,
        };
        Plan {
            first_day: self.days.0.map(|days| first_day.plus(days)),
            last_day: self.days.1.map(|days| first_day.plus(days)),
            windows: self.windows.iter().map(window).collect(),
            redials: self.redials.iter().map(redial).collect(),
            ..Plan::default()
        }
    }
}

/// What an account says of a code from some batch on: the code's place among [`OWN`], its class, and whether it is a goal.
type Said = Option<(usize, CallClass, bool)>;

/// The codes of which an account may say what they count as.
const OWN: [&str; 3] = ["DY", "TC", "K9"];

fn said() -> impl Strategy<Value = Said> {
    let meanings = [
        (CallClass::Success, true),
        (CallClass::Success, false),
        (CallClass::Failed, false),
        (CallClass::Error, false),
    ];
    let said = (0..OWN.len(), proptest::sample::select(meanings.to_vec()));
    proptest::option::weighted(0.7, said.prop_map(|(code, (class, is_goal))| (code, class, is_goal)))
}

/// What codes count as, other than success and no goal.
type Meanings = BTreeMap<&'static str, (CallClass, bool)>;

/// What the records say, counted one by one.
#[derive(Debug, Default, PartialEq)]
struct Expected {
    calls: CallCounts,
    by_code: BTreeMap<String, u64>,
    recorded: u64,
    customers: CustomerCounts,
    talk_time: i64,
    dial_time: i64,
    ring_time: i64,
    messages: i64,
    blocks: i64,
    cost: Money,
    funnel: Funnel,
    /// Calls, answered calls, success, failed and error calls, newly reached.
    by_attempt: BTreeMap<u32, [u64; 6]>,
    histogram: Vec<u64>,
    /// Under 5 s, 5–15 s, 15–30 s, 30 s or longer.
    durations: [u64; 4],
    /// Calls, answered calls, success calls.
    heatmap: BTreeMap<(u8, u8), (u64, u64, u64)>,
    /// Calls, answered calls and talk time by who hung up and why: the cause, '' for none, `…` for one that may hold a number.
    endings: BTreeMap<(Option<&'static str>, String), (u64, u64, i64)>,
    /// Of each code that has calls.
    classes: BTreeMap<String, CallClass>,
    rates: Rates,
    average_talk_time: Option<i64>,
}

/// Calls outside the plan, by days and by hours, and redials: all, after a code without a rule, too often, too early.
type Against = ((u64, u64), [u64; 4]);

fn recount_plan(
    records: &BTreeMap<String, CallRecord>,
    campaign: &str,
    range: Option<DateRange>,
    plan: &DrawnPlan,
    (zone, first_day): (Zone, Day),
) -> Against {
    let mut calls: Vec<&CallRecord> = records.values().filter(|call| call.campaign.as_str() == campaign).collect();
    calls.sort_by_key(|call| call.dialed_at);
    let (mut outside, mut redials) = ((0, 0), [0; 4]);
    for (n, call) in calls.iter().enumerate() {
        let local = zone.local(call.dialed_at);
        let inside = range.is_none_or(|range| range.contains(local.day()));
        if call.result_code.is_none() || !inside {
            continue;
        }
        // By the clock on the wall, as it is written.
        let clock = local.to_rfc3339();
        let minute = clock[11..13].parse::<u16>().unwrap() * 60 + clock[14..16].parse::<u16>().unwrap();
        let day = local.day().0 - first_day.0;
        if plan.days.0.is_some_and(|first| day < first) || plan.days.1.is_some_and(|last| day > last) {
            outside.0 += 1;
        } else if !plan.windows.is_empty() && !plan.windows.iter().any(|(from, to)| (*from..*to).contains(&minute)) {
            outside.1 += 1;
        }
        let before: Vec<&&CallRecord> = calls[..n].iter().filter(|one| one.contact.id == call.contact.id).collect();
        let Some(code) = before.last().and_then(|last| last.result_code.as_ref()) else { continue };
        let times = before.iter().filter(|one| one.result_code.as_ref() == Some(code)).count();
        let pause = call.dialed_at.0 - before.last().unwrap().ended_at.unwrap().0;
        redials[0] += 1;
        match plan.redials.iter().find(|(of, ..)| *of == code.as_str()) {
            None => redials[1] += 1,
            Some((_, most, _)) if times > *most as usize => redials[2] += 1,
            Some((.., minutes)) if pause < i64::from(*minutes) * 60_000 => redials[3] += 1,
            Some(_) => {}
        }
    }
    (outside, redials)
}

fn reported_plan(planned: Planned) -> Against {
    let outside = planned.outside.map_or((0, 0), |outside| (outside.other_days, outside.other_hours));
    let beyond = planned.beyond.map(|beyond| {
        assert_eq!(beyond.redials.numerator, beyond.no_rule + beyond.too_often + beyond.too_early);
        [beyond.redials.denominator, beyond.no_rule, beyond.too_often, beyond.too_early]
    });
    (outside, beyond.unwrap_or_default())
}

/// Blocks of the test account's tariff, 6+1 seconds, counted by adding blocks until the talk is covered.
fn blocks_of(talk: i64) -> i64 {
    let (mut blocks, mut covered) = (0, 0);
    while covered < talk {
        covered += if blocks == 0 { 6_000 } else { 1_000 };
        blocks += 1;
    }
    blocks
}

/// 10 đồng for the first block, 2.5 for each further.
fn cost_of(blocks: i64) -> Money {
    if blocks == 0 { Money::ZERO } else { Money(10_000_000 + (blocks - 1) * 2_500_000) }
}

fn recount(
    records: &BTreeMap<String, CallRecord>,
    recorded: &BTreeSet<CallId>,
    listed: &BTreeSet<String>,
    campaign: &str,
    range: Option<DateRange>,
    meanings: &Meanings,
    zone: Zone,
) -> Expected {
    let mut calls: Vec<&CallRecord> = records.values().filter(|call| call.campaign.as_str() == campaign).collect();
    calls.sort_by_key(|call| call.dialed_at);
    let mut attempts = HashMap::<String, u32>::new();
    let mut reached_before = BTreeSet::new();
    let mut expected = Expected { histogram: vec![0; 26], ..Expected::default() };
    let mut steps: [BTreeSet<String>; 4] = Default::default();
    let (mut goals, mut line_faults) = (0, 0);
    for call in calls {
        let customer = call.contact.id.as_ref().unwrap().to_string();
        let attempt = call.attempt.unwrap_or(attempts.get(&customer).copied().unwrap_or(0) + 1);
        attempts.insert(customer.clone(), attempt);
        let local = zone.local(call.dialed_at);
        let inside = range.is_none_or(|range| range.contains(local.day()));
        let Some(code) = &call.result_code else {
            expected.calls.in_progress += u64::from(inside);
            continue;
        };
        let answered = !["BS", "NA", "CU"].contains(&code.as_str());
        let (own, is_goal) = meanings.get(code.as_str()).copied().unwrap_or((CallClass::Success, false));
        let class = match code.as_str() {
            "BS" | "NA" => CallClass::Failed,
            "CU" => CallClass::Error,
            _ => own,
        };
        let success = class == CallClass::Success;
        let newly = success && reached_before.insert(customer.clone());
        if !inside {
            continue;
        }
        let (dialed, ended) = (call.dialed_at.0, call.ended_at.unwrap().0);
        let talk = if answered { ended - call.answered_at.unwrap().0 } else { 0 };
        let blocks = call.blocks.unwrap_or(if answered { blocks_of(talk) } else { 0 });
        expected.calls.total += 1;
        expected.calls.answered += u64::from(answered);
        match class {
            CallClass::Success => expected.calls.success += 1,
            CallClass::Failed => expected.calls.failed += 1,
            CallClass::Error => expected.calls.error += 1,
        }
        expected.classes.insert(code.to_string(), class);
        goals += u64::from(is_goal);
        line_faults += u64::from(code.as_str() == "CU");
        *expected.by_code.entry(code.to_string()).or_default() += 1;
        expected.recorded += u64::from(answered && recorded.contains(&call.id));
        expected.talk_time += talk;
        if answered {
            expected.dial_time += call.answered_at.unwrap().0 - dialed;
            let bin = if talk < 120_000 { talk / 5_000 } else { 24 + i64::from(talk >= 300_000) };
            expected.histogram[bin as usize] += 1;
            let class = [5_000, 15_000, 30_000].iter().filter(|end| talk >= **end).count();
            expected.durations[class] += 1;
            expected.cost += cost_of(blocks);
        } else {
            expected.ring_time += ended - dialed;
        }
        expected.messages += i64::from(call.bot_messages.unwrap_or(0));
        expected.blocks += blocks;
        let cause = call.cause.as_deref().unwrap_or_default().trim();
        let cause = if cause.bytes().filter(u8::is_ascii_digit).count() >= 6 { "…" } else { cause };
        let ending = expected.endings.entry((call.hangup_by.map(HangupBy::word), cause.to_owned())).or_default();
        *ending = (ending.0 + 1, ending.1 + u64::from(answered), ending.2 + talk);
        let row = expected.by_attempt.entry(attempt).or_default();
        let is = |wanted| class == wanted;
        let facts = [true, answered, success, is(CallClass::Failed), is(CallClass::Error), newly];
        for (sum, fact) in row.iter_mut().zip(facts) {
            *sum += u64::from(fact);
        }
        let cell = expected.heatmap.entry((local.day().weekday(), local.hour())).or_default();
        *cell = (cell.0 + 1, cell.1 + u64::from(answered), cell.2 + u64::from(success));
        let facts = [true, success, success && talk > 30_000, is_goal];
        for (set, _) in steps.iter_mut().zip(facts).filter(|(_, fact)| *fact) {
            set.insert(customer.clone());
        }
    }
    let [dialled, reached, talked, goal] = &steps;
    let count = |set: &BTreeSet<String>| set.len() as u64;
    let customers = if range.is_some() { count(dialled) } else { count(listed) };
    expected.funnel = Funnel {
        customers,
        dialled: count(dialled),
        reached: count(reached),
        talked_30s: count(talked),
        goal: talked.intersection(goal).count() as u64,
    };
    expected.customers = CustomerCounts {
        total: customers,
        reached: count(reached),
        tried: count(dialled) - count(reached),
        never_dialled: customers - count(dialled),
    };
    let (n, a) = (expected.calls.total, expected.calls.answered);
    expected.rates = Rates {
        answer_rate: Rate::new(a, n),
        network_effectiveness: Rate::new(n - line_faults, n),
        contact_rate: Rate::new(expected.customers.reached, customers),
        goal_rate: Rate::new(goals, a),
    };
    let average = |sum: i64, of: i64| (2 * sum + of) / (2 * of);
    expected.average_talk_time = (a > 0).then(|| average(expected.talk_time, a as i64));
    expected
}

fn reported(report: &Report) -> Expected {
    let attempts = report
        .by_attempt
        .iter()
        .map(|row| (row.attempt, [row.calls, row.answered, row.success, row.failed, row.error, row.newly_reached]));
    Expected {
        calls: report.calls,
        by_code: report.by_code.iter().map(|row| (row.code.to_string(), row.calls)).collect(),
        recorded: report.recorded,
        customers: report.customers,
        talk_time: report.talk_time,
        dial_time: report.dial_time,
        ring_time: report.ring_time_unanswered,
        messages: report.bot_messages.unwrap_or(0),
        blocks: report.blocks,
        cost: report.cost,
        funnel: report.funnel,
        by_attempt: attempts.collect(),
        histogram: report.talk_time_histogram.iter().map(|bin| bin.calls).collect(),
        durations: std::array::from_fn(|n| report.duration_classes[n].calls),
        heatmap: report
            .heatmap
            .iter()
            .map(|cell| ((cell.weekday, cell.hour), (cell.calls, cell.answered, cell.success)))
            .collect(),
        endings: report
            .endings
            .iter()
            .map(|ending| {
                let cause = if ending.is_other { "…" } else { ending.cause.as_deref().unwrap_or_default() };
                let by = ending.hangup_by.map(HangupBy::word);
                ((by, cause.to_owned()), (ending.calls, ending.answered, ending.talk_time))
            })
            .collect(),
        classes: report.by_code.iter().map(|row| (row.code.to_string(), row.class)).collect(),
        rates: report.rates,
        average_talk_time: report.average_talk_time,
    }
}

/// Of each customer: finished calls, what they cost, the latest call, its code and talk time.
type Standing = BTreeMap<String, (u64, Money, String, Option<String>, i64)>;

fn recount_customers(records: &BTreeMap<String, CallRecord>, campaign: &str) -> Standing {
    let mut calls: Vec<&CallRecord> = records.values().filter(|call| call.campaign.as_str() == campaign).collect();
    calls.sort_by_key(|call| call.dialed_at);
    let mut customers = Standing::new();
    for call in calls {
        let customer = call.contact.id.as_ref().unwrap().to_string();
        let (finished, cost, latest, code, talk) = customers.entry(customer).or_default();
        (*latest, *code, *talk) = (call.id.to_string(), call.result_code.as_ref().map(ToString::to_string), 0);
        *finished += u64::from(code.is_some());
        if let Some(answered) = call.answered_at.filter(|_| code.is_some()) {
            *talk = call.ended_at.unwrap().0 - answered.0;
            *cost += cost_of(call.blocks.unwrap_or(blocks_of(*talk)));
        }
    }
    customers
}

async fn listed_customers(db: &Db, scope: &Scope, campaign: &str) -> Standing {
    let mut conn = db.read().await.unwrap();
    let (filter, request) = (CustomerFilter::default(), PageRequest { limit: 1_000, ..PageRequest::default() });
    let campaign = CampaignId::new(campaign).unwrap();
    let page = store::customers::list(&mut conn, scope, &campaign, &filter, Day(0), &request).await.unwrap().unwrap();
    let standing = page.customers.into_iter().map(|customer| {
        let latest = customer.latest.expect("everybody here was called");
        let code = latest.result_code.as_ref().map(ToString::to_string);
        let told = (u64::from(customer.calls), customer.cost, latest.id.to_string(), code, latest.talk_time);
        (customer.contact.id().to_string(), told)
    });
    standing.collect()
}

async fn record_call(db: &Db, scope: &Scope, call: &CallId) {
    let recording = StoredRecording {
        object: format!("{}/{call}", scope.account()),
        content_type: "audio/wav".to_owned(),
        bytes: 44,
        duration: None,
        peaks: None,
        playable: None,
        stored_at: Timestamp(START),
    };
    let mut conn = db.write().await.unwrap();
    recordings::put(&mut conn, scope, call, &recording).await.unwrap().unwrap();
    conn.commit().await.unwrap();
}

/// Each line of how calls end leads to exactly its calls.
async fn compare_endings(conn: &mut Conn, scope: &Scope, query: &ReportQuery, report: &Report) {
    for ending in &report.endings {
        let filter = CallFilter {
            period: query.period,
            classes: CallClass::ALL.map(ClassFilter::Class).into(),
            hangup_by: vec![ending.by()],
            causes: vec![ending.cause()],
            ..CallFilter::default()
        };
        let listed = store::calls::sums(conn, scope, Some(&query.campaign), &filter, Day(0)).await.unwrap().unwrap();
        assert_eq!((listed.calls, listed.talk_time), (ending.calls, ending.talk_time), "{ending:?}");
    }
}

/// Sends the batches, says before each what a code counts as, stores recordings of some of their calls and deletes those of others, and compares after each, over the whole campaign and over one and three of its days.
async fn send_and_compare(db: &Db, scope: &Scope, zone: &str, batches: &[(Vec<Drawn>, Said, DrawnPlan)]) {
    let now = Timestamp(START + 10 * 24 * HOUR);
    let zone = Zone::new(zone).unwrap();
    let first_day = zone.local(Timestamp(START)).day();
    let mut records = BTreeMap::<String, CallRecord>::new();
    let mut recorded = BTreeSet::new();
    let mut meanings = Meanings::from([("DY", (CallClass::Success, true))]);
    for (nth, (batch, said, plan)) in batches.iter().enumerate() {
        if let Some((code, counts_as, is_goal)) = *said {
            meanings.insert(OWN[code], (counts_as, is_goal));
            let label = || OWN[code].to_owned();
            let code = ResultCode {
                code: OWN[code].parse().unwrap(),
                label_vi: label(),
                label_en: label(),
                color: None,
                is_goal,
                counts_as,
            };
            let mut conn = db.write().await.unwrap();
            store::result_codes::put(&mut conn, scope, &code, now).await.unwrap();
            conn.commit().await.unwrap();
        }
        let sent: Vec<CallRecord> = batch.iter().map(record).collect();
        let mut conn = db.write().await.unwrap();
        let options = IngestOptions { create_missing: false, received_at: Timestamp::MAX, import: None };
        let numbered = sent.iter().cloned().enumerate().collect();
        let answer = store::ingest::put(&mut conn, scope, numbered, options).await.unwrap();
        conn.commit().await.unwrap();
        assert_eq!(answer.rejected, 0, "{:?}", answer.errors);
        assert_eq!(answer.accepted + answer.updated + answer.unchanged, sent.len() as u64);
        for call in sent {
            if call.id.as_str().len() + nth % 2 == 4 {
                record_call(db, scope, &call.id).await;
                recorded.insert(call.id.clone());
            } else if recorded.remove(&call.id) {
                let mut conn = db.write().await.unwrap();
                recordings::delete(&mut conn, scope, &call.id, now).await.unwrap().unwrap();
                conn.commit().await.unwrap();
            }
            records.insert(call.id.to_string(), call);
        }
        // The plan is said after the calls: figures follow at once.
        let input = CampaignInput { plan: Some(plan.plan(first_day)), ..campaign("camp-0", "Nhắc nợ tháng 11") };
        let mut conn = db.write().await.unwrap();
        store::campaigns::put(&mut conn, scope, &input, now).await.unwrap();
        conn.commit().await.unwrap();
        // Whoever has no call any more since it turned out to be another's is not on the list either.
        let mut listed = BTreeMap::<String, BTreeSet<String>>::new();
        for call in records.values() {
            let customer = call.contact.id.as_ref().unwrap().to_string();
            listed.entry(call.campaign.to_string()).or_default().insert(customer);
        }
        for campaign in ["camp-0", "camp-1"] {
            assert_eq!(
                listed_customers(db, scope, campaign).await,
                recount_customers(&records, campaign),
                "{campaign}"
            );
            for days in [None, Some((1, 1)), Some((1, 3))] {
                let range = days.map(|(from, to)| DateRange { from: first_day.plus(from), to: first_day.plus(to) });
                let period = range.map_or(Period::Whole, Period::Custom);
                let query = ReportQuery { campaign: CampaignId::new(campaign).unwrap(), period };
                let mut conn = db.read().await.unwrap();
                let report = store::report::read(&mut conn, scope, &query, now).await.unwrap().unwrap();
                let on_list = listed.get(campaign).cloned().unwrap_or_default();
                assert_eq!(
                    reported(&report),
                    recount(&records, &recorded, &on_list, campaign, range, &meanings, zone),
                    "{campaign} {range:?}"
                );
                if let Some(planned) = report.planned {
                    let mut expected = recount_plan(&records, campaign, range, plan, (zone, first_day));
                    if plan.redials.is_empty() {
                        expected.1 = [0; 4];
                    }
                    assert_eq!(reported_plan(planned), expected, "{campaign} {range:?} {plan:?}");
                    let outside = planned.outside.map_or(0, |outside| outside.calls.numerator);
                    let beyond = planned.beyond.map_or(0, |beyond| beyond.redials.numerator);
                    for (filter, calls) in [
                        (CallFilter { period, outside_plan: true, ..CallFilter::default() }, outside),
                        (CallFilter { period, beyond_rule: true, ..CallFilter::default() }, beyond),
                    ] {
                        let id = Some(&query.campaign);
                        let listed = store::calls::sums(&mut conn, scope, id, &filter, Day(0)).await.unwrap().unwrap();
                        assert_eq!(listed.calls, calls, "{filter:?} {plan:?}");
                    }
                }
                compare_endings(&mut conn, scope, &query, &report).await;
                let trend: u64 = report.trend.iter().map(|point| point.calls).sum();
                assert_eq!(trend, report.calls.total, "the trend adds up");
            }
        }
        let mut conn = db.read().await.unwrap();
        let differences = store::verify::recount(&mut conn, scope, &mut |_| {}).await.unwrap();
        assert_eq!(differences, [], "ringside verify agrees");
    }
}

both_engines! {
    async fn figures_are_what_the_records_say(db) {
        let rng = test_runner::TestRng::deterministic_rng(test_runner::RngAlgorithm::ChaCha);
        let mut runner = test_runner::TestRunner::new_with_rng(ProptestConfig::default(), rng);
        let batch = (proptest::collection::vec(drawn(), 1..30), said(), drawn_plan());
        let batches = proptest::collection::vec(batch, 1..5);
        for case in 0..24 {
            let batches = batches.new_tree(&mut runner).unwrap().current();
            // In the second a local hour begins at a quarter, in the third the clock goes back on the first day.
            let zone = ["Asia/Ho_Chi_Minh", "Asia/Kathmandu", "America/New_York"][case % 3];
            let scope = shop_in(&db, &format!("account {case}"), zone).await;
            send_and_compare(&db, &scope, zone, &batches).await;
        }
    }

    async fn the_first_causes_of_an_account_are_told_apart_and_the_others_counted_together(db) {
        let scope = shop(&db, "causes").await;
        let call = |n: usize, cause: String| {
            let drawn = Drawn {
                id: (n % 250) as u8, campaign: 0, customer: 1, hour: (n / 250) as u8, minute: 0, ring: 100, talk: 1_000, code: 0, attempt: None,
                messages: None, blocks: None, hangup: 1, cause: 0,
            };
            let id = format!("c-{n}").parse().unwrap();
            CallRecord { id, cause: Some(cause), ..record(&drawn) }
        };
        let put = async |calls: Vec<CallRecord>| {
            let mut conn = db.write().await.unwrap();
            let options = IngestOptions { create_missing: false, received_at: Timestamp::MAX, import: None };
            let answer =
                store::ingest::put(&mut conn, &scope, calls.into_iter().enumerate().collect(), options).await.unwrap();
            assert_eq!(answer.rejected, 0, "{:?}", answer.errors);
            conn.commit().await.unwrap();
        };
        let endings = async || {
            let query = ReportQuery { campaign: "camp-0".parse().unwrap(), period: Period::Whole };
            let mut conn = db.read().await.unwrap();
            let report = store::report::read(&mut conn, &scope, &query, Timestamp(START)).await.unwrap().unwrap();
            assert_eq!(store::verify::recount(&mut conn, &scope, &mut |_| {}).await.unwrap(), []);
            let other = report.endings.iter().find(|ending| ending.is_other).map_or(0, |ending| ending.calls);
            (report.endings.len(), other)
        };
        let word = |n: usize| format!("lý do {}", char::from_u32(0x4E00 + n as u32).unwrap());
        put((0..260).map(|n| call(n, word(n))).collect()).await;
        assert_eq!(endings().await, (201, 60), "two hundred causes, and one line of all others");
        // What was among the others stays there when a cause has no calls any more; calls that are corrected move.
        put((0..10).map(|n| call(n, word(200))).collect()).await;
        assert_eq!(endings().await, (191, 70));
        put((0..260).map(|n| call(n, "16".to_owned())).collect()).await;
        assert_eq!(endings().await, (1, 260), "16 came when there was no room any more");
    }

    async fn a_batch_sent_again_changes_nothing(db) {
        let scope = shop(&db, "again").await;
        let calls: Vec<Drawn> = (0..30_u8)
            .map(|n| Drawn {
                id: n,
                campaign: n % 2,
                customer: n % 5,
                hour: n * 3,
                minute: n,
                ring: 5_000,
                talk: u32::from(n) * 3_000,
                code: usize::from(n) % CODES.len(),
                attempt: None,
                messages: Some(3),
                blocks: None,
                hangup: usize::from(n) % SIDES.len(),
                cause: usize::from(n) % CAUSES.len(),
            })
            .collect();
        let plan = DrawnPlan { days: (Some(0), None), windows: WINDOWS[1], redials: REDIALS[2] };
        send_and_compare(&db, &scope, "Asia/Ho_Chi_Minh", &[(calls.clone(), None, plan)]).await;
        let mut conn = db.write().await.unwrap();
        let options = IngestOptions { create_missing: false, received_at: Timestamp::MAX, import: None };
        let again = calls.iter().map(record).enumerate().collect();
        let answer = store::ingest::put(&mut conn, &scope, again, options).await.unwrap();
        assert_eq!((answer.accepted, answer.updated, answer.unchanged, answer.rejected), (0, 0, 30, 0));
        assert!(answer.change.is_none(), "nothing changed, so nobody is told");
    }
}
