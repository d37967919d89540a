//! Vapi, Retell, Bland and ElevenLabs: what their webhooks and APIs say becomes calls.

use cdr::Format;
use domain::{CallRecord, HangupBy, Speaker};
use serde_json::{Value, json};

use super::{File, forced, read, read_without_campaign, try_read};

/// As it stands in an archive, in every layout that archives have.
fn layouts(bodies: &[Value]) -> Vec<String> {
    let each = |write: &dyn Fn(&Value) -> String| bodies.iter().map(write).collect::<Vec<_>>();
    let wrapped = |value: &Value| json!({"headers": {"x-signature": "s"}, "body": value}).to_string();
    let in_text = |value: &Value| json!({"headers": {}, "body": value.to_string()}).to_string();
    vec![
        each(&Value::to_string).join("\n"),
        each(&Value::to_string).join(""),
        each(&|value| serde_json::to_string_pretty(value).unwrap()).join("\n"),
        format!("[{}]", each(&Value::to_string).join(",\n")),
        each(&wrapped).join("\n"),
        each(&in_text).join("\r\n"),
        serde_json::to_string_pretty(&json!({"items": bodies})).unwrap(),
        serde_json::to_string_pretty(&bodies.iter().map(Value::to_string).collect::<Vec<_>>()).unwrap(),
    ]
}

fn warned(file: &File, words: &str) -> bool {
    file.reading.warnings.iter().any(|said| said.contains(words))
}

fn attribute<'a>(record: &'a CallRecord, name: &str) -> &'a Value {
    record.attributes.as_ref().and_then(|attributes| attributes.get(name)).unwrap_or(&Value::Null)
}

fn vapi(reason: &str) -> Value {
    json!({"message": {
        "type": "end-of-call-report", "timestamp": 1_793_758_570_000_i64, "endedReason": reason,
        "startedAt": "2026-11-04T02:15:11.480Z", "endedAt": "2026-11-04T02:15:58.910Z", "cost": 0.0394,
        "recordingUrl": "https://rec.example/1.wav",
        "artifact": {"messages": [
            {"role": "system", "message": "Be kind.", "secondsFromStart": 0},
            {"role": "bot", "message": "Dạ em chào chị.", "secondsFromStart": 1.28},
            {"role": "user", "message": "Ừ.", "secondsFromStart": 3.5},
            {"role": "tool_calls", "message": "x", "secondsFromStart": 4},
            {"role": "bot", "message": "Cảm ơn chị.", "secondsFromStart": 14.02}]},
        "analysis": {"summary": "s", "successEvaluation": "true"},
        "call": {"id": "v-1", "orgId": "o", "status": "queued", "createdAt": "2026-11-04T02:15:02.120Z", "campaignId": "tet",
            "customer": {"number": "+84901234567", "name": "Hoa"}},
        "assistant": {"id": "bot-1", "name": "Lan"}}})
}

#[test]
fn a_report_of_vapi_is_a_call_in_every_layout() {
    let update = json!({"message": {"type": "status-update", "status": "in-progress", "timestamp": 1_793_758_511_000_i64,
        "call": {"id": "v-1", "orgId": "o"}, "assistant": {"id": "bot-1"}}});
    for text in layouts(&[vapi("customer-ended-call"), update]) {
        let file = read_without_campaign(&text);
        assert_eq!(file.reading.format, Format::Vapi, "{text}");
        let call = file.record();
        assert_eq!((call.id.as_str(), call.campaign.as_str()), ("vapi:v-1", "tet"));
        assert_eq!(file.times(), ["2026-11-04T02:15:02.120Z", "2026-11-04T02:15:11.480Z", "2026-11-04T02:15:58.910Z"]);
        assert_eq!(file.results(), [("vapi:v-1", "ANSWERED")]);
        assert_eq!((call.hangup_by, call.cause.as_deref()), (Some(HangupBy::Customer), Some("customer-ended-call")));
        assert_eq!((call.voicebot.as_ref().unwrap().as_str(), call.contact.name.as_deref()), ("bot-1", Some("Hoa")));
        let lines = call.transcript.as_ref().unwrap();
        let bots: Vec<i64> = lines.iter().filter(|line| line.speaker == Speaker::Bot).map(|line| line.at).collect();
        assert_eq!((lines.len(), bots), (3, vec![1_280, 14_020]));
        assert_eq!(call.check().unwrap().bot_messages, Some(2));
        // The account's currency is not known here.
        assert_eq!(
            (call.cost, attribute(call, "cost"), attribute(call, "cost_currency")),
            (None, &json!("0.0394"), &json!("USD"))
        );
        assert!(warned(&file, "not in the account's currency"), "{:?}", file.reading.warnings);
    }
}

