//! What a code counts as is changed on many stored calls: while batches come in, while many read, and over a kill.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{
    crash::Serving,
    harness::call,
    place::{Place, on_each_engine},
};

/// More than are counted anew in the request itself.
const CALLS: usize = 24_000;
const READERS: usize = 64;

fn calls(from: usize, n: usize) -> Value {
    let one = |n: usize| {
        let dialed = format!("2026-11-{:02}T09:{:02}:{:02}+07:00", n % 20 + 1, n / 60 % 60, n % 60);
        let (code, talk) = match n % 4 {
            0 => ("NA", None),
            1 => ("DY", Some(40_000)),
            _ => ("SC", Some(3_000 + n as i64 % 50_000)),
        };
        call(&format!("c-{n}"), &format!("kh-{}", n * 7 % 9_001), &dialed, 4_000, talk, code)
    };
    json!((from..from + n).map(one).collect::<Vec<_>>())
}

/// Whether everything in a report goes by one meaning of SC; `true`: the new one.
fn is_changed(report: &Value) -> bool {
    let rows = |part: &str| report[part].as_array().unwrap().clone();
    let n = |value: &Value| value.as_u64().unwrap();
    let sum = |part: &str, figure: &str| rows(part).iter().map(|row| n(&row[figure])).sum::<u64>();
    let class = |wanted: &str| {
        rows("by_code").iter().filter(|row| row["class"] == wanted).map(|row| n(&row["calls"])).sum::<u64>()
    };
    for figure in ["success", "failed", "error"] {
        let counted = n(&report["calls"][figure]);
        assert_eq!(counted, class(figure), "{figure} by code");
        assert_eq!(counted, sum("by_attempt", figure), "{figure} by attempt");
        assert_eq!(counted, sum("trend", figure), "{figure} by day");
    }
    assert_eq!(sum("heatmap", "success"), n(&report["calls"]["success"]));
    assert_eq!(sum("heatmap", "answered"), n(&report["calls"]["answered"]));
    assert_eq!(sum("by_attempt", "newly_reached"), n(&report["customers"]["reached"]));
    assert_eq!(report["funnel"]["reached"], report["customers"]["reached"]);
    let sc = rows("by_code").into_iter().find(|row| row["code"] == "SC").unwrap();
    sc["class"] == "failed"
}

/// An account at a place, by its token.
struct Changing {
    token: String,
}

impl Changing {
    async fn new(place: &Place) -> Self {
        let at = place.beside(&[]).await;
        at.stock().await;
        at.server.db.close().await;
        Self { token: at.token.clone() }
    }

    fn api(&self, client: &Client, serving: &Serving, method: Method, path: &str) -> RequestBuilder {
        client.request(method, serving.url(path)).header("authorization", format!("Bearer {}", self.token))
    }

    async fn report(&self, client: &Client, serving: &Serving, query: &str) -> Value {
        let path = format!("/api/v1/campaigns/tet/report{query}");
        let answer = self.api(client, serving, Method::GET, &path).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    async fn post(&self, client: &Client, serving: &Serving, calls: &Value) {
        let request = self.api(client, serving, Method::POST, "/api/v1/calls").body(calls.to_string());
        let answer = request.header("content-type", "application/json").send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    async fn count_short_calls_as(&self, client: &Client, serving: &Serving, class: &str) -> Value {
        let body = json!({"label_vi": "Cuộc gọi ngắn", "label_en": "Short call", "counts_as": class});
        let request = self.api(client, serving, Method::PUT, "/api/v1/result-codes/SC").body(body.to_string());
        let answer = request.header("content-type", "application/json").send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    async fn is_coming(&self, client: &Client, serving: &Serving) -> bool {
        let answer = self.api(client, serving, Method::GET, "/api/v1/result-codes").send().await.unwrap();
        let codes: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        !codes["coming"].as_array().unwrap().is_empty()
    }
}

on_each_engine! {
    async fn a_change_of_a_code_survives_kills_before_and_after_it_is_in_force(place) {
        let (changing, client) = (Changing::new(place).await, Client::new());
        place.hold_up("BEFORE UPDATE OF phase ON code_changes", "NEW.phase = 'settling'").await;
        let mut serving = place.serve().await;
        for from in (0..CALLS).step_by(4_000) {
            changing.post(&client, &serving, &calls(from, 4_000)).await;
        }
        let old = changing.report(&client, &serving, "").await;
        assert!(!is_changed(&old));
        let answer = changing.count_short_calls_as(&client, &serving, "failed").await;
        assert_eq!((&answer["result"], &answer["meaning"]), (&json!("created"), &json!("under_way")));
        for phase in ["preparing", "settling"] {
            place.until(&format!("SELECT COUNT(*) FROM code_changes WHERE phase = '{phase}'")).await;
            serving.kill();
            if phase == "preparing" {
                place.let_go("code_changes").await;
                place.verify();
                place.hold_up("BEFORE DELETE ON code_changes", "OLD.phase = 'settling'").await;
            } else {
                place.let_go("code_changes").await;
                place.verify();
            }
            place.lease_ends("change_codes").await;
            serving = place.serve().await;
        }
        place.until("SELECT COUNT(*) FROM accounts WHERE NOT EXISTS (SELECT 1 FROM code_changes)").await;
        let new = changing.report(&client, &serving, "").await;
        assert!(is_changed(&new));
        assert_eq!(old["calls"]["answered"], new["calls"]["answered"]);
        assert_eq!(old["cost"], new["cost"]);
        serving.stop().await;
        place.verify();
    }

    async fn many_who_read_while_a_code_is_changed_see_old_or_new_figures_and_no_mixture(place) {
        let (changing, client) = (Changing::new(place).await, Client::new());
        let serving = place.serve().await;
        for from in (0..CALLS).step_by(4_000) {
            changing.post(&client, &serving, &calls(from, 4_000)).await;
        }
        let is_over = AtomicBool::new(false);
        let reading = async |n: usize| {
            let query = ["", "?from=2026-11-01&to=2026-11-20"][n % 2];
            let (mut reports, mut changed) = (0, false);
            loop {
                let over = is_over.load(SeqCst);
                let report = changing.report(&client, &serving, query).await;
                if n % 2 == 1 {
                    // In a range that holds every call it is the same figures, by other rollups.
                    assert!(report["customers"]["total"].as_u64().unwrap() > 0);
                }
                let now = is_changed(&report);
                assert!(now || !changed, "what was in force stays so");
                changed = now;
                reports += 1;
                if over {
                    assert!(changed);
                    return reports;
                }
            }
        };
        let changing = async {
            changing.count_short_calls_as(&client, &serving, "failed").await;
            let mut n = CALLS;
            while changing.is_coming(&client, &serving).await || n < CALLS + 2_000 {
                // New calls, and some of those that are stored once more, with other codes.
                changing.post(&client, &serving, &calls(n, 200)).await;
                let mut again = calls(n % 5_000, 100);
                for call in again.as_array_mut().unwrap().iter_mut().filter(|call| call["answered_at"].is_number()) {
                    call["result_code"] = json!(["SC", "DY"][n / 200 % 2]);
                }
                changing.post(&client, &serving, &again).await;
                n += 200;
            }
            is_over.store(true, SeqCst);
        };
        let (reports, ()) = futures::join!(futures::future::join_all((0..READERS).map(reading)), changing);
        assert!(reports.iter().all(|reports| *reports > 1), "{reports:?}");
        serving.stop().await;
        place.verify();
    }
}
