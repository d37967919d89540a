use std::collections::BTreeMap;

use domain::{CallClass, Period, Report, ReportQuery, ResultCode};
use proptest::{prelude::*, strategy::ValueTree, test_runner};

use super::*;
use crate::{
    Db, calls, customers,
    result_codes::change::{Bounds, advance_by},
    support::{Call, NOW, both_engines, call, send, shop},
    verify,
};

const HOUR: i64 = 3_600_000;
/// Steps that change a few rows each.
const SMALL: Bounds = Bounds { calls: 4, moved: 2 };

fn meaning(code: &str, counts_as: CallClass, is_goal: bool) -> ResultCode {
    let label = || code.to_owned();
    let code = Code::new(code).unwrap();
    ResultCode { code, label_vi: label(), label_en: label(), color: None, is_goal, counts_as }
}

/// Defines a code and leaves the rest to the job.
async fn ask(db: &Db, scope: &Scope, code: &ResultCode) -> Put {
    let mut conn = db.write().await.unwrap();
    let put = put_within(&mut conn, scope, code, NOW, 0).await.unwrap();
    conn.commit().await.unwrap();
    put
}

/// One step; `false` once nothing is left.
async fn step(db: &Db, scope: &Scope) -> bool {
    let mut conn = db.write().await.unwrap();
    let advanced = advance_by(&mut conn, scope, SMALL).await.unwrap();
    conn.commit().await.unwrap();
    !advanced.is_over
}

async fn clean(db: &Db, scope: &Scope) {
    let mut conn = db.read().await.unwrap();
    assert_eq!(verify::recount(&mut conn, scope, &mut |_| {}).await.unwrap(), []);
}

async fn read(db: &Db, scope: &Scope, campaign: &str) -> Report {
    let mut conn = db.read().await.unwrap();
    let query = ReportQuery { campaign: campaign.parse().unwrap(), period: Period::Whole };
    crate::report::read(&mut conn, scope, &query, NOW).await.unwrap().unwrap()
}

/// Calls of several codes, several to most customers.
fn calls_of(from: i64, n: i64) -> Vec<Call> {
    let codes = ["DY", "TC", "K9", "NA", "TC", "CU", "TC", "BS"];
    let one = |n: i64| {
        let one = call(&format!("c-{n}")).to(&format!("kh-{}", n * 7 % 37)).later(n * 5 * HOUR);
        let one = if n % 3 == 0 { one.of("camp-1") } else { one };
        match codes[(n % 8) as usize] {
            code @ ("NA" | "CU" | "BS") => one.code(code),
            code => one.talked(1_000 + n * 7_919 % 60_000).code(code),
        }
    };
    (from..from + n).map(one).collect()
}

#[derive(Debug, Clone)]
enum Deed {
    Send(Vec<(u8, u8, u8, u8, usize, u32)>),
    Remove(u8),
    Say(usize, CallClass, bool),
    Step(u8),
}

const CODES: [Option<&str>; 6] = [Some("DY"), Some("TC"), Some("K9"), Some("NA"), Some("CU"), None];

fn deed() -> impl Strategy<Value = Deed> {
    let sent = (0..30_u8, 0..6_u8, 0..2_u8, 0..60_u8, 0..CODES.len(), 0..60_000_u32);
    let meanings = [
        (CallClass::Success, true),
        (CallClass::Success, false),
        (CallClass::Failed, false),
        (CallClass::Error, false),
    ];
    prop_oneof![
        3 => proptest::collection::vec(sent, 1..8).prop_map(Deed::Send),
        1 => (0..30_u8).prop_map(Deed::Remove),
        2 => (0..3_usize, proptest::sample::select(meanings.to_vec())).prop_map(|(code, (class, goal))| Deed::Say(code, class, goal)),
        6 => (1..4_u8).prop_map(Deed::Step),
    ]
}

async fn act(db: &Db, scope: &Scope, deed: &Deed) {
    match deed {
        Deed::Send(sent) => {
            let one = |&(id, customer, campaign, hour, code, talk): &(u8, u8, u8, u8, usize, u32)| {
                let one = call(&format!("c-{id}")).to(&format!("kh-{customer}")).of(&format!("camp-{campaign}"));
                let one = one.later(i64::from(hour) * HOUR + i64::from(id));
                match CODES[code] {
                    None => one.in_progress(),
                    Some(code @ ("NA" | "CU")) => one.code(code),
                    Some(code) => one.talked(i64::from(talk)).code(code),
                }
            };
            send(db, scope, sent.iter().map(one).collect()).await;
        }
        Deed::Remove(id) => {
            let mut conn = db.write().await.unwrap();
            crate::ingest::remove(&mut conn, scope, &[format!("c-{id}").as_str()], NOW).await.unwrap();
            conn.commit().await.unwrap();
        }
        Deed::Say(code, class, goal) => {
            ask(db, scope, &meaning(CODES[*code].unwrap(), *class, *goal)).await;
        }
        Deed::Step(n) => {
            for _ in 0..*n {
                step(db, scope).await;
            }
        }
    }
}

