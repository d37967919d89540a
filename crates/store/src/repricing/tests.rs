use domain::{Currency, Period, Report, ReportQuery, ResultCode};
use proptest::{prelude::*, strategy::ValueTree, test_runner};

use super::*;
use crate::{
    Db, result_codes,
    support::{Call, NINE, NOW, both_engines, call, send, shop},
    tariffs, verify,
};

const DAY: i64 = 24 * 3_600_000;

fn tariff((first, next): (u32, u32), (of_first, of_next): (i64, i64), from: i64) -> Tariff {
    Tariff {
        first_block_seconds: first,
        next_block_seconds: next,
        price_first_block: Money(of_first),
        price_next_block: Money(of_next),
        currency: Currency::vnd(),
        effective_from: Timestamp(from),
        vat: None,
    }
}

async fn set(db: &Db, scope: &Scope, tariff: &Tariff) {
    let mut conn = db.write().await.unwrap();
    tariffs::put_default(&mut conn, scope, tariff).await.unwrap();
    conn.commit().await.unwrap();
}

async fn ask(db: &Db, scope: &Scope, campaign: Option<&str>, from: i64) {
    let campaign = campaign.map(|id| id.parse().unwrap());
    let mut conn = db.write().await.unwrap();
    assert!(begin(&mut conn, scope, campaign.as_ref(), Timestamp(from), NOW).await.unwrap());
    conn.commit().await.unwrap();
}

/// One small step; `false` once nothing is left.
async fn step(db: &Db, scope: &Scope) -> bool {
    let mut conn = db.write().await.unwrap();
    let advanced = advance_by(&mut conn, scope, 5).await.unwrap();
    conn.commit().await.unwrap();
    !advanced.is_over
}

async fn clean(db: &Db, scope: &Scope) {
    let mut conn = db.read().await.unwrap();
    assert_eq!(verify::recount(&mut conn, scope, &mut |_| {}).await.unwrap(), []);
}

async fn report(db: &Db, scope: &Scope, campaign: &str) -> Report {
    let mut conn = db.read().await.unwrap();
    let query = ReportQuery { campaign: campaign.parse().unwrap(), period: Period::Whole };
    crate::report::read(&mut conn, scope, &query, NOW).await.unwrap().unwrap()
}

/// Two weeks of calls of two campaigns: answered ones of all lengths, others, and some whose sender said the price.
fn calls(n: i64) -> Vec<Call> {
    let one = |n: i64| {
        let one = call(&format!("c-{n}")).to(&format!("kh-{}", n % 17)).later(n * DAY / 4 + n);
        let one = if n % 3 == 0 { one.of("camp-1") } else { one };
        match n % 7 {
            0 => one.code("NA"),
            1 => one.talked(n * 1_913 % 90_000).code("TC").costing(Money(777_000_000)),
            _ => one.talked(n * 1_913 % 90_000).code("DY"),
        }
    };
    (0..n).map(one).collect()
}

