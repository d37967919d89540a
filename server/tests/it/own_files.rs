//! Files of Ringside's own that are brought in again: what they have no column for stays.

use reqwest::Method;
use serde_json::{Value, json};
use store::jobs::{CheckImport, Payload, StoreImport};

use crate::harness::{Answer, Harness, account, both_engines, call};

/// The media type of a workbook.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

async fn fill(at: &Harness) -> Value {
    at.stock().await;
    let mut told = call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY");
    told["transcript"] =
        json!([{"at": 0, "speaker": "bot", "text": "Xin chào"}, {"at": 900, "speaker": "customer", "text": "Vâng"}]);
    told["attributes"] = json!({"script": "v3", "debt": 120_000, "tags": ["a", "b"]});
    told["contact"]["name"] = json!("=Lan, \"chị\"");
    let mut again = call("c-2", "kh-1", "2026-11-04T10:00:00.120+07:00", 5_000, None, "NA");
    again["cause"] = json!("19");
    let mut by_number = call("c-3", "kh-3", "2026-11-04T11:00:00+07:00", 5_000, Some(61_500), "DY");
    by_number["contact"] = json!({"phone": "0912 345 678"});
    let mut priced = call("c-4", "kh-4", "2026-11-05T11:00:00+07:00", 5_000, Some(61_500), "DY");
    (priced["cost"], priced["attempt"]) = (json!("123.45"), json!(7));
    let under_way = json!({"id": "c-5", "campaign": "tet", "contact": {"id": "kh-5"}, "dialed_at": "2026-11-05T12:00:00+07:00",
        "attributes": {"only": true}});
    at.post("/api/v1/calls", &json!([told, again, by_number, priced, under_way])).await.is(200);
    calls(at).await
}

async fn calls(at: &Harness) -> Value {
    let mut all = Vec::new();
    for n in 1..=5 {
        all.push(at.get(&format!("/api/v1/calls/c-{n}")).await.is(200).json());
    }
    json!(all)
}

/// A file is looked at, then stored; what both say: new, changed, unchanged and rejected.
async fn both(at: &Harness, query: &str, file: impl AsRef<[u8]>) -> [u64; 4] {
    let id = bring(at, &format!("{query}&check=true"), file.as_ref()).await;
    let checked = at.get(&format!("/api/v1/imports/{id}")).await.is(200).json();
    let found = ["new", "changed", "unchanged", "rejected"].map(|count| checked["found"][count].as_u64());
    let id = bring(at, query, file.as_ref()).await;
    let done = at.get(&format!("/api/v1/imports/{id}")).await.is(200).json();
    let stored = ["accepted", "updated", "unchanged", "rejected"].map(|count| done["stored"][count].as_u64());
    assert_eq!(found, stored, "{checked}\n{done}");
    stored.map(|count| count.unwrap_or_else(|| panic!("{done}")))
}

async fn bring(at: &Harness, query: &str, file: &[u8]) -> Value {
    let begun = at.api(Method::POST, &format!("/api/v1/import?{query}")).body(file.to_owned());
    let id = Answer::of(begun).await.is(202).json()["id"].clone();
    for kind in [CheckImport::KIND, StoreImport::KIND] {
        at.run_due(kind).await;
    }
    id
}

async fn csv(at: &Harness) -> String {
    let csv = at.api(Method::GET, "/api/v1/calls?from=2026-11-01&to=2026-11-30").header("accept", "text/csv");
    Answer::of(csv).await.is(200).text()
}

