//! Stringee, OMICall and Sen Bac, TEL4VN and VBot: webhooks and lists become calls.

use cdr::{Format, ZoneBasis};
use domain::HangupBy;
use serde_json::{Value, json};

use super::{read, read_without_campaign};

fn changed(mut value: Value, change: &[(&str, Value)]) -> String {
    for (name, new) in change {
        value[*name] = new.clone();
    }
    value.to_string()
}

/// 2026-11-04T02:15:02Z.
const DIALED: i64 = 1_793_758_502;

fn stringee(state: &str, second: i64, change: &[(&str, Value)]) -> String {
    let event = json!({"type": "stringee_call", "call_id": "call-vn-1", "call_status": state,
        "timestamp_ms": (DIALED + second) * 1_000 + 77, "clientCustomData": "tet",
        "from": {"number": "842873000000", "type": "internal"}, "to": {"number": "84901234567", "type": "external"}});
    changed(event, change)
}

#[test]
fn the_events_of_stringee_are_one_call_and_its_ringing_is_no_talk() {
    let ended = stringee(
        "ended",
        56,
        &[
            ("endCallCause", json!("USER_END_CALL")),
            ("endedBy", json!("EXTERNAL")),
            ("duration", json!(56)),
            ("answerDuration", json!(47)),
        ],
    );
    let text = [&ended, &stringee("answered", 9, &[]), &stringee("ringing", 3, &[]), &stringee("created", 0, &[])];
    let file = read_without_campaign(text.map(String::as_str).join("\n"));
    assert_eq!((file.reading.format, file.results()), (Format::Stringee, vec![("stringee:call-vn-1", "ANSWERED")]));
    assert_eq!(file.times(), ["2026-11-04T02:15:02.077Z", "2026-11-04T02:15:11.077Z", "2026-11-04T02:15:58.077Z"]);
    let call = file.record();
    assert_eq!((call.campaign.as_str(), call.hangup_by), ("tet", Some(HangupBy::Customer)));
    // The last event alone: the duration holds the ringing.
    assert_eq!(read(&ended).times(), file.times());
}

#[test]
fn the_cause_of_stringee_is_read_by_its_whole_code() {
    for (cause, code) in [
        ("486 Busy Here", "BS"),
        ("603 Decline", "BS"),
        ("480 Temporarily Unavailable", "NA"),
        ("487 Request Terminated", "NA"),
        ("404 Not Found", "CU"),
        ("503 Service Unavailable", "CU"),
        ("CAN_NOT_MAKE_CALL", "CU"),
        ("USER_END_CALL", "NA"),
    ] {
        let change = [("endCallCause", json!(cause)), ("answerDuration", json!(0)), ("duration", json!(9))];
        assert_eq!(read(stringee("ended", 9, &change)).results(), [("stringee:call-vn-1", code)], "{cause}");
    }
    assert_eq!(read(stringee("ended", 9, &[("endCallCause", json!("GONE"))])).faults(), [(1, "endCallCause")]);
    assert_eq!(read(stringee("started", 1, &[])).reading.left_out, 1);
    let logged = json!({"data": {"calls": [
        {"id": "call-vn-2", "from_number": "842873000000", "to_number": "84901234567", "created": DIALED,
            "start_time": DIALED * 1_000, "answer_time": 0, "stop_time": (DIALED + 20) * 1_000, "amount": "0"},
        {"id": "call-vn-3", "from_number": "842873000000", "to_number": "84901234567", "created": DIALED,
            "start_time": DIALED * 1_000, "answer_time": (DIALED + 9) * 1_000, "stop_time": (DIALED + 56) * 1_000, "amount": "350"}]}});
    assert_eq!(read(logged.to_string()).results(), [("stringee:call-vn-2", "NA"), ("stringee:call-vn-3", "ANSWERED")]);
}

