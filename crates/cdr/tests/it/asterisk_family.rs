//! What is built on Asterisk, and writes its records in another way.

use std::fmt::Write;

use cdr::{Format, ZoneBasis};

use super::{File, options, read, read_in_parts, read_without_campaign, try_read};

fn codes(file: &File) -> Vec<&str> {
    assert_eq!(file.reading.format, Format::Asterisk, "{:?}", file.reading);
    file.results().into_iter().map(|(_, code)| code).collect()
}

#[test]
fn mikopbx_writes_an_array_whose_ids_tell_the_zone() {
    let row = |n: u32, end: &str, disposition: &str, billsec: u32| {
        format!(
            r#"{{"id": {n}, "start": "2026-03-02 09:0{n}:00.123", "answer": "2026-03-02 09:0{n}:10.123", "endtime": "{end}",
  "src_num": "201", "dst_num": "090123456{n}", "disposition": "{disposition}", "billsec": {billsec}, "duration": 40,
  "UNIQUEID": "mikopbx-{}.{n}_x9A", "linkedid": "mikopbx-{}.{n}", "recordingfile": "/a.mp3"}}"#,
            1_772_416_800 + 60 * n,
            1_772_416_800 + 60 * n
        )
    };
    let rows = [
        row(0, "2026-03-02 09:00:40.123", "ANSWERED", 30),
        row(1, "2026-03-02 09:01:40.123", "NOANSWER", 0),
        row(2, "2026-03-02 09:02:40.123", "BUSY", 0),
        row(3, "2026-03-02 09:02:40.123", "ANSWERED", 30),
    ];
    let file = read(format!("[\n  {}\n]", rows.join(",\n  ")));
    assert_eq!(codes(&file), ["ANSWERED", "NA", "BS"]);
    assert_eq!(file.results()[0].0, "asterisk:mikopbx-1772416800.0");
    assert_eq!(file.times(), ["2026-03-02T02:00:00.123Z", "2026-03-02T02:00:10.123Z", "2026-03-02T02:00:40.123Z"]);
    assert_eq!(file.reading.zone.as_ref().map(|zone| (zone.basis, zone.of)), Some((ZoneBasis::Records, 3)));
    // An end before the start is no end of this call, and is not turned into one.
    assert_eq!(file.faults(), [(11, "end")]);
}

#[test]
fn an_array_that_is_cut_off_is_named() {
    let row = r#"{"calldate":"2026-03-02 09:00:00","src":"1","dst":"0901234567","duration":30,"billsec":10,"disposition":"ANSWERED"}"#;
    let file = read(format!("[{row},\n{{\"calldate\":1}},\n5,\n{}", &row[..40]));
    assert_eq!((file.results().len(), file.faults()), (1, vec![(2, ""), (3, ""), (4, ""), (4, "")]));
}

#[test]
fn tables_that_phpmyadmin_wrote_to_json_are_read_where_they_hold_call_records() {
    let row = |n: u32, disposition: &str| {
        format!(
            r#"{{"calldate":"2026-03-02 09:0{n}:00","src":"100","dst":"090123456{n}","duration":"30","billsec":"10","disposition":"{disposition}","uniqueid":"{}.1"}}"#,
            1_772_416_800 + n * 60
        )
    };
    let text = format!(
        "[\n{{\"type\":\"header\",\"version\":\"5.2.1\",\"comment\":\"Export to JSON plugin for PHPMyAdmin\"}},\n\
         {{\"type\":\"database\",\"name\":\"asteriskcdrdb\"}},\n\
         {{\"type\":\"table\",\"name\":\"users\",\"database\":\"x\",\"data\":\n[\n{{\"id\":\"1\"}}\n]\n}},\n\
         {{\"type\":\"table\",\"name\":\"cdr\",\"database\":\"asteriskcdrdb\",\"data\":\n[\n{},\n{},\n7\n]\n}}\n]\n",
        row(0, "ANSWERED"),
        row(1, "BUSY")
    );
    let file = read(&text);
    assert_eq!(codes(&file), ["ANSWERED", "BS"]);
    assert_eq!((file.records[0].0, file.records[1].0, file.faults()), (11, 12, vec![(13, "")]));
}

