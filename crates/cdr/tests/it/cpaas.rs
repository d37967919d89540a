//! Twilio, Telnyx, Plivo, Vonage and Exotel: callbacks, answers of their APIs and the call log as CSV become calls.

use cdr::{Format, Options, ZoneBasis};
use domain::{Currency, HangupBy, Money};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{File, options, read, try_read};

fn warned(file: &File, words: &str) -> bool {
    file.reading.warnings.iter().any(|said| said.contains(words))
}

/// A status callback of Twilio at a second of 2026-11-04T02:15Z.
fn callback(sequence: u32, second: u32, status: &str, more: &str) -> String {
    format!(
        "Called=%2B84901234567&To=%2B84901234567&From=%2B12125550102&Direction=outbound-api&CallSid=CA1&AccountSid=AC1&\
         CallStatus={status}&Timestamp=Wed%2C%2004%20Nov%202026%2002%3A15%3A{second:02}%20%2B0000&\
         SequenceNumber={sequence}&CalledCity=S%C3%A3o+Paulo{more}"
    )
}

const RECORDING: &str = "RecordingSource=StartCallRecordingAPI&RecordingSid=RE1&RecordingUrl=https%3A%2F%2Fapi.twilio.com%2FRE1&\
                         RecordingStatus=completed&CallSid=CA1&AccountSid=AC1&RecordingDuration=11";

#[test]
fn callbacks_of_twilio_are_one_call_in_the_order_of_their_numbers() {
    let events = [
        callback(0, 2, "initiated", ""),
        callback(1, 4, "ringing", ""),
        callback(2, 11, "in-progress", "&AnsweredBy=human"),
        callback(3, 58, "completed", "&Duration=1&CallDuration=47"),
        RECORDING.to_owned(),
    ];
    let mut turned = events.clone();
    turned.reverse();
    for text in [events.join("\n"), turned.join("\r\n")] {
        let file = read(&text);
        let call = file.record();
        assert_eq!((file.reading.format, file.reading.rows), (Format::Twilio, 5));
        assert_eq!(file.results(), [("twilio:CA1", "ANSWERED")]);
        assert_eq!(file.times(), ["2026-11-04T02:15:02Z", "2026-11-04T02:15:11Z", "2026-11-04T02:15:58Z"]);
        assert_eq!(call.contact.phone.as_deref(), Some("+84901234567"));
        assert_eq!(call.recording_url.as_deref(), Some("https://api.twilio.com/RE1.wav"));
    }
    // Only the last one: the answer follows from the seconds, which are not the billed minutes.
    let last = read(&events[3]);
    assert_eq!(last.times(), ["2026-11-04T02:15:11Z", "2026-11-04T02:15:11Z", "2026-11-04T02:15:58Z"]);
    // As JSON in an archive, and as the address that was asked.
    let archive = json!({"headers": {}, "body": events[3]}).to_string();
    assert_eq!(read(archive).results(), [("twilio:CA1", "ANSWERED")]);
    assert_eq!(read(format!("GET /hook?{} HTTP/1.1", events[3])).results(), [("twilio:CA1", "ANSWERED")]);
}