both_engines! {
    async fn the_exported_csv_says_nothing_new(at) {
        let before = fill(at).await;
        let csv = csv(at).await;
        assert!(!csv.contains("Xin chào") && !csv.contains("script"), "{csv}");
        assert_eq!(both(at, "name=a.csv", &csv).await, [0, 0, 5, 0]);
        assert_eq!(calls(at).await, before);
        assert_eq!(both(at, "name=a.csv&campaign=tet", &csv).await, [0, 0, 5, 0]);
        // Two files with one call each, and each call of a file of its own: no portion is like another.
        let (head, rows) = csv.split_once('\n').unwrap();
        for row in rows.lines() {
            assert_eq!(both(at, "name=a.csv", &format!("{head}\n{row}\n")).await, [0, 0, 1, 0], "{row}");
        }
        assert_eq!(calls(at).await, before);
    }

    async fn what_is_corrected_in_the_csv_leaves_the_rest(at) {
        let before = fill(at).await;
        let corrected = csv(at).await.replace(",19,", ",17,").replace("09:00:36.000", "09:00:37.500");
        assert_eq!(both(at, "name=a.csv", &corrected).await, [0, 2, 3, 0]);
        let after = calls(at).await;
        assert_eq!((&after[1]["cause"], &after[0]["talk_time"]), (&json!("17"), &json!(32_500)));
        for (n, field) in [(0, "transcript"), (0, "attributes"), (0, "bot_messages"), (0, "attempt"), (1, "contact"), (1, "attempt")] {
            assert_eq!(after[n][field], before[n][field], "{field}");
        }
        for n in 2..5 {
            assert_eq!(after[n], before[n]);
        }
        assert_eq!(both(at, "name=a.csv", &corrected).await, [0, 0, 5, 0]);
    }

    async fn a_csv_of_some_columns_changes_these_alone(at) {
        let before = fill(at).await;
        let some = "id,campaign,contact.id,dialed_at,attributes.script,attributes.debt\n\
                    c-1,tet,kh-1,2026-11-04T09:00:00+07:00,v4,120000\nc-9,tet,kh-9,2026-11-04T09:00:00+07:00,v4,\n";
        assert_eq!(both(at, "name=a.csv", some).await, [1, 1, 0, 0]);
        let mut expected = before[0].clone();
        expected["attributes"]["script"] = json!("v4");
        assert_eq!(calls(at).await[0], expected);
        // A column that is there and empty says that there is nothing.
        let emptied = "id,campaign,contact.id,dialed_at,transcript\nc-1,tet,kh-1,2026-11-04T09:00:00+07:00,\n";
        assert_eq!(both(at, "name=a.csv", emptied).await, [0, 1, 0, 0]);
        let after = calls(at).await;
        assert_eq!((&after[0]["transcript"], &after[0]["attributes"]), (&Value::Null, &expected["attributes"]));
    }

    async fn an_answer_of_the_api_is_a_file(at) {
        let before = fill(at).await;
        let page = at.get("/api/v1/calls?from=2026-11-01&to=2026-11-30").await.is(200);
        assert_eq!(both(at, "name=page.json", &page.text()).await, [0, 0, 5, 0]);
        let one = at.get("/api/v1/calls/c-1").await.is(200).text();
        assert_eq!(both(at, "name=one.json", &one).await, [0, 0, 1, 0]);
        let lines: Vec<String> = before.as_array().unwrap().iter().map(Value::to_string).collect();
        assert_eq!(both(at, "name=lines.ndjson", &lines.join("\n")).await, [0, 0, 5, 0]);
        assert_eq!(calls(at).await, before);
        // In another account they are new, with all that was said.
        let (_, other) = account(&at.server.db, "Bên kia").await;
        let begun = at.bare(Method::POST, "/api/v1/import?create=true").header("authorization", format!("Bearer {other}"));
        Answer::of(begun.body(page.text())).await.is(202);
        at.run_due(StoreImport::KIND).await;
        let get = at.bare(Method::GET, "/api/v1/calls/c-1").header("authorization", format!("Bearer {other}"));
        let there = Answer::of(get).await.is(200).json();
        for field in ["transcript", "attributes", "talk_time", "contact"] {
            assert_eq!(there[field], before[0][field], "{field}");
        }
    }

    async fn a_table_with_fewer_columns_than_one_before_takes_nothing_away(at) {
        at.stock().await;
        let query = "name=a.csv&campaign=tet&create=true";
        let whole = "call_id,phone,start_time,status,talk,recording,note,hangup_cause,Hạn nợ\n\
                     c1,0912345601,2026-11-04 09:00:00,answered,20,https://a.example/1.mp3,gọi lại,NORMAL_CLEARING,5\n\
                     c2,0912345602,2026-11-04 09:01:00,busy,0,,,USER_BUSY,6\n";
        let calls = async || -> Vec<Value> {
            let mut all = Vec::new();
            for n in 1..=2 {
                all.push(at.get(&format!("/api/v1/calls/table:c{n}")).await.is(200).json());
            }
            all
        };
        assert_eq!(both(at, query, whole).await, [2, 0, 0, 0]);
        let before = calls().await;
        assert_eq!(both(at, query, whole).await, [0, 0, 2, 0]);
        let fewer = "call_id,phone,start_time,status,talk\n\
                     c1,0912345601,2026-11-04 09:00:00,answered,25\nc2,0912345602,2026-11-04 09:01:00,busy,0\n";
        assert_eq!(both(at, query, fewer).await, [0, 1, 1, 0]);
        let after = calls().await;
        assert_eq!((&after[0]["talk_time"], &after[1]), (&json!(25_000), &before[1]));
        for field in ["recording_url", "attributes", "cause"] {
            assert_eq!(after[0][field], before[0][field], "{field}");
        }
        assert_eq!(after[0]["attributes"]["note"], "gọi lại");
    }

    async fn a_masked_file_is_refused_by_row(at) {
        let before = fill(at).await;
        let masked = csv(at).await.replace("0900000001", "0900 ••• 001");
        assert_eq!(both(at, "name=a.csv", &masked).await, [0, 0, 3, 2]);
        assert_eq!(calls(at).await, before);
    }

    async fn the_list_that_people_get_says_nothing_new(at) {
        let before = fill(at).await;
        let list = "/api/v1/calls?from=2026-11-01&to=2026-11-30";
        for language in ["vi", "en"] {
            let asked = at.api(Method::GET, &format!("{list}&header={language}")).header("accept", "text/csv");
            let csv = Answer::of(asked).await.is(200).text();
            // The call that goes on is in it, and tells nothing.
            assert_eq!(both(at, "name=a.csv", &csv).await, [0, 0, 4, 0], "{csv}");
            let mut is_quoted = false;
            let with_semicolons: String = csv
                .chars()
                .map(|c| {
                    is_quoted ^= c == '"';
                    if c == ',' && !is_quoted { ';' } else { c }
                })
                .collect();
            assert_eq!(both(at, "name=a.csv", &with_semicolons).await, [0, 0, 4, 0], "{with_semicolons}");
        }
        let asked = at.api(Method::GET, list).header("accept", XLSX);
        let workbook = Answer::of(asked).await.is(200).bytes;
        assert_eq!(both(at, "name=a.xlsx", &workbook).await, [0, 0, 4, 0]);
        assert_eq!(calls(at).await, before);
        let asked = at.api(Method::GET, &format!("{list}&header=vi")).header("accept", "text/csv");
        let corrected = Answer::of(asked).await.is(200).text().replace("09:00:36", "09:00:40");
        assert_eq!(both(at, "name=a.csv", &corrected).await, [0, 1, 3, 0]);
        let after = calls(at).await;
        assert_eq!((&after[0]["talk_time"], &after[0]["transcript"]), (&json!(35_000), &before[0]["transcript"]));
        assert_eq!((&after[0]["attributes"], &after[1]), (&before[0]["attributes"], &before[1]));
    }
}