#[test]
fn the_report_of_issabel_has_the_billed_time_alone() {
    let text = "Date,Source,Ring Group,Destination,Src. Channel,Account Code,Dst. Channel,Status,Duration\n\
                2026-03-02 09:00:00,100,,0901234567,SIP/100-1,tet,SIP/t-1,ANSWERED,1m 20s\n\
                2026-03-02 09:01:00,100,,0901234568,SIP/100-1,tet,SIP/t-1,ANSWERED,80s (1m 20s)\n\
                2026-03-02 09:02:00,100,,0901234569,SIP/100-1,tet,SIP/t-1,NO ANSWER,0s\n\
                2026-03-02 09:03:00,100,,0901234569,SIP/100-1,tet,SIP/t-1,ANSWERED,1m and more\n";
    let file = read_without_campaign(text);
    assert_eq!(codes(&file), ["ANSWERED", "ANSWERED", "NA"]);
    assert_eq!((file.talk_ms(), file.faults()), (160_000, vec![(5, "duration")]));
    assert_eq!(file.times(), ["2026-03-02T02:00:00Z", "2026-03-02T02:00:00Z", "2026-03-02T02:01:20Z"]);
    assert!(file.warns("how long it rang is not known"), "{:?}", file.reading.warnings);
}

#[test]
fn a_report_of_a_round_number_of_rows_may_be_cut() {
    let rows: Vec<String> = (0..1_000)
        .map(|n| format!("2026-03-02 09:{:02}:{:02},100,,09{n:08},a,tet,b,BUSY,0s\n", n / 60, n % 60))
        .collect();
    let header = "Date,Source,Ring Group,Destination,Src. Channel,Account Code,Dst. Channel,Status,Duration\n";
    assert!(read(format!("{header}{}", rows.concat())).warns("exactly 1000 rows"));
    assert!(!read(format!("{header}{}", rows[1..].concat())).warns("exactly"));
}

#[test]
fn numbers_as_dispositions_are_read_in_the_way_that_the_rows_fit() {
    let table = |rows: &[(u32, &str)]| {
        let row = |(n, (billsec, word)): (usize, &(u32, &str))| {
            format!("2026-03-02 09:0{n}:00,100,090123456{n},30,{billsec},{word},17724168{n}0.1\n")
        };
        let rows: String = rows.iter().enumerate().map(row).collect();
        read(format!("calldate,src,dst,duration,billsec,disposition,uniqueid\n{rows}"))
    };
    let today = table(&[(20, "8"), (0, "4"), (0, "2"), (0, "1"), (0, "16"), (0, "32")]);
    assert_eq!(codes(&today), ["ANSWERED", "BS", "CU", "NA", "CU", "NA"]);
    assert!(today.warns("2 failed, 4 busy, 8 answered"));
    let old = table(&[(20, "4"), (0, "3"), (0, "2"), (0, "1")]);
    assert_eq!(codes(&old), ["ANSWERED", "CU", "BS", "NA"]);
    let by_billing = table(&[(20, "4"), (0, "2"), (0, "1")]);
    assert_eq!(codes(&by_billing), ["ANSWERED", "BS", "NA"]);
    let nothing_tells = table(&[(0, "4"), (0, "2"), (0, "1")]);
    assert_eq!(
        (codes(&nothing_tells), nothing_tells.faults()),
        (vec!["NA"], vec![(2, "disposition"), (3, "disposition")])
    );
}

#[test]
fn two_legs_with_one_sequence_are_two_legs() {
    let text = "calldate,src,dst,duration,billsec,disposition,uniqueid,linkedid,sequence\n\
                2026-03-02 09:00:00,100,0901234501,10,0,NO ANSWER,1772416800.1,,0\n\
                2026-03-02 09:00:12,100,0901234501,40,35,ANSWERED,1772416800.1,,0\n";
    let file = read(text);
    assert_eq!((codes(&file), file.talk_ms(), file.reading.duplicates), (vec!["ANSWERED"], 35_000, 0));
}

const UCM: &str = "Account Code,Caller Number,Callee Number,Context,CallerID Number,Source Channel,Dest. Channel,Last app.,Last date,Start Time,Answer Time,End Time,Call Time,Talk Time,Disposition,AMA Flags,Unique ID,Log Userfield,Dest Channel Extension,Caller Name,Answered by,Session,Premier Caller,Action Type,Source Trunk Name,Destination Trunk Name\r\n";

