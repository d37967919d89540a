//! Bodies as the systems send them, shortened to what is read; `{ID}` is the call. What becomes of each call was worked out by
//! hand from the bodies.

use domain::HookSource;
use serde_json::{Value, json};

/// All that one system tells of a call.
pub struct Case {
    pub source: HookSource,
    pub bodies: &'static [&'static str],
    /// The id of the call.
    pub call: &'static str,
    /// Fields of the call as the API has them; paths have dots.
    pub expected: fn() -> Vec<(&'static str, Value)>,
}

/// The mapping of `generic`.
pub const MAPPING: &str = r#"
source = "bot-hn"
[columns]
id = "data.id"
campaign = "data.campaign"
voicebot = "bot"
phone = "data.customer.phone"
dialed_at = "data.started_at"
talk = { column = "data.talk", unit = "s" }
result = "data.status"
recording_url = "recording"
attributes = ["data.product"]
[results]
"dong_y" = "DY"
"#;

fn fields<const N: usize>(of: [(&'static str, Value); N]) -> Vec<(&'static str, Value)> {
    of.to_vec()
}

pub const CASES: &[Case] = &[
    Case {
        source: HookSource::Vapi,
        call: "vapi:{ID}",
        bodies: &[
            r#"{"message":{"timestamp":1793758511000,"type":"status-update","status":"in-progress","call":{"id":"{ID}","orgId":"o","createdAt":"2026-11-04T02:15:02.120Z","campaignId":"batch-7"},"assistant":{"id":"asst-1","name":"Lan"}}}"#,
            r#"{"message":{"timestamp":1793758560000,"type":"end-of-call-report","endedReason":"customer-ended-call","startedAt":"2026-11-04T02:15:11.480Z","endedAt":"2026-11-04T02:15:58.910Z","cost":0.0394,"artifact":{"messages":[{"role":"bot","message":"Dạ em chào chị.","secondsFromStart":1.28},{"role":"user","message":"Ừ.","secondsFromStart":3.5}]},"call":{"id":"{ID}","orgId":"o","status":"queued","createdAt":"2026-11-04T02:15:02.120Z","campaignId":"batch-7","customer":{"number":"+84901234567"}},"assistant":{"id":"asst-1","name":"Lan"}}}"#,
            r#"{"message":{"timestamp":1793758590000,"type":"end-of-call-report","endedReason":"customer-ended-call","analysis":{"summary":"Khách đồng ý","successEvaluation":"true"},"recordingUrl":"https://rec.example/{ID}.wav","startedAt":"2026-11-04T02:15:11.480Z","endedAt":"2026-11-04T02:15:58.910Z","artifact":{"messages":[{"role":"bot","message":"Dạ em chào chị.","secondsFromStart":1.28},{"role":"user","message":"Ừ.","secondsFromStart":3.5}]},"call":{"id":"{ID}","orgId":"o","campaignId":"batch-7"},"assistant":{"id":"asst-1"}}}"#,
        ],
        expected: || {
            fields([
                ("campaign", json!("batch-7")),
                ("voicebot", json!("asst-1")),
                ("result_code", json!("ANSWERED")),
                ("talk_time", json!(47_430)),
                ("hangup_by", json!("customer")),
                ("contact.phone", json!("+84901234567")),
                ("attributes.summary", json!("Khách đồng ý")),
            ])
        },
    },
    Case {
        source: HookSource::Retell,
        call: "retell:{ID}",
        bodies: &[
            r#"{"event":"call_started","event_timestamp":1793758505000,"call":{"call_id":"{ID}","call_type":"phone_call","agent_id":"agent_1","agent_name":"Mai","call_status":"ongoing","direction":"outbound","from_number":"+842871000000","to_number":"+84901234567","start_timestamp":1793758505000}}"#,
            r#"{"event":"call_ended","event_timestamp":1793758540000,"call":{"call_id":"{ID}","call_type":"phone_call","agent_id":"agent_1","agent_name":"Mai","call_status":"ended","direction":"outbound","from_number":"+842871000000","to_number":"+84901234567","start_timestamp":1793758505000,"end_timestamp":1793758536000,"duration_ms":31000,"disconnection_reason":"user_hangup","recording_url":"https://rec.example/r.wav"}}"#,
            r#"{"event":"call_analyzed","event_timestamp":1793758550000,"call":{"call_id":"{ID}","call_type":"phone_call","agent_id":"agent_1","call_status":"ended","direction":"outbound","to_number":"+84901234567","start_timestamp":1793758505000,"end_timestamp":1793758536000,"duration_ms":31000,"disconnection_reason":"user_hangup","call_analysis":{"call_summary":"Khách bận","user_sentiment":"Neutral"}}}"#,
        ],
        expected: || {
            fields([
                ("campaign", json!("agent_1")),
                ("result_code", json!("ANSWERED")),
                ("talk_time", json!(31_000)),
                ("recording_url", json!("https://rec.example/r.wav")),
                ("attributes.sentiment", json!("Neutral")),
            ])
        },
    },
    Case {
        source: HookSource::Retell,
        call: "retell:{ID}-b",
        bodies: &[
            r#"{"event":"call_ended","event_timestamp":1793758540000,"call":{"call_id":"{ID}-b","call_type":"phone_call","agent_id":"agent_1","call_status":"not_connected","direction":"outbound","to_number":"+84901234567","disconnection_reason":"dial_busy"}}"#,
            r#"{"event":"call_analyzed","event_timestamp":1793758550000,"call":{"call_id":"{ID}-b","call_type":"phone_call","agent_id":"agent_1","call_status":"not_connected","direction":"outbound","to_number":"+84901234567","disconnection_reason":"dial_busy","call_analysis":{"call_successful":false}}}"#,
        ],
        expected: || fields([("result_code", json!("BS")), ("talk_time", json!(0)), ("answered_at", Value::Null)]),
    },
    Case {
        source: HookSource::Bland,
        call: "bland:{ID}",
        bodies: &[
            r#"{"call_id":"{ID}","c_id":"{ID}","to":"+84901234567","from":"+12315550128","inbound":false,"status":"completed","completed":true,"answered_by":"human","call_length":1.9166,"corrected_duration":"115","end_at":"2026-11-04T02:19:05.000Z","call_ended_by":"USER","pathway_id":"path-1","disposition_tag":"TRANSFERRED","price":0.148}"#,
            r#"{"call_id":"{ID}","to":"+84901234567","inbound":false,"status":"completed","completed":true,"answered_by":"human","corrected_duration":"115","end_at":"2026-11-04T02:19:05.000Z","recording_url":"https://rec.example/b.mp3","summary":"Chuyển máy"}"#,
        ],
        expected: || {
            fields([
                ("voicebot", json!("path-1")),
                ("result_code", json!("ANSWERED")),
                ("talk_time", json!(115_000)),
                ("recording_url", json!("https://rec.example/b.mp3")),
                ("attributes.summary", json!("Chuyển máy")),
                ("attributes.disposition", json!("TRANSFERRED")),
            ])
        },
    },
    Case {
        source: HookSource::ElevenLabs,
        call: "elevenlabs:{ID}",
        bodies: &[
            r#"{"type":"post_call_transcription","event_timestamp":1793758560,"data":{"agent_id":"xi-1","conversation_id":"{ID}","status":"done","transcript":[{"role":"agent","message":"Alo","time_in_call_secs":0},{"role":"user","message":"Ai đấy","time_in_call_secs":2}],"metadata":{"start_time_unix_secs":1793758500,"accepted_time_unix_secs":1793758508,"call_duration_secs":52,"phone_call":{"direction":"outbound","external_number":"+84901234567"},"termination_reason":"Call ended by remote party"},"analysis":{"call_successful":"success","transcript_summary":"Hỏi ai gọi"}}}"#,
            r#"{"type":"post_call_audio","event_timestamp":1793758570,"data":{"agent_id":"xi-1","conversation_id":"{ID}","full_audio":"SUQzBAAA"}}"#,
        ],
        expected: || {
            fields([
                ("campaign", json!("xi-1")),
                ("result_code", json!("ANSWERED")),
                ("dialed_at", json!("2026-11-04T02:15:00.000Z")),
                ("attributes.summary", json!("Hỏi ai gọi")),
                ("attributes.recording", json!("sent as audio, not kept")),
            ])
        },
    },
    Case {
        source: HookSource::Twilio,
        call: "twilio:{ID}",
        bodies: &[
            "CallSid={ID}&AccountSid=AC0&CallStatus=initiated&Direction=outbound-api&To=%2B84901234567&From=%2B12125550102&SequenceNumber=0&Timestamp=Wed%2C%2004%20Nov%202026%2002%3A15%3A00%20%2B0000",
            "CallSid={ID}&AccountSid=AC0&CallStatus=in-progress&Direction=outbound-api&To=%2B84901234567&From=%2B12125550102&SequenceNumber=2&Timestamp=Wed%2C%2004%20Nov%202026%2002%3A15%3A09%20%2B0000",
            "CallSid={ID}&AccountSid=AC0&CallStatus=completed&CallDuration=49&Duration=1&AnsweredBy=human&Direction=outbound-api&To=%2B84901234567&From=%2B12125550102&SequenceNumber=3&Timestamp=Wed%2C%2004%20Nov%202026%2002%3A15%3A58%20%2B0000",
            "RecordingSid=RE1&RecordingUrl=https%3A%2F%2Fapi.twilio.com%2FRecordings%2FRE1&RecordingStatus=completed&RecordingDuration=48&CallSid={ID}&AccountSid=AC0",
        ],
        expected: || {
            fields([
                ("campaign", json!("twilio")),
                ("result_code", json!("ANSWERED")),
                ("dialed_at", json!("2026-11-04T02:15:00.000Z")),
                ("talk_time", json!(49_000)),
                ("recording_url", json!("https://api.twilio.com/Recordings/RE1.wav")),
            ])
        },
    },
    Case {
        source: HookSource::Twilio,
        call: "twilio:{ID}-b",
        bodies: &[
            "CallSid={ID}-b&AccountSid=AC0&CallStatus=busy&Direction=outbound-api&To=%2B84901234567&From=%2B12125550102&SequenceNumber=2&Timestamp=Wed%2C%2004%20Nov%202026%2002%3A15%3A08%20%2B0000",
            "CallSid={ID}-b&AccountSid=AC0&CallStatus=completed&CallDuration=0&Direction=outbound-api&To=%2B84901234567&From=%2B12125550102&SequenceNumber=3&Timestamp=Wed%2C%2004%20Nov%202026%2002%3A15%3A09%20%2B0000",
        ],
        expected: || fields([("result_code", json!("BS")), ("answered_at", Value::Null)]),
    },
    Case {
        source: HookSource::Telnyx,
        call: "telnyx:{ID}",
        bodies: &[
            r#"{"data":{"event_type":"call.initiated","occurred_at":"2026-11-04T02:15:00.000000Z","payload":{"call_leg_id":"{ID}","call_session_id":"{ID}","direction":"outgoing","from":"+842871000000","to":"+84901234567"}}}"#,
            r#"{"data":{"event_type":"call.answered","occurred_at":"2026-11-04T02:15:08.500000Z","payload":{"call_leg_id":"{ID}","call_session_id":"{ID}","from":"+842871000000","to":"+84901234567"}}}"#,
            r#"{"data":{"event_type":"call.hangup","occurred_at":"2026-11-04T02:15:50.500000Z","payload":{"call_leg_id":"{ID}","call_session_id":"{ID}","from":"+842871000000","to":"+84901234567","start_time":"2026-11-04T02:15:00.000000Z","end_time":"2026-11-04T02:15:50.500000Z","hangup_cause":"normal_clearing","hangup_source":"callee","sip_hangup_cause":"200"}}}"#,
            r#"{"data":{"event_type":"call.recording.saved","occurred_at":"2026-11-04T02:16:10.000000Z","payload":{"call_leg_id":"{ID}","call_session_id":"{ID}","recording_urls":{"mp3":"https://rec.example/t.mp3"}}}}"#,
        ],
        expected: || {
            fields([
                ("result_code", json!("ANSWERED")),
                ("talk_time", json!(42_000)),
                ("hangup_by", json!("customer")),
                ("recording_url", json!("https://rec.example/t.mp3")),
            ])
        },
    },
    Case {
        source: HookSource::Stringee,
        call: "stringee:{ID}",
        bodies: &[
            r#"{"call_status":"started","project_id":25,"timestamp_ms":1793758500000,"call_id":"{ID}","type":"stringee_call","clientCustomData":"{\"campaign\":\"no-thang-11\"}","from":{"number":"842871000000","type":"internal"},"to":{"number":"84901234567","type":"external"}}"#,
            r#"{"call_status":"answered","project_id":25,"timestamp_ms":1793758508000,"call_id":"{ID}","type":"stringee_call","from":{"number":"842871000000","type":"internal"},"to":{"number":"84901234567","type":"external"}}"#,
            r#"{"call_status":"ended","project_id":25,"timestamp_ms":1793758540000,"call_id":"{ID}","type":"stringee_call","endCallCause":"USER_END_CALL","endedBy":"EXTERNAL","duration":40,"answerDuration":32,"from":{"number":"842871000000","type":"internal"},"to":{"number":"84901234567","type":"external"}}"#,
        ],
        expected: || {
            fields([
                ("campaign", json!("no-thang-11")),
                ("result_code", json!("ANSWERED")),
                ("talk_time", json!(32_000)),
                ("hangup_by", json!("customer")),
            ])
        },
    },
    Case {
        source: HookSource::Stringee,
        call: "stringee:{ID}-b",
        bodies: &[
            r#"{"call_status":"started","timestamp_ms":1793758500000,"call_id":"{ID}-b","from":{"number":"842871000000","type":"internal"},"to":{"number":"84901234567","type":"external"}}"#,
            r#"{"call_status":"ended","timestamp_ms":1793758509000,"call_id":"{ID}-b","endCallCause":"486 Busy Here","endedBy":"EXTERNAL","duration":9,"answerDuration":0,"from":{"number":"842871000000","type":"internal"},"to":{"number":"84901234567","type":"external"}}"#,
        ],
        expected: || fields([("result_code", json!("BS")), ("campaign", json!("stringee"))]),
    },
    Case {
        source: HookSource::OmiCall,
        call: "omicall:{ID}",
        bodies: &[
            r#"{"transaction_id":"{ID}","state":"ringing","direction":"outbound","source_number":"842871000000","destination_number":"0901234567","date_time":1793758500,"time_start_call":1793758500}"#,
            r#"{"transaction_id":"{ID}","direction":"outbound","source_number":"842871000000","destination_number":"0901234567","duration":40,"bill_sec":32,"answer_sec":32,"time_start_call":1793758500,"time_end_call":1793758540,"hangup_cause":"NORMAL_CLEARING","is_auto_call":true,"autocall_id":"auto-9","endby_name":"end_call_by_customer"}"#,
            r#"{"transaction_id":"{ID}","direction":"outbound","destination_number":"0901234567","duration":40,"bill_sec":32,"answer_sec":32,"time_start_call":1793758500,"time_end_call":1793758540,"hangup_cause":"NORMAL_CLEARING","recording_file_url":"https://rec.example/o.mp3","last_updated_date":1793758600000}"#,
        ],
        expected: || {
            fields([
                ("campaign", json!("auto-9")),
                ("result_code", json!("ANSWERED")),
                ("talk_time", json!(32_000)),
                ("hangup_by", json!("customer")),
                ("recording_url", json!("https://rec.example/o.mp3")),
            ])
        },
    },
    Case {
        source: HookSource::Tel4Vn,
        call: "tel4vn:{ID}",
        bodies: &[
            r#"{"id":"{ID}","parent_id":"{ID}","cause":"NORMAL_CLEARING","duration":50,"direction":"outbound","recording_url":"","from_number":"02871000000","to_number":"0901234567","time_started":"2026-11-04 09:15:00","time_answered":"2026-11-04 09:15:10","time_ended":"2026-11-04 09:15:50","status":"answered","billsec":40,"app":"autocall","press_key":"{}","sip_hangup_disposition":"recv_bye","campaign_uuid":"camp-1"}"#,
            r#"{"id":"{ID}","parent_id":"{ID}","direction":"outbound","to_number":"0901234567","time_started":"2026-11-04 09:15:00","time_answered":"2026-11-04 09:15:10","time_ended":"2026-11-04 09:15:50","duration":50,"status":"answered","billsec":40,"app":"autocall","campaign_uuid":"camp-1","recording_url":"https://rec.example/4.mp3"}"#,
        ],
        expected: || {
            fields([
                ("campaign", json!("camp-1")),
                ("talk_time", json!(40_000)),
                ("hangup_by", json!("customer")),
                ("recording_url", json!("https://rec.example/4.mp3")),
            ])
        },
    },
    Case {
        source: HookSource::Dograh,
        call: "dograh:{ID}",
        bodies: &[
            r#"{"run_id":"{ID}","campaign_id":"7","agent_id":"12","created_at":"2026-11-04T02:15:00Z","phone_number":"+84901234567","call_disposition":"user_hangup","duration":33}"#,
            r#"{"run_id":"{ID}","campaign_id":"7","agent_id":"12","created_at":"2026-11-04T02:15:00Z","phone_number":"+84901234567","call_disposition":"user_hangup","duration":33,"recording_url":"https://rec.example/d.wav"}"#,
        ],
        expected: || {
            fields([
                ("campaign", json!("7")),
                ("voicebot", json!("12")),
                ("talk_time", json!(33_000)),
                ("recording_url", json!("https://rec.example/d.wav")),
            ])
        },
    },
    Case {
        source: HookSource::Generic,
        call: "table:bot-hn:{ID}",
        bodies: &[
            r#"{"event":"ringing","bot":"lan","data":{"id":"{ID}","campaign":"tet-27","customer":{"phone":"0901234567"},"started_at":"2026-11-04 09:15:00","status":"ringing","talk":null}}"#,
            r#"{"event":"ended","bot":"lan","data":{"id":"{ID}","campaign":"tet-27","customer":{"phone":"0901234567"},"started_at":"2026-11-04 09:15:00","status":"dong_y","talk":42}}"#,
            r#"{"event":"recorded","recording":"https://rec.example/g.mp3","data":{"id":"{ID}","product":"Thẻ"}}"#,
        ],
        expected: || {
            fields([
                ("campaign", json!("tet-27")),
                ("voicebot", json!("lan")),
                ("result_code", json!("DY")),
                ("talk_time", json!(42_000)),
                ("contact.phone", json!("0901234567")),
                ("recording_url", json!("https://rec.example/g.mp3")),
            ])
        },
    },
    Case {
        source: HookSource::Generic,
        call: "table:bot-hn:{ID}-b",
        bodies: &[
            r#"{"bot":"lan","data":{"id":"{ID}-b","campaign":"tet-27","customer":{"phone":"0901234567"},"started_at":"2026-11-04 09:15:00","status":"busy","talk":0}}"#,
            r#"{"bot":"lan","data":{"id":"{ID}-b","campaign":"tet-27","customer":{"phone":"0901234567"},"started_at":"2026-11-04 09:15:00","status":"completed"}}"#,
        ],
        expected: || fields([("result_code", json!("BS")), ("answered_at", Value::Null)]),
    },
];
