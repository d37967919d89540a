//! Calls of which several files tell, each a part: they come in any order, and one call comes of all.

use reqwest::Method;
use serde_json::{Value, json};
use store::jobs::{CheckImport, Payload, StoreImport};

use crate::{
    harness::{Answer, Harness, both_engines},
    imports::{run, step},
};

/// Brings in a file; gives the import.
async fn bring(at: &Harness, name: &str, file: &str) -> Value {
    let begun =
        at.api(Method::POST, &format!("/api/v1/import?name={name}&campaign=tet&create=true")).body(file.to_owned());
    let id = Answer::of(begun).await.is(202).json()["id"].clone();
    for kind in [CheckImport::KIND, StoreImport::KIND] {
        at.run_due(kind).await;
    }
    at.get(&format!("/api/v1/imports/{id}")).await.is(200).json()
}

/// Result, seconds from dialling to the answer, and milliseconds of talk of a call.
async fn told(at: &Harness, id: &str) -> (String, Option<i64>, i64) {
    let call = at.get(&format!("/api/v1/calls/{}", id.replace(':', "%3A"))).await.is(200).json();
    let instant = |field: &str| {
        call[field].as_str().map(|text| serde_json::from_value::<domain::Timestamp>(json!(text)).unwrap().0)
    };
    let ring = instant("answered_at").map(|answer| (answer - instant("dialed_at").unwrap()) / 1_000);
    (call["result_code"].as_str().unwrap_or_default().to_owned(), ring, call["talk_time"].as_i64().unwrap_or(0))
}

async fn verify(at: &Harness) {
    let mut conn = at.server.db.read().await.unwrap();
    assert_eq!(store::verify::recount(&mut conn, &at.scope, &mut |_| ()).await.unwrap(), vec![]);
}

fn telnyx(call: &str, kind: &str, second: u32, more: &Value) -> String {
    let mut payload = json!({"call_session_id": call, "call_leg_id": format!("leg-{call}"), "from": "+842473001234",
        "to": "+84912345601", "direction": "outgoing"});
    payload.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let at = format!("2026-03-02T02:00:{second:02}.000Z");
    json!({"data": {"event_type": kind, "id": format!("{call}-{kind}"), "occurred_at": at, "payload": payload}})
        .to_string()
}

const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

