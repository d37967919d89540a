//! Batches of calls: every shape they may have, and what becomes of each record.

use std::sync::Mutex;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Harness, account, both_engines, call, gzip, zstd};

const NINE: &str = "2026-11-04T09:00:00+07:00";

async fn post(at: &Harness, media: &str, encoding: Option<&str>, body: Vec<u8>) -> Answer {
    let mut request = at.api(Method::POST, "/api/v1/calls").header("content-type", media).body(body);
    if let Some(encoding) = encoding {
        request = request.header("content-encoding", encoding);
    }
    Answer::of(request).await
}

fn counts(answer: &Value) -> [u64; 4] {
    ["accepted", "updated", "unchanged", "rejected"].map(|count| answer[count].as_u64().unwrap())
}

/// Resolves once somebody has the connection that writes; on PostgreSQL, any.
async fn somebody_writes(at: &Harness) {
    let is_writing = || at.server.db.pools().last().is_some_and(|pool| pool.idle < pool.open);
    while !is_writing() {
        tokio::task::yield_now().await;
    }
}

both_engines! {
    /// What another account writes while a large batch is stored does not wait for its end.
    async fn who_writes_goes_between_the_portions_of_a_large_batch(at) {
        at.stock().await;
        let (_, token) = account(&at.server.db, "Bên cạnh").await;
        let calls: Vec<Value> =
            (0..12_000).map(|n| call(&format!("c-{n}"), &format!("kh-{n}"), NINE, 5_000, Some(9_000), "DY")).collect();
        let contacts: Vec<Value> = (0..12_000).map(|n| json!({"id": format!("list-{n}"), "phone": format!("09{n:08}")})).collect();
        for (path, records) in [("/api/v1/calls", calls), ("/api/v1/campaigns/tet/contacts", contacts)] {
            let ended = Mutex::new(Vec::new());
            let batch = async {
                let answer = at.post(path, &json!(records)).await.is(200).json();
                assert_eq!(counts(&answer), [12_000, 0, 0, 0]);
                ended.lock().unwrap().push("batch");
            };
            let neighbour = async {
                somebody_writes(at).await;
                let request = at.bare(Method::PUT, "/api/v1/voicebots/bot").header("authorization", format!("Bearer {token}"));
                let body = json!({"name": path}).to_string();
                assert!(Answer::of(request.header("content-type", "application/json").body(body)).await.status.is_success());
                ended.lock().unwrap().push("neighbour");
            };
            futures::join!(batch, neighbour);
            assert_eq!(ended.into_inner().unwrap(), ["neighbour", "batch"], "{path}");
            let answer = at.post(path, &json!(records)).await.is(200).json();
            assert_eq!(counts(&answer), [0, 0, 12_000, 0], "it is there, each record once");
        }
        assert_eq!(at.get("/api/v1/campaigns/tet/report").await.is(200).json()["calls"]["total"], 12_000);
    }

    async fn a_batch_may_be_an_array_or_lines_and_packed(at) {
        at.stock().await;
        let calls: Vec<Value> =
            (0..30).map(|n| call(&format!("c-{n}"), &format!("kh-{n}"), NINE, 5_000, Some(n * 1_000), "DY")).collect();
        let array = json!(calls).to_string().into_bytes();
        let lines = calls.iter().map(Value::to_string).collect::<Vec<_>>().join("\n").into_bytes();
        let answer = post(at, "application/json", None, array.clone()).await.is(200).json();
        assert_eq!(counts(&answer), [30, 0, 0, 0]);
        for (media, encoding, body) in [
            ("application/json; charset=utf-8", None, array.clone()),
            ("application/json", Some("gzip"), gzip(&array).await),
            ("application/json", Some("zstd"), zstd(&array).await),
            ("application/x-ndjson", None, lines.clone()),
            ("application/x-ndjson", Some("gzip"), gzip(&lines).await),
            ("application/x-ndjson", Some("zstd"), zstd(&lines).await),
        ] {
            let answer = post(at, media, encoding, body).await.is(200).json();
            assert_eq!(counts(&answer), [0, 0, 30, 0], "{media} {encoding:?}");
        }
        assert_eq!(at.get("/api/v1/campaigns/tet/report").await.json()["calls"]["total"], 30);
    }

    async fn a_bad_record_is_named_and_the_others_are_stored(at) {
        at.stock().await;
        let good = call("good", "kh-1", NINE, 5_000, Some(31_000), "DY");
        let with = |change: Value| {
            let mut record = call("bad", "kh-2", NINE, 5_000, Some(31_000), "DY");
            record.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            record
        };
        let cases = [
            (with(json!({"colour": "red"})), "colour"),
            (with(json!({"attempt": "two"})), "attempt"),
            (with(json!({"attempt": 0})), "attempt"),
            (with(json!({"id": "x".repeat(129)})), "id"),
            (with(json!({"id": null})), "id"),
            (with(json!({"dialed_at": "2026-11-04 09:00:00"})), "dialed_at"),
            (with(json!({"dialed_at": 1_793_757_600})), "dialed_at"),
            (with(json!({"contact": {"phone": "8.4901E+10"}})), "contact.phone"),
            (with(json!({"ended_at": "2026-11-04T08:59:00+07:00"})), "ended_at"),
            (with(json!({"ended_at": "2026-11-05T09:00:01+07:00"})), "ended_at"),
            (with(json!({"answered_at": "2026-11-04T08:59:00+07:00"})), "answered_at"),
            (with(json!({"answered_at": null})), "answered_at"),
            (with(json!({"result_code": null})), "result_code"),
            (with(json!({"contact": {}})), "contact"),
            (with(json!({"contact": {"phone": "1", "fax": "2"}})), "contact.fax"),
            (with(json!({"campaign": "unknown"})), "campaign"),
            (with(json!({"cost": "1,5"})), "cost"),
            (with(json!({"cost": 1.5})), "cost"),
            (with(json!({"hangup_by": "dog"})), "hangup_by"),
            (with(json!({"transcript": [{"at": 0, "speaker": "bot", "text": 5}]})), "transcript[0].text"),
            (with(json!({"recording_url": "ftp://x"})), "recording_url"),
            (json!(5), "body"),
            (json!("text"), "body"),
        ];
        let mut batch: Vec<Value> = cases.iter().map(|(record, _)| record.clone()).collect();
        batch.push(good);
        let answer = at.post("/api/v1/calls", &json!(batch)).await.is(200).json();
        assert_eq!(counts(&answer), [1, 0, 0, cases.len() as u64], "{answer:#}");
        for (index, (record, field)) in cases.iter().enumerate() {
            let error = answer["errors"].as_array().unwrap().iter().find(|error| error["index"] == index);
            let error = error.unwrap_or_else(|| panic!("{record} has no error"));
            assert_eq!(error["field"], *field, "{record}: {error}");
            assert!(!error["reason"].as_str().unwrap().contains("line 1"), "{error}");
        }
        let errors = answer["errors"].as_array().unwrap();
        assert_eq!(errors[0]["id"], "bad");
        assert!(errors.windows(2).all(|pair| pair[0]["index"].as_u64() <= pair[1]["index"].as_u64()));
        at.get("/api/v1/calls/good").await.is(200);
        at.get("/api/v1/calls/bad").await.is_problem(404);
    }

    async fn a_line_that_is_no_json_stands_for_itself_and_in_an_array_for_all(at) {
        at.stock().await;
        let good = call("good", "kh-1", NINE, 5_000, None, "NA").to_string();
        let lines = format!("{good}\nnonsense\n{{\"id\": \n");
        let answer = post(at, "application/x-ndjson", None, lines.into_bytes()).await.is(200).json();
        assert_eq!(counts(&answer), [1, 0, 0, 2], "{answer}");
        assert_eq!((&answer["errors"][0]["index"], &answer["errors"][0]["field"]), (&json!(1), &json!("body")));

        let other = call("other", "kh-1", NINE, 5_000, None, "NA").to_string();
        let broken = format!("[{other},nonsense]");
        let problem = post(at, "application/json", None, broken.into_bytes()).await.is_problem(400);
        assert!(problem["detail"].as_str().unwrap().contains("record 1"), "{problem}");
        at.get("/api/v1/calls/other").await.is_problem(404);
    }

    async fn a_corrected_call_replaces_the_old_one_and_moves_the_report(at) {
        at.stock().await;
        at.post("/api/v1/calls", &json!([call("c-1", "kh-1", NINE, 5_000, Some(31_000), "DY")])).await.is(200);
        let answer = at.post("/api/v1/calls", &json!([call("c-1", "kh-1", NINE, 20_000, None, "BS")])).await.is(200).json();
        assert_eq!(counts(&answer), [0, 1, 0, 0]);
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        assert_eq!(report["calls"], json!({"total": 1, "answered": 0, "success": 0, "failed": 1, "error": 0, "in_progress": 0}));
        assert_eq!((&report["blocks"], &report["cost"]), (&json!(0), &json!("0")));
        let odd = json!([{"id": "c-2", "campaign": "tet", "contact": {"phone": "1"}, "dialed_at": NINE,
            "answered_at": "2026-11-04T09:00:05+07:00", "ended_at": "2026-11-04T09:00:09+07:00", "result_code": "CU"}]);
        let answer = at.post("/api/v1/calls", &odd).await.is(200).json();
        assert_eq!((counts(&answer), &answer["warnings"][0]["field"]), ([1, 0, 0, 0], &json!("answered_at")));
    }

    async fn limits_hold_for_what_is_unpacked_and_nothing_is_stored(at) {
        at.stock().await;
        // 200 MiB of blanks in 200 KiB.
        let mut bomb = b"[".to_vec();
        bomb.resize(200 * 1024 * 1024, b' ');
        for (encoding, body) in [("gzip", gzip(&bomb).await), ("zstd", zstd(&bomb).await)] {
            assert!(body.len() < 1024 * 1024);
            post(at, "application/json", Some(encoding), body).await.is_problem(413);
        }
        let records = vec!["1"; 100_001].join(",");
        let problem = post(at, "application/json", None, format!("[{records}]").into_bytes()).await.is_problem(413);
        assert!(problem["detail"].as_str().unwrap().contains("100,000"), "{problem}");
        post(at, "application/json", Some("gzip"), b"no gzip at all".to_vec()).await.is_problem(400);
        post(at, "application/json", Some("br"), b"[]".to_vec()).await.is_problem(415);
        post(at, "text/csv", None, b"id,campaign".to_vec()).await.is_problem(415);
        let empty = post(at, "application/json", None, b"[]".to_vec()).await.is(200).json();
        assert_eq!(counts(&empty), [0; 4]);
    }
}
