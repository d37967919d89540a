//! How large anything may be: each limit at its value and one over, and what the largest requests cost the server in memory.

use std::{fmt::Write as _, time::Duration};

use domain::{
    Role,
    limits::{ATTRIBUTES_BYTES, ERRORS_PER_ANSWER, PAGE_DETAIL_BYTES, RECORD_BYTES, WAITING_BATCHES_OF_AN_ACCOUNT},
};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    harness::{Answer, Harness, account, both_engines, call, gzip},
    memory::within_memory,
};

const NINE: &str = "2026-11-04T09:00:00+07:00";

async fn post_packed(at: &Harness, body: Vec<u8>) -> Answer {
    let request = at.api(Method::POST, "/api/v1/calls").header("content-type", "application/json");
    Answer::of(request.header("content-encoding", "gzip").body(body)).await
}

fn with_attributes(id: usize, attributes: &str) -> String {
    format!(
        r#"{{"id":"c-{id}","campaign":"tet","contact":{{"id":"kh-1"}},"dialed_at":"{NINE}","attributes":{attributes}}}"#
    )
}

fn array_of(records: impl Iterator<Item = String>) -> Vec<u8> {
    let records: Vec<String> = records.collect();
    format!("[{}]", records.join(",")).into_bytes()
}

both_engines! {
    async fn a_record_is_taken_at_its_limit_and_refused_one_byte_over(at) {
        at.stock().await;
        let padded = |id: &str, bytes: usize| {
            let record = call(id, "kh-1", NINE, 5_000, None, "NA").to_string();
            format!("{}{}}}", record.strip_suffix('}').unwrap(), " ".repeat(bytes - record.len()))
        };
        let body = format!("[{},{},{}]", padded("at", RECORD_BYTES), padded("over", RECORD_BYTES + 1), padded("next", 1_000));
        let answer = at.api(Method::POST, "/api/v1/calls").header("content-type", "application/json").body(body);
        let answer = Answer::of(answer).await.is(200).json();
        assert_eq!((&answer["accepted"], &answer["rejected"]), (&json!(2), &json!(1)), "{answer}");
        let error = &answer["errors"][0];
        assert_eq!((&error["index"], &error["field"]), (&json!(1), &json!("body")));
        assert!(error["reason"].as_str().unwrap().contains("1 MiB"), "{error}");
    }

    async fn an_answer_describes_the_first_errors_and_counts_all(at) {
        at.stock().await;
        let bad = |count: usize| array_of((0..count).map(|n| format!("{{\"id\":\"c-{n}\"}}")));
        for (count, described) in [(ERRORS_PER_ANSWER, ERRORS_PER_ANSWER), (ERRORS_PER_ANSWER + 1, ERRORS_PER_ANSWER)] {
            let answer = post_packed(at, gzip(&bad(count)).await).await.is(200).json();
            assert_eq!(answer["rejected"], count);
            let errors = answer["errors"].as_array().unwrap();
            assert_eq!(errors.len(), described);
            assert!(errors.iter().enumerate().all(|(n, error)| error["index"] == n), "those of the first records");
            assert_eq!(answer["errors_left_out"], count - described);
        }
        // One that breaks a rule with every line.
        let lines: Vec<Value> = (0..2_000).map(|_| json!({"at": -1, "speaker": "bot", "text": ""})).collect();
        let mut record = call("many", "kh-1", NINE, 5_000, None, "NA");
        record["transcript"] = json!(lines);
        let answer = at.post("/api/v1/calls", &json!([record])).await.is(200).json();
        assert_eq!((&answer["rejected"], answer["errors"].as_array().unwrap().len()), (&json!(1), 10));
    }

    async fn what_a_sender_wrote_is_repeated_in_part(at) {
        at.stock().await;
        let long = "x".repeat(500_000);
        let in_batch = json!([{"id": "c", (long.clone()): 1}, {"id": "d", "hangup_by": long}, {"id": long}]);
        let answer = at.post("/api/v1/calls", &in_batch).await.is(200);
        assert_eq!(answer.json()["rejected"], 3);
        assert!(answer.bytes.len() < 5_000, "{} bytes", answer.bytes.len());
        let alone = at.put("/api/v1/voicebots/b", &json!({"name": "B", (long.clone()): 1})).await;
        alone.is_problem(422);
        assert!(alone.bytes.len() < 5_000, "{} bytes", alone.bytes.len());
    }

    async fn no_batch_costs_much_memory(at) {
        at.stock().await;
        // Warm: connections, statements, threads.
        at.post("/api/v1/calls", &json!([call("warm", "kh-1", NINE, 5_000, None, "NA")])).await.is(200);

        // 64 MiB of zeros in a list, in a few kilobytes.
        let zeros = format!("[{}]", with_attributes(0, &format!("{{\"k\":[{}0]}}", "0,".repeat(31_000_000))));
        let zeros = gzip(zeros.as_bytes()).await;
        let answer = within_memory("a list of zeros", post_packed(at, zeros)).await.is(200).json();
        assert_eq!(answer["rejected"], 1, "{answer}");

        // What takes most memory for its text, in records that are small enough.
        let objects = array_of((0..60).map(|n| with_attributes(n, &format!("{{\"k\":[{}{{}}]}}", "{\"\":0},".repeat(120_000)))));
        let objects = gzip(&objects).await;
        let answer = within_memory("lists of objects", post_packed(at, objects)).await.is(200).json();
        assert_eq!(answer["rejected"], 60);
        assert!(answer["errors"][0]["reason"].as_str().unwrap().contains("64 KiB"), "{answer}");

        // Bad records that each repeat much.
        let bad = array_of((0..100_000).map(|n| format!("{{\"id\":\"c-{n}\",\"{}\":1}}", "y".repeat(600))));
        let bad = gzip(&bad).await;
        let answer = within_memory("bad records", post_packed(at, bad)).await.is(200);
        assert!(answer.bytes.len() < 1_000_000);
        assert_eq!((&answer.json()["rejected"], &answer.json()["errors_left_out"]), (&json!(100_000), &json!(99_000)));
    }

    async fn no_file_of_calls_costs_much_memory(at) {
        at.stock().await;
        // Calls in which much was said, and many in which nothing was.
        let line = "x".repeat(9_000);
        let talkative = (0..1_500).map(|n| {
            let mut record = call(&format!("t-{n}"), "kh-1", "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), "DY");
            record["transcript"] = json!((0..5).map(|at| json!({"at": at, "speaker": "bot", "text": line})).collect::<Vec<_>>());
            record.to_string()
        });
        let short = (0..60_000).map(|n| {
            call(&format!("s-{n}"), &format!("kh-{n}"), "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), "DY").to_string()
        });
        for (name, file) in [("talkative", talkative.collect::<Vec<_>>().join("\n")), ("short", short.collect::<Vec<_>>().join("\n"))] {
            let calls = file.lines().count();
            let answer = within_memory(name, async {
                let request = at.api(Method::POST, "/api/v1/import?campaign=tet").body(file);
                let id = Answer::of(request).await.is(202).json()["id"].clone();
                at.run_due("store_import").await;
                at.get(&format!("/api/v1/imports/{id}")).await.is(200).json()
            });
            assert_eq!(answer.await["stored"]["accepted"], calls);
        }
    }

    async fn a_page_of_calls_ends_where_its_details_grow_large(at) {
        at.stock().await;
        // As large as attributes may be: by their text, and by what they take in memory.
        let text = format!("{{\"k\":\"{}\"}}", "z".repeat(ATTRIBUTES_BYTES - 33));
        let objects = format!("{{\"k\":[{}{{}}]}}", "{\"\":0},".repeat(115));
        for (attributes, pages) in [(text, 1 + 300 * ATTRIBUTES_BYTES / PAGE_DETAIL_BYTES), (objects, 1)] {
            let batch = gzip(&array_of((0..300).map(|n| with_attributes(n, &attributes)))).await;
            let answer = within_memory("attributes at their limit", post_packed(at, batch)).await.is(200).json();
            assert_eq!(answer["rejected"], 0, "{answer}");
            let (mut seen, mut cursor) = (vec![], String::new());
            for page in 1.. {
                let path = format!("/api/v1/campaigns/tet/calls?limit=1000{cursor}");
                let page_of_calls = within_memory("a page of calls", at.get(&path)).await.is(200);
                assert!(page_of_calls.bytes.len() < 2 * PAGE_DETAIL_BYTES);
                let answer = page_of_calls.json();
                assert_eq!(answer["total"], 300);
                let calls = answer["calls"].as_array().unwrap();
                assert!(calls.iter().all(|call| call["attributes"]["k"] != json!(null)));
                seen.extend(calls.iter().map(|call| call["id"].as_str().unwrap().to_owned()));
                let Some(next) = answer["next"].as_str() else {
                    assert_eq!(page, pages);
                    break;
                };
                cursor = format!("&cursor={next}");
            }
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), 300, "each once");
        }
    }

    async fn a_range_has_an_end(at) {
        at.stock().await;
        at.post("/api/v1/calls", &json!([call("c", "kh-1", NINE, 5_000, Some(31_000), "DY")])).await.is(200);
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let page = async |path: &str| Answer::of(at.signed(Method::GET, path, &cookie).header("accept", "text/html")).await;
        // Ten years, of which some have three leap days, and a day more than those.
        let (at_the_limit, over, ever) =
            ("from=2017-01-01&to=2026-12-31", "from=2016-12-30&to=2026-12-31", "from=1970-01-01&to=2199-12-31");
        for path in ["/api/v1/campaigns/tet/report", "/api/v1/campaigns/tet/calls", "/api/v1/calls", "/api/v1/usage", "/api/v1/campaigns"] {
            at.get(&format!("{path}?{at_the_limit}")).await.is(200);
            at.get(&format!("{path}?{over}")).await.names(422, "to");
            at.get(&format!("{path}?{ever}")).await.names(422, "to");
        }
        for path in ["/campaigns/tet", "/campaigns/tet/calls", "/calls", "/campaigns", "/statistics", "/compare"] {
            let shown = page(&format!("{path}?{at_the_limit}")).await.is(200);
            assert!(shown.bytes.len() < 500_000, "{path}: {} bytes", shown.bytes.len());
            let refused = page(&format!("{path}?{ever}")).await;
            assert!(refused.text().contains("nhiều nhất mười năm"), "{path}: {}", refused.text());
        }
        let report = at.get(&format!("/api/v1/campaigns/tet/report?{at_the_limit}")).await.json();
        let trend = report["trend"].as_array().unwrap();
        assert_eq!((trend.len(), &trend[118]["at"], &trend[118]["calls"]), (120, &json!("2026-11"), &json!(1)));
        let shown = page(&format!("/campaigns/tet?{at_the_limit}")).await.text();
        assert!(shown.contains("Tháng 11/2026") && shown.contains("theo tháng"), "{shown}");
    }

    async fn a_whole_campaign_of_two_centuries_is_told_by_year(at) {
        at.stock().await;
        // Calls of the future are none.
        at.pass(173 * 366 * 86_400_000);
        let calls = json!([
            call("first", "kh-1", "2001-03-04T09:00:00+07:00", 5_000, Some(31_000), "DY"),
            call("last", "kh-1", "2199-03-04T09:00:00+07:00", 5_000, Some(31_000), "DY"),
        ]);
        at.post("/api/v1/calls", &calls).await.is(200);
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        let trend = report["trend"].as_array().unwrap();
        assert_eq!((trend.len(), &trend[0]["at"], &trend[198]["at"]), (199, &json!("2001"), &json!("2199")));
    }

    async fn bodies_at_a_trickle_hold_nobody_up(at) {
        at.stock().await;
        let (_, other) = account(&at.server.db, "Công ty khác").await;
        let record = call("slow", "kh-1", NINE, 5_000, None, "NA");
        let body = json!([record]).to_string();
        let mut slow = Vec::new();
        for _ in 0..WAITING_BATCHES_OF_AN_ACCOUNT {
            slow.push(soon(Trickle::begin(at, &at.token, &body)).await.expect("it is received"));
        }
        // One more of the same account is told to wait; the other account is not held up, and neither is any other request.
        assert_eq!(soon(Trickle::begin(at, &at.token, &body)).await.err(), Some("429".to_owned()));
        let post = |token: &str| {
            let request = at.bare(Method::POST, "/api/v1/calls").bearer_auth(token);
            Answer::of(request.header("content-type", "application/json").body("[]"))
        };
        soon(post(&other)).await.is(200);
        at.put("/api/v1/voicebots/other", &json!({"name": "B"})).await.is(201);
        // They did not end meanwhile: what was sent slowly is taken.
        for slow in slow {
            assert_eq!(soon(slow.finish()).await, "200");
        }
        soon(post(&at.token)).await.is(200);
        at.get("/api/v1/calls/slow").await.is(200);
    }
}

/// What hangs fails.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_mins(1), work).await.expect("it is not held up")
}

/// A batch whose body is not sent to its end until [`Self::finish`].
struct Trickle {
    stream: TcpStream,
    rest: String,
}

impl Trickle {
    /// Begins to send, and waits until the server reads the body; else the status of its answer.
    async fn begin(at: &Harness, token: &str, body: &str) -> Result<Self, String> {
        let mut stream = TcpStream::connect(at.address).await.unwrap();
        let mut head = String::new();
        write!(
            head,
            "POST /api/v1/calls HTTP/1.1\r\nhost: test\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
            body.len()
        )
        .unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let status = status(&mut stream).await;
        if status != "100" {
            return Err(status);
        }
        let (begin, rest) = body.split_at(1);
        stream.write_all(begin.as_bytes()).await.unwrap();
        Ok(Self { stream, rest: rest.to_owned() })
    }

    async fn finish(mut self) -> String {
        self.stream.write_all(self.rest.as_bytes()).await.unwrap();
        status(&mut self.stream).await
    }
}

/// Reads the head of an answer.
async fn status(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap().split(' ').nth(1).unwrap().to_owned()
}