#[test]
fn the_reason_of_vapi_decides_by_its_pattern() {
    for (reason, code) in [
        ("customer-busy", "BS"),
        ("vonage-rejected", "BS"),
        ("customer-did-not-answer", "NA"),
        ("call.in-progress.error-providerfault-outbound-sip-480-temporarily-unavailable", "NA"),
        ("voicemail", "MACHINE"),
        ("twilio-failed-to-connect-call", "CU"),
        ("call.start.error-get-org", "CU"),
        ("assistant-request-failed", "CU"),
        ("silence-timed-out", "ANSWERED"),
        ("pipeline-error-openai-llm-failed", "ANSWERED"),
    ] {
        assert_eq!(read(vapi(reason).to_string()).results(), [("vapi:v-1", code)], "{reason}");
    }
    let cancelled = read(vapi("manually-canceled").to_string());
    assert_eq!((cancelled.reading.calls, cancelled.reading.skipped, cancelled.reading.left_out), (0, 0, 1));
    // What nobody knows is no reason to lose a call.
    for (reason, code) in [("call.ringing.hook-executed-say", "CU"), ("something-of-next-year", "ANSWERED")] {
        let unknown = read(vapi(reason).to_string());
        assert_eq!((unknown.results(), unknown.record().cause.as_deref()), (vec![("vapi:v-1", code)], Some(reason)));
        assert!(unknown.warns("for a reason that is not known"), "{:?}", unknown.reading.warnings);
    }
    // Without a word that was said nobody was talked to.
    let mut silent = vapi("assistant-ended-call");
    silent["message"]["artifact"] = json!({});
    assert_eq!(read(silent.to_string()).results(), [("vapi:v-1", "CU")]);
    // A scheduled call was created long before it was dialled.
    let mut scheduled = vapi("customer-ended-call");
    scheduled["message"]["call"]["createdAt"] = json!("2026-11-03T02:15:02.120Z");
    assert_eq!(read(scheduled.to_string()).times()[0], "2026-11-04T02:15:11.480Z");
}

#[test]
fn what_is_larger_than_what_is_kept_costs_no_call() {
    let mut body = vapi("customer-ended-call");
    body["message"]["analysis"]["structuredData"] = json!({"long": "x".repeat(70_000)});
    body["message"]["recordingUrl"] = json!(format!("https://rec.example/{}", "x".repeat(2_100)));
    let lines = (0..5_010)
        .map(|n| json!({"role": "bot", "message": "y".repeat(if n == 0 { 10_010 } else { 1 }), "secondsFromStart": n}));
    body["message"]["artifact"]["messages"] = lines.collect();
    // In the order in which it is sent, what tells the format comes before what is long.
    let text = body.to_string().replacen("{\"message\":{", "{\"message\":{\"type\":\"end-of-call-report\",", 1);
    let file = read(text);
    let lines = file.record().transcript.as_ref().unwrap();
    assert_eq!((lines.len(), lines[0].text.chars().count()), (5_000, 10_000));
    assert_eq!((attribute(file.record(), "data"), attribute(file.record(), "summary")), (&Value::Null, &json!("s")));
    assert!(file.record().recording_url.is_none() && attribute(file.record(), "recording").is_string());
    assert!(warned(&file, "larger than what is kept") && warned(&file, "longer than what is kept"));
}

