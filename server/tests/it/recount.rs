//! The report against a recount by other means: from the records that were sent, with plain arithmetic.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use domain::Role;
use reqwest::Method;

use crate::harness::{Answer, Harness, both_engines, call};

/// Small, but with redials, two codes of each kind, both sides of midnight, and customers who are never reached.
pub fn records() -> Vec<Value> {
    let mut records = Vec::new();
    let mut seed = 7_u64;
    let mut random = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for n in 0..400 {
        let day = 1 + random(6);
        let (hour, minute, second) = (random(24), random(60), random(60));
        let dialed = format!("2026-11-0{day}T{hour:02}:{minute:02}:{second:02}.{:03}+07:00", random(1_000));
        let ring = random(40_000) as i64;
        let contact = format!("kh-{}", random(120));
        let record = match random(10) {
            0..=4 => call(
                &format!("c-{n}"),
                &contact,
                &dialed,
                ring,
                Some(random(200_000) as i64),
                if random(3) == 0 { "DY" } else { "K9" },
            ),
            5..=7 => call(&format!("c-{n}"), &contact, &dialed, ring, None, "NA"),
            8 => call(&format!("c-{n}"), &contact, &dialed, ring, None, "BS"),
            _ => call(&format!("c-{n}"), &contact, &dialed, ring, None, "CU"),
        };
        records.push(record);
    }
    records
}

/// What docs/METRICS.md says ("Figures", "Blocks and cost") by hand, where K9 counts as `k9`, in đồng × 10 so that all is whole: 6 s for
/// 10, then 1 s each for 2.5.
fn recount(records: &[Value], days: std::ops::RangeInclusive<u32>, k9: &str) -> Value {
    let (mut total, mut answered, mut success, mut failed, mut error) = (0, 0, 0, 0, 0);
    let (mut line_faults, mut newly) = (0, 0);
    let (mut talk, mut dial, mut ring, mut blocks, mut tenths) = (0, 0, 0, 0, 0);
    let mut codes: BTreeMap<String, u64> = BTreeMap::new();
    let (mut dialled, mut reached, mut talked) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut goals = 0;
    for record in records {
        let text = record["dialed_at"].as_str().unwrap();
        if !days.contains(&text[8..10].parse().unwrap()) {
            continue;
        }
        let at = text.parse::<domain::Timestamp>().unwrap().0;
        let end = record["ended_at"].as_i64().unwrap();
        let code = record["result_code"].as_str().unwrap();
        let customer = record["contact"]["id"].as_str().unwrap();
        total += 1;
        *codes.entry(code.to_owned()).or_default() += 1;
        dialled.insert(customer);
        match code {
            "BS" | "NA" => {
                failed += 1;
                ring += end - at;
            }
            "CU" => {
                error += 1;
                line_faults += 1;
                ring += end - at;
            }
            _ => {
                answered += 1;
                let is_success = code != "K9" || k9 == "success";
                match k9 {
                    _ if is_success => success += 1,
                    "failed" => failed += 1,
                    _ => error += 1,
                }
                goals += u64::from(code == "DY");
                let answer = record["answered_at"].as_i64().unwrap();
                let time = end - answer;
                talk += time;
                dial += answer - at;
                newly += u64::from(is_success && reached.insert(customer));
                if is_success && time > 30_000 {
                    talked.insert(customer);
                }
                if time > 0 {
                    let more = if time <= 6_000 { 0 } else { (time - 6_000 + 999) / 1_000 };
                    blocks += 1 + more;
                    tenths += 100 + more * 25;
                }
            }
        }
    }
    let cost = if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) };
    json!({
        "calls": {"total": total, "answered": answered, "success": success, "failed": failed, "error": error, "in_progress": 0},
        "codes": codes, "talk_time": talk, "dial_time": dial, "ring_time_unanswered": ring, "blocks": blocks, "cost": cost,
        "average_talk_time": (talk * 2 + answered) / (2 * answered),
        "dialled": dialled.len(), "reached": reached.len(), "talked": talked.len(), "goals": goals,
        "newly_reached": newly, "asr": [answered, total], "ner": [total - line_faults, total], "goal_rate_of": answered,
    })
}

