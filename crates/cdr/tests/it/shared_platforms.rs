//! The real and documented bodies of platforms that are kept beside the repository, where they are there: each comes in,
//! or is refused by a reason that says what is missing.

use std::{fs, path::Path};

use cdr::Format;

use super::{File, forced, options, shared_files::shared, try_read};

/// A file below the folder, the format that it is found to be, and what comes of it: `id code` for each call, `!` and the
/// field for each that is refused, `-` and the number of calls left out.
const FILES: &[(&str, Format, &str)] = &[
    (
        "vapi/end-of-call-report_real_webcall.masked.json",
        Format::Vapi,
        "vapi:9fdada8b-5dd0-42dc-adc7-274677f13419 ANSWERED",
    ),
    ("vapi/status-update_in-progress_real_webcall.masked.json", Format::Vapi, "-1"),
    (
        "retell/call_analyzed_not_connected_real.redacted.json",
        Format::Retell,
        "retell:call_8b4ae1c23f55e5126bc4bd42684 CU",
    ),
    ("retell/call_object_docs_example.json", Format::Retell, "retell:Jabr9TXYYJHfvl6Syypi88rdAHYHmcq6 ANSWERED"),
    // Not JSON.
    ("retell/call_ended_docs_example_not_json.txt", Format::Retell, "!"),
    // It has no time at all.
    ("retell/call_ended_not_connected_third_party_test.json", Format::Retell, "!ended_at"),
    (
        "bland/webhook_completed_transferred_real.masked.json",
        Format::Bland,
        "bland:dd84d804-2b61-474a-b79f-3afbbe5affce ANSWERED",
    ),
    ("bland/get_call_completed_third_party_doc_example.json", Format::Bland, "!ended_at"),
    ("elevenlabs/post_call_transcription_docs_example.json", Format::ElevenLabs, "elevenlabs:abc ANSWERED"),
    ("elevenlabs/call_initiation_failure_twilio_docs_example.json", Format::ElevenLabs, "elevenlabs:abc BS"),
    ("elevenlabs/call_initiation_failure_sip_docs_example.json", Format::ElevenLabs, "elevenlabs:abc BS"),
    // The audio of a call that is in another file.
    ("elevenlabs/post_call_audio_docs_example.json", Format::ElevenLabs, "!"),
    (
        "twilio/status_callback_completed_answered_real.masked.form",
        Format::Twilio,
        "twilio:CAbe982f58915a2def4cf7aaa1f1766236 ANSWERED",
    ),
    ("twilio/recording_status_callback_dual_channel_real.masked.form", Format::Twilio, "!"),
    ("twilio/recording_status_callback_record_verb_real.masked.form", Format::Twilio, "!"),
    // Their time is of 1989.
    ("twilio/status_callback_completed_human_synthetic.query", Format::Twilio, "!Timestamp"),
    ("twilio/status_callback_completed_machine_no_duration_synthetic.query", Format::Twilio, "!Timestamp"),
    ("twilio/call_create.json", Format::Twilio, "twilio:CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ANSWERED"),
    // A leg: its parent's id is the call's.
    ("twilio/call_fetch.json", Format::Twilio, "twilio:CAdeadbeefdeadbeefdeadbeefdeadbeef MACHINE"),
    (
        "twilio/calls_list_page1.json",
        Format::Twilio,
        "twilio:CAdeadbeefdeadbeefdeadbeefdeadbeef MACHINE, twilio:CAdeadbeefdeadbeefdeadbeefdeadbeee ANSWERED",
    ),
    ("twilio/call_recordings_list.json", Format::Twilio, "!"),
    (
        "other/telnyx_texml_status_callback_docs_example.json",
        Format::Twilio,
        "twilio:v2:7V3r4VFCGLTzKLOveE0-7vM9dX17-NRQgU1byo-uuOIX9JcDadLLKw ANSWERED",
    ),
    ("other/telnyx_call_hangup_docs_example.json", Format::Telnyx, "telnyx:428c31b6-7af4-4bcb-b7f5-5013ef9657c1 BS"),
    ("plivo/callGetResponse.json", Format::Plivo, "plivo:4d04c52e-cea3-4458-bbdb-0bfc314ee7cd NA"),
    // Both of its calls have one id, an hour apart.
    ("plivo/callListResponse.json", Format::Plivo, "plivo:eba53b9e-8fbd-45c1-9444-696d2172fbc8 ANSWERED"),
    ("plivo/recordingGetResponse.json", Format::Plivo, "!"),
    ("vonage/get_call.json", Format::Vonage, "vonage:e154eb57-2962-41e7-baf4-90f63e25e439 ANSWERED"),
    (
        "vonage/list_calls.json",
        Format::Vonage,
        "vonage:e154eb57-2962-41e7-baf4-90f63e25e439 ANSWERED, vonage:1acdf499-83ae-4861-a694-9e47a98c505d ANSWERED, \
         vonage:106a581a-34d0-432a-a625-220221fd434f ANSWERED",
    ),
    ("exotel/campaign_call_status_callback_docs_example.json", Format::Exotel, "exotel:call_def456 ANSWERED"),
    // The summary of a customer's calls.
    ("exotel/campaign_call_schedule_callback_docs_example.json", Format::Exotel, ""),
    (
        "vn/stringee_call_event_ended_busy_docs_example.json",
        Format::Stringee,
        "stringee:call-vn-1-ZD3IDIXS1J-1515820305478 BS",
    ),
    ("vn/stringee_call_event_started_docs_example.json", Format::Stringee, "-1"),
    ("vn/zorio_pbx_call_ringing_docs_example.json", Format::Zorio, "-1"),
    ("vn/bizcloud_voicecloud_callbacks_docs_example.txt", Format::Bizcloud, "bizcloud:{ID_Call} ANSWERED"),
    // Its id is empty.
    ("vn/omicall_call_transaction_v2_docs_excerpt.masked.json", Format::OmiCall, "!transaction_id"),
    (
        "vn/senbac_vpbx_call_history_v2_docs_excerpt.masked.json",
        Format::OmiCall,
        "omicall:09d43196-4ec7-4fba-80fe-c6aa1f3760b8 ANSWERED",
    ),
    (
        "vn/tel4vn_cdr_v3_autocall_busy_docs_example.masked.json",
        Format::Tel4Vn,
        "tel4vn:35a4bf10-d536-40a6-826f-7ff10ed43d94 BS",
    ),
    (
        "other/sarvam_campaign_webhook_connected_docs_example.json",
        Format::Sarvam,
        "sarvam:019d392a-4f5a-7db3-904a-6ecebb9aac96 ANSWERED",
    ),
    ("other/timepay_agents_call_webhook_docs_excerpt.json", Format::TimePay, "timepay:aerfttYRDwcdtr ANSWERED"),
    // It has no number.
    ("exotel/status_callback_default_docs_example.json", Format::Exotel, "!contact"),
];