#[test]
fn the_status_of_twilio_decides_and_a_later_completed_changes_nothing() {
    for (status, more, code) in [
        ("busy", "&SipResponseCode=486", "BS"),
        ("no-answer", "", "NA"),
        ("canceled", "", "NA"),
        ("failed", "&SipResponseCode=404", "CU"),
        ("failed", "&SipResponseCode=480", "NA"),
        ("completed", "&CallDuration=20&AnsweredBy=machine_end_beep", "MACHINE"),
        ("completed", "&CallDuration=20&AnsweredBy=unknown", "ANSWERED"),
    ] {
        assert_eq!(read(callback(2, 30, status, more)).results(), [("twilio:CA1", code)], "{status} {more}");
    }
    let busy = callback(2, 30, "busy", "&CallDuration=0");
    let completed = callback(3, 31, "completed", "&CallDuration=0");
    for text in [format!("{busy}\n{completed}"), format!("{completed}\n{busy}")] {
        assert_eq!(read(text).results(), [("twilio:CA1", "BS")]);
    }
    let ongoing = read(callback(1, 4, "ringing", ""));
    assert_eq!((ongoing.reading.calls, ongoing.reading.skipped, ongoing.reading.left_out), (0, 0, 1));
    assert_eq!(read(callback(1, 4, "melted", "")).faults(), [(1, "CallStatus")]);
    let alone = read(RECORDING);
    assert!(alone.skipped[0].reason.contains("only its recording"), "{:?}", alone.skipped);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_in_which_events_stand_changes_nothing(events in Just([
        callback(0, 2, "initiated", ""),
        callback(1, 4, "ringing", ""),
        callback(2, 11, "in-progress", "&AnsweredBy=human"),
        callback(3, 58, "completed", "&Duration=1&CallDuration=47"),
        callback(3, 59, "completed", "&Duration=1&CallDuration=48&AnsweredBy=unknown"),
        RECORDING.to_owned(),
        RECORDING.replace("FRE1", "FRE2"),
        callback(3, 58, "completed", "&Duration=1&CallDuration=47"),
        twilio(&[("answered_by", Value::Null)]).to_string(),
    ].to_vec()).prop_shuffle()) {
        let mut sorted = events.clone();
        sorted.sort();
        let record = read(events.join("\n")).record().clone();
        prop_assert_eq!(&record, &read(sorted.join("\n")).record().clone());
        // In two files, in either order, too: nothing more is known of it afterwards.
        prop_assert_eq!(Format::Twilio.with_stored(&record, record.clone()), None);
    }
}

fn twilio(change: &[(&str, Value)]) -> Value {
    let mut call = json!({"sid": "CA1", "account_sid": "AC1", "parent_call_sid": null, "direction": "outbound-api",
        "from": "+12125550102", "to": "+84901234567", "status": "completed", "answered_by": "human",
        "date_created": "Wed, 04 Nov 2026 02:15:02 +0000", "start_time": "Wed, 04 Nov 2026 02:15:11 +0000",
        "end_time": "Wed, 04 Nov 2026 02:15:58 +0000", "duration": "47", "price": "-0.03000", "price_unit": "USD"});
    for (name, value) in change {
        call[*name] = value.clone();
    }
    call
}

#[test]
fn the_api_of_twilio_gives_calls_alone_and_in_pages() {
    let child = twilio(&[
        ("sid", json!("CA2")),
        ("parent_call_sid", json!("CA1")),
        ("to", json!("+1999")),
        ("status", json!("busy")),
    ]);
    let inbound = twilio(&[("sid", json!("CA3")), ("direction", json!("inbound")), ("price", Value::Null)]);
    let page = json!({"first_page_uri": "/x", "calls": [child, twilio(&[]), inbound], "page": 0});
    let file = read(serde_json::to_string_pretty(&page).unwrap());
    assert_eq!(file.results(), [("twilio:CA1", "ANSWERED"), ("twilio:CA3", "ANSWERED")]);
    assert_eq!(file.phones(), ["+84901234567", "+12125550102"]);
    assert_eq!(file.times(), ["2026-11-04T02:15:11Z", "2026-11-04T02:15:11Z", "2026-11-04T02:15:58Z"]);
    // The price is in the account's currency, or else an attribute.
    let dollars = Options { currency: Some(Currency::new("USD").unwrap()), ..options() };
    let file = try_read(twilio(&[]).to_string(), &dollars).unwrap();
    assert_eq!(
        (file.record().cost, file.record().attributes.as_ref().unwrap().get("cost")),
        (Some(Money(30_000)), None)
    );
}

#[test]
fn what_another_file_told_of_a_call_is_kept() {
    let unpriced = read(format!("{}\n{RECORDING}", callback(3, 58, "completed", "&CallDuration=47"))).record().clone();
    let priced = read(twilio(&[]).to_string()).record().clone();
    let joined = Format::Twilio.with_stored(&unpriced, priced.clone()).unwrap();
    assert_eq!(Format::Twilio.with_stored(&priced, unpriced.clone()).unwrap(), joined);
    assert_eq!(joined.recording_url, unpriced.recording_url);
    assert_eq!(joined.attributes.as_ref().unwrap()["cost"], "0.03000");
    assert_eq!(Format::Twilio.with_stored(&joined, priced), None);
}

