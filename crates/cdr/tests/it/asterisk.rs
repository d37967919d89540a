//! Asterisk's call records: the shapes they come in, and rows made into calls.

use std::fmt::Write;

use super::{options, read, read_without_campaign, try_read};

/// Header of a FreePBX table; the rows below leave most of it empty.
const FREEPBX: &str = "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,\
                       amaflags,accountcode,uniqueid,userfield,did,recordingfile,cnum,cnam,outbound_cnum,outbound_cnam,\
                       dst_cnam,linkedid,peeraccount,sequence\n";

/// One leg of a FreePBX table.
#[derive(Clone, Copy)]
struct Leg {
    at: &'static str,
    dst: &'static str,
    app: &'static str,
    duration: u32,
    billsec: u32,
    disposition: &'static str,
    unique: &'static str,
    linked: &'static str,
    sequence: &'static str,
}

const LEG: Leg = Leg {
    at: "09:00:00",
    dst: "0901234567",
    app: "Dial",
    duration: 30,
    billsec: 0,
    disposition: "NO ANSWER",
    unique: "1793757600.1",
    linked: "1793757600.1",
    sequence: "1",
};

fn freepbx(legs: &[Leg]) -> String {
    let mut text = FREEPBX.to_owned();
    for leg in legs {
        let Leg { at, dst, app, duration, billsec, disposition, unique, linked, sequence } = leg;
        let _ = writeln!(
            text,
            "\"2026-11-04 {at}\",\"\"\"Bot\"\" <1900>\",1900,{dst},ctx,PJSIP/a-1,PJSIP/b-2,{app},x,{duration},{billsec},\
             {disposition},3,,{unique},,,,,,,,,{linked},,{sequence}"
        );
    }
    text
}

#[test]
fn rows_of_one_call_are_one_call_as_good_as_its_best_row() {
    let legs = [
        Leg { disposition: "FAILED", duration: 1, ..LEG },
        Leg { disposition: "NO ANSWER", sequence: "2", unique: "1793757601.2", at: "09:00:01", ..LEG },
        Leg { disposition: "BUSY", sequence: "3", unique: "1793757602.3", at: "09:00:02", duration: 3, ..LEG },
        Leg { linked: "1793757650.9", unique: "1793757650.9", sequence: "9", at: "09:00:50", ..LEG },
    ];
    let file = read(freepbx(&legs));
    assert_eq!(file.results(), [("asterisk:1793757600.1", "BS"), ("asterisk:1793757650.9", "NA")]);
    // From the first row's start to the last row's end, whichever row decided.
    assert_eq!(file.times(), ["2026-11-04T02:00:00Z", "", "2026-11-04T02:00:31Z"]);
    let record = &file.records[0].1;
    assert_eq!((record.cause.as_deref(), &record.attributes.as_ref().unwrap()["rows"]), (Some("BUSY"), &3.into()));
    assert_eq!((file.reading.rows, file.reading.calls), (4, 2));
}

#[test]
fn the_order_of_results_is_that_of_the_documentation() {
    let order = ["ANSWERED", "BUSY", "NO ANSWER", "CANCEL", "CONGESTION", "FAILED"];
    let codes = ["ANSWERED", "BS", "NA", "NA", "CU", "CU"];
    for (at, disposition) in order.into_iter().enumerate() {
        // The worse ones come first and last in the file: the order of rows must not matter.
        let mut legs: Vec<Leg> = order[at..].iter().rev().map(|word| Leg { disposition: word, ..LEG }).collect();
        legs.extend(order[at + 1..].iter().map(|word| Leg { disposition: word, ..LEG }));
        for (leg, sequence) in legs.iter_mut().zip(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]) {
            leg.sequence = sequence;
        }
        let file = read(freepbx(&legs));
        assert_eq!(file.record().result_code.as_ref().unwrap().as_str(), codes[at], "{disposition}");
        assert_eq!(file.record().cause.as_deref(), Some(disposition));
    }
}

#[test]
fn talk_time_is_what_was_billed_on_the_customers_leg() {
    let legs = [
        // The announcement that everybody hears before the customer is dialled, longer than the talk.
        Leg { app: "Playback", dst: "s", billsec: 90, duration: 90, disposition: "ANSWERED", ..LEG },
        Leg { app: "Dial", dst: "201", billsec: 40, duration: 45, disposition: "ANSWERED", sequence: "2", ..LEG },
        Leg { at: "09:00:10", billsec: 31, duration: 39, disposition: "ANSWERED", sequence: "3", ..LEG },
        Leg { at: "09:00:05", billsec: 2, duration: 3, disposition: "ANSWERED", sequence: "4", ..LEG },
    ];
    let file = read(freepbx(&legs));
    assert_eq!(file.phones(), ["0901234567"]);
    assert_eq!(file.times(), ["2026-11-04T02:00:00Z", "2026-11-04T02:00:18Z", "2026-11-04T02:00:49Z"]);
    assert_eq!(file.record().check().unwrap().talk_time, 31_000);
}