/// A row of a Grandstream UCM: from, to, end, seconds, disposition, direction, session and kind of row.
fn ucm(from: &str, to: &str, end: &str, seconds: [u32; 2], how: [&str; 4]) -> String {
    let [disposition, direction, session, action] = how;
    let [call, talk] = seconds;
    format!(
        ",{from},{to},c,x,PJSIP/1,PJSIP/2,Dial,\"Queue(6500,\"\"t\"\")\",2026-03-02 09:00:00,2026-03-02 09:00:10,{end},{call},{talk},{disposition},DOCUMENTATION,1772416800.10,{direction},,Agent,,{session},,{action},,T\r\n"
    )
}

#[test]
fn of_a_ucm_the_disposition_counts_and_a_menu_of_our_own_is_no_talk() {
    let end = "2026-03-02 09:00:40";
    let text = [
        UCM.to_owned(),
        ucm("0901", "9000", end, [40, 30], ["ANSWERED", "Inbound", "1-a", "IVR[7000]"]),
        ucm("0901", "6500", end, [30, 0], ["NO ANSWER", "Inbound", "1-a", "QUEUE[6500]"]),
        ucm("0902", "9000", end, [40, 30], ["ANSWERED", "Inbound", "2-a", "IVR[7000]"]),
        ucm("201", "0903", end, [40, 0], ["NO ANSWER", "Outbound", "3-a", "DIAL"]),
        ucm("201", "0904", "", [9, 0], ["BUSY", "Outbound", "4-a", "DIAL"]),
        ucm("201", "0905", "", [9, 0], ["FAILED", "Outbound", "5-a", "DIAL"]),
        ucm("201", "0906", end, [40, 30], ["ANSWERED", "Outbound", "6-a", "DIAL"]),
        ucm("201", "0906", end, [40, 30], ["ANSWERED", "Outbound", "6-a", "DIAL"]),
    ]
    .concat();
    let file = read(&text);
    assert_eq!(codes(&file), ["NA", "ANSWERED", "NA", "BS", "CU", "ANSWERED"]);
    assert_eq!(file.phones(), ["0901", "0902", "0903", "0904", "0905", "0906"]);
    assert_eq!((file.talk_ms(), file.reading.duplicates), (60_000, 1));
    assert!(file.warns("a menu of our own took, counted as answered: 1"), "{:?}", file.reading.warnings);
    let ended = file.records[3].1.ended_at.map(domain::Timestamp::to_rfc3339);
    assert_eq!(
        ended.as_deref(),
        Some("2026-03-02T02:00:09.000Z"),
        "the end of a busy call is its start and its seconds"
    );
}

#[test]
fn of_a_yeastar_a_voicemail_is_a_machine_and_brackets_are_no_number() {
    let row = |n: u32, dst: &str, billable: u32, disposition: &str, kind: &str| {
        format!(
            "('2026-03-02 09:0{n}:00', '100', '{dst}', 'Dial', 30, {billable}, '{disposition}', '{kind}', '', '{}.{n}')",
            1_772_416_800 + 60 * n
        )
    };
    let rows = [
        row(0, "0901234500", 20, "ANSWERED", "Outbound"),
        row(1, "0901234501(1000)", 12, "VOICEMAIL", "Outbound"),
        row(2, "0901234502", 3, "NO ANSWER", "Outbound"),
        row(3, "0901234503", 0, "BUSY", "Outbound"),
        row(3, "0901234503", 8, "VOICEMAIL", "Outbound"),
        row(4, "0901234504", 5, "ANSWERD", "Outbound"),
        row(5, "0901234505", 0, "NO ANSWERED", "Outbound"),
    ];
    let text = format!(
        "-- phpMyAdmin SQL Dump\nINSERT INTO `cdr_202603` (`datetime`, `src`, `dst`, `lastapp`, `duration`, `billable`, `disposition`, `calltype`, `accountcode`, `uniqueid`) VALUES\n{};\n",
        rows.join(",\n")
    );
    let file = read(&text);
    assert_eq!(codes(&file), ["ANSWERED", "MACHINE", "NA", "MACHINE", "ANSWERED", "NA"]);
    assert_eq!(file.phones()[1], "0901234501");
    assert_eq!(file.talk_ms(), 20_000 + 12_000 + 8_000 + 5_000);
}

#[test]
fn a_report_in_another_language_is_refused_with_its_columns() {
    let text = "Fecha,Origen,Grupo,Destino,Canal,Estado,Duración\n2026-03-02 09:00:00,100,,0901,SIP,CONTESTADA,10s\n";
    assert!(try_read(text, &options()).err().unwrap().to_string().contains("Fecha, Origen"));
}

