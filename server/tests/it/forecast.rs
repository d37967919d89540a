//! The forecast of a running campaign: page, API, comparison and workbook say the same, and that it waits for five days of calling.

use domain::{Language, Role, format};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    harness::{Answer, Harness, both_engines, call},
    workbooks::{number, read},
};

/// Calls on days of November 2026, twenty on each: half of the first attempts reach somebody. Now it is the 22nd.
fn records(days: std::ops::RangeInclusive<u32>) -> Vec<Value> {
    let one = |day: u32, n: u32| {
        let (id, contact) = (format!("c-{day}-{n}"), format!("kh-{}", day * 20 + n));
        let dialed = format!("2026-11-{day:02}T{:02}:{n:02}:00+07:00", 9 + n % 3);
        let talk = n.is_multiple_of(2).then_some(60_000);
        call(&id, &contact, &dialed, 8_000, talk, if talk.is_some() { "DY" } else { "NA" })
    };
    days.flat_map(|day| (0..20).map(move |n| one(day, n))).collect()
}

async fn send(at: &Harness, records: &[Value]) {
    at.post("/api/v1/calls", &json!(records)).await.is(200);
}

async fn page(at: &Harness, cookie: &str) -> String {
    let request = at.signed(Method::GET, "/campaigns/tet", cookie).header("accept", "text/html");
    Answer::of(request).await.is(200).text()
}

async fn forecast(at: &Harness) -> Value {
    at.get("/api/v1/campaigns/tet/report").await.is(200).json()["forecast"].clone()
}

both_engines! {
    async fn what_is_foreseen_is_the_same_everywhere(at) {
        at.stock().await;
        at.user("xem@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("xem@cty.vn").await;
        send(at, &records(16..=19)).await;
        let few = forecast(at).await;
        assert_eq!((&few["active_days"], &few["outlook"], &few["latest"]), (&json!(4), &Value::Null, &Value::Null));
        assert!(page(at, &cookie).await.contains("Cần ít nhất 5 ngày có gọi trước hôm nay; đã có 4."));

        send(at, &records(20..=22)).await;
        let list: Vec<Value> = (0..200).map(|n| json!({"id": format!("moi-{n}"), "phone": format!("0987{n:06}")})).collect();
        at.post("/api/v1/campaigns/tet/contacts", &json!(list)).await.is(200);
        let rules = json!([{"code": "NA", "times": 1, "pause_minutes": 60}]);
        let campaign = json!({"name": "Tết 2027", "voicebot": "bot", "plan": {"redials": rules}});
        at.put("/api/v1/campaigns/tet", &campaign).await.is(200);
        let foreseen = forecast(at).await;
        // Today, the 22nd, is not over: six days. 200 were never called and 70 once: as many more calls as those, and half of the 200.
        assert_eq!((&foreseen["active_days"], &foreseen["open_customers"]), (&json!(6), &json!(270)));
        let outlook = &foreseen["outlook"];
        assert_eq!(outlook["open_calls"]["middle"], 370, "200 + 100 + 70");
        assert_eq!(outlook["reached"]["middle"], 70 + 100 + 85);
        assert_eq!(outlook["calls_a_day"], 20);
        // A minute costs 10 + 54 × 2.5 = 145 đồng.
        assert_eq!(outlook["cost"]["middle"], "36975", "70 × 145, and 370 of which each second costs as much");
        let latest = &foreseen["latest"];
        assert_eq!((&latest["day"], &latest["calls_came"], &latest["reached_came"]), (&json!("2026-11-21"), &json!(20), &json!(10)));

        for query in ["?from=2026-11-16&to=2026-11-17", "?period=today"] {
            let report = at.get(&format!("/api/v1/campaigns/tet/report{query}")).await.is(200).json();
            assert_eq!(report["forecast"], foreseen, "{query}");
        }
        let compared = at.get("/api/v1/compare?campaign=tet&period=last-7-days&against=previous").await.is(200).json();
        assert_eq!(compared["campaigns"][0]["report"]["forecast"], foreseen);

        let html = page(at, &cookie).await;
        let through: domain::Day = outlook["through"]["middle"]["day"].as_str().unwrap().parse().unwrap();
        let hour = outlook["through"]["middle"]["hour"].as_u64().unwrap();
        let shown = [format::date(through, Language::Vi), format!("{hour:02}:00–{hour:02}:59"), "370".to_owned(), "255".to_owned()];
        let panel = &html[html.find("id=\"forecast\"").unwrap()..];
        for words in shown {
            assert!(panel.contains(&words), "{words}");
        }
        let request = at.api(Method::GET, "/api/v1/campaigns/tet/report").header("accept", XLSX).header("accept-language", "en");
        let mut book = read(Answer::of(request).await.is(200).bytes);
        let sheet = calamine::Reader::worksheet_range(&mut book, "Overview").unwrap();
        let row = |name: &str| sheet.rows().find(|row| row[0] == name).unwrap_or_else(|| panic!("{name}")).to_vec();
        for (name, band) in [("Calls to come", "open_calls"), ("Reached at the end", "reached")] {
            let cells = row(name);
            for (column, bound) in [(1, "middle"), (2, "low"), (3, "high")] {
                assert_eq!(json!(number(&cells[column]) as u64), outlook[band][bound], "{name} {bound}");
            }
        }
        assert_eq!(number(&row("Newly reached")[4]) as u64, 10);

        // Whoever completes it foresees nothing more.
        at.post("/api/v1/campaigns/tet/complete", &json!({})).await;
        assert_eq!(forecast(at).await, Value::Null);
        assert!(!page(at, &cookie).await.contains("id=\"forecast\""));
    }
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
