//! The real files of switches and diallers that are kept beside the repository, where they are there: their figures were
//! counted by an independent script. Everything they show is also tested with small files of this crate's own.

use std::fs;

use cdr::Format;
use domain::HangupBy;

use super::{File, read, shared_files::shared};

fn file(path: &str, format: Format) -> Option<File> {
    let file = read(fs::read(shared()?.join(path)).unwrap());
    assert_eq!(file.reading.format, format);
    Some(file)
}

#[test]
fn an_answered_record_of_json_cdr_has_its_talk_to_the_millisecond() {
    let Some(file) = file("freeswitch/json_cdr_answered_lab_FSDev1.json", Format::FreeSwitch) else { return };
    assert_eq!(file.results(), [("freeswitch:3da8bf84-c133-4959-9e24-e72875cb33a1", "ANSWERED")]);
    assert_eq!((file.talk_ms(), file.phones()), (67_540, vec!["1002"]));
    // The switch said goodbye to the caller, for the other end had hung up.
    assert_eq!(file.record().hangup_by, Some(HangupBy::Customer));
}

#[test]
fn a_record_of_xml_cdr_that_the_caller_gave_up_is_no_answer() {
    let Some(file) = file("freeswitch/xml_cdr_originator_cancel_unanswered.xml", Format::FreeSwitch) else { return };
    assert_eq!(file.results(), [("freeswitch:91353230-461f-11de-aa7f-b10b4edc0c92", "NA")]);
    assert_eq!(file.phones(), ["2622"]);
    assert_eq!(file.times(), ["2009-05-21T15:53:46.180Z", "", "2009-05-21T15:53:47.691Z"]);
}

#[test]
fn the_rows_of_cdr_csv_that_a_spreadsheet_mangled_are_eight_calls() {
    let name = "freeswitch/cdr_csv_Master_example_template_spreadsheet_mangled.csv";
    let Some(file) = file(name, Format::FreeSwitch) else { return };
    assert_eq!((file.reading.rows, file.reading.duplicates, file.reading.skipped), (10, 1, 0));
    assert_eq!(file.codes(), [("ANSWERED", 7), ("NA", 1)]);
    assert_eq!(file.talk_ms(), 490_000);
}

#[test]
fn the_five_rows_of_cdr_stats_were_all_answered() {
    let Some(file) = file("cdrstats/CDRImport-2015-10-26.csv", Format::CdrStats) else { return };
    assert_eq!((file.codes(), file.talk_ms(), file.reading.skipped), (vec![("ANSWERED", 5)], 110_000, 0));
    assert_eq!(file.results()[0].0, "cdrstats:127.0.0.1/96aa82fe-7bd1-11e5-a230-5c514f6a0f72");
}

#[test]
fn a_leg_of_newfies_failed_and_an_attempt_alone_is_no_call() {
    let Some(calls) = file("newfies/voipcall.json", Format::Newfies) else { return };
    assert_eq!((calls.codes(), calls.phones()), (vec![("CU", 1)], vec!["58236"]));
    let Some(requests) = file("newfies/callrequest.json", Format::Newfies) else { return };
    assert_eq!((requests.reading.calls, requests.reading.skipped), (0, 0));
    assert!(requests.warns("left out: 1"), "{:?}", requests.reading);
}

#[test]
fn headers_of_vicidial_are_known_without_rows() {
    for name in ["export_calls_report_header_STANDARD.txt", "export_calls_report_header_ALTERNATE_1.txt"] {
        let Some(file) = file(&format!("vicidial/{name}"), Format::Vicidial) else { return };
        assert_eq!((file.reading.rows, file.reading.calls), (0, 0));
    }
}

#[test]
fn answers_of_vicidials_api_and_its_table_of_statuses_are_refused_by_the_names_of_their_columns() {
    let Some(folder) = shared() else { return };
    for (name, column) in [
        ("vicidial/nonagent_api_phone_number_log_docs_example.txt", "call_status"),
        ("vicidial/nonagent_api_recording_lookup_docs_example.txt", "recording_id"),
        ("vicidial/vicidial_statuses.csv", ""),
        ("cdrstats/q850_hangup_causes.json", ""),
    ] {
        let refusal = cdr::detect(&fs::read(folder.join(name)).unwrap()).unwrap_err();
        assert!(refusal.what.contains(column), "{name}: {}", refusal.what);
    }
}
