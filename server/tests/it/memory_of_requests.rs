//! What the largest requests of each kind cost the server in memory: webhooks, files, exports, signing in, searches, recordings,
//! calls of which much was said, and accounts of many campaigns. Batches and pages of calls are in `limits`.

use std::fmt::Write as _;

use domain::{HookSource, Role, limits::HOOK_BYTES};
use futures::{StreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};
use store::jobs::{BuildLargeExport, Payload, ReadHooks};

use crate::{
    harness::{Answer, Harness, PASSWORD, both_engines, call, gzip, wav},
    hooks::add_hook,
    memory::{import, within_memory},
    samples::flac,
    strangers::call_function,
};

const NINE: &str = "2026-11-04T09:00:00+07:00";

/// Objects that take as much memory for their text as any: about so many bytes of a list of them.
fn objects(bytes: usize) -> String {
    format!("[{}{{}}]", "{\"\":0},".repeat(bytes / 7))
}

/// Calls as lines of JSON, each of a customer of its own.
fn lines(calls: std::ops::Range<usize>, change: impl Fn(usize, &mut Value)) -> String {
    calls.fold(String::new(), |mut lines, n| {
        let mut record = call(&format!("c-{n}"), &format!("kh-{n}"), NINE, 4_000, Some(9_000), "DY");
        change(n, &mut record);
        writeln!(lines, "{record}").unwrap();
        lines
    })
}

async fn signed_in(at: &Harness) -> String {
    at.user("chu@cty.vn", Role::Owner).await;
    at.sign_in("chu@cty.vn").await
}

async fn page(at: &Harness, path: &str, cookie: &str) -> Answer {
    Answer::of(at.signed(Method::GET, path, cookie).header("accept", "text/html")).await.is(200)
}