#[test]
fn the_call_log_of_twilio_is_read_by_the_names_of_its_columns() {
    let csv = "\u{feff}\"Call SID\",\"Start Time\",\"From\",\"To\",\"Direction\",\"Duration\",\"Status\",\"Price\"\r\n\
               \"CA1\",\"02:15:11 UTC 2026-11-04\",\"+1212\",\"+84901234567\",\"Outgoing API\",\"47\",\"Completed\",\"-0.03\"\r\n\
               \"CA2\",\"2026-11-04 02:16:00 UTC\",\"+84907654321\",\"+1212\",\"Incoming\",\"0\",\"No Answer\",\"\"\r\n";
    let file = read(csv);
    assert_eq!((file.reading.format, file.reading.shape.as_str()), (Format::Twilio, "header line"));
    assert_eq!(file.results(), [("twilio:CA1", "ANSWERED"), ("twilio:CA2", "NA")]);
    assert_eq!(file.phones(), ["+84901234567", "+84907654321"]);
    assert_eq!(file.times(), ["2026-11-04T02:15:11Z", "2026-11-04T02:15:11Z", "2026-11-04T02:15:58Z"]);
}

fn telnyx(kind: &str, second: u32, more: Value) -> String {
    let mut payload = json!({"call_session_id": "s-1", "call_leg_id": "l-1", "from": "+1212", "to": "+84901234567"});
    payload.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let at = format!("2026-11-04T02:15:{second:02}.5Z");
    json!({"data": {"event_type": kind, "id": format!("{kind}{second}"), "occurred_at": at, "payload": payload}, "meta": {"attempt": 1}})
        .to_string()
}

#[test]
fn events_of_telnyx_among_the_lines_of_a_log_are_one_call() {
    let hangup = |cause: &str| telnyx("call.hangup", 58, json!({"hangup_cause": cause, "hangup_source": "callee"}));
    let began = telnyx("call.initiated", 2, json!({"direction": "outgoing", "client_state": "dGV0"}));
    let answered = telnyx("call.answered", 11, json!({}));
    let text =
        format!("2026-11-04 INFO started\n2026-11-04 INFO hook {}\n{answered}\n{began}\n", hangup("normal_clearing"));
    let file = try_read(text, &Options { format: Some(Format::Telnyx), campaign: None, ..options() }).unwrap();
    assert_eq!(file.times(), ["2026-11-04T02:15:02.500Z", "2026-11-04T02:15:11.500Z", "2026-11-04T02:15:58.500Z"]);
    assert_eq!((file.results(), file.phones()), (vec![("telnyx:s-1", "ANSWERED")], vec!["+84901234567"]));
    assert_eq!((file.record().campaign.as_str(), file.record().hangup_by), ("tet", Some(HangupBy::Customer)));
    for (cause, code) in [
        ("normal_clearing", "NA"),
        ("user_busy", "BS"),
        ("timeout", "NA"),
        ("call_rejected", "CU"),
        ("not_found", "CU"),
        ("unspecified", "CU"),
    ] {
        assert_eq!(read(format!("{began}\n{}", hangup(cause))).results(), [("telnyx:s-1", code)], "{cause}");
    }
    let rejected = telnyx("call.hangup", 58, json!({"hangup_cause": "call_rejected", "sip_hangup_cause": "603"}));
    assert_eq!(read(&rejected).results(), [("telnyx:s-1", "BS")]);
    let machine = telnyx("call.machine.detection.ended", 13, json!({"result": "machine"}));
    assert_eq!(read(format!("{machine}\n{answered}\n{}", hangup("time_limit"))).results(), [("telnyx:s-1", "MACHINE")]);
    assert!(warned(&read(hangup("normal_clearing")), "without an answer in this file"));
}