/// Whether a file is one of these.
pub fn knows(path: &Path) -> bool {
    FILES.iter().any(|(name, ..)| path.ends_with(name))
}

fn said(file: &File) -> String {
    let calls = file.results().into_iter().map(|(id, code)| format!("{id} {code}"));
    let refused = file.skipped.iter().map(|row| format!("!{}", row.field));
    let left_out = Some(file.reading.left_out).filter(|count| *count > 0).map(|count| format!("-{count}"));
    calls.chain(refused).chain(left_out).collect::<Vec<_>>().join(", ")
}

#[test]
fn every_body_of_a_platform_comes_in_or_is_refused_by_name() {
    let Some(folder) = shared() else { return };
    let mut wrong = Vec::new();
    for (name, format, expected) in FILES {
        let bytes = fs::read(folder.join(name)).unwrap();
        let found = cdr::detect(&bytes);
        if found != Ok(*format) {
            wrong.push(format!("{name} is found to be {found:?}"));
        }
        let file = try_read(&bytes, &forced(*format)).unwrap();
        if said(&file) != *expected {
            wrong.push(format!(
                "{name}: {} instead of {expected}; {:?} {:?}",
                said(&file),
                file.skipped,
                file.reading.warnings
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_real_report_of_vapi_has_its_talk_and_its_turns() {
    let Some(folder) = shared() else { return };
    let bytes = fs::read(folder.join("vapi/end-of-call-report_real_webcall.masked.json")).unwrap();
    let file = try_read(&bytes, &options()).unwrap();
    let call = file.record();
    // Counted by hand: 25.276 s, three of its five turns are the bot's.
    assert_eq!(call.check().unwrap().talk_time, 25_276);
    assert_eq!((call.transcript.as_ref().unwrap().len(), call.check().unwrap().bot_messages), (5, Some(3)));
    assert_eq!(file.times()[0], "2025-06-10T09:06:55.710Z");
}