both_engines! {
    async fn no_webhook_costs_much_memory(at) {
        at.stock().await;
        for (source, begin) in [
            (HookSource::Vapi, r#"{"message":{"type":"end-of-call-report","call":{"id":"c","metadata":{"k":OBJECTS}},"artifact":{"messages":OBJECTS}}}"#),
            (HookSource::Retell, r#"{"event":"call_analyzed","call":{"call_id":"c","metadata":OBJECTS,"transcript_object":OBJECTS}}"#),
            (HookSource::Generic, r#"{"data":{"id":"c","product":OBJECTS,"more":OBJECTS}}"#),
        ] {
            let path = add_hook(&at.server.db, &at.scope, source, None).await;
            let body = begin.replace("OBJECTS", &objects((HOOK_BYTES as usize - 1_000) / 2));
            assert!(body.len() > HOOK_BYTES as usize * 9 / 10 && body.len() <= HOOK_BYTES as usize);
            let send = at.bare(Method::POST, &path).header("content-type", "application/json").body(body);
            within_memory(&format!("a webhook of {source:?}"), async {
                Answer::of(send).await.is(200);
                at.run_due(ReadHooks::KIND).await;
            }).await;
        }
    }

    async fn no_file_of_calls_costs_much_memory_whatever_is_in_it(at) {
        at.stock().await;
        let own = lines(0..1, |_, record| record["attributes"] = json!({"k": "OBJECTS"}));
        let own = own.replace("\"OBJECTS\"", &objects(4_000_000));
        let retell = format!(
            r#"[{{"call_id":"c","agent_id":"a","call_status":"ended","start_timestamp":1793758511000,"to_number":"0901234567","metadata":{0},"transcript_object":{0}}}]"#,
            objects(2_000_000)
        );
        let vapi = format!(
            r#"[{{"id":"c","assistantId":"a","startedAt":"2026-11-04T02:15:11.480Z","endedAt":"2026-11-04T02:15:58.910Z","customer":{{"number":"0901234567"}},"metadata":{{"k":{0}}},"artifact":{{"messages":{0}}}}}]"#,
            objects(2_000_000)
        );
        let cell = format!("SĐT,Ngày gọi,Trạng thái,Ghi chú\n0901234567,04/11/2026 09:15,Nghe máy,\"{}\"\n", "x".repeat(8_000_000));
        let rows = (0..300).fold("SĐT,Ngày gọi,Trạng thái".to_owned(), |head, n| head + &format!(",cột {n}")) + "\n";
        let wide = (0..2_000).fold(rows, |rows, n| rows + &format!("09{n:08},04/11/2026 09:15,Nghe máy{}\n", ",giá trị".repeat(300)));
        for (name, file) in [("own.ndjson", own), ("retell.json", retell), ("vapi.json", vapi), ("cell.csv", cell), ("wide.csv", wide)] {
            let query = format!("name={name}&campaign=tet");
            // What is sent counts, and is far less.
            within_memory(name, import(at, &query, file)).await;
        }
    }

    /// Rows are kept until one tells which of two numbers is the day, and turns until their call comes.
    async fn no_table_that_is_read_ahead_costs_much_memory(at) {
        at.stock().await;
        let head = "SĐT,Ngày gọi,Trạng thái";
        let row = |n: usize| format!("09{n:08},04/11/2026 09:15,Nghe máy");
        let table = |columns: usize, rows: usize, cell: &str| {
            let head = (0..columns).fold(head.to_owned(), |head, n| head + &format!(",cột {n}")) + "\n";
            (0..rows).fold(head, |rows, n| rows + &row(n) + &cell.repeat(columns) + "\n")
        };
        let long = || table(1, 30, &format!(",{}", "x".repeat(4_000_000)));
        let objects = || {
            let more = "x".repeat(4_000_000);
            let one = |n: usize| json!({"phone": format!("09{n:08}"), "dialed_at": "04/11/2026 09:15", "status": "Nghe máy", "more": more});
            format!("[{}]", (0..30).map(|n| one(n).to_string()).collect::<Vec<_>>().join(","))
        };
        let turns = || {
            let calls = (0..100).fold("Mã cuộc gọi,SĐT,Ngày gọi,Trạng thái,Thời lượng\n".to_owned(), |rows, n| {
                rows + &format!("c-{n},09{n:08},04/11/2026 09:15:0{},Nghe máy,10\nc-{n},04/11/2026 09:15:05,vâng\n", n % 10)
            });
            let said = format!("04/11/2026 09:15:06,{}\n", "x".repeat(400_000));
            (0..300).fold(calls, |rows, n| rows + &format!("c-{n},{said}"))
        };
        // Each is made when it is its turn, and sent packed: nothing of it is counted.
        for (name, file, taken) in [
            // Three times as wide as what is kept of a call, as wide as that, and as wide as a table may be.
            ("wide.csv", &(|| table(300, 4_000, ",giá trị")) as &dyn Fn() -> String, 0),
            ("narrow.csv", &|| table(90, 4_000, ",1"), 4_000),
            ("empty.csv", &|| table(900, 8_000, ","), 8_000),
            ("long.csv", &long, 0),
            ("objects.json", &objects, 0),
            ("turns.csv", &turns, 0),
        ] {
            let packed = gzip(file().as_bytes()).await;
            let done = within_memory(name, import(at, &format!("name={name}.gz&campaign=tet"), packed)).await;
            assert!(taken == 0 || done["stored"]["accepted"] == taken, "{name}: {done}");
        }
    }

    async fn no_call_of_which_much_was_said_costs_much_memory(at) {
        at.stock().await;
        let cookie = signed_in(at).await;
        // As long as a record of a file may be.
        let said = "ơ".repeat(1_500);
        let talks = |_: usize, record: &mut Value| {
            record["transcript"] = (0..5_000).map(|n| json!({"at": n, "speaker": "bot", "text": said})).collect();
        };
        for n in 0..20 {
            import(at, "name=x.ndjson&campaign=tet", lines(n..n + 1, talks)).await;
        }
        let total = at.get("/api/v1/campaigns/tet/calls?limit=1").await.is(200).json()["total"].clone();
        assert_eq!(total, 20);
        within_memory("the API's call", at.get("/api/v1/calls/c-0")).await.is(200);
        within_memory("the API's page", at.get("/api/v1/campaigns/tet/calls?limit=1000")).await.is(200);
        within_memory("the page of the list", page(at, "/campaigns/tet/calls", &cookie)).await;
        within_memory("the opened call", page(at, "/campaigns/tet/calls?call=c-0", &cookie)).await;
        let arguments = [("campaign", "tet"), ("call", "c-0")];
        within_memory("the opened call of a script", call_function(at, "/fn/opened-call", &arguments, &cookie)).await.is(200);
        within_memory("the CSV", async {
            let response = at.api(Method::GET, "/api/v1/campaigns/tet/calls").header("accept", "text/csv").send().await.unwrap();
            let mut bytes = response.bytes_stream();
            while let Some(chunk) = bytes.next().await {
                chunk.unwrap();
            }
        }).await;
        within_memory("the workbook", at.api(Method::GET, "/api/v1/campaigns/tet/calls").header("accept", server::files::XLSX).send()).await.unwrap();
        // A correction reads what is stored.
        within_memory("a correction", import(at, "name=x.ndjson&campaign=tet", lines(0..1, |_, record| record["cause"] = json!("16")))).await;
    }

    async fn no_list_file_or_search_of_many_calls_costs_much_memory(at) {
        at.stock().await;
        let cookie = signed_in(at).await;
        let named = |n: usize, record: &mut Value| {
            record["contact"]["name"] = json!(format!("Nguyễn Thị {n} {}", "ễ".repeat(100)));
        };
        let stored = import(at, "name=x.ndjson&campaign=tet", lines(0..30_000, named)).await;
        assert_eq!(stored["stored"]["accepted"], 30_000, "{stored}");
        for path in ["/campaigns/tet/calls?q=thi", "/calls?q=29999&attempt=1", "/campaigns/tet/customers?q=nguyen", "/campaigns/tet", "/statistics"] {
            within_memory(path, page(at, path, &cookie)).await;
        }
        for path in ["/api/v1/campaigns/tet/calls", "/api/v1/calls", "/api/v1/campaigns/tet/contacts"] {
            within_memory(&format!("the CSV of {path}"), async {
                let response = at.api(Method::GET, path).header("accept", "text/csv").send().await.unwrap();
                assert_eq!(response.status(), 200);
                let mut bytes = response.bytes_stream();
                while let Some(chunk) = bytes.next().await {
                    chunk.unwrap();
                }
            }).await;
        }
        within_memory("an export", async {
            let asked = at.signed(Method::GET, "/campaigns/tet/calls.xlsx", &cookie).header("accept", "application/json");
            Answer::of(asked).await.is(202);
            assert_eq!(at.run_due(BuildLargeExport::KIND).await, 1);
        }).await;
        within_memory("the workbook of customers", async {
            Answer::of(at.signed(Method::GET, "/campaigns/tet/customers.xlsx", &cookie)).await.is(200)
        }).await;
    }

    async fn no_number_of_attempts_to_sign_in_costs_much_memory(at) {
        at.user("lan@cty.vn", Role::Viewer).await;
        within_memory("signing in", async {
            let attempts = (0..64).map(|n| {
                let request = at.form("/sign-in", &[("email", "lan@cty.vn"), ("password", if n % 2 == 0 { PASSWORD } else { "wrong" })]);
                Answer::of(request.header("x-forwarded-for", format!("198.51.100.{n}")))
            });
            let answers: Vec<_> = stream::iter(attempts).buffer_unordered(64).collect().await;
            assert!(answers.iter().all(|answer| answer.status == 303));
        }).await;
    }

    async fn no_recording_costs_much_memory(at) {
        at.stock().await;
        at.post("/api/v1/calls", &json!([call("c-1", "kh-1", NINE, 5_000, Some(31_000), "DY")])).await.is(200);
        let cookie = signed_in(at).await;
        // Small, with hours of sound in it; and large.
        let hours = flac(0, 65_535, 5_000);
        let long = wav(1_200);
        let mut raw = wav(1_200).split_off(44);
        raw.truncate(4_000_000);
        for (what, media, query, file) in [
            ("hours in a small file", "audio/flac", "", hours),
            ("a long recording", "audio/wav", "", long),
            ("one that is converted", "audio/basic", "?name=x.g722", raw),
        ] {
            let bytes = file.len();
            let send = at.api(Method::PUT, &format!("/api/v1/calls/c-1/recording{query}")).header("content-type", media);
            let answer = within_memory(what, Answer::of(send.body(file))).await;
            assert!(answer.status.is_success(), "{what}, {bytes} bytes: {}", answer.text());
            within_memory("the same read back", async {
                let response = at.signed(Method::GET, "/calls/c-1/recording", &cookie).send().await.unwrap();
                assert_eq!(response.status(), 200);
                let mut bytes = response.bytes_stream();
                while let Some(chunk) = bytes.next().await {
                    chunk.unwrap();
                }
            }).await;
        }
    }

    async fn no_page_or_file_of_an_account_of_many_campaigns_costs_much_memory(at) {
        at.stock().await;
        let cookie = signed_in(at).await;
        let own = |n: usize, record: &mut Value| record["campaign"] = json!(format!("chien-dich-{n}"));
        let stored = import(at, "name=x.ndjson&create=true", lines(0..10_000, own)).await;
        assert_eq!(stored["stored"]["accepted"], 10_000, "{stored}");
        for path in ["/campaigns", "/usage", "/statistics", "/calls", "/settings/campaigns", "/settings/people", "/import", "/hooks"] {
            let shown = within_memory(path, page(at, path, &cookie)).await;
            assert!(shown.bytes.len() < 2_000_000, "{path}: {} bytes", shown.bytes.len());
        }
        for path in ["/usage.csv", "/usage.xlsx", "/statistics.csv", "/statistics.xlsx", "/campaigns.csv"] {
            within_memory(path, Answer::of(at.signed(Method::GET, path, &cookie))).await.is(200);
        }
        for path in ["/api/v1/usage", "/api/v1/campaigns?limit=1000"] {
            within_memory(path, at.get(path)).await.is(200);
        }
    }
}
