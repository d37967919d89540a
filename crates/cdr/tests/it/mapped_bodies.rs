//! Bodies of a system without a format of its own, by a mapping.

use cdr::{MappedBody, Mapping, Options};
use domain::{CallRecord, CampaignId};

const MAPPING: &str = r#"
source = "bot"
[columns]
id = "data.id"
phone = "data.customer.phone"
dialed_at = "data.started_at"
talk = { column = "data.talk", unit = "s" }
result = "data.status"
recording_url = "recording"
voicebot = "bot"
"#;

fn options() -> Options {
    Options { campaign: Some(CampaignId::new("tet").unwrap()), ..Options::new(super::zone("Asia/Ho_Chi_Minh")) }
}

fn mapping() -> Mapping {
    Mapping::from_toml(MAPPING).unwrap()
}

fn one(body: &str) -> MappedBody {
    MappedBody::all_of(body.as_bytes()).unwrap().remove(0)
}

fn record(bodies: &[&str]) -> CallRecord {
    let mut all = bodies.iter().map(|body| one(body));
    let first = all.next().unwrap();
    let joined = all.fold(first, |known, later| known.joined(later, &mapping(), &options()));
    joined.record(&mapping(), &options()).unwrap().unwrap()
}

const ENDED: &str = r#"{"event": "ended", "bot": "b-1", "data": {"id": "c-1", "customer": {"phone": "0901234567"},
    "started_at": "2026-11-04 09:00:00", "talk": 42, "status": "completed"}}"#;
const BUSY: &str = r#"{"event": "ended", "bot": "b-1", "data": {"id": "c-1", "customer": {"phone": "0901234567"},
    "started_at": "2026-11-04 09:00:00", "talk": 0, "status": "busy"}}"#;
const RECORDING: &str =
    r#"{"event": "recorded", "recording": "https://rec.example/1.mp3", "data": {"id": "c-1", "talk": null}}"#;

#[test]
fn bodies_of_one_call_make_one_record_in_any_order() {
    for bodies in [[ENDED, RECORDING], [RECORDING, ENDED]] {
        assert_eq!(one(bodies[0]).call(&mapping()), "c-1");
        let call = record(&bodies);
        assert_eq!((call.id.as_str(), call.campaign.as_str()), ("table:bot:c-1", "tet"));
        assert_eq!(call.result_code.unwrap().as_str(), "ANSWERED");
        assert_eq!(call.recording_url.as_deref(), Some("https://rec.example/1.mp3"));
        assert_eq!(call.ended_at.unwrap().0 - call.answered_at.unwrap().0, 42_000);
    }
    for bodies in [[BUSY, ENDED], [ENDED, BUSY]] {
        assert_eq!(record(&bodies).result_code.unwrap().as_str(), "BS");
    }
}

#[test]
fn what_a_body_does_not_say_is_named() {
    let missing = one(RECORDING).record(&mapping(), &options()).unwrap_err();
    assert_eq!(missing.field, "dialed_at", "{missing:?}");
    for (body, reason) in
        [("", "is empty"), ("hello", "neither JSON nor a form"), ("{\"a\":", "is not JSON"), ("[1]", "no JSON object")]
    {
        let error = MappedBody::all_of(body.as_bytes()).unwrap_err();
        assert!(error.reason.contains(reason), "{body}: {error:?}");
    }
    let deep = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    assert!(MappedBody::all_of(deep.as_bytes()).unwrap_err().reason.contains("nested deeper than 128 levels"));
    assert_eq!(MappedBody::all_of(b"id=1&status=busy").unwrap().len(), 1);
}

#[test]
fn without_an_id_the_whole_body_tells_a_call_apart() {
    let mut mapping = mapping();
    mapping.columns.remove(&cdr::Field::Id);
    assert_eq!(one(ENDED).call(&mapping), one(ENDED).call(&mapping));
    assert_ne!(one(ENDED).call(&mapping), one(BUSY).call(&mapping));
}

#[test]
fn what_says_that_the_call_goes_on_takes_no_ending_away_before_the_call_can_be_stored() {
    let mapping = Mapping::from_toml(
        "source = \"g\"\n[columns]\nid = \"id\"\nphone = \"cust.phone\"\ndialed_at = \"start\"\nanswered_at = \"answer\"\n\
         ended_at = \"end\"\nresult = \"status\"\nrecording_url = \"rec\"\n[results]\n\"dong_y\" = \"DY\"\n",
    )
    .unwrap();
    let bodies = [
        r#"{"id": "c1", "cust": {"phone": "0912345601"}, "start": "2026-03-02 09:00:00", "status": "initiated"}"#,
        r#"{"id": "c1", "answer": "2026-03-02 09:00:10", "status": "in-progress"}"#,
        r#"{"id": "c1", "end": "2026-03-02 09:00:40", "status": "dong_y"}"#,
        r#"{"id": "c1", "rec": "https://r.example/1.wav"}"#,
    ];
    for order in super::orders(bodies.len()) {
        let mut all = order.iter().map(|at| one(bodies[*at]));
        let first = all.next().unwrap();
        let joined = all.fold(first, |known, later| known.joined(later, &mapping, &options()));
        let call = joined.record(&mapping, &options()).unwrap().unwrap();
        let talk = call.check().unwrap().talk_time;
        let told = (call.result_code.as_ref().unwrap().as_str(), talk, call.recording_url.as_deref());
        assert_eq!(told, ("DY", 30_000, Some("https://r.example/1.wav")), "{order:?}");
        assert_eq!(call.answered_at.unwrap().0 - call.dialed_at.0, 10_000, "{order:?}");
    }
}