#[test]
fn an_answered_call_without_billed_seconds_is_a_success_without_talk() {
    let file = read(freepbx(&[Leg { disposition: "ANSWERED", duration: 7, ..LEG }]));
    let checked = file.record().check().unwrap();
    assert_eq!((checked.class, checked.talk_time), (Some(domain::CallClass::Success), 0));
    assert_eq!(file.times(), ["2026-11-04T02:00:00Z", "2026-11-04T02:00:07Z", "2026-11-04T02:00:07Z"]);
    // More billed than lasted, by rounding: the answer is not before the start.
    let file = read(freepbx(&[Leg { disposition: "ANSWERED", duration: 4, billsec: 5, ..LEG }]));
    assert_eq!(file.times(), ["2026-11-04T02:00:00Z", "2026-11-04T02:00:00Z", "2026-11-04T02:00:05Z"]);
}

#[test]
fn billed_seconds_of_a_row_that_was_not_answered_are_the_callers_own() {
    let file = read(freepbx(&[Leg { disposition: "BUSY", billsec: 12, duration: 12, ..LEG }]));
    assert_eq!(file.results(), [("asterisk:1793757600.1", "BS")]);
    assert!(file.reading.warnings[0].starts_with("rows with billed seconds"), "{:?}", file.reading.warnings);
}

#[test]
fn a_record_written_into_two_files_is_one_record() {
    let second = Leg { sequence: "2", disposition: "ANSWERED", billsec: 9, ..LEG };
    let file = read(freepbx(&[LEG, second, LEG, second]));
    assert_eq!((file.reading.rows, file.reading.duplicates, file.reading.calls), (4, 2, 1));
    assert_eq!(file.record().attributes.as_ref().unwrap()["rows"], 2);
    // A sequence that is 0 everywhere numbers nothing: only rows that are wholly alike are repeats.
    let zero = |leg: Leg| Leg { sequence: "0", ..leg };
    let file = read(freepbx(&[zero(LEG), zero(second), zero(LEG)]));
    assert_eq!((file.reading.duplicates, file.results()), (1, vec![("asterisk:1793757600.1", "ANSWERED")]));
}

#[test]
fn rows_that_say_nothing_or_nothing_known_are_named() {
    let text = freepbx(&[
        LEG,
        Leg { disposition: "", unique: "", linked: "", ..LEG },
        Leg { disposition: "NULL", sequence: "2", ..LEG },
        Leg { disposition: "MYSTERY", sequence: "3", ..LEG },
        Leg { at: "09:61:00", sequence: "4", ..LEG },
        Leg { dst: "", linked: "1793757999.5", unique: "1793757999.5", sequence: "5", ..LEG },
        Leg { dst: "9.18287E+11", linked: "1793757999.6", unique: "1793757999.6", sequence: "6", ..LEG },
    ]) + "2026-11-04 09:00:00,a,b\n"
        + &freepbx(&[]).replace(',', "\",\"").replace("calldate", "\"calldate").replace("sequence", "sequence\"");
    let file = read(&text);
    let expected =
        [(3, "disposition"), (4, "disposition"), (5, "disposition"), (6, "calldate"), (9, ""), (7, "dst"), (8, "dst")];
    assert_eq!(file.faults(), expected, "{:#?}", file.skipped);
    assert_eq!(file.results(), [("asterisk:1793757600.1", "NA")]);
}

#[test]
fn a_call_of_more_than_a_day_is_rejected_by_its_field() {
    let legs = [LEG, Leg { sequence: "2", duration: 90_000, ..LEG }];
    assert_eq!(read(freepbx(&legs)).faults(), [(3, "duration")]);
    let later = read(freepbx(&[LEG, Leg { sequence: "2", ..LEG }]).replacen("2026-11-04", "2026-11-02", 1));
    assert_eq!(later.faults(), [(2, "ended_at")]);
}

