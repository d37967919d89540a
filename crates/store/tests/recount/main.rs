//! Figures are recounted here by brute force from the records that were sent, with none of the store's code, and
//! compared with what the store reports: after any sequence of batches, corrections and late arrivals.

mod drawn;
mod expected;
mod own;
#[path = "../support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    CallClass, CallFilter, CallId, CallRecord, CampaignId, CustomerFilter, DateRange, Day, Period, Report, ReportQuery,
    ResultCode, Timestamp, filter::ClassFilter, time::Zone,
};
use drawn::{
    CAUSES, CODES, Drawn, DrawnPlan, HOUR, OWN, REDIALS, SIDES, START, Said, VALUES, WINDOWS, drawn, drawn_plan,
    record, said,
};
use expected::{
    Meanings, Standing, recount, recount_customers, recount_forecast, recount_plan, reported, reported_plan,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner};
use store::{
    Conn, Db, PageRequest, Scope,
    campaigns::CampaignInput,
    ingest::IngestOptions,
    recordings::{self, StoredRecording},
};
use support::{both_engines, campaign, shop, shop_in};

async fn listed_customers(db: &Db, scope: &Scope, campaign: &str) -> Standing {
    let mut conn = db.read().await.unwrap();
    let (filter, request) = (CustomerFilter::default(), PageRequest { limit: 1_000, ..PageRequest::default() });
    let campaign = CampaignId::new(campaign).unwrap();
    let page = store::customers::list(&mut conn, scope, &campaign, &filter, Day(0), &request).await.unwrap().unwrap();
    let standing = page.customers.into_iter().filter_map(|customer| {
        // Who has no call any more was called by mistake.
        let latest = customer.latest?;
        let code = latest.result_code.as_ref().map(ToString::to_string);
        let told = (u64::from(customer.calls), customer.cost, latest.id.to_string(), code, latest.talk_time);
        Some((customer.contact.id().to_string(), told))
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

/// What is foreseen of a campaign is what its customers come to, walked one by one; of the whole campaign, whatever the days.
fn compare_forecast(report: &Report, whole: &Report, expected: expected::Foreseen) {
    let forecast = report.forecast.expect("it runs");
    let (customers, days, attempts, sums) = expected;
    assert_eq!((forecast.open_customers, forecast.active_days, forecast.attempts), (customers, days, attempts));
    assert_eq!(forecast.outlook.is_some(), sums.is_some());
    if let Some((outlook, [calls, reached, cost])) = forecast.outlook.zip(sums) {
        let near = |found: f64, expected: f64| (found - expected).abs() < 0.51;
        assert!(near(outlook.open_calls.middle as f64, calls), "{outlook:?} {calls}");
        let reached = whole.customers.reached as f64 + reached;
        assert!(near(outlook.reached.middle as f64, reached), "{outlook:?} {reached}");
        let cost = whole.cost.0 as f64 + cost;
        assert!(near(outlook.cost.middle.0 as f64, cost), "{outlook:?} {cost}");
    }
}

/// What happened beside the plan is what the records say, and each figure leads to exactly its calls.
async fn compare_plan(
    conn: &mut Conn,
    scope: &Scope,
    query: &ReportQuery,
    report: &Report,
    plan: &DrawnPlan,
    expected: impl Fn() -> expected::Against,
) {
    let Some(planned) = report.planned else { return };
    let mut expected = expected();
    if plan.redials.is_empty() {
        expected.1 = [0; 4];
    }
    assert_eq!(reported_plan(planned), expected, "{query:?} {plan:?}");
    let outside = planned.outside.map_or(0, |outside| outside.calls.numerator);
    let beyond = planned.beyond.map_or(0, |beyond| beyond.redials.numerator);
    let period = query.period;
    for (filter, calls) in [
        (CallFilter { period, outside_plan: true, ..CallFilter::default() }, outside),
        (CallFilter { period, beyond_rule: true, ..CallFilter::default() }, beyond),
    ] {
        let listed = store::calls::sums(conn, scope, Some(&query.campaign), &filter, Day(0)).await.unwrap().unwrap();
        assert_eq!(listed.calls, calls, "{filter:?} {plan:?}");
    }
}

/// Whom a call is corrected from, within its campaign.
fn corrected_customer(records: &BTreeMap<String, CallRecord>, call: &CallRecord) -> Option<String> {
    let before = records.get(call.id.as_str()).filter(|before| before.campaign == call.campaign)?;
    let [before, now] = [before, call].map(|call| call.contact.id.as_ref().unwrap().to_string());
    (before != now).then_some(before)
}

/// Sends the batches, says before each what a code counts as, stores recordings of some of their calls and deletes those of others, and compares after each, over the whole campaign and over one and three of its days.
/// Returns how often something was foreseen.
async fn send_and_compare(db: &Db, scope: &Scope, zone: &str, batches: &[(Vec<Drawn>, Said, DrawnPlan)]) -> u32 {
    let mut foreseen = 0;
    let now = Timestamp(START + 10 * 24 * HOUR);
    let zone = Zone::new(zone).unwrap();
    let first_day = zone.local(Timestamp(START)).day();
    let mut records = BTreeMap::<String, CallRecord>::new();
    let (mut recorded, mut corrected) = (BTreeSet::new(), BTreeMap::<String, BTreeSet<String>>::new());
    let mut meanings = Meanings::from([("DY", (CallClass::Success, true))]);
    let mut customers = own::CustomerLists::new();
    own::declare(db, scope, "script").await;
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
            if let Some(customer) = corrected_customer(&records, &call) {
                corrected.entry(call.campaign.to_string()).or_default().insert(customer);
            }
            records.insert(call.id.to_string(), call);
        }
        if nth == 1 {
            // Calls of before have it, too, once the job has come to them.
            own::declare(db, scope, "list").await;
        }
        own::say(db, scope, nth, &records, &mut customers, &mut corrected).await;
        own::fill(db, scope).await;
        // The plan is said after the calls: figures follow at once.
        let input = CampaignInput { plan: Some(plan.plan(first_day)), ..campaign("camp-0", "Nhắc nợ tháng 11") };
        let mut conn = db.write().await.unwrap();
        store::campaigns::put(&mut conn, scope, &input, now).await.unwrap();
        conn.commit().await.unwrap();
        // Whoever has no call any more since it turned out to be another's stays on the list.
        let mut listed = corrected.clone();
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
            let redials = if campaign == "camp-0" { plan.redials } else { &[] };
            let on_list = listed.get(campaign).cloned().unwrap_or_default();
            let forecast = recount_forecast(&records, campaign, &on_list, &meanings, redials, zone);
            foreseen += u32::from(forecast.3.is_some());
            let mut whole = None;
            for days in [None, Some((1, 1)), Some((1, 3))] {
                let range = days.map(|(from, to)| DateRange { from: first_day.plus(from), to: first_day.plus(to) });
                let period = range.map_or(Period::Whole, Period::Custom);
                let query = ReportQuery { campaign: CampaignId::new(campaign).unwrap(), period };
                let mut conn = db.read().await.unwrap();
                let report = store::report::read(&mut conn, scope, &query, now).await.unwrap().unwrap();
                compare_forecast(&report, whole.get_or_insert_with(|| report.clone()), forecast);
                assert_eq!(
                    reported(&report),
                    recount(&records, &recorded, &on_list, campaign, range, &meanings, zone),
                    "{campaign} {range:?}"
                );
                let against = || recount_plan(&records, campaign, range, plan, (zone, first_day));
                compare_plan(&mut conn, scope, &query, &report, plan, against).await;
                compare_endings(&mut conn, scope, &query, &report).await;
                let sent = own::Sent { records: &records, customers: &customers, meanings: &meanings, zone, range };
                own::compare(&mut conn, scope, &query, &report, &sent).await;
                let trend: u64 = report.trend.iter().map(|point| point.calls).sum();
                assert_eq!(trend, report.calls.total, "the trend adds up");
            }
        }
        let mut conn = db.read().await.unwrap();
        let differences = store::verify::recount(&mut conn, scope, &mut |_| {}).await.unwrap();
        assert_eq!(differences, [], "ringside verify agrees");
    }
    foreseen
}

