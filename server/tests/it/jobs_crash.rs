//! Jobs whose process is killed at the beginning, in the middle and at the end of what they do: nothing is lost, nothing is done twice, and
//! every stored total agrees afterwards. Mails, exports, imports, webhooks and codes have tests of their own beside this one.

use std::sync::Arc;

use axum::{Router, http::Uri, response::IntoResponse};
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use store::jobs;
use tokio::sync::watch;

use crate::{
    harness::{Answer, Harness, NOW, call, wav},
    place::{Place, on_each_engine},
};

/// Where a process is killed: held up within the transaction that does this, once what stands in the database says that it is so far.
struct Point {
    on: &'static str,
    table: &'static str,
    when: &'static str,
    reached: &'static str,
}

/// Nothing but that the job has begun.
const ANY: &str = "SELECT COUNT(*) FROM accounts";

/// Kills a process at each point, one after the other; the next one goes on with what the one before left.
async fn killed_at(place: &Place, kind: &str, points: &[Point]) {
    // Due by the clock of any day.
    place.lease_ends(kind).await;
    for point in points {
        place.hold_up(&format!("{} ON {}", point.on, point.table), point.when).await;
        let serving = place.serve().await;
        place.until(&format!("SELECT COUNT(*) FROM jobs WHERE kind = '{kind}' AND status = 'running'")).await;
        place.until(point.reached).await;
        serving.kill();
        place.let_go(point.table).await;
        // It was not over: else this point was passed.
        let query = format!("SELECT COUNT(*) FROM jobs WHERE kind = '{kind}' AND status = 'running'");
        assert_eq!(place.number(&query).await, 1, "{kind} was killed at work on {}", point.when);
        place.lease_ends(kind).await;
    }
}

/// A process that nobody kills ends the job.
async fn ends(place: &Place, over: &str) {
    let serving = place.serve().await;
    place.until(over).await;
    serving.stop().await;
    place.verify();
}

/// `count` calls that were answered, of one customer each unless `contact` says whose they are.
fn calls(count: usize, contact: Option<&str>) -> Value {
    let one = |n: usize| {
        let dialed =
            format!("2026-11-{:02}T{:02}:{:02}:{:02}+07:00", n % 20 + 1, 8 + n / 3600 % 10, n / 60 % 60, n % 60);
        let own = format!("kh-{n}");
        call(&format!("c-{n}"), contact.unwrap_or(&own), &dialed, 4_000, Some(9_000), "DY")
    };
    json!((0..count).map(one).collect::<Vec<_>>())
}

async fn enqueue(at: &Harness, job: impl jobs::Payload) {
    let (mut conn, now) = (at.server.db.write().await.unwrap(), domain::Timestamp(NOW));
    jobs::enqueue(&mut conn, &at.scope, &job, None, now, now).await.unwrap();
    conn.commit().await.unwrap();
}