fn omicall(change: &[(&str, Value)]) -> String {
    let item = json!({"transaction_id": "t-1", "direction": "outbound", "source_number": "842888806669",
        "destination_number": "0901234567", "phone_number": "0901234567", "bill_sec": 50, "answer_sec": 47, "duration": 56,
        "time_start_to_answer": DIALED, "created_date": (DIALED + 60) * 1_000, "disposition": "answered",
        "customer": {"full_name": "Hoa"}, "call_out_price": 66.0, "autocall_id": "tet", "recording_file": "/a/b.wav"});
    json!({"payload": {"items": [serde_json::from_str::<Value>(&changed(item, change)).unwrap()]}}).to_string()
}

#[test]
fn the_start_to_answer_of_omicall_is_the_dial_instant_and_its_billed_seconds_are_no_talk() {
    let file = read_without_campaign(omicall(&[]));
    assert_eq!((file.reading.format, file.results()), (Format::OmiCall, vec![("omicall:t-1", "ANSWERED")]));
    assert_eq!(file.times(), ["2026-11-04T02:15:02Z", "2026-11-04T02:15:11Z", "2026-11-04T02:15:58Z"]);
    assert_eq!(file.record().contact.name.as_deref(), Some("Hoa"));
    let attributes = file.record().attributes.as_ref().unwrap();
    assert_eq!((&attributes["cost"], &attributes["cost_currency"]), (&json!("66.0"), &json!("VND")));
    assert_eq!(attributes["recording"], "/a/b.wav");
    let not = ("answer_sec", json!(0));
    for (change, code) in [
        (vec![("disposition", json!("cancelled")), not.clone(), ("hangup_cause", json!("USER_BUSY"))], "BS"),
        (vec![("disposition", json!("cancelled")), not.clone(), ("invite_failure_status", json!(404))], "CU"),
        (vec![("disposition", json!("cancelled")), not.clone(), ("dial_status", json!("CHANUNAVAIL"))], "CU"),
        (vec![("disposition", json!("cancelled")), not.clone()], "NA"),
        (vec![("disposition", Value::Null), not], "NA"),
        (vec![("disposition", Value::Null)], "ANSWERED"),
        (vec![("disposition", Value::Null), ("is_voicemail", json!(true))], "MACHINE"),
    ] {
        assert_eq!(read(omicall(&change)).results(), [("omicall:t-1", code)], "{change:?}");
    }
    assert_eq!(read(omicall(&[("transaction_id", json!(""))])).faults(), [(1, "transaction_id")]);
    assert_eq!(read(omicall(&[("disposition", json!("vanished"))])).faults(), [(1, "disposition")]);
    // Printed with comments, as its documentation has it.
    let printed = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&omicall(&[])).unwrap()).unwrap();
    assert_eq!(read(printed.replace("\"outbound\",", "\"outbound\", // hướng {gọi}")).results(), file.results());
}

fn tel4vn(change: &[(&str, Value)]) -> String {
    let call = json!({"id": "c-1", "parent_id": "c-1", "cause": "NORMAL_CLEARING", "duration": 56, "direction": "outbound",
        "from_number": "02873003586", "to_number": "0901234567", "time_started": "2026-11-04 09:15:02",
        "time_answered": "2026-11-04 09:15:11", "time_ended": "2026-11-04 09:15:58", "time_ringging": "2026-11-04 09:15:03",
        "status": "answered", "billsec": 47, "app": "autocall", "press_key": "{\"1\":\"yes\"}",
        "sip_hangup_disposition": "recv_bye", "campaign_uuid": "tet", "lead_uuid": "l-1", "customer_fullname": "",
        "additional": {"ten": "Hoa"}, "autocall_recording_url": "https://rec.example/1.wav"});
    changed(call, change)
}