#[test]
fn the_campaign_is_the_one_given_else_accountcode_else_userfield() {
    let text = "calldate,dst,duration,billsec,disposition,accountcode,userfield,uniqueid\n\
                2026-11-04 09:00:00,0901,5,0,BUSY,tet,other,1793757600.1\n\
                2026-11-04 09:00:00,0901,5,0,BUSY,,field,1793757600.2\n\
                2026-11-04 09:00:00,0901,5,0,BUSY,,,1793757600.3\n";
    let campaigns = |file: &super::File| {
        file.records.iter().map(|(_, record)| record.campaign.as_str().to_owned()).collect::<Vec<_>>()
    };
    let file = read_without_campaign(text);
    assert_eq!((campaigns(&file), file.faults()), (vec!["tet".to_owned(), "field".to_owned()], vec![(4, "campaign")]));
    assert_eq!(campaigns(&read(text)), ["tet"; 3]);
}

#[test]
fn a_file_read_twice_or_in_another_order_has_the_same_ids() {
    let header = "calldate,src,dst,duration,billsec,disposition\r";
    let rows =
        ["24/08/17 09:32,1,0901,20,0,NO ANSWER", "24/08/17 09:32,1,0902,20,0,BUSY", "24/08/17 09:32,1,0902,20,0,BUSY"];
    let ids = |rows: &[&str]| {
        let file = read(header.to_owned() + &rows.join("\r"));
        let mut ids: Vec<String> = file.results().iter().map(|result| result.0.to_owned()).collect();
        ids.sort();
        ids
    };
    // Without seconds, two busy calls within a minute look alike and are two.
    let first = ids(&rows);
    assert_eq!(first.len(), 3);
    assert_eq!(first, ids(&[rows[2], rows[0], rows[1]]));
    assert!(first[0].starts_with("asterisk:row-"), "{first:?}");
    assert_eq!(first[1..].iter().filter(|id| id.ends_with("-2")).count() + usize::from(first[0].ends_with("-2")), 1);

    // With seconds they are one record that is there twice.
    let exact = rows.map(|row| row.replace("09:32", "09:32:01"));
    let file = read(header.to_owned() + &exact.join("\r"));
    assert_eq!((file.reading.calls, file.reading.duplicates), (2, 1));
}

#[test]
fn a_uniqueid_that_a_spreadsheet_rounded_joins_no_calls() {
    let text = "calldate,dst,duration,billsec,disposition,uniqueid\n\
                2026-11-04 09:00:00,0901,5,0,BUSY,1.79376E+09\n2026-11-04 09:10:00,0902,5,0,BUSY,1.79376E+09\n";
    let file = read(text);
    assert_eq!(file.reading.calls, 2);
    assert!(
        file.reading.warnings.iter().any(|said| said.starts_with("rows without linkedid") && said.ends_with(": 2")),
        "{:?}",
        file.reading.warnings
    );
}