on_each_engine! {
    async fn stored_calls_are_priced_again_once(place) {
        const CALLS: usize = 5_000;
        let at = place.beside(&[]).await;
        at.stock().await;
        at.post("/api/v1/calls", &calls(CALLS, None)).await.is(200);
        let tariff = json!({"first_block_seconds": 60, "next_block_seconds": 60, "price_first_block": "100",
            "price_next_block": "100", "currency": "VND", "effective_from": "2026-11-01T00:00:00+07:00"});
        at.post("/api/v1/tariffs/price-again", &json!({"tariff": tariff, "dry_run": false})).await.is(202);
        // 2,000 calls to a step.
        let points = [
            Point { on: "BEFORE UPDATE", table: "repricings", when: "NEW.calls > 0", reached: ANY },
            Point { on: "BEFORE UPDATE", table: "repricings", when: "NEW.calls > 2000", reached: "SELECT COUNT(*) FROM repricings WHERE calls = 2000" },
            Point { on: "BEFORE UPDATE OF status", table: "jobs", when: "NEW.kind = 'price_again' AND NEW.status = 'done'", reached: "SELECT COUNT(*) FROM accounts WHERE NOT EXISTS (SELECT 1 FROM repricings)" },
        ];
        killed_at(place, "price_again", &points).await;
        ends(place, "SELECT COUNT(*) FROM jobs WHERE kind = 'price_again' AND status = 'done'").await;
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        assert_eq!((&report["cost"], &report["blocks"]), (&json!((CALLS * 100).to_string()), &json!(CALLS)));
        assert_eq!(place.number("SELECT COUNT(*) FROM calls WHERE cost <> 100000000").await, 0);
        at.server.db.close().await;
    }

    async fn a_customer_is_forgotten_once_and_told_of_once(place) {
        let at = place.beside(&[]).await;
        at.stock().await;
        let mut all = calls(450, Some("kh-1"));
        for call in all.as_array_mut().unwrap() {
            call["contact"] = json!({"id": "kh-1", "phone": "0901234567", "name": "Chị Hồng"});
            call["transcript"] = json!([{"at": 0, "speaker": "customer", "text": "tôi là Hồng"}]);
        }
        at.post("/api/v1/calls", &all).await.is(200);
        let before = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        {
            let mut conn = at.server.db.write().await.unwrap();
            store::erasure::begin(&mut conn, &at.scope, "0901234567", domain::Timestamp(NOW)).await.unwrap();
            conn.commit().await.unwrap();
        }
        // 200 calls to a step.
        let points = [
            Point { on: "BEFORE UPDATE", table: "erasures", when: "NEW.calls > 0", reached: ANY },
            Point { on: "BEFORE UPDATE", table: "erasures", when: "NEW.calls > 200", reached: "SELECT COUNT(*) FROM erasures WHERE calls = 200" },
            // Over, and not told of yet.
            Point { on: "BEFORE INSERT", table: "audit_entries", when: "NEW.action = 'customer_erased'", reached: "SELECT COUNT(*) FROM erasures WHERE calls = 450" },
            Point { on: "BEFORE UPDATE OF status", table: "jobs", when: "NEW.kind = 'erase_customers' AND NEW.status = 'done'", reached: "SELECT COUNT(*) FROM erasures WHERE ended_at IS NOT NULL" },
        ];
        killed_at(place, "erase_customers", &points).await;
        ends(place, "SELECT COUNT(*) FROM jobs WHERE kind = 'erase_customers' AND status = 'done'").await;
        let certificate = place.rows::<(i64, i64, i64)>("SELECT customers, calls, transcripts FROM erasures").await;
        assert_eq!(certificate, [(1, 450, 450)]);
        assert_eq!(place.number("SELECT COUNT(*) FROM audit_entries WHERE action = 'customer_erased'").await, 1);
        assert_eq!(place.number("SELECT COUNT(*) FROM contacts WHERE phone IS NOT NULL OR name IS NOT NULL").await, 0);
        assert_eq!(place.number("SELECT COUNT(*) FROM call_details").await, 0);
        let after = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        for name in ["calls", "customers", "cost", "by_code", "trend", "by_attempt"] {
            assert_eq!(after[name], before[name], "{name}");
        }
        at.server.db.close().await;
    }

    async fn recordings_are_fetched_though_processes_are_killed_and_kept_once(place) {
        let allowed = [("RINGSIDE_PRIVATE_NETWORKS", "127.0.0.0/8")];
        // A server that gives out the recordings up to a number, and lets others wait; it tells how often it was asked.
        let (open, opened) = watch::channel(0);
        let (asked, times) = watch::channel(0);
        let (opened, asked) = (Arc::new(opened), Arc::new(asked));
        let answer = async move |uri: Uri| {
            asked.send_modify(|times: &mut usize| *times += 1);
            let number: usize = uri.path().trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap();
            (*opened).clone().wait_for(|open| *open >= number).await.unwrap();
            wav(number as u32).into_response()
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let vendor = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });

        let at = place.beside(&allowed).await;
        at.stock().await;
        {
            let mut conn = at.server.db.write().await.unwrap();
            store::recording_fetches::set_enabled(&mut conn, &at.scope, true, domain::Timestamp(NOW)).await.unwrap();
            conn.commit().await.unwrap();
        }
        let mut all = calls(2, None);
        for (n, call) in all.as_array_mut().unwrap().iter_mut().enumerate() {
            call["recording_url"] = json!(format!("http://{vendor}/{}.wav", n + 1));
        }
        at.post("/api/v1/calls", &all).await.is(200);

        let killed = async |holds: Option<&str>, so_far: &str, asks: usize| {
            if let Some(when) = holds {
                place.hold_up("BEFORE UPDATE OF status ON jobs", when).await;
            }
            let before = *times.borrow();
            let serving = place.serve_with(&allowed).await;
            times.clone().wait_for(|times| *times >= before + asks).await.unwrap();
            place.until(so_far).await;
            serving.kill();
            if holds.is_some() {
                place.let_go("jobs").await;
            }
            assert_eq!(place.number("SELECT COUNT(*) FROM jobs WHERE kind = 'fetch_recordings' AND status = 'running'").await, 1);
            place.lease_ends("fetch_recordings").await;
        };
        place.sql("UPDATE recording_fetches SET due_at = 1").await;
        place.lease_ends("fetch_recordings").await;
        killed(None, "SELECT COUNT(*) FROM jobs WHERE kind = 'fetch_recordings' AND status = 'running'", 2).await;
        open.send_replace(1);
        killed(None, "SELECT COUNT(*) FROM recordings", 2).await;
        open.send_replace(2);
        let all_there = "SELECT COUNT(*) FROM jobs WHERE (SELECT COUNT(*) FROM recordings) = 2";
        killed(Some("NEW.kind = 'fetch_recordings' AND NEW.status = 'done'"), all_there, 1).await;
        // What was kept is not asked for again.
        let before = *times.borrow();
        let serving = place.serve_with(&allowed).await;
        place.until("SELECT COUNT(*) FROM jobs WHERE kind = 'fetch_recordings' AND status = 'done'").await;
        serving.stop().await;
        assert_eq!(*times.borrow(), before);
        place.verify();
        for n in 1..=2 {
            assert!(at.get(&format!("/api/v1/calls/c-{}/recording", n - 1)).await.is(200).bytes == wav(n));
        }
        assert_eq!(place.objects().len(), 2, "{:?}", place.objects());
        at.server.db.close().await;
    }

    async fn customers_are_indexed_whole(place) {
        const CUSTOMERS: usize = 3_000;
        let at = place.beside(&[]).await;
        at.stock().await;
        let customers: Vec<Value> = (0..CUSTOMERS).map(|n| json!({"id": format!("kh-{n}"), "phone": format!("09{n:08}"), "name": format!("Chị Hồng {n}")})).collect();
        at.post("/api/v1/campaigns/tet/contacts", &json!(customers)).await.is(200);
        {
            let mut conn = at.server.db.write().await.unwrap();
            store::search_index::enqueue(&mut conn, &at.scope, true, domain::Timestamp(NOW)).await.unwrap();
            conn.commit().await.unwrap();
        }
        let points = [
            Point { on: "BEFORE INSERT", table: "customer_blocks", when: "NEW.block = 0", reached: ANY },
            Point { on: "BEFORE INSERT", table: "search_parts", when: "NEW.block = 0", reached: "SELECT COUNT(*) FROM customer_blocks" },
            Point { on: "BEFORE DELETE", table: "jobs", when: "OLD.kind = 'index_customers'", reached: "SELECT COUNT(*) FROM search_blocks WHERE filled_to > 0" },
        ];
        killed_at(place, "index_customers", &points).await;
        ends(place, "SELECT COUNT(*) FROM accounts WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'index_customers')").await;
        // `verify` has recounted the index; and by it everybody is found.
        for (q, found) in [("hong 2999", 1), ("00002999", 1), ("hong", CUSTOMERS)] {
            let answer = at.get(&format!("/api/v1/campaigns/tet/contacts?q={}&limit=1", q.replace(' ', "%20"))).await.is(200).json();
            assert_eq!(answer["total"], json!(found), "{q}: {answer}");
        }
        at.server.db.close().await;
    }

    async fn what_was_said_before_is_indexed_whole(place) {
        const CALLS: usize = 1_200;
        let at = place.beside(&[]).await;
        at.stock().await;
        at.post("/api/v1/calls", &calls(CALLS, None)).await.is(200);
        place.sql("INSERT INTO call_details (account_id, call_key, transcript)
                   SELECT account_id, call_key, '[{\"at\":0,\"speaker\":\"bot\",\"text\":\"xin chào\"}]' FROM calls").await;
        place.sql("UPDATE calls SET has_details = TRUE").await;
        place.sql("INSERT INTO said_fills (account_id, dialed_at, call_key, calls) SELECT account_id, 9223372036854775807, 0, 0 FROM accounts").await;
        place.sql("INSERT INTO jobs (account_id, job_key, kind, payload, once_key, status, queued_at, due_at, attempts)
                   SELECT account_id, next_key, 'index_said', '{}', 'said', 'waiting', 1000, 1000, 0 FROM accounts").await;
        place.sql("UPDATE accounts SET next_key = next_key + 1").await;
        let points = [
            Point { on: "BEFORE UPDATE", table: "said_fills", when: "NEW.calls = 500", reached: ANY },
            Point { on: "BEFORE UPDATE", table: "said_fills", when: "NEW.calls = 1000", reached: "SELECT COUNT(*) FROM said_fills WHERE calls = 500" },
            Point { on: "BEFORE DELETE", table: "said_fills", when: "OLD.calls > 1000", reached: ANY },
        ];
        killed_at(place, "index_said", &points).await;
        ends(place, "SELECT COUNT(*) FROM accounts WHERE NOT EXISTS (SELECT 1 FROM said_fills)").await;
        let (mut found, mut cursor) = (0, String::new());
        loop {
            let page = at.get(&format!("/api/v1/said?q=xin+chao&limit=500{cursor}")).await.is(200).json();
            assert_eq!(page["indexed_percent"], Value::Null);
            found += page["calls"].as_array().unwrap().len();
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(found, CALLS);
        at.server.db.close().await;
    }

    async fn calls_of_before_are_given_their_values_whole(place) {
        const CALLS: usize = 1_200;
        let at = place.beside(&[]).await;
        at.stock().await;
        let mut all = calls(CALLS, None);
        for (n, call) in all.as_array_mut().unwrap().iter_mut().enumerate() {
            call["attributes"] = json!({"script": format!("v{}", n % 3)});
        }
        at.post("/api/v1/calls", &all).await.is(200);
        at.put("/api/v1/dimensions/script", &json!({})).await.is(201);
        // 500 calls to a step.
        let points = [
            Point { on: "BEFORE UPDATE", table: "own_fills", when: "NEW.calls = 500", reached: ANY },
            Point { on: "BEFORE INSERT", table: "rollup_own", when: "1 = 1", reached: ANY },
            Point { on: "BEFORE UPDATE", table: "own_fills", when: "NEW.calls = 1000", reached: "SELECT COUNT(*) FROM own_fills WHERE calls = 500" },
            Point { on: "BEFORE DELETE", table: "own_fills", when: "OLD.calls > 1000", reached: ANY },
        ];
        killed_at(place, "fill_dimensions", &points).await;
        ends(place, "SELECT COUNT(*) FROM accounts WHERE NOT EXISTS (SELECT 1 FROM own_fills)").await;
        let told = at.get("/api/v1/campaigns/tet/dimensions").await.is(200).json();
        let of = &told["dimensions"][0];
        assert_eq!(of["filled_percent"], Value::Null);
        let mut values: Vec<_> = of["values"].as_array().unwrap().iter().map(|value| (value["text"].as_str().unwrap(), &value["calls"])).collect();
        values.sort_by_key(|value| value.0);
        assert_eq!(values, [("v0", &json!(400)), ("v1", &json!(400)), ("v2", &json!(400))]);
        at.server.db.close().await;
    }

    async fn what_is_tidied_away_is_gone_once_and_the_tidying_comes_back(place) {
        let at = place.beside(&[]).await;
        at.stock().await;
        at.post("/api/v1/calls", &calls(30, None)).await.is(200);
        at.user("lan@cty.vn", Role::Owner).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        for code in ["DY", "NA", "BS"] {
            let asked = at.signed(Method::GET, &format!("/campaigns/tet/calls.xlsx?code={code}"), &cookie);
            Answer::of(asked.header("accept", "application/json")).await.is(202);
            at.build_exports().await;
            at.pass(1_000);
        }
        assert_eq!((place.objects().len(), place.number("SELECT COUNT(*) FROM exports").await), (3, 3));
        // By the clock of the processes all of it is old.
        place.sql("UPDATE sessions SET expires_at = 1000").await;
        place.sql("UPDATE exports SET ended_at = 1000").await;
        let points = [
            Point { on: "BEFORE DELETE", table: "sessions", when: "OLD.expires_at = 1000", reached: ANY },
            Point { on: "BEFORE DELETE", table: "exports", when: "OLD.asked_at > 1795334400000", reached: "SELECT COUNT(*) FROM accounts WHERE (SELECT COUNT(*) FROM exports) = 2" },
            Point { on: "BEFORE UPDATE OF status", table: "jobs", when: "OLD.kind = 'tidy_account' AND OLD.status = 'running' AND NEW.status = 'waiting'", reached: "SELECT COUNT(*) FROM accounts WHERE NOT EXISTS (SELECT 1 FROM exports)" },
        ];
        killed_at(place, "tidy_account", &points).await;
        ends(place, "SELECT COUNT(*) FROM jobs WHERE kind = 'tidy_account' AND status = 'waiting' AND finished_at IS NOT NULL").await;
        assert_eq!(place.objects(), Vec::<std::path::PathBuf>::new());
        assert_eq!(place.number("SELECT COUNT(*) FROM sessions").await, 0);
        assert_eq!(place.number("SELECT COUNT(*) FROM jobs WHERE kind = 'tidy_account'").await, 1);
        assert_eq!(place.number("SELECT COUNT(*) FROM calls").await, 30);
        at.server.db.close().await;
    }

    async fn totals_are_put_right_once(place) {
        let at = place.beside(&[]).await;
        at.stock().await;
        at.put("/api/v1/campaigns/khac", &json!({"name": "Khác", "voicebot": "bot"})).await.is(201);
        let mut all = calls(60, None);
        for call in all.as_array_mut().unwrap().iter_mut().skip(30) {
            call["campaign"] = json!("khac");
        }
        at.post("/api/v1/calls", &all).await.is(200);
        let reports = async || {
            let mut reports = Vec::new();
            for campaign in ["tet", "khac"] {
                let report = at.get(&format!("/api/v1/campaigns/{campaign}/report?from=2026-11-01&to=2026-11-30")).await.is(200).json();
                reports.push(json!([report["calls"], report["cost"], report["by_code"]]));
            }
            reports
        };
        let before = reports().await;
        place.sql("UPDATE rollup_days SET cost = cost + 7, calls = calls + 1").await;
        let wrong = {
            let mut conn = at.server.db.read().await.unwrap();
            let differences = store::verify::recount(&mut conn, &at.scope, &mut |_| ()).await.unwrap();
            assert!(differences.len() >= 40, "{differences:?}");
            differences.len()
        };
        enqueue(&at, jobs::VerifyAccount::new(true)).await;
        // Two steps for each campaign, the second for what was said in it; one for the account's usage, for own values, and for what was said in calls that are no more.
        let points = [
            Point { on: "BEFORE UPDATE", table: "rollup_days", when: "NEW.cost < OLD.cost", reached: ANY },
            Point { on: "BEFORE UPDATE OF payload", table: "jobs", when: "NEW.payload LIKE '%\"done\":2%'", reached: "SELECT COUNT(*) FROM jobs WHERE payload LIKE '%\"done\":1%'" },
            Point { on: "BEFORE UPDATE OF status", table: "jobs", when: "NEW.kind = 'verify_account' AND NEW.status = 'done'", reached: "SELECT COUNT(*) FROM jobs WHERE payload LIKE '%\"done\":7%'" },
        ];
        killed_at(place, "verify_account", &points).await;
        ends(place, "SELECT COUNT(*) FROM jobs WHERE kind = 'verify_account' AND status = 'done'").await;
        assert_eq!(reports().await, before);
        // One of the processes was killed when it had put a campaign right and not yet told of it.
        let told = place.rows::<(String,)>("SELECT details FROM audit_entries WHERE action = 'totals_corrected'").await;
        let told = told.iter().map(|(details,)| serde_json::from_str::<Value>(details).unwrap()["differences"].as_u64().unwrap());
        assert_eq!(told.collect::<Vec<_>>(), [wrong as u64 / 2; 2]);
        at.server.db.close().await;
    }
}