/// Rows of a Yeastar of this serial number: its call of this id, whom it called and how that ended.
fn yeastar(serial: &str, rows: &[(&str, &str, &str)]) -> String {
    let mut text = "callid,timestart,callfrom,callto,callduraction,talkduraction,srctrunkname,dsttrcunkname,pincode,status,type,recording,didnumber,agentringtime,sn\n".to_owned();
    for (id, phone, word) in rows {
        let talk = if *word == "ANSWERED" { 20 } else { 0 };
        let _ = writeln!(text, "{id},2026-03-02 09:00:00,1000,{phone},40,{talk},,v,,{word},Outbound,,,0,{serial}");
    }
    text
}

#[test]
fn two_boxes_of_yeastar_count_their_calls_each_by_itself() {
    let (one, other) = (
        read(yeastar("SN-A", &[("1772416800.1", "0912345601", "ANSWERED")])),
        read(yeastar("SN-B", &[("1772416800.1", "0912345602", "NO ANSWER")])),
    );
    assert_eq!(one.results(), [("asterisk:SN-A-1772416800.1", "ANSWERED")]);
    assert_eq!(other.results(), [("asterisk:SN-B-1772416800.1", "NA")]);
    // A call that an earlier version has stored without the serial number is known again.
    let former = |file: &File| Format::Asterisk.former_id(file.record()).map(|id| id.to_string());
    assert_eq!(former(&one).as_deref(), Some("asterisk:1772416800.1"));
    assert!(Format::Asterisk.is_former(one.record(), one.record()));
    assert!(!Format::Asterisk.is_former(one.record(), other.record()));
    assert_eq!(
        read(yeastar("", &[("1772416800.1", "0912345601", "BUSY")])).results(),
        [("asterisk:1772416800.1", "BS")]
    );
}

#[test]
fn rows_of_one_id_of_yeastars_p_series_are_one_call() {
    let header = "ID,Time,Call From,Call To,Call Duration(s),Ring Duration(s),Talk Duration(s),Status,Reason,Call Type,Source Trunk,Destination Trunk,DID Number,Recording File\n";
    let row = |id: &str, from: &str, to: &str, [ring, talk]: [u32; 2], word: &str, way: &str| {
        format!("{id},2026-03-02 09:00:00,{from},{to},{},{ring},{talk},{word},,{way},,viettel,,\n", ring + talk)
    };
    let out = |id: &str, times, word: &str| row(id, "Nguyen Van A<1000>", "0912345601", times, word, "Outbound");
    let file = read(format!(
        "{header}{}{}{}",
        out("20260302090000-AA", [10, 30], "ANSWERED"),
        out("20260302090000-AA", [12, 0], "NO ANSWER"),
        out("20260302090100-AB", [20, 0], "BUSY"),
    ));
    assert_eq!(file.results(), [("asterisk:20260302090000-AA", "ANSWERED"), ("asterisk:20260302090100-AB", "BS")]);
    assert_eq!(file.talk_ms(), 30_000);
    // A phone of ours that took a leg does not answer for the customer, in one file or in two.
    let own = row("20260302090000-AA", "Nguyen Van A<1000>", "1001", [2, 40], "ANSWERED", "Internal");
    let call = read_in_parts(header, &[own, out("20260302090000-AA", [12, 0], "BUSY")]);
    assert_eq!(call.result_code.unwrap().as_str(), "BS");
    // Of a call that came in the caller is the customer.
    let file =
        read(format!("{header}{}", row("a", "Lan<0901234502>", "Nguyen Van A<1000>", [2, 40], "ANSWERED", "Inbound")));
    assert_eq!(file.phones(), ["0901234502"]);
}

#[test]
fn one_of_two_rows_may_be_broken() {
    let row = |n: u32, day: u32| {
        format!(
            "\"\",\"100\",\"091234560{n}\",\"from-internal\",\"x\",\"PJSIP/100-1\",\"PJSIP/trunk-2\",\"Dial\",\"x\",\"2026-02-{day} 09:00:00\",,\"2026-02-{day} 09:00:30\",30,0,\"NO ANSWER\",\"DOCUMENTATION\",\"177224{n}800.{n}\",\"\"\n"
        )
    };
    for text in [format!("{}{}", row(1, 28), row(2, 29)), format!("{}{}", row(1, 29), row(2, 28))] {
        let file = read(&text);
        assert_eq!(
            (file.reading.format, file.codes(), file.skipped.len()),
            (Format::Asterisk, vec![("NA", 1)], 1),
            "{:?}",
            file.skipped
        );
    }
}