#[test]
fn cdr_csv_is_read_with_all_its_optional_columns() {
    let base = r#""tet","1900","0901234567","ctx","""Bot"" <1900>","PJSIP/a-1","PJSIP/b-2","Dial","x","2026-11-04 09:15:02","2026-11-04 09:15:11","2026-11-04 09:15:42",40,31,"ANSWERED","DOCUMENTATION""#;
    let unanswered = base.replace("\"2026-11-04 09:15:11\"", "").replace("40,31,\"ANSWERED\"", "40,0,\"NO ANSWER\"");
    for (tail, id, sequence) in [
        ("", None, ""),
        (r#","1793758502.7""#, Some("asterisk:1793758502.7"), ""),
        (r#","my field""#, None, ""),
        (r#","1793758502.7","my field""#, Some("asterisk:1793758502.7"), ""),
        (r#","","1793758500.5",3"#, Some("asterisk:1793758500.5"), "3"),
        (r#","1793758502.7","","1793758500.5",3"#, Some("asterisk:1793758500.5"), "3"),
        (r#","1793758502.7","my field","","1793758500.5",3"#, Some("asterisk:1793758500.5"), "3"),
    ] {
        let file = read_without_campaign(format!("{base}{tail}\n"));
        let record = file.record();
        assert_eq!(file.reading.shape, "cdr_csv without header");
        assert_eq!((record.campaign.as_str(), file.phones()), ("tet", vec!["0901234567"]), "{tail}");
        assert_eq!(file.times(), ["2026-11-04T02:15:02Z", "2026-11-04T02:15:11Z", "2026-11-04T02:15:42Z"], "{tail}");
        assert_eq!(Some(record.id.as_str()).filter(|id| !id.contains("row-")), id, "{tail}");
        // An answer that never came is an empty cell without quotes.
        let file = read(format!("{unanswered}{tail}\n"));
        assert_eq!(file.results()[0].1, "NA", "{tail} {sequence}");
    }
    // The switch's settings changed while it wrote the file.
    let both = format!("{base}\n{unanswered},\"1793758502.7\",\"\"\n");
    assert_eq!(read(both).reading.calls, 2);
}

#[test]
fn cdr_custom_is_read_in_the_order_of_its_sample() {
    let row = r#""""Bot"" <1900>","1900","0901234567","ctx","PJSIP/a-1","PJSIP/b-2","Dial","x","2026-11-04 09:15:02","","2026-11-04 09:15:42","40","0","NO ANSWER","DOCUMENTATION","tet","1793758502.7","f",3"#;
    let file = read_without_campaign(format!("{row}\n"));
    assert_eq!((file.reading.shape.as_str(), file.record().campaign.as_str()), ("cdr_custom without header", "tet"));
    assert_eq!(file.results(), [("asterisk:1793758502.7", "NA")]);
    assert_eq!(file.phones(), ["0901234567"]);
}

#[test]
fn a_header_may_name_the_columns_in_any_order_and_spelling() {
    for header in [
        "disposition,billsec,duration,dst,calldate,uniqueid",
        "Disposition;Billsec;Duration;Dst;Call Date;Unique-ID",
        "STATUS\tBILLSEC\tDURATION\tDESTINATION\tSTART\tUNIQUEID",
    ] {
        let row = "BUSY,0,5,0901234567,2026-11-04 09:00:00,1793757600.1";
        let delimiter = header.chars().find(|c| matches!(c, ',' | ';' | '\t')).unwrap();
        let file = read(format!("{header}\n{}\n", row.replace(',', &delimiter.to_string())));
        assert_eq!(
            (file.results(), file.phones()),
            (vec![("asterisk:1793757600.1", "BS")], vec!["0901234567"]),
            "{header}"
        );
    }
}

#[test]
fn a_table_without_header_is_known_by_what_is_in_it() {
    // 25 and 26 columns, with and without linkedid; NULL for what is not there.
    let start = r#"2026-11-04 09:00:00,"""Bot"" <1900>",1900,0901234567,ctx,PJSIP/a,PJSIP/b,Dial,x,30,0,BUSY,3,tet,1793757600.1,field,NULL,out-1.wav"#;
    for (tail, id) in [
        (",NULL,NULL,NULL,NULL,NULL,1793757599.9,NULL,7", "asterisk:1793757599.9"),
        (",NULL,NULL,NULL,NULL,NULL,0,", "asterisk:1793757600.1"),
    ] {
        let file = read_without_campaign(format!("{start}{tail}\n{start}{tail}\n"));
        assert_eq!(file.results(), [(id, "BS")], "{tail}");
        assert_eq!(file.record().campaign.as_str(), "tet");
        assert_eq!(file.record().attributes.as_ref().unwrap()["recordingfile"], "out-1.wav");
    }
    // Another order.
    let file = read("1793757600.1,2026-11-04 09:00:00,\"Bot\" <1900>,1900,0901234567,30,0,NO ANSWER\n");
    assert_eq!((file.results(), file.phones()), (vec![("asterisk:1793757600.1", "NA")], vec!["0901234567"]));
    // Six columns.
    let file = read("24/08/17 09:32,41000,4502,20,0,NO ANSWER\r24/08/17 09:28,4003,300591863,331,328,ANSWERED\r");
    assert_eq!(file.phones(), ["4502", "300591863"]);
}

#[test]
fn junk_rows_at_the_head_of_a_table_hide_nothing() {
    let junk = "0000-00-00 00:00:00,,,0,0,\n".repeat(60);
    let text = format!("calldate,src,dst,duration,billsec,disposition\n{junk}2026-11-04 09:00:00,1,0901,5,0,BUSY\n");
    assert_eq!(cdr::detect(text.as_bytes()), Ok(cdr::Format::Asterisk));
    let file = read(text);
    assert_eq!((file.reading.calls, file.reading.skipped), (1, 60));
}

#[test]
fn a_broken_name_in_a_table_without_header_moves_no_column() {
    let row = |clid: &str, n: u32| {
        format!(
            "2026-11-04 09:00:00,{clid},1900,090123456{n},ctx,PJSIP/a,,Dial,x,30,0,BUSY,3,NULL,1793757600.{n},NULL,,,,,,,,1793757600.{n},NULL,{n}\n"
        )
    };
    let text = [row(r#"""Hoa" <1900>""#, 1), row(r#"""Nguyen, Hoa" <1900>""#, 2), row(r#""Hoa 3" <1900>"#, 3)].concat();
    let file = read(text);
    assert_eq!(file.phones(), ["0901234561", "0901234562", "0901234563"]);
    assert_eq!(file.skipped, []);
}

#[test]
fn json_lines_and_numbers_for_dispositions_are_read() {
    let row = |disposition: &str, unique: &str| {
        format!(
            r#"{{"start":"2026-11-04 09:00:00","answer":"","end":"2026-11-04 09:00:30","dst":"0901","duration":30,"billsec":0,"disposition":{disposition},"uniqueid":"{unique}"}}"#
        )
    };
    let text = [row("4", "1793757600.1"), row("0", "1793757600.2"), "{".to_owned(), row("\"FAILED\"", "1793757600.3")];
    let file = read(text.join("\n"));
    assert_eq!(file.results().iter().map(|result| result.1).collect::<Vec<_>>(), ["BS", "NA", "CU"]);
    assert_eq!((file.faults(), file.reading.shape.as_str()), (vec![(3, "")], "JSON lines"));
}

#[test]
fn a_mysql_dump_is_read_and_its_other_tables_are_not() {
    let dump = "-- MySQL dump 10.13\n/*!40101 SET NAMES utf8 */;\nDROP TABLE IF EXISTS `cdr`;\nCREATE TABLE `cdr` (\n  \
                `calldate` datetime NOT NULL DEFAULT '0000-00-00 00:00:00',\n  `clid` varchar(80) NOT NULL DEFAULT '',\n  \
                `dst` varchar(80) NOT NULL,\n  `duration` int(11) NOT NULL,\n  `billsec` int(11) NOT NULL,\n  \
                `disposition` varchar(45) NOT NULL,\n  `uniqueid` varchar(32) NOT NULL,\n  KEY `calldate` (`calldate`)\n) ENGINE=InnoDB;\n\
                INSERT INTO `cel` VALUES (1,'CHAN_START');\n\
                INSERT INTO `cdr` VALUES ('2026-11-04 09:00:00','\\\"Hoa; \\'A\\' (x)\\\" <1900>','0901234567',30,0,'BUSY','1793757600.1'),\n\
                ('0000-00-00 00:00:00','','',0,0,'',''),('2026-11-04 09:05:00',NULL,'0901234568',30,20,'ANSWERED','1793757900.2');\n";
    let file = read(dump);
    assert_eq!(file.results(), [("asterisk:1793757600.1", "BS"), ("asterisk:1793757900.2", "ANSWERED")]);
    assert_eq!(file.records[0].1.attributes.as_ref().unwrap()["clid"], "\"Hoa; 'A' (x)\" <1900>");
    assert_eq!((file.faults(), file.reading.shape.as_str()), (vec![(16, "disposition")], "SQL dump"));
}

#[test]
fn exactly_a_hundred_rows_of_freepbx_are_warned_of() {
    let rows = |count: usize| {
        let mut text = "calldate,src,dst,duration,billsec,disposition\n".to_owned();
        for n in 0..count {
            let _ = writeln!(text, "2026-11-04 09:{:02}:{:02},1,0901,5,0,BUSY", n / 60, n % 60);
        }
        text
    };
    let warned = |text: String| read(text).reading.warnings.iter().any(|said| said.contains("exactly 100 rows"));
    assert!(warned(rows(100)));
    assert!(!warned(rows(99)) && !warned(rows(101)));
    assert!(!warned(rows(100).replace("calldate", "start")));
}

#[test]
fn recordings_and_names_of_the_table_are_kept() {
    let text = "calldate,dst,duration,billsec,disposition,uniqueid,recordingfile,dst_cnam\n\
                2026-11-04 09:00:00,0901,5,3,ANSWERED,1793757600.1,https://pbx.test/1.wav,Hoa\n";
    let file = read(text);
    assert_eq!(file.record().recording_url.as_deref(), Some("https://pbx.test/1.wav"));
    assert_eq!(file.record().contact.name.as_deref(), Some("Hoa"));
    // A broken one is rejected, not half kept.
    let bad = text.replace("Hoa", &"x".repeat(301));
    assert_eq!(try_read(bad, &options()).unwrap().faults(), [(2, "contact.name")]);
}