fn of_report(report: &Value) -> Value {
    let codes: BTreeMap<&str, u64> = report["by_code"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| (code["code"].as_str().unwrap(), code["calls"].as_u64().unwrap()))
        .collect();
    let rate = |name: &str| json!([report["rates"][name]["numerator"], report["rates"][name]["denominator"]]);
    let newly = report["by_attempt"].as_array().unwrap().iter().map(|row| row["newly_reached"].as_u64().unwrap());
    json!({
        "calls": report["calls"], "codes": codes, "talk_time": report["talk_time"], "dial_time": report["dial_time"],
        "ring_time_unanswered": report["ring_time_unanswered"], "blocks": report["blocks"], "cost": report["cost"],
        "average_talk_time": report["average_talk_time"],
        "dialled": report["funnel"]["dialled"], "reached": report["customers"]["reached"],
        "talked": report["funnel"]["talked_30s"], "goals": report["rates"]["goal_rate"]["numerator"],
        "newly_reached": newly.sum::<u64>(), "asr": rate("answer_rate"), "ner": rate("network_effectiveness"),
        "goal_rate_of": report["rates"]["goal_rate"]["denominator"],
    })
}

async fn page_of(at: &Harness, cookie: &str, path: &str) -> String {
    Answer::of(at.signed(Method::GET, path, cookie).header("accept", "text/html")).await.is(200).text()
}

/// How many calls every way to list them gives: the API, its CSV, and the page.
async fn listed(at: &Harness, cookie: &str, query: &str) -> u64 {
    let total = at.get(&format!("/api/v1/campaigns/tet/calls?{query}")).await.is(200).json()["total"].as_u64().unwrap();
    let csv = at.api(Method::GET, &format!("/api/v1/campaigns/tet/calls?{query}")).header("accept", "text/csv");
    let lines = Answer::of(csv).await.is(200).text().lines().count() as u64 - 1;
    assert_eq!(lines, total, "{query}");
    let html = page_of(at, cookie, &format!("/campaigns/tet/calls?{query}")).await;
    assert_eq!(html.matches("row-link").count() as u64, total.min(50), "{query}");
    total
}