#[test]
fn an_incoming_call_of_telnyx_says_so_in_its_first_event_alone() {
    let began = telnyx("call.initiated", 2, json!({"direction": "incoming"}));
    let hangup = telnyx("call.hangup", 58, json!({"hangup_cause": "user_busy", "hangup_source": "caller"}));
    let file = read(format!("{hangup}\n{began}"));
    assert_eq!((file.phones(), file.record().hangup_by), (vec!["+1212"], Some(HangupBy::Customer)));
}

#[test]
fn calls_of_plivo_end_by_state_or_cause() {
    let call = |change: Value| {
        let mut call = json!({"call_uuid": "p-1", "call_direction": "outbound", "from_number": "+1212", "to_number": "84901234567",
            "initiation_time": "2026-11-04 07:45:02+05:30", "answer_time": "2026-11-04 07:45:11+05:30",
            "end_time": "2026-11-04 07:45:58+05:30", "call_duration": 47, "bill_duration": 47, "billed_duration": 60,
            "total_amount": "0.13600", "hangup_source": "Callee", "hangup_cause_code": 4000});
        call.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        json!({"meta": {"limit": 20}, "objects": [call]}).to_string()
    };
    let file = read(call(json!({})));
    assert_eq!(file.times(), ["2026-11-04T02:15:02Z", "2026-11-04T02:15:11Z", "2026-11-04T02:15:58Z"]);
    assert_eq!(file.record().hangup_by, Some(HangupBy::Customer));
    assert_eq!(file.record().attributes.as_ref().unwrap()["cost_currency"], "unknown");
    for (cause, code) in
        [(4010, "NA"), (3000, "NA"), (3010, "BS"), (3020, "BS"), (2010, "CU"), (1010, "CU"), (5010, "CU")]
    {
        let file = read(call(json!({"answer_time": null, "hangup_cause_code": cause})));
        assert_eq!(file.results(), [("plivo:p-1", code)], "{cause}");
    }
    assert_eq!(read(call(json!({"answer_time": null, "hangup_cause_code": 1000}))).reading.left_out, 1);
    assert_eq!(read(call(json!({"call_state": "failed", "answer_time": null}))).results(), [("plivo:p-1", "CU")]);
    let answered = read(call(json!({"call_state": "ANSWER"})));
    assert_eq!(answered.results(), [("plivo:p-1", "ANSWERED")]);
    assert_eq!(read(call(json!({"call_state": "NO_ANSWER", "answer_time": null}))).results(), [("plivo:p-1", "NA")]);
    assert!(warned(&read(call(json!({"bill_duration": 924}))), "does not fit between their answer"));
}

#[test]
fn events_of_vonage_and_its_api_say_the_same() {
    let event = |status: &str, second: u32, more: Value| {
        let mut event = json!({"uuid": "u-1", "conversation_uuid": "CON-1", "status": status, "direction": "outbound",
            "from": "1212", "to": "84901234567", "timestamp": format!("2026-11-04T02:15:{second:02}.000Z")});
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event.to_string()
    };
    let ended = event(
        "completed",
        59,
        json!({"start_time": "2026-11-04T02:15:11.000Z", "end_time": "2026-11-04T02:15:58.000Z",
        "duration": "47", "price": "0.00333333"}),
    );
    let to_bot = json!({"uuid": "u-2", "conversation_uuid": "CON-1", "status": "completed", "duration": "47",
        "to": {"type": "websocket", "uri": "wss://bot"}, "from": {"type": "phone", "number": "1212"}});
    let file =
        read(format!("{ended}\n{to_bot}\n{}\n{}", event("answered", 11, json!({})), event("started", 2, json!({}))));
    assert_eq!(file.results(), [("vonage:u-1", "ANSWERED")]);
    assert_eq!(file.times(), ["2026-11-04T02:15:02Z", "2026-11-04T02:15:11Z", "2026-11-04T02:15:58Z"]);
    for (status, code) in [
        ("busy", "BS"),
        ("rejected", "BS"),
        ("timeout", "NA"),
        ("unanswered", "NA"),
        ("cancelled", "NA"),
        ("failed", "CU"),
    ] {
        assert_eq!(read(event(status, 30, json!({}))).results(), [("vonage:u-1", code)], "{status}");
    }
    let nobody = event("completed", 30, json!({"end_time": "2026-11-04T02:15:30.000Z", "duration": "0"}));
    assert_eq!(read(&nobody).results(), [("vonage:u-1", "NA")]);
    assert_eq!(read(format!("{}\n{nobody}", event("busy", 20, json!({})))).results(), [("vonage:u-1", "BS")]);
    assert_eq!(read(event("disconnected", 30, json!({}))).faults(), [(1, "status")]);
    assert_eq!(read(format!("{}\n{ended}", event("machine", 13, json!({})))).results(), [("vonage:u-1", "MACHINE")]);
}