fn retell(event: &str, reason: &str) -> Value {
    json!({"event": event, "event_timestamp": 1_793_758_560_000_i64, "call": {
        "call_id": "r-1", "call_type": "phone_call", "call_status": "ended", "agent_id": "a-1", "agent_name": "Lan",
        "from_number": "+1", "to_number": "+84901234567", "direction": "outbound", "metadata": {"campaign": "tet"},
        "start_timestamp": 1_793_758_511_480_i64, "end_timestamp": 1_793_758_558_910_i64, "disconnection_reason": reason}})
}

#[test]
fn the_analysis_of_retell_comes_after_the_end_and_takes_nothing_away() {
    let ended = retell("call_ended", "agent_hangup");
    let mut analyzed = retell("call_analyzed", "agent_hangup");
    analyzed["event_timestamp"] = json!(1_793_758_570_000_i64);
    analyzed["call"]["call_analysis"] = json!({"call_summary": "ok", "in_voicemail": false, "call_successful": true});
    analyzed["call"]["call_cost"] = json!({"combined_cost": 70});
    analyzed["call"]["transcript_object"] = json!([
        {"role": "agent", "content": "hi", "words": [{"word": "hi", "start": 0.7}]}, {"role": "user", "content": "yes"}]);
    analyzed["call"].as_object_mut().unwrap().remove("end_timestamp");
    for bodies in [[&ended, &analyzed], [&analyzed, &ended]] {
        let file = read_without_campaign(bodies.map(Value::to_string).join("\n"));
        let call = file.record();
        assert_eq!(
            (call.id.as_str(), call.campaign.as_str(), call.hangup_by),
            ("retell:r-1", "tet", Some(HangupBy::Bot))
        );
        assert_eq!(file.times(), ["2026-11-04T02:15:11.480Z", "2026-11-04T02:15:11.480Z", "2026-11-04T02:15:58.910Z"]);
        assert_eq!((attribute(call, "summary"), attribute(call, "cost")), (&json!("ok"), &json!("0.7")));
        assert_eq!(call.transcript.as_ref().unwrap()[0].at, 700);
        assert!(warned(&file, "without a dial instant"), "{:?}", file.reading.warnings);
    }
    // In two files, in either order.
    let of = |body: &Value| read(body.to_string()).record().clone();
    let (first, second) = (of(&ended), {
        let mut alone = analyzed.clone();
        alone["call"]["end_timestamp"] = json!(1_793_758_558_910_i64);
        of(&alone)
    });
    let joined = Format::Retell.with_stored(&first, second.clone()).unwrap();
    assert_eq!(Some(joined.clone()), Some(Format::Retell.with_stored(&second, first.clone()).unwrap_or(second)));
    assert_eq!(attribute(&joined, "summary"), "ok");
    assert_eq!(Format::Retell.with_stored(&joined, first), None);
}

#[test]
fn an_error_of_retell_is_an_answered_call_where_it_was_connected() {
    for (reason, connected, code) in [
        ("error_asr", true, "ANSWERED"),
        ("error_asr", false, "CU"),
        ("scam_detected", true, "ANSWERED"),
        ("scam_detected", false, "CU"),
        ("voicemail_reached", true, "MACHINE"),
        ("user_declined", false, "BS"),
        ("registered_call_timeout", false, "NA"),
        ("no_valid_payment", false, "CU"),
    ] {
        let mut body = retell("call_ended", reason);
        if !connected {
            body["call"].as_object_mut().unwrap().remove("start_timestamp");
        }
        assert_eq!(read(body.to_string()).results(), [("retell:r-1", code)], "{reason} {connected}");
    }
    let mut voicemail = retell("call_analyzed", "agent_hangup");
    voicemail["call"]["call_analysis"] = json!({"in_voicemail": true});
    assert_eq!(read(voicemail.to_string()).results(), [("retell:r-1", "MACHINE")]);
    let unknown = read(retell("call_ended", "moon_phase").to_string());
    assert_eq!(unknown.faults(), [(1, "disconnection_reason")]);
    assert!(warned(&unknown, "\"moon_phase\""), "{:?}", unknown.reading.warnings);
}