both_engines! {
    async fn figures_are_what_the_records_say(db) {
        let rng = test_runner::TestRng::deterministic_rng(test_runner::RngAlgorithm::ChaCha);
        let mut runner = test_runner::TestRunner::new_with_rng(ProptestConfig::default(), rng);
        let batch = (proptest::collection::vec(drawn(), 1..30), said(), drawn_plan());
        let batches = proptest::collection::vec(batch, 1..5);
        let mut foreseen = 0;
        for case in 0..24 {
            let batches = batches.new_tree(&mut runner).unwrap().current();
            // In the second a local hour begins at a quarter, in the third the clock goes back on the first day.
            let zone = ["Asia/Ho_Chi_Minh", "Asia/Kathmandu", "America/New_York"][case % 3];
            let scope = shop_in(&db, &format!("account {case}"), zone).await;
            foreseen += send_and_compare(&db, &scope, zone, &batches).await;
        }
        assert!(foreseen > 10, "{foreseen}");
    }

    async fn the_first_causes_of_an_account_are_told_apart_and_the_others_counted_together(db) {
        let scope = shop(&db, "causes").await;
        let call = |n: usize, cause: String| {
            let drawn = Drawn {
                id: (n % 250) as u8, campaign: 0, customer: 1, hour: (n / 250) as u8, minute: 0, ring: 100, talk: 1_000, code: 0, attempt: None,
                messages: None, blocks: None, hangup: 1, cause: 0, value: 0,
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
                value: usize::from(n) % VALUES,
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
