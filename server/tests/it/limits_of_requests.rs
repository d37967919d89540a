//! What a request brings or asks for, at its limit and one over; what batches and calls cost in memory is in `limits`.

use std::fmt::Write as _;

use domain::{
    HookSource, Role,
    limits::{
        BATCH_BYTES, BATCH_RECORDS, BODY_BYTES, CHOSEN, FORM_BYTES, HOOK_MAPPING_CHARS, HOOK_SECRET_CHARS,
        IMPORT_BYTES, MAPPINGS, PAGE_ROWS, RECORDING_BYTES, RESULT_WORDS, SEARCH_CHARS, TABLE_COLUMNS,
        UPLOADS_OF_AN_ACCOUNT,
    },
};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    harness::{Answer, Harness, both_engines},
    hooks::add_hook,
};

/// Announces a body of so many bytes; gives the status of the answer: 100 where it is to come. What was begun goes on as long as the
/// stream is kept.
async fn announce(at: &Harness, request: &str, kind: &str, bytes: u64) -> (u16, TcpStream) {
    let mut stream = TcpStream::connect(at.address).await.unwrap();
    let mut head = String::new();
    write!(
        head,
        "{request} HTTP/1.1\r\nhost: test\r\nauthorization: Bearer {}\r\nconnection: close\r\ncontent-length: {bytes}\r\n\
         content-type: {kind}\r\nexpect: 100-continue\r\n\r\n",
        at.token
    )
    .unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.unwrap());
    }
    let status = String::from_utf8(answer).unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    (status, stream)
}

/// A JSON body of exactly so many bytes.
fn padded(body: &Value, bytes: usize) -> String {
    let text = body.to_string();
    format!("{}{}}}", text.strip_suffix('}').unwrap(), " ".repeat(bytes - text.len()))
}