fn bland(change: &[(&str, Value)]) -> String {
    let mut body = json!({"call_id": "b-1", "c_id": "b-1", "to": "+84901234567", "from": "+1", "price": 0.148,
        "end_at": "2026-11-04T02:15:58.000Z", "status": "completed", "completed": true, "inbound": false,
        "answered_by": "human", "call_length": 0.75, "corrected_duration": "47", "call_ended_by": "USER",
        "batch_id": "tet", "pathway_id": "p-1", "disposition_tag": "TRANSFERRED"});
    for (name, value) in change {
        body[*name] = value.clone();
    }
    body.to_string()
}

#[test]
fn a_call_of_bland_has_its_seconds_in_a_text_and_mostly_no_dial_instant() {
    let file = read_without_campaign(bland(&[]));
    assert_eq!(file.times(), ["2026-11-04T02:15:11Z", "2026-11-04T02:15:11Z", "2026-11-04T02:15:58Z"]);
    assert_eq!((file.results(), file.record().hangup_by), (vec![("bland:b-1", "ANSWERED")], Some(HangupBy::Customer)));
    assert_eq!(attribute(file.record(), "disposition"), "TRANSFERRED");
    assert!(warned(&file, "without a dial instant"), "{:?}", file.reading.warnings);
    for (change, code) in [
        (("answered_by", json!("voicemail")), "MACHINE"),
        (("answered_by", json!("no-answer")), "NA"),
        (("answered_by", Value::Null), "ANSWERED"),
        (("status", json!("busy")), "BS"),
        (("status", json!("canceled")), "NA"),
        (("status", json!("failed")), "CU"),
    ] {
        assert_eq!(read(bland(std::slice::from_ref(&change))).results(), [("bland:b-1", code)], "{change:?}");
    }
    // Nothing but `end_at` tells when a call was that nobody answered.
    for (status, code) in [("busy", "BS"), ("no-answer", "NA"), ("canceled", "NA"), ("failed", "CU")] {
        let file = read(bland(&[
            ("status", json!(status)),
            ("completed", json!(false)),
            ("answered_by", Value::Null),
            ("corrected_duration", json!("0")),
        ]));
        assert_eq!((file.results(), file.times()[2].as_str()), (vec![("bland:b-1", code)], "2026-11-04T02:15:58Z"));
    }
    assert_eq!(read(bland(&[("status", json!("unknown"))])).faults(), [(1, "status")]);
    let rang = [("status", json!("no-answer")), ("end_at", Value::Null), ("created_at", json!("2026-11-04T02:15:02Z"))];
    assert_eq!(read(bland(&rang)).times(), ["2026-11-04T02:15:02Z", "", "2026-11-04T02:15:02Z"]);
}

