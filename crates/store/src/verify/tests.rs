use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::*;
use crate::{
    db::{Pools, execute},
    recordings::{self, StoredRecording},
    search_index::{self, IndexBehind},
    support::{Call, both_engines, call, send, shop, shop_in},
};

const HOUR: i64 = 3_600_000;

/// Calls of all classes, several to most customers, over some days.
fn calls(from: i64, n: i64) -> Vec<Call> {
    let one = |n: i64| {
        let one = call(&format!("c-{n}")).to(&format!("kh-{}", n * 7 % 31)).later(n * 5 * HOUR);
        match n % 5 {
            0 => one.code("BS"),
            1 => one.code("CU"),
            2 => one.in_progress(),
            _ => one.talked(1_000 + n * 997 % 90_000),
        }
    };
    (from..from + n).map(one).collect()
}

/// Makes figures wrong: each statement has the account as `$1`.
async fn damage(db: &Db, scope: &Scope, statements: &[&str]) {
    let mut conn = db.write().await.unwrap();
    for sql in statements {
        let changed = execute!(conn, sqlx::AssertSqlSafe(*sql), scope.account()).unwrap();
        assert!(changed > 0, "{sql} changes nothing");
    }
    conn.commit().await.unwrap();
}

/// Something in every table that is recounted.
const EVERYWHERE: [&str; 23] = [
    "UPDATE rollup_hours SET cost = cost + 7, recorded = recorded + 1 WHERE account_id = $1 AND hour > 12",
    "DELETE FROM rollup_days WHERE account_id = $1",
    "UPDATE rollup_week SET calls = calls + 1 WHERE account_id = $1",
    "UPDATE rollup_attempts SET success = success - 1, blocks = 0 WHERE account_id = $1 AND attempt = 1",
    "UPDATE rollup_talk SET day = day + 1000 WHERE account_id = $1",
    "UPDATE campaigns SET reached = reached + 2, blocks = blocks - 5, in_progress = 9 WHERE account_id = $1",
    "UPDATE customer_days SET goal = dialled, reached = goal WHERE account_id = $1 AND day % 2 = 0",
    "UPDATE contacts SET talked = NOT talked, last_attempt = 9 WHERE account_id = $1 AND contact_no < 5",
    "UPDATE calls SET attempt = attempt + 3, day = day + 1, talk_time = 1 WHERE account_id = $1 AND contact_no IN (7, 8)",
    "UPDATE calls SET class = 1 WHERE account_id = $1 AND contact_no = 9 AND class = 0",
    "UPDATE rollup_endings SET talk_time = talk_time + 5 WHERE account_id = $1",
    "INSERT INTO rollup_open (account_id, campaign_key, calls, customers, next_customers) SELECT c.account_id, c.campaign_key, 1, 4, 1 FROM campaigns c WHERE c.account_id = $1 ON CONFLICT (account_id, campaign_key, calls) DO UPDATE SET customers = rollup_open.customers + 3",
    "UPDATE rollup_planned SET minutes = '5:7', redials = '1|3:2|NA' WHERE account_id = $1",
    "UPDATE calls SET minute = 0, redial_code = 'XX', redial_nth = 9 WHERE account_id = $1 AND contact_no IN (10, 11)",
    "UPDATE contacts SET ended_codes = '{}', latest_ended_at = 1 WHERE account_id = $1 AND contact_no < 3",
    "DELETE FROM customer_columns WHERE account_id = $1 AND column_no = 3",
    "UPDATE usage_days SET calls = 0 WHERE account_id = $1",
    "UPDATE usage_months SET calls = calls + 3, open = 0 WHERE account_id = $1",
    "UPDATE usage_account_codes SET calls = calls - 1 WHERE account_id = $1",
    "INSERT INTO account_totals (account_id, recording_bytes) VALUES ($1, 7) ON CONFLICT (account_id) DO UPDATE SET recording_bytes = account_totals.recording_bytes + 7",
    "DELETE FROM usage_codes WHERE account_id = $1",
    "UPDATE usage_campaign_days SET talk_time = talk_time - 3 WHERE account_id = $1",
    "UPDATE usage_campaign_months SET month = month + 100 WHERE account_id = $1",
];

