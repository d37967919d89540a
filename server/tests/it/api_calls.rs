//! The call list: pages, filters, sorts, the same as CSV; single calls.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Harness, both_engines, call};

/// 25 calls over two days: DY, NA, BS in turn, to 10 customers.
async fn fill(at: &Harness) {
    at.stock().await;
    let calls: Vec<Value> = (0..25_i64)
        .map(|n| {
            let dialed = format!("2026-11-0{}T{:02}:15:00.{:03}+07:00", 4 + n % 2, 8 + n % 10, n);
            let (talk, code) = match n % 3 {
                0 => (Some(n * 4_000 + 1), "DY"),
                1 => (None, "NA"),
                _ => (None, "BS"),
            };
            let mut record = call(&format!("c-{n}"), &format!("kh-{}", n % 10), &dialed, 5_000, talk, code);
            record["contact"]["name"] = json!(if n % 10 == 3 { "Trần Văn Hạnh" } else { "Nguyễn Thị Hoa" });
            record
        })
        .collect();
    let answer = at.post("/api/v1/calls", &json!(calls)).await.is(200).json();
    assert_eq!(answer["accepted"], 25, "{answer}");
}

async fn all(at: &Harness, query: &str) -> Vec<Value> {
    let mut calls = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = at.get(&format!("/api/v1/campaigns/tet/calls?limit=4{query}{cursor}")).await.is(200).json();
        calls.extend(page["calls"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else {
            assert_eq!(page["total"], calls.len(), "{query}");
            return calls;
        };
        cursor = format!("&cursor={next}");
    }
}

/// The rows of a CSV as maps from column to cell.
fn rows(answer: &Answer) -> Vec<Value> {
    let text = answer.text();
    let text = text.strip_prefix('\u{feff}').expect("a CSV begins with a byte-order mark");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().unwrap().clone();
    let row = |row: csv::StringRecord| {
        Value::Object(names.iter().map(str::to_owned).zip(row.iter().map(Value::from)).collect())
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

async fn csv(at: &Harness, query: &str) -> Vec<Value> {
    let request = at.api(Method::GET, &format!("/api/v1/campaigns/tet/calls{query}")).header("accept", "text/csv");
    let answer = Answer::of(request).await.is(200);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert!(answer.header("content-disposition").starts_with("attachment; filename=\"tet-2026-11-22.csv\""));
    rows(&answer)
}

both_engines! {
    async fn every_filter_narrows_the_list_the_csv_and_the_count_alike(at) {
        fill(at).await;
        for (filter, expected) in [
            ("", 25),
            ("&code=DY", 9),
            ("&code=DY&code=BS", 17),
            ("&class=success", 9),
            ("&class=failed", 16),
            ("&class=in_progress", 0),
            ("&from=2026-11-04&to=2026-11-04", 13),
            ("&from=2026-11-06&to=2026-11-30", 0),
            ("&attempt=1", 10),
            ("&attempt=3", 5),
            ("&min_talk=12001", 8),
            ("&min_talk=12001&max_talk=24001", 2),
            // Who did not answer did not talk for 0 s.
            ("&min_talk=0", 9),
            ("&max_talk=12000", 1),
            ("&max_talk=12000&class=failed", 0),
            ("&q=H%E1%BA%A1nh", 3),
            ("&q=hanh", 3),
            ("&q=0900000003", 3),
            ("&contact=kh-4", 3),
            ("&recorded=true", 0),
            ("&recorded=false", 25),
            ("&hour=8", 3),
            ("&weekday=3", 13),
            ("&newly_reached=true", 9),
        ] {
            let listed = all(at, filter).await;
            assert_eq!(listed.len(), expected, "{filter}");
            let file = csv(at, &format!("?{}", filter.trim_start_matches('&'))).await;
            let ids = |calls: &[Value]| calls.iter().map(|call| call["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
            assert_eq!(ids(&listed), ids(&file), "{filter}");
        }
    }

    async fn every_sort_pages_without_repeating_or_skipping(at) {
        fill(at).await;
        for sort in ["dialed_at", "-dialed_at", "talk_time", "-talk_time", "cost", "-cost"] {
            let calls = all(at, &format!("&sort={sort}")).await;
            let ids: BTreeSet<_> = calls.iter().map(|call| call["id"].as_str().unwrap()).collect();
            assert_eq!(ids.len(), 25, "{sort}");
            let key = |call: &Value| match sort.trim_start_matches('-') {
                "talk_time" => call["talk_time"].as_i64().unwrap(),
                "cost" => call["cost"].as_str().unwrap().parse::<domain::Money>().unwrap().0,
                _ => call["dialed_at"].as_str().unwrap().parse::<domain::Timestamp>().unwrap().0,
            };
            let sorted = calls.windows(2).all(|pair| {
                if sort.starts_with('-') { key(&pair[0]) >= key(&pair[1]) } else { key(&pair[0]) <= key(&pair[1]) }
            });
            assert!(sorted, "{sort}");
        }
    }

    async fn the_csv_the_list_and_the_report_are_the_same_figures(at) {
        fill(at).await;
        let (listed, file) = (all(at, "").await, csv(at, "").await);
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        assert_eq!(report["calls"]["total"], listed.len());
        let sum = |calls: &[Value], field: &str| -> i64 {
            calls.iter().map(|call| match &call[field] {
                Value::String(text) => text.parse::<domain::Money>().unwrap().0,
                number => number.as_i64().unwrap() * domain::money::MICROS,
            }).sum()
        };
        for field in ["talk_time", "blocks"] {
            assert_eq!(sum(&listed, field), report[field].as_i64().unwrap() * domain::money::MICROS, "{field}");
            assert_eq!(sum(&file, field), sum(&listed, field), "{field}");
        }
        let cost = report["cost"].as_str().unwrap().parse::<domain::Money>().unwrap().0;
        assert_eq!((sum(&listed, "cost"), sum(&file, "cost")), (cost, cost));
        for (call, row) in listed.iter().zip(&file) {
            let at = |value: &Value| value.as_str().unwrap().parse::<domain::Timestamp>().unwrap();
            assert_eq!(at(&call["dialed_at"]), at(&row["dialed_at"]));
            assert!(row["dialed_at"].as_str().unwrap().ends_with("+07:00"), "{row}");
            assert_eq!(call["class"], row["class"]);
        }
    }

    async fn a_spreadsheet_reads_the_csv_for_people(at) {
        at.stock().await;
        let record = call("c-1", "kh-1", "2026-11-04T09:15:02.120+07:00", 9_360, Some(47_430), "DY");
        at.post("/api/v1/calls", &json!([record])).await.is(200);
        for (path, id) in [("/api/v1/campaigns/tet/calls", "c-1"), ("/api/v1/calls", "c-1")] {
            let file = Answer::of(at.api(Method::GET, &format!("{path}?header=vi")).header("accept", "text/csv")).await;
            let row = &rows(&file.is(200))[0];
            assert_eq!(row["Mã cuộc gọi"], id);
            assert_eq!((&row["Thời điểm"], &row["Lúc nghe máy"]), (&json!("2026-11-04 09:15:02"), &json!("2026-11-04 09:15:11")));
            assert_eq!((&row["Đàm thoại"], &row["Thời lượng quay số"]), (&json!("0:00:47"), &json!("0:00:09")));
            assert_eq!((&row["Mã chiến dịch"], &row["Chiến dịch"]), (&json!("tet"), &json!("Tết 2027")));
        }
    }

    async fn a_text_can_never_become_a_formula_and_comes_back(at) {
        at.stock().await;
        let mut record = call("=1+1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, None, "NA");
        record["contact"] = json!({"id": "@kh", "phone": "+84901234567", "name": "-2+3\"; x"});
        record["cause"] = json!("=x");
        at.post("/api/v1/calls", &json!([record])).await.is(200);
        let row = &csv(at, "").await[0];
        assert_eq!(row["id"], "'=1+1");
        assert_eq!(row["contact.id"], "'@kh");
        assert_eq!(row["contact.phone"], "'+84901234567");
        assert_eq!(row["contact.name"], "'-2+3\"; x");
        assert_eq!(row["cause"], "'=x");
        let file = Answer::of(at.api(Method::GET, "/api/v1/campaigns/tet/calls").header("accept", "text/csv")).await;
        let zone = domain::time::Zone::new("Asia/Ho_Chi_Minh").unwrap();
        let records: Vec<_> = cdr::read(file.bytes.as_slice(), &cdr::Options::new(zone)).unwrap().map(Result::unwrap).collect();
        let again = serde_json::to_value(&records[0].1).unwrap();
        for field in ["id", "contact", "cause", "result_code"] {
            assert_eq!(again[field], record[field], "{field}");
        }
    }

    async fn a_call_is_shown_as_it_was_sent_with_what_follows_from_it(at) {
        at.stock().await;
        let record = json!({"id": "c/1 ü", "campaign": "tet", "voicebot": "bot",
            "contact": {"id": "kh-1024", "phone": "+84901234567", "name": "Nguyễn Thị Hoa"}, "attempt": 2,
            "dialed_at": "2026-11-04T09:15:02.120+07:00", "answered_at": "2026-11-04T09:15:11.480+07:00",
            "ended_at": "2026-11-04T09:15:58.910+07:00", "result_code": "DY", "hangup_by": "customer", "cause": "16",
            "transcript": [{"at": 0, "speaker": "bot", "text": "Dạ em chào chị."}, {"at": 3100, "speaker": "customer", "text": "Ừ, em nói đi."}],
            "attributes": {"script": "v3"}});
        at.post("/api/v1/calls", &json!([record])).await.is(200);
        let shown = at.get("/api/v1/calls/c%2F1%20%C3%BC").await.is(200).json();
        for field in ["id", "campaign", "voicebot", "contact", "attempt", "result_code", "hangup_by", "cause", "transcript", "attributes"] {
            assert_eq!(shown[field], record[field], "{field}");
        }
        assert_eq!(shown["dialed_at"], "2026-11-04T02:15:02.120Z");
        assert_eq!((&shown["talk_time"], &shown["dial_time"]), (&json!(47_430), &json!(9_360)));
        // 47.43 s at 6 + 1: 43 blocks.
        assert_eq!((&shown["blocks"], &shown["cost"], &shown["priced_by"]), (&json!(43), &json!("115"), &json!("tariff")));
        assert_eq!((&shown["bot_messages"], &shown["recording"], &shown["class"]), (&json!(1), &Value::Null, &json!("success")));
        let listed = at.get("/api/v1/campaigns/tet/calls").await.is(200).json();
        assert_eq!(listed["calls"][0], shown);
        assert_eq!((&listed["total"], &listed["next"]), (&json!(1), &Value::Null));
    }
}