#[test]
fn a_conversation_of_elevenlabs_is_a_call_and_so_is_one_that_did_not_begin() {
    let talk = json!({"type": "post_call_transcription", "event_timestamp": 1_793_758_570, "data": {
        "agent_id": "a-1", "conversation_id": "e-1", "status": "done", "has_audio": true,
        "transcript": [{"role": "agent", "message": "hi", "time_in_call_secs": 0}, {"role": "user", "message": null},
            {"role": "user", "message": "yes", "time_in_call_secs": 2}],
        "metadata": {"start_time_unix_secs": 1_793_758_502, "accepted_time_unix_secs": 1_793_758_511, "call_duration_secs": 56,
            "cost": 296, "phone_call": {"direction": "outbound", "external_number": "+84901234567"},
            "batch_call": {"batch_call_id": "tet", "batch_call_recipient_id": "kh-1"}},
        "analysis": {"call_successful": "failure"}}});
    let audio = json!({"type": "post_call_audio", "event_timestamp": 1_793_758_580,
        "data": {"agent_id": "a-1", "conversation_id": "e-1", "full_audio": "SUQz"}});
    let file = read_without_campaign(format!("{audio}\n{talk}"));
    assert_eq!(file.times(), ["2026-11-04T02:15:02Z", "2026-11-04T02:15:11Z", "2026-11-04T02:15:58Z"]);
    let call = file.record();
    assert_eq!((call.campaign.as_str(), call.contact.id.as_ref().unwrap().as_str()), ("tet", "kh-1"));
    assert_eq!((attribute(call, "cost_currency"), attribute(call, "success")), (&json!("credits"), &json!("failure")));
    assert_eq!(call.transcript.as_ref().unwrap().len(), 2);
    let audio_of = "https://api.elevenlabs.io/v1/convai/conversations/e-1/audio";
    assert_eq!(call.recording_url.as_deref(), Some(audio_of));

    let failed = |reason: &str, body: Value| {
        json!({"type": "call_initiation_failure", "event_timestamp": 1_793_758_502, "data": {"agent_id": "a-1",
            "conversation_id": "e-2", "failure_reason": reason, "metadata": {"type": "x", "body": body}}})
        .to_string()
    };
    for (reason, body, code) in [
        ("busy", json!({"To": "0901234567", "CallStatus": "busy", "SipResponseCode": "487"}), "BS"),
        ("no-answer", json!({"to_number": "0901234567"}), "NA"),
        ("unknown", json!({"to_number": "0901234567", "sip_status_code": 486}), "BS"),
        ("unknown", json!({"To": "0901234567", "CallStatus": "failed", "SipResponseCode": "404"}), "CU"),
        ("unknown", json!({"to_number": "0901234567"}), "CU"),
    ] {
        let file = read(failed(reason, body.clone()));
        assert_eq!(
            (file.results(), file.phones()),
            (vec![("elevenlabs:e-2", code)], vec!["0901234567"]),
            "{reason} {body}"
        );
    }
}

#[test]
fn what_is_broken_or_of_another_kind_is_named_and_the_rest_is_read() {
    let good = vapi("customer-ended-call").to_string();
    let text = format!("{}\n{good}\n{{\"a\":1}}\nnonsense\n{}", &good[..100], &good[..good.len() - 9]);
    let file = read(&text);
    assert_eq!((file.results(), file.faults()), (vec![("vapi:v-1", "ANSWERED")], vec![(1, ""), (3, ""), (5, "")]));
    assert!(warned(&file, "neither JSON nor a form"), "{:?}", file.reading.warnings);
    let twice = read(format!("{good}\n{good}"));
    assert_eq!((twice.reading.calls, twice.reading.duplicates), (1, 1));
    let picture = try_read([0x89, b'P', b'N', b'G', b'\r', b'\n', 0, 1, 2, b'"', b'\n', 200], &forced(Format::Vapi));
    assert!(picture.err().unwrap().to_string().contains("a picture (PNG)"));
    let bytes = try_read([200, b'\r', b'\n', 0, 1, 2, b'"', b'\n', 200], &forced(Format::Vapi)).unwrap();
    assert_eq!((bytes.reading.calls, bytes.skipped.len()), (0, 1), "{:?}", bytes.skipped);
    let deep = format!("{}1{}", "{\"call\":".repeat(10_000), "}".repeat(10_000));
    assert_eq!(try_read(deep, &forced(Format::Vapi)).unwrap().faults(), [(1, "")]);
    let bad_time = good.replace("2026-11-04T02:15:58.910Z", "late");
    assert_eq!(read(bad_time).faults(), [(1, "endedAt")]);
}