both_engines! {
    async fn whatever_comes_between_the_steps_of_a_change_the_figures_are_those_of_the_calls(db) {
        let rng = test_runner::TestRng::deterministic_rng(test_runner::RngAlgorithm::ChaCha);
        let mut runner = test_runner::TestRunner::new_with_rng(ProptestConfig::default(), rng);
        let deeds = proptest::collection::vec(deed(), 10..40);
        for case in 0..16 {
            let scope = shop(&db, &format!("account {case}")).await;
            let deeds = deeds.new_tree(&mut runner).unwrap().current();
            let mut asked = BTreeMap::new();
            for deed in &deeds {
                if let Deed::Say(code, class, goal) = deed {
                    asked.insert(CODES[*code].unwrap(), (*class, *goal));
                }
                act(&db, &scope, deed).await;
                clean(&db, &scope).await;
            }
            while step(&db, &scope).await {
                clean(&db, &scope).await;
            }
            clean(&db, &scope).await;
            let mut conn = db.read().await.unwrap();
            let defined = list(&mut conn, &scope).await.unwrap();
            for (code, (class, goal)) in asked {
                let defined = defined.iter().find(|defined| defined.code.as_str() == code).unwrap();
                assert_eq!((defined.counts_as, defined.is_goal), (class, goal), "{code} is what was asked for last");
            }
        }
    }

    async fn every_report_changes_at_one_moment_and_says_what_a_recount_says(db) {
        let scope = shop(&db, "moment").await;
        send(&db, &scope, calls_of(0, 120)).await;
        let failed = meaning("TC", CallClass::Failed, false);
        let mut conn = db.read().await.unwrap();
        let foreseen = foresee(&mut conn, &scope, &failed).await.unwrap();
        drop(conn);
        let figures = async || {
            let filter = |text: &str| {
                let (key, value) = text.split_once('=').unwrap();
                domain::CallFilter::from_pairs([(key, value)]).unwrap().0
            };
            let (one, other) = (read(&db, &scope, "camp-0").await, read(&db, &scope, "camp-1").await);
            let mut conn = db.read().await.unwrap();
            let today = domain::Day(20_000);
            let mut sums = Vec::new();
            let campaign = "camp-0".parse().unwrap();
            for text in ["class=success", "class=failed", "newly_reached=true", "reached=false", "reached=true"] {
                let (filter, first) = (filter(text), crate::PageRequest::default());
                for campaign in [Some(&campaign), None] {
                    let page = calls::page(&mut conn, &scope, campaign, &filter, today, &first).await;
                    sums.push(page.unwrap().unwrap().sums);
                }
            }
            let reached = domain::CustomerFilter { standing: domain::filter::CustomerStanding::Reached, ..Default::default() };
            let page = customers::list(&mut conn, &scope, &campaign, &reached, domain::Day(0), &crate::PageRequest::default()).await;
            let page = page.unwrap().unwrap();
            assert_eq!(page.customers.len() as u64, page.total);
            assert_eq!(page.total, one.customers.reached);
            assert_eq!(sums[0].calls, one.calls.success);
            assert_eq!(sums[1].calls, one.calls.success + other.calls.success);
            let firsts: u64 = one.by_attempt.iter().map(|row| row.newly_reached).sum();
            assert_eq!((sums[4].calls, firsts), (one.customers.reached, one.customers.reached));
            (one, other, sums)
        };
        assert_eq!(ask(&db, &scope, &failed).await, Put::Updated);
        assert_eq!(ask(&db, &scope, &failed).await, Put::Unchanged, "it is asked for already");
        let before = figures().await;
        let mut seen = vec![before.clone()];
        let mut steps = 0;
        loop {
            let mut conn = db.read().await.unwrap();
            let comes = !coming(&mut conn, &scope).await.unwrap().is_empty();
            drop(conn);
            let now = figures().await;
            assert_eq!(comes, now == before, "what is not in force yet is not shown");
            if seen.last() != Some(&now) {
                seen.push(now);
            }
            clean(&db, &scope).await;
            steps += 1;
            if !step(&db, &scope).await {
                break;
            }
        }
        assert!(steps > 10, "{steps} steps");
        assert_eq!(seen.len(), 2, "old or new");
        let after = &seen[1];
        let tc = |report: &Report| report.by_code.iter().find(|row| row.code.as_str() == "TC").unwrap().clone();
        assert_eq!(tc(&after.0).class, CallClass::Failed);
        assert_eq!(foreseen.calls, tc(&after.0).calls + tc(&after.1).calls);
        let reached = |report: &Report| report.customers.reached;
        assert!(reached(&after.0) < reached(&before.0));
        assert_eq!((after.0.talk_time, after.0.cost, after.0.blocks), (before.0.talk_time, before.0.cost, before.0.blocks));
        assert_eq!(after.0.rates.answer_rate, before.0.rates.answer_rate);
    }

    async fn who_stands_elsewhere_is_foreseen(db) {
        let scope = shop(&db, "foreseen").await;
        send(&db, &scope, calls_of(0, 90)).await;
        let standings = async || {
            let mut conn = db.read().await.unwrap();
            let rows = crate::db::fetch_all!(
                conn,
                (i64, i64, bool, bool, bool),
                "SELECT campaign_key, contact_no, reached, talked, goal AND talked FROM contacts WHERE account_id = $1",
                scope.account(),
            );
            rows.unwrap().into_iter().collect::<std::collections::BTreeSet<_>>()
        };
        let all = [
            meaning("TC", CallClass::Failed, false), meaning("TC", CallClass::Error, false), meaning("K9", CallClass::Error, false),
            meaning("DY", CallClass::Success, false), meaning("TC", CallClass::Success, true), meaning("K9", CallClass::Success, true),
            meaning("DY", CallClass::Failed, false),
        ];
        let mut moved_somebody = 0;
        for code in all {
            let mut conn = db.read().await.unwrap();
            let foreseen = foresee(&mut conn, &scope, &code).await.unwrap();
            drop(conn);
            let before = standings().await;
            ask(&db, &scope, &code).await;
            while step(&db, &scope).await {}
            let after = standings().await;
            assert_eq!(foreseen.customers as usize, after.difference(&before).count(), "{code:?}");
            moved_somebody += foreseen.customers;
            let mut conn = db.read().await.unwrap();
            assert_eq!(foresee(&mut conn, &scope, &code).await.unwrap(), Moved::default());
        }
        assert!(moved_somebody > 10);
    }

    async fn what_is_wrong_is_put_right_in_the_middle_of_a_change(db) {
        let scope = shop(&db, "repair").await;
        send(&db, &scope, calls_of(0, 90)).await;
        ask(&db, &scope, &meaning("TC", CallClass::Failed, false)).await;
        let damage = [
            "UPDATE contacts SET next_standing = 3 WHERE account_id = $1 AND contact_no < 3",
            "UPDATE contacts SET reached = NOT reached WHERE account_id = $1 AND contact_no = 5",
            "UPDATE calls SET next_newly_reached = NOT newly_reached WHERE account_id = $1 AND contact_no = 4",
            "UPDATE customer_days SET next_reached = dialled, next_talked = dialled, next_goal = goal WHERE account_id = $1 AND day % 3 = 0",
            "UPDATE next_totals SET reached = reached + 5 WHERE account_id = $1",
            "UPDATE next_attempts SET failed = 0 WHERE account_id = $1",
            "UPDATE rollup_open SET next_customers = next_customers + 2 WHERE account_id = $1",
            "UPDATE rollup_attempts SET answered = answered + 1 WHERE account_id = $1",
        ];
        let (mut repaired, mut rounds) = (0, 0);
        loop {
            rounds += 1;
            let mut conn = db.write().await.unwrap();
            // What is always made wrong anew would always be there to be moved.
            for sql in damage.into_iter().filter(|_| rounds <= 40) {
                crate::db::execute!(conn, sqlx::AssertSqlSafe(sql), scope.account()).unwrap();
            }
            conn.commit().await.unwrap();
            let steps = verify::steps(&mut db.read().await.unwrap(), &scope).await.unwrap();
            for one in steps {
                repaired += verify::step(&db, &scope, &one, true, &mut |_| {}).await.unwrap().len();
            }
            clean(&db, &scope).await;
            if !step(&db, &scope).await {
                break;
            }
        }
        assert!(repaired > 100);
    }
}