#[test]
fn the_talk_of_an_exotel_campaign_is_not_known_until_the_call_is_fetched() {
    let callback = |status: &str| {
        json!({"campaign_sid": "camp", "call_sid": "x-1", "number": "+919876543210", "status": status,
            "date_created": "2026-11-04T07:45:02+05:30", "date_updated": "2026-11-04T07:45:58+05:30"})
        .to_string()
    };
    let first = read(callback("completed"));
    assert_eq!(first.times(), ["2026-11-04T02:15:02Z", "2026-11-04T02:15:58Z", "2026-11-04T02:15:58Z"]);
    assert!(warned(&first, "only the whole duration is known"), "{:?}", first.reading.warnings);
    for (status, code) in [("busy", "BS"), ("no-answer", "NA"), ("failed", "CU"), ("canceled", "NA")] {
        assert_eq!(read(callback(status)).results(), [("exotel:x-1", code)], "{status}");
    }
    // Times without a zone are India's.
    let fetched = json!({"Call": {"Sid": "x-1", "AccountSid": "a", "PhoneNumberSid": "0X", "From": "0801", "To": "09876543210",
        "Direction": "outbound-api", "Status": "completed", "StartTime": "2026-11-04 07:45:02", "EndTime": "2026-11-04 07:45:58",
        "Duration": "56", "ConversationDuration": "47", "Price": "1.500", "RecordingUrl": "https://rec.example/x.mp3"}});
    let second = read(serde_json::to_string_pretty(&fetched).unwrap());
    assert_eq!(second.reading.zone.as_ref().unwrap().basis, ZoneBasis::Platform);
    assert_eq!(second.times(), ["2026-11-04T02:15:02Z", "2026-11-04T02:15:11Z", "2026-11-04T02:15:58Z"]);
    let (first, second) = (first.record().clone(), second.record().clone());
    let joined = Format::Exotel.with_stored(&first, second.clone()).unwrap();
    assert_eq!(joined.answered_at, second.answered_at);
    assert_eq!(Format::Exotel.with_stored(&second, first).map_or(second, |call| call).answered_at, joined.answered_at);
}

#[test]
fn an_answered_call_of_plivos_api_comes_in() {
    let body = r#"{"objects":[{"call_uuid":"p1","from_number":"+842412345678","to_number":"84901234501","call_direction":"outbound","initiation_time":"2026-11-03 09:00:00+07:00","answer_time":"2026-11-03 09:00:12+07:00","end_time":"2026-11-03 09:00:42+07:00","call_duration":30,"call_state":"ANSWER","hangup_cause_code":4000}]}"#;
    let file = read(body);
    assert_eq!((file.results(), file.talk_ms()), (vec![("plivo:p1", "ANSWERED")], 30_000));
}

#[test]
fn a_machine_of_vonage_talks_for_the_duration() {
    let call = |status: &str| {
        format!(
            r#"{{"uuid": "v5", "conversation_uuid": "CON-v5", "status": "{status}", "direction": "outbound", "to": {{"type": "phone", "number": "84912345605"}}, "start_time": "2026-03-02T02:04:00.000Z", "end_time": "2026-03-02T02:04:09.000Z", "duration": "9"}}"#
        )
    };
    for (status, code, talk) in [("machine", "MACHINE", 9_000), ("completed", "ANSWERED", 9_000), ("busy", "BS", 0)] {
        let file = read(call(status));
        assert_eq!((file.codes(), file.talk_ms()), (vec![(code, 1)], talk), "{status}");
    }
}
