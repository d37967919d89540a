//! What the records say, counted one by one, and the same of a report.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    CallClass, CallId, CallRecord, DateRange, Day, HangupBy, Money, Rate, Report,
    report::{CallCounts, CustomerCounts, Funnel, Planned, Rates},
    time::Zone,
};

use crate::drawn::DrawnPlan;

/// What codes count as, other than success and no goal.
pub type Meanings = BTreeMap<&'static str, (CallClass, bool)>;

/// What the records say, counted one by one.
#[derive(Debug, Default, PartialEq)]
pub struct Expected {
    pub calls: CallCounts,
    pub by_code: BTreeMap<String, u64>,
    pub recorded: u64,
    pub customers: CustomerCounts,
    pub talk_time: i64,
    pub dial_time: i64,
    pub ring_time: i64,
    pub messages: i64,
    pub blocks: i64,
    pub cost: Money,
    pub funnel: Funnel,
    /// Calls, answered calls, success, failed and error calls, newly reached.
    pub by_attempt: BTreeMap<u32, [u64; 6]>,
    pub histogram: Vec<u64>,
    /// Under 5 s, 5–15 s, 15–30 s, 30 s or longer.
    pub durations: [u64; 4],
    /// Calls, answered calls, success calls.
    pub heatmap: BTreeMap<(u8, u8), (u64, u64, u64)>,
    /// Calls, answered calls and talk time by who hung up and why: the cause, '' for none, `…` for one that may hold a number.
    pub endings: BTreeMap<(Option<&'static str>, String), (u64, u64, i64)>,
    /// Of each code that has calls.
    pub classes: BTreeMap<String, CallClass>,
    pub rates: Rates,
    pub average_talk_time: Option<i64>,
}

/// Calls outside the plan, by days and by hours, and redials: all, after a code without a rule, too often, too early.
pub type Against = ((u64, u64), [u64; 4]);

pub fn recount_plan(
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

pub fn reported_plan(planned: Planned) -> Against {
    let outside = planned.outside.map_or((0, 0), |outside| (outside.other_days, outside.other_hours));
    let beyond = planned.beyond.map(|beyond| {
        assert_eq!(beyond.redials.numerator, beyond.no_rule + beyond.too_often + beyond.too_early);
        [beyond.redials.denominator, beyond.no_rule, beyond.too_often, beyond.too_early]
    });
    (outside, beyond.unwrap_or_default())
}

/// Customers not reached, days with calls, the most attempts; and from five days on the calls to come, with whom they reach and
/// what they cost.
pub type Foreseen = (u64, u64, u32, Option<[f64; 3]>);

/// By walking each customer who is not reached through the attempts to come, all days of the records being over.
pub fn recount_forecast(
    records: &BTreeMap<String, CallRecord>,
    campaign: &str,
    listed: &BTreeSet<String>,
    meanings: &Meanings,
    redials: &[(&str, u32, u32)],
    zone: Zone,
) -> Foreseen {
    let mut calls: Vec<&CallRecord> = records.values().filter(|call| call.campaign.as_str() == campaign).collect();
    calls.sort_by_key(|call| call.dialed_at);
    let is_success = |code: &str| match code {
        "BS" | "NA" | "CU" => false,
        code => meanings.get(code).is_none_or(|(class, _)| *class == CallClass::Success),
    };
    let mut attempts = HashMap::<String, u32>::new();
    let (mut finished, mut reached) = (HashMap::<String, u32>::new(), BTreeSet::new());
    // Day, attempt, whether it was the first to reach its customer, and what it cost.
    let mut made: Vec<(Day, u32, bool, f64)> = Vec::new();
    for call in calls {
        let customer = call.contact.id.as_ref().unwrap().to_string();
        let attempt = call.attempt.unwrap_or(attempts.get(&customer).copied().unwrap_or(0) + 1);
        attempts.insert(customer.clone(), attempt);
        let Some(code) = &call.result_code else { continue };
        *finished.entry(customer.clone()).or_default() += 1;
        let newly = is_success(code.as_str()) && reached.insert(customer);
        let talk = call.answered_at.map(|answered| call.ended_at.unwrap().0 - answered.0);
        let cost = talk.map_or(0, |talk| cost_of(call.blocks.unwrap_or(blocks_of(talk))).0);
        made.push((zone.local(call.dialed_at).day(), attempt, newly, cost as f64));
    }
    let seen = made.iter().map(|(_, attempt, ..)| *attempt).max().unwrap_or(0);
    let planned = 1 + redials.iter().map(|(_, times, _)| times).sum::<u32>();
    let most = if redials.is_empty() { seen } else { planned.min(100) };
    let open: Vec<&String> = listed.iter().filter(|customer| !reached.contains(*customer)).collect();
    let mut days: Vec<Day> = made.iter().map(|(day, ..)| *day).collect::<BTreeSet<_>>().into_iter().collect();
    days.drain(..days.len().saturating_sub(7));
    if days.len() < 5 {
        return (open.len() as u64, days.len() as u64, most, None);
    }
    made.retain(|(day, ..)| days.contains(day));
    let sums = |is: &dyn Fn(u32) -> bool| {
        let calls = made.iter().filter(|(_, attempt, ..)| is(*attempt));
        calls.fold((0.0, 0.0, 0.0), |sum, (_, _, newly, cost)| {
            (sum.0 + 1.0, sum.1 + f64::from(u8::from(*newly)), sum.2 + cost)
        })
    };
    let known: BTreeSet<u32> =
        made.iter().map(|(_, attempt, ..)| *attempt).filter(|attempt| *attempt <= most).collect();
    let of = |k: u32| {
        let near = known.range(..=k).next_back().or(known.first()).copied();
        let (calls, newly, cost) = sums(&|attempt| near.is_none_or(|near| near == attempt));
        (newly / calls, cost / calls)
    };
    let of: Vec<(f64, f64)> = (0..=most).map(of).collect();
    let mut total = [0.0; 3];
    for customer in &open {
        let mut chance = 1.0;
        for k in finished.get(*customer).copied().unwrap_or(0) + 1..=most {
            let (reaching, cost) = of[k as usize];
            total = [total[0] + chance, total[1] + chance * reaching, total[2] + chance * cost];
            chance *= 1.0 - reaching;
        }
    }
    (open.len() as u64, days.len() as u64, most, Some(total))
}

/// Blocks of the test account's tariff, 6+1 seconds, counted by adding blocks until the talk is covered.
pub fn blocks_of(talk: i64) -> i64 {
    let (mut blocks, mut covered) = (0, 0);
    while covered < talk {
        covered += if blocks == 0 { 6_000 } else { 1_000 };
        blocks += 1;
    }
    blocks
}

/// 10 đồng for the first block, 2.5 for each further.
pub fn cost_of(blocks: i64) -> Money {
    if blocks == 0 { Money::ZERO } else { Money(10_000_000 + (blocks - 1) * 2_500_000) }
}

pub fn recount(
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

pub fn reported(report: &Report) -> Expected {
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
pub type Standing = BTreeMap<String, (u64, Money, String, Option<String>, i64)>;

pub fn recount_customers(records: &BTreeMap<String, CallRecord>, campaign: &str) -> Standing {
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