#[test]
fn a_record_of_tel4vn_is_in_local_time_and_its_status_decides() {
    let file = read_without_campaign(tel4vn(&[]));
    let call = file.record();
    assert_eq!(file.times(), ["2026-11-04T02:15:02Z", "2026-11-04T02:15:11Z", "2026-11-04T02:15:58Z"]);
    assert_eq!(file.reading.zone.as_ref().unwrap().basis, ZoneBasis::Account);
    assert_eq!(
        (call.campaign.as_str(), call.contact.name.as_deref(), call.hangup_by),
        ("tet", Some("Hoa"), Some(HangupBy::Customer))
    );
    assert_eq!(call.attributes.as_ref().unwrap()["press_key"], json!({"1": "yes"}));
    for (status, code) in [
        ("ANSWERED", "ANSWERED"),
        ("busy", "BS"),
        // Also with billed seconds, as its documentation has it.
        ("BUSY", "BS"),
        ("no_answered", "NA"),
        ("cancel", "NA"),
        ("busy_line", "CU"),
        ("not_available", "CU"),
        ("ivr", "ANSWERED"),
    ] {
        assert_eq!(read(tel4vn(&[("status", json!(status))])).results(), [("tel4vn:c-1", code)], "{status}");
    }
    for status in ["phone_block", ""] {
        assert_eq!(read(tel4vn(&[("status", json!(status))])).reading.left_out, 1, "{status}");
    }
    let leg = tel4vn(&[("id", json!("c-2")), ("status", json!("busy"))]);
    let both = read(format!("[{leg},{}]", tel4vn(&[])));
    assert_eq!(both.results(), [("tel4vn:c-1", "ANSWERED")]);
    assert_eq!(both.record().attributes.as_ref().unwrap()["legs"], 2);
}

#[test]
fn a_webhook_of_vbot_has_no_id_and_its_month_first() {
    let hook = |status: i64, time: i64| {
        json!({"campaign_id": "tet", "create_at": "11/04/2026 09:15:11", "hotline": "0287", "phone": "0901234567", "name": "Hoa",
            "status": status, "time_call": time, "postage": 300, "service_charge": 50.5})
        .to_string()
    };
    let file = read_without_campaign(hook(200, 47));
    assert_eq!(file.times(), ["2026-11-04T02:15:11Z", "2026-11-04T02:15:11Z", "2026-11-04T02:15:58Z"]);
    assert_eq!(file.record().attributes.as_ref().unwrap()["cost"], "350.5");
    assert_eq!(read(hook(200, 47)).results(), file.results());
    for (status, code) in [(2, "NA"), (3, "BS"), (4, "NA"), (-100, "CU"), (101, "CU")] {
        assert_eq!(read(hook(status, 0)).results()[0].1, code, "{status}");
    }
    assert_eq!(read(hook(999, 0)).faults(), [(1, "status")]);
}

/// The state of the call, and what its event says besides.
fn zorio(step: &str, second: i64, change: &[(&str, Value)]) -> String {
    let at = |second: i64| chrono::DateTime::from_timestamp(DIALED + second, 0).unwrap().to_rfc3339();
    let data = json!({"call_uuid": "z-1", "extension": "1001", "direction": "outbound", "caller_number": "842873000000",
        "destination_number": "0901234567", "campaign_id": "tet"});
    let data = changed(data, change);
    let data: Value = serde_json::from_str(&data).unwrap();
    json!({"event": format!("pbx.call.{step}"), "timestamp": at(second), "tenant_id": "t", "data": data}).to_string()
}

#[test]
fn the_events_of_zorio_are_one_call_in_whatever_order() {
    let ended = zorio("hangup", 56, &[("answered_at", json!(null)), ("hangup_cause", json!("NORMAL_CLEARING"))]);
    let steps = [zorio("ringing", 0, &[]), zorio("answered", 9, &[]), ended.clone()];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let file = read_without_campaign(order.map(|at| steps[at].as_str()).join("\n"));
        assert_eq!(
            (file.reading.format, file.results()),
            (Format::Zorio, vec![("zorio:z-1", "ANSWERED")]),
            "{order:?}"
        );
        assert_eq!(file.times(), ["2026-11-04T02:15:02Z", "2026-11-04T02:15:11Z", "2026-11-04T02:15:58Z"]);
        assert_eq!((file.record().campaign.as_str(), file.phones()), ("tet", vec!["0901234567"]));
    }
    for (cause, code) in
        [("USER_BUSY", "BS"), ("NO_ANSWER", "NA"), ("NORMAL_CLEARING", "NA"), ("UNALLOCATED_NUMBER", "CU")]
    {
        let hangup = zorio("hangup", 20, &[("hangup_cause", json!(cause))]);
        assert_eq!(read(format!("{}\n{hangup}", steps[0])).results(), [("zorio:z-1", code)], "{cause}");
    }
    assert_eq!(read(zorio("hangup", 20, &[("hangup_cause", json!("GONE"))])).faults(), [(1, "hangup_cause")]);
    // A call that goes on, and what is told of a lead.
    assert_eq!(read(&steps[0]).reading.left_out, 1);
    let lead = r#"{"event":"lead.completed","timestamp":"2026-11-04T02:15:02Z","tenant_id":"t","data":{"final_status":"dnc"}}"#;
    let file = read(format!("{lead}\n{}\n{ended}", steps[1]));
    assert_eq!((file.results().len(), file.skipped.len()), (1, 0));
    // One that came in is of who called.
    let inbound =
        |step, second| zorio(step, second, &[("direction", json!("inbound")), ("hangup_cause", json!("NO_ANSWER"))]);
    let file = read([inbound("ringing", 0), inbound("hangup", 9)].join("\n"));
    assert_eq!((file.reading.inbound, file.phones()), (1, vec!["842873000000"]));
}

