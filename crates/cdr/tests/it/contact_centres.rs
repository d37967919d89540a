//! 3CX and Convoso.

use cdr::{Format, ZoneBasis};
use domain::HangupBy;

use super::{options, read, read_without_campaign, try_read};

const THREE_CX: &str = "historyid,callid,duration,time-start,time-answered,time-end,reason-terminated,from-no,to-no,from-dn,to-dn,dial-no,reason-changed,final-number,final-dn,bill-code,bill-rate,bill-cost,bill-name,chain,from-type,to-type,final-type\n";

/// A segment: call, answer, reason, ends and their types.
fn segment(call: &str, answered: &str, reason: &str, ends: [&str; 2], types: [&str; 3]) -> String {
    let ([from, to], [from_type, to_type, final_type]) = (ends, types);
    format!(
        "{call},00000{call},00:00:30,2026/03/02 02:00:00,{answered},2026/03/02 02:00:30,{reason},{from},{to},100,800,{to},,{to},800,tet,,1.5,,,{from_type},{to_type},{final_type}\n"
    )
}

#[test]
fn segments_of_3cx_are_one_call_of_its_history_id() {
    let out = ["Extension", "External_line", "External_number"];
    let inbound = ["External_line", "Extension", "Extension"];
    let answered = "2026/03/02 02:00:10";
    let rows = [
        segment("1", answered, "TerminatedByDst", ["Ext.100", "0901234567"], out),
        segment("2", "", "TargetBusy", ["Ext.100", "0901234568"], out),
        segment("3", "", "NoAnswerTimeout", ["Ext.100", "0901234569"], out),
        segment("4", "", "no_route", ["Ext.100", "0901234560"], out),
        segment("5", "", "Redirected", ["0901234561", "Ext.200"], inbound),
        segment("5", answered, "TerminatedBySrc", ["0901234561", "Ext.201"], inbound),
        segment(
            "6",
            answered,
            "TerminatedBySrc",
            ["Ext.100", "0901234562"],
            ["Extension", "External_line", "VoiceMail"],
        ),
        segment("7", "", "Odd", ["Ext.100", "0901234563"], out),
    ]
    .concat();
    for text in [format!("{THREE_CX}{rows}"), rows] {
        let file = read_without_campaign(&text);
        assert_eq!(file.reading.format, Format::ThreeCx, "{:?}", file.reading);
        assert_eq!(
            file.results(),
            [
                ("3cx:1", "ANSWERED"),
                ("3cx:2", "BS"),
                ("3cx:3", "NA"),
                ("3cx:4", "CU"),
                ("3cx:5", "ANSWERED"),
                ("3cx:6", "MACHINE"),
            ]
        );
        assert_eq!((file.phones()[0], file.phones()[4]), ("0901234567", "0901234561"));
        let hung_up: Vec<_> = [0, 4, 5].iter().map(|at: &usize| file.records[*at].1.hangup_by).collect();
        assert_eq!(hung_up, [Some(HangupBy::Customer), Some(HangupBy::Customer), Some(HangupBy::Bot)]);
        assert_eq!((file.talk_ms(), file.faults().len()), (60_000, 1));
        assert!(file.warns("most sites of 3CX write them in UTC") && file.warns("\"Odd\" 1"), "{:?}", file.reading);
    }
}

#[test]
fn the_call_log_of_3cx_is_refused_for_it_has_no_numbers() {
    let text = "CallID,Time,Duration,Direction,Status\n1,2026-03-02 09:00,00:01,Outbound,Completed\n";
    assert!(try_read(text, &options()).err().unwrap().to_string().contains("CallID, Time"));
}

#[test]
fn the_recordings_name_proves_the_zone_of_convoso() {
    let header = "id,lead_id,list_id,campaign_id,campaign,user,user_id,phone_number,number_dialed,first_name,last_name,status,status_name,call_length,call_date,agent_comment,recording,queue_id,called_count,caller_id_displayed,term_reason,call_type,queue_position,queue_seconds,originating_agent_id\n";
    let row = |id: u32, status: &str, reason: &str| {
        // 09:00 in a zone seven hours behind UTC, 12 s after the call began.
        let recording = "[{'src': 's', 'public_url': 'https://r.example/1_1772467212_x-in-1772467212.mp3'}]";
        format!(
            "{id},L{id},1,77,TET,a,1,5550000000,555000000{id},Jane Doe,,{status},name,42,2026-03-02 09:00:00,,\"{recording}\",,3,,{reason},OUTBOUND,,0,\n"
        )
    };
    let text = [
        header.to_owned(),
        row(1, "SALE", "CALLER"),
        row(2, "NI", "AGENT"),
        row(3, "AB", "NONE"),
        row(4, "MTS", "CALLER"),
    ]
    .concat();
    let file = read(&text);
    assert_eq!(file.reading.format, Format::Convoso);
    assert_eq!(file.results(), [("convoso:1", "SALE"), ("convoso:2", "NI"), ("convoso:3", "BS")]);
    assert_eq!(file.times(), ["2026-03-02T16:00:00Z", "2026-03-02T16:00:00Z", "2026-03-02T16:00:42Z"]);
    assert_eq!(file.reading.zone.as_ref().map(|zone| zone.basis), Some(ZoneBasis::Records));
    let record = &file.records[0].1;
    assert_eq!(record.recording_url.as_deref(), Some("https://r.example/1_1772467212_x-in-1772467212.mp3"));
    assert_eq!((record.hangup_by, record.contact.name.as_deref()), (Some(HangupBy::Customer), Some("Jane Doe")));
    assert_eq!(file.records[2].1.hangup_by, Some(HangupBy::System));
    assert!(file.warns("\"MTS\" 1"), "{:?}", file.reading.warnings);
}