both_engines! {
    async fn how_calls_end_and_what_was_planned_are_the_same_everywhere(at) {
        at.stock().await;
        at.user("xem@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("xem@cty.vn").await;
        let mut records = records();
        let (sides, causes) = ([Some("customer"), Some("bot"), Some("agent"), Some("system"), None], [Some("16"), Some("USER_BUSY"), Some("487"), None, Some("gọi 0912345678")]);
        for (n, record) in records.iter_mut().enumerate() {
            record["hangup_by"] = json!(sides[n % 5]);
            record["cause"] = json!(causes[n / 5 % 5]);
        }
        at.post("/api/v1/calls", &json!(records)).await.is(200);
        let plan = json!({"first_day": "2026-11-02", "windows": [{"from": "08:10", "to": "11:35"}, {"from": "13:00", "to": "18:00"}],
            "redials": [{"code": "NA", "times": 1, "pause_minutes": 90}, {"code": "BS", "times": 2, "pause_minutes": 0}]});
        at.put("/api/v1/campaigns/tet", &json!({"name": "Tết 2027", "voicebot": "bot", "plan": plan})).await.is(200);
        let page = page_of(at, &cookie, "/campaigns/tet").await;
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        let endings = report["endings"].as_array().unwrap();
        assert_eq!(endings.len(), 25, "{endings:?}");
        assert!(!report.to_string().contains("0912345678") && !page.contains("0912345678"), "a number is told nobody");
        for ending in endings {
            let by = ending["hangup_by"].as_str().unwrap_or("unknown");
            let cause = match ending["cause"].as_str() {
                Some(cause) => cause,
                None if ending["is_other"] == true => "other",
                None => "unknown",
            };
            let wanted = records.iter().filter(|record| {
                let own = record["cause"].as_str();
                let is_other = own.is_some_and(|own| own.contains("0912"));
                record["hangup_by"] == ending["hangup_by"]
                    && if is_other { cause == "other" } else { own.unwrap_or("unknown") == cause }
            });
            assert_eq!(ending["calls"], json!(wanted.count()), "{ending}");
            let query = format!("class=success&class=failed&class=error&hangup_by={by}&cause={cause}");
            assert!(page.contains(&format!("/campaigns/tet/calls?{}", query.replace('&', "&amp;"))), "{query}");
            assert_eq!(json!(listed(at, &cookie, &query).await), ending["calls"], "{query}");
        }
        let (outside, beyond) = (&report["planned"]["outside"], &report["planned"]["beyond"]);
        let by_clock = |record: &&Value| {
            let dialed = record["dialed_at"].as_str().unwrap();
            let (day, clock) = (&dialed[8..10], &dialed[11..16]);
            day < "02" || !(("08:10".."11:35").contains(&clock) || ("13:00".."18:00").contains(&clock))
        };
        assert_eq!(outside["calls"], json!({"numerator": records.iter().filter(by_clock).count(), "denominator": 400}));
        let too_many = ["no_rule", "too_often", "too_early"].map(|part| beyond[part].as_u64().unwrap());
        assert_eq!(beyond["redials"]["numerator"], json!(too_many.iter().sum::<u64>()));
        assert!(too_many.iter().all(|calls| *calls > 0), "{beyond}");
        for (filter, figure) in [("outside_plan", &outside["calls"]), ("beyond_rule", &beyond["redials"])] {
            let query = format!("{filter}=true");
            assert_eq!(json!(listed(at, &cookie, &query).await), figure["numerator"], "{query}");
            assert!(page.contains(&format!("/campaigns/tet/calls?{query}")), "{query}");
            at.get(&format!("/api/v1/calls?{query}")).await.is_problem(422);
        }
        assert_eq!(report["planned"]["to_go"]["days_to_go"], 0);
        // Another plan, and the figures follow; none, and there are none.
        let late = json!({"name": "Tết 2027", "voicebot": "bot", "plan": {"first_day": "2026-12-01"}});
        at.put("/api/v1/campaigns/tet", &late).await.is(200);
        let planned = at.get("/api/v1/campaigns/tet/report?from=2026-11-02&to=2026-11-03").await.is(200).json();
        assert_eq!(planned["planned"]["outside"]["calls"]["numerator"], planned["calls"]["total"]);
        assert_eq!(planned["planned"]["beyond"], Value::Null);
        let none = json!({"name": "Tết 2027", "voicebot": "bot", "plan": {}});
        at.put("/api/v1/campaigns/tet", &none).await.is(200);
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        assert_eq!(report["planned"], Value::Null);
        assert_eq!(listed(at, &cookie, "outside_plan=true").await, 0, "nobody has said a plan");
    }

    async fn the_report_is_what_the_records_say(at) {
        at.stock().await;
        let mut records = records();
        for batch in records.chunks(90) {
            let answer = at.post("/api/v1/calls", &json!(batch)).await.is(200).json();
            assert_eq!(answer["rejected"], 0, "{answer}");
        }
        for k9 in ["success", "failed", "error", "success", "failed"] {
            let code = json!({"label_vi": "K9", "label_en": "K9", "counts_as": k9});
            let put = at.put("/api/v1/result-codes/K9", &code).await.json();
            assert_eq!(put["meaning"], "in_force", "so few calls are counted anew at once");
            for (query, days) in [("", 1..=30), ("?from=2026-11-02&to=2026-11-04", 2..=4), ("?from=2026-11-05&to=2026-11-05", 5..=5)] {
                let report = at.get(&format!("/api/v1/campaigns/tet/report{query}")).await.is(200).json();
                let mut counted = recount(&records, days, k9);
                if !query.is_empty() {
                    // In a range a customer may have been reached before it.
                    counted["newly_reached"] = of_report(&report)["newly_reached"].clone();
                }
                assert_eq!(of_report(&report), counted, "{k9} {query}");
                for part in ["by_attempt", "trend", "heatmap"] {
                    for figure in ["calls", "answered", "success"] {
                        let of = if figure == "calls" { "total" } else { figure };
                        let sum: u64 = report[part].as_array().unwrap().iter().map(|row| row[figure].as_u64().unwrap()).sum();
                        assert_eq!(sum, report["calls"][of].as_u64().unwrap(), "{part} {figure} {query}");
                    }
                }
                let range = query.trim_start_matches('?');
                for class in ["success", "failed", "error"] {
                    let listed = at.get(&format!("/api/v1/campaigns/tet/calls?{range}&class={class}")).await.is(200).json();
                    assert_eq!(listed["total"], report["calls"][class], "{class} {query}");
                }
                let listed = at.get(&format!("/api/v1/campaigns/tet/calls?{range}&min_talk=0")).await.is(200).json();
                assert_eq!(listed["total"], report["calls"]["answered"], "{query}");
            }
        }
        // Corrections: other codes, other customers, other days.
        for (n, record) in records.iter_mut().enumerate().filter(|(n, _)| n % 7 == 0) {
            let id = record["id"].as_str().unwrap().to_owned();
            let dialed = format!("2026-11-0{}T10:00:00+07:00", 1 + n % 6);
            *record = call(&id, &format!("kh-{}", n % 50), &dialed, 9_000, Some(n as i64 * 100), "DY");
        }
        let answer = at.post("/api/v1/calls", &json!(records)).await.is(200).json();
        assert_eq!((&answer["updated"], &answer["rejected"]), (&json!(58), &json!(0)), "{answer}");
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        assert_eq!(of_report(&report), recount(&records, 1..=30, "failed"));
        let mut conn = at.server.db.read().await.unwrap();
        let differences = store::verify::recount(&mut conn, &at.scope, &mut |_| ()).await.unwrap();
        assert_eq!(differences, vec![]);
    }
}