#[test]
fn the_addresses_that_bizcloud_asks_are_calls() {
    let file = read(
        "GET /api/callcenter/calldata?callid=b-1&calldate=2020-10-10-10:10:10&duration=11&status=ANSWERED&extension=101\
         &phone=0931234567&recordingfile=https://rec/1.mp3 HTTP/1.1\n\
         GET /api/callcenter/calldata?callid=b-2&calldate=2020-10-10-10:11:10&holdtime=30&status=ABANDON&queue=999\
         &phone=0931234568 HTTP/1.1\n\
         GET /api/callcenter/calldata?callid=b-3&calldate=2020-10-10-10:12:10&status=LOST&phone=0931234569 HTTP/1.1\n",
    );
    assert_eq!((file.reading.format, file.faults()), (Format::Bizcloud, vec![(3, "status")]));
    assert_eq!(file.results(), [("bizcloud:b-1", "ANSWERED"), ("bizcloud:b-2", "NA")]);
    assert_eq!((file.reading.inbound, file.phones()), (1, vec!["0931234567", "0931234568"]));
    // 10:10:10 in Vietnam. Of the length nobody says how much was ringing.
    assert_eq!(file.times(), ["2020-10-10T03:10:10Z", "2020-10-10T03:10:21Z", "2020-10-10T03:10:21Z"]);
}

#[test]
fn calls_between_two_of_our_own_are_counted_and_left_out_where_that_is_asked() {
    use domain::import::OtherCalls;
    let ends = [("to", json!({"number": "102", "type": "internal"})), ("answerDuration", json!(5))];
    let cause = [("endCallCause", json!("USER_END_CALL")), ("duration", json!(9))];
    let event = stringee("ended", 9, &[&ends[..], &cause[..]].concat());
    let logged = json!({"id": "call-vn-4", "direction": 2, "from_number": "101", "to_number": "102", "created": DIALED,
        "start_time": DIALED * 1_000, "answer_time": (DIALED + 9) * 1_000, "stop_time": (DIALED + 56) * 1_000, "amount": "0"});
    let local = omicall(&[("direction", json!("local")), ("phone_number", json!("102"))]);
    let mailbox =
        omicall(&[("direction", json!("internal")), ("is_voicemail", json!(true)), ("phone_number", json!("102"))]);
    for (file, internal, voicemail) in
        [(event, 1, 0), (json!({"data": {"calls": [logged]}}).to_string(), 1, 0), (local, 1, 0), (mailbox, 0, 1)]
    {
        let whole = read(&file);
        assert_eq!(
            (whole.records.len(), whole.reading.internal, whole.reading.voicemail),
            (1, internal, voicemail),
            "{file}"
        );
        let left = super::try_read(&file, &cdr::Options { others: OtherCalls::LeaveOut, ..super::options() }).unwrap();
        assert_eq!((left.records.len(), left.reading.internal, left.reading.voicemail), (0, internal, voicemail));
        assert!(left.warns("left out as asked: 1"), "{:?}", left.reading.warnings);
    }
}