/// Notes a recording of a call.
async fn record(db: &Db, scope: &Scope, id: &str) {
    let recording = StoredRecording {
        object: format!("{}/{id}", scope.account()),
        content_type: "audio/wav".to_owned(),
        bytes: 44,
        duration: None,
        peaks: None,
        playable: None,
        stored_at: domain::Timestamp(0),
    };
    let mut conn = db.write().await.unwrap();
    recordings::put(&mut conn, scope, &id.parse().unwrap(), &recording).await.unwrap().unwrap();
    conn.commit().await.unwrap();
}

async fn repair(db: &Db, scope: &Scope, progress: &mut (dyn FnMut(Progress) + Send)) -> Vec<TotalDifference> {
    let steps = steps(&mut db.read().await.unwrap(), scope).await.unwrap();
    let mut found = Vec::new();
    for one in steps {
        found.extend(step(db, scope, &one, true, progress).await.unwrap());
    }
    found
}

async fn differences(db: &Db, scope: &Scope) -> Vec<TotalDifference> {
    recount(&mut db.read().await.unwrap(), scope, &mut |_| {}).await.unwrap()
}

both_engines! {
    async fn a_wrong_total_of_any_rollup_is_found_and_put_right(db) {
        let scope = shop(&db, "wrong").await;
        send(&db, &scope, vec![call("c-1").talked(31_000), call("c-2")]).await;
        let campaign = RecountStep::Campaign("camp-0".parse().unwrap());
        for table in ["rollup_hours", "rollup_days", "rollup_week", "rollup_talk"] {
            for wrong in [format!("UPDATE {table} SET calls = calls + 1 WHERE account_id = $1"), format!("DELETE FROM {table} WHERE account_id = $1")] {
                damage(&db, &scope, &[wrong.as_str()]).await;
                let found = step(&db, &scope, &campaign, false, &mut |_| {}).await.unwrap();
                assert!(!found.is_empty() && found.iter().all(|one| one.what.starts_with(table)), "{wrong}: {found:?}");
                assert_eq!(found, differences(&db, &scope).await);
                assert_eq!(step(&db, &scope, &campaign, true, &mut |_| {}).await.unwrap(), found);
                assert_eq!(differences(&db, &scope).await, [], "{wrong}");
            }
        }
    }

    async fn whatever_is_wrong_is_put_right(db) {
        let scope = shop(&db, "everywhere").await;
        send(&db, &scope, calls(0, 200)).await;
        assert_eq!(differences(&db, &scope).await, []);
        damage(&db, &scope, &EVERYWHERE).await;
        let found = repair(&db, &scope, &mut |_| {}).await;
        for table in ["calls", "contacts", "customer_days", "campaigns", "rollup_hours", "rollup_days", "rollup_week", "rollup_attempts", "rollup_talk", "customer_columns", "usage_days", "usage_codes", "usage_campaign_days", "usage_campaign_months", "usage_months", "usage_account_codes", "account_totals"] {
            assert!(found.iter().any(|one| one.what.starts_with(&format!("{table} "))), "nothing was found in {table}");
        }
        assert_eq!(differences(&db, &scope).await, []);
        assert_eq!(repair(&db, &scope, &mut |_| {}).await, [], "done again, it has nothing to do");
    }

    async fn calls_come_in_while_figures_are_put_right(db) {
        let scope = shop(&db, "meanwhile").await;
        send(&db, &scope, calls(0, 400)).await;
        damage(&db, &scope, &EVERYWHERE).await;
        let done = Arc::new(AtomicBool::new(false));
        let sending = async {
            let mut n = 0;
            // New calls, corrected ones, and ones that arrive late, until the repair is done, and a few more.
            while !done.load(Ordering::Acquire) || n < 8 {
                let corrected = calls(n * 13 % 350, 20).into_iter().map(|call| call.talked(n * 1_000).code("TC"));
                let late = calls(n * 10, 10).into_iter().enumerate().map(|(k, call)| {
                    call.with(|record| record.id = format!("late-{n}-{k}").parse().unwrap()).later(-HOUR)
                });
                send(&db, &scope, corrected.chain(late).chain(calls(400 + n * 10, 10)).collect()).await;
                n += 1;
            }
        };
        let repairing = async {
            // Two at once, such as a job and somebody at the command line.
            let (mut silent, mut silent_too) = (|_| {}, |_| {});
            let (one, other) = futures::join!(repair(&db, &scope, &mut silent), repair(&db, &scope, &mut silent_too));
            done.store(true, Ordering::Release);
            assert!(!one.is_empty() || !other.is_empty());
        };
        futures::join!(sending, repairing);
        assert_eq!(differences(&db, &scope).await, []);
    }

    async fn a_writing_transaction_is_short_and_counting_holds_nobody_up(db) {
        let scope = shop(&db, "short").await;
        for n in 0..4 {
            send(&db, &scope, calls(n * 1_000, 1_000)).await;
        }
        damage(&db, &scope, &EVERYWHERE).await;
        damage(&db, &scope, &["DELETE FROM rollup_hours WHERE account_id = $1", "UPDATE calls SET hour = 25 WHERE account_id = $1"]).await;
        let (mut read, mut written, mut transactions) = (0, 0, 0);
        let mut progress = |progress| match progress {
            Progress::Read(calls) => {
                read += calls;
                if let Pools::Sqlite { writer, .. } = &db.pools {
                    assert!(writer.try_acquire().is_some(), "calls are counted while nobody else can write");
                }
            }
            Progress::Written(rows) => {
                assert!(rows <= repair::ROWS as u64, "{rows} rows in one transaction");
                written += rows;
                transactions += 1;
            }
        };
        repair(&db, &scope, &mut progress).await;
        assert!(written > 4_000, "every call was wrong: {written}");
        assert!(transactions > 10 && read == 4_000);
        assert_eq!(differences(&db, &scope).await, []);
    }

    async fn blocks_of_customers_are_put_right_in_portions_while_calls_come_in(db) {
        let scope = shop(&db, "portions").await;
        let called = |n: i64| call(&format!("c-{n}")).to(&format!("kh-{n}")).named(&format!("Hoà {n}"), &format!("09{:08}", n * 79_193)).later(n);
        send(&db, &scope, (0..1_200).map(called).collect()).await;
        let blocks = search_index::behind(&mut db.read().await.unwrap(), &scope, IndexBehind::Some).await.unwrap();
        for block in blocks {
            search_index::index(&db, &scope, block).await.unwrap();
        }
        // What has changed of a few customers stands beside the columns.
        let later = (0..4).map(|n| call(&format!("later-{n}")).to(&format!("kh-{}", n * 40)).talked(9_000).later(HOUR));
        send(&db, &scope, later.collect()).await;
        assert_eq!(differences(&db, &scope).await, []);
        damage(&db, &scope, &["DELETE FROM search_parts WHERE account_id = $1 AND part % 3 = 0", "DELETE FROM customer_changes WHERE account_id = $1"]).await;
        let found = differences(&db, &scope).await;
        for what in ["search_parts", "customer_columns"] {
            assert!(found.iter().any(|one| one.what.starts_with(what)), "{what}: {found:?}");
        }
        let mut transactions = Vec::new();
        let mut progress = |progress| {
            if let Progress::Written(rows) = progress {
                transactions.push(rows);
            }
        };
        let sending = async {
            // Other names of customers who are indexed, and customers who come to it.
            for n in 0..20 {
                let renamed = called(n * 50).with(|record| record.id = format!("again-{n}").parse().unwrap());
                send(&db, &scope, vec![renamed.to(&format!("kh-{}", n * 50)).named("Xuyến", "0977 123"), called(1_200 + n)]).await;
            }
        };
        futures::join!(repair(&db, &scope, &mut progress), sending);
        assert!(transactions.iter().all(|rows| *rows <= repair::ROWS as u64), "{transactions:?}");
        assert!(transactions.iter().filter(|rows| **rows > 100).count() >= 4, "deleted and written in portions: {transactions:?}");
        assert_eq!(differences(&db, &scope).await, []);
        assert_eq!(repair(&db, &scope, &mut |_| {}).await, [], "done again, it has nothing to do");
    }

    async fn a_step_that_was_broken_off_is_gone_on_with(db) {
        let scope = shop(&db, "broken off").await;
        send(&db, &scope, calls(0, 1_000)).await;
        damage(&db, &scope, &EVERYWHERE).await;
        damage(&db, &scope, &["DELETE FROM rollup_hours WHERE account_id = $1", "UPDATE calls SET hour = 25 WHERE account_id = $1"]).await;
        let campaign = RecountStep::Campaign("camp-0".parse().unwrap());
        // Ends at the next await after each of the first transactions.
        for most in 1..5 {
            let (stop, mut stopped) = tokio::sync::mpsc::unbounded_channel();
            let mut transactions = 0;
            let mut progress = |progress| {
                if matches!(progress, Progress::Written(_)) {
                    transactions += 1;
                    if transactions == most {
                        stop.send(()).unwrap();
                    }
                }
            };
            tokio::select! {
                biased;
                _ = stopped.recv() => {}
                done = step(&db, &scope, &campaign, true, &mut progress) => drop(done.unwrap()),
            }
        }
        repair(&db, &scope, &mut |_| {}).await;
        assert_eq!(differences(&db, &scope).await, []);
    }

    async fn a_correction_that_another_repair_has_overtaken_is_worked_out_anew(db) {
        let scope = shop(&db, "overtaken").await;
        send(&db, &scope, calls(0, 50)).await;
        damage(&db, &scope, &["UPDATE rollup_hours SET cost = cost + 7 WHERE account_id = $1"]).await;
        let rules_of_before = {
            let mut conn = db.read().await.unwrap();
            let campaign = RecountedCampaign::find(&mut conn, &scope, &"camp-0".parse().unwrap()).await.unwrap().unwrap();
            let rules = RecountRules::load(&mut conn, &scope).await.unwrap();
            let checked = campaign.check(&mut conn, &scope, &rules, &mut |_| {}).await.unwrap();
            (campaign, checked.sums)
        };
        repair(&db, &scope, &mut |_| {}).await;
        let (campaign, sums) = rules_of_before;
        let corrections = repair::Corrections::of(&campaign, sums);
        assert!(!repair::correct(&db, &scope, 0, corrections, &mut |_| {}).await.unwrap());
        assert_eq!(differences(&db, &scope).await, []);
    }

    async fn the_migrations_of_endings_plans_and_forecasts_fill_what_an_older_version_stored(db) {
        for (n, zone) in ["Asia/Ho_Chi_Minh", "Asia/Kathmandu", "Asia/Kolkata", "America/New_York"].into_iter().enumerate() {
            let scope = shop_in(&db, &format!("older {n}"), zone).await;
            let causes = [None, Some("16"), Some("USER_BUSY"), Some("0912345678")];
            let sides = [None, Some(domain::HangupBy::Customer), Some(domain::HangupBy::Agent)];
            let calls = (0..60).map(|n: i64| {
                let one = call(&format!("c-{n}")).to(&format!("kh-{}", n % 7)).later(n * 37 * 60_000 + n);
                let one = match n % 5 {
                    0 => one.code("BS"),
                    1 => one.in_progress(),
                    2 => one.code("NA"),
                    _ => one.talked(n * 2_000),
                };
                one.with(move |record| {
                    record.cause = causes[n as usize % 4].map(str::to_owned);
                    record.hangup_by = sides[n as usize % 3];
                })
            });
            send(&db, &scope, calls.collect()).await;
        }
        let mut conn = db.write().await.unwrap();
        for sql in [
            "DELETE FROM causes",
            "DELETE FROM rollup_endings",
            "DELETE FROM rollup_planned",
            "DELETE FROM rollup_open",
            "UPDATE calls SET minute = 0, redial_code = NULL, redial_nth = 0, redial_pause = 0",
            "UPDATE contacts SET latest_ended_at = 0, ended_codes = '{}'",
        ] {
            execute!(conn, sql).unwrap();
        }
        let migrations = if db.is_sqlite() {
            [
                include_str!("../../migrations/sqlite/0047_endings.sql"),
                include_str!("../../migrations/sqlite/0048_planned.sql"),
                include_str!("../../migrations/sqlite/0056_open_customers.sql"),
            ]
        } else {
            [
                include_str!("../../migrations/postgres/0047_endings.sql"),
                include_str!("../../migrations/postgres/0048_planned.sql"),
                include_str!("../../migrations/postgres/0056_open_customers.sql"),
            ]
        };
        for migration in migrations {
            let lines: Vec<&str> = migration.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
            let text = lines.join("\n");
            let filling = text.split(';').map(str::trim).filter(|one| one.starts_with("INSERT") || one.starts_with("UPDATE"));
            for sql in filling {
                execute!(conn, sqlx::AssertSqlSafe(sql)).unwrap();
            }
        }
        conn.commit().await.unwrap();
        let mut conn = db.read().await.unwrap();
        for (n, account) in crate::accounts::list(&mut conn).await.unwrap().into_iter().enumerate() {
            #[expect(clippy::disallowed_methods, reason = "accounts of the test")]
            let scope = Scope::system(account.id);
            assert_eq!(recount(&mut conn, &scope, &mut |_| {}).await.unwrap(), [], "{n}");
        }
    }

    async fn the_migration_fills_what_an_older_version_stored(db) {
        let scope = shop(&db, "older").await;
        let calls = (0..40).map(|n| call(&format!("c-{n}")).talked(n * 2_000).later(-n * 31 * HOUR));
        send(&db, &scope, calls.chain([call("c-live").in_progress()]).collect()).await;
        for id in ["c-3", "c-4", "c-live"] {
            record(&db, &scope, id).await;
        }
        // Later versions count more: what they count has its own migration.
        let columns = "account_id, campaign_key, day, code, calls, talk_time, dial_time, ring_time, bot_messages, \
                       messages_known, blocks, cost";
        let of_engine = |sqlite: &'static str, postgres: &'static str| if db.is_sqlite() { sqlite } else { postgres };
        let report = of_engine(
            include_str!("../../migrations/sqlite/0011_report.sql"),
            include_str!("../../migrations/postgres/0011_report.sql"),
        );
        let report = report.replace("INSERT INTO rollup_days\n", &format!("INSERT INTO rollup_days ({columns})\n"));
        let recorded = of_engine(
            include_str!("../../migrations/sqlite/0025_recorded_calls.sql"),
            include_str!("../../migrations/postgres/0025_recorded_calls.sql"),
        );
        let mut conn = db.write().await.unwrap();
        let before = [
            "DELETE FROM rollup_days WHERE account_id = $1",
            "DELETE FROM rollup_week WHERE account_id = $1",
            "UPDATE rollup_hours SET recorded = 0 WHERE account_id = $1",
        ];
        for sql in before {
            execute!(conn, sql, scope.account()).unwrap();
        }
        for migration in [report.as_str(), recorded] {
            let statements: Vec<&str> =
                migration.split_inclusive(';').filter_map(|one| one.find("INSERT").map(|at| &one[at..])).collect();
            assert_eq!(statements.len(), 2);
            for sql in statements {
                execute!(conn, sqlx::AssertSqlSafe(sql)).unwrap();
            }
        }
        assert_eq!(recount(&mut conn, &scope, &mut |_| {}).await.unwrap(), []);
    }
}