both_engines! {
    async fn events_in_a_file_each_are_one_call_in_any_order(at) {
        at.stock().await;
        for (n, order) in ORDERS.iter().enumerate() {
            let call = format!("s{n}");
            let events = [
                telnyx(&call, "call.initiated", 0, &json!({})),
                telnyx(&call, "call.answered", 10, &json!({})),
                telnyx(&call, "call.hangup", 40, &json!({"hangup_cause": "normal_clearing", "hangup_source": "callee"})),
            ];
            for event in order {
                let done = bring(at, "events.json", &events[*event]).await;
                assert_eq!(done["stored"]["rejected"], 0, "{done}");
            }
            let id = format!("telnyx:{call}");
            assert_eq!(told(at, &id).await, ("ANSWERED".to_owned(), Some(10), 30_000), "{order:?}");
            // Again, each changes nothing.
            for event in order {
                let done = bring(at, "events.json", &events[*event]).await;
                assert_eq!((&done["stored"]["accepted"], &done["stored"]["updated"]), (&json!(0), &json!(0)), "{order:?} {done}");
            }
            assert_eq!(told(at, &id).await, ("ANSWERED".to_owned(), Some(10), 30_000), "{order:?}");
        }
        verify(at).await;
    }

    async fn what_an_import_has_told_goes_with_it(at) {
        at.stock().await;
        let answered = bring(at, "answered.json", &telnyx("s", "call.answered", 10, &json!({}))).await;
        step(at, &answered["id"], "undo").await.is(202);
        run(at).await;
        let hangup = telnyx("s", "call.hangup", 40, &json!({"hangup_cause": "normal_clearing"}));
        let done = bring(at, "hangup.json", &hangup).await;
        assert_eq!(done["stored"]["accepted"], 1, "{done}");
        assert_eq!(told(at, "telnyx:s").await.0, "NA");
    }

    async fn a_recording_finds_its_call_in_another_file(at) {
        at.stock().await;
        let recording = telnyx("s", "call.recording.saved", 42, &json!({"recording_urls": {"mp3": "https://rec.example.com/s.mp3"}}));
        let ended = [
            telnyx("s", "call.answered", 10, &json!({})),
            telnyx("s", "call.hangup", 40, &json!({"hangup_cause": "normal_clearing"})),
        ].join("\n");
        let alone = bring(at, "recording.json", &recording).await;
        assert_eq!(alone["stored"]["accepted"], 0, "{alone}");
        bring(at, "ended.json", &ended).await;
        let call = at.get("/api/v1/calls/telnyx%3As").await.is(200).json();
        assert_eq!(call["recording_url"], "https://rec.example.com/s.mp3");
        // The other way round.
        let again = recording.replace("\"s\"", "\"t\"").replace("leg-s", "leg-t");
        bring(at, "ended.json", &ended.replace("\"s\"", "\"t\"").replace("leg-s", "leg-t")).await;
        let done = bring(at, "recording.json", &again).await;
        assert_eq!((&done["stored"]["rejected"], &done["stored"]["updated"]), (&json!(0), &json!(1)), "{done}");
        let call = at.get("/api/v1/calls/telnyx%3At").await.is(200).json();
        assert_eq!(call["recording_url"], "https://rec.example.com/s.mp3");
    }

    async fn what_was_said_stays_where_a_later_file_knows_nothing_of_it(at) {
        at.stock().await;
        let call = json!({"id": "v1", "customer": {"number": "+84912345601"}, "createdAt": "2026-03-02T02:00:00.000Z",
            "assistantId": "lan"});
        let report = json!({"message": {"type": "end-of-call-report", "endedReason": "customer-ended-call",
            "startedAt": "2026-03-02T02:00:05.000Z", "endedAt": "2026-03-02T02:00:45.000Z", "call": call,
            "artifact": {"messages": [{"role": "bot", "message": "Xin chào", "secondsFromStart": 1}]}}});
        let mut fetched = call.clone();
        fetched.as_object_mut().unwrap().extend(json!({"type": "outboundPhoneCall", "status": "ended",
            "endedReason": "customer-ended-call", "startedAt": "2026-03-02T02:00:05.000Z", "endedAt": "2026-03-02T02:00:45.000Z",
            "artifact": {"recordingUrl": "https://rec.example.com/v1.wav", "messages": []}}).as_object().unwrap().clone());
        bring(at, "report.json", &report.to_string()).await;
        bring(at, "fetched.json", &fetched.to_string()).await;
        let call = at.get("/api/v1/calls/vapi%3Av1").await.is(200).json();
        assert_eq!((&call["transcript"][0]["text"], &call["bot_messages"]), (&json!("Xin chào"), &json!(1)), "{call}");
        assert_eq!(call["recording_url"], "https://rec.example.com/v1.wav");
        let done = bring(at, "fetched.json", &fetched.to_string()).await;
        assert_eq!(done["stored"]["unchanged"], 1, "{done}");
    }

    async fn a_leg_of_the_customer_replaces_what_an_earlier_file_knew(at) {
        at.stock().await;
        let bot = "\"\",\"100\",\"s\",\"from-internal\",\"\"\"Bot\"\" <100>\",\"Local/0912345601@bot-1;1\",\"\",\"AGI\",\"x\",\"2026-03-02 09:00:00\",\"2026-03-02 09:00:00\",\"2026-03-02 09:01:00\",60,60,\"ANSWERED\",\"DOCUMENTATION\",\"1772416800.1\",\"\",\"\",\"1772416800.1\",0\n";
        let customer = "\"\",\"100\",\"0912345601\",\"from-internal\",\"\"\"Bot\"\" <100>\",\"Local/0912345601@bot-1;2\",\"PJSIP/trunk-0002\",\"Dial\",\"x\",\"2026-03-02 09:00:01\",,\"2026-03-02 09:00:31\",30,0,\"NO ANSWER\",\"DOCUMENTATION\",\"1772416800.2\",\"\",\"\",\"1772416800.1\",2\n";
        bring(at, "1.csv", bot).await;
        assert_eq!(told(at, "asterisk:1772416800.1").await.0, "ANSWERED");
        bring(at, "2.csv", customer).await;
        for file in [bot, customer] {
            assert_eq!(told(at, "asterisk:1772416800.1").await, ("NA".to_owned(), None, 0));
            let done = bring(at, "again.csv", file).await;
            assert_eq!(done["stored"]["unchanged"], 1, "{done}");
        }
        verify(at).await;
    }
}