both_engines! {
    async fn priced_again_calls_are_as_if_they_had_come_by_the_new_tariff(db) {
        let (scope, other) = (shop(&db, "priced again").await, shop(&db, "priced so").await);
        let start = NINE.0;
        let from = start + 5 * DAY;
        let cheap = tariff((6, 6), (10_000_000, 10_000_000), 0);
        let dear = tariff((30, 15), (125_500_000, 60_250_000), from);
        set(&db, &scope, &cheap).await;
        send(&db, &scope, calls(56)).await;
        set(&db, &other, &cheap).await;
        set(&db, &other, &dear).await;
        send(&db, &other, calls(56)).await;

        let foreseen = foresee(&mut db.read().await.unwrap(), &scope, None, &dear).await.unwrap().unwrap();
        set(&db, &scope, &dear).await;
        let before = report(&db, &scope, "camp-0").await;
        assert_ne!(before.cost, report(&db, &other, "camp-0").await.cost, "stored calls keep their price");
        ask(&db, &scope, None, from).await;
        assert_eq!(under_way(&mut db.read().await.unwrap(), &scope).await.unwrap(), Some(0));
        let mut costs = vec![before.cost];
        while step(&db, &scope).await {
            clean(&db, &scope).await;
            costs.push(report(&db, &scope, "camp-0").await.cost);
        }
        costs.dedup();
        assert!(costs.len() > 3, "it came in steps: {costs:?}");
        assert_eq!(under_way(&mut db.read().await.unwrap(), &scope).await.unwrap(), None);
        clean(&db, &scope).await;
        for campaign in ["camp-0", "camp-1"] {
            assert_eq!(report(&db, &scope, campaign).await, report(&db, &other, campaign).await, "{campaign}");
        }
        // What was said before is what came.
        let again = foresee(&mut db.read().await.unwrap(), &scope, None, &dear).await.unwrap().unwrap();
        assert_eq!((again.changed, again.calls, again.given), (0, foreseen.calls, foreseen.given));
        assert_eq!((again.blocks.0, again.cost.0), (foreseen.blocks.1, foreseen.cost.1));
        assert!(foreseen.changed > 10 && foreseen.given > 3 && foreseen.cost.0 != foreseen.cost.1, "{foreseen:?}");
    }

    async fn a_campaign_is_priced_again_alone(db) {
        let scope = shop(&db, "one campaign").await;
        set(&db, &scope, &tariff((6, 6), (10_000_000, 10_000_000), 0)).await;
        send(&db, &scope, calls(56)).await;
        let other = report(&db, &scope, "camp-1").await;
        // The account's tariff of the past is another one now; of one campaign alone it is felt.
        let dear = tariff((60, 60), (900_000_000, 900_000_000), 0);
        let id = "camp-0".parse().unwrap();
        let foreseen = foresee(&mut db.read().await.unwrap(), &scope, Some(&id), &dear).await.unwrap().unwrap();
        set(&db, &scope, &dear).await;
        ask(&db, &scope, Some("camp-0"), 0).await;
        while step(&db, &scope).await {}
        clean(&db, &scope).await;
        assert_eq!(report(&db, &scope, "camp-1").await, other);
        assert_eq!(report(&db, &scope, "camp-0").await.cost, foreseen.cost.1);
        let nowhere = "nowhere".parse().unwrap();
        assert_eq!(foresee(&mut db.read().await.unwrap(), &scope, Some(&nowhere), &dear).await.unwrap(), None);
    }

    async fn whatever_comes_between_the_steps_the_figures_are_those_of_the_calls(db) {
        let rng = test_runner::TestRng::deterministic_rng(test_runner::RngAlgorithm::ChaCha);
        let mut runner = test_runner::TestRunner::new_with_rng(ProptestConfig::default(), rng);
        let deeds = proptest::collection::vec((0..5_u8, 0..56_i64, 1..90_000_i64), 10..25);
        for case in 0..8 {
            let scope = shop(&db, &format!("account {case}")).await;
            set(&db, &scope, &tariff((6, 6), (10_000_000, 10_000_000), 0)).await;
            send(&db, &scope, calls(56)).await;
            let deeds = deeds.new_tree(&mut runner).unwrap().current();
            for (what, n, talk) in deeds {
                match what {
                    0 => {
                        let seconds = u32::try_from(talk / 1_000 + 1).unwrap();
                        set(&db, &scope, &tariff((seconds, seconds), (talk, talk), 0)).await;
                        ask(&db, &scope, None, 0).await;
                    }
                    1 => {
                        let sent = call(&format!("c-{n}")).to("kh-1").later(n * DAY / 4).talked(talk).code("DY");
                        send(&db, &scope, vec![sent]).await;
                    }
                    2 => {
                        let mut conn = db.write().await.unwrap();
                        crate::ingest::remove(&mut conn, &scope, &[format!("c-{n}").as_str()], NOW).await.unwrap();
                        conn.commit().await.unwrap();
                    }
                    3 => {
                        let mut conn = db.write().await.unwrap();
                        let label = || "x".to_owned();
                        let counts_as = if n % 2 == 0 { domain::CallClass::Failed } else { domain::CallClass::Success };
                        let code = ResultCode {
                            code: "DY".parse().unwrap(),
                            label_vi: label(),
                            label_en: label(),
                            color: None,
                            is_goal: false,
                            counts_as,
                        };
                        result_codes::put(&mut conn, &scope, &code, NOW).await.unwrap();
                        conn.commit().await.unwrap();
                    }
                    _ => {
                        step(&db, &scope).await;
                    }
                }
                clean(&db, &scope).await;
            }
            while step(&db, &scope).await {}
            clean(&db, &scope).await;
            // By the tariff of now, nothing is left to change.
            let set = tariffs::list(&mut db.read().await.unwrap(), &scope).await.unwrap();
            let left = foresee(&mut db.read().await.unwrap(), &scope, None, &set[0]).await.unwrap().unwrap();
            assert_eq!(left.changed, 0, "{left:?}");
        }
    }
}