#[test]
fn one_body_after_the_other_gives_the_call_that_a_file_of_them_gives() {
    let (ended, mut analyzed) = (retell("call_ended", "user_hangup"), retell("call_analyzed", "user_hangup"));
    analyzed["event_timestamp"] = json!(1_793_758_570_000_i64);
    analyzed["call"]["call_analysis"] = json!({"call_summary": "ok"});
    let zone = super::zone("Asia/Ho_Chi_Minh");
    let partial = |body: &Value| {
        let said = Format::Retell.partial_calls(body.to_string().as_bytes(), zone).unwrap().unwrap().remove(0);
        // It is kept as JSON between events.
        serde_json::from_str::<cdr::PartialCall>(&serde_json::to_string(&said).unwrap()).unwrap()
    };
    let mut call = partial(&analyzed);
    call.merge(partial(&ended));
    assert_eq!((call.call(), call.leg()), ("r-1", ""));
    let record = Format::Retell.call_of(vec![call], None, None).unwrap();
    let file = read_without_campaign(format!("{ended}\n{analyzed}"));
    assert_eq!(record.as_ref(), Some(file.record()));
    assert!(Format::Retell.partial_calls(b"{}", zone).unwrap().is_err());
    assert!(Format::Csv.partial_calls(b"{}", zone).is_none());
    let ongoing =
        json!({"event": "call_started", "call": {"call_id": "r-2", "agent_id": "a", "call_status": "ongoing"}});
    assert_eq!(Format::Retell.call_of(vec![partial(&ongoing)], None, None), Ok(None));
}

#[test]
fn an_attempt_of_sarvam_ends_as_its_connectivity_says() {
    let attempt = |status: Value| {
        json!({"attempt_id": "s-1", "campaign_id": "tet", "app_id": "bot-1", "connectivity_status": status, "retry_attempt": 2,
            "user_identifier": "kh-1", "user_phone_number": "+919876543210", "duration": 47.5,
            "executed_at": "2026-11-04T02:15:11.500000Z", "failure_reason": null})
        .to_string()
    };
    let file = read_without_campaign(attempt(json!("connected")));
    assert_eq!(file.times(), ["2026-11-04T02:15:11.500Z", "2026-11-04T02:15:11.500Z", "2026-11-04T02:15:59Z"]);
    assert_eq!((file.reading.format, file.record().attempt), (Format::Sarvam, Some(2)));
    for (status, code) in [("busy", "BS"), ("no_answer", "NA"), ("failed", "CU")] {
        assert_eq!(read(attempt(json!(status))).results(), [("sarvam:s-1", code)], "{status}");
    }
    assert_eq!(read(attempt(Value::Null)).reading.left_out, 1);
}

#[test]
fn a_call_of_timepay_is_in_local_time() {
    let call = |status: &str| {
        json!({"event_type": "call", "call_id": "t-1", "agent_id": "a", "campaign_name": "tet", "loan_id": "LN1", "phone": "0901234567",
            "from_phone": "+8428", "status": status, "duration": 47, "disposition": "Hangup",
            "start_time": "2026-11-04T09:15:11", "end_time": "2026-11-04T09:15:58", "recording_id": "r-1"})
        .to_string()
    };
    let file = read_without_campaign(call("Contacted"));
    assert_eq!(file.times(), ["2026-11-04T02:15:11Z", "2026-11-04T02:15:11Z", "2026-11-04T02:15:58Z"]);
    assert_eq!(attribute(file.record(), "recording"), "r-1");
    assert_eq!(read(call("Vanished")).faults(), [(1, "status")]);
}

#[test]
fn a_report_of_dograh_holds_completed_runs_alone() {
    let csv = "Run ID,Campaign ID,Agent ID,Agent Definition ID,Created At,Phone Number,Call Disposition,Call Duration (s),amount,\
               Call Tags,Transcript URL,Recording URL\n\
               17,tet,4,9,2026-11-04T02:15:11Z,+84901234567,promised,47,100,\"a, b\",https://t.example/1,https://r.example/1\n\
               18,tet,4,9,2026-11-04 02:16:00,+84901234568,voicemail_detected,5,,,,\n";
    let file = read_without_campaign(csv);
    assert_eq!(file.results(), [("dograh:17", "ANSWERED"), ("dograh:18", "MACHINE")]);
    assert_eq!(file.times(), ["2026-11-04T02:15:11Z", "2026-11-04T02:15:11Z", "2026-11-04T02:15:58Z"]);
    assert_eq!(file.records[0].1.cause.as_deref(), Some("promised"));
    assert_eq!(file.records[1].1.dialed_at.to_rfc3339(), "2026-11-04T02:16:00.000Z");
    assert!(warned(&file, "answer rate says nothing"), "{:?}", file.reading.warnings);
}