both_engines! {
    async fn what_is_announced_as_too_large_is_refused_before_it_comes(at) {
        at.stock().await;
        let call = crate::harness::call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY");
        at.post("/api/v1/calls", &json!([call])).await.is(200);
        for (request, kind, most) in [
            ("POST /api/v1/import?name=x.csv", "text/csv", IMPORT_BYTES),
            ("PUT /api/v1/calls/c-1/recording", "audio/wav", RECORDING_BYTES),
            ("POST /api/v1/calls", "application/json", BATCH_BYTES),
        ] {
            assert_eq!(announce(at, request, kind, most).await.0, 100, "{request}");
            assert_eq!(announce(at, request, kind, most + 1).await.0, 413, "{request}");
        }
    }

    async fn an_account_brings_so_many_files_at_once(at) {
        at.stock().await;
        let mut begun = Vec::new();
        for _ in 0..UPLOADS_OF_AN_ACCOUNT {
            let (status, stream) = announce(at, "POST /api/v1/import?check=true", "text/csv", 1_000).await;
            assert_eq!(status, 100);
            begun.push(stream);
        }
        assert_eq!(announce(at, "POST /api/v1/import?check=true", "text/csv", 1_000).await.0, 429);
    }

    async fn a_body_and_a_form_have_a_size(at) {
        at.stock().await;
        let body = json!({"name": "B"});
        for (bytes, status) in [(BODY_BYTES, 201), (BODY_BYTES + 1, 413)] {
            let request = at.api(Method::PUT, &format!("/api/v1/voicebots/b-{bytes}"));
            let request = request.header("content-type", "application/json").body(padded(&body, bytes));
            assert_eq!(Answer::of(request).await.status.as_u16(), status, "{bytes}");
        }
        for (bytes, is_taken) in [(FORM_BYTES, true), (FORM_BYTES + 1, false)] {
            let begin = "email=x%40cty.vn&password=";
            let form = at.bare(Method::POST, "/sign-in").header("content-type", "application/x-www-form-urlencoded");
            let form = form.body(format!("{begin}{}", "x".repeat(bytes - begin.len())));
            let status = Answer::of(form).await.status.as_u16();
            assert_eq!(status != 413, is_taken, "{bytes}: {status}");
        }
    }

    async fn a_batch_has_so_many_records_and_bytes(at) {
        at.stock().await;
        let post = async |body: String| {
            Answer::of(at.api(Method::POST, "/api/v1/calls").header("content-type", "application/json").body(body)).await
        };
        let records = |count: usize| format!("[{}]", vec!["1"; count].join(","));
        let answer = post(records(BATCH_RECORDS)).await.is(200).json();
        assert_eq!(answer["rejected"], BATCH_RECORDS);
        post(records(BATCH_RECORDS + 1)).await.is_problem(413);
        let blank = |bytes: u64| format!("[{}]", " ".repeat(bytes as usize - 2));
        post(blank(BATCH_BYTES)).await.is(200);
        post(blank(BATCH_BYTES + 1)).await.is_problem(413);
    }

    async fn a_list_and_a_search_have_a_length(at) {
        at.stock().await;
        for path in ["/api/v1/campaigns/tet/calls", "/api/v1/calls", "/api/v1/campaigns/tet/contacts", "/api/v1/campaigns", "/api/v1/imports"] {
            at.get(&format!("{path}?limit={PAGE_ROWS}")).await.is(200);
            at.get(&format!("{path}?limit={}", PAGE_ROWS + 1)).await.names(422, "limit");
        }
        for path in ["/api/v1/campaigns/tet/calls", "/api/v1/calls", "/api/v1/campaigns/tet/contacts", "/api/v1/campaigns"] {
            at.get(&format!("{path}?q={}", "x".repeat(SEARCH_CHARS))).await.is(200);
            at.get(&format!("{path}?q={}", "x".repeat(SEARCH_CHARS + 1))).await.names(422, "q");
        }
    }

    async fn what_an_account_keeps_of_a_kind_has_a_number(at) {
        at.stock().await;
        let words = |count: usize| {
            let words: serde_json::Map<String, Value> = (0..count).map(|n| (format!("w{n}"), json!("NA"))).collect();
            json!({"words": words})
        };
        at.put("/api/v1/result-words", &words(RESULT_WORDS)).await.is(200);
        at.put("/api/v1/result-words", &words(RESULT_WORDS + 1)).await.names(422, "words");
        for n in 0..CHOSEN {
            at.put(&format!("/api/v1/voicebots/v-{n}"), &json!({"name": "V"})).await.is(201);
        }
        at.user("xem@cty.vn", Role::Viewer).await;
        let chosen = |count: usize| json!({"role": "viewer", "voicebots": (0..count).map(|n| format!("v-{n}")).collect::<Vec<_>>()});
        at.put("/api/v1/people/xem@cty.vn", &chosen(CHOSEN)).await.is(200);
        at.put("/api/v1/voicebots/v-500", &json!({"name": "V"})).await.is(201);
        at.put("/api/v1/people/xem@cty.vn", &chosen(CHOSEN + 1)).await.names(422, "voicebots");
        let mapping = "[columns]\nphone = \"SĐT\"\ndialed_at = \"Ngày\"\nresult = \"KQ\"\n";
        let keep = async |n: usize| {
            Answer::of(at.api(Method::PUT, &format!("/api/v1/mappings/m-{n}")).header("content-type", "application/toml").body(mapping)).await
        };
        for n in 0..MAPPINGS {
            keep(n).await.is(201);
        }
        keep(MAPPINGS).await.names(422, "name");
        keep(0).await.is(200);
    }

    async fn a_table_has_so_many_columns(at) {
        at.stock().await;
        let table = |columns: usize| {
            let more = (3..columns).fold(String::new(), |more, n| more + &format!(",c{n}"));
            let cells: String = (3..columns).map(|_| ",x").collect();
            format!("SĐT,Ngày gọi,Trạng thái{more}\n0901234567,04/11/2026 09:15,Nghe máy{cells}\n")
        };
        for (columns, accepted) in [(TABLE_COLUMNS, Some(1)), (TABLE_COLUMNS + 1, None)] {
            let request = at.api(Method::POST, "/api/v1/import?campaign=tet&name=x.csv").body(table(columns));
            let id = Answer::of(request).await.is(202).json()["id"].clone();
            at.run_due("store_import").await;
            let done = at.get(&format!("/api/v1/imports/{id}")).await.is(200).json();
            assert_eq!(done["stored"]["accepted"].as_u64().filter(|count| *count > 0), accepted, "{done}");
            assert_eq!(done.to_string().contains("more than 1,000 columns"), accepted.is_none(), "{done}");
        }
    }

    async fn the_texts_of_a_connection_have_a_length(at) {
        at.stock().await;
        at.user("chu@cty.vn", Role::Owner).await;
        let owner = at.sign_in("chu@cty.vn").await;
        add_hook(&at.server.db, &at.scope, HookSource::Generic, None).await;
        let mut conn = at.server.db.read().await.unwrap();
        let hook = store::hooks::list(&mut conn, &at.scope).await.unwrap()[0].key;
        drop(conn);
        let post = async |path: &str, name: &str, value: String| {
            Answer::of(at.form(&format!("/hooks/{hook}/{path}"), &[(name, &value)]).header("cookie", &owner)).await
        };
        let mapping = |chars: usize| {
            let begin = "[columns]\nid = \"id\"\nphone = \"p\"\ndialed_at = \"d\"\nresult = \"r\"\n#";
            format!("{begin}{}", "x".repeat(chars - begin.len()))
        };
        post("mapping", "mapping", mapping(HOOK_MAPPING_CHARS)).await.is(303);
        post("mapping", "mapping", mapping(HOOK_MAPPING_CHARS + 1)).await.is(422);
        post("secret", "secret", "x".repeat(HOOK_SECRET_CHARS)).await.is(303);
        post("secret", "secret", "x".repeat(HOOK_SECRET_CHARS + 1)).await.is(422);
    }
}
